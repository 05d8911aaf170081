/* SPDX-License-Identifier: MIT
 * base/allocate.h - sizes that cannot overflow, and memory on 64-byte boundaries, from malloc or from an embedder.
 *
 * Every piece knows where it came from: loci_free gives it back there, and loci_allocate_by(loci_allocator_of(object), ...) takes
 * more from the same place. So what is made for an object, or while working on one, names the object and no allocator is
 * handed around. */
#ifndef LOCI_BASE_ALLOCATE_H
#define LOCI_BASE_ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/allocator.h>

#include "base/private.h"

/* *size = a * b, or a + b; false, with *size untouched, where that does not fit a size_t. */
LOCI_PRIVATE bool loci_size_multiply(size_t *size, size_t a, size_t b);
LOCI_PRIVATE bool loci_size_add(size_t *size, size_t a, size_t b);

/* count * size bytes, zeroed, on a 64-byte boundary, to be released by loci_free; NULL where that fails or overflows.
 * A request for nothing gives a pointer that may be released. */
LOCI_PRIVATE void *loci_allocate(size_t count, size_t size);
LOCI_PRIVATE void loci_free(void *memory);

/* The same from an allocator; NULL: from malloc. */
LOCI_PRIVATE void *loci_allocate_by(const loci_allocator *by, size_t count, size_t size);
/* The same, not zeroed: for what is written before it is read. Of a large piece, what is never written costs nothing. */
LOCI_PRIVATE void *loci_allocate_room_by(const loci_allocator *by, size_t count, size_t size);
/* Where a piece came from: NULL for malloc, and for memory NULL. It is good as long as the piece. The piece is the whole of one
 * allocation of these functions, not a part of it. */
LOCI_PRIVATE const loci_allocator *loci_allocator_of(const void *memory);

#endif
