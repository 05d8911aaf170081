/* SPDX-License-Identifier: MIT
 * readout/ridge.h - ridge regression from moments: what is summed while data go by, added, forgotten, and solved.
 *
 * Of rows of features f (p of them) and targets y (q), G = sum of f f^T and R = sum of f y^T are all that least squares needs; the
 * weights that make sum |y - f^T w|^2 + ridge sum penalty_i w_i^2 smallest are (G + ridge P)^-1 R. Moments of parts add up to those of the
 * whole. A constant is a feature like any other, of penalty 0.
 *
 * All numbers are double. Nothing allocates and nothing is kept between calls, but for loci_ridge_choose. Matrices are row-major; of
 * symmetric ones, and of their factors, only the upper triangle is read, and what lies below is scratch. */
#ifndef LOCI_READOUT_RIDGE_H
#define LOCI_READOUT_RIDGE_H

#include <stddef.h>

#include <loci/allocator.h>

#include "base/private.h"

typedef struct {
    size_t features, targets; /* p, q */
    double rows;              /* the weight of all rows: their number, unless some was forgotten */
    double *gram;             /* G, [p][p], the upper triangle */
    double *cross;            /* R, [p][q] */
    double *square;           /* [q] sum of y^2 */
} loci_ridge;

/* The doubles of moments: p^2 + p q + q; 0 where that does not fit a size_t. loci_ridge_at lays them out in `numbers`, all of them
 * 0 before the first row. */
LOCI_PRIVATE size_t loci_ridge_size(size_t features, size_t targets);
LOCI_PRIVATE loci_ridge loci_ridge_at(double *numbers, size_t features, size_t targets, double rows);

/* Adds rows: f is [rows][p], y [rows][q]. How rows are cut into calls does not matter, to the bit. p (p / 2 + q) multiply-adds a row. */
LOCI_PRIVATE void loci_ridge_push(loci_ridge *moments, const double *f, const double *y, size_t rows);
/* Adds the moments of others of the same sizes. */
LOCI_PRIVATE void loci_ridge_add(loci_ridge *moments, const loci_ridge *others);
/* Lets all rows so far count keep times as much, 0 <= keep <= 1. */
LOCI_PRIVATE void loci_ridge_forget(loci_ridge *moments, double keep);

/* Cholesky: U with U^T U = gram + ridge diag(penalty), both [n][n]; they may be the same. penalty [n]; NULL: all 1. A feature that is,
 * within rounding (n ulp of its own square), a combination of those before it gets a row of zeros and has no part in what is solved: its
 * weights are 0. Returns how many there were. n^3 / 6 multiply-adds. */
LOCI_PRIVATE size_t loci_ridge_factor(double *factor, const double *gram, double ridge, const double *penalty,
                                      size_t n);
/* x = (U^T U)^-1 x for the columns of x, [n][columns]: with x = R, the weights. n^2 multiply-adds a column. */
LOCI_PRIVATE void loci_ridge_solve(double *x, const double *factor, size_t n, size_t columns);
/* x = U^-T x alone, [n][columns]: of f as a column, |U^-T f|^2 is its row's leverage, by which leaving the row out makes its error
 * 1 / (1 - leverage) times as large. */
LOCI_PRIVATE void loci_ridge_half_solve(double *x, const double *factor, size_t n, size_t columns);
/* diagonal [n] = that of (U^T U)^-1. inverse is [n][n] of scratch, and ends as U^-1. n^3 / 6 multiply-adds. With the matrix of
 * products of rows (F F^T + ridge) in G's place and its solution a, the error of row i left out is a_i / diagonal_i. */
LOCI_PRIVATE void loci_ridge_inverse_diagonal(double *diagonal, double *inverse, const double *factor,
                                              size_t n);

/* Residuals' sum of squares for each target, [q], of weights w [p][q]: y^2 - 2 w R + w G w. scratch is [p][q]. */
LOCI_PRIVATE void loci_ridge_residual(double *sum, const loci_ridge *moments, const double *w,
                                      double *scratch);

/* The ridge among `grid` [count] for which generalised cross-validation, rows |residual|^2 / (rows - freedom)^2 with the trace
 * of the matrix that makes predictions of targets as freedom, is smallest in the sum over targets; w [p][q] are its weights, and *score,
 * unless NULL, that sum. Takes 2 (p^2 + p q) numbers of scratch from `by` (NULL: malloc); LOCI_E_MEMORY, LOCI_E_VALUE where the moments
 * are not finite or there is no row. count (p^3 / 3 + p^2 q) multiply-adds. (Golub, Heath and Wahba 1979.) */
LOCI_PRIVATE loci_status loci_ridge_choose(double *ridge, double *w, double *score, const loci_ridge *moments,
                                           const double *penalty, const double *grid, size_t count,
                                           const loci_allocator *by, loci_error *error);

#endif
