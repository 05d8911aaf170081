/* SPDX-License-Identifier: MIT
 * test_stream.c - models on signals that never end: against whole sequences, against themselves cut, forked, saved and
 * side by side, against published numbers; and what is not taken. */
#include "model/network.h"
#include <loci/stream.h>

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
#include "near.h"
#include <loci/data.h>

enum { CHUNK = LOCI_STREAM_CHUNK, LENGTH = 5 * CHUNK + 13 };

/* How far two forms of a network may be from each other, as a share of the range of its answers. A step rounds the state by at
 * most 6e-8, of either sign, and it holds the errors of at most LENGTH of them: sqrt(LENGTH) 6e-8 = 1.1e-6 a layer. Two layers
 * and their sums, and norms that scale by the inverse of a small variance, leave a factor of 10. */
static const double tolerance = 1e-5;

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count + 1, size);
    assert_non_null(memory);
    return memory;
}

typedef struct {
    loci_model *model;
    loci_stream_tables *tables, *stepped; /* with chunks and without */
    size_t inputs, outputs;
    float *u; /* [LENGTH][inputs] */
} bench;

static void open_bench(bench *t, const loci_model_config *config, const loci_model_about *about)
{
    loci_error error;
    *t = (bench){.inputs = config->inputs, .outputs = config->outputs};
    if (loci_model_create(&t->model, config, &error)) fail_msg("%s", error.text);
    if (about && loci_model_describe(t->model, about, &error)) fail_msg("%s", error.text);
    loci_model_initialize(t->model, 5);
    if (loci_stream_tables_create(&t->tables, t->model, 0, 1, &error)) fail_msg("%s", error.text);
    if (loci_stream_tables_create(&t->stepped, t->model, 0, 0, &error)) fail_msg("%s", error.text);
    t->u = some(LENGTH * t->inputs, sizeof(float));
    for (size_t i = 0; i < LENGTH * t->inputs; i++) t->u[i] = (float)loci_random_normal(11, 2 * i);
}

static void close_bench(bench *t)
{
    loci_stream_tables_free(t->tables);
    loci_stream_tables_free(t->stepped);
    loci_model_free(t->model);
    loci_free(t->u);
}

static loci_model_config small(loci_pool pool)
{
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "s4-example", 3, 5, NULL), LOCI_OK);
    config.width = 18, config.order = 8, config.layers = 2, config.pool = pool;
    return config;
}

static loci_model_config recurrent(const char *preset)
{
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, preset, 3, 5, NULL), LOCI_OK);
    config.width = 18, config.heads = 3, config.attention_window = 37;
    return config;
}

static loci_stream *stream_of(const loci_stream_tables *tables, size_t lanes)
{
    loci_stream *stream;
    loci_error error;
    if (loci_stream_init(&stream, NULL, 0, tables, lanes, &error)) fail_msg("%s", error.text);
    return stream;
}

static void push(loci_stream *stream, const float *in, size_t n, size_t every, float *out)
{
    loci_error error;
    if (loci_stream_push(stream, NULL, 1, in, NULL, n, every, out, &error)) fail_msg("%s", error.text);
}

/* The answer of the whole network for the first `length` samples: [outputs], or [length][outputs] without a pool. */
static void whole(const bench *t, float *y, size_t length, double rate)
{
    loci_network *network;
    loci_error error;
    if (loci_network_create(&network, t->model, length, &error)) fail_msg("%s", error.text);
    for (size_t i = 0; i < loci_network_parts(network); i++)
        loci_network_prepare(network, loci_model_values_const(t->model), rate, i);
    void *workspace = some(loci_network_workspace_size(network, 1, 0), 1);
    const loci_pass pass = {.B = 1, .L = length};
    loci_network_forward(network, y, t->u, &pass, NULL, 0, workspace);
    loci_free(workspace);
    loci_network_free(network);
}

static double range(const float *y, size_t count)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) low = fmin(low, (double)y[i]), high = fmax(high, (double)y[i]);
    assert_true(high > low);
    return high - low;
}

static void same_bits(const float *a, const float *b, size_t count)
{
    assert_memory_equal(a, b, count * sizeof(float));
}

/* ---- forms ---- */

/* All samples at once, one by one, and in random cuts: the answers of the whole sequence's forward, and among each other the
 * same bits. */
