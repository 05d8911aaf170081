/* SPDX-License-Identifier: MIT
 * conv.c - a dilated causal convolution over all channels, as in temporal convolutional networks (Bai et al. 2018).
 *
 *     y(t) = b + sum over taps j of W(j) x(t - (taps - 1 - j) dilation)
 *
 * The taps of a row, side by side, are one row of `taps` times as many channels, so that all is one matrix product; they are
 * put side by side in bands of LOCI_BAND rows. A state is a ring of the last (taps - 1) dilation samples: where the next one
 * goes, alone in its block, then [blocks][reach][16]. A step makes the sums of forward in the same order. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND };

typedef struct {
    loci_layer layer;
    size_t taps, dilation, reach; /* how many samples back the first tap lies */
    size_t weight, bias;          /* offsets */
} conv;

typedef struct {
    loci_dense dense; /* from the taps side by side, each padded to blocks */
    real *wide;       /* [outputs][taps][16 blocks]: weights, or their gradient, in this order */
    real *memory;
} packed;

static inline const conv *of(const loci_layer *layer)
{
    return (const conv *)layer;
}

static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->inputs);
}

/* How far back tap j looks. */
static inline size_t back_of(const conv *self, size_t j)
{
    return (self->taps - 1 - j) * self->dilation;
}

/* ---- weights ---- */

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const size_t inputs = of(layer)->taps * blocks_of(layer) * V;
    loci_dense dense = loci_dense_of(layer, inputs, layer->outputs, 1);
    packed *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    real *memory = loci_allocate_by(loci_allocator_of(layer),
                                    loci_dense_size(&dense, 1) + layer->outputs * inputs, sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    }
    loci_dense_place(&dense, memory, 1);
    *d = (packed){dense, memory + loci_dense_size(&dense, 1), memory};
    *derived = d;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((packed *)derived)->memory);
    loci_free(derived);
}

/* The place in `wide` of weight i of [outputs][inputs][taps]. */
static size_t wide_place(const loci_layer *layer, size_t i)
{
    const size_t taps = of(layer)->taps, H = layer->inputs, e = i / taps / H, h = i / taps % H, j = i % taps;
    return (e * taps + j) * blocks_of(layer) * V + h;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const packed *d = derived;
    const size_t taps = of(layer)->taps, count = layer->outputs * layer->inputs * taps;
    memset(d->wide, 0, layer->outputs * taps * blocks_of(layer) * V * sizeof(real)); /* of gradients */
    for (size_t i = 0; i < count; i++) d->wide[wide_place(layer, i)] = p[of(layer)->weight + i];
    loci_dense_pack(&d->dense, d->wide, p + of(layer)->bias, NULL);
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const packed *d = derived;
    const size_t count = layer->outputs * layer->inputs * of(layer)->taps;
    loci_dense_unpack(&d->dense, d->wide, dp + of(layer)->bias, gradient);
    for (size_t i = 0; i < count; i++) dp[of(layer)->weight + i] = d->wide[wide_place(layer, i)];
}

/* ---- what lies before the first row ----
 *
 * Of each sequence: the ring's place, alone in its row; then of tap j the first min(back_of(j), L) rows, which come from the
 * state, [blocks][rows][16]. */

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Where the rows of tap j begin, in reals; of tap `taps`: the size of all. */
static size_t past_place(const loci_layer *layer, size_t j, size_t L)
{
    size_t rows = 0;
    for (size_t i = 0; i < j; i++) rows += smaller(back_of(of(layer), i), L);
    return (1 + rows * blocks_of(layer)) * V;
}

static size_t past_size(const loci_layer *layer, size_t L)
{
    return past_place(layer, of(layer)->taps, L);
}

/* The ring's place: a whole number below `reach`, whatever a caller has made of it. */
static size_t ring_place(const conv *self, const real *state)
{
    const real at = state[0];
    return at > 0 && at < (real)self->reach ? (size_t)(at + LOCI_REAL(0.5)) % self->reach : 0;
}

