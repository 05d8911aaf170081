/* SPDX-License-Identifier: MIT
 * s4d.c - the mixer over time of S4D (Gu et al. 2022): a diagonal state space system for each channel.
 *
 *     y = K * u + D u, K_l = 2 Re(sum over n of C_n B_n z_n^l)
 *
 * with z = exp(dt A) (zoh) or (1 + dt A/2)/(1 - dt A/2) (bilinear). All input weights are 1, so the discrete B is put
 * into C, and modes run with an input weight of 1: x = z x + u. The state of a sequence is x, [blocks][2][modes][16].
 *
 * The convolution takes each block of channels by itself, D as part of K_0. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/loops.h"
#include "ssm/block.h"
#include "ssm/discretize_diagonal.h"
#include "ssm/kernel_diagonal.h"
#include "ssm/state_diagonal.h"
#include "transform/convolution.h"

enum { V = LOCI_LANES };

typedef struct {
    loci_layer layer;
    size_t modes;
    loci_discretization discretization;
    size_t d, log_dt, c, log_a, im_a; /* offsets */
} s4d;

typedef struct {
    size_t L;
    loci_convolution *plan; /* NULL: L is 0 */
    double rate;
    loci_block *block;        /* [blocks]: z, b1 = 1, c = C B, d, in double */
    real *kernel;             /* [blocks][kernel_size], prepared */
    real *z, *c, *d;          /* as block's, z less 1, c doubled: [blocks][modes][2][16], [blocks][16] */
    void *scratch;            /* of prepare and gather */
    double *dblock;           /* one block's gradient, for gather */
    double *w, *f1;           /* [blocks][modes][2][16]: dt A, and B / dt, for steps of other lengths */
    size_t kernel_size;       /* reals */
    void *memory, *in_double; /* all of the above */
} derived_s4d;

static inline size_t blocks_of(const loci_layer *layer)
{
    return loci_lane_blocks(layer->inputs);
}

/* ---- modes ---- */

typedef struct {
    double complex a, c; /* A, and C of the parameters */
    double dt;
} mode;

static mode mode_of(const s4d *self, const real *p, size_t h, size_t n, double rate)
{
    const size_t at = h * self->modes + n;
    const double re = -exp((double)p[self->log_a + at]);
    mode m;
    m.a = re + I * (double)p[self->im_a + at];
    m.c = (double)p[self->c + 2 * at] + I * (double)p[self->c + 2 * at + 1];
    m.dt = rate * exp((double)p[self->log_dt + h]);
    return m;
}

static void fill_block(const s4d *self, derived_s4d *d, const real *p, size_t k)
{
    loci_block *block = &d->block[k];
    const size_t modes = self->modes, H = self->layer.inputs, lanes = H - k * V < V ? H - k * V : V;
    for (size_t i = 0; i < lanes; i++) {
        block->d[i] = (double)p[self->d + k * V + i];
        for (size_t n = 0; n < modes; n++) {
            const mode m = mode_of(self, p, k * V + i, n, d->rate);
            loci_mode f;
            loci_mode_discretize(&f, self->discretization, m.dt * m.a, 0);
            const double complex c = m.c * m.dt * f.f1;
            const size_t at = n * 2 * V + i;
            block->z[at] = creal(f.z), block->z[at + V] = cimag(f.z);
            block->c[at] = creal(c), block->c[at + V] = cimag(c);
            block->b1[at] = 1;
            d->w[k * modes * 2 * V + at] = creal(m.dt * m.a),
                                     d->w[k * modes * 2 * V + at + V] = cimag(m.dt * m.a);
            d->f1[k * modes * 2 * V + at] = creal(f.f1), d->f1[k * modes * 2 * V + at + V] = cimag(f.f1);
        }
        for (size_t n = 0; n < modes; n++) {
            const size_t at = n * 2 * V + i, to = k * modes * 2 * V + at;
            /* z of a slow mode is near 1, and rounded there it would forget at another speed */
            d->z[to] = (real)(block->z[at] - 1), d->z[to + V] = (real)block->z[at + V];
            d->c[to] = (real)(2 * block->c[at]), d->c[to + V] = (real)(2 * block->c[at + V]);
        }
        d->d[k * V + i] = p[self->d + k * V + i];
    }
}