static void forms(const loci_model_config *config)
{
    bench t;
    const double shift[3] = {0.5, -1, 0}, scale[3] = {2, 1, 0.5};
    open_bench(&t, config, &(loci_model_about){.shift = shift, .scale = scale});
    const int pooled = config->pool != LOCI_POOL_NONE;
    const size_t count = (pooled ? 1 : LENGTH) * t.outputs;
    float *expected = some(count, sizeof(float)), *y = some(LENGTH * t.outputs, sizeof(float)),
          *first = some(LENGTH * t.outputs, sizeof(float));
    whole(&t, expected, LENGTH, 1);
    const double far = tolerance * range(expected, count);
    for (int manner = 0; manner < 4; manner++) {
        loci_stream *stream = stream_of(manner == 3 ? t.stepped : t.tables, 1);
        for (size_t at = 0, n; at < LENGTH; at += n) {
            const size_t left = LENGTH - at, cut = (size_t)(loci_random_uniform(7, 2 * at) * 3 * CHUNK);
            n = manner == 0 || manner == 3 ? left : manner == 1 ? 1 : cut < left ? cut : left;
            if (pooled)
                push(stream, t.u + at * t.inputs, n, 0, NULL);
            else
                push(stream, t.u + at * t.inputs, n, 1, y + at * t.outputs);
            assert_true(loci_stream_samples(stream, 0) == at + n);
        }
        if (pooled) loci_stream_answer(stream, 0, y);
        for (size_t i = 0; i < count; i++) assert_near(y[i], expected[i], far, "manner %d, %zu", manner, i);
        if (manner == 0) memcpy(first, y, count * sizeof(float));
        same_bits(y, first, count);
        loci_stream_answer(stream, 0, y);
        for (size_t i = 0; i < t.outputs; i++)
            assert_near(y[i], expected[count - t.outputs + i], far, "last answer, %zu", i);
        loci_stream_free(stream);
    }
    loci_free(expected), loci_free(y), loci_free(first);
    close_bench(&t);
}

/* A bank of oscillators, whose one layer is its own pool. */
static loci_model_config bank_of(size_t modes)
{
    loci_model_config config = recurrent("bank");
    config.layers = 1, config.plain = 1, config.width = 3 * modes, config.span = 60;
    return config;
}

static void test_forms(void **state)
{
    (void)state;
    loci_model_config config = small(LOCI_POOL_MEAN);
    forms(&config);
    config = small(LOCI_POOL_LAST), config.prenorm = 1, config.norm = LOCI_NORM_RMS;
    forms(&config);
    config = small(LOCI_POOL_NONE), config.discretization = LOCI_BILINEAR;
    forms(&config);
    const char *const presets[] = {"lstm",  "gru",    "mingru", "conv",     "s5",
                                   "mamba", "mamba2", "s4",     "attention"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        config = recurrent(presets[i]);
        forms(&config);
        config.pool = LOCI_POOL_NONE;
        forms(&config);
    }
    config = bank_of(21);
    forms(&config);
}

/* A mode that forgets in 20,000 samples is as slow as it should be: a factor of 1 - 5e-5 rounded to single precision would be
 * off by up to 6e-4 of that, and 1e-4 in an answer. Steps round by 6e-8 of either sign, sqrt(20000) 6e-8 = 8e-6 in the end. */
static void test_slow_modes(void **state)
{
    (void)state;
    enum { SLOW = 20000 };
    loci_model_config config = small(LOCI_POOL_LAST);
    config.inputs = 1, config.width = 16, config.layers = 1, config.norm = LOCI_NORM_NONE;
    config.dt_min = 5e-5, config.dt_max = 2e-4, config.order = 4;
    bench t;
    open_bench(&t, &config, NULL);
    float *u = some(SLOW, sizeof(float)), y[5];
    double *wide = some(SLOW, sizeof(double)), expected[5];
    for (size_t i = 0; i < SLOW; i++) wide[i] = u[i] = 1;
    loci_network_f64 *network;
    loci_error error;
    assert_int_equal(loci_network_create_f64(&network, t.model, SLOW, &error), LOCI_OK);
    const size_t size = loci_model_size(t.model);
    double *p = some(size, sizeof(double));
    for (size_t i = 0; i < size; i++) p[i] = (double)loci_model_values(t.model)[i];
    for (size_t i = 0; i < loci_network_parts_f64(network); i++) loci_network_prepare_f64(network, p, 1, i);
    void *workspace = some(loci_network_workspace_f64(network, 1, 0), 1);
    const loci_pass pass = {.B = 1, .L = SLOW};
    loci_network_forward_f64(network, expected, wide, &pass, NULL, 0, workspace);
    loci_stream *stream = stream_of(t.tables, 1);
    push(stream, u, SLOW, SLOW, y);
    double most = 0;
    for (size_t i = 0; i < 5; i++) most = fmax(most, fabs(expected[i]));
    for (size_t i = 0; i < 5; i++) assert_near(y[i], expected[i], 1e-5 * most, "answer %zu", i);
    loci_network_free_f64(network);
    loci_stream_free(stream);
    loci_free(u), loci_free(wide), loci_free(p), loci_free(workspace);
    close_bench(&t);
}

