/* SPDX-License-Identifier: MIT
 * command_forecast.c - the next values of a table, learned in one pass. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "forecast/forecast_learn.h"
#include "forecast/forecast_report.h"
#include "forecast/joint.h"
#include "forecast/pace.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/overwrite.h"
#include "shared/ranks.h"
#include "shared/words.h"

typedef struct {
    source_options source;
    forecast_wishes wishes;
    option_list targets;
    const char *missing, *features, *output, *plot;
    bool update, add, json;
} settings;

typedef struct {
    const settings *s;
    series data;
    forecaster f;
    joint joint; /* instead of f, where columns are foretold from others' memories too */
    series view; /* of data, what joint foretells */
    backtest t;
    forecast_report report;
} job;

/* Whether columns are foretold from the memories of all: as --features says, else where some of them are targets. */
static bool together(const settings *s)
{
    return s->features ? strcmp(s->features, "all") == 0 : s->targets.count > 0;
}

static bool refuse(const settings *s)
{
    return !source_missing_holds(s->missing, true);
}

/* Whether the files are there that --update and --add take, and what was asked for has a meaning with them. */
static int operands_check(const settings *s, bool model, bool second)
{
    if (s->update && s->add)
        return message_usage("forecast: --update and --add exclude each other; one of them was expected");
    if (s->update && !second)
        return message_usage("forecast: --update learns from new rows; MODEL and DATA were expected");
    if (s->add && !second)
        return message_usage("forecast: --add takes two models; their files were expected");
    if (s->add && !s->output)
        return message_usage("forecast: --add makes a model; -o with its file was expected");
    if (s->add && (s->json || s->plot))
        return message_usage("forecast: --add makes a model and foretells nothing that --%s could show",
                             s->json ? "json" : "plot");
    if ((s->add || (model && !second)) && (source_asked(&s->source) || s->missing))
        return message_usage(
            "forecast: --rate, --time, --column, --missing and their like are about DATA, which is not read here");
    return STATUS_DONE;
}

