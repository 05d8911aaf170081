/* SPDX-License-Identifier: MIT
 * base/linalg.h - small dense real matrices: product, LU, exponential. Row-major doubles; sizes up to a few
 * thousand.
 *
 * Exported, since libloci-train uses it too, but no part of the public interface. No function keeps anything
 * between calls. */
#ifndef LOCI_BASE_LINALG_H
#define LOCI_BASE_LINALG_H

#include <stddef.h>

#include <loci/allocator.h>

#include "base/private.h"

/* c = a b: c is [rows][columns], a [rows][inner], b [inner][columns]. c may not overlap a or b. */
LOCI_PRIVATE void loci_linalg_multiply(double *c, const double *a, const double *b, size_t rows, size_t inner,
                                       size_t columns);

/* The 1-norm, the largest sum of a column's magnitudes; a is [n][n]. NAN where a holds one. */
LOCI_PRIVATE double loci_linalg_norm(const double *a, size_t n);

/* LU with partial pivoting in place, P A = L U: a is [n][n] and ends as L (unit diagonal, not stored) below
 * U; pivot is [n]: row k was exchanged with row pivot[k] >= k, in order. LOCI_E_VALUE where a column has no
 * pivot above n ulp of its own largest element (or none that is finite), LOCI_E_MEMORY; a is then undefined.
 * 2/3 n^3 operations. Scratch comes from `by`; NULL: malloc. */
LOCI_PRIVATE loci_status loci_linalg_factor(const loci_allocator *by, double *a, size_t *pivot, size_t n,
                                            loci_error *error);

/* x = A^-1 x for the columns of x, [n][columns], with what loci_linalg_factor left. 2 n^2 operations a
 * column. */
LOCI_PRIVATE void loci_linalg_solve(double *x, const double *lu, const size_t *pivot, size_t n,
                                    size_t columns);

/* e = exp(a), both [n][n], not overlapping: scaling and squaring with Pade approximants of degree 3 to 13
 * (Higham 2005), the scaling chosen by the norms of powers (Al-Mohy and Higham 2009), so that matrices far
 * from normal, as those of memories are, are not scaled too much. About 20 n^3 operations and 6 n^2 numbers
 * of scratch. LOCI_E_VALUE where a, or its exponential, is not finite, LOCI_E_MEMORY; e is then undefined. Scratch
 * comes from `by`; NULL: malloc. */
LOCI_PRIVATE loci_status loci_linalg_exponential(const loci_allocator *by, double *e, const double *a,
                                                 size_t n, loci_error *error);

#endif
