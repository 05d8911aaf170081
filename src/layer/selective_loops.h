/* SPDX-License-Identifier: MIT
 * layer/selective_loops.h - the loops of selective state spaces and of the short convolution before them, at the width of the
 * processor's vectors.
 *
 * A row is 16 channels at one time. All functions take one block of channels; the rows of what differs from channel to channel
 * follow each other, [rows][16]. */
#ifndef LOCI_LAYER_SELECTIVE_LOOPS_H
#define LOCI_LAYER_SELECTIVE_LOOPS_H

#include "base/real.h"

#define loci_selective_loops LOCI_NAME(loci_selective_loops)
#define loci_selective_rows LOCI_NAME(loci_selective_rows)

enum { LOCI_SELECTIVE_BAND = 64 }; /* most rows of one call */

/* What rates are multiplied by, so that decays are powers of 2 in float, of e in double. */
#define LOCI_SELECTIVE_BASE (LOCI_REAL_IS_DOUBLE ? 1.0 : 1.44269504088896340736)

/* One block's rows: x, dt > 0, z (NULL: no gate); B and C of its group, [states / 16][apart][16]: state n of row r is
 * B[(n / 16 * apart + r) * 16 + n % 16]; rate [states][16], or one row for all states (shared); skip [16]. */
typedef struct {
    const real *x, *dt, *z, *B, *C, *rate, *skip;
    size_t apart, states, rows;
    int shared;
} loci_selective_rows;

/* What backward fills: of rows dx, ddt, dz (NULL where z is) and y once more; added to are dstate [states][16], which is the
 * gradient of the state after the rows on entry and that before them on return, drate (of A itself, laid out as rate) and dskip
 * [16], and dB, dC [rows][states][width], whose lanes are to be summed. */
typedef struct {
    real *dx, *ddt, *dz, *y, *dstate, *drate, *dskip, *dB, *dC;
} loci_selective_back;

typedef struct loci_selective_loops {
    size_t width; /* reals of a vector */
    /* Row after row, h = exp(dt A) h + dt B x, y = (C h + skip x) z sigmoid(z). state [states][16]. The same bits however rows
     * are cut into calls. */
    void (*forward)(real *y, real *state, const loci_selective_rows *rows);
    /* From dy and the state before the rows. */
    void (*backward)(const loci_selective_back *back, const real *dy, const real *state,
                     const loci_selective_rows *rows);
    /* y, laid out as B: the sums over lanes of x [rows][states][width]. */
    void (*sum_lanes)(real *y, size_t apart, const real *x, size_t states, size_t rows);

    /* y = silu(v), v = bias + sum over k < width of weight[k] x[r + k - (width - 1)]; weight [width][16]; the width - 1 rows
     * in front of x are read. slope, unless NULL, = silu'(v). linear: y = v, slope not wanted. */
    void (*convolve)(real *y, real *slope, const real *x, const real *weight, const real *bias, size_t width,
                     int linear, size_t rows);
    /* From dv, behind whose rows are width - 1 more: dx; added to: dweight, dbias. */
    void (*convolve_backward)(real *dx, real *dweight, real *dbias, const real *dv, const real *x,
                              const real *weight, size_t width, size_t rows);

    /* y = log(1 + e^x), x itself above 20; y may be x. And dx = dy times its slope, which y tells; dx may be dy. */
    void (*softplus)(real *y, const real *x, size_t rows);
    void (*softplus_backward)(real *dx, const real *dy, const real *y, size_t rows);
    /* y = (a + b) c; b NULL: a c. y may be any of them. */
    void (*add_multiply)(real *y, const real *a, const real *b, const real *c, size_t rows);
    /* y = a z sigmoid(z); and back: da, dz, which may be any of the others. */
    void (*gate)(real *y, const real *a, const real *z, size_t rows);
    void (*gate_backward)(real *da, real *dz, const real *dy, const real *a, const real *z, size_t rows);
} loci_selective_loops;

#define loci_selective_loops_level LOCI_NAME(loci_selective_loops_level)
LOCI_LEVELS(const loci_selective_loops, loci_selective_loops_level);

/* The one for this processor. */
#define loci_selective_loops_get LOCI_NAME(loci_selective_loops_get)
static inline const loci_selective_loops *loci_selective_loops_get(void)
{
    return LOCI_CHOOSE(loci_selective_loops_level);
}

#endif
