/* SPDX-License-Identifier: MIT
 * error_by_age.c - mean squares of recall minus signal of which age. */
#include "memory/error_by_age.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "shared/words.h"

enum { TENTHS = 10, DECADES_MOST = 32 };

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void edges_make(error_by_age *by)
{
    const double duration = by->end - by->start;
    size_t count = 0;
    for (size_t i = 0; i <= TENTHS; i++)
        by->edges[count++] = i == TENTHS ? by->end : by->start + duration * (double)i / TENTHS;
    by->decades = 1;
    for (double age = 10 * by->interval; age < duration * (1 - 1e-12) && by->decades < DECADES_MOST;
         age *= 10) {
        by->edges[count++] = by->end - age;
        by->decades++;
    }
    qsort(by->edges, count, sizeof by->edges[0], ascending);
    size_t edges = 1;
    for (size_t i = 1; i < count; i++)
        if (by->edges[i] > by->edges[edges - 1] + 1e-12 * duration) by->edges[edges++] = by->edges[i];
    by->edges[edges - 1] = by->end;
    by->parts = edges - 1;
}

bool error_by_age_create(error_by_age *by, size_t channels, double start, double end, double interval)
{
    *by = (error_by_age){.channels = channels, .start = start, .end = end, .interval = interval};
    edges_make(by);
    by->squared = calloc(by->parts * channels + 1, sizeof *by->squared);
    by->covered = calloc(by->parts * channels + 1, sizeof *by->covered);
    by->variance = calloc(channels, sizeof *by->variance);
    return by->squared && by->covered && by->variance;
}

void error_by_age_release(error_by_age *by)
{
    free(by->squared);
    free(by->covered);
    free(by->variance);
    *by = (error_by_age){0};
}

static double share_of(const error_by_age *by, double mean_square, size_t channel)
{
    const double variance = by->variance[channel];
    if (variance > 0) return mean_square / variance;
    if (isnan(variance)) return NAN;
    return by->forgiving || mean_square == 0 ? 0 : NAN;
}

/* The mean square error over the elementary parts that `inside` takes; NAN where none of them is covered. */
static double mean_square(const error_by_age *by, size_t channel,
                          bool (*inside)(const error_by_age *, double, size_t), size_t which)
{
    double sum = 0, seconds = 0;
    for (size_t p = 0; p < by->parts; p++) {
        const double age = by->end - 0.5 * (by->edges[p] + by->edges[p + 1]),
                     covered = by->covered[p * by->channels + channel];
        if (!inside(by, age, which) || !(covered > 0)) continue;
        sum += by->squared[p * by->channels + channel];
        seconds += covered;
    }
    return seconds > 0 ? sum / seconds : NAN;
}

static bool anywhere(const error_by_age *by, double age, size_t which)
{
    (void)by, (void)age, (void)which;
    return true;
}

static bool in_tenth(const error_by_age *by, double age, size_t which)
{
    return (size_t)(TENTHS * age / (by->end - by->start)) == which;
}

static bool in_decade(const error_by_age *by, double age, size_t which)
{
    const double intervals = age / by->interval;
    const size_t decade = intervals < 10 ? 0 : (size_t)log10(intervals);
    return (decade < by->decades ? decade : by->decades - 1) == which;
}

double error_by_age_mean_square(const error_by_age *by, size_t channel)
{
    return mean_square(by, channel, anywhere, 0);
}

double error_by_age_share(const error_by_age *by, size_t channel)
{
    return share_of(by, mean_square(by, channel, anywhere, 0), channel);
}

static json_t *json_shares(const error_by_age *by, size_t count,
                           bool (*inside)(const error_by_age *, double, size_t))
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

json_t *error_by_age_tenths(const error_by_age *by)
{
    return json_shares(by, TENTHS, in_tenth);
}

json_t *error_by_age_decades(const error_by_age *by)
{
    return json_shares(by, by->decades, in_decade);
}

static void share_cell(output *out, double share)
{
    char text[WORDS_SIZE];
    output_text(out, " ");
    output_cell(out, words_share(text, share), -11);
}

static void table_rows(output *out, const error_by_age *by, size_t first, size_t last, size_t count,
                       bool (*inside)(const error_by_age *, double, size_t))
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

void error_by_age_names(output *out, char *const *names, size_t first, size_t last)
{
    output_cell(out, "", 28);
    for (size_t c = first; c < last; c++) {
        output_text(out, " ");
        output_cell(out, names[c], -11);
    }
    output_text(out, "\n");
}

void error_by_age_rows(output *out, const error_by_age *by, size_t first, size_t last)
{
    output_text(out, "by age, newest first\n");
    table_rows(out, by, first, last, TENTHS, in_tenth);
    output_text(out, "\n");
    table_rows(out, by, first, last, by->decades, in_decade);
}
