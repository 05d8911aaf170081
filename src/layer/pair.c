/* SPDX-License-Identifier: MIT
 * pair.c - two layers inside one. */
#include "base/each_precision.h"

#include "layer/pair.h"

#include <assert.h>

#include "base/allocate.h"
#include "base/status.h"

typedef struct {
    void *of[2];
    size_t first_gradient; /* reals of the first child's */
} children;

static const loci_pair *pair_of(const loci_layer *layer)
{
    return (const loci_pair *)layer;
}

/* How many children there are. */
static int count(const loci_layer *layer)
{
    return pair_of(layer)->child[1] ? 2 : 1;
}

/* ---- life ---- */

loci_status loci_pair_create(void **out, size_t size, const loci_layer_class *class, const char *name,
                             size_t inputs, size_t outputs, loci_layer *first, loci_layer *second,
                             loci_error *error)
{
    loci_pair *pair;
    const loci_status status = loci_layer_allocate((void **)&pair, loci_allocator_of(first), size, class,
                                                   name, inputs, outputs, error);
    if (status) {
        loci_layer_free(first);
        loci_layer_free(second);
        return status;
    }
    pair->child[0] = first;
    pair->child[1] = second;
    for (int i = 0; i < count(&pair->layer); i++) {
        const loci_layer *child = pair->child[i];
        assert(!(child->flags & LOCI_LAYER_SHRINKS));
        pair->slice[i] = loci_layer_adopt(&pair->layer, child);
        pair->layer.flags |= child->flags;
        pair->layer.state += child->state;
    }
    *out = pair;
    return LOCI_OK;
}

void loci_pair_free(loci_layer *layer)
{
    loci_layer_free(pair_of(layer)->child[0]);
    loci_layer_free(pair_of(layer)->child[1]);
}

void loci_pair_close(const loci_layer *layer, void *derived)
{
    children *d = derived;
    for (int i = 0; i < count(layer); i++) loci_layer_close(pair_of(layer)->child[i], d->of[i]);
    loci_free(d);
}

void loci_pair_lend(const loci_layer *layer, void *derived, const loci_crew *crew)
{
    children *d = derived;
    for (int i = 0; i < count(layer); i++) loci_layer_lend(pair_of(layer)->child[i], d->of[i], crew);
}

void loci_pair_round_products(loci_layer *layer)
{
    for (int i = 0; i < count(layer); i++) loci_layer_round_products(pair_of(layer)->child[i]);
}

static loci_layer_memory memory_of(const loci_layer *layer, const children *d, int which, size_t B, size_t L)
{
    const loci_layer *child = pair_of(layer)->child[which];
    return child->class->memory(child, d->of[which], B, L);
}

loci_status loci_pair_open(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    children *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    for (int i = 0; i < count(layer); i++) {
        const loci_status status = loci_layer_open(pair_of(layer)->child[i], &d->of[i], L, error);
        if (status) {
            loci_pair_close(layer, d);
            return status;
        }
    }
    d->first_gradient = memory_of(layer, d, 0, 1, L).gradient;
    *derived = d;
    return LOCI_OK;
}

void loci_pair_prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const loci_pair *self = pair_of(layer);
    const children *d = derived;
    for (int i = 0; i < count(layer); i++)
        loci_layer_prepare(self->child[i], d->of[i], p + self->slice[i], rate);
}

void loci_pair_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const loci_pair *self = pair_of(layer);
    const children *d = derived;
    for (int i = 0; i < count(layer); i++)
        loci_layer_gather(self->child[i], d->of[i], dp + self->slice[i],
                          gradient + (i ? d->first_gradient : 0), p + self->slice[i]);
}

/* ---- work: scratch begins with pointers to the second child's states ---- */

static size_t pointers(size_t B)
{
    return (B * sizeof(real *) + 63) / 64 * 64;
}

loci_layer_memory loci_pair_memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    loci_layer_memory all = {0};
    for (int i = 0; i < count(layer); i++) {
        const loci_layer_memory m = memory_of(layer, derived, i, B, L);
        all.gradient += m.gradient;
        all.saved += m.saved;
        if (m.scratch > all.scratch) all.scratch = m.scratch;
    }
    all.scratch += pointers(B);
    return all;
}

/* A child's share of what the pair saves. */
static void *saved_of(const loci_layer *layer, const children *d, int which, const loci_pass *pass,
                      void *saved)
{
    return saved && which ? (char *)saved + memory_of(layer, d, 0, pass->B, pass->L).saved : saved;
}

/* ... and of its states. */
static real *const *states_of(const loci_layer *layer, int which, real *const *state, size_t B, void **at)
{
    real **slices = loci_carve(at, pointers(B));
    return which ? loci_layer_slices(slices, state, pair_of(layer)->child[0]->state, B) : state;
}

void loci_pair_forward(const loci_layer *layer, const void *derived, int which, const loci_pass *pass,
                       real *y, const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_layer *child = pair_of(layer)->child[which];
    const children *d = derived;
    real *const *states = states_of(layer, which, state, pass->B, &scratch);
    child->class->forward(child, d->of[which], pass, y, x, states, saved_of(layer, d, which, pass, saved),
                          scratch);
}

void loci_pair_backward(const loci_layer *layer, const void *derived, int which, const loci_pass *pass,
                        real *dx, real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                        void *saved, void *scratch)
{
    const loci_layer *child = pair_of(layer)->child[which];
    const children *d = derived;
    real *const *dstates = states_of(layer, which, dstate, pass->B, &scratch);
    child->class->backward(child, d->of[which], pass, dx, gradient + (which ? d->first_gradient : 0), dstates,
                           dy, x, y, saved_of(layer, d, which, pass, saved), scratch);
}

void loci_pair_step(const loci_layer *layer, const void *derived, int which, real *y, const real *x,
                    size_t lanes, const double *dt, real *const *state, void *scratch)
{
    const loci_layer *child = pair_of(layer)->child[which];
    const children *d = derived;
    real *const *states = states_of(layer, which, state, lanes, &scratch);
    child->class->step(child, d->of[which], y, x, lanes, dt, states, scratch);
}
