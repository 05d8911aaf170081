/* SPDX-License-Identifier: MIT
 * norm.c - each sample's channels brought to mean 0 and variance 1, or to a mean square of 1. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <assert.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/loops.h"

enum { V = LOCI_LANES };
static const double epsilon = 1e-5;

typedef struct {
    loci_layer layer;
    int centered;
    size_t weight, bias; /* offsets */
} norm_layer;

/* derived: weight [16 blocks], bias [16 blocks]; gradient: the same. saved: statistics [B][L][2]. */
static size_t width(const loci_layer *layer)
{
    return loci_lane_blocks(layer->inputs) * V;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    *derived = loci_allocate_by(loci_allocator_of(layer), 2 * width(layer), sizeof(real));
    return *derived
               ? LOCI_OK
               : loci_fail(error, LOCI_E_MEMORY, "out of memory for a norm of %zu channels", layer->inputs);
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const norm_layer *self = (const norm_layer *)layer;
    real *d = derived;
    memcpy(d, p + self->weight, layer->inputs * sizeof(real));
    if (self->centered) memcpy(d + width(layer), p + self->bias, layer->inputs * sizeof(real));
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)derived;
    const size_t statistics = loci_lane_blocks(B * (L ? L : 1) * 2) * V * sizeof(real);
    return (loci_layer_memory){2 * width(layer), statistics, statistics};
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state;
    const real *weight = derived, *bias = weight + width(layer);
    real *statistics = saved ? saved : scratch;
    const size_t L = pass->L, size = width(layer) * L;
    for (size_t b = 0; b < pass->B; b++)
        loci_loops_get()->normalize(y + b * size, statistics + b * L * 2, x + b * size, L, L, weight, bias,
                                    epsilon, ((const norm_layer *)layer)->centered, layer->inputs, L);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate, (void)y, (void)scratch;
    const real *statistics = saved;
    const size_t L = pass->L, size = width(layer) * L;
    real *to = dx ? dx : dy; /* the gradient of the weights comes with it */
    for (size_t b = 0; b < pass->B; b++)
        loci_loops_get()->normalize_backward(to + b * size, gradient, gradient + width(layer), dy + b * size,
                                             x + b * size, statistics + b * L * 2, derived, L,
                                             ((const norm_layer *)layer)->centered, layer->inputs, L);
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)derived, (void)p;
    const norm_layer *self = (const norm_layer *)layer;
    memcpy(dp + self->weight, gradient, layer->inputs * sizeof(real));
    if (self->centered) memcpy(dp + self->bias, gradient + width(layer), layer->inputs * sizeof(real));
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_pass pass = {.B = 1, .L = lanes};
    forward(layer, derived, &pass, y, x, state, NULL, scratch);
}

static const loci_layer_class class = {.name = "norm",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_norm_create(loci_layer **out, const loci_allocator *by, const char *name, loci_norm norm,
                             size_t channels, loci_error *error)
{
    assert(norm != LOCI_NORM_NONE);
    norm_layer *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, channels, channels, error);
    if (status) return status;
    self->centered = norm == LOCI_NORM_LAYER;
    loci_parameter like = {.dimensions = 1, .shape = {channels}, .initial = LOCI_INITIAL_CONSTANT, .a = 1};
    self->weight = loci_layer_add(&self->layer, "weight", like);
    like.a = 0;
    if (self->centered) self->bias = loci_layer_add(&self->layer, "bias", like);
    *out = &self->layer;
    return LOCI_OK;
}
