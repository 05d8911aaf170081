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

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/causal.h"
#include "layer/dense.h"
#include "layer/loops.h"
#include "layer/selective.h"

enum { V = LOCI_LANES, BAND = LOCI_SELECTIVE_BAND };
static const double epsilon = 1e-5;

typedef struct {
    loci_layer layer;
    loci_mamba2_options o;
    struct {
        size_t in, in_bias, convolution, convolution_bias, dt_bias, rate, skip, norm, out, out_bias;
    } at; /* offsets of parameters */
} mamba2;

static inline const loci_mamba2_options *options_of(const loci_layer *layer)
{
    return &((const mamba2 *)layer)->o;
}

/* Blocks of W_in's outputs, in their order: x, B, C, z, z0, x0, r. `group`: of a group's channels. */
typedef struct {
    size_t group, scan, states, convolved, rest, heads, wide;
} block_counts;

static inline block_counts blocks_of(const loci_mamba2_options *o)
{
    block_counts n = {.group = loci_lane_blocks(o->scanned / o->groups),
                      .states = loci_lane_blocks(o->order)};
    n.scan = o->groups * n.group;
    n.convolved = n.scan + 2 * o->groups * n.states;
    n.rest = loci_lane_blocks(o->inner - o->scanned);
    n.heads = loci_lane_blocks(o->scanned / o->head);
    n.wide = n.convolved + n.scan + 2 * n.rest + n.heads;
    return n;
}

static inline size_t heads_of(const loci_mamba2_options *o)
{
    return o->scanned / o->head;
}

/* The lane of scanned channel e, and the head of lane i (that of the last channel where there is none). */
static inline size_t lane_of(const loci_mamba2_options *o, size_t e)
{
    const size_t each = o->scanned / o->groups;
    return e / each * loci_lane_blocks(each) * V + e % each;
}

static inline size_t head_of(const loci_mamba2_options *o, size_t i)
{
    const size_t each = o->scanned / o->groups, lanes = loci_lane_blocks(each) * V, at = i % lanes;
    return (i / lanes * each + (at < each ? at : each - 1)) / o->head;
}

/* W_in's rows: of each kind, `count` times `rows` of them, each time from a block on; in the order of the parameter. */
typedef struct {
    size_t first, count, rows; /* first: a block */
} kind;
enum { KINDS = 7 };

static void kinds_of(const loci_mamba2_options *o, kind kinds[KINDS])
{
    const block_counts n = blocks_of(o);
    const size_t G = o->groups, S = o->scanned, M = o->inner - S, z = n.convolved, z0 = z + n.scan;
    const kind all[KINDS] = {{z0, 1, M},
                             {z0 + n.rest, 1, M},
                             {z, G, S / G},
                             {0, G, S / G},
                             {n.scan, G, o->order},
                             {n.scan + G * n.states, G, o->order},
                             {z0 + 2 * n.rest, 1, heads_of(o)}};
    memcpy(kinds, all, sizeof all);
}

/* ---- prepared parameters ---- */

typedef struct {
    loci_dense in, out;
    loci_selective scan;
    loci_causal convolution;
    real *rate, *skip, *norm; /* [scan][16] each */
    real *spread; /* W_out with columns where the blocks have them; NULL: they are there already */
} prepared;

static int is_spread(const loci_mamba2_options *o)
{
    const size_t M = o->inner - o->scanned;
    return M % V != 0 || (o->groups > 1 && o->scanned / o->groups % V != 0);
}

/* Columns of W_out, in blocks. */
static size_t columns_of(const loci_mamba2_options *o)
{
    const block_counts n = blocks_of(o);
    return is_spread(o) ? (n.rest + n.scan) * V : o->inner;
}

