/* SPDX-License-Identifier: MIT
 * s5.c - the mixer over time of S5 (Smith et al. 2023): one diagonal state space system from all channels to all channels.
 *
 *     x_l = z x_(l-1) + Bbar u_l,   y_l = 2 Re(C x_l) + D u_l,   z = z(dt A), Bbar = (z - 1)/A B
 *
 * Bands of samples go through a product with Bbar, a recurrence over modes, 16 side by side, and a product with C. Samples
 * that last other times have factors of their own, relative to Bbar: with q = z - 1, Bbar is q/A B for any length of a step, so
 * that r = q now / q usually. Liquid (Hasani et al. 2023): the input acts on the transition too, x_l = (z + Bbar u_l) x_(l-1)
 * + Bbar u_l. The state of a sequence is x, [2][blocks][16]. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/dense.h"
#include "layer/loops.h"
#include "layer/s5_loops.h"
#include "ssm/discretize_diagonal.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND, PARTS = 2 /* real, imaginary */ };

typedef struct {
    loci_layer layer;
    size_t modes, blocks; /* of modes */
    loci_discretization discretization;
    int liquid;
    size_t d, log_step, c, b, log_re, im; /* offsets */
} s5;

typedef struct {
    double rate;
    loci_dense in, out;
    real *bbar, *c; /* weights of in [2][modes][H] and out [H][2][blocks][16], and their gradients */
    real *q, *s;    /* of a usual step, and 1/q: [blocks][2][16] */
    real *d;        /* [blocks of channels][16] */
    double *w;      /* [blocks][3][16], as loci_s5_step has it */
    void *memory, *in_double; /* all of the above */
} derived_s5;

static inline size_t channel_blocks(const s5 *self)
{
    return loci_lane_blocks(self->layer.inputs);
}

/* Reals of one part of a state. */
static inline size_t apart(const s5 *self)
{
    return self->blocks * V;
}

/* ---- modes ---- */

typedef struct {
    double complex a, q, bbar; /* A; z - 1; what B is multiplied with */
    double dt;
    loci_mode f; /* at w = dt a */
} mode;

static mode mode_of(const s5 *self, const real *p, size_t n, double rate)
{
    mode m;
    m.a = -exp((double)p[self->log_re + n]) + I * (double)p[self->im + n];
    m.dt = rate * exp((double)p[self->log_step + n]);
    loci_mode_discretize(&m.f, self->discretization, m.dt * m.a, 1);
    m.q = m.dt * m.a * m.f.f1; /* both discretizations; z of a slow mode less 1 would keep few digits */
    m.bbar = m.dt * m.f.f1;
    return m;
}

static double complex pair(const real *p, size_t at)
{
    return (double)p[at] + I * (double)p[at + 1];
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const s5 *self = (const s5 *)layer;
    derived_s5 *d = derived;
    const size_t H = layer->inputs, P = self->modes, wide = PARTS * apart(self);
    d->rate = rate;
    memset(d->c, 0, H * wide * sizeof(real)); /* of gradients */
    for (size_t n = 0; n < P; n++) {
        const mode m = mode_of(self, p, n, rate);
        const size_t at = n / V * PARTS * V + n % V;
        /* one that 10^30 steps do not move rests where steps have other lengths */
        const double complex s = cabs(m.q) > 1e-30 ? 1 / m.q : 0;
        d->q[at] = (real)creal(m.q), d->q[at + V] = (real)cimag(m.q);
        d->s[at] = (real)creal(s), d->s[at + V] = (real)cimag(s);
        double *w = d->w + n / V * 3 * V + n % V;
        w[0] = m.dt * creal(m.a), w[V] = m.dt * cimag(m.a), w[2 * V] = w[V] / 12.56637061435917295385;
        for (size_t h = 0; h < H; h++) {
            const double complex b = m.bbar * pair(p, self->b + 2 * (n * H + h)),
                                 c = pair(p, self->c + 2 * (h * P + n));
            d->bbar[n * H + h] = (real)creal(b), d->bbar[(P + n) * H + h] = (real)cimag(b);
            d->c[h * wide + n] = (real)(2 * creal(c)),
                            d->c[h * wide + apart(self) + n] = (real)(-2 * cimag(c));
        }
    }
    loci_dense_pack(&d->in, d->bbar, NULL, NULL);
    loci_dense_pack(&d->out, d->c, NULL, NULL);
    memcpy(d->d, p + self->d, H * sizeof(real));
}

