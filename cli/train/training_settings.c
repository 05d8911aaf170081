/* SPDX-License-Identifier: MIT
 * training_settings.c - checks the options of `loci train` and turns them into what the library takes. */
#include "train/training_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "shared/message.h"
#include "shared/words.h"

/* The choices of a model, in the order of their enumerations. */
static const char *const layers[] = {"s4d", "lstm"}, *const norms[] = {"layer", "rms", "none"},
                         *const pools[] = {"mean", "last"}, *const discretizations[] = {"zoh", "bilinear"};
static const loci_discretization discretization_of[] = {LOCI_ZOH, LOCI_BILINEAR};

training_settings training_settings_none(void)
{
    return (training_settings){
        .layers = NOT_GIVEN,
        .width = NOT_GIVEN,
        .state = NOT_GIVEN,
        .dropout = NAN,
        .dt_min = NAN,
        .dt_max = NAN,
        .permute = NOT_GIVEN,
        .valid = NAN,
        .resample = NAN,
        .epochs = NOT_GIVEN,
        .steps = NOT_GIVEN,
        .batch = NOT_GIVEN,
        .patience = NOT_GIVEN,
        .seed = NOT_GIVEN,
        .threads = NOT_GIVEN,
        .lr = NAN,
        .lr_ssm = NAN,
        .decay = NAN,
        .warmup = NAN,
        .clip = NAN,
    };
}

static bool one_of(size_t *choice, const char *word, const char *const *words, size_t count)
{
    for (*choice = 0; *choice < count; ++*choice)
        if (strcmp(words[*choice], word) == 0) return true;
    return false;
}

/* Where in its words a choice that was checked stands. */
static size_t choice_of(const char *word, const char *const *words)
{
    size_t i = 0;
    while (strcmp(words[i], word) != 0) i++;
    return i;
}

static int words_check(const training_settings *s)
{
    const struct {
        const char *option, *given, *const *words;
        size_t count;
        const char *wanted;
    } choices[] = {
        {"layer", s->layer, layers, 2, "s4d or lstm"},
        {"norm", s->norm, norms, 3, "layer, rms or none"},
        {"pool", s->pool, pools, 2, "mean or last"},
        {"discretization", s->discretization, discretizations, 2, "zoh or bilinear"},
    };
    size_t choice;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (choices[i].given && !one_of(&choice, choices[i].given, choices[i].words, choices[i].count))
            return message_usage("train: --%s is \"%s\"; %s was expected", choices[i].option,
                                 choices[i].given, choices[i].wanted);
    return STATUS_DONE;
}

/* A number of least to most, or above least. */
static int range_check(const char *name, double value, double least, bool above, double most,
                       const char *wanted)
{
    if (isnan(value) || ((above ? value > least : value >= least) && value <= most)) return STATUS_DONE;
    char text[WORDS_SIZE];
    return message_usage("train: --%s is %s; %s was expected", name, words_number(text, value), wanted);
}

static double given(size_t count)
{
    return count == NOT_GIVEN ? NAN : (double)count;
}

