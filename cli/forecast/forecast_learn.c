/* SPDX-License-Identifier: MIT
 * forecast_learn.c - a forecaster from a table.
 *
 * Learned from the first rows, it is chosen by those that follow; learned from both, it is tried on the rest; learned from all, it
 * is what foretells the future. One readout is pushed all rows once, and solved three times. */
#include "forecast/forecast_learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/pace.h"
#include "shared/message.h"
#include "shared/ranks.h"

enum {
    PIECE = 1 << 18, /* numbers that are pushed at once */
    HORIZON = 96,
    SEASON_MOST = 1000,
    SEASON_ROWS = 16384 /* the newest, which tell the season */
};

int forecast_wishes_check(const forecast_wishes *w)
{
    const size_t none = SIZE_MAX;
    if (w->horizon != none && (w->horizon < 1 || w->horizon > LOCI_READOUT_HORIZON_MAX))
        return message_usage("forecast: --horizon is %zu; 1 to %d was expected", w->horizon,
                             LOCI_READOUT_HORIZON_MAX);
    if (w->window != none && (w->window < 1 || w->window > LOCI_READOUT_WINDOW_MAX))
        return message_usage("forecast: --window is %zu; 1 to %d was expected", w->window,
                             LOCI_READOUT_WINDOW_MAX);
    if (w->order != none &&
        (w->order > LOCI_READOUT_ORDER_MAX || (w->window != none && w->order > w->window)))
        return message_usage("forecast: --order is %zu; 0 to %zu was expected", w->order,
                             w->window != none && w->window < LOCI_READOUT_ORDER_MAX
                                 ? w->window
                                 : (size_t)LOCI_READOUT_ORDER_MAX);
    if (!isnan(w->ridge) && !(w->ridge >= 0 && w->ridge <= 1e100))
        return message_usage("forecast: --ridge is %g; 0 or more was expected", w->ridge);
    if (!isnan(w->valid) && !(w->valid > 0 && w->valid < 1))
        return message_usage("forecast: --valid is %g; a share between 0 and 1 was expected", w->valid);
    if (!isnan(w->test) && !(w->test >= 0 && w->test < 1))
        return message_usage("forecast: --test is %g; 0 or a share below 1 was expected", w->test);
    const double valid = isnan(w->valid) ? 0.2 : w->valid, test = isnan(w->test) ? 0.2 : w->test;
    if (!(valid + test < 1))
        return message_usage("forecast: --valid %g and --test %g leave nothing to learn from", valid, test);
    if (w->shared && w->own)
        return message_usage("forecast: --shared and --own exclude each other; one of them was expected");
    if (w->season != none && w->season == 1)
        return message_usage("forecast: --season is 1; 2 or more rows, or 0 for none, was expected");
    return STATUS_DONE;
}

void forecast_scales(double *scale, const series *s, size_t rows)
{
    for (size_t c = 0; c < s->channels; c++) {
        const double *x = s->x[c];
        double mean = 0, square = 0,
               most = 0; /* of differences, which are exact where values are near one another */
        for (size_t k = 0; k < rows; k++) mean += (x[k] - x[0]) / (double)rows;
        for (size_t k = 0; k < rows; k++) square += (x[k] - x[0] - mean) * (x[k] - x[0] - mean);
        for (size_t k = 0; k < rows; k++) most = fmax(most, fabs(x[k] - x[0]));
        scale[c] = square > 0 ? sqrt(square / (double)rows) : most;
        if (!(scale[c] > 0)) {
            message_note("%s: \"%s\" is constant over the first %zu rows; so is its forecast", s->path,
                         s->names[c], rows);
            scale[c] = fabs(x[0]) > 0 ? fabs(x[0]) : 1;
        }
    }
}

