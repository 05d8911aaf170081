/* SPDX-License-Identifier: MIT
 * predict_run.c - what a model answers to sequences in files. */
#include "model/predict_run.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/dataset.h>
#include <loci/data.h>
#include <loci/stream.h>
#include <loci/token.h>

#include "model/model_inputs.h"
#include "model/model_open.h"
#include "model/prediction.h"
#include "model/sequences.h"
#include "model/trained_columns.h"
#include "model/turns.h"
#include "model/whole_run.h"
#include "shared/command.h"
#include "shared/ending.h"
#include "shared/folder.h"
#include "shared/message.h"
#include "shared/progress.h"

enum { PIECE = 256 }; /* samples whose answers are asked for at once */
enum { COLOURS = 3 };

/* Files are read and run one after the other, in pieces; only a model that takes samples in another order, or looks ahead, has
 * a file whole in memory. */
typedef struct {
    const predict_settings *s;
    const char *model_path;
    const loci_model *model;
    const loci_model_about *about;
    model_inputs in;
    size_t inputs, outputs;
    loci_stream_tables *tables; /* of `rate` */
    loci_stream *stream;
    double rate;
    bool ahead; /* the model looks ahead, or back without end: `whole` is run, there are no streams */
    whole_run whole;
    double steps; /* of `whole` a sample */
    bool seen;    /* a sample of the sequence at hand */
    source from;
    bool holds;                /* the last values, over missing ones */
    double *held;              /* [channels] of the file: these; NAN: none yet */
    bool gray;                 /* the file has colours, the model has none */
    loci_resampler *resampler; /* NULL: none */
    double resampled;          /* the rate that it takes */
    double *changed;           /* resampled: [most][inputs] */
    float *u;                  /* [room][inputs]: a piece, or all of a permuted sequence */
    size_t count, room;
    size_t
        window; /* samples of the windows of the training, at the file's rate; 0: a sequence was one whole */
    size_t all; /* of the sequence at hand, where there is a window */
    bool longer, shorter; /* than the window one was, which was said */
    float *answer;        /* [outputs], or [PIECE][outputs] */
    const char *name;     /* of the sequence at hand, for messages */
    prediction out;
    turns turns;
    /* of the sequence at hand, which is number `place` of it; NULL: it is the file of that name */
    const sequences *array;
    size_t place;
} job;

/* --- the model, at the rate of a file --- */

static int channels_check(job *j)
{
    const size_t channels = j->from.info.channels;
    j->gray = j->about->reading.gray && j->inputs == 1 && channels == COLOURS;
    if (j->gray || channels == j->inputs) return STATUS_DONE;
    const bool rows = !j->s->sequences && j->inputs == 1 && sequences_are_in(j->from.path, true);
    return message_fail("%s: it has %zu channel%s; %zu, as many as %s has inputs, %s expected (%s)",
                        j->from.path, channels, channels == 1 ? "" : "s", j->inputs, j->model_path,
                        j->inputs == 1 ? "was" : "were",
                        rows             ? "--sequences takes each row for a sequence"
                        : j->inputs == 1 ? "--column chooses, --mono mixes them"
                                         : "--column chooses");
}

static int model_prepare(job *j, double rate)
{
    loci_error error;
    j->seen = false;
    j->all = 0;
    j->window = trained_window(j->about);
    if (j->window && rate > 0 && j->about->rate > 0)
        j->window = (size_t)fmin(fmax(1, round((double)j->window * rate / j->about->rate)), 0x1p53);
    if (j->ahead)
        return loci_model_steps(&j->steps, j->model, rate, &error) == LOCI_OK
                   ? STATUS_DONE
                   : message_error(j->name, &error);
    if (!j->stream || rate != j->rate) {
        loci_stream_free(j->stream);
        loci_stream_tables_free(j->tables);
        j->stream = NULL;
        j->tables = NULL;
        if (loci_stream_tables_create(&j->tables, j->model, rate, 1, &error) != LOCI_OK ||
            loci_stream_init(&j->stream, NULL, 0, j->tables, 1, &error) != LOCI_OK)
            return message_error(j->name, &error);
        j->rate = rate;
    }
    loci_stream_reset(j->stream, 0);
    return STATUS_DONE;
}

static void resampler_drop(job *j)
{
    loci_resampler_free(j->resampler);
    free(j->changed);
    j->resampler = NULL;
    j->changed = NULL;
}

