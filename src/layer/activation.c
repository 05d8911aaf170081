/* SPDX-License-Identifier: MIT
 * activation.c - functions of one number: GELU, SiLU. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/allocate.h"
#include "base/status.h"
#include "layer/loops.h"

typedef struct {
    loci_layer layer;
    loci_activation activation;
} activation_layer;

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)layer, (void)derived, (void)B, (void)L;
    return (loci_layer_memory){0};
}

static void apply(const loci_layer *layer, real *y, const real *x, size_t rows)
{
    const loci_loops *r = loci_loops_get();
    (((const activation_layer *)layer)->activation == LOCI_GELU ? r->gelu : r->silu)(y, x, NULL, 0, rows);
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)derived, (void)state, (void)saved, (void)scratch;
    apply(layer, y, x, pass->B * loci_lane_blocks(layer->inputs) * pass->L);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)gradient, (void)dstate, (void)y, (void)saved, (void)scratch;
    const loci_loops *r = loci_loops_get();
    const size_t rows = pass->B * loci_lane_blocks(layer->inputs) * pass->L;
    const int gelu = ((const activation_layer *)layer)->activation == LOCI_GELU;
    if (dx) (gelu ? r->gelu_backward : r->silu_backward)(dx, NULL, dy, x, NULL, 0, rows);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)derived, (void)dt, (void)state, (void)scratch;
    apply(layer, y, x, loci_lane_blocks(layer->inputs) * lanes);
}

static const loci_layer_class class = {
    .name = "activation", .memory = memory, .forward = forward, .backward = backward, .step = step};

loci_status loci_activation_create(loci_layer **out, const loci_allocator *by, loci_activation activation,
                                   size_t channels, loci_error *error)
{
    activation_layer *layer;
    const loci_status status =
        loci_layer_allocate((void **)&layer, by, sizeof *layer, &class, "", channels, channels, error);
    if (status) return status;
    layer->activation = activation;
    *out = &layer->layer;
    return LOCI_OK;
}
