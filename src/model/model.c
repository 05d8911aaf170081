/* SPDX-License-Identifier: MIT
 * model.c - a configuration, its parameters, and what it is about. */
#define LOCI_REAL_IS_DOUBLE 0
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <loci/token.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/utf8.h"
#include "hippo/normal.h"
#include "model/config.h"
#include "model/initial_modes.h"
#include "model/model_reading.h"
#include "model/stack.h"
#include "model/task.h"

/* The presets: what differs from the first one, which is the S4 repository's example. */
static const struct {
    const char *name;
    size_t layers, width, order;
    loci_layer_kind layer;
    double dt_min, dropout;
    int prenorm, plain; /* prenorm 2: and a norm behind the last layer */
    loci_norm norm;
} presets[] = {
    {"s4-example", 4, 128, 64, LOCI_LAYER_S4D, 0.001, 0.1, 0, 0, LOCI_NORM_LAYER},
    {"small", 4, 64, 32, LOCI_LAYER_S4D, 0.001, 0.1, 0, 0, LOCI_NORM_LAYER},
    {"audio", 4, 64, 64, LOCI_LAYER_S4D, 0.0001, 0.1, 1, 0, LOCI_NORM_LAYER},
    {"lstm", 1, 128, 64, LOCI_LAYER_LSTM, 0.001, 0, 0, 1, LOCI_NORM_NONE},
    {"gru", 1, 128, 64, LOCI_LAYER_GRU, 0.001, 0, 0, 1, LOCI_NORM_NONE},
    {"mingru", 4, 64, 64, LOCI_LAYER_MINGRU, 0.001, 0.1, 1, 0, LOCI_NORM_LAYER},
    {"conv", 8, 64, 64, LOCI_LAYER_CONV, 0.001, 0.1, 1, 0, LOCI_NORM_LAYER},
    {"s5", 4, 128, 64, LOCI_LAYER_S5, 0.001, 0.1, 1, 0, LOCI_NORM_LAYER},
    {"text", 4, 128, 64, LOCI_LAYER_MINGRU, 0.001, 0, 2, 0, LOCI_NORM_LAYER},
    {"mamba", 4, 128, 16, LOCI_LAYER_MAMBA, 0.001, 0.1, 1, 0, LOCI_NORM_RMS},
    {"mamba2", 4, 128, 32, LOCI_LAYER_MAMBA2, 0.001, 0.1, 1, 0, LOCI_NORM_RMS},
    {"s4", 4, 64, 32, LOCI_LAYER_S4, 0.001, 0.1, 0, 0, LOCI_NORM_LAYER},
    {"attention", 4, 64, 64, LOCI_LAYER_ATTENTION, 0.001, 0.1, 1, 0, LOCI_NORM_LAYER},
    {"bank", 1, 768, 0, LOCI_LAYER_BANK, 0.001, 0, 0, 1, LOCI_NORM_NONE},
};
enum { PRESETS = sizeof presets / sizeof *presets };

static loci_status no_preset(const char *name, loci_error *error)
{
    char names[192] = "";
    for (size_t i = 0; i < PRESETS; i++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s",
                 i == 0            ? ""
                 : i + 1 < PRESETS ? ", "
                                   : " or ",
                 presets[i].name);
    }
    return loci_fail(error, LOCI_E_ARGUMENT, "there is no preset %.60s; %s was expected", name, names);
}

loci_status loci_model_preset_sized(loci_model_config *config, size_t size, const char *name, size_t inputs,
                                    size_t outputs, loci_error *error)
{
    size_t k = 0;
    while (k < PRESETS && strcmp(presets[k].name, name) != 0) k++;
    if (k == PRESETS) return no_preset(name, error);
    const loci_model_config c = {.size = size,
                                 .layer = presets[k].layer,
                                 .inputs = inputs,
                                 .outputs = outputs,
                                 .layers = presets[k].layers,
                                 .width = presets[k].width,
                                 .order = presets[k].order,
                                 .discretization = LOCI_ZOH,
                                 .dt_min = presets[k].dt_min,
                                 .dt_max = 0.1,
                                 .plain = presets[k].plain,
                                 .norm = presets[k].norm,
                                 .prenorm = presets[k].prenorm != 0,
                                 .dropout = presets[k].dropout,
                                 .tied = 1,
                                 .span = 1000,
                                 .pool = LOCI_POOL_MEAN,
                                 .kernel_width = presets[k].layer >= LOCI_LAYER_MAMBA ? 4 : 3,
                                 .expand = presets[k].layer >= LOCI_LAYER_MAMBA ? 1 : 0,
                                 .dilations = 8,
                                 .final_norm = presets[k].prenorm == 2,
                                 .heads = 4,
                                 .mixer = presets[k].layer == LOCI_LAYER_ATTENTION ? LOCI_MIXER_MLP
                                                                                   : LOCI_MIXER_GATED};
    loci_sized_give(config, size, &c, sizeof c);
    return LOCI_OK;
}

