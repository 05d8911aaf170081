/* SPDX-License-Identifier: MIT
 * linear.c - y = W x + b at every sample. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/loops.h"
#include "transform/product.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    size_t weight, bias; /* offsets */
} linear;

typedef struct {
    const loci_product *mix;
    real *forth, *back; /* W packed, and transposed */
    real *bias;         /* [16 blocks(outputs)] */
} packed;

/* gradient: that of `forth`, then of the bias. */
static size_t size_forth(const loci_layer *layer, const loci_product *mix)
{
    return loci_lane_blocks(loci_product_size(mix, layer->inputs, layer->outputs)) * V;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const loci_product *mix = loci_product_get();
    const size_t forth = size_forth(layer, mix), back = loci_product_size(mix, layer->outputs, layer->inputs);
    const size_t bias = loci_lane_blocks(layer->outputs) * V;
    packed *p = loci_allocate(1, sizeof *p);
    real *memory = loci_allocate(forth + bias + back, sizeof(real));
    if (!p || !memory) {
        loci_free(p), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a linear layer of %zu by %zu",
                         layer->outputs, layer->inputs);
    }
    *p = (packed){mix, memory, memory + forth + bias, memory + forth};
    *derived = p;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((packed *)derived)->forth);
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const linear *self = (const linear *)layer;
    const packed *d = derived;
    loci_product_pack(d->mix, d->forth, p + self->weight, layer->outputs, layer->inputs, 0);
    loci_product_pack_transposed(d->mix, d->back, p + self->weight, layer->outputs, layer->inputs, 0,
                                 layer->outputs);
    memcpy(d->bias, p + self->bias, layer->outputs * sizeof(real));
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)B, (void)L;
    return (loci_layer_memory){.gradient = size_forth(layer, ((const packed *)derived)->mix) +
                                           loci_lane_blocks(layer->outputs) * V};
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state, (void)saved, (void)scratch;
    const packed *d = derived;
    const size_t L = pass->L, in = loci_lane_blocks(layer->inputs) * L * V,
                 out = loci_lane_blocks(layer->outputs) * L * V;
    for (size_t b = 0; b < pass->B; b++)
        d->mix->multiply(y + b * out, L, x + b * in, L, d->forth, d->bias, layer->inputs, layer->outputs, L);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate, (void)y, (void)saved, (void)scratch;
    const packed *d = derived;
    const size_t L = pass->L, blocks = loci_lane_blocks(layer->outputs);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V, out = blocks * L * V;
    real *dbias = gradient + size_forth(layer, d->mix);
    for (size_t b = 0; b < pass->B; b++) {
        const real *dyb = dy + b * out;
        d->mix->gradient(gradient, x + b * in, L, dyb, L, layer->inputs, layer->outputs, L);
        for (size_t k = 0; k < blocks; k++) loci_loops_get()->sum(dbias + k * V, dyb + k * L * V, L);
        if (dx) d->mix->multiply(dx + b * in, L, dyb, L, d->back, NULL, layer->outputs, layer->inputs, L);
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const linear *self = (const linear *)layer;
    const loci_product *mix = ((const packed *)derived)->mix;
    loci_product_unpack(mix, dp + self->weight, gradient, layer->outputs, layer->inputs, 0);
    memcpy(dp + self->bias, gradient + size_forth(layer, mix), layer->outputs * sizeof(real));
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
                                       .step = step};

loci_status loci_linear_create(loci_layer **out, const char *name, size_t inputs, size_t outputs,
                               loci_error *error)
{
    linear *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)inputs);
    const loci_parameter like = {.initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
    loci_parameter weight = like, bias = like;
    weight.dimensions = 2, weight.shape[0] = outputs, weight.shape[1] = inputs;
    bias.dimensions = 1, bias.shape[0] = outputs;
    self->weight = loci_layer_add(&self->layer, "weight", weight);
    self->bias = loci_layer_add(&self->layer, "bias", bias);
    *out = &self->layer;
    return LOCI_OK;
}
