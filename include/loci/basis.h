/* SPDX-License-Identifier: MIT
 *
 * loci/basis.h - the functions that memories are made of: their values, derivatives and integrals, and Gauss quadrature.
 *
 * Every function here is pure and may be called from any thread. Orders run from 1 to LOCI_ORDER_MAX.
 */
#ifndef LOCI_BASIS_H
#define LOCI_BASIS_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_ORDER_MAX 1024

typedef enum {
    LOCI_VALUE,      /* f(x) */
    LOCI_DERIVATIVE, /* f'(x) */
    LOCI_MEAN,       /* the integral over [a, b], divided by b - a */
    LOCI_INTEGRAL    /* the integral over [a, b]; of a basis function: from 0 to x */
} loci_ask;

typedef enum {
    LOCI_LEGENDRE, /* g_n(x) = sqrt(2n+1) P_n(2x-1), orthonormal on [0, 1] */
    LOCI_LAGUERRE, /* l_n(x) = exp(-x/2) L_n(x), orthonormal on [0, infinity) */
    LOCI_FOURIER /* 1, 0, sqrt2 cos 2 pi x, sqrt2 sin 2 pi x, sqrt2 cos 4 pi x, ...: pairs, orthonormal on [0, 1];
                      function 1 is the zero sine of the HiPPO convention */
} loci_basis;

/* out[i * order + n] = function n (LOCI_VALUE), its derivative (LOCI_DERIVATIVE) or its integral from 0 to x[i]
 * (LOCI_INTEGRAL), n < order. x is [count]: in [0, 1] for Legendre and Fourier, >= 0 for Laguerre; outside, the formulas
 * still hold, without a promise of accuracy. LOCI_MEAN is not a question to a basis: LOCI_E_ARGUMENT.
 * Three-term recurrences: cost O(order) a point; absolute error of values a few ulp times sqrt(2 order + 1). */
LOCI_API loci_status loci_basis_evaluate(loci_basis basis, loci_ask ask, double *out, const double *x,
                                         size_t count, size_t order, loci_error *error);

/* The same for one basis (src/basis/legendre.c, laguerre.c, fourier.c), without checks: order >= 1. */
LOCI_API void loci_legendre_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order);
LOCI_API void loci_laguerre_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order);
LOCI_API void loci_fourier_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order);

/* out[i] = sum over n < order of c[n] times the function (or its derivative, or its integral from 0 to x[i]).
 * c is [order], x and out are [count] and may be the same array. Cost O(order) a point. */
LOCI_API void loci_legendre_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x,
                                size_t count);
LOCI_API void loci_laguerre_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x,
                                size_t count);
LOCI_API void loci_fourier_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x,
                               size_t count);

/* The exact coefficients of the standard P_n(z) on [-1, 1]: P_n(z) = (sum over k <= n of numerator[k] z^k) / 2^n.
 * numerator is [n + 1]; n from 0 to 30 (above, they leave the range of int64), else LOCI_E_ARGUMENT. */
LOCI_API loci_status loci_legendre_polynomial(int64_t *numerator, size_t n, loci_error *error);

/* Gauss-Legendre quadrature on [0, 1]: sum over i < count of weight[i] f(node[i]) is the integral of f over [0, 1],
 * exactly for polynomials of degree < 2 count. node and weight are [count], nodes ascending, symmetric about 1/2;
 * count from 1 to 2 * LOCI_ORDER_MAX, else LOCI_E_ARGUMENT. Relative error of nodes and weights <= 1e-13. O(count^2). */
LOCI_API loci_status loci_quadrature_gauss(double *node, double *weight, size_t count, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
