/* SPDX-License-Identifier: MIT
 * archive_error.c - compares an archive with the signal that it was made of, sample by sample. */
#include "memory/archive_error.h"

#include <math.h>
#include <stdlib.h>

#include "memory/error_by_age.h"
#include "memory/grid.h"
#include "memory/recall_error_chart.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

enum { PIECE = 4096, TABLE_COLUMNS = 6 };

typedef struct {
    uint64_t count, left_out;     /* samples compared, and those that one of both does not have */
    double square, largest;       /* of recall minus signal */
    double first, mean, variance; /* of the signal, less `first`; variance: sum of squares about the mean */
} difference;

typedef struct {
    const memory_file *k;
    loci_archive_info info;
    uint64_t at; /* samples seen, with those that are forgotten */
    difference *channel;
    double *recalled;
    bool too_long;
    error_by_age age;
    double *edges;               /* [age.parts + 1], in samples of what is kept */
    size_t part;                 /* of the sample that comes next */
    recall_error_chart *drawing; /* NULL: nothing is drawn */
} comparison;

static void add(difference *d, double signal, double recalled)
{
    if (isnan(signal) || isnan(recalled)) {
        d->left_out++;
        return;
    }
    if (d->count++ == 0) d->first = signal;
    const double off = recalled - signal, from_mean = signal - d->first - d->mean;
    d->square += off * off;
    d->largest = fmax(d->largest, fabs(off));
    d->mean += from_mean / (double)d->count;
    d->variance += from_mean * (signal - d->first - d->mean);
}

/* A sample's square goes to the parts that it lies in: nearly always one. */
static void by_age_add(comparison *by, uint64_t sample, const double *off, size_t n, size_t c)
{
    const size_t channels = by->k->channels;
    error_by_age *age = &by->age;
    size_t p = by->part;
    for (size_t i = 0; i < n; i++) {
        double from = (double)(sample + i);
        const double end = from + 1;
        for (; p + 1 < age->parts && by->edges[p + 1] <= from; p++) continue;
        for (size_t q = p; from < end && q < age->parts; q++) {
            const double to = q + 1 < age->parts ? fmin(end, by->edges[q + 1]) : end;
            if (!isnan(off[i])) {
                age->squared[q * channels + c] += (to - from) * by->info.dt * off[i] * off[i];
                age->covered[q * channels + c] += (to - from) * by->info.dt;
            }
            from = to;
        }
    }
    if (c + 1 == channels) by->part = p;
}

static loci_status take(void *target, const double *u, size_t n, loci_error *error)
{
    comparison *by = target;
    const uint64_t end = by->info.first + by->info.samples;
    if (n > end - by->at) {
        by->too_long = true;
        error->text[0] = 0;
        return LOCI_E_MISMATCH;
    }
    size_t done = 0;
    if (by->at < by->info.first) done = by->info.first - by->at < n ? (size_t)(by->info.first - by->at) : n;
    by->at += done;
    while (done < n) {
        const size_t some = n - done < PIECE ? n - done : PIECE;
        for (size_t c = 0; c < by->k->channels; c++) {
            const loci_status status =
                loci_archive_samples(by->k->archive, c, by->at, some, by->recalled, error);
            if (status != LOCI_OK) {
                message_error(by->k->path, error);
                error->text[0] = 0;
                return status;
            }
            const double *here = u + done * by->k->channels + c;
            for (size_t i = 0; i < some; i++) {
                const double signal = here[i * by->k->channels];
                add(&by->channel[c], signal, by->recalled[i]);
                by->recalled[i] -= signal;
            }
            by_age_add(by, by->at - by->info.first, by->recalled, some, c);
        }
        if (by->drawing) recall_error_chart_push(by->drawing, u + done * by->k->channels, NULL, some);
        by->at += some;
        done += some;
    }
    return LOCI_OK;
}

static double rms(const difference *d)
{
    return d->count > 0 ? sqrt(d->square / (double)d->count) : NAN;
}

