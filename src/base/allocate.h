/* SPDX-License-Identifier: MIT
 * base/allocate.h - sizes that cannot overflow, and memory on 64-byte boundaries. */
#ifndef LOCI_BASE_ALLOCATE_H
#define LOCI_BASE_ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/private.h"

/* *size = a * b, or a + b; false, with *size untouched, where that does not fit a size_t. */
LOCI_PRIVATE bool loci_size_multiply(size_t *size, size_t a, size_t b);
LOCI_PRIVATE bool loci_size_add(size_t *size, size_t a, size_t b);

/* count * size bytes, zeroed, on a 64-byte boundary, to be released by loci_free; NULL where that fails or overflows.
 * A request for nothing gives a pointer that may be released. */
LOCI_PRIVATE void *loci_allocate(size_t count, size_t size);
LOCI_PRIVATE void loci_free(void *memory);

#endif