/* ---- derived quantities ---- */

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t scratch_of_convolution(const derived_s4d *d)
{
    return d->plan ? loci_lane_blocks(loci_convolution_scratch_size(d->plan)) * V * sizeof(real) : 0;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    derived_s4d *d = derived;
    loci_convolution_destroy(d->plan);
    loci_free(d->memory);
    loci_free(d->in_double);
    loci_free(d->block);
    loci_free(d);
}

/* The system that the loci_block functions ask for the shape of. */
static loci_system shape_of(const s4d *self)
{
    return (loci_system){
        .structure = LOCI_DIAGONAL, .copies = V, .order = 2 * self->modes, .width = self->modes};
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const s4d *self = (const s4d *)layer;
    const size_t blocks = blocks_of(layer), modes = self->modes, tables = blocks * modes * 2 * V;
    derived_s4d *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    d->L = L;
    d->rate = 1;
    const loci_status status =
        L > 0 ? loci_convolution_create(&d->plan, loci_allocator_of(layer), L, L, error) : LOCI_OK;
    if (status) {
        close_layer(layer, d);
        return status;
    }
    d->kernel_size = d->plan ? loci_lane_blocks(loci_convolution_prepared_size(d->plan)) * V : 0;
    const size_t scratch =
        L * V * sizeof(real) + most(scratch_of_convolution(d), loci_kernel_diagonal_scratch(modes));
    const size_t block_size = loci_lane_blocks(loci_block_size(modes, 0)) * V;
    const size_t reals = blocks * d->kernel_size + 2 * tables + blocks * V;
    d->memory = loci_allocate_by(loci_allocator_of(layer), reals * sizeof(real) + scratch, 1);
    d->in_double =
        loci_allocate_by(loci_allocator_of(layer), (blocks + 1) * block_size + 2 * tables, sizeof(double));
    d->block = loci_allocate_by(loci_allocator_of(layer), blocks, sizeof *d->block);
    if (!d->memory || !d->in_double || !d->block) {
        close_layer(layer, d);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s at %zu samples", layer->name, L);
    }
    void *at = d->memory;
    d->kernel = loci_carve(&at, blocks * d->kernel_size * sizeof(real));
    d->z = loci_carve(&at, tables * sizeof(real));
    d->c = loci_carve(&at, tables * sizeof(real));
    d->d = loci_carve(&at, blocks * V * sizeof(real));
    d->scratch = at;
    const loci_system shape = shape_of(self);
    for (size_t k = 0; k < blocks; k++)
        d->block[k] =
            loci_block_lay_out((double *)d->in_double + k * block_size, &shape, self->discretization);
    d->dblock = (double *)d->in_double + blocks * block_size;
    d->w = d->dblock + block_size;
    d->f1 = d->w + tables;
    *derived = d;
    return LOCI_OK;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const s4d *self = (const s4d *)layer;
    derived_s4d *d = derived;
    d->rate = rate;
    real *kernel = d->scratch;
    void *rest = kernel + d->L * V;
    for (size_t k = 0; k < blocks_of(layer); k++) {
        fill_block(self, d, p, k);
        if (!d->plan) continue;
        loci_kernel_diagonal(kernel, &d->block[k], d->L, rest);
        for (size_t i = 0; i < V; i++) kernel[i] += d->d[k * V + i];
        loci_convolution_prepare(d->plan, d->kernel + k * d->kernel_size, kernel, rest);
    }
}

/* ---- memory ---- */

/* gradient: of the prepared kernels [blocks][kernel_size], then of z and c by way of states [blocks][2][modes][2][16]. */
static inline size_t modes_gradient(const loci_layer *layer, const derived_s4d *d)
{
    return blocks_of(layer) * d->kernel_size;
}

