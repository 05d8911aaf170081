/* SPDX-License-Identifier: MIT
 * command_watch.c - a signal beside what was foretold of it, sample by sample. */
#include "shared/command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw/chart.h"
#include "forecast/forecaster.h"
#include "forecast/joint.h"
#include "forecast/pace.h"
#include "forecast/series.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/overwrite.h"
#include "shared/source.h"
#include "shared/state_file.h"
#include "shared/words.h"

enum {
    WAIT = 100 /* milliseconds */,
    DRAWN = 1 << 14 /* stretches kept for a chart at most, an even number */
};

typedef struct {
    source_options source;
    state_file state;
    const char *output, *plot;
    double threshold;
    bool alarms, follows, json;
} settings;

/* A sample of the first channel. */
typedef struct {
    uint64_t row; /* from 1 */
    double time, value, score;
} point;

/* What a chart shows of some samples: the first, the lowest, the highest and the oddest, and an interval that has those of all. */
enum { FIRST, LOWEST, HIGHEST, ODDEST, POINTS };
typedef struct {
    point of[POINTS];
    double lower, upper;
} stretch;

typedef struct {
    const settings *s;
    forecaster f;
    source from;
    loci_readout_watch *watch;
    loci_readout_answer *answers; /* [capacity][channels] */
    output out;
    pace pace;
    bool opened, live;
    double last; /* the latest time of what was pushed; NAN: there is none */
    uint64_t rows, before,
        unjudged;   /* read and pushed here, in earlier watches, without anything to be expected */
    double *hole;   /* [channels] a row that is missing */
    stretch *drawn; /* [kept] of `each` samples, the last of `filled`; NULL: there is no chart */
    size_t kept;
    uint64_t each, filled;
} job;

