/* SPDX-License-Identifier: MIT
 *
 * model_inputs.h - doubles on their way into a model of floats.
 *
 * A model takes floats and shifts and scales them itself. Of numbers far from 0 beside their range a float leaves little;
 * for a model that was trained on such, both are taken out of it and done here, in double.
 */
#ifndef LOCI_CLI_MODEL_INPUTS_H
#define LOCI_CLI_MODEL_INPUTS_H

#include <stddef.h>

#include <loci/model.h>

typedef struct {
    double *shift, *scale; /* [inputs]; NULL: the model's own */
} model_inputs;

/* 0, or a status after saying what went wrong. Pointers into the model's description are not valid any more. */
int model_inputs_open(model_inputs *inputs, loci_model *model);
void model_inputs_close(model_inputs *inputs);

/* A sample of input c. */
static inline float model_input(const model_inputs *inputs, size_t c, double x)
{
    return inputs->shift ? (float)((x - inputs->shift[c]) * inputs->scale[c]) : (float)x;
}

#endif