/* Where column c of the parameter is. */
static size_t column_at(const loci_mamba2_options *o, size_t c)
{
    const size_t M = o->inner - o->scanned;
    return c < M ? c : blocks_of(o).rest * V + lane_of(o, c - M);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const loci_mamba2_options *o = options_of(layer);
    const block_counts n = blocks_of(o);
    const size_t lanes = n.scan * V, small = 3 * lanes + n.convolved * (o->convolution + 1) * V;
    prepared d = {.in = loci_dense_of(layer->inputs, n.wide * V, 1),
                  .out = loci_dense_of(columns_of(o), layer->outputs, 1)};
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
    const block_counts n = blocks_of(o);
    if (c < o->scanned) return lane_of(o, c);
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
    prepared *d = derived;
    d->in.crew = d->out.crew = crew;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const mamba2 *self = (const mamba2 *)layer;
    const loci_mamba2_options *o = &self->o;
    const prepared *d = derived;
    const size_t K = o->convolution, heads = heads_of(o);
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
        for (size_t i = 0; i < layer->outputs; i++)
            for (size_t c = 0; c < o->inner; c++)
                d->spread[i * columns_of(o) + column_at(o, c)] = p[self->at.out + i * o->inner + c];
        loci_dense_pack(&d->out, d->spread, o->bias ? p + self->at.out_bias : NULL, NULL);
    } else {
        loci_dense_pack(&d->out, p + self->at.out, o->bias ? p + self->at.out_bias : NULL, NULL);
    }
    for (size_t e = 0; e < o->scanned; e++) {
        const size_t at = lane_of(o, e), h = e / o->head;
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

/* Where the parts of a gradient begin; the last one is its size. */
typedef struct {
    size_t out, rate, skip, norm, weight, bias, all;
} slices;

static slices slices_of(const loci_layer *layer, const prepared *d)
{
    const loci_mamba2_options *o = options_of(layer);
    const block_counts n = blocks_of(o);
    slices s;
    s.out = loci_dense_gradient_size(&d->in);
    s.rate = s.out + loci_dense_gradient_size(&d->out);
    s.skip = s.rate + n.scan * V;
    s.norm = s.skip + n.scan * V;
    s.weight = s.norm + n.scan * V;
    s.bias = s.weight + n.convolved * o->convolution * V;
    s.all = s.bias + n.convolved * V;
    return s;
}

static void gather_out(const mamba2 *self, const prepared *d, real *dp, const real *gradient)
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
    const mamba2 *self = (const mamba2 *)layer;
    const loci_mamba2_options *o = &self->o;
    const prepared *d = derived;
    const slices s = slices_of(layer, d);
    const size_t K = o->convolution, heads = heads_of(o);
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
        const size_t at = lane_of(o, e), h = e / o->head;
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

/* ---- memory ---- */

/* Planes of a band of up to `rows` samples, which are also their stride: what the convolution gives, steps of heads and of lanes,
 * y in front of the norm, what W_out reads; backward's: their gradients, and of W_in's outputs. */
typedef struct {
    size_t rows;
    real *convolved, *steps, *dt, *y, *out, *statistics;
    real *slope, *dconvolved, *dsteps, *ddt, *dy, *dout, *din, *ahead, *dstate, *work;
} planes;

static planes forward_planes(const loci_mamba2_options *o, void **at, size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t size = rows * V * sizeof(real);
    planes w = {.rows = rows};
    w.convolved = loci_carve(at, n.convolved * size), w.steps = loci_carve(at, n.heads * size);
    w.dt = loci_carve(at, n.scan * size), w.y = loci_carve(at, n.scan * size);
    w.out = loci_carve(at, (n.rest + n.scan) * size);
    w.statistics = loci_carve(at, size);
    return w;
}

static size_t forward_blocks(const block_counts *n)
{
    return n->convolved + n->heads + 3 * n->scan + n->rest + 1;
}

static planes backward_planes(const loci_mamba2_options *o, const prepared *d, void **at, size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t size = rows * V * sizeof(real);
    planes w = forward_planes(o, at, rows);
    w.slope = loci_carve(at, n.convolved * size), w.dconvolved = loci_carve(at, n.convolved * size);
    w.dsteps = loci_carve(at, n.heads * size), w.ddt = loci_carve(at, n.scan * size);
    w.dy = loci_carve(at, n.scan * size), w.dout = loci_carve(at, (n.rest + n.scan) * size);
    w.din = loci_carve(at, n.wide * size);
    w.ahead = loci_carve(at, n.convolved * (rows + o->convolution - 1) * V * sizeof(real));
    w.dstate = loci_carve(at, n.scan * o->order * V * sizeof(real));
    w.work = loci_carve(at, loci_selective_scratch(&d->scan) * sizeof(real));
    return w;
}

static size_t backward_blocks(const block_counts *n)
{
    return 2 * n->convolved + n->heads + 3 * n->scan + n->rest + n->wide;
}

/* Rows of a band, for passes of L samples and steps of B lanes. */
static size_t band_rows(size_t B, size_t L)
{
    const size_t band = L < BAND ? L : BAND;
    return band > B ? band : B;
}

/* saved, of a sequence: what W_in gives [wide][width - 1 + L][16], of what is convolved the samples before the first one in
 * front; y in front of the norm [scan][L][16]; states, as the scan keeps them. */
static size_t saved_inputs(const loci_mamba2_options *o, size_t L)
{
    return blocks_of(o).wide * (o->convolution - 1 + L) * V;
}

static size_t saved_outputs(const loci_mamba2_options *o, size_t L)
{
    return o->norm == LOCI_GATE_NORM_NONE ? 0 : blocks_of(o).scan * L * V;
}

static size_t saved_reals(const loci_mamba2_options *o, const prepared *d, size_t L)
{
    return saved_inputs(o, L) + saved_outputs(o, L) + loci_selective_kept(&d->scan, L);
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_mamba2_options *o = options_of(layer);
    const block_counts n = blocks_of(o);
    const size_t rows = band_rows(B, L), before = o->convolution - 1;
    const size_t forth = (n.wide * (rows + before) + n.scan * o->order + o->convolution) * V,
                 back = (backward_blocks(&n) * rows + n.convolved * (rows + before) + n.scan * o->order) * V +
                        loci_selective_scratch(&((const prepared *)derived)->scan);
    return (loci_layer_memory){.gradient = slices_of(layer, derived).all,
                               .saved = B * saved_reals(o, derived, L) * sizeof(real),
                               .scratch = (forward_blocks(&n) * rows * V + (forth > back ? forth : back)) *
                                          sizeof(real)};
}

/* ---- a band ---- */

/* The steps of the heads, within their limits, and those of their lanes, from r. */
static void make_steps(const loci_mamba2_options *o, const planes *w, const real *r, size_t apart,
                       size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t T = w->rows;
    const real least = (real)o->least, most = (real)o->most;
    for (size_t k = 0; k < n.heads; k++) {
        real *steps = w->steps + k * T * V;
        loci_selective_loops_get()->softplus(steps, r + k * apart * V, rows);
        for (size_t i = 0; i < rows * V; i++) {
            if (steps[i] < least) steps[i] = least;
            if (most > 0 && steps[i] > most) steps[i] = most;
        }
    }
    for (size_t i = 0; i < n.scan * V; i++) {
        const size_t h = head_of(o, i);
        const real *from = w->steps + h / V * T * V + h % V;
        real *to = w->dt + i / V * T * V + i % V;
        for (size_t l = 0; l < rows; l++) to[l * V] = from[l * V];
    }
}

/* The gradient of r: 0 where a limit holds its step. */
static void retreat_steps(const loci_mamba2_options *o, const planes *w, real *dr, size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t T = w->rows;
    const real least = (real)o->least, most = (real)o->most;
    memset(w->dsteps, 0, n.heads * T * V * sizeof(real));
    for (size_t e = 0; e < o->scanned; e++) {
        const size_t at = lane_of(o, e), h = e / o->head;
        const real *from = w->ddt + at / V * T * V + at % V;
        real *to = w->dsteps + h / V * T * V + h % V;
        for (size_t l = 0; l < rows; l++) to[l * V] += from[l * V];
    }
    for (size_t k = 0; k < n.heads; k++) {
        const real *steps = w->steps + k * T * V;
        real *d = w->dsteps + k * T * V;
        for (size_t i = 0; i < rows * V; i++)
            if ((least > 0 && steps[i] <= least) || (most > 0 && steps[i] >= most)) d[i] = 0;
        loci_selective_loops_get()->softplus_backward(dr + k * T * V, d, steps, rows);
    }
}

/* What the scan reads; in: W_in's outputs, the band's first row behind width - 1 others. */
static loci_selective_planes enter(const loci_mamba2_options *o, const prepared *d, const planes *w,
                                   const real *in, size_t apart, size_t rows, real *slope)
{
    const block_counts n = blocks_of(o);
    const size_t T = w->rows, before = o->convolution - 1;
    const real *here = in + before * V, *z = here + n.convolved * apart * V;
    loci_causal_forward(&d->convolution, w->convolved, slope, T, in, apart, rows);
    make_steps(o, w, here + (n.wide - n.heads) * apart * V, apart, rows);
    return (loci_selective_planes){.x = w->convolved,
                                   .dt = w->dt,
                                   .z = o->norm == LOCI_GATE_NORM_BEFORE ? NULL : z,
                                   .B = w->convolved + n.scan * T * V,
                                   .C = w->convolved + (n.scan + o->groups * n.states) * T * V,
                                   .apart = T,
                                   .z_apart = apart,
                                   .bc_apart = T,
                                   .rows = rows};
}

/* RMS norms of y, [scan][y_apart][16], group by group, into out. */
static void normalize(const loci_mamba2_options *o, const prepared *d, const planes *w, real *out,
                      const real *y, size_t y_apart, size_t rows)
{
    const block_counts n = blocks_of(o);
    for (size_t g = 0; g < o->groups; g++)
        loci_loops_get()->normalize(
            out + g * n.group * w->rows * V, w->statistics, y + g * n.group * y_apart * V, w->rows, y_apart,
            d->norm + g * n.group * V, NULL, epsilon, 0, o->scanned / o->groups, rows);
}

/* What W_out reads from y, [scan][y_apart][16], and z, z0, x0 at z. */
static void leave(const loci_mamba2_options *o, const prepared *d, const planes *w, const real *y,
                  size_t y_apart, const real *z, size_t apart, size_t rows)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    const block_counts n = blocks_of(o);
    const size_t T = w->rows;
    real *out = w->out + n.rest * T * V;
    const real *z0 = z + n.scan * apart * V;
    for (size_t k = 0; k < n.rest; k++)
        loops->gate(w->out + k * T * V, z0 + (n.rest + k) * apart * V, z0 + k * apart * V, rows);
    if (o->norm != LOCI_GATE_NORM_NONE) normalize(o, d, w, out, y, y_apart, rows);
    for (size_t k = 0; o->norm == LOCI_GATE_NORM_NONE && k < n.scan; k++)
        memcpy(out + k * T * V, y + k * y_apart * V, rows * V * sizeof(real));
    for (size_t k = 0; o->norm == LOCI_GATE_NORM_BEFORE && k < n.scan; k++)
        loops->gate(out + k * T * V, out + k * T * V, z + k * apart * V, rows);
}

