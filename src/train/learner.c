/* SPDX-License-Identifier: MIT
 * learner.c - models that learn in one pass: what is known of the sequences. */
#include "train/learner.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "train/fit.h"

enum { MODES = 1000, MODES_MAX = 20000 };

void loci_learner_free(loci_learner *l)
{
    if (!l) return;
    loci_model_bank_close(l->bank);
    loci_model_free(l->model);
    loci_free(l->told);
    loci_free(l->target);
    loci_free(l->moments);
    loci_free(l);
}

loci_model *loci_learner_model(const loci_learner *l)
{
    return l->model;
}

static loci_status options_take(loci_learner_options *o, const loci_learner_options *given, loci_error *error)
{
    *o = (loci_learner_options){.size = sizeof *o};
    if (given) {
        const loci_status status = LOCI_SIZED_TAKE(o, given, "loci_learner_options", error);
        if (status) return status;
    }
    if (o->modes > MODES_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "modes is %zu; 1 to %d was expected", o->modes, MODES_MAX);
    if (o->seed > UINT64_C(1) << 52)
        return loci_fail(error, LOCI_E_ARGUMENT, "seed is %llu; 0 to 2^52 was expected",
                         (unsigned long long)o->seed);
    if (o->span != 0 && !(o->span >= 2 && o->span <= 1e9))
        return loci_fail(error, LOCI_E_ARGUMENT, "span is %g; 2 to 1e9 samples was expected", o->span);
    return LOCI_OK;
}

/* A learner of a model, which it takes over, on failure too. */
static loci_status learner_of(loci_learner **out, loci_model *model, loci_error *error)
{
    const loci_model_config *c = loci_model_configuration(model);
    loci_learner *l = loci_allocate(1, sizeof *l);
    *out = NULL;
    if (!l) {
        loci_model_free(model);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a learner");
    }
    l->model = model;
    l->features = c->width;
    l->targets = c->outputs;
    l->rate = 1;
    const loci_status status = loci_model_bank_open(&l->bank, model, error);
    if (!status) loci_model_bank_prepare(l->bank, model, l->rate);
    if (status)
        loci_learner_free(l);
    else
        *out = l;
    return status;
}

/* ---- creation ---- */

static loci_status task_check(loci_task *task, const loci_dataset_info *info, const loci_learner_options *o,
                              loci_error *error)
{
    *task = o->task_given ? o->task : loci_task_of(info->target.values, info->target.each);
    const loci_task_info *is = loci_task_inspect(*task);
    if (!is || is->each || is->next || info->target.each)
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "the set has %s; one label or values of each sequence, which a bank can learn, were expected",
            loci_task_inspect(loci_task_of(info->target.values, info->target.each))->target);
    if (!is->values != !info->target.values)
        return loci_fail(error, LOCI_E_MISMATCH, "the set has %s of a sequence; the task is %s, for %s",
                         loci_task_inspect(loci_task_of(info->target.values, 0))->target, is->name,
                         is->target);
    return LOCI_OK;
}

/* numbers: room for shift, scale [inputs] and shift, scale [outputs]. */
static loci_status describe(loci_model *model, const loci_dataset *set, loci_task task,
                            const loci_learner_options *o, double *numbers, loci_error *error)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    const bool values = info.target.values != 0;
    double *shift = numbers, *scale = shift + info.inputs, *mean = scale + info.inputs,
           *share = mean + info.outputs;
    loci_status status = loci_dataset_moments(set, shift, scale, error);
    if (!status && values) status = loci_dataset_target_moments(set, mean, share, error);
    if (status) return status;
    for (size_t i = 0; i < info.inputs; i++) scale[i] = scale[i] > 0 ? 1 / scale[i] : 1;
    for (size_t i = 0; values && i < info.outputs; i++) {
        if (!(share[i] > 0))
            return loci_fail(
                error, LOCI_E_VALUE,
                "value %zu of the targets is %g in all sequences; values that differ were expected", i,
                mean[i]);
        share[i] = 1 / share[i];
    }
    loci_model_about about = {
        .size = sizeof about,
        .rate = info.rate,
        .shift = shift,
        .scale = scale,
        .classes = info.names,
        .task = task,
        .target_shift = values ? mean : NULL,
        .target_scale = values ? share : NULL,
    };
    if (o->reading) about.reading = *o->reading;
    about.reading.learned = info.value_names;
    about.reading.learned_count = info.value_count;
    about.reading.inputs = info.input_names;
    about.reading.input_count = info.input_names ? info.inputs : 0;
    return loci_model_describe(model, &about, error);
}

