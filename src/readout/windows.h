/* SPDX-License-Identifier: MIT
 * readout/windows.h - the moments of all windows of a signal, from products with its own past.
 *
 * A window at sample t is x[t - L + 1 .. t], L = lags: the `window` samples that are known, oldest first, and the `horizon` samples that
 * are to be foretold. Of all windows t0 <= t < t1, M_ij = sum of x[t - L + 1 + i] x[t - L + 1 + j]. Its last row is products of the signal
 * with its past, n L multiply-adds; and since the windows of M_ij are those of M_i+1,j+1 but one at either end,
 *     M_ij = M_i+1,j+1 + x[t0 - L + 1 + i] x[t0 - L + 1 + j] - x[t1 - L + 1 + i] x[t1 - L + 1 + j]
 * gives the rest in 2 L^2: a thousand times less than summing them. Whatever is linear in a window, such as coefficients of
 * polynomials, has its moments in M. */
#ifndef LOCI_READOUT_WINDOWS_H
#define LOCI_READOUT_WINDOWS_H

#include <stddef.h>

#include "readout/ridge.h"

typedef struct {
    size_t window, horizon;
    double count; /* windows */
    double *m;    /* [L][L], the lower triangle */
    double *sum;  /* [L] */
} loci_windows;

/* Adds the windows first t0 to last t1 - 1 to w: r [L] and total are their last row and the sum of their newest samples, first is
 * x[t0 - L + 1 .. t0], last x[t1 - L + 1 .. t1 - 1], [L - 1]; row is [L] of scratch. */
void loci_windows_add(loci_windows *w, const double *r, double total, const double *first, const double *last,
                      double count, double *row);
/* The same from the signal itself, x [t1] of stride 1. scratch is [2 L]. */
void loci_windows_add_signal(loci_windows *w, const double *x, size_t t0, size_t t1, double *scratch);

/* basis [N][window]: polynomials of degree 0 to N - 1, orthonormal on `window` points, the newest last; positive there. N <= window. */
void loci_windows_basis(double *basis, size_t window, size_t order);

/* Adds to `to`, of order + 1 features and w->horizon targets, the moments of 1 and of the coefficients by `basis` [order][window] of the
 * newest `window` <= w->window samples known, each less the newest of them, with the samples to be foretold less the same as targets.
 * scratch is [loci_windows_scratch]. window^2 order multiply-adds. */
void loci_windows_project(loci_ridge *to, const loci_windows *w, const double *basis, size_t window,
                          size_t order, double *scratch);
size_t loci_windows_scratch(size_t window, size_t horizon, size_t order);

#endif
