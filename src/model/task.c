/* SPDX-License-Identifier: MIT
 * task.c - a row for each task. */
#include "model/task.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <loci/reading.h>

#include "base/status.h"
#include "model/loss.h"

/* ---- labels ---- */

static void lose_labels(loci_tally *tally, float *answer, float *dy, const float *y, const double *target,
                        size_t rows, size_t outputs, double scale)
{
    *tally = (loci_tally){0};
    for (size_t k = 0; k < rows; k++) {
        const size_t label = (size_t)target[k], at = k * outputs;
        size_t top;
        tally->loss += loci_loss_cross_entropy_f32(&top, dy ? dy + at : NULL, y + at, outputs, label, scale);
        tally->right += top == label;
        if (answer) answer[k] = (float)top;
    }
}

static double score_labels(const loci_tally *tally, double rows)
{
    return tally->right / rows;
}

/* The softmax. Of no number comes no number. */
static void mean_labels(double *answer, const float *y, size_t outputs, const double *shift,
                        const double *scale)
{
    (void)shift, (void)scale;
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < outputs; i++) most = fmax(most, (double)y[i]);
    for (size_t i = 0; i < outputs; i++) sum += answer[i] = exp((double)y[i] - most);
    for (size_t i = 0; i < outputs; i++) answer[i] /= sum;
}

/* ---- values ---- */

static void lose_values(loci_tally *tally, float *answer, float *dy, const float *y, const double *target,
                        size_t rows, size_t outputs, double scale)
{
    *tally = (loci_tally){0};
    for (size_t at = 0; at < rows * outputs; at += outputs)
        tally->loss += loci_loss_squared_error_f32(dy ? dy + at : NULL, y + at, target + at, outputs, scale);
    if (answer) memcpy(answer, y, rows * outputs * sizeof *answer);
}

static double score_values(const loci_tally *tally, double rows)
{
    return 1 - tally->loss / rows;
}

static void mean_values(double *answer, const float *y, size_t outputs, const double *shift,
                        const double *scale)
{
    for (size_t i = 0; i < outputs; i++)
        answer[i] = (double)y[i] / (scale ? scale[i] : 1) + (shift ? shift[i] : 0);
}

/* ---- the table, in the order of the enumeration ---- */

#define LABELS .score = "accuracy", .key = "accuracy", .unit = "nats"
#define VALUES                                                                                               \
    .score = "variance explained", .key = "variance_explained", .unit = "of the variance", .values = 1

static const loci_task_row table[LOCI_TASKS] = {
    {{.name = "class", .target = "one label", LABELS}, lose_labels, score_labels, mean_labels},
    {{.name = "class-each", .target = "a label at every sample", .each = 1, LABELS},
     lose_labels,
     score_labels,
     mean_labels},
    {{.name = "value", .target = "values", VALUES}, lose_values, score_values, mean_values},
    {{.name = "value-each", .target = "values at every sample", .each = 1, VALUES},
     lose_values,
     score_values,
     mean_values},
    {{.name = "next", .target = "the next token at every sample", .each = 1, .next = 1, LABELS},
     lose_labels,
     score_labels,
     mean_labels},
};

const loci_task_row *loci_task_look_up(loci_task task)
{
    return (size_t)task < LOCI_TASKS ? &table[task] : NULL;
}

const loci_task_info *loci_task_inspect(loci_task task)
{
    return (size_t)task < LOCI_TASKS ? &table[task].is : NULL;
}

loci_status loci_task_find(loci_task *task, const char *name, loci_error *error)
{
    char names[LOCI_TASKS * 32] = "";
    for (size_t i = 0; i < LOCI_TASKS; i++) {
        *task = (loci_task)i;
        if (strcmp(table[i].is.name, name) == 0) return LOCI_OK;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 i == 0               ? ""
                 : i + 1 < LOCI_TASKS ? ", "
                                      : " or ",
                 table[i].is.name);
    }
    return loci_fail(error, LOCI_E_ARGUMENT, "task is \"%.40s\"; %s was expected", name, names);
}

loci_task loci_task_of(int values, int each)
{
    size_t task = 0;
    while (!table[task].is.values != !values || !table[task].is.each != !each ||
           table[task].is.next != (each == LOCI_TARGET_NEXT))
        task++;
    return (loci_task)task;
}
