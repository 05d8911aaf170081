/* SPDX-License-Identifier: MIT
 * bench_token.c - one token of a language model of mamba-130m's shape, beside what reading its weights once from memory takes.
 *
 *     bench_token [--json]
 *
 * 24 layers of width 768, 50,280 tokens, 129 million weights of noise in single precision: 517 MB, more than caches hold. By the
 * clock on the wall. */
#include "base/real.h"

#include <pthread.h>
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

/* As fast as numbers come: sums in eight vectors of their own. */
static void *read_share(void *argument)
{
    share *s = argument;
    loci_f32x16 sum[8] = {{0}};
    for (size_t i = 0; i + 128 <= s->count; i += 128)
        for (int k = 0; k < 8; k++) sum[k] += *(const loci_f32x16 *)(const void *)(s->x + i + 16 * k);
    for (int k = 1; k < 8; k++) sum[0] += sum[k];
    for (int k = 0; k < 16; k++) s->sum += sum[0][k];
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
