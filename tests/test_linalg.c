/* SPDX-License-Identifier: MIT
 * test_linalg.c - products against plain sums, LU by its residual, the exponential against closed forms and identities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/linalg.h"
#include "near.h"

/* Reals in (-1, 1) from a counter, the same everywhere. */
static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

static double *random_matrix(size_t rows, size_t columns, uint64_t seed)
{
    double *a = malloc((rows * columns + 1) * sizeof *a);
    assert_non_null(a);
    for (size_t k = 0; k < rows * columns; k++) a[k] = draw(&seed);
    return a;
}

/* Any order of summing leaves at most inner ulp of the sum of magnitudes. */
static void products(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{1, 1, 1},     {2, 3, 1},    {6, 8, 8},      {7, 9, 33},
                               {13, 129, 40}, {5, 300, 31}, {100, 128, 65}, {3, 0, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t rows = sizes[i][0], inner = sizes[i][1], columns = sizes[i][2];
        double *a = random_matrix(rows, inner, 1), *b = random_matrix(inner, columns, 2),
               *c = random_matrix(rows, columns, 3);
        loci_linalg_multiply(c, a, b, rows, inner, columns);
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < columns; j++) {
                double sum = 0.0, size = 0.0;
                for (size_t k = 0; k < inner; k++) {
                    sum += a[r * inner + k] * b[k * columns + j];
                    size += fabs(a[r * inner + k] * b[k * columns + j]);
                }
                assert_near(c[r * columns + j], sum, (double)inner * DBL_EPSILON * size,
                            "%zu x %zu x %zu at %zu, %zu", rows, inner, columns, r, j);
            }
        free(a);
        free(b);
        free(c);
    }
}

static void norms(void **state)
{
    (void)state;
    const double a[] = {1, -2, 3, -4}, nan[] = {1, NAN, 3, 9};
    assert_near(loci_linalg_norm(a, 2), 6.0, 0.0, "norm");
    assert_near(loci_linalg_norm(a, 0), 0.0, 0.0, "norm of nothing");
    assert_true(isnan(loci_linalg_norm(nan, 2)));
}

/* |A x - b| <= 4 n ulp |A| |x|, row by row: the bound of Gaussian elimination with a growth factor of order 1. */
static void solves(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 2, 3, 16, 17, 33, 100, 257};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t n = sizes[i], columns = i % 2 ? 3 : 1;
        double *a = random_matrix(n, n, 7), *lu = random_matrix(n, n, 7), *b = random_matrix(n, columns, 8),
               *x = random_matrix(n, columns, 8);
        size_t *pivot = malloc(n * sizeof *pivot);
        assert_non_null(pivot);
        assert_int_equal(loci_linalg_factor(NULL, lu, pivot, n, NULL), LOCI_OK);
        loci_linalg_solve(x, lu, pivot, n, columns);
        for (size_t r = 0; r < n; r++)
            for (size_t j = 0; j < columns; j++) {
                double sum = 0.0, largest = 0.0;
                for (size_t k = 0; k < n; k++) {
                    sum += a[r * n + k] * x[k * columns + j];
                    largest = fmax(largest, fabs(x[k * columns + j]));
                }
                assert_near(sum, b[r * columns + j], 4.0 * (double)n * DBL_EPSILON * (double)n * largest,
                            "order %zu, row %zu", n, r);
            }
        free(a);
        free(lu);
        free(b);
        free(x);
        free(pivot);
    }
}

