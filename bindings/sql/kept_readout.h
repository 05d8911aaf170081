/* SPDX-License-Identifier: MIT
 *
 * kept_readout.h - forecasters of one channel as bytes in a column: the files of `loci forecast -o`, learned from samples with times, and
 * made one of many.
 */
#ifndef LOCI_BINDINGS_KEPT_READOUT_H
#define LOCI_BINDINGS_KEPT_READOUT_H

#include <loci/readout.h>

#include "kept.h"

/* What is learned, from a text: "horizon=24" and, behind it or alone, with commas, "window=W", "order=N", "ridge=R", which are chosen
 * where they are not given, and "gather=S", steps in which rows are gathered. NULL and "": nothing is given. */
typedef struct {
    size_t horizon, window, order; /* SIZE_MAX: not given */
    double ridge;                  /* NAN: not given */
    double gather;                 /* 0: not given */
} kept_wishes;
loci_status kept_wishes_read(kept_wishes *wishes, const char *text, loci_error *error);

typedef enum { KEPT_ROWS, KEPT_SECONDS, KEPT_DATES } kept_times; /* what times of samples are */

/* A forecaster from samples, which are sorted (KEPT_ROWS: their order counts, and their times are not looked at).
 *
 * They may be gathered (kept_gather), and else the median distance is the step: each sample lies a whole number of steps, to the nearest, behind
 * the one before; LOCI_E_VALUE, where it lies less than half a step behind. Of a step without a sample the value before stands; LOCI_E_VALUE where more than half of the steps have none.
 *
 * The first four fifths are learned from, the rest is chosen by and sets the widths of intervals; then all are learned. Where window, order
 * and ridge are given, there may be fewer samples than these need (or than trials need, and widths then are those of errors on the windows learned from): what was learned is there to be rolled up, and foretells
 * nothing yet. pause as in kept_plans. */
loci_status kept_readout_learn(kept_bytes *result, const kept_wishes *wishes, kept_sample *samples,
                               size_t count, kept_times times, void (*pause)(void), loci_error *error);

/* Of kept_open: a readout of one channel and its note. */
loci_status kept_readout_open(kept *k, const void *bytes, size_t size, loci_error *error);
/* Of kept_rollup: `count` > 0 of them, sorted by their start. Windows that reach from one to the next are learned where nothing lies between them
 * and the later one was made in one go. Widths are those of errors on the windows learned from. */
loci_status kept_readout_merge(kept_bytes *result, kept_plans *plans, kept *k, size_t count,
                               loci_error *error);

/* The next n <= horizon values, at times t; bounds [4][n]: of 80 and of 95 of a hundred, lower and upper; NAN where nothing is known. */
loci_status kept_forecast(const kept *k, size_t n, double *t, double *value, double *bounds,
                          loci_error *error);
/* Of n that was not given, SIZE_MAX, the horizon; else LOCI_E_ARGUMENT where it is none. */
loci_status kept_horizon(const kept *k, size_t *n, loci_error *error);

#endif
