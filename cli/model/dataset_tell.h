/* SPDX-License-Identifier: MIT
 * dataset_tell.h - what was left out of a data set, in words. */
#ifndef LOCI_CLI_DATASET_TELL_H
#define LOCI_CLI_DATASET_TELL_H

#include <loci/dataset.h>

/* A line on standard error where files are no data. */
void dataset_tell(const char *path, const loci_dataset *set);

#endif
