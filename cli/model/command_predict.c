/* SPDX-License-Identifier: MIT
 * command_predict.c - what a model takes files for: a class and its probability each. */
#include "shared/command.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/dataset.h>
#include <loci/stream.h>

#include "shared/message.h"
#include "model/model_inputs.h"
#include "model/model_open.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/source.h"
#include "shared/words.h"

typedef struct {
    source_options source;
    double resample; /* NAN: not given */
    size_t top;      /* SIZE_MAX: not given */
    bool json;
} settings;

/* Files are read and run one after the other, in pieces; only a model that takes samples in another order has a file whole
 * in memory. */
typedef struct {
    const settings *s;
    const char *model_path;
    const loci_model *model;
    const loci_model_about *about;
    model_inputs in;
    size_t inputs, outputs;
    loci_stream_tables *tables; /* of `rate` */
    loci_stream *stream;
    double rate;
    source from;
    bool gray;                 /* the file has colours, the model has none */
    loci_resampler *resampler; /* NULL: none */
    double resampled;          /* the rate that it takes */
    double *changed;           /* resampled: [most][inputs] */
    float *u;                  /* [room][inputs]: a piece, or all of a permuted sequence */
    size_t count, room;
    float *answer;       /* [outputs] */
    double *probability; /* [outputs] */
    size_t *order;       /* [outputs]: the likeliest first */
    output out;
    json_t *list;
} job;

/* --- the model, at the rate of a file --- */

static int channels_check(job *j)
{
    const size_t channels = j->from.info.channels;
    j->gray = j->about->reading.gray && j->inputs == 1 && channels == 3;
    if (j->gray || channels == j->inputs) return STATUS_DONE;
    return message_fail(
        "%s: it has %zu channel%s; %zu, as many as %s has inputs, %s expected (--column chooses)",
        j->from.path, channels, channels == 1 ? "" : "s", j->inputs, j->model_path,
        j->inputs == 1 ? "was" : "were");
}

