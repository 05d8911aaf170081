/* SPDX-License-Identifier: MIT
 * test_network.c - whole models: against published numbers, against finite differences, against themselves cut and
 * stepped. */
#include "base/each_precision.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/allocate.h"
#include "base/random.h"
#include "model/network.h"
#include "near.h"
#include <loci/data.h>

#define loci_model_run LOCI_NAME(loci_model_run)

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count + 1, size);
    assert_non_null(memory);
    return memory;
}

/* A model made ready, with memory for B sequences; workspace and outputs are NaN where nothing was written. */
typedef struct {
    loci_model *model;
    loci_network *network;
    size_t inputs, outputs, B, L, answers;
    real *p, *dp, *gradient, *u, *du, *y, *dy, *states, **state;
    void *workspace;
} bench;

static void open_bench(bench *t, const loci_model_config *config, const loci_model_about *about, size_t B,
                       size_t L)
{
    loci_error error;
    *t = (bench){.inputs = config->inputs, .outputs = config->outputs, .B = B, .L = L};
    if (loci_model_create(&t->model, config, &error)) fail_msg("%s", error.text);
    if (about && loci_model_describe(t->model, about, &error)) fail_msg("%s", error.text);
    loci_model_initialize(t->model, 3);
    if (loci_network_create(&t->network, t->model, L, &error)) fail_msg("%s", error.text);
    const size_t size = loci_model_size(t->model), states = loci_network_state_size(t->network);
    t->answers = (config->pool == LOCI_POOL_NONE ? L : 1) * config->outputs;
    t->p = some(size, sizeof(real)), t->dp = some(size, sizeof(real));
    for (size_t i = 0; i < size; i++) t->p[i] = (real)loci_model_values(t->model)[i];
    t->gradient = some(loci_network_gradient_size(t->network), sizeof(real));
    t->u = some(B * L * t->inputs, sizeof(real)), t->du = some(B * L * t->inputs, sizeof(real));
    for (size_t i = 0; i < B * L * t->inputs; i++)
        t->u[i] = (real)(config->vocabulary ? floor((double)config->vocabulary * loci_random_uniform(11, i))
                                            : loci_random_normal(11, 2 * i));
    t->y = some(B * t->answers, sizeof(real)), t->dy = some(B * t->answers, sizeof(real));
    for (size_t i = 0; i < B * t->answers; i++) t->dy[i] = (real)loci_random_normal(13, 2 * i);
    t->states = some(B * states, sizeof(real)), t->state = some(B, sizeof(real *));
    for (size_t b = 0; b < B; b++) t->state[b] = t->states + b * states;
    const size_t bytes = loci_network_workspace_size(t->network, B, 1);
    assert_true(bytes > 0 && loci_network_workspace_size(t->network, B, 0) < bytes);
    t->workspace = some(bytes, 1);
    memset(t->workspace, 0xff, bytes);
}

static void close_bench(bench *t)
{
    loci_network_free(t->network);
    loci_model_free(t->model);
    void *const all[] = {t->p, t->dp, t->gradient, t->u,     t->du,
                         t->y, t->dy, t->states,   t->state, t->workspace};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
}

static void prepare(bench *t)
{
    for (size_t i = 0; i < loci_network_parts(t->network); i++) loci_network_prepare(t->network, t->p, 1, i);
}

static void gather(bench *t)
{
    for (size_t i = 0; i < loci_network_parts(t->network); i++)
        loci_network_gather(t->network, t->dp, t->gradient, t->p, i);
}

static void reset(bench *t)
{
    memset(t->states, 0, t->B * loci_network_state_size(t->network) * sizeof(real));
}

/* ---- published numbers ---- */

static loci_array golden(const char *file, const char *name)
{
    loci_array array;
    loci_error error;
    char path[200];
    snprintf(path, sizeof path, LOCI_GOLDEN "/%s", file);
    if (loci_npz_read(&array, path, name, &error)) fail_msg("%s", error.text);
    return array;
}

