/* SPDX-License-Identifier: MIT
 * layer/causal.h - a short causal convolution of each channel, followed by SiLU, through bands of samples and states.
 *
 * Its input lies behind the width - 1 samples before it: in [blocks][apart][16], whose row width - 1 is the band's first. A state,
 * and the gradient of one, are these samples, [blocks][width - 1][16], the oldest first. */
#ifndef LOCI_LAYER_CAUSAL_H
#define LOCI_LAYER_CAUSAL_H

#include "layer/selective_loops.h"

#define loci_causal LOCI_NAME(loci_causal)
#define loci_causal_state LOCI_NAME(loci_causal_state)
#define loci_causal_take LOCI_NAME(loci_causal_take)
#define loci_causal_give LOCI_NAME(loci_causal_give)
#define loci_causal_move LOCI_NAME(loci_causal_move)
#define loci_causal_forward LOCI_NAME(loci_causal_forward)
#define loci_causal_step LOCI_NAME(loci_causal_step)
#define loci_causal_backward LOCI_NAME(loci_causal_backward)
#define loci_causal_retire LOCI_NAME(loci_causal_retire)
#define loci_causal_begin LOCI_NAME(loci_causal_begin)

typedef struct {
    size_t blocks, width;
    real *weight, *bias; /* [blocks][width][16], of the oldest sample first; [blocks][16] */
} loci_causal;

/* Reals of a state, a multiple of 16. */
size_t loci_causal_state(const loci_causal *self);

/* The rows before the first one from a state (NULL: 0); a state from the rows before number `end`, which is the last band's row
 * behind its last one; and those before the band's row `rows` in front of its first, for the band that follows. */
void loci_causal_take(const loci_causal *self, real *in, size_t apart, const real *state);
void loci_causal_give(const loci_causal *self, real *state, const real *in, size_t apart, size_t end);
void loci_causal_move(const loci_causal *self, real *in, size_t apart, size_t rows);

/* y, and unless NULL the slopes of SiLU, [blocks][y_apart][16]. */
void loci_causal_forward(const loci_causal *self, real *y, real *slope, size_t y_apart, const real *in,
                         size_t apart, size_t rows);

/* One sample of each of `lanes` sequences, [blocks][lanes][16], with their states. window: [width][16]. */
void loci_causal_step(const loci_causal *self, real *y, const real *x, size_t lanes, real *const *state,
                      real *window);

/* din [blocks][rows_apart][16], and added to: dweight, dbias, laid out as weight and bias. ahead [blocks][rows_apart + width - 1]
 * [16]: gradients in front of SiLU, of the band's rows and behind them of those that follow. The band begins at sample `first`
 * of `length`; dstate, of the state behind the last of them, adds to its rows (NULL: 0). */
void loci_causal_backward(const loci_causal *self, real *din, size_t rows_apart, real *dweight, real *dbias,
                          const real *ahead, const real *in, size_t apart, const real *dstate, size_t first,
                          size_t rows, size_t length);

/* ahead for the band of `rows` rows in front of this one, from this one's. */
void loci_causal_retire(const loci_causal *self, real *ahead, size_t rows_apart, size_t rows);

/* dstate becomes that of the state before the first band, of which ahead is. */
void loci_causal_begin(const loci_causal *self, real *dstate, const real *ahead, size_t rows_apart,
                       size_t length);

#endif