int forecast_season(size_t *season, const series *s, size_t rows)
{
    enum { COLUMNS = 8 };
    size_t found[COLUMNS], count = 0, most = 0;
    const size_t longest = rows / 3 < SEASON_MOST ? rows / 3 : SEASON_MOST;
    const size_t shown = rows < SEASON_ROWS ? rows : SEASON_ROWS;
    for (size_t c = 0; c < s->channels && count < COLUMNS; c++) {
        loci_error error;
        if (loci_readout_season(&found[count], s->x[c] + rows - shown, shown, longest, &error) != LOCI_OK)
            return message_error(s->path, &error);
        if (found[count] > 0) count++;
    }
    *season = 0;
    for (size_t i = 0; i < count; i++) {
        size_t votes = 0;
        for (size_t k = 0; k < count; k++) votes += found[k] == found[i];
        if (votes > most) most = votes, *season = found[i];
    }
    return STATUS_DONE;
}

int forecast_push(loci_readout *r, const series *s, size_t from, size_t to)
{
    const size_t channels = s->channels, most = PIECE / channels + 1;
    loci_error error;
    loci_status failed = LOCI_OK;
    if (channels == 1) {
        failed = loci_readout_push(r, s->x[0] + from, to - from, &error);
        return failed ? message_error(s->path, &error) : STATUS_DONE;
    }
    double *u = malloc(most * channels * sizeof *u);
    if (!u) return message_memory();
    while (from < to && !failed) {
        const size_t n = to - from < most ? to - from : most;
        for (size_t k = 0; k < n; k++)
            for (size_t c = 0; c < channels; c++) u[k * channels + c] = s->x[c][from + k];
        failed = loci_readout_push(r, u, n, &error);
        from += n;
    }
    free(u);
    return failed ? message_error(s->path, &error) : STATUS_DONE;
}

static int solved(loci_readout *r, const series *s, size_t from, size_t to)
{
    loci_error error;
    const int status = forecast_push(r, s, from, to);
    if (!status && loci_readout_solve(r, &error) != LOCI_OK) return message_error(s->path, &error);
    return status;
}

/* Widths from the errors on rows from..to, which were not learned from; and on those before, where they are fewer than 20 horizons: errors of one
 * such stretch go together, and few quiet ones are poor witnesses of what 19 of 20 are. */
static int calibrate(loci_readout *r, const series *s, size_t from, size_t to)
{
    const size_t window = loci_readout_spec_of(r)->window, least = 20 * loci_readout_spec_of(r)->horizon;
    if (to - from < least) from = to - window > least ? to - least : window;
    for (size_t c = 0; c < s->channels; c++) {
        loci_error error;
        if (loci_readout_walk(r, c, NULL, s->x[c] + from - window, to - from + window, to - from + window,
                              &error) != LOCI_OK)
            return message_error(s->path, &error);
    }
    return STATUS_DONE;
}

/* Fewer rows that are learned later, with steps of another length among them, do not tell the step, and fewer such steps do not make a
 * series uneven. */
enum { ENOUGH_ROWS = 1000, ENOUGH_STEPS = 10 };

void forecast_times(forecaster *f, const series *s)
{
    const bool first = !f->stamped || !s->stamped;
    if (!first && s->first > f->last) pace_pause(f->pauses, s->first - f->last);
    for (size_t i = 0; i < 2; i++) pace_pause(f->pauses, s->pauses[i]);
    f->stamped = s->stamped;
    f->timed = s->timed;
    f->iso = s->iso;
    f->last = s->last;
    if (first || s->n >= ENOUGH_ROWS || (s->n > ENOUGH_STEPS && s->irregular == 0)) f->step = s->step;
    if (first || s->irregular >= ENOUGH_STEPS) f->uneven = f->uneven || 100 * s->irregular > s->n;
}

void forecast_count(series *s, const forecaster *f, bool update, uint64_t rows)
{
    if (s->stamped) return;
    if (f->stamped) {
        if (update) series_count_on(s, (double)rows * s->step, s->step);
        return;
    }
    if (update && s->timed && !f->timed)
        message_warn("%s: has a rate, but the rows of %s are counted; so are these", s->path, f->path);
    if (!update && s->timed) return;
    series_count_on(s, update ? f->last + f->step : 0, f->step);
    s->timed = f->timed;
}

static int names_copy(forecaster *f, const series *s)
{
    f->names = calloc(s->channels, sizeof *f->names);
    if (!f->names) return message_memory();
    for (size_t c = 0; c < s->channels; c++)
        if (!(f->names[f->channels++] = strdup(s->names[c]))) return message_memory();
    forecast_times(f, s);
    return STATUS_DONE;
}

