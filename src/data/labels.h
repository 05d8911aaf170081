/* SPDX-License-Identifier: MIT
 * data/labels.h - labels as they stand in files, words or numbers, and the classes that they name. */
#ifndef LOCI_DATA_LABELS_H
#define LOCI_DATA_LABELS_H

#include "data/dataset_kind.h"

/* Different labels, each with a code, from 0 in the order in which they came. The texts are the set's memory. */
typedef struct {
    const char **names; /* [count] */
    size_t count, room;
    size_t *slots; /* [slot_count] a table of hashes: code + 1, 0 where it is empty */
    size_t slot_count;
    bool exact; /* they are names: numbers in other spellings are others */
} loci_labels;

/* What was expected, where text [length] can be no label: it is no UTF-8, holds control characters, or is longer than 255 bytes, so that
 * it would be printed as another is. NULL: it can be one. */
const char *loci_labels_expected(const char *text, size_t length);

/* *code of text [length], which can be a label; whole numbers in whatever spelling ("1", "1.0", "1e0") are one label, unless
 * labels are exact. LOCI_E_MEMORY. */
loci_status loci_labels_add(loci_labels *labels, size_t *code, loci_dataset *set, const char *text,
                            size_t length, loci_error *error);
void loci_labels_release(loci_labels *labels);

/* The set's classes are the labels, by number where all are numbers, else by name; class [count] = that of each code. */
loci_status loci_labels_classes(size_t *class, const loci_labels *labels, loci_dataset *set,
                                loci_error *error);

#endif
