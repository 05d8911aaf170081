/* SPDX-License-Identifier: MIT
 * bench_ssm.c - what kernels and the three forms cost on one core, in float: medians, and how they scale in L, N and H.
 *
 *     bench_ssm [--json] */
#include "base/real.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <loci/forms.h>
#include <loci/init.h>
#include <loci/system.h>

#include "base/allocate.h"
#include "bench.h"
#include "ssm/block.h"
#include "ssm/chunk.h"
#include "ssm/kernel.h"
#include "ssm/kernel_diagonal.h"
#include "ssm/recurrence.h"
#include "transform/convolution.h"

enum { V = LOCI_LANES };

static int json;

/* What only the table has. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (!json) vprintf(format, values);
    va_end(values);
}

/* Time of this thread on a processor: other programs on the machine take from it only what they take from the caches. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median over rounds of the mean time of `times` calls in a row, in seconds. */
typedef struct {
    double round[101];
    size_t rounds;
} timing;

#define TIME(t, rounds_, times, call)                                                                        \
    do {                                                                                                     \
        call;                                                                                                \
        for ((t).rounds = 0; (t).rounds < (rounds_); (t).rounds++) {                                         \
            const double begin_ = now();                                                                     \
            for (size_t i_ = 0; i_ < (times); i_++) call;                                                    \
            (t).round[(t).rounds] = (now() - begin_) / (double)(times);                                      \
        }                                                                                                    \
        qsort((t).round, (t).rounds, sizeof(double), ascending);                                             \
    } while (0)

static double median(const timing *t)
{
    return t->round[t->rounds / 2];
}

static void must(loci_status status, const loci_error *error)
{
    if (!status) return;
    fprintf(stderr, "bench_ssm: %s\n", error->text);
    exit(1);
}

static void *memory(size_t count, size_t size)
{
    void *p = loci_allocate(count, size);
    if (!p) exit(1);
    return p;
}

static loci_system *make(const char *kind, size_t order, size_t copies)
{
    char text[80];
    loci_system *s;
    loci_error error;
    snprintf(text, sizeof text, "%s:%zu,copies=%zu", kind, order, copies);
    must(loci_system_parse(&s, text, &error), &error);
    return s;
}

static real *noise(size_t count)
{
    real *x = memory(count, sizeof *x);
    uint32_t seed = 1;
    for (size_t i = 0; i < count; i++)
        x[i] = (real)(int32_t)(seed = seed * 1664525u + 1013904223u) * LOCI_REAL(0x1p-31);
    return x;
}

/* Kernels as a layer makes them (blocks of 16 copies, prepared block by block), and through the public door. */
static void kernels(void)
{
    const size_t H = 128, N = 64, L = 1024;
    say("kernels, H %zu, N %zu, L %zu, ms: forward, backward\n", H, N, L);
    const char *kinds[] = {"s4d-lin", "s4-legs", "s4-legt"};
    const loci_discretization rules[] = {LOCI_ZOH, LOCI_BILINEAR, LOCI_BILINEAR};
    for (size_t i = 0; i < 3; i++) {
        loci_system *s = make(kinds[i], N, H), *d;
        loci_error error;
        must(loci_system_copy(&d, s, &error), &error);
        real *k = noise(L * H);
        timing forward, backward;
        TIME(forward, 21, 1, must(loci_kernel(k, s, rules[i], L, &error), &error));
        TIME(backward, i ? 7 : 21, 1, must(loci_kernel_backward(d, k, s, rules[i], L, &error), &error));
        const char *rule = loci_discretization_name(rules[i]);
        const double there = 1e3 * median(&forward), back = 1e3 * median(&backward);
        say("  %-8s %-9s %7.3f %7.3f\n", kinds[i], rule, there, back);
        if (json) {
            bench_figure(there, "ms", "kernel %s %s H %zu N %zu L %zu", kinds[i], rule, H, N, L);
            bench_figure(back, "ms", "kernel %s %s H %zu N %zu L %zu, backward", kinds[i], rule, H, N, L);
        }
        loci_free(k), loci_system_free(s), loci_system_free(d);
    }
}

/* Microseconds a channel of one form. */
static void form_figure(const timing *t, double channels, const char *form, size_t N, size_t L)
{
    const double each = 1e6 * median(t) / channels;
    say(" %8.2f", each);
    if (json) bench_figure(each, "us a channel", "%s N %zu L %zu", form, N, L);
}

