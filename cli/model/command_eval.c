/* SPDX-License-Identifier: MIT
 * command_eval.c - how well a model answers to the sequences of a data set. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/dataset.h>
#include <loci/token.h>
#include <loci/train.h>

#include "shared/message.h"
#include "model/answer.h"
#include "model/dataset_tell.h"
#include "model/model_open.h"
#include "model/token_words.h"
#include "model/trained_columns.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/ranks.h"
#include "shared/source.h"
#include "shared/words.h"

typedef struct {
    const char *match, *except, *missing;
    double rate, resample, test; /* NAN: not given */
    size_t threads, window;      /* SIZE_MAX: not given */
    bool train, all, mono, json, confusion;
} settings;

static int advance(void *context, size_t done, size_t all)
{
    (void)all;
    progress_step(context, done);
    return 0;
}

/* How wide the columns of the confusion are: the longest name, within bounds, and the largest count. */
static int cell_width(const loci_dataset_info *info, const loci_evaluation *result)
{
    size_t width = 5;
    char text[WORDS_SIZE];
    words_count(text, result->targets);
    for (size_t i = 0; i <= info->classes; i++) {
        size_t used = 0;
        for (const char *c = i < info->classes ? info->names[i] : text; *c; c++) used += (*c & 0xc0) != 0x80;
        if (used > width) width = used;
    }
    return width < 16 ? (int)width : 16;
}

static void confusion_write(output *out, const loci_dataset_info *info, const loci_evaluation *result)
{
    const int width = cell_width(info, result);
    char text[WORDS_SIZE];
    output_text(out, "\nwhat it was, by rows, and what the answer was, by columns:\n\n");
    output_cell(out, "", width);
    for (size_t j = 0; j < info->classes; j++) {
        output_text(out, " ");
        output_cell(out, info->names[j], -width);
    }
    output_text(out, "\n");
    for (size_t i = 0; i < info->classes; i++) {
        output_cell(out, info->names[i], width);
        for (size_t j = 0; j < info->classes; j++) {
            output_text(out, " ");
            output_cell(out, words_count(text, result->confusion[i * info->classes + j]), -width);
        }
        output_text(out, "\n");
    }
}

/* The mean of `count` errors and shares, which lie `step` apart. */
static void ahead_write(output *out, const char *name, const loci_evaluation *result, size_t first,
                        size_t step, size_t count, bool error)
{
    char share[WORDS_SIZE];
    double square = 0, explained = 0;
    for (size_t i = 0; i < count; i++) {
        const double e = result->error[first + i * step];
        square += e * e / (double)count;
        explained += result->explained[first + i * step] / (double)count;
    }
    output_format(out, "%-11s ", name);
    if (error) output_format(out, "error %.4g, root mean square; ", sqrt(square));
    output_format(out, "%s explained\n", words_share(share, explained));
}

/* What follows a window has many outputs, row after row: each column over all rows, and the rows 1, 4, 16, ... and the last over
 * all columns, whose units may differ. */
static void horizon_write(output *out, const char *const *names, size_t horizon, size_t columns,
                          const loci_evaluation *result)
{
    char name[WORDS_SIZE];
    for (size_t c = 0; c < columns; c++) {
        if (columns > 1 && names)
            snprintf(name, sizeof name, "%.40s", names[c]);
        else
            snprintf(name, sizeof name, columns == 1 ? "all rows" : "column %zu", c + 1);
        ahead_write(out, name, result, c, columns, horizon, true);
    }
    for (size_t h = 1; h <= horizon; h = h < horizon && 4 * h > horizon ? horizon : 4 * h) {
        snprintf(name, sizeof name, "row %zu", h);
        ahead_write(out, name, result, (h - 1) * columns, 1, columns, columns == 1);
    }
}

