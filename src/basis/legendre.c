/* SPDX-License-Identifier: MIT
 * legendre.c - g_n(x) = sqrt(2n+1) P_n(2x-1) on [0, 1]: values, derivatives, integrals, sums, exact
 * coefficients.
 */
#include <loci/basis.h>

#include "base/status.h"
#define LOCI_REAL_IS_DOUBLE 1
#include "basis/legendre.h"

void loci_legendre_pair(double *p, double *e, const double *t, size_t count, size_t n)
{
    LOCI_CHOOSE(loci_legendre_level)->pair(p, e, t, count, n);
}

void loci_legendre_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order)
{
    LOCI_CHOOSE(loci_legendre_level)->evaluate(ask, out, x, count, order);
}

void loci_legendre_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x,
                       size_t count)
{
    LOCI_CHOOSE(loci_legendre_level)->sum(ask, out, c, order, x, count);
}

static int64_t binomial(size_t n, size_t k)
{
    int64_t c = 1;
    for (size_t i = 0; i < k; i++) c = c * (int64_t)(n - i) / (int64_t)(i + 1);
    return c;
}

loci_status loci_legendre_polynomial(int64_t *numerator, size_t n, loci_error *error)
{
    if (n > 30) return loci_fail(error, LOCI_E_ARGUMENT, "degree is %zu; 0 to 30 was expected", n);
    for (size_t k = 0; k <= n; k++) numerator[k] = 0;
    for (size_t k = 0; 2 * k <= n;
         k++) /* 2^n P_n = sum over k of (-1)^k binomial(n, k) binomial(2n-2k, n) z^(n-2k) */
        numerator[n - 2 * k] = (k % 2 ? -1 : 1) * binomial(n, k) * binomial(2 * n - 2 * k, n);
    return LOCI_OK;
}
