/* SPDX-License-Identifier: MIT
 * recall_error.c - compares a memory with the signal that it remembers, by age. */
#include "memory/recall_error.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/error_by_age.h"
#include "memory/recall_error_chart.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

enum { TABLE_COLUMNS = 6 };

static void json_write(output *out, const error_by_age *by, const memory_file *k)
{
    json_t *names = json_array(), *errors = json_array(), *shares = json_array(), *variances = json_array();
    for (size_t c = 0; c < by->channels; c++) {
        json_array_append_new(names, output_json_text(k->names[c]));
        json_array_append_new(errors, output_json_number(error_by_age_mean_square(by, c)));
        json_array_append_new(shares, output_json_number(error_by_age_share(by, c)));
        json_array_append_new(variances, output_json_number(by->variance[c]));
    }
    output_json(out, json_pack("{so so so so so so}", "mse", errors, "share", shares, "by_age",
                               error_by_age_tenths(by), "by_log_age", error_by_age_decades(by), "variance",
                               variances, "names", names));
}

static void table_write(output *out, const error_by_age *by, const memory_file *k)
{
    output_text(out, "The mean square of recall minus signal, as a share of the whole signal's variance:\n");
    for (size_t first = 0; first < by->channels; first += TABLE_COLUMNS) {
        const size_t last = first + TABLE_COLUMNS < by->channels ? first + TABLE_COLUMNS : by->channels;
        output_text(out, "\n");
        error_by_age_names(out, k->names, first, last);
        output_cell(out, "mean square error", 28);
        for (size_t c = first; c < last; c++) output_format(out, " %11.4g", error_by_age_mean_square(by, c));
        output_text(out, "\n");
        output_cell(out, "variance", 28);
        for (size_t c = first; c < last; c++) output_format(out, " %11.4g", by->variance[c]);
        output_text(out, "\n");
        output_cell(out, "share", 28);
        for (size_t c = first; c < last; c++) {
            char text[WORDS_SIZE];
            output_text(out, " ");
            output_cell(out, words_share(text, error_by_age_share(by, c)), -11);
        }
        output_text(out, "\n\n");
        error_by_age_rows(out, by, first, last);
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

bool recall_error_drawn(const recall_error_picture *picture, const char *out)
{
    return picture->path && strcmp(picture->path, "-") == 0 && !out;
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

static int compare(error_by_age *by, const memory_file *k, source *from, recall_error_chart *drawing)
{
    loci_memory_comparison *running;
    loci_error error;
    double covered[ERROR_EDGES_MOST];
    if (loci_memory_compare_create(&running, k->memory, k->plan, by->edges, by->parts, &error) != LOCI_OK)
        return message_error(k->path, &error);
    onlookers both = {running, drawing};
    int status = source_feed(from, push, &both, "comparing");
    if (!status && loci_memory_compare_finish(running, by->squared, covered, by->variance, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    for (size_t i = 0; i < by->parts * by->channels && !status; i++)
        by->covered[i] = covered[i / by->channels];
    loci_memory_compare_free(running);
    return status;
}

static bool history_make(error_by_age *by, const memory_file *k)
{
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const double intervals = (double)(info.samples > 1 ? info.samples - 1 : 1);
    const bool made = error_by_age_create(by, k->channels, info.start, info.end,
                                          spec->dt > 0 ? spec->dt : (info.end - info.start) / intervals);
    by->forgiving = spec->measure == LOCI_MEASURE_LEGS;
    return made;
}

int recall_error_signal(const memory_file *k, const char *path, const source_options *asked, bool json,
                        const char *out, const recall_error_picture *picture)
{
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const source_options options = memory_file_source(k, asked);
    source from = {0};
    error_by_age by;
    int status = history_make(&by, k) ? STATUS_DONE : message_memory();
    if (!status) status = source_open(&from, path, &options, spec->dt > 0 ? 1 / spec->dt : 0);
    from.missing = spec->missing;
    if (!status) status = match(k, &from);
    recall_error_chart *drawing =
        !status && picture->path ? recall_error_chart_create(k, picture->beside) : NULL;
    if (!status && picture->path && !drawing) status = message_memory();
    if (!status) status = compare(&by, k, &from, drawing);
    source_close(&from);
    if (!status && !recall_error_drawn(picture, out)) {
        output text;
        output_open(&text, out);
        if (json)
            json_write(&text, &by, k);
        else
            table_write(&text, &by, k);
        status = output_close(&text);
    }
    if (!status && drawing) status = recall_error_chart_write(drawing, path, by.variance[0], picture->path);
    recall_error_chart_destroy(drawing);
    error_by_age_release(&by);
    return status;
}
