/* SPDX-License-Identifier: MIT
 * quote.c - a user's bytes as they may stand in a message or a name. */
#include "data/quote.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 character at text, 0 where there is none: no overlong form, no surrogate, at
 * most U+10FFFF (RFC 3629). */
static size_t character(const unsigned char *text, size_t length)
{
    const unsigned first = text[0];
    const size_t size = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
    if (size > length) return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xC0) != 0x80) return 0;
    if (first == 0xE0 && text[1] < 0xA0) return 0;
    if (first == 0xED && text[1] > 0x9F) return 0;
    if (first == 0xF0 && text[1] < 0x90) return 0;
    if (first == 0xF4 && text[1] > 0x8F) return 0;
    return size;
}

void loci_quote(char *out, size_t size, const char *text, size_t length)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t used = 0, fits = 0; /* fits: how much may stay where "..." must follow */
    while (length > 0) {
        size_t count = character(from, length);
        const bool bad = count == 0 || from[0] < 0x20 || from[0] == 0x7F;
        if (count == 0) count = 1;
        if (used + 3 < size) fits = used;
        if (used + count >= size) {
            memcpy(out + fits, "...", 4);
            return;
        }
        if (bad)
            out[used++] = '?';
        else
            for (size_t i = 0; i < count; i++) out[used++] = (char)from[i];
        from += count;
        length -= count;
    }
    out[used] = 0;
}
