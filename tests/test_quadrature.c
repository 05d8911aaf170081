/* SPDX-License-Identifier: MIT
 * test_quadrature.c - Gauss-Legendre nodes and weights against stored digits, long double, and exact
 * integrals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/basis.h>

#include "near.h"

#define PROMISE 1e-13 /* relative, of nodes and weights */

/* count, index, node, weight, by 300-bit arithmetic */
static const struct {
    size_t count, i;
    double node, weight;
} digits[] = {
    {2, 0, 0.21132486540518711775, 0.5},
    {2, 1, 0.78867513459481288225, 0.5},
    {5, 0, 4.6910077030668003601e-2, 0.11846344252809454376},
    {5, 1, 0.23076534494715845448, 0.23931433524968323402},
    {5, 2, 0.5, 0.28444444444444444444},
    {64, 0, 3.4747913211393027155e-4, 8.9164036084821647365e-4},
    {64, 1, 1.8299416140223603265e-3, 2.0735166302812338176e-3},
    {64, 15, 0.14005907491419458658, 1.6902580918570804696e-2},
    {64, 30, 0.46350343910610048028, 2.4287733720751713467e-2},
    {64, 31, 0.48782485366828778375, 2.4345478504569860192e-2},
    {1025, 0, 1.3747875908520877434e-6, 3.5281473009106615073e-6},
    {1025, 1, 7.2436597515458082799e-6, 8.2128232023393008525e-6},
    {1025, 255, 0.14577036145483308829, 1.081025746501526595e-3},
    {1025, 511, 0.49846826554545466211, 1.5317296628310544435e-3},
    {1025, 512, 0.5, 1.5317368504036038532e-3},
    {2048, 0, 3.4453644733521044516e-7, 8.8419168333303559034e-7},
    {2048, 1, 1.8153411275211005627e-6, 2.0582279152911127214e-6},
    {2048, 511, 0.14624334902338421262, 5.4189979969633286036e-4},
    {2048, 1022, 0.49884979626951958303, 7.6680113437649524655e-4},
    {2048, 1023, 0.49961659845592635712, 7.6680293785716514017e-4},
};

static void gauss(double *node, double *weight, size_t count)
{
    loci_error error;
    if (loci_quadrature_gauss(node, weight, count, &error) != LOCI_OK) fail_msg("%s", error.text);
}

static void stored_digits(void **state)
{
    (void)state;
    double *node = malloc(2048 * sizeof *node), *weight = malloc(2048 * sizeof *weight);
    assert_true(node && weight);
    for (size_t d = 0; d < sizeof digits / sizeof *digits; d++) {
        const size_t count = digits[d].count, i = digits[d].i;
        gauss(node, weight, count);
        assert_near(node[i], digits[d].node, PROMISE * digits[d].node, "node %zu of %zu", i, count);
        assert_near(weight[i], digits[d].weight, PROMISE * digits[d].weight, "weight %zu of %zu", i, count);
    }
    free(node);
    free(weight);
}

/* Newton in long double with the usual form of the recurrence: its error near the ends, about count^2 ulp of
 * 1/count^2, stays far below the promise. */
static void against_long_double(void **state)
{
    (void)state;
    if (LDBL_MANT_DIG < 64) skip();
    const size_t counts[] = {1, 2, 3, 4, 7, 32, 63, 64, 65, 66, 200, 333};
    double node[333], weight[333];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        const size_t count = counts[c];
        gauss(node, weight, count);
        for (size_t i = 0; i < (count + 1) / 2; i++) { /* the others are mirrored, and round at 1 */
            long double z = 2.0L * (long double)node[i] - 1.0L, slope = 1.0L;
            for (int step = 0; step < 3; step++) {
                long double last = 1.0L, p = z;
                for (size_t n = 1; n < count; n++) {
                    const long double m = (long double)n, next = ((2 * m + 1) * z * p - m * last) / (m + 1);
                    last = p;
                    p = next;
                }
                slope = (long double)count * (last - z * p) / (1.0L - z * z);
                z -= p / slope;
            }
            assert_near(node[i], 0.5L + 0.5L * z, PROMISE * node[i], "node %zu of %zu", i, count);
            assert_near(weight[i], 1.0L / ((1.0L - z * z) * slope * slope), PROMISE * weight[i],
                        "weight %zu of %zu", i, count);
        }
    }
}

static void order_and_symmetry(void **state)
{
    (void)state;
    double *node = malloc(2048 * sizeof *node), *weight = malloc(2048 * sizeof *weight);
    assert_true(node && weight);
    for (size_t count = 1; count <= 2048; count += count < 70 ? 1 : count / 3) {
        gauss(node, weight, count);
        double sum = 0.0;
        for (size_t i = 0; i < count; i++) {
            assert_true(node[i] > (i ? node[i - 1] : 0.0) && node[i] < 1.0 && weight[i] > 0.0);
            if (node[i] <= 0.5) assert_true(node[count - 1 - i] == 1.0 - node[i]);
            assert_true(weight[i] == weight[count - 1 - i]);
            sum += weight[i];
        }
        if (count % 2) assert_true(node[count / 2] == 0.5);
        assert_near(sum, 1.0, PROMISE, "sum of %zu weights", count);
    }
    free(node);
    free(weight);
}

/* The integral of x^k is 1/(k+1), exactly up to degree 2 count - 1 and no further. */
static void powers(void **state)
{
    (void)state;
    const size_t counts[] = {1, 2, 5, 16, 65, 1024};
    double *node = malloc(1024 * sizeof *node), *weight = malloc(1024 * sizeof *weight);
    assert_true(node && weight);
    for (size_t c = 0; c < 6; c++) {
        const size_t count = counts[c];
        gauss(node, weight, count);
        for (size_t k = 0; k <= 2 * count - 1; k += 1 + k / 8) {
            double sum = 0.0;
            for (size_t i = 0; i < count; i++) sum += weight[i] * pow(node[i], (double)k);
            /* what is promised of the weights, and k times a node's ulp, all of one sign at worst */
            assert_near(sum * (double)(k + 1), 1.0, PROMISE + (double)k * DBL_EPSILON, "x^%zu by %zu nodes",
                        k, count);
        }
        if (count > 5) continue;
        double sum = 0.0;
        for (size_t i = 0; i < count; i++) sum += weight[i] * pow(node[i], 2.0 * (double)count);
        assert_true(fabs(sum * (2.0 * (double)count + 1) - 1.0) > 1e-6);
    }
    free(node);
    free(weight);
}

static void bad_counts(void **state)
{
    (void)state;
    double node[1] = {7.0}, weight[1] = {7.0};
    loci_error error;
    assert_int_equal(loci_quadrature_gauss(node, weight, 0, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "number of nodes is 0; 1 to 2048 was expected");
    assert_int_equal(loci_quadrature_gauss(node, weight, 2049, NULL), LOCI_E_ARGUMENT);
    assert_true(node[0] == 7.0 && weight[0] == 7.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_digits),      cmocka_unit_test(against_long_double),
        cmocka_unit_test(order_and_symmetry), cmocka_unit_test(powers),
        cmocka_unit_test(bad_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