/* ---- derived quantities ---- */

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    derived_s5 *d = derived;
    loci_free(d->memory);
    loci_free(d->in_double);
    loci_free(d);
}

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const s5 *self = (const s5 *)layer;
    const size_t H = layer->inputs, P = self->modes, wide = PARTS * apart(self);
    loci_dense in = loci_dense_of(layer, H, P, PARTS), out = loci_dense_of(layer, wide, H, 1);
    const size_t of_in = loci_dense_size(&in, 0), of_out = loci_dense_size(&out, 0),
                 of_bbar = loci_lane_blocks(PARTS * P * H) * V, of_c = loci_lane_blocks(H * wide) * V;
    const size_t reals = of_in + of_out + of_bbar + of_c + 2 * wide + channel_blocks(self) * V;
    derived_s5 *d = loci_allocate_by(loci_allocator_of(layer), 1, sizeof *d);
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    d->memory = loci_allocate_by(loci_allocator_of(layer), reals, sizeof(real));
    d->in_double = loci_allocate_by(loci_allocator_of(layer), self->blocks * 3 * V, sizeof(double));
    if (!d->memory || !d->in_double) {
        close_layer(layer, d);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s of %zu channels", layer->name, H);
    }
    real *at = d->memory;
    d->in = in, d->out = out, d->rate = 1;
    loci_dense_place(&d->in, at, 0), at += of_in;
    loci_dense_place(&d->out, at, 0), at += of_out;
    d->bbar = at, at += of_bbar;
    d->c = at, at += of_c;
    d->q = at, at += wide;
    d->s = at, at += wide;
    d->d = at;
    d->w = d->in_double;
    *derived = d;
    return LOCI_OK;
}

/* ---- memory ---- */

/* gradient: of Bbar and C as packed, D [blocks of channels][16], q, w and s [blocks][2][16] each. */
typedef struct {
    size_t out, d, q, w, s, all; /* where each begins, behind Bbar, and their number */
} parts_of_gradient;

static parts_of_gradient cut_gradient(const s5 *self, const derived_s5 *d)
{
    parts_of_gradient g = {.out = loci_dense_gradient_size(&d->in)};
    g.d = g.out + loci_dense_gradient_size(&d->out);
    g.q = g.d + channel_blocks(self) * V;
    g.w = g.q + PARTS * apart(self);
    g.s = g.w + PARTS * apart(self);
    g.all = g.s + PARTS * apart(self);
    return g;
}

/* saved: states [B][2][blocks][L][16], and the one before the first sample, [B][2][blocks][16]. scratch: modes of a band twice,
 * or of the lanes of a step; factors of a band; a state for where none is given. */
static size_t rows_of_scratch(size_t B)
{
    return B > BAND ? B : BAND;
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const s5 *self = (const s5 *)layer;
    const derived_s5 *d = derived;
    const size_t state = PARTS * apart(self);
    return (loci_layer_memory){.gradient = cut_gradient(self, d).all,
                               .saved = B * (L + 1) * state * sizeof(real),
                               .scratch = (2 * rows_of_scratch(B) * state + 3 * BAND * PARTS * V + state) *
                                          sizeof(real)};
}

typedef struct {
    real *one, *other; /* modes, [2][blocks][rows][16] */
    loci_s5_factors factors;
    real *state;
} scratch_s5;

static scratch_s5 cut_scratch(const s5 *self, void *memory, size_t rows)
{
    const size_t state = PARTS * apart(self);
    scratch_s5 s = {.one = memory};
    s.other = s.one + rows * state;
    s.factors.q = s.other + rows * state;
    s.factors.r = s.factors.q + BAND * PARTS * V;
    s.factors.slope = s.factors.r + BAND * PARTS * V;
    s.state = s.factors.slope + BAND * PARTS * V;
    return s;
}

static loci_s5_step step_of(const s5 *self, const derived_s5 *d, size_t k)
{
    return (loci_s5_step){.w = d->w + k * 3 * V,
                          .q = d->q + k * PARTS * V,
                          .s = d->s + k * PARTS * V,
                          .bilinear = self->discretization == LOCI_BILINEAR};
}

/* Samples from the first on that are alike: they all last a usual step, or none of them does. */
static size_t alike(const double *dt, size_t rows)
{
    size_t n = 1;
    while (dt && n < rows && (dt[n] == 1) == (dt[0] == 1)) n++;
    return dt ? n : rows;
}

