/* SPDX-License-Identifier: MIT
 * s4_kernel.c - the mixer of S4 from parameters to kernels and back. */
#include "base/each_precision.h"

#include "layer/s4.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/discretize_diagonal.h"
#include "ssm/discretize_dplr.h"
#include "ssm/kernel_diagonal.h"
#include "ssm/kernel_dplr.h"

enum { V = LOCI_LANES };

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- parameters ---- */

static double complex a_of(const loci_s4 *self, const real *p, size_t h, size_t n)
{
    const size_t at = h * self->modes + n;
    return -exp((double)p[self->log_a + at]) + I * self->sign * (double)p[self->im_a + at];
}

static double complex pair(const real *p, size_t at)
{
    return (double)p[2 * at] + I * (double)p[2 * at + 1];
}

static double complex b_of(const loci_s4 *self, const real *p, size_t h, size_t n)
{
    return self->has_b ? pair(p + self->b, h * self->modes + n) : 1;
}

/* Of lane g; those that look ahead follow all others. */
static double complex c_of(const loci_s4 *self, const real *p, int ahead, size_t g, size_t n)
{
    return pair(p + self->c, ((size_t)ahead * self->layer.outputs + g) * self->modes + n);
}

static double dt_of(const loci_s4 *self, const loci_s4_derived *d, const real *p, size_t h)
{
    return d->rate * exp((double)p[self->log_dt + h]);
}

static size_t lanes_of(const loci_s4 *self, size_t block)
{
    const size_t left = self->layer.outputs - block * V;
    return left < V ? left : V;
}

/* ---- to discrete time ---- */

static inline void put(double *array, size_t n, size_t i, double complex x)
{
    array[n * 2 * V + i] = creal(x);
    array[n * 2 * V + V + i] = cimag(x);
}

static inline double complex get(const double *array, size_t n, size_t i)
{
    return array[n * 2 * V + i] + I * array[n * 2 * V + V + i];
}

static void diagonal_lane(const loci_s4 *self, loci_s4_derived *d, const real *p, size_t k, size_t i)
{
    const size_t g = k * V + i, h = g % self->H, part = loci_s4_part(self);
    const double dt = dt_of(self, d, p, h);
    for (size_t n = 0; n < self->modes; n++) {
        const double complex w = dt * a_of(self, p, h, n);
        loci_mode f;
        loci_mode_discretize(&f, self->discretization, w, 0);
        const double complex in = dt * f.f1 * b_of(self, p, h, n);
        put(d->block[k].z, n, i, f.z);
        put(d->block[k].b1, n, i, 1);
        put(d->block[k].c, n, i, c_of(self, p, 0, g, n) * in);
        if (self->both) put(d->c_back + k * part, n, i, c_of(self, p, 1, g, n) * in);
        put(d->w + k * part, n, i, w);
        put(d->f1 + k * part, n, i, f.f1);
    }
}

/* The channels' systems, with the steps of now. */
static void fill_system(const loci_s4 *self, loci_s4_derived *d, const real *p)
{
    loci_system *s = d->system;
    for (size_t h = 0; h < self->H; h++) {
        s->dt[h] = dt_of(self, d, p, h);
        for (size_t n = 0; n < self->modes; n++) {
            const size_t at = h * self->modes + n;
            const double complex a = a_of(self, p, h, n), b = b_of(self, p, h, n);
            s->a_re[at] = creal(a), s->a_im[at] = cimag(a);
            s->b_re[at] = creal(b), s->b_im[at] = cimag(b);
            for (size_t r = 0; r < self->rank; r++) {
                const double complex low = pair(p + self->p, r * self->H * self->modes + at);
                s->p_re[r * self->H * self->modes + at] = creal(low);
                s->p_im[r * self->H * self->modes + at] = cimag(low);
            }
        }
    }
}

/* Memory for one system in discrete time at `at`. */
static loci_dplr lay_out_dplr(const loci_s4 *self, void *at)
{
    double complex *x = at;
    return (loci_dplr){x, x + self->modes, x + 2 * self->modes, x + (2 + self->rank) * self->modes};
}
static size_t dplr_size(const loci_s4 *self)
{
    return (2 + 2 * self->rank) * self->modes * sizeof(double complex);
}

