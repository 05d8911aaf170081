/* SPDX-License-Identifier: MIT
 * command_train.c - from a data set to a model's file. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/token.h>

#include "model/dataset_tell.h"
#include "model/model_open.h"
#include "model/trained_columns.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/ranks.h"
#include "shared/words.h"
#include "train/training.h"
#include "train/training_chance.h"
#include "train/training_choice.h"
#include "train/training_files.h"
#include "train/training_settings.h"
#include "train/training_show.h"

typedef struct {
    const char *path;
    loci_dataset *train, *valid; /* valid NULL: none */
    loci_model *model;
    loci_model *from; /* that of --from; NULL: none */
} work;

/* As the options say, but by the inputs of the model that the training begins from and, of a text, by its tokens. */
static loci_dataset_options data_options(const work *w, const training_settings *s)
{
    loci_dataset_options read = training_settings_data(s);
    if (!w->from) return read;
    const loci_model_about *about = loci_model_description(w->from);
    read.reading.inputs = about->reading.inputs;
    read.reading.input_count = about->reading.input_count;
    if (!loci_task_inspect(about->task)->next) return read;
    read.reading.bytes = read.reading.bytes || about->reading.bytes;
    read.classes = about->classes;
    read.class_count = loci_model_configuration(w->from)->outputs;
    if (!s->task) read.target_given = 1, read.target = (loci_target){.each = LOCI_TARGET_NEXT};
    return read;
}

/* mean and scale [outputs] of values; one that never changes cannot be learned. */
static int targets_measure(const work *w, double *mean, double *scale)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    loci_error error;
    if (loci_dataset_target_moments(w->train, mean, scale, &error) != LOCI_OK)
        return message_error(w->path, &error);
    for (size_t i = 0; i < info.outputs; i++) {
        char text[WORDS_SIZE];
        if (!(scale[i] > 0))
            return message_fail(
                "%s: value %zu of the targets is %s in all of the training; values that differ were "
                "expected",
                w->path, i, words_number(text, mean[i]));
        scale[i] = 1 / scale[i];
    }
    return STATUS_DONE;
}

/* numbers: room for shift, scale [inputs] and shift, scale [outputs]. */
static int describe_with(const work *w, const training_settings *s, double *numbers)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    const bool values = info.target.values != 0;
    double *shift = numbers, *scale = shift + info.inputs, *mean = scale + info.inputs,
           *share = mean + info.outputs;
    loci_error error;
    const bool own =
        info.target.each != LOCI_TARGET_NEXT && !w->from; /* else tokens, or those of the other */
    if (own && loci_dataset_moments(w->train, shift, scale, &error) != LOCI_OK)
        return message_error(w->path, &error);
    for (size_t i = 0; i < info.inputs; i++) scale[i] = scale[i] > 0 ? 1 / scale[i] : 1;
    const int status = values ? targets_measure(w, mean, share) : STATUS_DONE;
    if (status) return status;
    const loci_dataset_options read = data_options(w, s);
    loci_model_about about = {
        .size = sizeof about,
        .rate = info.rate,
        .shift = own ? shift : NULL,
        .scale = own ? scale : NULL,
        .classes = info.names,
        .task = training_settings_task(s, &info),
        .target_shift = values ? mean : NULL,
        .target_scale = values ? share : NULL,
        .reading = read.reading,
    };
    about.reading.learned = info.value_names;
    about.reading.learned_count = info.value_count;
    about.reading.inputs = info.input_names;
    about.reading.input_count = info.input_names ? info.inputs : 0;
    return loci_model_describe(w->model, &about, &error) == LOCI_OK ? STATUS_DONE
                                                                    : message_error(w->path, &error);
}

/* The model is told how its data were read and what is learned of them, and learns their mean and deviation. */
static int describe(const work *w, const training_settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    double *numbers = calloc(2 * (info.inputs + info.outputs), sizeof *numbers);
    const int status = numbers ? describe_with(w, s, numbers) : message_memory();
    free(numbers);
    return status;
}

