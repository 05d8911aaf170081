/* SPDX-License-Identifier: MIT
 * joint.c - columns foretold from the memories of several: learned, tried, gone on with. */
#include "forecast/joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"

enum {
    PIECE = 64,
    MADE = 1 << 25 /* numbers of forecasts that are kept at most */,
    SHARP = 16,
    FEATURES = 1024
};
static const double ridges[] = {1e-3, 1e-2, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000};
enum { RIDGES = sizeof ridges / sizeof *ridges };

static size_t window_of(const joint *j)
{
    return loci_probe_inspect(j->probe).window;
}

static void rows_of(double *u, const series *s, size_t from, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < s->channels; c++) u[k * s->channels + c] = s->x[c][from + k];
}

static int target_add(joint *j, const series *s, const char *name, size_t length)
{
    size_t c = 0;
    while (c < s->channels && !(strlen(s->names[c]) == length && strncmp(s->names[c], name, length) == 0))
        c++;
    if (c == s->channels)
        return message_fail("%s: no column \"%.*s\" is read that could be foretold", s->path, (int)length,
                            name);
    for (size_t i = 0; i < j->count; i++)
        if (j->targets[i] == c) return message_usage("forecast: --target names \"%s\" twice", s->names[c]);
    j->targets[j->count++] = c;
    return (j->face.names[j->face.channels++] = strdup(s->names[c])) ? STATUS_DONE : message_memory();
}

/* "a,b" is the column of that name, or two. */
static int targets_add(joint *j, const series *s, const char *list)
{
    for (size_t c = 0; c < s->channels; c++)
        if (strcmp(s->names[c], list) == 0) return target_add(j, s, list, strlen(list));
    int status = STATUS_DONE;
    for (bool more = true; more && !status;) {
        const size_t length = strcspn(list, ",");
        status = target_add(j, s, list, length);
        more = list[length] == ',';
        list += length + more;
    }
    return status;
}

int joint_name(joint *j, const series *s, const char *const *targets, size_t count)
{
    j->names = calloc(s->channels, sizeof *j->names);
    j->targets = calloc(s->channels, sizeof *j->targets);
    j->face.names = calloc(s->channels, sizeof *j->face.names);
    if (!j->names || !j->targets || !j->face.names) return message_memory();
    for (size_t c = 0; c < s->channels; c++)
        if (!(j->names[j->channels++] = strdup(s->names[c]))) return message_memory();
    int status = STATUS_DONE;
    for (size_t k = 0; k < count && !status; k++) status = targets_add(j, s, targets[k]);
    for (size_t c = 0; c < s->channels && !count && !status; c++)
        status = target_add(j, s, s->names[c], strlen(s->names[c]));
    forecast_times(&j->face, s);
    return status;
}

int joint_view(series *view, const joint *j, const series *s)
{
    *view = *s;
    view->channels = j->count;
    view->x = calloc(j->count, sizeof *view->x);
    view->names = calloc(j->count, sizeof *view->names);
    if (!view->x || !view->names) return message_memory();
    for (size_t k = 0; k < j->count; k++) {
        view->x[k] = s->x[j->targets[k]];
        view->names[k] = s->names[j->targets[k]];
    }
    return STATUS_DONE;
}

/* ---- learning ---- */

