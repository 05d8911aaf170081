/* SPDX-License-Identifier: MIT
 * base/utf8.h - which bytes are UTF-8. */
#ifndef LOCI_BASE_UTF8_H
#define LOCI_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 character at text, 0 where there is none: no overlong form, no surrogate, at
 * most U+10FFFF (RFC 3629). */
static inline size_t loci_utf8_length(const unsigned char *text, size_t length)
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

/* Whether all of a text is. */
static inline bool loci_utf8_valid(const char *text)
{
    size_t length = strlen(text), size = 1;
    for (; length > 0 && size > 0; text += size, length -= size)
        size = loci_utf8_length((const unsigned char *)text, length);
    return length == 0 && size > 0;
}

#endif
