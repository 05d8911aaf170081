/* SPDX-License-Identifier: MIT
 * dataset_tell.h - what was left out of a data set, in words. */
#ifndef LOCI_CLI_DATASET_TELL_H
#define LOCI_CLI_DATASET_TELL_H

#include <loci/dataset.h>

/* Lines on standard error where files are no data, a column looks like times, or numbers were missing; of these also those of
 * another split that was read, NULL: none. */
void dataset_tell(const char *path, const loci_dataset *set, const loci_dataset *other);

/* What loci_dataset_open said, or that the file is none with data but one that loci wrote. A status. */
int dataset_fail(const char *path, const loci_error *error);

#endif
