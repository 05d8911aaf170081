/* SPDX-License-Identifier: MIT
 * command_inspect.c - what a memory holds, and what it forgot; what a model is made of. */
#include "shared/command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "draw/chart.h"
#include "forecast/forecaster.h"
#include "forecast/inspect_forecaster.h"
#include "forecast/joint.h"
#include "inspect_state.h"
#include "memory/inspect_archive.h"
#include "model/inspect_model.h"
#include "memory/memory_file.h"
#include "shared/ending.h"
#include "shared/file_kind.h"
#include "shared/message.h"
#include "model/model_open.h"
#include "shared/output.h"
#include "shared/whole_file.h"
#include "shared/words.h"

/* Everything that is known, [channels] each. */
typedef struct {
    loci_memory_info info;
    const loci_memory_spec *spec;
    bool exact; /* legs as it is meant, with stretches of known error */
    loci_memory_summary *kept, *whole;
} knowledge;

static int learn(knowledge *now, const memory_file *k)
{
    loci_error error;
    now->info = loci_memory_inspect(k->memory, k->plan);
    now->spec = loci_memory_plan_spec(k->plan);
    now->exact = now->spec->measure == LOCI_MEASURE_LEGS && now->spec->method == LOCI_METHOD_EXACT;
    now->kept = calloc(k->channels, sizeof *now->kept);
    now->whole = calloc(k->channels, sizeof *now->whole);
    loci_memory *whole = memory_file_room(k);
    int status = now->kept && now->whole && whole ? STATUS_DONE : message_memory();
    if (!status && loci_memory_collapse(whole, k->memory, k->plan, &error) != LOCI_OK)
        status = message_error(k->path, &error);
    for (size_t c = 0; c < k->channels && !status; c++)
        if (loci_memory_summarize(k->memory, k->plan, c, &now->kept[c], &error) != LOCI_OK ||
            loci_memory_summarize(whole, k->plan, c, &now->whole[c], &error) != LOCI_OK)
            status = message_error(k->path, &error);
    free(whole);
    return status;
}

static const char *method_name(loci_method method)
{
    static const char *const names[] = {"exact", "bilinear", "backward", "zoh"};
    return names[method];
}

static json_t *numbers_json(const loci_memory_summary *summary, size_t channels, size_t offset)
{
    json_t *array = json_array();
    for (size_t c = 0; c < channels; c++) {
        double number;
        memcpy(&number, (const char *)&summary[c] + offset, sizeof number);
        json_array_append_new(array, output_json_number(number));
    }
    return array;
}

static json_t *stretches_json(const memory_file *k, const knowledge *now)
{
    json_t *all = json_array();
    for (size_t i = 0; i < now->info.stretches; i++) {
        loci_memory_stretch_info stretch;
        if (loci_memory_stretch(k->memory, k->plan, i, &stretch, NULL) != LOCI_OK) continue;
        json_t *errors = json_array(), *variances = json_array();
        for (size_t c = 0; c < k->channels; c++) {
            double error = NAN, variance = NAN;
            loci_memory_stretch_error(k->memory, k->plan, i, c, &error, &variance, NULL);
            json_array_append_new(errors, output_json_number(error));
            json_array_append_new(variances, output_json_number(variance));
        }
        json_array_append_new(
            all, json_pack("{so so sI sb sI so so}", "start", output_json_time(stretch.start, k->iso), "end",
                           output_json_time(stretch.end, k->iso), "samples", (json_int_t)stretch.samples,
                           "exact", stretch.exact, "numbers", (json_int_t)stretch.numbers, "error", errors,
                           "variance", variances));
    }
    return all;
}

