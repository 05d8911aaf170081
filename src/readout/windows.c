/* SPDX-License-Identifier: MIT
 * windows.c - the moments of all windows of a signal. */
#include "readout/windows.h"

#include <math.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/vector.h"
#include "readout/ridge_tiles.h"

enum { TILE = 16 };

void loci_windows_add(loci_windows *w, const double *r, double total, const double *first, const double *last,
                      double count, double *row)
{
    const size_t lags = w->window + w->horizon;
    memcpy(row, r, lags * sizeof *row);
    for (size_t i = lags; i-- > 0;) { /* row holds M_i,j for j <= i */
        double *const to = w->m + i * lags;
        for (size_t j = 0; j <= i; j++) to[j] += row[j];
        w->sum[i] += total;
        if (i == 0) break;
        for (size_t j = 0; j < i; j++) row[j] = row[j + 1] + first[i - 1] * first[j] - last[i - 1] * last[j];
        total += first[i - 1] - last[i - 1];
    }
    w->count += count;
}

void loci_windows_add_signal(loci_windows *w, const double *x, size_t t0, size_t t1, double *scratch)
{
    const size_t lags = w->window + w->horizon;
    if (t1 <= t0) return;
    double total = 0.0, *const r = scratch;
    memset(r, 0, lags * sizeof *r);
    /* a stretch and its past stay in the first-level cache */
    for (size_t t = t0; t < t1; t += 1024) {
        const size_t n = t1 - t < 1024 ? t1 - t : 1024;
        LOCI_CHOOSE(loci_ridge_tiles_level)->correlate(r, x + t, x + t - (lags - 1), lags, n);
    }
    for (size_t t = t0; t < t1; t++) total += x[t];
    loci_windows_add(w, r, total, x + (t0 - lags + 1), x + (t1 - lags + 1), (double)(t1 - t0),
                     scratch + lags);
}

static inline __attribute__((always_inline)) double dot(const double *x, const double *y, size_t n)
{
    double lanes[8] = {0}, sum = 0.0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t e = 0; e < 8; e++) lanes[e] += x[i + e] * y[i + e];
    for (; i < n; i++) sum += x[i] * y[i];
    for (size_t e = 0; e < 8; e++) sum += lanes[e];
    return sum;
}

/* The recurrence of x p_k alone would lose that vectors are orthogonal at high degrees. So they are made so to all before them; again, where
 * more than half was taken off, of which rounding errors are then a larger share. */
LOCI_HOT void loci_windows_basis(double *basis, size_t window, size_t order)
{
    for (size_t k = 0; k < order; k++) {
        double *p = basis + k * window;
        for (size_t i = 0; i < window; i++) {
            const double z = window > 1 ? 2.0 * (double)i / (double)(window - 1) - 1.0 : 1.0;
            p[i] = k == 0 ? 1.0 : z * (p - window)[i];
        }
        double before, square = dot(p, p, window);
        do {
            before = square;
            for (size_t j = k; j-- > 0;) {
                const double *other = basis + j * window, product = dot(p, other, window);
                for (size_t i = 0; i < window; i++) p[i] -= product * other[i];
            }
            square = dot(p, p, window);
        } while (square < 0.25 * before);
        const double scale = copysign(1.0 / sqrt(square), p[window - 1]);
        for (size_t i = 0; i < window; i++) p[i] *= scale;
    }
}

size_t loci_windows_scratch(size_t window, size_t horizon, size_t order)
{
    return window * (window + horizon) + (order + 1) * (2 * window + horizon) + window * order;
}

void loci_windows_project(loci_ridge *to, const loci_windows *w, const double *basis, size_t window,
                          size_t order, double *scratch)
{
    const size_t lags = w->window + w->horizon, at = w->window - window, newest = w->window - 1,
                 h = w->horizon, p = order + 1, wide = window + h;
    double *const less = scratch, *const half = less + window * wide, *const transposed = half + p * wide;
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    const double *m = w->m, corner = m[newest * lags + newest];
#define M(i, j) ((i) < (j) ? m[(j)*lags + (i)] : m[(i)*lags + (j)])
    /* of samples less the newest: rows from the lower triangle, and, tile by tile, their mirror image */
    for (size_t i0 = 0; i0 < wide; i0 += TILE)
        for (size_t j0 = 0; j0 < window && j0 <= i0; j0 += TILE)
            for (size_t i = i0; i < i0 + TILE && i < wide; i++) {
                const double *row = m + (at + i) * lags + at, *last = m + newest * lags + at;
                const double here = corner - M(at + i, newest);
                const size_t end = j0 + TILE < window ? j0 + TILE : window;
                for (size_t j = j0; j < end && j <= i; j++) {
                    const double value = row[j] - last[j] + here;
                    less[j * wide + i] = value;
                    if (i < window) less[i * wide + j] = value;
                }
            }
    for (size_t i = 0; i < window; i++)
        for (size_t k = 0; k < order; k++) transposed[i * order + k] = basis[k * window + i];
    /* half = basis less, and behind it, of 1, the sums */
    memset(half, 0, p * wide * sizeof *half);
    tiles->multiply(half, wide, basis, window, 1, less, wide, order, wide, window, false, false);
    double *const sums = half + order * wide;
    for (size_t j = 0; j < wide; j++) sums[j] = w->sum[at + j] - w->sum[newest];
    to->rows += w->count;
    to->gram[0] += w->count;
    tiles->multiply(to->gram + 1, p, sums, wide, 1, transposed, order, 1, order, window, false, false);
    tiles->multiply(to->gram + p + 1, p, half, wide, 1, transposed, order, order, order, window, false, true);
    for (size_t j = 0; j < h; j++) {
        to->cross[j] += sums[window + j];
        for (size_t k = 0; k < order; k++) to->cross[(k + 1) * h + j] += half[k * wide + window + j];
        const size_t y = w->window + j;
        to->square[j] += M(y, y) - 2.0 * M(newest, y) + corner;
    }
#undef M
}
