/* SPDX-License-Identifier: MIT
 * file_read.c - a whole file at once. */
#include <loci/data.h>

#include "base/status.h"
#include "data/input.h"

loci_status loci_file_read(const char *path, void **bytes, size_t *size, size_t limit, loci_error *error)
{
    *bytes = NULL;
    *size = 0;
    loci_input input;
    loci_status status = loci_input_open(&input, path, error);
    if (status != LOCI_OK) return status;
    /* a byte more than is there: the end is seen without a larger buffer */
    if (input.length < limit) status = loci_input_reserve(&input, (size_t)input.length + 1, error);
    while (status == LOCI_OK && !input.ended && loci_input_held(&input) <= limit)
        status = loci_input_fill(&input, loci_input_held(&input) + 1, error);
    if (status == LOCI_OK && loci_input_held(&input) > limit)
        status = loci_fail(error, LOCI_E_FORMAT, "%s: is larger than %zu bytes, the most expected here",
                           input.name, limit);
    if (status == LOCI_OK) {
        *size = loci_input_held(&input);
        *bytes = input.buffer; /* nothing was taken from it: the bytes begin where the buffer does */
        input.buffer = NULL;
    }
    loci_input_close(&input);
    return status;
}
