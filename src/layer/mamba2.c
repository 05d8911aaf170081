/* SPDX-License-Identifier: MIT
 * mamba2.c - the mixer of Mamba 2 (Dao and Gu 2024): one rate for all states of a head, B and C by groups of heads, steps, B and
 * C straight from the input, a norm at the gate.
 *
 *     z, x, B, C, r = W_in u;  x, B, C = silu(conv(x, B, C));  dt = softplus(r + b) within its limits
 *     h = exp(dt A) h + dt B x,  y = C h + D x,  A = -exp(A_log)
 *     W_out RMS(y silu(z)), or RMS(y) silu(z), or y silu(z), the norm of each group by itself
 *
 * Where fewer channels than the inner ones are scanned, the rest is silu(z0) x0, in front of them. Channels of a group begin at a
 * block here, whatever their number. Samples go through all of it in bands; what W_in gives is kept for backward, and y in front of
 * the norm, and the state before each band; the rest is computed once more. State: the last samples of x, B, C in front of the
 * convolution, then h. */
#include "base/each_precision.h"

#include "layer/mamba2.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

enum { V = LOCI_LANES };

/* W_in's rows: of each kind, `count` times `rows` of them, each time from a block on; in the order of the parameter. */
typedef struct {
    size_t first, count, rows; /* first: a block */
} kind;
enum { KINDS = 7 };

static void kinds_of(const loci_mamba2_options *o, kind kinds[KINDS])
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t G = o->groups, S = o->scanned, M = o->inner - S, z = n.convolved, z0 = z + n.scan;
    const kind all[KINDS] = {{z0, 1, M},
                             {z0 + n.rest, 1, M},
                             {z, G, S / G},
                             {0, G, S / G},
                             {n.scan, G, o->order},
                             {n.scan + G * n.states, G, o->order},
                             {z0 + 2 * n.rest, 1, loci_mamba2_heads(o)}};
    memcpy(kinds, all, sizeof all);
}
/* ---- prepared parameters ---- */

static int is_spread(const loci_mamba2_options *o)
{
    const size_t M = o->inner - o->scanned;
    return M % V != 0 || (o->groups > 1 && o->scanned / o->groups % V != 0);
}

/* Columns of W_out, in blocks. */
static size_t columns_of(const loci_mamba2_options *o)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    return is_spread(o) ? (n.rest + n.scan) * V : o->inner;
}

/* Where column c of the parameter is. */
static size_t column_at(const loci_mamba2_options *o, size_t c)
{
    const size_t M = o->inner - o->scanned;
    return c < M ? c : loci_mamba2_blocks_of(o).rest * V + loci_mamba2_lane(o, c - M);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t lanes = n.scan * V, small = 3 * lanes + n.convolved * (o->convolution + 1) * V;
    loci_mamba2_prepared d = {.in = loci_dense_of(layer, layer->inputs, n.wide * V, 1),
                              .out = loci_dense_of(layer, columns_of(o), layer->outputs, 1)};
    d.in.ahead = d.out.ahead = L == 0;
    const size_t head = (sizeof d + 63) / 64 * 64, in = loci_dense_size(&d.in, 1),
                 out = loci_dense_size(&d.out, o->bias),
                 spread = is_spread(o) ? loci_lane_blocks(layer->outputs * columns_of(o)) * V : 0;
    char *memory =
        loci_allocate_by(loci_allocator_of(layer), head + (small + in + out + spread) * sizeof(real), 1);
    if (!memory)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s of %zu channels", layer->name,
                         layer->outputs);
    real *at = (real *)(void *)(memory + head);
    d.rate = at, d.skip = d.rate + lanes, d.norm = d.skip + lanes;
    d.convolution = (loci_causal){.blocks = n.convolved, .width = o->convolution, .weight = d.norm + lanes};
    d.convolution.bias = d.convolution.weight + n.convolved * o->convolution * V;
    loci_dense_place(&d.in, at + small, 1);
    loci_dense_place(&d.out, at + small + in, o->bias);
    d.spread = spread > 0 ? at + small + in + out : NULL;
    d.scan = (loci_selective){n.scan, o->groups, o->order, 1, d.rate, d.skip};
    memcpy(memory, &d, sizeof d);
    *derived = memory;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
}

/* The block and lane of convolved channel c, counted as the parameter does. */
static size_t convolved_at(const loci_mamba2_options *o, size_t c)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    if (c < o->scanned) return loci_mamba2_lane(o, c);
    const size_t i = c - o->scanned;
    return (n.scan + i / o->order * n.states) * V + i % o->order;
}

static size_t convolved_channels(const loci_mamba2_options *o)
{
    return o->scanned + 2 * o->groups * o->order;
}

