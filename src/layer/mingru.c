/* SPDX-License-Identifier: MIT
 * mingru.c - the minimal gated recurrent unit (Feng et al. 2024, "Were RNNs all we needed?"): a gate and a candidate that know
 * x alone.
 *
 *     z = sigmoid(W_z x + b_z), n = W_n x + b_n, h = (1 - z) h + z n
 *
 * So all products are made at once, and what is left is a scan of first order. It runs down the samples in 16 channels
 * side by side, which needs no logarithms: the candidate is linear as in the paper's section 3.1, and not kept above 0 as its
 * scan over logarithms wants it. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, PARTS = 2 };

typedef struct {
    loci_layer layer;
    size_t weight, bias; /* offsets */
} mingru;

typedef struct {
    loci_dense dense; /* to z and n */
    real *memory;
} packed;

static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    loci_dense dense = loci_dense_of(layer, layer->inputs, layer->outputs, PARTS);
    packed *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    real *memory = loci_allocate_by(loci_allocator_of(layer), loci_dense_size(&dense, 1), sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s of %zu channels", layer->name,
                         layer->outputs);
    }
    loci_dense_place(&dense, memory, 1);
    *d = (packed){dense, memory};
    *derived = d;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((packed *)derived)->memory);
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const mingru *self = (const mingru *)layer;
    loci_dense_pack(&((packed *)derived)->dense, p + self->weight, p + self->bias, NULL);
}

/* saved: z and n [B][2][blocks][L][16], and h before the first sample, [B][blocks][16]. scratch: the same of one sequence, or
 * of a step. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const size_t row = blocks_of(layer) * V * sizeof(real), most = B > L ? B : L;
    return (loci_layer_memory){.gradient = loci_dense_gradient_size(&((const packed *)derived)->dense),
                               .saved = B * (PARTS * L + 1) * row,
                               .scratch = (PARTS * most + 1) * row};
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const size_t L = pass->L, blocks = blocks_of(layer), plane = blocks * L * V;
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    for (size_t b = 0; b < pass->B; b++) {
        real *z = saved ? (real *)saved + b * (PARTS * plane + blocks * V) : scratch, *n = z + plane,
             *h0 = n + plane;
        const size_t length = loci_pass_length(pass, b);
        loci_dense_multiply(&((const packed *)derived)->dense, z, L, x + b * in, L, L);
        if (state)
            memcpy(h0, state[b], blocks * V * sizeof(real));
        else
            memset(h0, 0, blocks * V * sizeof(real));
        for (size_t k = 0; k < blocks; k++) {
            const size_t at = k * L * V;
            real *yk = y + b * plane + at;
            loci_loops_get()->blend(yk, z + at, n + at, h0 + k * V, L);
            if (state && length > 0) memcpy(state[b] + k * V, yk + (length - 1) * V, V * sizeof(real));
        }
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)scratch;
    const loci_dense *dense = &((const packed *)derived)->dense;
    const size_t L = pass->L, blocks = blocks_of(layer), plane = blocks * L * V;
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    for (size_t b = 0; b < pass->B; b++) {
        real *z = (real *)saved + b * (PARTS * plane + blocks * V), *n = z + plane, *h0 = n + plane;
        const size_t length = loci_pass_length(pass, b);
        for (size_t k = 0; k < blocks; k++) {
            const size_t at = k * L * V, behind = at + length * V, rest = (L - length) * V * sizeof(real);
            _Alignas(64) real none[V] = {0};
            loci_loops_get()->blend_backward(dstate ? dstate[b] + k * V : none, z + at, n + at,
                                             dy + b * plane + at, y + b * plane + at, h0 + k * V, length);
            memset(z + behind, 0, rest);
            memset(n + behind, 0, rest);
        }
        loci_dense_gradient(dense, gradient, x + b * in, L, z, L, L);
        if (dx) loci_dense_transposed(dense, dx + b * in, L, z, L, L);
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const mingru *self = (const mingru *)layer;
    loci_dense_unpack(&((packed *)derived)->dense, dp + self->weight, dp + self->bias, gradient);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const size_t blocks = blocks_of(layer), plane = blocks * lanes * V;
    real *z = scratch, *n = z + plane;
    loci_dense_multiply(&((const packed *)derived)->dense, z, lanes, x, lanes, lanes);
    for (size_t k = 0; k < blocks; k++)
        for (size_t b = 0; b < lanes; b++) {
            const size_t at = (k * lanes + b) * V;
            real *h = state[b] + k * V;
            loci_loops_get()->blend(y + at, z + at, n + at, h, 1);
            memcpy(h, y + at, V * sizeof(real));
        }
}

static const loci_layer_class class = {.name = "mingru",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_mingru_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, loci_error *error)
{
    mingru *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)inputs);
    loci_parameter like = {.dimensions = 2,
                           .shape = {PARTS * outputs, inputs},
                           .initial = LOCI_INITIAL_UNIFORM,
                           .a = -bound,
                           .b = bound};
    self->weight = loci_layer_add(&self->layer, "weight", like);
    like.dimensions = 1;
    self->bias = loci_layer_add(&self->layer, "bias", like);
    self->layer.state = blocks_of(&self->layer) * V;
    *out = &self->layer;
    return LOCI_OK;
}
