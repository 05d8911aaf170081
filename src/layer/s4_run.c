/* SPDX-License-Identifier: MIT
 * s4_run.c - the mixer of S4 on sequences: convolutions forward and back, the recurrence with a state, and what kernels that
 * end have in its place, the inputs that they still reach, newest first. */
#include "base/each_precision.h"

#include "layer/s4.h"

#include <complex.h>
#include <string.h>

#include "layer/loops.h"
#include "layer/s4_loops.h"
#include "ssm/discretize_diagonal.h"
#include "ssm/discretize_dplr.h"
#include "ssm/recurrence.h"

enum { V = LOCI_LANES };

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- memory ---- */

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

/* Reals of a state for where none is given; of what looks ahead and has none a block's, and a row. */
static size_t spare(const loci_layer *layer)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    return self->both ? loci_s4_part(self) + V : layer->state;
}

/* What the adjoint of the recurrence takes: z, and of rank 0 a coupling of 0 and its gradient. */
static size_t adjoint_size(const loci_s4 *self, size_t L)
{
    return loci_s4_part(self) * sizeof(real) + loci_recurrence_dplr_scratch(self->modes, L);
}

/* scratch: a state for where none is given; a block's input that ends with its sequence, and its gradient; then what
 * convolutions, states or steps of other lengths take. */
loci_layer_memory loci_s4_memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    const loci_s4_derived *d = derived;
    size_t rest = (2 + 2 * self->rank) * self->modes * sizeof(double complex);
    if (d->plan) rest = most(rest, loci_convolution_scratch_size(d->plan) * sizeof(real));
    if (!self->both && L)
        rest = most(rest, d->fir ? 2 * (L + d->T) * V * sizeof(real) : adjoint_size(self, L));
    loci_layer_memory m = {0};
    m.gradient = loci_s4_blocks(layer) * (d->kernel_size + (self->both ? 0 : loci_s4_stateful(layer, d)));
    m.saved = (B * layer->state + V) * sizeof(real);
    m.scratch = (spare(layer) + 2 * L * V) * sizeof(real) + (rest + 63) / 64 * 64;
    return m;
}

/* ---- one block, sample by sample ---- */

/* Samples of one block that last a usual step each. */
static void recur(const loci_s4 *self, const loci_s4_derived *d, real *y, real *state, const real *u,
                  size_t k, size_t rows)
{
    const size_t at = k * loci_s4_part(self), low = k * loci_s4_low(self);
    if (d->fir)
        LOCI_CHOOSE(loci_s4_loops_level)->ends(y, state, u, d->fir + k * d->T * V, d->T, rows);
    else if (self->rank)
        LOCI_CHOOSE(loci_s4_loops_level)
            ->coupled(
                y, state, u,
                &(loci_s4_tables){d->z + at, d->b + at, d->c + at, d->q + low, d->g + low, d->d + k * V},
                self->modes, self->rank, rows);
    else
        loci_loops_get()->recur(y, state, u, d->z + at, d->c + at, d->d + k * V, self->modes, rows);
}

/* The system of channel h, in discrete time for a step of `dt`, in memory at `at`; of rank 0 with inputs as block has them. */
static loci_dplr discretize(const loci_s4 *self, const loci_s4_derived *d, size_t k, size_t i, double dt,
                            void *at)
{
    const size_t modes = self->modes, h = (k * V + i) % self->H;
    double complex *x = at;
    const loci_dplr out = {x, x + modes, x + 2 * modes, x + (2 + self->rank) * modes};
    if (self->rank) {
        loci_dplr_discretize((loci_dplr *)&out, d->system, h, LOCI_BILINEAR, dt * d->system->dt[h], NULL);
        return out;
    }
    for (size_t n = 0; n < modes; n++) {
        const size_t from = k * loci_s4_part(self) + n * 2 * V + i;
        loci_mode f;
        loci_mode_discretize(&f, self->discretization, dt * (d->w[from] + I * d->w[from + V]), 0);
        out.z[n] = f.z;
        out.b1[n] = dt * f.f1 / (d->f1[from] + I * d->f1[from + V]);
    }
    return out;
}

