/* SPDX-License-Identifier: MIT
 * forecast_report.h - what forecast found, printed and drawn. */
#ifndef LOCI_CLI_FORECAST_REPORT_H
#define LOCI_CLI_FORECAST_REPORT_H

#include "forecast/forecaster.h"
#include "forecast/series.h"
#include "forecast/backtest.h"
#include "forecast/joint.h"

typedef struct {
    const series *s; /* NULL: none was read */
    const forecaster *f;
    const joint *joint;             /* NULL: columns each from its own past */
    const backtest *t;              /* NULL: nothing was tried */
    loci_readout_spec spec;         /* from forecast_report_foretell on */
    size_t train, valid, test;      /* rows; all 0 where nothing was learned */
    size_t updated;                 /* rows that were learned on from */
    double *values, *lower, *upper; /* [channels][horizon], and [channels][2][horizon]: 80, 95 */
    bool closed;                    /* after printing: the reader of standard output had had enough */
} forecast_report;

/* Fills in the next values. They are released by forecast_report_close. */
int forecast_report_foretell(forecast_report *r);
void forecast_report_close(forecast_report *r);

/* The report as lines that begin with #, and the next values as CSV behind them; or all as JSON. path NULL: standard output. told: the report
 * as well. */
int forecast_report_print(forecast_report *r, const char *path, bool json, bool told);
int forecast_report_draw(const forecast_report *r, const char *path);

#endif
