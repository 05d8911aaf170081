/* SPDX-License-Identifier: MIT
 * import_mamba.c - language models of Mamba and Mamba 2 that others trained: checkpoints in safetensors, in one file or several,
 * and what their config.json says.
 *
 * Two spellings are about: that of state-spaces/mamba (backbone.embedding.weight; d_model, n_layer, ssm_cfg) and that of
 * transformers (backbone.embeddings.weight, a head that is tied left out; hidden_size, num_hidden_layers). Nearly all sizes are
 * those of tensors; the configuration tells what these leave open, and what we could not run is refused. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/json.h"
#include "model/model.h"
#include "model/model_file.h"

enum { NAME = LOCI_NAME_SIZE, PREFIX = LOCI_PREFIX_SIZE };

typedef struct {
    loci_safetensors *const *file;
    size_t files;
    char prefix[PREFIX];          /* of all names but the head's: "backbone." */
    int plural;                   /* embeddings */
    const json_t *config, *mixer; /* objects; NULL: there are none */
    const loci_allocator *by;
} checkpoint;

/* ---- tensors ---- */

static const loci_tensor *find(const checkpoint *c, const char *name)
{
    const loci_tensor *found = NULL;
    for (size_t i = 0; !found && i < c->files; i++) found = loci_safetensors_find(c->file[i], name);
    return found;
}

static size_t count_layers(const checkpoint *c);

/* Tensor `part` of layer i's mixer; NULL: there is none. */
static const loci_tensor *find_part(const checkpoint *c, size_t i, const char *part)
{
    char name[NAME];
    snprintf(name, sizeof name, "%slayers.%zu.mixer.%s", c->prefix, i, part);
    return find(c, name);
}

/* Whether a layer's mixer has it: then all have to. */
static int has_part(const checkpoint *c, const char *part)
{
    const size_t layers = count_layers(c);
    for (size_t i = 0; i < layers; i++)
        if (find_part(c, i, part)) return 1;
    return 0;
}

/* The same with so many dimensions; NULL after filling error. */
static const loci_tensor *need_part(const checkpoint *c, const char *part, size_t dimensions,
                                    loci_error *error)
{
    const loci_tensor *found = find_part(c, 0, part);
    if (found && found->dimensions == dimensions) return found;
    if (found)
        loci_fail(error, LOCI_E_FORMAT, "tensor %.100s has %zu dimensions; %zu %s expected", found->name,
                  found->dimensions, dimensions, dimensions == 1 ? "was" : "were");
    else
        loci_fail(error, LOCI_E_FORMAT, "tensor %.100slayers.0.mixer.%s is missing", c->prefix, part);
    return NULL;
}

/* What stands before "embedding.weight" or "embeddings.weight". */
static int find_prefix(checkpoint *c)
{
    static const char *const ends[] = {"embedding.weight", "embeddings.weight"};
    for (size_t i = 0; i < c->files; i++)
        for (size_t k = 0; k < loci_safetensors_count(c->file[i]); k++)
            for (int plural = 0; plural < 2; plural++) {
                const char *name = loci_safetensors_tensor(c->file[i], k)->name;
                const size_t length = strlen(name), end = strlen(ends[plural]);
                if (length < end || length - end >= PREFIX ||
                    strcmp(name + length - end, ends[plural]) != 0 ||
                    (length > end && name[length - end - 1] != '.'))
                    continue;
                memcpy(c->prefix, name, length - end);
                c->prefix[length - end] = 0;
                c->plural = plural;
                return 1;
            }
    return 0;
}

/* One more than the largest number of a layer that a tensor has. */
static size_t count_layers(const checkpoint *c)
{
    char begin[PREFIX + 8];
    const int length = snprintf(begin, sizeof begin, "%slayers.", c->prefix);
    size_t count = 0;
    for (size_t i = 0; i < c->files; i++)
        for (size_t k = 0; k < loci_safetensors_count(c->file[i]); k++) {
            const char *name = loci_safetensors_tensor(c->file[i], k)->name;
            if (strncmp(name, begin, (size_t)length) != 0) continue;
            const unsigned long long number = strtoull(name + length, NULL, 10);
            if (number < LOCI_LAYERS_MAX && number >= count) count = (size_t)number + 1;
        }
    return count;
}