static void json_write(output *out, const memory_file *k, const knowledge *now)
{
    const loci_memory_spec *spec = now->spec;
    const loci_memory_info *info = &now->info;
    const bool legs = spec->measure == LOCI_MEASURE_LEGS;
    json_t *object = json_object(), *names = json_array();
    for (size_t c = 0; c < k->channels; c++) json_array_append_new(names, output_json_text(k->names[c]));
    json_object_set_new(object, "measure", json_string(loci_measure_name(spec->measure)));
    json_object_set_new(object, "order", json_integer((json_int_t)spec->order));
    json_object_set_new(object, "detail", now->exact ? json_integer((json_int_t)spec->detail) : json_null());
    json_object_set_new(object, "method", legs ? json_string(method_name(spec->method)) : json_null());
    json_object_set_new(object, "discretization",
                        legs ? json_null() : json_string(loci_discretization_name(spec->discretization)));
    json_object_set_new(object, "window", legs ? json_null() : json_real(spec->window));
    json_object_set_new(object, "join", json_string(spec->join == LOCI_LINEAR ? "linear" : "hold"));
    json_object_set_new(object, "channels", json_integer((json_int_t)k->channels));
    json_object_set_new(object, "names", names);
    json_object_set_new(object, "samples", json_integer((json_int_t)info->samples));
    json_object_set_new(object, "missing", json_integer((json_int_t)info->missing));
    if (spec->dt > 0) {
        char rate[WORDS_SIZE];
        json_object_set_new(object, "rate", json_real(strtod(words_rate(rate, spec->dt), NULL)));
    } else {
        json_object_set_new(object, "rate", json_null());
    }
    json_object_set_new(object, "start", output_json_time(info->start, k->iso));
    json_object_set_new(object, "end", output_json_time(info->end, k->iso));
    json_object_set_new(object, "duration", output_json_number(info->end - info->start));
    json_object_set_new(object, "numbers", json_integer((json_int_t)info->numbers));
    json_object_set_new(object, "mean",
                        numbers_json(now->kept, k->channels, offsetof(loci_memory_summary, mean)));
    json_object_set_new(object, "variance",
                        numbers_json(now->kept, k->channels, offsetof(loci_memory_summary, variance)));
    json_object_set_new(object, "forgotten",
                        numbers_json(now->kept, k->channels, offsetof(loci_memory_summary, forgotten)));
    json_object_set_new(object, "forgotten_whole",
                        numbers_json(now->whole, k->channels, offsetof(loci_memory_summary, forgotten)));
    json_object_set_new(object, "stretches", stretches_json(k, now));
    output_json(out, object);
}

static void head_write(output *out, const memory_file *k, const knowledge *now)
{
    const loci_memory_spec *spec = now->spec;
    const loci_memory_info *info = &now->info;
    char text[WORDS_SIZE], other[WORDS_SIZE];
    output_format(out, "measure   %s, ", loci_measure_name(spec->measure));
    switch (spec->measure) {
    case LOCI_MEASURE_LEGS:
        output_text(out, "the whole history");
        break;
    case LOCI_MEASURE_LEGT:
    case LOCI_MEASURE_FOUT:
        output_format(out, "the last %s", words_duration(text, spec->window));
        break;
    case LOCI_MEASURE_LEGS_LTI:
    case LOCI_MEASURE_LAGT:
        output_format(out, "fading with a time constant of %s", words_duration(text, spec->window));
        break;
    }
    output_format(out, "; order %zu", spec->order);
    if (now->exact)
        output_format(out, ", detail %zu", spec->detail);
    else if (spec->measure == LOCI_MEASURE_LEGS)
        output_format(out, ", by the published %s recurrence", method_name(spec->method));
    else if (spec->discretization == LOCI_BILINEAR)
        output_text(out, ", bilinear");
    output_format(out, "\nsignal    %s sample%s", words_count(text, info->samples),
                  info->samples == 1 ? "" : "s");
    if (k->channels > 1) output_format(out, " of %zu channels", k->channels);
    if (spec->dt > 0)
        output_format(out, " %s", words_pace(text, spec->dt));
    else
        output_text(out, ", each with its time");
    if (spec->join == LOCI_LINEAR) output_text(out, ", joined by lines");
    if (info->missing)
        output_format(out, "; %s held over", words_plural(text, info->missing, "missing value"));
    output_text(out, "\ntime      ");
    output_time(out, info->start, k->iso);
    output_text(out, " to ");
    output_time(out, info->end, k->iso);
    output_format(out, "%s: %s\n", k->iso ? "" : " s", words_duration(text, info->end - info->start));
    output_format(out, "size      %s a channel", words_plural(text, info->numbers, "number"));
    output_format(out, ", %s in all; the signal as doubles: %s\n",
                  words_bytes(text, 8. * (double)info->numbers * (double)k->channels),
                  words_bytes(other, 8. * (double)info->samples * (double)k->channels));
}

