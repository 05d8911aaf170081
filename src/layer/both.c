/* SPDX-License-Identifier: MIT
 * both.c - a layer forward in time and another one backward: y = a(x) + R b(R x), where R turns each sequence round within its
 * own length.
 *
 * What follows a sample reaches its answer, so there is no state and no step. Sums, not channels side by side, join the two,
 * as in S4's bidirectional layers (Gu et al. 2022; Goel et al. 2022). */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <string.h>

#include "base/status.h"
#include "layer/loops.h"
#include "layer/pair.h"

enum { V = LOCI_LANES };

static size_t plane(size_t channels, size_t B, size_t L)
{
    return B * loci_lane_blocks(channels) * L * V * sizeof(real);
}

/* The steps of the turned sequences. */
static size_t steps(size_t B, size_t L)
{
    return (B * L * sizeof(double) + 63) / 64 * 64;
}

/* saved: x turned, a's answer, b's answer to x turned, then what both save. scratch: the same of forward alone; in backward
 * dy turned and dx by way of b; turned steps; then what both need. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const size_t planes = plane(layer->inputs, B, L) + 2 * plane(layer->outputs, B, L);
    loci_layer_memory m = loci_pair_memory(layer, derived, B, L);
    m.saved += planes;
    m.scratch += planes + steps(B, L);
    return m;
}

/* to = from with the rows of each sequence in the opposite order, 0 behind its end; sum: added instead. */
static void turn(real *to, const real *from, const loci_pass *pass, size_t channels, int sum)
{
    const size_t blocks = loci_lane_blocks(channels), L = pass->L;
    for (size_t p = 0; p < pass->B * blocks; p++) {
        const size_t length = loci_pass_length(pass, p / blocks);
        real *out = to + p * L * V;
        const real *in = from + p * L * V;
        for (size_t l = 0; l < length; l++) {
            const real *row = in + (length - 1 - l) * V;
            if (sum)
                for (size_t i = 0; i < V; i++) out[l * V + i] += row[i];
            else
                memcpy(out + l * V, row, V * sizeof(real));
        }
        if (!sum) memset(out + length * V, 0, (L - length) * V * sizeof(real));
    }
}

/* The pass of the turned sequences; where samples last different times, these are turned into memory at `at`. */
static loci_pass turned_pass(const loci_pass *pass, void **at)
{
    loci_pass turned = *pass;
    double *dt = loci_carve(at, steps(pass->B, pass->L));
    if (!pass->dt) return turned;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        const double *from = pass->dt + b * pass->L;
        for (size_t l = 0; l < pass->L; l++)
            dt[b * pass->L + l] = l < length ? from[length - 1 - l] : from[l];
    }
    turned.dt = dt;
    return turned;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state;
    const size_t in = plane(layer->inputs, pass->B, pass->L), out = plane(layer->outputs, pass->B, pass->L);
    void **from = saved ? &saved : &scratch;
    real *x_turned = loci_carve(from, in), *a = loci_carve(from, out), *b = loci_carve(from, out);
    const loci_pass back = turned_pass(pass, &scratch);
    turn(x_turned, x, pass, layer->inputs, 0);
    loci_pair_forward(layer, derived, 0, pass, a, x, NULL, saved, scratch);
    loci_pair_forward(layer, derived, 1, &back, b, x_turned, NULL, saved, scratch);
    memcpy(y, a, out);
    turn(y, b, pass, layer->outputs, 1);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate, (void)y;
    const size_t in = plane(layer->inputs, pass->B, pass->L), out = plane(layer->outputs, pass->B, pass->L);
    const real *x_turned = loci_carve(&saved, in), *a = loci_carve(&saved, out), *b = loci_carve(&saved, out);
    real *dy_turned = loci_carve(&scratch, out), *dx_turned = loci_carve(&scratch, in);
    const loci_pass back = turned_pass(pass, &scratch);
    turn(dy_turned, dy, pass, layer->outputs, 0);
    loci_pair_backward(layer, derived, 0, pass, dx, gradient, NULL, dy, x, a, saved, scratch);
    loci_pair_backward(layer, derived, 1, &back, dx ? dx_turned : NULL, gradient, NULL, dy_turned, x_turned,
                       b, saved, scratch);
    if (dx) turn(dx, dx_turned, pass, layer->inputs, 1);
}

static const loci_layer_class class = {.name = "both",
                                       .open = loci_pair_open,
                                       .close = loci_pair_close,
                                       .prepare = loci_pair_prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = loci_pair_gather,
                                       .round_products = loci_pair_round_products,
                                       .free = loci_pair_free};

loci_status loci_both_create(loci_layer **out, loci_layer *ahead, loci_layer *back, loci_error *error)
{
    if (ahead->inputs != back->inputs || ahead->outputs != back->outputs) {
        const loci_status status = loci_fail(
            error, LOCI_E_MISMATCH,
            "layer %s takes %zu channels to %zu, and %s, which runs backward, %zu to %zu; the same numbers "
            "were expected",
            ahead->name, ahead->inputs, ahead->outputs, back->name, back->inputs, back->outputs);
        loci_layer_free(ahead);
        loci_layer_free(back);
        return status;
    }
    loci_layer *layer;
    const loci_status status = loci_pair_create((void **)&layer, sizeof(loci_pair), &class, ahead->name,
                                                ahead->inputs, ahead->outputs, ahead, back, error);
    if (status) return status;
    layer->flags |= LOCI_LAYER_LOOKS_AHEAD;
    layer->state = 0;
    *out = layer;
    return LOCI_OK;
}
