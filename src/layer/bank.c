/* SPDX-License-Identifier: MIT
 * bank.c - a bank of random oscillators that do not learn, and of each some statistics of the signal so far.
 *
 *     x(t) = z x(t-1) + b u(t),   u a random mix of the inputs, of every other mode less that of the sample before
 *
 * Frequencies, time constants and phases are drawn once, from a seed, and are no parameters; the two thresholds of a mode are. A
 * mode's statistics are the share of samples at which Re x was above each threshold, and the logarithm of the mean of |x|^2. Fed with
 * the statistics of many modes, a linear readout tells sequences apart: of fixed convolutions, the same is known from ROCKET (Dempster et al.
 * 2020); a recurrence does it in a state of a few numbers a mode, however long its memory is.
 *
 * Sums are carried on every LOCI_BANK_RUN samples, counted from the first, so that no cut changes a bit. A state is the
 * blocks of modes, then rows of samples (modulo TURN, turns) and of the last inputs. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/status.h"
#include "layer/bank_loops.h"

enum { V = LOCI_LANES, RUN = LOCI_BANK_RUN };

#define TURN LOCI_REAL(1048576.0)   /* a multiple of RUN that a float counts to exactly */
#define TURNS LOCI_REAL(16777216.0) /* the most that a float counts to exactly: 2^44 samples */
#define LEAST 1e-10                 /* is added to a mean power, of which there is a logarithm */

typedef struct {
    loci_layer layer;
    size_t modes, blocks, features; /* features of a mode */
    loci_statistics statistics;
    size_t threshold;    /* offset of [2][modes] */
    double *rate, *turn; /* [modes] 1/time constant and angle, of a sample */
    double *phase;
    double *mix; /* [modes][inputs] */
} bank;

static inline const bank *of(const loci_layer *layer)
{
    return (const bank *)layer;
}

static size_t table_rows(const bank *self)
{
    return LOCI_BANK_MIX + self->layer.inputs;
}

static size_t mode_reals(const bank *self)
{
    return self->blocks * LOCI_BANK_ROWS * V;
}

/* ---- derived: the tables of all blocks ---- */

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    (void)L;
    const bank *self = of(layer);
    real *table =
        loci_allocate_by(loci_allocator_of(layer), self->blocks * table_rows(self), V * sizeof(real));
    if (!table) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a bank of %zu modes", self->modes);
    *derived = table;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(derived);
}

/* Steps of another length turn and fade by so much more, and a difference is so much larger. */
static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    const bank *self = of(layer);
    const size_t rows = table_rows(self);
    memset(derived, 0, self->blocks * rows * V * sizeof(real));
    for (size_t m = 0; m < self->modes; m++) {
        real *at = (real *)derived + m / V * rows * V + m % V;
        const double fade = exp(-self->rate[m] * rate), angle = self->turn[m] * rate;
        const int difference = m % 2 == 1;
        const double gain = -expm1(-self->rate[m] * rate) / (difference ? rate : 1);
        at[LOCI_BANK_Z_RE * V] = (real)(fade * cos(angle));
        at[LOCI_BANK_Z_IM * V] = (real)(fade * sin(angle));
        at[LOCI_BANK_B_RE * V] = (real)(gain * cos(self->phase[m]));
        at[LOCI_BANK_B_IM * V] = (real)(gain * sin(self->phase[m]));
        at[LOCI_BANK_DIFFERENCE * V] = (real)difference;
        at[LOCI_BANK_ABOVE * V] = p[self->threshold + m];
        at[LOCI_BANK_ABOVE_2 * V] = p[self->threshold + self->modes + m];
        for (size_t c = 0; c < layer->inputs; c++)
            at[(LOCI_BANK_MIX + c) * V] = (real)self->mix[m * layer->inputs + c];
    }
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)derived, (void)gradient, (void)p;
    memset(dp, 0, layer->size * sizeof(real)); /* shares go by steps: there is no slope to follow */
}

/* ---- forward ---- */

/* saved, of a sequence: a row of its count, then where its state was before. scratch: a state, a run of inputs, and, backward, the
 * oscillators of a block at every sample. */