static void low_rank_lanes(const loci_s4 *self, loci_s4_derived *d, const real *p)
{
    const size_t part = loci_s4_part(self), modes = self->modes;
    loci_dplr one = lay_out_dplr(self, d->scratch);
    fill_system(self, d, p);
    for (size_t h = 0; h < self->H; h++) {
        loci_dplr_discretize(&one, d->system, h, LOCI_BILINEAR, d->system->dt[h], NULL);
        for (size_t g = h; g < self->layer.outputs; g += self->H) {
            loci_block *block = &d->block[g / V];
            for (size_t n = 0; n < modes; n++) {
                put(block->z, n, g % V, one.z[n]);
                put(block->b1, n, g % V, one.b1[n]);
                put(block->c, n, g % V, c_of(self, p, 0, g, n));
                if (self->both) put(d->c_back + g / V * part, n, g % V, c_of(self, p, 1, g, n));
                for (size_t r = 0; r < self->rank; r++) {
                    put(block->q + r * part, n, g % V, one.q[r * modes + n]);
                    put(block->g + r * part, n, g % V, one.g[r * modes + n]);
                }
            }
        }
    }
}

/* What steps work with, of one block. */
static void fill_steps(const loci_s4 *self, loci_s4_derived *d, const real *p, size_t k)
{
    const loci_block *block = &d->block[k];
    const size_t part = loci_s4_part(self), low = loci_s4_low(self);
    for (size_t i = 0; i < part;
         i++) { /* z of a slow mode is near 1, and rounded there it would forget at another speed */
        d->z[k * part + i] = (real)(block->z[i] - (i % (2 * V) < V ? 1 : 0));
        d->b[k * part + i] = (real)block->b1[i];
        d->c[k * part + i] = (real)(2 * block->c[i]);
    }
    for (size_t i = 0; self->rank && i < low; i++) {
        d->q[k * low + i] = (real)block->q[i];
        d->g[k * low + i] = (real)(2 * block->g[i]);
    }
    for (size_t i = 0; i < lanes_of(self, k); i++) {
        block->d[i] = (double)p[self->d + k * V + i];
        d->d[k * V + i] = p[self->d + k * V + i];
    }
}

/* ---- derived quantities ---- */

void loci_s4_close(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_s4_derived *d = derived;
    loci_convolution_destroy(d->plan);
    loci_system_free(d->system);
    loci_system_free(d->dsystem);
    loci_free(d->memory);
    loci_free(d->in_double);
    loci_free(d->block);
    loci_free(d);
}

/* The system that the loci_block functions ask for the shape of. */
static loci_system shape_of(const loci_s4 *self)
{
    return (loci_system){.structure = self->rank ? LOCI_DPLR : LOCI_DIAGONAL,
                         .copies = V,
                         .order = 2 * self->modes,
                         .rank = self->rank,
                         .width = self->modes};
}

/* Bytes: kernels ahead and back in real, one of them in double, and what the functions on them need. */
static size_t scratch_size(const loci_s4 *self, const loci_s4_derived *d)
{
    size_t rest = 2 * dplr_size(self) + self->modes * sizeof(double complex);
    if (self->rank)
        rest = most(rest, loci_kernel_dplr_scratch(self->modes, self->rank, d->T));
    else
        rest = most(rest, loci_kernel_diagonal_scratch(self->modes));
    if (d->plan)
        rest = most(rest, (self->both ? loci_convolution_both_size(d->plan)
                                      : loci_convolution_scratch_size(d->plan)) *
                              sizeof(real));
    return d->T * V * (2 * sizeof(real) + sizeof(double)) + rest + 64;
}

static loci_status make_plan(const loci_s4 *self, loci_s4_derived *d, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(&self->layer);
    if (d->L == 0) return LOCI_OK;
    const loci_status status = self->both ? loci_convolution_create_both(&d->plan, by, d->L, d->T, error)
                                          : loci_convolution_create(&d->plan, by, d->L, d->T, error);
    if (!status) d->kernel_size = loci_lane_blocks(loci_convolution_prepared_size(d->plan)) * V;
    return status;
}

static loci_status make_systems(const loci_s4 *self, loci_s4_derived *d, loci_error *error)
{
    loci_status status = LOCI_OK;
    loci_system **const both[] = {&d->system, &d->dsystem};
    for (size_t i = 0; self->rank && i < 2 && !status; i++)
        status = loci_system_create_by(both[i], LOCI_DPLR, self->H, 2 * self->modes, self->rank,
                                       loci_allocator_of(&self->layer), error);
    return status;
}

