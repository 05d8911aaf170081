/* SPDX-License-Identifier: MIT
 * pool.c - one answer for a sequence: the mean over its samples so far, or the last of them. A mean may forget: with W
 * samples in it, each further one takes 1/W of their sum with it, sum += x - sum/W, so that one s samples old weighs
 * (1 - 1/W)^s, and the answer stays sum/W. */
#include "base/real.h"

#include "layer/layer.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/allocate.h"
#include "layer/rows.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_pool pool;
    uint64_t most; /* samples in a mean, W; forever: any number */
} pool_layer;

static const uint64_t forever = UINT64_MAX;

/* State of the mean: [blocks][sum, what rounding the sum lost][16], then one row: the samples in it modulo TURN, and turns,
 * so that a float counts exactly. State of the last: [blocks][16]. saved: [B] samples so far. */
#define TURN LOCI_REAL(1048576.0)

static inline int is_mean(const loci_layer *layer)
{
    return ((const pool_layer *)layer)->pool == LOCI_POOL_MEAN;
}

static inline size_t length_of(const loci_pass *pass, size_t b)
{
    return pass->length ? pass->length[b] : pass->L;
}

/* A state may come from anywhere: what can be no count is 0. */
static uint64_t count(const real *row)
{
    const uint64_t turns = row[1] >= 0 && row[1] < TURN * TURN ? (uint64_t)row[1] : 0;
    return turns * (uint64_t)TURN + (row[0] >= 0 && row[0] < TURN ? (uint64_t)row[0] : 0);
}

static void set_count(real *row, uint64_t count)
{
    row[0] = (real)(count % (uint64_t)TURN);
    row[1] = (real)(count / (uint64_t)TURN);
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
    const uint64_t most = ((const pool_layer *)layer)->most, before = count(state + 2 * blocks * V);
    const uint64_t room = most > before ? most - before : 0, now = length < room ? before + length : most;
    const size_t whole = length < room ? length : (size_t)room;
    const real n = (real)now, fewer = before > most ? (real)most / (real)before : 1;
    for (size_t k = 0; k < blocks; k++) {
        real *s = state + 2 * k * V, *lost = s + V, *out = y + k * y_stride * V;
        const real *in = x + k * x_stride * V;
        for (size_t i = 0; fewer < 1 && i < V; i++) s[i] *= fewer, lost[i] *= fewer;
        loci_rows_get()->accumulate(s, lost, in, whole);
        for (size_t r = whole; r < length; r++) {
            _Alignas(64) real change[V];
            for (size_t i = 0; i < V; i++) change[i] = in[r * V + i] - (s[i] + lost[i]) / n;
            loci_rows_get()->accumulate(s, lost, change, 1);
        }
        for (size_t i = 0; i < V; i++) out[i] = now > 0 ? (s[i] + lost[i]) / n : 0;
    }
    set_count(state + 2 * blocks * V, now);
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
            mean(layer, out, 1, in, pass->L, length_of(pass, b), s, samples);
        else
            last(layer, out, 1, in, pass->L, length_of(pass, b), s);
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
        const size_t length = length_of(pass, b);
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

static const loci_layer_class class = {.name = "pool",
                                       .flags = LOCI_LAYER_SHRINKS,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .step = step};

loci_status loci_pool_create(loci_layer **out, loci_pool pool, size_t channels, loci_error *error)
{
    assert(pool != LOCI_POOL_NONE);
    pool_layer *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, sizeof *self, &class, "", channels, channels, error);
    if (status) return status;
    self->pool = pool;
    self->most = forever;
    const size_t blocks = loci_lane_blocks(channels);
    self->layer.state = (pool == LOCI_POOL_MEAN ? 2 * blocks + 1 : blocks) * V;
    *out = &self->layer;
    return LOCI_OK;
}

int loci_pool_forget(loci_layer *layer, uint64_t samples)
{
    if (layer->class != &class || !is_mean(layer)) return 0;
    ((pool_layer *)layer)->most = samples ? samples : forever;
    return 1;
}
