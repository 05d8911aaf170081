/* SPDX-License-Identifier: MIT
 * test_laguerre.c - Laguerre functions against stored digits (with arguments where the weight alone
 * underflows), orthogonality, their differential equation, quadrature, and sums.
 *
 * Tolerance: 64 ulp of the largest of the row up to the function asked for; values are at most 1, integrals
 * about 2. */
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

#define FEW (64.0 * DBL_EPSILON)

/* n, x, value, derivative, integral, by 300-bit arithmetic at the double x; 0 stands for what is below 1e-300
 */
static const struct {
    size_t n;
    double x, value, derivative, integral;
} digits[] = {
    {0, 1e-08, 0.9999999950000000125, -0.49999999750000000625, 9.9999999750000002509e-9},
    {1, 1e-08, 0.9999999850000000625, -1.4999999875000000437, 9.9999999250000004176e-9},
    {2, 1e-08, 0.9999999750000001625, -2.4999999675000001562, 9.9999998750000007509e-9},
    {7, 1e-08, 0.9999999250000014125, -7.4999997175000035937, 9.9999996250000049176e-9},
    {64, 1e-08, 0.99999935500010401249, -64.499979197502236806, 9.9999967750003469175e-9},
    {1023, 1e-08, 0.99998976502618878272, -1023.4947622464347508, 9.9999488250872961764e-9},
    {0, 0.7, 0.70468808971871345, -0.352344044859356725, 0.5906238205625731},
    {1, 0.7, 0.2114064269156140663, -0.81039130317652048315, 0.39593950504362566742},
    {2, 0.7, -0.10922665390640054407, -0.86148118968112724426, 0.24532665660040355331},
    {7, 0.7, -0.30581509727769470091, 0.80501640434140148842, -0.077538191121840448485},
    {64, 0.7, 0.21716429257103646139, -0.22684273302880124172, 2.4775887924985117065e-3},
    {1023, 0.7, -0.0859389772130111817, -2.5362986938489793067, 1.7349267976387601617e-3},
    {0, 30.0, 3.0590232050182578837e-7, -1.5295116025091289419e-7, 1.9999993881953589963},
    {1, 30.0, -8.8711672945529478628e-6, 4.129681326774648143e-6, -1.9999810340561288868},
    {2, 30.0, 1.1960780731621388325e-4, -5.1238638684055819552e-5, 1.9997240761069073531},
    {7, 30.0, -0.14417014674024498441, 0.022719474594499351954, -1.3241291872056950421},
    {64, 30.0, -0.070794082836089503893, 0.071946174470824783464, -0.038026074725543144252},
    {1023, 30.0, -0.036931034266894769015, 0.12502945830793762735, -3.6920821337582780451e-3},
    {0, 400.0, 1.3838965267367375306e-87, -6.9194826336836876532e-88, 2.0},
    {1, 400.0, -5.5217471416795827473e-85, 2.7470346055724239983e-85, -2.0},
    {2, 400.0, 1.0960598881407634916e-82, -5.4252203589396953045e-83, 2.0},
    {7, 400.0, -3.9719516066605676261e-73, 1.9152090779321708872e-73, -2.0},
    {64, 400.0, 1.34162507565431361e-15, -4.0285334938718891394e-16, 1.9999999999999955634},
    {1023, 400.0, 0.010177768819237648401, -0.031150322181830871145, 0.013493477546127822583},
    {0, 3000.0, 0.0, 0.0, 2.0},
    {1, 3000.0, 0.0, 0.0, -2.0},
    {2, 3000.0, 0.0, 0.0, 2.0},
    {7, 3000.0, 0.0, 0.0, -2.0},
    {64, 3000.0, 0.0, 0.0, 2.0},
    {1023, 3000.0, 5.7424710815753917298e-3, 5.3888175952783763569e-3, -0.059050664490047329588},
    {0, 4080.0, 0.0, 0.0, 2.0},
    {1, 4080.0, 0.0, 0.0, -2.0},
    {2, 4080.0, 0.0, 0.0, 2.0},
    {7, 4080.0, 0.0, 0.0, -2.0},
    {64, 4080.0, 0.0, 0.0, 2.0},
    {1023, 4080.0, -0.038311359935742048127, 5.9663575676686538727e-4, -0.8657677396228642143},
    {0, 5000.0, 0.0, 0.0, 2.0},
    {1, 5000.0, 0.0, 0.0, -2.0},
    {2, 5000.0, 0.0, 0.0, 2.0},
    {7, 5000.0, 0.0, 0.0, -2.0},
    {64, 5000.0, 0.0, 0.0, 2.0},
    {1023, 5000.0, -8.0909170311716861236e-61, 1.7246847576747596327e-61, -2.0},
};

