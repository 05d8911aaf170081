/* SPDX-License-Identifier: MIT
 * train/evaluator.h - how good a model is on a set, again and again. */
#ifndef LOCI_TRAIN_EVALUATOR_H
#define LOCI_TRAIN_EVALUATOR_H

#include <loci/train.h>

#include "train/runner.h"
#include "base/team.h"

typedef struct {
    loci_runner runner;
    loci_team team;
    size_t hands;           /* threads of all ranks */
    size_t *part;           /* [ranks + 1] bytes of the ranks, of what is gathered */
    loci_micro_batch micro; /* of the group at hand */
    size_t count;           /* of sequences */
    size_t first, end;      /* of the round */
    size_t *sequences;      /* [count], 0, 1, ... */
    size_t *place;          /* [count] */
    float *answer;          /* of a round; grows when one needs it */
    size_t answers, room;   /* floats of the round's, and for how many there is room */
    double *target;         /* of one sequence, the longest */
} loci_evaluator;

/* Of a set that fits the model; both must live as long. LOCI_E_MEMORY, LOCI_E_IO. */
loci_status loci_evaluator_open(loci_evaluator *evaluator, const loci_model *model, const loci_dataset *set,
                                const loci_team *team, size_t threads, double rate, loci_error *error);
void loci_evaluator_close(loci_evaluator *evaluator); /* of zeros is allowed */

/* As loci_evaluate. */
loci_status loci_evaluator_run(loci_evaluator *evaluator, loci_evaluation *result,
                               int (*progress)(void *, size_t done, size_t all), void *context,
                               loci_error *error);

#endif
