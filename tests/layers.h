/* SPDX-License-Identifier: MIT
 * layers.h - a layer in a test: row-major arrays in and out, parameters, gradients, states, and the checks that every
 * layer has to pass. Include base/real.h first. */
#ifndef LOCI_TESTS_LAYERS_H
#define LOCI_TESTS_LAYERS_H

#include "base/real.h"
#include "systems.h"

#include "base/allocate.h"
#include "layer/layer.h"
#include "near.h"

enum { LANES = LOCI_LANES };

/* A layer with all its memory, for B sequences of L samples. */
typedef struct {
    loci_layer *layer;
    loci_pass pass;
    size_t in, out, rows_out; /* reals of activations; samples of an answer */
    void *derived, *saved, *scratch;
    real *p, *dp, *gradient, *x, *y, *dx, *dy; /* activations blocked */
    real *states, *dstates, **state, **dstate; /* [B][state] */
    size_t gradient_size;
} bench;

static inline void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count + 1, size);
    assert_non_null(memory);
    return memory;
}

static inline void bench_open(bench *t, loci_layer *layer, size_t B, size_t L)
{
    loci_error error;
    *t = (bench){.layer = layer, .pass = {.B = B, .L = L, .seed = 5}};
    t->rows_out = layer->flags & LOCI_LAYER_SHRINKS ? 1 : L;
    t->in = B * loci_lane_blocks(layer->inputs) * L * LANES;
    t->out = B * loci_lane_blocks(layer->outputs) * t->rows_out * LANES;
    if (loci_layer_open(layer, &t->derived, L, &error)) fail_msg("%s", error.text);
    const loci_layer_memory m = layer->class->memory(layer, t->derived, B, L);
    assert_int_equal(m.saved % 64, 0);
    assert_int_equal(m.scratch % 64, 0);
    assert_int_equal(m.gradient % LANES, 0);
    assert_int_equal(layer->size % LANES, 0);
    assert_int_equal(layer->state % LANES, 0);
    t->gradient_size = m.gradient;
    t->saved = some(m.saved, 1), t->scratch = some(m.scratch, 1);
    memset(t->saved, 0xff, m.saved),
        memset(t->scratch, 0xff, m.scratch); /* NaN: nothing may be read before it is written */
    t->p = some(layer->size, sizeof(real)), t->dp = some(layer->size, sizeof(real));
    t->gradient = some(m.gradient, sizeof(real));
    t->x = some(t->in, sizeof(real)), t->dx = some(t->in, sizeof(real));
    t->y = some(t->out, sizeof(real)), t->dy = some(t->out, sizeof(real));
    for (size_t i = 0; i < t->out; i++) t->y[i] = (real)NAN;
    for (size_t i = 0; i < t->in; i++) t->dx[i] = (real)NAN;
    t->states = some(B * layer->state, sizeof(real)), t->dstates = some(B * layer->state, sizeof(real));
    t->state = some(B, sizeof(real *)), t->dstate = some(B, sizeof(real *));
    for (size_t b = 0; b < B; b++)
        t->state[b] = t->states + b * layer->state, t->dstate[b] = t->dstates + b * layer->state;
}

static inline void bench_close(bench *t)
{
    loci_layer_close(t->layer, t->derived);
    void *all[] = {t->saved, t->scratch, t->p,      t->dp,      t->gradient, t->x,     t->dx,
                   t->y,     t->dy,      t->states, t->dstates, t->state,    t->dstate};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
}

/* The place of channel h of row l of sequence b. */
static inline size_t place(size_t channels, size_t rows, size_t b, size_t l, size_t h)
{
    return ((b * loci_lane_blocks(channels) + h / LANES) * rows + l) * LANES + h % LANES;
}

/* A block of S4: the mixer s4d, then gated. */
static inline loci_layer *s4d_block(const char *name, size_t channels, loci_s4d_options options,
                                    double dropout, int tied)
{
    loci_layer *mixer, *gated, *block;
    loci_error error;
    if (loci_s4d_create(&mixer, NULL, name, channels, &options, &error)) fail_msg("%s", error.text);
    if (loci_gated_create(&gated, NULL, name, channels, dropout, tied, &error)) fail_msg("%s", error.text);
    if (loci_chain_create(&block, mixer, gated, &error)) fail_msg("%s", error.text);
    return block;
}

