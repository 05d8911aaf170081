/* SPDX-License-Identifier: MIT
 * layer/recurrent.h - what LSTM and GRU have in common: parameters under PyTorch's names, packed weights, states in rows.
 *
 * The products with x are made for all samples at once, those with h sample by sample for all sequences together. Each gate
 * begins at a block of channels of its own. */
#ifndef LOCI_LAYER_RECURRENT_H
#define LOCI_LAYER_RECURRENT_H

#include "layer/dense.h"
#include "layer/layer.h"

#define loci_recurrent_add LOCI_NAME(loci_recurrent_add)
#define loci_recurrent_open LOCI_NAME(loci_recurrent_open)
#define loci_recurrent_close LOCI_NAME(loci_recurrent_close)
#define loci_recurrent_take LOCI_NAME(loci_recurrent_take)

/* Offsets of weight_ih_l0 [gates H][inputs], weight_hh_l0 [gates H][H], bias_ih_l0, bias_hh_l0 [gates H]. */
typedef struct {
    size_t input, recurrent, input_bias, recurrent_bias;
} loci_recurrent_offsets;

/* The derived quantities, by name. */
#define loci_recurrent LOCI_NAME(loci_recurrent)
typedef struct {
    loci_dense input, recurrent;
    real *memory;
} loci_recurrent;

/* Adds the four parameters, uniform in +-1/sqrt(H), the last one as `last` says. */
loci_recurrent_offsets loci_recurrent_add(loci_layer *layer, size_t gates, loci_initial last);

/* For the class; biased: whether the recurrent product has a bias of its own. */
loci_status loci_recurrent_open(const loci_layer *layer, void **derived, size_t gates, int biased,
                                loci_error *error);
void loci_recurrent_close(const loci_layer *layer, void *derived);

/* rows [blocks][B][16] from the part of the states that begins at `part`; states NULL: 0. */
void loci_recurrent_take(real *rows, real *const *state, size_t part, size_t blocks, size_t B);

/* Asks for the rows of `count` planes, which lie too far apart for the processor to foresee them. */
static inline void loci_recurrent_ahead(const real *row, size_t apart, size_t count)
{
    for (size_t i = 0; i < count; i++) __builtin_prefetch(row + i * apart, 1);
}

#endif