/* A parameter's tensor in the checkpoint. */
static void name_of(char *name, size_t size, const checkpoint *c, const char *parameter)
{
    static const char layer[] = "mamba_layers.", norm[] = "norms.";
    const char *number, *rest;
    if (strncmp(parameter, layer, sizeof layer - 1) == 0) {
        number = parameter + sizeof layer - 1, rest = strchr(number, '.');
        snprintf(name, size, "%slayers.%.*s.mixer%s", c->prefix, (int)(rest - number), number, rest);
    } else if (strncmp(parameter, norm, sizeof norm - 1) == 0) {
        number = parameter + sizeof norm - 1, rest = strchr(number, '.');
        snprintf(name, size, "%slayers.%.*s.norm%s", c->prefix, (int)(rest - number), number, rest);
    } else if (strcmp(parameter, "embedding.weight") == 0) {
        snprintf(name, size, "%s%s.weight", c->prefix, c->plural ? "embeddings" : "embedding");
    } else if (strncmp(parameter, "decoder.", 8) == 0) {
        snprintf(name, size, "lm_head.%s", parameter + 8);
    } else {
        snprintf(name, size, "%s%s", c->prefix, parameter); /* norm_f */
    }
}

/* ---- config.json ---- */

/* The first of two keys that is there, of the mixer's options or of all, and which one; NULL: neither. */
static const json_t *named_option(const checkpoint *c, const char *key, const char *other, const char **name)
{
    const json_t *const objects[] = {c->mixer, c->config};
    const char *const keys[] = {key, other};
    for (int i = 0; i < 2; i++)
        for (int k = 0; objects[i] && k < 2; k++) {
            const json_t *value = keys[k] ? json_object_get(objects[i], keys[k]) : NULL;
            *name = keys[k];
            if (value && !json_is_null(value)) return value;
        }
    return NULL;
}

static const json_t *option(const checkpoint *c, const char *key, const char *other)
{
    const char *name;
    return named_option(c, key, other, &name);
}

static loci_status refuse(const char *key, const char *expected, loci_error *error)
{
    return loci_fail(error, LOCI_E_UNSUPPORTED,
                     "%s of its config.json is none that can be run; %s was expected", key, expected);
}

/* A whole number; it stays as it is where there is none. */
static loci_status count_option(size_t *to, const checkpoint *c, const char *key, const char *other,
                                loci_error *error)
{
    const char *name;
    const json_t *value = named_option(c, key, other, &name);
    if (!value) return LOCI_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > 1 << 24)
        return refuse(name, "a whole number of 1 or more", error);
    *to = (size_t)json_integer_value(value);
    return LOCI_OK;
}

/* A number that has to be another one's equal, or missing. */
static loci_status same(const checkpoint *c, const char *key, const char *other, double wanted,
                        const char *expected, loci_error *error)
{
    const char *name;
    const json_t *value = named_option(c, key, other, &name);
    if (!value || (json_is_number(value) && fabs(json_number_value(value) - wanted) <= 1e-9)) return LOCI_OK;
    return refuse(name, expected, error);
}

/* A number, or "auto", that has to be what tensors say already, under either key. */
static loci_status agrees(const checkpoint *c, const char *key, const char *other, double said,
                          loci_error *error)
{
    const char *const keys[] = {key, other};
    for (int k = 0; k < 2 && keys[k]; k++) {
        const json_t *value = option(c, keys[k], NULL);
        const char *word = json_string_value(value);
        if (!value || (word && strcmp(word, "auto") == 0)) continue;
        if (!json_is_number(value)) return refuse(keys[k], "a number", error);
        if (json_number_value(value) != said)
            return loci_fail(error, LOCI_E_FORMAT,
                             "%s of its config.json is %g; %g was expected, as its tensors have it", keys[k],
                             json_number_value(value), said);
    }
    return LOCI_OK;
}

/* Likewise of a part that tensors are there for, or are not. */
static loci_status agrees_on(const checkpoint *c, const char *key, const char *other, int said,
                             loci_error *error)
{
    const char *name;
    const json_t *value = named_option(c, key, other, &name);
    if (!value) return LOCI_OK;
    if (!json_is_boolean(value)) return refuse(name, "true or false", error);
    if (json_is_true(value) == (said != 0)) return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT,
                     "%s of its config.json is %s; %s was expected, as its tensors have it", name,
                     said ? "false" : "true", said ? "true" : "false");
}