/* Logits, loss and every gradient of the S4 repository's example: 1e-4 of the largest in float, 1e-9 in double. */
static void published(const char *file, int prenorm)
{
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "s4-example", 3, 10, NULL), LOCI_OK);
    config.width = 16, config.order = 16, config.layers = 2, config.dropout = 0, config.prenorm = prenorm;
    const size_t B = 3, L = 48;
    bench t;
    open_bench(&t, &config, NULL, B, L);
    loci_array x = golden(file, "x"), labels = golden(file, "labels"), logits = golden(file, "logits");
    for (size_t i = 0; i < B * L * 3; i++) t.u[i] = (real)x.data[i];
    size_t count;
    const loci_parameter *table = loci_model_parameters(t.model, &count);
    for (size_t i = 0; i < count; i++) {
        char name[LOCI_PARAMETER_NAME + 2];
        snprintf(name, sizeof name, "w.%s", table[i].name);
        loci_array w = golden(file, name);
        assert_int_equal(w.dimensions, table[i].dimensions);
        for (size_t d = 0; d < w.dimensions; d++) assert_int_equal(w.shape[d], table[i].shape[d]);
        for (size_t j = 0; j < table[i].count; j++) t.p[table[i].offset + j] = (real)w.data[j];
        loci_array_free(&w);
    }
    prepare(&t);
    const loci_pass pass = {.B = B, .L = L};
    loci_network_forward(t.network, t.y, t.u, &pass, NULL, 1, t.workspace);
    double loss = 0;
    for (size_t b = 0; b < B; b++) { /* cross-entropy and its gradient */
        double sum = 0;
        for (size_t c = 0; c < 10; c++) {
            assert_near(t.y[b * 10 + c], logits.data[b * 10 + c], LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5,
                        "logit");
            sum += exp((double)t.y[b * 10 + c]);
        }
        for (size_t c = 0; c < 10; c++)
            t.dy[b * 10 + c] =
                (real)((exp((double)t.y[b * 10 + c]) / sum - (c == (size_t)labels.data[b])) / (double)B);
        loss += (log(sum) - (double)t.y[b * 10 + (size_t)labels.data[b]]) / (double)B;
    }
    loci_array published_loss = golden(file, "loss");
    assert_near(loss, published_loss.data[0], LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5, "loss");
    loci_network_backward(t.network, NULL, t.gradient, t.dy, &pass, NULL, t.workspace);
    gather(&t);
    for (size_t i = 0; i < count; i++) {
        char name[LOCI_PARAMETER_NAME + 2];
        snprintf(name, sizeof name, "g.%s", table[i].name);
        loci_array g = golden(file, name);
        double most = 0;
        for (size_t j = 0; j < table[i].count; j++) most = fmax(most, fabs(g.data[j]));
        for (size_t j = 0; j < table[i].count; j++)
            assert_near(t.dp[table[i].offset + j], g.data[j], (LOCI_REAL_IS_DOUBLE ? 1e-9 : 1e-4) * most,
                        "%s[%zu]", name, j);
        loci_array_free(&g);
    }
    loci_array_free(&x), loci_array_free(&labels), loci_array_free(&logits), loci_array_free(&published_loss);
    close_bench(&t);
}

static void published_postnorm(void **state)
{
    (void)state;
    published("05_model_postnorm.npz", 0);
}

static void published_prenorm(void **state)
{
    (void)state;
    published("05_model_prenorm.npz", 1);
}

/* ---- against itself ---- */