/* ---- forward ---- */

/* Modes of up to BAND rows, in place, block by block. */
static void run(const s5 *self, const derived_s5 *d, real *x, size_t stride, real *state, const double *dt,
                size_t rows, loci_s5_factors factors)
{
    const loci_s5_loops *loops = loci_s5_loops_get();
    const size_t plane = self->blocks * stride * V;
    factors.slope = NULL;
    for (size_t k = 0; k < self->blocks; k++) {
        const loci_s5_step step = step_of(self, d, k);
        for (size_t l = 0, n; l < rows; l += n) {
            const double *now = dt ? dt + l : NULL;
            real *at = x + (k * stride + l) * V;
            n = self->liquid ? rows : alike(now, rows - l);
            if (!self->liquid && (!now || *now == 1)) {
                loops->scan(at, plane, state + k * V, apart(self), step.q, n);
                continue;
            }
            loops->factors(&factors, &step, now, n);
            loops->vary(at, plane, state + k * V, apart(self), &factors, self->liquid, n);
        }
    }
}

/* y = 2 Re(C x) + D u */
static void answer(const s5 *self, const derived_s5 *d, real *y, size_t y_stride, const real *x,
                   size_t x_stride, const real *u, size_t u_stride, size_t rows)
{
    loci_dense_multiply(&d->out, y, y_stride, x, x_stride, rows);
    for (size_t k = 0; k < channel_blocks(self); k++) {
        real *yk = y + k * y_stride * V;
        loci_loops_get()->add(yk, yk, u + k * u_stride * V, d->d + k * V, 0, rows);
    }
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const s5 *self = (const s5 *)layer;
    const derived_s5 *d = derived;
    const size_t L = pass->L, plane = channel_blocks(self) * L * V, whole = PARTS * apart(self);
    const scratch_s5 s = cut_scratch(self, scratch, rows_of_scratch(pass->B));
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *kept = saved ? (real *)saved + b * (L + 1) * whole : NULL, *now = state ? state[b] : s.state;
        if (!state) memset(now, 0, whole * sizeof(real));
        if (saved) memcpy(kept + L * whole, now, whole * sizeof(real));
        for (size_t r = 0, rows; r < length; r += rows) {
            rows = length - r < BAND ? length - r : BAND;
            real *modes = saved ? kept + r * V : s.one;
            const size_t stride = saved ? L : BAND;
            const real *u = x + b * plane + r * V;
            loci_dense_multiply(&d->in, modes, stride, u, L, rows);
            run(self, d, modes, stride, now, pass->dt ? pass->dt + b * L + r : NULL, rows, s.factors);
            answer(self, d, y + b * plane + r * V, L, modes, stride, u, L, rows);
        }
        loci_clear_rest(y + b * plane, channel_blocks(self), L, length);
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    const s5 *self = (const s5 *)layer;
    const derived_s5 *d = derived;
    const scratch_s5 s = cut_scratch(self, scratch, rows_of_scratch(lanes));
    loci_dense_multiply(&d->in, s.one, lanes, x, lanes, lanes);
    for (size_t b = 0; b < lanes; b++)
        run(self, d, s.one + b * V, lanes, state[b], dt ? dt + b : NULL, 1, s.factors);
    answer(self, d, y, lanes, s.one, lanes, x, lanes, lanes);
}

/* ---- backward ---- */

/* One band of one sequence. */
typedef struct {
    const real *u, *x, *before;       /* the rows' inputs; their states; the state before them, */
    size_t before_step, before_apart; /* so many reals from block to block and from part to part */
    const double *dt;
    size_t rows, L;
} band_s5;

