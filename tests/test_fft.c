/* SPDX-License-Identifier: MIT
 * test_fft.c - the right-angle transform against the sum that defines it, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/each_precision.h"

#include "base/allocate.h"
#include "transform/fft.h"

enum { LANES = LOCI_LANES };

static const size_t lengths[] = {192,  256,  384,  512,  768,  1024,  1536,
                                 2048, 3072, 4096, 6144, 8192, 12288, 16384};

static void lengths_have_plans(void **state)
{
    (void)state;
    for (size_t L = 0; L < 5000; L++) {
        const size_t n = loci_fft_length(L);
        assert_true(n >= L && n >= 192 && (n < 2 * L || n == 192));
        size_t odd = n;
        while (odd % 2 == 0) odd /= 2;
        assert_true(odd == 1 || odd == 3);
    }
    assert_int_equal(loci_fft_length(193), 256);
    assert_int_equal(loci_fft_length(257), 384);
    assert_int_equal(loci_fft_length(1025), 1536);
    assert_int_equal(loci_fft_length(SIZE_MAX), 0);
}

static void frequencies_are_a_permutation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t n = lengths[i];
        loci_fft_plan *plan;
        assert_true(loci_fft_create(&plan, NULL, n));
        unsigned char *seen = loci_allocate(n, 1);
        assert_non_null(seen);
        for (size_t place = 0; place < n; place++) {
            const size_t k = loci_fft_frequency(plan, place);
            assert_true(k < n && !seen[k]);
            seen[k] = 1;
        }
        loci_free(seen);
        loci_fft_destroy(plan);
    }
}

/* Rounding: log2(n) epsilon of the 2-norm of the whole, with noise spread evenly over the points, of which
 * none exceeds the 1-norm of x; the factor 2 covers the largest of n points against the mean. */
static void the_transform_is_its_sum(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t cut = 0; cut < 2; cut++) {
            const size_t n = lengths[i], L = cut ? n - n / 5 : n;
            loci_fft_plan *plan;
            assert_true(loci_fft_create(&plan, NULL, n));
            real *x = loci_allocate(L * LANES, sizeof(real)), *back = loci_allocate(L * LANES, sizeof(real));
            real *spectrum = loci_allocate(2 * n * LANES, sizeof(real));
            real *scratch = loci_allocate(loci_fft_scratch(plan), sizeof(real));
            assert_true(x && back && spectrum && scratch);
            uint32_t seed = 7;
            double energy = 0;
            for (size_t j = 0; j < L * LANES; j++) {
                seed = seed * 1664525u + 1013904223u;
                x[j] = (real)((double)(int32_t)seed * 0x1p-31);
                energy += (double)x[j] * (double)x[j] / LANES;
            }
            loci_fft_forward(plan, spectrum, x, L, LOCI_REAL(0.5), scratch);
            const double noise = 2 * log2((double)n) * (double)LOCI_REAL_EPSILON * sqrt(energy);
            for (size_t trial = 0; trial < 40; trial++) {
                const size_t place = trial * 997 % n, lane = trial % LANES;
                const size_t k = loci_fft_frequency(plan, place);
                double re = 0, im = 0;
                for (size_t l = 0; l < L; l++) {
                    /* l (k + 1/4) / n = l (4 k + 1) / (4 n), reduced before it becomes an angle */
                    const size_t turns = l * (4 * k + 1) % (4 * n);
                    const double angle = -2 * 3.14159265358979323846 * (double)turns / (4 * (double)n);
                    re += (double)x[l * LANES + lane] * cos(angle);
                    im += (double)x[l * LANES + lane] * sin(angle);
                }
                assert_true(fabs((double)spectrum[2 * place * LANES + lane] - 0.5 * re) <= noise);
                assert_true(fabs((double)spectrum[(2 * place + 1) * LANES + lane] - 0.5 * im) <= noise);
            }
            loci_fft_inverse(plan, back, spectrum, L, LOCI_REAL(2.0) / (real)n, scratch);
            const double tolerance = 2 * noise / sqrt((double)n);
            for (size_t j = 0; j < L * LANES; j++)
                assert_true(fabs((double)back[j] - (double)x[j]) <= 2 * tolerance);
            loci_free(x), loci_free(back), loci_free(spectrum), loci_free(scratch);
            loci_fft_destroy(plan);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_have_plans),
        cmocka_unit_test(frequencies_are_a_permutation),
        cmocka_unit_test(the_transform_is_its_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
