/* SPDX-License-Identifier: MIT
 * series.c - a table of numbers, whole. */
#include "forecast/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/pace.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/ranks.h"
#include "shared/words.h"

enum { LOOKED = 101 }; /* steps whose median is the step */

void series_close(series *s)
{
    for (size_t c = 0; c < s->channels; c++) {
        if (s->names) free(s->names[c]);
        if (s->x) free(s->x[c]);
    }
    free(s->names);
    free(s->x);
    *s = (series){0};
}

double series_time(const series *s, double rows)
{
    return s->last + rows * s->step;
}

void series_count_on(series *s, double first, double step)
{
    s->first = first;
    s->last = first + ((double)s->n - 1) * step;
    s->step = step;
}

double *series_scales(const series *s)
{
    double *scale = calloc(s->channels, sizeof *scale);
    for (size_t c = 0; scale && c < s->channels; c++) {
        double mean = 0, square = 0;
        const double *x = s->x[c];
        for (size_t k = 0; k < s->n; k++) mean += (x[k] - x[0]) / (double)s->n;
        for (size_t k = 0; k < s->n; k++) square += (x[k] - x[0] - mean) * (x[k] - x[0] - mean);
        scale[c] = square > 0 ? sqrt(square / (double)s->n) : 1;
    }
    return scale;
}

static loci_signal *open_as(const char *path, const source_options *o, const char *time)
{
    const loci_signal_options options = {.size = sizeof options,
                                         .time_column = time,
                                         .columns = o->columns.count ? o->columns.items : NULL,
                                         .column_count = o->columns.count,
                                         .header = !o->header          ? LOCI_HEADER_FOUND
                                                   : *o->header == 'y' ? LOCI_HEADER_YES
                                                                       : LOCI_HEADER_NO,
                                         .skip = o->skip == SIZE_MAX ? 0 : o->skip,
                                         .decimal = o->decimal ? *o->decimal : 0};
    loci_signal *signal = NULL;
    return loci_signal_open(&signal, path, &options, NULL) == LOCI_OK ? signal : NULL;
}