/* Zeros behind the end of a sequence. */
static void clear_rest(real *x, size_t blocks, size_t L, size_t length)
{
    for (size_t k = 0; k < blocks && length < L; k++)
        memset(x + (k * L + length) * V, 0, (L - length) * V * sizeof(real));
}

/* ---- forward ---- */

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_mamba2_options *o = options_of(layer);
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t L = pass->L, before = o->convolution - 1, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.scan * o->order * V;
    void *at = scratch;
    const planes w = forward_planes(o, &at, band_rows(0, L));
    real *held = loci_carve(&at, n.wide * (w.rows + before) * V * sizeof(real)),
         *fresh = loci_carve(&at, states * sizeof(real));
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *keep = saved ? (real *)saved + b * saved_reals(o, d, L) : NULL;
        real *ys = keep && o->norm != LOCI_GATE_NORM_NONE ? keep + saved_inputs(o, L) : NULL;
        real *kept = keep ? keep + saved_inputs(o, L) + saved_outputs(o, L) : NULL;
        real *h = state ? state[b] + loci_causal_state(&d->convolution) : fresh;
        const size_t apart = before + (keep ? L : w.rows);
        real *out = y + b * out_blocks * L * V;
        if (!state) memset(h, 0, states * sizeof(real));
        loci_causal_take(&d->convolution, keep ? keep : held, apart, state ? state[b] : NULL);
        for (size_t first = 0; first < length; first += BAND) {
            const size_t rows = length - first < BAND ? length - first : BAND;
            real *in = keep ? keep + first * V : held;
            if (!keep && first > 0) loci_causal_move(&d->convolution, held, apart, BAND);
            loci_dense_multiply(&d->in, in + before * V, apart, x + (b * in_blocks * L + first) * V, L, rows);
            const loci_selective_planes band = enter(o, d, &w, in, apart, rows, NULL);
            loci_selective_forward(&d->scan, w.y, h,
                                   keep ? kept + loci_selective_kept(&d->scan, first) : NULL, &band);
            for (size_t k = 0; ys && k < n.scan; k++)
                memcpy(ys + (k * L + first) * V, w.y + k * w.rows * V, rows * V * sizeof(real));
            leave(o, d, &w, w.y, w.rows, in + (n.convolved * apart + before) * V, apart, rows);
            loci_dense_multiply(&d->out, out + first * V, L, w.out, w.rows, rows);
        }
        if (state && length > 0)
            loci_causal_give(&d->convolution, state[b], keep ? keep : held, apart,
                             keep ? length : (length - 1) % BAND + 1);
        clear_rest(out, out_blocks, L, length);
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_mamba2_options *o = options_of(layer);
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t T = lanes;
    void *at = scratch;
    const planes w = forward_planes(o, &at, lanes);
    real *in = loci_carve(&at, n.wide * lanes * V * sizeof(real)),
         *window = loci_carve(&at, o->convolution * V * sizeof(real));
    const real *z = in + n.convolved * T * V;
    loci_dense_multiply(&d->in, in, T, x, T, lanes);
    loci_causal_step(&d->convolution, w.convolved, in, lanes, state, window);
    make_steps(o, &w, in + (n.wide - n.heads) * T * V, T, lanes);
    for (size_t b = 0; b < lanes; b++) {
        const loci_selective_planes band = {.x = w.convolved + b * V,
                                            .dt = w.dt + b * V,
                                            .z = o->norm == LOCI_GATE_NORM_BEFORE ? NULL : z + b * V,
                                            .B = w.convolved + (n.scan * T + b) * V,
                                            .C = w.convolved + ((n.scan + o->groups * n.states) * T + b) * V,
                                            .apart = T,
                                            .z_apart = T,
                                            .bc_apart = T,
                                            .rows = 1};
        loci_selective_forward(&d->scan, w.y + b * V, state[b] + loci_causal_state(&d->convolution), NULL,
                               &band);
    }
    leave(o, d, &w, w.y, T, z, T, lanes);
    loci_dense_multiply(&d->out, y, T, w.out, T, lanes);
}

