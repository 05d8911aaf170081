/* SPDX-License-Identifier: MIT
 * data/dataset_gaps.h - numbers that are missing, NAN, and the ones before them that stand in their place. */
#ifndef LOCI_DATA_DATASET_GAPS_H
#define LOCI_DATA_DATASET_GAPS_H

#include <math.h>

#include "data/dataset_kind.h"

/* Rows first to last - 1 of x [last][width]: where a number is missing, the one above it. Returns the index in x of one that has
 * none above, [last width]: there is none. Counts them. */
static inline size_t loci_dataset_fill(loci_dataset *set, double *x, size_t first, size_t last, size_t width)
{
    for (size_t i = first * width; i < last * width; i++) {
        if (!isnan(x[i])) continue;
        if (i < width) return i;
        x[i] = x[i - width];
        set->missing++;
    }
    return last * width;
}

/* What is said of a missing number, be it that it is refused or that nothing can be held: behind the place and the name. */
static inline const char *loci_dataset_gap(const loci_reading *reading)
{
    return reading->hold ? "has no value yet that could be held; a number was expected first"
                         : "is missing or not a number; a number was expected, or --missing hold";
}

#endif
