/* SPDX-License-Identifier: MIT
 * bench_token.c - one token of a language model of mamba-130m's shape, beside what reading its weights once from memory takes.
 *
 *     bench_token [--json]
 *
 * 24 layers of width 768, 50,280 tokens, 129 million weights of noise in single precision: 517 MB, more than caches hold. By the
 * clock on the wall. */
#include "base/real.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <loci/network.h>

#include "base/allocate.h"
#include "bench.h"

enum { THREADS = 2, ROUNDS = 9 };

static void stop(const char *what)
{
    fprintf(stderr, "bench_token: %s\n", what);
    exit(1);
}

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct {
    const float *x;
    size_t count;
    float sum;
} share;

/* As fast as numbers come: sums in registers of their own, four of the largest that a processor has, or eight. */
LOCI_HOT static float sum_of(const float *x, size_t count)
{
    loci_f32x16 sum[4] = {{0}};
    float all = 0;
    for (size_t i = 0; i + 64 <= count; i += 64) {
        LOCI_UNROLL
        for (int k = 0; k < 4; k++) sum[k] += *(const loci_f32x16 *)(const void *)(x + i + 16 * k);
    }
    for (int k = 1; k < 4; k++) sum[0] += sum[k];
    for (int k = 0; k < 16; k++) all += sum[0][k];
    return all;
}

static void *read_share(void *argument)
{
    share *s = argument;
    s->sum = sum_of(s->x, s->count);
    return NULL;
}

static double read_all(const float *x, size_t count)
{
    share s[THREADS];
    pthread_t thread[THREADS];
    const size_t each = count / THREADS / 16 * 16;
    const double start = wall();
    for (size_t i = 0; i < THREADS; i++) s[i] = (share){x + i * each, each, 0};
    for (size_t i = 1; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, read_share, &s[i])) stop("no thread");
    read_share(&s[0]);
    for (size_t i = 1; i < THREADS; i++) pthread_join(thread[i], NULL);
    const double seconds = wall() - start;
    volatile float keep = s[0].sum + s[THREADS - 1].sum;
    (void)keep;
    return seconds;
}

/* ---- a crew of two that never sleeps ---- */

typedef struct {
    atomic_uint round;
    atomic_size_t busy;
    atomic_int quit;
    size_t count;
    void (*work)(void *, size_t);
    void *argument;
} helper;

static void *help(void *argument)
{
    helper *h = argument;
    for (unsigned seen = 0;; seen++) {
        while (atomic_load_explicit(&h->round, memory_order_acquire) == seen) sched_yield();
        if (atomic_load(&h->quit)) return NULL;
        for (size_t i = 1; i < h->count; i += THREADS) h->work(h->argument, i);
        atomic_store_explicit(&h->busy, 0, memory_order_release);
    }
}

static void run(void *context, size_t count, void (*work)(void *, size_t), void *argument)
{
    helper *h = context;
    h->count = count, h->work = work, h->argument = argument;
    atomic_store(&h->busy, 1);
    atomic_fetch_add(&h->round, 1);
    for (size_t i = 0; i < count; i += THREADS) work(argument, i);
    while (atomic_load_explicit(&h->busy, memory_order_acquire)) sched_yield();
}

/* ---- the model ---- */

static loci_model *make(void)
{
    loci_model_config c;
    loci_model *model;
    loci_error error;
    if (loci_model_preset(&c, "mamba", 1, 50280, &error)) stop(error.text);
    c.layers = 24, c.width = 768, c.expand = 2, c.dropout = 0;
    c.vocabulary = 50280, c.head = LOCI_HEAD_TIED, c.final_norm = 1, c.pool = LOCI_POOL_NONE;
    if (loci_model_create(&model, &c, &error)) stop(error.text);
    float *v = loci_model_values(model);
    unsigned seed = 1;
    for (size_t i = 0; i < loci_model_size(model); i++, seed = seed * 1664525u + 1013904223u)
        v[i] = ((float)(seed >> 8) * 0x1p-23f - 1) * 0.03f;
    return model;
}

static double middle(double *seconds)
{
    qsort(seconds, ROUNDS, sizeof *seconds, bench_ascending);
    return seconds[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    const int json = bench_json(argc, argv);
    loci_model *model = make();
    loci_network *network;
    loci_error error;
    pthread_t thread;
    static helper h;
    const loci_crew crew = {.size = sizeof crew, .count = THREADS, .context = &h, .run = run};
    if (loci_network_create(&network, model, 0, &error)) stop(error.text);
    for (size_t i = 0; i < loci_network_parts(network); i++)
        loci_network_prepare(network, loci_model_values(model), 1, i);
    if (pthread_create(&thread, NULL, help, &h)) stop("no thread");
    float *state = loci_allocate(loci_network_state_size(network), sizeof *state),
          *y = loci_allocate(50280, sizeof *y);
    void *workspace = loci_allocate(loci_network_step_workspace_size(network, 1), 1);
    if (!state || !y || !workspace) stop("no memory");
    double seconds[3][ROUNDS], ratio[ROUNDS];
    for (int r = -1; r < ROUNDS; r++)
        for (int k = 0; k < 3; k++) { /* alone, with the crew, reading */
            const float token = (float)(37 * (r + 1));
            loci_network_lend(network, k == 1 ? &crew : NULL);
            const double start = wall();
            if (k < 2) loci_network_step(network, y, &token, 1, NULL, &state, workspace);
            const double taken =
                k < 2 ? wall() - start : read_all(loci_model_values(model), loci_model_size(model));
            if (r >= 0) seconds[k][r] = taken;
        }
    for (int r = 0; r < ROUNDS; r++) ratio[r] = seconds[1][r] / seconds[2][r];
    const double times = middle(ratio), alone = 1e3 * middle(seconds[0]), both = 1e3 * middle(seconds[1]),
                 reading = 1e3 * middle(seconds[2]);
    if (json) {
        bench_figure(alone, "ms", "a token, one thread"), bench_figure(both, "ms", "a token, two threads");
        bench_figure(reading, "ms", "its weights read by two threads"), bench_figures_end();
    } else {
        printf(
            "a token of mamba-130m's shape: one thread %.1f ms, two threads %.1f ms, its weights read by two "
            "threads %.1f ms: %.2f times that\n",
            alone, both, reading, times);
    }
    atomic_store(&h.quit, 1);
    atomic_fetch_add(&h.round, 1);
    pthread_join(thread, NULL);
    loci_free(state), loci_free(y), loci_free(workspace);
    loci_network_free(network);
    loci_model_free(model);
    return 0;
}