/* ---- backward ---- */

/* From the gradient of what W_out reads: that of what leaves the scan into w->dy, of z0 and x0, and, where the norm is in front of
 * the gate, of z. ys: y in front of the norm, [scan][L][16]. */
static void retreat_leave(const loci_mamba2_options *o, const prepared *d, const planes *w, real *dnorm,
                          const real *ys, size_t L, const real *z, size_t apart, size_t rows)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    const block_counts n = blocks_of(o);
    const size_t T = w->rows;
    const real *z0 = z + n.scan * apart * V;
    real *dz = w->din + n.convolved * T * V, *dz0 = dz + n.scan * T * V, *dout = w->dout + n.rest * T * V,
         *out = w->out + n.rest * T * V;
    for (size_t k = 0; k < n.rest; k++)
        loops->gate_backward(dz0 + (n.rest + k) * T * V, dz0 + k * T * V, w->dout + k * T * V,
                             z0 + (n.rest + k) * apart * V, z0 + k * apart * V, rows);
    if (o->norm == LOCI_GATE_NORM_NONE) {
        memcpy(w->dy, dout, n.scan * T * V * sizeof(real));
        return;
    }
    for (size_t g = 0; g < o->groups; g++) {
        const size_t first = g * n.group;
        real *dg = dout + first * T * V;
        real *packed = w->y + first * T * V; /* ys at the strides of the rest */
        for (size_t k = 0; k < n.group; k++)
            memcpy(packed + k * T * V, ys + (first + k) * L * V, rows * V * sizeof(real));
        loci_loops_get()->normalize(out + first * T * V, w->statistics, packed, T, T, d->norm + first * V,
                                    NULL, epsilon, 0, o->scanned / o->groups, rows);
        for (size_t k = 0; o->norm == LOCI_GATE_NORM_BEFORE && k < n.group; k++)
            loops->gate_backward(dg + k * T * V, dz + (first + k) * T * V, dg + k * T * V,
                                 out + (first + k) * T * V, z + (first + k) * apart * V, rows);
        loci_loops_get()->normalize_backward(w->dy + first * T * V, dnorm + first * V, NULL, dg, packed,
                                             w->statistics, d->norm + first * V, T, 0, o->scanned / o->groups,
                                             rows);
    }
    leave(o, d, w, ys, L, z, apart, rows);
}

