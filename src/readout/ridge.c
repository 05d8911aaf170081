/* SPDX-License-Identifier: MIT
 * ridge.c - moments, and the ridge regressions that they give.
 *
 * One product, of ridge_tiles.c, carries everything: the factor and the triangular solves are recursive halvings down to SMALL rows. */
#include "readout/ridge.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/status.h"
#include "readout/ridge_tiles.h"

enum { SMALL = 16 };

size_t loci_ridge_size(size_t features, size_t targets)
{
    size_t gram, cross, size;
    if (!loci_size_multiply(&gram, features, features) || !loci_size_multiply(&cross, features, targets) ||
        !loci_size_add(&size, gram, cross) || !loci_size_add(&size, size, targets) ||
        !loci_size_multiply(&gram, size, sizeof(double)))
        return 0;
    return size;
}

loci_ridge loci_ridge_at(double *numbers, size_t features, size_t targets, double rows)
{
    double *const cross = numbers + features * features;
    return (loci_ridge){features, targets, rows, numbers, cross, cross + features * targets};
}

void loci_ridge_push(loci_ridge *moments, const double *f, const double *y, size_t rows)
{
    const size_t p = moments->features, q = moments->targets;
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    tiles->multiply(moments->gram, p, f, 1, p, f, p, p, p, rows, false, true);
    tiles->multiply(moments->cross, q, f, 1, p, y, q, p, q, rows, false, false);
    for (size_t k = 0; k < rows; k++)
        for (size_t j = 0; j < q; j++) moments->square[j] += y[k * q + j] * y[k * q + j];
    moments->rows += (double)rows;
}

/* All numbers of moments lie one behind the other. */
static size_t numbers_of(const loci_ridge *moments)
{
    return loci_ridge_size(moments->features, moments->targets);
}

void loci_ridge_add(loci_ridge *moments, const loci_ridge *others)
{
    const size_t count = numbers_of(moments);
    for (size_t i = 0; i < count; i++) moments->gram[i] += others->gram[i];
    moments->rows += others->rows;
}

void loci_ridge_forget(loci_ridge *moments, double keep)
{
    const size_t count = numbers_of(moments);
    for (size_t i = 0; i < count; i++) moments->gram[i] *= keep;
    moments->rows *= keep;
}

/* ---- the factor ---- */

/* x = U^-T x for a factor whose rows are ldu long; x is [n][columns], a row ldx long. A row of zeros gives zeros. */
static void half_solve(const loci_ridge_tiles *tiles, double *x, size_t ldx, const double *u, size_t ldu,
                       size_t n, size_t columns)
{
    if (n <= SMALL) {
        for (size_t i = 0; i < n; i++) {
            const double scale = u[i * ldu + i] > 0.0 ? 1.0 / u[i * ldu + i] : 0.0;
            for (size_t j = 0; j < columns; j++) x[i * ldx + j] *= scale;
            for (size_t k = i + 1; k < n; k++)
                for (size_t j = 0; j < columns; j++) x[k * ldx + j] -= u[i * ldu + k] * x[i * ldx + j];
        }
        return;
    }
    const size_t half = n / 2;
    half_solve(tiles, x, ldx, u, ldu, half, columns);
    tiles->multiply(x + half * ldx, ldx, u + half, 1, ldu, x, ldx, n - half, columns, half, true, false);
    half_solve(tiles, x + half * ldx, ldx, u + half * ldu + half, ldu, n - half, columns);
}

/* x = U^-1 x, likewise. */
static void other_half(const loci_ridge_tiles *tiles, double *x, size_t ldx, const double *u, size_t ldu,
                       size_t n, size_t columns)
{
    if (n <= SMALL) {
        for (size_t i = n; i-- > 0;) {
            for (size_t k = i + 1; k < n; k++)
                for (size_t j = 0; j < columns; j++) x[i * ldx + j] -= u[i * ldu + k] * x[k * ldx + j];
            const double scale = u[i * ldu + i] > 0.0 ? 1.0 / u[i * ldu + i] : 0.0;
            for (size_t j = 0; j < columns; j++) x[i * ldx + j] *= scale;
        }
        return;
    }
    const size_t half = n / 2;
    other_half(tiles, x + half * ldx, ldx, u + half * ldu + half, ldu, n - half, columns);
    tiles->multiply(x, ldx, u + half, ldu, 1, x + half * ldx, ldx, half, columns, n - half, true, false);
    other_half(tiles, x, ldx, u, ldu, half, columns);
}