static int numbers_check(const training_settings *s)
{
    static const double below_1 = 1 - 0x1p-53;
    int status = range_check("dropout", s->dropout, 0, false, below_1, "0 to below 1");
    if (!status) status = range_check("layers", given(s->layers), 1, false, LOCI_LAYERS_MAX, "1 to 1024");
    if (!status)
        status = range_check("width", given(s->width), 1, false, LOCI_LAYER_CHANNELS_MAX, "1 to 65535");
    if (!status)
        status =
            range_check("state", given(s->state), 2, false, LOCI_STATE_MAX, "an even number of 2 to 1024");
    if (!status && s->state != NOT_GIVEN && s->state % 2)
        status = message_usage("train: --state is %zu; an even number was expected", s->state);
    if (!status) status = range_check("dt-min", s->dt_min, 0, true, 1e6, "more than 0, at most 1e6");
    if (!status) status = range_check("dt-max", s->dt_max, 0, true, 1e6, "more than 0, at most 1e6");
    if (!status) status = range_check("valid", s->valid, 0, false, below_1, "0 to below 1");
    if (!status) status = range_check("resample", s->resample, 0, true, INFINITY, "more than 0 Hz");
    if (!status) status = range_check("batch", given(s->batch), 1, false, 65536, "1 to 65536");
    if (!status) status = range_check("lr", s->lr, 0, true, INFINITY, "more than 0");
    if (!status) status = range_check("lr-ssm", s->lr_ssm, 0, true, INFINITY, "more than 0");
    if (!status) status = range_check("decay", s->decay, 0, false, INFINITY, "0 or more");
    if (!status) status = range_check("warmup", s->warmup, 0, false, below_1, "0 to below 1");
    if (!status) status = range_check("clip", s->clip, 0, false, INFINITY, "0 or more");
    if (!status) status = range_check("seed", given(s->seed), 0, false, 0x1p62, "0 to 2^62");
    if (!status) status = range_check("permute", given(s->permute), 0, false, 0x1p62, "0 to 2^62");
    if (!status) status = range_check("threads", given(s->threads), 0, false, 1024, "0 to 1024");
    if (!status && s->valid == 0 && s->patience != NOT_GIVEN && s->patience > 0)
        status = message_usage(
            "train: --patience is about validation, and --valid 0 leaves none; one was expected");
    if (!status && s->steps == 0) status = message_usage("train: --steps is 0; 1 or more was expected");
    if (!status && s->steps == NOT_GIVEN && s->epochs == 0)
        status = message_usage("train: --epochs is 0, and no --steps ends the training; one was expected");
    return status;
}

int training_settings_check(const training_settings *s)
{
    loci_model_config config;
    loci_error error;
    if (!s->output && !s->show)
        return message_usage("train: -o MODEL.safetensors is missing; a file for the model was expected");
    if (s->output && strcmp(s->output, "-") == 0)
        return message_usage(
            "train: -o is standard output; a file was expected, which is written again and again");
    if (s->resume && s->restart)
        return message_usage("train: --resume and --restart exclude each other; one was expected");
    if (s->prenorm && s->postnorm)
        return message_usage("train: --prenorm and --postnorm exclude each other; one was expected");
    if (s->log && s->plot && strcmp(s->log, "-") == 0 && strcmp(s->plot, "-") == 0)
        return message_usage("train: the chart and the log both go to standard output; --log with a file was "
                             "expected");
    if (s->preset && loci_model_preset(&config, s->preset, 1, 1, &error) != LOCI_OK)
        return message_usage("train: --preset: %s", error.text);
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return message_usage("train: --plot: %s", error.text);
    const int status = words_check(s);
    return status ? status : numbers_check(s);
}

const char *training_settings_preset(const training_settings *s, const char *kind)
{
    if (s->preset) return s->preset;
    if (s->layer && strcmp(s->layer, "lstm") == 0) return "lstm";
    return strcmp(kind, "audio") == 0 ? "audio" : "small";
}

int training_settings_model(loci_model_config *config, const training_settings *s,
                            const loci_dataset_info *data)
{
    loci_error error;
    const char *preset = training_settings_preset(s, data->kind);
    if (loci_model_preset(config, preset, data->inputs, data->classes, &error) != LOCI_OK)
        return message_usage("train: --preset: %s", error.text);
    if (s->layer) config->layer = (loci_layer_kind)choice_of(s->layer, layers);
    const bool timed = s->state != NOT_GIVEN || !isnan(s->dt_min) || !isnan(s->dt_max) || s->discretization;
    if (timed && config->layer != LOCI_LAYER_S4D)
        return message_usage(
            "train: --state, --dt-min, --dt-max and --discretization are for s4d; the layers "
            "here are %s",
            layers[config->layer]);
    if (config->plain && (s->norm || s->prenorm || s->postnorm))
        return message_usage("train: the preset %s has neither residuals nor norms; --norm, --prenorm and "
                             "--postnorm are for others",
                             preset);
    if (s->layers != NOT_GIVEN) config->layers = s->layers;
    if (s->width != NOT_GIVEN) config->width = s->width;
    if (s->state != NOT_GIVEN) config->order = s->state;
    if (s->norm) config->norm = (loci_norm)choice_of(s->norm, norms);
    if (s->pool) config->pool = (loci_pool)choice_of(s->pool, pools);
    if (s->discretization)
        config->discretization = discretization_of[choice_of(s->discretization, discretizations)];
    if (s->prenorm || s->postnorm) config->prenorm = s->prenorm;
    if (!isnan(s->dropout)) config->dropout = s->dropout;
    if (!isnan(s->dt_min)) config->dt_min = s->dt_min;
    if (!isnan(s->dt_max)) config->dt_max = s->dt_max;
    if (config->layer == LOCI_LAYER_S4D && config->dt_min > config->dt_max) {
        char least[WORDS_SIZE], most[WORDS_SIZE];
        return message_usage("train: --dt-min is %s and --dt-max %s; the first was expected to be less",
                             words_number(least, config->dt_min), words_number(most, config->dt_max));
    }
    return STATUS_DONE;
}