/* The autoregression on the raw window, of all coefficients that there can be and next to no ridge, from the rows that `known` has learned. */
static int autoregression(backtest *t, const series *s, const loci_readout *known, size_t from,
                          const double *scale, size_t season)
{
    loci_readout_spec raw = *loci_readout_spec_of(known);
    raw.order = raw.window < LOCI_READOUT_ORDER_MAX ? raw.window : LOCI_READOUT_ORDER_MAX;
    raw.ridge = 1e-6;
    raw.own = 0;
    loci_readout *ar = NULL;
    loci_error error;
    int status = STATUS_DONE;
    if (loci_readout_copy_as(&ar, known, &raw, &error) != LOCI_OK) return message_error(s->path, &error);
    status = solved(ar, s, from, from);
    if (!status) status = backtest_baselines(t, ar, s, from, scale, season);
    loci_readout_free(ar);
    return status;
}

static int learn(forecaster *f, backtest *t, size_t train, size_t valid, const series *s,
                 const forecast_wishes *w, double *scale, size_t horizon)
{
    forecast_scales(scale, s, train);
    loci_readout_spec spec = {.size = sizeof spec,
                              .channels = s->channels,
                              .horizon = horizon,
                              .window = w->window == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->window,
                              .order = w->order == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->order,
                              .ridge = isnan(w->ridge) ? -1 : w->ridge,
                              .own = w->own      ? 1
                                     : w->shared ? 0
                                                 : -1,
                              .team = ranks_team()};
    loci_error error;
    if (loci_readout_choose(&spec, NULL, (const double *const *)s->x, train, valid, scale, &error) !=
            LOCI_OK ||
        loci_readout_create(&f->readout, &spec, scale, &error) != LOCI_OK)
        return message_error(s->path, &error);
    const size_t known = train + valid;
    int status = forecast_season(&f->season, s, known);
    if (w->season != SIZE_MAX) f->season = w->season;
    if (!status) status = solved(f->readout, s, 0, train);
    if (!status) status = calibrate(f->readout, s, train, known);
    if (!status && s->n > known) {
        status = solved(f->readout, s, train, known);
        if (!status) status = backtest_open(t, horizon);
        if (!status) status = backtest_run(t, f->readout, s, known, scale);
        if (!status) status = autoregression(t, s, f->readout, known, scale, f->season);
    }
    const size_t done = s->n > known ? known : train;
    if (!status) status = solved(f->readout, s, done, s->n);
    return status;
}

int forecast_split(size_t *train, size_t *valid, size_t *test, size_t *horizon, const series *s,
                   const forecast_wishes *w)
{
    *test = (size_t)round((double)s->n * (isnan(w->test) ? 0.2 : w->test));
    *valid = (size_t)round((double)s->n * (isnan(w->valid) ? 0.2 : w->valid));
    if (*test + *valid >= s->n)
        return message_fail("%s: %zu rows are too few to forecast from", s->path, s->n);
    *train = s->n - *valid - *test;
    /* without --horizon, what the rows can bear */
    size_t most = *valid / 2;
    if (*test > 0 && *test / 2 < most) most = *test / 2;
    *horizon = w->horizon;
    if (*horizon == SIZE_MAX) *horizon = most < 1 ? 1 : most < HORIZON ? most : HORIZON;
    if (*valid < *horizon || (*test > 0 && *test < *horizon))
        return message_fail(
            "%s: its %zu rows leave %zu to choose by and %zu to test on; %zu, the horizon, were expected of each",
            s->path, s->n, *valid, *test, *horizon);
    return STATUS_DONE;
}

int forecast_learn(forecaster *f, backtest *t, size_t *train, size_t *valid, size_t *test, const series *s,
                   const forecast_wishes *w)
{
    size_t horizon;
    int status = forecast_split(train, valid, test, &horizon, s, w);
    if (status) return status;
    double *scale = calloc(s->channels, sizeof *scale);
    if (!scale) return message_memory();
    status = names_copy(f, s);
    if (!status) status = learn(f, t, *train, *valid, s, w, scale, horizon);
    free(scale);
    return status;
}
