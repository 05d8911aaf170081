/* SPDX-License-Identifier: MIT
 * layer/pair.h - two layers inside one: what chain, gate, both and residual do alike.
 *
 * A combinator's struct begins with a loci_pair. Its parameters, gradient and state are those of the first child, then those
 * of the second; its flags are those that either has; the functions of its class that do not depend on how the two are joined
 * are the ones below, and its forward, backward and step call those of a child. */
#ifndef LOCI_LAYER_PAIR_H
#define LOCI_LAYER_PAIR_H

#include "layer/layer.h"

#define loci_pair LOCI_NAME(loci_pair)
#define loci_pair_create LOCI_NAME(loci_pair_create)
#define loci_pair_free LOCI_NAME(loci_pair_free)
#define loci_pair_open LOCI_NAME(loci_pair_open)
#define loci_pair_close LOCI_NAME(loci_pair_close)
#define loci_pair_prepare LOCI_NAME(loci_pair_prepare)
#define loci_pair_gather LOCI_NAME(loci_pair_gather)
#define loci_pair_memory LOCI_NAME(loci_pair_memory)
#define loci_pair_lend LOCI_NAME(loci_pair_lend)
#define loci_pair_round_products LOCI_NAME(loci_pair_round_products)
#define loci_pair_forward LOCI_NAME(loci_pair_forward)
#define loci_pair_backward LOCI_NAME(loci_pair_backward)
#define loci_pair_step LOCI_NAME(loci_pair_step)

typedef struct {
    loci_layer layer;
    loci_layer *child[2]; /* the second may be NULL */
    size_t slice[2];      /* where their parameters begin */
} loci_pair;

/* As loci_layer_allocate. Takes both children over, on failure too; neither shrinks. */
loci_status loci_pair_create(void **pair, size_t size, const loci_layer_class *class, const char *name,
                             size_t inputs, size_t outputs, loci_layer *first, loci_layer *second,
                             loci_error *error);

/* For the class. */
void loci_pair_free(loci_layer *layer);
loci_status loci_pair_open(const loci_layer *layer, void **derived, size_t L, loci_error *error);
void loci_pair_close(const loci_layer *layer, void *derived);
void loci_pair_prepare(const loci_layer *layer, void *derived, const real *p, double rate);
void loci_pair_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p);

void loci_pair_lend(const loci_layer *layer, void *derived, const loci_crew *crew);
void loci_pair_round_products(loci_layer *layer);

/* What both children need: the sum of what they save, the larger scratch. */
loci_layer_memory loci_pair_memory(const loci_layer *layer, const void *derived, size_t B, size_t L);

/* Of child `which`, 0 or 1, as in its class; states, gradient, saved (or NULL) and scratch are the pair's, of the sizes of
 * loci_pair_memory. */
void loci_pair_forward(const loci_layer *layer, const void *derived, int which, const loci_pass *pass,
                       real *y, const real *x, real *const *state, void *saved, void *scratch);
void loci_pair_backward(const loci_layer *layer, const void *derived, int which, const loci_pass *pass,
                        real *dx, real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                        void *saved, void *scratch);
void loci_pair_step(const loci_layer *layer, const void *derived, int which, real *y, const real *x,
                    size_t lanes, const double *dt, real *const *state, void *scratch);

#endif
