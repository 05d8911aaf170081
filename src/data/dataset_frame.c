/* SPDX-License-Identifier: MIT
 * dataset_frame.c - whether numbers survive as floats, and the frame in which they do. */
#include "data/dataset_frame.h"

#include <float.h>
#include <math.h>

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

loci_status loci_dataset_frame(loci_dataset *set, const double *x, size_t count, size_t inputs,
                               loci_error *error)
{
    if (all_floats(x, count * inputs)) return LOCI_OK;
    double *origin = loci_dataset_allocate(set, 2 * inputs, sizeof *origin), *unit = origin + inputs;
    if (!origin) return loci_dataset_no_memory(set, error);
    bool framed = false;
    for (size_t c = 0; c < inputs; c++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < count; i++) {
            low = fmin(low, x[i * inputs + c]);
            high = fmax(high, x[i * inputs + c]);
        }
        framed = frame_of(&origin[c], &unit[c], low, high) || framed;
    }
    if (framed) set->origin = origin, set->unit = unit;
    return LOCI_OK;
}
