/* SPDX-License-Identifier: MIT
 * archive_step.c - the step of samples that came with times. */
#include <loci/archive.h>

#include <math.h>
#include <stdbool.h>

#include "base/number.h"
#include "base/time_grid.h"

enum { DIGITS = 15 }; /* that a decimal may have: as many as any double keeps */

#define SPARSE                                                                                               \
    64 /* steps between samples, on the average, at most, where rounded times that are all beside each other still tell a step */
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

/* The step of times that lie whole numbers of steps of `about` apart: their mean step as the shortest decimal, of seconds or of samples a
 * second, that fits them as well. */
static double settle(const times *s, double about)
{
    double steps = 0;
    for (size_t i = 1; i < s->n; i++) steps += rint(apart(s, i) / about);
    const double first = at(s, 0), last = at(s, s->n - 1), dt = (last - first) / steps,
                 spacing = loci_time_spacing(fmax(fabs(first), fabs(last))),
                 most = 2 * off(s, about, dt, INFINITY) + 2 * spacing;
    for (int digits = 1; digits <= DIGITS; digits++) {
        const double seconds = rounded(dt, digits), hertz = 1 / rounded(1 / dt, digits);
        if (off(s, about, seconds, most) <= most) return seconds;
        if (off(s, about, hertz, most) <= most) return hertz;
    }
    return dt;
}

/* The step where distances are about `unit`: what the longest run of such without a gap tells, since the steps in a gap can only be counted
 * by one that is known well. */
static double run_step(const times *s, double unit)
{
    size_t from = 0, count = 0, begin = 1;
    for (size_t i = 1; i <= s->n; i++) {
        if (i < s->n && apart(s, i) > 0.5 * unit && apart(s, i) < 1.5 * unit) continue;
        if (i - begin > count) count = i - begin, from = begin - 1;
        begin = i + 1;
    }
    const times run = {s->t + from * s->stride, count + 1, s->stride};
    return settle(&run, unit);
}

/* As many times, from the first on, as lie whole steps of dt from their neighbours. */
static size_t regular(const times *s, double dt)
{
    size_t i = 1;
    for (; i < s->n; i++) {
        const double more = apart(s, i) / dt, whole = rint(more);
        if (!(whole >= 1 && fabs(more - whole) <= UNSURE)) break;
    }
    return i;
}

/* The least distance, where most are about as short, or all are so many times as long: exactly, or to the rounding of doubles and not too many
 * times. Else it is one row that fell between the others, and 0 comes back. */
static double least(const times *s)
{
    double shortest = INFINITY;
    size_t count = 0;
    for (size_t i = 1; i < s->n; i++) shortest = fmin(shortest, apart(s, i));
    for (size_t i = 1; i < s->n; i++) count += apart(s, i) < 1.5 * shortest;
    if (2 * count >= s->n - 1 || off(s, shortest, shortest, 0) <= 0) return shortest;
    const double step = run_step(s, shortest), first = at(s, 0), last = at(s, s->n - 1),
                 rounding = 4 * loci_time_spacing(fmax(fabs(first), fabs(last)));
    return last - first <= SPARSE * (double)(s->n - 1) * step && off(s, step, step, rounding) <= rounding
               ? shortest
               : 0;
}

double loci_archive_step(const double *t, size_t n, size_t stride)
{
    times s = {t, 1, stride};
    while (s.n < n && apart(&s, s.n) > 0 && apart(&s, s.n) < INFINITY) s.n++;
    if (s.n < 2) return NAN;
    double dt = run_step(&s, apart(&s, 1));
    size_t count = regular(&s, dt);
    const double unit = count < s.n ? least(&s) : 0;
    if (unit > 0) {
        const double shorter = run_step(&s, unit);
        const size_t more = regular(&s, shorter);
        if (more > count) count = more, dt = shorter;
    }
    s.n = count;
    return count < 2 ? dt : settle(&s, dt);
}
