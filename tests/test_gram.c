/* SPDX-License-Identifier: MIT
 * test_gram.c - Gram polynomials against Gram-Schmidt on powers, and merging against projection of the samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive/gram.h"
#include "base/random.h"

/* Orthogonal matrices of up to 64 columns by two passes of Gram-Schmidt, or by rotations: a few ulp times the root of that. */
#define ORTHOGONAL 1e-14

static double *numbers(size_t count)
{
    double *x = calloc(count > 0 ? count : 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static double off_identity(const double *m, size_t n)
{
    double worst = 0.0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            double sum = 0.0;
            for (size_t i = 0; i < n; i++) sum += m[i * n + a] * m[i * n + b];
            worst = fmax(worst, fabs(sum - (a == b ? 1.0 : 0.0)));
        }
    return worst;
}

static void matrices_are_orthogonal(void **state)
{
    (void)state;
    double *scratch = numbers(loci_gram_scratch(GRAM_ORDER_MAX)),
           *m = numbers(4 * GRAM_ORDER_MAX * GRAM_ORDER_MAX);
    for (size_t n = 1; n <= GRAM_ORDER_MAX; n++) {
        loci_gram_leaf(m, n, scratch);
        assert_true(off_identity(m, n) < ORTHOGONAL);
        for (uint64_t length = n; length < (uint64_t)1 << 40; length *= 16) {
            loci_gram_merge(m, length, length, n, scratch);
            assert_true(off_identity(m, 2 * n) < ORTHOGONAL);
            loci_gram_merge(m, length, n > 1 ? n - 1 : 1, n, scratch);
            assert_true(off_identity(m, n + (n > 1 ? n - 1 : 1)) < ORTHOGONAL);
        }
    }
    free(scratch);
    free(m);
}

/* The orthonormal polynomials of n samples by Gram-Schmidt on powers of x in [-1, 1], in long double: count <= 8 keeps the
 * powers far enough apart. */
static void by_powers(double *out, size_t n, size_t count)
{
    long double p[8][512];
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < n; i++) {
            const long double x = n > 1 ? 2.0L * (long double)i / (long double)(n - 1) - 1.0L : 0.0L;
            p[k][i] = powl(x, (long double)k);
        }
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < k; j++) {
                long double product = 0.0L;
                for (size_t i = 0; i < n; i++) product += p[j][i] * p[k][i];
                for (size_t i = 0; i < n; i++) p[k][i] -= product * p[j][i];
            }
        long double square = 0.0L;
        for (size_t i = 0; i < n; i++) square += p[k][i] * p[k][i];
        for (size_t i = 0; i < n; i++) p[k][i] /= sqrtl(square);
        for (size_t i = 0; i < n; i++) out[k * n + i] = (double)p[k][i];
    }
}

static void polynomials_are_those_of_the_samples(void **state)
{
    (void)state;
    double direct[8 * 512], leaf[64], value[8], scratch[2048];
    assert_true(loci_gram_scratch(8) <= 2048);
    for (size_t n = 1; n <= 8; n++) {
        by_powers(direct, n, n);
        loci_gram_leaf(leaf, n, scratch);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++) assert_true(fabs(leaf[i * n + k] - direct[k * n + i]) < 1e-13);
    }
    const size_t lengths[] = {16, 17, 100, 512};
    for (size_t l = 0; l < 4; l++) {
        by_powers(direct, lengths[l], 8);
        for (size_t i = 0; i < lengths[l]; i++) {
            loci_gram_evaluate(value, lengths[l], 8, (double)i);
            for (size_t k = 0; k < 8; k++) assert_true(fabs(value[k] - direct[k * lengths[l] + i]) < 1e-12);
        }
    }
}

/* Random samples, projected half by half and merged, against the projection of all of them. */
static void merging_is_projecting(void **state)
{
    (void)state;
    static const size_t pairs[][2] = {{8, 8},  {16, 16}, {128, 128}, {64, 8},
                                      {64, 3}, {8, 1},   {256, 200}, {5, 2}};
    double whole[8 * 512], part[8 * 512], x[512], scratch[2048];
    for (size_t at = 0; at < sizeof pairs / sizeof *pairs; at++) {
        const size_t a = pairs[at][0], b = pairs[at][1], n1 = a < 8 ? a : 8, n2 = b < 8 ? b : 8, m = n1 + n2;
        const size_t kept = a + b < 8 ? a + b : 8;
        double child[16], merged[16] = {0}, matrix[256], squares = 0.0, sum = 0.0;
        for (size_t i = 0; i < a + b; i++) x[i] = loci_random_normal(7, i);
        by_powers(part, a, n1);
        for (size_t k = 0; k < n1; k++) {
            child[k] = 0.0;
            for (size_t i = 0; i < a; i++) child[k] += part[k * a + i] * x[i];
        }
        by_powers(part, b, n2);
        for (size_t k = 0; k < n2; k++) {
            child[n1 + k] = 0.0;
            for (size_t i = 0; i < b; i++) child[n1 + k] += part[k * b + i] * x[a + i];
        }
        loci_gram_merge(matrix, a, b, 8, scratch);
        for (size_t k = 0; k < m; k++)
            for (size_t i = 0; i < m; i++) merged[k] += child[i] * matrix[i * m + k];
        by_powers(whole, a + b, kept);
        for (size_t k = 0; k < kept; k++) {
            double direct = 0.0;
            for (size_t i = 0; i < a + b; i++) direct += whole[k * (a + b) + i] * x[i];
            assert_true(fabs(merged[k] - direct) < 1e-12);
        }
        for (size_t k = 0; k < m; k++) {
            squares += child[k] * child[k];
            sum += merged[k] * merged[k];
        }
        assert_true(fabs(sum - squares) < 1e-13 * squares);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_are_orthogonal),
        cmocka_unit_test(polynomials_are_those_of_the_samples),
        cmocka_unit_test(merging_is_projecting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
