/* SPDX-License-Identifier: MIT
 * mamba.c - the mixer of Mamba (Gu and Dao 2023): short convolution, selective scan, gate, between two products.
 *
 *     x, z = W_in u;  x = silu(conv(x));  r, B, C = W_x x;  dt = softplus(W_dt r + b_dt)
 *     h = exp(dt A) h + dt B x,  y = W_out ((C h + D x) silu(z)),  A = -exp(A_log)
 *
 * Samples go through all of it in bands. x and z, r, B and C are kept for backward, and some of the states; the rest is
 * computed once more. State: the last samples of x in front of the convolution, the oldest first, then h. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/causal.h"
#include "layer/dense.h"
#include "layer/selective.h"

enum { V = LOCI_LANES, BAND = LOCI_SELECTIVE_BAND };

typedef struct {
    loci_layer layer;
    loci_mamba_options o;
    struct {
        size_t in, in_bias, convolution, convolution_bias, x, dt, dt_bias, rate, skip, out, out_bias;
    } at; /* offsets of parameters */
} mamba;

typedef struct {
    loci_dense in, x, dt, out;
    loci_selective scan;
    loci_causal convolution;
    real *rate, *skip; /* of the scan */
} prepared;

static inline const loci_mamba_options *options_of(const loci_layer *layer)
{
    return &((const mamba *)layer)->o;
}

/* Blocks of the inner channels, of r, and of B, which C has as many of. */
typedef struct {
    size_t inner, rank, states;
} block_counts;

static inline block_counts blocks_of(const loci_mamba_options *o)
{
    return (block_counts){loci_lane_blocks(o->inner), loci_lane_blocks(o->rank), loci_lane_blocks(o->order)};
}

/* ---- prepared parameters ---- */

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const loci_mamba_options *o = options_of(layer);
    const block_counts n = blocks_of(o);
    const size_t small = n.inner * (o->order + o->convolution + 2) * V;
    prepared d = {.in = loci_dense_of(layer, layer->inputs, o->inner, 2),
                  .x = loci_dense_of(layer, o->inner, (n.rank + 2 * n.states) * V, 1),
                  .dt = loci_dense_of(layer, o->rank, o->inner, 1),
                  .out = loci_dense_of(layer, o->inner, layer->outputs, 1)};
    loci_dense *const all[] = {&d.in, &d.x, &d.dt, &d.out};
    const int biased[] = {o->bias, 0, 1, o->bias};
    const size_t head = (sizeof d + 63) / 64 * 64;
    size_t reals = small;
    for (int i = 0; i < 4; i++) all[i]->ahead = L == 0, reals += loci_dense_size(all[i], biased[i]);
    char *memory = loci_allocate_by(loci_allocator_of(layer), head + reals * sizeof(real), 1);
    if (!memory)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s of %zu channels", layer->name,
                         layer->outputs);
    real *at = (real *)(void *)(memory + head);
    d.rate = at, d.skip = d.rate + n.inner * o->order * V;
    d.convolution = (loci_causal){.blocks = n.inner, .width = o->convolution, .weight = d.skip + n.inner * V};
    d.convolution.bias = d.convolution.weight + n.inner * o->convolution * V;
    at += small;
    for (int i = 0; i < 4; i++) {
        loci_dense_place(all[i], at, biased[i]);
        at += loci_dense_size(all[i], biased[i]);
    }
    d.scan = (loci_selective){n.inner, 1, o->order, 0, d.rate, d.skip};
    memcpy(memory, &d, sizeof d);
    *derived = memory;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
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
    const mamba *self = (const mamba *)layer;
    const loci_mamba_options *o = &self->o;
    const prepared *d = derived;
    const size_t E = o->inner, R = o->rank, N = o->order, K = o->convolution;
    const block_counts n = blocks_of(o);
    const real *x = p + self->at.x;
    loci_dense_pack(&d->in, p + self->at.in, o->bias ? p + self->at.in_bias : NULL, NULL);
    loci_dense_pack_rows(&d->x, 0, x, NULL, R);
    loci_dense_pack_rows(&d->x, n.rank * V, x + R * E, NULL, N);
    loci_dense_pack_rows(&d->x, (n.rank + n.states) * V, x + (R + N) * E, NULL, N);
    loci_dense_pack(&d->dt, p + self->at.dt, p + self->at.dt_bias, NULL);
    loci_dense_pack(&d->out, p + self->at.out, o->bias ? p + self->at.out_bias : NULL, NULL);
    for (size_t e = 0; e < E; e++) {
        const size_t block = e / V, lane = e % V;
        for (size_t i = 0; i < N; i++)
            d->rate[(block * N + i) * V + lane] =
                (real)(-LOCI_SELECTIVE_BASE * exp((double)p[self->at.rate + e * N + i]));
        for (size_t k = 0; k < K; k++)
            d->convolution.weight[(block * K + k) * V + lane] = p[self->at.convolution + e * K + k];
        d->skip[e] = p[self->at.skip + e];
        if (o->convolution_bias) d->convolution.bias[e] = p[self->at.convolution_bias + e];
    }
}

