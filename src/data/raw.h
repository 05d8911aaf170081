/* SPDX-License-Identifier: MIT
 * data/raw.h - bytes that are samples of one kind, interleaved, wherever they lie. */
#ifndef LOCI_DATA_RAW_H
#define LOCI_DATA_RAW_H

#include <stdbool.h>

#include "data/signal.h"

/* Bytes of one number; 0: there is no such kind. */
size_t loci_raw_size(loci_raw kind);
/* The kind of whole numbers with a sign, or of floating-point ones, of this size; LOCI_RAW_NONE where there is none. */
loci_raw loci_raw_whole(size_t size, bool big);
loci_raw loci_raw_real(size_t size, bool big);
/* out [count] = the numbers in bytes [count * size], scaled. */
void loci_raw_convert(double *out, const unsigned char *bytes, size_t count, loci_raw kind);

#endif
