/* SPDX-License-Identifier: MIT
 * stream_run.c - run a model on a signal as it arrives, sample by sample. */
#include "model/stream_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/stream.h>

#include "model/answer_writer.h"
#include "model/model_inputs.h"
#include "model/model_open.h"
#include "model/trained_columns.h"
#include "shared/command.h"
#include "shared/interrupt.h"
#include "shared/latency.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/words.h"

enum { PUSH = 256, A_SECOND = 10, WAIT = 100 /* milliseconds */ };

typedef struct {
    const stream_settings *s;
    const char *model_path;
    loci_model *model;
    model_inputs in;
    loci_stream_tables *tables;
    loci_stream *stream; /* NULL: there is a window */
    loci_window *window;
    source from;
    loci_resampler *resampler; /* NULL: none */
    answer_writer out;
    latency taken;
    double rate;  /* Hz of what the model gets; 0: not known */
    size_t every; /* 0: at the end alone */
    bool last;    /* an answer at the end, whether it is due or not */
    bool live, gray;
    uint64_t samples; /* so far */
    size_t inputs, outputs, chunk;
    double *held;            /* [channels]: the last values that were there */
    double *changed;         /* resampled: [most][inputs] */
    float *waiting;          /* [chunk][inputs]: samples that wait for others */
    double *times, *lasting; /* [chunk]: stamped: when they were taken, and how many steps each lasts */
    double before;           /* when the one before them was; NAN: there was none */
    size_t count;
    float *due;                 /* [chunk][outputs] */
    uint64_t answered, missing; /* missing: values that others stood for */
} job;

/* --- before the first sample --- */

/* The rate that the model gets its samples at, and whether it must be told. */
static int rate_settle(job *j)
{
    const stream_settings *s = j->s;
    const double own = loci_model_description(j->model)->rate, given = j->from.info.rate;
    const bool told = given > 0 || !isnan(s->source.rate), stamped = j->from.info.stamped;
    if (stamped && !(own > 0))
        return message_fail(
            "%s: it does not know the rate of its training, which --time would be set against; "
            "leave --time out",
            j->model_path);
    if (stamped && !loci_model_takes_steps(j->model))
        return message_fail("%s: layers of %s know no time, which --time gives; leave --time out",
                            j->model_path, loci_layer_name(loci_model_configuration(j->model)->layer));
    double rate = told || own > 0 ? 1 / j->from.dt : 0;
    if (given > 0 && !stamped)
        rate = given;
    else if (!isnan(s->source.rate))
        rate = s->source.rate;
    else
        rate = own;
    if (!isnan(s->source.rate) && !(own > 0) && isnan(s->resample))
        return message_fail(
            "%s: it does not know the rate of its training, which --rate would be set against; "
            "leave --rate out",
            j->model_path);
    loci_error error;
    if (!isnan(s->resample)) {
        if (!(rate > 0))
            return message_fail(
                "%s: its rate is not known, which --resample starts from; --rate was expected", j->from.path);
        if (loci_resampler_create(&j->resampler, rate, s->resample, j->inputs, &error) != LOCI_OK)
            return message_error("--resample", &error);
        j->changed =
            calloc(loci_resampler_room(j->resampler, j->from.capacity) * j->inputs, sizeof *j->changed);
        if (!j->changed) return message_memory();
        rate = s->resample;
    }
    j->rate = rate;
    if (loci_stream_tables_create(&j->tables, j->model, own > 0 ? rate : 0, 1, &error) != LOCI_OK)
        return message_error(j->model_path, &error);
    if (j->in.shift) loci_stream_tables_frame(j->tables, j->in.shift, j->in.scale);
    return STATUS_DONE;
}

static int channels_check(job *j)
{
    const size_t channels = j->from.info.channels;
    j->gray = loci_model_description(j->model)->reading.gray && j->inputs == 1 && channels == 3;
    if (j->gray || channels == j->inputs) return STATUS_DONE;
    return message_fail(
        "%s: it has %zu channel%s; %zu, as many as %s has inputs, %s expected (--column chooses%s)",
        j->from.path, channels, channels == 1 ? "" : "s", j->inputs, j->model_path,
        j->inputs == 1 ? "was" : "were", j->inputs == 1 ? ", --mono mixes them" : "");
}

/* As in the training, where nothing else was asked for. */
static int signal_open(job *j, const char *path)
{
    const loci_model_about *about = loci_model_description(j->model);
    trained_columns columns;
    int status = trained_columns_open(&columns, path, &j->s->source, &about->reading, j->inputs);
    if (!status) status = source_open(&j->from, path, &columns.options, about->rate);
    trained_columns_close(&columns);
    return status;
}

