/* SPDX-License-Identifier: MIT
 * kept_readout.c - forecasters of one channel as bytes in a column. */
#include "kept_readout.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum {
    HORIZON = 96,
    LOOKED = 101,        /* distances whose median is the step */
    CHOSEN_BY = 1 << 20, /* the newest samples, which tell what to choose */
    TRIED = 1 << 14,     /* the newest, on which widths are set */
    PIECE = 1 << 16,
    SEASON_MOST = 1000,
    SEASON_ROWS = 16384
};

__attribute__((format(printf, 3, 4))) static loci_status fail(loci_error *error, loci_status status,
                                                              const char *format, ...)
{
    if (!error) return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

static void *take(const loci_allocator *by, size_t size)
{
    return by->allocate(by->context, size ? size : 1);
}

static void give(const loci_allocator *by, void *memory)
{
    if (memory) by->release(by->context, memory);
}

/* ---- what is asked for ---- */

loci_status kept_wishes_read(kept_wishes *w, const char *text, loci_error *error)
{
    static const char *const keys[] = {"horizon=", "window=", "order=", "ridge=", "gather="};
    enum { KEYS = sizeof keys / sizeof *keys, COUNTS = 3 };
    *w = (kept_wishes){SIZE_MAX, SIZE_MAX, SIZE_MAX, NAN, 0};
    size_t *const counts[COUNTS] = {&w->horizon, &w->window, &w->order};
    static const size_t most[COUNTS] = {LOCI_READOUT_HORIZON_MAX, LOCI_READOUT_WINDOW_MAX,
                                        LOCI_READOUT_ORDER_MAX};
    for (const char *p = text ? text : ""; *p;) {
        size_t k = 0;
        while (k < KEYS && strncmp(p, keys[k], strlen(keys[k])) != 0) k++;
        if (k < KEYS) p += strlen(keys[k]);
        const double value = k < KEYS ? kept_number(&p) : NAN;
        if (isnan(value) || (*p == ',' ? !p[1] : *p))
            return fail(
                error, LOCI_E_ARGUMENT,
                "\"%.60s\" does not say what to learn; horizon=H, window=W, order=N, ridge=R, step=S, with "
                "commas between them, were expected",
                text);
        p += *p == ',';
        if (k < COUNTS) {
            const double least = k < 2 ? 1 : 0;
            if (!(value >= least && value <= (double)most[k]) || value != floor(value))
                return fail(error, LOCI_E_ARGUMENT,
                            "%s%.17g was asked for; a whole number of %g to %zu was expected", keys[k], value,
                            least, most[k]);
            *counts[k] = (size_t)value;
        } else if (k == COUNTS) {
            w->ridge = value;
        } else {
            if (!(value > 0))
                return fail(error, LOCI_E_ARGUMENT, "gather=%g was asked for; more than 0 s was expected",
                            value);
            w->gather = value;
        }
    }
    if (w->window != SIZE_MAX && w->order != SIZE_MAX && w->order > w->window)
        return fail(error, LOCI_E_ARGUMENT, "order=%zu is more than window=%zu; at most that was expected",
                    w->order, w->window);
    return LOCI_OK;
}

/* ---- samples on an even grid ---- */

typedef struct {
    double *x; /* [n] */
    size_t n;
    double first, last, step; /* the times of the first and the last, and between them */
} even;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_step(const kept_sample *s, size_t count)
{
    double some[LOOKED];
    const size_t steps = count - 1, looked = steps < LOOKED ? steps : LOOKED;
    for (size_t i = 0; i < looked; i++) {
        const size_t k = (size_t)((double)i * (double)steps / (double)looked);
        some[i] = s[k + 1].time - s[k].time;
    }
    qsort(some, looked, sizeof *some, compare);
    return some[looked / 2];
}

/* Steps from the sample before sample i to it, to the nearest. */
static double steps_to(const kept_sample *s, size_t i, double step)
{
    return i ? floor((s[i].time - s[i - 1].time) / step + 0.5) : 0;
}

/* From samples that are sorted and distinct, of times; each step without one holds the value before. */
static loci_status even_fill(even *e, const kept_sample *s, size_t count, const loci_allocator *by,
                             loci_error *error)
{
    double place = 0;
    for (size_t i = 1; i < count; i++) {
        const double more = steps_to(s, i, e->step);
        if (more < 1)
            return fail(
                error, LOCI_E_VALUE,
                "the times %.13g and %.13g are closer than the step of most, %g s; gather=S gathers rows in "
                "steps, as gather=%g",
                s[i - 1].time, s[i].time, e->step, e->step);
        place += more;
    }
    const double n = place + 1;
    if (n > 2 * (double)count + 2)
        return fail(
            error, LOCI_E_VALUE,
            "of %.0f steps of %g s from %.13g to %.13g only %zu have a value; half of them or more were "
            "expected: gather=S gathers rows, as gather=%g",
            n, e->step, s[0].time, s[count - 1].time, count, ceil(2 * e->step * n / (double)count));
    e->n = (size_t)n;
    e->x = take(by, e->n * sizeof *e->x);
    if (!e->x) return fail(error, LOCI_E_MEMORY, "out of memory for %zu samples", e->n);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t to = at + (size_t)steps_to(s, i, e->step);
        for (size_t k = at + 1; k < to; k++) e->x[k] = e->x[at];
        e->x[to] = s[i].value;
        at = to;
    }
    e->first = s[0].time;
    e->last = s[count - 1].time;
    return LOCI_OK;
}

