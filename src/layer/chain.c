/* SPDX-License-Identifier: MIT
 * chain.c - one layer after another, as one: y = second(first(x)). */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/status.h"
#include "layer/pair.h"

enum { V = LOCI_LANES };

/* Bytes of what goes from the one to the other. */
static size_t plane(const loci_layer *layer, size_t B, size_t L)
{
    const size_t channels = ((const loci_pair *)layer)->child[0]->outputs;
    return B * loci_lane_blocks(channels) * (L ? L : 1) * V * sizeof(real);
}

/* saved: the first's output, then what both save. scratch: the first's output or its gradient, then what both need. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    loci_layer_memory m = loci_pair_memory(layer, derived, B, L);
    m.saved += plane(layer, B, L);
    m.scratch += plane(layer, B, L);
    return m;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const size_t size = plane(layer, pass->B, pass->L);
    real *between = loci_carve(saved ? &saved : &scratch, size);
    loci_pair_forward(layer, derived, 0, pass, between, x, state, saved, scratch);
    loci_pair_forward(layer, derived, 1, pass, y, between, state, saved, scratch);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const size_t size = plane(layer, pass->B, pass->L);
    const real *between = loci_carve(&saved, size);
    real *dbetween = loci_carve(&scratch, size);
    loci_pair_backward(layer, derived, 1, pass, dbetween, gradient, dstate, dy, between, y, saved, scratch);
    loci_pair_backward(layer, derived, 0, pass, dx, gradient, dstate, dbetween, x, between, saved, scratch);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    real *between = loci_carve(&scratch, plane(layer, lanes, 1));
    loci_pair_step(layer, derived, 0, between, x, lanes, dt, state, scratch);
    loci_pair_step(layer, derived, 1, y, between, lanes, dt, state, scratch);
}

static const loci_layer_class class = {.name = "chain",
                                       .open = loci_pair_open,
                                       .close = loci_pair_close,
                                       .prepare = loci_pair_prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = loci_pair_gather,
                                       .step = step,
                                       .lend = loci_pair_lend,
                                       .round_products = loci_pair_round_products,
                                       .free = loci_pair_free};

loci_status loci_chain_create(loci_layer **out, loci_layer *first, loci_layer *second, loci_error *error)
{
    if (first->outputs == second->inputs)
        return loci_pair_create((void **)out, sizeof(loci_pair), &class, first->name, first->inputs,
                                second->outputs, first, second, error);
    const loci_status status = loci_fail(error, LOCI_E_MISMATCH,
                                         "layer %s gives %zu channels, and %s, which follows, takes %zu; the "
                                         "same number was expected",
                                         first->name, first->outputs, second->name, second->inputs);
    loci_layer_free(first);
    loci_layer_free(second);
    return status;
}
