/* SPDX-License-Identifier: MIT
 * test_windows.c - moments of windows against sums over all of them, polynomials by what they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "near.h"
#include "readout/windows.h"

static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

static void *room(size_t count)
{
    void *memory = calloc(count + 1, sizeof(double));
    assert_non_null(memory);
    return memory;
}

static const size_t sizes[][4] = {
    {1, 1, 1, 1}, {5, 1, 2, 9}, {40, 13, 7, 100}, {120, 30, 40, 300}, {16, 3, 16, 17}};

static void moments(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t window = sizes[s][0], h = sizes[s][1], lags = window + h, n = lags + sizes[s][3],
                     t0 = lags - 1 + s;
        double *x = room(n), *scratch = room(2 * lags), *m = room(lags * lags), *sum = room(lags);
        uint64_t seed = s + 1;
        for (size_t t = 0; t < n; t++) x[t] = draw(&seed) + 0.5;
        loci_windows w = {window, h, 0, m, sum};
        loci_windows_add_signal(&w, x, t0, n - 1, scratch);
        loci_windows_add_signal(&w, x, n - 1, n, scratch);
        loci_windows_add_signal(&w, x, n, n, scratch);
        assert_true(w.count == (double)(n - t0));
        for (size_t i = 0; i < lags; i++) {
            double total = 0.0;
            for (size_t t = t0; t < n; t++) total += x[t - lags + 1 + i];
            assert_near(sum[i], total, 1e-15 * (double)(n * n), "sum %zu", i);
            for (size_t j = i; j < lags; j++) {
                double plain = 0.0;
                for (size_t t = t0; t < n; t++) plain += x[t - lags + 1 + i] * x[t - lags + 1 + j];
                assert_near(m[j * lags + i], plain, 1e-15 * (double)(n * n), "moment %zu %zu of %zu", i, j,
                            lags);
            }
        }
        /* the newest part of the window alone, its coefficients summed one window after the other */
        const size_t some = (window + 1) / 2, order = some < sizes[s][2] ? some : sizes[s][2], p = order + 1;
        double *basis = room(order * some), *got = room(loci_ridge_size(p, h)),
               *plain = room(loci_ridge_size(p, h)), *f = room(p), *y = room(h),
               *work = room(loci_windows_scratch(some, h, order));
        loci_windows_basis(basis, some, order);
        loci_ridge a = loci_ridge_at(got, p, h, 0), b = loci_ridge_at(plain, p, h, 0);
        loci_windows_project(&a, &w, basis, some, order, work);
        for (size_t t = t0; t < n; t++) {
            const double newest = x[t - h];
            f[0] = 1.0;
            for (size_t k = 0; k < order; k++) {
                f[k + 1] = 0.0;
                for (size_t i = 0; i < some; i++)
                    f[k + 1] += basis[k * some + i] * (x[t - h - some + 1 + i] - newest);
            }
            for (size_t j = 0; j < h; j++) y[j] = x[t - h + 1 + j] - newest;
            loci_ridge_push(&b, f, y, 1);
        }
        assert_true(a.rows == b.rows);
        for (size_t i = 0; i < p; i++)
            for (size_t j = i; j < p; j++)
                assert_near(a.gram[i * p + j], b.gram[i * p + j], 1e-14 * (double)(n * n), "gram %zu %zu", i,
                            j);
        for (size_t i = 0; i < p * h + h; i++)
            assert_near(a.cross[i], b.cross[i], 1e-14 * (double)(n * n), "cross and square %zu", i);
        free(x), free(scratch), free(m), free(sum), free(basis), free(got), free(plain), free(f), free(y),
            free(work);
    }
}

/* Orthonormal to rounding, and the k-th is of degree k: orthogonal to powers below. */
static void polynomials(void **state)
{
    (void)state;
    const size_t shapes[][2] = {{1, 1}, {2, 2}, {7, 7}, {33, 20}, {128, 128}, {336, 128}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t window = shapes[s][0], order = shapes[s][1];
        double *basis = room(order * window);
        loci_windows_basis(basis, window, order);
        for (size_t k = 0; k < order; k++) {
            for (size_t j = 0; j <= k; j++) {
                double sum = 0.0;
                for (size_t i = 0; i < window; i++) sum += basis[k * window + i] * basis[j * window + i];
                assert_near(sum, j == k ? 1.0 : 0.0, 1e-14, "%zu and %zu of %zu", j, k, window);
            }
            assert_true(basis[k * window + window - 1] > 0.0);
            if (k > 0 && k <= 4) {
                double sum = 0.0;
                for (size_t i = 0; i < window; i++)
                    sum += basis[k * window + i] * pow((double)i / (double)window, (double)k - 1.0);
                assert_near(sum, 0.0, 1e-13, "%zu and the power below, of %zu", k, window);
            }
        }
        free(basis);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(moments), cmocka_unit_test(polynomials)};
    return cmocka_run_group_tests_name("windows", tests, NULL, NULL);
}
