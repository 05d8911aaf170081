/* SPDX-License-Identifier: MIT
 * test_discretize.c - the rules of discretization against published numbers and 60-digit ones, closed forms, and each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/measure.h>
#include <loci/system.h>

#include "near.h"

#define GOLDEN LOCI_GOLDEN "/discretization.npz"

static void read_member(double *out, const char *name, size_t count)
{
    loci_array array;
    loci_error error;
    if (loci_npz_read(&array, GOLDEN, name, &error) != LOCI_OK) fail_msg("%s", error.text);
    memcpy(out, array.data, count * sizeof *out);
    loci_array_free(&array);
}

static void against_member(const double *values, const char *name, size_t count, double tolerance)
{
    double expected[64], largest = 0.0;
    read_member(expected, name, count);
    for (size_t k = 0; k < count; k++) largest = fmax(largest, fabs(expected[k]));
    for (size_t k = 0; k < count; k++)
        assert_near(values[k], expected[k], tolerance * largest, "%s, element %zu", name, k);
}

/* 1e-13 of the largest element for what another program computed in double, 1e-14 for 60-digit references. */
static void golden(void **state)
{
    (void)state;
    const char *const systems[] = {"legs", "legt"}, *const grids[] = {"fine", "coarse"};
    const double steps[] = {0.01, 0.1};
    const loci_discretization rules[] = {LOCI_ZOH, LOCI_BILINEAR, LOCI_BACKWARD, LOCI_EULER};
    for (size_t s = 0; s < 2; s++)
        for (size_t g = 0; g < 2; g++) {
            double a[64], b[8], abar[64], bbar[8], b0[8], b1[8], first[64];
            char name[64];
            snprintf(name, sizeof name, "A_%s", systems[s]);
            read_member(a, name, 64);
            name[0] = 'B';
            read_member(b, name, 8);
            for (size_t r = 0; r < 4; r++) {
                const double tolerance = rules[r] == LOCI_ZOH ? 1e-14 : 1e-13;
                assert_int_equal(loci_discretize_dense(rules[r], abar, bbar, a, b, 8, steps[g], NULL),
                                 LOCI_OK);
                snprintf(name, sizeof name, "A_%s_%s_%s", loci_discretization_name(rules[r]), systems[s],
                         grids[g]);
                against_member(abar, name, 64, tolerance);
                name[0] = 'B';
                against_member(bbar, name, 8, tolerance);
                if (r == 0) memcpy(first, abar, sizeof first);
            }
            assert_int_equal(loci_discretize_dense_foh(abar, b0, b1, a, b, 8, steps[g], NULL), LOCI_OK);
            for (size_t k = 0; k < 64; k++)
                assert_near(abar[k], first[k], 1e-15, "foh's transition and zoh's");
            snprintf(name, sizeof name, "B0_foh_%s_%s", systems[s], grids[g]);
            against_member(b0, name, 8, 1e-14);
            name[1] = '1';
            against_member(b1, name, 8, 1e-14);
        }
}

/* x' = -r x + b u, where everything is a scalar formula; phi_1(z) = expm1(z)/z and phi_2(z) = (phi_1(z) - 1)/z by its
 * series, which is short for |z| <= 1. */
