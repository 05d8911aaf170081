/* SPDX-License-Identifier: MIT
 * model/task.h - the table of tasks: all that training, evaluation and answers ask of one. */
#ifndef LOCI_MODEL_TASK_H
#define LOCI_MODEL_TASK_H

#include <stddef.h>

#include <loci/task.h>

#include "base/private.h"

/* Of some targets. */
typedef struct {
    double loss;  /* the sum of their losses */
    double right; /* labels: how many were answered */
} loci_tally;

typedef struct {
    loci_task_info is;
    /* *tally of `rows` targets: y [rows][outputs] are what the network says, target [rows] labels or [rows][outputs]
     * normalised values. answer [rows] or [rows][outputs] = the classes or values that y amounts to; dy, like y, = scale
     * times the gradient of the loss; each NULL: not wanted. A loss is not finite where y is not. */
    void (*lose)(loci_tally *tally, float *answer, float *dy, const float *y, const double *target,
                 size_t rows, size_t outputs, double scale);
    /* What the tally of so many targets amounts to while a model learns; of values, whose variance is 1 over the training
     * set, the share of it that is explained. */
    double (*score)(const loci_tally *tally, double rows);
    /* answer [outputs] = what y [outputs] means: probabilities, or values; shift, scale: of the targets, or NULL. */
    void (*mean)(double *answer, const float *y, size_t outputs, const double *shift, const double *scale);
} loci_task_row;

/* NULL: there is no such task. */
LOCI_PRIVATE const loci_task_row *loci_task_look_up(loci_task task);

#endif
