/* SPDX-License-Identifier: MIT
 * model/model.h - what is in a model. */
#ifndef LOCI_MODEL_MODEL_H
#define LOCI_MODEL_MODEL_H

#include <loci/model.h>

struct loci_model {
    loci_model_config config;
    unsigned flags;        /* LOCI_LAYER_STEPS and TRAINS_STEPS, of the whole */
    loci_parameter *table; /* [parameters], offsets from the buffer's beginning */
    size_t parameters;
    size_t count, size;     /* trainable numbers; reals of the buffer */
    float *values;          /* [size] */
    loci_model_about about; /* points into the memory below */
    void *about_memory;     /* one block; NULL: about is empty */
};

#endif
