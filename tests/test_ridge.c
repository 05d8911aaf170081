/* SPDX-License-Identifier: MIT
 * test_ridge.c - moments against plain sums, solutions by their equations, and the errors that formulas promise against rows
 * that are really left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "near.h"
#include "readout/ridge.h"

static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

static double *drawn(size_t count, uint64_t seed)
{
    double *a = malloc((count + 1) * sizeof *a);
    assert_non_null(a);
    for (size_t k = 0; k < count; k++) a[k] = draw(&seed);
    return a;
}

static double *zeros(size_t count)
{
    double *a = calloc(count + 1, sizeof *a);
    assert_non_null(a);
    return a;
}

static loci_ridge moments_of(double *numbers, const double *f, const double *y, size_t rows, size_t p,
                             size_t q)
{
    loci_ridge m = loci_ridge_at(numbers, p, q, 0);
    loci_ridge_push(&m, f, y, rows);
    return m;
}

static const size_t sizes[][3] = {{1, 1, 1},     {3, 2, 1},    {40, 7, 3},     {64, 17, 1}, {65, 33, 5},
                                  {200, 64, 96}, {150, 90, 2}, {300, 129, 17}, {0, 4, 2}};

static void sums(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t rows = sizes[s][0], p = sizes[s][1], q = sizes[s][2], count = loci_ridge_size(p, q);
        double *f = drawn(rows * p, 1), *y = drawn(rows * q, 2), *whole = zeros(count), *cut = zeros(count);
        const loci_ridge m = moments_of(whole, f, y, rows, p, q);
        for (size_t i = 0; i < p; i++) {
            for (size_t j = i; j < p; j++) {
                double sum = 0.0;
                for (size_t k = 0; k < rows; k++) sum += f[k * p + i] * f[k * p + j];
                assert_near(m.gram[i * p + j], sum, (double)rows * DBL_EPSILON * (double)rows, "gram %zu %zu",
                            i, j);
            }
            for (size_t j = 0; j < q; j++) {
                double sum = 0.0;
                for (size_t k = 0; k < rows; k++) sum += f[k * p + i] * y[k * q + j];
                assert_near(m.cross[i * q + j], sum, (double)rows * DBL_EPSILON * (double)rows,
                            "cross %zu %zu", i, j);
            }
        }
        loci_ridge part = loci_ridge_at(cut, p, q, 0);
        for (size_t at = 0, step = 1; at < rows; at += step, step = step * 3 % 71) {
            if (step > rows - at) step = rows - at;
            loci_ridge_push(&part, f + at * p, y + at * q, step);
        }
        assert_true(part.rows == m.rows);
        for (size_t i = 0; i < p; i++)
            assert_memory_equal(part.gram + i * p + i, m.gram + i * p + i, (p - i) * sizeof(double));
        assert_memory_equal(part.cross, m.cross, (p * q + q) * sizeof(double));
        loci_ridge_add(&part, &m);
        loci_ridge_forget(&part, 0.5);
        for (size_t i = 0; i < p * q + q; i++) assert_true(part.cross[i] == m.cross[i]);
        assert_true(part.rows == m.rows);
        free(f), free(y), free(whole), free(cut);
    }
}

/* (G + ridge P) w = R, as far as the condition of the matrix lets it: G of random rows and a ridge of 1 is no worse than 1e4. */
static void solutions(void **state)
{
    (void)state;
    for (size_t s = 0; s + 1 < sizeof sizes / sizeof *sizes; s++) {
        const size_t rows = sizes[s][0], p = sizes[s][1], q = sizes[s][2];
        double *f = drawn(rows * p, 3), *y = drawn(rows * q, 4), *numbers = zeros(loci_ridge_size(p, q)),
               *penalty = drawn(p, 5), *u = drawn(p * p, 6), *w = zeros(p * q), *inverse = zeros(p * p),
               *diagonal = zeros(p);
        for (size_t i = 0; i < p; i++) penalty[i] = 1.0 + 0.5 * penalty[i];
        const loci_ridge m = moments_of(numbers, f, y, rows, p, q);
        assert_int_equal(loci_ridge_factor(u, m.gram, 1.0, penalty, p), 0);
        memcpy(w, m.cross, p * q * sizeof *w);
        loci_ridge_solve(w, u, p, q);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < q; j++) {
                double sum = penalty[i] * w[i * q + j], size = fabs(sum);
                for (size_t k = 0; k < p; k++) {
                    const double g = k < i ? m.gram[k * p + i] : m.gram[i * p + k];
                    sum += g * w[k * q + j];
                    size += fabs(g * w[k * q + j]);
                }
                assert_near(sum, m.cross[i * q + j], 1e-13 * (size + 1.0), "%zu x %zu, row %zu", rows, p, i);
            }
        loci_ridge_inverse_diagonal(diagonal, inverse, u, p);
        for (size_t i = 0; i < p; i++) {
            double *unit = zeros(p);
            unit[i] = 1.0;
            loci_ridge_solve(unit, u, p, 1);
            assert_near(diagonal[i], unit[i], 1e-12 * unit[i], "diagonal of the inverse at %zu of %zu", i, p);
            free(unit);
        }
        free(f), free(y), free(numbers), free(penalty), free(u), free(w), free(inverse), free(diagonal);
    }
}