/* It is asked for by its name, since another column may be called "1". */
char *series_dates(const char *path, const source_options *o)
{
    if (strcmp(path, "-") == 0 || output_is_stream(path) || o->raw || o->time || o->mono || !isnan(o->rate))
        return NULL;
    loci_signal *signal = open_as(path, o, NULL);
    const char *like = signal ? loci_signal_time_like(signal) : NULL;
    char *time = like ? malloc(strlen(like) + 1) : NULL;
    if (time) strcpy(time, like);
    loci_signal_close(signal);
    signal = time ? open_as(path, o, time) : NULL;
    const bool dates = signal && loci_signal_inspect(signal).iso_times;
    loci_signal_close(signal);
    if (dates) return time;
    free(time);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The step of most rows, from their times, and how many steps are another. */
static int steps_settle(series *s, const double *t)
{
    double some[LOOKED];
    const size_t steps = s->n > 0 ? s->n - 1 : 0, looked = steps < LOOKED ? steps : LOOKED;
    s->step = 1;
    if (!s->stamped || steps == 0) return STATUS_DONE;
    for (size_t i = 0; i < looked; i++) {
        const size_t k = (size_t)((double)i * (double)steps / (double)looked);
        some[i] = t[k + 1] - t[k];
    }
    qsort(some, looked, sizeof *some, compare);
    s->step = some[looked / 2];
    for (size_t k = 0; k < steps; k++) {
        const double step = t[k + 1] - t[k];
        if (!(step > 0)) {
            char time[WORDS_SIZE];
            return message_fail("%s: the times do not go on after %s, row %zu; later times were expected",
                                s->path, words_time(time, t[k], s->iso), k + 1);
        }
        s->irregular += fabs(step - s->step) > 0.01 * s->step;
        if (k + 1 >= s->known) pace_pause(s->pauses, step); /* others were counted when they were learned */
    }
    if (s->irregular > 0) {
        char step[WORDS_SIZE], some_text[WORDS_SIZE], all[WORDS_SIZE];
        message_warn(
            "%s: the times are irregular: %s of %s steps are not %s long; rows are taken to follow one another evenly",
            s->path, words_count(some_text, s->irregular), words_count(all, steps),
            words_duration(step, s->step));
    }
    return STATUS_DONE;
}

/* What comes, until the end: rows into s->x, times into *times. */
static int rows_read(series *s, source *from, bool refuse, double **times)
{
    size_t room = 0;
    const size_t channels = s->channels;
    while (from->count > 0) {
        if (s->n + from->count > room) {
            room = room ? 2 * room : 4 * from->capacity;
            if (room > SIZE_MAX / sizeof(double)) return message_memory();
            for (size_t c = 0; c < channels; c++) {
                double *x = realloc(s->x[c], room * sizeof *x);
                if (!x) return message_memory();
                s->x[c] = x;
            }
            double *t = s->stamped ? realloc(*times, room * sizeof *t) : NULL;
            if (t) *times = t;
            if (s->stamped && !t) return message_memory();
        }
        if (s->stamped) memcpy(*times + s->n, from->t, from->count * sizeof **times);
        for (size_t k = 0; k < from->count; k++)
            for (size_t c = 0; c < channels; c++) {
                double *value = s->x[c] + s->n + k;
                *value = from->u[k * channels + c];
                if (fabs(*value) <= 1e150) continue;
                char place[64];
                loci_signal_position(from->signal, k, place, sizeof place);
                if (!isnan(*value))
                    return message_fail("%s: %s: \"%s\" is %g; a number within 1e150 was expected",
                                        from->path, place, s->names[c], *value);
                if (refuse)
                    return message_fail(
                        "%s: %s: \"%s\" is missing or not a number; a number was expected, or --missing hold",
                        from->path, place, s->names[c]);
                if (s->n + k == 0)
                    return message_fail(
                        "%s: %s: \"%s\" has no value yet that could be held; a number was expected first",
                        from->path, place, s->names[c]);
                *value = value[-1];
                s->missing++;
            }
        s->n += from->count;
        const int status = source_next(from);
        if (status) return status;
    }
    return STATUS_DONE;
}

static int read_from(series *s, source *from, double rate, bool refuse, double until)
{
    s->channels = from->info.channels;
    s->stamped = from->info.stamped;
    s->timed = s->stamped || from->info.rate > 0 || rate > 0;
    s->names = calloc(s->channels, sizeof *s->names);
    s->x = calloc(s->channels, sizeof *s->x);
    if (!s->names || !s->x) return message_memory();
    for (size_t c = 0; c < s->channels; c++) {
        s->names[c] = strdup(loci_signal_channel(from->signal, c));
        if (!s->names[c]) return message_memory();
    }
    double *times = NULL;
    int status = rows_read(s, from, refuse, &times);
    s->iso = loci_signal_inspect(from->signal).iso_times;
    while (!status && s->stamped && s->known < s->n && times[s->known] <= until) s->known++;
    if (!status) status = steps_settle(s, times);
    if (!status) {
        s->first = s->stamped ? times[0] : 0;
        s->last = s->stamped ? times[s->n - 1] : (double)s->n - 1;
    }
    if (!s->stamped && from->dt != 1 && !status) {
        s->step = from->dt;
        s->last *= from->dt;
    }
    free(times);
    if (!status) source_missing_tell(s->path, s->missing);
    return status;
}

/* All ranks must have read the same. */
static int same_series(const series *s)
{
    uint64_t own[] = {s->n, s->channels, 0xcbf29ce484222325u}, bits;
    for (size_t c = 0; c < s->channels && ranks_team(); c++)
        for (size_t k = 0; k < s->n; k++) {
            memcpy(&bits, &s->x[c][k], sizeof bits);
            own[2] = ((own[2] ^ bits) * 0x100000001b3u) ^ (own[2] >> 29);
        }
    bool alike;
    const int status = ranks_compare(own, sizeof own / sizeof *own, &alike);
    return status || alike ? status : message_fail("%s: is not the same on all ranks", s->path);
}

int series_read(series *s, const char *path, const source_options *options, bool refuse, double until)
{
    source from = {0};
    source_options o = *options;
    s->path = message_name(path);
    if (ranks_team() &&
        (s->path != path || output_is_stream(path))) /* before a rank waits for what never comes */
        return message_fail(
            "%s: comes to one rank alone; a file that all can read was expected, or one process", s->path);
    char *time = series_dates(path, options);
    if (time) o.time = time;
    int status = source_open(&from, path, &o, 0);
    if (!status) status = read_from(s, &from, o.rate, refuse, until);
    source_close(&from);
    free(time);
    return status ? status : same_series(s);
}
