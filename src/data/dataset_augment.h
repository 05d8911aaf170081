/* SPDX-License-Identifier: MIT
 * data/dataset_augment.h - images that are flipped and shifted by chance. */
#ifndef LOCI_DATA_DATASET_AUGMENT_H
#define LOCI_DATA_DATASET_AUGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>

#include "base/private.h"

/* Pixel (r, c) of the image becomes that at (r + down, c + right) of what it was, in a mirror where it is flipped. */
typedef struct {
    bool flip;
    ptrdiff_t down, right;
} loci_dataset_change;

/* The change that a key draws: flip, and shift by up to an eighth of the sides, rounded up, where they are wanted. */
LOCI_PRIVATE loci_dataset_change loci_dataset_draw(const loci_dataset *set, bool flip, bool shift,
                                                   uint64_t key);

/* loci_dataset_read of an image that is changed; 0 where it has no pixel. The set has images. */
LOCI_PRIVATE void loci_dataset_read_changed(const loci_dataset *set, size_t i, loci_dataset_change change,
                                            float *u);

#endif
