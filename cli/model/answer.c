/* SPDX-License-Identifier: MIT
 * answer.c - what an answer means, and its numbers as texts. */
#include "model/answer.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_values(const loci_model *model)
{
    return loci_task_inspect(loci_model_description(model)->task)->values;
}

void answer_mean(double *value, const loci_model *model, const float *y)
{
    const size_t outputs = loci_model_configuration(model)->outputs;
    if (loci_model_description(model)->classes || is_values(model))
        loci_model_answer(model, value, y);
    else
        for (size_t i = 0; i < outputs; i++) value[i] = (double)y[i];
}

/* How many columns the outputs are of, where they are rows of several. */
static size_t columns_learned(const loci_reading *r)
{
    return r->learned_count ? r->learned_count : r->value || !r->column_count ? 1 : r->column_count;
}

/* The column whose values output i is, if the model knows its name, not its number alone. */
static const char *column_learned(const loci_reading *r, size_t i, size_t outputs)
{
    if (r->learned_count) return r->learned[i % r->learned_count];
    const bool listed = r->horizon && r->column_count && r->column_count * r->horizon == outputs;
    const char *name = r->value ? r->value : listed ? r->columns[i % r->column_count] : "";
    return name[strspn(name, "0123456789")] ? name : NULL;
}

const char *answer_name(char *text, const loci_model *model, size_t i)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_reading *r = &about->reading;
    const char *column =
        is_values(model) ? column_learned(r, i, loci_model_configuration(model)->outputs) : NULL;
    if (about->classes)
        snprintf(text, ANSWER_SIZE, "p_%.250s", about->classes[i]);
    else if (column && r->horizon)
        snprintf(text, ANSWER_SIZE, "%.200s_%zu", column, i / columns_learned(r) + 1);
    else if (column)
        snprintf(text, ANSWER_SIZE, "%.250s", column);
    else
        snprintf(text, ANSWER_SIZE, loci_model_configuration(model)->outputs == 1 ? "y" : "y%zu", i);
    return text;
}

/* Of a probability 6 digits are enough. Of what the network says the shortest decimal that reads back as the same float; of
 * values one whose error is half that of a float of their difference from the mean, which is what the network gives. */
const char *answer_number(char *text, const loci_model *model, size_t i, double value)
{
    enum { LEAST = 6, MOST = 17 };
    const loci_model_about *about = loci_model_description(model);
    const double near = 0x1p-25 * fabs(value - (about->target_shift ? about->target_shift[i] : 0));
    for (int digits = LEAST; digits <= MOST; digits++) {
        snprintf(text, ANSWER_SIZE, "%.*g", digits, value);
        if (about->classes || !isfinite(value)) break;
        const double read = strtod(text, NULL);
        if (is_values(model) ? fabs(read - value) <= near : (double)strtof(text, NULL) == value) break;
    }
    return text;
}