/* Random numbers in an activation's channels, 0 in its other lanes. */
static inline void fill(real *x, size_t B, size_t rows, size_t channels, uint64_t *seed)
{
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < rows; l++)
            for (size_t h = 0; h < channels; h++) x[place(channels, rows, b, l, h)] = (real)noise(seed);
}

/* Parameters near where training begins, all of them off any special value. */
static inline void fill_parameters(real *p, const loci_layer *layer, uint64_t *seed)
{
    for (size_t k = 0; k < layer->parameters; k++) {
        const loci_parameter *q = &layer->parameter[k];
        const size_t last = q->shape[q->dimensions - 1];
        for (size_t i = 0; i < q->count; i++) {
            const double r = noise(seed);
            double v = 0;
            switch (q->initial) {
            case LOCI_INITIAL_CONSTANT:
                v = q->a + 0.3 * r;
                break;
            case LOCI_INITIAL_UNIFORM:
            case LOCI_INITIAL_GATES:
                v = (q->a + q->b) / 2 + (q->b - q->a) / 2 * r;
                break;
            case LOCI_INITIAL_NORMAL:
                v = q->a + q->b * 1.5 * r;
                break;
            case LOCI_INITIAL_LADDER:
                v = q->a + q->b * (double)(i % last) + 0.3 * r;
                break;
            case LOCI_INITIAL_NORMAL_PART: /* the slower half of them, for the differences' sake */
                v = 2 + 2 * r;
                break;
            case LOCI_INITIAL_LOG_LADDER:
                v = log(q->a + q->b * (double)(i % last)) + 0.3 * r;
                break;
            case LOCI_INITIAL_LOG_UNIFORM:
                v = log((q->a + q->b) / 2) + 0.3 * r;
                break;
            case LOCI_INITIAL_STEPS: /* near the largest, so that they matter */
                v = log(q->b) + r;
                break;
            case LOCI_INITIAL_LOG_NORMAL:
                v = exp(q->a + q->b * r);
                break;
            case LOCI_INITIAL_MODES: /* log -Re A, Im A, B, P */
                v = q->a == 0 ? -0.7 + 0.3 * r : q->a == 1 ? 2 * (double)(i % last) + 0.3 * r : 0.7 * r;
                break;
            }
            p[q->offset + i] = (real)v;
        }
    }
}

static inline void padding_is_zero(const real *x, size_t B, size_t rows, size_t channels, const char *what)
{
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < rows; l++)
            for (size_t h = channels; h < loci_lane_blocks(channels) * LANES; h++)
                if (x[place(channels, rows, b, l, h)] != 0)
                    fail_msg("%s has a number in lane %zu of %zu channels", what, h, channels);
}

static inline void run_forward(bench *t, int with_state, int keep)
{
    t->layer->class->forward(t->layer, t->derived, &t->pass, t->y, t->x, with_state ? t->state : NULL,
                             keep ? t->saved : NULL, t->scratch);
}

/* The loss whose gradient is checked: sum dy y + sum dstate state, over what lies before the ends. */
static inline double loss_of(bench *t, const real *dy, const real *dstates, const real *first, int with_state)
{
    const size_t states = t->pass.B * t->layer->state;
    if (with_state) memcpy(t->states, first, states * sizeof(real));
    loci_layer_prepare(t->layer, t->derived, t->p, 1);
    run_forward(t, with_state, 0);
    double sum = 0;
    for (size_t i = 0; i < t->out; i++)
        if (dy[i] != 0) sum += (double)dy[i] * (double)t->y[i];
    for (size_t i = 0; with_state && i < states; i++) sum += (double)dstates[i] * (double)t->states[i];
    return sum;
}

/* The derivative of the loss by *number, from four points: error of order step^4. */
static inline double slope_of(bench *t, real *number, const real *dy, const real *dstates, const real *first,
                              int with_state)
{
    const real kept = *number;
    const double step = 3e-4;
    double f[4];
    const double at[4] = {-2, -1, 1, 2};
    for (int i = 0; i < 4; i++) {
        *number = kept + (real)(at[i] * step);
        f[i] = loss_of(t, dy, dstates, first, with_state);
    }
    *number = kept;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step);
}

/* Zero behind the ends of sequences. */
static inline void cut(real *x, const loci_pass *pass, size_t rows, size_t channels)
{
    for (size_t b = 0; pass->length && b < pass->B; b++)
        for (size_t l = pass->length[b]; l < rows; l++)
            for (size_t h = 0; h < channels; h++) x[place(channels, rows, b, l, h)] = 0;
}