/* Rows u [n][channels] behind those that wait: those whose outcomes are there are learned, and the newest wait. */
static int take(joint *j, const double *u, size_t n, const char *path)
{
    const size_t channels = j->channels, h = j->horizon, all = j->waiting + n,
                 learned = all > h ? all - h : 0, targets = j->count * h;
    double *rows = malloc((all * channels + PIECE * targets + 1) * sizeof *rows), *y = rows + all * channels;
    double *rest = calloc(h * channels, sizeof *rest);
    int status = rows && rest ? STATUS_DONE : message_memory();
    if (!status) {
        if (j->waiting) memcpy(rows, j->rest, j->waiting * channels * sizeof *rows);
        memcpy(rows + j->waiting * channels, u, n * channels * sizeof *rows);
    }
    for (size_t k = 0; k < learned && !status; k += PIECE) {
        const size_t count = learned - k < PIECE ? learned - k : PIECE;
        for (size_t i = 0; i < count; i++)
            for (size_t t = 0; t < j->count; t++) {
                const double *x = rows + (k + i) * channels + j->targets[t];
                for (size_t ahead = 0; ahead < h; ahead++)
                    y[i * targets + t * h + ahead] = x[(ahead + 1) * channels] - *x;
            }
        loci_error error;
        if (loci_probe_push(j->probe, rows + k * channels, y, count, &error) != LOCI_OK)
            status = message_error(path, &error);
    }
    if (!status) {
        free(j->rest);
        j->rest = rest;
        rest = NULL;
        j->waiting = all - learned;
        memcpy(j->rest, rows + learned * channels, j->waiting * channels * sizeof *rows);
    }
    free(rest);
    free(rows);
    return status;
}

int joint_push(joint *j, const series *s, size_t from, size_t to, bool whole)
{
    if (whole) {
        loci_probe_part(j->probe);
        j->waiting = 0;
    }
    double *u = malloc(((to - from) * s->channels + 1) * sizeof *u);
    if (!u) return message_memory();
    rows_of(u, s, from, to - from);
    const int status = take(j, u, to - from, s->path);
    free(u);
    j->rows += to - from;
    return status;
}

int joint_solve(joint *j, const char *path)
{
    loci_error error;
    return loci_probe_solve(j->probe, &error) == LOCI_OK ? STATUS_DONE : message_error(path, &error);
}

int joint_recall(joint *j, const series *s)
{
    loci_error error;
    double *u = malloc(s->n * s->channels * sizeof *u);
    if (!u) return message_memory();
    rows_of(u, s, 0, s->n);
    loci_probe_part(j->probe);
    const loci_status pushed = loci_probe_push(j->probe, u, NULL, s->n - 1, &error);
    memcpy(j->rest, u + (s->n - 1) * s->channels, s->channels * sizeof *u);
    j->waiting = 1;
    free(u);
    return pushed == LOCI_OK ? STATUS_DONE : message_error(s->path, &error);
}

int joint_foretell(const joint *j, double *values, double *lower, double *upper)
{
    const size_t h = j->horizon;
    loci_probe *probe = NULL;
    loci_error error;
    int status = STATUS_DONE;
    if ((loci_probe_copy(&probe, j->probe, &error) != LOCI_OK ||
         loci_probe_push(probe, j->rest, NULL, j->waiting, &error) != LOCI_OK ||
         loci_probe_read(probe, values, &error) != LOCI_OK))
        status = message_error(j->face.path, &error);
    for (size_t t = 0; t < j->count && !status; t++) {
        const double newest = j->rest[(j->waiting - 1) * j->channels + j->targets[t]];
        for (size_t k = 0; k < 2 * h; k++) {
            const double value = newest + values[t * h + k % h], width = j->widths[t * 2 * h + k];
            lower[t * 2 * h + k] = value - width;
            upper[t * 2 * h + k] = value + width;
        }
        for (size_t k = 0; k < h; k++) values[t * h + k] += newest;
    }
    loci_probe_free(probe);
    return status;
}

/* ---- trying ---- */