/* One sample that lasts `dt` steps, in double. */
static void recur_for(const loci_s4 *self, const loci_s4_derived *d, real *y, real *state, const real *u,
                      size_t k, double dt, void *scratch)
{
    if (dt == 1) {
        recur(self, d, y, state, u, k, 1);
        return;
    }
    const size_t modes = self->modes, left = self->layer.outputs - k * V, lanes = left < V ? left : V;
    for (size_t i = 0; i < V; i++) y[i] = 0;
    for (size_t i = 0; i < lanes; i++) {
        const loci_dplr one = discretize(self, d, k, i, dt, scratch);
        double sigma[2] = {0}, sum = d->block[k].d[i] * (double)u[i];
        for (size_t r = 0; r < self->rank; r++)
            for (size_t n = 0; n < modes; n++)
                sigma[r] += 2 * (creal(one.g[r * modes + n]) * (double)state[n * V + i] -
                                 cimag(one.g[r * modes + n]) * (double)state[(modes + n) * V + i]);
        for (size_t n = 0; n < modes; n++) {
            real *re = state + n * V + i, *im = re + modes * V;
            const size_t at = n * 2 * V + i;
            double complex x = one.z[n] * ((double)*re + I * (double)*im) + one.b1[n] * (double)u[i];
            for (size_t r = 0; r < self->rank; r++) x -= one.q[r * modes + n] * sigma[r];
            *re = (real)creal(x), *im = (real)cimag(x);
            sum += 2 * (d->block[k].c[at] * creal(x) - d->block[k].c[at + V] * cimag(x));
        }
        y[i] = (real)sum;
    }
}

/* What looks ahead where samples last different times: added to y, from the end of the sequence to its beginning. none: a
 * state and a row. */
static void recur_back(const loci_s4 *self, const loci_s4_derived *d, real *y, real *none, const real *u,
                       size_t k, const double *dt, size_t length, void *scratch)
{
    const size_t modes = self->modes, part = loci_s4_part(self);
    const double *c = d->c_back + k * part;
    memset(none, 0, part * sizeof(real));
    for (size_t l = length; l-- > 0;) {
        for (size_t i = 0; i < V; i++) {
            double sum = 0;
            for (size_t n = 0; n < modes; n++)
                sum += 2 * (c[n * 2 * V + i] * (double)none[n * V + i] -
                            c[n * 2 * V + V + i] * (double)none[(modes + n) * V + i]);
            y[l * V + i] += (real)sum;
        }
        recur_for(self, d, none + part, none, u + l * V, k, dt[l], scratch);
    }
}

/* ---- forward ---- */

/* A block's input, 0 behind the end of its sequence. */
static const real *ended(real *copy, const real *u, size_t length, size_t L)
{
    if (length == L) return u;
    memcpy(copy, u, length * V * sizeof(real));
    memset(copy + length * V, 0, (L - length) * V * sizeof(real));
    return copy;
}

void loci_s4_forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                     const real *x, real *const *state, void *saved, void *scratch)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    const loci_s4_derived *d = derived;
    const size_t blocks = loci_s4_blocks(layer), L = pass->L, plane = blocks * L * V,
                 per_block = layer->state / blocks;
    const double *dt = layer->flags & LOCI_LAYER_TAKES_STEPS ? pass->dt : NULL;
    void *at = scratch;
    real *none = loci_carve(&at, spare(layer) * sizeof(real)), *copy = loci_carve(&at, L * V * sizeof(real));
    if (self->both) state = NULL;
    if (saved) {
        const saved_states s = lay_out(layer, pass, saved);
        s.stateful[0] = state != NULL;
        for (size_t b = 0; state && b < pass->B; b++)
            memcpy(s.state + b * layer->state, state[b], layer->state * sizeof(real));
    }
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        if (dt && !state) memset(none, 0, spare(layer) * sizeof(real));
        for (size_t k = 0; k < blocks; k++) {
            real *yk = y + b * plane + k * L * V, *here = (state ? state[b] : none) + k * per_block;
            const real *uk = x + b * plane + k * L * V;
            if (!dt && !state) {
                loci_convolution_apply(d->plan, yk, self->both ? ended(copy, uk, length, L) : uk,
                                       d->kernel + k * d->kernel_size, at);
                continue;
            }
            if (dt && self->both) memset(none, 0, spare(layer) * sizeof(real));
            if (dt)
                for (size_t l = 0; l < length; l++)
                    recur_for(self, d, yk + l * V, here, uk + l * V, k, dt[b * L + l], at);
            else
                recur(self, d, yk, here, uk, k, length);
            if (dt && self->both) recur_back(self, d, yk, none, uk, k, dt + b * L, length, at);
            memset(yk + length * V, 0, (L - length) * V * sizeof(real));
        }
    }
}

void loci_s4_step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                  const double *dt, real *const *state, void *scratch)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    const size_t blocks = loci_s4_blocks(layer), per_block = layer->state / blocks;
    const int steps = dt && layer->flags & LOCI_LAYER_TAKES_STEPS;
    for (size_t k = 0; k < blocks; k++) /* the block's tables stay in cache for all lanes */
        for (size_t b = 0; b < lanes; b++) {
            const size_t here = (k * lanes + b) * V;
            recur_for(self, derived, y + here, state[b] + k * per_block, x + here, k, steps ? dt[b] : 1,
                      scratch);
        }
}