static double *row_at(loci_ask ask, double x, size_t order)
{
    double *row = malloc(order * sizeof *row);
    assert_non_null(row);
    loci_laguerre_evaluate(ask, row, &x, 1, order);
    return row;
}

static double largest(const double *row, size_t count)
{
    double most = 0.0;
    for (size_t n = 0; n < count; n++) most = fmax(most, fabs(row[n]));
    return most;
}

static void stored_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        const size_t n = digits[i].n;
        const double x = digits[i].x,
                     expected[] = {digits[i].value, digits[i].derivative, digits[i].integral};
        const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
        for (size_t a = 0; a < 3; a++) {
            double *row = row_at(asks[a], x, n + 1);
            assert_near(row[n], expected[a], FEW * largest(row, n + 1) + DBL_MIN, "ask %d of l_%zu(%.17g)",
                        (int)asks[a], n, x);
            free(row);
        }
    }
}

static void ends(void **state)
{
    (void)state;
    double *value = row_at(LOCI_VALUE, 0.0, 1024), *slope = row_at(LOCI_DERIVATIVE, 0.0, 1024),
           *integral = row_at(LOCI_INTEGRAL, 0.0, 1024);
    for (size_t n = 0; n < 1024; n++) {
        assert_near(value[n], 1.0, 0.0, "l_%zu(0)", n);
        assert_near(slope[n], -(double)n - 0.5, 0.0, "l_%zu'(0)", n);
        assert_near(integral[n], 0.0, 0.0, "integral of l_%zu to 0", n);
    }
    free(value);
    free(slope);
    free(integral);
    const double far[] = {1e4, 1e5, 1e9, 1e300, INFINITY};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        value = row_at(LOCI_VALUE, far[i], 1024);
        integral = row_at(LOCI_INTEGRAL, far[i], 1024);
        for (size_t n = 0; n < 1024; n++) { /* the whole integral is 2 (-1)^n */
            assert_near(value[n], 0.0, 1e-300, "l_%zu(%g)", n, far[i]);
            assert_near(integral[n], n % 2 ? -2.0 : 2.0, FEW, "integral of l_%zu to %g", n, far[i]);
        }
        free(value);
        free(integral);
    }
    value = row_at(LOCI_VALUE, NAN, 3);
    assert_true(isnan(value[0]) && isnan(value[2]));
    free(value);
}

/* By panels of Gauss quadrature; all products of order < 40 have faded out at 400. */
static void orthogonality(void **state)
{
    (void)state;
    enum { ORDER = 40, NODES = 30, PANELS = 80 };
    double node[NODES], weight[NODES], x[NODES];
    double *l = malloc(NODES * ORDER * sizeof *l), *gram = calloc(ORDER * ORDER, sizeof *gram);
    assert_true(l && gram);
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    for (int panel = 0; panel < PANELS; panel++) {
        for (size_t i = 0; i < NODES; i++) x[i] = 5.0 * (panel + node[i]);
        loci_laguerre_evaluate(LOCI_VALUE, l, x, NODES, ORDER);
        for (size_t n = 0; n < ORDER; n++)
            for (size_t m = 0; m < ORDER; m++)
                for (size_t i = 0; i < NODES; i++)
                    gram[n * ORDER + m] += 5.0 * weight[i] * l[i * ORDER + n] * l[i * ORDER + m];
    }
    for (size_t n = 0; n < ORDER; n++)
        for (size_t m = 0; m < ORDER; m++)
            assert_near(gram[n * ORDER + m], n == m, FEW, "l_%zu and l_%zu", n, m);
    free(l);
    free(gram);
}

