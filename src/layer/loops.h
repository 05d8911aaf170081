/* SPDX-License-Identifier: MIT
 * layer/loops.h - the loops of layers that are no matrix product and no convolution, at the width of the
 * processor's vectors.
 *
 * A row is 16 channels at one time. Functions of one block take `rows` rows one after the other; those of all
 * channels take the stride, in rows, from one block to the next. A mask is one row for all (step 0) or one a row
 * (step 16); NULL: ones. */
#ifndef LOCI_LAYER_LOOPS_H
#define LOCI_LAYER_LOOPS_H

#include "base/real.h"

#define loci_loops LOCI_NAME(loci_loops)
#define loci_loops_get LOCI_NAME(loci_loops_get)

enum { LOCI_BAND = 64 }; /* rows that layers take through several loops at a time */

typedef struct loci_loops {
    /* y = f(x) mask, and back: dx = dy mask f'(x); y, unless NULL, = f(x) mask once more. dx may be dy. GELU alone: dy
     * NULL: ones. */
    void (*gelu)(real *y, const real *x, const real *mask, size_t step, size_t rows);
    void (*gelu_backward)(real *dx, real *y, const real *dy, const real *x, const real *mask, size_t step,
                          size_t rows);
    void (*silu)(real *y, const real *x, const real *mask, size_t step, size_t rows);
    void (*silu_backward)(real *dx, real *y, const real *dy, const real *x, const real *mask, size_t step,
                          size_t rows);
    /* y = a sigmoid(b); gate, unless NULL, = sigmoid(b). da = dy gate, db = dy y (1 - gate); da may be y. */
    void (*glu)(real *y, real *gate, const real *a, const real *b, size_t rows);
    void (*glu_backward)(real *da, real *db, const real *dy, const real *y, const real *gate, size_t rows);
    /* y = x + a mask; x NULL: 0. y may be x or a. */
    void (*add)(real *y, const real *x, const real *a, const real *mask, size_t step, size_t rows);
    /* sum [16] += the rows of x. */
    void (*sum)(real *sum, const real *x, size_t rows);
    /* sum + lost [16], an unevaluated sum of twice the precision, += the rows of x, one after the other. */
    void (*accumulate)(real *sum, real *lost, const real *x, size_t rows);

    /* y = (x - mean) scale weight + bias over `channels` channels, with scale = 1/sqrt(variance + epsilon), or,
     * centered 0, y = x scale weight with the mean of squares as variance. statistics [rows][2]: mean, scale. */
    void (*normalize)(real *y, real *statistics, const real *x, size_t y_stride, size_t x_stride,
                      const real *weight, const real *bias, double epsilon, int centered, size_t channels,
                      size_t rows);
    /* dx, and added to dweight and dbias [16 blocks], from dy. dbias NULL: there is none. dx may be dy. */
    void (*normalize_backward)(real *dx, real *dweight, real *dbias, const real *dy, const real *x,
                               const real *statistics, const real *weight, size_t stride, int centered,
                               size_t channels, size_t rows);

    /* 16 diagonal systems: x += z x + u, y = Re(c x) + d u, row after row: z is the factor of a step less 1. z and c are
     * [modes][2][16], the state is [2][modes][16]: real and imaginary parts. The same bits however the rows are cut. */
    void (*recur)(real *y, real *state, const real *u, const real *z, const real *c, const real *d,
                  size_t modes, size_t rows);

    /* One sample of 16 LSTM cells: gates [4], `apart` reals from one to the next, hold i, f, g, o before their
     * nonlinearities on entry, after them on return; `more`, added to them, is laid out likewise `more_apart`. c =
     * f before + i g, h = o tanh(c); c may be before. */
    void (*cell)(real *h, real *c, const real *before, real *gates, size_t apart, const real *more,
                 size_t more_apart);
    /* From dh and dc: dgates, before the nonlinearities, `dapart` apart, and dc becomes that of the cell before. */
    void (*cell_backward)(real *dgates, size_t dapart, real *dc, const real *dh, const real *gates,
                          size_t apart, const real *c, const real *before);

    /* One sample of 16 GRU cells: planes [4], `apart` reals from one to the next, hold what x gives to n, r and z on entry;
     * `more` [3], `more_apart`, what h gives to r, z and n. r, z = sigmoid of the sums, q = more of n, n = tanh(its own + r q), h
     * = (1 - z) n + z h; n, r, z, q on return. */
    void (*reset_cell)(real *h, real *planes, size_t apart, const real *more, size_t more_apart);
    /* From dh, and h before: the gradients of n, r and z before their nonlinearities and of q take their places, those of
     * `more` are r's, z's and q's; dh becomes that of h before but for what comes by way of `more`. */
    void (*reset_cell_backward)(real *dh, real *planes, size_t apart, real *dmore, size_t dapart,
                                const real *before);

    /* Row after row y = (1 - g) y before + g n, g = sigmoid(z), which z becomes; `before` [16] is y before the first row. */
    void (*blend)(real *y, real *z, const real *n, const real *before, size_t rows);
    /* From dy, and dh [16], the gradient of the last y by other ways: z and n become their own gradients, dh that of `before`. */
    void (*blend_backward)(real *dh, real *z, real *n, const real *dy, const real *y, const real *before,
                           size_t rows);
} loci_loops;

#define loci_loops_level LOCI_NAME(loci_loops_level)
LOCI_LEVELS(const loci_loops, loci_loops_level);

/* The one for this processor. */
static inline const loci_loops *loci_loops_get(void)
{
    return LOCI_CHOOSE(loci_loops_level);
}

#endif