/* Leaving row i out: learned again without it, by the leverage, and by the products of rows. */
static void rows_left_out(void **state)
{
    (void)state;
    enum { ROWS = 30, P = 7 };
    double *f = drawn(ROWS * P, 7), *y = drawn(ROWS, 8);
    double all[P * P + P + 1] = {0}, u[P * P], w[P], kernel[ROWS * ROWS] = {0}, dual[ROWS], diagonal[ROWS],
                           inverse[ROWS * ROWS];
    const double ridge = 0.7;
    const loci_ridge m = moments_of(all, f, y, ROWS, P, 1);
    loci_ridge_factor(u, m.gram, ridge, NULL, P);
    memcpy(w, m.cross, sizeof w);
    loci_ridge_solve(w, u, P, 1);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < ROWS; j++)
            for (size_t k = 0; k < P; k++) kernel[i * ROWS + j] += f[i * P + k] * f[j * P + k];
    loci_ridge_factor(kernel, kernel, ridge, NULL, ROWS);
    memcpy(dual, y, sizeof dual);
    loci_ridge_solve(dual, kernel, ROWS, 1);
    loci_ridge_inverse_diagonal(diagonal, inverse, kernel, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        double some[P * P + P + 1] = {0}, v[P * P], without[P], leverage[P], h = 0.0, error = y[i],
                                there = y[i];
        loci_ridge part = moments_of(some, f, y, i, P, 1);
        loci_ridge_push(&part, f + (i + 1) * P, y + i + 1, ROWS - i - 1);
        loci_ridge_factor(v, part.gram, ridge, NULL, P);
        memcpy(without, part.cross, sizeof without);
        loci_ridge_solve(without, v, P, 1);
        memcpy(leverage, f + i * P, sizeof leverage);
        loci_ridge_half_solve(leverage, u, P, 1);
        for (size_t k = 0; k < P; k++) {
            h += leverage[k] * leverage[k];
            error -= f[i * P + k] * without[k];
            there -= f[i * P + k] * w[k];
        }
        assert_near(there / (1.0 - h), error, 1e-13, "row %zu by its leverage", i);
        assert_near(dual[i] / diagonal[i], error, 1e-13, "row %zu by products of rows", i);
    }
    free(f), free(y);
}

