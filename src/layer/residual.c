/* SPDX-License-Identifier: MIT
 * residual.c - a layer beside a straight path, with a norm before it or after both. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dropout.h"
#include "layer/loops.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_layer *inner, *norm; /* norm NULL: none */
    size_t inner_slice, norm_slice;
    int prenorm;
    loci_dropout dropout;
} residual;

typedef struct {
    void *inner, *norm;
    size_t inner_gradient; /* reals before the norm's */
} children;

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    const residual *self = (const residual *)layer;
    children *d = derived;
    loci_layer_close(self->inner, d->inner);
    if (self->norm) loci_layer_close(self->norm, d->norm);
    loci_free(d);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const residual *self = (const residual *)layer;
    children *d = loci_allocate(1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    loci_status status = loci_layer_open(self->inner, &d->inner, L, error);
    if (!status && self->norm) status = loci_layer_open(self->norm, &d->norm, L, error);
    if (status) {
        close_layer(layer, d);
        return status;
    }
    d->inner_gradient = self->inner->class->memory(self->inner, d->inner, 1, L).gradient;
    *derived = d;
    return LOCI_OK;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    loci_layer_prepare(self->inner, d->inner, p + self->inner_slice, rate);
    if (self->norm) loci_layer_prepare(self->norm, d->norm, p + self->norm_slice, rate);
}

static size_t plane(const loci_layer *layer, size_t B, size_t L)
{
    return B * loci_lane_blocks(layer->inputs) * (L ? L : 1) * V * sizeof(real);
}

/* saved: inner's y, the norm's y (prenorm) or its x, and what both save. scratch: two activations, a mask, and what the one
 * or the other needs. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    const loci_layer_memory inner = self->inner->class->memory(self->inner, d->inner, B, L);
    loci_layer_memory m = {inner.gradient, inner.saved, inner.scratch};
    if (self->norm) {
        const loci_layer_memory norm = self->norm->class->memory(self->norm, d->norm, B, L);
        m.gradient += norm.gradient;
        m.saved += plane(layer, B, L) + norm.saved;
        m.scratch = most(m.scratch, norm.scratch);
    }
    m.saved += plane(layer, B, L);
    m.scratch += 2 * plane(layer, B, L) + (size_t)LOCI_BAND * V * sizeof(real);
    return m;
}

typedef struct {
    real *inner_y, *between; /* inner's output; the norm's other side, where there is one */
    void *inner, *norm;      /* saved by the children; NULL in forward alone */
} saved_planes;

static saved_planes lay_out(const residual *self, const children *d, const loci_pass *pass, void *memory_at,
                            int whole)
{
    saved_planes k;
    k.inner_y = loci_carve(&memory_at, plane(&self->layer, pass->B, pass->L));
    k.between = self->norm ? loci_carve(&memory_at, plane(&self->layer, pass->B, pass->L)) : NULL;
    k.inner = whole ? loci_carve(&memory_at,
                                 self->inner->class->memory(self->inner, d->inner, pass->B, pass->L).saved)
                    : NULL;
    k.norm = whole ? memory_at : NULL;
    return k;
}

