/* SPDX-License-Identifier: MIT
 * lower_dense.c - parameters by name, and products with matrices. */
#include "export/lower.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"

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

/* Of less than so many inputs, as of an encoder of one, bytes would spare little and cost much. */
enum { LEAST = 8 };

/* Whole numbers in the place of a product's inputs: these times per, and zero more. */
typedef struct {
    int there;
    double per, zero;
} whole_inputs;

/* What makes the answer takes its inputs as they are. The range has 0, so that few numbers go for nothing. */
static whole_inputs inputs_by_ranges(const loci_lowering *l)
{
    if (!l->o->ranges || l->p->answers) return (whole_inputs){0};
    const float *range = l->o->ranges + 2 * l->p->products;
    const double least = fmin(0, (double)range[0]), most = fmax(0, (double)range[1]), span = most - least;
    if (!(span > 0)) return (whole_inputs){1, 0, 0};
    return (whole_inputs){1, 255 / span, rint(-128 - least * 255 / span)};
}

/* Rows of whole numbers, and of each what one of them is: a 127th of the largest. */
static void by_int8(const loci_lowering *l, loci_place y, loci_place x, const char *name, const float *weight,
                    const float *bias, const char *bias_name, size_t inputs, size_t outputs)
{
    const whole_inputs by = inputs_by_ranges(l);
    char own[LOCI_PARAMETER_NAME];
    float *scale = loci_lower_room(l, name, 2 * outputs), *rest = scale ? scale + outputs : NULL;
    int8_t *whole = loci_allocate_by(loci_allocator_of(l->p), outputs, inputs);
    if (!whole) loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for %s", name);
    for (size_t o = 0; o < outputs && scale && whole && weight; o++) {
        const float *row = weight + o * inputs;
        double most = 0, sum = 0;
        for (size_t i = 0; i < inputs; i++) most = fmax(most, fabs((double)row[i]));
        for (size_t i = 0; i < inputs; i++) {
            whole[o * inputs + i] = (int8_t)(most > 0 ? lrint((double)row[i] / most * 127) : 0);
            sum += whole[o * inputs + i];
        }
        const double one = by.there ? by.per > 0 ? most / 127 / by.per : 0 : most / 127;
        scale[o] = (float)one;
        rest[o] = (float)((bias ? (double)bias[o] : 0) - one * by.zero * sum);
    }
    loci_name_join(own, name, "int8"); /* there may be floats of this name, as a tied embedding's */
    const loci_place w = loci_program_constant(l->p, own, LOCI_WORD_I8, whole, inputs * outputs),
                     s = loci_lower_floats(l, name, "scale", scale, outputs);
    if (by.there) {
        const loci_place q = loci_program_take_bytes(l->p, inputs);
        LOCI_DO(l->p, dense_int8_whole, y, x, q, loci_real_number(by.per), loci_real_number(by.zero), w, s,
                loci_lower_floats(l, name, "rest", rest, outputs), loci_number(inputs), loci_number(outputs));
        loci_program_give(l->p, q);
    } else {
        const loci_place b =
            bias ? loci_program_constant(l->p, bias_name, LOCI_WORD_FLOAT, bias, outputs) : loci_none();
        LOCI_DO(l->p, dense_int8, y, x, w, s, b, loci_number(inputs), loci_number(outputs));
    }
    loci_free(scale);
    loci_free(whole);
}

void loci_lower_dense_into(const loci_lowering *l, loci_place y, loci_place x, const char *name,
                           const float *weight, const char *bias_name, const float *bias, size_t inputs,
                           size_t outputs)
{
    if (l->o->weights == LOCI_EXPORT_INT8 && inputs >= LEAST) {
        by_int8(l, y, x, name, weight, bias, bias_name, inputs, outputs);
    } else {
        const loci_place b =
            bias ? loci_program_constant(l->p, bias_name, LOCI_WORD_FLOAT, bias, outputs) : loci_none();
        const loci_place w = loci_program_constant(l->p, name, LOCI_WORD_FLOAT, weight, inputs * outputs);
        LOCI_DO(l->p, dense, y, x, w, b, loci_number(inputs), loci_number(outputs));
    }
    loci_program_product(l->p);
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
