/* SPDX-License-Identifier: MIT
 * quote.c - a user's bytes as they may stand in a message or a name. */
#include "data/quote.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

void loci_quote(char *out, size_t size, const char *text, size_t length)
{
    const unsigned char *from = (const unsigned char *)text;
    size_t used = 0, fits = 0; /* fits: how much may stay where "..." must follow */
    while (length > 0) {
        size_t count = loci_utf8_length(from, length);
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
