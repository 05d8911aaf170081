/* SPDX-License-Identifier: MIT
 * training_show.h - what a training is going to be, and what it came to, in words on standard output. */
#ifndef LOCI_CLI_TRAINING_SHOW_H
#define LOCI_CLI_TRAINING_SHOW_H

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/train.h>

#include "train/training.h"

/* Data, model, parameters, training, and what of it was chosen (training_choice_words). valid may be NULL. from: the
 * model's file that it begins as, or NULL: by the preset. A status. */
int training_show_plan(const char *path, const loci_dataset *train, const loci_dataset *valid,
                       const char *preset, const char *from, const loci_model *model,
                       const loci_train_options *options, const loci_train_report *report,
                       const char *choice);

/* Answer, parameters, time, memory, where the model lies. A status. */
int training_show_result(const training_result *result, const loci_model *model, const training_plan *plan);

#endif