/* Forecasts after rows first..end - 1 of s: made [count][end - first][horizon], of j's probe. */
static int make(const joint *j, double *made, const series *s, size_t first, size_t end)
{
    const size_t h = j->horizon, window = window_of(j), targets = j->count * h, rows = end - first;
    double *u = malloc(((window + PIECE) * j->channels + PIECE * targets) * sizeof *u),
           *y = u + (window + PIECE) * j->channels;
    if (!u) return message_memory();
    int status = STATUS_DONE;
    for (size_t k = 0; k < rows && !status; k += PIECE) {
        const size_t n = rows - k < PIECE ? rows - k : PIECE;
        loci_error error;
        rows_of(u, s, first + k + 1 - window, window - 1 + n);
        if (loci_probe_predict(j->probe, y, u, n, &error) != LOCI_OK) status = message_error(s->path, &error);
        for (size_t i = 0; i < n && !status; i++)
            for (size_t t = 0; t < j->count; t++)
                memcpy(made + (t * rows + k + i) * h, y + i * targets + t * h, h * sizeof *made);
    }
    free(u);
    return status;
}

int joint_try(joint *j, backtest *t, const series *s, size_t from, const double *scale)
{
    const size_t h = j->horizon, window = window_of(j), past = from > h ? from - 1 - h : 0,
                 first = past + 1 > window ? past : window - 1, rows = s->n - first;
    double *made = malloc(j->count * rows * h * sizeof *made);
    int status = made ? backtest_open(t, h) : message_memory();
    if (!status) status = make(j, made, s, first, s->n);
    for (size_t k = 0; k < j->count && !status; k++) {
        const loci_readout_score score = backtest_score(t);
        loci_error error;
        if (loci_readout_follow(j->widths + k * 2 * h, h, &score, s->x[j->targets[k]], s->n, from - 1,
                                made + k * rows * h, first, &error) != LOCI_OK)
            status = message_error(s->path, &error);
        else
            backtest_account(t, scale[j->targets[k]], j->count);
    }
    free(made);
    return status;
}

/* The squared errors, in units of the scales, of forecasts after rows from..to - 1 that have come, or two thousand of them in stretches. */
static int error_of(double *sum, const joint *j, const series *s, size_t from, size_t to, const double *scale)
{
    const size_t h = j->horizon;
    double *made = malloc(j->count * PIECE * h * sizeof *made);
    int status = made ? STATUS_DONE : message_memory();
    *sum = 0;
    const size_t part = (to - from) / 32 + 1, stride = part < PIECE ? PIECE : part;
    for (size_t o = from; o < to && !status; o += stride) {
        const size_t n = to - o < PIECE ? to - o : PIECE;
        status = make(j, made, s, o, o + n);
        for (size_t t = 0; t < j->count && !status; t++)
            for (size_t k = 0; k < n; k++) {
                const double *x = s->x[j->targets[t]] + o + k, *y = made + (t * n + k) * h;
                double squares = 0;
                for (size_t i = 0; i < h; i++) squares += (x[1 + i] - *x - y[i]) * (x[1 + i] - *x - y[i]);
                *sum += squares / (scale[j->targets[t]] * scale[j->targets[t]]);
            }
    }
    free(made);
    return status;
}

/* j's probe with another ridge: what it has learned, and of the rows before `behind` those that its window holds. */
static int with_ridge(joint *made, const joint *j, double ridge, const series *s, size_t behind,
                      const double *scale)
{
    loci_probe_spec spec = loci_probe_inspect(j->probe).spec;
    const size_t past = window_of(j) - 1, from = behind > past ? behind - past : 0;
    double *origin = calloc(s->channels, sizeof *origin), *u = malloc((past + 1) * s->channels * sizeof *u);
    int status = origin && u ? STATUS_DONE : message_memory();
    loci_error error;
    spec.ridge = ridge;
    *made = *j;
    made->probe = NULL;
    if (!status) {
        for (size_t c = 0; c < s->channels; c++) origin[c] = s->x[c][0];
        rows_of(u, s, from, behind - from);
        if (loci_probe_create(&made->probe, &spec, origin, scale, &error) != LOCI_OK ||
            loci_probe_add(made->probe, j->probe, &error) != LOCI_OK ||
            loci_probe_push(made->probe, u, NULL, behind - from, &error) != LOCI_OK ||
            loci_probe_solve(made->probe, &error) != LOCI_OK)
            status = message_error(s->path, &error);
    }
    free(origin);
    free(u);
    return status;
}