/* One band, and the state's gradient taken back over it. in, ys, kept: what forward left. */
static void retreat(const loci_layer *layer, const prepared *d, const planes *w, real *dx, real *gradient,
                    real *dstate, const real *dhistory, const real *dy, const real *x, const real *in,
                    const real *ys, const real *kept, size_t L, size_t first, size_t rows, size_t length)
{
    const loci_mamba2_options *o = options_of(layer);
    const block_counts n = blocks_of(o);
    const slices s = slices_of(layer, d);
    const size_t T = w->rows, before = o->convolution - 1, apart = before + L;
    const real *z = in + (n.convolved * apart + before) * V;
    const loci_selective_planes band = enter(o, d, w, in, apart, rows, w->slope);
    loci_dense_transposed(&d->out, w->dout, T, dy + first * V, L, rows);
    retreat_leave(o, d, w, gradient + s.norm, ys, L, z, apart, rows);
    const loci_selective_slopes to = {.dx = w->dconvolved,
                                      .ddt = w->ddt,
                                      .dz = band.z ? w->din + n.convolved * T * V : NULL,
                                      .dB = w->dconvolved + n.scan * T * V,
                                      .dC = w->dconvolved + (n.scan + o->groups * n.states) * T * V,
                                      .y = o->norm == LOCI_GATE_NORM_NONE ? w->out + n.rest * T * V : w->y,
                                      .drate = gradient + s.rate,
                                      .dskip = gradient + s.skip,
                                      .z_apart = T,
                                      .bc_apart = T};
    loci_selective_backward(&d->scan, &to, dstate, w->dy, kept, &band, w->work);
    if (o->norm == LOCI_GATE_NORM_NONE && n.rest > 0) {
        const real *z0 = z + n.scan * apart * V;
        for (size_t k = 0; k < n.rest; k++)
            loci_selective_loops_get()->gate(w->out + k * T * V, z0 + (n.rest + k) * apart * V,
                                             z0 + k * apart * V, rows);
    }
    loci_dense_gradient(&d->out, gradient + s.out, w->out, T, dy + first * V, L, rows);
    retreat_steps(o, w, w->din + (n.wide - n.heads) * T * V, rows);
    for (size_t k = 0; k < n.convolved; k++)
        loci_selective_loops_get()->add_multiply(w->ahead + k * (T + before) * V, w->dconvolved + k * T * V,
                                                 NULL, w->slope + k * T * V, rows);
    loci_causal_backward(&d->convolution, w->din, T, gradient + s.weight, gradient + s.bias, w->ahead, in,
                         apart, dhistory, first, rows, length);
    loci_dense_gradient(&d->in, gradient, x + first * V, L, w->din, T, rows);
    if (dx) loci_dense_transposed(&d->in, dx + first * V, L, w->din, T, rows);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)y;
    const loci_mamba2_options *o = options_of(layer);
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t L = pass->L, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.scan * o->order * V;
    void *at = scratch;
    const planes w = backward_planes(o, d, &at, band_rows(0, L));
    const size_t ahead = n.convolved * (w.rows + o->convolution - 1) * V;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        const real *in = (const real *)saved + b * saved_reals(o, d, L), *ys = in + saved_inputs(o, L),
                   *kept = ys + saved_outputs(o, L);
        real *dh = dstate ? dstate[b] + loci_causal_state(&d->convolution) : w.dstate,
             *dhistory = dstate ? dstate[b] : NULL, *to = dx ? dx + b * in_blocks * L * V : NULL;
        if (!dstate) memset(dh, 0, states * sizeof(real));
        memset(w.ahead, 0, ahead * sizeof(real));
        for (size_t i = (length + BAND - 1) / BAND; i-- > 0;) {
            const size_t first = i * BAND, rows = length - first < BAND ? length - first : BAND;
            retreat(layer, d, &w, to, gradient, dh, dhistory, dy + b * out_blocks * L * V,
                    x + b * in_blocks * L * V, in + first * V, ys + first * V,
                    kept + loci_selective_kept(&d->scan, first), L, first, rows, length);
            if (i > 0) loci_causal_retire(&d->convolution, w.ahead, w.rows, BAND);
        }
        if (dstate) loci_causal_begin(&d->convolution, dhistory, w.ahead, w.rows, length);
        if (to) clear_rest(to, in_blocks, L, length);
    }
}

