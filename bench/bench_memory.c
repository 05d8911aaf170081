/* SPDX-License-Identifier: MIT
 * bench_memory.c - how fast memories take samples and answer, medians of processor time; with --accuracy N, how far the whole-history coefficients
 * of N samples are from their direct projection in long double.
 *
 *     bench_memory [--json]
 *     bench_memory --accuracy SAMPLES [ORDER]...
 *     bench_memory --methods       the published recurrences beside the exact projection */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <loci/memory.h>

enum { RUNS = 7 };

static bool json;

/* Processor seconds of this thread: what others do on the machine counts little. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}

static void check(loci_status status, const loci_error *error)
{
    if (status == LOCI_OK) return;
    fprintf(stderr, "bench_memory: %s\n", error->text);
    exit(1);
}

static void *room_for(size_t size)
{
    void *room = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!room) {
        fprintf(stderr, "bench_memory: out of memory\n");
        exit(1);
    }
    memset(room, 0, size);
    return room;
}

/* Sample k of the signal: three waves and noise of size 1, a function of k alone. */
static double sample(uint64_t k)
{
    uint64_t z = (k + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    const double noise = (double)((z ^ (z >> 31)) >> 11) * 0x1p-53 - 0.5, x = (double)k;
    return sin(1e-7 * x) + 0.5 * sin(3.3e-6 * x + 1) + 0.2 * sin(0.01 * x) + 0.3 * noise;
}

/* --- speed --- */

static void line(const char *what, double value, const char *unit)
{
    static bool any;
    if (json)
        printf("%s\n  \"%s\": {\"value\": %.4g, \"unit\": \"%s\"}", any ? "," : "{", what, value, unit);
    else
        printf("%-62s %9.4g %s\n", what, value, unit);
    any = true;
    fflush(stdout);
}

static double bandwidth(void)
{
    const size_t bytes = (size_t)128 << 20;
    char *from = room_for(bytes), *to = room_for(bytes);
    double seconds[RUNS];
    for (int run = 0; run < RUNS; run++) {
        from[run] = 1;
        const double start = now();
        memcpy(to, from, bytes);
        seconds[run] = now() - start;
    }
    const double result = 2 * (double)bytes / median(seconds, RUNS) * 1e-9;
    free(from);
    free(to);
    return result;
}

static double *signal_of(size_t count)
{
    double *u = room_for(count * sizeof *u);
    for (size_t k = 0; k < count; k++) u[k] = sample(k);
    return u;
}

/* Millions of channel-samples a second: median over runs that each push `count` samples in groups. */
static double push_speed(const loci_memory_spec *spec, size_t channels, size_t group, size_t count)
{
    loci_error error;
    loci_memory_plan *plan;
    check(loci_memory_plan_create(&plan, spec, &error), &error);
    loci_memory *memory = room_for(loci_memory_size(plan, channels));
    double *u = signal_of(count * channels), *t = NULL, seconds[RUNS];
    if (spec->dt == 0) {
        t = room_for(count * sizeof *t);
        for (size_t k = 0; k < count; k++) t[k] = (double)k + 0.9 * sample(7 * k) / 2;
    }
    for (int run = 0; run < RUNS; run++) {
        check(loci_memory_init(memory, plan, channels, 0, &error), &error);
        const double start = now();
        for (size_t k = 0; k < count; k += group) {
            const size_t n = count - k < group ? count - k : group;
            check(loci_memory_push(memory, plan, u + k * channels, t ? t + k : NULL, n, &error), &error);
        }
        seconds[run] = now() - start;
    }
    free(u);
    free(t);
    free(memory);
    loci_memory_plan_free(plan);
    return (double)(count * channels) / median(seconds, RUNS) * 1e-6;
}

static double recall_speed(const loci_memory_spec *spec, loci_ask ask)
{
    enum { POINTS = 1000 };
    loci_error error;
    loci_memory_plan *plan;
    check(loci_memory_plan_create(&plan, spec, &error), &error);
    const size_t count = 1 << 20;
    loci_memory *memory = room_for(loci_memory_size(plan, 1));
    double *u = signal_of(count), t[2 * POINTS], out[POINTS], seconds[RUNS];
    check(loci_memory_init(memory, plan, 1, 0, &error), &error);
    check(loci_memory_push(memory, plan, u, NULL, count, &error), &error);
    for (int i = 0; i < POINTS; i++) {
        if (ask == LOCI_VALUE)
            t[i] = (double)count * i / POINTS;
        else
            t[2 * i + 1] = (t[2 * i] = (double)count * i / POINTS) + (double)count / POINTS;
    }
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        check(loci_memory_recall(memory, plan, ask, 0, t, POINTS, out, &error), &error);
        seconds[run] = now() - start;
    }
    free(u);
    free(memory);
    loci_memory_plan_free(plan);
    return median(seconds, RUNS) * 1e6;
}

