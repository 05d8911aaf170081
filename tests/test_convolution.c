/* SPDX-License-Identifier: MIT
 * test_convolution.c - causal convolution against the sum that defines it, and its gradients three ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/each_precision.h"

#include "base/allocate.h"
#include "transform/convolution.h"
#include "transform/fft.h"

enum { LANES = LOCI_LANES };

static uint64_t seed = 1;

static double uniform(void) /* in [-1, 1) */
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)seed * 0x1p-63;
}

/* [rows][16] random numbers in the first `channels` lanes, zeros in the others */
static real *signal(size_t rows, int channels)
{
    real *x = loci_allocate(rows * LANES, sizeof(real));
    assert_non_null(x);
    for (size_t l = 0; l < rows; l++)
        for (int c = 0; c < channels; c++) x[l * LANES + (size_t)c] = (real)uniform();
    return x;
}

static double norm(const real *x, size_t rows, size_t channel)
{
    double sum = 0;
    for (size_t l = 0; l < rows; l++) sum += (double)x[l * LANES + channel] * (double)x[l * LANES + channel];
    return sqrt(sum);
}

/* The sums that are to come out, in long double, since they check double too. */
static double causal(const real *k, size_t taps, const real *u, size_t l, size_t channel)
{
    long double sum = 0;
    for (size_t m = 0; m <= l && m < taps; m++)
        sum += (long double)k[m * LANES + channel] * (long double)u[(l - m) * LANES + channel];
    return (double)sum;
}

static double anticausal(const real *k, size_t taps, const real *dy, size_t L, size_t l, size_t channel)
{
    long double sum = 0;
    for (size_t m = 0; m < taps && l + m < L; m++)
        sum += (long double)k[m * LANES + channel] * (long double)dy[(l + m) * LANES + channel];
    return (double)sum;
}

static double correlation(const real *dy, const real *u, size_t L, size_t m, size_t channel)
{
    long double sum = 0;
    for (size_t l = m; l < L; l++)
        sum += (long double)dy[l * LANES + channel] * (long double)u[(l - m) * LANES + channel];
    return (double)sum;
}

/* Signals of random signs: an output is about |a| |b| / sqrt(L), and three transforms and a product, chains
 * of log2(n) roundings of half an epsilon each, put noise of about log2(n) epsilon of that evenly on all
 * outputs. Four times as much is for the largest of them. A direct sum, of at most 6 log2(n) products, stays
 * below. */
static double bound(double a, double b, size_t L)
{
    return 4 * log2((double)L + 256) * (double)LOCI_REAL_EPSILON * a * b / sqrt((double)L);
}

typedef struct {
    loci_convolution *plan;
    real *k, *u, *dy, *prepared, *dprepared, *scratch, *y, *du, *dk;
} fixture;

static fixture make(size_t L, size_t taps, int channels)
{
    fixture f = {.k = signal(taps, channels), .u = signal(L, channels), .dy = signal(L, channels)};
    assert_int_equal(loci_convolution_create(&f.plan, NULL, L, taps, NULL), LOCI_OK);
    f.prepared = loci_allocate(loci_convolution_prepared_size(f.plan), sizeof(real));
    f.dprepared = loci_allocate(loci_convolution_prepared_size(f.plan), sizeof(real));
    f.scratch = loci_allocate(loci_convolution_scratch_size(f.plan), sizeof(real));
    f.y = loci_allocate(L * LANES, sizeof(real));
    f.du = loci_allocate(L * LANES, sizeof(real));
    f.dk = loci_allocate(taps * LANES, sizeof(real));
    assert_true(f.prepared && f.dprepared && f.scratch && f.y && f.du && f.dk);
    loci_convolution_prepare(f.plan, f.prepared, f.k, f.scratch);
    return f;
}

static void drop(fixture *f)
{
    real *all[] = {f->k, f->u, f->dy, f->prepared, f->dprepared, f->scratch, f->y, f->du, f->dk};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    loci_convolution_destroy(f->plan);
}

static void close_to(double got, double wanted, double tolerance, const char *what, size_t L, size_t taps,
                     size_t at)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%s[%zu] of L %zu, taps %zu: %.17g, %.17g was expected, off by %.2g (%.2g allowed)", what,
                 at, L, taps, got, wanted, got - wanted, tolerance);
}

