/* SPDX-License-Identifier: MIT
 * pool.c - one answer for a sequence: the mean over its samples so far, or the last of them. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <assert.h>
#include <string.h>

#include "base/allocate.h"
#include "layer/loops.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_pool pool;
} pool_layer;

/* State of the mean: [blocks][sum, what rounding the sum lost][16], then one row: samples modulo TURN, and turns, so that
 * a float counts exactly. State of the last: [blocks][16]. saved: [B] samples so far. */
#define TURN LOCI_REAL(1048576.0)

static inline int is_mean(const loci_layer *layer)
{
    return ((const pool_layer *)layer)->pool == LOCI_POOL_MEAN;
}

/* The count so far, `more` samples later. A state may come from anywhere: what can be no count is 0. */
static real count(real *row, size_t more)
{
    const size_t turn = (size_t)TURN, now = (row[0] >= 0 && row[0] < TURN ? (size_t)row[0] : 0) + more;
    row[0] = (real)(now % turn);
    row[1] += (real)(now / turn);
    return row[1] * TURN + row[0];
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)derived, (void)L;
    return (loci_layer_memory){.saved = loci_lane_blocks(B) * V * sizeof(real),
                               .scratch = layer->state * sizeof(real)};
}

/* One sequence: y and x at their block 0. */
static void mean(const loci_layer *layer, real *y, size_t y_stride, const real *x, size_t x_stride,
                 size_t length, real *state, real *samples)
{
    const size_t blocks = loci_lane_blocks(layer->inputs);
    const real n = count(state + 2 * blocks * V, length);
    for (size_t k = 0; k < blocks; k++) {
        real *s = state + 2 * k * V, *lost = s + V, *out = y + k * y_stride * V;
        const real *in = x + k * x_stride * V;
        loci_loops_get()->accumulate(s, lost, in, length);
        for (size_t i = 0; i < V; i++) out[i] = n > 0 ? (s[i] + lost[i]) / n : 0;
    }
    if (samples) *samples = n;
}

static void last(const loci_layer *layer, real *y, size_t y_stride, const real *x, size_t x_stride,
                 size_t length, real *state)
{
    for (size_t k = 0; k < loci_lane_blocks(layer->inputs); k++) {
        real *s = state + k * V;
        if (length > 0) memcpy(s, x + (k * x_stride + length - 1) * V, V * sizeof(real));
        memcpy(y + k * y_stride * V, s, V * sizeof(real));
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)derived;
    const size_t blocks = loci_lane_blocks(layer->inputs);
    real *none = scratch;
    for (size_t b = 0; b < pass->B; b++) {
        real *s = state ? state[b] : memset(none, 0, layer->state * sizeof(real));
        const real *in = x + b * blocks * pass->L * V;
        real *out = y + b * blocks * V, *samples = saved ? (real *)saved + b : NULL;
        if (is_mean(layer))
            mean(layer, out, 1, in, pass->L, loci_pass_length(pass, b), s, samples);
        else
            last(layer, out, 1, in, pass->L, loci_pass_length(pass, b), s);
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)gradient, (void)x, (void)y, (void)scratch;
    const size_t blocks = loci_lane_blocks(layer->inputs), L = pass->L;
    const real *samples = saved;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        for (size_t k = 0; k < blocks; k++) {
            const real *d = dy + (b * blocks + k) * V;
            real *to = dx ? dx + (b * blocks + k) * L * V : NULL;
            _Alignas(64) real each[V];
            if (is_mean(layer)) { /* y = (sum + lost)/n; samples are added to the sum */
                real *ds = dstate ? dstate[b] + 2 * k * V : NULL;
                for (size_t i = 0; i < V; i++) {
                    const real share = samples[b] > 0 ? d[i] / samples[b] : 0;
                    each[i] = share + (ds ? ds[i] : 0);
                    if (ds) ds[i] = each[i], ds[i + V] += share;
                }
                for (size_t r = 0; to && r < L; r++)
                    for (size_t i = 0; i < V; i++) to[r * V + i] = r < length ? each[i] : 0;
            } else { /* y is the final state */
                real *ds = dstate ? dstate[b] + k * V : NULL;
                for (size_t i = 0; i < V; i++) {
                    each[i] = d[i] + (ds ? ds[i] : 0);
                    if (ds) ds[i] = length > 0 ? 0 : each[i];
                }
                if (to) memset(to, 0, L * V * sizeof(real));
                if (to && length > 0) memcpy(to + (length - 1) * V, each, sizeof each);
            }
        }
        /* the count has no gradient */
        if (dstate && is_mean(layer)) memset(dstate[b] + 2 * blocks * V, 0, V * sizeof(real));
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)derived, (void)dt, (void)scratch;
    for (size_t b = 0; b < lanes; b++) {
        if (is_mean(layer))
            mean(layer, y + b * V, lanes, x + b * V, lanes, 1, state[b], NULL);
        else
            last(layer, y + b * V, lanes, x + b * V, lanes, 1, state[b]);
    }
}

static const loci_layer_class class = {
    .name = "pool", .memory = memory, .forward = forward, .backward = backward, .step = step};

loci_status loci_pool_create(loci_layer **out, const loci_allocator *by, loci_pool pool, size_t channels,
                             loci_error *error)
{
    assert(pool != LOCI_POOL_NONE);
    pool_layer *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, "", channels, channels, error);
    if (status) return status;
    self->pool = pool;
    self->layer.flags = LOCI_LAYER_SHRINKS;
    const size_t blocks = loci_lane_blocks(channels);
    self->layer.state = (pool == LOCI_POOL_MEAN ? 2 * blocks + 1 : blocks) * V;
    *out = &self->layer;
    return LOCI_OK;
}
