/* SPDX-License-Identifier: MIT
 * dataset_augment.c - images, flipped and shifted as they are read, before they are permuted. */
#include "data/dataset_augment.h"

#include "base/random.h"
#include "data/dataset_kind.h"

enum { FLIP, DOWN, RIGHT }; /* draws of a key */

/* Evenly one of -most to most, an eighth of the side, rounded up, of which something is left. */
static ptrdiff_t shift_by(size_t side, uint64_t key, uint64_t index)
{
    const size_t most = side > 1 ? (side + 7) / 8 : 0;
    return (ptrdiff_t)(loci_random_uniform(key, index) * (double)(2 * most + 1)) - (ptrdiff_t)most;
}

loci_dataset_change loci_dataset_draw(const loci_dataset *set, bool flip, bool shift, uint64_t key)
{
    return (loci_dataset_change){.flip = flip && loci_random_uniform(key, FLIP) < 0.5,
                                 .down = shift ? shift_by(set->rows, key, DOWN) : 0,
                                 .right = shift ? shift_by(set->columns, key, RIGHT) : 0};
}

void loci_dataset_read_changed(const loci_dataset *set, size_t i, loci_dataset_change change, float *u)
{
    const loci_dataset_item *item = &set->items[set->pick[i]];
    const size_t rows = set->rows, columns = set->columns, inputs = set->inputs;
    const unsigned char *bytes = item->data;
    for (size_t k = 0; k < item->length; k++, u += inputs) {
        const size_t pixel = set->order ? set->order[k] : k, c = pixel % columns;
        /* below 0 is beyond all rows and columns, too */
        const size_t row = pixel / columns + (size_t)change.down,
                     column = (change.flip ? columns - 1 - c : c) + (size_t)change.right;
        const bool inside = row < rows && column < columns;
        const unsigned char *from = bytes + (inside ? row * columns + column : 0);
        if (set->gray)
            *u = inside ? loci_dataset_gray(from, item->length) : 0;
        else
            for (size_t p = 0; p < inputs; p++) u[p] = inside ? from[p * item->length] : 0;
    }
}
