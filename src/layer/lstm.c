/* SPDX-License-Identifier: MIT
 * lstm.c - long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), as PyTorch has it.
 *
 * i, f, o = sigmoid(W x + b + U h), g = tanh(likewise), c = f c + i g, h = o tanh(c). */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <string.h>

#include "layer/loops.h"
#include "layer/recurrent.h"

enum { V = LOCI_LANES, GATES = 4 };

typedef struct {
    loci_layer layer;
    loci_recurrent_offsets at;
} lstm;

/* Blocks of the channels; padded channels of all gates. */
static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs);
}

static inline size_t wide(const loci_layer *layer)
{
    return GATES * blocks_of(layer) * V;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    return loci_recurrent_open(layer, derived, GATES, 0, error); /* both biases are the input's */
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const lstm *self = (const lstm *)layer;
    const loci_recurrent *d = derived;
    loci_dense_pack(&d->input, p + self->at.input, p + self->at.input_bias, p + self->at.recurrent_bias);
    loci_dense_pack(&d->recurrent, p + self->at.recurrent, NULL, NULL);
}

/* saved, or scratch where nothing is saved: gates [B][GATES][blocks][L][16], after their nonlinearities, cells
 * [B][blocks][L][16], and h and c before the first sample, [blocks][B][16]. scratch: what rows of all sequences
 * need, [blocks][B][16] each: h, c, products with h (or gradients) of all gates. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_recurrent *d = derived;
    const size_t row = blocks_of(layer) * B * V * sizeof(real);
    loci_layer_memory m;
    m.gradient = loci_dense_gradient_size(&d->input) + loci_dense_gradient_size(&d->recurrent);
    m.saved = (GATES + 1) * row * L + 2 * row;
    m.scratch = (L ? m.saved : (GATES + 1) * row + 2 * row) + (GATES + 2) * row;
    return m;
}

typedef struct {
    real *gates, *cells, *h0, *c0;
} saved_planes;

static saved_planes lay_out(void *at, size_t row, size_t L)
{
    saved_planes k;
    k.gates = loci_carve(&at, GATES * row * L * sizeof(real));
    k.cells = loci_carve(&at, row * L * sizeof(real));
    k.h0 = loci_carve(&at, row * sizeof(real));
    k.c0 = loci_carve(&at, row * sizeof(real));
    return k;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_recurrent *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V, N = wide(layer);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    const loci_loops *loops = loci_loops_get();
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *c = loci_carve(&at, row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    const saved_planes s = lay_out(saved ? saved : at, row, L);
    loci_recurrent_take(h, state, 0, blocks, B);
    loci_recurrent_take(c, state, blocks * V, blocks, B);
    memcpy(s.h0, h, row * sizeof(real));
    memcpy(s.c0, c, row * sizeof(real));
    for (size_t b = 0; b < B; b++) loci_dense_multiply(&d->input, s.gates + b * N * L, L, x + b * in, L, L);
    for (size_t t = 0; t < L; t++) {
        loci_dense_multiply(&d->recurrent, product, B, h, B, B);
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *hb = h + (k * B + b) * V, *cb = c + (k * B + b) * V;
                real *gates = s.gates + b * N * L + (k * L + t) * V;
                if (t + 1 < L) loci_recurrent_ahead(gates + V, blocks * L * V, GATES);
                loops->cell(hb, cb, cb, gates, blocks * L * V, product + (k * B + b) * V, row);
                memcpy(y + ((b * blocks + k) * L + t) * V, hb, V * sizeof(real));
                memcpy(s.cells + ((b * blocks + k) * L + t) * V, cb, V * sizeof(real));
            }
    }
    for (size_t b = 0; state && b < B; b++) {
        const size_t length = loci_pass_length(pass, b);
        for (size_t k = 0; length > 0 && k < blocks; k++) {
            const size_t last = ((b * blocks + k) * L + length - 1) * V;
            memcpy(state[b] + k * V, y + last, V * sizeof(real));
            memcpy(state[b] + (blocks + k) * V, s.cells + last, V * sizeof(real));
        }
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const loci_recurrent *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V, N = wide(layer);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    const loci_loops *loops = loci_loops_get();
    void *at = scratch;
    real *dh = loci_carve(&at, row * sizeof(real)), *dc = loci_carve(&at, row * sizeof(real));
    real *dgates = loci_carve(&at, GATES * row * sizeof(real));
    const saved_planes s = lay_out(saved, row, L);
    memset(dh, 0, row * sizeof(real));
    memset(dc, 0, row * sizeof(real));
    for (size_t t = L; t-- > 0;) {
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *dhb = dh + (k * B + b) * V, *dcb = dc + (k * B + b) * V;
                const size_t here = ((b * blocks + k) * L + t) * V;
                if (dstate && t + 1 == loci_pass_length(pass, b)) {
                    memcpy(dhb, dstate[b] + k * V, V * sizeof(real));
                    memcpy(dcb, dstate[b] + (blocks + k) * V, V * sizeof(real));
                }
                loops->add(dhb, dhb, dy + here, NULL, 0, 1);
                real *gates = s.gates + b * N * L + (k * L + t) * V, *to = dgates + (k * B + b) * V;
                if (t > 0) {
                    loci_recurrent_ahead(gates - V, blocks * L * V, GATES);
                    __builtin_prefetch(dy + here - V);
                }
                const real *before = t > 0 ? s.cells + here - V : s.c0 + (k * B + b) * V;
                loops->cell_backward(to, row, dcb, dhb, gates, blocks * L * V, s.cells + here, before);
                for (size_t g = 0; g < GATES; g++)
                    memcpy(gates + g * blocks * L * V, to + g * row, V * sizeof(real));
            }
        loci_dense_transposed(&d->recurrent, dh, B, dgates, B, B);
    }
    real *drecurrent = gradient + loci_dense_gradient_size(&d->input);
    for (size_t b = 0; b < B; b++) {
        const real *g = s.gates + b * N * L; /* gradients by now */
        loci_dense_gradient(&d->input, gradient, x + b * in, L, g, L, L);
        if (L > 1) loci_dense_gradient(&d->recurrent, drecurrent, y + b * blocks * L * V, L, g + V, L, L - 1);
        if (dx) loci_dense_transposed(&d->input, dx + b * in, L, g, L, L);
    }
    if (L > 0) loci_dense_gradient(&d->recurrent, drecurrent, s.h0, B, dgates, B, B);
    for (size_t b = 0; dstate && b < B; b++)
        for (size_t k = 0; loci_pass_length(pass, b) > 0 && k < blocks; k++) {
            memcpy(dstate[b] + k * V, dh + (k * B + b) * V, V * sizeof(real));
            memcpy(dstate[b] + (blocks + k) * V, dc + (k * B + b) * V, V * sizeof(real));
        }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const lstm *self = (const lstm *)layer;
    const loci_recurrent *d = derived;
    loci_dense_unpack(&d->input, dp + self->at.input, dp + self->at.input_bias, gradient);
    loci_dense_unpack(&d->recurrent, dp + self->at.recurrent, NULL,
                      gradient + loci_dense_gradient_size(&d->input));
    memcpy(dp + self->at.recurrent_bias, dp + self->at.input_bias, GATES * layer->outputs * sizeof(real));
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_recurrent *d = derived;
    const size_t blocks = blocks_of(layer), row = blocks * lanes * V;
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *gates = loci_carve(&at, GATES * row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    loci_recurrent_take(h, state, 0, blocks, lanes);
    loci_dense_multiply(&d->input, gates, lanes, x, lanes, lanes);
    loci_dense_multiply(&d->recurrent, product, lanes, h, lanes, lanes);
    for (size_t k = 0; k < blocks; k++)
        for (size_t b = 0; b < lanes; b++) {
            real *hb = state[b] + k * V, *cb = state[b] + (blocks + k) * V;
            const size_t here = (k * lanes + b) * V;
            loci_loops_get()->cell(hb, cb, cb, gates + here, row, product + here, row);
            memcpy(y + here, hb, V * sizeof(real));
        }
}

static const loci_layer_class class = {.name = "lstm",
                                       .open = open_layer,
                                       .close = loci_recurrent_close,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_lstm_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                             size_t outputs, loci_error *error)
{
    lstm *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    self->at = loci_recurrent_add(&self->layer, GATES, LOCI_INITIAL_GATES);
    self->layer.state = 2 * blocks_of(&self->layer) * V;
    *out = &self->layer;
    return LOCI_OK;
}
