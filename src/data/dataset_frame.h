/* SPDX-License-Identifier: MIT
 *
 * data/dataset_frame.h - doubles as floats, where floats of the same numbers could not be told apart.
 *
 * Of numbers far from 0 beside their range (a pressure in Pa, a time), or out of float's range, a float leaves little
 * or nothing. A set whose numbers are such keeps (x - origin) unit in their place; a model's own shift and scale are
 * then taken in that frame.
 */
#ifndef LOCI_DATA_DATASET_FRAME_H
#define LOCI_DATA_DATASET_FRAME_H

#include "data/dataset_kind.h"

/* Gives the set a frame if x [count][inputs], finite, needs one: that is, if some x is no float, and the size of an
 * input's numbers is more than 16 times their range (what is lost is a millionth of it then) or not float's. */
loci_status loci_dataset_frame(loci_dataset *set, const double *x, size_t count, size_t inputs,
                               loci_error *error);

/* Items whose numbers come one after the other, where only the last of them tells the frame of all: data are doubles [length][inputs],
 * finite, of loci_allocate, which are the set's from here on, also where memory is short. Narrowed, they are floats, in the frame that all
 * of them need; a set has none but such. */
loci_status loci_dataset_add_wide(loci_dataset *set, const loci_dataset_item *item, loci_error *error);
loci_status loci_dataset_narrow_items(loci_dataset *set, loci_error *error);
/* The set has no items any more. */
void loci_dataset_drop_items(loci_dataset *set);

/* A number of input c as the set keeps it, and back. */
static inline float loci_dataset_narrow(const loci_dataset *set, size_t c, double x)
{
    return set->origin ? (float)((x - set->origin[c]) * set->unit[c]) : (float)x;
}
static inline double loci_dataset_widen(const loci_dataset *set, size_t c, float u)
{
    return set->origin ? (double)u / set->unit[c] + set->origin[c] : (double)u;
}

#endif
