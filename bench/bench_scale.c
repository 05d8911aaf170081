/* SPDX-License-Identifier: MIT
 * bench_scale.c - how forward and backward of a batch grow: with the length of sequences at a constant number of samples,
 * with width, order, batch and threads, up to twice the processors. Everything else is as in the S4 repository's example, in
 * batches of 32.
 *
 *     bench_scale [--json]     CSV: what varies, its value, milliseconds a batch (the best of three), as bench/draw reads it */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <loci/model.h>
#include <loci/network.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"

enum { INPUTS = 3, CLASSES = 10, TOKENS = 65536, THREADS_MAX = 64, ROUNDS = 3 };

/* A step's work: B sequences one by one through the network, on some threads. */
typedef struct {
    loci_network *network;
    float *u, *dparameters, *gradient[THREADS_MAX];
    const float *parameters;
    void *workspace[THREADS_MAX];
    size_t L, B, threads;
    atomic_size_t next;
} work;

typedef struct {
    work *work;
    size_t thread;
} worker;

static int json;

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count, size);
    if (!memory) fprintf(stderr, "bench_scale: out of memory\n"), exit(1);
    return memory;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *labour(void *argument)
{
    const worker *self = argument;
    work *w = self->work;
    float y[CLASSES], dy[CLASSES];
    for (size_t b; (b = atomic_fetch_add(&w->next, 1)) < w->B;) {
        const loci_pass pass = {.B = 1, .L = w->L, .training = 1, .seed = 1, .first = b};
        loci_network_forward(w->network, y, w->u, &pass, NULL, 1, w->workspace[self->thread]);
        for (int c = 0; c < CLASSES; c++) dy[c] = y[c];
        loci_network_backward(w->network, NULL, w->gradient[self->thread], dy, &pass, NULL,
                              w->workspace[self->thread]);
    }
    return NULL;
}

static void step(work *w)
{
    const size_t parts = loci_network_parts(w->network);
    worker self[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    for (size_t i = 0; i < parts; i++) loci_network_prepare(w->network, w->parameters, 1, i);
    w->next = 0;
    for (size_t t = 0; t < w->threads; t++) {
        self[t] = (worker){w, t};
        if (t > 0 && pthread_create(&thread[t], NULL, labour, &self[t])) exit(1);
    }
    labour(&self[0]);
    for (size_t t = 1; t < w->threads; t++) pthread_join(thread[t], NULL);
    for (size_t i = 0; i < parts; i++)
        loci_network_gather(w->network, w->dparameters, w->gradient[0], w->parameters, i);
}

static void measure(const char *what, size_t value, size_t L, size_t H, size_t N, size_t B, size_t threads)
{
    loci_model_config config;
    loci_model *model;
    work w = {.L = L, .B = B, .threads = threads};
    if (loci_model_preset(&config, "s4-example", INPUTS, CLASSES, NULL)) exit(1);
    config.width = H, config.order = N;
    if (loci_model_create(&model, &config, NULL)) exit(1);
    loci_model_initialize(model, 1);
    if (loci_network_create(&w.network, model, L, NULL)) exit(1);
    w.parameters = loci_model_values(model);
    w.dparameters = some(loci_model_size(model), sizeof(float));
    w.u = some(L * INPUTS, sizeof(float));
    for (size_t i = 0; i < L * INPUTS; i++) w.u[i] = (float)loci_random_uniform(1, i);
    for (size_t t = 0; t < threads; t++) {
        w.gradient[t] = some(loci_network_gradient_size(w.network), sizeof(float));
        w.workspace[t] = some(loci_network_workspace_size(w.network, 1, 1), 1);
    }
    double best = 1e9;
    for (int r = 0; r <= ROUNDS; r++) {
        const double start = now();
        step(&w);
        if (r > 0 && now() - start < best) best = now() - start;
    }
    if (json)
        bench_figure(1e3 * best, "ms", "forward and backward, %s %zu", what, value);
    else
        printf("%s,%zu,%.4g\n", what, value, 1e3 * best);
    fflush(stdout);
    for (size_t t = 0; t < threads; t++) loci_free(w.gradient[t]), loci_free(w.workspace[t]);
    loci_free(w.u), loci_free(w.dparameters);
    loci_network_free(w.network);
    loci_model_free(model);
}

int main(int argc, char **argv)
{
    json = bench_json(argc, argv);
    if (!json) printf("varies,value,milliseconds\n");
    for (size_t L = 256; L <= 65536; L *= 2) measure("length", L, L, 128, 64, TOKENS / L, 1);
    for (size_t H = 16; H <= 512; H *= 2) measure("width", H, 1024, H, 64, 32, 1);
    for (size_t N = 4; N <= 256; N *= 2) measure("order", N, 1024, 128, N, 32, 1);
    for (size_t B = 1; B <= 128; B *= 2) measure("batch", B, 1024, 128, 64, B, 1);
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (size_t t = 1; t <= 2 * (size_t)processors && t <= THREADS_MAX; t++)
        measure("threads", t, 1024, 128, 64, 32, t);
    if (json) bench_figures_end();
    return 0;
}
