/* SPDX-License-Identifier: MIT
 * model_begin.c - a model that is to be trained begins as another. */
#include "model/model.h"

#include <stdbool.h>
#include <string.h>

#include "base/status.h"

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* The class of `from` that is class i of the model; as many as it has: none. */
static size_t place_of(const loci_model *model, const loci_model *from, size_t i)
{
    const char *const *own = model->about.classes, *const *others = from->about.classes;
    const size_t count = from->config.outputs;
    if (!own || !others || (i < count && same(own[i], others[i]))) return i;
    size_t k = 0;
    while (k < count && !same(own[i], others[k])) k++;
    return k;
}

static loci_status fits(const loci_model *model, const loci_model *from, loci_error *error)
{
    char own[32], other[32];
    const loci_field *field;
    for (size_t i = 0; (field = loci_config_field(i)) != NULL; i++) {
        if (field->role != LOCI_FIELD_REBUILDS || !loci_config_has(&model->config, field) ||
            same(field->name, "outputs") ||
            loci_config_bits(&model->config, field) == loci_config_bits(&from->config, field))
            continue;
        loci_config_get(&model->config, field->name, own, sizeof own, NULL);
        loci_config_get(&from->config, field->name, other, sizeof other, NULL);
        return loci_fail(error, LOCI_E_MISMATCH, "%s is %s, and %s in the model that it is to begin as",
                         field->name, own, other);
    }
    if (!loci_task_inspect(model->about.task)->next || !loci_task_inspect(from->about.task)->next)
        return LOCI_OK;
    for (size_t i = 0; i < model->config.outputs; i++)
        if (place_of(model, from, i) != i)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "token %zu is %.60s, and %.60s in the model that it is to begin as", i,
                             model->about.classes[i], from->about.classes[i]);
    return LOCI_OK;
}

/* What output i of the network stands for: target = output / scale + shift. */
static void targets_of(const loci_model *model, size_t i, double *shift, double *scale)
{
    *shift = model->about.target_shift ? model->about.target_shift[i] : 0;
    *scale = model->about.target_scale ? model->about.target_scale[i] : 1;
}

/* Whether the decoder can be brought to the model's units: a shift needs a bias, and a tied one is the embedding. */
static bool same_values(const loci_model *model, const loci_model *from)
{
    double own, before, scale, scale_before;
    for (size_t i = 0; i < model->config.outputs && model->config.head != LOCI_HEAD_LINEAR; i++) {
        targets_of(model, i, &own, &scale);
        targets_of(from, i, &before, &scale_before);
        if (own != before || (model->config.head == LOCI_HEAD_TIED && scale != scale_before)) return false;
    }
    return true;
}

static bool same_answers(const loci_model *model, const loci_model *from)
{
    if (model->about.task != from->about.task || model->config.outputs != from->config.outputs) return false;
    if (loci_task_inspect(model->about.task)->values) return same_values(model, from);
    for (size_t i = 0; i < model->config.outputs; i++) {
        const size_t place = place_of(model, from, i);
        if (place == from->config.outputs || (place != i && model->config.head == LOCI_HEAD_TIED))
            return false;
    }
    return true;
}

/* Weights [outputs][..] or biases [outputs], for the same answers in the model's order and units. */
static void take_answers(loci_model *model, const loci_model *from, const loci_parameter *p, const float *x)
{
    const size_t outputs = model->config.outputs, n = p->count / outputs;
    for (size_t i = 0; i < outputs; i++) {
        double shift, scale, shift_before, scale_before;
        const float *row = x + place_of(model, from, i) * n;
        targets_of(model, i, &shift, &scale);
        targets_of(from, i, &shift_before, &scale_before);
        const double offset = p->dimensions == 1 ? (shift_before - shift) * scale : 0;
        for (size_t k = 0; k < n; k++)
            model->values[p->offset + i * n + k] = (float)(scale / scale_before * (double)row[k] + offset);
    }
}

loci_status loci_model_begin(loci_model *model, const loci_model *from, int *whole, loci_error *error)
{
    static const char decoder[] = "decoder.";
    loci_model_about about = model->about;
    about.size = sizeof about;
    about.shift = from->about.shift, about.scale = from->about.scale;
    if (from->about.rate > 0) about.rate = from->about.rate;
    loci_status status = fits(model, from, error);
    if (!status) status = loci_model_describe(model, &about, error);
    if (status) return status;
    const bool all = same_answers(model, from);
    for (size_t k = 0; k < model->parameters; k++) {
        const loci_parameter *p = &model->table[k];
        const float *x = from->values + from->table[k].offset;
        if (strncmp(p->name, decoder, sizeof decoder - 1) != 0)
            memcpy(model->values + p->offset, x, p->count * sizeof *x);
        else if (all)
            take_answers(model, from, p, x);
    }
    if (whole) *whole = all;
    return LOCI_OK;
}
