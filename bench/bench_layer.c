/* SPDX-License-Identifier: MIT
 * bench_layer.c - what layers cost, forward and backward, on one core and on two, with the share of the peak.
 *
 *     bench_layer [--json]
 *     bench_layer lstm        seconds of the LSTM of 256 channels, 64 sequences of 100 samples, on two threads, alone
 *     bench_layer attention   the same of causal attention of 128 channels with 4 heads, 64 sequences of 1024 samples */
#include "base/real.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"
#include "layer/layer.h"

enum { V = LOCI_LANES, THREADS = 2, CASES = 11 };

/* A layer at work on B sequences of L samples, `part` of them at a time. */
typedef struct {
    loci_layer *layer;
    void *derived, *saved[THREADS], *scratch[THREADS];
    size_t B, L, part, in, out;
    float *p, *x, *y, *dx, *dy, *gradient[THREADS];
    double operations; /* of forward and backward */
    double *dt;        /* [part][L]; NULL: samples last one step each */
} work;

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count, size);
    if (!memory) fprintf(stderr, "bench_layer: out of memory\n"), exit(1);
    return memory;
}

static void set_up(work *w, loci_layer *layer, size_t B, size_t L, size_t part, double operations)
{
    *w = (work){.layer = layer, .B = B, .L = L, .part = part, .operations = operations};
    w->in = loci_lane_blocks(layer->inputs) * L * V, w->out = loci_lane_blocks(layer->outputs) * L * V;
    if (loci_layer_open(layer, &w->derived, L, NULL)) exit(1);
    const loci_layer_memory m = layer->class->memory(layer, w->derived, part, L);
    for (int t = 0; t < THREADS; t++) {
        w->saved[t] = some(m.saved, 1), w->scratch[t] = some(m.scratch, 1);
        w->gradient[t] = some(m.gradient, sizeof(float));
    }
    w->p = some(layer->size, sizeof(float));
    for (size_t i = 0; i < layer->size; i++) w->p[i] = (float)(0.1 * loci_random_normal(1, 2 * i));
    w->x = some(B * w->in, sizeof(float)), w->dx = some(B * w->in, sizeof(float));
    w->y = some(B * w->out, sizeof(float)), w->dy = some(B * w->out, sizeof(float));
    for (size_t i = 0; i < B * w->in; i++) w->x[i] = (float)loci_random_normal(2, 2 * i);
    loci_layer_prepare(layer, w->derived, w->p, 1);
}

/* Every `threads`-th part, from the first one of thread t. */
static void pass_parts(work *w, int t, int threads)
{
    for (size_t b = (size_t)t * w->part; b < w->B; b += (size_t)threads * w->part) {
        const loci_pass pass = {.B = w->part, .L = w->L, .dt = w->dt, .training = 1, .seed = 1, .first = b};
        float *x = w->x + b * w->in, *y = w->y + b * w->out, *dy = w->dy + b * w->out;
        w->layer->class->forward(w->layer, w->derived, &pass, y, x, NULL, w->saved[t], w->scratch[t]);
        memcpy(dy, y, w->part * w->out * sizeof(float));
        w->layer->class->backward(w->layer, w->derived, &pass, w->dx + b * w->in, w->gradient[t], NULL, dy, x,
                                  y, w->saved[t], w->scratch[t]);
    }
}

static void one_thread(void *argument)
{
    pass_parts(argument, 0, 1);
}

static void *second(void *argument)
{
    pass_parts(argument, 1, 2);
    return NULL;
}

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The median wall time on two threads. */
static double two_threads(work *w)
{
    double seconds[BENCH_ROUNDS];
    for (int r = -1; r < BENCH_ROUNDS; r++) {
        pthread_t thread;
        const double start = wall();
        if (pthread_create(&thread, NULL, second, w)) exit(1);
        pass_parts(w, 0, 2);
        pthread_join(thread, NULL);
        if (r >= 0) seconds[r] = wall() - start;
    }
    return bench_middle(seconds);
}

