/* SPDX-License-Identifier: MIT
 * backtest.c - forecasts beside what came, and those of simple ways. */
#include "forecast/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"
#include "shared/ranks.h"

const char *const baseline_names[BASELINES] = {"last", "season", "mean", "ar"};

int backtest_open(backtest *t, size_t horizon)
{
    *t = (backtest){.horizon = horizon};
    t->mse = calloc(9 * horizon, sizeof *t->mse);
    if (!t->mse) return message_memory();
    t->mae = t->mse + horizon;
    t->coverage80 = t->mae + horizon;
    t->coverage95 = t->coverage80 + horizon;
    t->sums = t->coverage95 + horizon;
    for (size_t b = 0; b < BASELINES; b++) t->base_square[b] = t->base_absolute[b] = NAN;
    return STATUS_DONE;
}

void backtest_close(backtest *t)
{
    free(t->mse);
    *t = (backtest){0};
}

loci_readout_score backtest_score(backtest *t)
{
    const size_t h = t->horizon;
    memset(t->sums, 0, 5 * h * sizeof *t->sums);
    return (loci_readout_score){.size = sizeof(loci_readout_score),
                                .count = t->sums,
                                .square = t->sums + h,
                                .absolute = t->sums + 2 * h,
                                .in80 = t->sums + 3 * h,
                                .in95 = t->sums + 4 * h};
}

/* The sums of one channel. */
static int walk(backtest *t, loci_readout *r, const series *s, size_t c, size_t from, bool intervals)
{
    loci_error error;
    loci_readout_score score = backtest_score(t);
    if (!intervals) score.in80 = score.in95 = NULL;
    if (loci_readout_walk(r, c, &score, s->x[c], s->n, from - 1, &error) != LOCI_OK)
        return message_error(s->path, &error);
    return STATUS_DONE;
}

void backtest_account(backtest *t, double scale, size_t channels)
{
    const size_t h = t->horizon;
    const double *sum = t->sums;
    t->windows = sum[0];
    for (size_t j = 0; j < h && sum[j] > 0; j++) {
        const double share = 1.0 / (sum[j] * (double)channels);
        t->mse[j] += sum[h + j] * share;
        t->mae[j] += sum[2 * h + j] * share;
        t->coverage80[j] += sum[3 * h + j] * share;
        t->coverage95[j] += sum[4 * h + j] * share;
        t->square += sum[h + j] * share / (scale * scale) / (double)h;
        t->absolute += sum[2 * h + j] * share / scale / (double)h;
    }
}

int backtest_run(backtest *t, loci_readout *r, const series *s, size_t from, const double *scale)
{
    t->square = t->absolute = 0;
    for (size_t c = 0; c < s->channels; c++) {
        const int status = walk(t, r, s, c, from, true);
        if (status) return status;
        backtest_account(t, scale[c], s->channels);
    }
    return STATUS_DONE;
}

/* Of all that x[origin + j] is foretold to be, made[j % period]: sums of errors. */
static void compare(double *square, double *absolute, const double *truth, const double *made, size_t h,
                    size_t period)
{
    double squares = 0, sizes = 0;
    for (size_t at = 0; at < h; at += period) {
        const size_t count = h - at < period ? h - at : period;
        for (size_t j = 0; j < count; j++) {
            const double e = truth[at + j] - made[j];
            squares += e * e;
            sizes += fabs(e);
        }
    }
    *square += squares;
    *absolute += sizes;
}

static void compare_constant(double *square, double *absolute, const double *truth, double made, size_t h)
{
    double squares[4] = {0}, sizes[4] = {0};
    size_t j = 0;
    for (; j + 4 <= h; j += 4)
        for (size_t e = 0; e < 4; e++) {
            const double d = truth[j + e] - made;
            squares[e] += d * d;
            sizes[e] += fabs(d);
        }
    for (; j < h; j++) squares[0] += (truth[j] - made) * (truth[j] - made), sizes[0] += fabs(truth[j] - made);
    *square += squares[0] + squares[1] + squares[2] + squares[3];
    *absolute += sizes[0] + sizes[1] + sizes[2] + sizes[3];
}

/* Sums of errors squared and of their sizes of one simple way on channel c, for each row behind row `from` - 1. period: 0: none is known. */
static void sum_simple(double sums[2], size_t way, const series *s, size_t c, size_t from, size_t h,
                       size_t period)
{
    const double *x = s->x[c];
    const size_t end = s->n >= from + h ? s->n - h : from - 1;
    double mean = 0;
    for (size_t k = 0; k < from && way == BASELINE_MEAN; k++) mean += (x[k] - x[0]) / (double)from;
    mean += x[0];
    if (way == BASELINE_SEASON && period == 0) return;
    for (size_t o = from - 1; o < end; o++)
        if (way == BASELINE_SEASON)
            compare(&sums[0], &sums[1], x + o + 1, x + o + 1 - period, h, period);
        else
            compare_constant(&sums[0], &sums[1], x + o + 1, way == BASELINE_MEAN ? mean : x[o], h);
}

int backtest_baselines(backtest *t, loci_readout *ar, const series *s, size_t from, const double *scale,
                       size_t season)
{
    const size_t h = t->horizon, origins = s->n >= from + h ? s->n - h - from + 1 : 0,
                 period = season <= from ? season : 0;
    double(*sums)[2] = calloc(s->channels * BASELINES, sizeof *sums);
    if (!sums) return message_memory();
    size_t first, end;
    ranks_own(s->channels * BASELINE_AR, &first, &end);
    for (size_t i = first; i < end; i++)
        sum_simple(sums[i], i % BASELINE_AR, s, i / BASELINE_AR, from, h, period);
    int status = ranks_collect(sums, sizeof *sums, s->channels * BASELINE_AR);
    for (size_t b = 0; b < BASELINES; b++)
        t->base_square[b] = t->base_absolute[b] = b == BASELINE_AR && !ar ? NAN : 0;
    const double share = 1.0 / ((double)origins * (double)h * (double)s->channels);
    for (size_t c = 0; c < s->channels && !status; c++) {
        double of[BASELINES][2] = {{0}};
        memcpy(of, sums[c * BASELINE_AR], BASELINE_AR * sizeof *of);
        if (ar) status = walk(t, ar, s, c, from, false);
        for (size_t j = 0; j < h && ar; j++) {
            of[BASELINE_AR][0] += t->sums[h + j];
            of[BASELINE_AR][1] += t->sums[2 * h + j];
        }
        for (size_t b = 0; b < BASELINES; b++) {
            t->base_square[b] += of[b][0] * share / (scale[c] * scale[c]);
            t->base_absolute[b] += of[b][1] * share / scale[c];
        }
    }
    if (period == 0) t->base_square[BASELINE_SEASON] = t->base_absolute[BASELINE_SEASON] = NAN;
    free(sums);
    return status;
}
