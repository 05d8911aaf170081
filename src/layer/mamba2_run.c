/* SPDX-License-Identifier: MIT
 * mamba2_run.c - the mixer of Mamba 2 on its way through samples: bands forward and back, and steps. */
#include "base/each_precision.h"

#include "layer/mamba2.h"

#include <string.h>

#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_SELECTIVE_BAND };
static const double epsilon = 1e-5;

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
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t size = rows * V * sizeof(real);
    planes w = {.rows = rows};
    w.convolved = loci_carve(at, n.convolved * size), w.steps = loci_carve(at, n.heads * size);
    w.dt = loci_carve(at, n.scan * size), w.y = loci_carve(at, n.scan * size);
    w.out = loci_carve(at, (n.rest + n.scan) * size);
    w.statistics = loci_carve(at, size);
    return w;
}

static size_t forward_blocks(const loci_mamba2_blocks *n)
{
    return n->convolved + n->heads + 3 * n->scan + n->rest + 1;
}

static planes backward_planes(const loci_mamba2_options *o, const loci_mamba2_prepared *d, void **at,
                              size_t rows)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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

static size_t backward_blocks(const loci_mamba2_blocks *n)
{
    return 2 * n->convolved + n->heads + 3 * n->scan + n->rest + n->wide;
}

/* saved, of a sequence: what W_in gives [wide][width - 1 + L][16], of what is convolved the samples before the first one in
 * front; y in front of the norm [scan][L][16]; states, as the scan keeps them. */
static size_t saved_inputs(const loci_mamba2_options *o, size_t L)
{
    return loci_mamba2_blocks_of(o).wide * (o->convolution - 1 + L) * V;
}

static size_t saved_outputs(const loci_mamba2_options *o, size_t L)
{
    return o->norm == LOCI_GATE_NORM_NONE ? 0 : loci_mamba2_blocks_of(o).scan * L * V;
}

static size_t saved_reals(const loci_mamba2_options *o, const loci_mamba2_prepared *d, size_t L)
{
    return saved_inputs(o, L) + saved_outputs(o, L) + loci_selective_kept(&d->scan, L);
}

loci_layer_memory loci_mamba2_memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t rows = loci_selective_band_rows(B, L), before = o->convolution - 1;
    const size_t forth = (n.wide * (rows + before) + n.scan * o->order + o->convolution) * V,
                 back = (backward_blocks(&n) * rows + n.convolved * (rows + before) + n.scan * o->order) * V +
                        loci_selective_scratch(&((const loci_mamba2_prepared *)derived)->scan);
    return (loci_layer_memory){.gradient = loci_mamba2_slices_of(layer, derived).all,
                               .saved = B * saved_reals(o, derived, L) * sizeof(real),
                               .scratch = (forward_blocks(&n) * rows * V + (forth > back ? forth : back)) *
                                          sizeof(real)};
}

/* ---- a band ---- */

/* The steps of the heads, within their limits, and those of their lanes, from r. */
static void make_steps(const loci_mamba2_options *o, const planes *w, const real *r, size_t apart,
                       size_t rows)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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
        const size_t h = loci_mamba2_head(o, i);
        const real *from = w->steps + h / V * T * V + h % V;
        real *to = w->dt + i / V * T * V + i % V;
        for (size_t l = 0; l < rows; l++) to[l * V] = from[l * V];
    }
}

/* The gradient of r: 0 where a limit holds its step. */
static void retreat_steps(const loci_mamba2_options *o, const planes *w, real *dr, size_t rows)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t T = w->rows;
    const real least = (real)o->least, most = (real)o->most;
    memset(w->dsteps, 0, n.heads * T * V * sizeof(real));
    for (size_t e = 0; e < o->scanned; e++) {
        const size_t at = loci_mamba2_lane(o, e), h = e / o->head;
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
static loci_selective_planes enter(const loci_mamba2_options *o, const loci_mamba2_prepared *d,
                                   const planes *w, const real *in, size_t apart, size_t rows, real *slope)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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
static void normalize(const loci_mamba2_options *o, const loci_mamba2_prepared *d, const planes *w, real *out,
                      const real *y, size_t y_apart, size_t rows)
{
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    for (size_t g = 0; g < o->groups; g++)
        loci_loops_get()->normalize(
            out + g * n.group * w->rows * V, w->statistics, y + g * n.group * y_apart * V, w->rows, y_apart,
            d->norm + g * n.group * V, NULL, epsilon, 0, o->scanned / o->groups, rows);
}

/* What W_out reads from y, [scan][y_apart][16], and z, z0, x0 at z. */
static void leave(const loci_mamba2_options *o, const loci_mamba2_prepared *d, const planes *w, const real *y,
                  size_t y_apart, const real *z, size_t apart, size_t rows)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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

/* ---- forward ---- */

void loci_mamba2_forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                         const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_prepared *d = derived;
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t L = pass->L, before = o->convolution - 1, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.scan * o->order * V;
    void *at = scratch;
    const planes w = forward_planes(o, &at, loci_selective_band_rows(0, L));
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
        loci_clear_rest(out, out_blocks, L, length);
    }
}

void loci_mamba2_step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                      const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_prepared *d = derived;
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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
static void retreat_leave(const loci_mamba2_options *o, const loci_mamba2_prepared *d, const planes *w,
                          real *dnorm, const real *ys, size_t L, const real *z, size_t apart, size_t rows)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
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
static void retreat(const loci_layer *layer, const loci_mamba2_prepared *d, const planes *w, real *dx,
                    real *gradient, real *dstate, const real *dhistory, const real *dy, const real *x,
                    const real *in, const real *ys, const real *kept, size_t L, size_t first, size_t rows,
                    size_t length)
{
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const loci_mamba2_slices s = loci_mamba2_slices_of(layer, d);
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

void loci_mamba2_backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                          real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                          void *saved, void *scratch)
{
    (void)y;
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_prepared *d = derived;
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    const size_t L = pass->L, in_blocks = loci_lane_blocks(layer->inputs),
                 out_blocks = loci_lane_blocks(layer->outputs), states = n.scan * o->order * V;
    void *at = scratch;
    const planes w = backward_planes(o, d, &at, loci_selective_band_rows(0, L));
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
        if (to) loci_clear_rest(to, in_blocks, L, length);
    }
}
