/* SPDX-License-Identifier: MIT
 * readout_follow.h - internal: widths of intervals that follow what comes, of forecasts however they are made. */
#ifndef LOCI_READOUT_READOUT_FOLLOW_H
#define LOCI_READOUT_READOUT_FOLLOW_H

#include <stdbool.h>

#include <loci/readout.h>

enum {
    FOLLOW_BLOCK = 256,   /* forecasts that are made at once */
    FOLLOW_SAMPLED = 1000 /* whose errors widths begin with */
};
extern const double loci_follow_misses[2]; /* the shares that are promised to miss */

/* The `share` quantile of |e|, [n], which is put in another order: quickselect. */
double loci_follow_quantile(double *e, size_t n, double share);

/* How much the signal moves lately: the mean size of its last steps, beside that of all steps before the walk begins. Widths are known h
 * samples late, this at once. Half of a width follows it, as far as MOST, since errors far ahead are not made of steps alone. */
typedef struct {
    const double *x;
    size_t at;
    /* of the sizes of the LATELY steps that end at x[at]; of as many usual ones, 0: not known */
    double sum, usual;
} loci_pulse;

/* At x[t], t never less than before: 1 where nothing is known, 1/2 where the signal rests. */
double loci_pulse_at(loci_pulse *p, size_t t);

/* Forecasts after x[start] and each sample behind it, of horizons `first` to `end` - 1 of `horizon`. */
typedef struct {
    size_t horizon, first, end, start;
    double scale;
    /* makes those after x[t0] and count - 1 more, at most FOLLOW_BLOCK: y [count][end - first], times scale, and what comes back added */
    double (*make)(const void *how, size_t t0, size_t count);
    const void *how;
    const float *y;
} loci_forecasts;

/* Widths [count] as x[from] leaves them, or x[n - 1] where n is less, are made those where the signal moves as usual, and moved is opened.
 * The largest of them as they were. */
double loci_follow_begin(loci_pulse *moved, double *widths, const double *x, size_t n, size_t from,
                         size_t count);
/* The scratch, in doubles, that loci_follow takes. */
size_t loci_follow_scratch(const loci_forecasts *f);
/* Widths [2][horizon], where the signal moves as usual, follow the outcomes in x [n] behind x[from]; moved as loci_follow_begin left it. In
 * the end found has, for each horizon of f, [7]: forecasts from x[from] on with all outcomes in x, their errors squared, errors' sizes, outcomes
 * in the interval of 80, of 95, and both widths as x[n - 1] leaves them. */
void loci_follow(const loci_forecasts *f, double *found, const double *widths, loci_pulse *moved,
                 const double *x, size_t n, size_t from, bool score, double *scratch);

#endif