static loci_status state_restore(void *stream, const void *bytes, size_t size, loci_error *error)
{
    return loci_stream_restore(stream, 0, bytes, size, error);
}

static loci_status state_save(const void *stream, void *bytes, size_t size, loci_error *error)
{
    return loci_stream_save(stream, 0, bytes, size, error);
}

static int prepare(job *j)
{
    const stream_settings *s = j->s;
    int status = channels_check(j);
    if (!status)
        trained_columns_tell(j->from.path, &s->source, &loci_model_description(j->model)->reading,
                             j->from.signal);
    if (!status) status = rate_settle(j);
    if (status) return status;
    loci_error error;
    if ((s->window == STREAM_NOT_GIVEN
             ? loci_stream_init(&j->stream, NULL, 0, j->tables, 1, &error)
             : loci_window_create(&j->window, j->tables, s->window, &error)) != LOCI_OK)
        return message_error(j->model_path, &error);
    j->live = source_live(&j->from);
    j->chunk = s->chunk == STREAM_NOT_GIVEN ? PUSH : s->chunk;
    j->last = s->every == STREAM_NOT_GIVEN || s->every == 0;
    j->every = s->every != STREAM_NOT_GIVEN ? s->every
               : j->rate > A_SECOND         ? (size_t)round(j->rate / A_SECOND)
                                            : 1;
    j->held = calloc(j->from.info.channels, sizeof *j->held);
    j->waiting = calloc(j->chunk * j->inputs, sizeof *j->waiting);
    j->due = calloc(j->chunk * j->outputs, sizeof *j->due);
    j->times = calloc(j->chunk, sizeof *j->times);
    j->lasting = calloc(j->chunk, sizeof *j->lasting);
    j->before = NAN;
    if (!j->held || !j->waiting || !j->due || !j->times || !j->lasting) return message_memory();
    if (loci_model_description(j->model)->reading.permuted)
        message_warn("%s: it was trained on samples in another order; the signal's must come in that order",
                     j->model_path);
    const size_t window = trained_window(loci_model_description(j->model));
    if (window && !j->window && !s->state.in)
        message_note(
            "%s: was trained on windows of %zu samples; the answers here are about all samples so far (--window)",
            j->model_path, window);
    status = state_file_load(&s->state, FILE_STREAM, state_restore, j->stream);
    j->samples = j->window ? 0 : loci_stream_samples(j->stream, 0);
    return status;
}

/* --- samples on their way --- */

/* All that waits through the model; *due answers are then in j->due. */
static loci_status push_all(job *j, size_t *due, loci_error *error)
{
    if (j->window) {
        *due = loci_window_due(j->window, j->count, j->every);
        return loci_window_push(j->window, j->waiting, j->count, j->every, j->due, error);
    }
    *due = loci_stream_due(j->stream, 0, j->count, j->every);
    for (size_t k = 0; j->from.info.stamped && k < j->count; k++) {
        const double before = k ? j->times[k - 1] : j->before;
        j->lasting[k] = isnan(before) ? 1 : (j->times[k] - before) * j->rate;
    }
    return loci_stream_push(j->stream, NULL, 1, j->waiting, j->from.info.stamped ? j->lasting : NULL,
                            j->count, j->every, j->due, error);
}

/* Pushes what waits. */
static int push(job *j)
{
    if (j->count == 0) return STATUS_DONE;
    loci_error error;
    size_t due;
    const uint64_t before = j->samples;
    latency_start(&j->taken);
    if (push_all(j, &due, &error) != LOCI_OK)
        return message_error(j->from.path, &error); /* what cannot be pushed was refused before */
    latency_stop(&j->taken, j->count);
    j->samples += j->count;
    if (j->from.info.stamped) j->before = j->times[j->count - 1];
    j->count = 0;
    int status = STATUS_DONE;
    for (size_t k = 0; k < due && !status; k++) {
        j->answered = before - before % j->every + (k + 1) * j->every;
        if (j->from.info.stamped) j->out.when = j->times[j->answered - before - 1];
        status = answer_writer_put(&j->out, j->answered, j->due + k * j->outputs);
    }
    if (!status && j->live) answer_writer_flush(&j->out);
    return answer_writer_failed(&j->out) ? STATUS_FAILED : status;
}