/* Answers at every K-th sample, however the signal is cut, are those of the sample-by-sample form, to the last bit. */
static void test_rolling_answers(void **state)
{
    (void)state;
    const loci_pool pools[] = {LOCI_POOL_MEAN, LOCI_POOL_NONE};
    const size_t everys[] = {1, 2, 3, 7, CHUNK, CHUNK + 9, 2 * CHUNK, LENGTH, LENGTH + 1, SIZE_MAX};
    for (size_t p = 0; p < 2; p++) {
        const loci_model_config config = small(pools[p]);
        bench t;
        open_bench(&t, &config, NULL);
        float *each = some(LENGTH * t.outputs, sizeof(float));
        loci_stream *stream = stream_of(t.stepped, 1);
        push(stream, t.u, LENGTH, 1, each);
        loci_stream_free(stream);
        for (size_t e = 0; e < sizeof everys / sizeof *everys; e++) {
            const size_t every = everys[e], cuts[] = {0, 100, 101, 150, LENGTH};
            size_t due = 0;
            stream = stream_of(t.tables, 1);
            for (size_t i = 0; i < 4; i++) {
                const size_t n = cuts[i + 1] - cuts[i], rows = n / every + (n % every != 0),
                             now = loci_stream_due(stream, 0, n, every);
                float *out = some(rows * t.outputs, sizeof(float));
                push(stream, t.u + cuts[i] * t.inputs, n, every, out);
                assert_true(now == rows || now + 1 == rows);
                for (size_t k = 0; k < now; k++)
                    same_bits(out + k * t.outputs, each + ((due + k + 1) * every - 1) * t.outputs, t.outputs);
                for (size_t k = now * t.outputs; k < rows * t.outputs; k++) assert_true(isnan(out[k]));
                due += now;
                loci_stream_answer(stream, 0, out);
                same_bits(out, each + (cuts[i + 1] - 1) * t.outputs, t.outputs);
                loci_free(out);
            }
            assert_true(due == LENGTH / every);
            loci_stream_free(stream);
        }
        loci_free(each);
        close_bench(&t);
    }
}

/* Signals that start and end on their own, in any lanes, are as if they were alone, to the last bit. */
static void lanes_of(const loci_model_config *config)
{
    enum { LANES = 19, ROUNDS = 12 };
    bench t;
    open_bench(&t, config, NULL);
    loci_stream *together = stream_of(t.tables, LANES), *alone[LANES];
    for (size_t i = 0; i < LANES; i++) alone[i] = stream_of(t.tables, 1);
    float *in = some(LANES * LENGTH * t.inputs, sizeof(float)),
          *out = some(LANES * LENGTH * t.outputs, sizeof(float)),
          *one = some(LENGTH * t.outputs, sizeof(float));
    for (size_t round = 0; round < ROUNDS; round++) {
        uint32_t lane[LANES];
        size_t count = 0;
        const size_t n = (size_t)(loci_random_uniform(3, 2 * round) * 2.5 * CHUNK),
                     every = 1 + round % 3 * 31;
        const size_t rows = n / every + (n % every != 0);
        for (uint32_t i = LANES; i-- > 0;) { /* backwards, so that order matters */
            const double chance = loci_random_uniform(4, 2 * (round * LANES + i));
            if (chance < 0.1) loci_stream_reset(together, i), loci_stream_reset(alone[i], 0);
            if (chance > 0.3 || round == 0) lane[count++] = i;
        }
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < n * t.inputs; k++)
                in[i * n * t.inputs + k] = (float)loci_random_normal(lane[i] + 50, 2 * (round * 100000 + k));
        loci_error error;
        if (loci_stream_push(together, lane, count, in, NULL, n, every, out, &error))
            fail_msg("%s", error.text);
        for (size_t i = 0; i < count; i++) {
            push(alone[lane[i]], in + i * n * t.inputs, n, every, one);
            const size_t due = loci_stream_samples(together, lane[i]) / every -
                               (loci_stream_samples(together, lane[i]) - n) / every;
            same_bits(out + i * rows * t.outputs, one, due * t.outputs);
            for (size_t k = due * t.outputs; k < rows * t.outputs; k++)
                assert_true(isnan(out[i * rows * t.outputs + k]));
            assert_true(loci_stream_samples(together, lane[i]) == loci_stream_samples(alone[lane[i]], 0));
        }
    }
    for (size_t i = 0; i < LANES; i++) loci_stream_free(alone[i]);
    loci_stream_free(together);
    loci_free(in), loci_free(out), loci_free(one);
    close_bench(&t);
}

