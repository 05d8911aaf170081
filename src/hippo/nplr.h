/* SPDX-License-Identifier: MIT
 * hippo/nplr.h - the matrices of memories as diagonal plus low rank, without other libraries. */
#ifndef LOCI_HIPPO_NPLR_H
#define LOCI_HIPPO_NPLR_H

#include <loci/allocator.h>
#include <loci/measure.h>

#include "base/private.h"

/* p [2][order]: A + sum over r of p_r p_r^T is normal (Gu et al. 2022, appendix C). Returns the rank, 1 or 2. */
LOCI_PRIVATE size_t loci_nplr_correction(loci_measure measure, double *p, size_t order);

/* A = V (diag(w) - sum over r of P_r P_r^*) V^*, V unitary: of each pair of conjugate modes the one with Im w <= 0, ascending.
 * w, b, p_r = V^* p_r are [order/2][2], real and imaginary parts, b real and not negative where it is not 0; p is [2][order/2]
 * [2], the second 0 for rank 1. order even, to LOCI_ORDER_MAX. O(order^3), of which loci_hippo_dplr (loci/init.h) is the
 * same by LAPACK. LOCI_E_MEMORY, and what loci_measure_matrices refuses. */
loci_status loci_nplr(const loci_allocator *by, loci_measure measure, double *w, double *b, double *p,
                      size_t order, loci_error *error);

#endif
