/* SPDX-License-Identifier: MIT
 * dataset_frame.c - whether numbers survive as floats, and the frame in which they do. */
#include "data/dataset_frame.h"

#include <float.h>
#include <math.h>

#include "base/allocate.h"

static bool all_floats(const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fabs(x[i]) > (double)FLT_MAX || (double)(float)x[i] < x[i] || (double)(float)x[i] > x[i])
            return false;
    return true;
}

/* The frame of one input, whose numbers lie from low to high; false: floats do. */
static bool frame_of(double *origin, double *unit, double low, double high)
{
    const double size = fmax(fabs(low), fabs(high)), half = 0.5 * high - 0.5 * low;
    *origin = 0;
    *unit = 1;
    if (size <= 32 * half && size < 1e30 && half > 1e-30) return false;
    if (half == 0 && size < 1e30)
        return false; /* a constant: what is lost of it is the model's to shift away */
    int exponent = 0;
    frexp(half > 0 ? half : 1, &exponent);
    *origin = low + half;
    *unit = ldexp(1, exponent < -1000 ? 1000 : -exponent);
    return true;
}

/* The frame of items [count], whose data are doubles. */
static loci_status choose_frame(loci_dataset *set, const loci_dataset_item *items, size_t count,
                                size_t inputs, loci_error *error)
{
    size_t exact = 0;
    while (exact < count && all_floats(items[exact].data, items[exact].length * inputs)) exact++;
    if (exact == count) return LOCI_OK;
    double *origin = loci_dataset_allocate(set, 2 * inputs, sizeof *origin), *unit = origin + inputs;
    if (!origin) return loci_dataset_no_memory(set, error);
    bool framed = false;
    for (size_t c = 0; c < inputs; c++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < count; i++) {
            const double *x = items[i].data;
            for (size_t k = 0; k < items[i].length; k++) {
                low = fmin(low, x[k * inputs + c]);
                high = fmax(high, x[k * inputs + c]);
            }
        }
        framed = frame_of(&origin[c], &unit[c], low, high) || framed;
    }
    if (framed) set->origin = origin, set->unit = unit;
    return LOCI_OK;
}

loci_status loci_dataset_frame(loci_dataset *set, const double *x, size_t count, size_t inputs,
                               loci_error *error)
{
    return choose_frame(set, &(loci_dataset_item){.data = x, .length = count}, 1, inputs, error);
}

loci_status loci_dataset_add_wide(loci_dataset *set, const loci_dataset_item *item, loci_error *error)
{
    set->wide = true;
    if (loci_dataset_add(set, item)) return LOCI_OK;
    loci_free((double *)item->data);
    return loci_dataset_no_memory(set, error);
}

loci_status loci_dataset_narrow_items(loci_dataset *set, loci_error *error)
{
    const size_t inputs = set->inputs;
    if (!set->wide) return LOCI_OK;
    loci_status status = choose_frame(set, set->items, set->count, inputs, error);
    for (size_t i = 0; i < set->count; i++) { /* all are floats then, or none is left */
        loci_dataset_item *item = &set->items[i];
        double *x = (double *)item->data;
        float *u = status == LOCI_OK ? loci_dataset_allocate(set, item->length * inputs, sizeof *u) : NULL;
        if (!u && status == LOCI_OK) status = loci_dataset_no_memory(set, error);
        for (size_t k = 0; u && k < item->length * inputs; k++)
            u[k] = loci_dataset_narrow(set, k % inputs, x[k]);
        loci_free(x);
        item->data = u;
    }
    set->wide = false;
    return status;
}

void loci_dataset_drop_items(loci_dataset *set)
{
    for (size_t i = 0; set->wide && i < set->count; i++) loci_free((double *)set->items[i].data);
    set->wide = false;
    set->count = 0;
}