/* Blocks of another sort, other activations. */
static loci_status check_config(const checkpoint *c, loci_error *error)
{
    static const char *const types[] = {"mamba", "mamba2"}, *const layers[] = {"Mamba1", "Mamba2"};
    const json_t *type = option(c, "model_type", NULL), *layer = option(c, "layer", NULL),
                 *act = option(c, "hidden_act", NULL), *attention = option(c, "attn_layer_idx", NULL);
    const char *word = json_string_value(type), *kind = json_string_value(layer);
    if (type && (!word || (strcmp(word, types[0]) != 0 && strcmp(word, types[1]) != 0)))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "model_type is %.40s; mamba or mamba2 was expected",
                         word ? word : "no text");
    if (layer && (!kind || (strcmp(kind, layers[0]) != 0 && strcmp(kind, layers[1]) != 0)))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "has layers of kind %.40s; Mamba1 or Mamba2 was expected",
                         kind ? kind : "no text");
    if (act && (!json_string_value(act) || strcmp(json_string_value(act), "silu") != 0))
        return refuse("hidden_act", "silu", error);
    if (attention && (!json_is_array(attention) || json_array_size(attention) > 0))
        return refuse("attn_layer_idx", "no layer of attention", error);
    loci_status status = same(c, "layer_norm_epsilon", "norm_epsilon", 1e-5, "1e-5", error);
    if (!status) status = same(c, "d_intermediate", NULL, 0, "0", error);
    return status;
}

/* "Infinity" is what Python writes into JSON, and what JSON has not. Outside of strings it becomes null: no limit. */
static void tame(char *text, size_t size)
{
    static const char word[] = "Infinity";
    int quoted = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\' && quoted) {
            i++;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && size - i >= sizeof word - 1 && memcmp(text + i, word, sizeof word - 1) == 0) {
            memcpy(text + i, "null    ", sizeof word - 1);
            if (i > 0 && text[i - 1] == '-') text[i - 1] = ' ';
        }
    }
}

static loci_status read_config(json_t **value, const loci_allocator *by, const char *text, loci_error *error)
{
    const size_t size = strlen(text);
    char *copy = loci_allocate_by(by, size + 1, 1);
    if (!copy) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a config.json of %zu bytes", size);
    memcpy(copy, text, size + 1);
    tame(copy, size);
    loci_status status = loci_json_read(value, by, copy, size, "its config.json", error);
    loci_free(copy);
    if (!status && !json_is_object(*value)) {
        json_decref(*value);
        status = loci_fail(error, LOCI_E_FORMAT, "its config.json is no object");
    }
    return status;
}

/* ---- the configuration of the model ---- */

static loci_status mamba(loci_model_config *config, const checkpoint *c, loci_error *error)
{
    const loci_tensor *rate = need_part(c, "A_log", 2, error),
                      *dt = rate ? need_part(c, "dt_proj.weight", 2, error) : NULL,
                      *kernel = dt ? need_part(c, "conv1d.weight", 3, error) : NULL;
    if (!kernel) return LOCI_E_FORMAT;
    config->layer = LOCI_LAYER_MAMBA;
    config->order = rate->shape[1];
    config->expand = rate->shape[0] / config->width;
    config->dt_rank = dt->shape[1];
    config->kernel_width = kernel->shape[2];
    if (config->expand * config->width != rate->shape[0] || config->expand == 0)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "tensor %.100s is of %zu channels, the model of %zu; a multiple of these was expected",
            rate->name, rate->shape[0], config->width);
    return LOCI_OK;
}

/* Steps between two limits, [least, most]. */
static loci_status limits(loci_model_config *config, const checkpoint *c, loci_error *error)
{
    const json_t *pair = option(c, "dt_limit", "time_step_limit");
    if (!pair) return LOCI_OK;
    const json_t *least = json_array_get(pair, 0), *most = json_array_get(pair, 1);
    if (json_array_size(pair) != 2 || !json_is_number(least) || !(json_is_number(most) || json_is_null(most)))
        return refuse("dt_limit", "the least step and the largest", error);
    config->dt_least = json_number_value(least);
    config->dt_most = json_is_null(most) ? 0 : json_number_value(most);
    if (!(config->dt_least >= 0) || (!json_is_null(most) && !(config->dt_most > 0)))
        return refuse("dt_limit", "the least step and the largest", error);
    return LOCI_OK;
}

/* In transformers' spelling, which has no mixer's options, it is about something else. */
static loci_status norm_at_gate(loci_gate_norm *norm, const checkpoint *c, loci_error *error)
{
    static const char key[] = "norm_before_gate";
    const json_t *before = json_object_get(c->mixer, key);
    if (before && !json_is_null(before) && !json_is_boolean(before))
        return refuse(key, "true or false", error);
    *norm = !has_part(c, "norm.weight") ? LOCI_GATE_NORM_NONE
            : json_is_true(before)      ? LOCI_GATE_NORM_BEFORE
                                        : LOCI_GATE_NORM_AFTER;
    return LOCI_OK;
}