static void speeds(void)
{
    const size_t many = (size_t)1 << 22, some = (size_t)1 << 18, few = (size_t)1 << 15;
    const char *unit = "M channel-samples/s";
    loci_memory_spec spec = loci_memory_defaults();
    const double copied = bandwidth();
    line("copy of 128 MiB, read and written", copied, "GB/s");
    const double main_speed = push_speed(&spec, 1, many, many);
    line("legs, N 64, 1 channel, all at once", main_speed, unit);
    line("  of the samples that a copy moves in that time", 100 * main_speed * 1e6 / (copied * 1e9 / 16),
         "%");
    line("legs, N 64, 1 channel, groups of 256", push_speed(&spec, 1, 256, many), unit);
    line("legs, N 64, 1 channel, one at a time", push_speed(&spec, 1, 1, many), unit);
    line("legs, N 64, 16 channels, all at once", push_speed(&spec, 16, many, many / 16), unit);
    line("legs, N 64, 16 channels, groups of 256", push_speed(&spec, 16, 256, many / 16), unit);
    spec.detail = 0;
    line("legs, N 64, 1 channel, detail 0", push_speed(&spec, 1, many, many), unit);
    spec.detail = 256;
    line("legs, N 64, 1 channel, detail 256", push_speed(&spec, 1, many, many), unit);
    spec.detail = 4;
    spec.order = 256;
    line("legs, N 256, 1 channel, all at once", push_speed(&spec, 1, many, many), unit);
    spec.order = 16;
    line("legs, N 16, 1 channel, all at once", push_speed(&spec, 1, many, many), unit);
    spec.order = 64;
    spec.join = LOCI_LINEAR;
    line("legs, N 64, joined", push_speed(&spec, 1, many, many), unit);
    spec.dt = 0;
    line("legs, N 64, joined, stamped", push_speed(&spec, 1, many, some), unit);
    spec.join = LOCI_HOLD;
    line("legs, N 64, stamped", push_speed(&spec, 1, many, some), unit);
    spec.dt = 1;
    spec.method = LOCI_METHOD_BILINEAR;
    const double published = push_speed(&spec, 1, many, some);
    line("legs, N 64, published bilinear recurrence", published, unit);
    line("  exact, beside it", main_speed / published, "times as fast");
    spec.method = LOCI_METHOD_ZOH;
    line("legs, N 64, published zoh", push_speed(&spec, 1, many, few), unit);
    spec.method = LOCI_METHOD_EXACT;
    spec.measure = LOCI_MEASURE_LEGT;
    spec.window = 10000;
    line("legt, N 64, zoh", push_speed(&spec, 1, many, many / 4), unit);
    line("legt, N 64, zoh, 16 channels", push_speed(&spec, 16, many, many / 64), unit);
    spec.dt = 0;
    line("legt, N 64, zoh, stamped", push_speed(&spec, 1, many, few), unit);
    spec = loci_memory_defaults();
    line("recall of 1000 values from 2^20 samples", recall_speed(&spec, LOCI_VALUE), "us");
    line("recall of 1000 means", recall_speed(&spec, LOCI_MEAN), "us");
    if (json) printf("\n}\n");
}

/* --- accuracy --- */

enum { TOGETHER = 32 };

