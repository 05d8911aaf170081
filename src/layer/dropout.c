/* SPDX-License-Identifier: MIT
 * dropout.c - numbers set to 0 at random in training. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/allocate.h"
#include "base/random.h"
#include "base/status.h"
#include "layer/dropout.h"
#include "layer/loops.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_dropout dropout;
} dropout_layer;

const real *loci_dropout_mask(real *mask, const loci_dropout *dropout, const loci_pass *pass, size_t b,
                              size_t block, size_t first, size_t rows)
{
    if (!pass->training || !(dropout->rate > 0)) return NULL;
    const uint64_t key = loci_random_key(loci_random_key(pass->seed, dropout->stream), pass->first + b);
    const real kept = (real)(1 / (1 - dropout->rate));
    if (dropout->tied) rows = 1, first = 0;
    for (size_t r = 0; r < rows; r++) {
        const uint64_t row = loci_random_key(key, first + r);
        for (size_t i = 0; i < V; i++)
            mask[r * V + i] = loci_random_uniform(row, block * V + i) < dropout->rate ? 0 : kept;
    }
    return mask;
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)layer, (void)derived, (void)B, (void)L;
    return (loci_layer_memory){.scratch = (size_t)LOCI_BAND * V * sizeof(real)};
}

/* to = from times the mask: forward, and backward too */
static void apply(const loci_layer *layer, const loci_pass *pass, real *to, const real *from, real *mask)
{
    const loci_dropout *dropout = &((const dropout_layer *)layer)->dropout;
    const size_t blocks = loci_lane_blocks(layer->inputs);
    const size_t band = dropout->tied ? pass->L : LOCI_BAND; /* one mask for all, or one a row */
    for (size_t plane = 0; plane < pass->B * blocks; plane++)
        for (size_t r = 0; r < pass->L; r += band) {
            const size_t at = (plane * pass->L + r) * V, rows = pass->L - r < band ? pass->L - r : band;
            const real *m = loci_dropout_mask(mask, dropout, pass, plane / blocks, plane % blocks, r, rows);
            loci_loops_get()->add(to + at, NULL, from + at, m, loci_dropout_step(dropout), rows);
        }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)derived, (void)state, (void)saved;
    apply(layer, pass, y, x, scratch);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)gradient, (void)dstate, (void)x, (void)y, (void)saved;
    if (dx) apply(layer, pass, dx, dy, scratch);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)derived, (void)dt, (void)state, (void)scratch;
    loci_loops_get()->add(y, NULL, x, NULL, 0, loci_lane_blocks(layer->inputs) * lanes);
}

static const loci_layer_class class = {
    .name = "dropout", .memory = memory, .forward = forward, .backward = backward, .step = step};

loci_status loci_dropout_create(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                                double rate, int tied, loci_error *error)
{
    if (!(rate >= 0 && rate < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "dropout is %g; 0 to below 1 was expected", rate);
    dropout_layer *layer;
    const loci_status status =
        loci_layer_allocate((void **)&layer, by, sizeof *layer, &class, name, channels, channels, error);
    if (status) return status;
    layer->dropout = (loci_dropout){rate, tied, layer->layer.stream};
    *out = &layer->layer;
    return LOCI_OK;
}