/* backward against finite differences of forward, in double: every parameter (or some of many), input and state.
 * The layer is not freed. */
static inline void check_gradients(loci_layer *layer, const loci_pass *pass, int with_state)
{
    if (!LOCI_REAL_IS_DOUBLE) return;
    const size_t B = pass->B, L = pass->L, states = B * layer->state;
    uint64_t seed = 77;
    bench t;
    bench_open(&t, layer, B, L);
    t.pass = *pass;
    fill_parameters(t.p, layer, &seed);
    fill(t.x, B, L, layer->inputs, &seed);
    cut(t.x, pass, L, layer->inputs);
    real *dy = some(t.out, sizeof(real)), *dstates = some(states, sizeof(real)),
         *first = some(states, sizeof(real));
    fill(dy, B, t.rows_out, layer->outputs, &seed);
    if (!(layer->flags & LOCI_LAYER_SHRINKS)) cut(dy, pass, L, layer->outputs);
    /* states of channels that exist: what a run leaves behind is one */
    if (with_state) {
        loci_layer_prepare(layer, t.derived, t.p, 1);
        run_forward(&t, 1, 0);
        for (size_t i = 0; i < states; i++) {
            first[i] = t.states[i];
            dstates[i] = t.states[i] != 0 ? (real)noise(&seed) : 0;
        }
    }
    memcpy(t.dy, dy, t.out * sizeof(real));
    memcpy(t.dstates, dstates, states * sizeof(real));
    memcpy(t.states, first, states * sizeof(real));
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, with_state, 1);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, with_state ? t.dstate : NULL, t.dy,
                           t.x, t.y, t.saved, t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    padding_is_zero(t.y, B, t.rows_out, layer->outputs, "y");
    padding_is_zero(t.dx, B, L, layer->inputs, "dx");
    /* rounding of a loss of about 10, divided by the step: 1e-11; step^4/30 = 3e-16 times a fifth derivative */
    const double tolerance = 1e-8;
    for (size_t k = 0; k < layer->parameters; k++) {
        const loci_parameter *q = &layer->parameter[k];
        const size_t stride = q->count / 10 + 1;
        for (size_t i = k % stride; i < q->count; i += stride) {
            const double found = (double)t.dp[q->offset + i];
            const double expected = slope_of(&t, &t.p[q->offset + i], dy, dstates, first, with_state);
            assert_near(found, expected, tolerance * (1 + fabs(expected)), "%s[%zu], B %zu, L %zu, state %d",
                        q->name, i, B, L, with_state);
        }
    }
    const size_t stride = B * L * layer->inputs / 20 + 1;
    for (size_t i = 0; i < B * L * layer->inputs; i += stride) {
        const size_t h = i % layer->inputs, l = i / layer->inputs % L, b = i / layer->inputs / L;
        const size_t at = place(layer->inputs, L, b, l, h);
        if (pass->length && l >= pass->length[b]) {
            assert_near(t.dx[at], 0, 0, "dx behind the end, sequence %zu, sample %zu", b, l);
            continue;
        }
        const double expected = slope_of(&t, &t.x[at], dy, dstates, first, with_state);
        assert_near(t.dx[at], expected, tolerance * (1 + fabs(expected)), "dx[%zu][%zu][%zu], state %d", b, l,
                    h, with_state);
    }
    for (size_t i = 0; with_state && i < states; i += states / 12 + 1) {
        if (dstates[i] == 0) continue;
        const double expected = slope_of(&t, &first[i], dy, dstates, first, with_state);
        assert_near(t.dstates[i], expected, tolerance * (1 + fabs(expected)), "dstate[%zu]", i);
    }
    loci_free(dy), loci_free(dstates), loci_free(first);
    bench_close(&t);
}

/* forward of a whole sequence; the same in two cuts with the state carried; sample by sample. Equal within
 * `tolerance` of the largest output. */
