/* SPDX-License-Identifier: MIT
 * stack.c - from a configuration to layers. */
#include "base/each_precision.h"

#include "model/stack.h"

#include <math.h>
#include <stdio.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/layer_kinds.h"

/* Takes the layer over, on failure too. */
static loci_status push(loci_stack *stack, loci_status status, loci_layer *layer)
{
    if (status) return status;
    stack->at[stack->count++] = (loci_stack_layer){layer, stack->size, stack->state};
    stack->size += layer->size;
    stack->state += layer->state;
    if (layer->inputs > stack->widest) stack->widest = layer->inputs;
    if (layer->outputs > stack->widest) stack->widest = layer->outputs;
    return LOCI_OK;
}

/* A layer, number i, with what stands around it: dropout, a residual and its norm. Takes it over, on failure too. */
static loci_status surround(loci_stack *stack, const loci_model_config *c, loci_layer *layer,
                            const char *norms, const char *dropouts, size_t i, loci_error *error)
{
    char name[48];
    loci_status status = LOCI_OK;
    loci_layer *norm = NULL;
    snprintf(name, sizeof name, "%s.%zu", dropouts, i);
    if (c->plain) {
        status = push(stack, status, layer);
        if (status || c->dropout == 0) return status;
        status = loci_dropout_create(&layer, c->allocator, name, c->width, c->dropout, c->tied, error);
        return push(stack, status, layer);
    }
    if (c->norm != LOCI_NORM_NONE) {
        char norm_name[48];
        snprintf(norm_name, sizeof norm_name, "%s.%zu", norms, i);
        status = loci_norm_create(&norm, c->allocator, norm_name, c->norm, c->width, error);
        if (status) loci_layer_free(layer);
    }
    if (status) return status;
    const loci_residual_options options = {name, c->prenorm, c->dropout, c->tied};
    status = loci_residual_create(&layer, layer, norm, &options, error);
    return push(stack, status, layer);
}

/* As in a block of s5-pytorch: norm, then n + f(n). Takes the layer over, on failure too. */
static loci_status surround_normed(loci_stack *stack, const loci_model_config *c, loci_layer *layer,
                                   const char *norms, const char *dropouts, size_t i, loci_error *error)
{
    char name[48];
    loci_layer *norm = NULL;
    if (c->plain) return surround(stack, c, layer, norms, dropouts, i, error);
    if (c->norm != LOCI_NORM_NONE) {
        snprintf(name, sizeof name, "%s.%zu", norms, i);
        loci_status status = loci_norm_create(&norm, c->allocator, name, c->norm, c->width, error);
        status = push(stack, status, norm);
        if (status) {
            loci_layer_free(layer);
            return status;
        }
    }
    snprintf(name, sizeof name, "%s.%zu", dropouts, i);
    const loci_residual_options options = {name, 0, c->dropout, c->tied};
    const loci_status status = loci_residual_create(&layer, layer, NULL, &options, error);
    return push(stack, status, layer);
}

/* W2 (a GELU(b)), (a, b) = W1 x, without biases. */
static loci_status feed_forward(loci_layer **layer, const loci_model_config *c, size_t hidden, size_t i,
                                loci_error *error)
{
    char up_name[48], down_name[48];
    loci_layer *up = NULL, *gate = NULL, *down = NULL;
    snprintf(up_name, sizeof up_name, "mixers.%zu.ff_enc", i);
    snprintf(down_name, sizeof down_name, "mixers.%zu.ff_dec", i);
    loci_status status =
        loci_head_create(&up, c->allocator, up_name, LOCI_HEAD_UNBIASED, c->width, 2 * hidden, error);
    if (!status) status = loci_geglu_create(&gate, c->allocator, hidden, error);
    if (!status)
        status =
            loci_head_create(&down, c->allocator, down_name, LOCI_HEAD_UNBIASED, hidden, c->width, error);
    if (status) {
        loci_layer_free(up), loci_layer_free(gate);
        return status;
    }
    status = loci_chain_create(&up, up, gate, error);
    if (!status) return loci_chain_create(layer, up, down, error);
    loci_layer_free(down);
    return status;
}