/* Models of every shape: kinds of layer, norms, pools, plain, more channels than a block has, tokens and heads. */
static loci_model_config shape(size_t i)
{
    loci_model_config c;
    assert_int_equal(loci_model_preset(&c,
                                       i % 4 == 3 && i < 21 ? "lstm"
                                       : i == 8             ? "gru"
                                       : i == 9             ? "mingru"
                                       : i == 14            ? "gru"
                                       : i >= 32            ? "attention"
                                       : i >= 29            ? "s5"
                                       : i >= 25            ? "s4"
                                       : i >= 23            ? "mamba2"
                                       : i >= 21            ? "mamba"
                                       : i >= 18            ? "s5"
                                       : i >= 16            ? "conv"
                                                            : "audio",
                                       2, 3, NULL),
                     LOCI_OK);
    c.width = 20, c.order = 8, c.layers = 2, c.dt_min = 0.05, c.dt_max = 0.5, c.dropout = 0.2,
    c.tied = i % 2 == 0;
    c.prenorm = i % 4 == 1;
    c.norm = i % 4 == 2 ? LOCI_NORM_RMS : LOCI_NORM_LAYER;
    c.pool = (loci_pool)(i % 3);
    if (i == 4) c.norm = LOCI_NORM_NONE;
    if (i >= 7) c.plain = i == 11; /* residual LSTMs and GRUs */
    c.bidirectional = (i >= 13 && i < 19) || i == 35;
    if (i == 16) c.mixer = LOCI_MIXER_MLP, c.mixer_expand = 2;
    if (i == 16 || i == 17) c.kernel_width = 12;
    if (i == 22) c.expand = 1, c.dt_rank = 3, c.biased = 1;
    if (i == 24)
        c.expand = 2, c.groups = 2, c.head_width = 5, c.gate_norm = LOCI_GATE_NORM_BEFORE, c.scanned = 30;
    if (i == 6 || i == 17) c.mixer = LOCI_MIXER_NONE;
    if (i == 29) c.blocks = 2, c.discretization = LOCI_BILINEAR;
    if (i >= 30) c.mixer = LOCI_MIXER_GEGLU, c.mixer_expand = 2, c.bidirectional = i == 31;
    c.liquid = i == 20;
    if (i == 20) c.mixer = LOCI_MIXER_MLP;
    /* s4 of rank 2, both ways with two kernels, s4d whose kernels end, with two kernels, and both ways */
    if (i == 25) c.init = LOCI_SSM_INIT_LEGT;
    if (i == 26) c.kernels = 2, c.bidirectional = 1, c.init = LOCI_SSM_INIT_FOUT;
    if (i >= 27 && i < 29) c.layer = LOCI_LAYER_S4D, c.taps = i == 27 ? 5 : 0, c.kernels = i == 28 ? 2 : 0;
    if (i == 28) c.init = LOCI_SSM_INIT_QUAD;
    if (i >= 32) c.mixer = (loci_mixer)(i % 4), c.positions = (loci_positions)(i / 2 % 3);
    if (i == 32 || i == 33) c.attention_window = 5;
    if (i < 10 || i >= 13) return c;
    c.inputs = 1, c.vocabulary = 3, c.head = (loci_head)(i % 3), c.final_norm = i != 11;
    return c;
}
enum { SHAPES = 36 };

/* Half-known lengths: one full, one short, one empty. */
static const size_t lengths[3] = {19, 7, 0};

static double loss(bench *t, const loci_pass *pass)
{
    double sum = 0;
    prepare(t);
    loci_network_forward(t->network, t->y, t->u, pass, NULL, 0, t->workspace);
    for (size_t i = 0; i < t->B * t->answers; i++) sum += (double)t->y[i] * (double)t->dy[i];
    return sum;
}

/* Backward against central differences, h = 1e-5: errors of h^2 and of rounding 1e-16/h, both below 1e-8 of what is
 * typical. Dropout is on, lengths differ, some inputs are NaN behind the end and never read. */
