/* SPDX-License-Identifier: MIT
 * train/trainer.h - what a trainer holds. */
#ifndef LOCI_TRAIN_TRAINER_H
#define LOCI_TRAIN_TRAINER_H

#include <loci/train.h>

#include "train/batch.h"
#include "train/evaluator.h"

/* What of a trainer changes from step to step, beside arrays. It is saved as it stands, number by number. */
typedef struct {
    uint64_t step;               /* taken */
    uint64_t sequences, correct; /* of the epoch so far; correct: labels */
    uint64_t worse;              /* epochs since the best validation */
    uint64_t pending;            /* an epoch has ended and was not validated */
    uint64_t validated;          /* there was a validation: `best` is set */
    uint64_t improved;           /* the last one was the best so far */
    double loss_sum;             /* of the epoch so far */
    double best_loss, best_score;
    double loss, score, lr, norm; /* of the last step */
    double valid_loss, valid_score;
} loci_trainer_position;

struct loci_trainer {
    loci_model *model;
    const loci_task_row *task;         /* the model's */
    const loci_dataset *train, *valid; /* valid may be NULL */
    loci_train_options options;
    loci_team team;
    uint64_t steps, warmup;         /* planned */
    size_t count, steps_an_epoch;   /* sequences of the training set */
    size_t size;                    /* of the arrays below, loci_model_size */
    float *m, *v, *best, *gradient; /* best: NULL without a validation set */
    loci_trainer_position at;
    uint64_t targets; /* of the sequences of the epoch so far */
    loci_batch batch;
    loci_evaluator evaluator; /* of the validation set, if there is one */
    size_t *order;            /* [count], of epoch `ordered` */
    uint64_t ordered;         /* UINT64_MAX: of none */
};

/* Whether all ranks train the same model with the same options on the same data. LOCI_E_MISMATCH, LOCI_E_IO. */
loci_status loci_trainer_alike(const loci_trainer *trainer, loci_error *error);

/* The targets of the sequences of the epoch so far, counted anew, after a position was restored. */
void loci_trainer_count(loci_trainer *trainer);

#endif