static void lend(const loci_layer *layer, void *derived, const loci_crew *crew)
{
    (void)layer;
    loci_mamba2_prepared *d = derived;
    d->in.crew = d->out.crew = crew;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const loci_mamba2 *self = (const loci_mamba2 *)layer;
    const loci_mamba2_options *o = &self->o;
    const loci_mamba2_prepared *d = derived;
    const size_t K = o->convolution, heads = loci_mamba2_heads(o);
    const real *w = p + self->at.in, *bias = o->bias ? p + self->at.in_bias : NULL;
    kind kinds[KINDS];
    kinds_of(o, kinds);
    for (int i = 0; i < KINDS; i++)
        for (size_t g = 0; g < kinds[i].count; g++) {
            const size_t rows = kinds[i].rows, first = (kinds[i].first + g * loci_lane_blocks(rows)) * V;
            loci_dense_pack_rows(&d->in, first, w, bias, rows);
            w += rows * layer->inputs;
            if (bias) bias += rows;
        }
    for (size_t h = 0; h < heads; h++) { /* r and its bias */
        real *b = d->in.bias + kinds[KINDS - 1].first * V + h;
        *b = (o->bias ? *b : 0) + p[self->at.dt_bias + h];
    }
    if (d->spread) {
        memset(d->spread, 0, layer->outputs * columns_of(o) * sizeof(real)); /* of gradients */
        for (size_t i = 0; i < layer->outputs; i++)
            for (size_t c = 0; c < o->inner; c++)
                d->spread[i * columns_of(o) + column_at(o, c)] = p[self->at.out + i * o->inner + c];
        loci_dense_pack(&d->out, d->spread, o->bias ? p + self->at.out_bias : NULL, NULL);
    } else {
        loci_dense_pack(&d->out, p + self->at.out, o->bias ? p + self->at.out_bias : NULL, NULL);
    }
    for (size_t e = 0; e < o->scanned; e++) {
        const size_t at = loci_mamba2_lane(o, e), h = e / o->head;
        d->rate[at] = (real)(-LOCI_SELECTIVE_BASE * exp((double)p[self->at.rate + h]));
        d->skip[at] = p[self->at.skip + (o->skip_channels ? e : h)];
        if (o->norm != LOCI_GATE_NORM_NONE) d->norm[at] = p[self->at.norm + e];
    }
    for (size_t c = 0; c < convolved_channels(o); c++) {
        const size_t at = convolved_at(o, c);
        for (size_t k = 0; k < K; k++)
            d->convolution.weight[(at / V * K + k) * V + at % V] = p[self->at.convolution + c * K + k];
        if (o->convolution_bias) d->convolution.bias[at] = p[self->at.convolution_bias + c];
    }
}
static void gather_out(const loci_mamba2 *self, const loci_mamba2_prepared *d, real *dp, const real *gradient)
{
    const loci_mamba2_options *o = &self->o;
    real *dbias = o->bias ? dp + self->at.out_bias : NULL;
    if (!d->spread) {
        loci_dense_unpack(&d->out, dp + self->at.out, dbias, gradient);
        return;
    }
    loci_dense_unpack(&d->out, d->spread, dbias, gradient); /* it is made anew before it is read again */
    for (size_t i = 0; i < self->layer.outputs; i++)
        for (size_t c = 0; c < o->inner; c++)
            dp[self->at.out + i * o->inner + c] = d->spread[i * columns_of(o) + column_at(o, c)];
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const loci_mamba2 *self = (const loci_mamba2 *)layer;
    const loci_mamba2_options *o = &self->o;
    const loci_mamba2_prepared *d = derived;
    const loci_mamba2_slices s = loci_mamba2_slices_of(layer, d);
    const size_t K = o->convolution, heads = loci_mamba2_heads(o);
    real *w = dp + self->at.in, *bias = o->bias ? dp + self->at.in_bias : NULL;
    kind kinds[KINDS];
    kinds_of(o, kinds);
    for (int i = 0; i < KINDS; i++)
        for (size_t g = 0; g < kinds[i].count; g++) {
            const size_t rows = kinds[i].rows, first = (kinds[i].first + g * loci_lane_blocks(rows)) * V;
            loci_dense_unpack_rows(&d->in, first, w, bias, gradient, rows);
            w += rows * layer->inputs;
            if (bias) bias += rows;
            if (i + 1 == KINDS)
                loci_dense_unpack_rows(&d->in, first, w - rows * layer->inputs, dp + self->at.dt_bias,
                                       gradient, rows);
        }
    gather_out(self, d, dp, gradient + s.out);
    for (size_t h = 0; h < heads; h++) dp[self->at.rate + h] = 0;
    for (size_t h = 0; !o->skip_channels && h < heads; h++) dp[self->at.skip + h] = 0;
    for (size_t e = 0; e < o->scanned; e++) {
        const size_t at = loci_mamba2_lane(o, e), h = e / o->head;
        dp[self->at.rate + h] += (real)(-exp((double)p[self->at.rate + h])) * gradient[s.rate + at];
        if (o->skip_channels)
            dp[self->at.skip + e] = gradient[s.skip + at];
        else
            dp[self->at.skip + h] += gradient[s.skip + at];
        if (o->norm != LOCI_GATE_NORM_NONE) dp[self->at.norm + e] = gradient[s.norm + at];
    }
    for (size_t c = 0; c < convolved_channels(o); c++) {
        const size_t at = convolved_at(o, c);
        for (size_t k = 0; k < K; k++)
            dp[self->at.convolution + c * K + k] = gradient[s.weight + (at / V * K + k) * V + at % V];
        if (o->convolution_bias) dp[self->at.convolution_bias + c] = gradient[s.bias + at];
    }
}
/* ---- creation ---- */