/* One block of 16 channels in every form, in the library's own layout. */
static void forms(size_t N, size_t L, size_t blocks)
{
    loci_system *s = make("s4d-lin", N, V);
    loci_error error;
    const size_t size = loci_block_size(s->width, 0);
    double *exact = memory(size, sizeof *exact);
    loci_block block = loci_block_lay_out(exact, s, LOCI_ZOH);
    must(loci_block_discretize(&block, s, 0, LOCI_ZOH, 1, &error), &error);
    real *coefficients = memory(size, sizeof *coefficients);
    for (size_t i = 0; i < size; i++) coefficients[i] = (real)exact[i];
    const loci_recurrence_block recurrence = {.modes = s->width,
                                              .z = coefficients + (block.z - exact),
                                              .b1 = coefficients + (block.b1 - exact),
                                              .c = coefficients + (block.c - exact),
                                              .d = coefficients + (block.d - exact)};
    loci_convolution *plan;
    must(loci_convolution_create(&plan, NULL, L, L, &error), &error);
    real *k = memory(L * V, sizeof *k), *prepared = memory(loci_convolution_prepared_size(plan), sizeof *k);
    real *dprepared = memory(loci_convolution_prepared_size(plan), sizeof *k);
    real *scratch = memory(loci_convolution_scratch_size(plan), sizeof *k);
    must(loci_kernel_block(k, s, 0, LOCI_ZOH, L, &error), &error);
    loci_convolution_prepare(plan, prepared, k, scratch);
    real *u = noise(blocks * L * V), *y = memory(blocks * L * V, sizeof *y), *du = memory(L * V, sizeof *du);
    real *state = memory((N + 4) * V, sizeof *state), *dstate = memory((N + 4) * V, sizeof *state);
    const double channels = (double)(blocks * V);
    const size_t rounds = L > 4096 ? 9 : 21;
    timing t;
    say("  %5zu %7zu", N, L);
    TIME(t, rounds, 1,
         for (size_t b = 0; b < blocks; b++)
             loci_convolution_apply(plan, y + b * L * V, u + b * L * V, prepared, scratch));
    form_figure(&t, channels, "convolution", N, L);
    TIME(t, rounds, 1,
         for (size_t b = 0; b < blocks; b++)
             loci_convolution_backward(plan, du, dprepared, y + b * L * V, u + b * L * V, prepared, scratch));
    form_figure(&t, channels, "convolution, backward", N, L);
    for (size_t T = 16; T <= 64; T *= 2) {
        char name[32], back[48];
        snprintf(name, sizeof name, "chunks of %zu", T);
        snprintf(back, sizeof back, "%s, backward", name);
        real *tables = memory(loci_chunk_size(T, N, 1, 0), sizeof *tables),
             *dtables = memory(loci_chunk_size(T, N, 1, 0), sizeof *tables);
        loci_chunk chunk = loci_chunk_lay_out(tables, T, N, 1, 0),
                   dchunk = loci_chunk_lay_out(dtables, T, N, 1, 0);
        void *own = memory(loci_chunk_scratch(&chunk, L) + loci_kernel_diagonal_scratch(s->width), 1);
        loci_chunk_prepare(&chunk, &block, own);
        TIME(t, rounds, 1,
             for (size_t b = 0; b < blocks; b++)
                 loci_chunk_run(y + b * L * V, state, u + b * L * V, &chunk, L, own));
        form_figure(&t, channels, name, N, L);
        TIME(t, rounds, 1,
             for (size_t b = 0; b < blocks; b++) loci_chunk_backward(&dchunk, du, dstate, y + b * L * V,
                                                                     u + b * L * V, state, &chunk, L, own));
        form_figure(&t, channels, back, N, L);
        loci_free(tables), loci_free(dtables), loci_free(own);
    }
    TIME(t, rounds, 1,
         for (size_t b = 0; b < blocks; b++)
             loci_recurrence_diagonal(y + b * L * V, state, u + b * L * V, &recurrence, L));
    form_figure(&t, channels, "recurrence", N, L);
    say("\n");
    loci_convolution_destroy(plan);
    loci_free(k), loci_free(prepared), loci_free(dprepared), loci_free(scratch), loci_free(u), loci_free(y),
        loci_free(du);
    loci_free(state), loci_free(dstate), loci_free(exact), loci_free(coefficients), loci_system_free(s);
}

