/* SPDX-License-Identifier: MIT
 * mlp.c - the mixer of channels of a transformer's block: linear to more channels, GELU, dropout, linear back.
 *
 *     y = W2 dropout(GELU(W1 x + b1)) + b2
 *
 * All of it is done in bands of LOCI_BAND rows that stay in cache from the one product to the other. backward repeats GELU,
 * for its value and its slope at once. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/dropout.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND, UP = 0, DOWN = 1 };

typedef struct {
    loci_layer layer;
    loci_dropout dropout;
    size_t hidden;             /* channels in between */
    size_t weight[2], bias[2]; /* offsets */
} mlp;

typedef struct {
    loci_dense dense[2];
    real *memory;
} packed;

static inline const mlp *of(const loci_layer *layer)
{
    return (const mlp *)layer;
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    loci_dense up = loci_dense_of(layer, layer->inputs, of(layer)->hidden, 1),
               down = loci_dense_of(layer, of(layer)->hidden, layer->outputs, 1);
    packed *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    real *memory = loci_allocate_by(loci_allocator_of(layer),
                                    loci_dense_size(&up, 1) + loci_dense_size(&down, 1), sizeof(real));
    if (!d || !memory) {
        loci_free(d), loci_free(memory);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    }
    loci_dense_place(&up, memory, 1);
    loci_dense_place(&down, memory + loci_dense_size(&up, 1), 1);
    *d = (packed){{up, down}, memory};
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
    for (int i = 0; i < 2; i++)
        loci_dense_pack(&((packed *)derived)->dense[i], p + of(layer)->weight[i], p + of(layer)->bias[i],
                        NULL);
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const packed *d = derived;
    for (int i = 0; i < 2; i++, gradient += loci_dense_gradient_size(&d->dense[0]))
        loci_dense_unpack(&d->dense[i], dp + of(layer)->weight[i], dp + of(layer)->bias[i], gradient);
}

/* saved: what goes into GELU, [B][hidden blocks][L][16]. scratch: of a band of hidden channels masks, what goes into GELU or
 * its slopes, and what comes out or its gradient. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const packed *d = derived;
    const size_t row = loci_lane_blocks(of(layer)->hidden) * V * sizeof(real), rows = B > BAND ? B : BAND;
    return (loci_layer_memory){.gradient = loci_dense_gradient_size(&d->dense[0]) +
                                           loci_dense_gradient_size(&d->dense[1]),
                               .saved = B * L * row,
                               .scratch = 4 * rows * row};
}

/* Masks of all blocks for rows r, ..., `apart` reals from one to the next; those of all samples are made with the first band of
 * a sequence and stay. NULL: nothing is dropped. */
static const real *masks(const mlp *self, const loci_pass *pass, size_t b, size_t r, size_t rows,
                         size_t *apart, real *mask)
{
    *apart = 0;
    if (!pass || !pass->training || !(self->dropout.rate > 0)) return NULL;
    *apart = self->dropout.tied ? V : rows * V;
    for (size_t k = 0; (r == 0 || !self->dropout.tied) && k < loci_lane_blocks(self->hidden); k++)
        loci_dropout_mask(mask + k * *apart, &self->dropout, pass, b, k, r, rows);
    return mask;
}