static void scalars(void **state)
{
    (void)state;
    for (int exponent = -30; exponent <= 0; exponent += 2) {
        const double dt = 0.7, a = -ldexp(1.0 / 0.7, exponent), b = 1e8, z = a * dt;
        double abar, bbar, b0, b1, phi2 = 0.0, term = 0.5;
        for (int k = 3; k < 25; k++) {
            phi2 += term;
            term *= z / k;
        }
        const double held = dt * b * expm1(z) / z, joined = dt * b * phi2, few = 16 * DBL_EPSILON;
        assert_int_equal(loci_discretize_dense(LOCI_ZOH, &abar, &bbar, &a, &b, 1, dt, NULL), LOCI_OK);
        assert_near(abar, exp(z), few, "zoh, z = %g", z);
        assert_near(bbar, held, few * held, "zoh, z = %g", z);
        assert_int_equal(loci_discretize_dense_foh(&abar, &b0, &b1, &a, &b, 1, dt, NULL), LOCI_OK);
        assert_near(b1, joined, few * held, "foh, z = %g", z);
        assert_near(b0, held - joined, few * held, "foh, z = %g", z);
        assert_int_equal(loci_discretize_dense(LOCI_BILINEAR, &abar, &bbar, &a, &b, 1, dt, NULL), LOCI_OK);
        assert_near(abar, (1 + z / 2) / (1 - z / 2), few, "bilinear, z = %g", z);
        assert_near(bbar, dt * b / (1 - z / 2), few * dt * b, "bilinear, z = %g", z);
        assert_int_equal(loci_discretize_dense(LOCI_BACKWARD, &abar, &bbar, &a, &b, 1, dt, NULL), LOCI_OK);
        assert_near(abar, 1 / (1 - z), few, "backward, z = %g", z);
        assert_near(bbar, dt * b / (1 - z), few * dt * b, "backward, z = %g", z);
        assert_int_equal(loci_discretize_dense(LOCI_EULER, &abar, &bbar, &a, &b, 1, dt, NULL), LOCI_OK);
        assert_near(abar, 1 + z, few, "euler, z = %g", z);
        assert_near(bbar, dt * b, few * dt * b, "euler, z = %g", z);
    }
}

/* x'' = u, a singular A: position and speed after a step are known. */
static void double_integrator(void **state)
{
    (void)state;
    const double a[] = {0, 1, 0, 0}, b[] = {0, 1}, dt = 0.3;
    double abar[4], bbar[2], b0[2], b1[2];
    assert_int_equal(loci_discretize_dense(LOCI_ZOH, abar, bbar, a, b, 2, dt, NULL), LOCI_OK);
    assert_near(abar[1], dt, DBL_EPSILON, "position from speed");
    assert_near(bbar[0], dt * dt / 2, DBL_EPSILON, "position from force");
    assert_near(bbar[1], dt, DBL_EPSILON, "speed from force");
    assert_int_equal(loci_discretize_dense_foh(abar, b0, b1, a, b, 2, dt, NULL), LOCI_OK);
    assert_near(b0[0], dt * dt / 3, DBL_EPSILON, "position from force before");
    assert_near(b1[0], dt * dt / 6, DBL_EPSILON, "position from force after");
    assert_near(b0[1], dt / 2, DBL_EPSILON, "speed from force before");
    assert_near(b1[1], dt / 2, DBL_EPSILON, "speed from force after");
}

/* One step of zoh is two of half the length; and 2^12 small steps of the others come as near as their order says. */
static void steps_agree(void **state)
{
    (void)state;
    enum { N = 12 };
    double a[N * N], b[N], abar[N * N], bbar[N], half[N * N], bhalf[N], x[N], next[N];
    assert_int_equal(loci_measure_matrices(LOCI_MEASURE_LEGT, a, b, N, NULL), LOCI_OK);
    assert_int_equal(loci_discretize_dense(LOCI_ZOH, abar, bbar, a, b, N, 0.5, NULL), LOCI_OK);
    assert_int_equal(loci_discretize_dense(LOCI_ZOH, half, bhalf, a, b, N, 0.25, NULL), LOCI_OK);
    for (size_t i = 0; i < N; i++) {
        double sum = bhalf[i];
        for (size_t k = 0; k < N; k++) sum += half[i * N + k] * bhalf[k];
        assert_near(sum, bbar[i], 1e-14, "held input, row %zu", i);
        for (size_t j = 0; j < N; j++) {
            double product = 0.0;
            for (size_t k = 0; k < N; k++) product += half[i * N + k] * half[k * N + j];
            assert_near(product, abar[i * N + j], 1e-14, "transition, %zu, %zu", i, j);
        }
    }
    const loci_discretization rules[] = {LOCI_BILINEAR, LOCI_BACKWARD, LOCI_EULER};
    for (size_t r = 0; r < 3; r++) {
        double worst[2] = {0.0, 0.0};
        for (int fine = 0; fine < 2; fine++) {
            const int steps = fine ? 4096 : 2048;
            assert_int_equal(loci_discretize_dense(rules[r], half, bhalf, a, b, N, 0.5 / steps, NULL),
                             LOCI_OK);
            memset(x, 0, sizeof x);
            for (int k = 0; k < steps; k++) {
                for (size_t i = 0; i < N; i++) {
                    next[i] = bhalf[i];
                    for (size_t j = 0; j < N; j++) next[i] += half[i * N + j] * x[j];
                }
                memcpy(x, next, sizeof x);
            }
            for (size_t i = 0; i < N; i++) worst[fine] = fmax(worst[fine], fabs(x[i] - bbar[i]));
        }
        const double ratio = rules[r] == LOCI_BILINEAR ? 4.0 : 2.0; /* second and first order */
        assert_near(worst[0] / worst[1], ratio, 0.1 * ratio, "%s: order", loci_discretization_name(rules[r]));
    }
}

