/* SPDX-License-Identifier: MIT
 * residual.c - a layer beside a straight path, with a norm before it or after both. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/status.h"
#include "layer/dropout.h"
#include "layer/loops.h"
#include "layer/pair.h"

enum { V = LOCI_LANES, INNER = 0, NORM = 1 };

typedef struct {
    loci_pair pair; /* what stands beside the path; its norm, NULL: none */
    int prenorm;
    loci_dropout dropout;
} residual;

static inline int has_norm(const loci_layer *layer)
{
    return ((const loci_pair *)layer)->child[NORM] != NULL;
}

static size_t rows_of(const loci_layer *layer, size_t B, size_t L)
{
    return B * loci_lane_blocks(layer->inputs) * (L ? L : 1);
}

static size_t plane(const loci_layer *layer, size_t B, size_t L)
{
    return rows_of(layer, B, L) * V * sizeof(real);
}

/* saved: inner's y, the norm's y (prenorm) or its x, then what both save. scratch: two activations, a mask, then what both
 * need. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    loci_layer_memory m = loci_pair_memory(layer, derived, B, L);
    m.saved += (has_norm(layer) ? 2 : 1) * plane(layer, B, L);
    m.scratch += 2 * plane(layer, B, L) + (size_t)LOCI_BAND * V * sizeof(real);
    return m;
}

/* y = x + a times the mask; x NULL: 0. */
static void add(const loci_layer *layer, const loci_pass *pass, real *y, const real *x, const real *a,
                real *mask)
{
    const loci_dropout *dropout = &((const residual *)layer)->dropout;
    const size_t blocks = loci_lane_blocks(layer->inputs), L = pass->L;
    const size_t band = dropout->tied ? L : LOCI_BAND; /* one mask for all, or one a row */
    for (size_t p = 0; p < pass->B * blocks; p++)
        for (size_t r = 0; r < L; r += band) {
            const size_t at = (p * L + r) * V, rows = L - r < band ? L - r : band;
            const real *m = loci_dropout_mask(mask, dropout, pass, p / blocks, p % blocks, r, rows);
            loci_loops_get()->add(y + at, x ? x + at : NULL, a + at, m, loci_dropout_step(dropout), rows);
        }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const size_t size = plane(layer, pass->B, pass->L);
    real *mask = loci_carve(&scratch, LOCI_BAND * V * sizeof(real));
    void **from = saved ? &saved : &scratch;
    real *inner_y = loci_carve(from, size), *between = has_norm(layer) ? loci_carve(from, size) : NULL;
    if (!has_norm(layer)) {
        loci_pair_forward(layer, derived, INNER, pass, inner_y, x, state, saved, scratch);
        add(layer, pass, y, x, inner_y, mask);
    } else if (((const residual *)layer)->prenorm) {
        loci_pair_forward(layer, derived, NORM, pass, between, x, state, saved, scratch);
        loci_pair_forward(layer, derived, INNER, pass, inner_y, between, state, saved, scratch);
        add(layer, pass, y, x, inner_y, mask);
    } else {
        loci_pair_forward(layer, derived, INNER, pass, inner_y, x, state, saved, scratch);
        add(layer, pass, between, x, inner_y, mask);
        loci_pair_forward(layer, derived, NORM, pass, y, between, state, saved, scratch);
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const size_t size = plane(layer, pass->B, pass->L), rows = rows_of(layer, pass->B, pass->L);
    real *mask = loci_carve(&scratch, LOCI_BAND * V * sizeof(real));
    const real *inner_y = loci_carve(&saved, size),
               *between = has_norm(layer) ? loci_carve(&saved, size) : NULL;
    real *one = loci_carve(&scratch, size), *two = loci_carve(&scratch, size);
    if (has_norm(layer) && ((const residual *)layer)->prenorm) {
        add(layer, pass, one, NULL, dy, mask);
        loci_pair_backward(layer, derived, INNER, pass, two, gradient, dstate, one, between, inner_y, saved,
                           scratch);
        loci_pair_backward(layer, derived, NORM, pass, one, gradient, dstate, two, x, between, saved,
                           scratch);
        if (dx) loci_loops_get()->add(dx, dy, one, NULL, 0, rows);
        return;
    }
    real *dsum = dy;
    if (has_norm(layer)) {
        loci_pair_backward(layer, derived, NORM, pass, one, gradient, dstate, dy, between, y, saved, scratch);
        dsum = one;
    }
    add(layer, pass, two, NULL, dsum, mask);
    loci_pair_backward(layer, derived, INNER, pass, dx, gradient, dstate, two, x, inner_y, saved, scratch);
    if (dx) loci_loops_get()->add(dx, dsum, dx, NULL, 0, rows);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const size_t size = plane(layer, lanes, 1), rows = rows_of(layer, lanes, 1);
    real *one = loci_carve(&scratch, size), *two = loci_carve(&scratch, size);
    if (has_norm(layer) && ((const residual *)layer)->prenorm) {
        loci_pair_step(layer, derived, NORM, one, x, lanes, dt, state, scratch);
        loci_pair_step(layer, derived, INNER, two, one, lanes, dt, state, scratch);
        loci_loops_get()->add(y, x, two, NULL, 0, rows);
        return;
    }
    loci_pair_step(layer, derived, INNER, two, x, lanes, dt, state, scratch);
    loci_loops_get()->add(has_norm(layer) ? one : y, x, two, NULL, 0, rows);
    if (has_norm(layer)) loci_pair_step(layer, derived, NORM, y, one, lanes, dt, state, scratch);
}

static const loci_layer_class class = {.name = "residual",
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

static loci_status check(const loci_layer *inner, const loci_layer *norm,
                         const loci_residual_options *options, loci_error *error)
{
    if (!(options->dropout >= 0 && options->dropout < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "dropout is %g; 0 to below 1 was expected",
                         options->dropout);
    if (inner->inputs != inner->outputs || (norm && norm->inputs != inner->inputs))
        return loci_fail(error, LOCI_E_MISMATCH,
                         "layer %s takes %zu channels to %zu, and its norm has %zu; a residual needs "
                         "the same number of each",
                         inner->name, inner->inputs, inner->outputs, norm ? norm->inputs : inner->inputs);
    return LOCI_OK;
}

loci_status loci_residual_create(loci_layer **out, loci_layer *inner, loci_layer *norm,
                                 const loci_residual_options *options, loci_error *error)
{
    loci_status status = check(inner, norm, options, error);
    if (status) {
        loci_layer_free(inner);
        loci_layer_free(norm);
        return status;
    }
    residual *self;
    status = loci_pair_create((void **)&self, sizeof *self, &class, options->name, inner->inputs,
                              inner->outputs, inner, norm, error);
    if (status) return status;
    self->prenorm = options->prenorm;
    self->dropout = (loci_dropout){options->dropout, options->tied, self->pair.layer.stream};
    *out = &self->pair.layer;
    return LOCI_OK;
}