/* Rows from.. to of a [n][n], which has what rows above them leave, become those of its factor. Returns how many depend on those
 * before. */
static size_t factor(const loci_ridge_tiles *tiles, double *a, size_t n, size_t from, size_t to)
{
    size_t dependent = 0;
    if (to - from <= SMALL) {
        for (size_t i = from; i < to; i++) {
            double *row = a + i * n,
                   before = row[i]; /* what the diagonal was: nothing is lost but what rows above took */
            for (size_t k = 0; k < i; k++) before += a[k * n + i] * a[k * n + i];
            if (!(row[i] > (double)n * DBL_EPSILON * before)) {
                memset(row + i, 0, (n - i) * sizeof *row);
                dependent++;
                continue;
            }
            row[i] = sqrt(row[i]);
            for (size_t j = i + 1; j < to; j++) row[j] /= row[i];
            for (size_t k = i + 1; k < to; k++)
                for (size_t j = k; j < to; j++) a[k * n + j] -= row[k] * row[j];
        }
        return dependent;
    }
    const size_t middle = from + (to - from) / 2, left = to - middle;
    dependent = factor(tiles, a, n, from, middle);
    double *const across = a + from * n + middle, *const below = a + middle * n + middle;
    half_solve(tiles, across, n, a + from * n + from, n, middle - from, left);
    tiles->multiply(below, n, across, 1, n, across, n, left, left, middle - from, true, true);
    return dependent + factor(tiles, a, n, middle, to);
}

size_t loci_ridge_factor(double *u, const double *gram, double ridge, const double *penalty, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (u != gram) memcpy(u + i * n + i, gram + i * n + i, (n - i) * sizeof *u);
        u[i * n + i] += ridge * (penalty ? penalty[i] : 1.0);
    }
    return n == 0 ? 0 : factor(LOCI_CHOOSE(loci_ridge_tiles_level), u, n, 0, n);
}

void loci_ridge_half_solve(double *x, const double *u, size_t n, size_t columns)
{
    half_solve(LOCI_CHOOSE(loci_ridge_tiles_level), x, columns, u, n, n, columns);
}

void loci_ridge_solve(double *x, const double *u, size_t n, size_t columns)
{
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    half_solve(tiles, x, columns, u, n, n, columns);
    other_half(tiles, x, columns, u, n, n, columns);
}

/* Rows from.. to of x, 1 on their diagonal, become those of U^-1: x_ab = -x_aa U_ab x_bb. */
static void invert(const loci_ridge_tiles *tiles, double *x, const double *u, size_t n, size_t from,
                   size_t to)
{
    if (to - from <= SMALL) {
        other_half(tiles, x + from * n + from, n, u + from * n + from, n, to - from, to - from);
        return;
    }
    const size_t middle = from + (to - from) / 2, left = to - middle;
    invert(tiles, x, u, n, from, middle);
    invert(tiles, x, u, n, middle, to);
    double *const across = x + from * n + middle;
    tiles->multiply(across, n, u + from * n + middle, n, 1, x + middle * n + middle, n, middle - from, left,
                    left, true, false);
    other_half(tiles, across, n, u + from * n + from, n, middle - from, left);
}

void loci_ridge_inverse_diagonal(double *diagonal, double *inverse, const double *u, size_t n)
{
    memset(inverse, 0, n * n * sizeof *inverse);
    for (size_t i = 0; i < n; i++) inverse[i * n + i] = 1.0;
    if (n > 0) invert(LOCI_CHOOSE(loci_ridge_tiles_level), inverse, u, n, 0, n);
    for (size_t i = 0; i < n; i++) {
        diagonal[i] = 0.0;
        for (size_t j = i; j < n; j++) diagonal[i] += inverse[i * n + j] * inverse[i * n + j];
    }
}