loci_status loci_learner_create(loci_learner **out, const loci_dataset *set,
                                const loci_learner_options *given, loci_error *error)
{
    loci_learner_options o;
    loci_model_config config;
    loci_task task;
    *out = NULL;
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_status status = options_take(&o, given, error);
    if (!status) status = task_check(&task, &info, &o, error);
    if (!status) status = loci_model_preset(&config, "bank", info.inputs, info.outputs, error);
    if (status) return status;
    const size_t features = loci_model_bank_each(o.statistics);
    const double mean = (double)info.samples / (double)info.sequences;
    config.statistics = o.statistics;
    config.width = features * (o.modes ? o.modes : MODES);
    config.span = o.span > 0 ? o.span : mean > 2 ? mean : 2;
    config.bank_seed = (size_t)o.seed;
    loci_model *model;
    status = loci_model_create(&model, &config, error);
    if (status) return status;
    double *numbers = loci_allocate(2 * (info.inputs + info.outputs), sizeof *numbers);
    status = numbers ? describe(model, set, task, &o, numbers, error)
                     : loci_fail(error, LOCI_E_MEMORY, "out of memory for a learner");
    loci_free(numbers);
    if (status) {
        loci_model_free(model);
        return status;
    }
    loci_learner *l;
    status = learner_of(&l, model, error);
    if (!status) status = loci_learner_thresholds(l, set, &o, error);
    if (status) {
        if (l) loci_learner_free(l);
        return status;
    }
    *out = l;
    return LOCI_OK;
}

loci_status loci_learner_like(loci_learner **out, const loci_model *from, loci_error *error)
{
    *out = NULL;
    if (loci_model_configuration(from)->layer != LOCI_LAYER_BANK)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "it is a model of %s; one of a bank, made by fit, was expected",
                         loci_layer_traits_of(loci_model_configuration(from)->layer)->title);
    loci_model *model;
    const loci_status status = loci_model_copy(&model, from, error);
    return status ? status : learner_of(out, model, error);
}

/* ---- what is known ---- */

loci_ridge loci_learner_moments(const loci_learner *l)
{
    return loci_ridge_at(l->moments, l->features + 1, l->targets, (double)l->sequences);
}

/* Rows of statistics, and a constant, into moments. A few at a time, so that they stay in cache. */
static loci_status products(loci_learner *l, const float *told, const double *target, size_t count,
                            loci_error *error)
{
    enum { SOME = 64 };
    const size_t p = l->features;
    loci_ridge moments = loci_learner_moments(l);
    double *rows = loci_allocate(SOME * (p + 1), sizeof *rows);
    if (!rows) return loci_fail(error, LOCI_E_MEMORY, "out of memory to learn from %zu sequences", count);
    for (size_t done = 0; done < count;) {
        const size_t some = count - done < SOME ? count - done : SOME;
        for (size_t i = 0; i < some; i++) {
            for (size_t f = 0; f < p; f++) rows[i * (p + 1) + f] = (double)told[(done + i) * p + f];
            rows[i * (p + 1) + p] = 1;
        }
        loci_ridge_push(&moments, rows, target + done * l->targets, some);
        done += some;
    }
    loci_free(rows);
    return LOCI_OK;
}

/* Sums of products of what is known one by one. */
static loci_status sums_make(loci_learner *l, loci_error *error)
{
    if (l->moments) return LOCI_OK;
    const size_t size = loci_ridge_size(l->features + 1, l->targets);
    l->moments = size ? loci_allocate(size, sizeof *l->moments) : NULL;
    if (!l->moments)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for products of %zu statistics", l->features);
    const loci_status status = products(l, l->told, l->target, l->sequences, error);
    if (status) {
        loci_free(l->moments);
        l->moments = NULL;
        return status;
    }
    loci_free(l->told);
    loci_free(l->target);
    l->told = NULL, l->target = NULL, l->room = 0;
    return LOCI_OK;
}

static loci_status room_make(loci_learner *l, size_t rows, loci_error *error)
{
    if (rows <= l->room) return LOCI_OK;
    const size_t p = l->features, q = l->targets, room = rows;
    float *told = loci_allocate(room, p * sizeof *told);
    double *target = loci_allocate(room, q * sizeof *target);
    if (!told || !target) {
        loci_free(told);
        loci_free(target);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the statistics of %zu sequences", rows);
    }
    if (l->told) memcpy(told, l->told, l->sequences * p * sizeof *told);
    if (l->target) memcpy(target, l->target, l->sequences * q * sizeof *target);
    loci_free(l->told);
    loci_free(l->target);
    l->told = told, l->target = target, l->room = room;
    return LOCI_OK;
}

