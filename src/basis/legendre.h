/* SPDX-License-Identifier: MIT
 * basis/legendre.h - what quadrature needs of the Legendre recurrence. */
#ifndef LOCI_BASIS_LEGENDRE_H
#define LOCI_BASIS_LEGENDRE_H

#include <loci/basis.h>

#include "base/real.h"

/* p[i] = P_n(1 - t[i]) and e[i] = n (P_n - P_{n-1})(1 - t[i]), all [count]: accurate to a few ulp relative to
 * t as t goes to 0, where 1 - t itself would round the digits of t away. Arrays may not overlap. */
void loci_legendre_pair(double *p, double *e, const double *t, size_t count, size_t n);

/* legendre_blocks.c: the functions of <loci/basis.h> and the one above, for a level of the processor. */
struct loci_legendre {
    void (*pair)(double *p, double *e, const double *t, size_t count, size_t n);
    void (*evaluate)(loci_ask ask, double *out, const double *x, size_t count, size_t order);
    void (*sum)(loci_ask ask, double *out, const double *c, size_t order, const double *x, size_t count);
};
LOCI_LEVELS(const struct loci_legendre, loci_legendre_level);

#endif
