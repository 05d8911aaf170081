/* SPDX-License-Identifier: MIT
 * recall_error.c - compares a memory with the signal that it remembers, by age.
 *
 * The edges of the ten parts and of the decades are put together into one ascending list, so that one pass
 * over the signal serves both: an elementary part lies in one tenth and in one decade. */
#include "memory/recall_error.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/recall_error_chart.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

enum { TENTHS = 10, DECADES_MOST = 32, EDGES_MOST = TENTHS + DECADES_MOST + 2, TABLE_COLUMNS = 6 };

typedef struct {
    size_t channels, parts, decades;
    double start, end, interval; /* interval: seconds a sample, on average */
    double edges[EDGES_MOST];
    double *squared;  /* [parts][channels] */
    double *variance; /* [channels] */
    double covered[EDGES_MOST];
    bool forgiving; /* a constant signal is forgotten by 0, whatever the rounding of its mean square error */
} comparison;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void edges_make(comparison *by, const memory_file *k)
{
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const double duration = info.end - info.start;
    const double intervals = (double)(info.samples > 1 ? info.samples - 1 : 1);
    by->start = info.start;
    by->end = info.end;
    by->interval = spec->dt > 0 ? spec->dt : duration / intervals;
    by->forgiving = spec->measure == LOCI_MEASURE_LEGS;
    size_t count = 0;
    for (size_t i = 0; i <= TENTHS; i++)
        by->edges[count++] = i == TENTHS ? info.end : info.start + duration * (double)i / TENTHS;
    by->decades = 1;
    for (double age = 10 * by->interval; age < duration * (1 - 1e-12) && by->decades < DECADES_MOST;
         age *= 10) {
        by->edges[count++] = info.end - age;
        by->decades++;
    }
    qsort(by->edges, count, sizeof by->edges[0], ascending);
    size_t memory_file_edges = 1;
    for (size_t i = 1; i < count; i++)
        if (by->edges[i] > by->edges[memory_file_edges - 1] + 1e-12 * duration)
            by->edges[memory_file_edges++] = by->edges[i];
    by->edges[memory_file_edges - 1] = info.end;
    by->parts = memory_file_edges - 1;
}

static double share_of(const comparison *by, double mean_square, size_t channel)
{
    const double variance = by->variance[channel];
    if (variance > 0) return mean_square / variance;
    return by->forgiving || mean_square == 0 ? 0 : NAN;
}

/* The mean square error over the elementary parts that `inside` takes; NAN where none of them is covered. */
static double mean_square(const comparison *by, size_t channel,
                          bool (*inside)(const comparison *, double, size_t), size_t which)
{
    double sum = 0, seconds = 0;
    for (size_t p = 0; p < by->parts; p++) {
        const double age = by->end - 0.5 * (by->edges[p] + by->edges[p + 1]);
        if (!inside(by, age, which) || !(by->covered[p] > 0)) continue;
        sum += by->squared[p * by->channels + channel];
        seconds += by->covered[p];
    }
    return seconds > 0 ? sum / seconds : NAN;
}

static bool anywhere(const comparison *by, double age, size_t which)
{
    (void)by, (void)age, (void)which;
    return true;
}

static bool in_tenth(const comparison *by, double age, size_t which)
{
    return (size_t)(TENTHS * age / (by->end - by->start)) == which;
}

static bool in_decade(const comparison *by, double age, size_t which)
{
    const double intervals = age / by->interval;
    const size_t decade = intervals < 10 ? 0 : (size_t)log10(intervals);
    return (decade < by->decades ? decade : by->decades - 1) == which;
}

static json_t *json_shares(const comparison *by, size_t count,
                           bool (*inside)(const comparison *, double, size_t))
{
    json_t *all = json_array();
    for (size_t c = 0; c < by->channels; c++) {
        json_t *one = json_array();
        for (size_t i = 0; i < count; i++)
            json_array_append_new(one, output_json_number(share_of(by, mean_square(by, c, inside, i), c)));
        json_array_append_new(all, one);
    }
    return all;
}

static void json_write(output *out, const comparison *by, const memory_file *k)
{
    json_t *names = json_array(), *errors = json_array(), *shares = json_array(), *variances = json_array();
    for (size_t c = 0; c < by->channels; c++) {
        const double error = mean_square(by, c, anywhere, 0);
        json_array_append_new(names, output_json_text(k->names[c]));
        json_array_append_new(errors, output_json_number(error));
        json_array_append_new(shares, output_json_number(share_of(by, error, c)));
        json_array_append_new(variances, output_json_number(by->variance[c]));
    }
    output_json(out,
                json_pack("{so so so so so so}", "mse", errors, "share", shares, "by_age",
                          json_shares(by, TENTHS, in_tenth), "by_log_age",
                          json_shares(by, by->decades, in_decade), "variance", variances, "names", names));
}

static void share_cell(output *out, double share)
{
    char text[WORDS_SIZE];
    output_text(out, " ");
    output_cell(out, words_share(text, share), -11);
}