/* sum[n] += P_n(z) (a + (-1)^n b) over `count` points, n < orders: points z and -z at once */
static void add_points(long double *sum, size_t orders, const long double *z, const long double *a,
                       const long double *b, size_t count)
{
    long double plus[TOGETHER], minus[TOGETHER], p[TOGETHER], q[TOGETHER];
    for (size_t i = 0; i < count; i++) {
        plus[i] = a[i] + b[i];
        minus[i] = a[i] - b[i];
        p[i] = 1;
        q[i] = 0;
    }
    for (size_t n = 0; n < orders; n++) {
        const long double up = (long double)(2 * n + 1) / (long double)(n + 1),
                          down = (long double)n / (long double)(n + 1);
        const long double *weight = n % 2 ? minus : plus;
        long double total = 0;
        for (size_t i = 0; i < count; i++) {
            total += weight[i] * p[i];
            const long double next = up * (z[i] * p[i]) - down * q[i];
            q[i] = p[i];
            p[i] = next;
        }
        sum[n] += total;
    }
}

/* By parts, c_n is minus the sum over the inner edges of the jump there times the integral of g_n up to there. */
static void project_directly(long double *c, long double *variance, size_t order, uint64_t count)
{
    long double *sum = room_for((order + 1) * sizeof *sum), z[TOGETHER], a[TOGETHER], b[TOGETHER];
    long double mean = 0, square = 0;
    const double base = sample(0);
    size_t points = 0;
    double low = sample(0), high = sample(count - 1); /* the samples beside the edges k and count - k */
    for (uint64_t k = 0; k < count; k++) {
        const long double w = (long double)sample(k) - base;
        mean += w;
        square += w * w;
    }
    for (uint64_t k = 1; 2 * k <= count; k++) {
        const double next = sample(k), before = sample(count - 1 - k);
        z[points] = (long double)(2 * (int64_t)k - (int64_t)count) / (long double)count;
        a[points] = (long double)low - next;
        b[points] = 2 * k == count ? 0 : (long double)before - high; /* the edge in the middle counts once */
        low = next;
        high = before;
        if (++points == TOGETHER) {
            add_points(sum, order + 1, z, a, b, points);
            points = 0;
        }
    }
    add_points(sum, order + 1, z, a, b, points);
    mean /= (long double)count;
    *variance = square / (long double)count - mean * mean;
    c[0] = base + mean;
    for (size_t n = 1; n < order; n++)
        c[n] = (sum[n + 1] - sum[n - 1]) / (2 * sqrtl((long double)(2 * n + 1)));
    free(sum);
}

static double worst(const double *c, const long double *truth, size_t order, double largest)
{
    double off = 0;
    for (size_t n = 0; n < order; n++) off = fmax(off, fabs((double)(c[n] - truth[n])));
    return off / largest;
}

static void accuracy(uint64_t count, size_t order)
{
    enum { GROUP = 4096 };
    loci_error error;
    loci_memory_plan *plan;
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    check(loci_memory_plan_create(&plan, &spec, &error), &error);
    const size_t size = loci_memory_size(plan, 1);
    loci_memory *all = room_for(size), *pieces = room_for(size), *piece = room_for(size),
                *whole = room_for(size);
    double u[GROUP], *c = room_for(order * sizeof *c), *cut = room_for(order * sizeof *cut);
    long double *truth = room_for(order * sizeof *truth), variance;
    check(loci_memory_init(all, plan, 1, 0, &error), &error);
    check(loci_memory_init(pieces, plan, 1, 0, &error), &error);
    /* all samples in one memory, and in seven unaligned pieces that are merged */
    uint64_t piece_end = 0;
    int which = 0;
    double start = now();
    for (uint64_t k = 0; k < count;) {
        if (k == piece_end) {
            if (k > 0) check(loci_memory_merge(pieces, plan, piece, &error), &error);
            check(loci_memory_init(piece, plan, 1, (double)k, &error), &error);
            piece_end = ++which == 7
                            ? count
                            : (uint64_t)which * (count / 7) + (uint64_t)which * 12345 % (count / 8 + 1);
        }
        const size_t n = piece_end - k < GROUP ? (size_t)(piece_end - k) : GROUP;
        for (size_t i = 0; i < n; i++) u[i] = sample(k + i);
        check(loci_memory_push(all, plan, u, NULL, n, &error), &error);
        check(loci_memory_push(piece, plan, u, NULL, n, &error), &error);
        k += n;
    }
    check(loci_memory_merge(pieces, plan, piece, &error), &error);
    check(loci_memory_coefficients(pieces, plan, 0, cut, whole, &error), &error);
    check(loci_memory_coefficients(all, plan, 0, c, whole, &error), &error);
    loci_memory_summary summary;
    check(loci_memory_summarize(whole, plan, 0, &summary, &error), &error);
    printf("N %zu, %llu samples: remembered twice in %.1f s\n", order, (unsigned long long)count,
           now() - start);
    start = now();
    project_directly(truth, &variance, order, count);
    double largest = 0;
    long double share = variance;
    for (size_t n = 0; n < order; n++) largest = fmax(largest, fabs((double)truth[n]));
    for (size_t n = 1; n < order; n++) share -= truth[n] * truth[n];
    share /= variance;
    printf("  projected directly in %.1f s; largest coefficient %.4g\n", now() - start, largest);
    printf("  coefficients off by at most %.2g of the largest; merged from 7 pieces: %.2g\n",
           worst(c, truth, order, largest), worst(cut, truth, order, largest));
    printf("  forgotten share %.12f, off by %.2g\n", summary.forgotten,
           fabs((double)(summary.forgotten - share)));
    free(all);
    free(pieces);
    free(piece);
    free(whole);
    free(c);
    free(cut);
    free(truth);
    loci_memory_plan_free(plan);
}