static void score_write(output *out, const loci_model *model, const loci_dataset_info *info,
                        const loci_evaluation *result)
{
    char share[WORDS_SIZE], right[WORDS_SIZE], all[WORDS_SIZE], name[ANSWER_SIZE];
    const loci_task_info *task = loci_task_inspect(loci_model_description(model)->task);
    const size_t horizon = loci_model_description(model)->reading.horizon;
    const double correct = result->score * (double)result->targets;
    if (!task->values) {
        output_format(out, "accuracy    %s, %s of %s\n", words_share(share, result->score),
                      words_count(right, (uint64_t)(correct + 0.5)), words_count(all, result->targets));
        return;
    }
    output_format(out, "explained   %s of the variance of %s targets\n", words_share(share, result->score),
                  words_count(all, result->targets));
    if (horizon > 1 && info->outputs % horizon == 0) {
        horizon_write(out, info->value_names, horizon, info->outputs / horizon, result);
        return;
    }
    if (info->outputs == 1) output_format(out, "error       %.4g, root mean square\n", result->error[0]);
    for (size_t i = 0; info->outputs > 1 && i < info->outputs; i++)
        output_format(out, "%-11s error %.4g, root mean square; %s explained\n", answer_name(name, model, i),
                      result->error[i], words_share(share, result->explained[i]));
}

static int table_write(const loci_model *model, const loci_dataset_info *info, const loci_evaluation *result)
{
    const loci_task_info *task = loci_task_inspect(loci_model_description(model)->task);
    output out;
    char all[WORDS_SIZE], time[WORDS_SIZE], bits[WORDS_SIZE];
    output_open(&out, NULL);
    score_write(&out, model, info, result);
    output_format(&out, "loss        %.4g %s%s", result->loss, task->unit,
                  token_bits(bits, model, result->loss));
    if (task->next) output_format(&out, ", perplexity %.4g", exp(result->loss));
    output_text(&out, "\n");
    output_format(&out, "time        %s, %s sequences/s\n", words_duration(time, result->seconds),
                  words_count(all, (uint64_t)((double)result->sequences / fmax(result->seconds, 1e-9))));
    if (result->confusion) confusion_write(&out, info, result);
    return output_close(&out);
}

static json_t *json_numbers(const double *numbers, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, output_json_number(numbers[i]));
    return array;
}

static int json_write(const loci_model *model, const loci_dataset_info *info, const loci_evaluation *result)
{
    const loci_task_info *task = loci_task_inspect(loci_model_description(model)->task);
    const bool classification = !task->values && !task->each;
    json_t *object = json_object();
    json_object_set_new(object, "task", json_string(classification ? "classification" : task->name));
    json_object_set_new(object, "loss", output_json_number(result->loss));
    if (task->next) {
        json_object_set_new(object, "bits", output_json_number(result->loss / log(2)));
        json_object_set_new(object, "perplexity", output_json_number(exp(result->loss)));
    }
    json_object_set_new(object, task->key, output_json_number(result->score));
    json_object_set_new(object, "samples", json_integer((json_int_t)result->sequences));
    if (!classification) json_object_set_new(object, "targets", json_integer((json_int_t)result->targets));
    if (task->values) {
        json_object_set_new(object, "rmse", json_numbers(result->error, info->outputs));
        json_object_set_new(object, "variance_explained_by_output",
                            json_numbers(result->explained, info->outputs));
    }
    json_object_set_new(object, "seconds", output_json_number(round(1e6 * result->seconds) / 1e6));
    if (result->confusion) {
        json_t *names = json_array(), *rows = json_array();
        for (size_t i = 0; i < info->classes; i++) {
            json_t *row = json_array();
            for (size_t j = 0; j < info->classes; j++)
                json_array_append_new(row,
                                      json_integer((json_int_t)result->confusion[i * info->classes + j]));
            json_array_append_new(rows, row);
            json_array_append_new(names, output_json_text(info->names[i]));
        }
        json_object_set_new(object, "classes", names);
        json_object_set_new(object, "confusion", rows);
    }
    output out;
    output_open(&out, NULL);
    output_json(&out, object);
    return output_close(&out);
}

