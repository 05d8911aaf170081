/* SPDX-License-Identifier: MIT
 * command_simulate.c - run a signal through a linear system: as a differential equation, a recurrence, a convolution, in
 * chunks, or first as one and then as another. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw/chart.h"
#include "system/system_option.h"
#include "shared/ending.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/table_writer.h"
#include "system/simulation.h"
#include "shared/source.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX

/* A run of any form but the convolution has BLOCK samples, however they arrive: so equal signals give equal bits. */
enum { BLOCK = 4096 };

typedef struct {
    source_options source;
    const char *form, *discretization, *missing, *end, *output, *plot;
    size_t switch_at;
} settings;

typedef struct {
    const settings *s;
    const system_option *g;
    source *from;
    simulation run;
    table_writer out;
    simulation_record kept; /* what will be drawn */
    form forms[2];          /* before and after the switch */
    bool joined, even, stamped, drawn_instead;
    size_t copies, channels;
    double *u, *y, *steps, *leads; /* [room][copies] (u, y), [room]: samples that wait for their run */
    size_t count, room;
    uint64_t done;     /* samples answered */
    double *held;      /* [channels]: the last values that were there */
    double *first;     /* [copies]: scratch, the first answer */
    double *now;       /* [copies]: the sample that came last, for all copies, */
    double *next;      /* and the one that comes */
    double begin;      /* stamped: the time of the sample that came last */
    bool pending;      /* held and stamped: that one waits for the next, at which it ends */
    uint64_t overflow; /* the first answer that is no number; UINT64_MAX: none */
} job;

/* --- what was asked --- */

static int forms_settle(job *j)
{
    const settings *s = j->s;
    j->forms[0] = s->source.time ? FORM_RECURRENT : FORM_CHOOSE;
    if (s->form && !form_parse(&j->forms[0], s->form))
        return message_usage(
            "simulate: --form is \"%s\"; continuous, recurrent, convolution, mixed or choose was expected",
            s->form);
    j->forms[1] = s->switch_at == NOT_GIVEN       ? j->forms[0]
                  : j->forms[0] != FORM_RECURRENT ? FORM_RECURRENT
                  : s->source.time                ? FORM_CONTINUOUS
                                                  : FORM_CONVOLUTION;
    if (s->source.time && (j->forms[0] == FORM_CONVOLUTION || j->forms[0] == FORM_MIXED))
        return message_usage(
            "simulate: --form %s needs equal steps: with --time the system's matrices change from sample to "
            "sample, and such a recurrence is no convolution; continuous or recurrent was expected",
            s->form);
    return STATUS_DONE;
}