static inline void check_step(loci_layer *layer, size_t B, size_t L, size_t at, double tolerance)
{
    uint64_t seed = 99;
    const int shrinks = (layer->flags & LOCI_LAYER_SHRINKS) != 0;
    bench whole, part[2], one;
    const size_t cuts[2] = {at, L - at};
    bench_open(&whole, layer, B, L);
    bench_open(&one, layer, B, 1);
    fill_parameters(whole.p, layer, &seed);
    fill(whole.x, B, L, layer->inputs, &seed);
    loci_layer_prepare(layer, whole.derived, whole.p, 1);
    run_forward(&whole, 1, 0);
    double most = 0;
    for (size_t i = 0; i < whole.out; i++) most = fmax(most, fabs((double)whole.y[i]));
    assert_true(most > 0);
    for (int c = 0; c < 2; c++) {
        bench_open(&part[c], layer, B, cuts[c]);
        loci_layer_prepare(layer, part[c].derived, whole.p, 1);
        if (c == 1) memcpy(part[1].states, part[0].states, B * layer->state * sizeof(real));
        for (size_t b = 0; b < B; b++)
            for (size_t l = 0; l < cuts[c]; l++)
                for (size_t h = 0; h < layer->inputs; h++)
                    part[c].x[place(layer->inputs, cuts[c], b, l, h)] =
                        whole.x[place(layer->inputs, L, b, l + (c ? at : 0), h)];
        run_forward(&part[c], 1, 1);
        for (size_t b = 0; b < B; b++)
            for (size_t l = shrinks ? L - 1 : c ? at : 0; l < (c || shrinks ? L : at) && (c || !shrinks); l++)
                for (size_t h = 0; h < layer->outputs; h++)
                    assert_near(
                        part[c]
                            .y[place(layer->outputs, part[c].rows_out, b, shrinks ? 0 : l - (c ? at : 0), h)],
                        whole.y[place(layer->outputs, whole.rows_out, b, shrinks ? 0 : l, h)],
                        tolerance * most, "cut at %zu, sequence %zu, sample %zu, channel %zu", at, b, l, h);
    }
    /* step, with a network opened for step alone */
    void *derived;
    assert_int_equal(loci_layer_open(layer, &derived, 0, NULL), LOCI_OK);
    loci_layer_prepare(layer, derived, whole.p, 1);
    const size_t bytes = layer->class->memory(layer, derived, B, 0).scratch;
    void *scratch = some(bytes, 1);
    memset(scratch, 0xff, bytes);
    real *x = some(loci_lane_blocks(layer->inputs) * B * LANES, sizeof(real));
    real *y = some(loci_lane_blocks(layer->outputs) * B * LANES, sizeof(real));
    for (size_t l = 0; l < L; l++) {
        for (size_t b = 0; b < B; b++)
            for (size_t h = 0; h < layer->inputs; h++)
                x[place(layer->inputs, B, 0, b, h)] = whole.x[place(layer->inputs, L, b, l, h)];
        layer->class->step(layer, derived, y, x, B, NULL, one.state, scratch);
        padding_is_zero(y, 1, B, layer->outputs, "y of step");
        for (size_t b = 0; b < B && (!shrinks || l + 1 == L); b++)
            for (size_t h = 0; h < layer->outputs; h++)
                assert_near(y[place(layer->outputs, B, 0, b, h)],
                            whole.y[place(layer->outputs, whole.rows_out, b, shrinks ? 0 : l, h)],
                            tolerance * most, "step, sequence %zu, sample %zu, channel %zu", b, l, h);
    }
    double largest = 0;
    for (size_t i = 0; i < B * layer->state; i++) largest = fmax(largest, fabs((double)whole.states[i]));
    for (size_t i = 0; i < B * layer->state; i++) {
        assert_near(one.states[i], whole.states[i], tolerance * largest, "state %zu after step", i);
        assert_near(part[1].states[i], whole.states[i], tolerance * largest, "state %zu after the cut at %zu",
                    i, at);
    }
    loci_free(x), loci_free(y), loci_free(scratch);
    loci_layer_close(layer, derived);
    bench_close(&whole), bench_close(&one), bench_close(&part[0]), bench_close(&part[1]);
}

/* What stands behind the end of a sequence changes nothing before it, nor the state, and no gradient; and a sequence is
 * what it would be alone and without padding. */