/* --rate is about data that tell no rate, and a model that knows its own. */
static int rate_check(const loci_model *model, const char *model_path, const loci_dataset *set,
                      const char *path, double rate)
{
    const double own = loci_dataset_inspect(set).rate;
    char is[WORDS_SIZE], asked[WORDS_SIZE];
    if (isnan(rate)) return STATUS_DONE;
    if (own > 0 && fabs(own - rate) > 1e-9 * own)
        return message_fail("%s: its rate is %s Hz, and --rate is %s; leave --rate out, or give the data's",
                            path, words_number(is, own), words_number(asked, rate));
    if (!(loci_model_description(model)->rate > 0))
        return message_fail("%s: was trained on data without a rate; leave --rate out", model_path);
    return STATUS_DONE;
}

static int measure(const loci_model *model, const loci_dataset *set, const char *path, const settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    progress bar;
    progress_start(&bar, "evaluating", "sequences", info.sequences);
    const loci_evaluate_options options = {
        .size = sizeof options,
        .team = ranks_team(),
        .threads = ranks_threads(s->threads),
        .rate = isnan(s->rate) ? 0 : s->rate,
        .progress = advance,
        .context = &bar,
    };
    loci_evaluation result = {0};
    if (s->confusion) result.confusion = calloc(info.classes * info.classes, sizeof *result.confusion);
    result.error = calloc(info.outputs, sizeof *result.error);
    result.explained = calloc(info.outputs, sizeof *result.explained);
    loci_error error;
    int status = (s->confusion && !result.confusion) || !result.error || !result.explained ? message_memory()
                                                                                           : STATUS_DONE;
    if (!status && loci_evaluate(&result, model, set, &options, &error) != LOCI_OK)
        status = message_error(path, &error);
    progress_wipe();
    if (!status) status = (s->json ? json_write : table_write)(model, &info, &result);
    free(result.confusion);
    free(result.error);
    free(result.explained);
    return status;
}

/* Sounds without a folder `test` are all there is: whoever names none of them measures what was learned by heart, too. */
static void split_warn(const loci_dataset *set, const char *path, const loci_reading *trained,
                       const settings *s)
{
    char count[WORDS_SIZE];
    const loci_dataset_info info = loci_dataset_inspect(set);
    if (info.split || info.held_out || s->match || s->except || s->train || s->all) return;
    if (info.target.each == LOCI_TARGET_NEXT) { /* most often another text */
        message_note("%s: all of it is measured, what was trained on too where it is the same text", path);
        return;
    }
    if (trained->match || trained->except) {
        message_warn(
            "%s: has no test split, so just what was trained on is measured, the %s that its %s chose; --match or "
            "--except chooses others",
            path, words_plural(count, info.sequences, "sequence"),
            !trained->except  ? "--match"
            : !trained->match ? "--except"
                              : "--match and --except");
        return;
    }
    message_warn(
        "%s: has no test split, so all of it is measured, what was trained on too; 'loci train --test SHARE' "
        "keeps a share, --match or --except chooses",
        path);
}

static int evaluate(const char *model_path, const char *path, const settings *s)
{
    loci_model *model;
    int status = model_read(&model, model_path);
    if (status) return status;
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    loci_dataset_options options = {
        .size = sizeof options,
        .test = !s->train,
        .target_given = 1,
        .target = {.values = task->values, .each = task->next ? LOCI_TARGET_NEXT : task->each},
        .reading = about->reading,
        .classes = about->classes,
        .class_count = about->classes ? loci_model_configuration(model)->outputs : 0,
    };
    if (s->match || s->except) { /* other files than those of the training */
        options.reading.match = s->match;
        options.reading.except = s->except;
        options.reading.test = 0;
    }
    if (!isnan(s->resample)) options.reading.resample = s->resample;
    if (s->window != SIZE_MAX) options.reading.window = s->window;
    if (!isnan(s->test)) options.reading.test = s->test;
    if (s->mono) options.reading.mono = 1;
    options.reading.hold = source_missing_holds(s->missing, about->reading.hold);
    if (s->all) options.reading.test = 0;
    loci_error error;
    loci_dataset *set = NULL;
    if (task->next && !loci_token_kind(model))
        status = message_fail(
            "%s: knows its tokens by number alone; a model that was trained on a text was expected",
            model_path);
    else if (!task->next && s->window != SIZE_MAX)
        status = message_fail("%s: its task is %s; --window is for the task next", model_path, task->name);
    else if (loci_dataset_open(&set, path, &options, &error) != LOCI_OK)
        status = dataset_fail(path, &error);
    else
        status = rate_check(model, model_path, set, path, s->rate);
    if (set) {
        const loci_dataset_info info = loci_dataset_inspect(set);
        dataset_tell(path, set, NULL);
        trained_columns_compare(path, &about->reading, info.input_names, info.inputs);
    }
    if (!status && s->confusion && task->values)
        status =
            message_fail("%s: its task is %s, of which there are no classes; no --confusion was expected",
                         model_path, task->name);
    if (!status) split_warn(set, path, &about->reading, s);
    if (!status) status = measure(model, set, path, s);
    loci_dataset_close(set);
    loci_model_free(model);
    return status;
}

