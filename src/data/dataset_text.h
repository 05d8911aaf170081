/* SPDX-License-Identifier: MIT
 * data/dataset_text.h - the text of a file of many sequences, whole. */
#ifndef LOCI_DATA_DATASET_TEXT_H
#define LOCI_DATA_DATASET_TEXT_H

#include "data/dataset_kind.h"

/* *text [*size] of the file at path, unpacked if gzip packed it, which ends in a newline, to be released by loci_free: "" where the file is empty. A NUL byte
 * is LOCI_E_FORMAT. */
loci_status loci_dataset_text_read(char **text, size_t *size, const loci_dataset *set, const char *path,
                                   loci_error *error);

/* Numbers one after the other, growing. */
typedef struct {
    double *at; /* [count] */
    size_t count, room;
} loci_numbers;
/* false: out of memory. */
bool loci_numbers_add(loci_numbers *numbers, double value);

/* The text whole, as the set's memory, quoted for messages. NULL: out of memory. */
char *loci_dataset_text_quoted(loci_dataset *set, const char *text, size_t length);

#endif