/* --- methods --- */

/* Root mean square of the differences of two sets of coefficients, as a share of those behind the mean. */
static double apart(const double *a, const double *b, size_t order)
{
    double off = 0, size = 0;
    for (size_t n = 0; n < order; n++) off += (a[n] - b[n]) * (a[n] - b[n]);
    for (size_t n = 1; n < order; n++) size += b[n] * b[n];
    return sqrt(off / size);
}

static void coefficients_by(loci_method method, double *c, size_t order, const double *u, size_t count)
{
    loci_error error;
    loci_memory_plan *plan;
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.method = method;
    check(loci_memory_plan_create(&plan, &spec, &error), &error);
    loci_memory *memory = room_for(loci_memory_size(plan, 1)), *whole = room_for(loci_memory_size(plan, 1));
    check(loci_memory_init(memory, plan, 1, 0, &error), &error);
    check(loci_memory_push(memory, plan, u, NULL, count, &error), &error);
    check(loci_memory_coefficients(memory, plan, 0, c, whole, &error), &error);
    free(memory);
    free(whole);
    loci_memory_plan_free(plan);
}

static void methods(void)
{
    enum { ORDER = 64 };
    printf("distance from the exact coefficients, share of their size, N %d\n", ORDER);
    printf("%-8s %9s %10s %10s %10s\n", "signal", "samples", "zoh", "bilinear", "backward");
    for (int rough = 0; rough < 2; rough++)
        for (size_t count = 1000; count <= 100000; count *= 10) {
            double *u = room_for(count * sizeof *u), exact[ORDER], other[ORDER];
            for (size_t k = 0; k < count; k++) {
                const double x = (double)k / (double)count;
                u[k] = rough ? (k ? u[k - 1] : 0) + sample(k) - sample(k + 1) + 0.1 * sample(3 * k)
                             : sin(20 * x) + 0.5 * cos(47 * x + 1);
            }
            coefficients_by(LOCI_METHOD_EXACT, exact, ORDER, u, count);
            printf("%-8s %9zu", rough ? "rough" : "smooth", count);
            for (int i = 0; i < 3; i++) {
                static const loci_method order[] = {LOCI_METHOD_ZOH, LOCI_METHOD_BILINEAR,
                                                    LOCI_METHOD_BACKWARD};
                coefficients_by(order[i], other, ORDER, u, count);
                printf(" %10.2g", apart(other, exact, ORDER));
            }
            printf("\n");
            free(u);
        }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--methods") == 0) {
        methods();
        return 0;
    }
    if (argc >= 3 && strcmp(argv[1], "--accuracy") == 0) {
        const double count = atof(argv[2]);
        if (!(count >= 100 && count <= 1e12)) {
            fprintf(stderr, "bench_memory: %s samples; 100 to 1e12 were expected\n", argv[2]);
            return 2;
        }
        for (int i = 3; i < argc; i++) accuracy((uint64_t)count, (size_t)atoi(argv[i]));
        if (argc == 3) {
            accuracy((uint64_t)count, 64);
            accuracy((uint64_t)count, 256);
        }
        return 0;
    }
    json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc > 1 && !json) {
        fprintf(stderr, "usage: bench_memory [--json | --methods | --accuracy SAMPLES [ORDER]...]\n");
        return 2;
    }
    speeds();
    return 0;
}
