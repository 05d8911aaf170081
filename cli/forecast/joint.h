/* SPDX-License-Identifier: MIT
 * joint.h - columns foretold from the memories of several: a probe with the names of its columns and the time of its rows, and its file. */
#ifndef LOCI_CLI_JOINT_H
#define LOCI_CLI_JOINT_H

#include <loci/probe.h>

#include "forecast/backtest.h"
#include "forecast/forecast_learn.h"
#include "forecast/forecaster.h"
#include "forecast/series.h"

typedef struct {
    loci_probe *probe; /* targets [count][horizon]: what comes less the newest value */
    char **names;      /* [channels] of inputs */
    size_t channels, count, horizon;
    size_t *targets; /* [count] which inputs are foretold */
    double *widths;  /* [count][2][horizon] */
    /* [waiting][channels]: the newest rows, at most a horizon, whose outcomes are still to come: not in the probe */
    double *rest;
    size_t waiting;
    uint64_t rows;   /* read, of all that was learned from */
    bool least;      /* or more: a file of before did not tell */
    forecaster face; /* of what is foretold: path, names and times; no readout */
} joint;

/* A joint of {0} or of a call, even in vain, is for joint_close. */
int joint_read(joint *j, const char *path);
int joint_write(const joint *j, const char *path);
void joint_close(joint *j);
/* Whether the file at path begins as a probe's does. */
bool joint_is(const char *path);
/* The names and times of s; which of its columns are foretold: targets [count], "a" or "a,b"; all where count is 0. */
int joint_name(joint *j, const series *s, const char *const *targets, size_t count);

/* As forecast_learn. */
int joint_learn(joint *j, backtest *t, size_t *train, size_t *valid, size_t *test, const series *s,
                const forecast_wishes *w);
/* How forecasts of the rows from `from` on were, and widths that follow them; t of {0}. */
int joint_try(joint *j, backtest *t, const series *s, size_t from, const double *scale);
/* Learns on from rows from..to of s, which follow those so far; whole: another history begins. Solved by joint_solve. */
int joint_push(joint *j, const series *s, size_t from, size_t to, bool whole);
int joint_solve(joint *j, const char *path);
/* The rows of s are the newest, and nothing is learned from them. */
int joint_recall(joint *j, const series *s);
/* What follows the newest row: values [count][horizon], bounds [count][2][horizon]. */
int joint_foretell(const joint *j, double *values, double *lower, double *upper);

/* s with the foretold columns alone: shallow, x and names are released by free. */
int joint_view(series *view, const joint *j, const series *s);

#endif
