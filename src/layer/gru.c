/* SPDX-License-Identifier: MIT
 * gru.c - gated recurrent unit (Cho et al. 2014), as PyTorch has it: the reset gate applies after the recurrent product.
 *
 *     r, z = sigmoid(W x + b + U h + c), q = U h + c, n = tanh(W x + b + r q), h = (1 - z) n + z h
 *
 * Planes of a sequence are n, r, z, q, in this order: the first three are what the product with x gives (its part n stands
 * in front) and what its gradient is of, the last three those of the product with h. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <string.h>

#include "layer/loops.h"
#include "layer/recurrent.h"

enum { V = LOCI_LANES, GATES = 3, PLANES = 4 };

typedef struct {
    loci_layer layer;
    loci_recurrent_offsets at;
} gru;

static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const loci_status status = loci_recurrent_open(layer, derived, GATES, 1, error);
    if (!status) ((loci_recurrent *)*derived)->input.turn = 1; /* parameters are r, z, n */
    return status;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const gru *self = (const gru *)layer;
    const loci_recurrent *d = derived;
    loci_dense_pack(&d->input, p + self->at.input, p + self->at.input_bias, NULL);
    loci_dense_pack(&d->recurrent, p + self->at.recurrent, p + self->at.recurrent_bias, NULL);
}

