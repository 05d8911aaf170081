/* SPDX-License-Identifier: MIT
 * import_attention.c - attention that others trained: the state_dict of PyTorch's MultiheadAttention.
 *
 * The model is the layer alone, without positions: its inputs and outputs are its channels, the decoder is the identity. */
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/model.h"
#include "model/model_file.h"

enum { NAME = LOCI_NAME_SIZE };
static const char layer[] = "attention_layers.0.";

/* The tensor of a parameter of the layer: its name behind the prefix. */
static void name_of(char name[NAME], const char *prefix, const loci_parameter *p)
{
    snprintf(name, NAME, "%s%s", prefix, p->name + sizeof layer - 1);
}

static int is_of_layer(const loci_parameter *p)
{
    return strncmp(p->name, layer, sizeof layer - 1) == 0;
}

/* Every tensor is a parameter's: the first that is not is named. */
static loci_status check_surplus(const loci_model *model, const loci_safetensors *file, const char *prefix,
                                 loci_error *error)
{
    for (size_t i = 0; i < loci_safetensors_count(file); i++) {
        const char *name = loci_safetensors_tensor(file, i)->name;
        int known = 0;
        for (size_t k = 0; k < model->parameters; k++) {
            char own[NAME];
            if (!is_of_layer(&model->table[k])) continue;
            name_of(own, prefix, &model->table[k]);
            known |= strcmp(name, own) == 0;
        }
        if (!known)
            return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is none of a MultiheadAttention", name);
    }
    return LOCI_OK;
}

/* The layer's parameters from tensors of their names behind the prefix; biases may be missing, both of them. */
static loci_status fill(loci_model *model, const loci_safetensors *file, const char *prefix,
                        loci_error *error)
{
    int biased = 0;
    loci_status status = LOCI_OK;
    for (size_t k = 0; k < model->parameters; k++) {
        char name[NAME];
        if (!is_of_layer(&model->table[k]) || model->table[k].dimensions != 1) continue;
        name_of(name, prefix, &model->table[k]);
        biased |= loci_safetensors_find(file, name) != NULL;
    }
    for (size_t k = 0; k < model->parameters && !status; k++) {
        const loci_parameter *p = &model->table[k];
        char name[NAME];
        if (!is_of_layer(p)) { /* the decoder, which has no bias */
            for (size_t i = 0; i < p->count; i++)
                model->values[p->offset + i] = i / p->shape[1] == i % p->shape[1];
            continue;
        }
        name_of(name, prefix, p);
        const loci_tensor *tensor = loci_safetensors_find(file, name);
        if (!tensor && p->dimensions == 1 && !biased) continue;
        if (!tensor)
            status = loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is missing", name);
        else
            status = loci_model_match(p, tensor, error);
        if (!status) status = loci_model_take(model, p, tensor, error);
    }
    return status ? status : check_surplus(model, file, prefix, error);
}

static loci_status build(loci_model **out, const loci_safetensors *file, size_t heads, int whole,
                         const loci_allocator *by, loci_error *error)
{
    char prefix[LOCI_PREFIX_SIZE], name[NAME];
    loci_model_config config;
    if (!loci_model_holds(file, LOCI_HELD_BY_ATTENTION, prefix, sizeof prefix))
        return loci_fail(error, LOCI_E_FORMAT,
                         "tensor in_proj_weight is missing; a state_dict of MultiheadAttention was expected");
    snprintf(name, sizeof name, "%sin_proj_weight", prefix);
    const loci_tensor *in = loci_safetensors_find(file, name);
    if (in->dimensions != 2)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s has %zu dimensions; 2 were expected", name,
                         in->dimensions);
    if (in->shape[1] == 0 || in->shape[0] / 3 != in->shape[1] || in->shape[0] % 3)
        return loci_fail(error, LOCI_E_FORMAT,
                         "tensor %.100s has the shape [%zu, %zu]; [3 H, H] was expected", name, in->shape[0],
                         in->shape[1]);
    const size_t H = in->shape[1];
    if (heads == 0 || H % heads)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "heads is %zu; a number that divides %zu, the width, was expected", heads, H);
    loci_status status = loci_model_preset(&config, "attention", H, H, error);
    if (status) return status;
    config.allocator = by;
    config.layers = 1, config.width = H, config.heads = heads, config.positions = LOCI_POSITIONS_NONE;
    config.plain = 1, config.norm = LOCI_NORM_NONE, config.prenorm = 0, config.dropout = 0;
    config.pool = LOCI_POOL_NONE, config.head = LOCI_HEAD_UNBIASED, config.mixer = LOCI_MIXER_NONE;
    config.bidirectional = whole != 0;
    loci_model *model = NULL;
    status = loci_model_blame_file(loci_model_create(&model, &config, error), error);
    if (!status) status = fill(model, file, prefix, error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

loci_status loci_model_import_attention(loci_model **model, const void *bytes, size_t size, size_t heads,
                                        int whole, const loci_allocator *allocator, loci_error *error)
{
    loci_safetensors *file;
    loci_status status = loci_safetensors_read(&file, allocator, bytes, size, error);
    if (status) return status;
    status = build(model, file, heads, whole, allocator, error);
    loci_safetensors_free(file);
    return status;
}