/* Where the parts of a gradient begin; the last one is its size. */
typedef struct {
    size_t x, dt, out, rate, skip, weight, bias, all;
} slices;

static slices slices_of(const loci_layer *layer, const prepared *d)
{
    const loci_mamba_options *o = options_of(layer);
    const size_t lanes = blocks_of(o).inner * V;
    slices s;
    s.x = loci_dense_gradient_size(&d->in);
    s.dt = s.x + loci_dense_gradient_size(&d->x);
    s.out = s.dt + loci_dense_gradient_size(&d->dt);
    s.rate = s.out + loci_dense_gradient_size(&d->out);
    s.skip = s.rate + lanes * o->order;
    s.weight = s.skip + lanes;
    s.bias = s.weight + lanes * o->convolution;
    s.all = s.bias + lanes;
    return s;
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const mamba *self = (const mamba *)layer;
    const loci_mamba_options *o = &self->o;
    const prepared *d = derived;
    const slices s = slices_of(layer, d);
    const size_t E = o->inner, R = o->rank, N = o->order, K = o->convolution;
    const block_counts n = blocks_of(o);
    real *dx = dp + self->at.x;
    loci_dense_unpack(&d->in, dp + self->at.in, o->bias ? dp + self->at.in_bias : NULL, gradient);
    loci_dense_unpack_rows(&d->x, 0, dx, NULL, gradient + s.x, R);
    loci_dense_unpack_rows(&d->x, n.rank * V, dx + R * E, NULL, gradient + s.x, N);
    loci_dense_unpack_rows(&d->x, (n.rank + n.states) * V, dx + (R + N) * E, NULL, gradient + s.x, N);
    loci_dense_unpack(&d->dt, dp + self->at.dt, dp + self->at.dt_bias, gradient + s.dt);
    loci_dense_unpack(&d->out, dp + self->at.out, o->bias ? dp + self->at.out_bias : NULL, gradient + s.out);
    for (size_t e = 0; e < E; e++) {
        const size_t block = e / V, lane = e % V;
        for (size_t i = 0; i < N; i++)
            dp[self->at.rate + e * N + i] = (real)(-exp((double)p[self->at.rate + e * N + i])) *
                                            gradient[s.rate + (block * N + i) * V + lane];
        for (size_t k = 0; k < K; k++)
            dp[self->at.convolution + e * K + k] = gradient[s.weight + (block * K + k) * V + lane];
        dp[self->at.skip + e] = gradient[s.skip + e];
        if (o->convolution_bias) dp[self->at.convolution_bias + e] = gradient[s.bias + e];
    }
}

/* ---- memory ---- */

/* Planes of a band of up to `rows` samples, which are also their stride: of inner channels, and r, B and C one behind the other. */
typedef struct {
    size_t rows;
    real *x, *dt, *y, *numbers;
    /* backward's: slopes of the convolution's SiLU, gradients of the planes above and of what stands before them; ahead has
     * rows of the band that follows behind its own */
    real *slope, *dx, *ddt, *dy, *more, *dnumbers, *din, *ahead, *dstate, *work;
} planes;

