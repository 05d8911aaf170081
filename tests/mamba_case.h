/* SPDX-License-Identifier: MIT
 * mamba_case.h - a mixer of Mamba against published numbers: forward, gradients, the state after some samples and at the end, in
 * any cut. Include base/real.h first. */
#ifndef LOCI_TESTS_MAMBA_CASE_H
#define LOCI_TESTS_MAMBA_CASE_H

#include "recurrent_case.h"

/* Where a published cache, conv_state [B][channels][width], whose last width - 1 samples are ours, and ssm_state [B][...], lie in
 * a state: of channel c the first of our rows, and of number n of the second. NULL: they are not published. */
typedef struct {
    size_t channels, width, numbers;
    size_t (*history)(const loci_layer *layer, size_t c), (*number)(const loci_layer *layer, size_t n);
} mamba_cache;

static inline void weights_into(bench *t, const char *file)
{
    char name[128];
    for (size_t k = 0; k < t->layer->parameters; k++) {
        const loci_parameter *q = &t->layer->parameter[k];
        snprintf(name, sizeof name, "w.%s", q->name);
        loci_array a = golden(file, name);
        for (size_t n = 0; n < q->count; n++) t->p[q->offset + n] = (real)a.data[n];
        loci_array_free(&a);
    }
    loci_layer_prepare(t->layer, t->derived, t->p, 1);
}

static inline void cache_near(const bench *t, const mamba_cache *cache, const char *file, const char *suffix,
                              size_t B, double tolerance)
{
    char name[2][40];
    snprintf(name[0], sizeof name[0], "conv_state%s", suffix);
    snprintf(name[1], sizeof name[1], "ssm_state%s", suffix);
    loci_array inputs = golden(file, name[0]), states = golden(file, name[1]);
    for (size_t b = 0; b < B; b++) {
        for (size_t c = 0; c < cache->channels; c++)
            for (size_t k = 1; k < cache->width; k++)
                assert_near(t->state[b][cache->history(t->layer, c) + (k - 1) * LANES],
                            inputs.data[(b * cache->channels + c) * cache->width + k], tolerance,
                            "%s of channel %zu, %zu", name[0], c, k);
        for (size_t n = 0; n < cache->numbers; n++)
            assert_near(t->state[b][cache->number(t->layer, n)], states.data[b * cache->numbers + n],
                        tolerance, "%s[%zu]", name[1], n);
    }
    loci_array_free(&inputs), loci_array_free(&states);
}

/* Parameters of `layer`, whose name is empty, are w.*, their gradients g.*; x, dout, y, gx [B][L][channels]. */
static inline void check_published_mamba(loci_layer *layer, const char *file, size_t B, size_t L,
                                         const mamba_cache *cache)
{
    const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5, slopes = LOCI_REAL_IS_DOUBLE ? 1e-10 : 2e-5;
    const size_t H = layer->inputs;
    bench t;
    char name[128];
    bench_open(&t, layer, B, L);
    weights_into(&t, file);
    into(t.x, file, "x", B, L, H);
    into(t.dy, file, "dout", B, L, H);
    run_forward(&t, 0, 1);
    near(t.y, file, "y", B, L, H, tolerance);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    near(t.dx, file, "gx", B, L, H, slopes);
    for (size_t k = 0; k < layer->parameters; k++) {
        const loci_parameter *q = &layer->parameter[k];
        snprintf(name, sizeof name, "g.%s", q->name);
        loci_array a = golden(file, name);
        double most = 0;
        for (size_t n = 0; n < q->count; n++) most = fmax(most, fabs(a.data[n]));
        for (size_t n = 0; n < q->count; n++)
            assert_near(t.dp[q->offset + n], a.data[n], slopes * fmax(1, most), "%s %s[%zu]", file, name, n);
        loci_array_free(&a);
    }
    run_forward(&t, 1, 0);
    near(t.y, file, "y", B, L, H, tolerance);
    if (cache) {
        cache_near(&t, cache, file, "", B, 10 * tolerance);
        loci_array prefill = golden(file, "prefill_len");
        size_t length[8];
        for (size_t b = 0; b < B; b++) length[b] = (size_t)prefill.data[0];
        t.pass.length = length;
        memset(t.states, 0, B * layer->state * sizeof(real));
        run_forward(&t, 1, 1);
        cache_near(&t, cache, file, "_prefill", B, 10 * tolerance);
        loci_array_free(&prefill);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

/* With a state and nothing kept, forward gives the bits of step. */
static inline void check_bits(loci_layer *layer, size_t L)
{
    bench t, one;
    uint64_t seed = 8;
    bench_open(&t, layer, 1, L), bench_open(&one, layer, 1, 1);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 1, L, layer->inputs, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    loci_layer_prepare(layer, one.derived, t.p, 1);
    run_forward(&t, 1, 0);
    for (size_t l = 0; l < L; l++) {
        for (size_t h = 0; h < layer->inputs; h++)
            one.x[place(layer->inputs, 1, 0, 0, h)] = t.x[place(layer->inputs, L, 0, l, h)];
        layer->class->step(layer, one.derived, one.y, one.x, 1, NULL, one.state, one.scratch);
        for (size_t h = 0; h < layer->outputs; h++)
            assert_near(one.y[place(layer->outputs, 1, 0, 0, h)], t.y[place(layer->outputs, L, 0, l, h)], 0,
                        "bits of sample %zu, channel %zu", l, h);
    }
    assert_memory_equal(one.states, t.states, layer->state * sizeof(real));
    bench_close(&t), bench_close(&one);
    loci_layer_free(layer);
}

#endif