static void differences(void **unused)
{
    (void)unused;
    if (!LOCI_REAL_IS_DOUBLE) return;
    const real h = (real)1e-5;
    for (size_t s = 0; s < SHAPES; s++) {
        const loci_model_config config = shape(s);
        const double shift[2] = {0.3, -0.2}, scale[2] = {1.5, 0.5};
        const int tokens = config.vocabulary > 0;
        const loci_model_about about = {.shift = tokens ? NULL : shift, .scale = tokens ? NULL : scale};
        const size_t C = config.inputs;
        bench t;
        open_bench(&t, &config, &about, 3, 19);
        loci_pass pass = {.B = 3, .L = 19, .length = lengths, .training = 1, .seed = 5, .first = 2};
        double dt[3 * 19]; /* layers of s5 learn from samples that last different times, too */
        for (size_t i = 0; i < 3 * 19; i++) dt[i] = i % 3 == 0 ? 1 : exp(loci_random_uniform(3, i) - 0.5);
        if (config.layer == LOCI_LAYER_S5) pass.dt = dt;
        for (size_t b = 0; b < 3; b++)
            for (size_t l = lengths[b]; l < 19; l++)
                for (size_t c = 0; c < C; c++) t.u[(b * 19 + l) * C + c] = (real)NAN;
        if (config.pool == LOCI_POOL_NONE)
            for (size_t b = 0; b < 3; b++)
                for (size_t i = lengths[b] * 3; i < t.answers; i++) t.dy[b * t.answers + i] = 0;
        prepare(&t);
        loci_network_forward(t.network, t.y, t.u, &pass, NULL, 1, t.workspace);
        loci_network_backward(t.network, t.du, t.gradient, t.dy, &pass, NULL, t.workspace);
        gather(&t);
        size_t count;
        const loci_parameter *table = loci_model_parameters(t.model, &count);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < table[i].count; j += 1 + table[i].count / 5) {
                real *p = t.p + table[i].offset + j, was = *p;
                *p = was + h;
                double up = loss(&t, &pass);
                *p = was - h;
                const double slope = (up - loss(&t, &pass)) / (2 * (double)h);
                *p = was;
                assert_near(t.dp[table[i].offset + j], slope, 1e-7 * (1 + fabs(slope)), "shape %zu, %s[%zu]",
                            s, table[i].name, j);
            }
        for (size_t i = 0; i < 3 * 19 * C; i += 3) {
            if (isnan(t.u[i]) || tokens) { /* a token's number has no gradient */
                assert_true(t.du[i] == 0);
                continue;
            }
            const real was = t.u[i];
            t.u[i] = was + h;
            const double up = loss(&t, &pass);
            t.u[i] = was - h;
            const double slope = (up - loss(&t, &pass)) / (2 * (double)h);
            t.u[i] = was;
            assert_near(t.du[i], slope, 1e-7 * (1 + fabs(slope)), "shape %zu, du[%zu]", s, i);
        }
        close_bench(&t);
    }
}

/* A step rounds as the convolution does, differently: some 20 operations deep, of numbers near 1. */
#define TOLERANCE (LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-4)

/* forward = step = forward in two parts with the state between; and forward does not depend on the cut into
 * micro-batches, to the bit. */