static const loci_layer_class class = {.name = "mamba2",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = loci_mamba2_memory,
                                       .forward = loci_mamba2_forward,
                                       .backward = loci_mamba2_backward,
                                       .gather = gather,
                                       .step = loci_mamba2_step,
                                       .lend = lend};

static loci_status check(const loci_mamba2_options *o, const char *name, loci_error *error)
{
    if (o->inner == 0 || o->inner > LOCI_LAYER_CHANNELS_MAX / 2 || o->scanned == 0 || o->scanned > o->inner)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "layer %s has %zu inner channels, %zu of them scanned; 1 to %d, and no more than these, were "
            "expected",
            name, o->inner, o->scanned, LOCI_LAYER_CHANNELS_MAX / 2);
    if (o->head == 0 || o->scanned % o->head != 0)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "layer %s has heads of %zu of %zu channels; a number that divides these was expected", name,
            o->head, o->scanned);
    if (o->groups == 0 || loci_mamba2_heads(o) % o->groups != 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has %zu groups of %zu heads; a number that divides these was expected",
                         name, o->groups, loci_mamba2_heads(o));
    if (o->order == 0 || o->order > LOCI_STATE_MAX || o->convolution == 0 ||
        o->convolution > LOCI_CONV_TAPS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has %zu states and convolutions of %zu; 1 to %d and 1 to %d were expected",
                         name, o->order, o->convolution, LOCI_STATE_MAX, LOCI_CONV_TAPS_MAX);
    if (!(o->least >= 0 && o->most >= 0 && (o->most == 0 || o->least <= o->most)))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has steps from %g to %g; two ascending numbers were expected, 0 for none",
                         name, o->least, o->most);
    return LOCI_OK;
}

static loci_parameter plain(size_t count, loci_initial initial, double a, double b)
{
    return (loci_parameter){
        .dimensions = 1, .shape = {count}, .group = LOCI_GROUP_UNDECAYED, .initial = initial, .a = a, .b = b};
}

loci_status loci_mamba2_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, const loci_mamba2_options *options, loci_error *error)
{
    loci_mamba2 *self;
    const loci_mamba2_options *o = options;
    loci_status status = check(o, name, error);
    if (!status)
        status = loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    loci_layer *layer = &self->layer;
    const size_t S = o->scanned, heads = loci_mamba2_heads(o), K = o->convolution,
                 wide = convolved_channels(o), rows = 2 * o->inner + wide - S + heads;
    self->o = *o;
    self->at.dt_bias =
        loci_layer_add(layer, "dt_bias", plain(heads, LOCI_INITIAL_STEPS, o->dt_min, o->dt_max));
    self->at.rate = loci_layer_add(layer, "A_log", plain(heads, LOCI_INITIAL_LOG_UNIFORM, 1, 16));
    self->at.skip =
        loci_layer_add(layer, "D", plain(o->skip_channels ? S : heads, LOCI_INITIAL_CONSTANT, 1, 0));
    self->at.in = loci_layer_add(layer, "in_proj.weight", loci_parameter_uniform(inputs, 2, rows, inputs));
    loci_parameter bias = {.dimensions = 1, .shape = {rows}, .initial = LOCI_INITIAL_CONSTANT};
    if (o->bias) self->at.in_bias = loci_layer_add(layer, "in_proj.bias", bias);
    loci_parameter weight = loci_parameter_uniform(K, 3, wide, 1);
    weight.shape[2] = K;
    self->at.convolution = loci_layer_add(layer, "conv1d.weight", weight);
    if (o->convolution_bias)
        self->at.convolution_bias =
            loci_layer_add(layer, "conv1d.bias", loci_parameter_uniform(K, 1, wide, 0));
    bias.shape[0] = S, bias.a = 1;
    if (o->norm != LOCI_GATE_NORM_NONE) self->at.norm = loci_layer_add(layer, "norm.weight", bias);
    self->at.out =
        loci_layer_add(layer, "out_proj.weight", loci_parameter_uniform(o->inner, 2, outputs, o->inner));
    bias.shape[0] = outputs, bias.a = 0;
    if (o->bias) self->at.out_bias = loci_layer_add(layer, "out_proj.bias", bias);
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    layer->state = (n.convolved * (K - 1) + n.scan * o->order) * V;
    *out = layer;
    return LOCI_OK;
}