static int usage_check(settings *s, const char *const *operands, size_t count, bool learns)
{
    if (source_missing_check(s->missing, "forecast")) return STATUS_USAGE;
    if (s->features && strcmp(s->features, "own") != 0 && strcmp(s->features, "all") != 0)
        return message_usage("forecast: --features is \"%s\"; own or all was expected", s->features);
    if (!together(s) && s->targets.count && s->source.columns.count)
        return message_usage(
            "forecast: of columns each from its own past, --target and --column name the same; one of them was expected");
    if (together(s) && (s->wishes.own || s->wishes.shared))
        return message_usage(
            "forecast: --%s is for columns each from its own past; --features own was expected",
            s->wishes.own ? "own" : "shared");
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("forecast: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    if (s->plot && strcmp(s->plot, "-") == 0 && s->json)
        return message_usage(
            "forecast: --json and --plot - both go to standard output; one of them was expected");
    /* --update may write the model itself */
    const bool own = s->update && s->output && output_same_file(operands[0], s->output);
    const char *const written[] = {own ? NULL : s->output, s->plot};
    const int clash =
        overwrite_check(&(overwrite_files){operands, written, count, 2, NULL, false}, "forecast");
    if (clash) return clash;
    output_kind kind = OUTPUT_CSV;
    const int unknown = learns || s->update || s->add
                            ? output_kind_none(own ? NULL : s->output, "-o", "the model", "forecast")
                            : output_kind_or_csv(&kind, s->output, OUTPUT_CSV | OUTPUT_JSON, "forecast");
    if (unknown) return unknown;
    s->json = s->json || kind == OUTPUT_JSON;
    const forecast_wishes *w = &s->wishes;
    const char *given = w->horizon != SIZE_MAX  ? "horizon"
                        : w->window != SIZE_MAX ? "window"
                        : w->order != SIZE_MAX  ? "order"
                        : !isnan(w->ridge)      ? "ridge"
                        : w->season != SIZE_MAX ? "season"
                        : !isnan(w->valid)      ? "valid"
                        : !isnan(w->test)       ? "test"
                        : w->own                ? "own"
                        : w->shared             ? "shared"
                        : s->targets.count      ? "target"
                        : s->features           ? "features"
                                                : NULL;
    if (!learns && given)
        return message_usage("forecast: --%s is for learning from DATA alone; a model has its own", given);
    const int status = source_check(&s->source, "forecast");
    return status ? status : forecast_wishes_check(w);
}

static int finish(job *j, const char *table, bool told)
{
    const settings *s = j->s;
    int status = forecast_report_foretell(&j->report);
    const bool drawn_instead = s->plot && strcmp(s->plot, "-") == 0;
    if (!status && !drawn_instead) status = forecast_report_print(&j->report, table, s->json, told);
    if (!status && s->plot) status = forecast_report_draw(&j->report, s->plot);
    return status;
}

/* The report is of what the joint foretells, in the rows of data. */
static int report_joint(job *j)
{
    const int status = joint_view(&j->view, &j->joint, &j->data);
    j->report.s = &j->view;
    j->report.f = &j->joint.face;
    j->report.joint = &j->joint;
    return status;
}

/* DATA alone, from the memories of all of its columns. */
static int run_learn_together(job *j)
{
    const settings *s = j->s;
    int status = joint_name(&j->joint, &j->data, s->targets.items, s->targets.count);
    if (!status)
        status = joint_learn(&j->joint, &j->t, &j->report.train, &j->report.valid, &j->report.test, &j->data,
                             &s->wishes);
    if (!status) status = report_joint(j);
    if (!status) status = finish(j, NULL, true);
    const int written =
        (!status || j->report.closed) && s->output ? joint_write(&j->joint, s->output) : STATUS_DONE;
    return status ? status : written;
}

/* DATA alone. */
static int run_learn(job *j, const char *path)
{
    source_options o = j->s->source;
    if (!together(j->s) && j->s->targets.count) o.columns = j->s->targets;
    int status = series_read(&j->data, path, &o, refuse(j->s), NAN);
    if (!status && together(j->s)) {
        j->report.t = &j->t;
        return run_learn_together(j);
    }
    j->report = (forecast_report){.s = &j->data, .f = &j->f, .t = &j->t};
    if (!status)
        status = forecast_learn(&j->f, &j->t, &j->report.train, &j->report.valid, &j->report.test, &j->data,
                                &j->s->wishes);
    if (!status) status = finish(j, NULL, true);
    /* the last that can fail; a reader that has had enough (| head) does not stop it */
    const int written =
        (!status || j->report.closed) && j->s->output ? forecaster_write(&j->f, j->s->output) : STATUS_DONE;
    return status ? status : written;
}

/* The model's columns [channels] of a table, by their names, whatever their order there. */
static int read_columns(job *j, const char *path, char **names, size_t channels, const forecaster *f)
{
    const settings *s = j->s;
    source_options o = s->source;
    option_list columns = {(const char **)calloc(channels, sizeof(char *)), channels};
    if (!columns.items) return message_memory();
    for (size_t c = 0; c < channels; c++) columns.items[c] = names[c];
    bool numbered = channels > 0; /* u, or u0, u1, ...: a file without names */
    for (size_t c = 0; c < channels; c++) {
        char name[32];
        snprintf(name, sizeof name, channels == 1 ? "u" : "u%zu", c);
        numbered = numbered && strcmp(name, names[c]) == 0;
    }
    if (o.columns.count == 0 && !numbered && !o.raw) o.columns = columns;
    const double until = f->last + (f->uneven ? 0 : 0.5 * f->step);
    int status = series_read(&j->data, path, &o, refuse(s), f->stamped ? until : NAN);
    free(columns.items);
    if (!status && j->data.channels != channels)
        status = message_fail("%s: it has %zu column%s; %zu, those of %s, were expected (--column chooses)",
                              path, j->data.channels, j->data.channels == 1 ? "" : "s", channels, f->path);
    if (!status && j->data.n > 1 && j->data.stamped == f->stamped && j->data.timed && f->timed &&
        fabs(j->data.step - f->step) > 0.01 * f->step)
        message_warn("%s: its rows are %g s apart, those of %s were %g s", path, j->data.step, f->path,
                     f->step);
    return status;
}

/* Whether the rows of data follow those learned: up to a window may be missing between them, or a pause lie there as there were in what
 * was learned. */
static bool goes_on(const job *j, const forecaster *f, size_t window)
{
    const pace like = {.step = f->step, .even = !f->uneven, .longest = window, .pause = f->pauses[1]};
    const double apart = j->data.first - f->last;
    if (!f->stamped || !j->data.stamped || !pace_goes_on(&like, apart)) return false;
    char text[WORDS_SIZE];
    if (apart >= 1.5 * f->step)
        message_note(
            "%s: its first row is %s behind the last one learned; rows are taken to follow one another",
            j->data.path, words_duration(text, apart));
    return true;
}

/* The rows of the table from `from` on become the model's newest: what it foretells is what comes after them. whole: another
 * history begins. */
static int push_rows(job *j, size_t from, bool whole)
{
    loci_error error;
    loci_readout *r = j->f.readout;
    if (whole && loci_readout_part(r, &error) != LOCI_OK) return message_error(j->f.path, &error);
    const int status = forecast_push(r, &j->data, from, j->data.n);
    if (!status && from < j->data.n) forecast_times(&j->f, &j->data); /* else it ends before what is known */
    return status;
}

/* The rows of the table from `from` on, behind the newest that the model has learned, of which there are so many; without names. */
static int behind_learned(series *joined, const job *j, size_t from, size_t before)
{
    const size_t behind = j->data.n - from;
    *joined = j->data;
    joined->names = NULL;
    joined->n = before + behind;
    joined->x = calloc(joined->channels, sizeof *joined->x);
    for (size_t c = 0; joined->x && c < joined->channels; c++) {
        double *x = joined->x[c] = malloc(joined->n * sizeof *x);
        if (!x) return message_memory();
        loci_readout_newest(j->f.readout, c, x);
        memcpy(x + before, j->data.x[c] + from, behind * sizeof *x);
    }
    return joined->x ? STATUS_DONE : message_memory();
}

/* How the model's forecasts of the new rows were, and widths that have followed them. The first `known` rows were learned; follows: the others go
 * on behind what was. */
static int try_model(job *j, size_t known, bool follows)
{
    const loci_readout_spec spec = *loci_readout_spec_of(j->f.readout);
    const size_t learned = loci_readout_newest(j->f.readout, 0, NULL);
    size_t first = known > 0 ? known : spec.window; /* the first row that is foretold */
    series joined = {0}, *tried = &j->data;
    double *scale = series_scales(&j->data);
    int status = scale ? STATUS_DONE : message_memory();
    if (!status && follows && known < spec.window && learned >= spec.window) {
        status = behind_learned(&joined, j, known, learned);
        tried = &joined;
        first = learned;
    }
    if (!status && tried->n > first && first >= spec.window) { /* fewer than a horizon: widths alone follow */
        status = backtest_open(&j->t, spec.horizon);
        if (!status) status = backtest_run(&j->t, j->f.readout, tried, first, scale);
        if (!status && j->t.windows > 0)
            status = backtest_baselines(&j->t, NULL, tried, first, scale, j->f.season);
        j->report.t = &j->t;
    }
    series_close(&joined);
    free(scale);
    return status;
}

/* The ranks go on together, with the same model. */
static int share_model(job *j)
{
    const loci_readout_info i = loci_readout_inspect(j->f.readout);
    const uint64_t own[] = {i.fingerprint, i.samples, i.spec.channels, i.spec.window, i.spec.horizon};
    loci_error error;
    bool alike;
    const int status = ranks_compare(own, sizeof own / sizeof *own, &alike);
    if (!status && !alike) return message_fail("%s: is not the same on all ranks", j->f.path);
    if (!status && loci_readout_share(j->f.readout, ranks_team(), &error) != LOCI_OK)
        return message_error(j->f.path, &error);
    return status;
}

/* MODEL DATA, or MODEL alone. */
static int run_model(job *j, const char *model, const char *path)
{
    const settings *s = j->s;
    int status = forecaster_read(&j->f, model);
    j->report = (forecast_report){.s = path ? &j->data : NULL, .f = &j->f};
    if (!status) status = share_model(j);
    if (status || !path) return status ? status : finish(j, s->output, false);
    status = read_columns(j, path, j->f.names, j->f.channels, &j->f);
    if (status) return status;
    const loci_readout_spec spec = *loci_readout_spec_of(j->f.readout);
    const size_t known = j->data.known; /* rows that were learned before */
    forecast_count(&j->data, &j->f, s->update, loci_readout_inspect(j->f.readout).samples);
    const bool on = goes_on(j, &j->f, spec.window);
    if (!on && !s->update && j->data.n < spec.window)
        return message_fail("%s: its %zu rows are fewer than the window of %s, %zu", j->data.path, j->data.n,
                            model, spec.window);
    status = try_model(j, known, on || known > 0);
    if (!status && s->update) {
        loci_error error;
        status = push_rows(j, known, !on && known == 0);
        if (!status && loci_readout_solve(j->f.readout, &error) != LOCI_OK)
            status = message_error(path, &error);
        j->report.updated = j->data.n - known;
        if (!status) status = finish(j, NULL, true);
        const int written = !status || j->report.closed
                                ? forecaster_write(&j->f, s->output ? s->output : model)
                                : STATUS_DONE;
        return status ? status : written;
    }
    if (!status) status = push_rows(j, 0, !on);
    return status ? status : finish(j, s->output, false);
}

/* As try_model, of a model that foretells from several columns. */
static int try_joint(job *j, size_t known, size_t window)
{
    const size_t first = known > 0 ? known : window;
    int status = report_joint(j);
    if (status || j->data.n <= first || first < window) return status;
    double *scale = series_scales(&j->data),
           *shown = NULL; /* of all columns, and of those that are foretold */
    status = scale ? joint_try(&j->joint, &j->t, &j->data, first, scale) : message_memory();
    if (!status && j->t.windows > 0) {
        shown = series_scales(&j->view);
        status = shown ? backtest_baselines(&j->t, NULL, &j->view, first, shown, j->joint.face.season)
                       : message_memory();
    }
    j->report.t = &j->t;
    free(shown);
    free(scale);
    return status;
}

/* The same, of a model that foretells from several columns. */
static int run_joint(job *j, const char *model, const char *path)
{
    const settings *s = j->s;
    int status = joint_read(&j->joint, model);
    j->report = (forecast_report){.f = &j->joint.face, .joint = &j->joint};
    if (status || !path) return status ? status : finish(j, s->output, false);
    status = read_columns(j, path, j->joint.names, j->joint.channels, &j->joint.face);
    if (status) return status;
    const size_t known = j->data.known, window = loci_probe_inspect(j->joint.probe).window;
    forecast_count(&j->data, &j->joint.face, s->update, j->joint.rows);
    const bool on = known > 0 || goes_on(j, &j->joint.face, window);
    if (!s->update && j->data.n < window)
        return message_fail("%s: its %zu rows are fewer than the window of %s, %zu", j->data.path, j->data.n,
                            model, window);
    status = try_joint(j, known, window);
    if (!status && s->update) {
        status = joint_push(&j->joint, &j->data, known, j->data.n, !on);
        if (!status) status = joint_solve(&j->joint, path);
        j->report.updated = j->data.n - known;
    } else if (!status) {
        status = joint_recall(&j->joint, &j->data);
    }
    if (!s->update || known < j->data.n) forecast_times(&j->joint.face, &j->data);
    if (!status) status = finish(j, s->update ? NULL : s->output, s->update);
    const int written = s->update && (!status || j->report.closed)
                            ? joint_write(&j->joint, s->output ? s->output : model)
                            : STATUS_DONE;
    return status ? status : written;
}

/* What two forecasters know of the steps between their rows. */
static void times_add(forecaster *f, const forecaster *other)
{
    for (size_t i = 0; i < 2; i++) pace_pause(f->pauses, other->pauses[i]);
    f->uneven = f->uneven || other->uneven;
}

/* Two of these: one has learned what both did, and goes on where the later one ends. */
static int run_joint_add(job *j, const char *a, const char *b)
{
    joint other = {0};
    int status = joint_read(&j->joint, a);
    if (!status) status = joint_read(&other, b);
    joint *const mine = &j->joint;
    if (!status &&
        (mine->channels != other.channels || mine->count != other.count || mine->horizon != other.horizon))
        status = message_fail(
            "%s: foretells %zu rows of %zu columns from %zu; %zu of %zu from %zu, as %s, were expected", b,
            other.horizon, other.count, other.channels, mine->horizon, mine->count, mine->channels, a);
    for (size_t c = 0; !status && c < other.channels; c++)
        if (strcmp(other.names[c], mine->names[c]) != 0 ||
            (c < other.count && other.targets[c] != mine->targets[c]))
            status = message_fail(
                "%s: its columns are not those of %s; the same, in the same order, were expected", b, a);
    if (!status) {
        const bool later = other.face.stamped && mine->face.stamped && other.face.last > mine->face.last;
        loci_error error;
        if (loci_probe_add(later ? other.probe : mine->probe, later ? mine->probe : other.probe, &error) !=
            LOCI_OK)
            status = message_error(b, &error);
        times_add(later ? &other.face : &mine->face, later ? &mine->face : &other.face);
        (later ? &other : mine)->rows = mine->rows + other.rows;
        (later ? &other : mine)->least = mine->least || other.least;
        if (!status) status = joint_solve(later ? &other : mine, b);
        if (!status) status = joint_write(later ? &other : mine, j->s->output);
    }
    joint_close(&other);
    return status;
}

/* A B --add. */
static int run_add(job *j, const char *a, const char *b)
{
    forecaster other = {0};
    int status = forecaster_read(&j->f, a);
    if (!status) status = forecaster_read(&other, b);
    for (size_t c = 0; !status && other.channels == j->f.channels && c < other.channels; c++)
        if (strcmp(other.names[c], j->f.names[c]) != 0)
            status = message_fail("%s: its column %zu is \"%s\"; \"%s\", as in %s, was expected", b, c + 1,
                                  other.names[c], j->f.names[c], a);
    if (!status) {
        loci_error error;
        const loci_readout_info mine = loci_readout_inspect(j->f.readout),
                                theirs = loci_readout_inspect(other.readout);
        const double rows = (double)theirs.samples;
        const bool follows =
            j->f.stamped && other.stamped &&
            fabs(other.last - (rows - 1) * other.step - (j->f.last + j->f.step)) < 0.01 * j->f.step;
        bool joined = follows;
        loci_status added = loci_readout_add(j->f.readout, other.readout, joined, &error);
        if (added == LOCI_E_MISMATCH && joined && mine.spec.window == theirs.spec.window)
            added = loci_readout_add(j->f.readout, other.readout, joined = false, &error);
        if (added != LOCI_OK || loci_readout_solve(j->f.readout, &error) != LOCI_OK)
            status = message_error(b, &error);
        if (joined) j->f.last = other.last;
        times_add(&j->f, &other);
    }
    if (!status) status = forecaster_write(&j->f, j->s->output);
    forecaster_close(&other);
    return status;
}

static int run(job *j, settings *s, int argc, char **argv)
{
    const char *first = argv[1], *second = argc > 2 ? argv[2] : NULL;
    const bool model = s->add || second || forecaster_is(first) || joint_is(first);
    const char *const operands[] = {first, second};
    int status = operands_check(s, model, second != NULL);
    if (!status) status = usage_check(s, operands, second ? 2 : 1, !model);
    if (status) return status;
    if (s->add) {
        if (joint_is(first) != joint_is(second))
            return message_fail(
                "%s: foretells from columns together; two models of that kind, or none, were expected",
                joint_is(first) ? first : second);
        return joint_is(first) ? run_joint_add(j, first, second) : run_add(j, first, second);
    }
    if (model && joint_is(first)) return run_joint(j, first, second);
    return model ? run_model(j, first, second) : run_learn(j, first);
}

int command_forecast(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS,
                  .wishes = {.horizon = SIZE_MAX,
                             .window = SIZE_MAX,
                             .order = SIZE_MAX,
                             .season = SIZE_MAX,
                             .ridge = NAN,
                             .valid = NAN,
                             .test = NAN}};
    const option table[] = {
        {"horizon", 0, OPTION_COUNT, &s.wishes.horizon, "H",
         "rows to foretell (96, or fewer where there are few rows)"},
        {"window", 0, OPTION_COUNT, &s.wishes.window, "W", "rows that a forecast is made of (chosen)"},
        {"order", 0, OPTION_COUNT, &s.wishes.order, "N",
         "coefficients that the window is known by; 0: its newest value alone (chosen)"},
        {"ridge", 0, OPTION_NUMBER, &s.wishes.ridge, "R", "penalty on squared weights (chosen)"},
        {"target", 0, OPTION_LIST, &s.targets, "NAME,...",
         "columns to foretell, from the memories of all that are read (all are foretold)"},
        {"features", 0, OPTION_TEXT, &s.features, "own|all",
         "what a column is foretold from: its own past, or that of all columns (own; all with --target)"},
        {"season", 0, OPTION_COUNT, &s.wishes.season, "ROWS",
         "season of the forecast that repeats the last one; 0: none (found)"},
        {"shared", 0, OPTION_FLAG, &s.wishes.shared, NULL, "all columns share their weights (chosen)"},
        {"own", 0, OPTION_FLAG, &s.wishes.own, NULL, "each column has weights of its own (chosen)"},
        {"valid", 0, OPTION_NUMBER, &s.wishes.valid, "SHARE",
         "share of the rows, before those of the test, to choose by (0.2)"},
        {"test", 0, OPTION_NUMBER, &s.wishes.test, "SHARE",
         "share of the rows, at the end, to measure on (0.2)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "With a model:"},
        {"update", 0, OPTION_FLAG, &s.update, NULL,
         "learn on from the rows of DATA that are new, into -o, or MODEL itself"},
        {"add", 0, OPTION_FLAG, &s.add, NULL, "make one model of two, into -o"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The data:"},
        SOURCE_OPTIONS(s.source, "1", "all that hold numbers"),
        {"missing", 0, OPTION_TEXT, &s.missing, "refuse|hold",
         "what to do with missing values: end with an error, or hold the column's last value and count (hold)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answers go:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "of DATA: the model; of MODEL DATA: the forecast, as CSV or .json (standard output)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "all that is printed as JSON"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw the forecast with its bands as well: .svg, .png, or '-': in the terminal instead of the numbers"},
    };
    const options_page page = {
        .command = "forecast",
        .synopsis =
            "DATA [-o MODEL] [OPTION]...\nMODEL [DATA] [--update] [-o FILE] [OPTION]...\nA B --add -o MODEL",
        .purpose =
            "Foretell the next rows of a table, with intervals, without training: by a ridge regression on polynomial "
            "coefficients of the newest rows, learned in one pass.\n"
            "\n"
            "Of DATA alone, learn from its first rows, choose by those that follow, measure on the last ones how good the "
            "forecasts and their intervals are, beside simple ways; then learn from all rows, and print the next ones. With "
            "MODEL, foretell what follows the rows of DATA, or the rows that it learned from.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci forecast load.csv --column MW --horizon 24 --plot next.svg -o load.loci\n"
                   "  loci forecast load.loci today.csv --update\n"
                   "  loci forecast north.loci south.loci --add -o both.loci",
        .operand = "DATA",
        .least = 1,
        .most = 2,
    };
    job j = {.s = &s};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) status = run(&j, &s, argc, argv);
    forecast_report_close(&j.report);
    backtest_close(&j.t);
    forecaster_close(&j.f);
    joint_close(&j.joint);
    free(j.view.x);
    free(j.view.names);
    options_release(&s.targets);
    series_close(&j.data);
    options_release(&s.source.columns);
    return status;
}