static loci_layer *lstm(size_t H)
{
    loci_layer *layer;
    if (loci_lstm_create(&layer, NULL, "lstm", H, H, NULL)) exit(1);
    return layer;
}

static loci_layer *gru(size_t H)
{
    loci_layer *layer;
    if (loci_gru_create(&layer, NULL, "gru", H, H, NULL)) exit(1);
    return layer;
}

static loci_layer *mingru(size_t H)
{
    loci_layer *layer;
    if (loci_mingru_create(&layer, NULL, "mingru", H, H, NULL)) exit(1);
    return layer;
}

static loci_layer *in_residual(loci_layer *mixer, loci_layer *gated)
{
    const loci_residual_options around = {"residual", 0, 0.1, 1};
    loci_layer *block, *norm, *residual;
    if (loci_chain_create(&block, mixer, gated, NULL)) exit(1);
    if (loci_norm_create(&norm, NULL, "norm", LOCI_NORM_LAYER, block->outputs, NULL)) exit(1);
    if (loci_residual_create(&residual, block, norm, &around, NULL)) exit(1);
    return residual;
}

/* As in the S4 repository's example. */
static loci_layer *s4d(size_t H, size_t N)
{
    loci_layer *mixer, *gated;
    const loci_s4d_options options = {N, LOCI_ZOH, 0.001, 0.1, LOCI_SSM_INIT_DEFAULT};
    if (loci_s4d_create(&mixer, NULL, "s4d", H, &options, NULL)) exit(1);
    if (loci_gated_create(&gated, NULL, "s4d", H, 0.1, 1, NULL)) exit(1);
    return in_residual(mixer, gated);
}

/* Of rank 1, or, rank 0, diagonal and looking both ways. */
static loci_layer *s4(size_t H, size_t N, size_t rank)
{
    loci_layer *mixer, *gated;
    const loci_s4_options options = {.order = N,
                                     .rank = rank,
                                     .discretization = rank ? LOCI_BILINEAR : LOCI_ZOH,
                                     .dt_min = 0.001,
                                     .dt_max = 0.1,
                                     .bidirectional = rank == 0};
    if (loci_s4_create(&mixer, NULL, "s4", H, &options, NULL)) exit(1);
    if (loci_gated_create(&gated, NULL, "s4", H, 0.1, 1, NULL)) exit(1);
    return in_residual(mixer, gated);
}

static loci_layer *s5(size_t H, size_t N)
{
    loci_layer *mixer, *gated;
    const loci_s5_options options = {N, 1, LOCI_ZOH, 0.001, 0.1, 0};
    if (loci_s5_create(&mixer, NULL, "s5", H, &options, NULL)) exit(1);
    if (loci_half_gated_create(&gated, NULL, "s5", H, 0.1, 1, NULL)) exit(1);
    return in_residual(mixer, gated);
}

static loci_layer *attention(size_t H, size_t heads)
{
    loci_layer *layer;
    const loci_attention_options options = {heads, 0, 0, LOCI_POSITIONS_ROTARY};
    if (loci_attention_create(&layer, NULL, "attention", H, H, &options, NULL)) exit(1);
    return layer;
}

static loci_layer *conv(size_t H)
{
    loci_layer *layer;
    if (loci_conv_create(&layer, NULL, "conv", H, H, 3, 4, NULL)) exit(1);
    return layer;
}

