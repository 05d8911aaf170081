/* SPDX-License-Identifier: MIT
 * data/dataset_arrays.h - what the files of a split of arrays hold, and the classes of their labels. */
#ifndef LOCI_DATA_DATASET_ARRAYS_H
#define LOCI_DATA_DATASET_ARRAYS_H

#include <loci/data.h>

#include "data/labels.h"

typedef struct {
    int number;               /* 0: training, 1: test, 2: validation */
    bool words;               /* y was of words: it holds their codes */
    loci_array x, y, lengths; /* lengths: empty where all sequences have as many samples as x has */
    loci_target target;
    size_t width, stride; /* numbers of a target; of y for a sequence */
} loci_arrays_split;

static inline size_t loci_arrays_length(const loci_arrays_split *s, size_t i)
{
    return s->lengths.data ? (size_t)s->lengths.data[i] : s->x.shape[1];
}

/* Numbers of the target of sequence i, from y->data[i * stride] on; what is behind its end does not count. */
static inline size_t loci_arrays_target_size(const loci_arrays_split *s, size_t i)
{
    return (s->target.each ? loci_arrays_length(s, i) : 1) * s->width;
}

/* The set's classes are the different labels of `training`, which may be s itself, in their order; those of s become their places.
 * labels: of words, the codes of both. A label that none of `training` has is LOCI_E_FORMAT. */
loci_status loci_arrays_classes(loci_dataset *set, loci_arrays_split *s, loci_arrays_split *training,
                                const loci_labels *labels, loci_error *error);

#endif