/* g: from the gradient of x to that of Bbar u; v: scratch, for Bbar u once more. */
static void run_backward(const s5 *self, const derived_s5 *d, real *gradient, real *g, real *v, real *dstate,
                         const band_s5 *band, const loci_s5_factors *factors)
{
    const parts_of_gradient to = cut_gradient(self, d);
    const loci_s5_loops *loops = loci_s5_loops_get();
    const size_t plane = self->blocks * BAND * V, x_plane = self->blocks * band->L * V;
    if (self->liquid || band->dt) loci_dense_multiply(&d->in, v, BAND, band->u, band->L, band->rows);
    for (size_t k = 0; k < self->blocks; k++) {
        const loci_s5_step step = step_of(self, d, k);
        for (size_t end = band->rows, n; end > 0; end -= n) {
            n = self->liquid || !band->dt ? end : 1;
            while (n < end && (band->dt[end - n - 1] == 1) == (band->dt[end - 1] == 1)) n++;
            const size_t from = end - n;
            const real *x = band->x + (k * band->L + from) * V;
            const loci_s5_history history = {.x = x,
                                             .x_plane = x_plane,
                                             .before =
                                                 from > 0 ? x - V : band->before + k * band->before_step,
                                             .before_apart = from > 0 ? x_plane : band->before_apart,
                                             .v = v + (k * BAND + from) * V,
                                             .v_plane = plane,
                                             .dq = gradient + to.q + k * PARTS * V,
                                             .dw = gradient + to.w + k * PARTS * V,
                                             .ds = gradient + to.s + k * PARTS * V};
            real *at = g + (k * BAND + from) * V;
            const double *dt = band->dt ? band->dt + from : NULL;
            if (!self->liquid && (!dt || *dt == 1)) {
                loops->scan_backward(at, plane, dstate + k * V, apart(self), &history, step.q, n);
                continue;
            }
            loops->factors(factors, &step, dt, n);
            loops->vary_backward(at, plane, dstate + k * V, apart(self), &history, factors, &step, dt,
                                 self->liquid, n);
        }
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)y;
    const s5 *self = (const s5 *)layer;
    const derived_s5 *d = derived;
    const size_t L = pass->L, plane = channel_blocks(self) * L * V, whole = PARTS * apart(self);
    const scratch_s5 s = cut_scratch(self, scratch, rows_of_scratch(pass->B));
    const parts_of_gradient g = cut_gradient(self, d);
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        const real *kept = (const real *)saved + b * (L + 1) * whole;
        real *now = dstate ? dstate[b] : s.state;
        if (!dstate) memset(now, 0, whole * sizeof(real));
        for (size_t end = length, rows; end > 0; end -= rows) {
            rows = (end - 1) % BAND + 1; /* as forward cut them */
            const size_t r = end - rows, here = b * plane + r * V;
            const band_s5 band = {.u = x + here,
                                  .x = kept + r * V,
                                  .before = r > 0 ? kept + (r - 1) * V : kept + L * whole,
                                  .before_step = r > 0 ? L * V : V,
                                  .before_apart = r > 0 ? self->blocks * L * V : apart(self),
                                  .dt = pass->dt ? pass->dt + b * L + r : NULL,
                                  .rows = rows,
                                  .L = L};
            loci_dense_gradient(&d->out, gradient + g.out, band.x, L, dy + here, L, rows);
            loci_dense_transposed(&d->out, s.one, BAND, dy + here, L, rows);
            run_backward(self, d, gradient, s.one, s.other, now, &band, &s.factors);
            loci_dense_gradient(&d->in, gradient, band.u, L, s.one, BAND, rows);
            if (dx) loci_dense_transposed(&d->in, dx + here, L, s.one, BAND, rows);
            for (size_t k = 0; k < channel_blocks(self); k++) {
                const size_t at = here + k * L * V;
                loci_s5_loops_get()->skip_gradient(gradient + g.d + k * V, dy + at, x + at, rows);
                if (dx) loci_loops_get()->add(dx + at, dx + at, dy + at, d->d + k * V, 0, rows);
            }
        }
        if (dx) loci_clear_rest(dx + b * plane, channel_blocks(self), L, length);
    }
}