/* n samples of the model's inputs, taken at t where they are stamped. */
static int add(job *j, const double *u, const double *t, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (j->from.info.stamped) j->times[j->count] = t[k];
        for (size_t i = 0; i < j->inputs; i++)
            j->waiting[j->count * j->inputs + i] = model_input(&j->in, i, u[k * j->inputs + i]);
        if (++j->count < j->chunk) continue;
        const int status = push(j);
        if (status) return status;
    }
    return STATUS_DONE;
}

/* Whether sample k of the piece is stamped, and not after the one before. */
static bool late(const job *j, size_t k)
{
    if (!j->from.info.stamped || (k == 0 && j->from.samples == 0)) return false;
    const double before = k ? j->from.t[k - 1] : j->from.last, lasting = (j->from.t[k] - before) * j->rate;
    return !(lasting > 0 && isfinite(lasting));
}

/* Sample k of the piece cannot be used for its channel c. */
static int refuse(const job *j, size_t k, size_t c, double value)
{
    char place[64], expected[80];
    loci_signal_position(j->from.signal, k, place, sizeof place);
    if (late(j, k))
        return message_fail("%s: %s: its time is not after the one before; times in order were expected",
                            j->from.path, place);
    const char *name = loci_signal_channel(j->from.signal, c);
    if (!isnan(value))
        return message_fail("%s: %s: \"%s\" is %g; %s was expected", j->from.path, place, name, value,
                            model_input_expected(expected, sizeof expected, &j->in));
    if (j->from.missing == LOCI_MISSING_HOLD)
        return message_fail("%s: %s: \"%s\" has no value yet that could be held; a number was expected first",
                            j->from.path, place, name);
    return message_fail("%s: %s: \"%s\" is missing or not a number; a number was expected, or --missing hold",
                        j->from.path, place, name);
}

/* The model's input that a channel of the signal goes into: gray makes one of three. */
static size_t input_of(const job *j, size_t c)
{
    return j->gray ? 0 : c;
}

/* The piece that was read. All samples before one that is refused have their answers. */
static int take(job *j)
{
    const size_t channels = j->from.info.channels, n = j->from.count;
    double *u = j->from.u;
    size_t good = 0;
    int refused = STATUS_DONE;
    for (; good < n; good++) {
        size_t c = 0;
        for (; c < channels; c++) {
            double *value = &u[good * channels + c];
            if (isnan(*value) && j->from.missing == LOCI_MISSING_HOLD && j->from.samples + good > 0) {
                *value = j->held[c];
                j->missing++;
            }
            if (!model_input_good(&j->in, input_of(j, c), *value)) break;
            j->held[c] = *value;
        }
        if (c < channels || late(j, good)) break;
        if (j->gray) u[good] = 0.299 * u[good * 3] + 0.587 * u[good * 3 + 1] + 0.114 * u[good * 3 + 2];
    }
    int status = STATUS_DONE;
    if (j->resampler) {
        const size_t count = loci_resampler_push(j->resampler, j->changed, u, good);
        status = add(j, j->changed, NULL, count);
    } else {
        status = add(j, u, j->from.t, good);
    }
    if (!status && (j->s->chunk == STREAM_NOT_GIVEN || good < n)) status = push(j);
    if (!status && good < n && late(j, good)) refused = refuse(j, good, 0, 0);
    if (!status && good < n)
        for (size_t c = 0; c < channels && !refused; c++)
            if (!model_input_good(&j->in, input_of(j, c), u[good * channels + c]))
                refused = refuse(j, good, c, u[good * channels + c]);
    return status ? status : refused;
}

/* Through the signal, to its end or to an interrupt. */
static int run(job *j)
{
    progress bar;
    const bool shown = !j->live && (j->out.silent || j->out.out.path || !isatty(STDOUT_FILENO));
    if (shown) progress_start(&bar, "streaming", "samples", j->from.info.samples);
    if (j->live) answer_writer_flush(&j->out);
    interrupt_catch();
    int status = STATUS_DONE;
    while (!status && j->from.count > 0 && !interrupt_seen()) {
        status = take(j);
        if (shown) progress_step(&bar, j->from.samples + j->from.count);
        while (!status && !interrupt_seen() && !source_ready(&j->from, WAIT)) continue;
        if (!status && !interrupt_seen()) status = source_next(&j->from);
    }
    if (shown) progress_wipe();
    if (!status && j->resampler && !interrupt_seen()) {
        const size_t count = loci_resampler_end(j->resampler, j->changed);
        status = add(j, j->changed, NULL, count);
    }
    if (!status) status = push(j);
    if (!status && j->last && j->samples > 0 && j->answered != j->samples) {
        if (j->window)
            loci_window_answer(j->window, j->due);
        else
            loci_stream_answer(j->stream, 0, j->due);
        if (j->from.info.stamped) j->out.when = j->before;
        status = answer_writer_put(&j->out, j->samples, j->due);
    }
    return status;
}