static loci_status mamba2(loci_model_config *config, const checkpoint *c, loci_error *error)
{
    const loci_tensor *heads = need_part(c, "dt_bias", 1, error),
                      *in = heads ? need_part(c, "in_proj.weight", 2, error) : NULL,
                      *out = in ? need_part(c, "out_proj.weight", 2, error) : NULL,
                      *kernel = out ? need_part(c, "conv1d.weight", 3, error) : NULL,
                      *skip = kernel ? need_part(c, "D", 1, error) : NULL;
    if (!skip) return LOCI_E_FORMAT;
    const size_t H = heads->shape[0], E = out->shape[1], rows = in->shape[0], taken = 2 * E + H;
    const size_t wide = rows > taken ? rows - taken : 0; /* 2 G N */
    size_t G = 1;
    loci_status status = count_option(&G, c, "ngroups", "n_groups", error);
    if (status) return status;
    if (wide == 0 || wide % (2 * G) != 0 || kernel->shape[0] <= wide)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "tensors %.100s and conv1d.weight have %zu and %zu rows, which no Mamba 2 of %zu channels, %zu "
            "heads and %zu groups has",
            in->name, rows, kernel->shape[0], E, H, G);
    const size_t S = kernel->shape[0] - wide;
    if (S > E || H == 0 || S % H != 0 || E % config->width != 0)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "its layers have %zu channels inside, %zu scanned in %zu heads; a multiple of the width, %zu, "
            "and of the heads was expected",
            E, S, H, config->width);
    config->layer = LOCI_LAYER_MAMBA2;
    config->order = wide / 2 / G;
    config->groups = G;
    config->expand = E / config->width;
    config->scanned = S == E ? 0 : S;
    config->head_width = S / H;
    config->kernel_width = kernel->shape[2];
    config->channel_skips = skip->shape[0] == S && S != H;
    status = norm_at_gate(&config->gate_norm, c, error);
    return status ? status : limits(config, c, error);
}

/* Whether the head is the embedding once more: it is left out, or says the same. */
static loci_status is_tied(int *tied, const checkpoint *c, const loci_tensor *embedding, loci_error *error)
{
    const loci_tensor *head = find(c, "lm_head.weight");
    *tied = !head || (head->dimensions == 2 && head->shape[0] == embedding->shape[0] &&
                      head->bytes == embedding->bytes && strcmp(head->type, embedding->type) == 0 &&
                      memcmp(head->data, embedding->data, head->bytes) == 0);
    const json_t *wish = option(c, "tie_embeddings", "tie_word_embeddings");
    if (head && !*tied && wish && json_is_true(wish))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "tensor lm_head.weight is another one than the embedding, to which its config.json ties it");
    if (!head && wish && json_is_false(wish))
        return loci_fail(error, LOCI_E_FORMAT, "tensor lm_head.weight is missing");
    return LOCI_OK;
}

/* How many tokens mean something: what is asked for, or what the configuration says where the embedding has more rows. */
static loci_status count_tokens(loci_model_config *config, const checkpoint *c, size_t tokens,
                                loci_error *error)
{
    const size_t rows = config->vocabulary;
    if (tokens > rows)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "vocabulary is %zu; 1 to %zu, the rows of its embedding, was expected", tokens,
                         rows);
    size_t said = rows;
    const loci_status status = count_option(&said, c, "vocab_size", NULL, error);
    if (status) return status;
    if (said > rows)
        return loci_fail(error, LOCI_E_FORMAT,
                         "vocab_size of its config.json is %zu; 1 to %zu, the rows of its "
                         "embedding, was expected",
                         said, rows);
    config->tokens = tokens ? tokens : said == rows ? 0 : said;
    return LOCI_OK;
}