static void table_rows(output *out, const comparison *by, size_t first, size_t last, size_t count,
                       bool (*inside)(const comparison *, double, size_t))
{
    for (size_t i = 0; i < count; i++) {
        char from[WORDS_SIZE], to[WORDS_SIZE], ages[2 * WORDS_SIZE + 16];
        if (inside == in_tenth) {
            const double tenth = (by->end - by->start) / TENTHS;
            words_duration(from, tenth * (double)i);
            words_duration(to, tenth * (double)(i + 1));
            snprintf(ages, sizeof ages, "%s to %s", i ? from : "0", to);
        } else {
            words_count(from, (uint64_t)pow(10, (double)i));
            const double all = ceil((by->end - by->start) / by->interval - 1e-6);
            words_count(to, (uint64_t)fmin(pow(10, (double)i + 1), all));
            snprintf(ages, sizeof ages, "%s to %s samples", i ? from : "0", to);
        }
        output_cell(out, ages, 28);
        for (size_t c = first; c < last; c++) share_cell(out, share_of(by, mean_square(by, c, inside, i), c));
        output_text(out, "\n");
    }
}

static void table_write(output *out, const comparison *by, const memory_file *k)
{
    output_text(out, "The mean square of recall minus signal, as a share of the whole signal's variance:\n");
    for (size_t first = 0; first < by->channels; first += TABLE_COLUMNS) {
        const size_t last = first + TABLE_COLUMNS < by->channels ? first + TABLE_COLUMNS : by->channels;
        output_text(out, "\n");
        output_cell(out, "", 28);
        for (size_t c = first; c < last; c++) {
            output_text(out, " ");
            output_cell(out, k->names[c], -11);
        }
        output_text(out, "\n");
        output_cell(out, "mean square error", 28);
        for (size_t c = first; c < last; c++) output_format(out, " %11.4g", mean_square(by, c, anywhere, 0));
        output_text(out, "\n");
        output_cell(out, "variance", 28);
        for (size_t c = first; c < last; c++) output_format(out, " %11.4g", by->variance[c]);
        output_text(out, "\n");
        output_cell(out, "share", 28);
        for (size_t c = first; c < last; c++)
            share_cell(out, share_of(by, mean_square(by, c, anywhere, 0), c));
        output_text(out, "\n\nby age, newest first\n");
        table_rows(out, by, first, last, TENTHS, in_tenth);
        output_text(out, "\n");
        table_rows(out, by, first, last, by->decades, in_decade);
    }
}

/* Who looks at the signal as it passes. */
typedef struct {
    loci_memory_comparison *comparison;
    recall_error_chart *drawing; /* NULL: nothing is drawn */
} onlookers;

static loci_status push(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    const onlookers *to = target;
    if (to->drawing) recall_error_chart_push(to->drawing, u, t, n);
    return loci_memory_compare_push(to->comparison, u, t, n, error);
}

/* Whether the signal can be the one that the memory has seen. */
static int match(const memory_file *k, const source *from)
{
    const double dt = loci_memory_plan_spec(k->plan)->dt;
    char is[WORDS_SIZE], wanted[WORDS_SIZE];
    if (from->info.channels != k->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", from->path, from->info.channels,
                            from->info.channels == 1 ? "" : "s", k->path, k->channels);
    if (from->info.stamped && dt > 0)
        return message_fail("%s: its samples have times, and %s was remembered at a rate; leave --time out",
                            from->path, k->path);
    if (!from->info.stamped && dt == 0)
        return message_fail("%s: its samples have no times, as those of %s have; --time COLUMN was expected",
                            from->path, k->path);
    if (fabs(from->dt - dt) > 1e-9 * dt)
        return message_fail("%s: its rate is %s Hz; that of %s is %s", from->path, words_rate(is, from->dt),
                            k->path, words_rate(wanted, dt));
    return STATUS_DONE;
}

static int compare(comparison *by, const memory_file *k, source *from, recall_error_chart *drawing)
{
    loci_memory_comparison *running;
    loci_error error;
    if (loci_memory_compare_create(&running, k->memory, k->plan, by->edges, by->parts, &error) != LOCI_OK)
        return message_error(k->path, &error);
    onlookers both = {running, drawing};
    int status = source_feed(from, push, &both, "comparing");
    if (!status &&
        loci_memory_compare_finish(running, by->squared, by->covered, by->variance, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    loci_memory_compare_free(running);
    return status;
}

int recall_error_signal(const memory_file *k, const char *path, const source_options *asked, bool json,
                        const char *out, const char *plot)
{
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    source_options options = *asked;
    if (!options.raw && options.columns.count == 0) options.columns = k->columns;
    if (!options.raw && !options.time && isnan(options.rate)) options.time = k->time_column;
    source from = {0};
    comparison by = {.channels = k->channels};
    edges_make(&by, k);
    by.squared = calloc(by.parts * k->channels + 1, sizeof *by.squared);
    by.variance = calloc(k->channels, sizeof *by.variance);
    int status = by.squared && by.variance ? STATUS_DONE : message_memory();
    if (!status) status = source_open(&from, path, &options, spec->dt > 0 ? 1 / spec->dt : 0);
    from.missing = spec->missing;
    if (!status) status = match(k, &from);
    recall_error_chart *drawing = !status && plot ? recall_error_chart_create(k) : NULL;
    if (!status && plot && !drawing) status = message_memory();
    if (!status) status = compare(&by, k, &from, drawing);
    source_close(&from);
    const bool drawn_instead = plot && strcmp(plot, "-") == 0 && !out;
    if (!status && !drawn_instead) {
        output text;
        output_open(&text, out);
        if (json)
            json_write(&text, &by, k);
        else
            table_write(&text, &by, k);
        status = output_close(&text);
    }
    if (!status && drawing) status = recall_error_chart_write(drawing, path, plot);
    recall_error_chart_destroy(drawing);
    free(by.squared);
    free(by.variance);
    return status;
}
