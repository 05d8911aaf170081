/* SPDX-License-Identifier: MIT
 * chain.c - one layer after another, as one: y = second(first(x)). */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <assert.h>

#include "base/allocate.h"
#include "base/status.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    loci_layer *first, *second;
    size_t first_slice, second_slice; /* of the parameters */
} chain;

typedef struct {
    void *first, *second;
    size_t first_gradient; /* reals before the second's */
} children;

static void close_layer(const loci_layer *layer, void *derived)
{
    const chain *self = (const chain *)layer;
    children *d = derived;
    loci_layer_close(self->first, d->first);
    loci_layer_close(self->second, d->second);
    loci_free(d);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const chain *self = (const chain *)layer;
    children *d = loci_allocate(1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    loci_status status = loci_layer_open(self->first, &d->first, L, error);
    if (!status) status = loci_layer_open(self->second, &d->second, L, error);
    if (status) {
        close_layer(layer, d);
        return status;
    }
    d->first_gradient = self->first->class->memory(self->first, d->first, 1, L).gradient;
    *derived = d;
    return LOCI_OK;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    loci_layer_prepare(self->first, d->first, p + self->first_slice, rate);
    loci_layer_prepare(self->second, d->second, p + self->second_slice, rate);
}

/* Bytes of what goes from the one to the other. */
static size_t plane(const chain *self, size_t B, size_t L)
{
    return B * loci_lane_blocks(self->first->outputs) * (L ? L : 1) * V * sizeof(real);
}

static size_t pointers(size_t B)
{
    return (B * sizeof(real *) + 63) / 64 * 64;
}

/* saved: the first's output, what the first saves, what the second does. scratch: pointers to the second's states, the
 * first's output or its gradient, and what the one or the other needs. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    const loci_layer_memory first = self->first->class->memory(self->first, d->first, B, L),
                            second = self->second->class->memory(self->second, d->second, B, L);
    return (loci_layer_memory){
        .gradient = first.gradient + second.gradient,
        .saved = plane(self, B, L) + first.saved + second.saved,
        .scratch = pointers(B) + plane(self, B, L) +
                   (first.scratch > second.scratch ? first.scratch : second.scratch),
    };
}

typedef struct {
    real *between;
    void *first, *second; /* saved by the children */
} saved_planes;

static saved_planes lay_out(const chain *self, const children *d, const loci_pass *pass, void *at)
{
    const size_t B = pass->B, L = pass->L;
    saved_planes s;
    s.between = loci_carve(&at, plane(self, B, L));
    s.first = loci_carve(&at, self->first->class->memory(self->first, d->first, B, L).saved);
    s.second = at;
    return s;
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    void *at = scratch;
    real **states = loci_carve(&at, pointers(pass->B));
    saved_planes s = {.between = loci_carve(&at, plane(self, pass->B, pass->L))};
    if (saved) s = lay_out(self, d, pass, saved);
    self->first->class->forward(self->first, d->first, pass, s.between, x, state, s.first, at);
    self->second->class->forward(self->second, d->second, pass, y, s.between,
                                 loci_layer_slices(states, state, self->first->state, pass->B), s.second, at);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    void *at = scratch;
    real **states = loci_carve(&at, pointers(pass->B));
    real *dbetween = loci_carve(&at, plane(self, pass->B, pass->L));
    const saved_planes s = lay_out(self, d, pass, saved);
    self->second->class->backward(self->second, d->second, pass, dbetween, gradient + d->first_gradient,
                                  loci_layer_slices(states, dstate, self->first->state, pass->B), dy,
                                  s.between, y, s.second, at);
    self->first->class->backward(self->first, d->first, pass, dx, gradient, dstate, dbetween, x, s.between,
                                 s.first, at);
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    loci_layer_gather(self->first, d->first, dp + self->first_slice, gradient, p + self->first_slice);
    loci_layer_gather(self->second, d->second, dp + self->second_slice, gradient + d->first_gradient,
                      p + self->second_slice);
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const chain *self = (const chain *)layer;
    const children *d = derived;
    void *at = scratch;
    real **states = loci_carve(&at, pointers(lanes));
    real *between = loci_carve(&at, plane(self, lanes, 1));
    self->first->class->step(self->first, d->first, between, x, lanes, dt, state, at);
    self->second->class->step(self->second, d->second, y, between, lanes, dt,
                              loci_layer_slices(states, state, self->first->state, lanes), at);
}

static void free_layer(loci_layer *layer)
{
    loci_layer_free(((chain *)layer)->first);
    loci_layer_free(((chain *)layer)->second);
}

static const loci_layer_class class = {.name = "chain",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
                                       .free = free_layer};

static loci_status create(loci_layer **out, loci_layer *first, loci_layer *second, loci_error *error)
{
    assert(!((first->flags | second->flags) & LOCI_LAYER_SHRINKS));
    if (first->outputs != second->inputs)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "layer %s gives %zu channels, and %s, which follows, takes %zu; the same number was "
                         "expected",
                         first->name, first->outputs, second->name, second->inputs);
    chain *self;
    const loci_status status = loci_layer_allocate((void **)&self, sizeof *self, &class, first->name,
                                                   first->inputs, second->outputs, error);
    if (status) return status;
    self->first = first;
    self->second = second;
    self->first_slice = loci_layer_adopt(&self->layer, first);
    self->second_slice = loci_layer_adopt(&self->layer, second);
    self->layer.flags = first->flags | second->flags;
    self->layer.state = first->state + second->state;
    *out = &self->layer;
    return LOCI_OK;
}

loci_status loci_chain_create(loci_layer **out, loci_layer *first, loci_layer *second, loci_error *error)
{
    const loci_status status = create(out, first, second, error);
    if (status) {
        loci_layer_free(first);
        loci_layer_free(second);
    }
    return status;
}