static int model_prepare(job *j, double rate)
{
    loci_error error;
    if (!j->stream || rate != j->rate) {
        loci_stream_free(j->stream);
        loci_stream_tables_free(j->tables);
        j->stream = NULL;
        j->tables = NULL;
        if (loci_stream_tables_create(&j->tables, j->model, rate, 1, &error) != LOCI_OK ||
            loci_stream_init(&j->stream, NULL, 0, j->tables, 1, &error) != LOCI_OK)
            return message_error(j->from.path, &error);
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

static int push(job *j)
{
    loci_error error;
    if (loci_stream_push(j->stream, NULL, 1, j->u, NULL, j->count, 0, NULL, &error) != LOCI_OK)
        return message_error(j->from.path, &error); /* what cannot be pushed was refused before */
    j->count = 0;
    return STATUS_DONE;
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

/* n samples of the model's inputs. */
static int add(job *j, const double *u, size_t n)
{
    const int status = room_make(j, n);
    if (status || n == 0) return status;
    for (size_t i = 0; i < n * j->inputs; i++)
        j->u[j->count * j->inputs + i] = model_input(&j->in, i % j->inputs, u[i]);
    j->count += n;
    return j->about->reading.permuted ? STATUS_DONE : push(j);
}

static int refuse(const job *j, size_t k, size_t c)
{
    char place[64];
    const double value = j->from.u[k * j->from.info.channels + c];
    const char *name = loci_signal_channel(j->from.signal, c);
    loci_signal_position(j->from.signal, k, place, sizeof place);
    if (isnan(value))
        return message_fail("%s: %s: \"%s\" is missing or not a number; a number was expected", j->from.path,
                            place, name);
    return message_fail("%s: %s: \"%s\" is %g; a finite number in single precision was expected",
                        j->from.path, place, name, value);
}

/* A source_taker; what it refuses, it says itself. */
static loci_status take(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    (void)t;
    job *j = target;
    const size_t channels = j->from.info.channels;
    error->text[0] = 0;
    for (size_t i = 0; i < n * channels; i++)
        if (!isfinite(model_input(&j->in, j->gray ? 0 : i % channels, u[i]))) {
            refuse(j, i / channels, i % channels);
            return LOCI_E_VALUE;
        }
    double *gray = j->from.u; /* in place: the source reads over it next */
    for (size_t k = 0; j->gray && k < n; k++)
        gray[k] = 0.299 * u[3 * k] + 0.587 * u[3 * k + 1] + 0.114 * u[3 * k + 2];
    int status;
    if (j->resampler)
        status = add(j, j->changed, loci_resampler_push(j->resampler, j->changed, u, n));
    else
        status = add(j, u, n);
    return status ? LOCI_E_VALUE : LOCI_OK;
}

/* The samples that wait, in the order that the model was trained on. */
static int push_permuted(job *j)
{
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

static const char *class_name(const job *j, size_t c, char *text)
{
    if (j->about->classes) return j->about->classes[c];
    snprintf(text, WORDS_SIZE, "%zu", c);
    return text;
}

/* Probabilities, and classes in their order, the first of equals first. */
static int answer_settle(job *j)
{
    loci_stream_answer(j->stream, 0, j->answer);
    double most = -INFINITY, sum = 0;
    for (size_t c = 0; c < j->outputs; c++) {
        if (!isfinite(j->answer[c]))
            return message_fail("%s: the answer overflows: no finite number comes out of %s", j->from.path,
                                j->model_path);
        most = fmax(most, (double)j->answer[c]);
    }
    for (size_t c = 0; c < j->outputs; c++) sum += j->probability[c] = exp((double)j->answer[c] - most);
    const size_t places = j->s->top == SIZE_MAX ? 1 : j->s->top;
    for (size_t c = 0; c < j->outputs; c++) {
        j->probability[c] /= sum;
        size_t at = c < places ? c : places; /* only the first places are kept in order */
        while (at > 0 && j->probability[c] > j->probability[j->order[at - 1]]) {
            if (at < places) j->order[at] = j->order[at - 1];
            at--;
        }
        if (at < places) j->order[at] = c;
    }
    return STATUS_DONE;
}

static void header_write(job *j)
{
    char text[WORDS_SIZE], name[256];
    output_text(&j->out, "file,class");
    if (j->s->top != SIZE_MAX) {
        output_text(&j->out, ",probability");
        for (size_t k = 2; k <= j->s->top; k++) output_format(&j->out, ",class_%zu,probability_%zu", k, k);
    }
    for (size_t c = 0; j->s->top == SIZE_MAX && c < j->outputs; c++) {
        snprintf(name, sizeof name, "p_%.250s", class_name(j, c, text));
        output_text(&j->out, ",");
        output_field(&j->out, name);
    }
    output_text(&j->out, "\n");
}

static void row_write(job *j, const char *path)
{
    char text[WORDS_SIZE];
    output_field(&j->out, path);
    if (j->s->top == SIZE_MAX) {
        output_text(&j->out, ",");
        output_field(&j->out, class_name(j, j->order[0], text));
        for (size_t c = 0; c < j->outputs; c++) output_format(&j->out, ",%.6g", j->probability[c]);
    } else {
        for (size_t k = 0; k < j->s->top; k++) {
            output_text(&j->out, ",");
            output_field(&j->out, class_name(j, j->order[k], text));
            output_format(&j->out, ",%.6g", j->probability[j->order[k]]);
        }
    }
    output_text(&j->out, "\n");
}

static json_t *probability_json(double probability)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", probability);
    return output_json_number(strtod(text, NULL));
}

/* Into the object: the class of that rank. */
static void rank_add(const job *j, json_t *object, size_t k)
{
    char text[WORDS_SIZE];
    json_object_set_new(object, "class", output_json_text(class_name(j, j->order[k], text)));
    json_object_set_new(object, "probability", probability_json(j->probability[j->order[k]]));
}

static void answer_add(job *j, const char *path)
{
    json_t *object = json_object(), *all = json_array();
    json_object_set_new(object, "file", output_json_text(path));
    rank_add(j, object, 0);
    const bool top = j->s->top != SIZE_MAX;
    for (size_t c = 0; !top && c < j->outputs; c++)
        json_array_append_new(all, probability_json(j->probability[c]));
    for (size_t k = 0; top && k < j->s->top; k++) {
        json_t *rank = json_object();
        rank_add(j, rank, k);
        json_array_append_new(all, rank);
    }
    json_object_set_new(object, top ? "top" : "probabilities", all);
    json_array_append_new(j->list, object);
}

static int json_write(job *j)
{
    char text[WORDS_SIZE];
    json_t *object = json_object(), *names = json_array();
    for (size_t c = 0; c < j->outputs; c++)
        json_array_append_new(names, output_json_text(class_name(j, c, text)));
    json_object_set_new(object, "classes", names);
    json_object_set_new(object, "files", j->list);
    j->list = NULL;
    output_json(&j->out, object);
    return output_close(&j->out);
}

/* --- files --- */

static int file_run(job *j, const char *path)
{
    j->count = 0;
    int status = source_open(&j->from, path, &j->s->source, j->about->rate);
    if (!status) status = channels_check(j);
    if (!status) status = rate_settle(j);
    if (!status) status = source_feed(&j->from, take, j, "predicting");
    if (!status && j->resampler) {
        const size_t rest = loci_resampler_end(j->resampler, j->changed);
        status = add(j, j->changed, rest);
    }
    if (!status && j->about->reading.permuted && j->count > 0) status = push_permuted(j);
    if (!status && loci_stream_samples(j->stream, 0) == 0)
        status = message_fail("%s: too short to be resampled", j->from.path);
    if (!status) status = answer_settle(j);
    if (status) resampler_drop(j); /* it may be within a signal */
    source_close(&j->from);
    return status;
}

/* A file that cannot be read fails the command in the end; the others have their answers. */
static int files_run(job *j, char **paths, size_t count)
{
    progress bar;
    int failed = STATUS_DONE;
    output_open(&j->out, NULL);
    if (!j->s->json) header_write(j);
    progress_start(&bar, "predicting", "files", count);
    for (size_t i = 0; i < count && !j->out.reason; i++) {
        const int status = file_run(j, paths[i]);
        if (status) {
            failed = status;
            continue;
        }
        if (j->s->json)
            answer_add(j, paths[i]);
        else
            row_write(j, paths[i]);
        if (count > 1) progress_step(&bar, i + 1);
    }
    progress_wipe();
    const int written = j->s->json ? json_write(j) : output_close(&j->out);
    return written ? written : failed;
}

static int job_open(job *j)
{
    const loci_model_config *config = loci_model_configuration(j->model);
    j->about = loci_model_description(j->model);
    j->inputs = config->inputs;
    j->outputs = config->outputs;
    if (config->pool == LOCI_POOL_NONE)
        return message_fail(
            "%s: it answers at every sample, which 'loci stream' shows; a model with one answer "
            "for a sequence was expected",
            j->model_path);
    if (!isnan(j->s->source.rate) && isnan(j->s->resample) && !(j->about->rate > 0))
        return message_fail("%s: was trained on data without a rate; leave --rate out", j->model_path);
    if (j->s->top != SIZE_MAX && j->s->top > j->outputs)
        return message_usage("predict: --top is %zu; %s has %zu classes", j->s->top, j->model_path,
                             j->outputs);
    j->answer = calloc(j->outputs, sizeof *j->answer);
    j->probability = calloc(j->outputs, sizeof *j->probability);
    j->order = calloc(j->outputs, sizeof *j->order);
    j->list = j->s->json ? json_array() : NULL;
    return j->answer && j->probability && j->order && (j->list || !j->s->json) ? STATUS_DONE
                                                                               : message_memory();
}

static void job_close(job *j)
{
    loci_stream_free(j->stream);
    loci_stream_tables_free(j->tables);
    resampler_drop(j);
    free(j->u);
    free(j->answer);
    free(j->probability);
    free(j->order);
    json_decref(j->list);
}

static int predict(const char *model_path, char **paths, size_t count, const settings *s)
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

static int usage_check(const settings *s, char **paths, size_t count)
{
    size_t standard = 0;
    for (size_t i = 0; i < count; i++) standard += strcmp(paths[i], "-") == 0;
    if (standard > 1)
        return message_usage("predict: standard input is named %zu times; once was expected", standard);
    if (!isnan(s->resample) && !(s->resample > 0))
        return message_usage("predict: --resample is %g; more than 0 Hz was expected", s->resample);
    if (s->top == 0) return message_usage("predict: --top is 0; at least 1 was expected");
    return source_check(&s->source, "predict");
}

int command_predict(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .resample = NAN, .top = SIZE_MAX};
    const option table[] = {
        {"top", 0, OPTION_COUNT, &s.top, "K", "the K likeliest classes instead of the probability of each"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of CSV"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The files:"},
        {"rate", 0, OPTION_NUMBER, &s.source.rate, "HZ",
         "samples a second, where a file does not tell (as the model was trained); the model's time is scaled to it"},
        {"resample", 0, OPTION_NUMBER, &s.resample, "HZ", "first bring the signals to this rate"},
        SOURCE_CONTENT_OPTIONS(s.source, "all that hold numbers"),
    };
    const options_page page = {
        .command = "predict",
        .synopsis = "MODEL FILE... [OPTION]...",
        .purpose =
            "Say what a trained model takes each file for: the likeliest class, and the probability of each class. "
            "A FILE is one sequence, of any length: a table as text, a NumPy array, audio, or '-' for standard input, "
            "with a channel for each input of the model. A file that cannot be read is told, and the others are gone "
            "on with.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci predict digits.safetensors seven.wav eight.wav\n"
                   "  loci predict digits.safetensors recordings/*.wav --top 1\n"
                   "  loci predict digits.safetensors narrow.wav --resample 4000",
        .operand = "MODEL FILE",
        .least = 2,
        .most = SIZE_MAX,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        const size_t count = (size_t)argc - 2;
        const bool both = strcmp(argv[1], "-") == 0;
        status = usage_check(&s, argv + (both ? 1 : 2), both ? count + 1 : count);
        if (!status) status = predict(argv[1], argv + 2, count, &s);
    }
    options_release(&s.source.columns);
    return status;
}
