/* SPDX-License-Identifier: MIT
 * recall_error.h - how far recall is from the signal itself: recall --against. */
#ifndef LOCI_CLI_RECALL_ERROR_H
#define LOCI_CLI_RECALL_ERROR_H

#include <stdbool.h>

#include "memory/memory_file.h"
#include "shared/source.h"

/* Reads the signal at `path`, which the memory has seen, and writes to `out` (NULL: standard output) the mean
 * square error of recall, as it is and as a share of the signal's variance, as a whole, by age in ten equal
 * parts, and by age in decades of sample intervals; as a table, or as JSON. Columns that the options do not
 * name are those of the memory. plot: NULL, or where a chart of both is drawn. Returns a status of the program. */
int recall_error_signal(const memory_file *k, const char *path, const source_options *options, bool json,
                        const char *out, const char *plot);

#endif
