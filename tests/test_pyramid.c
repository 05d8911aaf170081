/* SPDX-License-Identifier: MIT
 * test_pyramid.c - the transform of a page: orthogonal for any length, and the same from any part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive/pyramid.h"
#include "base/random.h"

enum { LONGEST = 4096 };

static double x[LONGEST], c[LONGEST], y[LONGEST];

static double squares(const double *a, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += a[i] * a[i];
    return sum;
}

static double apart(const double *a, const double *b, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

/* Twelve levels of sums of 16 products: rounding of 1e-14, and of the last leaf's matrix. */
static void any_length_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < LONGEST; i++) x[i] = loci_random_normal(3, i);
    static const size_t orders[] = {1, 2, 3, 4, 5, 8, 16, 32};
    for (size_t o = 0; o < 8; o++) {
        pyramid *p = loci_pyramid_create(NULL, orders[o], LONGEST);
        assert_non_null(p);
        for (size_t n = 1; n <= LONGEST; n = n < 70 ? n + 1 : n * 7 / 4) {
            pyramid_layout l;
            loci_pyramid_layout(&l, n, orders[o]);
            const size_t last = l.rows - 1;
            assert_int_equal(l.row[last].at + l.row[last].nodes * l.row[last].width, n);
            loci_pyramid_forward(p, c, x, &l);
            assert_true(fabs(squares(c, n) / squares(x, n) - 1.0) < 1e-13);
            loci_pyramid_inverse(p, y, c, &l, l.rows, 0, n);
            assert_true(apart(x, y, n) < 1e-13);
            const size_t from = n / 3, some = (n - from + 1) / 2;
            loci_pyramid_inverse(p, y, c, &l, l.rows, from, some);
            assert_true(apart(x + from, y, some) < 1e-13);
        }
        loci_pyramid_destroy(p);
    }
}

/* A polynomial of degree below the order is the root alone; with all rows, the value at a sample is the sample. */
static void coarse_rows_hold_polynomials(void **state)
{
    (void)state;
    static const size_t lengths[] = {3, 8, 64, 100, 1000, 4096, 4095};
    pyramid *p = loci_pyramid_create(NULL, 8, LONGEST);
    assert_non_null(p);
    for (size_t at = 0; at < 7; at++) {
        const size_t n = lengths[at];
        pyramid_layout l;
        loci_pyramid_layout(&l, n, 8);
        for (size_t i = 0; i < n; i++) {
            const double t = (double)i / (double)n;
            x[i] = 1.0 + t * (2.0 - t * (3.0 + t * t));
        }
        loci_pyramid_forward(p, c, x, &l);
        for (size_t i = l.root; i < n; i++) assert_true(fabs(c[i]) < 1e-12);
        for (size_t i = 0; i < n; i += 5) {
            assert_true(fabs(loci_pyramid_value(p, c, &l, 1, 0.0, 8, (double)i) - x[i]) < 1e-11);
            assert_true(fabs(loci_pyramid_value(p, c, &l, l.rows, 0.0, 8, (double)i) - x[i]) < 1e-11);
        }
        loci_pyramid_inverse(p, y, c, &l, 1, 0, n);
        assert_true(apart(x, y, n) < 1e-11);
    }
    loci_pyramid_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_length_comes_back),
        cmocka_unit_test(coarse_rows_hold_polynomials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