/* y, rows apart `stride`, from x likewise; pass NULL: no dropout. inside: what goes into GELU, rows apart `inside_stride`. */
static void mix(const mlp *self, const packed *d, const loci_pass *pass, size_t b, size_t r, size_t rows,
                real *y, const real *x, size_t stride, real *inside, size_t inside_stride, real *band)
{
    const size_t blocks = loci_lane_blocks(self->hidden);
    size_t apart;
    const real *mask = masks(self, pass, b, r, rows, &apart, band);
    real *active = band + blocks * rows * V;
    loci_dense_multiply(&d->dense[UP], inside, inside_stride, x, stride, rows);
    for (size_t k = 0; k < blocks; k++)
        loci_loops_get()->gelu(active + k * rows * V, inside + k * inside_stride * V,
                               mask ? mask + k * apart : NULL, loci_dropout_step(&self->dropout), rows);
    loci_dense_multiply(&d->dense[DOWN], y, stride, active, rows, rows);
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)state;
    const size_t L = pass->L, blocks = loci_lane_blocks(of(layer)->hidden);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V, out = loci_lane_blocks(layer->outputs) * L * V;
    real *kept = saved, *own = (real *)scratch + 3 * blocks * BAND * V;
    for (size_t b = 0; b < pass->B; b++)
        for (size_t r = 0; r < L; r += BAND) {
            const size_t rows = L - r < BAND ? L - r : BAND;
            mix(of(layer), derived, pass, b, r, rows, y + b * out + r * V, x + b * in + r * V, L,
                kept ? kept + (b * blocks * L + r) * V : own, kept ? L : rows, scratch);
        }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)dstate, (void)y;
    const mlp *self = of(layer);
    const packed *d = derived;
    const size_t L = pass->L, blocks = loci_lane_blocks(self->hidden);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V, out = loci_lane_blocks(layer->outputs) * L * V;
    real *dup = gradient, *ddown = gradient + loci_dense_gradient_size(&d->dense[UP]);
    for (size_t b = 0; b < pass->B; b++)
        for (size_t r = 0; r < L; r += BAND) {
            const size_t rows = L - r < BAND ? L - r : BAND, size = blocks * rows * V;
            const real *dyr = dy + b * out + r * V, *xr = x + b * in + r * V;
            const real *inside = (const real *)saved + (b * blocks * L + r) * V;
            size_t apart;
            const real *mask = masks(self, pass, b, r, rows, &apart, scratch);
            real *active = (real *)scratch + size, *slope = active + size, *dinside = slope + size;
            for (size_t k = 0; k < blocks; k++)
                loci_loops_get()->gelu_backward(slope + k * rows * V, active + k * rows * V, NULL,
                                                inside + k * L * V, mask ? mask + k * apart : NULL,
                                                loci_dropout_step(&self->dropout), rows);
            loci_dense_gradient(&d->dense[DOWN], ddown, active, rows, dyr, L, rows);
            loci_dense_transposed(&d->dense[DOWN], dinside, rows, dyr, L, rows);
            loci_loops_get()->add(dinside, NULL, dinside, slope, V, blocks * rows);
            loci_dense_gradient(&d->dense[UP], dup, xr, L, dinside, rows, rows);
            if (dx) loci_dense_transposed(&d->dense[UP], dx + b * in + r * V, L, dinside, rows, rows);
        }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt, (void)state;
    const size_t size = loci_lane_blocks(of(layer)->hidden) * lanes * V;
    mix(of(layer), derived, NULL, 0, 0, lanes, y, x, lanes, (real *)scratch + 3 * size, lanes, scratch);
}

static const loci_layer_class class = {.name = "mlp",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

loci_status loci_mlp_create(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                            size_t hidden, double dropout, int tied, loci_error *error)
{
    if (!(dropout >= 0 && dropout < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "dropout is %g; 0 to below 1 was expected", dropout);
    if (hidden < 1 || hidden > LOCI_LAYER_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "layer %s has %zu channels inside; 1 to %d were expected",
                         name, hidden, LOCI_LAYER_CHANNELS_MAX);
    mlp *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, channels, channels, error);
    if (status) return status;
    self->dropout = (loci_dropout){dropout, tied, self->layer.stream};
    self->hidden = hidden;
    static const char *const names[2][2] = {{"fc1.weight", "fc1.bias"}, {"fc2.weight", "fc2.bias"}};
    for (int i = 0; i < 2; i++) {
        const size_t from = i == UP ? channels : hidden, to = i == UP ? hidden : channels;
        const double bound = 1 / sqrt((double)from);
        loci_parameter linear = {
            .dimensions = 2, .shape = {to, from}, .initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
        self->weight[i] = loci_layer_add(&self->layer, names[i][0], linear);
        linear.dimensions = 1;
        self->bias[i] = loci_layer_add(&self->layer, names[i][1], linear);
    }
    *out = &self->layer;
    return LOCI_OK;
}
