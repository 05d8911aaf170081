/* SPDX-License-Identifier: MIT
 *
 * model_inputs.h - doubles on their way into a model of floats.
 *
 * A model takes floats and shifts and scales them itself. Of numbers far from 0 beside their range a float leaves little;
 * for a model that was trained on such, both are done here, in double.
 */
#ifndef LOCI_CLI_MODEL_INPUTS_H
#define LOCI_CLI_MODEL_INPUTS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <loci/model.h>

typedef struct {
    double *shift, *scale; /* [inputs]; NULL: the model's own */
    size_t tokens;         /* samples are numbers below this one; 0: they are no tokens */
} model_inputs;

/* 0, or a status after saying what went wrong. The model stays as it is: with shift and scale here, loci_stream_tables_frame says so. */
int model_inputs_find(model_inputs *inputs, const loci_model *model);
/* The same, and both are taken out of the model, which is another one then: not for states, which are bound to it. Pointers into its
 * description are not valid any more. */
int model_inputs_open(model_inputs *inputs, loci_model *model);
void model_inputs_close(model_inputs *inputs);

/* A sample of input c. */
static inline float model_input(const model_inputs *inputs, size_t c, double x)
{
    return inputs->shift ? (float)((x - inputs->shift[c]) * inputs->scale[c]) : (float)x;
}

/* Whether x can be one: finite as a float, and of a model of tokens the number of one. */
static inline bool model_input_good(const model_inputs *inputs, size_t c, double x)
{
    if (inputs->tokens) return x >= 0 && x < (double)inputs->tokens && x == floor(x);
    return isfinite(model_input(inputs, c, x));
}

/* What was expected of x, which is none: "a finite number in single precision", "a token, a whole number of 0 to 9,". */
const char *model_input_expected(char *text, size_t size, const model_inputs *inputs);

#endif
