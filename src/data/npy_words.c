/* SPDX-License-Identifier: MIT
 * npy_words.c - the words of NPY arrays: U, 4 bytes a character, and S, a byte each; NULs behind a word do not count. */
#include <string.h>

#include "base/status.h"
#include "data/npy.h"

enum { MOST = 4 * 1024 }; /* bytes of a word in UTF-8 */

static unsigned long character_at(const unsigned char *b, bool big)
{
    unsigned long c = 0;
    for (int i = 0; i < 4; i++) c = c << 8 | b[big ? i : 3 - i];
    return c;
}

/* A character in UTF-8, of 1 to 4 bytes; 0: it is none. */
static size_t encode(char *out, unsigned long c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    const size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char first[4] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(first[more] | c >> 6 * more);
    for (size_t i = 1; i <= more; i++) out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3F));
    return more + 1;
}

loci_status loci_npy_words_convert(double *out, const unsigned char *bytes, size_t count, size_t first,
                                   const loci_npy_header *header, loci_npy_words *words, const char *name,
                                   loci_error *error)
{
    const size_t width = header->kind == 'U' ? 4 : 1;
    char text[MOST];
    for (size_t i = 0; i < count; i++, bytes += header->size) {
        size_t length = 0, end = header->size;
        while (end > 0 && bytes[end - 1] == 0) end--;
        for (size_t k = 0; k < end && width == 4; k += 4) {
            const unsigned long c = character_at(bytes + k, header->big);
            const size_t more = encode(text + length, c);
            if (more == 0)
                return loci_fail(error, LOCI_E_FORMAT,
                                 "%s: word %zu holds %#lx, which is no character of Unicode", name, first + i,
                                 c);
            length += more;
        }
        const char *word = width == 4 ? text : (const char *)bytes;
        while (width == 4 && length > 0 && text[length - 1] == 0) length--;
        const loci_status status =
            words->take(&out[i], words->context, word, width == 4 ? length : end, error);
        if (status != LOCI_OK) return status;
    }
    return LOCI_OK;
}