static int usage_check(settings *s, const char *model, const char *signal)
{
    if (strcmp(model, "-") == 0)
        return message_usage("watch: the model cannot come from standard input; a file was expected");
    if (!(s->threshold > 0))
        return message_usage("watch: --threshold is %g; more than 0 was expected", s->threshold);
    if (s->follows && s->state.in)
        return message_usage("watch: --follows and --state-in exclude each other; one of them was expected");
    const int named = state_file_check(&s->state, "watch");
    if (named) return named;
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("watch: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    /* a state may take the place of the one before */
    const bool again = s->state.in && s->state.out && output_same_file(s->state.in, s->state.out);
    const char *const read[] = {model, signal, again ? NULL : s->state.in}, *const written[] = {s->output,
                                                                                                s->plot,
                                                                                                s->state.out};
    const int clash = overwrite_check(&(overwrite_files){read, written, 3, 3, NULL, false}, "watch");
    if (clash) return clash;
    if (s->json && s->plot && strcmp(s->plot, "-") == 0 && !s->output)
        return message_usage(
            "watch: --json and --plot - both go to standard output; -o with a file was expected");
    output_kind kind = OUTPUT_CSV;
    const int unknown = output_kind_of(&kind, s->output, OUTPUT_CSV | OUTPUT_JSON, "watch");
    if (unknown) return unknown;
    s->json = s->json || kind == OUTPUT_JSON;
    return source_check(&s->source, "watch");
}

static int open_signal(job *j, const char *path)
{
    source_options o = j->s->source;
    option_list columns = {(const char **)calloc(j->f.channels, sizeof(char *)), j->f.channels};
    if (!columns.items) return message_memory();
    for (size_t c = 0; c < j->f.channels; c++) columns.items[c] = j->f.names[c];
    const bool named = o.columns.count == 0 && !o.raw && strcmp(path, "-") != 0 &&
                       strcmp(j->f.names[0], "u") != 0 && strcmp(j->f.names[0], "u0") != 0;
    if (named) o.columns = columns;
    char *dates = j->f.iso ? series_dates(path, &o) : NULL; /* as was learned */
    if (dates) o.time = dates;
    const int status = source_open(&j->from, path, &o, 0);
    free(columns.items);
    free(dates);
    if (status) return status;
    if (j->from.info.channels != j->f.channels)
        return message_fail("%s: it has %zu column%s; %zu, those of %s, were expected (--column chooses)",
                            j->from.path, j->from.info.channels, j->from.info.channels == 1 ? "" : "s",
                            j->f.channels, j->f.path);
    return STATUS_DONE;
}

static loci_status state_restore(void *watch, const void *bytes, size_t size, loci_error *error)
{
    return loci_readout_watch_restore(watch, bytes, size, error);
}

static loci_status state_save(const void *watch, void *bytes, size_t size, loci_error *error)
{
    return loci_readout_watch_save(watch, bytes, size, error);
}

/* b comes right behind a. A missing value is neither low nor high. */
static void join(stretch *a, const stretch *b)
{
    if (b->of[LOWEST].value < a->of[LOWEST].value || isnan(a->of[LOWEST].value))
        a->of[LOWEST] = b->of[LOWEST];
    if (b->of[HIGHEST].value > a->of[HIGHEST].value || isnan(a->of[HIGHEST].value))
        a->of[HIGHEST] = b->of[HIGHEST];
    if (b->of[ODDEST].score > a->of[ODDEST].score || isnan(a->of[ODDEST].score))
        a->of[ODDEST] = b->of[ODDEST];
    a->lower = fmin(a->lower, b->lower);
    a->upper = fmax(a->upper, b->upper);
}

/* For the chart, which shows far fewer stretches than are kept. */
static void keep(job *j, double time, double value, const loci_readout_answer *a)
{
    if (!j->drawn) return;
    const point p = {j->rows, time, value, a->score};
    const stretch one = {{p, p, p, p}, a->lower, a->upper};
    if (j->kept > 0 && j->filled < j->each) {
        join(&j->drawn[j->kept - 1], &one);
        j->filled++;
        return;
    }
    if (j->kept == DRAWN) {
        j->kept /= 2;
        j->each *= 2;
        for (size_t k = 0; k < j->kept; k++) {
            j->drawn[k] = j->drawn[2 * k];
            join(&j->drawn[k], &j->drawn[2 * k + 1]);
        }
    }
    j->drawn[j->kept++] = one;
    j->filled = 1;
}

static void number_or_nothing(output *out, double number)
{
    output_text(out, ",");
    if (!isnan(number)) output_number(out, number);
}

/* A sample of channel c, as a line. */
static void tell(job *j, size_t c, double time, double value, const loci_readout_answer *a)
{
    const bool stamped = j->from.info.stamped, iso = loci_signal_inspect(j->from.signal).iso_times;
    output *const out = &j->out;
    if (j->s->json) {
        json_t *line = json_object();
        json_object_set_new(line, stamped ? "time" : "sample",
                            stamped ? output_json_time(time, iso) : json_integer((json_int_t)time));
        if (j->f.channels > 1) json_object_set_new(line, "column", output_json_text(j->f.names[c]));
        const char *const keys[] = {"value", "expected", "lower", "upper", "score"};
        const double numbers[] = {value, a->expected, a->lower, a->upper, a->score};
        for (size_t k = 0; k < 5; k++) json_object_set_new(line, keys[k], output_json_number(numbers[k]));
        json_object_set_new(line, "odd",
                            isnan(a->score) ? json_null() : json_boolean(a->score > j->s->threshold));
        output_json_line(out, line);
        return;
    }
    output_time(out, time, iso);
    if (j->f.channels > 1) {
        output_text(out, ",");
        output_field(out, j->f.names[c]);
    }
    number_or_nothing(out, value);
    number_or_nothing(out, a->expected);
    number_or_nothing(out, a->lower);
    number_or_nothing(out, a->upper);
    number_or_nothing(out, a->score);
    output_text(out, "\n");
}

/* Rows of an even series that are not in the signal. */
static void miss(job *j, size_t rows)
{
    size_t done;
    if (rows == SIZE_MAX) loci_readout_watch_part(j->watch);
    for (size_t k = 0; k < rows && rows < SIZE_MAX; k++)
        loci_readout_watch_push(j->watch, j->answers, j->hole, 1, &done, NULL);
}

/* Rows from to to of the piece, between which none is missing. */
static int take_run(job *j, size_t from, size_t to)
{
    const size_t channels = j->f.channels;
    const bool stamped = j->from.info.stamped;
    const double *u = j->from.u + from * channels;
    size_t done = 0;
    loci_error error;
    const loci_status status = loci_readout_watch_push(j->watch, j->answers, u, to - from, &done, &error);
    for (size_t k = 0; k < done; k++) {
        const double time = stamped ? j->from.t[from + k] : (double)(j->before + j->rows + 1);
        j->rows++;
        if (!(time <= j->last)) j->last = time;
        j->unjudged += isnan(j->answers[k * channels].expected) != 0;
        for (size_t c = 0; c < channels; c++) {
            const loci_readout_answer *a = &j->answers[k * channels + c];
            const double value = u[k * channels + c];
            const bool odd = a->score > j->s->threshold;
            if (c == 0) keep(j, time, value, a);
            if (!(j->s->alarms && !odd) && j->opened) tell(j, c, time, value, a);
        }
    }
    if (status == LOCI_OK) return STATUS_DONE;
    char place[64];
    loci_signal_position(j->from.signal, from + done, place, sizeof place);
    return message_fail("%s: %s: a number within 1e150 was expected", j->from.path, place);
}

/* The piece that was read. */
static int take(job *j)
{
    const size_t n = j->from.count;
    int status = STATUS_DONE;
    size_t from = 0;
    for (size_t k = 0; k < n && j->f.stamped && j->from.info.stamped && !status; k++) {
        const size_t missing = pace_next(&j->pace, j->from.t[k]);
        if (missing == 0) continue;
        status = take_run(j, from, k);
        if (status) break;
        miss(j, missing);
        if (missing < SIZE_MAX) j->last = j->from.t[k] - j->f.step;
        from = k;
    }
    if (!status) status = take_run(j, from, n);
    if (!status && j->f.stamped && j->from.info.stamped) j->last = j->pace.last;
    if (j->live && j->opened) output_flush(&j->out);
    if (status) return status;
    return j->opened && j->out.reason ? STATUS_FAILED : STATUS_DONE;
}

/* Where the signal goes on behind the rows that the model learned from, as its times or the user say, the watch begins with these. */
static int begin(job *j)
{
    const forecaster *f = &j->f;
    const bool timed = f->stamped && j->from.info.stamped;
    loci_error error;
    j->pace = (pace){.step = f->step,
                     .even = f->stamped && !f->uneven,
                     .longest = loci_readout_spec_of(f->readout)->window,
                     .pause = f->pauses[1]};
    j->hole = calloc(f->channels, sizeof *j->hole);
    if (!j->hole) return message_memory();
    for (size_t c = 0; c < f->channels; c++) j->hole[c] = NAN;
    if (j->s->state.in) {
        j->last = loci_readout_watch_time(j->watch);
        if (!isnan(j->last) && j->from.info.stamped) pace_begin(&j->pace, j->last);
        return STATUS_DONE;
    }
    if (!j->s->follows && !(timed && pace_goes_on(&j->pace, j->from.t[0] - f->last))) return STATUS_DONE;
    if (loci_readout_watch_follow(j->watch, f->readout, &error) != LOCI_OK)
        return message_error(f->path, &error);
    if (!j->s->follows) pace_begin(&j->pace, j->last = f->last);
    return STATUS_DONE;
}

/* What was not judged, and why. */
static void tell_unjudged(const job *j)
{
    char rows[WORDS_SIZE], all[WORDS_SIZE];
    const size_t window = loci_readout_spec_of(j->f.readout)->window;
    if (j->unjudged == 0 || (j->unjudged < j->rows && !j->s->alarms)) return; /* else it is seen */
    if (j->unjudged < j->rows)
        message_note("%s: %s of %s rows fill the window and were not judged", j->from.path,
                     words_count(rows, j->unjudged), words_count(all, j->rows));
    else
        message_note("%s: %s, none judged: the first %zu fill the window%s", j->from.path,
                     words_plural(rows, j->rows, "row"), window,
                     j->s->state.in
                         ? ""
                         : " (--state-in goes on from an earlier watch, --follows from the rows learned)");
}

static int run(job *j)
{
    interrupt_catch();
    int status = STATUS_DONE;
    while (!status && j->from.count > 0 && !interrupt_seen()) {
        status = take(j);
        while (!status && !interrupt_seen() && !source_ready(&j->from, WAIT)) continue;
        if (!status && !interrupt_seen()) status = source_next(&j->from);
    }
    return status;
}

/* Its first point behind this row; NULL: there is none. */
static const point *behind(const stretch *s, uint64_t row)
{
    const point *next = NULL;
    for (size_t i = 0; i < POINTS; i++)
        if (s->of[i].row > row && (!next || s->of[i].row < next->row)) next = &s->of[i];
    return next;
}

static int draw(const job *j)
{
    const size_t most = POINTS * j->kept;
    double *column = calloc(6 * most + 1, sizeof *column);
    if (!column) return message_memory();
    double *odd = column + 5 * most;
    size_t n = 0, odds = 0;
    for (size_t k = 0; k < j->kept; k++) {
        const stretch *s = &j->drawn[k];
        for (const point *p = behind(s, 0); p; p = behind(s, p->row), n++) {
            const double five[5] = {p->time, p->value, s->lower, s->upper, p->score};
            for (size_t e = 0; e < 5; e++) column[e * most + n] = five[e];
            if (p->score > j->s->threshold) odd[odds++] = p->time;
        }
    }
    char title[320], subtitle[160], count[WORDS_SIZE];
    snprintf(title, sizeof title, "%.128s, watched by %.128s", j->from.path, j->f.path);
    snprintf(subtitle, sizeof subtitle, "%s; odd: those %g halves of the interval away, or more",
             words_plural(count, j->rows, "sample"), j->s->threshold);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    const bool iso = loci_signal_inspect(j->from.signal).iso_times;
    const char *x_label = iso ? "time" : j->from.info.stamped ? "time (s)" : "sample";
    chart_panel(drawing, &(chart_axes){.y_label = j->f.names[0], .time_x = iso, .bare_x = true, .weight = 2});
    if (odds > 0)
        chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                           .name = "odd",
                                           .x = odd,
                                           .y = odd,
                                           .count = odds,
                                           .colour = CHART_ORANGE,
                                           .pale = true});
    chart_add(drawing, &(chart_series){.kind = CHART_BAND,
                                       .name = "95 %",
                                       .x = column,
                                       .y = column + 2 * most,
                                       .y2 = column + 3 * most,
                                       .count = n,
                                       .colour = CHART_SKY,
                                       .pale = true});
    chart_add(drawing, &(chart_series){.name = "signal",
                                       .x = column,
                                       .y = column + most,
                                       .count = n,
                                       .colour = CHART_BLACK,
                                       .width = 1});
    chart_panel(drawing, &(chart_axes){.y_label = "score", .time_x = iso, .x_label = x_label});
    chart_add(
        drawing,
        &(chart_series){
            .kind = CHART_LEVELS, .y = &j->s->threshold, .count = 1, .colour = CHART_GREY, .dashed = true});
    chart_add(drawing,
              &(chart_series){
                  .name = NULL, .x = column, .y = column + 4 * most, .count = n, .colour = CHART_VERMILION});
    loci_error error;
    int status = STATUS_DONE;
    if (chart_write(drawing, j->s->plot, &error) != LOCI_OK) status = message_error(NULL, &error);
    chart_destroy(drawing);
    free(column);
    return status;
}

