/* SPDX-License-Identifier: MIT
 * dataset_signals.c - a file a sequence: sounds, tables of numbers, arrays. */
#include "data/dataset_signals.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <loci/data.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/columns.h"
#include "data/dataset_frame.h"
#include "data/dataset_gaps.h"
#include "data/signal.h"

/* Buffers for the file at hand, kept from one to the next. */
typedef struct {
    double *u; /* [room][channels] */
    size_t samples, room, channels;
    loci_resampler *resampler; /* NULL: none is needed */
    double rate;               /* that it takes */
    double *resampled;         /* [resampled_room][inputs] */
    size_t resampled_room;
    /* [column_count] the names that the first file gave its columns; NULL: it gave none */
    const char **columns;
    size_t column_count;
} piece;

/* More room, for `more` numbers, the first `kept` of which stay. */
static bool grow(double **u, size_t *room, size_t more, size_t kept)
{
    double *larger = loci_allocate(more, sizeof *larger);
    if (!larger) return false;
    if (kept) memcpy(larger, *u, kept * sizeof *larger);
    loci_free(*u);
    *u = larger;
    *room = more;
    return true;
}

/* The channels of each sample become their mean, in place. */
static void mix_down(double *u, size_t samples, size_t channels)
{
    for (size_t k = 0; k < samples; k++) {
        double sum = 0;
        for (size_t c = 0; c < channels; c++) sum += u[k * channels + c];
        u[k] = sum / (double)channels;
    }
}

/* What is missing in the samples that were read last, behind s->samples others of `width` numbers, is held. */
static loci_status fill(loci_dataset *set, piece *s, const loci_signal *signal, size_t count, size_t width,
                        const char *file, const loci_reading *reading, loci_error *error)
{
    const size_t first = s->samples * width, end = first + count * width;
    size_t gap = first;
    char place[64];
    if (reading->hold)
        gap = loci_dataset_fill(set, s->u, s->samples, s->samples + count, width);
    else
        while (gap < end && !isnan(s->u[gap])) gap++;
    if (gap == end) return LOCI_OK;
    loci_signal_position(signal, (gap - first) / width, place, sizeof place);
    if (width < s->channels)
        return loci_fail(error, LOCI_E_VALUE, "%.90s: %.60s: %s: a channel %s", set->folder, file, place,
                         loci_dataset_gap(reading));
    return loci_fail(error, LOCI_E_VALUE, "%.90s: %.60s: %s: \"%.40s\" %s", set->folder, file, place,
                     loci_signal_channel(signal, gap % width), loci_dataset_gap(reading));
}

/* s->u becomes [s->samples][channels], or mixed to one. */
static loci_status read_samples(loci_dataset *set, piece *s, loci_signal *signal, const char *file,
                                const loci_reading *reading, loci_error *error)
{
    const size_t width = reading->mono ? 1 : s->channels;
    s->samples = 0;
    for (size_t count = 1; count > 0; s->samples += count) {
        const size_t used = s->samples * width;
        if (used + s->channels > s->room && !grow(&s->u, &s->room, 2 * s->room + 1024 * s->channels, used))
            return loci_dataset_no_memory(set, error);
        loci_status status =
            loci_signal_read(signal, s->u + used, NULL, (s->room - used) / s->channels, &count, error);
        if (status == LOCI_OK && reading->mono) mix_down(s->u + used, count, s->channels);
        if (status == LOCI_OK) status = fill(set, s, signal, count, width, file, reading, error);
        if (status != LOCI_OK) return status;
    }
    return LOCI_OK;
}

/* *u [*samples][inputs] = the signal at rate `to`. */
static loci_status resample(const double **u, size_t *samples, piece *s, size_t inputs, double rate,
                            double to, const char *path, loci_error *error)
{
    *u = s->u;
    *samples = s->samples;
    if (to == 0 || to == rate) return LOCI_OK;
    if (!s->resampler || s->rate != rate) {
        loci_resampler_free(s->resampler);
        s->resampler = NULL;
        s->rate = rate;
        const loci_status status = loci_resampler_create(&s->resampler, rate, to, inputs, error);
        if (status != LOCI_OK) return status;
    }
    const size_t most = loci_resampler_room(s->resampler, s->samples) + loci_resampler_room(s->resampler, 0);
    size_t room;
    if (!loci_size_multiply(&room, most, inputs) ||
        (room > s->resampled_room && !grow(&s->resampled, &s->resampled_room, room, 0)))
        return loci_fail(error, LOCI_E_MEMORY, "%.160s: out of memory", path);
    *u = s->resampled;
    *samples = loci_resampler_push(s->resampler, s->resampled, s->u, s->samples);
    *samples += loci_resampler_end(s->resampler, s->resampled + *samples * inputs);
    return LOCI_OK;
}

static loci_status keep(loci_dataset *set, const double *u, size_t samples, const loci_dataset_file *file,
                        loci_error *error)
{
    const size_t size = samples * set->inputs;
    if (samples == 0)
        return loci_fail(error, LOCI_E_VALUE, "%.120s: %.80s: too short to be resampled", set->folder,
                         file->name);
    loci_dataset_item item = {.length = samples, .label = file->label, .file = file->name};
    float *numbers = set->rate > 0 ? loci_dataset_allocate(set, size, sizeof *numbers) : NULL;
    double *doubles = set->rate > 0 ? NULL : loci_allocate(size, sizeof *doubles);
    if (!numbers && !doubles) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < size; i++) {
        if (numbers) numbers[i] = (float)u[i];
        if (doubles) doubles[i] = u[i];
        if (isfinite(u[i]) && (!numbers || isfinite(numbers[i]))) continue;
        loci_free(doubles);
        return loci_fail(error, LOCI_E_VALUE, "%.100s: %.80s: sample %zu is %g; a finite number was expected",
                         set->folder, file->name, i / set->inputs, u[i]);
    }
    item.data = numbers ? (const void *)numbers : doubles;
    if (doubles) return loci_dataset_add_wide(set, &item, error);
    return loci_dataset_add(set, &item) ? LOCI_OK : loci_dataset_no_memory(set, error);
}

