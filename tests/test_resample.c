/* SPDX-License-Identifier: MIT
 * test_resample.c - resampling against sines, whose samples at any rate are known, and against the sum that defines it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>

#define PI 3.14159265358979323846

/* The filter is designed for 84 dB: its ripple is 10^(-84/20) = 6.3e-5 on either side of the transition, by formulas that
 * are good to about 1 dB. 80 dB are promised. A sine may lose as much as the filter's ripple and gain what each of the
 * images lets through; both together stay within twice the ripple. */
#define RIPPLE 1e-4

static const struct {
    double from, to;
} rates[] = {{8000, 4000},
             {8000, 16000},
             {44100, 16000},
             {16000, 44100},
             {48000, 44100},
             {1, 3.14159265358979},
             {3.14159265358979, 1},
             {100, 7.3},
             {11025, 8000},
             {1, 256},
             {256, 1},
             {0.001, 0.0007}};
#define RATES (sizeof rates / sizeof rates[0])

typedef struct {
    double *y;
    size_t count;
} result;

/* u [n][channels], pushed in pieces of at most `piece`. */
static result resample(double from, double to, const double *u, size_t n, size_t channels, size_t piece)
{
    loci_resampler *r;
    loci_error error = {0};
    if (loci_resampler_create(&r, from, to, channels, &error) != LOCI_OK) fail_msg("%s", error.text);
    result a = {malloc((loci_resampler_room(r, n) + loci_resampler_room(r, 0)) * channels * sizeof(double)),
                0};
    double *room =
        malloc((loci_resampler_room(r, piece) + loci_resampler_room(r, 0)) * channels * sizeof *room);
    for (size_t at = 0; at < n; at += piece) {
        const size_t more = n - at < piece ? n - at : piece;
        const size_t count = loci_resampler_push(r, room, u + at * channels, more);
        assert_true(count <= loci_resampler_room(r, more));
        memcpy(a.y + a.count * channels, room, count * channels * sizeof *room);
        a.count += count;
    }
    const size_t count = loci_resampler_end(r, room);
    assert_true(count <= loci_resampler_room(r, 0));
    memcpy(a.y + a.count * channels, room, count * channels * sizeof *room);
    a.count += count;
    free(room);
    loci_resampler_free(r);
    return a;
}

static double *sine(double frequency, double rate, double phase, size_t n)
{
    double *u = malloc(n * sizeof *u);
    for (size_t i = 0; i < n; i++) u[i] = cos(2 * PI * frequency / rate * (double)i + phase);
    return u;
}

static void sines_below_pass_and_those_above_vanish(void **state)
{
    (void)state;
    static const double pass[] = {0, 0.01, 0.3, 0.77, 0.9}, stop[] = {1, 1.02, 1.2, 0.5, 0.99};
    for (size_t k = 0; k < RATES; k++) {
        const double from = rates[k].from, to = rates[k].to, low = (from < to ? from : to) / 2;
        const size_t n = (size_t)(600 * (from > to ? from / to : 1)), edge = (size_t)(60 * to / (2 * low));
        for (size_t f = 0; f < 5; f++) {
            double *u = sine(pass[f] * low, from, 0.3, n);
            const result a = resample(from, to, u, n, 1, n);
            assert_true(a.count > 3 * edge);
            for (size_t m = edge; m + edge < a.count; m++) {
                const double wanted = cos(2 * PI * pass[f] * low / to * (double)m + 0.3);
                if (!(fabs(a.y[m] - wanted) < 2 * RIPPLE))
                    fail_msg("%g to %g Hz: output %zu of %g Hz is off by %g", from, to, m, pass[f] * low,
                             a.y[m] - wanted);
            }
            free(a.y);
            free(u);
            if (from <= to) continue;
            /* the first three in terms of the lower Nyquist frequency, the last two of the upper one, if above it */
            const double frequency = f < 3 ? stop[f] * low : stop[f] * from / 2;
            if (frequency < low || frequency > from / 2) continue;
            u = sine(frequency, from, 0.3, n);
            const result b = resample(from, to, u, n, 1, n);
            for (size_t m = edge; m + edge < b.count; m++)
                if (!(fabs(b.y[m]) < RIPPLE))
                    fail_msg("%g to %g Hz: %g Hz leaves %g", from, to, frequency, b.y[m]);
            free(b.y);
            free(u);
        }
    }
}