static loci_status make_room(const loci_s4 *self, loci_s4_derived *d, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(&self->layer);
    const size_t blocks = loci_s4_blocks(&self->layer), part = loci_s4_part(self), low = loci_s4_low(self);
    const size_t block_size = loci_lane_blocks(loci_block_size(self->modes, self->rank)) * V,
                 fir = self->taps && !self->both ? d->T * V : 0;
    const size_t reals = blocks * (d->kernel_size + 3 * part + 2 * low + V + fir);
    d->memory = loci_allocate_by(by, reals * sizeof(real) + scratch_size(self, d), 1);
    d->in_double = loci_allocate_by(by, (blocks + 1) * block_size + (3 * blocks + 1) * part, sizeof(double));
    d->block = loci_allocate_by(by, blocks, sizeof *d->block);
    if (!d->memory || !d->in_double || !d->block)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s at %zu samples", self->layer.name,
                         d->L);
    void *at = d->memory;
    d->kernel = loci_carve(&at, blocks * d->kernel_size * sizeof(real));
    d->z = loci_carve(&at, blocks * part * sizeof(real));
    d->b = loci_carve(&at, blocks * part * sizeof(real));
    d->c = loci_carve(&at, blocks * part * sizeof(real));
    d->q = loci_carve(&at, blocks * low * sizeof(real));
    d->g = loci_carve(&at, blocks * low * sizeof(real));
    d->d = loci_carve(&at, blocks * V * sizeof(real));
    if (fir) d->fir = loci_carve(&at, blocks * fir * sizeof(real));
    d->scratch = at;
    const loci_system shape = shape_of(self);
    double *wide = d->in_double;
    for (size_t k = 0; k < blocks; k++)
        d->block[k] = loci_block_lay_out(wide + k * block_size, &shape, self->discretization);
    d->dblock = wide + blocks * block_size;
    d->c_back = d->dblock + block_size;
    d->w = d->c_back + blocks * part;
    d->f1 = d->w + blocks * part;
    d->dback = d->f1 + blocks * part;
    return LOCI_OK;
}

loci_status loci_s4_open(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    loci_s4_derived *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    d->L = L;
    d->rate = 1;
    d->T = self->taps && (self->taps < L || !self->both) ? self->taps : L;
    loci_status status = make_plan(self, d, error);
    if (!status) status = make_systems(self, d, error);
    if (!status) status = make_room(self, d, error);
    if (status)
        loci_s4_close(layer, d);
    else
        *derived = d;
    return status;
}

/* ---- kernels ---- */

/* Memory of prepare and gather. */
typedef struct {
    real *ahead, *back;
    double *wide;
    void *rest;
} kernel_memory;

static kernel_memory lay_out(const loci_s4_derived *d)
{
    void *at = d->scratch;
    kernel_memory s;
    s.ahead = loci_carve(&at, d->T * V * sizeof(real));
    s.back = loci_carve(&at, d->T * V * sizeof(real));
    s.wide = loci_carve(&at, d->T * V * sizeof(double));
    s.rest = at;
    return s;
}

/* k [T][16] of a block, with `c` in place of its own. */
static void kernel_make(const loci_s4 *self, const loci_s4_derived *d, real *k, loci_block block, double *c,
                        const kernel_memory *s)
{
    block.c = c;
    if (self->rank == 0) {
        loci_kernel_diagonal(k, &block, d->T, s->rest);
        return;
    }
    loci_kernel_dplr_in(s->wide, &block, d->T, s->rest);
    for (size_t i = 0; i < d->T * V; i++) k[i] = (real)s->wide[i];
}

/* Adds to dblock, and to dc in place of its c, the gradient of sum dk k. */
static void kernel_backward(const loci_s4 *self, const loci_s4_derived *d, loci_block dblock, double *dc,
                            const real *dk, loci_block block, double *c, const kernel_memory *s)
{
    block.c = c;
    dblock.c = dc;
    if (self->rank == 0) {
        loci_kernel_diagonal_backward(&dblock, dk, &block, d->T, s->rest);
        return;
    }
    for (size_t i = 0; i < d->T * V; i++) s->wide[i] = (double)dk[i];
    loci_kernel_dplr_backward_in(&dblock, s->wide, &block, d->T, s->rest);
}

