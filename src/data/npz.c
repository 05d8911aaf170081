/* SPDX-License-Identifier: MIT
 * npz.c - one array out of an .npz archive: a zip file of NPY members, stored or deflated. */
#include <loci/data.h>

#include "data/npy.h"

loci_status loci_npz_read(loci_array *array, const char *path, const char *member, loci_error *error)
{
    *array = (loci_array){0};
    loci_input input;
    loci_status status = loci_input_open_member(&input, path, member, error);
    if (status != LOCI_OK) return status;
    status = loci_npy_read_input(array, &input, NULL, error);
    loci_input_close(&input);
    return status;
}
