/* SPDX-License-Identifier: MIT
 *
 * memory/stretch.h - what covers which part of the past, one shape for all kinds; internal to src/memory.
 *
 * Places lie on an axis of the memory's own: samples from the first for a regular memory, seconds for a
 * stamped one. */
#ifndef LOCI_MEMORY_STRETCH_H
#define LOCI_MEMORY_STRETCH_H

#include "memory/layout.h"

typedef enum { STRETCH_RAW, STRETCH_POLYNOMIAL, STRETCH_STATE } stretch_kind;

typedef struct {
    stretch_kind kind;
    double begin, end; /* on the axis */
    double length;     /* from the one to the other, as it was before they were rounded to the axis */
    uint64_t first;    /* sample */
    size_t count;      /* raw: intervals */
    const double *u;   /* raw: [C] rows of u_stride */
    size_t u_stride;
    const double *times; /* raw, stamped: [count + 1] from `begin`; the last one may be missing (pending) */
    const double *close; /* raw: the value behind the last interval, close[c * close_stride]; NULL: none */
    size_t close_stride;
    const double *c; /* polynomial: [C] rows of c_stride, as in a projected block */
    size_t c_stride;
    uint64_t samples;
} memory_stretch;

/* How many stretches there are: blocks, and the pending samples whose intervals are closed. Of a
 * state: 1, or 0 where the history has no length. */
size_t loci_memory_stretch_count(const loci_memory *memory, const loci_memory_plan *plan);
memory_stretch loci_memory_stretch_at(const loci_memory *memory, const loci_memory_plan *plan,
                                      const memory_view *view, size_t i);

/* The last value of channel c lies at the very end of the axis: true where an interval is still open there. */
static inline bool memory_has_open_end(const loci_memory *memory, const loci_memory_plan *plan)
{
    return plan->kind == MEMORY_TREE && memory->samples > 0 && memory_open(plan) && !memory->closed;
}

/* Seconds of one unit of the axis. */
static inline double memory_unit(const loci_memory_plan *plan)
{
    return memory_stamped(plan) ? 1 : plan->spec.dt;
}

/* The place of a time; a few ulp beside a regular sample counts as on it. */
double loci_memory_place(const loci_memory *memory, const loci_memory_plan *plan, double t);
static inline double memory_axis_begin(const loci_memory *memory, const loci_memory_plan *plan)
{
    return memory_stamped(plan) ? memory->start : 0;
}
static inline double memory_axis_end(const loci_memory *memory, const loci_memory_plan *plan)
{
    return memory_stamped(plan) ? memory_end(memory, plan) : (double)memory_intervals(memory, plan);
}

/* The interval of a raw stretch in which `offset` lies, and where it begins and ends. All three are counted from the
 * stretch's begin: on the axis of a stamped memory they would be rounded to the digits that its epoch leaves. */
size_t loci_memory_interval(const memory_stretch *stretch, double offset, double *begin, double *end);
static inline double memory_raw_value(const memory_stretch *stretch, size_t channel, size_t k)
{
    if (k < stretch->count) return stretch->u[channel * stretch->u_stride + k];
    return stretch->close ? stretch->close[channel * stretch->close_stride]
                          : stretch->u[channel * stretch->u_stride + k - 1];
}

/* The Gauss rule of 8 nodes on [0, 1]. */
extern const double loci_memory_node[8], loci_memory_weight[8];

/* The integral over [a, b], places within the stretch, of its signal less `mean`, in units of the axis. Raw or
 * polynomial. */
double loci_memory_stretch_integral(const memory_stretch *stretch, const loci_memory_plan *plan,
                                    size_t channel, memory_mean mean, double a, double b);
/* The largest of the numbers that the stretch keeps: no value of the signal that mattered was much larger. */
double loci_memory_stretch_size(const memory_stretch *stretch, const loci_memory_plan *plan, size_t channel);
/* The mean of the stretch; the variance and the mean square error of recall of `scale` times its signal. Raw or
 * polynomial. */
typedef struct {
    memory_mean mean;
    double variance, error;
} memory_moments;
memory_moments loci_memory_stretch_moments(const memory_stretch *stretch, const loci_memory_plan *plan,
                                           size_t channel, double scale);

#endif
