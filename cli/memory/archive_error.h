/* SPDX-License-Identifier: MIT
 * archive_error.h - how far the recall of an archive is from the signal itself: recall --against. */
#ifndef LOCI_CLI_ARCHIVE_ERROR_H
#define LOCI_CLI_ARCHIVE_ERROR_H

#include <stdbool.h>

#include "memory/memory_file.h"
#include "memory/recall_error.h"
#include "shared/source.h"

/* Reads the signal at `path`, which the archive was made of, and writes the rms and the largest difference of recall, beside what
 * the archive states of itself, and shares of the variance by age, to `out` (NULL: standard output). Returns a status of the
 * program. */
int archive_error_signal(const memory_file *k, const char *path, const source_options *options, bool json,
                         const char *out, const recall_error_picture *picture);

#endif
