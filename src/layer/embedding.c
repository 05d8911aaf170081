/* SPDX-License-Identifier: MIT
 * embedding.c - a row of a table for each token. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    size_t rows, weight; /* weight: offset */
    int shared;
} embedding;

/* derived and gradient: the table, [rows][blocks][16]. */
static size_t wide(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs) * V;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const embedding *self = (const embedding *)layer;
    *derived = loci_allocate_by(loci_allocator_of(layer), self->rows, wide(layer) * sizeof(real));
    return *derived ? LOCI_OK
                    : loci_fail(error, LOCI_E_MEMORY, "out of memory for an embedding of %zu by %zu",
                                self->rows, layer->outputs);
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const embedding *self = (const embedding *)layer;
    const size_t H = layer->outputs;
    for (size_t i = 0; i < self->rows; i++)
        memcpy((real *)derived + i * wide(layer), p + self->weight + i * H, H * sizeof(real));
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)derived, (void)B, (void)L;
    return (loci_layer_memory){.gradient = ((const embedding *)layer)->rows * wide(layer)};
}

/* The row of a sample; rows: there is none. */
static size_t row_of(const embedding *self, real x)
{
    return x >= 0 && x < (real)self->rows ? (size_t)x : self->rows;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state, (void)saved, (void)scratch;
    const embedding *self = (const embedding *)layer;
    const size_t L = pass->L, blocks = wide(layer) / V, H = layer->outputs;
    const real *table = derived;
    for (size_t b = 0; b < pass->B; b++, x += L * V, y += L * blocks * V)
        for (size_t l = 0; l < L; l++) {
            const size_t row = row_of(self, x[l * V]);
            for (size_t k = 0; k < blocks; k++) {
                real *to = y + (k * L + l) * V;
                if (row < self->rows) {
                    memcpy(to, table + (row * blocks + k) * V, V * sizeof(real));
                    continue;
                }
                for (size_t i = 0; i < V; i++) to[i] = k * V + i < H ? (real)NAN : 0;
            }
        }
}

/* A token's number is nothing that a loss could be differentiated by: its gradient is 0. */
static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)dstate, (void)y, (void)saved, (void)scratch;
    const embedding *self = (const embedding *)layer;
    const size_t L = pass->L, blocks = wide(layer) / V;
    if (dx) memset(dx, 0, pass->B * L * V * sizeof(real));
    for (size_t b = 0; b < pass->B; b++, x += L * V, dy += L * blocks * V)
        for (size_t l = 0; l < loci_pass_length(pass, b); l++) {
            const size_t row = row_of(self, x[l * V]);
            for (size_t k = 0; row < self->rows && k < blocks; k++) {
                real *to = gradient + (row * blocks + k) * V;
                const real *from = dy + (k * L + l) * V;
                for (size_t i = 0; i < V; i++) to[i] += from[i];
            }
        }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)derived, (void)p;
    const embedding *self = (const embedding *)layer;
    const size_t H = layer->outputs;
    real *to = dp + self->weight;
    for (size_t i = 0; i < self->rows; i++, to += H, gradient += wide(layer))
        for (size_t h = 0; h < H; h++) to[h] = self->shared ? to[h] + gradient[h] : gradient[h];
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_pass pass = {.B = 1, .L = lanes};
    forward(layer, derived, &pass, y, x, state, NULL, scratch);
}

static const loci_layer_class class = {.name = "embedding",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_embedding_create(loci_layer **out, const loci_allocator *by, const char *name, size_t rows,
                                  size_t outputs, double deviation, int shared, loci_error *error)
{
    embedding *self;
    if (rows == 0 || rows > LOCI_LAYER_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "layer %s has %zu rows; 1 to %d were expected", name, rows,
                         LOCI_LAYER_CHANNELS_MAX);
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, 1, outputs, error);
    if (status) return status;
    const loci_parameter weight = {
        .initial = LOCI_INITIAL_NORMAL, .b = deviation, .dimensions = 2, .shape = {rows, outputs}};
    self->rows = rows, self->shared = shared;
    self->weight = loci_layer_add(&self->layer, "weight", weight);
    *out = &self->layer;
    return LOCI_OK;
}
