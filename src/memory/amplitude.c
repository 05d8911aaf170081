/* SPDX-License-Identifier: MIT
 *
 * amplitude.c - projections of signals whose squares a double cannot hold: far below 1, or held for very long.
 *
 * What is projected is linear in the signal but for the mean square error. So a result whose squares may have lost digits
 * is made once more of the signal times a power of two, and divided by it: exact both ways. */
#include "memory/layout.h"

/* The error, and all squares that the coefficients make with it, kept their digits. */
static bool holds(const double *out, size_t order)
{
    if (memory_square_holds(out[2])) return true;
    double variance = out[2];
    for (size_t n = 1; n < order; n++) variance += out[2 + n] * out[2 + n];
    return memory_square_holds(variance);
}

/* Of values of this size the squares kept what there was: so small a variance is that of a constant. */
static bool ordinary(double size)
{
    return size == 0 || (size > 0x1p-390 && size < 0x1p250);
}

/* The result of a signal that had been scaled. */
static void unscale(double *out, size_t order, double scale)
{
    for (size_t i = 0; i < order + 2; i++)
        if (i != 2) out[i] /= scale;
    out[2] = memory_error_keep(out[2], scale);
}

static double size_of_values(const double *u, size_t count)
{
    double size = 0;
    for (size_t k = 0; k < count; k++) size = fmax(size, fabs(u[k]));
    return size;
}

static double size_of_projection(const double *c, size_t order)
{
    return fmax(fmax(fabs(c[0]), memory_error_root(c[2])), size_of_values(c + 3, order - 1));
}

static void scale_values(double *to, const double *from, size_t count, double scale)
{
    for (size_t k = 0; k < count; k++) to[k] = scale * from[k];
}

static void scale_projection(double *to, const double *from, size_t order, double scale)
{
    scale_values(to, from, order + 2, scale);
    to[2] = memory_error_scaled(from[2], scale);
}

void loci_memory_amplitude_project(const loci_memory_plan *plan, double *out, const double *u,
                                   const double *times, size_t count, double *scratch)
{
    const size_t values = count + (plan->spec.join == LOCI_LINEAR ? 1 : 0);
    loci_memory_project(plan, out, u, times, count, scratch);
    if (holds(out, plan->order)) return;
    const double size = size_of_values(u, values);
    if (ordinary(size)) return;
    const double scale = memory_scale(size);
    scale_values(scratch, u, values, scale);
    loci_memory_project(plan, out, scratch, times, count, scratch + (values + 8) / 8 * 8);
    unscale(out, plan->order, scale);
}

void loci_memory_amplitude_pair(const loci_memory_plan *plan, double *out, const double *one,
                                const double *two, double *scratch)
{
    const size_t leaf = plan->leaf, values = leaf + (plan->spec.join == LOCI_LINEAR ? 1 : 0);
    loci_memory_project_pair(plan, out, one, two, scratch);
    if (holds(out, plan->order)) return;
    const double size = fmax(size_of_values(one, leaf), size_of_values(two, values));
    if (ordinary(size)) return;
    const double scale = memory_scale(size);
    double *second = scratch + leaf, *rest = second + leaf + 8;
    scale_values(scratch, one, leaf, scale);
    scale_values(second, two, values, scale);
    loci_memory_project_pair(plan, out, scratch, second, rest);
    unscale(out, plan->order, scale);
}

void loci_memory_amplitude_join(const loci_memory_plan *plan, double *out, const double *one,
                                const double *two, double r, double s, double *scratch)
{
    const size_t order = plan->order;
    loci_memory_join(plan, out, one, two, r, s, scratch);
    if (holds(out, order)) return;
    const double size = fmax(size_of_projection(one, order), size_of_projection(two, order));
    if (ordinary(size)) return;
    const double scale = memory_scale(size);
    double *second = scratch + (order + 2 + 7) / 8 * 8, *rest = second + (order + 2 + 7) / 8 * 8;
    scale_projection(scratch, one, order, scale);
    scale_projection(second, two, order, scale);
    loci_memory_join(plan, out, scratch, second, r, s, rest);
    unscale(out, order, scale);
}
