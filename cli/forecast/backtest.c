/* SPDX-License-Identifier: MIT
 * backtest.c - forecasts beside what came, and those of simple ways. */
#include "forecast/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"

const char *const baseline_names[BASELINES] = {"last", "season", "mean", "ar"};

int backtest_open(backtest *t, size_t horizon)
{
    *t = (backtest){.horizon = horizon};
    t->numbers = calloc(9 * horizon, sizeof *t->numbers);
    if (!t->numbers) return message_memory();
    t->mse = t->numbers;
    t->mae = t->mse + horizon;
    t->coverage80 = t->mae + horizon;
    t->coverage95 = t->coverage80 + horizon;
    for (size_t b = 0; b < BASELINES; b++) t->base_square[b] = t->base_absolute[b] = NAN;
    return STATUS_DONE;
}

void backtest_close(backtest *t)
{
    free(t->numbers);
    *t = (backtest){0};
}

/* One channel: sums in `sum`, [5][horizon]. */
static int walk(loci_readout *r, double *sum, const series *s, size_t c, size_t from, bool intervals)
{
    const loci_readout_spec spec = *loci_readout_spec_of(r);
    const size_t h = spec.horizon, window = spec.window, begin = from >= window ? from - window : 0;
    loci_error error;
    memset(sum, 0, 5 * h * sizeof *sum);
    const loci_readout_score score = {sizeof score,
                                      sum,
                                      sum + h,
                                      sum + 2 * h,
                                      intervals ? sum + 3 * h : NULL,
                                      intervals ? sum + 4 * h : NULL};
    const size_t origin = window - 1; /* the first with a whole window */
    if (loci_readout_walk(r, c, &score, s->x[c] + begin, s->n - begin, origin, &error) != LOCI_OK)
        return message_error(s->path, &error);
    return STATUS_DONE;
}

int backtest_run(backtest *t, loci_readout *r, const series *s, size_t from, const double *scale)
{
    const size_t h = t->horizon;
    double *const sum = t->numbers + 4 * h, channels = (double)s->channels;
    t->square = t->absolute = 0;
    for (size_t c = 0; c < s->channels; c++) {
        const int status = walk(r, sum, s, c, from, true);
        if (status) return status;
        t->windows = sum[0];
        for (size_t j = 0; j < h && sum[j] > 0; j++) {
            const double share = 1.0 / (sum[j] * channels);
            t->mse[j] += sum[h + j] * share;
            t->mae[j] += sum[2 * h + j] * share;
            t->coverage80[j] += sum[3 * h + j] * share;
            t->coverage95[j] += sum[4 * h + j] * share;
            t->square += sum[h + j] * share / (scale[c] * scale[c]) / (double)h;
            t->absolute += sum[2 * h + j] * share / scale[c] / (double)h;
        }
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

int backtest_baselines(backtest *t, loci_readout *ar, const series *s, size_t from, const double *scale,
                       size_t season)
{
    const size_t h = t->horizon, origins = s->n >= from + h ? s->n - h - from + 1 : 0,
                 period = season && season <= from ? season : 1;
    double *const sum = t->numbers + 4 * h;
    for (size_t b = 0; b < BASELINES; b++)
        t->base_square[b] = t->base_absolute[b] = b == BASELINE_AR && !ar ? NAN : 0;
    for (size_t c = 0; c < s->channels; c++) {
        const double *x = s->x[c];
        double square[BASELINES] = {0}, absolute[BASELINES] = {0}, mean = 0;
        for (size_t k = 0; k < from; k++) mean += (x[k] - x[0]) / (double)from;
        mean += x[0];
        for (size_t o = from - 1; o < from - 1 + origins; o++) {
            compare_constant(&square[BASELINE_LAST], &absolute[BASELINE_LAST], x + o + 1, x[o], h);
            compare_constant(&square[BASELINE_MEAN], &absolute[BASELINE_MEAN], x + o + 1, mean, h);
            if (period > 1)
                compare(&square[BASELINE_SEASON], &absolute[BASELINE_SEASON], x + o + 1, x + o + 1 - period,
                        h, period);
        }
        if (period == 1)
            square[BASELINE_SEASON] = square[BASELINE_LAST],
            absolute[BASELINE_SEASON] = absolute[BASELINE_LAST];
        if (ar) {
            const int status = walk(ar, sum, s, c, from, false);
            if (status) return status;
            for (size_t j = 0; j < h; j++) {
                square[BASELINE_AR] += sum[h + j];
                absolute[BASELINE_AR] += sum[2 * h + j];
            }
        }
        const double share = 1.0 / ((double)origins * (double)h * (double)s->channels);
        for (size_t b = 0; b < BASELINES; b++) {
            t->base_square[b] += square[b] * share / (scale[c] * scale[c]);
            t->base_absolute[b] += absolute[b] * share / scale[c];
        }
    }
    return STATUS_DONE;
}