static loci_status even_make(even *e, kept_sample *s, size_t count, const kept_wishes *w, kept_times times,
                             const loci_allocator *by, void (*pause)(void), loci_error *error)
{
    *e = (even){.step = 1};
    if (times == KEPT_ROWS && w->gather > 0)
        return fail(error, LOCI_E_ARGUMENT,
                    "gather=%g was asked for, of rows without times; times were expected", w->gather);
    if (times == KEPT_ROWS) {
        e->n = count;
        e->first = 0;
        e->last = (double)count - 1;
        e->x = take(by, count * sizeof *e->x);
        if (!e->x) return fail(error, LOCI_E_MEMORY, "out of memory for %zu samples", count);
        for (size_t i = 0; i < count; i++) e->x[i] = s[i].value;
        return LOCI_OK;
    }
    loci_status status = kept_sort(s, count, by, pause, error);
    if (status == LOCI_OK && w->gather > 0) count = kept_gather(s, count, w->gather);
    if (status == LOCI_OK) status = kept_distinct(s, count, error);
    if (status != LOCI_OK) return status;
    if (w->gather > 0)
        e->step = w->gather;
    else if (count > 1)
        e->step = median_step(s, count);
    status = even_fill(e, s, count, by, error);
    if (status == LOCI_OK && !(w->gather > 0) && e->n > 1)
        e->step = (e->last - s[0].time) / ((double)e->n - 1);
    return status;
}

/* ---- learning ---- */

static loci_status save(kept_bytes *result, const loci_readout *r, const even *e, kept_times times,
                        size_t season, loci_error *error)
{
    char note[320];
    json_t *root = json_pack("{s:[s], s:b, s:b, s:f, s:f, s:f, s:I}", "columns", "value", "stamped",
                             times != KEPT_ROWS, "dates", times == KEPT_DATES, "first", e->first, "last",
                             e->last, "step", e->step, "season", (json_int_t)season);
    const size_t length =
        root ? json_dumpb(root, note, sizeof note, JSON_COMPACT | JSON_REAL_PRECISION(17)) : 0;
    json_decref(root);
    if (length == 0 || length > sizeof note) return fail(error, LOCI_E_MEMORY, "out of memory");
    const size_t size = loci_readout_save_size(r, length);
    result->size = 0;
    loci_status status = kept_bytes_room(result, size, error);
    if (status == LOCI_OK) status = loci_readout_save(r, note, length, result->at, size, error);
    if (status == LOCI_OK) result->size = size;
    return status;
}

