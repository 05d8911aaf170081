/* SPDX-License-Identifier: MIT
 * lower_dense.c - parameters by name, and products with matrices. */
#include "export/lower.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"

static const float *find(const loci_lowering *l, const char *name)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(l->model, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) return loci_model_values_const(l->model) + table[i].offset;
    loci_program_fail(l->p, LOCI_E_UNSUPPORTED, "the model has no parameter %s, which its layers are made of",
                      name);
    return NULL;
}

const float *loci_lower_parameter(const loci_lowering *l, const char *format, ...)
{
    char name[LOCI_PARAMETER_NAME];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return find(l, name);
}

void loci_name_join(char name[LOCI_PARAMETER_NAME], const char *layer, const char *part)
{
    snprintf(name, LOCI_PARAMETER_NAME, "%s.%s", layer, part);
}

loci_place loci_lower_constant(const loci_lowering *l, const char *layer, const char *part, size_t count)
{
    char name[LOCI_PARAMETER_NAME];
    loci_name_join(name, layer, part);
    return loci_program_constant(l->p, name, LOCI_WORD_FLOAT, find(l, name), count);
}

loci_place loci_lower_floats(const loci_lowering *l, const char *layer, const char *part, const float *data,
                             size_t count)
{
    char name[LOCI_PARAMETER_NAME];
    loci_name_join(name, layer, part);
    return loci_program_constant(l->p, name, LOCI_WORD_FLOAT, data, count);
}

loci_place loci_lower_field(const loci_lowering *l, const char *layer, const char *part, loci_word word,
                            size_t count)
{
    char name[LOCI_PARAMETER_NAME];
    loci_name_join(name, layer, part);
    return loci_program_field(l->p, name, word, count);
}

float *loci_lower_room(const loci_lowering *l, const char *layer, size_t count)
{
    float *room = l->p->status ? NULL : loci_allocate_by(loci_allocator_of(l->p), count, sizeof *room);
    if (!room) loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", layer);
    return room;
}

void loci_lower_dense_into(const loci_lowering *l, loci_place y, loci_place x, const char *name,
                           const float *weight, const char *bias_name, const float *bias, size_t inputs,
                           size_t outputs)
{
    const loci_place w = loci_program_constant(l->p, name, LOCI_WORD_FLOAT, weight, inputs * outputs);
    const loci_place b =
        bias ? loci_program_constant(l->p, bias_name, LOCI_WORD_FLOAT, bias, outputs) : loci_none();
    LOCI_DO(l->p, dense, y, x, w, b, loci_number(inputs), loci_number(outputs));
}

loci_place loci_lower_dense(const loci_lowering *l, loci_place x, const char *layer, const char *weight,
                            const char *bias, size_t inputs, size_t outputs)
{
    char name[LOCI_PARAMETER_NAME], bias_name[LOCI_PARAMETER_NAME];
    loci_name_join(name, layer, weight);
    loci_name_join(bias_name, layer, bias ? bias : "");
    const loci_place y = loci_program_take(l->p, outputs);
    loci_lower_dense_into(l, y, x, name, find(l, name), bias_name, bias ? find(l, bias_name) : NULL, inputs,
                          outputs);
    return y;
}
