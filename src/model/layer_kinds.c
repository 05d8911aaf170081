/* SPDX-License-Identifier: MIT
 * layer_kinds.c - the kinds of layers that a model can have: what is known of each, and how one is made. */
#include "base/each_precision.h"

#include "model/layer_kinds.h"

#include <stdio.h>

#include "base/status.h"

/* ---- making one ---- */

/* A layer as `create` makes it, or, in a model that looks both ways, one forward and one backward in time, whose parameters
 * are behind name.back. */
typedef loci_status (*maker)(loci_layer **, const char *name, const loci_model_config *, size_t inputs,
                             loci_error *);
static loci_status both_ways(loci_layer **layer, maker create, const char *name, const loci_model_config *c,
                             size_t inputs, loci_error *error)
{
    char back_name[64];
    loci_layer *ahead, *back;
    loci_status status = create(&ahead, name, c, inputs, error);
    if (status || !c->bidirectional) {
        if (!status) *layer = ahead;
        return status;
    }
    snprintf(back_name, sizeof back_name, "%.48s.back", name);
    status = create(&back, back_name, c, inputs, error);
    if (!status) return loci_both_create(layer, ahead, back, error);
    loci_layer_free(ahead);
    return status;
}

static loci_status s4d(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                       loci_error *error)
{
    (void)inputs;
    const loci_s4d_options options = {c->order, c->discretization, c->dt_min, c->dt_max};
    return loci_s4d_create(layer, c->allocator, name, c->width, &options, error);
}

/* A block of S4: the mixer over time, then GELU, dropout, linear, GLU. */
static loci_status s4d_block(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                             loci_error *error)
{
    loci_layer *mixer, *gated;
    loci_status status = both_ways(&mixer, s4d, name, c, inputs, error);
    if (status) return status;
    status = loci_gated_create(&gated, c->allocator, name, c->width, c->dropout, c->tied, error);
    if (!status) return loci_chain_create(layer, mixer, gated, error);
    loci_layer_free(mixer);
    return status;
}

static loci_status lstm(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                        loci_error *error)
{
    return loci_lstm_create(layer, c->allocator, name, inputs, c->width, error);
}

static loci_status gru(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                       loci_error *error)
{
    return loci_gru_create(layer, c->allocator, name, inputs, c->width, error);
}

static loci_status mingru(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                          loci_error *error)
{
    return loci_mingru_create(layer, c->allocator, name, inputs, c->width, error);
}

/* ---- the table, in the order of loci_layer_kind ---- */

#if !LOCI_REAL_IS_DOUBLE
const char *const loci_layer_words[] = {"s4d", "lstm", "gru", "mingru", NULL};
#endif

static const struct {
    loci_layer_traits traits;
    const char *parameters; /* what the names of its parameters begin with, before the number of the layer */
    maker create;
} kinds[] = {
    {{.title = "S4D", .preset = "small", .lr = 0.01, .rows = 1, .chunks = 1, .square = 1},
     "s4_layers",
     s4d_block},
    {{.title = "LSTM", .preset = "lstm", .lr = 0.001, .rows = 4}, "lstm_layers", lstm},
    {{.title = "GRU", .preset = "gru", .lr = 0.001, .rows = 4}, "gru_layers", gru},
    {{.title = "minGRU", .preset = "mingru", .lr = 0.01, .rows = 1, .chunks = 1}, "mingru_layers", mingru},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Those that look both ways by themselves; of others there are two. */
static const unsigned look_themselves = 1u << LOCI_LAYER_S4D;

loci_status loci_layer_kinds_create(loci_layer **layer, const loci_model_config *config, size_t i,
                                    size_t inputs, loci_error *error)
{
    char name[48];
    snprintf(name, sizeof name, "%s.%zu", kinds[config->layer].parameters, i);
    const maker create = kinds[config->layer].create;
    return look_themselves >> (unsigned)config->layer & 1
               ? create(layer, name, config, inputs, error)
               : both_ways(layer, create, name, config, inputs, error);
}

#if !LOCI_REAL_IS_DOUBLE

const loci_layer_traits *loci_layer_traits_of(loci_layer_kind kind)
{
    return (size_t)kind < KINDS ? &kinds[kind].traits : NULL;
}

const char *loci_layer_name(loci_layer_kind kind)
{
    return (size_t)kind < KINDS ? loci_layer_words[kind] : "unknown layer";
}

#endif
