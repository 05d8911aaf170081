/* SPDX-License-Identifier: MIT
 * layer/s5_loops.h - the recurrences of the layer s5, 16 modes side by side, at the width of the processor's vectors.
 *
 * A plane of modes is [blocks][stride][16], one for real and one for imaginary parts, `plane` reals apart; functions take one
 * block, `rows` rows of it one after the other. Of states the two parts are `apart` reals from each other. Factors are
 * [2][16], or [rows][2][16] where they differ from sample to sample: the real parts, then the imaginary ones. With q the
 * factor of a step less 1, and v what the input gives:
 *
 *     x_l = x_(l-1) + q_l x_(l-1) + b_l,             b_l = r_l v_l
 *     x_l = x_(l-1) + (q_l + b_l) x_(l-1) + b_l      liquid
 *
 * Gradients of complex numbers are dRe + i dIm. The same bits however the rows are cut into calls. */
#ifndef LOCI_LAYER_S5_LOOPS_H
#define LOCI_LAYER_S5_LOOPS_H

#include "base/real.h"

#define loci_s5_loops LOCI_NAME(loci_s5_loops)
#define loci_s5_loops_get LOCI_NAME(loci_s5_loops_get)

/* The inside of a step of one block, for samples of different lengths: w = dt A in double, [3][16]: real parts, imaginary
 * parts, and these over 4 pi; q and s = 1/q of a usual step, [2][16] each. */
typedef struct {
    const double *w;
    const real *q, *s;
    int bilinear;
} loci_s5_step;

/* Factors of rows: [rows][2][16] each. slope: of q by w dt; backward alone needs it. */
typedef struct {
    real *q, *r, *slope;
} loci_s5_factors;

/* Where backward of one block reads, x and v, and adds, dq, dw and ds, of [2][16] each. */
typedef struct {
    const real *x, *before, *v; /* before: the state before the first row */
    size_t x_plane, before_apart, v_plane;
    real *dq, *dw, *ds;
} loci_s5_history;

typedef struct loci_s5_loops {
    /* x = v on entry; all samples last a usual step: q is one for all rows, r = 1. */
    void (*scan)(real *x, size_t plane, real *state, size_t apart, const real *q, size_t rows);
    /* g: the gradient of x on entry, as far as it comes by way of y; that of v on return. dstate: of the last state on entry, of the
     * first one on return. history: x and before; dq. */
    void (*scan_backward)(real *g, size_t plane, real *dstate, size_t apart, const loci_s5_history *history,
                          const real *q, size_t rows);

    /* Factors of rows that last dt [rows] steps each; dt NULL: 1, with q as given and r exactly 1. A row of dt = 1 likewise.
     * slope NULL: not wanted. */
    void (*factors)(const loci_s5_factors *factors, const loci_s5_step *step, const double *dt, size_t rows);
    /* As scan and scan_backward, with factors. In backward dt NULL: all of the gradient of q is added to dq; else to dw, by
     * way of w, and to ds. */
    void (*vary)(real *x, size_t plane, real *state, size_t apart, const loci_s5_factors *factors, int liquid,
                 size_t rows);
    void (*vary_backward)(real *g, size_t plane, real *dstate, size_t apart, const loci_s5_history *history,
                          const loci_s5_factors *factors, const loci_s5_step *step, const double *dt,
                          int liquid, size_t rows);

    /* dd [16] += the sum over rows of dy u. */
    void (*skip_gradient)(real *dd, const real *dy, const real *u, size_t rows);
} loci_s5_loops;

#define loci_s5_loops_level LOCI_NAME(loci_s5_loops_level)
LOCI_LEVELS(const loci_s5_loops, loci_s5_loops_level);

/* The one for this processor. */
static inline const loci_s5_loops *loci_s5_loops_get(void)
{
    return LOCI_CHOOSE(loci_s5_loops_level);
}

#endif
