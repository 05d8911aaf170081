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
#include "layer/loops.h"
#include "transform/product.h"

enum { V = LOCI_LANES, GATES = 4 };

typedef struct {
    loci_layer layer;
    size_t input, recurrent, input_bias, recurrent_bias; /* offsets */
} lstm;

typedef struct {
    const loci_product *mix;
    real *input, *recurrent;           /* weights packed: to GATES times the padded channels */
    real *input_back, *recurrent_back; /* transposed */
    real *bias;                        /* [GATES][blocks][16]: both biases */
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

/* gradient: of the input weights, of the recurrent ones, of the bias. */
static size_t size_input(const loci_layer *layer, const loci_product *mix)
{
    return loci_lane_blocks(loci_product_size(mix, layer->inputs, wide(layer))) * V;
}

static size_t size_recurrent(const loci_layer *layer, const loci_product *mix)
{
    return loci_lane_blocks(loci_product_size(mix, layer->outputs, wide(layer))) * V;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const loci_product *mix = loci_product_get();
    const size_t input = size_input(layer, mix), recurrent = size_recurrent(layer, mix);
    const size_t input_back = loci_lane_blocks(loci_product_size(mix, wide(layer), layer->inputs)) * V;
    const size_t recurrent_back = loci_lane_blocks(loci_product_size(mix, wide(layer), layer->outputs)) * V;
    packed *d = loci_allocate(1, sizeof *d);
    real *at = loci_allocate(input + recurrent + input_back + recurrent_back + wide(layer), sizeof(real));
    if (!d || !at) {
        loci_free(d), loci_free(at);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for an LSTM of %zu channels", layer->outputs);
    }
    d->mix = mix;
    d->input = at;
    d->recurrent = d->input + input;
    d->input_back = d->recurrent + recurrent;
    d->recurrent_back = d->input_back + input_back;
    d->bias = d->recurrent_back + recurrent_back;
    *derived = d;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((packed *)derived)->input);
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const lstm *self = (const lstm *)layer;
    const packed *d = derived;
    const size_t H = layer->outputs, K = layer->inputs, N = wide(layer);
    for (size_t gate = 0; gate < GATES; gate++) {
        const size_t first = gate * blocks_of(layer) * V;
        const real *input = p + self->input + gate * H * K, *recurrent = p + self->recurrent + gate * H * H;
        loci_product_pack(d->mix, d->input, input, H, K, first);
        loci_product_pack(d->mix, d->recurrent, recurrent, H, H, first);
        loci_product_pack_transposed(d->mix, d->input_back, input, H, K, first, N);
        loci_product_pack_transposed(d->mix, d->recurrent_back, recurrent, H, H, first, N);
        for (size_t h = 0; h < H; h++)
            d->bias[first + h] = p[self->input_bias + gate * H + h] + p[self->recurrent_bias + gate * H + h];
    }
}

