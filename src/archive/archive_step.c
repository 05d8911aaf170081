/* SPDX-License-Identifier: MIT
 * archive_step.c - the step of samples that came with times. */
#include <loci/archive.h>

#include <math.h>
#include <stdbool.h>

#include "base/number.h"
#include "base/time_grid.h"

enum { DIGITS = 15 }; /* that a decimal may have: as many as any double keeps */

#define UNSURE 0.25 /* by how much of a step a time is beside one, at most, where it counts as one of them */

/* Times t [n][stride] that rise. */
typedef struct {
    const double *t;
    size_t n, stride;
} times;

static double at(const times *s, size_t i)
{
    return s->t[i * s->stride];
}

static double apart(const times *s, size_t i)
{
    return at(s, i) - at(s, i - 1);
}

/* As many times as lie whole steps of about dt from their neighbours: dt becomes the mean step, which counts from `sure` steps on. */
static size_t follow(const times *s, double *dt, double sure)
{
    double steps = 0, about = *dt;
    size_t i = 1;
    for (; i < s->n; i++) {
        const double more = apart(s, i) / about, whole = rint(more);
        if (!(whole >= 1 && fabs(more - whole) <= UNSURE)) break;
        steps += whole;
        *dt = (at(s, i) - at(s, 0)) / steps;
        if (steps >= sure) about = *dt;
    }
    return i;
}

/* By how much times are off steps of dt behind the first one, which are counted by `about`; INFINITY where it is more than `most`. */
static double off(const times *s, double about, double dt, double most)
{
    double steps = 0, largest = 0;
    for (size_t i = 1; i < s->n; i++) {
        steps += rint(apart(s, i) / about);
        largest = fmax(largest, fabs(at(s, i) - at(s, 0) - steps * dt));
        if (!(largest <= most)) return INFINITY;
    }
    return largest;
}

static double rounded(double x, int digits)
{
    char text[40];
    double value = x;
    loci_number_write(text, sizeof text, x, digits);
    loci_number_scan(&value, text);
    return value;
}

/* Most distances are a step, or all are exactly so many of the least: else that is one row that fell between the others. *dt is the mean of the
 * distances that are about as short as the least. */
static bool least(const times *s, double *dt, double *count)
{
    double shortest = INFINITY, sum = 0;
    *count = 0;
    for (size_t i = 1; i < s->n; i++) shortest = fmin(shortest, apart(s, i));
    for (size_t i = 1; i < s->n; i++)
        if (apart(s, i) < 1.5 * shortest) sum += apart(s, i), ++*count;
    *dt = sum / *count;
    return 2 * *count >= (double)(s->n - 1) || off(s, shortest, shortest, 0) <= 0;
}

double loci_archive_step(const double *t, size_t n, size_t stride)
{
    times s = {t, 1, stride};
    while (s.n < n && apart(&s, s.n) > 0 && apart(&s, s.n) < INFINITY) s.n++;
    if (s.n < 2) return NAN;
    double dt = apart(&s, 1), shorter, count;
    size_t regular = follow(&s, &dt, 1);
    if (regular < s.n && least(&s, &shorter, &count)) {
        const size_t more = follow(&s, &shorter, count);
        if (more > regular) regular = more, dt = shorter;
    }
    s.n = regular;
    const double far = fmax(fabs(at(&s, 0)), fabs(at(&s, s.n - 1))), spacing = loci_time_spacing(far),
                 most = 2 * off(&s, dt, dt, INFINITY) + 2 * spacing;
    for (int digits = 1; digits <= DIGITS; digits++) {
        const double seconds = rounded(dt, digits), hertz = 1 / rounded(1 / dt, digits);
        if (off(&s, dt, seconds, most) <= most) return seconds;
        if (off(&s, dt, hertz, most) <= most) return hertz;
    }
    return dt;
}
