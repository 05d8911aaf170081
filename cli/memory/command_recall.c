/* SPDX-License-Identifier: MIT
 * command_recall.c - any part of the signal, from the memory alone. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/archive_error.h"
#include "memory/recall_error.h"
#include "draw/chart.h"
#include "memory/memory_file.h"
#include "shared/ending.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/source.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX

enum { POINTS = 1000, PANELS_MOST = 8 };

typedef struct {
    source_options source; /* of --against */
    const char *output, *plot, *from, *to, *against, *beside;
    option_list at;
    size_t points;
    bool derivative, mean, integral, whole, json, salvage;
    output_kind kind; /* of the file */
} settings;

/* What is recalled: `lead` columns of time, then one a channel. */
typedef struct {
    loci_ask ask;
    size_t rows, lead, columns;
    double *table;     /* [columns][rows] */
    double rate, step; /* of sound: rows a second; seconds between them where they are samples, else 0 */
} answer;

static int usage_check(settings *s, const char *memory)
{
    const bool elsewhere = s->output && strcmp(s->output, "-") != 0,
               drawn = s->plot && strcmp(s->plot, "-") == 0;
    if (s->derivative + s->mean + s->integral > 1)
        return message_usage(
            "recall: --derivative, --mean and --integral exclude each other; one was expected");
    if (s->at.count && (s->from || s->to || s->points != NOT_GIVEN))
        return message_usage("recall: --at names the times; --points, --from and --to do not go with it");
    if (s->at.count && (s->mean || s->integral))
        return message_usage("recall: --%s is over a stretch, --from A --to B; --at names single times",
                             s->mean ? "mean" : "integral");
    if (s->points == 0) return message_usage("recall: --points is 0; at least 1 was expected");
    if (drawn && !elsewhere && (s->json || s->output))
        return message_usage(
            "recall: the chart and the %s both go to standard output; -o with a file was expected",
            s->json ? "JSON" : "numbers");
    if (s->json && s->output && ending_is(s->output, ".npy"))
        return message_usage("recall: --json and an .npy file exclude each other; one was expected");
    if (s->output && s->plot && strcmp(s->output, s->plot) == 0 && elsewhere)
        return message_usage("recall: -o and --plot both name %s; two files were expected", s->output);
    if ((s->output && output_same_file(memory, s->output)) || (s->plot && output_same_file(memory, s->plot)))
        return message_usage("recall: %s is the memory itself; another file was expected for the answer",
                             memory);
    if (s->output && (ending_is(s->output, ".svg") || ending_is(s->output, ".png")))
        return message_usage("recall: -o is for numbers; --plot %s draws", s->output);
    const int unknown = output_kind_of(
        &s->kind, s->output,
        s->against ? OUTPUT_CSV | OUTPUT_JSON : OUTPUT_CSV | OUTPUT_NPY | OUTPUT_JSON | OUTPUT_WAV, "recall");
    if (unknown) return unknown;
    if (s->json && s->kind == OUTPUT_WAV)
        return message_usage("recall: --json and a .wav file exclude each other; one was expected");
    if (s->kind == OUTPUT_WAV && (s->at.count || s->mean || s->integral))
        return message_usage(
            "recall: a .wav file holds values at equal steps; no --at, --mean or --integral was expected");
    s->json = s->json || s->kind == OUTPUT_JSON;
    const source_options *o = &s->source;
    if (s->beside && (!s->against || !s->plot))
        return message_usage("recall: --beside is for the chart of --against SIGNAL --plot FILE");
    if (!s->against && source_asked(o))
        return message_usage(
            "recall: --rate, --time, --column, --raw and their like are about the signal of --against");
    if (s->against) {
        if (s->at.count || s->from || s->to || s->points != NOT_GIVEN || s->derivative || s->mean ||
            s->integral)
            return message_usage(
                "recall: --against compares the whole signal; it takes no times and no other question");
        if ((s->output && output_same_file(s->against, s->output)) ||
            (s->plot && output_same_file(s->against, s->plot)))
            return message_usage("recall: %s is the signal itself; another file was expected", s->against);
        const int wrong = source_check(o, "recall");
        if (wrong) return wrong;
    }
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("recall: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    return STATUS_DONE;
}

/* The part of time that can be asked for: the history, or the window at its end. */
static void reach(const memory_file *k, double *earliest, double *latest)
{
    if (k->archive) {
        const loci_archive_info info = loci_archive_inspect(k->archive);
        *earliest = info.start;
        *latest = info.end;
        return;
    }
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    *earliest = info.start;
    *latest = info.end;
    const bool windowed = spec->measure == LOCI_MEASURE_LEGT || spec->measure == LOCI_MEASURE_FOUT;
    if (windowed && info.end - spec->window > info.start) *earliest = info.end - spec->window;
}

/* A time of the user's, within what is remembered. What was rounded when it was printed may lie outside by
 * that much. */
static int time_settle(const memory_file *k, double *seconds, const char *name, const char *text)
{
    double earliest, latest;
    char option_name[32];
    snprintf(option_name, sizeof option_name, "recall: --%s", name);
    const int status = memory_file_time(k, seconds, option_name, text);
    if (status) return status;
    reach(k, &earliest, &latest);
    const double slack = k->iso ? 1e-6 : 1e-14 * fmax(fabs(earliest), fabs(latest));
    if (*seconds >= earliest - slack && *seconds <= latest + slack) {
        *seconds = fmin(fmax(*seconds, earliest), latest);
        return STATUS_DONE;
    }
    char first[WORDS_SIZE], last[WORDS_SIZE];
    return message_fail("%s: --%s %s lies outside of what is remembered, %s to %s", k->path, name, text,
                        words_time(first, earliest, k->iso), words_time(last, latest, k->iso));
}

/* The stretch that was asked for: --from and --to, or all that can be reached. */
static int stretch_settle(double *from, double *to, const settings *s, const memory_file *k)
{
    reach(k, from, to);
    int status = s->from ? time_settle(k, from, "from", s->from) : STATUS_DONE;
    if (!status && s->to) status = time_settle(k, to, "to", s->to);
    return status;
}

static double between(double from, double to, size_t i, size_t n)
{
    return i == n ? to : from + (to - from) * ((double)i / (double)n);
}

/* Fills the columns of time: single times, or the two ends of a stretch. */
static int times_fill(answer *a, const settings *s, const memory_file *k)
{
    for (size_t i = 0; i < s->at.count; i++) {
        const int status = time_settle(k, &a->table[i], "at", s->at.items[i]);
        if (status) return status;
    }
    if (s->at.count) return STATUS_DONE;
    double from, to;
    const int status = stretch_settle(&from, &to, s, k);
    if (status) return status;
    if (from > to)
        return message_usage("recall: --from lies after --to; a stretch forward in time was expected");
    for (size_t i = 0; i < a->rows; i++)
        if (a->lead == 2) {
            a->table[i] = between(from, to, i, a->rows);
            a->table[a->rows + i] = between(from, to, i + 1, a->rows);
        } else {
            a->table[i] = a->step > 0    ? fmin(to, from + (double)i * a->step)
                          : a->rows == 1 ? from
                                         : between(from, to, i, a->rows - 1);
        }
    return STATUS_DONE;
}

/* One channel. Values at equal steps of an archive are those of its coarser levels where the steps are long. */
static loci_status ask(const memory_file *k, const answer *a, const settings *s, size_t c, const double *t,
                       double *out, loci_error *error)
{
    if (!k->archive) return loci_memory_recall(k->memory, k->plan, a->ask, c, t, a->rows, out, error);
    if (a->ask == LOCI_VALUE && s->at.count == 0)
        return loci_archive_zoom(k->archive, c, t[0], t[a->rows - 1], a->rows, out, error);
    return loci_archive_recall(k->archive, a->ask, c, t, a->rows, out, error);
}

/* The steps of an answer that is sound: those of the samples, or of --points. */
static int sound_settle(answer *a, const settings *s, const memory_file *k)
{
    double from, to;
    const int status = stretch_settle(&from, &to, s, k);
    if (status) return status;
    const double dt = k->archive ? loci_archive_inspect(k->archive).dt : loci_memory_plan_spec(k->plan)->dt;
    if (s->points != NOT_GIVEN) {
        a->rows = s->points;
        a->rate = to > from && s->points > 1 ? (double)(s->points - 1) / (to - from) : 0;
        return STATUS_DONE;
    }
    if (!(dt > 0))
        return message_fail(
            "%s: its samples have times and no rate, which a .wav needs; --points was expected", k->path);
    /* held samples last to the end, which is no sample of its own */
    const double steps = (to - from) / dt;
    a->rows = (size_t)fmax(1, floor(steps + 1e-6));
    a->rate = 1 / dt;
    a->step = dt;
    return STATUS_DONE;
}

static int answer_make(answer *a, const settings *s, const memory_file *k)
{
    a->ask = s->derivative ? LOCI_DERIVATIVE : s->mean ? LOCI_MEAN : s->integral ? LOCI_INTEGRAL : LOCI_VALUE;
    a->lead = s->mean || s->integral ? 2 : 1;
    a->columns = a->lead + k->channels;
    a->rows = s->at.count ? s->at.count : s->points != NOT_GIVEN ? s->points : a->lead == 2 ? 1 : POINTS;
    if (s->kind == OUTPUT_WAV) {
        const int wrong = sound_settle(a, s, k);
        if (wrong) return wrong;
    }
    if (a->rows > SIZE_MAX / sizeof(double) / (a->columns + 2)) return message_memory();
    a->table = calloc(a->rows * a->columns, sizeof *a->table);
    if (!a->table) return message_memory();
    int status = times_fill(a, s, k);
    if (status) return status;
    double *pairs = NULL;
    if (a->lead == 2) {
        pairs = calloc(a->rows, 2 * sizeof *pairs);
        if (!pairs) return message_memory();
        for (size_t i = 0; i < a->rows; i++) {
            pairs[2 * i] = a->table[i];
            pairs[2 * i + 1] = a->table[a->rows + i];
        }
    }
    for (size_t c = 0; c < k->channels && !status; c++) {
        loci_error error;
        if (ask(k, a, s, c, pairs ? pairs : a->table, a->table + (a->lead + c) * a->rows, &error) != LOCI_OK)
            status = message_error(k->path, &error);
    }
    free(pairs);
    return status;
}

static void csv_write(output *out, const answer *a, const memory_file *k)
{
    output_text(out, a->lead == 2 ? "from,to" : "time");
    for (size_t c = 0; c < k->channels; c++) {
        output_text(out, ",");
        output_field(out, k->names[c]);
    }
    output_text(out, "\n");
    for (size_t i = 0; i < a->rows; i++) {
        for (size_t j = 0; j < a->columns; j++) {
            if (j) output_text(out, ",");
            if (j < a->lead)
                output_time(out, a->table[j * a->rows + i], k->iso);
            else
                output_number(out, a->table[j * a->rows + i]);
        }
        output_text(out, "\n");
    }
}

static json_t *json_column(const answer *a, size_t j, bool time, bool iso)
{
    json_t *array = json_array();
    for (size_t i = 0; i < a->rows; i++) {
        const double number = a->table[j * a->rows + i];
        json_array_append_new(array, time ? output_json_time(number, iso) : output_json_number(number));
    }
    return array;
}

static void json_write(output *out, const answer *a, const memory_file *k)
{
    json_t *object = json_object(), *names = json_array(), *values = json_array();
    if (a->lead == 2) {
        json_object_set_new(object, "from", json_column(a, 0, true, k->iso));
        json_object_set_new(object, "to", json_column(a, 1, true, k->iso));
    } else {
        json_object_set_new(object, "time", json_column(a, 0, true, k->iso));
    }
    for (size_t c = 0; c < k->channels; c++) {
        json_array_append_new(names, output_json_text(k->names[c]));
        json_array_append_new(values, json_column(a, a->lead + c, false, false));
    }
    json_object_set_new(object, "names", names);
    json_object_set_new(object, "values", values);
    output_json(out, object);
}

static void subtitle_make(char *subtitle, size_t size, const memory_file *k)
{
    char samples[WORDS_SIZE], numbers[WORDS_SIZE];
    if (k->archive) {
        const loci_archive_info info = loci_archive_inspect(k->archive);
        snprintf(subtitle, size, "archive: %s samples a channel in %s", words_count(samples, info.samples),
                 words_bytes(numbers, (double)info.bytes));
        return;
    }
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    snprintf(subtitle, size, "%s, order %zu: %s samples a channel in %s numbers",
             loci_measure_name(spec->measure), spec->order, words_count(samples, info.samples),
             words_count(numbers, info.numbers));
}

static int plot(const answer *a, const memory_file *k, const settings *s)
{
    static const char *const asks[] = {"Recall", "Derivative of recall", "Means of recall",
                                       "Integrals of recall"};
    char subtitle[256];
    subtitle_make(subtitle, sizeof subtitle, k);
    char title[512];
    snprintf(title, sizeof title, "%s from %s", asks[a->ask], k->path);
    const bool apart = k->channels <= PANELS_MOST;
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    for (size_t c = 0; c < k->channels; c++) {
        const bool last = !apart || c + 1 == k->channels;
        if (apart || c == 0)
            chart_panel(drawing, &(chart_axes){.x_label = k->iso ? "time" : "time (s)",
                                               .y_label = apart ? k->names[c] : NULL,
                                               .time_x = k->iso,
                                               .bare_x = !last,
                                               .no_legend = true});
        chart_add(drawing, &(chart_series){.kind = a->lead == 2 ? CHART_STEPS : CHART_LINE,
                                           .name = k->names[c],
                                           .x = a->table,
                                           .y = a->table + (a->lead + c) * a->rows,
                                           .count = a->rows,
                                           .colour = apart ? CHART_BLUE : CHART_SHADE,
                                           .shade = (double)c / (double)k->channels});
    }
    loci_error error;
    const loci_status status = chart_write(drawing, s->plot, &error);
    chart_destroy(drawing);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

static int numbers_write(const answer *a, const memory_file *k, const settings *s)
{
    if (s->kind == OUTPUT_NPY) return output_npy(s->output, a->table, a->rows, a->columns);
    if (s->kind == OUTPUT_WAV)
        return output_wave(s->output, a->table + a->lead * a->rows, a->rows, k->channels, a->rate);
    output out;
    output_open(&out, s->output);
    if (s->json)
        json_write(&out, a, k);
    else
        csv_write(&out, a, k);
    return output_close(&out);
}

/* Whether both can be of one signal. */
static int beside_check(const memory_file *k, const memory_file *other)
{
    double start, end, other_start, other_end;
    reach(k, &start, &end);
    reach(other, &other_start, &other_end);
    if (other->channels == k->channels && fabs(other_end - end) <= 1e-6 * fabs(end - start))
        return STATUS_DONE;
    return message_fail("%s: it is not of the signal of %s: its channels or its end are others", other->path,
                        k->path);
}

static int against(const memory_file *k, const settings *s)
{
    memory_file other = {0};
    int status = s->beside ? memory_file_load(&other, s->beside) : STATUS_DONE;
    if (!status && s->beside) status = beside_check(k, &other);
    const recall_error_picture picture = {.path = s->plot, .beside = s->beside ? &other : NULL};
    if (!status)
        status = k->archive ? archive_error_signal(k, s->against, &s->source, s->json, s->output, &picture)
                            : recall_error_signal(k, s->against, &s->source, s->json, s->output, &picture);
    memory_file_release(&other);
    return status;
}

static int recall(memory_file *k, const settings *s)
{
    int status = STATUS_DONE;
    if (s->salvage && !k->archive)
        return message_usage("recall: %s is a memory, and --salvage is for archives", k->path);
    if (k->archive && s->whole)
        return message_usage("recall: --whole is for memories of legs; %s is an archive", k->path);
    if (s->whole) {
        const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
        if (spec->measure != LOCI_MEASURE_LEGS)
            return message_usage("recall: --whole is for legs; %s has one state and no stretches",
                                 loci_measure_name(spec->measure));
        status = memory_file_collapse(k);
        if (status) return status;
    }
    if (s->against) return against(k, s);
    answer a = {0};
    status = answer_make(&a, s, k);
    const bool drawn_instead = s->plot && !s->output && !s->json;
    if (!status && !drawn_instead) status = numbers_write(&a, k, s);
    if (!status && s->plot) status = plot(&a, k, s);
    free(a.table);
    return status;
}

int command_recall(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .points = NOT_GIVEN};
    const option table[] = {
        {NULL, 0, OPTION_HEADING, NULL, NULL, "What to recall:"},
        {"points", 0, OPTION_COUNT, &s.points, "N",
         "at N equally spaced times (1000); of --mean and --integral, over N equal stretches (1)"},
        {"at", 0, OPTION_TIMES, &s.at, "T...", "at these times, separated by commas or blanks"},
        {"from", 0, OPTION_TEXT, &s.from, "A", "where to begin (where the memory, or its window, begins)"},
        {"to", 0, OPTION_TEXT, &s.to, "B", "where to end (where the memory ends)"},
        {"derivative", 0, OPTION_FLAG, &s.derivative, NULL,
         "the slope, in units a second, instead of the value"},
        {"mean", 0, OPTION_FLAG, &s.mean, NULL, "the mean from A to B"},
        {"integral", 0, OPTION_FLAG, &s.integral, NULL, "the integral from A to B, in units times seconds"},
        {"whole", 0, OPTION_FLAG, &s.whole, NULL,
         "from the N coefficients of the whole history alone, as if detail were 0 (legs)"},
        {"salvage", 0, OPTION_FLAG, &s.salvage, NULL,
         "from an archive that is damaged: leave out the pages that are, their samples are missing"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answer goes:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "CSV, or by the ending of FILE: .npy, a NumPy array of the same columns; .json; .wav, sound, at the memory's own rate "
         "or of --points in all (standard output; no numbers where --plot draws)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of CSV"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw a chart instead of the numbers, which -o or --json asks for as well: .svg, .png, or '-': in the terminal; of "
         "--against beside the numbers, but for '-'"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The memory against the signal:"},
        {"against", 0, OPTION_TEXT, &s.against, "SIGNAL",
         "compare with the signal that was remembered: mean square error, its share of the variance, and that "
         "share by age; --plot draws both"},
        {"beside", 0, OPTION_TEXT, &s.beside, "OTHER.loci",
         "draw another memory or archive of the signal, too"},
        SOURCE_OPTIONS(s.source, "that of the memory", "those of the memory"),
    };
    const options_page page = {
        .command = "recall",
        .synopsis =
            "M.loci [--points N | --at T...] [--from A --to B] [OPTION]...\nM.loci --against SIGNAL [--json]",
        .purpose =
            "Get any part of a signal back from its memory, as CSV: time and a column a channel. Times are "
            "in seconds, or dates where the signal had dates.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci recall weather.loci --from 2016-07-01 --to 2016-08-01 --plot -\n"
                   "  loci recall room.loci --at 0.5,0.75,1\n"
                   "  loci recall weather.loci --mean --points 24\n"
                   "  loci recall weather.loci --against weather.csv",
        .operand = "M.loci",
        .least = 1,
        .most = 1,
    };
    memory_file k = {0};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s, argv[1]);
        if (!status) status = s.salvage ? memory_file_salvage(&k, argv[1]) : memory_file_load(&k, argv[1]);
        if (!status) status = recall(&k, &s);
    }
    memory_file_release(&k);
    options_release(&s.at);
    options_release(&s.source.columns);
    return status;
}