static void cut_and_stepped(void **unused)
{
    (void)unused;
    const size_t B = 3, L = 24;
    for (size_t s = 0; s < SHAPES; s++) {
        loci_model_config config = shape(s);
        if (config.bidirectional || (config.layer == LOCI_LAYER_ATTENTION && !config.attention_window))
            continue;
        bench t, part;
        open_bench(&t, &config, NULL, B, L), open_bench(&part, &config, NULL, B, 12);
        prepare(&t), prepare(&part);
        const int pooled = config.pool != LOCI_POOL_NONE;
        const size_t C = config.inputs, D = config.outputs;
        const loci_pass whole = {.B = B, .L = L}, half = {.B = B, .L = 12};
        loci_network_forward(t.network, t.y, t.u, &whole, NULL, 0, t.workspace);

        real *answer = some(B * t.answers, sizeof(real)), u[3 * 2], y[3 * 3];
        void *memory = some(loci_network_step_workspace_size(t.network, B), 1);
        for (size_t l = 0; l < L; l++) {
            for (size_t b = 0; b < B; b++) memcpy(u + b * C, t.u + (b * L + l) * C, C * sizeof(real));
            loci_network_step(t.network, y, u, B, NULL, t.state, memory);
            for (size_t b = 0; b < B; b++)
                memcpy(answer + (b * (pooled ? 1 : L) + (pooled ? 0 : l)) * D, y + b * D, D * sizeof(real));
        }
        for (size_t i = 0; i < B * t.answers; i++)
            assert_near(answer[i], t.y[i], TOLERANCE, "shape %zu, step, answer %zu", s, i);

        for (size_t k = 0; k < 2; k++) {
            for (size_t b = 0; b < B; b++)
                memcpy(part.u + b * 12 * C, t.u + (b * L + 12 * k) * C, 12 * C * sizeof(real));
            loci_network_forward(part.network, part.y, part.u, &half, part.state, 0, part.workspace);
            for (size_t b = 0; b < B; b++)
                for (size_t i = 0; i < part.answers; i++)
                    if (!pooled || k == 1)
                        assert_near(part.y[b * part.answers + i],
                                    t.y[b * t.answers + (pooled ? 0 : 12 * k * D) + i], TOLERANCE,
                                    "shape %zu, half %zu, answer %zu", s, k, i);
        }

        const loci_pass all = {.B = 3, .L = L, .training = 1, .seed = 9, .first = 5};
        const loci_pass last = {.B = 2, .L = L, .training = 1, .seed = 9, .first = 6};
        loci_network_forward(t.network, t.y, t.u, &all, NULL, 0, t.workspace);
        loci_network_forward(t.network, answer, t.u + L * C, &last, NULL, 1, t.workspace);
        assert_memory_equal(answer, t.y + t.answers, 2 * t.answers * sizeof(real));
        loci_free(answer), loci_free(memory);
        reset(&t);
        close_bench(&t), close_bench(&part);
    }
}

/* What looks both ways answers, at every sample, to what follows it; a sequence within a longer network is answered as alone. */
static void looking_both_ways(void **unused)
{
    (void)unused;
    for (size_t s = 13; s < SHAPES; s++) {
        loci_model_config config = shape(s);
        if (!config.bidirectional) continue;
        config.pool = LOCI_POOL_NONE;
        bench t, alone;
        open_bench(&t, &config, NULL, 1, 19), open_bench(&alone, &config, NULL, 1, 7);
        assert_true(loci_model_looks_ahead(t.model));
        assert_int_equal(loci_network_state_size(t.network), 0);
        prepare(&t), prepare(&alone);
        const size_t seven = 7;
        const loci_pass pass = {.B = 1, .L = 19}, ended = {.B = 1, .L = 19, .length = &seven},
                        whole = {.B = 1, .L = 7};
        real first[3];
        loci_network_forward(t.network, t.y, t.u, &pass, NULL, 0, t.workspace);
        memcpy(first, t.y, sizeof first);
        t.u[18 * 2] += 1;
        loci_network_forward(t.network, t.y, t.u, &pass, NULL, 0, t.workspace);
        assert_true(first[0] != t.y[0] && first[1] != t.y[1]);
        memcpy(alone.u, t.u, 7 * 2 * sizeof(real));
        loci_network_forward(t.network, t.y, t.u, &ended, NULL, 0, t.workspace);
        loci_network_forward(alone.network, alone.y, alone.u, &whole, NULL, 0, alone.workspace);
        for (size_t i = 0; i < 7 * 3; i++)
            assert_near(t.y[i], alone.y[i], TOLERANCE, "shape %zu, answer %zu of a sequence that ends", s, i);
        close_bench(&t), close_bench(&alone);
    }
    loci_model_config config = shape(13);
    loci_model *model;
    loci_error error;
    assert_int_equal(loci_model_create(&model, &config, &error), LOCI_OK);
    real u[4] = {0}, y[3];
    assert_int_equal(loci_model_run(model, y, u, 2, NULL, 0, 1, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "looks ahead (bidirectional layers)"));
    loci_model *copy, *causal, *tokens;
    assert_int_equal(loci_model_copy(&copy, model, &error), LOCI_OK);
    assert_int_equal(loci_model_size(copy), loci_model_size(model));
    assert_true(loci_model_looks_ahead(copy));
    loci_model_free(copy);
    loci_model_config next = shape(10);
    next.bidirectional = 1, next.pool = LOCI_POOL_NONE, next.outputs = next.vocabulary;
    assert_int_equal(loci_model_create(&tokens, &next, &error), LOCI_OK);
    assert_int_equal(loci_model_describe(tokens, &(loci_model_about){.task = LOCI_TASK_NEXT}, &error),
                     LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "the model looks ahead (bidirectional) at what it would predict"));
    loci_model_free(tokens);
    config.bidirectional = 0;
    assert_int_equal(loci_model_create(&causal, &config, &error), LOCI_OK);
    assert_false(loci_model_looks_ahead(causal));
    loci_model_free(model), loci_model_free(causal);
}