/* y = x + a times the mask; x NULL: 0. */
static void add(const residual *self, const loci_pass *pass, real *y, const real *x, const real *a,
                real *mask)
{
    const size_t blocks = loci_lane_blocks(self->layer.inputs), L = pass->L;
    const size_t band = self->dropout.tied ? L : LOCI_BAND; /* one mask for all, or one a row */
    for (size_t p = 0; p < pass->B * blocks; p++)
        for (size_t r = 0; r < L; r += band) {
            const size_t at = (p * L + r) * V, rows = L - r < band ? L - r : band;
            const real *m = loci_dropout_mask(mask, &self->dropout, pass, p / blocks, p % blocks, r, rows);
            loci_loops_get()->add(y + at, x ? x + at : NULL, a + at, m, loci_dropout_step(&self->dropout),
                                  rows);
        }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    const loci_layer *inner = self->inner, *norm = self->norm;
    void *at = scratch;
    real *mask = loci_carve(&at, LOCI_BAND * V * sizeof(real));
    void *buffers = loci_carve(&at, 2 * plane(layer, pass->B, pass->L));
    const saved_planes k = lay_out(self, d, pass, saved ? saved : buffers, saved != NULL);
    if (!norm) {
        inner->class->forward(inner, d->inner, pass, k.inner_y, x, state, k.inner, at);
        add(self, pass, y, x, k.inner_y, mask);
    } else if (self->prenorm) {
        norm->class->forward(norm, d->norm, pass, k.between, x, NULL, k.norm, at);
        inner->class->forward(inner, d->inner, pass, k.inner_y, k.between, state, k.inner, at);
        add(self, pass, y, x, k.inner_y, mask);
    } else {
        inner->class->forward(inner, d->inner, pass, k.inner_y, x, state, k.inner, at);
        add(self, pass, k.between, x, k.inner_y, mask);
        norm->class->forward(norm, d->norm, pass, y, k.between, NULL, k.norm, at);
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    const loci_layer *inner = self->inner, *norm = self->norm;
    void *at = scratch;
    real *mask = loci_carve(&at, LOCI_BAND * V * sizeof(real));
    real *one = loci_carve(&at, plane(layer, pass->B, pass->L)),
         *two = loci_carve(&at, plane(layer, pass->B, pass->L));
    const saved_planes k = lay_out(self, d, pass, saved, 1);
    real *dnorm = gradient + d->inner_gradient;
    if (norm && self->prenorm) {
        add(self, pass, one, NULL, dy, mask);
        inner->class->backward(inner, d->inner, pass, two, gradient, dstate, one, k.between, k.inner_y,
                               k.inner, at);
        norm->class->backward(norm, d->norm, pass, one, dnorm, NULL, two, x, k.between, k.norm, at);
        if (dx)
            loci_loops_get()->add(dx, dy, one, NULL, 0, plane(layer, pass->B, pass->L) / (V * sizeof(real)));
        return;
    }
    real *dsum = dy;
    if (norm) {
        norm->class->backward(norm, d->norm, pass, one, dnorm, NULL, dy, k.between, y, k.norm, at);
        dsum = one;
    }
    add(self, pass, two, NULL, dsum, mask);
    inner->class->backward(inner, d->inner, pass, dx, gradient, dstate, two, x, k.inner_y, k.inner, at);
    if (dx) loci_loops_get()->add(dx, dsum, dx, NULL, 0, plane(layer, pass->B, pass->L) / (V * sizeof(real)));
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    loci_layer_gather(self->inner, d->inner, dp + self->inner_slice, gradient, p + self->inner_slice);
    if (self->norm)
        loci_layer_gather(self->norm, d->norm, dp + self->norm_slice, gradient + d->inner_gradient,
                          p + self->norm_slice);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const residual *self = (const residual *)layer;
    const children *d = derived;
    const loci_layer *inner = self->inner, *norm = self->norm;
    const size_t rows = loci_lane_blocks(layer->inputs) * lanes;
    void *at = scratch;
    real *one = loci_carve(&at, rows * V * sizeof(real)), *two = loci_carve(&at, rows * V * sizeof(real));
    if (norm && self->prenorm) {
        norm->class->step(norm, d->norm, one, x, lanes, NULL, NULL, at);
        inner->class->step(inner, d->inner, two, one, lanes, dt, state, at);
        loci_loops_get()->add(y, x, two, NULL, 0, rows);
        return;
    }
    inner->class->step(inner, d->inner, two, x, lanes, dt, state, at);
    loci_loops_get()->add(norm ? one : y, x, two, NULL, 0, rows);
    if (norm) norm->class->step(norm, d->norm, y, one, lanes, NULL, NULL, at);
}

static void free_layer(loci_layer *layer)
{
    loci_layer_free(((residual *)layer)->inner);
    loci_layer_free(((residual *)layer)->norm);
}

static const loci_layer_class class = {.name = "residual",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
                                       .free = free_layer};

static loci_status create(loci_layer **out, loci_layer *inner, loci_layer *norm,
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
    residual *self;
    const loci_status status = loci_layer_allocate((void **)&self, sizeof *self, &class, options->name,
                                                   inner->inputs, inner->outputs, error);
    if (status) return status;
    self->inner = inner;
    self->norm = norm;
    self->layer.flags = inner->flags;
    self->inner_slice = loci_layer_adopt(&self->layer, inner);
    if (norm) self->norm_slice = loci_layer_adopt(&self->layer, norm);
    self->layer.state = inner->state;
    self->prenorm = options->prenorm;
    self->dropout = (loci_dropout){options->dropout, options->tied, self->layer.stream};
    *out = &self->layer;
    return LOCI_OK;
}

loci_status loci_residual_create(loci_layer **out, loci_layer *inner, loci_layer *norm,
                                 const loci_residual_options *options, loci_error *error)
{
    const loci_status status = create(out, inner, norm, options, error);
    if (status) {
        loci_layer_free(inner);
        loci_layer_free(norm);
    }
    return status;
}
