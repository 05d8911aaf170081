/* SPDX-License-Identifier: MIT
 * data/dataset_signals.h - signals in files as the sequences of a data set. */
#ifndef LOCI_DATA_DATASET_SIGNALS_H
#define LOCI_DATA_DATASET_SIGNALS_H

#include "data/dataset_kind.h"

/* A file in the folder, and its label. `doubtful`: by its name it may be no data; it is passed over where it cannot be read. */
typedef struct {
    const char *name;
    size_t label;
    bool doubtful;
} loci_dataset_file;

/* Adds an item a file: tables, arrays, sounds, as loci_signal_open reads them. The first one says what inputs and rate all
 * have; the set becomes one of sounds where there is a rate. */
loci_status loci_dataset_read_signals(loci_dataset *set, const loci_dataset_file *files, size_t count,
                                      const loci_reading *reading, loci_error *error);

#endif