/* saved, or scratch where nothing is saved: planes [B][PLANES][blocks][L][16], after their nonlinearities, and h before the
 * first sample, [blocks][B][16]. scratch: what rows of all sequences need, [blocks][B][16] each: h, products with h (or
 * gradients), and in a step those with x and q. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_recurrent *d = derived;
    const size_t row = blocks_of(layer) * B * V * sizeof(real);
    loci_layer_memory m;
    m.gradient = loci_dense_gradient_size(&d->input) + loci_dense_gradient_size(&d->recurrent);
    m.saved = PLANES * row * L + row;
    m.scratch = (L ? m.saved : PLANES * row) + (GATES + 1) * row;
    return m;
}

typedef struct {
    real *planes, *h0;
} saved_planes;

static saved_planes lay_out(void *at, size_t row, size_t L)
{
    saved_planes s;
    s.planes = loci_carve(&at, PLANES * row * L * sizeof(real));
    s.h0 = loci_carve(&at, row * sizeof(real));
    return s;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_recurrent *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V;
    const size_t in = loci_lane_blocks(layer->inputs) * L * V, plane = blocks * L * V;
    const loci_loops *loops = loci_loops_get();
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *product = loci_carve(&at, GATES * row * sizeof(real));
    const saved_planes s = lay_out(saved ? saved : at, row, L);
    loci_recurrent_take(h, state, 0, blocks, B);
    memcpy(s.h0, h, row * sizeof(real));
    for (size_t b = 0; b < B; b++)
        loci_dense_multiply(&d->input, s.planes + b * PLANES * plane, L, x + b * in, L, L);
    for (size_t t = 0; t < L; t++) {
        loci_dense_multiply(&d->recurrent, product, B, h, B, B);
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *hb = h + (k * B + b) * V, *planes = s.planes + b * PLANES * plane + (k * L + t) * V;
                if (t + 1 < L) loci_recurrent_ahead(planes + V, plane, PLANES);
                loops->reset_cell(hb, planes, plane, product + (k * B + b) * V, row);
                memcpy(y + ((b * blocks + k) * L + t) * V, hb, V * sizeof(real));
            }
    }
    for (size_t b = 0; state && b < B; b++) {
        const size_t length = loci_pass_length(pass, b);
        for (size_t k = 0; length > 0 && k < blocks; k++)
            memcpy(state[b] + k * V, y + ((b * blocks + k) * L + length - 1) * V, V * sizeof(real));
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const loci_recurrent *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V;
    const size_t in = loci_lane_blocks(layer->inputs) * L * V, plane = blocks * L * V;
    const loci_loops *loops = loci_loops_get();
    void *at = scratch;
    real *dh = loci_carve(&at, row * sizeof(real)), *dproduct = loci_carve(&at, GATES * row * sizeof(real));
    real *through = loci_carve(&at, row * sizeof(real)); /* gradients of h by way of the product */
    const saved_planes s = lay_out(saved, row, L);
    memset(dh, 0, row * sizeof(real));
    for (size_t t = L; t-- > 0;) {
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *dhb = dh + (k * B + b) * V, *planes = s.planes + b * PLANES * plane + (k * L + t) * V;
                const size_t here = ((b * blocks + k) * L + t) * V;
                if (dstate && t + 1 == loci_pass_length(pass, b))
                    memcpy(dhb, dstate[b] + k * V, V * sizeof(real));
                if (t > 0) {
                    loci_recurrent_ahead(planes - V, plane, PLANES);
                    __builtin_prefetch(dy + here - V);
                }
                loops->add(dhb, dhb, dy + here, NULL, 0, 1);
                loops->reset_cell_backward(dhb, planes, plane, dproduct + (k * B + b) * V, row,
                                           t > 0 ? y + here - V : s.h0 + (k * B + b) * V);
            }
        loci_dense_transposed(&d->recurrent, through, B, dproduct, B, B);
        loops->add(dh, dh, through, NULL, 0, blocks * B);
    }
    real *drecurrent = gradient + loci_dense_gradient_size(&d->input);
    for (size_t b = 0; b < B; b++) {
        const real *planes = s.planes + b * PLANES * plane; /* gradients by now */
        loci_dense_gradient(&d->input, gradient, x + b * in, L, planes, L, L);
        if (L > 1)
            loci_dense_gradient(&d->recurrent, drecurrent, y + b * plane, L, planes + plane + V, L, L - 1);
        if (dx) loci_dense_transposed(&d->input, dx + b * in, L, planes, L, L);
    }
    if (L > 0) loci_dense_gradient(&d->recurrent, drecurrent, s.h0, B, dproduct, B, B);
    for (size_t b = 0; dstate && b < B; b++)
        for (size_t k = 0; loci_pass_length(pass, b) > 0 && k < blocks; k++)
            memcpy(dstate[b] + k * V, dh + (k * B + b) * V, V * sizeof(real));
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const gru *self = (const gru *)layer;
    const loci_recurrent *d = derived;
    loci_dense_unpack(&d->input, dp + self->at.input, dp + self->at.input_bias, gradient);
    loci_dense_unpack(&d->recurrent, dp + self->at.recurrent, dp + self->at.recurrent_bias,
                      gradient + loci_dense_gradient_size(&d->input));
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_recurrent *d = derived;
    const size_t blocks = blocks_of(layer), row = blocks * lanes * V;
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *product = loci_carve(&at, GATES * row * sizeof(real));
    real *planes = loci_carve(&at, PLANES * row * sizeof(real));
    loci_recurrent_take(h, state, 0, blocks, lanes);
    loci_dense_multiply(&d->input, planes, lanes, x, lanes, lanes);
    loci_dense_multiply(&d->recurrent, product, lanes, h, lanes, lanes);
    for (size_t k = 0; k < blocks; k++)
        for (size_t b = 0; b < lanes; b++) {
            real *hb = state[b] + k * V;
            const size_t here = (k * lanes + b) * V;
            loci_loops_get()->reset_cell(hb, planes + here, row, product + here, row);
            memcpy(y + here, hb, V * sizeof(real));
        }
}

static const loci_layer_class class = {.name = "gru",
                                       .open = open_layer,
                                       .close = loci_recurrent_close,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_gru_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                            size_t outputs, loci_error *error)
{
    gru *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    self->at = loci_recurrent_add(&self->layer, GATES, LOCI_INITIAL_UNIFORM);
    self->layer.state = blocks_of(&self->layer) * V;
    *out = &self->layer;
    return LOCI_OK;
}
