/* SPDX-License-Identifier: MIT
 * array.c - arrays as they are read whole. */
#include <loci/data.h>

#include "base/allocate.h"

void loci_array_free(loci_array *array)
{
    if (!array) return;
    loci_free(array->data);
    *array = (loci_array){0};
}