static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)derived;
    const size_t inputs = (layer->inputs * (RUN + 1) + V - 1) / V * V;
    return (loci_layer_memory){.saved = B * (V + layer->state) * sizeof(real),
                               .scratch = (layer->state + inputs + 2 * (L + 1) * V) * sizeof(real)};
}

/* The samples so far. A state may come from anywhere: what can be no count is 0. */
static size_t count_of(const real *row)
{
    const real low = row[0], high = row[1];
    const size_t turns = high >= 0 && high < TURNS ? (size_t)high : 0;
    return turns * (size_t)TURN + (low >= 0 && low < TURN ? (size_t)low : 0);
}

static void count_put(real *row, size_t count)
{
    row[0] = (real)(count % (size_t)TURN);
    row[1] = (real)(count / (size_t)TURN);
}

/* Where channel c of feature s of mode m stands in a row of outputs whose blocks are `stride` rows apart. */
static inline size_t place(const bank *self, size_t m, size_t s, size_t stride)
{
    const size_t channel = m * self->features + s;
    return channel / V * stride * V + channel % V;
}

/* Sum k (power, counts) of mode m. */
static inline real sum_of(const real *state, size_t m, size_t k)
{
    const real *at = state + m / V * LOCI_BANK_ROWS * V + m % V, *sums = at + (LOCI_BANK_SUMS + 2 * k) * V;
    return sums[0] + (sums[V] + at[(LOCI_BANK_POWER + k) * V]);
}

/* The statistics so far. */
static void tell(const bank *self, real *y, size_t stride, const real *state, size_t count)
{
    const real n = (real)count;
    const size_t outputs = loci_lane_blocks(self->layer.outputs);
    for (size_t k = 0; k < outputs; k++) memset(y + k * stride * V, 0, V * sizeof(real));
    for (size_t m = 0; count && m < self->modes; m++) {
        size_t s = 0;
        if (self->statistics != LOCI_STATISTICS_POWER) {
            y[place(self, m, s++, stride)] = sum_of(state, m, 1) / n;
            y[place(self, m, s++, stride)] = sum_of(state, m, 2) / n;
        }
        if (self->statistics != LOCI_STATISTICS_SHARES)
            y[place(self, m, s, stride)] = (real)log((double)(sum_of(state, m, 0) / n) + LEAST);
    }
}

