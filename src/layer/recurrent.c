/* SPDX-License-Identifier: MIT
 * recurrent.c - parameters and packed weights of layers with gates. */
#include "base/each_precision.h"

#include "layer/recurrent.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

enum { V = LOCI_LANES };

loci_recurrent_offsets loci_recurrent_add(loci_layer *layer, size_t gates, loci_initial last)
{
    const double bound = 1 / sqrt((double)layer->outputs);
    loci_parameter like = {.initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
    loci_recurrent_offsets at;
    like.dimensions = 2, like.shape[0] = gates * layer->outputs, like.shape[1] = layer->inputs;
    at.input = loci_layer_add(layer, "weight_ih_l0", like);
    like.shape[1] = layer->outputs;
    at.recurrent = loci_layer_add(layer, "weight_hh_l0", like);
    like.dimensions = 1;
    at.input_bias = loci_layer_add(layer, "bias_ih_l0", like);
    like.initial = last;
    at.recurrent_bias = loci_layer_add(layer, "bias_hh_l0", like);
    return at;
}

loci_status loci_recurrent_open(const loci_layer *layer, void **derived, size_t gates, int biased,
                                loci_error *error)
{
    loci_dense input = loci_dense_of(layer, layer->inputs, layer->outputs, gates),
               recurrent = loci_dense_of(layer, layer->outputs, layer->outputs, gates);
    loci_recurrent *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    real *memory =
        loci_allocate_by(loci_allocator_of(layer),
                         loci_dense_size(&input, 1) + loci_dense_size(&recurrent, biased), sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s of %zu channels", layer->name,
                         layer->outputs);
    }
    loci_dense_place(&input, memory, 1);
    loci_dense_place(&recurrent, memory + loci_dense_size(&input, 1), biased);
    *d = (loci_recurrent){input, recurrent, memory};
    *derived = d;
    return LOCI_OK;
}

void loci_recurrent_close(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((loci_recurrent *)derived)->memory);
    loci_free(derived);
}

void loci_recurrent_take(real *rows, real *const *state, size_t part, size_t blocks, size_t B)
{
    for (size_t k = 0; k < blocks; k++)
        for (size_t b = 0; b < B; b++) {
            real *to = rows + (k * B + b) * V;
            if (state)
                memcpy(to, state[b] + part + k * V, V * sizeof(real));
            else
                memset(to, 0, V * sizeof(real));
        }
}
