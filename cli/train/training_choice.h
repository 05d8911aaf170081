/* SPDX-License-Identifier: MIT
 * training_choice.h - what a training chooses by itself from the data, in words. */
#ifndef LOCI_CLI_TRAINING_CHOICE_H
#define LOCI_CLI_TRAINING_CHOICE_H

#include <loci/dataset.h>
#include <loci/train.h>

#include "train/training_settings.h"

enum { CHOICE_SIZE = 320 };

/* The share to validate with: what was asked for, or what suits so many sequences. */
double training_choice_share(const training_settings *settings, const loci_dataset_info *all);

/* What of batch, epochs and validation nobody gave, and why it is that: "chosen for 50 sequences of 150 samples: ...". train, and
 * valid or NULL, are parts of what is chosen for. Writes at most CHOICE_SIZE bytes; "" where all was given. */
const char *training_choice_words(char *text, const training_settings *settings, const loci_dataset *train,
                                  const loci_dataset *valid, const loci_train_report *plan,
                                  const loci_train_options *options);

#endif
