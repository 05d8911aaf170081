/* SPDX-License-Identifier: MIT
 * base/time_grid.h - whether doubles tell the times of regular samples apart. */
#ifndef LOCI_BASE_TIME_GRID_H
#define LOCI_BASE_TIME_GRID_H

#include <math.h>
#include <stdbool.h>

/* Seconds between the doubles around a time. */
static inline double loci_time_spacing(double t)
{
    return nextafter(fabs(t), INFINITY) - fabs(t);
}

/* A sample is known by a time within a quarter of a step; where steps are whole spacings, nothing is rounded. */
static inline bool loci_time_tells(double start, double dt)
{
    const double apart = loci_time_spacing(start);
    return 2 * apart <= dt || (apart <= dt && fmod(dt, apart) == 0);
}

/* What is said where they do not; for start, its spacing, dt. */
#define LOCI_TIME_TOO_FAR                                                                                      \
    "start is %.17g, where the nearest times that a double can tell apart lie %.2g s from one another, and a " \
    "sample lasts %.2g s; a start nearer to 0 was expected"

#endif