void loci_s4_prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    loci_s4_derived *d = derived;
    const kernel_memory s = lay_out(d);
    d->rate = rate;
    if (self->rank) low_rank_lanes(self, d, p);
    for (size_t k = 0; k < loci_s4_blocks(layer); k++) {
        for (size_t i = 0; !self->rank && i < lanes_of(self, k); i++) diagonal_lane(self, d, p, k, i);
        fill_steps(self, d, p, k);
        if (!d->plan && !d->fir) continue;
        kernel_make(self, d, s.ahead, d->block[k], d->block[k].c, &s);
        for (size_t i = 0; i < V; i++) s.ahead[i] += d->d[k * V + i];
        if (d->fir) memcpy(d->fir + k * d->T * V, s.ahead, d->T * V * sizeof(real));
        if (!d->plan) continue;
        if (!self->both) {
            loci_convolution_prepare(d->plan, d->kernel + k * d->kernel_size, s.ahead, s.rest);
            continue;
        }
        kernel_make(self, d, s.back, d->block[k], d->c_back + k * loci_s4_part(self), &s);
        loci_convolution_prepare_both(d->plan, d->kernel + k * d->kernel_size, s.ahead, s.back, s.rest);
    }
}

/* ---- gradients ---- */

/* Adds what came by way of states to a block's gradient; to dkernel where kernels end. */
static void add_by_states(const loci_s4 *self, const loci_s4_derived *d, loci_block *dblock, real *dkernel,
                          const real *from)
{
    const size_t part = loci_s4_part(self), low = loci_s4_low(self);
    for (size_t i = 0; d->fir && i < d->T * V; i++) dkernel[i] += from[i];
    if (d->fir || self->both) return;
    const real *dz = from, *db = dz + part, *dc = db + part, *dq = dc + part, *dg = dq + low;
    for (size_t i = 0; i < part; i++) {
        dblock->z[i] += (double)dz[i];
        dblock->b1[i] += (double)db[i];
        dblock->c[i] += 2 * (double)dc[i];
    }
    for (size_t i = 0; self->rank && i < low; i++) {
        dblock->q[i] += (double)dq[i];
        dblock->g[i] += 2 * (double)dg[i];
    }
}

static void put_pair(real *dp, size_t at, double complex x)
{
    dp[2 * at] = (real)creal(x);
    dp[2 * at + 1] = (real)cimag(x);
}

/* Lane i of a diagonal block: c = C B dt f1(w), z = z(w), w = dt A. A, B and dt are added to. */
static void diagonal_back(const loci_s4 *self, const loci_s4_derived *d, real *dp, const real *p, size_t k,
                          size_t i, const loci_block *dblock)
{
    const size_t g = k * V + i, h = g % self->H;
    const double dt = dt_of(self, d, p, h);
    double dlog_dt = 0;
    for (size_t n = 0; n < self->modes; n++) {
        const size_t at = h * self->modes + n;
        const double complex a = a_of(self, p, h, n), b = b_of(self, p, h, n);
        loci_mode f;
        loci_mode_discretize(&f, self->discretization, dt * a, 1);
        const double complex in = dt * f.f1 * b;
        double complex of_in = 0;
        for (int ahead = 0; ahead <= self->both; ahead++) {
            const double complex gc = get(ahead ? d->dback : dblock->c, n, i);
            of_in += conj(c_of(self, p, ahead, g, n)) * gc;
            put_pair(dp + self->c, ((size_t)ahead * self->layer.outputs + g) * self->modes + n,
                     conj(in) * gc);
        }
        const double complex of_f1 = dt * conj(b) * of_in,
                             of_w = conj(f.dz) * get(dblock->z, n, i) + conj(f.df1) * of_f1;
        dlog_dt += creal(conj(dt * a) * of_w) + creal(conj(f.f1) * of_f1);
        dp[self->log_a + at] += (real)(creal(a) * dt * creal(of_w));
        dp[self->im_a + at] += (real)(self->sign * dt * cimag(of_w));
        if (!self->has_b) continue;
        const double complex of_b = conj(dt * f.f1) * of_in;
        dp[self->b + 2 * at] += (real)creal(of_b);
        dp[self->b + 2 * at + 1] += (real)cimag(of_b);
    }
    dp[self->log_dt + h] += (real)dlog_dt;
}

