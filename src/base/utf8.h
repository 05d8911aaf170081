/* SPDX-License-Identifier: MIT
 * base/utf8.h - which bytes are UTF-8. */
#ifndef LOCI_BASE_UTF8_H
#define LOCI_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* The number of such a character, of `length` bytes. */
static inline uint32_t loci_utf8_code(const unsigned char *text, size_t length)
{
    static const unsigned char heads[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = text[0] & heads[length];
    for (size_t i = 1; i < length; i++) code = code << 6 | (text[i] & 0x3fu);
    return code;
}

/* As in a sentence: U+005A, "Z"; of what controls, the number alone. told [LOCI_UTF8_TOLD]. */
enum { LOCI_UTF8_TOLD = 24 };
static inline const char *loci_utf8_tell(char *told, const unsigned char *text, size_t length)
{
    const unsigned long code = loci_utf8_code(text, length);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        snprintf(told, LOCI_UTF8_TOLD, "U+%04lX", code);
    else
        snprintf(told, LOCI_UTF8_TOLD, "U+%04lX, \"%.*s\"", code, (int)length, (const char *)text);
    return told;
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
