/* SPDX-License-Identifier: MIT
 * backtest.h - how good forecasts were on rows that were not learned from, beside those of simple ways. */
#ifndef LOCI_CLI_BACKTEST_H
#define LOCI_CLI_BACKTEST_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/readout.h>

#include "forecast/series.h"

enum { BASELINE_LAST, BASELINE_SEASON, BASELINE_MEAN, BASELINE_AR, BASELINES };
extern const char *const baseline_names[BASELINES]; /* "last", ... */

typedef struct {
    size_t horizon;
    double windows; /* of each column */
    /* [horizon]: means over windows and columns, in the data's units */
    double *mse, *mae, *coverage80, *coverage95;
    double square, absolute;                                 /* over all horizons, in units of the scales */
    double base_square[BASELINES], base_absolute[BASELINES]; /* NAN: not measured */
    double *sums; /* [5][horizon]: of one column, behind those above */
} backtest;

/* A backtest of {0} or of a call, even in vain, is for backtest_close. */
int backtest_open(backtest *t, size_t horizon);
void backtest_close(backtest *t);

/* Where the sums of a column go, all 0; and their account, of one column of so many, in units of its scale. */
loci_readout_score backtest_score(backtest *t);
void backtest_account(backtest *t, double scale, size_t channels);
/* Forecasts by readout, which was solved, after each row of s from `from` - 1 on, as long as what they foretell is there; its widths follow
 * the hits. */
int backtest_run(backtest *t, loci_readout *readout, const series *s, size_t from, const double *scale);
/* The simple ways on the same rows. They know the rows before `from`; ar: a readout of the raw window, solved, or NULL. season: 0: none; that one is then
 * not measured, nor is one longer than the rows known. */
int backtest_baselines(backtest *t, loci_readout *ar, const series *s, size_t from, const double *scale,
                       size_t season);

#endif