static int usage_check(const settings *s)
{
    if (!isnan(s->rate) && !(s->rate > 0))
        return message_usage("eval: --rate is %g; more than 0 Hz was expected", s->rate);
    if (!isnan(s->resample) && !(s->resample > 0))
        return message_usage("eval: --resample is %g; more than 0 Hz was expected", s->resample);
    if (!isnan(s->test) && !(s->test > 0 && s->test < 1))
        return message_usage("eval: --test is %g; a share above 0 and below 1 was expected", s->test);
    if (source_missing_check(s->missing, "eval")) return STATUS_USAGE;
    if (s->window == 0) return message_usage("eval: --window is 0; 1 or more was expected");
    if (s->threads > 1024) return message_usage("eval: --threads is %zu; 0 to 1024 was expected", s->threads);
    return STATUS_DONE;
}

int command_eval(int argc, char **argv)
{
    settings s = {.rate = NAN, .resample = NAN, .test = NAN, .window = SIZE_MAX};
    const option table[] = {
        {"train", 0, OPTION_FLAG, &s.train, NULL, "on the training split instead of the test split"},
        {"match", 0, OPTION_TEXT, &s.match, "GLOB",
         "files: only those whose names are like this, whatever was trained on"},
        {"except", 0, OPTION_TEXT, &s.except, "GLOB", "files: not those whose names are like this"},
        {"test", 0, OPTION_NUMBER, &s.test, "SHARE",
         "the share to test with, where the data have no test split (that of the training)"},
        {"all", 0, OPTION_FLAG, &s.all, NULL, "on everything, where the data have no test split"},
        {"window", 0, OPTION_COUNT, &s.window, "n",
         "texts: sequences of n characters, each from its own beginning (as in the training)"},
        {"mono", 0, OPTION_FLAG, &s.mono, NULL, "files: channels mixed to one (as in the training)"},
        {"missing", 0, OPTION_TEXT, &s.missing, "refuse|hold",
         "what to do with missing values: an error, or hold the last one and count (as in the training)"},
        {"rate", 0, OPTION_NUMBER, &s.rate, "HZ",
         "the data's rate, where they tell none: the model runs at it, whatever it was trained at"},
        {"resample", 0, OPTION_NUMBER, &s.resample, "HZ", "sounds: to another rate, at which the model runs"},
        {"threads", 0, OPTION_COUNT, &s.threads, "T",
         "0: one a processor; the result does not depend on it (0)"},
        {"confusion", 0, OPTION_FLAG, &s.confusion, NULL, "how often each class was taken for each"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of a table"},
    };
    const options_page page = {
        .command = "eval",
        .synopsis = "MODEL DATA [OPTION]...",
        .purpose =
            "Measure a model on the test split of a data set: the share of right answers and the mean "
            "cross-entropy in nats, or of values the share of variance explained and the error; of texts the bits a "
            "character and the perplexity. DATA is read as 'loci train' read it: gray, permuted, with the same labels.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci eval digits.safetensors mnist\n"
                   "  loci eval spoken.safetensors recordings --match '*_[0-4].wav' --resample 4000",
        .operand = "MODEL DATA",
        .least = 2,
        .most = 2,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s);
        if (!status) status = evaluate(argv[1], argv[2], &s);
    }
    return status;
}