static double complex sum_of(const real *from, size_t n)
{
    const size_t at = n / V * PARTS * V + n % V;
    return (double)from[at] + I * (double)from[at + V];
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    const s5 *self = (const s5 *)layer;
    derived_s5 *d = derived;
    const size_t H = layer->inputs, P = self->modes, wide = PARTS * apart(self);
    const parts_of_gradient g = cut_gradient(self, d);
    loci_dense_unpack(&d->in, d->bbar, NULL, gradient);
    loci_dense_unpack(&d->out, d->c, NULL, gradient + g.out);
    memcpy(dp + self->d, gradient + g.d, H * sizeof(real));
    for (size_t n = 0; n < P; n++) {
        const mode m = mode_of(self, p, n, d->rate);
        double complex of_bbar = 0;
        for (size_t h = 0; h < H; h++) {
            const size_t to_b = self->b + 2 * (n * H + h), to_c = self->c + 2 * (h * P + n);
            const double complex of =
                (double)d->bbar[n * H + h] + I * (double)d->bbar[(P + n) * H + h]; /* Bbar = bbar B */
            const double complex of_b = conj(m.bbar) * of;
            of_bbar += conj(pair(p, to_b)) * of;
            dp[to_b] = (real)creal(of_b), dp[to_b + 1] = (real)cimag(of_b);
            dp[to_c] = 2 * d->c[h * wide + n], dp[to_c + 1] = -2 * d->c[h * wide + apart(self) + n];
        }
        /* q = z(w) - 1, s = 1/q, bbar = dt f1(w), w = dt A */
        const double complex s = sum_of(d->s, n);
        const double complex of_q = sum_of(gradient + g.q, n) - conj(s * s) * sum_of(gradient + g.s, n);
        const double complex of_w =
            sum_of(gradient + g.w, n) + conj(m.f.dz) * of_q + m.dt * conj(m.f.df1) * of_bbar;
        dp[self->log_re + n] = (real)(creal(m.a) * m.dt * creal(of_w));
        dp[self->im + n] = (real)(m.dt * cimag(of_w));
        dp[self->log_step + n] = (real)(m.dt * (creal(conj(m.a) * of_w) + creal(conj(m.f.f1) * of_bbar)));
    }
}

/* ---- creation ---- */

static const loci_layer_class class = {.name = "s5",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

static loci_status check(const loci_s5_options *o, loci_error *error)
{
    if (o->blocks == 0 || o->order / 2 % o->blocks)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "blocks is %zu; a number that divides the %zu pairs of states was expected",
                         o->blocks, o->order / 2);
    if (o->discretization != LOCI_ZOH && o->discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "discretization is %s; zoh or bilinear was expected",
                         loci_discretization_name(o->discretization));
    return loci_layer_check_modes(o->order, o->dt_min, o->dt_max, error);
}

loci_status loci_s5_create(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                           const loci_s5_options *options, loci_error *error)
{
    s5 *self;
    loci_status status = check(options, error);
    if (!status)
        status =
            loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, channels, channels, error);
    if (status) return status;
    const size_t H = channels, P = options->order / 2;
    loci_layer *layer = &self->layer;
    self->modes = P;
    self->blocks = loci_lane_blocks(P);
    self->discretization = options->discretization;
    self->liquid = options->liquid;
    layer->flags = LOCI_LAYER_TAKES_STEPS | LOCI_LAYER_TAKES_RATE;
    layer->state = PARTS * apart(self);
    self->d = loci_layer_add(
        layer, "D", (loci_parameter){.dimensions = 1, .shape = {H}, .initial = LOCI_INITIAL_NORMAL, .b = 1});
    self->log_step = loci_layer_add(layer, "log_step",
                                    (loci_parameter){.dimensions = 1,
                                                     .shape = {P},
                                                     .group = LOCI_GROUP_SSM,
                                                     .initial = LOCI_INITIAL_UNIFORM,
                                                     .a = log(options->dt_min),
                                                     .b = log(options->dt_max)});
    /* A random matrix, turned into the eigenvectors' frame: they are orthogonal, and of a pair the real and the imaginary part
     * are as long, so that real and imaginary parts are independent again, of half the variance each */
    self->c = loci_layer_add(layer, "C",
                             (loci_parameter){.dimensions = 3,
                                              .shape = {H, P, 2},
                                              .initial = LOCI_INITIAL_NORMAL,
                                              .b = 0.70710678118654752440});
    /* with the others' rate and decay, as C: at that of A it learns too slowly to be of use */
    self->b = loci_layer_add(
        layer, "B",
        (loci_parameter){
            .dimensions = 3, .shape = {P, H, 2}, .initial = LOCI_INITIAL_NORMAL, .b = sqrt(0.5 / (double)H)});
    loci_parameter a = {.dimensions = 1,
                        .shape = {P},
                        .group = LOCI_GROUP_SSM,
                        .initial = LOCI_INITIAL_CONSTANT,
                        .a = -0.69314718055994530942};
    self->log_re = loci_layer_add(layer, "log_Lambda_re", a);
    a.initial = LOCI_INITIAL_NORMAL_PART, a.a = (double)(options->order / options->blocks);
    self->im = loci_layer_add(layer, "Lambda_im", a);
    *out = layer;
    return LOCI_OK;
}