/* Lane i of a block of rank 1 or 2, to the gradient of its channel's system. */
static void low_rank_back(const loci_s4 *self, const loci_s4_derived *d, real *dp, size_t k, size_t i,
                          const loci_block *dblock, void *scratch)
{
    const size_t g = k * V + i, modes = self->modes, part = loci_s4_part(self);
    const loci_block *block = &d->block[k];
    char *at = scratch;
    const loci_dplr one = lay_out_dplr(self, at), done = lay_out_dplr(self, at + dplr_size(self));
    for (size_t n = 0; n < modes; n++) {
        one.z[n] = get(block->z, n, i), done.z[n] = get(dblock->z, n, i);
        one.b1[n] = get(block->b1, n, i), done.b1[n] = get(dblock->b1, n, i);
        for (size_t r = 0; r < self->rank; r++) {
            one.q[r * modes + n] = get(block->q + r * part, n, i),
                              done.q[r * modes + n] = get(dblock->q + r * part, n, i);
            one.g[r * modes + n] = get(block->g + r * part, n, i),
                              done.g[r * modes + n] = get(dblock->g + r * part, n, i);
        }
        for (int ahead = 0; ahead <= self->both; ahead++)
            put_pair(dp + self->c, ((size_t)ahead * self->layer.outputs + g) * modes + n,
                     get(ahead ? d->dback : dblock->c, n, i));
    }
    loci_dplr_backward(d->dsystem, &done, &one, d->system, g % self->H, LOCI_BILINEAR,
                       (double complex *)(void *)(at + 2 * dplr_size(self)));
}

static void clear_system(loci_system *s)
{
    const size_t modes = s->copies * s->width * sizeof(double);
    memset(s->a_re, 0, modes), memset(s->a_im, 0, modes);
    memset(s->b_re, 0, modes), memset(s->b_im, 0, modes);
    memset(s->p_re, 0, s->rank * modes), memset(s->p_im, 0, s->rank * modes);
    memset(s->dt, 0, s->copies * sizeof(double));
}

/* From the channels' systems to parameters. */
static void system_back(const loci_s4 *self, const loci_s4_derived *d, real *dp)
{
    const loci_system *s = d->system, *g = d->dsystem;
    for (size_t h = 0; h < self->H; h++) {
        dp[self->log_dt + h] = (real)(g->dt[h] * s->dt[h]);
        for (size_t n = 0; n < self->modes; n++) {
            const size_t at = h * self->modes + n;
            dp[self->log_a + at] = (real)(g->a_re[at] * s->a_re[at]);
            dp[self->im_a + at] = (real)(self->sign * g->a_im[at]);
            put_pair(dp + self->b, at, g->b_re[at] + I * g->b_im[at]);
            for (size_t r = 0; r < self->rank; r++) {
                const size_t low = r * self->H * self->modes + at;
                put_pair(dp + self->p, low, g->p_re[low] + I * g->p_im[low]);
            }
        }
    }
}

void loci_s4_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    loci_s4_derived *d = derived;
    const kernel_memory s = lay_out(d);
    const size_t part = loci_s4_part(self),
                 block_size = loci_lane_blocks(loci_block_size(self->modes, self->rank)) * V;
    const loci_system shape = shape_of(self);
    memset(dp, 0, layer->size * sizeof(real));
    if (self->rank) clear_system(d->dsystem);
    for (size_t k = 0; k < loci_s4_blocks(layer); k++) {
        const real *dkernel = gradient + k * d->kernel_size,
                   *by_states = self->both ? NULL
                                           : gradient + loci_s4_blocks(layer) * d->kernel_size +
                                                 k * loci_s4_stateful(layer, d);
        loci_block dblock = loci_block_lay_out(d->dblock, &shape, self->discretization);
        memset(d->dblock, 0, block_size * sizeof(double));
        memset(d->dback, 0, part * sizeof(double));
        if (self->both) {
            loci_convolution_gradient_both(d->plan, s.ahead, s.back, dkernel, s.rest);
            kernel_backward(self, d, dblock, d->dback, s.back, d->block[k], d->c_back + k * part, &s);
        } else {
            loci_convolution_gradient(d->plan, s.ahead, dkernel, s.rest);
            if (d->T > d->L) memset(s.ahead + d->L * V, 0, (d->T - d->L) * V * sizeof(real));
            add_by_states(self, d, &dblock, s.ahead, by_states);
        }
        for (size_t i = 0; i < lanes_of(self, k);
             i++) /* by states D has a gradient of its own, the last of all */
            dp[self->d + k * V + i] =
                s.ahead[i] + (d->fir || self->both ? 0 : by_states[loci_s4_stateful(layer, d) - V + i]);
        kernel_backward(self, d, dblock, dblock.c, s.ahead, d->block[k], d->block[k].c, &s);
        for (size_t i = 0; i < lanes_of(self, k); i++)
            if (self->rank)
                low_rank_back(self, d, dp, k, i, &dblock, s.rest);
            else
                diagonal_back(self, d, dp, p, k, i, &dblock);
    }
    if (self->rank) system_back(self, d, dp);
}
