/* SPDX-License-Identifier: MIT
 * training_files.h - that a training does not write over its data. */
#ifndef LOCI_CLI_TRAINING_FILES_H
#define LOCI_CLI_TRAINING_FILES_H

#include <stddef.h>

#include "train/training_settings.h"

/* As overwrite_check, of the model, of what is kept beside it under its name and this ending, of the log and of the chart. In
 * folders of data they may be written again, where they are what is there. */
int training_files_check(const training_settings *s, const char *beside, const char *const *read,
                         size_t reads, const char *command);

#endif