/* Twice the rate of samples, each held for two, is the same signal to a zoh model: what stands behind every second sample
 * agrees where no layer mixes nonlinearly in between but the first. So one layer, and its state is compared by what
 * follows. */
static void other_rate(void **unused)
{
    (void)unused;
    loci_model_config config = shape(0);
    config.layers = 1, config.pool = LOCI_POOL_LAST, config.dropout = 0;
    bench slow, fast;
    open_bench(&slow, &config, NULL, 1, 16), open_bench(&fast, &config, NULL, 1, 32);
    for (size_t i = 0; i < 32 * 2; i++) fast.u[i] = slow.u[i / 4 * 2 + i % 2];
    prepare(&slow);
    for (size_t i = 0; i < loci_network_parts(fast.network); i++)
        loci_network_prepare(fast.network, fast.p, 0.5, i);
    const loci_pass sixteen = {.B = 1, .L = 16}, double_rate = {.B = 1, .L = 32};
    loci_network_forward(slow.network, slow.y, slow.u, &sixteen, NULL, 0, slow.workspace);
    loci_network_forward(fast.network, fast.y, fast.u, &double_rate, NULL, 0, fast.workspace);
    for (size_t i = 0; i < 3; i++) assert_near(fast.y[i], slow.y[i], TOLERANCE, "answer %zu", i);
    close_bench(&slow), close_bench(&fast);
}

/* A gradient that is no number leaves nothing behind in what is prepared: with the same parameters answers are the same. Widths leave
 * lanes over, where each layer pads. */