/* The largest ridge within 0.3 % of the best on the rows to choose by, whose forecasts begin at row train - 1. */
static int choose_ridge(double *ridge, const joint *j, const series *s, size_t train, size_t known,
                        const double *scale)
{
    double errors[RIDGES], best = INFINITY;
    int status = STATUS_DONE;
    for (size_t i = RIDGES; i-- > 0 && !status;) {
        joint one = {0};
        status = with_ridge(&one, j, ridges[i], s, train - j->waiting, scale);
        if (!status) status = error_of(&errors[i], &one, s, train - 1, known - j->horizon, scale);
        if (!status && errors[i] < best) best = errors[i];
        loci_probe_free(one.probe);
        if (!status && errors[i] > 1.2 * best) { /* smaller ones are worse still */
            while (i-- > 0) errors[i] = INFINITY;
            break;
        }
    }
    for (size_t i = 0; i < RIDGES && !status; i++)
        if (errors[i] <= 1.003 * best) *ridge = ridges[i];
    return status;
}

/* A memory as columns each for itself would have it, long and blurred, and, where neither is given, the newest rows beside it, as they are: what others
 * did a while ago. Of many columns fewer coefficients, so that the features are a thousand or so. */
static int choose_memory(loci_probe_spec *spec, const joint *j, const series *view, size_t train,
                         size_t valid, const double *scale, const forecast_wishes *w)
{
    loci_error error;
    double *some = calloc(j->count, sizeof *some);
    if (!some) return message_memory();
    for (size_t k = 0; k < j->count; k++) some[k] = scale[j->targets[k]];
    loci_readout_spec alone = {.size = sizeof alone,
                               .channels = j->count,
                               .horizon = j->horizon,
                               .window = w->window == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->window,
                               .order = w->order == SIZE_MAX ? LOCI_READOUT_CHOOSE : w->order,
                               .ridge = -1};
    const loci_status chosen =
        loci_readout_choose(&alone, NULL, (const double *const *)view->x, train, valid, some, &error);
    free(some);
    if (chosen != LOCI_OK) return message_error(view->path, &error);
    spec->memories = 1;
    spec->windows[0] = alone.window;
    spec->orders[0] = alone.order;
    if (w->window != SIZE_MAX || w->order != SIZE_MAX) return STATUS_DONE;
    const size_t most = FEATURES / spec->inputs > 2 * SHARP ? FEATURES / spec->inputs - SHARP : SHARP,
                 room = train > j->horizon + 8 ? train - j->horizon - 8 : 1;
    if (alone.order > most) spec->orders[0] = most;
    spec->windows[1] = spec->orders[1] = room < SHARP ? room : SHARP;
    spec->memories = 2;
    return STATUS_DONE;
}

static int autoregression(backtest *t, const series *view, const joint *j, size_t known, const double *some)
{
    loci_readout_spec raw = {.size = sizeof raw,
                             .channels = j->count,
                             .horizon = j->horizon,
                             .window = window_of(j),
                             .ridge = 1e-6};
    raw.order = raw.window < LOCI_READOUT_ORDER_MAX ? raw.window : LOCI_READOUT_ORDER_MAX;
    loci_readout *ar = NULL;
    loci_error error;
    int status = STATUS_DONE;
    if (loci_readout_create(&ar, &raw, some, &error) != LOCI_OK) return message_error(view->path, &error);
    status = forecast_push(ar, view, 0, known);
    if (!status && loci_readout_solve(ar, &error) != LOCI_OK) status = message_error(view->path, &error);
    if (!status) status = backtest_baselines(t, ar, view, known, some, j->face.season);
    loci_readout_free(ar);
    return status;
}