/* saved: states at the beginning [B][state]; whether there were any. */
typedef struct {
    real *state, *stateful;
} saved_states;

static saved_states lay_out(const loci_layer *layer, const loci_pass *pass, void *at)
{
    saved_states s;
    s.state = loci_carve(&at, pass->B * layer->state * sizeof(real));
    s.stateful = loci_carve(&at, V * sizeof(real));
    return s;
}

/* scratch: a state for where none is given; in backward, before it, one block's gradients in double and of its input. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const derived_s4d *d = derived;
    const size_t modes = ((const s4d *)layer)->modes;
    const size_t convolution = most(scratch_of_convolution(d), L ? loci_state_scratch(modes, L) : 0);
    loci_layer_memory m;
    m.gradient = modes_gradient(layer, d) + blocks_of(layer) * 2 * modes * 2 * V;
    m.saved = B * layer->state * sizeof(real) + V * sizeof(real);
    m.scratch = loci_lane_blocks(loci_block_size(modes, 0)) * V * sizeof(double) + L * V * sizeof(real) +
                layer->state * sizeof(real) + (convolution + 63) / 64 * 64;
    return m;
}

/* ---- forward ---- */

/* Samples of one block that last a usual step each. */
static void recur(const s4d *self, const derived_s4d *d, real *y, real *state, const real *u, size_t k,
                  size_t rows)
{
    const size_t at = k * self->modes * 2 * V;
    loci_loops_get()->recur(y, state, u, d->z + at, d->c + at, d->d + k * V, self->modes, rows);
}

