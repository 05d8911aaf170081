/* SPDX-License-Identifier: MIT
 * ssm/recurrence.h - discrete systems, sample by sample: x_k = abar x_{k-1} + b1 u_k + b0 u_{k-1}, y_k = C
 * x_k + D u_k.
 *
 * Diagonal and dplr systems run in blocks of LOCI_LANES: coefficients are [modes][2][V], real and imaginary
 * parts; a state is [2 modes (+ 1)][V]: the real parts, the imaginary parts, and with b0 the last input.
 * Dense ones run one by one. No function allocates. y may not overlap u. */
#ifndef LOCI_SSM_RECURRENCE_H
#define LOCI_SSM_RECURRENCE_H

#include "base/real.h"

#define loci_recurrence_diagonal LOCI_NAME(loci_recurrence_diagonal)
#define loci_recurrence_low LOCI_NAME(loci_recurrence_low)
#define loci_recurrence_level LOCI_NAME(loci_recurrence_level)
#define loci_recurrence_dplr LOCI_NAME(loci_recurrence_dplr)
#define loci_recurrence_dplr_scratch LOCI_NAME(loci_recurrence_dplr_scratch)
#define loci_recurrence_dplr_backward LOCI_NAME(loci_recurrence_dplr_backward)
#define loci_recurrence_dense LOCI_NAME(loci_recurrence_dense)

/* A block of LOCI_LANES discrete systems. For dplr x_k = z x_{k-1} - sum over r of q_r 2 Re(g_r x_{k-1}) + b1
 * u_k. */
#define loci_recurrence_block LOCI_NAME(loci_recurrence_block)
typedef struct {
    size_t modes, rank;
    const real *z, *b1, *b0; /* b0: NULL where it is 0 */
    const real *c;           /* twice C: y is the real part of c x */
    const real *q, *g;       /* [rank][modes][2][V]; g doubled like c */
    const real *d;           /* [V] */
} loci_recurrence_block;

/* Gradients of a block's members, in the same shapes. */
#define loci_recurrence_gradient LOCI_NAME(loci_recurrence_gradient)
typedef struct {
    real *z, *b1, *c, *q, *g, *d;
} loci_recurrence_gradient;

/* What a level of the processor has; call the functions below. */
typedef struct loci_recurrence_low {
    void (*forward)(real *y, real *state, const real *u, const loci_recurrence_block *block, size_t length);
    size_t (*scratch)(size_t modes, size_t length);
    void (*backward)(const loci_recurrence_gradient *gradient, real *du, real *dstate, const real *dy,
                     const real *state, const real *u, const loci_recurrence_block *block, size_t length,
                     void *scratch);
} loci_recurrence_low;
LOCI_LEVELS(const loci_recurrence_low, loci_recurrence_level);

/* length samples: y [length][V], or NULL; u [length][V], or NULL for 0. Cost, in multiply-adds a sample, mode
 * and lane: 8 (diagonal), 8 + 4 rank (dplr). */
void loci_recurrence_diagonal(real *y, real *state, const real *u, const loci_recurrence_block *block,
                              size_t length);
static inline void loci_recurrence_dplr(real *y, real *state, const real *u,
                                        const loci_recurrence_block *block, size_t length)
{
    LOCI_CHOOSE(loci_recurrence_level)->forward(y, state, u, block, length);
}

/* One dense system: columns [n][n] is abar transposed, so that abar x is a sum of columns; b0 may be NULL; c
 * [n]; state [n (+ 1)]; next [n] is scratch. */
void loci_recurrence_dense(real *y, real *state, const real *u, const real *columns, const real *b1,
                           const real *b0, const real *c, real d, real *next, size_t n, size_t length);

/* The adjoint of loci_recurrence_dplr. On entry dstate [2 modes][V] is the gradient of the final state, on
 * return that of the initial one, `state`. dy [length][V]; u and du [length][V] or NULL. The members of
 * `gradient` are those of the members of `block`, added to what they hold (b1, c, d, z, q, g; not const for
 * once). scratch: loci_recurrence_dplr_scratch(modes, length) bytes, 64-byte aligned. The states are kept at
 * every 16th sample and recomputed between. */
static inline size_t loci_recurrence_dplr_scratch(size_t modes, size_t length)
{
    return LOCI_CHOOSE(loci_recurrence_level)->scratch(modes, length);
}
static inline void loci_recurrence_dplr_backward(const loci_recurrence_gradient *gradient, real *du,
                                                 real *dstate, const real *dy, const real *state,
                                                 const real *u, const loci_recurrence_block *block,
                                                 size_t length, void *scratch)
{
    LOCI_CHOOSE(loci_recurrence_level)->backward(gradient, du, dstate, dy, state, u, block, length, scratch);
}

#endif
