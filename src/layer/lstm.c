/* SPDX-License-Identifier: MIT
 * lstm.c - long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), as PyTorch has it.
 *
 * i, f, o = sigmoid(W x + b + U h), g = tanh(likewise), c = f c + i g, h = o tanh(c). The products with x are made for
 * all samples at once, those with h sample by sample for all sequences together. Each gate begins at a block of
 * channels of its own. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, GATES = 4 };

typedef struct {
    loci_layer layer;
    size_t input, recurrent, input_bias, recurrent_bias; /* offsets */
} lstm;

typedef struct {
    loci_dense input, recurrent; /* to GATES times the padded channels; both biases are the input's */
    real *memory;
} packed;

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
    loci_dense input = loci_dense_of(layer->inputs, layer->outputs, GATES),
               recurrent = loci_dense_of(layer->outputs, layer->outputs, GATES);
    packed *d = loci_allocate(1, sizeof *d);
    real *memory = loci_allocate(loci_dense_size(&input, 1) + loci_dense_size(&recurrent, 0), sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for an LSTM of %zu channels", layer->outputs);
    }
    loci_dense_place(&input, memory, 1);
    loci_dense_place(&recurrent, memory + loci_dense_size(&input, 1), 0);
    *d = (packed){input, recurrent, memory};
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
    const lstm *self = (const lstm *)layer;
    const packed *d = derived;
    loci_dense_pack(&d->input, p + self->input, p + self->input_bias, p + self->recurrent_bias);
    loci_dense_pack(&d->recurrent, p + self->recurrent, NULL, NULL);
}

/* saved, or scratch where nothing is saved: gates [B][GATES][blocks][L][16], after their nonlinearities, cells
 * [B][blocks][L][16], and h and c before the first sample, [blocks][B][16]. scratch: what rows of all sequences
 * need, [blocks][B][16] each: h, c, products with h (or gradients) of all gates. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const packed *d = derived;
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

/* rows [blocks][B][16] from the part of the states that begins at `part`; states NULL: 0. */
static void take_state(real *rows, real *const *state, size_t part, size_t blocks, size_t B)
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

/* Asks for the rows of all gates at `gates`, which lie too far apart for the processor to foresee them. */
static inline void ahead(const real *gates, size_t apart)
{
    for (size_t g = 0; g < GATES; g++) __builtin_prefetch(gates + g * apart, 1);
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const packed *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V, N = wide(layer);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    const loci_loops *loops = loci_loops_get();
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *c = loci_carve(&at, row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    const saved_planes s = lay_out(saved ? saved : at, row, L);
    take_state(h, state, 0, blocks, B);
    take_state(c, state, blocks * V, blocks, B);
    memcpy(s.h0, h, row * sizeof(real));
    memcpy(s.c0, c, row * sizeof(real));
    for (size_t b = 0; b < B; b++) loci_dense_multiply(&d->input, s.gates + b * N * L, L, x + b * in, L, L);
    for (size_t t = 0; t < L; t++) {
        loci_dense_multiply(&d->recurrent, product, B, h, B, B);
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *hb = h + (k * B + b) * V, *cb = c + (k * B + b) * V;
                real *gates = s.gates + b * N * L + (k * L + t) * V;
                if (t + 1 < L) ahead(gates + V, blocks * L * V);
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
    const packed *d = derived;
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
                    ahead(gates - V, blocks * L * V);
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
    const packed *d = derived;
    loci_dense_unpack(&d->input, dp + self->input, dp + self->input_bias, gradient);
    loci_dense_unpack(&d->recurrent, dp + self->recurrent, NULL,
                      gradient + loci_dense_gradient_size(&d->input));
    memcpy(dp + self->recurrent_bias, dp + self->input_bias, GATES * layer->outputs * sizeof(real));
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const packed *d = derived;
    const size_t blocks = blocks_of(layer), row = blocks * lanes * V;
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *gates = loci_carve(&at, GATES * row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    take_state(h, state, 0, blocks, lanes);
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
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_lstm_create(loci_layer **out, const char *name, size_t inputs, size_t outputs,
                             loci_error *error)
{
    lstm *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)outputs);
    loci_parameter like = {.initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
    like.dimensions = 2, like.shape[0] = GATES * outputs, like.shape[1] = inputs;
    self->input = loci_layer_add(&self->layer, "weight_ih_l0", like);
    like.shape[1] = outputs;
    self->recurrent = loci_layer_add(&self->layer, "weight_hh_l0", like);
    like.dimensions = 1;
    self->input_bias = loci_layer_add(&self->layer, "bias_ih_l0", like);
    like.initial = LOCI_INITIAL_GATES;
    self->recurrent_bias = loci_layer_add(&self->layer, "bias_hh_l0", like);
    self->layer.state = 2 * blocks_of(&self->layer) * V;
    *out = &self->layer;
    return LOCI_OK;
}