/* What nobody asked for in so many words is said, unless it is the usual. */
static void task_tell(const work *w, const training_settings *s)
{
    const loci_target target = loci_dataset_inspect(w->train).target;
    const loci_task_info *task = loci_task_inspect(loci_task_of(target.values, target.each));
    if (!s->task && target.each == LOCI_TARGET_NEXT)
        message_note("%s: is read as a text, so the task is %s, to predict the next %s (--task chooses)",
                     w->path, task->name, data_options(w, s).reading.bytes ? "byte" : "character");
    else if (!s->task && (target.values || target.each))
        message_note("%s: targets are %s%s, so the task is %s (--task chooses)", w->path, task->target,
                     target.each ? "" : " of each sequence", task->name);
}

/* The data's own validation split, of the classes of the training split. */
static int valid_open(work *w, const loci_dataset_options *read, const loci_dataset_info *train)
{
    loci_dataset_options options = *read;
    options.test = LOCI_SPLIT_VALID;
    options.classes = train->classes > 0 ? train->names : NULL;
    options.class_count = train->classes;
    options.target_given = 1;
    options.target = train->target;
    loci_error error;
    return loci_dataset_open(&w->valid, w->path, &options, &error) == LOCI_OK
               ? STATUS_DONE
               : message_error(w->path, &error);
}

/* ---- a training that begins from a model ---- */

static int task_fits(const work *w, const training_settings *s, loci_task task)
{
    const bool each = loci_model_configuration(w->from)->pool == LOCI_POOL_NONE,
               next = loci_task_inspect(loci_model_description(w->from)->task)->next != 0;
    const loci_task_info *wanted = loci_task_inspect(task);
    if (!wanted->next == !next && !wanted->each == !each) return STATUS_DONE;
    return message_fail("%s: the task is %s, and %s, which the training is to begin from, answers %s",
                        w->path, wanted->name, s->from,
                        next   ? "with the next token"
                        : each ? "at every sample"
                               : "once a sequence");
}

static int from_read(work *w, const training_settings *s)
{
    loci_task task;
    const int status = model_read(&w->from, s->from);
    if (status) return status;
    if (loci_model_configuration(w->from)->layer == LOCI_LAYER_BANK)
        return message_fail(
            "%s: is a bank of oscillators, which 'loci fit' learns with; a network was expected", s->from);
    if (loci_task_inspect(loci_model_description(w->from)->task)->next && !loci_token_kind(w->from))
        return message_fail(
            "%s: knows its tokens by number alone; a model that was trained on a text was expected", s->from);
    const bool asked = s->task && loci_task_find(&task, s->task, NULL) == LOCI_OK;
    return asked ? task_fits(w, s, task) : STATUS_DONE;
}

/* That inputs of the same names stand in the same order. */
static int inputs_fit(const work *w, const training_settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    const loci_reading *r = &loci_model_description(w->from)->reading;
    if (!info.input_names || info.inputs != r->input_count) return STATUS_DONE;
    for (size_t i = 0; i < info.inputs; i++)
        for (size_t k = 0; k < info.inputs; k++)
            if (k != i && strcmp(info.input_names[i], r->inputs[k]) == 0)
                return message_fail(
                    "%s: input %zu is %s, which is input %zu of %s; the same order was expected", w->path,
                    i + 1, info.input_names[i], k + 1, s->from);
    trained_columns_compare(w->path, r, info.input_names, info.inputs);
    return STATUS_DONE;
}

static int from_fits(const work *w, const training_settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    const size_t inputs = loci_model_configuration(w->from)->inputs;
    char has[WORDS_SIZE], takes[WORDS_SIZE];
    const int status = task_fits(w, s, training_settings_task(s, &info));
    if (status) return status;
    if (info.inputs != inputs)
        return message_fail("%s: has %s a sample; %s, as %s takes, %s expected", w->path,
                            words_plural(has, info.inputs, "input"), words_count(takes, inputs), s->from,
                            inputs == 1 ? "was" : "were");
    return inputs_fit(w, s);
}