/* One sample through H copies. */
static void steps(const char *kind, loci_discretization rule, size_t H, size_t N)
{
    loci_system *s = make(kind, N, H);
    loci_error error;
    const size_t blocks = loci_lane_blocks(H), size = loci_block_size(s->width, s->rank);
    double *exact = memory(size, sizeof *exact);
    real *coefficients = memory(blocks * size, sizeof *coefficients),
         *state = memory(blocks * N * V, sizeof *state);
    real *u = noise(blocks * V), *y = memory(blocks * V, sizeof *y);
    loci_recurrence_block *block = memory(blocks, sizeof *block);
    for (size_t i = 0; i < blocks; i++) {
        loci_block one = loci_block_lay_out(exact, s, rule);
        real *at = coefficients + i * size;
        must(loci_block_discretize(&one, s, i * V, rule, 1, &error), &error);
        for (size_t n = 0; n < size; n++) at[n] = (real)exact[n];
        block[i] = (loci_recurrence_block){.modes = s->width,
                                           .rank = s->rank,
                                           .z = at + (one.z - exact),
                                           .b1 = at + (one.b1 - exact),
                                           .c = at + (one.c - exact),
                                           .d = at + (one.d - exact),
                                           .q = s->rank ? at + (one.q - exact) : NULL,
                                           .g = s->rank ? at + (one.g - exact) : NULL};
    }
    timing t;
    if (s->rank)
        TIME(t, 51, 200,
             for (size_t i = 0; i < blocks; i++)
                 loci_recurrence_dplr(y + i * V, state + i * N * V, u + i * V, block + i, 1));
    else
        TIME(t, 51, 200,
             for (size_t i = 0; i < blocks; i++)
                 loci_recurrence_diagonal(y + i * V, state + i * N * V, u + i * V, block + i, 1));
    say("  %-8s H %4zu N %4zu %8.2f us\n", kind, H, N, 1e6 * median(&t));
    if (json)
        bench_figure(1e6 * median(&t), "us", "one sample of the recurrence, %s H %zu N %zu", kind, H, N);
    loci_free(exact), loci_free(coefficients), loci_free(state), loci_free(u), loci_free(y), loci_free(block);
    loci_system_free(s);
}

/* A whole run through the public door, row-major, layout included. */
static void run(const char *kind, loci_form form, size_t H, size_t N, size_t L)
{
    loci_system *s = make(kind, N, H);
    loci_ssm *ssm;
    loci_error error;
    const loci_ssm_options options = {
        .form = form, .discretization = LOCI_BILINEAR, .single = !LOCI_REAL_IS_DOUBLE, .length = L};
    must(loci_ssm_create(&ssm, s, &options, &error), &error);
    real *u = noise(L * H), *y = memory(L * H, sizeof *y);
    void *workspace = memory(loci_ssm_workspace_size(ssm, L), 1);
    timing t;
    TIME(t, L * H > 2000000 ? 3 : 9, 1,
         must(LOCI_NAME(loci_ssm_run)(ssm, y, NULL, u, NULL, 1, L, workspace, &error), &error));
    const double each = 1e9 * median(&t) / (double)(L * H);
    say(" %9.2f", each);
    if (json)
        bench_figure(each, "ns a channel and sample", "%s %s H %zu N %zu L %zu", kind, loci_form_name(form),
                     H, N, L);
    fflush(stdout);
    loci_free(u), loci_free(y), loci_free(workspace), loci_ssm_free(ssm), loci_system_free(s);
}

int main(int argc, char **argv)
{
    json = bench_json(argc, argv);
    kernels();
    say("one sample of the recurrence\n");
    steps("s4d-lin", LOCI_ZOH, 128, 64);
    steps("s4-legs", LOCI_BILINEAR, 128, 64);
    say("forms, diagonal, us a channel of length L in blocks of 16 channels (128 of them): forward, backward\n"
        "      N       L      convolution       chunks of 16       chunks of 32       chunks of 64  recurrence\n");
    for (size_t N = 16; N <= 128; N *= 2) forms(N, 1024, 8);
    forms(64, 16384, 8);
    say("scaling, row-major, ns a channel and sample: convolution, mixed, recurrent\n");
    for (size_t L = 256; L <= (size_t)1 << 20; L *= 4) {
        say("  H   16 N  64 L %7zu", L);
        for (int form = LOCI_CONVOLUTION; form <= LOCI_MIXED; form++)
            run("s4d-lin", (loci_form)form, 16, 64, L);
        run("s4d-lin", LOCI_RECURRENT, 16, 64, L);
        say("\n");
    }
    for (size_t N = 4; N <= 256; N *= 4) {
        say("  H   16 N %3zu L    4096", N);
        for (int form = LOCI_CONVOLUTION; form <= LOCI_MIXED; form++)
            run("s4d-lin", (loci_form)form, 16, N, 4096);
        run("s4d-lin", LOCI_RECURRENT, 16, N, 4096);
        say("\n");
    }
    for (size_t H = 1; H <= 1024; H *= 4) {
        say("  H %4zu N  64 L    1024", H);
        for (int form = LOCI_CONVOLUTION; form <= LOCI_MIXED; form++)
            run("s4d-lin", (loci_form)form, H, 64, 1024);
        run("s4d-lin", LOCI_RECURRENT, H, 64, 1024);
        say("\n");
    }
    say("  dplr, rank 1\n");
    for (size_t N = 16; N <= 64; N *= 2) {
        say("  H   16 N %3zu L    4096", N);
        for (int form = LOCI_CONVOLUTION; form <= LOCI_MIXED; form++)
            run("s4-legs", (loci_form)form, 16, N, 4096);
        run("s4-legs", LOCI_RECURRENT, 16, N, 4096);
        say("\n");
    }
    if (json) bench_figures_end();
    return 0;
}
