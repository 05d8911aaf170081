/* SPDX-License-Identifier: MIT
 * gated.c - what follows a mixer over time in a block of S4: GELU, dropout, linear to twice the channels, GLU.
 *
 *     y = GLU(W dropout(GELU(x)) + b)
 *
 * or, half gated, what follows the mixer of S5: y = g sigmoid(W g + b), g = dropout(GELU(x)).
 *
 * All of it is done in bands of LOCI_BAND rows that stay in cache from GELU to GLU. The second half of the linear layer's
 * outputs begins at a block of its own. backward repeats GELU, for its value and its slope at once. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/dropout.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND };

typedef struct {
    loci_layer layer;
    loci_dropout dropout;
    int half;
    size_t weight, bias; /* offsets */
} gated;

typedef struct {
    loci_dense dense; /* to both halves */
    real *memory;
} packed;

static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->inputs);
}

static inline size_t blocks_out(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    loci_dense dense =
        loci_dense_of(layer, layer->inputs, layer->outputs, ((const gated *)layer)->half ? 1 : 2);
    packed *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    real *memory = loci_allocate_by(loci_allocator_of(layer), loci_dense_size(&dense, 1), sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    }
    loci_dense_place(&dense, memory, 1);
    *d = (packed){dense, memory};
    *derived = d;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((packed *)derived)->memory);
    loci_free(derived);
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const gated *self = (const gated *)layer;
    loci_dense_pack(&((packed *)derived)->dense, p + self->weight, p + self->bias, NULL);
}

/* saved: the gates [B][blocks out][L][16]. scratch: a band's masks, its activations and their slopes, and both halves. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const size_t in = blocks_of(layer) * V * sizeof(real), out = blocks_out(layer) * V * sizeof(real),
                 rows = B > BAND ? B : BAND;
    return (loci_layer_memory){.gradient = loci_dense_gradient_size(&((const packed *)derived)->dense),
                               .saved = B * L * out,
                               .scratch = rows * (3 * in + 2 * out)};
}

/* Masks of all blocks for rows r, ..., rows * 16 reals from one to the next, 16 if tied; those are made with the first band
 * of a sequence and stay. NULL: nothing is dropped. */
static const real *masks(const gated *self, const loci_pass *pass, size_t b, size_t r, size_t rows,
                         real *mask)
{
    if (!pass || !pass->training || !(self->dropout.rate > 0)) return NULL;
    const size_t apart = self->dropout.tied ? V : rows * V;
    for (size_t k = 0; (r == 0 || !self->dropout.tied) && k < blocks_of(&self->layer); k++)
        loci_dropout_mask(mask + k * apart, &self->dropout, pass, b, k, r, rows);
    return mask;
}

static inline const real *mask_of(const gated *self, const real *mask, size_t k, size_t rows)
{
    return mask ? mask + k * (self->dropout.tied ? V : rows * V) : NULL;
}