static size_t forward_reals(const loci_mamba_options *o, size_t rows)
{
    const block_counts n = blocks_of(o);
    return (3 * n.inner + n.rank + 2 * n.states) * rows * V + 2 * n.inner * (rows + o->convolution - 1) * V +
           (n.inner * o->order + o->convolution) * V;
}

static size_t backward_reals(const loci_mamba_options *o, const prepared *d, size_t rows)
{
    const block_counts n = blocks_of(o);
    return (10 * n.inner + 2 * (n.rank + 2 * n.states)) * rows * V +
           n.inner * (rows + o->convolution - 1) * V + n.inner * o->order * V +
           loci_selective_scratch(&d->scan);
}

static planes forward_planes(const loci_mamba_options *o, void **at, size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t size = n.inner * rows * V * sizeof(real);
    planes w = {.rows = rows};
    w.x = loci_carve(at, size), w.dt = loci_carve(at, size), w.y = loci_carve(at, size);
    w.numbers = loci_carve(at, (n.rank + 2 * n.states) * rows * V * sizeof(real));
    return w;
}

static planes backward_planes(const loci_mamba_options *o, const prepared *d, void **at, size_t rows)
{
    const block_counts n = blocks_of(o);
    const size_t size = n.inner * rows * V * sizeof(real);
    planes w = forward_planes(o, at, rows);
    w.slope = loci_carve(at, size), w.dx = loci_carve(at, size), w.ddt = loci_carve(at, size);
    w.dy = loci_carve(at, size), w.more = loci_carve(at, size);
    w.dnumbers = loci_carve(at, (n.rank + 2 * n.states) * rows * V * sizeof(real));
    w.din = loci_carve(at, 2 * size);
    w.ahead = loci_carve(at, n.inner * (rows + o->convolution - 1) * V * sizeof(real));
    w.dstate = loci_carve(at, n.inner * o->order * V * sizeof(real));
    w.work = loci_carve(at, loci_selective_scratch(&d->scan) * sizeof(real));
    return w;
}

/* saved, of a sequence: x and z [2 blocks][width - 1 + L][16], of x the samples before the first one in front; r, B and C one behind
 * the other, [blocks][L][16]; states, as the scan keeps them. */
static size_t saved_inputs(const loci_mamba_options *o, size_t L)
{
    return 2 * blocks_of(o).inner * (o->convolution - 1 + L) * V;
}

static size_t saved_numbers(const loci_mamba_options *o, size_t L)
{
    const block_counts n = blocks_of(o);
    return (n.rank + 2 * n.states) * L * V;
}

static size_t saved_reals(const loci_mamba_options *o, const prepared *d, size_t L)
{
    return saved_inputs(o, L) + saved_numbers(o, L) + loci_selective_kept(&d->scan, L);
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_mamba_options *o = options_of(layer);
    const size_t rows = loci_selective_band_rows(B, L), forth = forward_reals(o, rows),
                 back = backward_reals(o, derived, rows);
    return (loci_layer_memory){.gradient = slices_of(layer, derived).all,
                               .saved = B * saved_reals(o, derived, L) * sizeof(real),
                               .scratch = (forth > back ? forth : back) * sizeof(real)};
}

/* ---- forward ---- */

/* r, B and C of a band. */
typedef struct {
    real *numbers;
    size_t apart;
} band_numbers;

/* From x, z in `in`, `apart` rows from block to block, the first row behind those before it: what the scan reads. With slope, which
 * is backward's, r, B and C are there already. */