/* After the model was described. */
static int from_begin(const work *w, const training_settings *s)
{
    int whole;
    loci_error error;
    if (loci_model_begin(w->model, w->from, &whole, &error) != LOCI_OK) return message_error(w->path, &error);
    const bool values = loci_task_inspect(loci_model_description(w->from)->task)->values ||
                        loci_dataset_inspect(w->train).target.values;
    if (!whole)
        message_note("%s: has other %s than %s, of which all is taken but its decoder, which begins anew",
                     w->path, values ? "targets" : "classes", s->from);
    return STATUS_DONE;
}

static int configure(loci_model_config *config, const work *w, const training_settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    if (!w->from) return training_settings_model(config, s, &info);
    const int status = from_fits(w, s);
    return status ? status : training_settings_from(config, s, loci_model_configuration(w->from), &info);
}

static int prepare(work *w, const training_settings *s)
{
    loci_error error;
    loci_model_config config;
    int status = s->from ? from_read(w, s) : STATUS_DONE;
    if (status) return status;
    const loci_dataset_options read = data_options(w, s);
    const uint64_t seed = training_settings_seed(s);
    if (loci_dataset_open(&w->train, w->path, &read, &error) != LOCI_OK) return dataset_fail(w->path, &error);
    task_tell(w, s);
    const loci_dataset_info all = loci_dataset_inspect(w->train);
    const bool validates = all.validates && isnan(s->valid);
    if (validates && valid_open(w, &read, &all)) return STATUS_FAILED;
    dataset_tell(w->path, w->train, w->valid);
    const double share = validates ? 0 : training_choice_share(s, &all);
    if (share > 0 && loci_dataset_divide(&w->valid, w->train, share, seed, &error) != LOCI_OK) {
        const bool patient = s->patience != NOT_GIVEN && s->patience > 0;
        if (!all.overlap || read.reading.group || patient || !isnan(s->valid) ||
            error.status != LOCI_E_ARGUMENT)
            return message_error(w->path, &error);
        message_note(
            "%s: no windows are kept to validate with, since all others share rows with them; a larger --stride allows it",
            w->path);
    }
    status = configure(&config, w, s);
    if (status) return status;
    if (loci_model_create(&w->model, &config, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("train: %s", error.text)
                                               : message_error(NULL, &error);
    loci_model_initialize(w->model, seed);
    status = describe(w, s);
    return status || !w->from ? status : from_begin(w, s);
}

static int show(const work *w, const training_settings *s)
{
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    const loci_train_options options = training_settings_options(s, w->model, &info);
    loci_trainer *trainer;
    char choice[CHOICE_SIZE];
    loci_error error;
    if (loci_trainer_create(&trainer, w->model, w->train, w->valid, &options, &error) != LOCI_OK)
        return message_error(NULL, &error);
    const loci_train_report report = loci_trainer_report(trainer);
    loci_trainer_free(trainer);
    return training_show_plan(w->path, w->train, w->valid, training_settings_preset(s, info.kind), s->from,
                              w->model, &options, &report,
                              training_choice_words(choice, s, w->train, w->valid, &report, &options));
}

static bool is_missing(const char *path)
{
    return path && (output_is_stream(path) || access(path, F_OK) != 0);
}

/* What a training that is finished leaves undone. */
static void finished_tell(const training_settings *s)
{
    const bool log = is_missing(s->log), plot = is_missing(s->plot);
    if (log || plot)
        message_warn(
            "%s: its steps went with its end, so that there is nothing to write for %s; --restart trains anew",
            s->output,
            !plot ? "--log"
            : log ? "--log and --plot"
                  : "--plot");
}

static int train(const work *w, const training_settings *s, const options_page *page)
{
    char *command = training_settings_command(page, 1, &w->path);
    if (!command) return message_memory();
    const loci_dataset_info info = loci_dataset_inspect(w->train);
    const training_plan plan = {
        .output = s->output,
        .log = s->log,
        .command = command,
        .note = s->note,
        .resume = s->resume,
        .options = training_settings_options(s, w->model, &info),
        .settings = s,
    };
    training_result result;
    int status = training_run(&result, w->model, w->train, w->valid, &plan);
    if (!status && result.finished) {
        fprintf(stderr, "loci: %s: this training is finished\n", s->output);
        finished_tell(s);
    } else if (!status) {
        const bool log_told = s->log && strcmp(s->log, "-") == 0;
        const bool drawn_instead = s->plot && strcmp(s->plot, "-") == 0;
        if (s->plot && ranks_first()) status = training_draw(&result, s->output, s->plot);
        if (!status) status = training_forget(s->output);
        if (!status && !log_told && !drawn_instead) status = training_show_result(&result, w->model, &plan);
        if (!status) training_chance_warn(&result, w->train, w->valid);
    }
    training_release(&result);
    free(command);
    return status;
}

static int run(work *w, training_settings *s, const options_page *page)
{
    int status = training_settings_check(s);
    if (!status && !s->show)
        status = training_files_check(s, ".resume", (const char *const[]){w->path, s->from}, 2, "train");
    if (!status && !s->show)
        status = ranks_status(ranks_first() ? training_check(s->output, s->resume, s->restart) : STATUS_DONE);
    if (!status) status = prepare(w, s);
    if (!status) status = s->show ? show(w, s) : train(w, s, page);
    return status;
}

static const char purpose[] =
    "Train a model to tell sequences apart, or a value from them, or to write on. DATA is a folder with a sub-folder of CSV, NPY "
    "or sound files for each class, a CSV file with a column to be learned, NAME_TRAIN.ts or .tsv, or a folder of "
    "NumPy arrays train_x.npy and train_y.npy, of IDX files (MNIST), or CIFAR-10 (binary), or a text.\n"
    "\n"
    "MODEL.safetensors is the best model so far, all that 'loci eval', 'predict', 'stream' and 'generate' need. "
    "While the training runs, MODEL.safetensors.resume holds what --resume needs: after a signal, a "
    "kill, a failure of the power.";
static const char closing[] =
    "Examples:\n"
    "  loci train mnist -o digits.safetensors --epochs 3\n"
    "  loci train cifar-10-batches-bin -o s4d.safetensors --preset s4-example --show\n"
    "  loci train book.txt -o book.safetensors\n"
    "  loci train walks.csv -o walks.safetensors --label gait --group walk --test 0.2\n"
    "  loci train recordings -o spoken.safetensors --label '{label}_*' --except '*_[0-4].wav'";

int command_train(int argc, char **argv)
{
    training_settings s = training_settings_none();
    const option before[] = {
        {"output", 'o', OPTION_OUTPUT, &s.output, "MODEL.safetensors", "the model's file"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The model:"},
        {"from", 0, OPTION_TEXT, &s.from, "BEGINNING",
         "begins as this model, which the options below may not change, but --dropout; where the classes are others, its decoder begins anew"},
        {"preset", 0, OPTION_TEXT, &s.preset, "NAME",
         "s4-example, small, audio, lstm, gru, mingru, conv, s5, text, mamba, mamba2, s4, attention or bank, which the options below change (for sounds audio, for texts text, else small)"},
    };
    const option behind[] = {
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The data:"},
        {"task", 0, OPTION_TEXT, &s.task, "class|class-each|value|value-each|next",
         "what is learned of a sequence: class or value, class-each or value-each at every sample, of a text the next character (as targets look)"},
        {"valid", 0, OPTION_NUMBER, &s.valid, "SHARE",
         "this share (of each class) is kept to validate with; 0: none (0.1, or 0 of less than 500)"},
        {"bytes", 0, OPTION_FLAG, &s.bytes, NULL, "any file: its bytes are learned as those of a text"},
        {"gray", 0, OPTION_FLAG, &s.gray, NULL, "images: colours to one channel"},
        {"permute", 0, OPTION_COUNT, &s.permute, "SEED",
         "images, arrays: the samples of every sequence in one random order"},
        TRAINING_DATA_OPTIONS(s, "; texts: of n characters (256)"),
        {"test", 0, OPTION_NUMBER, &s.test, "SHARE",
         "this share of each class is kept to test with, where the data have no test split"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The training:"},
        {"epochs", 0, OPTION_COUNT, &s.epochs, "E",
         "how many times through the data (10; of few sequences more, of texts up to 20)"},
        {"steps", 0, OPTION_COUNT, &s.steps, "S", "ends after so many steps; without --epochs just then"},
        {"batch", 0, OPTION_COUNT, &s.batch, "B",
         "sequences a step (64; of few sequences, or long ones, fewer, of texts 8)"},
        {"lr", 0, OPTION_NUMBER, &s.lr, "X",
         "the learning rate at its highest (0.01, of lstm, gru, conv, attention and bank 0.001, of mamba and mamba2 0.002)"},
        {"lr-ssm", 0, OPTION_NUMBER, &s.lr_ssm, "X", "at most that for state spaces (0.001)"},
        {"decay", 0, OPTION_NUMBER, &s.decay, "X", "weight decay (0.01)"},
        {"warmup", 0, OPTION_NUMBER, &s.warmup, "SHARE",
         "the rate rises for this share of the steps, then falls as a cosine (0.05)"},
        {"clip", 0, OPTION_NUMBER, &s.clip, "NORM",
         "gradients that are larger are scaled to it; 0: none (1)"},
        {"patience", 0, OPTION_COUNT, &s.patience, "n",
         "ends after so many epochs without a better validation; 0: never (0)"},
        {"augment", 0, OPTION_TEXT, &s.augment, "flip,shift",
         "images: mirrored, moved by some pixels, or both, each time that one is learned from, by chance"},
        {"precision", 0, OPTION_TEXT, &s.precision, "float|bf16",
         "of what products are made: bf16 rounds factors to 8 bits, where the processor has AVX512-BF16: twice as fast on Zen 4 (float)"},
        {"seed", 0, OPTION_COUNT, &s.seed, "S", "of all that is random (0)"},
        {"threads", 0, OPTION_COUNT, &s.threads, "T",
         "0: one a processor; the model does not depend on it (0)"},
        {"shards", 0, OPTION_COUNT, &s.shards, "n",
         "a batch in so many parts, each for a thread at a time; the last bits depend on it (0: 8, of large batches up to 64)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The run:"},
        {"resume", 0, OPTION_FLAG, &s.resume, NULL,
         "go on where the same command was stopped; the model becomes the same to the bit"},
        {"restart", 0, OPTION_FLAG, &s.restart, NULL, "begin anew although one was stopped"},
        {"log", 0, OPTION_OUTPUT, &s.log, "FILE.jsonl",
         "a line of JSON for each step and each epoch ('-': standard output)"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw loss and score at the end: .svg, .png, or '-': in the terminal instead of the result"},
        {"note", 0, OPTION_TEXT, &s.note, "TEXT", "kept in the model"},
        {"show", 0, OPTION_FLAG, &s.show, NULL, "say what would be trained, and on what, and do not"},
    };
    enum { BEFORE = sizeof before / sizeof *before, BEHIND = sizeof behind / sizeof *behind };
    option table[BEFORE + 2 * TRAINING_FIELDS_MAX + BEHIND];
    memcpy(table, before, sizeof before);
    const size_t fields = training_settings_fields(table + BEFORE, &s);
    memcpy(table + BEFORE + fields, behind, sizeof behind);
    const options_page page = {
        .command = "train",
        .synopsis = "DATA -o MODEL.safetensors [OPTION]...\nDATA --show [OPTION]...",
        .purpose = purpose,
        .options = table,
        .count = BEFORE + fields + BEHIND,
        .closing = closing,
        .operand = "DATA",
        .least = 1,
        .most = 1,
    };
    work w = {0};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        w.path = argv[1];
        status = run(&w, &s, &page);
    }
    loci_model_free(w.model);
    loci_model_free(w.from);
    loci_dataset_close(w.valid);
    loci_dataset_close(w.train);
    options_release(&s.columns);
    return status;
}
