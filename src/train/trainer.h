/* SPDX-License-Identifier: MIT
 * train/trainer.h - what a trainer holds. */
#ifndef LOCI_TRAIN_TRAINER_H
#define LOCI_TRAIN_TRAINER_H

#include <loci/train.h>

#include "train/batch.h"

/* What of a trainer changes from step to step, beside arrays. It is saved as it stands, number by number. */
typedef struct {
    uint64_t step;               /* taken */
    uint64_t sequences, correct; /* of the epoch so far */
    uint64_t worse;              /* epochs since the best validation */
    uint64_t pending;            /* an epoch has ended and was not validated */
    uint64_t validated;          /* there was a validation: `best` is set */
    uint64_t improved;           /* the last one was the best so far */
    double loss_sum;             /* of the epoch so far */
    double best_loss, best_accuracy;
    double loss, accuracy, lr, norm; /* of the last step */
    double valid_loss, valid_accuracy;
} loci_trainer_position;

struct loci_trainer {
    loci_model *model;
    const loci_dataset *train, *valid; /* valid may be NULL */
    loci_train_options options;
    uint64_t steps, warmup;         /* planned */
    size_t count, steps_an_epoch;   /* sequences of the training set */
    size_t size;                    /* of the arrays below, loci_model_size */
    float *m, *v, *best, *gradient; /* best: NULL without a validation set */
    loci_trainer_position at;
    loci_batch batch;
    size_t *order;    /* [count], of epoch `ordered` */
    uint64_t ordered; /* UINT64_MAX: of none */
};

#endif
