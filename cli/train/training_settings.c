/* SPDX-License-Identifier: MIT
 * training_settings.c - checks the options of `loci train` and turns them into what the library takes. */
#include "train/training_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "shared/message.h"
#include "shared/ranks.h"
#include "shared/source.h"
#include "shared/words.h"

training_settings training_settings_none(void)
{
    training_settings s = {
        .permute = NOT_GIVEN,
        .window = NOT_GIVEN,
        .stride = NOT_GIVEN,
        .horizon = NOT_GIVEN,
        .skip = NOT_GIVEN,
        .valid = NAN,
        .resample = NAN,
        .test = NAN,
        .epochs = NOT_GIVEN,
        .steps = NOT_GIVEN,
        .batch = NOT_GIVEN,
        .patience = NOT_GIVEN,
        .seed = NOT_GIVEN,
        .threads = NOT_GIVEN,
        .shards = NOT_GIVEN,
        .lr = NAN,
        .lr_ssm = NAN,
        .decay = NAN,
        .warmup = NAN,
        .clip = NAN,
    };
    for (size_t i = 0; i < TRAINING_FIELDS_MAX; i++) s.field[i].count = NOT_GIVEN, s.field[i].number = NAN;
    return s;
}

/* ---- options that set a field of the configuration ---- */

/* "s4d|lstm", and of a field that is not for all layers whose it is: "s4d: states a channel". */
static void describe(training_field *given, const loci_field *field)
{
    size_t used = 0;
    for (size_t i = 0; !field->argument && field->words && field->words[i] && used < sizeof given->argument;
         i++)
        used += (size_t)snprintf(given->argument + used, sizeof given->argument - used, "%s%s", i ? "|" : "",
                                 field->words[i]);
    used = 0;
    for (unsigned kind = 0; field->layers >> kind && used < sizeof given->help; kind++)
        if (field->layers >> kind & 1)
            used += (size_t)snprintf(given->help + used, sizeof given->help - used, "%s%s", used ? ", " : "",
                                     loci_layer_name((loci_layer_kind)kind));
    if (used < sizeof given->help)
        snprintf(given->help + used, sizeof given->help - used, "%s%s", used ? ": " : "", field->help);
}

size_t training_settings_fields(option *rows, training_settings *s)
{
    size_t count = 0;
    const loci_field *field;
    for (size_t i = 0; i < TRAINING_FIELDS_MAX && (field = loci_config_field(i)) != NULL; i++) {
        training_field *given = &s->field[i];
        if (!field->option) continue;
        describe(given, field);
        const char *argument = field->argument ? field->argument : given->argument;
        option row = {field->option, 0, OPTION_TEXT, &given->text, argument, given->help};
        if (field->kind == LOCI_FIELD_COUNT) row.kind = OPTION_COUNT, row.target = &given->count;
        if (field->kind == LOCI_FIELD_NUMBER) row.kind = OPTION_NUMBER, row.target = &given->number;
        if (field->kind == LOCI_FIELD_FLAG) {
            row.kind = OPTION_FLAG, row.target = &given->on, row.argument = NULL;
            if (field->meanings) row.help = field->meanings[1];
        }
        rows[count++] = row;
        if (field->kind == LOCI_FIELD_FLAG && field->words)
            rows[count++] = (option){field->words[0], 0, OPTION_FLAG, &given->off, NULL, field->meanings[0]};
    }
    return count;
}

/* What was given, as a text; NULL: nothing. */
static const char *text_of(char text[WORDS_SIZE], const training_field *given)
{
    if (given->text) return given->text;
    if (given->on || given->off) return given->on ? "true" : "false";
    if (!isnan(given->number)) return words_number(text, given->number);
    if (given->count == NOT_GIVEN) return NULL;
    snprintf(text, WORDS_SIZE, "%zu", given->count);
    return text;
}

/* Sets what was given. A status, after saying what is wrong. */
static int fields_set(loci_model_config *config, const training_settings *s)
{
    char text[WORDS_SIZE];
    loci_error error;
    const loci_field *field;
    for (size_t i = 0; i < TRAINING_FIELDS_MAX && (field = loci_config_field(i)) != NULL; i++) {
        const training_field *given = &s->field[i];
        const char *value = text_of(text, given);
        if (!value) continue;
        if (given->on && given->off)
            return message_usage("train: --%s and --%s exclude each other; one was expected", field->option,
                                 field->words[0]);
        if (loci_config_set(config, field->name, value, &error) != LOCI_OK) /* it begins with the name */
            return message_usage("train: --%s%s", field->option, error.text + strlen(field->name));
    }
    return STATUS_DONE;
}

