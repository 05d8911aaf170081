/* SPDX-License-Identifier: MIT
 * layer/selective_loops.h - the loops of selective state spaces and of the short convolution before them, at the width of the
 * processor's vectors.
 *
 * A row is 16 channels at one time. Scans take the blocks of a group, which share B and C; the other functions take one block,
 * whose rows follow each other, [rows][16]. */
#ifndef LOCI_LAYER_SELECTIVE_LOOPS_H
#define LOCI_LAYER_SELECTIVE_LOOPS_H

#include "base/real.h"

#define loci_selective_loops LOCI_NAME(loci_selective_loops)
#define loci_selective_rows LOCI_NAME(loci_selective_rows)

enum {
    LOCI_SELECTIVE_BAND = 64, /* most rows of one call, */
    LOCI_SELECTIVE_CHUNK =
        16 /* and of one of backward: what it keeps and adds to is then in the nearest cache */
};

/* What rates are multiplied by, so that decays are powers of 2 in float, of e in double. */
#define LOCI_SELECTIVE_BASE (LOCI_REAL_IS_DOUBLE ? 1.0 : 1.44269504088896340736)

/* Rows of a group of blocks: x, dt > 0 [blocks][apart][16], z [blocks][z_apart][16] (NULL: no gate); B, C [states / 16][bc_apart]
 * [16]: state n of row r is B[(n / 16 * bc_apart + r) * 16 + n % 16]; rate [blocks][states][16], or one row a block for all its states
 * (shared); skip [blocks][16]. */
typedef struct {
    const real *x, *dt, *z, *B, *C, *rate, *skip;
    size_t apart, z_apart, bc_apart, blocks, states, rows;
    int shared;
} loci_selective_rows;

/* What backward fills: dx, ddt and y once more, laid out as x, dz [blocks][z_apart][16] (NULL where z is), dB, dC as B, of a
 * bc_apart of their own; added to are dstate [blocks][states][16], which is the gradient of the state after the rows on entry and
 * that before them on return, drate (of A itself, laid out as rate) and dskip [blocks][16]. softplus: ddt is to be of what dt is
 * the softplus of. */
typedef struct {
    real *dx, *ddt, *dz, *y, *dstate, *drate, *dskip, *dB, *dC;
    size_t z_apart, bc_apart;
    int softplus;
} loci_selective_back;

typedef struct loci_selective_loops {
    size_t width, tile; /* reals of a vector; states that go through the rows together */
    /* Row after row, h = exp(dt A) h + dt B x, y = (C h + skip x) z sigmoid(z). state [blocks][states][16]; kept, unless NULL: those
     * before every LOCI_SELECTIVE_CHUNK rows, kept_apart reals from one to the next. The same bits however rows are cut into calls. */
    void (*forward)(real *y, real *state, real *kept, size_t kept_apart, const loci_selective_rows *rows);
    /* From dy, laid out as x, and the states before the rows, of which there are at most LOCI_SELECTIVE_CHUNK. */
    void (*backward)(const loci_selective_back *back, const real *dy, const real *state,
                     const loci_selective_rows *rows, real *scratch);
    size_t (*scratch)(size_t states); /* reals of it, aligned to 64 bytes */
    /* y, laid out as B: the sums over lanes of x, of a tile of states [rows][tile][width], then of those that fill no tile [rows]
     * [width] each. */
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
