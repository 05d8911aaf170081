/* SPDX-License-Identifier: MIT
 * export/lower.h - from layers of a model to calls of a program.
 *
 * A layer's function reads x and returns a room of its own with the answer; x stays as it is, and its owner gives it back. */
#ifndef LOCI_EXPORT_LOWER_H
#define LOCI_EXPORT_LOWER_H

#include "export/program.h"

typedef struct {
    loci_export *p;
    const loci_model *model;
    const loci_model_config *c;
    size_t at; /* the number of the layer, from 0 */
    const loci_export_options *o;
} loci_lowering;

/* The values of a parameter by its name; what is missing fails the program, and gives NULL. */
const float *loci_lower_parameter(const loci_lowering *l, const char *format, ...);
/* A parameter as a constant. */
loci_place loci_lower_constant(const loci_lowering *l, const char *layer, const char *part, size_t count);

/* name = layer.part */
void loci_name_join(char name[LOCI_PARAMETER_NAME], const char *layer, const char *part);

/* Numbers as a constant layer.part; and a field of the state of that name. */
loci_place loci_lower_floats(const loci_lowering *l, const char *layer, const char *part, const float *data,
                             size_t count);
loci_place loci_lower_field(const loci_lowering *l, const char *layer, const char *part, loci_word word,
                            size_t count);
/* Room for `count` floats while constants are worked out, to be released by loci_free; NULL: the program has failed. */
float *loci_lower_room(const loci_lowering *l, const char *layer, size_t count);

/* y = weight x + bias: every product with a matrix goes through here, and takes the form that the options ask for. The constant is called `name`; bias NULL: none. */
void loci_lower_dense_into(const loci_lowering *l, loci_place y, loci_place x, const char *name,
                           const float *weight, const char *bias_name, const float *bias, size_t inputs,
                           size_t outputs);
/* The same with parameters layer.weight and layer.bias, by these names; bias NULL: none. */
loci_place loci_lower_dense(const loci_lowering *l, loci_place x, const char *layer, const char *weight,
                            const char *bias, size_t inputs, size_t outputs);

/* The layers of a model, by kind: `name` is what the names of their parameters begin with. */
typedef loci_place loci_lower_layer(const loci_lowering *l, loci_place x, const char *name, size_t inputs);
loci_lower_layer loci_lower_s4, loci_lower_lstm, loci_lower_gru, loci_lower_mingru, loci_lower_conv,
    loci_lower_s5, loci_lower_mamba, loci_lower_mamba2, loci_lower_attention, loci_lower_bank;

#endif