static int usage_check(const settings *s, const char *system, const char *signal)
{
    const bool elsewhere = s->output && strcmp(s->output, "-") != 0,
               drawn = s->plot && strcmp(s->plot, "-") == 0;
    if (source_missing_check(s->missing, "simulate")) return STATUS_USAGE;
    if (s->end && !s->source.time)
        return message_usage(
            "simulate: --end is for --time; at equal steps the last sample lasts as long as the others");
    if (drawn && s->output && !elsewhere)
        return message_usage(
            "simulate: the chart and the numbers both go to standard output; -o with a file was expected");
    if (s->output && (ending_is(s->output, ".svg") || ending_is(s->output, ".png")))
        return message_usage("simulate: -o is for numbers; --plot %s draws", s->output);
    if (elsewhere && s->plot && strcmp(s->output, s->plot) == 0)
        return message_usage("simulate: -o and --plot both name %s; two files were expected", s->output);
    const char *const sources[] = {system, signal}, *const names[] = {"system", "signal"};
    for (size_t i = 0; i < 2; i++)
        if ((s->output && output_same_file(sources[i], s->output)) ||
            (s->plot && output_same_file(sources[i], s->plot)))
            return message_usage("simulate: %s is the %s itself; another file was expected for the answer",
                                 sources[i], names[i]);
    output_kind kind;
    const int unknown = output_kind_of(&kind, s->output, OUTPUT_CSV | OUTPUT_NPY, "simulate");
    if (unknown) return unknown;
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("simulate: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    return source_check(&s->source, "simulate");
}

/* What system and form allow, and how many channels they go with. */
static int match(job *j)
{
    const system_option *g = j->g;
    const bool continuous = j->forms[0] == FORM_CONTINUOUS || j->forms[1] == FORM_CONTINUOUS;
    if (continuous && g->discretization != LOCI_ZOH && g->discretization != LOCI_FOH)
        return message_usage(
            "simulate: --form continuous with --discretization %s: a differential equation is not "
            "discretized; zoh, a held input, or foh, one joined by lines, was expected",
            loci_discretization_name(g->discretization));
    if (j->channels == 1 || j->channels == j->copies) return STATUS_DONE;
    char fitting[64] = "", channels[WORDS_SIZE];
    if (!g->from_file) snprintf(fitting, sizeof fitting, ", or copies=%zu in the system", j->channels);
    return message_fail(
        "%s: it has %s, and %s has %zu %s; one channel for every copy%s was expected (--column "
        "chooses)%s",
        j->from->path, words_plural(channels, j->channels, "channel"), g->text, j->copies,
        j->copies == 1 ? "copy" : "copies", j->copies == 1 ? "" : ", or one for each,", fitting);
}

/* --- samples on their way --- */

/* The time of sample k, or k itself where the copies have different steps. Where 1/dt is a whole number of Hz, time is k
 * divided by it: 0.3, not 0.30000000000000004. */
static double lead_of(const job *j, uint64_t k)
{
    if (!j->even) return (double)k;
    const double dt = j->g->system->dt[0], at = (double)(k + !j->joined), rate = round(1 / dt);
    return rate > 0 && 1 / rate == dt ? at / rate : at * dt;
}

static loci_status say(loci_error *error, loci_status status, const char *text)
{
    *error = (loci_error){.status = status};
    snprintf(error->text, sizeof error->text, "%s", text);
    return status;
}

static loci_status answer(job *j, double lead, const double *u, const double *y, loci_error *error)
{
    for (size_t h = 0; h < j->copies && j->overflow == UINT64_MAX; h++)
        if (!isfinite(y[h])) j->overflow = j->done;
    if (!j->drawn_instead) table_writer_put(&j->out, lead, y);
    j->done++;
    if (j->s->plot && !simulation_record_add(&j->kept, lead, u, y))
        return say(error, LOCI_E_MEMORY, "out of memory");
    return table_writer_failed(&j->out) ? say(error, LOCI_E_IO, "") : LOCI_OK;
}

/* Which form comes next. */
static form form_now(const job *j)
{
    return j->forms[j->done + j->count >= j->s->switch_at];
}

/* Runs what waits, in the form of its first sample (all are of the same). */
static loci_status flush(job *j, loci_error *error)
{
    if (j->count == 0) return LOCI_OK;
    const form f = j->forms[j->done >= j->s->switch_at];
    const size_t longest = f == FORM_CONVOLUTION ? j->count : BLOCK;
    loci_status status =
        simulation_run(&j->run, f, j->y, j->u, j->stamped ? j->steps : NULL, j->count, longest, error);
    for (size_t k = 0; k < j->count && status == LOCI_OK; k++) {
        const double lead = j->stamped ? j->leads[k] : lead_of(j, j->done);
        status = answer(j, lead, j->u + k * j->copies, j->y + k * j->copies, error);
    }
    j->count = 0;
    return status;
}

static bool grow(double **array, size_t room, size_t width)
{
    double *larger =
        room > SIZE_MAX / sizeof(double) / width ? NULL : realloc(*array, room * width * sizeof *larger);
    if (larger) *array = larger;
    return larger != NULL;
}

/* A sample for all copies, its step (stamped) and the time of its answer. */
static loci_status add(job *j, const double *u, double step, double lead, loci_error *error)
{
    if (j->done + j->count == j->s->switch_at || (j->count >= BLOCK && form_now(j) != FORM_CONVOLUTION)) {
        const loci_status status = flush(j, error);
        if (status != LOCI_OK) return status;
    }
    if (j->count == j->room) {
        const size_t room = j->room ? 2 * j->room : BLOCK;
        if (!grow(&j->u, room, j->copies) || !grow(&j->y, room, j->copies) || !grow(&j->steps, room, 1) ||
            !grow(&j->leads, room, 1))
            return say(error, LOCI_E_MEMORY,
                       "out of memory for so long a convolution; the mixed form is exact in any length");
        j->room = room;
    }
    memcpy(j->u + j->count * j->copies, u, j->copies * sizeof *u);
    j->steps[j->count] = step;
    j->leads[j->count] = lead;
    j->count++;
    return LOCI_OK;
}

/* A sample of the signal. Held, it lasts until the next one comes; joined, the first one is where the line begins. */
static loci_status add_stamped(job *j, const double *u, double t, loci_error *error)
{
    loci_status status = LOCI_OK;
    const bool first = j->done + j->count + j->pending == 0;
    if (j->joined && first) {
        simulation_begin(&j->run, j->first, u);
        status = answer(j, t, u, j->first, error);
    } else if (j->joined || j->pending) {
        status = add(j, j->joined ? u : j->now, t - j->begin, t, error);
    }
    j->pending = !j->joined;
    j->begin = t;
    memcpy(j->now, u, j->copies * sizeof *u);
    return status;
}

static loci_status take(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    job *j = target;
    double *sample = j->next;
    for (size_t k = 0; k < n; k++) {
        for (size_t c = 0; c < j->channels; c++) {
            const double value = u[k * j->channels + c];
            if (!isnan(value) || j->from->missing == LOCI_MISSING_REFUSE) j->held[c] = value;
            if (!isfinite(j->held[c])) return say(error, LOCI_E_VALUE, "a sample is not a finite number");
        }
        for (size_t h = 0; h < j->copies; h++) sample[h] = j->held[j->channels == 1 ? 0 : h];
        const bool first = j->done + j->count + j->pending == 0;
        if (t && (!isfinite(t[k]) || (!first && !(t[k] > j->begin))))
            return say(error, LOCI_E_VALUE, "times do not increase");
        const loci_status status = t ? add_stamped(j, sample, t[k], error) : add(j, sample, 1, 0, error);
        if (status != LOCI_OK) return status;
    }
    return LOCI_OK;
}

/* --end: the last sample ends there. */
static int end_settle(job *j)
{
    if (!j->s->end) return STATUS_DONE;
    if (j->joined)
        return message_usage(
            "simulate: --end is for held samples; those joined by lines (foh) end with the last one");
    double end;
    loci_error error;
    const bool iso = j->from->info.iso_times;
    char last[WORDS_SIZE];
    if (!options_number(&end, j->s->end)) {
        if (loci_time_parse(&end, j->s->end, &error) != LOCI_OK)
            return message_usage("simulate: --end: %s", error.text);
        if (!iso)
            return message_usage(
                "simulate: --end is the date %s, but the times of %s are plain seconds; a number was expected",
                j->s->end, j->from->path);
    }
    if (!(end > j->begin))
        return message_fail("%s: --end is %s; a time after the last sample at %s was expected", j->from->path,
                            j->s->end, words_time(last, j->begin, iso));
    j->pending = false;
    return add(j, j->now, end - j->begin, end, &error) == LOCI_OK ? STATUS_DONE
                                                                  : message_error(j->from->path, &error);
}

/* --- in the end --- */

static const char *channel_name(void *context, size_t c)
{
    return loci_signal_channel(context, c);
}

static int plot(const job *j)
{
    const system_option *g = j->g;
    const uint64_t cut = j->s->switch_at;
    char title[320], subtitle[320], name[SYSTEM_OPTION_NAME_SIZE], after[64] = "";
    if (cut < j->done)
        snprintf(after, sizeof after, ", from sample %llu on %s", (unsigned long long)cut,
                 form_name(j->forms[1]));
    snprintf(title, sizeof title, "%.128s through %.128s", j->from->path, g->text);
    snprintf(subtitle, sizeof subtitle, "%s; %s; %s%s", system_option_name(g, name),
             loci_discretization_name(g->discretization),
             after[0] ? form_name(j->forms[0]) : simulation_form(&j->run), after);
    const simulation_picture picture = {
        .path = j->s->plot,
        .title = title,
        .subtitle = subtitle,
        .x_label = !j->even                  ? "sample"
                   : j->from->info.iso_times ? "time"
                                             : "time (s)",
        .channel = channel_name,
        .context = j->from->signal,
        .dates = j->from->info.iso_times,
        .switch_at = cut,
    };
    loci_error error;
    return simulation_record_draw(&j->kept, &picture, &error) == LOCI_OK ? STATUS_DONE
                                                                         : message_error(NULL, &error);
}

static int finish(job *j)
{
    loci_error error;
    int status = end_settle(j);
    if (!status && flush(j, &error) != LOCI_OK)
        status = error.text[0] ? message_error(j->from->path, &error) : STATUS_FAILED;
    if (!status && j->done == 0)
        status = message_fail("%s: holds one sample, and nothing says how long it lasts; --end was expected",
                              j->from->path);
    if (!status && j->s->switch_at != NOT_GIVEN && j->s->switch_at > j->done) {
        char count[WORDS_SIZE];
        status = message_fail("%s: --switch-at is %zu; it has %s", j->from->path, j->s->switch_at,
                              words_plural(count, j->done, "sample"));
    }
    return status;
}

/* The steps, where the signal tells them: --rate always; the file's own rate unless the system has a dt of its own; of time
 * stamps the distance in seconds, times that dt where there is one. */
static void steps_settle(system_option *g, const source *from, const settings *s)
{
    if (from->info.stamped && !g->stepped)
        system_option_step(g, 1);
    else if (!isnan(s->source.rate) || (from->info.rate > 0 && !g->stepped))
        system_option_step(g, from->dt);
}

/* What can be known before the signal is read. */
static int possible(job *j)
{
    const bool discrete = j->forms[0] != FORM_CONTINUOUS || j->forms[1] != FORM_CONTINUOUS,
               convolution = j->forms[0] == FORM_CONVOLUTION || j->forms[1] == FORM_CONVOLUTION;
    /* Measured: about 160 numbers a sample to transform a block of 8 copies, and 40 to keep its kernels. */
    const double samples = (double)j->from->info.samples, copies = (double)j->copies;
    loci_error error;
    int status = convolution ? system_option_room(samples * (160 + 2 * copies + 40 * ceil(copies / 8)),
                                                  j->from->path, "a convolution of all its samples")
                             : STATUS_DONE;
    if (status) return status;
    j->held = calloc(j->channels + 3 * j->copies, sizeof *j->held);
    if (!j->held) return message_memory();
    j->first = j->held + j->channels;
    j->now = j->first + j->copies;
    j->next = j->now + j->copies;
    if (simulation_open(&j->run, j->g->system, j->g->discretization, &error) != LOCI_OK ||
        (discrete && simulation_run(&j->run, FORM_RECURRENT, NULL, NULL, NULL, 0, 1, &error) != LOCI_OK))
        return message_error(j->g->text, &error);
    return STATUS_DONE;
}

static void release(job *j)
{
    simulation_release(&j->run);
    simulation_record_release(&j->kept);
    free(j->u);
    free(j->y);
    free(j->steps);
    free(j->leads);
    free(j->held);
}

static int simulate(job *j, const settings *s)
{
    int status = match(j);
    if (!status) status = system_option_warn(j->g, j->forms[0] == FORM_CONTINUOUS);
    if (!status) status = possible(j);
    if (status) return status;
    j->kept = (simulation_record){.channels = j->channels, .copies = j->copies};
    j->drawn_instead = s->plot && !s->output;
    table_writer_open(&j->out, s->output, j->even ? "time" : "sample", j->from->info.iso_times, "y",
                      j->copies);
    status = source_feed(j->from, take, j, "simulating");
    if (!status) status = finish(j);
    if (table_writer_failed(&j->out) || (!status && !j->drawn_instead))
        status = table_writer_close(&j->out);
    else
        table_writer_abandon(&j->out);
    if (!status && j->overflow != UINT64_MAX)
        message_warn("%s: the answer overflows; from sample %llu on it is no finite number", j->g->text,
                     (unsigned long long)j->overflow);
    if (!status && s->plot) status = plot(j);
    return status;
}

int command_simulate(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .switch_at = NOT_GIVEN};
    const option table[] = {
        {"form", 0, OPTION_TEXT, &s.form, "NAME",
         "continuous, recurrent, convolution, mixed or choose: the fastest for pieces of 4096 samples (choose; with --time "
         "recurrent)"},
        {"switch-at", 0, OPTION_COUNT, &s.switch_at, "K",
         "run the first K samples in this form and the rest as a recurrence (after a recurrence: as a convolution), with the "
         "state handed over"},
        {"discretization", 0, OPTION_TEXT, &s.discretization, "NAME",
         "zoh, foh, bilinear, backward or euler (zoh; for diagonal plus low rank bilinear); with --form continuous the input is "
         "held (zoh) or joined by lines (foh)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The signal:"},
        SOURCE_OPTIONS(s.source, "the system's dt decides", "all that hold numbers"),
        {"end", 0, OPTION_TEXT, &s.end, "T",
         "with --time: when the last sample ends (without it, the answer ends where that begins)"},
        {"missing", 0, OPTION_TEXT, &s.missing, "refuse|hold",
         "what to do with missing values: end with an error, or hold the channel's last value (refuse)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answer goes:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "CSV, or a NumPy array [samples][copies] where FILE ends in .npy (standard output)"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw a chart instead of the numbers, which -o asks for as well: .svg, .png, or '-': in the terminal"},
    };
    const options_page page = {
        .command = "simulate",
        .synopsis = "SYSTEM SIGNAL [--form NAME] [OPTION]...",
        .purpose =
            "Run a signal through a linear system. All forms give the same answer; they differ in speed, and in what they "
            "can do: the recurrence takes samples at any times, the convolution is one transform of the whole, the mixed form "
            "goes by chunks. A signal of one channel drives every copy of the system, one of as many channels as there are "
            "copies each its own.\n"
            "\n" SYSTEM_OPTION_HELP "\n"
            "\n"
            "SIGNAL is what 'loci remember' takes: a table as text, a NumPy array, audio, or '-'.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing =
            "Examples:\n"
            "  loci simulate legs:64,lag=0.5 speech.wav --plot -\n"
            "  loci simulate s4d-lin:64,copies=7,seed=1 load.csv --rate 1 --form convolution -o y.npy\n"
            "  loci simulate legt:32,lag=1 load.csv --column OT --form convolution --switch-at 5000 -o y.csv",
        .operand = "SYSTEM SIGNAL",
        .least = 2,
        .most = 2,
    };
    system_option g = {0};
    source from = {0};
    job j = {.s = &s, .g = &g, .from = &from, .overflow = UINT64_MAX};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s, argv[1], argv[2]);
        if (!status) status = forms_settle(&j);
        const char *rule = s.discretization;
        if (!rule && s.form && strcmp(s.form, "continuous") == 0 && s.switch_at == NOT_GIVEN) rule = "zoh";
        if (!status) status = system_option_open(&g, argv[1], rule, "simulate");
        if (!status) status = source_open(&from, argv[2], &s.source, 0);
        if (!status) {
            steps_settle(&g, &from, &s);
            from.missing = source_missing_holds(s.missing, false) ? LOCI_MISSING_HOLD : LOCI_MISSING_REFUSE;
            j.copies = g.system->copies;
            j.channels = from.info.channels;
            j.stamped = from.info.stamped;
            j.joined = g.discretization == LOCI_FOH;
            j.even = j.stamped || system_option_even(&g);
            status = simulate(&j, &s);
        }
    }
    release(&j);
    source_close(&from);
    system_option_release(&g);
    options_release(&s.source.columns);
    return status;
}