/* state NULL: all of it is 0. */
static void past_take(const loci_layer *layer, real *past, const real *state, size_t L)
{
    const conv *self = of(layer);
    memset(past, 0, past_size(layer, L) * sizeof(real));
    if (!state || self->reach == 0) return;
    const size_t at = ring_place(self, state);
    past[0] = (real)at;
    for (size_t j = 0; j + 1 < self->taps; j++) {
        const size_t back = back_of(self, j), rows = smaller(back, L);
        real *to = past + past_place(layer, j, L);
        for (size_t k = 0; k < blocks_of(layer); k++)
            for (size_t t = 0; t < rows; t++)
                memcpy(to + (k * rows + t) * V,
                       state + (1 + k * self->reach + (at + self->reach - back + t) % self->reach) * V,
                       V * sizeof(real));
    }
}

/* The state behind `length` rows of x. */
static void state_put(const loci_layer *layer, real *state, const real *x, size_t length, size_t L)
{
    const conv *self = of(layer);
    if (self->reach == 0) return;
    const size_t at = ring_place(self, state);
    for (size_t t = length > self->reach ? length - self->reach : 0; t < length; t++)
        for (size_t k = 0; k < blocks_of(layer); k++)
            memcpy(state + (1 + k * self->reach + (at + t) % self->reach) * V, x + (k * L + t) * V,
                   V * sizeof(real));
    state[0] = (real)((at + length) % self->reach);
}

/* ---- forward and backward ---- */

