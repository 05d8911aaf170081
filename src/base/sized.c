/* SPDX-License-Identifier: MIT
 * sized.c - structs that may be older or newer than this version. */
#include "base/sized.h"

#include <string.h>

#include "base/status.h"

loci_status loci_sized_take(void *to, size_t whole, const void *from, size_t first, const char *name,
                            loci_error *error)
{
    size_t size;
    memcpy(&size, from, sizeof size);
    if (size == 0) size = first;
    if (size < first)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "size of the %s is %zu; sizeof(%s), %zu or more, or 0 was expected", name, size,
                         name, first);
    const unsigned char *byte = from;
    for (size_t i = whole; i < size; i++)
        if (byte[i])
            return loci_fail(error, LOCI_E_UNSUPPORTED,
                             "the %s sets a field that this version of loci does not know", name);
    memcpy(to, from, size < whole ? size : whole);
    memcpy(to, &whole, sizeof whole);
    return LOCI_OK;
}

void loci_sized_give(void *to, size_t size, const void *from, size_t whole)
{
    memcpy(to, from, size < whole ? size : whole);
    if (size > whole) memset((char *)to + whole, 0, size - whole);
}