/* A second way to the same numbers: the definition, without table, phases or pieces, in long double. */
static double by_definition(const double *u, size_t n, double from, double to, size_t m)
{
    const long double scale = from < to ? 1 : (long double)to / from, cut = 0.95L * scale;
    const long double width = (84 - 7.95L) / (2.285L * 2 * (long double)PI * 0.1L * scale),
                      beta = 0.1102L * (84 - 8.7L);
    const long double t = (long double)m * from / to;
    long double sum = 0, weights = 0;
    for (long k = (long)(t - width) - 1; k <= (long)(t + width) + 2; k++) {
        const long double d = t - k, x = (long double)PI * cut * d, z = d / width;
        if (fabsl(z) >= 1) continue;
        long double bessel = 1, term = 1;
        for (int i = 1; i < 60; i++) {
            term *= beta * beta * (1 - z * z) / 4 / i / i;
            bessel += term;
        }
        const long double h = (fabsl(x) < 1e-12L ? 1 : sinl(x) / x) * bessel;
        sum += h * (k < 0 ? u[0] : k >= (long)n ? u[n - 1] : u[k]);
        weights += h;
    }
    return (double)(sum / weights);
}

static void outputs_are_those_of_the_definition(void **state)
{
    (void)state;
    for (size_t k = 0; k < RATES; k++) {
        const double from = rates[k].from, to = rates[k].to;
        const size_t n = from > 100 * to ? 3000 : 300;
        double *u = malloc(n * sizeof *u);
        for (size_t i = 0; i < n; i++) u[i] = sin(0.1 * (double)(i * i % 971));
        const result a = resample(from, to, u, n, 1, 100);
        /* rows that are joined are off by 4e-7 of the sum of |h|, about 2.5; rounding is far below */
        for (size_t m = 0; m < a.count; m += 1 + a.count / 300) {
            const double wanted = by_definition(u, n, from, to, m);
            if (!(fabs(a.y[m] - wanted) < 1e-6))
                fail_msg("%g to %g Hz: output %zu is %g, not %g", from, to, m, a.y[m], wanted);
        }
        free(a.y);
        free(u);
    }
}

static void lengths_are_rounded_and_cuts_do_not_matter(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 7, 50, 127, 1025, 3001};
    for (size_t k = 0; k < RATES; k++)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            const double from = rates[k].from, to = rates[k].to;
            const size_t n = lengths[i];
            if ((double)n * to / from > 1e5) continue;
            double *u = malloc(2 * n * sizeof *u), *first = malloc(n * sizeof *first);
            for (size_t j = 0; j < 2 * n; j++) u[j] = sin(0.1 * (double)(j * j % 971));
            for (size_t j = 0; j < n; j++) first[j] = u[2 * j];
            const result whole = resample(from, to, u, n, 2, n), cut = resample(from, to, u, n, 2, 1 + n / 9);
            const result alone = resample(from, to, first, n, 1, 1);
            const double exact = (double)n * to / from;
            /* a tie of decimal fractions is none of the doubles next to them */
            if (fabs(exact - floor(exact) - 0.5) > 1e-9 || to == floor(to))
                assert_int_equal(whole.count, (size_t)floor(exact + 0.5));
            assert_int_equal(cut.count, whole.count);
            assert_int_equal(alone.count, whole.count);
            assert_memory_equal(cut.y, whole.y, 2 * whole.count * sizeof(double));
            for (size_t j = 0; j < alone.count; j++) assert_true(alone.y[j] == whole.y[2 * j]);
            free(whole.y);
            free(cut.y);
            free(alone.y);
            free(u);
            free(first);
        }
}

static void constants_and_equal_rates_change_nothing(void **state)
{
    (void)state;
    double u[500];
    for (size_t i = 0; i < 500; i++) u[i] = 1e6;
    for (size_t k = 0; k < RATES; k++) {
        const result a = resample(rates[k].from, rates[k].to, u, 500, 1, 77);
        for (size_t m = 0; m < a.count; m++)
            assert_true(fabs(a.y[m] - 1e6) < 1e-7); /* 500 roundings of 1e6 */
        free(a.y);
    }
    for (size_t i = 0; i < 500; i++) u[i] = sin((double)(i * i));
    const result same = resample(44100, 44100, u, 500, 1, 3);
    assert_int_equal(same.count, 500);
    for (size_t i = 0; i < 500; i++) assert_true(fabs(same.y[i] - u[i]) < 1e-15);
    free(same.y);
}