static double deviation(const double *x, size_t n)
{
    double mean = 0, square = 0;
    for (size_t k = 0; k < n; k++) mean += (x[k] - x[0]) / (double)n;
    for (size_t k = 0; k < n; k++) square += (x[k] - x[0] - mean) * (x[k] - x[0] - mean);
    const double scale = sqrt(square / (double)n);
    return scale > 0 && isfinite(scale) ? scale : fabs(x[0]) > 0 ? fabs(x[0]) : 1;
}

static loci_status push(loci_readout *r, const double *x, size_t from, size_t to, void (*pause)(void),
                        loci_error *error)
{
    for (size_t n; from < to; from += n) {
        n = to - from < PIECE ? to - from : PIECE;
        const loci_status status = loci_readout_push(r, x + from, n, error);
        if (status != LOCI_OK) return status;
        if (pause) pause();
    }
    return LOCI_OK;
}

/* Widths as normal errors have them that are as large as those of the windows learned from, for each coefficient a window less; none where there are
 * few windows. */
static loci_status widths_of_fit(loci_readout *r, const loci_allocator *by, loci_error *error)
{
    static const double quantiles[2] = {1.2815515655446004, 1.959963984540054};
    const loci_readout_info info = loci_readout_inspect(r);
    const size_t h = info.spec.horizon;
    const double free = info.windows - (double)info.spec.order - 1;
    if (free < info.windows / 2) return LOCI_OK;
    double *widths = take(by, 2 * h * sizeof *widths);
    if (!widths) return fail(error, LOCI_E_MEMORY, "out of memory for the widths of intervals");
    loci_status status = loci_readout_fit(r, 0, widths, error);
    for (size_t j = h; j-- > 0 && status == LOCI_OK;) {
        const double deviation = sqrt(widths[j] * info.windows / free);
        for (size_t level = 0; level < 2; level++) widths[level * h + j] = quantiles[level] * deviation;
    }
    if (status == LOCI_OK) status = loci_readout_set_widths(r, 0, widths, error);
    give(by, widths);
    return status;
}

/* From the first `train` of them, tried on the others, and then from all. */
static loci_status learn(loci_readout *r, const even *e, size_t train, const loci_allocator *by,
                         void (*pause)(void), loci_error *error)
{
    const loci_readout_spec *spec = loci_readout_spec_of(r);
    const size_t enough = spec->window + spec->horizon;
    const int tried = train >= enough && e->n - train >= spec->horizon;
    loci_status status = push(r, e->x, 0, train, pause, error);
    if (status == LOCI_OK && tried) {
        const size_t behind = e->n - train < TRIED ? e->n : train + TRIED, from = train - spec->window;
        status = loci_readout_solve(r, error);
        if (pause) pause();
        if (status == LOCI_OK)
            status = loci_readout_walk(r, 0, NULL, e->x + from, behind - from, behind - from, error);
        if (pause) pause();
    }
    if (status == LOCI_OK) status = push(r, e->x, train, e->n, pause, error);
    if (status != LOCI_OK || (e->n < enough && spec->order > 0)) return status;
    status = loci_readout_solve(r, error);
    return status == LOCI_OK && !tried && e->n >= enough ? widths_of_fit(r, by, error) : status;
}

static loci_status choose(loci_readout_spec *spec, const kept_wishes *w, const even *e, size_t train,
                          double scale, loci_error *error)
{
    spec->window = w->window == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->window;
    spec->order = w->order == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->order;
    spec->ridge = isnan(w->ridge) ? -1 : w->ridge;
    if (w->window != SIZE_MAX && w->order != SIZE_MAX && !isnan(w->ridge)) return LOCI_OK;
    const size_t valid = e->n - train, by = valid < CHOSEN_BY / 4 ? valid : CHOSEN_BY / 4,
                 from = train < CHOSEN_BY ? train : CHOSEN_BY;
    const double *const x[1] = {e->x + train - from};
    return loci_readout_choose(spec, NULL, x, from, by, &scale, error);
}