/* One case alone, for bench/table. */
static int alone(loci_layer *layer, size_t L, size_t part)
{
    static work w;
    set_up(&w, layer, 64, L, part, 0);
    printf("%.6g\n", two_threads(&w));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "lstm")) return alone(lstm(256), 100, 32);
    if (argc == 2 && !strcmp(argv[1], "attention")) return alone(attention(128, 4), 1024, 1);
    work w[CASES];
    /* products with input and recurrent weights, once forward and twice back; of s4d the mixing of channels alone is counted; of
     * attention four products with weights, and of scores, of which half are seen, two forward and five back */
    set_up(&w[0], lstm(256), 64, 100, 32, 64.0 * 100 * 2 * 3 * 4 * 256 * 512);
    const int json = bench_json(argc, argv);
    set_up(&w[1], gru(256), 64, 100, 32, 64.0 * 100 * 2 * 3 * 3 * 256 * 512);
    set_up(&w[2], mingru(256), 64, 100, 32, 64.0 * 100 * 2 * 3 * 2 * 256 * 256);
    set_up(&w[3], s4d(128, 64), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * 256);
    set_up(&w[4], s5(128, 64), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * (128 + 2 * 64));
    set_up(&w[5], s5(128, 128), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * (128 + 2 * 128));
    set_up(&w[6], attention(128, 4), 64, 1024, 1, 64.0 * 1024 * 2 * (3 * 4 * 128 * 128 + 7 * 128 * 512));
    set_up(&w[7], conv(128), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 3 * 128 * 128);
    set_up(&w[8], s4(128, 64, 1), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * 256);
    set_up(&w[9], s4(128, 64, 0), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * 256);
    set_up(&w[10], s5(128, 64), 64, 1024, 1, 64.0 * 1024 * 2 * 3 * 128 * (128 + 2 * 64));
    w[10].dt = some(w[10].part * w[10].L, sizeof(double));
    for (size_t i = 0; i < w[10].part * w[10].L; i++) w[10].dt[i] = 0.5 + loci_random_uniform(3, i);
    static const char *const names[] = {"LSTM, H 256, L 100, B 64",
                                        "GRU, H 256, L 100, B 64",
                                        "minGRU, H 256, L 100, B 64",
                                        "S4D with residual and norm, H 128, N 64, L 1024, B 64",
                                        "S5 with residual and norm, H 128, P 64, L 1024, B 64",
                                        "S5 with residual and norm, H 128, P 128, L 1024, B 64",
                                        "causal attention, H 128, 4 heads, L 1024, B 64",
                                        "convolution, H 128, 3 samples, L 1024, B 64",
                                        "S4 with residual and norm, H 128, N 64, L 1024, B 64",
                                        "S4D both ways, residual, H 128, N 64, L 1024, B 64",
                                        "S5, P 64, samples of different lengths"};
    bench_case cases[] = {{.name = "peak", .run = bench_peak_run},
                          {.name = names[0], .run = one_thread, .argument = &w[0]},
                          {.name = names[1], .run = one_thread, .argument = &w[1]},
                          {.name = names[2], .run = one_thread, .argument = &w[2]},
                          {.name = names[3], .run = one_thread, .argument = &w[3]},
                          {.name = names[4], .run = one_thread, .argument = &w[4]},
                          {.name = names[5], .run = one_thread, .argument = &w[5]},
                          {.name = names[6], .run = one_thread, .argument = &w[6]},
                          {.name = names[7], .run = one_thread, .argument = &w[7]},
                          {.name = names[8], .run = one_thread, .argument = &w[8]},
                          {.name = names[9], .run = one_thread, .argument = &w[9]},
                          {.name = names[10], .run = one_thread, .argument = &w[10]}};
    bench_rounds(cases, 1 + CASES, 0.02);
    if (!json)
        puts("layer, forward and backward                          core-ms  of the peak  ms on two threads");
    for (int i = 0; i < CASES; i++) {
        const double seconds = bench_median(&cases[i + 1]), two = two_threads(&w[i]);
        const double share = bench_share(&cases[i + 1], &cases[0], w[i].operations);
        if (json) {
            bench_figure(1e3 * seconds, "core-ms", "%s", names[i]);
            bench_figure(share, "of the peak", "%s", names[i]);
            bench_figure(1e3 * two, "ms", "%s, two threads", names[i]);
        } else
            printf("%-52s %7.1f  %9.0f %%  %17.1f\n", names[i], 1e3 * seconds, 100 * share, 1e3 * two);
    }
    if (json) bench_figures_end();
    return 0;
}
