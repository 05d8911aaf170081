/* SPDX-License-Identifier: MIT
 * check_model.c - a trained model's forms, on noise or on data: measured, told, judged. */
#include "model/check_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <loci/dataset.h>
#include <loci/token.h>

#include "system/system_option.h"
#include "shared/message.h"
#include "model/model_differences.h"
#include "model/model_inputs.h"
#include "model/model_noise.h"
#include "model/model_open.h"
#include "shared/output.h"
#include "shared/source.h"
#include "shared/words.h"

enum { NAME_WIDTH = 40 };

typedef struct {
    const char *path, *data;
    loci_model *model;
    size_t inputs, length, seed; /* length: of what there is, in the end */
    model_inputs in;
    float *u; /* [length][inputs] */
} job;

/* --- samples --- */

static int channels_check(const job *j, size_t channels)
{
    if (channels == j->inputs) return STATUS_DONE;
    return message_fail("%s: it has %zu channel%s, and %s has %zu input%s; as many were expected", j->data,
                        channels, channels == 1 ? "" : "s", j->path, j->inputs, j->inputs == 1 ? "" : "s");
}

/* The test split's sequences, one behind the other; of a text its tokens. */
static int fill_set(job *j)
{
    const loci_model_about *about = loci_model_description(j->model);
    const loci_dataset_options options = {
        .size = sizeof options,
        .test = 1,
        .target_given = loci_token_kind(j->model) != 0,
        .target.each = LOCI_TARGET_NEXT,
        .reading = about->reading,
        .classes = about->classes,
        .class_count = about->classes ? loci_model_configuration(j->model)->outputs : 0,
    };
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_open(&set, j->data, &options, &error) != LOCI_OK) return message_error(j->data, &error);
    const loci_dataset_info info = loci_dataset_inspect(set);
    int status = channels_check(j, info.inputs);
    float *sequence = status ? NULL : malloc(info.longest * j->inputs * sizeof *sequence);
    if (!status && !sequence) status = message_memory();
    size_t at = 0;
    for (size_t i = 0; i < info.sequences && at < j->length && !status; i++) {
        const size_t length = loci_dataset_length(set, i);
        loci_dataset_read(set, i, sequence);
        for (size_t k = 0; k < length && at < j->length; k++, at++)
            for (size_t c = 0; c < j->inputs; c++) {
                const double u = (double)sequence[k * j->inputs + c];
                j->u[at * j->inputs + c] =
                    model_input(&j->in, c, info.origin ? u / info.unit[c] + info.origin[c] : u);
            }
    }
    j->length = at;
    free(sequence);
    loci_dataset_close(set);
    return status;
}

static int fill_signal(job *j)
{
    const source_options options = SOURCE_DEFAULTS;
    source from;
    int status = source_open(&from, j->data, &options, 0);
    if (!status) status = channels_check(j, from.info.channels);
    size_t at = 0;
    while (!status && from.count > 0 && at < j->length) {
        for (size_t k = 0; k < from.count && at < j->length && !status; k++, at++)
            for (size_t c = 0; c < j->inputs && !status; c++) {
                const double value = from.u[k * j->inputs + c];
                char place[64], expected[80];
                loci_signal_position(from.signal, k, place, sizeof place);
                if (isnan(value))
                    status = message_fail("%s: %s: \"%s\" is missing or not a number; a number was expected",
                                          j->data, place, loci_signal_channel(from.signal, c));
                else if (!model_input_good(&j->in, c, value))
                    status = message_fail("%s: %s: \"%s\" is %g; %s was expected", j->data, place,
                                          loci_signal_channel(from.signal, c), value,
                                          model_input_expected(expected, sizeof expected, &j->in));
                j->u[at * j->inputs + c] = model_input(&j->in, c, value);
            }
        if (!status && at < j->length) status = source_next(&from);
    }
    j->length = at;
    source_close(&from);
    return status;
}

static int fill(job *j)
{
    struct stat about;
    if (!j->data) {
        model_noise(j->u, j->length, j->model, &j->in, j->seed);
        return STATUS_DONE;
    }
    const bool set = loci_token_kind(j->model) || (stat(j->data, &about) == 0 && S_ISDIR(about.st_mode));
    return set ? fill_set(j) : fill_signal(j);
}

/* --- told --- */

static size_t failures(const model_differences *found)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++) count += !model_difference_passes(&found->items[i]);
    return count;
}

static int write_json(const model_differences *found, const job *j)
{
    json_t *object = json_object(), *gaps = json_object(), *layers = json_array();
    for (size_t i = 0; i < found->count; i++)
        json_object_set_new(gaps, found->items[i].key, output_json_number(found->items[i].gap));
    for (size_t i = 0; i < found->layer_count; i++) {
        json_t *layer = json_object();
        json_object_set_new(layer, loci_model_streams(j->model) ? "output" : "forward_float_double",
                            output_json_number(found->layers[i].output));
        if (loci_model_streams(j->model))
            json_object_set_new(layer, "output_double", output_json_number(found->layers[i].in_double));
        json_array_append_new(layers, layer);
    }
    json_object_set_new(object, "pass", json_boolean(failures(found) == 0));
    json_object_set_new(object, "tolerance", json_real(MODEL_DIFFERENCE_SINGLE));
    json_object_set_new(object, "tolerance_double", json_real(MODEL_DIFFERENCE_DOUBLE));
    json_object_set_new(object, "samples", json_integer((json_int_t)j->length));
    json_object_set_new(object, "gaps", gaps);
    json_object_set_new(object, "layers", layers);
    output out;
    output_open(&out, NULL);
    output_json(&out, object);
    return output_close(&out);
}