static void singular_matrices(void **state)
{
    (void)state;
    double zero[1] = {0}, rank2[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, infinite[4] = {1, INFINITY, 0, 1},
           not [4] = {1, NAN, 2, 1};
    double graded[4] = {1, 0, 0, 1e-200}, x[2] = {3, 1e-200};
    size_t pivot[3];
    loci_error error;
    assert_int_equal(loci_linalg_factor(NULL, zero, pivot, 1, NULL), LOCI_E_VALUE);
    assert_int_equal(loci_linalg_factor(NULL, rank2, pivot, 3, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "matrix is singular or not finite: column 2 has no pivot");
    assert_int_equal(loci_linalg_factor(NULL, infinite, pivot, 2, NULL), LOCI_E_VALUE);
    assert_int_equal(loci_linalg_factor(NULL, not, pivot, 2, NULL), LOCI_E_VALUE);
    assert_int_equal(loci_linalg_factor(NULL, graded, pivot, 2, NULL), LOCI_OK); /* small is not singular */
    loci_linalg_solve(x, graded, pivot, 2, 1);
    assert_true(x[0] == 3.0 && x[1] == 1.0);
}

static void exponential(double *e, const double *a, size_t n)
{
    loci_error error;
    if (loci_linalg_exponential(NULL, e, a, n, &error) != LOCI_OK) fail_msg("%s", error.text);
}

/* exp of [[r, w], [-w, r]] is e^r times a turn by w; every degree and many scalings are passed. Squaring k times leaves about
 * 2^k ulp, 2^k being near the norm. */
static void turns_and_scalars(void **state)
{
    (void)state;
    for (int exponent = -60; exponent <= 9; exponent++) {
        const double w = ldexp(1.3, exponent), r = -0.3 * w;
        const double a[] = {r, w, -w, r},
                     expected[] = {exp(r) * cos(w), exp(r) * sin(w), -exp(r) * sin(w), exp(r) * cos(w)};
        double e[4], one;
        exponential(e, a, 2);
        for (size_t k = 0; k < 4; k++)
            assert_near(e[k], expected[k], 16 * DBL_EPSILON * (1.0 + w) * exp(r), "turn by %g, element %zu",
                        w, k);
        assert_near(e[1], expected[1], 16 * DBL_EPSILON * (1.0 + w) * fmin(w, exp(r)), "small turn by %g", w);
        exponential(&one, &r, 1);
        assert_near(one, exp(r), 16 * DBL_EPSILON * (1.0 - r) * exp(r), "exp(%g)", r);
    }
    const double far = -1e300, nothing = 0.0;
    double e;
    exponential(&e, &far, 1);
    assert_near(e, 0.0, 0.0, "exp(-1e300)");
    exponential(&e, &nothing, 1);
    assert_near(e, 1.0, 0.0, "exp(0)");
}

/* A shift's exponential holds 1/k!, exactly in finite terms however large the shift is. */
static void nilpotent(void **state)
{
    (void)state;
    enum { N = 6 };
    for (int exponent = -40; exponent <= 40; exponent += 8) {
        const double size = ldexp(1.0, exponent);
        double a[N * N] = {0}, e[N * N];
        for (size_t i = 0; i + 1 < N; i++) a[i * N + i + 1] = size;
        exponential(e, a, N);
        for (size_t i = 0; i < N; i++) {
            double expected = 1.0;
            for (size_t j = 0; j < N; j++) {
                if (j < i) assert_near(e[i * N + j], 0.0, 0.0, "below the diagonal");
                if (j < i) continue;
                if (j > i) expected *= size / (double)(j - i);
                assert_near(e[i * N + j], expected, 64 * DBL_EPSILON * expected, "shift by %g at %zu, %zu",
                            size, i, j);
            }
        }
    }
}

/* exp(V D V^-1) = V exp(D) V^-1, with V and V^-1 unit triangular and exact: V = I + ones above. */
static void known_eigenvalues(void **state)
{
    (void)state;
    enum { N = 4 };
    const double d[N] = {-0.1, 0.7, -2.0, -40.0};
    double v[N * N] = {0}, inverse[N * N] = {0}, a[N * N] = {0}, expected[N * N] = {0}, e[N * N];
    for (size_t i = 0; i < N; i++) {
        for (size_t j = i; j < N; j++) v[i * N + j] = 1.0;
        inverse[i * N + i] = 1.0;
        if (i + 1 < N) inverse[i * N + i + 1] = -1.0;
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            for (size_t k = 0; k < N; k++) {
                a[i * N + j] += v[i * N + k] * d[k] * inverse[k * N + j];
                expected[i * N + j] += v[i * N + k] * exp(d[k]) * inverse[k * N + j];
            }
    exponential(e, a, N);
    for (size_t k = 0; k < N * N; k++) /* ulp of the norm of a, about 80, times that of the result */
        assert_near(e[k], expected[k], 80 * DBL_EPSILON * 2.0, "element %zu", k);
}

/* exp(A) exp(-A) = I to ulp times the norms of both. Sizes straddle the kernel's tiles. */
static void inverses(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 2, 5, 24, 67};
    for (size_t s = 0; s < 5; s++)
        for (int exponent = -30; exponent <= 3; exponent += 3) {
            const size_t n = sizes[s];
            double *a = random_matrix(n, n, 11), *minus = random_matrix(n, n, 11),
                   *e = random_matrix(n, n, 0), *f = random_matrix(n, n, 0),
                   *product = random_matrix(n, n, 0);
            for (size_t k = 0; k < n * n; k++) {
                a[k] *= ldexp(1.0 / (double)n, exponent);
                minus[k] = -a[k];
            }
            exponential(e, a, n);
            exponential(f, minus, n);
            loci_linalg_multiply(product, e, f, n, n, n);
            const double size =
                (8.0 + (double)n + loci_linalg_norm(a, n)) * loci_linalg_norm(e, n) * loci_linalg_norm(f, n);
            for (size_t k = 0; k < n * n; k++)
                assert_near(product[k], k / n == k % n, 4 * DBL_EPSILON * size, "order %zu, scale 2^%d", n,
                            exponent);
            free(a);
            free(minus);
            free(e);
            free(f);
            free(product);
        }
}

/* x1' = f (x2 - x1), x2' = -s x2, in either order of the two: exp is known in closed form, however far f and s are apart.
 * Every element to its own digits, and so is the answer of a third state that the others drive. */
static void stiff(void **state)
{
    (void)state;
    for (int fast = 0; fast <= 300; fast += 15)
        for (int slow = 0; slow <= 30; slow += 5) {
            const double f = pow(10, fast), s = 0.7 * pow(10, -slow);
            if (f == 1) continue; /* the quotient below cancels */
            const double upper[] = {-f, f, 0, -s}, lower[] = {-s, 0, f, -f};
            const double across = -expm1(s - f) * exp(-s) / (1 - s / f);
            double e[4];
            exponential(e, upper, 2);
            assert_near(e[0], exp(-f), 1e-14 * fmax(1, f < 1e3 ? f : 0) * exp(-f), "fast, %g and %g", f, s);
            assert_near(e[3], exp(-s), 1e-14, "slow, %g and %g", f, s);
            assert_near(e[1], across, 1e-13, "across, %g and %g", f, s);
            assert_near(e[2], 0, 0, "back");
            exponential(e, lower, 2);
            assert_near(e[0], exp(-s), 1e-14, "slow first, %g and %g", f, s);
            assert_near(e[2], across, 1e-13, "across from it, %g and %g", f, s);
            /* graded, with feedback: eigenvalues near -f and -s - 1 / f */
            const double graded[] = {-f, 1, 1, -s};
            exponential(e, graded, 2);
            const double half = 0.5 * (f - s), root = hypot(half, 1),
                         late = (f * s - 1) / (0.5 * (f + s) + root);
            assert_near(e[3], exp(-late) * (1 - 1 / (2 * root * (root + half))), 1e-13 + exp(-f),
                        "graded, %g and %g", f, s);
            assert_near(e[1], exp(-late) * -expm1(-2 * root) / (2 * root), 1e-13 / root,
                        "graded across, %g and %g", f, s);
        }
}

static void hopeless_exponentials(void **state)
{
    (void)state;
    const double large = 1e5, infinite[4] = {0, INFINITY, 0, 0}, not = NAN;
    double e[4];
    loci_error error;
    assert_int_equal(loci_linalg_exponential(NULL, e, &large, 1, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "exponential of the matrix is beyond the range of double");
    assert_int_equal(loci_linalg_exponential(NULL, e, infinite, 2, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "matrix to exponentiate is not finite");
    assert_int_equal(loci_linalg_exponential(NULL, e, &not, 1, NULL), LOCI_E_VALUE);
}

/* Sizes that no machine has are refused before anything is touched. */
static void beyond_memory(void **state)
{
    (void)state;
    double a = 1.0, e;
    size_t pivot;
    loci_error error;
    assert_int_equal(loci_linalg_exponential(NULL, &e, &a, (size_t)1 << 33, &error), LOCI_E_MEMORY);
    assert_int_equal(loci_linalg_factor(NULL, &a, &pivot, SIZE_MAX / 4, &error), LOCI_E_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(norms),
        cmocka_unit_test(solves),
        cmocka_unit_test(singular_matrices),
        cmocka_unit_test(turns_and_scalars),
        cmocka_unit_test(nilpotent),
        cmocka_unit_test(known_eigenvalues),
        cmocka_unit_test(inverses),
        cmocka_unit_test(stiff),
        cmocka_unit_test(hopeless_exponentials),
        cmocka_unit_test(beyond_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
