/* SPDX-License-Identifier: MIT
 *
 * archive/archive_deviation.h - how far samples lie from their mean. */
#ifndef LOCI_ARCHIVE_DEVIATION_H
#define LOCI_ARCHIVE_DEVIATION_H

#include <stddef.h>

/* The standard deviation of those of n samples that are not NaN, 0 where there is none; *present of them, of which *first is the first, else 0.
 * Samples are below 2^499 in size; of those whose squares would be zero, too. */
double loci_archive_deviation(const double *u, size_t n, double *first, size_t *present);

#endif