/* ---- what all files have in common ---- */

/* The names of the columns of the first file, where each has one for itself: the others are read by them, in whatever order they
 * stand. */
static loci_status take_names(piece *s, loci_dataset *set, const loci_signal *signal, size_t channels,
                              int mono, loci_error *error)
{
    const char *time = loci_signal_time_like(signal);
    if (!signal->named) return LOCI_OK;
    const char **names = loci_dataset_allocate(set, channels, sizeof *names);
    size_t *place = loci_dataset_allocate(set, channels, sizeof *place);
    if (!names || !place) return loci_dataset_no_memory(set, error);
    for (size_t c = 0; c < channels; c++) {
        const char *name = loci_signal_channel(signal, c);
        names[c] = loci_dataset_text(set, name, strlen(name));
        if (!names[c]) return loci_dataset_no_memory(set, error);
        if (time && strcmp(name, time) == 0) set->time_like = names[c];
    }
    const bool few = channels <= LOCI_COLUMNS_KEPT;
    if (few && !loci_columns_place(place, names, channels, names, channels))
        return LOCI_OK; /* in their order */
    s->columns = names;
    s->column_count = channels;
    if (few && !mono && loci_columns_keep(names, channels)) set->input_names = names;
    return LOCI_OK;
}

static loci_status check_signal(const loci_dataset *set, const loci_signal_info *info, double rate,
                                const char *name, const loci_reading *reading, loci_error *error)
{
    const char *first = set->items[0].file;
    if (!reading->mono && info->channels != set->inputs)
        return loci_fail(error, LOCI_E_MISMATCH, "%.100s: %.60s has %zu channel%s, and %.40s has %zu%s",
                         set->folder, name, info->channels, info->channels == 1 ? "" : "s", first,
                         set->inputs, info->rate > 0 ? "; mono (--mono) mixes them to one" : "");
    if (rate != set->rate)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "%.90s: %.60s has %g samples a second, and %.40s has %g; resample to one rate",
                         set->folder, name, info->rate, first, set->rate);
    return LOCI_OK;
}

static loci_status take_signal(loci_dataset *set, piece *s, loci_signal *signal,
                               const loci_dataset_file *file, const char *path, const loci_reading *reading,
                               loci_error *error)
{
    const loci_signal_info info = loci_signal_inspect(signal);
    const double to = reading->resample, rate = to != 0 && info.rate > 0 ? to : info.rate;
    const bool first = set->count == 0;
    loci_status status = LOCI_OK;
    if (to != 0 && info.rate == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%.100s: %.60s has no rate, from which it could be resampled", set->folder,
                         file->name);
    if (!first) status = check_signal(set, &info, rate, file->name, reading, error);
    s->channels = info.channels;
    if (status == LOCI_OK) status = read_samples(set, s, signal, file->name, reading, error);
    if (status == LOCI_OK && s->samples == 0)
        status = loci_fail(error, LOCI_E_FORMAT, "%.100s: %.60s: holds no samples", set->folder, file->name);
    if (status != LOCI_OK) return status;
    if (first) {
        set->inputs = reading->mono ? 1 : info.channels;
        set->rate = rate;
        set->kind = rate > 0 ? &loci_dataset_audio : &loci_dataset_files;
        if (rate == 0) status = take_names(s, set, signal, info.channels, reading->mono, error);
    }
    const double *u;
    size_t samples;
    if (status == LOCI_OK) status = resample(&u, &samples, s, set->inputs, info.rate, to, path, error);
    return status == LOCI_OK ? keep(set, u, samples, file, error) : status;
}

static loci_status read_signal(loci_dataset *set, piece *s, const loci_dataset_file *file, const char *path,
                               const loci_reading *reading, loci_error *error)
{
    const loci_signal_options options = {
        .columns = reading->columns ? reading->columns : s->columns,
        .column_count = reading->columns ? reading->column_count : s->column_count,
        .known = reading->mono ? NULL : reading->inputs,
        .known_count = reading->input_count,
        .time_column = reading->time,
        .skip = reading->skip,
        .decimal = reading->decimal,
    };
    loci_signal *signal;
    loci_status status = loci_signal_open(&signal, path, &options, error);
    if (status != LOCI_OK) return status;
    status = take_signal(set, s, signal, file, path, reading, error);
    loci_signal_close(signal);
    return status;
}

loci_status loci_dataset_read_signals(loci_dataset *set, const loci_dataset_file *files, size_t count,
                                      const loci_reading *reading, loci_error *error)
{
    piece s = {0};
    loci_status status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        char *path = loci_dataset_path(set, files[i].name);
        const uint64_t missing = set->missing;
        status =
            path ? read_signal(set, &s, &files[i], path, reading, error) : loci_dataset_no_memory(set, error);
        loci_free(path);
        if (files[i].doubtful && status != LOCI_OK && status != LOCI_E_MEMORY) {
            if (set->passed_over++ == 0) set->first_passed = files[i].name;
            set->missing = missing;
            status = LOCI_OK;
        }
    }
    if (status == LOCI_OK) status = loci_dataset_narrow_items(set, error);
    loci_resampler_free(s.resampler);
    loci_free(s.u);
    loci_free(s.resampled);
    return status;
}
