/* SPDX-License-Identifier: MIT
 * train/learner.h - what the files learner*.c have in common. */
#ifndef LOCI_TRAIN_LEARNER_H
#define LOCI_TRAIN_LEARNER_H

#include <loci/learner.h>

#include "model/model_bank.h"
#include "readout/ridge.h"

struct loci_learner {
    loci_model *model;
    loci_model_bank *bank; /* of the model, for itself, for steps of `rate` */
    double rate;
    size_t features, targets; /* p, q */
    size_t sequences;
    /* Up to p sequences are known one by one: what the bank tells of them, [room][p], and their targets [room][q], which of classes are 1
     * and -1. */
    size_t room;
    float *told;
    double *target;
    /* of more: of the statistics and a constant, p + 1 features; NULL: they are known one by one */
    double *moments;
};

/* The bank's thresholds, into the model. */
loci_status loci_learner_thresholds(loci_learner *learner, const loci_dataset *set,
                                    const loci_learner_options *options, loci_error *error);
/* told [count][p] of sequences first, first + 1, ... of the set; `done` of `all` is what progress is told. */
loci_status loci_learner_look(const loci_learner *learner, float *told, const loci_dataset *set, size_t first,
                              size_t count, const loci_learner_options *options, loci_error *error);
loci_ridge loci_learner_moments(const loci_learner *learner);

#endif