static int resampler_prepare(job *j, double rate)
{
    if (j->resampler && rate == j->resampled) return STATUS_DONE;
    resampler_drop(j);
    loci_error error;
    if (loci_resampler_create(&j->resampler, rate, j->s->resample, j->inputs, &error) != LOCI_OK)
        return message_error(j->from.path, &error);
    const size_t most = loci_resampler_room(j->resampler, j->from.capacity);
    j->changed = calloc(most, j->inputs * sizeof *j->changed);
    j->resampled = rate;
    return j->changed ? STATUS_DONE : message_memory();
}

/* The file's own rate, else --rate, else the model's; --resample starts from it. */
static int rate_settle(job *j)
{
    const double own = j->about->rate, asked = isnan(j->s->source.rate) ? own : j->s->source.rate;
    double rate = j->from.info.rate > 0 ? j->from.info.rate : asked;
    if (!isnan(j->s->resample)) {
        if (!(rate > 0))
            return message_fail(
                "%s: its rate is not known, which --resample starts from; --rate was expected", j->from.path);
        const int status = resampler_prepare(j, rate);
        if (status) return status;
        rate = j->s->resample;
    }
    return model_prepare(j, own > 0 ? rate : 0);
}

/* --- samples --- */

static int answer_put(job *j, const char *name, size_t sample, const float *y);

/* All that waits, through a model that looks ahead. */
static int run_whole(job *j)
{
    loci_error error;
    if (whole_run_forward(&j->whole, j->model, j->u, j->count, j->steps, &error) != LOCI_OK)
        return message_error(j->name, &error);
    int status = STATUS_DONE;
    for (size_t k = 0; j->out.each && k < j->count && !status; k++)
        status = answer_put(j, j->name, k + 1, j->whole.y + k * j->outputs);
    j->count = 0;
    return status;
}

/* What waits, through the model; where that answers at every sample, these answers are written. */
static int push(job *j)
{
    j->seen = j->seen || j->count > 0;
    if (j->ahead) return run_whole(j);
    const size_t before = (size_t)loci_stream_samples(j->stream, 0);
    loci_error error;
    int status = STATUS_DONE;
    for (size_t at = 0, n; at < j->count && !status; at += n) {
        n = j->out.each && j->count - at > PIECE ? PIECE : j->count - at;
        if (loci_stream_push(j->stream, NULL, 1, j->u + at * j->inputs, NULL, n, j->out.each, j->answer,
                             &error) != LOCI_OK)
            return message_error(j->name, &error); /* what cannot be pushed was refused before */
        for (size_t k = 0; j->out.each && k < n && !status; k++)
            status = answer_put(j, j->name, before + at + k + 1, j->answer + k * j->outputs);
    }
    j->count = 0;
    return status;
}

static int room_make(job *j, size_t n)
{
    if (n <= j->room - j->count) return STATUS_DONE;
    size_t room = j->room ? j->room : 4096;
    while (room - j->count < n && room <= SIZE_MAX / 2) room *= 2;
    if (room > SIZE_MAX / sizeof *j->u / j->inputs) return message_memory();
    float *u = realloc(j->u, room * j->inputs * sizeof *u);
    if (!u) return message_memory();
    j->u = u;
    j->room = room;
    return STATUS_DONE;
}

/* Of a model of windows what is older than the newest one goes; while more comes, now and then. */
static void window_keep(job *j, bool end)
{
    if (j->count <= j->window || (!end && j->count / 2 <= j->window)) return;
    memmove(j->u, j->u + (j->count - j->window) * j->inputs, j->window * j->inputs * sizeof *j->u);
    j->count = j->window;
}

/* n samples of the model's inputs. */
static int add(job *j, const double *u, size_t n)
{
    const int status = room_make(j, n);
    if (status || n == 0) return status;
    for (size_t i = 0; i < n * j->inputs; i++)
        j->u[j->count * j->inputs + i] = model_input(&j->in, i % j->inputs, u[i]);
    j->count += n;
    if (j->window) {
        j->all += n;
        window_keep(j, false);
        return STATUS_DONE;
    }
    return j->about->reading.permuted || j->ahead ? STATUS_DONE : push(j);
}

/* What is wrong with a number that the model cannot take: behind its place and its name. */
static int refuse(const job *j, const char *place, double value)
{
    const char *of = j->array ? j->name : j->from.path;
    char expected[80];
    if (!isnan(value))
        return message_fail("%s: %s is %g; %s was expected", of, place, value,
                            model_input_expected(expected, sizeof expected, &j->in));
    if (j->holds)
        return message_fail("%s: %s has no value yet that could be held; a number was expected first", of,
                            place);
    return message_fail("%s: %s is missing or not a number; a number was expected, or --missing hold", of,
                        place);
}