static int watch(job *j, const char *signal)
{
    const settings *s = j->s;
    loci_error error;
    int status = open_signal(j, signal);
    if (!status && loci_readout_watch_create(&j->watch, j->f.readout, &error) != LOCI_OK)
        status = message_error(j->f.path, &error);
    if (!status) status = state_file_load(&s->state, FILE_WATCH, state_restore, j->watch);
    if (status) return status;
    j->before = loci_readout_watch_samples(j->watch);
    status = begin(j);
    if (status) return status;
    j->answers = calloc(j->from.capacity * j->f.channels, sizeof *j->answers);
    j->drawn = s->plot ? calloc(DRAWN, sizeof *j->drawn) : NULL;
    j->each = 1;
    if (!j->answers || (s->plot && !j->drawn)) return message_memory();
    j->live = source_live(&j->from);
    if (!(s->plot && strcmp(s->plot, "-") == 0) || s->output) {
        output_open(&j->out, s->output);
        j->opened = true;
        if (!s->json && (!s->state.in || s->output))
            output_format(&j->out, "%s%s,value,expected,lower,upper,score\n",
                          j->from.info.stamped ? "time" : "sample", j->f.channels > 1 ? ",column" : "");
        if (j->live) output_flush(&j->out);
    }
    status = run(j);
    int saved = STATUS_DONE;
    if (j->rows > 0 || j->from.info.stamped)
        loci_readout_watch_set_time(j->watch, j->from.info.stamped ? j->last : NAN);
    if (!status || !s->output)
        saved = state_file_save(&s->state, state_save, j->watch, loci_readout_watch_state_size(j->watch));
    int written = STATUS_DONE;
    if (j->opened && status && s->output)
        output_abandon(&j->out);
    else if (j->opened)
        written = output_close(&j->out);
    if (!status) pace_tell(&j->pace, j->from.path);
    if (!status) tell_unjudged(j);
    if (!status && s->plot) status = draw(j);
    return status             ? status
           : saved            ? saved
           : written          ? written
           : interrupt_seen() ? STATUS_INTERRUPTED
                              : STATUS_DONE;
}