static loci_selective_planes enter(const loci_layer *layer, const prepared *d, const planes *w,
                                   const real *in, size_t apart, band_numbers of, size_t rows, real *slope)
{
    const loci_mamba_options *o = options_of(layer);
    const loci_selective_loops *loops = loci_selective_loops_get();
    const block_counts n = blocks_of(o);
    const size_t T = w->rows, K = o->convolution;
    loci_causal_forward(&d->convolution, w->x, slope, T, in, apart, rows);
    if (!slope) loci_dense_multiply(&d->x, of.numbers, of.apart, w->x, T, rows);
    loci_dense_multiply(&d->dt, w->dt, T, of.numbers, of.apart, rows);
    for (size_t k = 0; k < n.inner; k++) loops->softplus(w->dt + k * T * V, w->dt + k * T * V, rows);
    return (loci_selective_planes){.x = w->x,
                                   .dt = w->dt,
                                   .z = in + (n.inner * apart + K - 1) * V,
                                   .B = of.numbers + n.rank * of.apart * V,
                                   .C = of.numbers + (n.rank + n.states) * of.apart * V,
                                   .apart = T,
                                   .z_apart = apart,
                                   .bc_apart = of.apart,
                                   .rows = rows};
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_mamba_options *o = options_of(layer);
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t L = pass->L, before = o->convolution - 1, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.inner * o->order * V;
    void *at = scratch;
    const planes w = forward_planes(o, &at, loci_selective_band_rows(0, L));
    real *held = loci_carve(&at, 2 * n.inner * (w.rows + before) * V * sizeof(real)),
         *fresh = loci_carve(&at, states * sizeof(real));
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *keep = saved ? (real *)saved + b * saved_reals(o, d, L) : NULL;
        real *numbers = keep ? keep + saved_inputs(o, L) : NULL,
             *kept = keep ? numbers + saved_numbers(o, L) : NULL,
             *h = state ? state[b] + loci_causal_state(&d->convolution) : fresh;
        const real *u = x + b * in_blocks * L * V;
        real *out = y + b * out_blocks * L * V;
        const size_t apart = before + (keep ? L : w.rows);
        if (!state) memset(h, 0, states * sizeof(real));
        loci_causal_take(&d->convolution, keep ? keep : held, apart, state ? state[b] : NULL);
        for (size_t first = 0; first < length; first += BAND) {
            const size_t rows = length - first < BAND ? length - first : BAND;
            real *in = keep ? keep + first * V : held;
            if (!keep && first > 0) loci_causal_move(&d->convolution, held, apart, BAND);
            loci_dense_multiply(&d->in, in + before * V, apart, u + first * V, L, rows);
            const band_numbers of = {keep ? numbers + first * V : w.numbers, keep ? L : w.rows};
            const loci_selective_planes band = enter(layer, d, &w, in, apart, of, rows, NULL);
            loci_selective_forward(&d->scan, w.y, h,
                                   kept ? kept + loci_selective_kept(&d->scan, first) : NULL, &band);
            loci_dense_multiply(&d->out, out + first * V, L, w.y, w.rows, rows);
        }
        if (state && length > 0)
            loci_causal_give(&d->convolution, state[b], keep ? keep : held, apart,
                             keep ? length : (length - 1) % BAND + 1);
        loci_clear_rest(out, out_blocks, L, length);
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_mamba_options *o = options_of(layer);
    const loci_selective_loops *loops = loci_selective_loops_get();
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t K = o->convolution, T = lanes;
    void *at = scratch;
    const planes w = forward_planes(o, &at, lanes);
    real *in = loci_carve(&at, 2 * n.inner * lanes * V * sizeof(real)),
         *window = loci_carve(&at, K * V * sizeof(real));
    loci_dense_multiply(&d->in, in, T, x, T, lanes);
    loci_causal_step(&d->convolution, w.x, in, lanes, state, window);
    loci_dense_multiply(&d->x, w.numbers, T, w.x, T, lanes);
    loci_dense_multiply(&d->dt, w.dt, T, w.numbers, T, lanes);
    loops->softplus(w.dt, w.dt, n.inner * lanes);
    for (size_t b = 0; b < lanes; b++) {
        const loci_selective_planes band = {.x = w.x + b * V,
                                            .dt = w.dt + b * V,
                                            .z = in + (n.inner * T + b) * V,
                                            .B = w.numbers + (n.rank * T + b) * V,
                                            .C = w.numbers + ((n.rank + n.states) * T + b) * V,
                                            .apart = T,
                                            .z_apart = T,
                                            .bc_apart = T,
                                            .rows = 1};
        loci_selective_forward(&d->scan, w.y + b * V, state[b] + loci_causal_state(&d->convolution), NULL,
                               &band);
    }
    loci_dense_multiply(&d->out, y, T, w.y, T, lanes);
}