static void channels_write(output *out, const memory_file *k, const knowledge *now)
{
    int width = 10;
    for (size_t c = 0; c < k->channels; c++)
        if (strlen(k->names[c]) > (size_t)width)
            width = strlen(k->names[c]) < 30 ? (int)strlen(k->names[c]) : 30;
    char text[WORDS_SIZE];
    snprintf(text, sizeof text, "by %zu alone", now->spec->order);
    output_text(out, "\n");
    output_cell(out, "channel", width);
    output_format(out, "         mean     variance    forgotten %12s\n", text);
    for (size_t c = 0; c < k->channels; c++) {
        output_cell(out, k->names[c], width);
        output_format(out, " %12.5g %12.5g", now->kept[c].mean, now->kept[c].variance);
        output_format(out, " %12s", words_share(text, now->kept[c].forgotten));
        output_format(out, " %12s\n", words_share(text, now->whole[c].forgotten));
    }
}

/* Neighbouring stretches of one length, as one row of the table. */
typedef struct {
    double from, to; /* ages, in seconds */
    uint64_t each;   /* samples of one stretch */
    size_t count, numbers;
    bool exact;
    double forgotten; /* the share of the whole signal's variance, averaged over the channels */
} row;

static double stretch_forgotten(const memory_file *k, const knowledge *now, size_t i)
{
    double sum = 0;
    for (size_t c = 0; c < k->channels; c++) {
        double error = NAN, variance;
        loci_memory_stretch_error(k->memory, k->plan, i, c, &error, &variance, NULL);
        sum += now->kept[c].variance > 0 ? error / now->kept[c].variance : 0;
    }
    return sum / (double)k->channels;
}

static size_t rows_gather(row *rows, const memory_file *k, const knowledge *now)
{
    size_t count = 0;
    for (size_t i = now->info.stretches; i-- > 0;) {
        loci_memory_stretch_info stretch;
        if (loci_memory_stretch(k->memory, k->plan, i, &stretch, NULL) != LOCI_OK) break;
        const bool exact = stretch.exact;
        const double length = stretch.end - stretch.start,
                     forgotten = exact ? 0 : stretch_forgotten(k, now, i);
        row *last = count ? &rows[count - 1] : NULL;
        const bool same = last && (last->exact ? exact : !exact && last->each == stretch.samples);
        if (!same) {
            last = &rows[count++];
            *last = (row){.from = now->info.end - stretch.end, .each = stretch.samples, .exact = exact};
            last->to = last->from;
        } else if (exact) {
            last->each += stretch.samples;
        }
        const double before = last->to - last->from;
        if (before + length > 0)
            last->forgotten = (last->forgotten * before + forgotten * length) / (before + length);
        last->to = now->info.end - stretch.start;
        last->count++;
        last->numbers += stretch.numbers;
    }
    return count;
}

