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

/* What s4d and s4 have in common; the rank is that of the one or the other. */
static loci_status s4_with(loci_layer **layer, const char *name, const loci_model_config *c, size_t rank,
                           loci_error *error)
{
    const loci_s4_options options = {.order = c->order,
                                     .rank = rank,
                                     .discretization = rank ? LOCI_BILINEAR : c->discretization,
                                     .dt_min = c->dt_min,
                                     .dt_max = c->dt_max,
                                     .init = c->init,
                                     .kernels = c->kernels,
                                     .taps = c->taps,
                                     .bidirectional = c->bidirectional};
    return loci_s4_create(layer, c->allocator, name, c->width, &options, error);
}

static loci_status s4d(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                       loci_error *error)
{
    (void)inputs;
    const loci_s4d_options options = {c->order, c->discretization, c->dt_min, c->dt_max, c->init};
    if (c->kernels > 1 || c->taps || c->bidirectional) return s4_with(layer, name, c, 0, error);
    return loci_s4d_create(layer, c->allocator, name, c->width, &options, error);
}

static loci_status s4(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                      loci_error *error)
{
    (void)inputs;
    return s4_with(layer, name, c, c->rank ? c->rank : c->init == LOCI_SSM_INIT_LEGT ? 2 : 1, error);
}

