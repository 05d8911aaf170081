/* SPDX-License-Identifier: MIT
 * recall_error.h - how far recall is from the signal itself: recall --against. */
#ifndef LOCI_CLI_RECALL_ERROR_H
#define LOCI_CLI_RECALL_ERROR_H

#include <stdbool.h>

#include "memory/memory_file.h"
#include "shared/source.h"

/* The chart that is wanted besides. */
typedef struct {
    const char *path;          /* NULL: none */
    const memory_file *beside; /* another memory or archive of the signal, drawn too; or NULL */
} recall_error_picture;

/* Whether the chart goes to the terminal in place of the numbers. */
bool recall_error_drawn(const recall_error_picture *picture, const char *out);

/* Reads the signal at `path`, which the memory has seen, and writes to `out` (NULL: standard output) the mean
 * square error of recall, as it is and as a share of the signal's variance, as a whole, by age in ten equal
 * parts, and by age in decades of sample intervals; as a table, or as JSON. What the options do not say of how the signal is
 * read is as the memory read it. Returns a status of the program. */
int recall_error_signal(const memory_file *k, const char *path, const source_options *options, bool json,
                        const char *out, const recall_error_picture *picture);

#endif