/* Everything at one length against the sums, in `channels` lanes; long signals at a sample of the places. */
static void check(size_t L, size_t taps, int channels)
{
    fixture f = make(L, taps, channels);
    loci_convolution_apply(f.plan, f.y, f.u, f.prepared, f.scratch);
    loci_convolution_backward(f.plan, f.du, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
    loci_convolution_gradient(f.plan, f.dk, f.dprepared, f.scratch);
    const size_t used = taps < L ? taps : L, step = L * used > 2000000 ? L / 29 : L * used > 60000 ? 7 : 1;
    for (size_t c = 0; c<(size_t)channels; c += step> 1 ? 5 : 1) {
        const double ku = bound(norm(f.k, used, c), norm(f.u, L, c), L);
        const double kg = bound(norm(f.k, used, c), norm(f.dy, L, c), L);
        const double gu = bound(norm(f.dy, L, c), norm(f.u, L, c), L);
        for (size_t i = 0; i < L + step; i += step) {
            const size_t l = i < L ? i : L - 1;
            close_to(f.y[l * LANES + c], causal(f.k, used, f.u, l, c), ku, "y", L, taps, l);
            close_to(f.du[l * LANES + c], anticausal(f.k, used, f.dy, L, l, c), kg, "du", L, taps, l);
            if (l < used)
                close_to(f.dk[l * LANES + c], correlation(f.dy, f.u, L, l, c), gu, "dk", L, taps, l);
        }
    }
    for (size_t l = 0; l < L; l++)
        for (size_t c = (size_t)channels; c < LANES; c++)
            assert_true(f.y[l * LANES + c] == 0 && f.du[l * LANES + c] == 0 &&
                        (l >= used || f.dk[l * LANES + c] == 0));
    drop(&f);
}

static void any_length_is_the_sum(void **state)
{
    (void)state;
    const size_t lengths[] = {1,    2,    3,    5,    7,    8,    9,     16,    17,    63,
                              100,  128,  150,  191,  192,  193,  255,   256,   257,   384,
                              500,  512,  513,  768,  1000, 1023, 1024,  1025,  1536,  2048,
                              3000, 3072, 4096, 4097, 6144, 8192, 12288, 16384, 16385, 24576};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check(lengths[i], lengths[i], (int)(lengths[i] % 16) + 1);
}

static void any_number_of_taps(void **state)
{
    (void)state;
    const size_t taps[] = {1, 2, 3, 4, 7, 8, 9, 15, 31, 48, 64, 100, 200, 299, 300, 1000};
    for (size_t i = 0; i < sizeof taps / sizeof *taps; i++) {
        check(300, taps[i], 5);
        check(1027, taps[i], 16);
    }
}

static void outputs_may_be_inputs(void **state)
{
    (void)state;
    const size_t lengths[] = {1, 13, 60, 777, 1024};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t L = lengths[i], bytes = L * LANES * sizeof(real);
        fixture f = make(L, L, 16);
        loci_convolution_apply(f.plan, f.y, f.u, f.prepared, f.scratch);
        loci_convolution_backward(f.plan, f.du, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
        loci_convolution_backward(f.plan, f.dy, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
        loci_convolution_apply(f.plan, f.u, f.u, f.prepared, f.scratch);
        assert_memory_equal(f.u, f.y, bytes);
        assert_memory_equal(f.dy, f.du, bytes);
        drop(&f);
    }
}

/* <dy, k * v> = <du, v> for every v, and the gradient of the kernel adds up over a batch. */
static void gradients_are_the_adjoint(void **state)
{
    (void)state;
    const size_t lengths[] = {11, 90, 333, 1024, 5000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t L = lengths[i];
        fixture f = make(L, L, 16);
        real *v = signal(L, 16);
        loci_convolution_backward(f.plan, f.du, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
        loci_convolution_backward(f.plan, f.du, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
        loci_convolution_gradient(f.plan, f.dk, f.dprepared, f.scratch);
        loci_convolution_apply(f.plan, f.y, v, f.prepared, f.scratch);
        for (size_t c = 0; c < LANES; c++) {
            double forward = 0, backward = 0, kernel = 0, output = 0;
            for (size_t l = 0; l < L; l++) {
                forward += (double)f.dy[l * LANES + c] * (double)f.y[l * LANES + c];
                backward += (double)f.du[l * LANES + c] * (double)v[l * LANES + c];
                kernel += (double)f.dk[l * LANES + c] * (double)f.k[l * LANES + c];
                output += (double)f.dy[l * LANES + c] * causal(f.k, L, f.u, l, c);
            }
            /* errors of L outputs, independent in sign, weighted by dy: |dy| times the bound of one */
            const double one = bound(norm(f.k, L, c), norm(v, L, c), L);
            close_to(backward, forward, one * (norm(f.dy, L, c) + norm(v, L, c)), "inner product", L, L, c);
            const double sum = bound(norm(f.dy, L, c), norm(f.u, L, c), L) * norm(f.k, L, c);
            close_to(kernel, 2 * output, 4 * sum, "kernel product", L, L, c);
        }
        loci_free(v);
        drop(&f);
    }
}

/* y is linear in u and in k, so central differences carry no truncation error; in double, whose rounding is
 * far away. */
static void gradients_are_finite_differences(void **state)
{
    (void)state;
    const double h = LOCI_REAL_IS_DOUBLE ? 1e-3 : 0.25;
    const size_t lengths[] = {20, 260};
    for (size_t i = 0; i < 2; i++) {
        const size_t L = lengths[i];
        fixture f = make(L, L, 16);
        loci_convolution_backward(f.plan, f.du, f.dprepared, f.dy, f.u, f.prepared, f.scratch);
        loci_convolution_gradient(f.plan, f.dk, f.dprepared, f.scratch);
        for (size_t trial = 0; trial < 12; trial++) {
            const size_t l = trial * (L - 1) / 11, c = (5 * trial) % LANES;
            double loss[2][2];
            for (int side = 0; side < 2; side++)
                for (int which = 0; which < 2; which++) {
                    real *at = (which ? f.k : f.u) + l * LANES + c, keep = *at;
                    *at += (real)(side ? h : -h);
                    loci_convolution_prepare(f.plan, f.prepared, f.k, f.scratch);
                    loci_convolution_apply(f.plan, f.y, f.u, f.prepared, f.scratch);
                    loss[which][side] = 0;
                    for (size_t j = 0; j < L; j++)
                        loss[which][side] += (double)f.dy[j * LANES + c] * (double)f.y[j * LANES + c];
                    *at = keep;
                }
            const double tolerance =
                bound(norm(f.k, L, c) + h, norm(f.u, L, c) + h, L) * norm(f.dy, L, c) / h + 1e-13;
            close_to(f.du[l * LANES + c], (loss[0][1] - loss[0][0]) / (2 * h), tolerance, "du", L, L, l);
            close_to(f.dk[l * LANES + c], (loss[1][1] - loss[1][0]) / (2 * h), tolerance, "dk", L, L, l);
        }
        drop(&f);
    }
}

/* A channel that has gone wrong does not reach the others. */
static void lanes_are_apart(void **state)
{
    (void)state;
    const size_t lengths[] = {40, 1000};
    for (size_t i = 0; i < 2; i++) {
        const size_t L = lengths[i];
        fixture f = make(L, L, 16);
        loci_convolution_apply(f.plan, f.y, f.u, f.prepared, f.scratch);
        memcpy(f.du, f.y, L * LANES * sizeof(real));
        f.u[3] = NAN;
        f.u[LANES + 9] = INFINITY;
        loci_convolution_apply(f.plan, f.y, f.u, f.prepared, f.scratch);
        assert_true(isnan(f.y[3]));
        for (size_t l = 0; l < L; l++)
            for (size_t c = 0; c < LANES; c++)
                if (c != 3 && c != 9) assert_true(f.y[l * LANES + c] == f.du[l * LANES + c]);
        drop(&f);
    }
}

static void nothing_to_convolve_is_refused(void **state)
{
    (void)state;
    loci_convolution *plan = NULL;
    loci_error error;
    assert_int_equal(loci_convolution_create(&plan, NULL, 0, 1, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "0 samples"));
    assert_int_equal(loci_convolution_create(&plan, NULL, 5, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_convolution_create(&plan, NULL, SIZE_MAX, SIZE_MAX, &error), LOCI_E_MEMORY);
    assert_int_equal(loci_convolution_create(&plan, NULL, SIZE_MAX / 3, 7, &error), LOCI_E_MEMORY);
    assert_null(plan);
    loci_convolution_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_length_is_the_sum),
        cmocka_unit_test(any_number_of_taps),
        cmocka_unit_test(outputs_may_be_inputs),
        cmocka_unit_test(gradients_are_the_adjoint),
        cmocka_unit_test(gradients_are_finite_differences),
        cmocka_unit_test(lanes_are_apart),
        cmocka_unit_test(nothing_to_convolve_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