static void write_number(output *out, double number, int width)
{
    char text[32];
    if (isfinite(number))
        snprintf(text, sizeof text, number == 0 ? "0" : "%.1e", number);
    else
        snprintf(text, sizeof text, "not finite");
    output_cell(out, text, width);
}

static int write_table(const model_differences *found, const job *j)
{
    const loci_model_config *config = loci_model_configuration(j->model);
    char samples[WORDS_SIZE], layers[WORDS_SIZE], name[64], kind[32];
    snprintf(kind, sizeof kind, "%s layer", loci_layer_traits_of(config->layer)->title);
    output out;
    output_open(&out, NULL);
    output_format(&out, "%.200s: %s of width %zu, %s\n", j->path, words_plural(layers, config->layers, kind),
                  config->width, config->pool == LOCI_POOL_NONE ? "an answer at every sample" : "pooled");
    output_format(&out, "%s of %.200s; answers from %.3g to %.3g\n\n",
                  words_plural(samples, j->length, "sample"), j->data ? j->data : "noise", found->least,
                  found->most);
    output_cell(&out, "", NAME_WIDTH);
    output_text(&out, "gap         bound\n");
    for (size_t i = 0; i < found->count; i++) {
        const model_difference *item = &found->items[i];
        output_text(&out, "  ");
        output_cell(&out, item->name, NAME_WIDTH - 2);
        write_number(&out, item->gap, 12);
        write_number(&out, item->bound, 12);
        output_text(&out, model_difference_passes(item) ? "ok\n" : "FAILED\n");
    }
    const bool ahead = !loci_model_streams(j->model);
    if (ahead)
        output_format(&out, "\nThe model%s: it has no steps and no streams.\n",
                      loci_model_looks_ahead(j->model) ? " looks ahead (bidirectional)"
                                                       : "'s attention has no window");
    output_text(&out, "\n");
    output_cell(&out,
                ahead ? "float : double at every sample, behind" : "step : forward at every sample, behind",
                NAME_WIDTH);
    output_text(&out, ahead ? "forward\n" : "float       double\n");
    for (size_t i = 0; i < found->layer_count; i++) {
        snprintf(name, sizeof name, "  layer %zu", i + 1);
        output_cell(&out, name, NAME_WIDTH);
        write_number(&out, found->layers[i].output, ahead ? 0 : 12);
        if (!ahead) write_number(&out, found->layers[i].in_double, 0);
        output_text(&out, "\n");
    }
    const size_t failed = failures(found);
    if (failed)
        output_format(&out, "\n%zu of %zu gaps exceed%s their bounds\n", failed, found->count,
                      failed == 1 ? "s" : "");
    else
        output_format(&out, "\nall %zu gaps are within their bounds\n", found->count);
    return output_close(&out);
}

static int check(job *j, bool json)
{
    const loci_model_config *config = loci_model_configuration(j->model);
    j->inputs = config->inputs;
    char samples[WORDS_SIZE], thing[2 * WORDS_SIZE];
    snprintf(thing, sizeof thing, "running %s in every form", words_plural(samples, j->length, "sample"));
    /* six activations of the widest in double, and the answers of a layer at every sample, twice in each precision */
    const double widest = 16 + fmax((double)config->width, (double)(config->inputs + config->outputs));
    int status = system_option_room((double)j->length * (6 * widest + 3 * (double)config->outputs),
                                    "check: --length", thing);
    if (status) return status;
    j->u = malloc(j->length * j->inputs * sizeof *j->u);
    if (!j->u) return message_memory();
    status = fill(j);
    if (status) return status;
    model_differences found = {0};
    loci_error error;
    if (model_differences_measure(&found, j->model, j->u, j->length, j->seed, &error) != LOCI_OK)
        status = message_error(j->path, &error);
    else
        status = json ? write_json(&found, j) : write_table(&found, j);
    if (!status && failures(&found)) status = STATUS_FAILED;
    free(found.layers);
    return status;
}

int check_model(const char *path, const char *data, size_t length, size_t seed, bool json)
{
    job j = {.path = path, .data = data, .length = length, .seed = seed};
    int status = model_read(&j.model, path);
    if (!status && length == 0) {
        const loci_model_config *config = loci_model_configuration(j.model);
        const bool square = config->layer == LOCI_LAYER_ATTENTION && config->attention_window == 0;
        j.length = square ? CHECK_ATTENTION_LENGTH : CHECK_MODEL_LENGTH;
    }
    if (!status) status = model_inputs_open(&j.in, j.model);
    if (!status) status = check(&j, json);
    model_inputs_close(&j.in);
    free(j.u);
    loci_model_free(j.model);
    return status;
}