/* saved, or scratch where nothing is saved: the past of each sequence. scratch: the taps of a band side by side, or their
 * gradient as well. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const size_t rows = B > BAND ? B : BAND;
    const size_t past = B * past_size(layer, L) * sizeof(real);
    return (loci_layer_memory){.gradient = loci_dense_gradient_size(&((const packed *)derived)->dense),
                               .saved = past,
                               .scratch =
                                   past + 2 * of(layer)->taps * blocks_of(layer) * rows * V * sizeof(real)};
}

/* band [taps][blocks][rows][16] from rows r, ... of x [blocks][L][16] and what lies before it. */
static void side_by_side(const loci_layer *layer, real *band, const real *x, const real *past, size_t r,
                         size_t rows, size_t L)
{
    for (size_t j = 0; j < of(layer)->taps; j++) {
        const size_t back = back_of(of(layer), j), early = smaller(back, L);
        const size_t old = r < early ? smaller(early - r, rows) : 0; /* rows of the band from the past */
        const real *before = past + past_place(layer, j, L);
        for (size_t k = 0; k < blocks_of(layer); k++, band += rows * V) {
            memcpy(band, before + (k * early + r) * V, old * V * sizeof(real));
            if (rows > old)
                memcpy(band + old * V, x + (k * L + r + old - back) * V, (rows - old) * V * sizeof(real));
        }
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_dense *dense = &((const packed *)derived)->dense;
    const size_t L = pass->L, in = blocks_of(layer) * L * V, out = loci_lane_blocks(layer->outputs) * L * V;
    const size_t size = past_size(layer, L);
    real *past = loci_carve(saved ? &saved : &scratch, pass->B * size * sizeof(real)), *band = scratch;
    for (size_t b = 0; b < pass->B; b++) {
        past_take(layer, past + b * size, state ? state[b] : NULL, L);
        for (size_t r = 0; r < L; r += BAND) {
            const size_t rows = L - r < BAND ? L - r : BAND;
            side_by_side(layer, band, x + b * in, past + b * size, r, rows, L);
            loci_dense_multiply(dense, y + b * out + r * V, L, band, rows, rows);
        }
        if (state) state_put(layer, state[b], x + b * in, loci_pass_length(pass, b), L);
    }
}

/* The gradient of a final state: that of new samples goes to dx, that of those which were there before stays. */
static void dstate_take(const loci_layer *layer, real *dx, real *dstate, size_t at, size_t length, size_t L)
{
    const conv *self = of(layer);
    dstate[0] = 0;
    for (size_t t = length > self->reach ? length - self->reach : 0; t < length; t++)
        for (size_t k = 0; k < blocks_of(layer); k++) {
            real *row = dstate + (1 + k * self->reach + (at + t) % self->reach) * V;
            if (dx) loci_loops_get()->add(dx + (k * L + t) * V, dx + (k * L + t) * V, row, NULL, 0, 1);
            memset(row, 0, V * sizeof(real));
        }
}

/* Gradients of the taps of rows r, ... to dx and dstate (each NULL: not wanted). */
static void spread(const loci_layer *layer, real *dx, real *dstate, size_t at, const real *band, size_t r,
                   size_t rows, size_t L)
{
    const conv *self = of(layer);
    const loci_loops *loops = loci_loops_get();
    for (size_t j = 0; j < self->taps; j++) {
        const size_t back = back_of(self, j), old = r < back ? smaller(back - r, rows) : 0;
        for (size_t k = 0; k < blocks_of(layer); k++, band += rows * V) {
            for (size_t t = 0; dstate && t < old; t++) {
                real *row =
                    dstate + (1 + k * self->reach + (at + self->reach - back + r + t) % self->reach) * V;
                loops->add(row, row, band + t * V, NULL, 0, 1);
            }
            if (!dx || rows <= old) continue;
            real *to = dx + (k * L + r + old - back) * V;
            loops->add(to, to, band + old * V, NULL, 0, rows - old);
        }
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)y;
    const loci_dense *dense = &((const packed *)derived)->dense;
    const size_t L = pass->L, in = blocks_of(layer) * L * V, out = loci_lane_blocks(layer->outputs) * L * V;
    const size_t size = past_size(layer, L);
    const real *past = saved;
    real *band = scratch, *dband = band + of(layer)->taps * blocks_of(layer) * BAND * V;
    if (dx) memset(dx, 0, pass->B * in * sizeof(real));
    for (size_t b = 0; b < pass->B; b++, past += size) {
        real *dxb = dx ? dx + b * in : NULL, *ds = dstate && of(layer)->reach ? dstate[b] : NULL;
        const size_t at = (size_t)past[0];
        if (ds) dstate_take(layer, dxb, ds, at, loci_pass_length(pass, b), L);
        for (size_t r = 0; r < L; r += BAND) {
            const size_t rows = L - r < BAND ? L - r : BAND;
            const real *dyb = dy + b * out + r * V;
            side_by_side(layer, band, x + b * in, past, r, rows, L);
            loci_dense_gradient(dense, gradient, band, rows, dyb, L, rows);
            if (!dxb && !ds) continue;
            loci_dense_transposed(dense, dband, rows, dyb, L, rows);
            spread(layer, dxb, ds, at, dband, r, rows, L);
        }
    }
}

/* ---- step ---- */

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const conv *self = of(layer);
    const size_t blocks = blocks_of(layer), row = V * sizeof(real);
    real *band = scratch, *to = band;
    for (size_t j = 0; j < self->taps; j++)
        for (size_t k = 0; k < blocks; k++)
            for (size_t b = 0; b < lanes; b++, to += V) {
                const size_t back = back_of(self, j);
                const real *from = x + (k * lanes + b) * V;
                if (back > 0)
                    from = state[b] + (1 + k * self->reach +
                                       (ring_place(self, state[b]) + self->reach - back) % self->reach) *
                                          V;
                memcpy(to, from, row);
            }
    loci_dense_multiply(&((const packed *)derived)->dense, y, lanes, band, lanes, lanes);
    for (size_t b = 0; self->reach > 0 && b < lanes; b++) {
        const size_t at = ring_place(self, state[b]);
        for (size_t k = 0; k < blocks; k++)
            memcpy(state[b] + (1 + k * self->reach + at) * V, x + (k * lanes + b) * V, row);
        state[b][0] = (real)((at + 1) % self->reach);
    }
}

static const loci_layer_class class = {.name = "conv",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_conv_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                             size_t outputs, size_t taps, size_t dilation, loci_error *error)
{
    if (taps < 1 || taps > LOCI_CONV_TAPS_MAX || dilation < 1 || dilation > LOCI_CONV_DILATION_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has %zu taps %zu samples apart; 1 to %d and 1 to %d were expected", name,
                         taps, dilation, LOCI_CONV_TAPS_MAX, LOCI_CONV_DILATION_MAX);
    conv *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)inputs * (double)taps);
    loci_parameter like = {.dimensions = 3,
                           .shape = {outputs, inputs, taps},
                           .initial = LOCI_INITIAL_UNIFORM,
                           .a = -bound,
                           .b = bound};
    self->taps = taps, self->dilation = dilation, self->reach = (taps - 1) * dilation;
    self->weight = loci_layer_add(&self->layer, "weight", like);
    like.dimensions = 1;
    self->bias = loci_layer_add(&self->layer, "bias", like);
    if (self->reach > 0) self->layer.state = (1 + self->reach * blocks_of(&self->layer)) * V;
    *out = &self->layer;
    return LOCI_OK;
}
