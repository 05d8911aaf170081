/* SPDX-License-Identifier: MIT
 * forecast_report.c - what forecast found, in words, CSV and JSON. */
#include "forecast/forecast_report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

static size_t horizon_of(const forecast_report *r)
{
    return r->spec.horizon;
}

int forecast_report_foretell(forecast_report *r)
{
    if (!r->joint) {
        r->spec = *loci_readout_spec_of(r->f->readout);
    } else {
        const loci_probe_info info = loci_probe_inspect(r->joint->probe);
        r->spec = (loci_readout_spec){.channels = r->joint->count,
                                      .window = info.spec.windows[0],
                                      .order = info.spec.orders[0],
                                      .horizon = r->joint->horizon,
                                      .ridge = info.ridge,
                                      .own = 1};
    }
    const size_t h = horizon_of(r), channels = r->f->channels;
    r->values = calloc(channels * h, sizeof *r->values);
    r->lower = calloc(channels * 2 * h, sizeof *r->lower);
    r->upper = calloc(channels * 2 * h, sizeof *r->upper);
    if (!r->values || !r->lower || !r->upper) return message_memory();
    if (r->joint) return joint_foretell(r->joint, r->values, r->lower, r->upper);
    for (size_t c = 0; c < channels; c++) {
        loci_error error;
        if (loci_readout_forecast(r->f->readout, c, r->values + c * h, r->lower + c * 2 * h,
                                  r->upper + c * 2 * h, &error) != LOCI_OK)
            return message_error(r->s ? r->s->path : r->f->path, &error);
    }
    return STATUS_DONE;
}

void forecast_report_close(forecast_report *r)
{
    free(r->values);
    free(r->lower);
    free(r->upper);
    r->values = r->lower = r->upper = NULL;
}

static double time_of(const forecast_report *r, size_t ahead)
{
    return r->f->last + (double)ahead * r->f->step;
}

/* ---- words ---- */

static const char *const in_words[BASELINES] = {"last value", "seasonal repeat", "mean", "autoregression"};

/* The simple way that is best, and by how much it is better than ours. */
static size_t best_baseline(const backtest *t)
{
    size_t best = 0;
    for (size_t b = 1; b < BASELINES; b++)
        if (t->base_square[b] < t->base_square[best]) best = b;
    return best;
}

static void tell_trial(const forecast_report *r, output *out)
{
    const backtest *t = r->t;
    char count[WORDS_SIZE];
    output_format(out, "# on %s of the test part, in standard deviations:    squared  absolute\n",
                  words_plural(count, (uint64_t)t->windows, "window"));
    output_format(out, "#   %-48s  %8.4f  %8.4f\n", "this forecast", t->square, t->absolute);
    for (size_t b = 0; b < BASELINES; b++) {
        char name[64];
        if (b == BASELINE_SEASON)
            snprintf(name, sizeof name, "%s of %zu rows", in_words[b], r->f->season);
        else
            snprintf(name, sizeof name, "%s", in_words[b]);
        if (isfinite(t->base_square[b]))
            output_format(out, "#   %-48s  %8.4f  %8.4f\n", name, t->base_square[b], t->base_absolute[b]);
    }
    const size_t best = best_baseline(t);
    if (isfinite(t->base_square[best]) && t->base_square[best] <= 1.02 * t->square)
        output_format(out, "# a simple way is as good here: %s\n", in_words[best]);
    output_text(out, "# rows ahead   squared error   absolute error   in 80 %   in 95 %\n");
    const size_t h = t->horizon;
    for (size_t k = 0, ahead = 0; k < 8; k++) {
        const size_t next = k == 7 ? h : (size_t)ceil(pow((double)h, (double)k / 7.0));
        if (next == ahead || next > h) continue;
        ahead = next;
        const size_t j = ahead - 1;
        output_format(out, "# %10zu   %13.5g   %14.5g   %5.1f %%   %5.1f %%\n", ahead, t->mse[j], t->mae[j],
                      100 * t->coverage80[j], 100 * t->coverage95[j]);
    }
}

