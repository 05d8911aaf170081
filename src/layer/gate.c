/* SPDX-License-Identifier: MIT
 * gate.c - two layers side by side, the one multiplied by the other: y = a(x) b(x). */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/status.h"
#include "layer/loops.h"
#include "layer/pair.h"

enum { V = LOCI_LANES };

static size_t rows_of(size_t channels, size_t B, size_t L)
{
    return B * loci_lane_blocks(channels) * (L ? L : 1);
}

static size_t plane(size_t channels, size_t B, size_t L)
{
    return rows_of(channels, B, L) * V * sizeof(real);
}

/* y = a b, number by number. */
static void multiply(real *y, const real *a, const real *b, size_t rows)
{
    loci_loops_get()->add(y, NULL, a, b, V, rows);
}

/* saved: a(x) and b(x), then what both save. scratch: a(x) and b(x), or the gradient of the one and then of x by way of b,
 * then what both need. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const size_t out = plane(layer->outputs, B, L), in = plane(layer->inputs, B, L);
    loci_layer_memory m = loci_pair_memory(layer, derived, B, L);
    m.saved += 2 * out;
    m.scratch += out + (in > out ? in : out);
    return m;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const size_t out = plane(layer->outputs, pass->B, pass->L);
    void **from = saved ? &saved : &scratch;
    real *a = loci_carve(from, out), *b = loci_carve(from, out);
    loci_pair_forward(layer, derived, 0, pass, a, x, state, saved, scratch);
    loci_pair_forward(layer, derived, 1, pass, b, x, state, saved, scratch);
    multiply(y, a, b, rows_of(layer->outputs, pass->B, pass->L));
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)y;
    const size_t B = pass->B, L = pass->L, out = plane(layer->outputs, B, L), in = plane(layer->inputs, B, L);
    const size_t rows = rows_of(layer->outputs, B, L);
    const real *a = loci_carve(&saved, out), *b = loci_carve(&saved, out);
    real *dside = loci_carve(&scratch, out), *more = loci_carve(&scratch, in);
    multiply(dside, dy, b, rows);
    loci_pair_backward(layer, derived, 0, pass, dx, gradient, dstate, dside, x, a, saved, scratch);
    multiply(dside, dy, a, rows);
    loci_pair_backward(layer, derived, 1, pass, dx ? more : NULL, gradient, dstate, dside, x, b, saved,
                       scratch);
    if (dx) loci_loops_get()->add(dx, dx, more, NULL, 0, rows_of(layer->inputs, B, L));
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const size_t out = plane(layer->outputs, lanes, 1);
    real *a = loci_carve(&scratch, out), *b = loci_carve(&scratch, out);
    loci_pair_step(layer, derived, 0, a, x, lanes, dt, state, scratch);
    loci_pair_step(layer, derived, 1, b, x, lanes, dt, state, scratch);
    multiply(y, a, b, rows_of(layer->outputs, lanes, 1));
}

static const loci_layer_class class = {.name = "gate",
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

loci_status loci_gate_create(loci_layer **out, loci_layer *a, loci_layer *b, loci_error *error)
{
    if (a->inputs == b->inputs && a->outputs == b->outputs)
        return loci_pair_create((void **)out, sizeof(loci_pair), &class, a->name, a->inputs, a->outputs, a, b,
                                error);
    const loci_status status =
        loci_fail(error, LOCI_E_MISMATCH,
                  "layer %s takes %zu channels to %zu, and its gate %s %zu to %zu; the same numbers were "
                  "expected",
                  a->name, a->inputs, a->outputs, b->name, b->inputs, b->outputs);
    loci_layer_free(a);
    loci_layer_free(b);
    return status;
}