static double largest(const difference *d)
{
    return d->count > 0 ? d->largest : NAN;
}

/* NAN where it is not known: of nothing, of a constant, or of a signal whose squares vanish. */
static double share(const difference *d)
{
    if (d->count == 0) return NAN;
    if (!(d->square > 0) && d->largest > 0) return NAN;
    return d->variance > 0 ? d->square / d->variance : d->square > 0 ? NAN : 0;
}

static void json_write(output *out, const comparison *by, const loci_archive_known *stated)
{
    json_t *names = json_array(), *mse = json_array(), *root = json_array(), *max = json_array(),
           *shares = json_array(), *variances = json_array(), *stated_rms = json_array(),
           *stated_max = json_array(), *left_out = json_array();
    for (size_t c = 0; c < by->k->channels; c++) {
        const difference *d = &by->channel[c];
        json_array_append_new(names, output_json_text(by->k->names[c]));
        json_array_append_new(mse, output_json_number(d->square / (double)d->count));
        json_array_append_new(root, output_json_number(rms(d)));
        json_array_append_new(max, output_json_number(largest(d)));
        json_array_append_new(shares, output_json_number(share(d)));
        json_array_append_new(variances, output_json_number(d->variance / (double)d->count));
        json_array_append_new(left_out, json_integer((json_int_t)d->left_out));
        json_array_append_new(stated_rms, output_json_number(sqrt(stated[c].mean_square)));
        json_array_append_new(stated_max, output_json_number(stated[c].largest));
    }
    output_json(out, json_pack("{so so so so so so so so so so so}", "mse", mse, "rms", root, "max", max,
                               "share", shares, "by_age", error_by_age_tenths(&by->age), "by_log_age",
                               error_by_age_decades(&by->age), "variance", variances, "stated_rms",
                               stated_rms, "stated_max", stated_max, "left_out", left_out, "names", names));
}

static void table_write(output *out, const comparison *by, const loci_archive_known *stated)
{
    output_text(out, "Recall minus signal, measured, and as the archive states it:\n\n");
    output_format(out, "%-10s %14s %14s %12s %12s %12s\n", "channel", "rms", "stated", "max", "stated",
                  "share");
    for (size_t c = 0; c < by->k->channels; c++) {
        const difference *d = &by->channel[c];
        char text[WORDS_SIZE];
        output_cell(out, by->k->names[c], 10);
        output_format(out, " %14.10g %14.10g %12.6g %12.6g ", rms(d), sqrt(stated[c].mean_square), largest(d),
                      stated[c].largest);
        output_cell(out, words_share(text, share(d)), -12);
        output_text(out, "\n");
    }
    output_text(out,
                "\nThe mean square of recall minus signal, as a share of the whole signal's variance:\n");
    for (size_t first = 0; first < by->k->channels; first += TABLE_COLUMNS) {
        const size_t last = first + TABLE_COLUMNS < by->k->channels ? first + TABLE_COLUMNS : by->k->channels;
        output_text(out, "\n");
        error_by_age_names(out, by->k->names, first, last);
        error_by_age_rows(out, &by->age, first, last);
    }
}

/* What is known on one side alone, or on none, cannot be compared. */
static void tell_left_out(const comparison *by, const char *signal)
{
    uint64_t count = 0;
    for (size_t c = 0; c < by->k->channels; c++) count += by->channel[c].left_out;
    if (count == 0) return;
    char text[WORDS_SIZE];
    message_note("%s: %s%s left out, as %s missing in the archive or in the signal", signal,
                 words_plural(text, count, "sample"), by->k->channels > 1 ? " of all channels together" : "",
                 count == 1 ? "it is" : "they are");
}

