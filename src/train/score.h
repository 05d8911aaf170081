/* SPDX-License-Identifier: MIT
 * train/score.h - what a model's answers to a set come to. */
#ifndef LOCI_TRAIN_SCORE_H
#define LOCI_TRAIN_SCORE_H

#include <loci/train.h>

#include "model/task.h"

typedef struct {
    const loci_task_row *task;
    size_t outputs;
    loci_tally sum;
    size_t targets;
    size_t *confusion; /* [outputs][outputs] of labels, or NULL */
    /* [outputs] of values: sums of squared errors, of targets and of their squares */
    double *error, *first, *squares;
} loci_score;

/* confusion may be NULL. LOCI_E_MEMORY. */
loci_status loci_score_open(loci_score *score, const loci_task_row *task, size_t outputs, size_t *confusion,
                            loci_error *error);
void loci_score_close(loci_score *score);

/* A sequence: its tally, the answers and the (normalised) targets, as the task's `lose` has them. */
void loci_score_add(loci_score *score, const loci_tally *tally, const float *answer, const double *target,
                    size_t rows);

/* targets, loss, score, and error and explained where they are wanted; scale [outputs] of the targets, or NULL. */
void loci_score_finish(const loci_score *score, loci_evaluation *result, const double *scale);

#endif