uint64_t training_settings_seed(const training_settings *s)
{
    return s->seed != NOT_GIVEN ? s->seed : 0;
}

loci_train_options training_settings_options(const training_settings *s, const loci_model *model,
                                             const loci_dataset_info *data)
{
    loci_train_options o = loci_train_options_for(loci_model_configuration(model), data);
    if (s->steps != NOT_GIVEN) {
        o.steps = s->steps;
        if (s->steps) o.epochs = 0; /* --steps alone: so many, however many epochs these are */
    }
    if (s->epochs != NOT_GIVEN) o.epochs = s->epochs;
    if (s->batch != NOT_GIVEN) o.batch = s->batch;
    if (s->patience != NOT_GIVEN) o.patience = s->patience;
    o.seed = training_settings_seed(s);
    if (s->threads != NOT_GIVEN) o.threads = s->threads;
    if (!isnan(s->lr)) o.lr = s->lr;
    if (!isnan(s->lr_ssm)) o.lr_ssm = s->lr_ssm;
    if (!isnan(s->decay)) o.decay = s->decay;
    if (!isnan(s->warmup)) o.warmup = s->warmup;
    if (!isnan(s->clip)) o.clip = s->clip;
    return o;
}

loci_dataset_options training_settings_data(const training_settings *s)
{
    return (loci_dataset_options){
        .reading = {.gray = s->gray,
                    .permuted = s->permute != NOT_GIVEN,
                    .permutation = s->permute != NOT_GIVEN ? s->permute : 0,
                    .label = s->label,
                    .match = s->match,
                    .except = s->except,
                    .resample = isnan(s->resample) ? 0 : s->resample},
    };
}

static void shell_word(FILE *text, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@";
    if (*word && word[strspn(word, plain)] == 0) {
        fputs(word, text);
        return;
    }
    putc('\'', text);
    for (; *word; word++) fprintf(text, *word == '\'' ? "'\\''" : "%c", *word);
    putc('\'', text);
}

static bool about_running(const char *name)
{
    static const char *const names[] = {"output", "threads", "resume", "restart",
                                        "show",   "log",     "plot",   "note"};
    size_t i;
    return one_of(&i, name, names, sizeof names / sizeof names[0]);
}

char *training_settings_command(const options_page *page, const char *data)
{
    char *memory = NULL, number[WORDS_SIZE];
    size_t size;
    FILE *text = open_memstream(&memory, &size);
    if (!text) return NULL;
    fputs("loci train ", text);
    shell_word(text, data);
    for (size_t i = 0; i < page->count; i++) {
        const option *row = &page->options[i];
        const void *value = row->target;
        if (row->kind == OPTION_HEADING || about_running(row->name)) continue;
        if (row->kind == OPTION_FLAG && *(const bool *)value) fprintf(text, " --%s", row->name);
        if (row->kind == OPTION_COUNT && *(const size_t *)value != NOT_GIVEN)
            fprintf(text, " --%s %zu", row->name, *(const size_t *)value);
        if (row->kind == OPTION_NUMBER && !isnan(*(const double *)value))
            fprintf(text, " --%s %s", row->name, words_number(number, *(const double *)value));
        if (row->kind == OPTION_TEXT && *(const char *const *)value) {
            fprintf(text, " --%s ", row->name);
            shell_word(text, *(const char *const *)value);
        }
    }
    const bool good = !ferror(text);
    if (fclose(text) == 0 && good) return memory;
    free(memory);
    return NULL;
}