/* More sequences, of which that is known. Up to as many sequences as statistics are known one by one, and all are products from the one after on: in whatever pieces they came. */
static loci_status sequences_add(loci_learner *l, const float *told, const double *target, size_t count,
                                 loci_error *error)
{
    const size_t p = l->features, q = l->targets,
                 left = l->moments || l->sequences >= p ? 0 : p - l->sequences;
    const size_t each = count < left ? count : left;
    loci_status status = each ? room_make(l, l->sequences + each, error) : LOCI_OK;
    if (status) return status;
    if (each) {
        memcpy(l->told + l->sequences * p, told, each * p * sizeof *told);
        memcpy(l->target + l->sequences * q, target, each * q * sizeof *target);
        l->sequences += each;
    }
    if (each == count) return LOCI_OK;
    status = sums_make(l, error);
    if (!status) status = products(l, told + each * p, target + each * q, count - each, error);
    if (!status) l->sequences += count - each;
    return status;
}

static void targets_read(const loci_learner *l, double *target, const loci_dataset *set, size_t i)
{
    const loci_model_about *about = loci_model_description(l->model);
    if (about->task == LOCI_TASK_CLASS) {
        for (size_t j = 0; j < l->targets; j++) target[j] = j == loci_dataset_label(set, i) ? 1 : -1;
        return;
    }
    loci_dataset_read_target(set, i, target);
    for (size_t j = 0; about->target_shift && j < l->targets; j++)
        target[j] = (target[j] - about->target_shift[j]) * about->target_scale[j];
}

loci_status loci_learner_push(loci_learner *l, const loci_dataset *set, const loci_learner_options *given,
                              loci_error *error)
{
    enum { PART = 1024 }; /* sequences whose statistics are in memory at a time */
    loci_learner_options o;
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_status status = options_take(&o, given, error);
    if (!status) status = loci_fit_check(l->model, set, "set", error);
    if (!status) status = loci_fit_steps(&l->rate, l->model, info.rate, error);
    if (status) return status;
    loci_model_bank_prepare(l->bank, l->model, l->rate);
    const size_t part = info.sequences < PART ? info.sequences : PART;
    float *told = loci_allocate(part, l->features * sizeof *told);
    double *target = loci_allocate(part, l->targets * sizeof *target);
    if (!told || !target)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for the statistics of %zu sequences", part);
    for (size_t done = 0; !status && done < info.sequences;) {
        const size_t some = info.sequences - done < part ? info.sequences - done : part;
        status = loci_learner_look(l, told, set, done, some, &o, error);
        for (size_t i = 0; i < some && !status; i++) targets_read(l, target + i * l->targets, set, done + i);
        if (!status) status = sequences_add(l, told, target, some, error);
        done += some;
    }
    loci_free(told);
    loci_free(target);
    return status;
}

static bool alike(const loci_model *a, const loci_model *b)
{
    const loci_model_config *c = loci_model_configuration(a), *d = loci_model_configuration(b);
    const loci_model_about *e = loci_model_description(a), *f = loci_model_description(b);
    if (c->layer != d->layer || c->inputs != d->inputs || c->outputs != d->outputs || c->width != d->width ||
        c->statistics != d->statistics || c->span != d->span || c->bank_seed != d->bank_seed ||
        e->task != f->task || !e->classes != !f->classes)
        return false;
    for (size_t j = 0; e->classes && j < c->outputs; j++)
        if (strcmp(e->classes[j], f->classes[j]) != 0) return false;
    for (size_t i = 0; i < c->inputs; i++)
        if ((e->shift ? e->shift[i] : 0) != (f->shift ? f->shift[i] : 0) ||
            (e->scale ? e->scale[i] : 1) != (f->scale ? f->scale[i] : 1))
            return false;
    for (size_t j = 0; e->target_shift && f->target_shift && j < c->outputs; j++)
        if (e->target_shift[j] != f->target_shift[j] || e->target_scale[j] != f->target_scale[j])
            return false;
    const loci_parameter *p = loci_model_parameters(a, &(size_t){0});
    return memcmp(loci_model_values_const(a) + p[0].offset, loci_model_values_const(b) + p[0].offset,
                  p[0].count * sizeof(float)) == 0;
}

loci_status loci_learner_add(loci_learner *l, const loci_learner *other, loci_error *error)
{
    if (l == other)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a learner cannot be added to itself; another one was expected");
    if (!alike(l->model, other->model))
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "the learners have different banks or classes; models of one bank (fit --like) were expected");
    if (!other->moments) return sequences_add(l, other->told, other->target, other->sequences, error);
    const loci_status status = sums_make(l, error);
    if (status) return status;
    loci_ridge moments = loci_learner_moments(l);
    const loci_ridge more = loci_learner_moments(other);
    loci_ridge_add(&moments, &more);
    l->sequences += other->sequences;
    return LOCI_OK;
}
