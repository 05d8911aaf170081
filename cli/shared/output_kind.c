/* SPDX-License-Identifier: MIT
 * output_kind.c - the endings of names, and a WAV file. */
#include "shared/output_kind.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shared/ending.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

enum { HEADER = 58 };

static const struct {
    const char *ending;
    output_kind kind;
} endings[] = {{".csv", OUTPUT_CSV},   {".txt", OUTPUT_CSV},    {".npy", OUTPUT_NPY},
               {".json", OUTPUT_JSON}, {".jsonl", OUTPUT_JSON}, {".wav", OUTPUT_WAV}};
enum { ENDINGS = sizeof endings / sizeof endings[0] };

int output_kind_of(output_kind *kind, const char *path, unsigned allowed, const char *command)
{
    *kind = OUTPUT_CSV;
    if (!path || output_is_stream(path)) return STATUS_DONE;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    if (!dot || dot == name) return STATUS_DONE;
    for (size_t i = 0; i < ENDINGS; i++)
        if (strcasecmp(dot, endings[i].ending) == 0 && (allowed & endings[i].kind)) {
            *kind = endings[i].kind;
            return STATUS_DONE;
        }
    char list[96] = "";
    for (size_t i = 0; i < ENDINGS; i++) {
        if (!(allowed & endings[i].kind)) continue;
        bool last = true;
        for (size_t j = i + 1; j < ENDINGS; j++) last = last && !(allowed & endings[j].kind);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 !list[0] ? ""
                 : last   ? " or "
                          : ", ",
                 endings[i].ending);
    }
    return message_usage("%s: -o %s: %s is no kind of file that it writes; %s was expected", command, path,
                         dot, list);
}

int output_kind_or_csv(output_kind *kind, const char *path, unsigned allowed, const char *command)
{
    static const char *const others[] = {".svg", ".png", ".loci", ".safetensors", ".npz",
                                         ".tsv", ".gz",  ".xlsx", ".parquet"};
    bool known = path && ending_among(path, others, sizeof others / sizeof *others);
    for (size_t i = 0; path && i < ENDINGS; i++) known = known || ending_is(path, endings[i].ending);
    return output_kind_of(kind, known ? path : NULL, allowed, command);
}

int output_kind_none(const char *path, const char *option, const char *what, const char *command)
{
    static const char *const others[] = {".tsv", ".svg", ".png"};
    if (!path || output_is_stream(path)) return STATUS_DONE;
    bool is = ending_among(path, others, sizeof others / sizeof *others);
    for (size_t i = 0; i < ENDINGS; i++) is = is || ending_is(path, endings[i].ending);
    if (!is) return STATUS_DONE;
    return message_usage(
        "%s: %s %s is where %s goes, which is no %s; a name that does not end so was expected", command,
        option, path, what, strrchr(path, '.'));
}

static void put(unsigned char **at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) *(*at)++ = (unsigned char)(value >> (8 * i));
}

static void put_text(unsigned char **at, const char *text)
{
    memcpy(*at, text, 4);
    *at += 4;
}

/* RIFF, format 3 (IEEE float) with its fact, little-endian whatever the machine is. */
int output_wave(const char *path, const double *columns, size_t frames, size_t channels, double rate)
{
    char hertz[WORDS_SIZE];
    const double whole = nearbyint(rate);
    if (!(whole >= 1 && whole < 0x1p32) || fabs(rate - whole) > 1e-6 * whole)
        return message_fail("%s: a WAV has a whole number of samples a second; its rate would be %s Hz", path,
                            words_number(hertz, rate));
    if (channels > UINT16_MAX / 4 || frames > (UINT32_MAX - HEADER) / 4 / channels)
        return message_fail(
            "%s: a WAV holds 4 GB at most, and %zu samples of %s are more; a shorter stretch or .npy was "
            "expected",
            path, frames, words_plural(hertz, channels, "channel"));
    const size_t data = frames * channels * 4;
    unsigned char *bytes = malloc(HEADER + data), *at = bytes;
    if (!bytes) return message_memory();
    put_text(&at, "RIFF"), put(&at, HEADER - 8 + data, 4), put_text(&at, "WAVE");
    put_text(&at, "fmt "), put(&at, 18, 4), put(&at, 3, 2), put(&at, channels, 2);
    put(&at, (uint64_t)whole, 4), put(&at, (uint64_t)whole * channels * 4, 4), put(&at, channels * 4, 2);
    put(&at, 32, 2), put(&at, 0, 2);
    put_text(&at, "fact"), put(&at, 4, 4), put(&at, frames, 4);
    put_text(&at, "data"), put(&at, data, 4);
    for (size_t k = 0; k < frames; k++)
        for (size_t c = 0; c < channels; c++) {
            const float value = (float)columns[c * frames + k];
            uint32_t bits;
            memcpy(&bits, &value, sizeof bits);
            put(&at, bits, 4);
        }
    const int status = output_file(path, bytes, HEADER + data);
    free(bytes);
    return status;
}