static int sample_refuse(const job *j, size_t k, size_t c)
{
    char position[64], place[320];
    loci_signal_position(j->from.signal, k, position, sizeof position);
    snprintf(place, sizeof place, "%s: \"%s\"", position, loci_signal_channel(j->from.signal, c));
    return refuse(j, place, j->from.u[k * j->from.info.channels + c]);
}

/* Over what is missing of x [n][channels], the value before it; held is that of the sample before x, and becomes that of the last. */
static void hold(job *j, double *x, size_t n, double *held, size_t channels)
{
    for (size_t i = 0; j->holds && i < n * channels; i++) {
        double *last = &held[i % channels];
        if (!isnan(x[i])) {
            *last = x[i];
        } else if (!isnan(*last)) {
            x[i] = *last;
            j->turns.missing++;
        }
    }
}

/* A source_taker; what it refuses, it says itself. */
static loci_status take(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    (void)t;
    (void)u; /* j->from.u, in which is changed what is missing */
    job *j = target;
    const size_t channels = j->from.info.channels;
    error->text[0] = 0;
    double *x = j->from.u; /* in place: the source reads over it next */
    hold(j, x, n, j->held, channels);
    for (size_t i = 0; i < n * channels; i++)
        if (!model_input_good(&j->in, j->gray ? 0 : i % channels, x[i])) {
            sample_refuse(j, i / channels, i % channels);
            return LOCI_E_VALUE;
        }
    for (size_t k = 0; j->gray && k < n; k++)
        x[k] = 0.299 * x[3 * k] + 0.587 * x[3 * k + 1] + 0.114 * x[3 * k + 2];
    int status;
    if (j->resampler)
        status = add(j, j->changed, loci_resampler_push(j->resampler, j->changed, x, n));
    else
        status = add(j, x, n);
    return status ? LOCI_E_VALUE : LOCI_OK;
}

/* Once, of the first that is longer, or shorter, than what the model learned from. */
static void window_tell(job *j)
{
    bool *const told = j->all > j->window ? &j->longer : &j->shorter;
    if (j->all == j->window || *told) return;
    *told = true;
    if (j->all > j->window)
        message_note(
            "%s: the newest %zu of its %zu samples were taken, since %s was trained on windows of so many",
            message_name(j->name), j->window, j->all, j->model_path);
    else
        message_note("%s: has %zu samples; %s was trained on windows of %zu", message_name(j->name), j->all,
                     j->model_path, j->window);
}

/* The samples that wait, in the order that the model was trained on. */
static int push_held(job *j)
{
    if (j->count == 0) return STATUS_DONE;
    if (j->window) window_tell(j), window_keep(j, true);
    if (!j->about->reading.permuted) return push(j);
    const size_t n = j->count, inputs = j->inputs;
    size_t *order = calloc(n, sizeof *order);
    float *moved = calloc(n * inputs, sizeof *moved);
    if (!order || !moved) {
        free(order);
        free(moved);
        return message_memory();
    }
    loci_dataset_permutation(order, n, j->about->reading.permutation);
    for (size_t k = 0; k < n; k++)
        memcpy(moved + k * inputs, j->u + order[k] * inputs, inputs * sizeof *moved);
    memcpy(j->u, moved, n * inputs * sizeof *moved);
    free(order);
    free(moved);
    return push(j);
}

/* --- answers --- */

static int answer_put(job *j, const char *name, size_t sample, const float *y)
{
    for (size_t c = 0; c < j->outputs; c++)
        if (!isfinite(y[c]))
            return message_fail("%s: the answer overflows: no finite number comes out of %s", name,
                                j->model_path);
    if (j->turns.collects) return turns_keep(&j->turns, j->outputs, y);
    return prediction_put(&j->out, name, sample, y);
}

/* A row that another process has answered. */
static int row_put(void *context, size_t row, const float *y)
{
    job *j = context;
    return prediction_put(&j->out, j->name, j->out.each ? row + 1 : 0, y);
}

/* The answer to a whole sequence, of a model that has one. */
static int answer_last(job *j)
{
    if (j->out.each) return STATUS_DONE;
    if (!j->ahead) loci_stream_answer(j->stream, 0, j->answer);
    return answer_put(j, j->name, 0, j->ahead ? j->whole.y : j->answer);
}