/* The configuration tells much twice. Where it contradicts the tensors, one of them is another model's. */
static loci_status check_agreement(const loci_model_config *config, const checkpoint *c, loci_error *error)
{
    const int second = config->layer == LOCI_LAYER_MAMBA2;
    const json_t *type = option(c, "model_type", NULL), *layer = option(c, "layer", NULL);
    if ((type && (strcmp(json_string_value(type), "mamba2") == 0) != second) ||
        (layer && (strcmp(json_string_value(layer), "Mamba2") == 0) != second))
        return loci_fail(error, LOCI_E_FORMAT,
                         "has tensors of %s; those of %s were expected, as its config.json has it",
                         second ? "Mamba 2" : "Mamba", second ? "Mamba" : "Mamba 2");
    loci_status status = agrees(c, "d_model", "hidden_size", (double)config->width, error);
    if (!status) status = agrees(c, "d_state", "state_size", (double)config->order, error);
    if (!status) status = agrees(c, "d_conv", "conv_kernel", (double)config->kernel_width, error);
    if (!status) status = agrees(c, "expand", NULL, (double)config->expand, error);
    if (!status && !second) status = agrees(c, "dt_rank", "time_step_rank", (double)config->dt_rank, error);
    if (!status && second) status = agrees(c, "headdim", "head_dim", (double)config->head_width, error);
    const size_t inner = config->expand * config->width, scanned = config->scanned ? config->scanned : inner;
    if (!status) status = agrees(c, "d_inner", "intermediate_size", (double)inner, error);
    if (!status && second) status = agrees(c, "d_ssm", NULL, (double)scanned, error);
    if (!status && second)
        status = agrees(c, "num_heads", NULL, (double)(scanned / config->head_width), error);
    if (!status && second && config->head_width > 1)
        status = agrees_on(c, "D_has_hdim", NULL, config->channel_skips, error);
    if (!status && second)
        status = agrees_on(c, "rmsnorm", NULL, config->gate_norm != LOCI_GATE_NORM_NONE, error);
    if (!status) status = agrees_on(c, "bias", "use_bias", config->biased, error);
    if (!status) status = agrees_on(c, "conv_bias", "use_conv_bias", !config->kernel_unbiased, error);
    return status;
}

static loci_status configure(loci_model_config *config, const checkpoint *c, size_t tokens, loci_error *error)
{
    char name[NAME];
    int tied = 0;
    name_of(name, sizeof name, c, "embedding.weight");
    const loci_tensor *embedding = find(c, name);
    if (embedding->dimensions != 2 || embedding->shape[0] == 0 || embedding->shape[1] == 0)
        return embedding->dimensions == 2
                   ? loci_fail(error, LOCI_E_FORMAT,
                               "tensor %.100s is of %zu tokens by %zu channels; 1 or more were expected",
                               name, embedding->shape[0], embedding->shape[1])
                   : loci_fail(error, LOCI_E_FORMAT,
                               "tensor %.100s has %zu dimensions; 2, tokens by channels, were expected", name,
                               embedding->dimensions);
    loci_status status =
        loci_model_blame_file(loci_model_preset(config, "mamba", 1, embedding->shape[0], error), error);
    if (!status) status = check_config(c, error);
    if (!status) status = is_tied(&tied, c, embedding, error);
    if (status) return status;
    config->vocabulary = embedding->shape[0], config->width = embedding->shape[1];
    config->head = tied ? LOCI_HEAD_TIED : find(c, "lm_head.bias") ? LOCI_HEAD_LINEAR : LOCI_HEAD_UNBIASED;
    config->layers = count_layers(c);
    config->final_norm = 1, config->pool = LOCI_POOL_NONE, config->dropout = 0, config->prenorm = 1;
    snprintf(name, sizeof name, "%snorm_f.bias", c->prefix);
    config->norm = find(c, name) ? LOCI_NORM_LAYER : LOCI_NORM_RMS;
    if (!option(c, "model_type", NULL)) /* in transformers' spelling it is about the norm at the gate */
        status = agrees_on(c, "rms_norm", NULL, config->norm == LOCI_NORM_RMS, error);
    if (status) return status;
    status = count_option(&config->layers, c, "n_layer", "num_hidden_layers", error);
    if (!status) status = count_tokens(config, c, tokens, error);
    if (status) return status;
    const int first = find_part(c, 0, "x_proj.weight") != NULL, second = find_part(c, 0, "dt_bias") != NULL;
    if (!first && !second)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "layer 0 has neither a tensor %.40slayers.0.mixer.x_proj.weight nor %.40slayers.0.mixer.dt_bias; a "
            "layer of Mamba or Mamba 2 was expected",
            c->prefix, c->prefix);
    config->biased = has_part(c, "in_proj.bias") || has_part(c, "out_proj.bias");
    config->kernel_unbiased = !has_part(c, "conv1d.bias");
    status = first ? mamba(config, c, error) : mamba2(config, c, error);
    return status ? status : check_agreement(config, c, error);
}

/* ---- the values ---- */