/* From x to y, rows r, ...: pass NULL: no dropout. gate: kept where not NULL. All with `stride` rows a block. */
static void mix(const gated *self, const loci_dense *dense, const loci_pass *pass, size_t b, size_t r,
                size_t rows, real *y, real *gate, const real *x, size_t stride, real *band)
{
    const size_t blocks = blocks_of(&self->layer), after = blocks_out(&self->layer);
    const real *mask = masks(self, pass, b, r, rows, band);
    real *active = band + blocks * rows * V, *out = active + blocks * rows * V;
    for (size_t k = 0; k < blocks; k++)
        loci_loops_get()->gelu(active + k * rows * V, x + (k * stride + r) * V, mask_of(self, mask, k, rows),
                               loci_dropout_step(&self->dropout), rows);
    loci_dense_multiply(dense, out, rows, active, rows, rows);
    for (size_t k = 0; k < after; k++) {
        const size_t at = (k * stride + r) * V;
        const real *a = self->half ? active : out, *opens = self->half ? out : out + after * rows * V;
        loci_loops_get()->glu(y + at, gate ? gate + at : NULL, a + k * rows * V, opens + k * rows * V, rows);
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state;
    const size_t L = pass->L, plane = blocks_out(layer) * L * V, plane_in = blocks_of(layer) * L * V;
    real *gates = saved;
    for (size_t b = 0; b < pass->B; b++)
        for (size_t r = 0; r < L; r += BAND)
            mix((const gated *)layer, &((const packed *)derived)->dense, pass, b, r,
                L - r < BAND ? L - r : BAND, y + b * plane, gates ? gates + b * plane : NULL,
                x + b * plane_in, L, scratch);
}

/* dx (NULL: not wanted) of rows r, ... of one sequence from dy and y, and the gradient of the linear layer. */
static void mix_backward(const gated *self, const loci_dense *dense, const loci_pass *pass, size_t b,
                         size_t r, size_t rows, real *dx, real *gradient, const real *dy, const real *x,
                         const real *y, const real *gate, real *band)
{
    const size_t blocks = blocks_of(&self->layer), after = blocks_out(&self->layer), L = pass->L;
    /* masks, both halves' gradients, GELU's outputs and then their gradient, GELU's slopes */
    const real *mask = masks(self, pass, b, r, rows, band);
    real *dboth = band + blocks * rows * V, *active = dboth + 2 * after * rows * V,
         *slope = active + blocks * rows * V;
    for (size_t k = 0; k < after; k++) {
        const size_t at = (k * L + r) * V;
        real *da = dboth + k * rows * V;
        loci_loops_get()->glu_backward(da, da + after * rows * V, dy + at, y + at, gate + at, rows);
    }
    for (size_t k = 0; k < blocks; k++)
        loci_loops_get()->gelu_backward(slope + k * rows * V, active + k * rows * V, NULL,
                                        x + (k * L + r) * V, mask_of(self, mask, k, rows),
                                        loci_dropout_step(&self->dropout), rows);
    const real *mixed = self->half ? dboth + blocks * rows * V : dboth; /* what the linear layer gave */
    loci_dense_gradient(dense, gradient, active, rows, mixed, rows, rows);
    if (!dx) return;
    loci_dense_transposed(dense, active, rows, mixed, rows, rows);
    if (self->half) loci_loops_get()->add(active, active, dboth, NULL, 0, blocks * rows);
    for (size_t k = 0; k < blocks; k++) {
        const size_t at = k * rows * V; /* their product */
        loci_loops_get()->add(dx + (k * L + r) * V, NULL, active + at, slope + at, V, rows);
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate;
    const size_t L = pass->L, plane = blocks_out(layer) * L * V, plane_in = blocks_of(layer) * L * V;
    const real *gates = saved;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t at = b * plane, in = b * plane_in;
        for (size_t r = 0; r < L; r += BAND)
            mix_backward((const gated *)layer, &((const packed *)derived)->dense, pass, b, r,
                         L - r < BAND ? L - r : BAND, dx ? dx + in : NULL, gradient, dy + at, x + in, y + at,
                         gates + at, scratch);
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const gated *self = (const gated *)layer;
    loci_dense_unpack(&((packed *)derived)->dense, dp + self->weight, dp + self->bias, gradient);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt, (void)state;
    mix((const gated *)layer, &((const packed *)derived)->dense, NULL, 0, 0, lanes, y, NULL, x, lanes,
        scratch);
}

static const loci_layer_class class = {.name = "gated",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

static loci_status create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                          size_t outputs, double dropout, int tied, int half, loci_error *error)
{
    if (!(dropout >= 0 && dropout < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "dropout is %g; 0 to below 1 was expected", dropout);
    gated *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    const double bound = 1 / sqrt((double)inputs);
    self->dropout = (loci_dropout){dropout, tied, self->layer.stream};
    self->half = half;
    loci_parameter linear = {.dimensions = 2,
                             .shape = {half ? outputs : 2 * outputs, inputs, 1},
                             .initial = LOCI_INITIAL_UNIFORM,
                             .a = -bound,
                             .b = bound};
    self->weight = loci_layer_add(&self->layer, half ? "out2.weight" : "output_linear.0.weight", linear);
    linear.dimensions = 1;
    self->bias = loci_layer_add(&self->layer, half ? "out2.bias" : "output_linear.0.bias", linear);
    *out = &self->layer;
    return LOCI_OK;
}

loci_status loci_gated_create(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                              double dropout, int tied, loci_error *error)
{
    const loci_status status = create(out, by, name, channels, channels, dropout, tied, 0, error);
    if (status) return status;
    (*out)->parameter[0].dimensions = 3; /* as PyTorch's convolution of one tap has it */
    return LOCI_OK;
}

loci_status loci_gated_create_wide(loci_layer **out, const loci_allocator *by, const char *name,
                                   size_t inputs, size_t outputs, double dropout, int tied, loci_error *error)
{
    return create(out, by, name, inputs, outputs, dropout, tied, 0, error);
}

loci_status loci_half_gated_create(loci_layer **out, const loci_allocator *by, const char *name,
                                   size_t channels, double dropout, int tied, loci_error *error)
{
    return create(out, by, name, channels, channels, dropout, tied, 1, error);
}