/* --- files --- */

static int file_run(job *j, const char *path)
{
    j->count = 0;
    j->name = path;
    trained_columns columns;
    int status = trained_columns_open(&columns, path, &j->s->source, &j->about->reading, j->inputs);
    if (!status) status = source_open(&j->from, path, &columns.options, j->about->rate);
    trained_columns_close(&columns);
    if (!status) status = channels_check(j);
    if (!status) trained_columns_tell(j->from.path, &j->s->source, &j->about->reading, j->from.signal);
    if (!status) status = rate_settle(j);
    for (size_t c = 0; !status && c < j->from.info.channels; c++) j->held[c] = NAN;
    if (!status) status = source_feed(&j->from, take, j, "predicting");
    if (!status && j->resampler) {
        const size_t rest = loci_resampler_end(j->resampler, j->changed);
        status = add(j, j->changed, rest);
    }
    if (!status) status = push_held(j);
    if (!status && !j->seen) status = message_fail("%s: too short to be resampled", j->from.path);
    if (!status) status = answer_last(j);
    if (status) resampler_drop(j); /* it may be within a signal */
    source_close(&j->from);
    return status;
}

/* A sequence of an array. */
static int sequence_run(job *j, const sequences *s, size_t i)
{
    const double own = j->about->rate;
    double *x = s->x.data + i * s->longest * s->inputs;
    const size_t length = sequences_length(s, i);
    char place[64];
    j->count = 0;
    for (size_t c = 0; c < s->inputs; c++) j->held[c] = NAN;
    hold(j, x, length, j->held, s->inputs);
    int status = model_prepare(j, own > 0 ? (isnan(j->s->source.rate) ? own : j->s->source.rate) : 0);
    for (size_t k = 0; k < length * s->inputs && !status; k++)
        if (!model_input_good(&j->in, k % s->inputs, x[k])) {
            snprintf(place, sizeof place, "sample %zu, input %zu", k / s->inputs, k % s->inputs);
            status = refuse(j, place, x[k]);
        }
    if (!status) status = add(j, x, length);
    if (!status) status = push_held(j);
    return status ? status : answer_last(j);
}

static int turn_run(void *context);

static int array_run(job *j, const char *path)
{
    sequences s;
    char name[4200];
    int status = sequences_read(&s, path), failed = STATUS_DONE;
    if (!status && s.inputs != j->inputs)
        status = message_fail("%s: its sequences have %zu input%s; %zu, as many as %s takes, were expected",
                              path, s.inputs, s.inputs == 1 ? "" : "s", j->inputs, j->model_path);
    if (!status && !isnan(j->s->resample))
        status = message_fail("%s: --resample is for signals, not for arrays of sequences", path);
    for (size_t i = 0; i < s.count && !status; i++) {
        snprintf(name, sizeof name, "%.4096s[%zu]", path, i);
        j->name = name;
        status = prediction_begin(&j->out);
        if (status) break;
        j->array = &s;
        j->place = i;
        const int own = turns_run(&j->turns, false, j->outputs, turn_run, row_put, j);
        prediction_end(&j->out, name, own == STATUS_DONE);
        if (own) failed = own;
    }
    sequences_release(&s);
    return status ? status : failed;
}

/* Whether a model of characters or bytes takes the file as a text: if its name is not that of a table or an array, which hold
 * the tokens' numbers. */
static bool is_text(const job *j, const char *path)
{
    static const char *const ends[] = {".csv", ".tsv", ".npy", ".npz", ".wav"};
    return loci_token_kind(j->model) && strcmp(path, "-") != 0 &&
           !ending_among(path, ends, sizeof ends / sizeof *ends);
}

static int text_run(job *j, const char *path)
{
    void *bytes;
    size_t size;
    loci_error error;
    if (loci_file_read(path, &bytes, &size, SIZE_MAX / 8, &error) != LOCI_OK)
        return message_error(NULL, &error);
    j->count = 0;
    j->name = path;
    int status = size ? room_make(j, size) : message_fail("%s: is empty; a text was expected", path);
    if (!status && loci_token_read(j->model, j->u, &j->count, bytes, size, &error) != LOCI_OK)
        status = message_fail("%s: %s", path, error.text);
    loci_bytes_free(bytes);
    if (!status) status = model_prepare(j, 0);
    return status ? status : push(j);
}

