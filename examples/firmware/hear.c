/* SPDX-License-Identifier: MIT
 * hear.c - firmware that hears digits: samples of 8 kHz come in by a serial line, 16 bits each, the low byte first; when a word is over, out
 * goes what it was and how sure that is. The sample -32768 says that nothing will follow. */
#include <digits.h>

#include "board.h"
#include "speech.h"

enum { END = -32768 };

static const char *const names[DIGITS_OUTPUTS] = {"zero", "one", "two",   "three", "four",
                                                  "five", "six", "seven", "eight", "nine"};
static digits_state model;
static speech sound;
static int length; /* samples of the word so far */
static float last; /* of them the last one, which the model has not seen: one is left to answer with */

static int16_t receive(void)
{
    const int low = board_read();
    return (int16_t)(uint16_t)(low | board_read() << 8);
}

static void see(int16_t sample)
{
    if (length == 0) digits_init(&model);
    if (length > 0) digits_step(&model, &last, 0);
    last = (float)sample / 32768.0f;
    length++;
}

static void answer(void)
{
    float share[DIGITS_OUTPUTS];
    digits_step(&model, &last, share);
    int best = 0;
    for (int i = 1; i < DIGITS_OUTPUTS; i++)
        if (share[i] > share[best]) best = i;
    char text[] = "      \n", *digit = text + 3;
    for (int percent = (int)(100.0f * share[best] + 0.5f); percent > 0 || digit == text + 3; percent /= 10)
        *digit-- = (char)('0' + percent % 10);
    text[5] = '%';
    board_write(names[best]);
    board_write(text);
}

int main(void)
{
    speech_begin(&sound);
    for (int sample = 0; sample != END;) {
        sample = receive();
        int more = sample == END ? -1 : speech_push(&sound, (int16_t)sample);
        for (; more > 0; more--) see(speech_take(&sound));
        if (more == 0) continue;
        if (length >= SPEECH_SHORT) answer();
        length = 0;
    }
    return 0;
}