/* (x l')' + (n + 1/2 - x/4) l = 0, with the outer derivative taken by differences. */
static void differential_equation(void **state)
{
    (void)state;
    const double h = 1e-5;
    for (int i = 1; i < 30; i++) {
        const double x = 1.7 * i;
        double *value = row_at(LOCI_VALUE, x, 20), *up = row_at(LOCI_DERIVATIVE, x + h, 20),
               *down = row_at(LOCI_DERIVATIVE, x - h, 20);
        for (size_t n = 0; n < 20; n++) {
            const double outer = ((x + h) * up[n] - (x - h) * down[n]) / (2 * h), m = (double)(n + 1);
            /* h^2/6 times the third derivative of x l', below (n+1)^2 (1 + x) here; rounding of x l' over h
             */
            assert_near(outer, -((double)n + 0.5 - 0.25 * x) * value[n],
                        h * h * m * m * (1 + x) + DBL_EPSILON * x * m / h, "equation of l_%zu at %g", n, x);
        }
        free(value);
        free(up);
        free(down);
    }
}

/* The integral by quadrature of the values, the value by quadrature of the derivative. */
static void integrals_and_derivatives(void **state)
{
    (void)state;
    enum { ORDER = 50, NODES = 40 };
    double node[NODES], weight[NODES], x[NODES], slope[NODES * ORDER], value[NODES * ORDER];
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    const double points[] = {1e-6, 0.3, 2.0, 9.0};
    for (size_t p = 0; p < 4; p++) {
        const double end = points[p];
        for (size_t i = 0; i < NODES; i++) x[i] = end * node[i];
        loci_laguerre_evaluate(LOCI_VALUE, value, x, NODES, ORDER);
        loci_laguerre_evaluate(LOCI_DERIVATIVE, slope, x, NODES, ORDER);
        double *integral = row_at(LOCI_INTEGRAL, end, ORDER), *here = row_at(LOCI_VALUE, end, ORDER);
        for (size_t n = 0; n < ORDER; n++) {
            double sum = 0.0, rise = 0.0;
            for (size_t i = 0; i < NODES; i++) {
                sum += end * weight[i] * value[i * ORDER + n];
                rise += end * weight[i] * slope[i * ORDER + n];
            }
            assert_near(integral[n], sum, FEW * end, "integral of l_%zu to %g", n, end);
            assert_near(here[n] - 1.0, rise, FEW * (1.0 + end * (double)n), "l_%zu(%g) - 1", n, end);
        }
        free(integral);
        free(here);
    }
}

static void sums(void **state)
{
    (void)state;
    const double x[] = {0.0, 0.4, 12.0, 500.0, 3000.0};
    const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
    const size_t orders[] = {1, 2, 33, 1024};
    double c[1024], out[5];
    for (size_t n = 0; n < 1024; n++) c[n] = cos((double)(n * n)) / (double)(n + 1);
    for (size_t o = 0; o < 4; o++)
        for (size_t a = 0; a < 3; a++) {
            memcpy(out, x, sizeof out);
            loci_laguerre_sum(asks[a], out, c, orders[o], out, 5);
            for (size_t i = 0; i < 5; i++) {
                double *row = row_at(asks[a], x[i], orders[o]), dot = 0.0, size = 0.0;
                for (size_t n = 0; n < orders[o]; n++) {
                    dot += c[n] * row[n];
                    size += fabs(c[n] * row[n]);
                }
                assert_near(out[i], dot, FEW * size, "sum of %zu at %g", orders[o], x[i]);
                free(row);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_digits),
        cmocka_unit_test(ends),
        cmocka_unit_test(orthogonality),
        cmocka_unit_test(differential_equation),
        cmocka_unit_test(integrals_and_derivatives),
        cmocka_unit_test(sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