/* The sequence at hand. */
static int turn_run(void *context)
{
    job *j = context;
    if (j->array) return sequence_run(j, j->array, j->place);
    return is_text(j, j->name) ? text_run(j, j->name) : file_run(j, j->name);
}

/* One sequence, or as many as an array holds. */
static int path_run(job *j, const char *path)
{
    if (sequences_are_in(path, j->s->sequences)) return array_run(j, path);
    int status = prediction_begin(&j->out);
    if (status) return status;
    j->array = NULL;
    j->name = path;
    status = turns_run(&j->turns, strcmp(path, "-") == 0, j->outputs, turn_run, row_put, j);
    prediction_end(&j->out, path, status == STATUS_DONE);
    return status;
}

static int folder_run(job *j, const char *path)
{
    char **names;
    size_t count;
    int status = folder_list(&names, &count, path);
    int failed = status;
    for (size_t i = 0; !status && i < count && !j->out.out.reason; i++) {
        if (count > 1 && is_no_data(names[i])) {
            message_warn("passed over %s, which is no data", names[i]);
            continue;
        }
        const int own = path_run(j, names[i]);
        if (own) failed = own;
    }
    folder_release(names, count);
    return failed;
}

/* A file that cannot be read fails the command in the end; the others have their answers. */
static int files_run(job *j, char **paths, size_t count)
{
    progress bar;
    int failed = STATUS_DONE;
    progress_start(&bar, "predicting", "files", count);
    for (size_t i = 0; i < count && !j->out.out.reason; i++) {
        const int status = (is_folder(paths[i]) ? folder_run : path_run)(j, paths[i]);
        if (status) failed = status;
        if (count > 1) progress_step(&bar, i + 1);
    }
    progress_wipe();
    source_missing_tell(count == 1 ? paths[0] : NULL, j->turns.missing);
    const int written = prediction_close(&j->out);
    return written ? written : failed;
}

static int job_open(job *j)
{
    const loci_model_config *config = loci_model_configuration(j->model);
    j->about = loci_model_description(j->model);
    j->inputs = config->inputs;
    j->outputs = config->outputs;
    j->ahead = !loci_model_streams(j->model);
    const loci_task_info *task = loci_task_inspect(j->about->task);
    if (config->pool == LOCI_POOL_NONE && !task->each)
        return message_fail(
            "%s: it answers at every sample, which 'loci stream' shows; a model with one answer "
            "for a sequence was expected",
            j->model_path);
    if (task->each && j->about->reading.permuted)
        return message_fail(
            "%s: answers at every sample of sequences that are permuted have no order of their own",
            j->model_path);
    if (task->values && j->s->top != SIZE_MAX)
        return message_usage("predict: --top is for classes, and the task of %s is %s", j->model_path,
                             task->name);
    if (!isnan(j->s->source.rate) && isnan(j->s->resample) && !(j->about->rate > 0))
        return message_fail("%s: was trained on data without a rate; leave --rate out", j->model_path);
    const size_t classes = prediction_outputs(j->model);
    if (j->s->top != SIZE_MAX && j->s->top > classes)
        return message_usage("predict: --top is %zu; %s has %zu classes", j->s->top, j->model_path, classes);
    j->holds = source_missing_holds(j->s->missing, j->about->reading.hold);
    j->answer = calloc(task->each ? PIECE : 1, j->outputs * sizeof *j->answer);
    j->held = calloc(j->inputs > COLOURS ? j->inputs : COLOURS, sizeof *j->held);
    if (!j->answer || !j->held) return message_memory();
    return prediction_open(&j->out, j->model, j->s->output, j->s->top, j->s->json);
}

static void job_close(job *j)
{
    turns_release(&j->turns);
    loci_stream_free(j->stream);
    loci_stream_tables_free(j->tables);
    whole_run_close(&j->whole);
    resampler_drop(j);
    free(j->u);
    free(j->answer);
    free(j->held);
    prediction_release(&j->out);
}

int predict_run(const char *model_path, char **paths, size_t count, const predict_settings *s)
{
    loci_model *model;
    int status = model_read(&model, model_path);
    if (status) return status;
    job j = {.s = s, .model_path = model_path, .model = model};
    status = model_inputs_open(&j.in, model);
    if (!status) status = job_open(&j);
    if (!status) status = files_run(&j, paths, count);
    job_close(&j);
    model_inputs_close(&j.in);
    loci_model_free(model);
    return status;
}