/* Features that are orthogonal, the k-th of length s_k: w_k = r_k / (s_k^2 + ridge), and the rest is sums. */
static void choosing(void **state)
{
    (void)state;
    enum { P = 5, ROWS = 40, GRID = 9 };
    double f[ROWS * P] = {0}, *y = drawn(ROWS, 9), numbers[P * P + P + 1] = {0}, grid[GRID], w[P], ridge,
                    score;
    for (size_t k = 0; k < P; k++) f[k * P + k] = 1.0 + (double)k;
    for (size_t k = 0; k < P; k++) y[k] += 0.5 * (double)k;
    const loci_ridge m = moments_of(numbers, f, y, ROWS, P, 1);
    double best = INFINITY, wanted = 0.0;
    for (size_t g = 0; g < GRID; g++) {
        grid[g] = ldexp(1.0, (int)g - 2);
        double left = ROWS, sum = 0.0;
        for (size_t k = 0; k < ROWS; k++) {
            const double square = k < P ? f[k * P + k] * f[k * P + k] : 0.0;
            const double e = y[k] * grid[g] / (square + grid[g]);
            left -= square / (square + grid[g]);
            sum += e * e;
        }
        const double here = ROWS * sum / (left * left);
        if (here < best) best = here, wanted = grid[g];
    }
    assert_int_equal(loci_ridge_choose(&ridge, w, &score, &m, NULL, grid, GRID, NULL, NULL), LOCI_OK);
    assert_true(ridge == wanted);
    assert_near(score, best, 1e-13 * best, "the score of ridge %g", ridge);
    for (size_t k = 0; k < P; k++)
        assert_near(w[k], m.cross[k] / (m.gram[k * P + k] + ridge), 1e-15 * fabs(w[k]) + 1e-16, "weight %zu",
                    k);
    loci_error error;
    const loci_ridge none = loci_ridge_at((double[P *P + P + 1]){0}, P, 1, 0);
    assert_int_equal(loci_ridge_choose(&ridge, w, NULL, &none, NULL, grid, GRID, NULL, &error), LOCI_E_VALUE);
    numbers[0] = NAN;
    assert_int_equal(loci_ridge_choose(&ridge, w, NULL, &m, NULL, grid, GRID, NULL, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "feature 0 is not finite, or too large to be squared");
    free(y);
}

/* A constant beside another, a sum of others, a column of zeros, fewer rows than features: no ridge, and yet the predictions are
 * those of the features that are left. */
static void dependent(void **state)
{
    (void)state;
    enum { ROWS = 50, P = 40, Q = 1 };
    double *f = drawn(ROWS * P, 11), *y = drawn(ROWS, 12), *numbers = zeros(loci_ridge_size(P, Q)),
           *u = zeros(P * P), w[P];
    for (size_t k = 0; k < ROWS; k++) {
        double *row = f + k * P;
        row[3] = 2.0;
        row[30] = 5.0;
        row[20] = row[1] - 3.0 * row[19];
        row[25] = 0.0;
    }
    loci_ridge m = moments_of(numbers, f, y, ROWS, P, Q);
    assert_int_equal(loci_ridge_factor(u, m.gram, 0.0, NULL, P), 3);
    memcpy(w, m.cross, sizeof w);
    loci_ridge_solve(w, u, P, 1);
    assert_true(w[30] == 0.0 && w[20] == 0.0 && w[25] == 0.0);
    for (size_t i = 0; i < P; i++) { /* residuals are orthogonal to every feature */
        double sum = 0.0;
        for (size_t k = 0; k < ROWS; k++) {
            double e = y[k];
            for (size_t j = 0; j < P; j++) e -= f[k * P + j] * w[j];
            sum += e * f[k * P + i];
        }
        assert_near(sum, 0.0, 1e-10, "feature %zu", i);
    }
    double residual, scratch[P], sum = 0.0;
    loci_ridge_residual(&residual, &m, w, scratch);
    for (size_t k = 0; k < ROWS; k++) {
        double e = y[k];
        for (size_t j = 0; j < P; j++) e -= f[k * P + j] * w[j];
        sum += e * e;
    }
    assert_near(residual, sum, 1e-11, "residuals");
    memset(numbers, 0, loci_ridge_size(P, Q) * sizeof *numbers);
    m = moments_of(numbers, f, y, 10, P, Q);
    assert_true(loci_ridge_factor(u, m.gram, 0.0, NULL, P) >= P - 10);
    memcpy(w, m.cross, sizeof w);
    loci_ridge_solve(w, u, P, 1);
    for (size_t j = 0; j < P; j++) assert_true(isfinite(w[j]));
    free(f), free(y), free(numbers), free(u);
    assert_int_equal(loci_ridge_size(SIZE_MAX / 2, 1), 0);
    assert_int_equal(loci_ridge_size(SIZE_MAX / 16, 16), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums), cmocka_unit_test(solutions),
                                       cmocka_unit_test(rows_left_out), cmocka_unit_test(choosing),
                                       cmocka_unit_test(dependent)};
    return cmocka_run_group_tests_name("ridge", tests, NULL, NULL);
}