/* Whether the option of a field was given. */
static bool given_field(const training_settings *s, const char *name)
{
    char text[WORDS_SIZE];
    const loci_field *field;
    for (size_t i = 0; (field = loci_config_field(i)) != NULL; i++)
        if (strcmp(field->name, name) == 0) return text_of(text, &s->field[i]) != NULL;
    return false;
}

/* That fields that were given are those of this kind of layer. */
static int fields_fit(const loci_model_config *config, const training_settings *s)
{
    char text[WORDS_SIZE];
    const loci_field *field;
    for (size_t i = 0; i < TRAINING_FIELDS_MAX && (field = loci_config_field(i)) != NULL; i++)
        if (text_of(text, &s->field[i]) && !loci_config_has(config, field))
            return message_usage("train: --%s is not for layers of %s", field->option,
                                 loci_layer_name(config->layer));
    return STATUS_DONE;
}

/* ---- checks ---- */

static bool one_of(size_t *choice, const char *word, const char *const *words, size_t count)
{
    for (*choice = 0; *choice < count; ++*choice)
        if (strcmp(words[*choice], word) == 0) return true;
    return false;
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

/* *augment = the flags of "flip,shift"; nothing for NULL. */
static bool augment_read(uint64_t *augment, const char *words)
{
    *augment = 0;
    while (words) {
        const size_t length = strcspn(words, ",");
        const uint64_t flag = length == 4 && memcmp(words, "flip", 4) == 0    ? LOCI_AUGMENT_FLIP
                              : length == 5 && memcmp(words, "shift", 5) == 0 ? LOCI_AUGMENT_SHIFT
                                                                              : 0;
        if (!flag || *augment & flag) return false;
        *augment |= flag;
        words = words[length] ? words + length + 1 : NULL;
    }
    return true;
}

static loci_precision precision_of(const training_settings *s)
{
    return s->precision && strcmp(s->precision, "bf16") == 0 ? LOCI_PRECISION_BF16 : LOCI_PRECISION_FLOAT;
}

static int numbers_check(const training_settings *s)
{
    static const double below_1 = 1 - 0x1p-53;
    int status = STATUS_DONE;
    if (!status) status = range_check("valid", s->valid, 0, false, below_1, "0 to below 1");
    if (!status && s->test == 0) status = message_usage("train: --test is 0; a share above 0 was expected");
    if (!status) status = range_check("test", s->test, 0, false, below_1, "0 to below 1");
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
    if (!status) status = range_check("shards", given(s->shards), 0, false, LOCI_SHARDS_MAX, "0 to 65536");
    uint64_t augment;
    if (!status && !augment_read(&augment, s->augment))
        status =
            message_usage("train: --augment is \"%s\"; flip, shift or flip,shift was expected", s->augment);
    if (!status && s->precision && strcmp(s->precision, "float") != 0 && strcmp(s->precision, "bf16") != 0)
        status = message_usage("train: --precision is \"%s\"; float or bf16 was expected", s->precision);
    if (!status && s->precision && !loci_precision_available(precision_of(s)))
        status = message_usage(
            "train: --precision is bf16, and this processor has no such products (AVX512-BF16); float was expected");
    if (!status && s->valid == 0 && s->patience != NOT_GIVEN && s->patience > 0)
        status = message_usage(
            "train: --patience is about validation, and --valid 0 leaves none; one was expected");
    if (!status) status = range_check("window", given(s->window), 1, false, 0x1p62, "1 or more");
    if (!status) status = range_check("stride", given(s->stride), 1, false, 0x1p62, "1 or more");
    if (!status && s->decimal && strcmp(s->decimal, ",") != 0 && strcmp(s->decimal, ".") != 0)
        status = message_usage("train: --decimal is \"%s\"; a point or a comma was expected", s->decimal);
    if (!status) status = source_missing_check(s->missing, "train");
    if (!status) status = range_check("horizon", given(s->horizon), 1, false, 4096, "1 to 4096");
    if (!status && s->stride != NOT_GIVEN && s->window == NOT_GIVEN && s->horizon == NOT_GIVEN)
        status = message_usage("train: --stride is between windows; --window n was expected with it");
    if (!status && s->label && s->horizon != NOT_GIVEN)
        status = message_usage("train: --label and --horizon exclude each other; one was expected");
    if (!status && s->label && s->value)
        status = message_usage("train: --label and --value exclude each other; one was expected");
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
    if (s->from && s->preset)
        return message_usage("train: --from and --preset exclude each other; one was expected");
    if (s->from && strcmp(s->from, "-") == 0)
        return message_usage(
            "train: --from is standard input; a file was expected, which --resume reads again");
    if (s->log && s->plot && strcmp(s->log, "-") == 0 && strcmp(s->plot, "-") == 0)
        return message_usage("train: the chart and the log both go to standard output; --log with a file was "
                             "expected");
    loci_task task;
    if (s->task && loci_task_find(&task, s->task, &error) != LOCI_OK)
        return message_usage("train: --%s", error.text);
    if (s->task && loci_task_inspect(task)->each && given_field(s, "pool"))
        return message_usage(
            "train: --pool makes one answer of a sequence, and the task %s has one at every sample; "
            "no --pool was expected",
            s->task);
    if (s->preset && loci_model_preset(&config, s->preset, 1, 1, &error) != LOCI_OK)
        return message_usage("train: --preset: %s", error.text);
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return message_usage("train: --plot: %s", error.text);
    if (!s->preset) config = (loci_model_config){0};
    const int status = fields_set(&config, s); /* ranges are those of its layer */
    return status ? status : numbers_check(s);
}

const char *training_settings_preset(const training_settings *s, const char *kind)
{
    if (s->preset) return s->preset;
    loci_model_config config = {0};
    if (given_field(s, "layer") && fields_set(&config, s) == STATUS_DONE && config.layer != LOCI_LAYER_S4D)
        return loci_layer_traits_of(config.layer)->preset;
    return strcmp(kind, "audio") == 0 ? "audio" : strcmp(kind, "text") == 0 ? "text" : "small";
}

int training_settings_model(loci_model_config *config, const training_settings *s,
                            const loci_dataset_info *data)
{
    loci_error error;
    const char *preset = training_settings_preset(s, data->kind);
    if (loci_model_preset(config, preset, data->inputs, data->outputs, &error) != LOCI_OK)
        return message_usage("train: --preset: %s", error.text);
    if (data->target.each == LOCI_TARGET_NEXT) config->vocabulary = data->outputs;
    int status = fields_set(config, s);
    if (!status) status = fields_fit(config, s);
    if (status) return status;
    if (config->plain && (given_field(s, "norm") || given_field(s, "prenorm")))
        return message_usage("train: the preset %s has neither residuals nor norms; --norm, --prenorm and "
                             "--postnorm are for others",
                             preset);
    if (given_field(s, "pool") && data->target.each)
        return message_usage(
            "train: --pool makes one answer of a sequence, and these have a target at every sample; "
            "no --pool was expected");
    if (data->target.each)
        config->pool = LOCI_POOL_NONE;
    else if (config->pool == LOCI_POOL_NONE)
        return message_usage("train: --pool is \"none\"; mean or last was expected");
    if (loci_config_check(config, &error) != LOCI_OK) return message_usage("train: %s", error.text);
    return STATUS_DONE;
}

int training_settings_from(loci_model_config *config, const training_settings *s,
                           const loci_model_config *from, const loci_dataset_info *data)
{
    char text[WORDS_SIZE], own[WORDS_SIZE];
    const loci_field *field;
    loci_error error;
    *config = *from;
    int status = fields_set(config, s);
    if (!status && config->layer == from->layer) status = fields_fit(config, s);
    if (status) return status;
    for (size_t i = 0; i < TRAINING_FIELDS_MAX && (field = loci_config_field(i)) != NULL; i++) {
        const training_field *given = &s->field[i];
        if (field->role == LOCI_FIELD_TRAINS ||
            loci_config_bits(config, field) == loci_config_bits(from, field))
            continue;
        if (field->kind == LOCI_FIELD_FLAG)
            return message_usage("train: --%s is not how %s was made; none was expected with --from",
                                 given->off ? field->words[0] : field->option, s->from);
        loci_config_get(from, field->name, own, sizeof own, NULL);
        return message_usage("train: --%s is %s; %s, as %s has it, or none was expected with --from",
                             field->option, text_of(text, given), own, s->from);
    }
    config->outputs = data->outputs;
    if (data->target.each == LOCI_TARGET_NEXT) config->vocabulary = data->outputs;
    if (loci_config_check(config, &error) != LOCI_OK) return message_usage("train: %s", error.text);
    return STATUS_DONE;
}

loci_task training_settings_task(const training_settings *s, const loci_dataset_info *data)
{
    loci_task task;
    if (s->task && loci_task_find(&task, s->task, NULL) == LOCI_OK) return task;
    return loci_task_of(data->target.values, data->target.each);
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
    if (s->shards != NOT_GIVEN) o.shards = s->shards;
    o.threads = ranks_threads(o.threads);
    o.team = ranks_team();
    o.precision = precision_of(s);
    if (!isnan(s->lr)) o.lr = s->lr;
    if (!isnan(s->lr_ssm)) o.lr_ssm = s->lr_ssm;
    if (!isnan(s->decay)) o.decay = s->decay;
    if (!isnan(s->warmup)) o.warmup = s->warmup;
    if (!isnan(s->clip)) o.clip = s->clip;
    augment_read(&o.augment, s->augment);
    return o;
}

loci_dataset_options training_settings_data(const training_settings *s)
{
    loci_task task = LOCI_TASK_CLASS;
    if (s->task) loci_task_find(&task, s->task, NULL);
    const loci_task_info *info = loci_task_inspect(task);
    return (loci_dataset_options){
        .size = sizeof(loci_dataset_options),
        .target_given = s->task != NULL,
        .target = {.values = info->values, .each = info->next ? LOCI_TARGET_NEXT : info->each},
        .reading = {.gray = s->gray,
                    .bytes = s->bytes,
                    .mono = s->mono,
                    .test = isnan(s->test) ? 0 : s->test,
                    .permuted = s->permute != NOT_GIVEN,
                    .permutation = s->permute != NOT_GIVEN ? s->permute : 0,
                    .label = s->label,
                    .value = s->value,
                    .group = s->group,
                    .time = s->time,
                    .columns = s->columns.count ? s->columns.items : NULL,
                    .column_count = s->columns.count,
                    .window = s->window != NOT_GIVEN ? s->window : 0,
                    .stride = s->stride != NOT_GIVEN ? s->stride : 0,
                    .skip = s->skip != NOT_GIVEN ? s->skip : 0,
                    .decimal = s->decimal ? *s->decimal : 0,
                    .match = s->match,
                    .except = s->except,
                    .resample = isnan(s->resample) ? 0 : s->resample,
                    .hold = source_missing_holds(s->missing, false),
                    .horizon = s->horizon != NOT_GIVEN ? s->horizon : 0},
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
    static const char *const names[] = {"output", "threads", "resume", "restart", "show",
                                        "log",    "plot",    "note",   "json",    "final"};
    size_t i;
    return one_of(&i, name, names, sizeof names / sizeof names[0]);
}

char *training_settings_command(const options_page *page, size_t count, const char *const *data)
{
    char *memory = NULL, number[WORDS_SIZE];
    size_t size;
    FILE *text = open_memstream(&memory, &size);
    if (!text) return NULL;
    fprintf(text, "loci %s", page->command);
    for (size_t i = 0; i < count; i++) {
        putc(' ', text);
        shell_word(text, data[i]);
    }
    for (size_t i = 0; i < page->count; i++) {
        const option *row = &page->options[i];
        const void *value = row->target;
        if (row->kind == OPTION_HEADING || about_running(row->name)) continue;
        if (row->kind == OPTION_FLAG && *(const bool *)value) fprintf(text, " --%s", row->name);
        if (row->kind == OPTION_COUNT && *(const size_t *)value != NOT_GIVEN)
            fprintf(text, " --%s %zu", row->name, *(const size_t *)value);
        if (row->kind == OPTION_NUMBER && !isnan(*(const double *)value))
            fprintf(text, " --%s %s", row->name, words_number(number, *(const double *)value));
        for (size_t k = 0; row->kind == OPTION_LIST && k < ((const option_list *)value)->count; k++) {
            fprintf(text, " --%s ", row->name);
            shell_word(text, ((const option_list *)value)->items[k]);
        }
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
