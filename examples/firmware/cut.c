/* SPDX-License-Identifier: MIT
 * cut.c - for the host: cuts recordings as the firmware would, for a model to learn from. cut IN.wav OUT.wav: mono, 16 bits, 8 kHz, with a
 * header of 44 bytes. A third of a second of silence is around each; of several words the longest is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech.h"

enum { HEADER = 44, SILENCE = 2700, MOST = 1 << 20 };

static int16_t now[MOST], best[MOST];
static size_t length, longest;

static void push(speech *w, int16_t sample)
{
    int more = speech_push(w, sample);
    for (; more > 0; more--) {
        const int16_t one = speech_take(w);
        if (length < MOST) now[length++] = one;
    }
    if (more == 0) return;
    if (length > longest) {
        memcpy(best, now, length * sizeof *now);
        longest = length;
    }
    length = 0;
}

static void put_size(unsigned char *to, size_t size)
{
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(size >> 8 * i & 255);
}

int main(int count, char **argument)
{
    unsigned char header[HEADER], bytes[2];
    speech w;
    FILE *in = count == 3 ? fopen(argument[1], "rb") : NULL;
    if (!in || fread(header, 1, HEADER, in) != HEADER || memcmp(header + 36, "data", 4) != 0) {
        fprintf(stderr, "usage: cut IN.wav OUT.wav, of which IN.wav has a header of 44 bytes\n");
        return 2;
    }
    speech_begin(&w);
    for (int i = 0; i < SILENCE; i++) push(&w, 0);
    while (fread(bytes, 1, 2, in) == 2) push(&w, (int16_t)(uint16_t)(bytes[0] | bytes[1] << 8));
    for (int i = 0; i < SILENCE; i++) push(&w, 0);
    fclose(in);
    if (longest < SPEECH_SHORT) {
        fprintf(stderr, "cut: %s: no word is in it\n", argument[1]);
        return 1;
    }
    FILE *out = fopen(argument[2], "wb");
    put_size(header + 4, HEADER - 8 + 2 * longest);
    put_size(header + 40, 2 * longest);
    int failed = !out || fwrite(header, 1, HEADER, out) != HEADER;
    for (size_t i = 0; !failed && i < longest; i++) {
        bytes[0] = (unsigned char)(best[i] & 255);
        bytes[1] = (unsigned char)(best[i] >> 8 & 255);
        failed = fwrite(bytes, 1, 2, out) != 2;
    }
    if (!out || fclose(out) != 0 || failed) {
        fprintf(stderr, "cut: %s: cannot be written\n", argument[2]);
        return 1;
    }
    return EXIT_SUCCESS;
}