/* ---- creation ---- */

static const loci_layer_class class = {.name = "mamba2",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
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
    if (o->groups == 0 || heads_of(o) % o->groups != 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has %zu groups of %zu heads; a number that divides these was expected",
                         name, o->groups, heads_of(o));
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

/* A uniform matrix or vector, of so many inputs that its bound is one over the root of them. */
static loci_parameter uniform(size_t inputs, size_t dimensions, size_t rows, size_t columns)
{
    const double bound = 1 / sqrt((double)inputs);
    return (loci_parameter){.dimensions = dimensions,
                            .shape = {rows, columns},
                            .initial = LOCI_INITIAL_UNIFORM,
                            .a = -bound,
                            .b = bound};
}

static loci_parameter plain(size_t count, loci_initial initial, double a, double b)
{
    return (loci_parameter){
        .dimensions = 1, .shape = {count}, .group = LOCI_GROUP_UNDECAYED, .initial = initial, .a = a, .b = b};
}

loci_status loci_mamba2_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, const loci_mamba2_options *options, loci_error *error)
{
    mamba2 *self;
    const loci_mamba2_options *o = options;
    loci_status status = check(o, name, error);
    if (!status)
        status = loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    loci_layer *layer = &self->layer;
    const size_t S = o->scanned, heads = heads_of(o), K = o->convolution, wide = convolved_channels(o),
                 rows = 2 * o->inner + wide - S + heads;
    self->o = *o;
    self->at.dt_bias =
        loci_layer_add(layer, "dt_bias", plain(heads, LOCI_INITIAL_STEPS, o->dt_min, o->dt_max));
    self->at.rate = loci_layer_add(layer, "A_log", plain(heads, LOCI_INITIAL_LOG_UNIFORM, 1, 16));
    self->at.skip =
        loci_layer_add(layer, "D", plain(o->skip_channels ? S : heads, LOCI_INITIAL_CONSTANT, 1, 0));
    self->at.in = loci_layer_add(layer, "in_proj.weight", uniform(inputs, 2, rows, inputs));
    loci_parameter bias = {.dimensions = 1, .shape = {rows}, .initial = LOCI_INITIAL_CONSTANT};
    if (o->bias) self->at.in_bias = loci_layer_add(layer, "in_proj.bias", bias);
    loci_parameter weight = uniform(K, 3, wide, 1);
    weight.shape[2] = K;
    self->at.convolution = loci_layer_add(layer, "conv1d.weight", weight);
    if (o->convolution_bias)
        self->at.convolution_bias = loci_layer_add(layer, "conv1d.bias", uniform(K, 1, wide, 0));
    bias.shape[0] = S, bias.a = 1;
    if (o->norm != LOCI_GATE_NORM_NONE) self->at.norm = loci_layer_add(layer, "norm.weight", bias);
    self->at.out = loci_layer_add(layer, "out_proj.weight", uniform(o->inner, 2, outputs, o->inner));
    bias.shape[0] = outputs, bias.a = 0;
    if (o->bias) self->at.out_bias = loci_layer_add(layer, "out_proj.bias", bias);
    const block_counts n = blocks_of(o);
    layer->state = (n.convolved * (K - 1) + n.scan * o->order) * V;
    *out = layer;
    return LOCI_OK;
}
