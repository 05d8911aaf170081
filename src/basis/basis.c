/* SPDX-License-Identifier: MIT
 * basis.c - one door to the three bases, with checks. */
#include <loci/basis.h>

#include "base/status.h"

loci_status loci_basis_evaluate(loci_basis basis, loci_ask ask, double *out, const double *x, size_t count,
                                size_t order, loci_error *error)
{
    if (order < 1 || order > LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", order, LOCI_ORDER_MAX);
    if (ask != LOCI_VALUE && ask != LOCI_DERIVATIVE && ask != LOCI_INTEGRAL)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "question to a basis is %d; value, derivative or integral was expected", (int)ask);
    switch (basis) {
    case LOCI_LEGENDRE:
        loci_legendre_evaluate(ask, out, x, count, order);
        return LOCI_OK;
    case LOCI_LAGUERRE:
        loci_laguerre_evaluate(ask, out, x, count, order);
        return LOCI_OK;
    case LOCI_FOURIER:
        loci_fourier_evaluate(ask, out, x, count, order);
        return LOCI_OK;
    }
    return loci_fail(error, LOCI_E_ARGUMENT, "basis is %d; Legendre, Laguerre or Fourier was expected",
                     (int)basis);
}