loci_status kept_readout_learn(kept_bytes *result, const kept_wishes *w, kept_sample *samples, size_t count,
                               kept_times times, void (*pause)(void), loci_error *error)
{
    const loci_allocator *by = result->allocator;
    even e = {0};
    loci_readout *r = NULL;
    size_t season = 0;
    loci_status status = even_make(&e, samples, count, w, times, by, pause, error);
    if (pause) pause();
    if (status == LOCI_OK) {
        const size_t train = e.n - (size_t)floor(0.2 * (double)e.n + 0.5), most = (e.n - train) / 2;
        const double scale = deviation(e.x, train);
        loci_readout_spec spec = {.size = sizeof spec, .channels = 1, .allocator = by};
        spec.horizon = w->horizon != SIZE_MAX ? w->horizon : most < 1 ? 1 : most < HORIZON ? most : HORIZON;
        status = choose(&spec, w, &e, train, scale, error);
        if (pause) pause();
        if (status == LOCI_OK) status = loci_readout_create(&r, &spec, &scale, error);
        const size_t shown = e.n < SEASON_ROWS ? e.n : SEASON_ROWS,
                     longest = e.n / 3 < SEASON_MOST ? e.n / 3 : SEASON_MOST;
        if (status == LOCI_OK)
            status = loci_readout_season(&season, e.x + e.n - shown, shown, longest, error);
        if (status == LOCI_OK) status = learn(r, &e, train, by, pause, error);
        if (status == LOCI_OK) status = save(result, r, &e, times, season, error);
    }
    loci_readout_free(r);
    give(by, e.x);
    return status;
}

/* ---- reading ---- */

loci_status kept_readout_open(kept *k, const void *bytes, size_t size, loci_error *error)
{
    const char *note;
    size_t length;
    loci_status status = loci_readout_load(&k->readout, &note, &length, bytes, size, k->allocator, error);
    if (status != LOCI_OK) return status;
    json_t *root = json_loadb(note, length, 0, NULL);
    const size_t columns = json_array_size(json_object_get(root, "columns"));
    k->stamped = json_is_true(json_object_get(root, "stamped"));
    k->dates = json_is_true(json_object_get(root, "dates"));
    k->last = json_number_value(json_object_get(root, "last"));
    k->step = json_number_value(json_object_get(root, "step"));
    const json_t *first = json_object_get(root, "first"); /* loci forecast does not say it */
    k->first = json_is_number(first) ? json_number_value(first) : NAN;
    const json_int_t season = json_integer_value(json_object_get(root, "season"));
    k->season = season > 0 ? (size_t)season : 0;
    k->samples = loci_readout_inspect(k->readout).samples;
    json_decref(root);
    if (loci_readout_spec_of(k->readout)->channels != 1)
        return fail(error, LOCI_E_MISMATCH, "a forecaster of %zu columns; one was expected",
                    loci_readout_spec_of(k->readout)->channels);
    if (columns != 1 || !(k->step > 0) || !isfinite(k->last))
        return fail(error, LOCI_E_FORMAT, "a forecaster whose note was not written by loci forecast");
    return LOCI_OK;
}

/* ---- many to one ---- */

/* run[0] learns what the others, which follow it, have learned, and has the history of the last one. */
static loci_status merge_run(loci_readout **whole, const kept *run, size_t count, loci_error *error)
{
    loci_status status = loci_readout_copy(whole, run[0].readout, error);
    for (size_t i = 1; i < count && status == LOCI_OK; i++) {
        loci_readout *newer = NULL;
        status = loci_readout_add(*whole, run[i].readout, 1, error);
        if (status != LOCI_E_MISMATCH) continue;
        /* it is made of several itself: the windows across are gone, and its own history goes on */
        status = loci_readout_copy(&newer, run[i].readout, error);
        if (status == LOCI_OK) status = loci_readout_add(newer, *whole, 0, error);
        loci_readout_free(status == LOCI_OK ? *whole : newer);
        if (status == LOCI_OK) *whole = newer;
    }
    return status;
}