static inline void check_lengths(loci_layer *layer, size_t L, double tolerance)
{
    enum { B = 3 };
    const size_t length[B] = {L / 2 + 1, L, 0};
    uint64_t seed = 55;
    bench t, other, alone;
    bench_open(&t, layer, B, L);
    bench_open(&other, layer, B, L);
    bench_open(&alone, layer, 1, length[0]);
    t.pass.length = other.pass.length = length;
    fill_parameters(t.p, layer, &seed);
    fill(t.x, B, L, layer->inputs, &seed);
    fill(t.dy, B, t.rows_out, layer->outputs, &seed);
    if (!(layer->flags & LOCI_LAYER_SHRINKS)) cut(t.dy, &t.pass, L, layer->outputs);
    memcpy(other.x, t.x, t.in * sizeof(real));
    memcpy(other.dy, t.dy, t.out * sizeof(real));
    for (size_t b = 0; b < B; b++)
        for (size_t l = length[b]; l < L; l++)
            for (size_t h = 0; h < layer->inputs; h++) other.x[place(layer->inputs, L, b, l, h)] = 1e3;
    for (size_t l = 0; l < length[0]; l++) {
        for (size_t h = 0; h < layer->inputs; h++)
            alone.x[place(layer->inputs, length[0], 0, l, h)] = t.x[place(layer->inputs, L, 0, l, h)];
        for (size_t h = 0; h < layer->outputs && l < alone.rows_out; h++)
            alone.dy[place(layer->outputs, alone.rows_out, 0, l, h)] =
                t.dy[place(layer->outputs, t.rows_out, 0, l, h)];
    }
    bench *all[] = {&t, &other, &alone};
    for (int i = 0; i < 3; i++) {
        loci_layer_prepare(layer, all[i]->derived, t.p, 1);
        run_forward(all[i], 1, 1);
    }
    for (size_t i = 0; i < B * layer->state; i++)
        assert_near(other.states[i], t.states[i], 0, "state %zu with other padding", i);
    for (size_t i = 0; i < layer->state; i++)
        assert_near(alone.states[i], t.states[i], tolerance * 10, "state %zu without padding", i);
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < (layer->flags & LOCI_LAYER_SHRINKS ? 1 : length[b]); l++)
            for (size_t h = 0; h < layer->outputs; h++) {
                const size_t at = place(layer->outputs, t.rows_out, b, l, h);
                assert_near(other.y[at], t.y[at], tolerance, "y[%zu][%zu][%zu] with other padding", b, l, h);
                if (b == 0)
                    assert_near(alone.y[place(layer->outputs, alone.rows_out, 0, l, h)], t.y[at], tolerance,
                                "y[%zu][%zu] without padding", l, h);
            }
    for (int i = 0; i < 3; i++) {
        bench *a = all[i];
        layer->class->backward(layer, a->derived, &a->pass, a->dx, a->gradient, NULL, a->dy, a->x, a->y,
                               a->saved, a->scratch);
        loci_layer_gather(layer, a->derived, a->dp, a->gradient, t.p);
    }
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++)
            for (size_t h = 0; h < layer->inputs; h++) {
                const size_t at = place(layer->inputs, L, b, l, h);
                if (l >= length[b]) assert_near(t.dx[at], 0, 0, "dx[%zu][%zu][%zu] behind the end", b, l, h);
                if (b == 0 && l < length[0])
                    assert_near(alone.dx[place(layer->inputs, length[0], 0, l, h)], t.dx[at], tolerance,
                                "dx[%zu][%zu] without padding", l, h);
            }
    for (size_t k = 0; k < layer->parameters; k++)
        for (size_t i = 0; i < layer->parameter[k].count; i++) {
            const size_t at = layer->parameter[k].offset + i;
            assert_near(other.dp[at], t.dp[at], tolerance * 20 * (1 + fabs((double)t.dp[at])),
                        "gradient of %s[%zu] with other padding", layer->parameter[k].name, i);
        }
    bench_close(&t), bench_close(&other), bench_close(&alone);
}

/* The three, at lengths around the bands and small. */
static inline void check_layer(loci_layer *layer, double tolerance)
{
    const size_t lengths[] = {1, 2, 7, 70};
    for (size_t i = 0; i < 4; i++)
        for (int with_state = 0; with_state < (layer->state > 0 ? 2 : 1); with_state++) {
            const size_t length[2] = {lengths[i], lengths[i] / 2};
            loci_pass pass = {.B = 2, .L = lengths[i], .training = with_state, .seed = 3, .first = 1};
            check_gradients(layer, &pass, with_state);
            pass.length = length;
            pass.training = !with_state;
            check_gradients(layer, &pass, with_state);
        }
    if (!(layer->flags & LOCI_LAYER_LOOKS_AHEAD)) {
        check_step(layer, 3, 70, 13, tolerance);
        check_step(layer, 1, 2, 1, tolerance);
    }
    check_lengths(layer, 9, tolerance);
    loci_layer_free(layer);
}

#endif