/* `length` samples of x, whose blocks of channels are `stride` rows apart, into the state; what they came to is y. */
static void go_on(const bank *self, const real *table, real *y, size_t y_stride, const real *x, size_t stride,
                  size_t length, real *state, real *inputs)
{
    const size_t C = self->layer.inputs;
    real *const rows = state + mode_reals(self), *const before = rows + V;
    size_t count = count_of(rows);
    const struct loci_bank_loops *loops = LOCI_CHOOSE(loci_bank_loops);
    for (size_t done = 0; done < length;) {
        const size_t room = RUN - count % RUN, n = length - done < room ? length - done : room;
        memcpy(inputs, before, C * sizeof(real));
        for (size_t c = 0; c < C; c++) {
            const real *from = x + (c / V * stride + done) * V + c % V;
            for (size_t l = 0; l < n; l++) inputs[(l + 1) * C + c] = from[l * V];
        }
        loops->run(state, table, inputs, self->blocks, C, n, n == room);
        memcpy(before, inputs + n * C, C * sizeof(real));
        count += n;
        done += n;
    }
    count_put(rows, count);
    tell(self, y, y_stride, state, count);
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const bank *self = of(layer);
    const size_t blocks = loci_lane_blocks(layer->inputs), outputs = loci_lane_blocks(layer->outputs);
    real *const none = scratch;
    for (size_t b = 0; b < pass->B; b++) {
        real *s = state ? state[b] : memset(none, 0, layer->state * sizeof(real));
        real *kept = saved ? (real *)saved + b * (V + layer->state) : NULL;
        if (kept) memcpy(kept + V, s, layer->state * sizeof(real));
        go_on(self, derived, y + b * outputs * V, 1, x + b * blocks * pass->L * V, pass->L,
              loci_pass_length(pass, b), s, none + layer->state);
        if (kept) kept[0] = (real)count_of(s + mode_reals(self));
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    for (size_t b = 0; b < lanes; b++)
        go_on(of(layer), derived, y + b * V, lanes, x + b * V, lanes, 1, state[b], scratch);
}

/* ---- backward: through the powers; shares have no slope ---- */

/* dx of one sequence, [blocks][L][16], and dstate, from dy of its powers. */
static void back(const bank *self, const real *table, real *dx, real *dstate, const real *dy, const real *x,
                 const real *y, size_t L, size_t length, const real *saved, real *orbit)
{
    const size_t C = self->layer.inputs, rows = table_rows(self);
    const real n = saved[0], *state = saved + V, *before = state + mode_reals(self) + V;
    for (size_t m = 0; m < self->modes; m++) {
        const real *t = table + m / V * rows * V + m % V, *s = state + m / V * LOCI_BANK_ROWS * V + m % V,
                   *w = t + LOCI_BANK_MIX * V;
        real *ds = dstate ? dstate + m / V * LOCI_BANK_ROWS * V + m % V : NULL;
        const real z_re = t[LOCI_BANK_Z_RE * V], z_im = t[LOCI_BANK_Z_IM * V], b_re = t[LOCI_BANK_B_RE * V],
                   b_im = t[LOCI_BANK_B_IM * V], difference = t[LOCI_BANK_DIFFERENCE * V];
        real re = s[LOCI_BANK_RE * V], im = s[LOCI_BANK_IM * V], last = 0;
        for (size_t c = 0; c < C; c++) last += w[c * V] * before[c];
        for (size_t l = 0; l < length; l++) {
            real now = 0;
            for (size_t c = 0; c < C; c++) now += w[c * V] * x[(c / V * L + l) * V + c % V];
            const real u = now - difference * last, next = z_re * re - z_im * im + b_re * u;
            im = z_re * im + z_im * re + b_im * u;
            re = next;
            last = now;
            orbit[2 * l] = re;
            orbit[2 * l + 1] = im;
        }
        real dpower = 0;
        if (self->statistics != LOCI_STATISTICS_SHARES && n > 0) {
            const size_t at = place(self, m, self->features - 1, 1);
            dpower = dy[at] / (n * (real)exp((double)y[at]));
        }
        real d_re = ds ? ds[LOCI_BANK_RE * V] : 0, d_im = ds ? ds[LOCI_BANK_IM * V] : 0, later = 0;
        const real carried = ds ? ds[LOCI_BANK_POWER * V] : 0;
        for (size_t l = length; l-- > 0;) {
            d_re += 2 * (dpower + carried) * orbit[2 * l];
            d_im += 2 * (dpower + carried) * orbit[2 * l + 1];
            const real du = b_re * d_re + b_im * d_im, d = du - difference * later;
            for (size_t c = 0; dx && c < C; c++) dx[(c / V * L + l) * V + c % V] += w[c * V] * d;
            later = du;
            const real next = z_re * d_re + z_im * d_im;
            d_im = z_re * d_im - z_im * d_re;
            d_re = next;
        }
        if (!ds) continue;
        ds[LOCI_BANK_RE * V] = d_re;
        ds[LOCI_BANK_IM * V] = d_im;
        ds[LOCI_BANK_POWER * V] += dpower;
        ds[LOCI_BANK_SUMS * V] += dpower;
        ds[(LOCI_BANK_SUMS + 1) * V] += dpower;
        real *const dlast = dstate + mode_reals(self) + V;
        for (size_t c = 0; length && c < C; c++) dlast[c] -= w[c * V] * difference * later;
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)gradient;
    const bank *self = of(layer);
    const size_t blocks = loci_lane_blocks(layer->inputs), outputs = loci_lane_blocks(layer->outputs),
                 L = pass->L;
    if (dx) memset(dx, 0, pass->B * blocks * L * V * sizeof(real));
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *const to = dx ? dx + b * blocks * L * V : NULL, *const ds = dstate ? dstate[b] : NULL;
        if (!to && !ds) continue;
        real *const dlast = ds ? ds + mode_reals(self) + V : NULL;
        for (size_t c = 0; ds && length && c < layer->inputs; c++) { /* the last input goes on in the state */
            if (to) to[(c / V * L + length - 1) * V + c % V] = dlast[c];
            dlast[c] = 0;
        }
        back(self, derived, to, ds, dy + b * outputs * V, x + b * blocks * L * V, y + b * outputs * V, L,
             length, (const real *)saved + b * (V + layer->state), scratch);
    }
}

