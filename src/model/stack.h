/* SPDX-License-Identifier: MIT
 * model/stack.h - the layers of a model, one after the other, with their slices of parameters and states. */
#ifndef LOCI_MODEL_STACK_H
#define LOCI_MODEL_STACK_H

#include <loci/model.h>

#include "layer/layer.h"

#define loci_stack LOCI_NAME(loci_stack)
#define loci_stack_create LOCI_NAME(loci_stack_create)
#define loci_stack_free LOCI_NAME(loci_stack_free)

typedef struct {
    loci_layer *layer;
    size_t parameters, state; /* where its slices begin, in reals */
} loci_stack_layer;

typedef struct {
    size_t count;
    loci_stack_layer *at; /* [count] */
    size_t size, state;   /* reals of all parameters, and of a sequence's state */
    unsigned flags;       /* those that any layer has */
    size_t widest;        /* most channels between layers */
    int tied;             /* the last layer has the parameters of the first */
} loci_stack;

/* A configuration whose numbers are in their ranges (loci_model_create sees to that). After a failure there is nothing
 * to free. */
loci_status loci_stack_create(loci_stack *stack, const loci_model_config *config, loci_error *error);
void loci_stack_free(loci_stack *stack);

#endif