/* saved, or scratch where nothing is saved: gates [B][GATES][blocks][L][16], after their nonlinearities, cells
 * [B][blocks][L][16], and h and c before the first sample, [blocks][B][16]. scratch: what rows of all sequences
 * need, [blocks][B][16] each: h, c, products with h (or gradients) of all gates. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_product *mix = ((const packed *)derived)->mix;
    const size_t row = blocks_of(layer) * B * V * sizeof(real);
    loci_layer_memory m;
    m.gradient = size_input(layer, mix) + size_recurrent(layer, mix) + wide(layer);
    m.saved = (GATES + 1) * row * L + 2 * row;
    m.scratch = (L ? m.saved : (GATES + 1) * row + 2 * row) + (GATES + 2) * row;
    return m;
}

typedef struct {
    real *gates, *cells, *h0, *c0;
} kept;

static kept lay_out(void *at, size_t row, size_t L)
{
    kept k;
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

static inline size_t length_of(const loci_pass *pass, size_t b)
{
    return pass->length ? pass->length[b] : pass->L;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const packed *d = derived;
    const size_t B = pass->B, L = pass->L, blocks = blocks_of(layer), row = blocks * B * V, N = wide(layer);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *c = loci_carve(&at, row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    const kept s = lay_out(saved ? saved : at, row, L);
    take_state(h, state, 0, blocks, B);
    take_state(c, state, blocks * V, blocks, B);
    memcpy(s.h0, h, row * sizeof(real));
    memcpy(s.c0, c, row * sizeof(real));
    for (size_t b = 0; b < B; b++)
        d->mix->multiply(s.gates + b * N * L, L, x + b * in, L, d->input, d->bias, layer->inputs, N, L);
    for (size_t t = 0; t < L; t++) {
        d->mix->multiply(product, B, h, B, d->recurrent, NULL, layer->outputs, N, B);
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *hb = h + (k * B + b) * V, *cb = c + (k * B + b) * V;
                loci_loops_get()->cell(hb, cb, cb, s.gates + b * N * L + (k * L + t) * V, blocks * L * V,
                                       product + (k * B + b) * V, row);
                memcpy(y + ((b * blocks + k) * L + t) * V, hb, V * sizeof(real));
                memcpy(s.cells + ((b * blocks + k) * L + t) * V, cb, V * sizeof(real));
            }
    }
    for (size_t b = 0; state && b < B; b++) {
        const size_t length = length_of(pass, b);
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
    void *at = scratch;
    real *dh = loci_carve(&at, row * sizeof(real)), *dc = loci_carve(&at, row * sizeof(real));
    real *dgates = loci_carve(&at, GATES * row * sizeof(real));
    const kept s = lay_out(saved, row, L);
    memset(dh, 0, row * sizeof(real));
    memset(dc, 0, row * sizeof(real));
    for (size_t t = L; t-- > 0;) {
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < B; b++) {
                real *dhb = dh + (k * B + b) * V, *dcb = dc + (k * B + b) * V;
                const size_t here = ((b * blocks + k) * L + t) * V;
                if (dstate && t + 1 == length_of(pass, b)) {
                    memcpy(dhb, dstate[b] + k * V, V * sizeof(real));
                    memcpy(dcb, dstate[b] + (blocks + k) * V, V * sizeof(real));
                }
                loci_loops_get()->add(dhb, dhb, dy + here, NULL, 0, 1);
                real *gates = s.gates + b * N * L + (k * L + t) * V, *to = dgates + (k * B + b) * V;
                const real *before = t > 0 ? s.cells + here - V : s.c0 + (k * B + b) * V;
                loci_loops_get()->cell_backward(to, row, dcb, dhb, gates, blocks * L * V, s.cells + here,
                                                before);
                for (size_t g = 0; g < GATES; g++)
                    memcpy(gates + g * blocks * L * V, to + g * row, V * sizeof(real));
            }
        d->mix->multiply(dh, B, dgates, B, d->recurrent_back, NULL, N, layer->outputs, B);
    }
    real *drecurrent = gradient + size_input(layer, d->mix),
         *dbias = drecurrent + size_recurrent(layer, d->mix);
    for (size_t b = 0; b < B; b++) {
        const real *g = s.gates + b * N * L; /* gradients by now */
        d->mix->gradient(gradient, x + b * in, L, g, L, layer->inputs, N, L);
        if (L > 1)
            d->mix->gradient(drecurrent, y + b * blocks * L * V, L, g + V, L, layer->outputs, N, L - 1);
        for (size_t k = 0; k < GATES * blocks; k++) loci_loops_get()->sum(dbias + k * V, g + k * L * V, L);
        if (dx) d->mix->multiply(dx + b * in, L, g, L, d->input_back, NULL, N, layer->inputs, L);
    }
    if (L > 0) d->mix->gradient(drecurrent, s.h0, B, dgates, B, layer->outputs, N, B);
    for (size_t b = 0; dstate && b < B; b++)
        for (size_t k = 0; length_of(pass, b) > 0 && k < blocks; k++) {
            memcpy(dstate[b] + k * V, dh + (k * B + b) * V, V * sizeof(real));
            memcpy(dstate[b] + (blocks + k) * V, dc + (k * B + b) * V, V * sizeof(real));
        }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const lstm *self = (const lstm *)layer;
    const loci_product *mix = ((const packed *)derived)->mix;
    const real *drecurrent = gradient + size_input(layer, mix),
               *dbias = drecurrent + size_recurrent(layer, mix);
    const size_t H = layer->outputs, K = layer->inputs;
    for (size_t gate = 0; gate < GATES; gate++) {
        const size_t first = gate * blocks_of(layer) * V;
        loci_product_unpack(mix, dp + self->input + gate * H * K, gradient, H, K, first);
        loci_product_unpack(mix, dp + self->recurrent + gate * H * H, drecurrent, H, H, first);
        memcpy(dp + self->input_bias + gate * H, dbias + first, H * sizeof(real));
        memcpy(dp + self->recurrent_bias + gate * H, dbias + first, H * sizeof(real));
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const packed *d = derived;
    const size_t blocks = blocks_of(layer), row = blocks * lanes * V, N = wide(layer);
    void *at = scratch;
    real *h = loci_carve(&at, row * sizeof(real)), *gates = loci_carve(&at, GATES * row * sizeof(real));
    real *product = loci_carve(&at, GATES * row * sizeof(real));
    take_state(h, state, 0, blocks, lanes);
    d->mix->multiply(gates, lanes, x, lanes, d->input, d->bias, layer->inputs, N, lanes);
    d->mix->multiply(product, lanes, h, lanes, d->recurrent, NULL, layer->outputs, N, lanes);
    for (size_t k = 0; k < blocks; k++)
        for (size_t b = 0; b < lanes; b++) {
            real *hb = state[b] + k * V, *cb = state[b] + (blocks + k) * V;
            const size_t here = (k * lanes + b) * V;
            loci_loops_get()->cell(hb, cb, cb, gates + here, row, product + here, row);
            memcpy(y + here, hb, V * sizeof(real));
        }
}

static const loci_layer_class class = {.name = "lstm",
                                       .flags = LOCI_LAYER_READS_OUTPUT,
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