/* One that lasts `dt` of them, in double: x = z x + (B now / B usually) u. */
static void recur_for(const s4d *self, const derived_s4d *d, real *y, real *state, const real *u, size_t k,
                      double dt)
{
    if (dt == 1) {
        recur(self, d, y, state, u, k, 1);
        return;
    }
    const size_t lanes = self->layer.inputs - k * V < V ? self->layer.inputs - k * V : V;
    for (size_t i = 0; i < V; i++) y[i] = 0;
    for (size_t i = 0; i < lanes; i++) {
        double sum = d->block[k].d[i] * (double)u[i];
        for (size_t n = 0; n < self->modes; n++) {
            const size_t at = n * 2 * V + i, from = k * self->modes * 2 * V + at;
            real *re = state + n * V + i, *im = re + self->modes * V;
            loci_mode f;
            loci_mode_discretize(&f, self->discretization, dt * (d->w[from] + I * d->w[from + V]), 0);
            const double complex x = f.z * ((double)*re + I * (double)*im) +
                                     dt * f.f1 / (d->f1[from] + I * d->f1[from + V]) * (double)u[i];
            *re = (real)creal(x), *im = (real)cimag(x);
            sum += 2 * (d->block[k].c[at] * creal(x) - d->block[k].c[at + V] * cimag(x));
        }
        y[i] = (real)sum;
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const s4d *self = (const s4d *)layer;
    const derived_s4d *d = derived;
    const size_t blocks = blocks_of(layer), L = pass->L, plane = blocks * L * V,
                 per_block = self->modes * 2 * V;
    void *at = scratch;
    real *none = loci_carve(&at, layer->state * sizeof(real));
    if (saved) {
        const saved_states s = lay_out(layer, pass, saved);
        s.stateful[0] = state != NULL;
        for (size_t b = 0; state && b < pass->B; b++)
            memcpy(s.state + b * layer->state, state[b], layer->state * sizeof(real));
    }
    for (size_t b = 0; b < pass->B; b++) {
        if (pass->dt && !state) memset(none, 0, layer->state * sizeof(real));
        for (size_t k = 0; k < blocks; k++) {
            real *yk = y + b * plane + k * L * V, *here = (state ? state[b] : none) + k * per_block;
            const real *uk = x + b * plane + k * L * V;
            const size_t length = loci_pass_length(pass, b);
            if (pass->dt) {
                for (size_t l = 0; l < length; l++)
                    recur_for(self, d, yk + l * V, here, uk + l * V, k, pass->dt[b * L + l]);
                memset(yk + length * V, 0, (L - length) * V * sizeof(real));
            } else if (state && !saved) {
                /* cheaper than what states take beside a convolution, and the same bits as step */
                recur(self, d, yk, here, uk, k, length);
                memset(yk + length * V, 0, (L - length) * V * sizeof(real));
            } else {
                loci_convolution_apply(d->plan, yk, uk, d->kernel + k * d->kernel_size, at);
                if (state && length > 0) loci_state_diagonal(yk, here, uk, &d->block[k], length, at);
            }
        }
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const s4d *self = (const s4d *)layer;
    const derived_s4d *d = derived;
    (void)scratch;
    const size_t per_block = self->modes * 2 * V;
    for (size_t k = 0; k < blocks_of(layer); k++) /* the block's z and c stay in cache for all lanes */
        for (size_t b = 0; b < lanes; b++) {
            const size_t here = (k * lanes + b) * V;
            real *s = state[b] + k * per_block;
            recur_for(self, d, y + here, s, x + here, k, dt ? dt[b] : 1);
        }
}

/* ---- backward ---- */

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    const s4d *self = (const s4d *)layer;
    const derived_s4d *d = derived;
    (void)y;
    const size_t blocks = blocks_of(layer), L = pass->L, plane = blocks * L * V, modes = self->modes;
    const size_t per_block = modes * 2 * V, block_size = loci_lane_blocks(loci_block_size(modes, 0)) * V;
    const saved_states s = lay_out(layer, pass, saved);
    void *at = scratch;
    double *doubles = loci_carve(&at, block_size * sizeof(double));
    real *alone = loci_carve(&at, L * V * sizeof(real)), *none = loci_carve(&at, layer->state * sizeof(real));
    const loci_system shape = shape_of(self);
    loci_block dblock = loci_block_lay_out(doubles, &shape, self->discretization);
    const int stateful = s.stateful[0] != 0;
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        if (!dstate) memset(none, 0, layer->state * sizeof(real));
        for (size_t k = 0; k < blocks; k++) {
            const size_t here = b * plane + k * L * V;
            real *du = dx ? dx + here : alone;
            loci_convolution_backward(d->plan, du, gradient + k * d->kernel_size, dy + here, x + here,
                                      d->kernel + k * d->kernel_size, at);
            if ((stateful || dstate) && length > 0) {
                memset(doubles, 0, block_size * sizeof(double));
                if (!stateful)
                    memset(s.state + b * layer->state + k * per_block, 0, per_block * sizeof(real));
                loci_state_diagonal_backward(&dblock, du, (dstate ? dstate[b] : none) + k * per_block,
                                             dy + here, x + here, s.state + b * layer->state + k * per_block,
                                             &d->block[k], length, at);
                real *dz = gradient + modes_gradient(layer, d) + k * 2 * per_block;
                for (size_t i = 0; i < per_block; i++) {
                    dz[i] += (real)dblock.z[i];
                    dz[per_block + i] += (real)dblock.c[i];
                }
            }
        }
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const s4d *self = (const s4d *)layer;
    derived_s4d *d = derived;
    const size_t H = layer->inputs, modes = self->modes, per_block = modes * 2 * V;
    const size_t block_size = loci_lane_blocks(loci_block_size(modes, 0)) * V;
    const loci_system shape = shape_of(self);
    real *dkernel = d->scratch;
    void *rest = dkernel + d->L * V;
    for (size_t k = 0; k < blocks_of(layer); k++) {
        loci_block dblock = loci_block_lay_out(d->dblock, &shape, self->discretization);
        memset(d->dblock, 0, block_size * sizeof(double));
        loci_convolution_gradient(d->plan, dkernel, gradient + k * d->kernel_size, rest);
        loci_kernel_diagonal_backward(&dblock, dkernel, &d->block[k], d->L, rest);
        const real *dz = gradient + modes_gradient(layer, d) + k * 2 * per_block, *dc = dz + per_block;
        for (size_t i = 0; k * V + i < H && i < V; i++) {
            const size_t h = k * V + i;
            double dlog_dt = 0;
            for (size_t n = 0; n < modes; n++) {
                const mode m = mode_of(self, p, h, n, d->rate);
                const size_t at = n * 2 * V + i, to = h * modes + n;
                loci_mode f;
                loci_mode_discretize(&f, self->discretization, m.dt * m.a, 1);
                const double complex gz =
                    dblock.z[at] + (double)dz[at] + I * (dblock.z[at + V] + (double)dz[at + V]);
                const double complex gc =
                    dblock.c[at] + (double)dc[at] + I * (dblock.c[at + V] + (double)dc[at + V]);
                /* c = C dt f1(w), z = z(w), w = dt A */
                const double complex of_c = conj(m.dt * f.f1) * gc, of_f1 = conj(m.c) * gc;
                const double complex of_w = conj(f.dz) * gz + m.dt * conj(f.df1) * of_f1;
                dlog_dt += m.dt * (creal(conj(m.a) * of_w) + creal(conj(f.f1) * of_f1));
                dp[self->c + 2 * to] = (real)creal(of_c);
                dp[self->c + 2 * to + 1] = (real)cimag(of_c);
                dp[self->log_a + to] = (real)(creal(m.a) * m.dt * creal(of_w));
                dp[self->im_a + to] = (real)(m.dt * cimag(of_w));
            }
            dp[self->log_dt + h] = (real)dlog_dt;
            dp[self->d + h] = dkernel[i];
        }
    }
}

/* ---- creation ---- */

static const loci_layer_class class = {.name = "s4d",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

static loci_status check(const loci_s4d_options *o, loci_error *error)
{
    if (o->discretization != LOCI_ZOH && o->discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "discretization is %s; zoh or bilinear was expected",
                         loci_discretization_name(o->discretization));
    return loci_layer_check_modes(o->order, o->dt_min, o->dt_max, error);
}

loci_status loci_s4d_create(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                            const loci_s4d_options *options, loci_error *error)
{
    s4d *self;
    loci_status status = check(options, error);
    if (!status)
        status =
            loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, channels, channels, error);
    if (status) return status;
    const size_t H = channels, modes = options->order / 2;
    self->modes = modes;
    self->layer.flags = LOCI_LAYER_TAKES_STEPS | LOCI_LAYER_TAKES_RATE;
    self->discretization = options->discretization;
    self->layer.state = blocks_of(&self->layer) * modes * 2 * V;
    /* the initial values of the example: C normal of variance 1/2 a part, D normal */
    self->d = loci_layer_add(
        &self->layer, "D",
        (loci_parameter){.dimensions = 1, .shape = {H}, .initial = LOCI_INITIAL_NORMAL, .b = 1});
    self->log_dt = loci_layer_add(&self->layer, "kernel.log_dt",
                                  (loci_parameter){.dimensions = 1,
                                                   .shape = {H},
                                                   .group = LOCI_GROUP_SSM,
                                                   .initial = LOCI_INITIAL_UNIFORM,
                                                   .a = log(options->dt_min),
                                                   .b = log(options->dt_max)});
    self->c = loci_layer_add(&self->layer, "kernel.C",
                             (loci_parameter){.dimensions = 3,
                                              .shape = {H, modes, 2},
                                              .initial = LOCI_INITIAL_NORMAL,
                                              .b = 0.70710678118654752440});
    loci_parameter a = {.dimensions = 2, .shape = {H, modes}, .group = LOCI_GROUP_SSM};
    loci_parameter im_a = a;
    loci_ssm_modes_initial(&a, &im_a, options->init);
    self->log_a = loci_layer_add(&self->layer, "kernel.log_A_real", a);
    self->im_a = loci_layer_add(&self->layer, "kernel.A_imag", im_a);
    *out = &self->layer;
    return LOCI_OK;
}