static void tell(const forecast_report *r, output *out)
{
    const loci_readout_spec *s = &r->spec;
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE], d[WORDS_SIZE];
    if (r->train > 0)
        output_format(out, "# %s: %s: %s to learn from, %s to choose by, %s to test\n",
                      words_plural(a, s->channels, "column"), words_plural(b, r->s->n, "row"),
                      words_count(c, r->train), words_count(d, r->valid),
                      words_count((char[WORDS_SIZE]){0}, r->test));
    if (r->updated > 0) output_format(out, "# learned on from %s\n", words_plural(a, r->updated, "row"));
    if (r->joint)
        output_format(out, "# window %zu, order %zu, ridge %g, from the memories of %s\n", s->window,
                      s->order, s->ridge, words_plural(a, r->joint->channels, "column"));
    else if (s->order == 0)
        output_text(out, "# nothing foretells better than the last value, which is held\n");
    else
        output_format(out, "# window %zu, order %zu, ridge %g%s\n", s->window, s->order, s->ridge,
                      s->channels == 1 ? ""
                      : s->own         ? ", each column with weights of its own"
                                       : ", all columns with the same weights");
    if (r->t && r->t->windows > 0) tell_trial(r, out);
}

static void heading(output *out, const char *name, const char *kind)
{
    const size_t size = strlen(name) + strlen(kind) + 1;
    char *text = malloc(size);
    if (!text) {
        if (!out->reason) out->reason = ENOMEM;
        return;
    }
    snprintf(text, size, "%s%s", name, kind);
    output_text(out, ",");
    output_field(out, text);
    free(text);
}

static void rows(const forecast_report *r, output *out)
{
    const size_t h = horizon_of(r), channels = r->f->channels;
    output_text(out, r->f->timed ? "time" : "row");
    for (size_t c = 0; c < channels; c++) {
        const char *const kinds[] = {"", "_lower80", "_upper80", "_lower95", "_upper95"};
        for (size_t k = 0; k < 5; k++) heading(out, r->f->names[c], kinds[k]);
    }
    output_text(out, "\n");
    for (size_t j = 0; j < h; j++) {
        output_time(out, time_of(r, j + 1), r->f->iso);
        for (size_t c = 0; c < channels; c++) {
            const double *lower = r->lower + c * 2 * h + j, *upper = r->upper + c * 2 * h + j;
            const double five[5] = {r->values[c * h + j], lower[0], upper[0], lower[h], upper[h]};
            for (size_t k = 0; k < 5; k++) {
                output_text(out, ",");
                output_number(out, five[k]);
            }
        }
        output_text(out, "\n");
    }
}

/* ---- JSON ---- */

static json_t *numbers(const double *x, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(array, output_json_number(x[i]));
    return array;
}

/* [horizon] of one column, else [columns][horizon]; of each channel the numbers `stride` apart. */
static json_t *of_columns(const double *x, size_t channels, size_t h, size_t stride)
{
    if (channels == 1) return numbers(x, h);
    json_t *array = json_array();
    for (size_t c = 0; c < channels; c++) json_array_append_new(array, numbers(x + c * stride, h));
    return array;
}

static json_t *pair(double square, double absolute)
{
    json_t *object = json_object();
    json_object_set_new(object, "mse", output_json_number(square));
    json_object_set_new(object, "mae", output_json_number(absolute));
    return object;
}

static json_t *whole(const forecast_report *r)
{
    const loci_readout_spec *spec = &r->spec;
    const size_t h = spec->horizon, channels = spec->channels;
    json_t *root = json_object(), *names = json_array(), *next = json_object();
    json_object_set_new(root, "horizon", json_integer((json_int_t)h));
    if (r->train > 0) {
        json_t *counts = json_object();
        json_object_set_new(counts, "train", json_integer((json_int_t)r->train));
        json_object_set_new(counts, "valid", json_integer((json_int_t)r->valid));
        json_object_set_new(counts, "test", json_integer((json_int_t)r->test));
        json_object_set_new(root, "rows", counts);
    }
    if (r->updated > 0) json_object_set_new(root, "updated", json_integer((json_int_t)r->updated));
    for (size_t c = 0; c < channels; c++) json_array_append_new(names, output_json_text(r->f->names[c]));
    json_object_set_new(root, "columns", names);
    if (r->joint) {
        json_t *features = json_array();
        for (size_t c = 0; c < r->joint->channels; c++)
            json_array_append_new(features, output_json_text(r->joint->names[c]));
        json_object_set_new(root, "features", features);
    }
    json_object_set_new(root, "window", json_integer((json_int_t)spec->window));
    json_object_set_new(root, "order", json_integer((json_int_t)spec->order));
    json_object_set_new(root, "ridge", output_json_number(spec->ridge));
    json_object_set_new(root, "own_weights", json_boolean(spec->own));
    json_object_set_new(root, "season", json_integer((json_int_t)r->f->season));
    if (r->t && r->t->windows > 0) {
        json_object_set_new(root, "windows", output_json_number(r->t->windows));
        json_object_set_new(root, "mse", numbers(r->t->mse, h));
        json_object_set_new(root, "mae", numbers(r->t->mae, h));
        json_object_set_new(root, "coverage80", numbers(r->t->coverage80, h));
        json_object_set_new(root, "coverage95", numbers(r->t->coverage95, h));
        json_object_set_new(root, "standardized", pair(r->t->square, r->t->absolute));
        json_t *base = json_object();
        for (size_t b = 0; b < BASELINES; b++) {
            json_t *one = json_object();
            json_object_set_new(one, "standardized", pair(r->t->base_square[b], r->t->base_absolute[b]));
            json_object_set_new(base, baseline_names[b], one);
        }
        json_object_set_new(root, "baselines", base);
    }
    if (r->values) {
        json_t *times = json_array();
        for (size_t j = 0; j < h; j++)
            json_array_append_new(times, output_json_time(time_of(r, j + 1), r->f->iso));
        json_object_set_new(next, r->f->timed ? "times" : "rows", times);
        json_object_set_new(next, "values", of_columns(r->values, channels, h, h));
        json_object_set_new(next, "lower80", of_columns(r->lower, channels, h, 2 * h));
        json_object_set_new(next, "upper80", of_columns(r->upper, channels, h, 2 * h));
        json_object_set_new(next, "lower", of_columns(r->lower + h, channels, h, 2 * h));
        json_object_set_new(next, "upper", of_columns(r->upper + h, channels, h, 2 * h));
        json_object_set_new(root, "forecast", next);
    } else {
        json_decref(next);
    }
    return root;
}

