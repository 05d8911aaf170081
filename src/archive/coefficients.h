/* SPDX-License-Identifier: MIT
 *
 * archive/coefficients.h - quantised coefficients of a page as bytes, and back.
 *
 * A coefficient's magnitude is expected to be like its neighbours': the same one of the detail before, of the one before
 * that, of the parent, of the parent's neighbour, and those already coded of its own detail. The expectation picks
 * distributions, and they adapt. The two halves of a row are coded side by side. Everything is integers: the same bytes on every machine.
 */
#ifndef LOCI_ARCHIVE_COEFFICIENTS_H
#define LOCI_ARCHIVE_COEFFICIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/pyramid.h"

#define COEFFICIENT_LIMIT ((int64_t)1 << 30) /* magnitudes are below */

typedef struct coefficient_coder
    coefficient_coder; /* models and their tables; about 40 KB, and 8 bytes a number */

/* Of at most `page` numbers; NULL where memory is short. */
coefficient_coder *loci_coefficients_create(const loci_allocator *by, size_t page);
/* Room to encode, 32 bytes a number; false where memory is short. Without it a coder only decodes. */
bool loci_coefficients_write(coefficient_coder *coder);
void loci_coefficients_destroy(coefficient_coder *coder);

/* Rows 0 to coarse - 1 of q go to bytes of their own, *coarse_size of them, and rows up to `rows` - 1 to those behind,
 * *fine_size; q stays as it is. false: they need more than `room` bytes, or, with nearly all of them
 * far from what their neighbours make expect, more room than the coder has. */
bool loci_coefficients_encode(coefficient_coder *coder, unsigned char *bytes, size_t room,
                              size_t *coarse_size, size_t *fine_size, int32_t *q,
                              const pyramid_layout *layout, size_t coarse, size_t rows);

/* The first `wanted` <= rows rows; fine is looked at only where wanted > coarse. Damaged bytes give some numbers. Four
 * bytes behind those given are read, too, and do not matter. */
void loci_coefficients_decode(coefficient_coder *coder, int32_t *q, const unsigned char *coarse_bytes,
                              size_t coarse_size, const unsigned char *fine_bytes, size_t fine_size,
                              const pyramid_layout *layout, size_t coarse, size_t wanted);

/* Whole numbers, nearly all of them zero, one a sample: how far recall is corrected. *size is the bytes
 * that they take; false and decode as above. */
bool loci_corrections_encode(coefficient_coder *coder, unsigned char *bytes, size_t room, size_t *size,
                             int32_t *corrections, size_t n);
void loci_corrections_decode(coefficient_coder *coder, int32_t *corrections, size_t n,
                             const unsigned char *bytes, size_t size);

#endif