/* ---- backward ---- */

/* One band: rows of dx (NULL: not wanted), and the state's gradient taken back over them. in, of, kept: what forward left. */
static void retreat(const loci_layer *layer, const prepared *d, const planes *w, real *dx, real *gradient,
                    real *dstate, const real *dhistory, const real *dy, const real *x, const real *in,
                    band_numbers of, const real *kept, size_t L, size_t first, size_t rows, size_t length)
{
    const loci_mamba_options *o = options_of(layer);
    const loci_selective_loops *loops = loci_selective_loops_get();
    const block_counts n = blocks_of(o);
    const slices s = slices_of(layer, d);
    const size_t T = w->rows, before = o->convolution - 1, apart = before + L;
    const loci_selective_planes band = enter(layer, d, w, in, apart, of, rows, w->slope);
    const loci_selective_slopes to = {.dx = w->dx,
                                      .ddt = w->ddt,
                                      .dz = w->din + n.inner * T * V,
                                      .dB = w->dnumbers + n.rank * T * V,
                                      .dC = w->dnumbers + (n.rank + n.states) * T * V,
                                      .y = w->y,
                                      .drate = gradient + s.rate,
                                      .dskip = gradient + s.skip,
                                      .z_apart = T,
                                      .bc_apart = T,
                                      .softplus = 1};
    loci_dense_transposed(&d->out, w->dy, T, dy + first * V, L, rows);
    loci_selective_backward(&d->scan, &to, dstate, w->dy, kept, &band, w->work);
    loci_dense_gradient(&d->out, gradient + s.out, w->y, T, dy + first * V, L, rows);
    loci_dense_gradient(&d->dt, gradient + s.dt, of.numbers, of.apart, w->ddt, T, rows);
    loci_dense_transposed(&d->dt, w->dnumbers, T, w->ddt, T, rows);
    loci_dense_gradient(&d->x, gradient + s.x, w->x, T, w->dnumbers, T, rows);
    loci_dense_transposed(&d->x, w->more, T, w->dnumbers, T, rows);
    for (size_t k = 0; k < n.inner; k++)
        loops->add_multiply(w->ahead + k * (T + before) * V, w->dx + k * T * V, w->more + k * T * V,
                            w->slope + k * T * V, rows);
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
    const loci_mamba_options *o = options_of(layer);
    const prepared *d = derived;
    const block_counts n = blocks_of(o);
    const size_t L = pass->L, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.inner * o->order * V;
    void *at = scratch;
    const planes w = backward_planes(o, d, &at, loci_selective_band_rows(0, L));
    const size_t ahead = n.inner * (w.rows + o->convolution - 1) * V;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *in = (real *)saved + b * saved_reals(o, d, L), *numbers = in + saved_inputs(o, L);
        const real *kept = numbers + saved_numbers(o, L);
        real *dh = dstate ? dstate[b] + loci_causal_state(&d->convolution) : w.dstate,
             *dhistory = dstate ? dstate[b] : NULL;
        real *to = dx ? dx + b * in_blocks * L * V : NULL;
        if (!dstate) memset(dh, 0, states * sizeof(real));
        memset(w.ahead, 0, ahead * sizeof(real));
        for (size_t i = (length + BAND - 1) / BAND; i-- > 0;) {
            const size_t first = i * BAND, rows = length - first < BAND ? length - first : BAND;
            retreat(layer, d, &w, to, gradient, dh, dhistory, dy + b * out_blocks * L * V,
                    x + b * in_blocks * L * V, in + first * V, (band_numbers){numbers + first * V, L},
                    kept + loci_selective_kept(&d->scan, first), L, first, rows, length);
            if (i > 0) loci_causal_retire(&d->convolution, w.ahead, w.rows, BAND);
        }
        if (dstate) loci_causal_begin(&d->convolution, dhistory, w.ahead, w.rows, length);
        if (to) loci_clear_rest(to, in_blocks, L, length);
    }
}