loci_status kept_readout_merge(kept_bytes *result, kept_plans *plans, kept *k, size_t count,
                               loci_error *error)
{
    loci_readout *whole = NULL;
    loci_status status = LOCI_OK;
    for (size_t i = 1; i < count; i++) {
        const double gap = kept_start(&k[i]) - k[i - 1].last;
        if (fabs(k[i].step - k[0].step) > 0.01 * k[0].step || k[i].stamped != k[0].stamped)
            return fail(error, LOCI_E_MISMATCH,
                        "forecasters of steps of %g s and of %g s do not become one; the same was expected",
                        k[0].step, k[i].step);
        if (gap < 0.5 * k[0].step)
            return fail(
                error, LOCI_E_MISMATCH,
                "a forecaster learned from %.17g on, another up to %.17g: they overlap; ones that follow one "
                "another were expected",
                kept_start(&k[i]), k[i - 1].last);
    }
    /* runs that go on without a gap are one history, the newest of which goes on */
    for (size_t begin = 0, end; begin < count && status == LOCI_OK; begin = end) {
        loci_readout *run = NULL;
        for (end = begin + 1; end < count; end++)
            if (kept_start(&k[end]) - k[end - 1].last > 1.5 * k[0].step) break;
        if (plans->pause) plans->pause();
        status = merge_run(&run, k + begin, end - begin, error);
        if (status == LOCI_OK && whole) status = loci_readout_add(run, whole, 0, error);
        loci_readout_free(status == LOCI_OK ? whole : run);
        if (status == LOCI_OK) whole = run;
    }
    if (status == LOCI_OK && loci_readout_inspect(whole).windows > 0) {
        status = loci_readout_solve(whole, error);
        if (status == LOCI_OK) status = widths_of_fit(whole, k->allocator, error);
    }
    const kept *newest = &k[count - 1];
    const even e = {.first = kept_start(&k[0]), .last = newest->last, .step = newest->step};
    const kept_times times = newest->dates ? KEPT_DATES : newest->stamped ? KEPT_SECONDS : KEPT_ROWS;
    if (status == LOCI_OK) status = save(result, whole, &e, times, newest->season, error);
    loci_readout_free(whole);
    return status;
}

/* ---- forecasts ---- */

loci_status kept_horizon(const kept *k, size_t *n, loci_error *error)
{
    if (!k->readout)
        return fail(error, LOCI_E_UNSUPPORTED,
                    "a memory or an archive foretells nothing; a forecaster, of loci_readout, was expected");
    const size_t horizon = loci_readout_spec_of(k->readout)->horizon;
    if (*n == SIZE_MAX) *n = horizon;
    if (*n >= 1 && *n <= horizon) return LOCI_OK;
    return fail(error, LOCI_E_ARGUMENT, "the number of rows to foretell is none of 1 to %zu, the horizon",
                horizon);
}

loci_status kept_forecast(const kept *k, size_t n, double *t, double *value, double *bounds,
                          loci_error *error)
{
    const size_t h = loci_readout_spec_of(k->readout)->horizon;
    double *all = take(k->allocator, 7 * h * sizeof *all);
    if (!all) return fail(error, LOCI_E_MEMORY, "out of memory for a forecast of %zu rows", h);
    double *const y = all, *const lower = y + h, *const upper = lower + 2 * h, *const widths = upper + 2 * h;
    loci_status status = loci_readout_forecast(k->readout, 0, y, lower, upper, error);
    if (status == LOCI_OK) status = loci_readout_widths(k->readout, 0, widths, error);
    int some = 0; /* all widths are 0 where none was ever set */
    for (size_t j = 0; status == LOCI_OK && j < 2 * h; j++) some = some || widths[j] > 0;
    for (size_t j = 0; status == LOCI_OK && j < n; j++) {
        t[j] = k->last + (double)(j + 1) * k->step;
        value[j] = y[j];
        for (size_t level = 0; level < 2; level++) {
            bounds[2 * level * n + j] = some ? lower[level * h + j] : NAN;
            bounds[(2 * level + 1) * n + j] = some ? upper[level * h + j] : NAN;
        }
    }
    give(k->allocator, all);
    return status;
}