int forecast_report_print(forecast_report *r, const char *path, bool json, bool told)
{
    output out;
    output_open(&out, path);
    if (json) {
        output_json(&out, whole(r));
    } else {
        if (told) tell(r, &out);
        if (r->values) rows(r, &out);
    }
    output_flush(&out);
    r->closed = out.reason == EPIPE;
    return output_close(&out);
}

/* ---- a chart ---- */

static int draw_column(const forecast_report *r, chart *drawing, size_t c)
{
    const size_t h = horizon_of(r), shown = r->s && r->s->n < 3 * h + 48 ? r->s->n : 3 * h + 48,
                 past = r->s ? shown : 0;
    double *t = calloc(past + h, sizeof *t);
    if (!t) return message_memory();
    for (size_t k = 0; k < past; k++) t[k] = series_time(r->s, (double)k + 1.0 - (double)past);
    for (size_t j = 0; j < h; j++) t[past + j] = time_of(r, j + 1);
    chart_panel(drawing, &(chart_axes){.y_label = r->f->names[c],
                                       .x_label = r->f->iso     ? "time"
                                                  : r->f->timed ? "time (s)"
                                                                : "row",
                                       .time_x = r->f->iso});
    const double *lower = r->lower + c * 2 * h, *upper = r->upper + c * 2 * h;
    chart_add(drawing, &(chart_series){.kind = CHART_BAND,
                                       .name = "95 %",
                                       .x = t + past,
                                       .y = lower + h,
                                       .y2 = upper + h,
                                       .count = h,
                                       .colour = CHART_SKY,
                                       .pale = true});
    chart_add(drawing, &(chart_series){.kind = CHART_BAND,
                                       .name = "80 %",
                                       .x = t + past,
                                       .y = lower,
                                       .y2 = upper,
                                       .count = h,
                                       .colour = CHART_BLUE,
                                       .pale = true});
    if (past > 0)
        chart_add(drawing, &(chart_series){.name = "data",
                                           .x = t,
                                           .y = r->s->x[c] + r->s->n - past,
                                           .count = past,
                                           .colour = CHART_GREY});
    chart_add(drawing, &(chart_series){.name = "forecast",
                                       .x = t + past,
                                       .y = r->values + c * h,
                                       .count = h,
                                       .colour = CHART_VERMILION});
    free(t);
    return STATUS_DONE;
}

int forecast_report_draw(const forecast_report *r, const char *path)
{
    enum { PANELS = 8 };
    char title[320], subtitle[160];
    const loci_readout_spec spec = r->spec;
    snprintf(title, sizeof title, "The next %zu rows of %.200s", spec.horizon,
             r->s ? r->s->path : r->f->path);
    snprintf(
        subtitle, sizeof subtitle,
        "window %zu, order %zu; four of five rows are promised to lie in the inner band, 19 of 20 in the outer",
        spec.window, spec.order);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    loci_error error;
    int status = STATUS_DONE;
    for (size_t c = 0; c < spec.channels && c < PANELS && !status; c++) status = draw_column(r, drawing, c);
    if (!status && chart_write(drawing, path, &error) != LOCI_OK) status = message_error(NULL, &error);
    chart_destroy(drawing);
    return status;
}
