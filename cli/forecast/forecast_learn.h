/* SPDX-License-Identifier: MIT
 * forecast_learn.h - a forecaster from a table: chosen, tried, and learned from all of it. */
#ifndef LOCI_CLI_FORECAST_LEARN_H
#define LOCI_CLI_FORECAST_LEARN_H

#include "forecast/forecaster.h"
#include "forecast/series.h"
#include "forecast/backtest.h"

typedef struct {
    size_t horizon, window, order, season; /* SIZE_MAX: not given */
    double ridge, valid, test;             /* NAN: not given; shares of the rows */
    bool shared, own;
} forecast_wishes;

int forecast_wishes_check(const forecast_wishes *w);
/* The rows to learn from, to choose by and to test on, and the horizon, where it is not given. */
int forecast_split(size_t *train, size_t *valid, size_t *test, size_t *horizon, const series *s,
                   const forecast_wishes *w);
/* The deviation of each column over the first rows: 1 of a constant, which is told. */
void forecast_scales(double *scale, const series *s, size_t rows);
/* The season of most columns: of each its own, and of these the one that comes most often. */
int forecast_season(size_t *season, const series *s, size_t rows);
/* f gets all of the forecaster but its path; t, {0}, is opened and filled in where there is a test part; *train, *valid, *test are the rows. */
int forecast_learn(forecaster *f, backtest *t, size_t *train, size_t *valid, size_t *test, const series *s,
                   const forecast_wishes *w);
/* Rows of s without times are those of a forecaster without times: by its rate, where they have none, and, where they are learned on
 * from, behind its last one. Where it has learned `rows` with times, those are counted on. */
void forecast_count(series *s, const forecaster *f, bool update, uint64_t rows);
/* The forecaster's times are those of s. */
void forecast_times(forecaster *f, const series *s);
/* Rows from..to of s to a readout. A status. */
int forecast_push(loci_readout *r, const series *s, size_t from, size_t to);

#endif