static loci_status conv(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                        loci_error *error)
{
    return loci_conv_create(layer, c->allocator, name, inputs, c->width, c->kernel_width, c->dilations,
                            error);
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

static loci_status s5(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                      loci_error *error)
{
    (void)inputs;
    const loci_s5_options options = {.order = c->order,
                                     .blocks = c->blocks ? c->blocks : 1,
                                     .discretization = c->discretization,
                                     .dt_min = c->dt_min,
                                     .dt_max = c->dt_max,
                                     .liquid = c->liquid};
    return loci_s5_create(layer, c->allocator, name, c->width, &options, error);
}

static loci_status mamba(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                         loci_error *error)
{
    const loci_mamba_options options = {.inner = (c->expand ? c->expand : 2) * c->width,
                                        .order = c->order,
                                        .rank = c->dt_rank ? c->dt_rank : (c->width + 15) / 16,
                                        .convolution = c->kernel_width,
                                        .bias = c->biased,
                                        .convolution_bias = !c->kernel_unbiased,
                                        .dt_min = c->dt_min,
                                        .dt_max = c->dt_max};
    return loci_mamba_create(layer, c->allocator, name, inputs, c->width, &options, error);
}

/* The largest power of 2, of 64 at most, that divides a group's channels. */
static size_t usual_head(size_t channels)
{
    size_t head = 64;
    while (channels % head != 0) head /= 2;
    return head;
}

static loci_status mamba2(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                          loci_error *error)
{
    const size_t inner = (c->expand ? c->expand : 2) * c->width, scanned = c->scanned ? c->scanned : inner,
                 groups = c->groups ? c->groups : 1;
    const loci_mamba2_options options = {.inner = inner,
                                         .scanned = scanned,
                                         .order = c->order,
                                         .head = c->head_width ? c->head_width : usual_head(scanned / groups),
                                         .groups = groups,
                                         .convolution = c->kernel_width,
                                         .bias = c->biased,
                                         .convolution_bias = !c->kernel_unbiased,
                                         .norm = c->gate_norm,
                                         .skip_channels = c->channel_skips,
                                         .least = c->dt_least,
                                         .most = c->dt_most,
                                         .dt_min = c->dt_min,
                                         .dt_max = c->dt_max};
    return loci_mamba2_create(layer, c->allocator, name, inputs, c->width, &options, error);
}

static loci_status attention(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                             loci_error *error)
{
    const loci_attention_options options = {.heads = c->heads,
                                            .window = c->attention_window,
                                            .whole = c->bidirectional,
                                            .positions = c->positions};
    return loci_attention_create(layer, c->allocator, name, inputs, c->width, &options, error);
}

static loci_status bank(loci_layer **layer, const char *name, const loci_model_config *c, size_t inputs,
                        loci_error *error)
{
    const loci_bank_options options = {c->statistics, c->span, c->bank_seed};
    return loci_bank_create(layer, c->allocator, name, inputs, c->width / loci_bank_features(c->statistics),
                            &options, error);
}

/* ---- the table, in the order of loci_layer_kind ---- */

#if !LOCI_REAL_IS_DOUBLE
const char *const loci_layer_words[] = {"s4d",   "lstm",   "gru", "mingru",    "conv", "s5",
                                        "mamba", "mamba2", "s4",  "attention", "bank", NULL};
#endif

static const struct {
    loci_layer_traits traits;
    const char *parameters; /* what the names of its parameters begin with, before the number of the layer */
    maker create;
} kinds[] = {
    {{.title = "S4D", .preset = "small", .lr = 0.01, .rows = 1, .chunks = 1, .square = 1}, "s4_layers", s4d},
    {{.title = "LSTM", .preset = "lstm", .lr = 0.001, .rows = 4}, "lstm_layers", lstm},
    {{.title = "GRU", .preset = "gru", .lr = 0.001, .rows = 4}, "gru_layers", gru},
    {{.title = "minGRU", .preset = "mingru", .lr = 0.01, .rows = 1, .chunks = 1}, "mingru_layers", mingru},
    {{.title = "convolution", .preset = "conv", .lr = 0.001, .rows = 1, .chunks = 1}, "conv_layers", conv},
    {{.title = "S5", .preset = "s5", .lr = 0.01, .rows = 1, .chunks = 1, .square = 1}, "s5_layers", s5},
    {{.title = "Mamba", .preset = "mamba", .lr = 0.002, .rows = 1, .chunks = 1}, "mamba_layers", mamba},
    {{.title = "Mamba 2", .preset = "mamba2", .lr = 0.002, .rows = 1, .chunks = 1}, "mamba_layers", mamba2},
    {{.title = "S4", .preset = "s4", .lr = 0.01, .rows = 1, .chunks = 1, .square = 1}, "s4_layers", s4},
    {{.title = "attention", .preset = "attention", .lr = 0.001, .rows = 1, .chunks = 1},
     "attention_layers",
     attention},
    {{.title = "bank", .preset = "bank", .lr = 0.001, .rows = 1, .chunks = 1}, "bank_layers", bank},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Those that mix samples alone: what mixes channels stands behind them. */
static const unsigned mix_samples = 1u << LOCI_LAYER_S4D | 1u << LOCI_LAYER_CONV | 1u << LOCI_LAYER_S5 |
                                    1u << LOCI_LAYER_S4 | 1u << LOCI_LAYER_ATTENTION;

/* Those that look both ways by themselves; of others there are two. */
static const unsigned look_themselves =
    1u << LOCI_LAYER_S4D | 1u << LOCI_LAYER_S4 | 1u << LOCI_LAYER_ATTENTION;

/* The mixer of channels of a block of S4, or of S5, behind a layer, which it takes over; the one of a transformer stands in a residual of its
 * own (stack.c). */
static loci_status mix_channels(loci_layer **layer, const char *name, const loci_model_config *c,
                                loci_error *error)
{
    loci_layer *gated;
    if (c->mixer != LOCI_MIXER_GATED) return LOCI_OK;
    const int wide = c->layer == LOCI_LAYER_S4 || (*layer)->outputs != c->width;
    const loci_status status = wide
                                   ? loci_gated_create_wide(&gated, c->allocator, name, (*layer)->outputs,
                                                            c->width, c->dropout, c->tied, error)
                                   : (c->layer == LOCI_LAYER_S5 ? loci_half_gated_create : loci_gated_create)(
                                         &gated, c->allocator, name, c->width, c->dropout, c->tied, error);
    if (!status) return loci_chain_create(layer, *layer, gated, error);
    loci_layer_free(*layer);
    return status;
}

loci_status loci_layer_kinds_create(loci_layer **layer, const loci_model_config *config, size_t i,
                                    size_t inputs, loci_error *error)
{
    char name[48];
    loci_model_config own = *config; /* as this layer has it: dilations is the one of its convolution */
    snprintf(name, sizeof name, "%s.%zu", kinds[config->layer].parameters, i);
    if (config->layer == LOCI_LAYER_CONV) own.dilations = (size_t)1 << i % config->dilations;
    const maker create = kinds[config->layer].create;
    const loci_status status = look_themselves >> (unsigned)config->layer & 1
                                   ? create(layer, name, &own, inputs, error)
                                   : both_ways(layer, create, name, &own, inputs, error);
    const int mixed = mix_samples >> (unsigned)config->layer & 1;
    return status || !mixed ? status : mix_channels(layer, name, config, error);
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
