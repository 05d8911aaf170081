/* SPDX-License-Identifier: MIT
 * model/model.h - what is in a model. */
#ifndef LOCI_MODEL_MODEL_H
#define LOCI_MODEL_MODEL_H

#include <loci/model.h>

struct loci_model {
    loci_model_config config;
    unsigned flags;        /* loci_layer_flags that any layer has */
    loci_parameter *table; /* [parameters], offsets from the buffer's beginning */
    size_t parameters;
    size_t count, size;     /* trainable numbers; reals of the buffer */
    float *values;          /* [size] */
    double *modes;          /* how modes begin (initial_modes.h); NULL: by no table, or not yet */
    loci_model_about about; /* points into the memory below */
    void *about_memory;     /* one block; NULL: about is empty */
};

/* loci_model_create in two halves, for a model whose values come from elsewhere: first everything but these, however many there
 * would be, and but how modes begin; then room for them. */
loci_status loci_model_outline(loci_model **model, const loci_model_config *config, loci_error *error);
loci_status loci_model_room(loci_model *model, loci_error *error);

#endif