/* Layer i, GELU behind it, and the gated unit, each in such a residual. */
static loci_status add_normed(loci_stack *stack, const loci_model_config *c, loci_layer *layer, size_t i,
                              loci_error *error)
{
    loci_layer *gelu;
    loci_status status = loci_activation_create(&gelu, c->allocator, LOCI_GELU, c->width, error);
    if (status) {
        loci_layer_free(layer);
        return status;
    }
    status = loci_chain_create(&layer, layer, gelu, error);
    if (!status) status = surround_normed(stack, c, layer, "norms", "dropout", i, error);
    if (!status)
        status = feed_forward(&layer, c, (c->mixer_expand ? c->mixer_expand : 4) * c->width, i, error);
    return status ? status : surround_normed(stack, c, layer, "mixer_norms", "mixer_dropout", i, error);
}

/* Layer i, and the two linear layers behind it where it has them. */
static loci_status add(loci_stack *stack, const loci_model_config *c, size_t i, loci_error *error)
{
    loci_layer *layer = NULL;
    const int first = c->plain && i == 0 && !c->vocabulary;
    loci_status status = loci_layer_kinds_create(&layer, c, i, first ? c->inputs : c->width, error);
    const int mixed = loci_config_has(c, loci_config_find("mixer"));
    if (!status && mixed && c->mixer == LOCI_MIXER_GEGLU) return add_normed(stack, c, layer, i, error);
    if (!status) status = surround(stack, c, layer, "norms", "dropout", i, error);
    if (status || !mixed || c->mixer != LOCI_MIXER_MLP) return status;
    char name[48];
    snprintf(name, sizeof name, "mixers.%zu", i);
    const size_t expand = c->mixer_expand ? c->mixer_expand : 4;
    status =
        loci_mlp_create(&layer, c->allocator, name, c->width, expand * c->width, c->dropout, c->tied, error);
    return status ? status : surround(stack, c, layer, "mixer_norms", "mixer_dropout", i, error);
}

static loci_status build(loci_stack *stack, const loci_model_config *c, loci_error *error)
{
    loci_layer *layer = NULL;
    loci_status status = LOCI_OK;
    if (c->vocabulary) {
        const double deviation = c->head == LOCI_HEAD_TIED ? 1 / sqrt((double)c->width) : 1;
        status = loci_embedding_create(&layer, c->allocator, "embedding", c->vocabulary, c->width, deviation,
                                       c->head == LOCI_HEAD_TIED, error);
        status = push(stack, status, layer);
    } else if (!c->plain) {
        status = loci_linear_create(&layer, c->allocator, "encoder", c->inputs, c->width, error);
        status = push(stack, status, layer);
    }
    for (size_t i = 0; !status && i < c->layers; i++) status = add(stack, c, i, error);
    if (!status && c->final_norm) {
        status = loci_norm_create(&layer, c->allocator, "norm_f", c->norm, c->width, error);
        status = push(stack, status, layer);
    }
    if (!status && c->pool != LOCI_POOL_NONE && c->layer != LOCI_LAYER_BANK) { /* a bank is its own pool */
        status = loci_pool_create(&layer, c->allocator, c->pool, c->width, error);
        status = push(stack, status, layer);
    }
    if (status) return status;
    status = loci_head_create(&layer, c->allocator, "decoder", c->head, c->width, c->outputs, error);
    status = push(stack, status, layer);
    stack->tied = !status && c->head == LOCI_HEAD_TIED;
    if (stack->tied) stack->at[stack->count - 1].parameters = 0; /* the embedding's */
    return status;
}

loci_status loci_stack_create(loci_stack *stack, const loci_model_config *config, loci_error *error)
{
    /* encoder, layers and mixers with their dropout, norm, pool, decoder */
    const size_t most = 4 * config->layers + 4;
    *stack = (loci_stack){.at = loci_allocate_by(config->allocator, most, sizeof *stack->at)};
    if (!stack->at) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu layers", config->layers);
    const loci_status status = build(stack, config, error);
    if (status) {
        loci_stack_free(stack);
        return status;
    }
    for (size_t i = 0; i < stack->count; i++) stack->flags |= stack->at[i].layer->flags;
    return LOCI_OK;
}

void loci_stack_free(loci_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) loci_layer_free(stack->at[i].layer);
    loci_free(stack->at);
    *stack = (loci_stack){0};
}