int command_watch(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .threshold = 3};
    const option table[] = {
        {"threshold", 0, OPTION_NUMBER, &s.threshold, "Q", "a sample is odd whose score is above Q (3)"},
        {"alarms", 0, OPTION_FLAG, &s.alarms, NULL, "lines for odd samples only"},
        {"follows", 0, OPTION_FLAG, &s.follows, NULL,
         "the rows come right after those that MODEL learned from, also where no times say so"},
        STATE_FILE_OPTIONS(s.state),
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The signal:"},
        SOURCE_OPTIONS(s.source, "1", "those of the model, by their names"),
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answers go:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "into a file: CSV, or lines of JSON where it ends in .json (standard output)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "a line of JSON for each instead of CSV"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw the first column with its interval and scores: .svg, .png, or '-': in the terminal instead of the numbers"},
    };
    const options_page page = {
        .command = "watch",
        .synopsis = "MODEL [SIGNAL|-] [OPTION]...",
        .purpose =
            "Say of each sample of a signal what was to be expected, in which interval, and how odd it is, by a model that "
            "'loci forecast' learned. In fixed memory, for ever; from a pipe, as samples come.\n"
            "\n"
            "The score is how far a sample is off, in halves of the interval in which 95 of a hundred lie: 1 is its edge.\n"
            "\n"
            "A sample is judged by the window of those before it. Rows whose times come right after those that the model "
            "learned from, or that --follows says to, have the newest of these before them; --state-in goes on from an "
            "earlier watch; otherwise the first rows fill the window and are not judged. Where times tell that rows are "
            "missing, what was expected stands for them; pauses as there were in what was learned are none.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci forecast load.csv --column MW -o load.loci\n"
                   "  loci watch load.loci today.csv --alarms --follows\n"
                   "  meter | loci watch load.loci - --state-in s --state-out s",
        .operand = "MODEL SIGNAL",
        .least = 1,
        .most = 2,
    };
    job j = {.s = &s, .last = NAN};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        const char *signal = argc > 2 ? argv[2] : "-";
        status = usage_check(&s, argv[1], signal);
        if (!status && joint_is(argv[1]))
            status = message_fail(
                "%s: foretells from several columns together; a model of columns each from its own past "
                "(loci forecast --features own) was expected",
                argv[1]);
        if (!status) status = forecaster_read(&j.f, argv[1]);
        if (!status) status = watch(&j, signal);
    }
    source_close(&j.from);
    loci_readout_watch_free(j.watch);
    forecaster_close(&j.f);
    free(j.answers);
    free(j.drawn);
    free(j.hole);
    options_release(&s.source.columns);
    return status;
}
