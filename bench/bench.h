/* SPDX-License-Identifier: MIT
 * bench.h - timing of things side by side, and what the machine could do at best.
 *
 * The cases of a comparison take turns, round after round, so that a busy or a hot machine slows all alike. Of each case
 * the median and the best round are kept; ratios are medians of ratios within one round. Shares are of the peak that
 * bench_peak measures in the same rounds: independent fused multiply-adds on the widest vectors, two operations each.
 */
#ifndef LOCI_BENCH_H
#define LOCI_BENCH_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/processor.h"

enum { BENCH_ROUNDS = 9, BENCH_CASES = 12 };

typedef struct {
    const char *name;
    void (*run)(void *); /* once */
    void *argument;
    double seconds[BENCH_ROUNDS]; /* of one run, by round */
} bench_case;

/* Seconds of this thread on a processor: what else runs on the machine counts only through the caches. */
static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int bench_ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double bench_middle(const double values[BENCH_ROUNDS])
{
    double sorted[BENCH_ROUNDS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, BENCH_ROUNDS, sizeof *sorted, bench_ascending);
    return sorted[BENCH_ROUNDS / 2];
}

static inline double bench_median(const bench_case *c)
{
    return bench_middle(c->seconds);
}

static inline double bench_best(const bench_case *c)
{
    double best = c->seconds[0];
    for (int r = 1; r < BENCH_ROUNDS; r++)
        if (c->seconds[r] < best) best = c->seconds[r];
    return best;
}

/* How many times longer a takes than b. */
static inline double bench_ratio(const bench_case *a, const bench_case *b)
{
    double ratio[BENCH_ROUNDS];
    for (int r = 0; r < BENCH_ROUNDS; r++) ratio[r] = a->seconds[r] / b->seconds[r];
    return bench_middle(ratio);
}

/* Runs the cases in turn, each for about `seconds` a round, after one round that warms up and counts. */
static inline void bench_rounds(bench_case *cases, int count, double seconds)
{
    size_t repeats[BENCH_CASES];
    for (int c = 0; c < count; c++) {
        const double start = bench_now();
        cases[c].run(cases[c].argument);
        const double once = bench_now() - start;
        repeats[c] = once < seconds ? (size_t)(seconds / (once + 1e-9)) : 1;
    }
    for (int r = 0; r < BENCH_ROUNDS; r++)
        for (int c = 0; c < count; c++) {
            const double start = bench_now();
            for (size_t i = 0; i < repeats[c]; i++) cases[c].run(cases[c].argument);
            cases[c].seconds[r] = (bench_now() - start) / (double)repeats[c];
        }
}

/* ---- peaks ---- */

enum { BENCH_CHAINS = 12, BENCH_LINKS = 2048 }; /* enough chains to hide the latency of a multiply-add */

#define BENCH_PEAK(name, bytes, attributes)                                                                  \
    attributes static inline void name(float *x)                                                             \
    {                                                                                                        \
        typedef float lanes __attribute__((vector_size(bytes), aligned(4), may_alias));                      \
        lanes sum[BENCH_CHAINS];                                                                             \
        const lanes a = *(lanes *)x;                                                                         \
        for (int i = 0; i < BENCH_CHAINS; i++) sum[i] = a + (float)i;                                        \
        for (int n = 0; n < BENCH_LINKS; n++)                                                                \
            for (int i = 0; i < BENCH_CHAINS; i++) sum[i] = sum[i] * 0.999f + a;                             \
        for (int i = 1; i < BENCH_CHAINS; i++) sum[0] += sum[i];                                             \
        *(lanes *)x = sum[0] * 1e-6f;                                                                        \
    }

#if LOCI_PROCESSOR_LEVELS
#ifdef __clang__
#define BENCH_WIDEST __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#else
#define BENCH_WIDEST __attribute__((target("arch=x86-64-v4")))
#endif
BENCH_PEAK(bench_peak_v4, 64, BENCH_WIDEST)
BENCH_PEAK(bench_peak_v3, 32, __attribute__((target("arch=x86-64-v3"))))
BENCH_PEAK(bench_peak_base, 16, )
#elif defined(__AVX512F__)
BENCH_PEAK(bench_peak_base, 64, )
#elif defined(__AVX__)
BENCH_PEAK(bench_peak_base, 32, )
#else
BENCH_PEAK(bench_peak_base, 16, )
#endif

static inline void bench_peak_run(void *unused)
{
    static float x[16];
    (void)unused;
#if LOCI_PROCESSOR_LEVELS
    if (loci_processor_level() == 4) {
        bench_peak_v4(x);
        return;
    }
    if (loci_processor_level() == 3) {
        bench_peak_v3(x);
        return;
    }
#endif
    bench_peak_base(x);
}

/* Operations of one bench_peak_run. */
static inline double bench_peak_operations(void)
{
    const int level = loci_processor_level();
#if defined(__AVX512F__)
    const int lanes = 16;
#elif defined(__AVX__)
    const int lanes = 8;
#else
    const int lanes = level == 4 ? 16 : level == 3 ? 8 : 4;
#endif
    (void)level;
    return 2.0 * BENCH_CHAINS * BENCH_LINKS * lanes;
}

/* What share of the peak `operations` in one run of c are, each round against the peak of the same round: clocks drift. */
static inline double bench_share(const bench_case *c, const bench_case *peak, double operations)
{
    return operations / bench_peak_operations() * bench_ratio(peak, c);
}

/* Bytes a second that one core moves between memory and a sum of two arrays of 64 MB, the better of three. */
static inline double bench_bandwidth(void)
{
    const size_t n = (size_t)1 << 24;
    float *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
    double best = 0;
    if (a && b && c) {
        for (size_t i = 0; i < n; i++) a[i] = 0, b[i] = (float)i, c[i] = 1;
        for (int r = 0; r < 3; r++) {
            const double start = bench_now();
            for (size_t i = 0; i < n; i++) a[i] = b[i] + (float)(r + 2) * c[i];
            const double rate = 3.0 * (double)n * sizeof *a / (bench_now() - start);
            if (rate > best) best = rate;
        }
        volatile float keep = a[n / 2];
        (void)keep;
    }
    free(a), free(b), free(c);
    return best;
}

/* ---- output ---- */

/* Is --json the argument? Anything else but a plain call is refused. */
static inline int bench_json(int argc, char **argv)
{
    if (argc == 1) return 0;
    if (argc == 2 && strcmp(argv[1], "--json") == 0) return 1;
    fprintf(stderr, "%s: usage: %s [--json]\n", argv[0], argv[0]);
    exit(2);
}

/* One figure of a list in JSON, its name given as to printf; bench_figures_end closes the list. */
__attribute__((format(printf, 3, 4))) static inline void bench_figure(double value, const char *unit,
                                                                      const char *work, ...)
{
    static int count;
    va_list names;
    printf(count++ ? ",\n  {\"work\": \"" : "[\n  {\"work\": \"");
    va_start(names, work);
    vprintf(work, names);
    va_end(names);
    printf("\", \"unit\": \"%s\", \"value\": %.5g}", unit, value);
    fflush(stdout);
}

static inline void bench_figures_end(void)
{
    printf("\n]\n");
}

#endif