/* Widths from forecasts of rows that were not learned from, and of those before where they are fewer than 20 horizons. */
static int calibrate(joint *j, const series *s, size_t train, size_t known)
{
    const size_t h = j->horizon, window = window_of(j), least = 20 * h, most = MADE / (j->count * h) + 1;
    size_t first = known - train < least ? (known > least ? known - least : 0) : train;
    if (known - first > most) first = known - most;
    if (first + 1 < window) first = window - 1;
    const size_t rows = known - first;
    double *made = malloc(j->count * rows * h * sizeof *made);
    int status = made ? make(j, made, s, first, known) : message_memory();
    for (size_t k = 0; k < j->count && !status; k++) {
        loci_error error;
        if (loci_readout_follow(j->widths + k * 2 * h, h, NULL, s->x[j->targets[k]], known, known,
                                made + k * rows * h, first, &error) != LOCI_OK)
            status = message_error(s->path, &error);
    }
    free(made);
    return status;
}

static int learn(joint *j, backtest *t, size_t train, size_t valid, const series *s, const series *view,
                 const forecast_wishes *w, double *scale, double *some)
{
    const size_t known = train + valid, h = j->horizon;
    loci_probe_spec spec = {
        .size = sizeof spec, .inputs = s->channels, .targets = j->count * h, .memories = 1};
    loci_error error;
    forecast_scales(scale, s, train);
    for (size_t k = 0; k < j->count; k++) some[k] = scale[j->targets[k]];
    int status = choose_memory(&spec, j, view, train, valid, scale, w);
    if (status) return status;
    double *origin = calloc(s->channels, sizeof *origin), ridge = w->ridge;
    j->widths = calloc(j->count * 2 * h, sizeof *j->widths);
    if (!origin || !j->widths) {
        free(origin);
        return message_memory();
    }
    for (size_t c = 0; c < s->channels; c++) origin[c] = s->x[c][0];
    const loci_status made = loci_probe_create(&j->probe, &spec, origin, scale, &error);
    free(origin);
    if (made != LOCI_OK) return message_error(s->path, &error);
    status = joint_push(j, s, 0, train, false);
    if (!status && isnan(ridge)) status = choose_ridge(&ridge, j, s, train, known, scale);
    joint chosen = {0};
    if (!status) status = with_ridge(&chosen, j, ridge, s, train - j->waiting, scale);
    if (!status) {
        loci_probe_free(j->probe);
        j->probe = chosen.probe;
        chosen.probe = NULL;
    }
    loci_probe_free(chosen.probe);
    if (!status) status = calibrate(j, s, train, known);
    if (!status) status = forecast_season(&j->face.season, view, known);
    if (w->season != SIZE_MAX) j->face.season = w->season;
    if (!status) status = joint_push(j, s, train, known, false);
    if (!status) status = joint_solve(j, s->path);
    if (!status && s->n > known) {
        status = joint_try(j, t, s, known, scale);
        if (!status) status = autoregression(t, view, j, known, some);
        if (!status) status = joint_push(j, s, known, s->n, false);
        if (!status) status = joint_solve(j, s->path);
    }
    return status;
}

int joint_learn(joint *j, backtest *t, size_t *train, size_t *valid, size_t *test, const series *s,
                const forecast_wishes *w)
{
    int status = forecast_split(train, valid, test, &j->horizon, s, w);
    if (status) return status;
    if (j->horizon > LOCI_PROBE_TARGETS_MAX / j->count)
        return message_fail(
            "%s: %zu columns of %zu rows ahead are too many; %d of both were expected at most", s->path,
            j->count, j->horizon, LOCI_PROBE_TARGETS_MAX);
    double *scale = calloc(2 * s->channels, sizeof *scale);
    series view = {0};
    status = scale ? joint_view(&view, j, s) : message_memory();
    if (!status) status = learn(j, t, *train, *valid, s, &view, w, scale, scale + s->channels);
    free(view.x);
    free(view.names);
    free(scale);
    return status;
}