static void stretches_write(output *out, const memory_file *k, const knowledge *now)
{
    row *rows = calloc(now->info.stretches + 1, sizeof *rows);
    if (!rows) {
        out->reason = ENOMEM;
        return;
    }
    const size_t count = rows_gather(rows, k, now);
    output_format(out, "\n%-28s %26s %12s %12s\n", "age, newest first", "kept as", "numbers", "forgotten");
    for (size_t i = 0; i < count; i++) {
        char from[WORDS_SIZE], to[WORDS_SIZE], ages[2 * WORDS_SIZE + 8], what[2 * WORDS_SIZE + 32],
            each[WORDS_SIZE];
        words_duration(from, rows[i].from);
        words_duration(to, rows[i].to);
        snprintf(ages, sizeof ages, "%s to %s", rows[i].from > 0 ? from : "0", to);
        words_count(each, rows[i].each);
        if (rows[i].exact)
            snprintf(what, sizeof what, "%s samples", each);
        else
            snprintf(what, sizeof what, "%zu x %s samples", rows[i].count, each);
        output_format(out, "%-28s %26s", ages, what);
        output_format(out, " %12s", words_count(each, rows[i].numbers));
        output_format(out, " %12s\n", words_share(each, rows[i].forgotten));
    }
    free(rows);
}

static void text_write(output *out, const memory_file *k, const knowledge *now)
{
    head_write(out, k, now);
    if (!now->exact) {
        output_text(out, k->channels == 1 ? "channel   " : "channels  ");
        for (size_t c = 0; c < k->channels; c++) {
            if (c) output_text(out, ", ");
            output_cell(out, k->names[c], 0);
        }
        output_text(
            out, "\n\nWhat was forgotten cannot be told from such a memory; 'loci recall --against SIGNAL' "
                 "measures it.\n");
        return;
    }
    channels_write(out, k, now);
    stretches_write(out, k, now);
    char coefficients[WORDS_SIZE];
    words_plural(coefficients, now->spec->order, "coefficient");
    output_format(
        out,
        "\nForgotten: the mean square error of recall, as a share of the variance of the whole signal%s;\n",
        k->channels > 1 ? ",\nof a stretch averaged over the channels" : "");
    output_format(out, "by %zu alone: if only %s of the whole history %s kept (recall --whole).\n",
                  now->spec->order, coefficients, now->spec->order == 1 ? "was" : "were");
}

static int inspect_memory(const void *bytes, size_t size, const char *path, bool json)
{
    memory_file k;
    knowledge now = {0};
    int status = memory_file_from(&k, bytes, size, path);
    if (!status) status = learn(&now, &k);
    if (!status) {
        output out;
        output_open(&out, NULL);
        if (json)
            json_write(&out, &k, &now);
        else
            text_write(&out, &k, &now);
        status = output_close(&out);
    }
    free(now.kept);
    free(now.whole);
    memory_file_release(&k);
    return status;
}

/* All of it is looked at: damage is found. */
static int inspect_archive_bytes(const void *bytes, size_t size, const char *path, bool json, bool salvage)
{
    memory_file k;
    loci_error error;
    int status = memory_file_archive(&k, bytes, size, path, salvage);
    if (!status && loci_archive_verify(k.archive, &error) != LOCI_OK) status = message_error(k.path, &error);
    if (!status) status = inspect_archive(&k, NULL, json);
    memory_file_release(&k);
    return status;
}

/* Sound and arrays by their first bytes, others by their names: what people hand in before they have a memory of it. */
static bool signal_looks(file_kind kind, const char *path)
{
    static const char *const endings[] = {".csv", ".txt", ".tsv", ".wav", ".flac", ".ogg",
                                          ".mp3", ".npy", ".raw", ".au",  ".aiff"};
    return kind == FILE_SOUND || kind == FILE_ARRAY ||
           ending_among(path, endings, sizeof endings / sizeof endings[0]);
}

static int other_refuse(file_kind kind, const char *name, const char *path)
{
    if (kind == FILE_EMPTY) return message_fail("%s: is empty; a file that loci wrote was expected", name);
    if (signal_looks(kind, path))
        return message_fail(
            "%s: is a signal, neither a memory nor a model; 'loci remember %s -o M.loci' makes a memory of it "
            "to inspect",
            name, path);
    if (kind == FILE_UNKNOWN) return message_fail("%s: begins like none of the files that loci writes", name);
    return message_fail("%s: is %s; a file that loci wrote was expected", name, file_kind_words(kind));
}

