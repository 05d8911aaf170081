/* SPDX-License-Identifier: MIT
 * linear.c - y = W x + b at every sample. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_head head;
    size_t weight, bias; /* offsets */
} linear;

/* derived: a loci_dense, with its memory right behind. */
static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const int biased = ((const linear *)layer)->head == LOCI_HEAD_LINEAR;
    loci_dense dense = loci_dense_of(layer, layer->inputs, layer->outputs, 1);
    const size_t head = (sizeof dense + 63) / 64 * 64;
    dense.ahead = L == 0;
    char *memory =
        loci_allocate_by(loci_allocator_of(layer), head + loci_dense_size(&dense, biased) * sizeof(real), 1);
    if (!memory)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a linear layer of %zu by %zu",
                         layer->outputs, layer->inputs);
    loci_dense_place(&dense, (real *)(void *)(memory + head), biased);
    memcpy(memory, &dense, sizeof dense);
    *derived = memory;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const linear *self = (const linear *)layer;
    loci_dense_pack(derived, p + self->weight, self->head == LOCI_HEAD_LINEAR ? p + self->bias : NULL, NULL);
}

static void lend(const loci_layer *layer, void *derived, const loci_crew *crew)
{
    (void)layer;
    ((loci_dense *)derived)->crew = crew;
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)layer, (void)B, (void)L;
    return (loci_layer_memory){.gradient = loci_dense_gradient_size(derived)};
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state, (void)saved, (void)scratch;
    const size_t L = pass->L, in = loci_lane_blocks(layer->inputs) * L * V,
                 out = loci_lane_blocks(layer->outputs) * L * V;
    for (size_t b = 0; b < pass->B; b++) loci_dense_multiply(derived, y + b * out, L, x + b * in, L, L);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate, (void)y, (void)saved, (void)scratch;
    const size_t L = pass->L, in = loci_lane_blocks(layer->inputs) * L * V,
                 out = loci_lane_blocks(layer->outputs) * L * V;
    for (size_t b = 0; b < pass->B; b++) {
        loci_dense_gradient(derived, gradient, x + b * in, L, dy + b * out, L, L);
        if (dx) loci_dense_transposed(derived, dx + b * in, L, dy + b * out, L, L);
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const linear *self = (const linear *)layer;
    loci_dense_unpack(derived, dp + self->weight, self->head == LOCI_HEAD_LINEAR ? dp + self->bias : NULL,
                      gradient);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_pass pass = {.B = 1, .L = lanes};
    forward(layer, derived, &pass, y, x, state, NULL, scratch);
}

static const loci_layer_class class = {.name = "linear",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
                                       .lend = lend};

loci_status loci_linear_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, loci_error *error)
{
    return loci_head_create(out, by, name, LOCI_HEAD_LINEAR, inputs, outputs, error);
}

loci_status loci_head_create(loci_layer **out, const loci_allocator *by, const char *name, loci_head head,
                             size_t inputs, size_t outputs, loci_error *error)
{
    linear *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)inputs);
    const loci_parameter like = {.initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
    loci_parameter weight = like, bias = like;
    weight.dimensions = 2, weight.shape[0] = outputs, weight.shape[1] = inputs;
    bias.dimensions = 1, bias.shape[0] = outputs;
    self->head = head;
    if (head != LOCI_HEAD_TIED) self->weight = loci_layer_add(&self->layer, "weight", weight);
    if (head == LOCI_HEAD_LINEAR) self->bias = loci_layer_add(&self->layer, "bias", bias);
    *out = &self->layer;
    return LOCI_OK;
}
