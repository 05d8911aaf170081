/* SPDX-License-Identifier: MIT
 * repeat.c - channels several times side by side, for layers that make several answers of each. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <string.h>

#include "base/status.h"

enum { V = LOCI_LANES };

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)layer, (void)derived, (void)B, (void)L;
    return (loci_layer_memory){0};
}

/* The rows of channel c of the inputs, and of one of its copies, in planes of `rows` rows. */
static inline size_t place(size_t c, size_t rows)
{
    return c / V * rows * V + c % V;
}

static void spread(const loci_layer *layer, real *y, const real *x, size_t rows)
{
    memset(y, 0, loci_lane_blocks(layer->outputs) * rows * V * sizeof(real));
    for (size_t c = 0; c < layer->outputs; c++) {
        real *to = y + place(c, rows);
        const real *from = x + place(c % layer->inputs, rows);
        for (size_t l = 0; l < rows; l++) to[l * V] = from[l * V];
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)derived, (void)state, (void)saved, (void)scratch;
    const size_t in = loci_lane_blocks(layer->inputs) * pass->L * V,
                 out = loci_lane_blocks(layer->outputs) * pass->L * V;
    for (size_t b = 0; b < pass->B; b++) spread(layer, y + b * out, x + b * in, pass->L);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)gradient, (void)dstate, (void)x, (void)y, (void)saved, (void)scratch;
    const size_t L = pass->L, in = loci_lane_blocks(layer->inputs) * L * V,
                 out = loci_lane_blocks(layer->outputs) * L * V;
    if (!dx) return;
    memset(dx, 0, pass->B * in * sizeof(real));
    for (size_t b = 0; b < pass->B; b++)
        for (size_t c = 0; c < layer->outputs; c++) {
            real *to = dx + b * in + place(c % layer->inputs, L);
            const real *from = dy + b * out + place(c, L);
            for (size_t l = 0; l < L; l++) to[l * V] += from[l * V];
        }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)derived, (void)dt, (void)state, (void)scratch;
    spread(layer, y, x, lanes);
}

static const loci_layer_class class = {
    .name = "repeat", .memory = memory, .forward = forward, .backward = backward, .step = step};

loci_status loci_repeat_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                               size_t times, loci_error *error)
{
    return loci_layer_allocate((void **)layer, by, sizeof **layer, &class, name, inputs,
                               times <= LOCI_LAYER_CHANNELS_MAX ? inputs * times : 0, error);
}