/* The position of an output is exact after any number of samples: 10 million at a ratio that is no short fraction. */
static void nothing_drifts(void **state)
{
    (void)state;
    enum { GROUP = 1 << 16 };
    const double from = 256, to = 1.1, frequency = 0.1;
    const uint64_t groups = 160;
    loci_resampler *r;
    assert_int_equal(loci_resampler_create(&r, from, to, 1, NULL), LOCI_OK);
    double *u = malloc(GROUP * sizeof *u), *y = malloc((loci_resampler_room(r, GROUP) + 1000) * sizeof *y);
    uint64_t count = 0;
    for (uint64_t g = 0; g < groups; g++) {
        for (uint64_t i = 0; i < GROUP; i++) u[i] = sin(2 * PI * frequency / from * (double)(g * GROUP + i));
        const size_t more = loci_resampler_push(r, y, u, GROUP);
        for (size_t m = 0; m < more; m++)
            if (count + m > 60)
                assert_true(fabs(y[m] - sin(2 * PI * frequency / to * (double)(count + m))) < 2 * RIPPLE);
        count += more;
    }
    count += loci_resampler_end(r, y);
    assert_int_equal(count, (uint64_t)floor((double)groups * GROUP * to / from + 0.5));
    loci_resampler_free(r);
    free(u);
    free(y);
}

static void it_begins_anew_after_the_end(void **state)
{
    (void)state;
    double u[300], first[600], second[600];
    for (size_t i = 0; i < 300; i++) u[i] = sin((double)i);
    loci_resampler *r;
    assert_int_equal(loci_resampler_create(&r, 3, 2, 1, NULL), LOCI_OK);
    assert_int_equal(loci_resampler_end(r, first), 0);
    size_t a = loci_resampler_push(r, first, u, 300);
    a += loci_resampler_end(r, first + a);
    size_t b = loci_resampler_push(r, second, u, 300);
    b += loci_resampler_push(r, second + b, u, 0);
    b += loci_resampler_end(r, second + b);
    assert_int_equal(a, 200);
    assert_int_equal(b, 200);
    assert_memory_equal(first, second, 200 * sizeof *first);
    loci_resampler_free(r);
}

static void rates_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const double bad[][2] = {{0, 1},        {1, 0},   {-1, 1},    {NAN, 1},
                                    {1, INFINITY}, {257, 1}, {1, 256.1}, {1e-300, 1e300}};
    loci_resampler *r;
    loci_error error;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_int_equal(loci_resampler_create(&r, bad[k][0], bad[k][1], 1, &error), LOCI_E_ARGUMENT);
        assert_null(r);
        assert_non_null(strstr(error.text, "expected"));
    }
    assert_int_equal(loci_resampler_create(&r, 1, 2, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_resampler_create(&r, 1, 2, 65536, &error), LOCI_E_ARGUMENT);
    /* the smallest and the largest doubles are rates too */
    static const double odd[][2] = {
        {5e-324, 1e-322}, {1e308, 1.7e308}, {0x1.fffffffffffffp0, 0x1.0000000000001p8}};
    for (size_t k = 0; k < 3; k++) {
        double u[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        const result a = resample(odd[k][0], odd[k][1], u, 9, 1, 4);
        assert_int_equal(a.count, (size_t)floor(9 * (odd[k][1] / odd[k][0]) + 0.5));
        free(a.y);
    }
    loci_resampler_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_below_pass_and_those_above_vanish),
        cmocka_unit_test(outputs_are_those_of_the_definition),
        cmocka_unit_test(lengths_are_rounded_and_cuts_do_not_matter),
        cmocka_unit_test(constants_and_equal_rates_change_nothing),
        cmocka_unit_test(nothing_drifts),
        cmocka_unit_test(it_begins_anew_after_the_end),
        cmocka_unit_test(rates_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