/* ---- backward ---- */

/* The adjoint of recur where kernels end: dstate and du from dy; dk is added to. ext [T - 1 + length]: what was before, oldest
 * first, then u. */
static void fir_backward(const loci_s4_derived *d, real *du, real *dk, real *dstate, const real *dy,
                         const real *u, const real *state, const real *k, size_t length, real *ext)
{
    const size_t T = d->T, before = T - 1, all = before + length;
    real *dext = ext + all * V;
    for (size_t m = 0; m < before; m++) memcpy(ext + (before - 1 - m) * V, state + m * V, V * sizeof(real));
    memcpy(ext + before * V, u, length * V * sizeof(real));
    memset(dext, 0, all * V * sizeof(real));
    for (size_t m = 0; m < before; m++) /* the final state is the newest part of it */
        memcpy(dext + (all - 1 - m) * V, dstate + m * V, V * sizeof(real));
    for (size_t l = 0; l < length; l++)
        for (size_t m = 0; m < T; m++)
            for (size_t i = 0; i < V; i++) {
                dk[m * V + i] += dy[l * V + i] * ext[(before + l - m) * V + i];
                dext[(before + l - m) * V + i] += dy[l * V + i] * k[m * V + i];
            }
    memcpy(du, dext + before * V, length * V * sizeof(real));
    for (size_t m = 0; m < before; m++) memcpy(dstate + m * V, dext + (before - 1 - m) * V, V * sizeof(real));
}

/* ... and where they do not. */
static void recur_backward(const loci_s4 *self, const loci_s4_derived *d, real *du, real *gradient,
                           real *dstate, const real *dy, const real *u, const real *state, size_t k,
                           size_t length, void *at)
{
    const size_t part = loci_s4_part(self), low = loci_s4_low(self);
    real *z = loci_carve(&at, part * sizeof(real));
    for (size_t i = 0; i < part; i++) z[i] = (real)d->block[k].z[i];
    const loci_recurrence_block block = {.modes = self->modes,
                                         .rank = self->rank ? self->rank : 1,
                                         .z = z,
                                         .b1 = d->b + k * part,
                                         .c = d->c + k * part,
                                         .q = d->q + k * low,
                                         .g = d->g + k * low,
                                         .d = d->d + k * V};
    const loci_recurrence_gradient to = {.z = gradient,
                                         .b1 = gradient + part,
                                         .c = gradient + 2 * part,
                                         .q = gradient + 3 * part,
                                         .g = gradient + 3 * part + low,
                                         .d = gradient + 3 * part + 2 * low};
    loci_recurrence_dplr_backward(&to, du, dstate, dy, state, u, &block, length, at);
}

void loci_s4_backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                      real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                      void *saved, void *scratch)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    const loci_s4_derived *d = derived;
    (void)y;
    const size_t blocks = loci_s4_blocks(layer), L = pass->L, plane = blocks * L * V,
                 per_block = layer->state / blocks;
    const saved_states s = lay_out(layer, pass, saved);
    void *at = scratch;
    real *none = loci_carve(&at, spare(layer) * sizeof(real)), *copy = loci_carve(&at, L * V * sizeof(real)),
         *alone = loci_carve(&at, L * V * sizeof(real));
    const int stateful = !self->both && (s.stateful[0] != 0 || dstate != NULL);
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        if (!dstate) memset(none, 0, layer->state * sizeof(real));
        if (s.stateful[0] == 0) memset(s.state + b * layer->state, 0, layer->state * sizeof(real));
        for (size_t k = 0; k < blocks; k++) {
            const size_t here = b * plane + k * L * V, part = k * per_block;
            real *du = dx ? dx + here : alone;
            real *by_states = loci_s4_by_states(layer, d, gradient, k),
                 *dstate_k = (dstate ? dstate[b] : none) + part;
            const real *state = s.state + b * layer->state + part;
            if (!stateful)
                loci_convolution_backward(d->plan, du, gradient + k * d->kernel_size, dy + here,
                                          self->both ? ended(copy, x + here, length, L) : x + here,
                                          d->kernel + k * d->kernel_size, at);
            else if (length > 0 && d->fir)
                fir_backward(d, du, by_states, dstate_k, dy + here, x + here, state, d->fir + k * d->T * V,
                             length, at);
            else if (length > 0)
                recur_backward(self, d, du, by_states, dstate_k, dy + here, x + here, state, k, length, at);
            if (stateful || self->both) memset(du + length * V, 0, (L - length) * V * sizeof(real));
        }
    }
}