static void test_lanes(void **state)
{
    (void)state;
    const loci_model_config config = small(LOCI_POOL_MEAN), other = small(LOCI_POOL_NONE),
                            lstm = recurrent("lstm"), gru = recurrent("gru"), mingru = recurrent("mingru"),
                            conv = recurrent("conv"), s5 = recurrent("s5"), mamba = recurrent("mamba"),
                            mamba2 = recurrent("mamba2"), attention = recurrent("attention"),
                            bank = bank_of(18);
    lanes_of(&bank);
    lanes_of(&config);
    lanes_of(&other);
    lanes_of(&lstm);
    lanes_of(&gru);
    lanes_of(&mingru);
    lanes_of(&conv);
    lanes_of(&s5);
    lanes_of(&mamba);
    lanes_of(&mamba2);
    lanes_of(&attention);
}

/* ---- states ---- */

/* What goes on from a copy, or from bytes, goes on with the same bits. */
static void test_fork_and_restore(void **state)
{
    (void)state;
    const loci_model_config configs[] = {
        small(LOCI_POOL_MEAN), small(LOCI_POOL_NONE),  recurrent("lstm"), recurrent("gru"),
        recurrent("mingru"),   recurrent("conv"),      recurrent("s5"),   recurrent("mamba"),
        recurrent("mamba2"),   recurrent("attention"), bank_of(17)};
    for (size_t c = 0; c < sizeof configs / sizeof *configs; c++) {
        bench t;
        open_bench(&t, &configs[c], NULL);
        float *rest = some(LENGTH * t.outputs, sizeof(float)), *y = some(LENGTH * t.outputs, sizeof(float));
        const size_t places[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 200, LENGTH};
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            const size_t at = places[p], left = LENGTH - at;
            loci_error error;
            loci_stream *stream = stream_of(t.tables, 1), *other = stream_of(t.tables, 3);
            const size_t size = loci_stream_state_size(stream);
            void *bytes = some(size, 1), *twice = some(size, 1);
            push(stream, t.u, at, 0, NULL);
            assert_int_equal(loci_stream_save(stream, 0, bytes, size, &error), LOCI_OK);
            assert_int_equal(loci_stream_copy(other, 2, stream, 0, &error), LOCI_OK);
            push(other, t.u, 77, 0, NULL); /* lane 0 becomes another */
            push(stream, t.u + at * t.inputs, left, 1, rest);
            uint32_t lane = 2;
            for (int round = 0; round < 2; round++, lane = 0) { /* the copy; the bytes, over a lane in use */
                assert_true(loci_stream_samples(other, lane) == at);
                assert_int_equal(loci_stream_save(other, lane, twice, size, &error), LOCI_OK);
                assert_memory_equal(bytes, twice, size);
                assert_int_equal(
                    loci_stream_push(other, &lane, 1, t.u + at * t.inputs, NULL, left, 1, y, &error),
                    LOCI_OK);
                same_bits(y, rest, left * t.outputs);
                if (round == 0) assert_int_equal(loci_stream_restore(other, 0, bytes, size, &error), LOCI_OK);
            }
            loci_stream_answer(stream, 0, y), loci_stream_answer(other, 0, y + t.outputs);
            same_bits(y, y + t.outputs, t.outputs);
            loci_free(bytes), loci_free(twice);
            loci_stream_free(stream), loci_stream_free(other);
        }
        loci_free(rest), loci_free(y);
        close_bench(&t);
    }
}

static void test_reset(void **state)
{
    (void)state;
    const loci_model_config config = small(LOCI_POOL_MEAN);
    bench t;
    open_bench(&t, &config, NULL);
    loci_stream *stream = stream_of(t.tables, 1);
    float first[5], again[5];
    loci_stream_answer(stream, 0, first);
    for (size_t i = 0; i < 5; i++) assert_true(isnan(first[i]));
    push(stream, t.u, LENGTH, LENGTH, first);
    loci_stream_reset(stream, 0);
    assert_true(loci_stream_samples(stream, 0) == 0);
    loci_stream_answer(stream, 0, again);
    for (size_t i = 0; i < 5; i++) assert_true(isnan(again[i]));
    push(stream, t.u, LENGTH, LENGTH, again);
    same_bits(first, again, 5);
    push(stream, t.u, 0, 1, again); /* nothing */
    assert_true(loci_stream_samples(stream, 0) == LENGTH);
    loci_stream_free(stream);
    close_bench(&t);
}

