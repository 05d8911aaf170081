/* SPDX-License-Identifier: MIT
 *
 * trained_columns.h - the columns, and the windows, of a table that a model was trained on, in a table that it is to answer.
 */
#ifndef LOCI_CLI_TRAINED_COLUMNS_H
#define LOCI_CLI_TRAINED_COLUMNS_H

#include <loci/model.h>

#include "shared/source.h"

/* Options for source_open, which are in use as long as this is open; {0} and what was opened, even in vain, are for
 * trained_columns_close. */
typedef struct {
    source_options options;
    loci_signal *names; /* whose names are pointed to */
    const char **chosen;
} trained_columns;

/* What `asked` leaves open of the file at path is as in the training: skip, decimal, mono, and the columns: those named there, those that
 * are called as its inputs, or all but the columns of times, targets and groups. A file that has other columns, or none with names, is left as it is. Returns a status of
 * the program. */
int trained_columns_open(trained_columns *columns, const char *path, const source_options *asked,
                         const loci_reading *reading, size_t inputs);
void trained_columns_close(trained_columns *columns);

/* Says that columns [count], which were taken in their order, have other names than the inputs of the training; names NULL: none. */
void trained_columns_compare(const char *path, const loci_reading *reading, const char *const *names,
                             size_t count);
/* The same of a signal that was opened so. */
void trained_columns_tell(const char *path, const source_options *asked, const loci_reading *reading,
                          const loci_signal *signal);

/* How many rows the windows of a table had from which a model learned that has one answer for each; 0: it learned from whole
 * sequences, or answers at every sample. */
size_t trained_window(const loci_model_about *about);

#endif