/* The table of all layers, one after the other. */
static loci_status tabulate(loci_model *model, const loci_stack *stack, loci_error *error)
{
    model->flags = stack->flags;
    for (size_t i = 0; i < stack->count; i++) model->parameters += stack->at[i].layer->parameters;
    model->table = loci_allocate_by(loci_allocator_of(model), model->parameters, sizeof *model->table);
    model->size = stack->size;
    if (!model->table)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu parameters", model->parameters);
    size_t k = 0;
    for (size_t i = 0; i < stack->count; i++)
        for (size_t j = 0; j < stack->at[i].layer->parameters; j++, k++) {
            model->table[k] = stack->at[i].layer->parameter[j];
            model->table[k].offset += stack->at[i].parameters;
            model->count += model->table[k].count;
        }
    return LOCI_OK;
}

loci_status loci_model_outline(loci_model **out, const loci_model_config *given, loci_error *error)
{
    loci_stack stack;
    loci_model_config whole = {0};
    loci_status status = LOCI_CONFIG_TAKE(&whole, given, error);
    const loci_model_config *config = &whole;
    if (!status) status = loci_config_check(config, error);
    if (!status) status = loci_stack_create(&stack, config, error);
    if (status) return status;
    loci_model *model = loci_allocate_by(config->allocator, 1, sizeof *model);
    if (model) {
        model->config = *config;
        model->config.size = sizeof model->config; /* what is made of it has all of its fields */
        model->config.allocator = NULL;            /* loci_allocator_of(model), which lives as long */
        status = tabulate(model, &stack, error);
    } else {
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a model");
    }
    loci_stack_free(&stack);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

loci_status loci_model_room(loci_model *model, loci_error *error)
{
    model->values = loci_allocate_by(loci_allocator_of(model), model->size, sizeof *model->values);
    return model->values ? LOCI_OK
                         : loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu numbers", model->size);
}

static loci_status make_modes(loci_model *model, loci_error *error)
{
    loci_model_config config = model->config;
    config.allocator = loci_allocator_of(model);
    return loci_initial_modes_make(&model->modes, &config, error);
}

loci_status loci_model_create(loci_model **out, const loci_model_config *config, loci_error *error)
{
    loci_model *model;
    loci_status status = loci_model_outline(&model, config, error);
    if (status) return status;
    status = make_modes(model, error);
    if (!status) status = loci_model_room(model, error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

void loci_model_free(loci_model *model)
{
    if (!model) return;
    loci_free(model->table);
    loci_free(model->modes);
    loci_free(model->values);
    loci_free(model->about_memory);
    loci_free(model);
}

loci_status loci_model_copy(loci_model **out, const loci_model *from, loci_error *error)
{
    loci_model *model;
    loci_model_config config = from->config;
    config.allocator = loci_allocator_of(from);
    loci_status status = loci_model_outline(&model, &config, error);
    if (status) return status;
    loci_model_about about = from->about;
    about.size = sizeof about;
    status = loci_model_room(model, error);
    if (!status) memcpy(model->values, from->values, from->size * sizeof *from->values);
    if (!status) status = loci_model_describe(model, &about, error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

/* Order a: a/2 numbers, one after the other, until they are at an end. */
static void normal_part(float *v, size_t count, size_t order)
{
    double mu = 0;
    for (size_t k = 0; k < order / 2; k++) {
        mu = loci_normal_frequency(order, k, mu);
        for (size_t i = k; i < count; i += order / 2) v[i] = (float)mu;
    }
}

/* Number i of a parameter. */
static double initial_value(const loci_parameter *p, uint64_t key, size_t i)
{
    const size_t last = p->dimensions ? p->shape[p->dimensions - 1] : 1;
    switch (p->initial) {
    case LOCI_INITIAL_CONSTANT:
    case LOCI_INITIAL_NORMAL_PART: /* not number by number */
    case LOCI_INITIAL_MODES:
        break;
    case LOCI_INITIAL_UNIFORM:
        return p->a + (p->b - p->a) * loci_random_uniform(key, i);
    case LOCI_INITIAL_GATES:
        return p->a + (p->b - p->a) * loci_random_uniform(key, i) + (i / (p->count / 4) == 1 ? 1 : 0);
    case LOCI_INITIAL_NORMAL:
        return p->a + p->b * loci_random_normal(key, i);
    case LOCI_INITIAL_LOG_NORMAL:
        return exp(p->a + p->b * loci_random_normal(key, i));
    case LOCI_INITIAL_LADDER:
        return p->a + p->b * (double)(i % last);
    case LOCI_INITIAL_LOG_LADDER:
        return log(p->a + p->b * (double)(i % last));
    case LOCI_INITIAL_LOG_UNIFORM:
        return log(p->a + (p->b - p->a) * loci_random_uniform(key, i));
    case LOCI_INITIAL_STEPS: {
        const double times = p->b / p->a, at = loci_random_uniform(key, i);
        const double step =
            isfinite(times) ? p->a * exp(log(times) * at) : exp(log(p->a) + (log(p->b) - log(p->a)) * at);
        return step + log(-expm1(-step));
    }
    }
    return p->a;
}

void loci_model_initialize(loci_model *model, uint64_t seed)
{
    for (size_t k = 0; k < model->parameters; k++) {
        const loci_parameter *p = &model->table[k];
        const uint64_t key = loci_random_key(seed, loci_random_stream(p->name));
        if (p->initial == LOCI_INITIAL_NORMAL_PART) {
            normal_part(model->values + p->offset, p->count, (size_t)p->a);
            continue;
        }
        if (p->initial == LOCI_INITIAL_MODES) {
            if (!model->modes && make_modes(model, NULL)) continue;
            loci_initial_modes_fill(model->values + p->offset, p, model->modes, model->config.order);
            continue;
        }
        for (size_t i = 0; i < p->count; i++) model->values[p->offset + i] = (float)initial_value(p, key, i);
    }
}

const loci_model_config *loci_model_configuration(const loci_model *model)
{
    return &model->config;
}

const loci_parameter *loci_model_parameters(const loci_model *model, size_t *count)
{
    *count = model->parameters;
    return model->table;
}

size_t loci_model_count(const loci_model *model)
{
    return model->count;
}

size_t loci_model_size(const loci_model *model)
{
    return model->size;
}

float *loci_model_values(loci_model *model)
{
    return model->values;
}

const float *loci_model_values_const(const loci_model *model)
{
    return model->values;
}

/* ---- description ---- */

static loci_status check_text(const char *what, const char *text, loci_error *error)
{
    return !text || loci_utf8_valid(text)
               ? LOCI_OK
               : loci_fail(error, LOCI_E_ARGUMENT, "%s is not UTF-8, which is what a model's texts must be",
                           what);
}

/* "shift of input 3 is nan"; what: "input" or "target". */
static loci_status check_scales(const char *what, const double *shift, const double *scale, size_t count,
                                loci_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (shift && !isfinite(shift[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "shift of %s %zu is %g; a finite number was expected",
                             what, i, shift[i]);
        if (scale && !(isfinite(scale[i]) && scale[i] != 0))
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "scale of %s %zu is %g; a number other than 0 was expected", what, i, scale[i]);
    }
    return LOCI_OK;
}

static loci_status check_task(const loci_model *model, const loci_model_about *about, loci_error *error)
{
    const loci_task_info *task = loci_task_inspect(about->task);
    if (!task)
        return loci_fail(error, LOCI_E_ARGUMENT, "task is number %d; 0 to %d was expected", (int)about->task,
                         LOCI_TASKS - 1);
    if (task->next && loci_model_looks_ahead(model))
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "the task is %s, and the model looks ahead (bidirectional) at what it would predict; one that does "
            "not was expected",
            task->name);
    if (task->next && (!model->config.vocabulary || model->config.outputs != model->config.vocabulary))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "the task is %s, and the model has a vocabulary of %zu and %zu outputs; as many "
                         "outputs, 1 or more, were expected",
                         task->name, model->config.vocabulary, model->config.outputs);
    if (model->config.vocabulary && (about->shift || about->scale))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "the model takes tokens, for which no shift and scale were expected");
    if (task->each && model->config.pool != LOCI_POOL_NONE)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "the task is %s, and the model has a pool; none was expected", task->name);
    if (task->values ? about->classes != NULL : about->target_shift || about->target_scale)
        return loci_fail(error, LOCI_E_ARGUMENT, "the task is %s, for which no %s were expected", task->name,
                         task->values ? "classes" : "shift and scale of targets");
    return check_scales("target", about->target_shift, about->target_scale, model->config.outputs, error);
}

static loci_status check_about(const loci_model *model, const loci_model_about *about, loci_error *error)
{
    if (!(about->rate >= 0 && isfinite(about->rate)))
        return loci_fail(error, LOCI_E_ARGUMENT, "rate is %g Hz; 0 or more was expected", about->rate);
    loci_status status = check_scales("input", about->shift, about->scale, model->config.inputs, error);
    if (!status) status = loci_model_reading_check(&about->reading, model->config.inputs, error);
    if (!status) status = check_text("note", about->note, error);
    for (size_t i = 0; about->classes && !status && i < model->config.outputs; i++) {
        char what[48];
        snprintf(what, sizeof what, "name of class %zu", i);
        status = check_text(what, about->classes[i], error);
    }
    return status ? status : check_task(model, about, error);
}

/* A copy of numbers [count] at *at, which moves on. */
static const double *keep_numbers(double **at, const double *numbers, size_t count)
{
    if (!numbers) return NULL;
    double *copy = memcpy(*at, numbers, count * sizeof *copy);
    *at += count;
    return copy;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* A copy of text at *at, which moves on. */
static const char *keep(char **at, const char *text)
{
    if (!text) return NULL;
    const size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

loci_status loci_model_describe(loci_model *model, const loci_model_about *given, loci_error *error)
{
    loci_model_about whole = {0};
    const loci_model_about *about = &whole;
    loci_status status = LOCI_SIZED_TAKE_SINCE(&whole, given, loci_model_about, reading.skip, error);
    if (!status) status = check_about(model, about, error);
    if (status) return status;
    const size_t inputs = model->config.inputs, outputs = model->config.outputs,
                 classes = about->classes ? outputs : 0, numbers = 2 * (inputs + outputs),
                 reading = loci_model_reading_size(&about->reading);
    size_t texts = text_size(about->note);
    for (size_t i = 0; i < classes; i++) texts += text_size(about->classes[i]);
    char *memory = loci_allocate_by(loci_allocator_of(model),
                                    numbers * sizeof(double) + classes * sizeof(char *) + reading + texts, 1);
    if (!memory) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the description of a model");
    double *number = (double *)(void *)memory;
    const char **names = (const char **)(void *)(number + numbers);
    char *at = (char *)(names + classes) + reading;
    loci_model_about copy = *about;
    copy.reading = loci_model_reading_keep(&about->reading, at - reading);
    copy.size = 0;
    copy.shift = keep_numbers(&number, about->shift, inputs);
    copy.scale = keep_numbers(&number, about->scale, inputs);
    copy.target_shift = keep_numbers(&number, about->target_shift, outputs);
    copy.target_scale = keep_numbers(&number, about->target_scale, outputs);
    for (size_t i = 0; i < classes; i++) names[i] = keep(&at, about->classes[i]);
    if (about->classes) copy.classes = names;
    copy.note = keep(&at, about->note);
    loci_free(model->about_memory); /* last: about may be the model's own */
    model->about_memory = memory;
    model->about = copy;
    return LOCI_OK;
}

const loci_model_about *loci_model_description(const loci_model *model)
{
    return &model->about;
}

void loci_model_answer(const loci_model *model, double *answer, const float *y)
{
    const loci_task_row *task = loci_task_look_up(model->about.task);
    const size_t outputs = model->config.outputs, count = task->is.next ? loci_token_count(model) : outputs;
    task->mean(answer, y, count, model->about.target_shift, model->about.target_scale);
    for (size_t i = count; i < outputs; i++) answer[i] = 0;
}
