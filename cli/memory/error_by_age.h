/* SPDX-License-Identifier: MIT
 * error_by_age.h - mean squares of recall minus signal of which age, as shares of the signal's variance: in ten equal parts of
 * the history, and in decades of samples ago. */
#ifndef LOCI_CLI_ERROR_BY_AGE_H
#define LOCI_CLI_ERROR_BY_AGE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "shared/output.h"

enum { ERROR_EDGES_MOST = 10 + 32 + 2 };

/* The edges of the ten parts and of the decades are put together into one ascending list, so that one pass over the signal serves
 * both: an elementary part lies in one tenth and in one decade. */
typedef struct {
    size_t channels, parts, decades;
    double start, end, interval; /* interval: seconds a sample, on average */
    double edges[ERROR_EDGES_MOST];
    /* filled by whoever compares: [parts][channels] integrals of squares, and the seconds that they are over; [channels] */
    double *squared, *covered, *variance;
    bool forgiving; /* a constant signal is forgotten by 0, whatever the rounding of its mean square error */
} error_by_age;

/* Of a history from start to end; false where memory is short. Released by error_by_age_release in any case. */
bool error_by_age_create(error_by_age *by, size_t channels, double start, double end, double interval);
void error_by_age_release(error_by_age *by);

/* Over the whole history. */
double error_by_age_mean_square(const error_by_age *by, size_t channel);
double error_by_age_share(const error_by_age *by, size_t channel);

/* Arrays of arrays, a channel each: of the tenths, newest first, and of the decades. */
json_t *error_by_age_tenths(const error_by_age *by);
json_t *error_by_age_decades(const error_by_age *by);
/* Rows for both, of channels first to last - 1, and before them a row of the channels' names. */
void error_by_age_names(output *out, char *const *names, size_t first, size_t last);
void error_by_age_rows(output *out, const error_by_age *by, size_t first, size_t last);

#endif