/* --- in the end --- */

static void latency_tell(const job *j)
{
    const latency *l = &j->taken;
    char samples[WORDS_SIZE], median[WORDS_SIZE], rare[WORDS_SIZE], most[WORDS_SIZE], share[128] = "";
    if (j->rate > 0) {
        char rate[WORDS_SIZE];
        snprintf(share, sizeof share, "; a sample lasts %s", words_duration(rate, 1 / j->rate));
    }
    fprintf(stderr, "loci: time a sample, of %s: median %s, 99 %% within %s, at most %s%s\n",
            words_plural(samples, l->count, "sample"), words_duration(median, latency_share(l, 0.5)),
            words_duration(rare, latency_share(l, 0.99)), words_duration(most, l->most), share);
}

static int plot(const job *j)
{
    char title[320], subtitle[160], samples[WORDS_SIZE], rate[WORDS_SIZE];
    snprintf(title, sizeof title, "%.128s through %.128s", j->from.path, j->model_path);
    words_plural(samples, j->samples, "sample");
    if (j->rate > 0)
        snprintf(subtitle, sizeof subtitle, "%s at %s Hz", samples, words_number(rate, j->rate));
    else
        snprintf(subtitle, sizeof subtitle, "%s", samples);
    return answer_writer_draw(&j->out, j->s->plot, title, subtitle);
}

static int stream(job *j)
{
    const stream_settings *s = j->s;
    int status = prepare(j);
    const bool drawn_instead = s->plot && !s->output && !s->json;
    if (!status)
        status = answer_writer_open(&j->out, s->output, j->model, j->rate, s->json, drawn_instead,
                                    s->plot != NULL, s->state.in != NULL);
    if (status) return status;
    status = run(j);
    const bool closed = answer_writer_failed(&j->out), interrupted = interrupt_seen();
    const bool strange = j->out.strange;
    const unsigned long long strange_at = j->out.strange_at;
    const bool whole = j->out.out.path || drawn_instead; /* a file is written whole or not at all */
    int saved = STATUS_DONE;
    if (!status && s->plot && !closed) status = plot(j);
    /* standard output has what there was before an error */
    const int written = status && !closed && j->out.out.path ? (answer_writer_abandon(&j->out), STATUS_DONE)
                                                             : answer_writer_close(&j->out);
    /* behind the answers: samples whose answers are lost must not be in the state; after an error those before it had theirs */
    if (j->stream && !(whole && (status || written)))
        saved = state_file_save(&s->state, state_save, j->stream, loci_stream_state_size(j->stream));
    source_missing_tell(j->from.path, j->missing);
    if (s->latency) latency_tell(j);
    if (strange)
        message_warn("%s: its answers overflow; at sample %llu they are no finite numbers", j->model_path,
                     strange_at);
    status = status ? status : saved ? saved : written;
    return !status && interrupted ? STATUS_INTERRUPTED : status;
}

static void release(job *j)
{
    answer_writer_abandon(&j->out);
    source_close(&j->from);
    loci_resampler_free(j->resampler);
    loci_stream_free(j->stream);
    loci_window_free(j->window);
    loci_stream_tables_free(j->tables);
    loci_model_free(j->model);
    model_inputs_close(&j->in);
    free(j->held);
    free(j->changed);
    free(j->waiting);
    free(j->due);
    free(j->times);
    free(j->lasting);
}

int stream_run(const char *model_path, const char *signal, const stream_settings *s)
{
    job j = {.s = s, .model_path = model_path};
    int status = model_read(&j.model, model_path);
    if (!status) status = model_inputs_find(&j.in, j.model);
    if (!status) {
        j.inputs = loci_model_configuration(j.model)->inputs;
        j.outputs = loci_model_configuration(j.model)->outputs;
        status = signal_open(&j, signal);
    }
    if (!status) {
        const bool usual = loci_model_description(j.model)->reading.hold;
        j.from.missing = source_missing_holds(s->missing, usual) ? LOCI_MISSING_HOLD : LOCI_MISSING_REFUSE;
        status = stream(&j);
    }
    release(&j);
    return status;
}