static void forgets_a_gradient(void **unused)
{
    (void)unused;
    static const struct {
        const char *preset;
        size_t width, order, groups, heads;
    } cases[] = {{"small", 20, 20, 0, 0}, {"s4", 20, 20, 0, 0},       {"s5", 20, 20, 0, 0},
                 {"conv", 20, 0, 0, 0},   {"attention", 20, 0, 0, 2}, {"lstm", 20, 0, 0, 0},
                 {"gru", 20, 0, 0, 0},    {"mingru", 20, 0, 0, 0},    {"mamba", 20, 3, 0, 0},
                 {"mamba2", 20, 20, 2, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_model_config config;
        assert_int_equal(loci_model_preset(&config, cases[i].preset, 2, 3, NULL), LOCI_OK);
        config.width = cases[i].width, config.groups = cases[i].groups, config.layers = 2;
        if (cases[i].order) config.order = cases[i].order;
        if (cases[i].heads) config.heads = cases[i].heads;
        bench t;
        open_bench(&t, &config, NULL, 2, 70);
        const loci_pass pass = {.B = 2, .L = 70};
        prepare(&t);
        loci_network_forward(t.network, t.y, t.u, &pass, NULL, 1, t.workspace);
        real *before = some(2 * t.answers, sizeof(real));
        memcpy(before, t.y, 2 * t.answers * sizeof(real));
        for (size_t k = 0; k < 2 * t.answers; k++) t.dy[k] = (real)NAN;
        loci_network_backward(t.network, NULL, t.gradient, t.dy, &pass, NULL, t.workspace);
        gather(&t);
        prepare(&t);
        loci_network_forward(t.network, t.y, t.u, &pass, NULL, 1, t.workspace);
        if (memcmp(before, t.y, 2 * t.answers * sizeof(real)) != 0)
            fail_msg("%s: answers are others than before", cases[i].preset);
        loci_free(before);
        close_bench(&t);
    }
}

static void refuses_what_overflows(void **unused)
{
    (void)unused;
    const loci_model_config config = shape(0);
    bench t;
    open_bench(&t, &config, NULL, 1, 4);
    assert_int_equal(loci_network_workspace_size(t.network, SIZE_MAX / 8, 1), 0);
    assert_int_equal(loci_network_step_workspace_size(t.network, SIZE_MAX / 8), 0);
    close_bench(&t);
}

/* A model run in one call gives the bits of a network of one's own. */
static void run_in_one_call(void **unused)
{
    (void)unused;
    enum { L = 21 };
    const size_t ends[] = {1, 8, 8, 21}, bad[] = {8, 7}, none[] = {0}, beyond[] = {L + 1};
    for (int pooled = 0; pooled < 2; pooled++) {
        loci_model_config config = shape(0);
        config.pool = pooled ? LOCI_POOL_MEAN : LOCI_POOL_NONE;
        bench t;
        loci_error error;
        open_bench(&t, &config, NULL, 1, L);
        prepare(&t);
        const size_t outputs = t.outputs, answers = pooled ? 4 : 1;
        real *y = some(L * 4 * outputs, sizeof(real)), *stepped = some(L * 4 * outputs, sizeof(real));
        if (loci_model_run(t.model, y, t.u, L, pooled ? ends : NULL, 4, 0, &error))
            fail_msg("%s", error.text);
        if (loci_model_run(t.model, stepped, t.u, L, pooled ? ends : NULL, 4, 1, &error))
            fail_msg("%s", error.text);
        for (size_t i = 0; i < answers; i++) {
            const loci_pass pass = {.B = 1, .L = L, .length = pooled ? ends + i : NULL};
            loci_network_forward(t.network, t.y, t.u, &pass, NULL, 0, t.workspace);
            assert_memory_equal(y + i * outputs, t.y, t.answers * sizeof(real));
        }
        for (size_t i = 0; i < answers * t.answers; i++)
            assert_near(stepped[i], y[i], TOLERANCE, "answer %zu", i);
        if (pooled) {
            assert_int_equal(loci_model_run(t.model, stepped, t.u, L, NULL, 0, 0, &error), LOCI_OK);
            assert_memory_equal(stepped, y + 3 * outputs, outputs * sizeof(real));
            assert_int_equal(loci_model_run(t.model, y, t.u, L, bad, 2, 0, &error), LOCI_E_ARGUMENT);
            assert_int_equal(loci_model_run(t.model, y, t.u, L, none, 1, 0, &error), LOCI_E_ARGUMENT);
            assert_int_equal(loci_model_run(t.model, y, t.u, L, beyond, 1, 1, &error), LOCI_E_ARGUMENT);
        }
        assert_int_equal(loci_model_run(t.model, y, t.u, 0, NULL, 0, 0, NULL), LOCI_E_ARGUMENT);
        loci_free(y), loci_free(stepped);
        close_bench(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_in_one_call),   cmocka_unit_test(published_postnorm),
        cmocka_unit_test(published_prenorm), cmocka_unit_test(differences),
        cmocka_unit_test(cut_and_stepped),   cmocka_unit_test(looking_both_ways),
        cmocka_unit_test(other_rate),        cmocka_unit_test(refuses_what_overflows),
        cmocka_unit_test(forgets_a_gradient)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
