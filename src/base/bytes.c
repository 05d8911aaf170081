/* SPDX-License-Identifier: MIT
 * bytes.c - what functions give as bytes is given back. */
#include "base/allocate.h"

void loci_bytes_free(void *bytes)
{
    loci_free(bytes);
}