/* No tensor is in two files, of which only one could be meant. */
static loci_status check_once(const checkpoint *c, loci_error *error)
{
    for (size_t i = 1; i < c->files; i++)
        for (size_t k = 0; k < loci_safetensors_count(c->file[i]); k++) {
            const char *name = loci_safetensors_tensor(c->file[i], k)->name;
            for (size_t j = 0; j < i; j++)
                if (loci_safetensors_find(c->file[j], name))
                    return loci_fail(error, LOCI_E_FORMAT,
                                     "tensor %.100s is in two of its files; one was expected", name);
        }
    return LOCI_OK;
}

/* Every tensor is a parameter's, or the head that the embedding is. */
static loci_status check_surplus(const loci_model *model, const checkpoint *c, loci_error *error)
{
    for (size_t i = 0; i < c->files; i++)
        for (size_t k = 0; k < loci_safetensors_count(c->file[i]); k++) {
            const char *name = loci_safetensors_tensor(c->file[i], k)->name;
            int known = model->config.head == LOCI_HEAD_TIED && strcmp(name, "lm_head.weight") == 0;
            for (size_t p = 0; !known && p < model->parameters; p++) {
                char own[NAME];
                name_of(own, sizeof own, c, model->table[p].name);
                known = strcmp(name, own) == 0;
            }
            if (!known) return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is none of this model's", name);
        }
    return LOCI_OK;
}

static loci_status fill(loci_model *model, const checkpoint *c, loci_error *error)
{
    for (size_t p = 0; p < model->parameters; p++) { /* before any memory is taken */
        char name[NAME];
        name_of(name, sizeof name, c, model->table[p].name);
        const loci_tensor *tensor = find(c, name);
        if (!tensor) return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is missing", name);
        const loci_status status = loci_model_match(&model->table[p], tensor, error);
        if (status) return status;
    }
    loci_status status = check_surplus(model, c, error);
    if (!status) status = loci_model_room(model, error);
    for (size_t p = 0; p < model->parameters && !status; p++) {
        char name[NAME];
        name_of(name, sizeof name, c, model->table[p].name);
        status = loci_model_take(model, &model->table[p], find(c, name), error);
    }
    return status;
}

static loci_status import(loci_model **out, const checkpoint *c, size_t tokens, loci_error *error)
{
    loci_model_config config;
    loci_model *model = NULL;
    loci_status status = check_once(c, error);
    if (!status) status = configure(&config, c, tokens, error);
    if (status) return status;
    config.allocator = c->by;
    status = loci_model_blame_file(loci_model_outline(&model, &config, error), error);
    if (!status) status = fill(model, c, error);
    const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_NEXT};
    if (!status) status = loci_model_describe(model, &about, error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

int loci_model_holds_mamba(const loci_safetensors *file)
{
    loci_safetensors *const one[] = {(loci_safetensors *)(uintptr_t)file};
    checkpoint c = {.file = one, .files = 1};
    return find_prefix(&c);
}

loci_status loci_model_read_mamba(loci_model **model, loci_safetensors *const *files, size_t count,
                                  const char *text, size_t tokens, const loci_allocator *by,
                                  loci_error *error)
{
    checkpoint c = {.file = files, .files = count, .by = by};
    json_t *config = NULL;
    if (!find_prefix(&c))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "tensor backbone.embedding.weight is missing; a language model of Mamba was expected");
    loci_status status = text ? read_config(&config, by, text, error) : LOCI_OK;
    if (status) return status;
    c.config = config;
    c.mixer = json_object_get(config, "ssm_cfg");
    if (json_is_null(c.mixer)) c.mixer = NULL;
    if (c.mixer && !json_is_object(c.mixer))
        status =
            loci_fail(error, LOCI_E_FORMAT,
                      "ssm_cfg of its config.json is no object; the options of its layers were expected");
    if (!status) status = import(model, &c, tokens, error);
    json_decref(config);
    return status;
}

loci_status loci_model_import_mamba(loci_model **model, const void *const *files, const size_t *sizes,
                                    size_t count, const char *config, size_t tokens,
                                    const loci_allocator *allocator, loci_error *error)
{
    loci_safetensors **read = loci_allocate_by(allocator, count + 1, sizeof *read);
    if (!read) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu files", count);
    loci_status status = LOCI_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = loci_safetensors_read(&read[i], allocator, files[i], sizes[i], error);
    if (!status) status = loci_model_read_mamba(model, read, count, config, tokens, allocator, error);
    for (size_t i = 0; i < count; i++) loci_safetensors_free(read[i]);
    loci_free(read);
    return status;
}
