/* SPDX-License-Identifier: MIT
 * train/train_options.h - whether training options make sense. */
#ifndef LOCI_TRAIN_TRAIN_OPTIONS_H
#define LOCI_TRAIN_TRAIN_OPTIONS_H

#include <loci/train.h>

/* LOCI_E_ARGUMENT: the sentence says which number is outside its range. */
loci_status loci_train_options_check(const loci_train_options *options, loci_error *error);

#endif
