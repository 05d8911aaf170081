/* SPDX-License-Identifier: MIT
 * training_chance.h - whether a training learned anything: a test against those who always give the same answer. */
#ifndef LOCI_CLI_TRAINING_CHANCE_H
#define LOCI_CLI_TRAINING_CHANCE_H

#include <loci/dataset.h>

#include "train/training.h"

/* Warns where the best model's score, on valid or, if that is NULL, on train, cannot be told from that of the most frequent class
 * at 5 %; that it is the best of several validations counts (Bonferroni). Likewise from the mean of values, and from the label that
 * most samples have. */
void training_chance_warn(const training_result *result, const loci_dataset *train,
                          const loci_dataset *valid);

#endif