/* ---- creation ---- */

static void destroy(loci_layer *layer)
{
    loci_free(((bank *)layer)->rate);
}

static const loci_layer_class class = {.name = "bank",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step,
                                       .free = destroy};

/* Evenly in the logarithm. */
static double between(double least, double most, uint64_t key, uint64_t index)
{
    return most > least ? least * exp(loci_random_uniform(key, index) * log(most / least)) : least;
}

/* Frequencies from half a turn in the span to half a turn a sample, time constants from a sample to the span, but a few turns at
 * most: oscillators that ring for long tell where in a spectrum something lies, short ones what it looks like. */
static void draw(bank *self, const loci_bank_options *options)
{
    enum { MIXED = 8 }; /* draws of a mode but those for the inputs */
    const double pi = acos(-1), turns = 8;
    const size_t C = self->layer.inputs;
    for (size_t m = 0; m < self->modes; m++) {
        const uint64_t key = loci_random_key(loci_random_key(options->seed, loci_random_stream("bank")), m);
        const double angle = between(pi / options->span, pi, key, 0),
                     lasts = between(1, options->span, key, 1);
        self->turn[m] = angle;
        self->rate[m] = 1 / fmin(lasts, turns / angle);
        self->phase[m] = 2 * pi * loci_random_uniform(key, 2);
        double *const mix = self->mix + m * C, squares = 0;
        /* of several inputs 1, 2, 4, ... are mixed, whichever: what few of them have in common shows better */
        const size_t count =
            C == 1 ? 1 : (size_t)fmin((double)C, exp2(loci_random_uniform(key, 3) * log2((double)C + 1)));
        for (size_t left = count, c = 0; c < C; c++) {
            const int taken = loci_random_uniform(key, MIXED + 3 * c) * (double)(C - c) < (double)left;
            mix[c] = !taken ? 0 : C == 1 ? 1 : loci_random_normal(key, MIXED + 3 * c + 1);
            left -= (size_t)taken;
            squares += mix[c] * mix[c];
        }
        for (size_t c = 0; squares > 0 && c < C; c++) mix[c] /= sqrt(squares);
    }
}

size_t loci_bank_features(loci_statistics statistics)
{
    return statistics == LOCI_STATISTICS_ALL ? 3 : statistics == LOCI_STATISTICS_SHARES ? 2 : 1;
}

loci_status loci_bank_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                             size_t modes, const loci_bank_options *options, loci_error *error)
{
    bank *self;
    const size_t features = loci_bank_features(options->statistics);
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, modes * features, error);
    if (status) return status;
    self->modes = modes;
    self->features = features;
    self->blocks = loci_lane_blocks(modes);
    self->statistics = options->statistics;
    self->rate = loci_allocate_by(loci_allocator_of(self), modes * (3 + inputs), sizeof *self->rate);
    if (!self->rate) {
        loci_layer_free(&self->layer);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a bank of %zu modes", modes);
    }
    self->turn = self->rate + modes;
    self->phase = self->turn + modes;
    self->mix = self->phase + modes;
    draw(self, options);
    self->threshold = loci_layer_add(&self->layer, "threshold",
                                     (loci_parameter){.dimensions = 2,
                                                      .shape = {2, modes},
                                                      .group = LOCI_GROUP_UNDECAYED,
                                                      .initial = LOCI_INITIAL_CONSTANT});
    self->layer.flags = LOCI_LAYER_SHRINKS | LOCI_LAYER_TAKES_RATE;
    self->layer.state = mode_reals(self) + V + loci_lane_blocks(inputs) * V;
    *out = &self->layer;
    return LOCI_OK;
}