/* Whether the signal can be the one that the archive was made of. */
static int match(const comparison *by, const source *from, double dt)
{
    const memory_file *k = by->k;
    char is[WORDS_SIZE], wanted[WORDS_SIZE];
    if (from->info.channels != k->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", from->path, from->info.channels,
                            from->info.channels == 1 ? "" : "s", k->path, k->channels);
    if (fabs(dt - by->info.dt) > grid_tolerance(from) * by->info.dt)
        return message_fail("%s: its rate is %s Hz; that of %s is %s", from->path, words_rate(is, dt),
                            k->path, words_rate(wanted, by->info.dt));
    return STATUS_DONE;
}

static int compare(comparison *by, source *from)
{
    double dt;
    int status = grid_step(&dt, from);
    if (!status) status = match(by, from, dt);
    if (status) return status;
    grid g = {.from = from,
              .start = by->info.start - (double)by->info.first * by->info.dt,
              .dt = by->info.dt,
              .take = take,
              .target = by};
    from->missing = LOCI_MISSING_HOLD;
    status = source_feed(from, grid_push, &g, "comparing");
    grid_release(&g);
    if (by->too_long || (!status && by->at < by->info.first + by->info.samples)) {
        char is[WORDS_SIZE];
        return message_fail("%s: it has %s samples than %s, which holds %s", from->path,
                            by->too_long ? "more" : "fewer", by->k->path,
                            words_count(is, by->info.first + by->info.samples));
    }
    return status;
}

static bool comparison_make(comparison *by, const memory_file *k, const recall_error_picture *picture)
{
    *by = (comparison){.k = k, .info = loci_archive_inspect(k->archive)};
    if (!error_by_age_create(&by->age, k->channels, by->info.start, by->info.end, by->info.dt)) return false;
    by->channel = calloc(k->channels, sizeof *by->channel);
    by->recalled = calloc(PIECE, sizeof *by->recalled);
    by->edges = calloc(by->age.parts + 1, sizeof *by->edges);
    if (picture->path) by->drawing = recall_error_chart_create(k, picture->beside);
    if (!by->channel || !by->recalled || !by->edges || (picture->path && !by->drawing)) return false;
    for (size_t p = 0; p <= by->age.parts; p++) { /* to the whole sample, where rounding alone is between */
        const double at = (by->age.edges[p] - by->info.start) / by->info.dt;
        by->edges[p] = fabs(at - rint(at)) < 1e-6 ? rint(at) : at;
    }
    return true;
}

static void comparison_release(comparison *by)
{
    error_by_age_release(&by->age);
    recall_error_chart_destroy(by->drawing);
    free(by->channel);
    free(by->recalled);
    free(by->edges);
}

int archive_error_signal(const memory_file *k, const char *path, const source_options *asked, bool json,
                         const char *out, const recall_error_picture *picture)
{
    const source_options options = memory_file_source(k, asked);
    source from = {0};
    comparison by;
    loci_archive_known *stated = calloc(k->channels, sizeof *stated);
    int status = comparison_make(&by, k, picture) && stated ? STATUS_DONE : message_memory();
    if (!status) status = source_open(&from, path, &options, 1 / by.info.dt);
    if (!status) status = compare(&by, &from);
    const char *from_name = message_name(path);
    source_close(&from);
    loci_error error;
    for (size_t c = 0; c < k->channels && !status; c++) {
        by.age.variance[c] =
            isnan(share(&by.channel[c])) ? NAN : by.channel[c].variance / (double)by.channel[c].count;
        if (loci_archive_stretch(k->archive, c, by.info.start, by.info.end, &stated[c], &error) != LOCI_OK)
            status = message_error(k->path, &error);
        if (isnan(stated[c].mean_square)) stated[c].largest = NAN; /* of nothing */
    }
    if (!status) tell_left_out(&by, from_name);
    if (!status && !recall_error_drawn(picture, out)) {
        output text;
        output_open(&text, out);
        if (json)
            json_write(&text, &by, stated);
        else
            table_write(&text, &by, stated);
        status = output_close(&text);
    }
    if (!status && by.drawing)
        status = recall_error_chart_write(by.drawing, path, by.age.variance[0], picture->path);
    comparison_release(&by);
    free(stated);
    return status;
}