/* ---- creation ---- */

static const loci_layer_class class = {.name = "mamba",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
                                       .lend = lend};

loci_status loci_mamba_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                              size_t outputs, const loci_mamba_options *options, loci_error *error)
{
    mamba *self;
    const loci_mamba_options *o = options;
    const size_t E = o->inner, R = o->rank, N = o->order, K = o->convolution;
    if (E == 0 || E > LOCI_LAYER_CHANNELS_MAX / 2 || R == 0 || R > E || N == 0 || N > LOCI_STATE_MAX ||
        K == 0 || K > LOCI_CONV_TAPS_MAX)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "layer %s has %zu inner channels, rank %zu, %zu states and convolutions of %zu; 1 to %d, no "
            "more than inner channels, 1 to %d and 1 to %d were expected",
            name, E, R, N, K, LOCI_LAYER_CHANNELS_MAX / 2, LOCI_STATE_MAX, LOCI_CONV_TAPS_MAX);
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    loci_layer *layer = &self->layer;
    const loci_parameter zero = {.dimensions = 1, .initial = LOCI_INITIAL_CONSTANT};
    self->o = *o;
    self->at.rate = loci_layer_add(layer, "A_log",
                                   (loci_parameter){.dimensions = 2,
                                                    .shape = {E, N},
                                                    .group = LOCI_GROUP_UNDECAYED,
                                                    .initial = LOCI_INITIAL_LOG_LADDER,
                                                    .a = 1,
                                                    .b = 1});
    self->at.skip = loci_layer_add(layer, "D",
                                   (loci_parameter){.dimensions = 1,
                                                    .shape = {E},
                                                    .group = LOCI_GROUP_UNDECAYED,
                                                    .initial = LOCI_INITIAL_CONSTANT,
                                                    .a = 1});
    self->at.in = loci_layer_add(layer, "in_proj.weight", loci_parameter_uniform(inputs, 2, 2 * E, inputs));
    loci_parameter bias = zero;
    bias.shape[0] = 2 * E;
    if (o->bias) self->at.in_bias = loci_layer_add(layer, "in_proj.bias", bias);
    loci_parameter weight = loci_parameter_uniform(K, 3, E, 1);
    weight.shape[2] = K;
    self->at.convolution = loci_layer_add(layer, "conv1d.weight", weight);
    if (o->convolution_bias)
        self->at.convolution_bias = loci_layer_add(layer, "conv1d.bias", loci_parameter_uniform(K, 1, E, 0));
    self->at.x = loci_layer_add(layer, "x_proj.weight", loci_parameter_uniform(E, 2, R + 2 * N, E));
    self->at.dt = loci_layer_add(layer, "dt_proj.weight", loci_parameter_uniform(R, 2, E, R));
    self->at.dt_bias = loci_layer_add(layer, "dt_proj.bias",
                                      (loci_parameter){.dimensions = 1,
                                                       .shape = {E},
                                                       .group = LOCI_GROUP_UNDECAYED,
                                                       .initial = LOCI_INITIAL_STEPS,
                                                       .a = o->dt_min,
                                                       .b = o->dt_max});
    self->at.out = loci_layer_add(layer, "out_proj.weight", loci_parameter_uniform(E, 2, outputs, E));
    bias.shape[0] = outputs;
    if (o->bias) self->at.out_bias = loci_layer_add(layer, "out_proj.bias", bias);
    layer->state = blocks_of(o).inner * (K - 1 + N) * V;
    *out = layer;
    return LOCI_OK;
}