/* ---- errors, and the choice of a ridge ---- */

void loci_ridge_residual(double *sum, const loci_ridge *moments, const double *w, double *scratch)
{
    const size_t p = moments->features, q = moments->targets;
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    double *const g = moments->gram;
    for (size_t i = 1; i < p; i++) /* what lies below the diagonal is scratch */
        for (size_t j = 0; j < i; j++) g[i * p + j] = g[j * p + i];
    memset(scratch, 0, p * q * sizeof *scratch);
    tiles->multiply(scratch, q, g, p, 1, w, q, p, q, p, false, false);
    for (size_t i = 0; i < p * q; i++) scratch[i] -= 2.0 * moments->cross[i];
    for (size_t j = 0; j < q; j++) sum[j] = moments->square[j];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < q; j++) sum[j] += w[i * q + j] * scratch[i * q + j];
    for (size_t j = 0; j < q; j++) sum[j] = fmax(sum[j], 0.0);
}

typedef struct {
    double *u, *inverse, *w, *scratch;
} choice;

static double score_of(const choice *c, const loci_ridge *m, const double *penalty, double ridge)
{
    const size_t p = m->features, q = m->targets;
    loci_ridge_factor(c->u, m->gram, ridge, penalty, p);
    memcpy(c->w, m->cross, p * q * sizeof *c->w);
    loci_ridge_solve(c->w, c->u, p, q);
    loci_ridge_residual(c->scratch + p * q, m, c->w, c->scratch);
    double *const diagonal = c->scratch; /* which has room for p of them: see below */
    double freedom = 0.0, sum = 0.0;
    for (size_t j = 0; j < q; j++) sum += c->scratch[p * q + j];
    loci_ridge_inverse_diagonal(diagonal, c->inverse, c->u, p);
    for (size_t i = 0; i < p; i++)
        if (c->u[i * p + i] > 0.0) freedom += 1.0 - ridge * (penalty ? penalty[i] : 1.0) * diagonal[i];
    const double left = m->rows - freedom;
    return left > 0.0 ? m->rows * sum / (left * left) : (double)INFINITY;
}

loci_status loci_ridge_choose(double *ridge, double *w, double *score, const loci_ridge *m,
                              const double *penalty, const double *grid, size_t count,
                              const loci_allocator *by, loci_error *error)
{
    const size_t p = m->features, q = m->targets;
    if (!(m->rows > 0.0))
        return loci_fail(error, LOCI_E_VALUE, "there is no row to learn from; 1 or more were expected");
    for (size_t i = 0; i < p; i++)
        if (!isfinite(m->gram[i * p + i]))
            return loci_fail(error, LOCI_E_VALUE, "feature %zu is not finite, or too large to be squared", i);
    for (size_t j = 0; j < q; j++)
        if (!isfinite(m->square[j]))
            return loci_fail(error, LOCI_E_VALUE, "target %zu is not finite, or too large to be squared", j);
    const size_t room = p * (q > 0 ? q : 1);
    double *const numbers = loci_allocate_by(by, 2 * p * p + p * q + room + q, sizeof *numbers);
    if (!numbers) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a regression of %zu features", p);
    const choice c = {numbers, numbers + p * p, numbers + 2 * p * p, numbers + 2 * p * p + p * q};
    double best = INFINITY;
    *ridge = count > 0 ? grid[count - 1] : 0.0;
    for (size_t i = 0; i < count; i++) {
        const double here = score_of(&c, m, penalty, grid[i]);
        if (here < best) best = here, *ridge = grid[i];
    }
    loci_ridge_factor(c.u, m->gram, *ridge, penalty, p);
    memcpy(w, m->cross, p * q * sizeof *w);
    loci_ridge_solve(w, c.u, p, q);
    if (score) *score = best;
    loci_free(numbers);
    return LOCI_OK;
}