static void names(void **state)
{
    (void)state;
    const char *const expected[] = {"zoh", "bilinear", "backward", "euler", "foh"};
    for (int d = LOCI_ZOH; d <= LOCI_FOH; d++) {
        loci_discretization parsed;
        assert_string_equal(loci_discretization_name((loci_discretization)d), expected[d]);
        assert_int_equal(loci_discretization_parse(&parsed, expected[d], NULL), LOCI_OK);
        assert_int_equal(parsed, d);
    }
    loci_error error;
    loci_discretization parsed;
    assert_int_equal(loci_discretization_parse(&parsed, "tustin", &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "discretization is \"tustin\"; zoh, foh, bilinear, backward or euler was expected");
    assert_non_null(loci_discretization_name((loci_discretization)99));
}

static void refusals(void **state)
{
    (void)state;
    double a = 4.0, b = 1.0, abar, bbar, b1;
    loci_error error;
    assert_int_equal(loci_discretize_dense(LOCI_BILINEAR, &abar, &bbar, &a, &b, 1, 0.5, &error),
                     LOCI_E_VALUE);
    assert_string_equal(error.text,
                        "I - 0.5 dt A is singular: A has an eigenvalue at 4; another step dt was expected");
    assert_int_equal(loci_discretize_dense(LOCI_FOH, &abar, &bbar, &a, &b, 1, 0.5, &error),
                     LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "two input matrices"));
    assert_int_equal(loci_discretize_dense((loci_discretization)9, &abar, &bbar, &a, &b, 1, 0.5, &error),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_discretize_dense(LOCI_ZOH, &abar, &bbar, &a, &b, 0, 0.5, &error), LOCI_E_ARGUMENT);
    const double bad[] = {0.0, -1.0, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(loci_discretize_dense(LOCI_ZOH, &abar, &bbar, &a, &b, 1, bad[i], NULL),
                         LOCI_E_ARGUMENT);
        assert_int_equal(loci_discretize_dense_foh(&abar, &bbar, &b1, &a, &b, 1, bad[i], NULL),
                         LOCI_E_ARGUMENT);
    }
    b = NAN;
    assert_int_equal(loci_discretize_dense(LOCI_EULER, &abar, &bbar, &a, &b, 1, 0.5, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "B[0] is nan; a finite value was expected");
    b = 1.0;
    a = INFINITY;
    assert_int_equal(loci_discretize_dense(LOCI_ZOH, &abar, &bbar, &a, &b, 1, 0.5, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "A[0][0] is inf; a finite value was expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),      cmocka_unit_test(scalars), cmocka_unit_test(double_integrator),
        cmocka_unit_test(steps_agree), cmocka_unit_test(names),   cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