/* Every byte of a state changed, every length but its own: told, and the lane goes on as if nothing had been. */
static void test_damaged_states(void **state)
{
    (void)state;
    loci_model_config config = small(LOCI_POOL_MEAN);
    config.width = 4, config.order = 2, config.layers = 1;
    bench t;
    open_bench(&t, &config, NULL);
    loci_error error;
    loci_stream *stream = stream_of(t.tables, 1), *twin = stream_of(t.tables, 1);
    const size_t size = loci_stream_state_size(stream);
    unsigned char *bytes = some(size + 1, 1);
    push(stream, t.u, 70, 0, NULL);
    assert_int_equal(loci_stream_save(stream, 0, bytes, size, &error), LOCI_OK);
    push(stream, t.u, 3, 0, NULL), push(twin, t.u, 70, 0, NULL), push(twin, t.u, 3, 0, NULL);
    for (size_t i = 0; i < size; i++)
        for (unsigned flip = 1; flip < 256; flip = flip == 1 ? 128 : flip == 128 ? 255 : 256) {
            bytes[i] ^= (unsigned char)flip;
            assert_int_equal(loci_stream_restore(stream, 0, bytes, size, &error), LOCI_E_FORMAT);
            bytes[i] ^= (unsigned char)flip;
        }
    for (size_t i = 0; i <= size + 1; i++)
        if (i != size) assert_int_equal(loci_stream_restore(stream, 0, bytes, i, &error), LOCI_E_FORMAT);
    assert_int_equal(loci_stream_restore(stream, 1, bytes, size, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_stream_save(stream, 1, bytes, size, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_stream_save(stream, 0, bytes, size - 1, &error), LOCI_E_ARGUMENT);
    float a[5], b[5];
    push(stream, t.u, 100, 173, a), push(twin, t.u, 100, 173, b);
    same_bits(a, b, 5);
    loci_stream_free(stream), loci_stream_free(twin);
    loci_free(bytes);
    close_bench(&t);
}

static void test_states_of_others(void **state)
{
    (void)state;
    const loci_model_config config = small(LOCI_POOL_MEAN);
    const loci_model_about about = {.rate = 8000};
    bench t, other;
    open_bench(&t, &config, &about), open_bench(&other, &config, &about);
    loci_model_initialize(other.model, 6);
    loci_stream_tables_free(other.tables);
    loci_stream_tables *slow;
    loci_error error;
    assert_int_equal(loci_stream_tables_create(&other.tables, other.model, 0, 0, &error), LOCI_OK);
    assert_int_equal(loci_stream_tables_create(&slow, t.model, 4000, 0, &error), LOCI_OK);
    loci_stream *stream = stream_of(t.tables, 1), *from[2] = {stream_of(other.tables, 1), stream_of(slow, 1)};
    const size_t size = loci_stream_state_size(stream);
    void *bytes = some(size, 1);
    push(stream, t.u, 9, 0, NULL);
    for (size_t i = 0; i < 2; i++) {
        push(from[i], t.u, 5, 0, NULL);
        assert_true(loci_stream_state_size(from[i]) == size);
        assert_int_equal(loci_stream_save(from[i], 0, bytes, size, &error), LOCI_OK);
        assert_int_equal(loci_stream_restore(stream, 0, bytes, size, &error), LOCI_E_MISMATCH);
        if (i == 1)
            assert_string_equal(error.text,
                                "is the state of a stream at 4000 Hz; one at 8000 Hz was expected");
        assert_int_equal(loci_stream_copy(stream, 0, from[i], 0, &error), LOCI_E_MISMATCH);
        assert_true(loci_stream_samples(stream, 0) == 9);
    }
    /* tables made twice of one model are the same */
    loci_stream *stepped = stream_of(t.stepped, 1);
    assert_int_equal(loci_stream_copy(stepped, 0, stream, 0, &error), LOCI_OK);
    assert_true(loci_stream_samples(stepped, 0) == 9);
    assert_int_equal(loci_stream_copy(stepped, 1, stream, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_stream_copy(stepped, 0, stream, 1, &error), LOCI_E_ARGUMENT);
    loci_free(bytes);
    loci_stream_free(stream), loci_stream_free(stepped);
    for (size_t i = 0; i < 2; i++) loci_stream_free(from[i]);
    loci_stream_tables_free(slow);
    close_bench(&t), close_bench(&other);
}

/* ---- rates ---- */

/* At half the rate each sample lasts two steps: the network prepared so, or told so sample by sample. */
static void rates_of(const loci_model_config *config)
{
    bench t;
    open_bench(&t, config, &(loci_model_about){.rate = 8000});
    float expected[5], y[5];
    whole(&t, expected, LENGTH, 2);
    const double far = tolerance * range(expected, 5);
    double dt[LENGTH];
    for (size_t i = 0; i < LENGTH; i++) dt[i] = 2;
    loci_stream_tables *slow;
    loci_error error;
    assert_int_equal(loci_stream_tables_create(&slow, t.model, 4000, 1, &error), LOCI_OK);
    for (int manner = 0; manner < 2; manner++) {
        loci_stream *stream = stream_of(manner ? t.tables : slow, 1);
        assert_int_equal(
            loci_stream_push(stream, NULL, 1, t.u, manner ? dt : NULL, LENGTH, LENGTH, y, &error), LOCI_OK);
        for (size_t i = 0; i < 5; i++) assert_near(y[i], expected[i], far, "manner %d, %zu", manner, i);
        loci_stream_free(stream);
    }
    loci_stream_tables_free(slow);

    float first[LENGTH * 5], again[LENGTH * 5]; /* steps of any length, at once and one by one */
    for (size_t i = 0; i < LENGTH; i++)
        dt[i] = i % 3 == 1 ? 1 : exp(loci_random_uniform(17, i) - 0.5); /* some as usual */
    loci_stream *one = stream_of(t.tables, 1), *all = stream_of(t.tables, 1);
    assert_int_equal(loci_stream_push(all, NULL, 1, t.u, dt, LENGTH, 7, first, &error), LOCI_OK);
    for (size_t i = 0; i < LENGTH; i++)
        assert_int_equal(loci_stream_push(one, NULL, 1, t.u + i * 3, dt + i, 1, 7, again + i / 7 * 5, &error),
                         LOCI_OK);
    same_bits(first, again, LENGTH / 7 * 5);
    loci_stream_free(one), loci_stream_free(all);
    close_bench(&t);
}

/* Samples that come shifted and scaled: the answers of the model that does neither, to the bit, and states of the model itself. */
static void test_frame(void **unused)
{
    (void)unused;
    const double shift[3] = {1000, -7e5, 0.5}, scale[3] = {0.3, 11, 1e-3};
    const loci_model_config config = small(LOCI_POOL_MEAN);
    bench own, bare;
    loci_error error;
    open_bench(&own, &config, &(loci_model_about){.shift = shift, .scale = scale});
    open_bench(&bare, &config, NULL);
    loci_stream *plain = stream_of(own.tables, 1), *other = stream_of(bare.tables, 1);
    loci_stream_tables *framed;
    assert_int_equal(loci_stream_tables_create(&framed, own.model, 0, 1, &error), LOCI_OK);
    loci_stream_tables_frame(framed, shift, scale);
    loci_stream *stream = stream_of(framed, 1);
    float *a = some(LENGTH * own.outputs, sizeof *a), *b = some(LENGTH * own.outputs, sizeof *b);
    push(stream, own.u, LENGTH, 1, a);
    push(other, own.u, LENGTH, 1, b);
    assert_memory_equal(a, b, LENGTH * own.outputs * sizeof *a);
    const size_t size = loci_stream_state_size(stream);
    void *bytes = some(size, 1);
    assert_int_equal(loci_stream_save(stream, 0, bytes, size, &error), LOCI_OK);
    assert_int_equal(loci_stream_restore(plain, 0, bytes, size, &error), LOCI_OK);
    assert_int_equal(loci_stream_restore(other, 0, bytes, size, &error), LOCI_E_MISMATCH);
    loci_free(bytes), loci_free(a), loci_free(b);
    loci_stream_free(stream), loci_stream_free(plain), loci_stream_free(other);
    loci_stream_tables_free(framed);
    close_bench(&own), close_bench(&bare);
}

static void test_rates(void **state)
{
    (void)state;
    const loci_model_config config = small(LOCI_POOL_MEAN), s5 = recurrent("s5");
    rates_of(&config);
    rates_of(&s5);

    bench t;
    loci_error error;
    open_bench(&t, &config, &(loci_model_about){.rate = 8000});
    loci_stream_tables *none;
    const double bad[] = {-1, INFINITY, NAN, 7.9, 8000 * 1000.5};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(loci_stream_tables_create(&none, t.model, bad[i], 0, &error), LOCI_E_ARGUMENT);
    close_bench(&t);
    open_bench(&t, &config, NULL);
    assert_int_equal(loci_stream_tables_create(&none, t.model, 8000, 0, &error), LOCI_E_ARGUMENT);
    close_bench(&t);
    loci_model_config bank = recurrent("bank"); /* at another rate, but not sample by sample */
    bank.layers = 1, bank.plain = 1, bank.width = 60;
    open_bench(&t, &bank, &(loci_model_about){.rate = 8000});
    float slow[5], usual[5];
    const double two[1] = {2};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(loci_stream_tables_create(&none, t.model, k ? 8000 : 4000, 0, &error), LOCI_OK);
        loci_stream *at = stream_of(none, 1);
        assert_int_equal(loci_stream_push(at, NULL, 1, t.u, two, 1, 0, NULL, &error), LOCI_E_UNSUPPORTED);
        assert_int_equal(loci_stream_push(at, NULL, 1, t.u, NULL, LENGTH, LENGTH, k ? usual : slow, &error),
                         LOCI_OK);
        loci_stream_free(at);
        loci_stream_tables_free(none);
    }
    assert_memory_not_equal(slow, usual, sizeof slow);
    close_bench(&t);
    const loci_model_config lstm = recurrent("lstm");
    open_bench(&t, &lstm, &(loci_model_about){.rate = 8000});
    assert_int_equal(loci_stream_tables_create(&none, t.model, 4000, 0, &error), LOCI_E_UNSUPPORTED);
    assert_int_equal(loci_stream_tables_create(&none, t.model, 8000, 0, &error), LOCI_OK);
    loci_stream_tables_free(none);
    loci_stream *stream = stream_of(t.tables, 1);
    const double dt[1] = {2};
    assert_int_equal(loci_stream_push(stream, NULL, 1, t.u, dt, 1, 0, NULL, &error), LOCI_E_UNSUPPORTED);
    assert_true(loci_stream_samples(stream, 0) == 0);
    loci_stream_free(stream);
    close_bench(&t);
}

/* ---- what is not taken ---- */

static void test_bad_samples(void **state)
{
    (void)state;
    enum { LANES = 11, N = CHUNK + 3 };
    const loci_model_config config = small(LOCI_POOL_MEAN);
    bench t;
    open_bench(&t, &config, NULL);
    loci_error error;
    loci_stream *bad = stream_of(t.tables, LANES), *good = stream_of(t.tables, LANES);
    float in[LANES * N * 3], a[LANES * 5], b[LANES * 5];
    for (size_t i = 0; i < LANES * N * 3; i++) in[i] = (float)loci_random_normal(9, 2 * i);
    for (int round = 0; round < 2; round++) { /* lanes 4 and 9 are refused the second time */
        if (round) in[(4 * N + N - 1) * 3 + 1] = NAN, in[9 * N * 3] = -INFINITY;
        const loci_status status = loci_stream_push(bad, NULL, LANES, in, NULL, N, N, a, &error);
        assert_int_equal(status, round ? LOCI_E_VALUE : LOCI_OK);
        if (round)
            assert_string_equal(
                error.text, "lane 4: input 1 of sample 66 of the push is nan; a finite number was expected");
        uint32_t others[LANES];
        size_t count = 0;
        float *some_in = some(LANES * N * 3, sizeof(float));
        for (uint32_t i = 0; i < LANES; i++)
            if (!round || (i != 4 && i != 9)) {
                memcpy(some_in + count * N * 3, in + i * N * 3, N * 3 * sizeof(float));
                others[count++] = i;
            }
        assert_int_equal(loci_stream_push(good, others, count, some_in, NULL, N, N, b, &error), LOCI_OK);
        for (size_t i = 0; i < count; i++) same_bits(a + others[i] * 5, b + i * 5, 5);
        if (round)
            for (size_t i = 0; i < 5; i++) assert_true(isnan(a[4 * 5 + i]) && isnan(a[9 * 5 + i]));
        loci_free(some_in);
    }
    for (uint32_t i = 0; i < LANES; i++) { /* all as if the bad ones had not been named */
        assert_true(loci_stream_samples(bad, i) == loci_stream_samples(good, i));
        loci_stream_answer(bad, i, a), loci_stream_answer(good, i, b);
        same_bits(a, b, 5);
    }
    double dt[2] = {1, 0};
    assert_int_equal(loci_stream_push(bad, NULL, 1, in, dt, 2, 0, NULL, &error), LOCI_E_VALUE);
    assert_string_equal(error.text,
                        "lane 0: sample 1 of the push lasts 0 steps; a number above 0 was expected");
    dt[1] = NAN;
    assert_int_equal(loci_stream_push(bad, NULL, 1, in, dt, 2, 0, NULL, NULL), LOCI_E_VALUE);
    const uint32_t twice[] = {1, 2, 1}, far[] = {1, LANES};
    assert_int_equal(loci_stream_push(bad, twice, 3, in, NULL, 1, 0, NULL, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "lane 1 is named twice; once was expected");
    assert_int_equal(loci_stream_push(bad, far, 2, in, NULL, 1, 0, NULL, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_stream_push(bad, NULL, LANES + 1, in, NULL, 1, 0, NULL, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_stream_push(bad, twice, 2, in, NULL, 1, 0, NULL, &error), LOCI_OK);
    assert_int_equal(loci_stream_push(bad, NULL, 0, NULL, NULL, 1, 0, NULL, &error), LOCI_OK);
    loci_stream_free(bad), loci_stream_free(good);
    close_bench(&t);
}

static void test_memory_of_the_caller(void **state)
{
    (void)state;
    const loci_model_config config = small(LOCI_POOL_MEAN);
    bench t;
    open_bench(&t, &config, NULL);
    loci_error error;
    loci_stream *stream = NULL, *own;
    const size_t lanes[] = {1, 2, 8, 9};
    for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
        const size_t size = loci_stream_size(t.tables, lanes[i]);
        char *memory = some(size + 64, 1);
        memset(memory, 0xa5, size + 64);
        assert_int_equal(loci_stream_init(&stream, memory, size - 1, t.tables, lanes[i], &error),
                         LOCI_E_ARGUMENT);
        assert_int_equal(loci_stream_init(&stream, memory + 8, size, t.tables, lanes[i], &error),
                         LOCI_E_ARGUMENT);
        assert_int_equal(loci_stream_init(&stream, memory, size, t.tables, lanes[i], &error), LOCI_OK);
        own = stream_of(t.tables, lanes[i]);
        float *in = some(lanes[i] * 70 * 3, sizeof(float)), *a = some(lanes[i] * 5, sizeof(float)),
              *b = some(lanes[i] * 5, sizeof(float));
        for (size_t k = 0; k < lanes[i] * 70 * 3; k++) in[k] = (float)loci_random_normal(21, 2 * k);
        assert_int_equal(loci_stream_push(stream, NULL, lanes[i], in, NULL, 70, 70, a, &error), LOCI_OK);
        assert_int_equal(loci_stream_push(own, NULL, lanes[i], in, NULL, 70, 70, b, &error), LOCI_OK);
        same_bits(a, b, lanes[i] * 5);
        for (size_t k = 0; k < 64; k++) assert_int_equal((unsigned char)memory[size + k], 0xa5);
        loci_stream_free(stream), loci_stream_free(own);
        loci_free(memory), loci_free(in), loci_free(a), loci_free(b);
    }
    assert_true(loci_stream_size(t.tables, 0) == 0);
    assert_true(loci_stream_size(t.tables, SIZE_MAX) == 0);
    assert_int_equal(loci_stream_init(&stream, NULL, 0, t.tables, 0, &error), LOCI_E_ARGUMENT);
    loci_stream_free(NULL);
    loci_stream_tables_free(NULL);
    close_bench(&t);
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

/* The S4 repository's example streams to its own logits, sample by sample and otherwise. */
static void test_published(void **state)
{
    (void)state;
    enum { B = 3, L = 48 };
    const char *const files[] = {"05_model_postnorm.npz", "05_model_prenorm.npz"};
    for (int f = 0; f < 2; f++) {
        loci_model_config config;
        assert_int_equal(loci_model_preset(&config, "s4-example", 3, 10, NULL), LOCI_OK);
        config.width = 16, config.order = 16, config.layers = 2, config.prenorm = f;
        bench t;
        open_bench(&t, &config, NULL);
        size_t count;
        const loci_parameter *table = loci_model_parameters(t.model, &count);
        for (size_t i = 0; i < count; i++) {
            char name[LOCI_PARAMETER_NAME + 2];
            snprintf(name, sizeof name, "w.%s", table[i].name);
            loci_array w = golden(files[f], name);
            for (size_t j = 0; j < table[i].count; j++)
                loci_model_values(t.model)[table[i].offset + j] = (float)w.data[j];
            loci_array_free(&w);
        }
        loci_array x = golden(files[f], "x"), logits = golden(files[f], "logits");
        float in[B * L * 3], y[B * 10];
        for (size_t i = 0; i < B * L * 3; i++) in[i] = (float)x.data[i];
        loci_stream_tables_free(t.tables);
        loci_error error;
        assert_int_equal(loci_stream_tables_create(&t.tables, t.model, 0, 1, &error), LOCI_OK);
        loci_stream *stream = stream_of(t.tables, B);
        for (size_t k = 0; k < L; k++) {
            float now[B * 3];
            for (size_t b = 0; b < B; b++) memcpy(now + b * 3, in + (b * L + k) * 3, 3 * sizeof(float));
            assert_int_equal(loci_stream_push(stream, NULL, B, now, NULL, 1, 1, y, &error), LOCI_OK);
        }
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < B * 10; i++)
            low = fmin(low, logits.data[i]), high = fmax(high, logits.data[i]);
        for (size_t i = 0; i < B * 10; i++)
            assert_near(y[i], logits.data[i], tolerance * (high - low), "%s, logit %zu", files[f], i);
        loci_array_free(&x), loci_array_free(&logits);
        loci_stream_free(stream);
        close_bench(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_slow_modes),
        cmocka_unit_test(test_rolling_answers),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_fork_and_restore),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_damaged_states),
        cmocka_unit_test(test_states_of_others),
        cmocka_unit_test(test_frame),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_bad_samples),
        cmocka_unit_test(test_memory_of_the_caller),
        cmocka_unit_test(test_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