static int inspect(const char *path, bool json, const char *plot, bool salvage)
{
    const char *name = message_name(path);
    void *bytes;
    size_t size;
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    const file_kind kind = file_kind_of(bytes, size);
    if (salvage && kind != FILE_ARCHIVE && (file_kind_is_own(kind) || kind == FILE_ZIP)) {
        status =
            message_usage("inspect: %s is %s, and --salvage is for archives", name, file_kind_words(kind));
    } else if (kind == FILE_MODEL) {
        loci_model *model = NULL;
        status = model_from(&model, bytes, size, name);
        if (!status) status = inspect_model(model, name, json, plot);
        loci_model_free(model);
    } else if (kind == FILE_ZIP && !plot) {
        bool is;
        status = inspect_system(&is, path, json);
        if (!is) status = other_refuse(kind, name, path);
    } else if (!file_kind_is_own(kind) &&
               !(plot && kind == FILE_ZIP)) { /* a zip file may be a system of ours */
        status = other_refuse(kind, name, path);
    } else if (plot) {
        status = message_usage("inspect: --plot draws the kernels of a model; %s is none", name);
    } else if (kind == FILE_FORECASTER || kind == FILE_PROBE) { /* others were told of before */
        status = message_usage("inspect: %s is a forecaster, of which the name of a file was expected", name);
    } else if (kind == FILE_ARCHIVE) {
        status = inspect_archive_bytes(bytes, size, name, json, salvage);
    } else if (inspect_state_knows(kind)) {
        status = inspect_state(kind, bytes, size, name, json);
    } else {
        status = inspect_memory(bytes, size, path, json);
    }
    loci_bytes_free(bytes);
    return status;
}

static int plot_check(const char *plot, bool json, const char *path)
{
    loci_error error;
    if (json && strcmp(plot, "-") == 0)
        return message_usage(
            "inspect: the chart and the JSON both go to standard output; --plot with a file was expected");
    if (output_same_file(path, plot))
        return message_usage("inspect: %s is the model itself; another file was expected for the chart",
                             path);
    if (chart_check(plot, &error) == LOCI_OK) return STATUS_DONE;
    return error.status == LOCI_E_ARGUMENT ? message_usage("inspect: --plot: %s", error.text)
                                           : message_fail("--plot: %s", error.text);
}

int command_inspect(int argc, char **argv)
{
    bool json = false, salvage = false;
    const char *plot = NULL;
    const option table[] = {
        {"json", 0, OPTION_FLAG, &json, NULL, "print everything as JSON"},
        {"salvage", 0, OPTION_FLAG, &salvage, NULL,
         "of a damaged archive: leave out the pages that are damaged"},
        {"plot", 0, OPTION_OUTPUT, &plot, "FILE",
         "of a model: draw kernels of each layer as well: .svg, .png, or '-': in the terminal instead of the text"},
    };
    const options_page page = {
        .command = "inspect",
        .synopsis = "FILE [OPTION]...",
        .purpose =
            "Say what a memory holds: its measure, its signal, its size, and how much of each stretch of the "
            "past it forgot. A stretch of N coefficients resolves about N/3 cycles. Or what an archive keeps, in how many bytes, and "
            "how far off it is; what a forecaster learned from, what a state is of.\n"
            "\n"
            "Say what a model is made of: its layers, what it was trained on, its parameters, and how fast and how slow "
            "each layer is.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .operand = "FILE",
        .least = 1,
        .most = 1,
    };
    int status = options_parse(&page, &argc, argv);
    if (status != OPTIONS_GO) return status;
    status = plot ? plot_check(plot, json, argv[1]) : STATUS_DONE;
    if (!status && !plot && !salvage && forecaster_is(argv[1])) return inspect_forecaster(argv[1], json);
    if (!status && !plot && !salvage && joint_is(argv[1])) return inspect_joint(argv[1], json);
    return status ? status : inspect(argv[1], json, plot, salvage);
}
