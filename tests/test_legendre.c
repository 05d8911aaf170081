/* SPDX-License-Identifier: MIT
 * test_legendre.c - Legendre functions against stored digits, exact coefficients, their differential
 * equation, orthogonality, quadrature and finite differences.
 *
 * Tolerances: values of order n are promised to a few ulp times sqrt(2n+1), the size of g_n at the ends; 32
 * ulp (7e-15) is what a recurrence of 1024 steps may leave, and derivatives and integrals are held to the
 * same share of their own size at the point. */
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

#define FEW (32.0 * DBL_EPSILON)

/* n, x, value, derivative, integral, by 300-bit arithmetic at the double x */
static const struct {
    size_t n;
    double x, value, derivative, integral;
} digits[] = {
    {1, 1e-10, -1.732050807222467132, 3.4641016151377545871, -1.7320508073956722759e-10},
    {2, 1e-10, 2.23606797615814891, -13.416407862315456605, 2.2360679768289693847e-10},
    {7, 1e-10, -3.8729833245187101757, 216.88706680202026411, -3.8729833353630636667e-10},
    {64, 1e-10, 11.357811966749294664, -47248.507614092181355, 1.1357814329174839499e-9},
    {1023, 1e-10, -45.239044705922665419, 4.7392734125529239709e+7, -4.5241414384001909235e-9},
    {1, 0.001, -1.7285867059537395389, 3.4641016151377545871, -1.7303187567613084522e-3},
    {2, 0.001, 2.2226649860426559567, -13.389575049268740702, 2.2293642457032453732e-3},
    {7, 0.001, -3.6590080323680689699, 211.07973754827960425, -3.7655117466202023041e-3},
    {64, 0.001, -4.4384850281356525943, 2224.0861982052472843, -5.3410146923246203923e-4},
    {1023, 0.001, -1.9413951734197048703, 1.3151485641268473804e+5, -1.2541939832702534674e-4},
    {1, 0.3, -0.69282032302755095587, 3.4641016151377545871, -0.36373066958946422395},
    {2, 0.3, -0.58137767414994526149, -5.3665631459994955693, 0.18782971010998234095},
    {7, 0.3, 0.056508376214504481423, 19.266295083109259337, -0.072248606561659720986},
    {64, 0.3, 0.18760885329852663787, 163.69424728963691226, -8.2634115218326324153e-3},
    {1023, 0.3, 0.25045985555068695665, -2572.4683676085767784, 5.1569598186801334162e-4},
    {1, 0.75, 0.86602540378443864676, 3.4641016151377545871, -0.32475952641916449254},
    {2, 0.75, -0.27950849718747371205, 6.7082039324993690892, -0.20963137289060528404},
    {7, 0.75, 0.86423505332851050612, 15.302822869878133513, -0.051237130144681250602},
    {64, 0.75, -0.85832418550243444685, -128.14439608103094537, 5.7757390060560822731e-3},
    {1023, 0.75, -1.1711844040013679934, 741.19116444239157562, -1.3266486373272965965e-4},
    {1, 0.9999990463256836, 1.7320475039441375152, 3.4641016151377545871, -1.651810794598109631e-6},
    {2, 0.9999990463256836, 2.2360551826283925682, 13.416382275231539618, -2.1324744988079618838e-6},
    {7, 0.9999990463256836, 3.872776509244652658, 216.88148276210349658, -3.6934661171743475073e-6},
    {64, 0.9999990463256836, 11.312801644056183069, 47154.9001580470638, -1.0810186126514097904e-5},
    {1023, 0.9999990463256836, 10.155141976958695179, 2.7350351532222525364e+7, -2.4899291802185608888e-5},
};

static double *row_at(loci_ask ask, double x, size_t order)
{
    double *row = malloc(order * sizeof *row);
    assert_non_null(row);
    loci_legendre_evaluate(ask, row, &x, 1, order);
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
            assert_near(row[n], expected[a], FEW * largest(row, n + 1), "ask %d of g_%zu(%.17g)",
                        (int)asks[a], n, x);
            free(row);
        }
    }
}

static void endpoints(void **state)
{
    (void)state;
    const size_t order = 1024;
    for (int end = 0; end < 2; end++) {
        double *value = row_at(LOCI_VALUE, end, order), *slope = row_at(LOCI_DERIVATIVE, end, order),
               *integral = row_at(LOCI_INTEGRAL, end, order);
        for (size_t n = 0; n < order; n++) {
            const double root = sqrt((double)(2 * n + 1)), sign = end || n % 2 == 0 ? 1.0 : -1.0;
            assert_near(value[n], sign * root, DBL_EPSILON * root, "g_%zu(%d)", n, end);
            const double expected = (end ? 1.0 : -sign) * (double)(n * (n + 1)) * root;
            assert_near(slope[n], expected, 4 * DBL_EPSILON * fabs(expected), "g_%zu'(%d)", n, end);
            assert_near(integral[n], n == 0 && end ? 1.0 : 0.0, 0.0, "integral of g_%zu to %d", n, end);
        }
        free(value);
        free(slope);
        free(integral);
    }
}

static void polynomials_are_the_known_ones(void **state)
{
    (void)state;
    static const int64_t known[11][11] = {/* over 256 */
                                          {256},
                                          {0, 256},
                                          {-128, 0, 384},
                                          {0, -384, 0, 640},
                                          {96, 0, -960, 0, 1120},
                                          {0, 480, 0, -2240, 0, 2016},
                                          {-80, 0, 1680, 0, -5040, 0, 3696},
                                          {0, -560, 0, 5040, 0, -11088, 0, 6864},
                                          {70, 0, -2520, 0, 13860, 0, -24024, 0, 12870},
                                          {0, 630, 0, -9240, 0, 36036, 0, -51480, 0, 24310},
                                          {-63, 0, 3465, 0, -30030, 0, 90090, 0, -109395, 0, 46189}};
    for (size_t n = 0; n <= 10; n++) {
        int64_t numerator[11];
        assert_int_equal(loci_legendre_polynomial(numerator, n, NULL), LOCI_OK);
        for (size_t k = 0; k <= n; k++) assert_true(numerator[k] * 256 == known[n][k] * ((int64_t)1 << n));
    }
}

static void polynomials_obey_the_recurrence(void **state)
{
    (void)state;
    int64_t q[3][32] = {{0}};
    for (size_t n = 0; n <= 30; n++) {
        int64_t *now = q[n % 3], *last = q[(n + 2) % 3], *before = q[(n + 1) % 3];
        memset(now, 0, sizeof q[0]);
        assert_int_equal(loci_legendre_polynomial(now, n, NULL), LOCI_OK);
        uint64_t sum = 0; /* P_n(1) = 1; unsigned, since partial sums may wrap where the whole does not */
        for (size_t k = 0; k <= n; k++) sum += (uint64_t)now[k];
        assert_true(sum == (uint64_t)1 << n);
        for (size_t k = 0; n >= 2 && k <= n;
             k++) { /* n Q_n = 2 (2n-1) z Q_{n-1} - 4 (n-1) Q_{n-2}, modulo 2^64 */
            const uint64_t left = (uint64_t)n * (uint64_t)now[k], shifted = k ? (uint64_t)last[k - 1] : 0;
            assert_true(left == 2 * (2 * n - 1) * shifted - 4 * (n - 1) * (uint64_t)before[k]);
        }
        /* Horner in long double: its error is an ulp of the sum of magnitudes, each step */
        for (int i = -4; i <= 4; i++) {
            const long double z = 0.25L * (long double)i;
            long double value = 0.0L, magnitude = 0.0L;
            for (size_t k = n + 1; k-- > 0;) {
                value = value * z + (long double)now[k];
                magnitude = magnitude * fabsl(z) + fabsl((long double)now[k]);
            }
            const double root = sqrt((double)(2 * n + 1)), unit = ldexp(1.0, -(int)n);
            double *row = row_at(LOCI_VALUE, 0.5 + 0.125 * i, n + 1);
            assert_near(row[n], root * unit * (double)value,
                        root * (FEW + (double)(2 * n + 2) * unit * (double)(magnitude * LDBL_EPSILON)),
                        "P_%zu(%g)", n, 0.25 * i);
            free(row);
        }
    }
    loci_error error;
    assert_int_equal(loci_legendre_polynomial(q[0], 31, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "degree is 31; 0 to 30 was expected");
}

/* (x (1-x) g')' + n (n+1) g = 0, with the outer derivative taken by differences; and once integrated,
 * exactly. */
static void differential_equation(void **state)
{
    (void)state;
    const double h = 1e-5;
    for (int i = 1; i < 20; i++) {
        const double x = i / 20.0 + 1e-3;
        double *value = row_at(LOCI_VALUE, x, 40), *up = row_at(LOCI_DERIVATIVE, x + h, 40),
               *down = row_at(LOCI_DERIVATIVE, x - h, 40);
        for (size_t n = 0; n < 40; n++) {
            const double outer = ((x + h) * (1 - x - h) * up[n] - (x - h) * (1 - x + h) * down[n]) / (2 * h);
            /* h^2/6 times the third derivative of x (1-x) g', which is n (n+1) g'', by Markov at most
             * n (n+1) 4 sqrt(2n+1) n^2 (n^2-1)/3; and rounding of g' over h */
            const double m = (double)n, root = sqrt(2 * m + 1),
                         third = m * (m + 1) * 4 * root * m * m * (m * m - 1) / 3;
            assert_near(outer, -m * (m + 1) * value[n], h * h / 6 * third + FEW * root * (m * m + 1) / h,
                        "equation of g_%zu at %g", n, x);
        }
        free(value);
        free(up);
        free(down);
    }
    const size_t order = 1024;
    for (int i = 0; i <= 40; i++) {
        const double x = 0.5 - 0.5 * cos(3.14159265358979 * i / 40.0);
        double *slope = row_at(LOCI_DERIVATIVE, x, order), *integral = row_at(LOCI_INTEGRAL, x, order);
        double size = 0.0;
        for (size_t n = 1; n < order; n++) {
            size = fmax(size, fabs(slope[n]) * x * (1 - x));
            size = fmax(size, (double)(n * (n + 1)) * fabs(integral[n]));
            assert_near(x * (1 - x) * slope[n], -(double)(n * (n + 1)) * integral[n],
                        2 * FEW * size + DBL_MIN, "integrated equation of g_%zu at %g", n, x);
        }
        free(slope);
        free(integral);
    }
}

/* Gram matrix of all orders by as many nodes, which is exact for the products. */
static void orthogonality(void **state)
{
    (void)state;
    const size_t orders[] = {1, 2, 7, 256};
    for (size_t o = 0; o < 4; o++) {
        const size_t order = orders[o];
        double *node = malloc(order * sizeof *node), *weight = malloc(order * sizeof *weight),
               *g = malloc(order * order * sizeof *g);
        assert_true(node && weight && g);
        assert_int_equal(loci_quadrature_gauss(node, weight, order, NULL), LOCI_OK);
        loci_legendre_evaluate(LOCI_VALUE, g, node, order, order);
        for (size_t n = 0; n < order; n++)
            for (size_t m = 0; m <= n; m++) {
                double sum = 0.0;
                for (size_t i = 0; i < order; i++) sum += weight[i] * g[i * order + n] * g[i * order + m];
                assert_near(sum, n == m, 1e-13 + 3 * FEW, /* of the weights; of the values, squared */
                            "g_%zu and g_%zu", n, m);
            }
        free(node);
        free(weight);
        free(g);
    }
}

/* The integral by quadrature of the values, the value by quadrature of the derivative, the derivative by
 * differences. */
static void integrals_and_derivatives(void **state)
{
    (void)state;
    enum { ORDER = 65, NODES = 40 };
    double node[NODES], weight[NODES], at[NODES], value[NODES * ORDER], slope[NODES * ORDER];
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    const double points[] = {1e-7, 0.013, 0.25, 0.5, 0.77, 1.0};
    for (size_t p = 0; p < 6; p++) {
        const double x = points[p];
        for (size_t i = 0; i < NODES; i++) at[i] = x * node[i];
        loci_legendre_evaluate(LOCI_VALUE, value, at, NODES, ORDER);
        loci_legendre_evaluate(LOCI_DERIVATIVE, slope, at, NODES, ORDER);
        double *integral = row_at(LOCI_INTEGRAL, x, ORDER), *here = row_at(LOCI_VALUE, x, ORDER);
        for (size_t n = 0; n < ORDER; n++) {
            double sum = 0.0, rise = 0.0, size = 0.0;
            for (size_t i = 0; i < NODES; i++) {
                sum += weight[i] * value[i * ORDER + n];
                rise += weight[i] * slope[i * ORDER + n];
                size += weight[i] * fabs(slope[i * ORDER + n]);
            }
            const double root = sqrt((double)(2 * n + 1)), first = n % 2 ? -root : root;
            assert_near(integral[n], x * sum, FEW * x * root, "integral of g_%zu to %g", n, x);
            /* the nodes round too, and g''/g' is about 2n */
            assert_near(here[n] - first, x * rise,
                        FEW * root + (FEW + (double)(2 * n) * DBL_EPSILON) * x * size, "g_%zu(%g) - g(0)", n,
                        x);
        }
        free(integral);
        free(here);
    }
    const double h = 1e-5;
    for (size_t n = 0; n <= 8; n++) {
        double *up = row_at(LOCI_VALUE, 0.3 + h, 9), *down = row_at(LOCI_VALUE, 0.3 - h, 9),
               *exact = row_at(LOCI_DERIVATIVE, 0.3, 9);
        /* Markov: the third derivative of P_n is at most n^6/15; the interval is half as long, so times 8 */
        const double root = sqrt((double)(2 * n + 1)), third = root * 8.0 * pow((double)n, 6) / 15.0;
        assert_near((up[n] - down[n]) / (2 * h), exact[n], h * h / 6 * third + FEW * root / h, "g_%zu'(0.3)",
                    n);
        free(up);
        free(down);
        free(exact);
    }
}

/* sum is the dot product; a point's bits depend neither on its neighbours nor on whether out is x. */
static void sums_and_blocks(void **state)
{
    (void)state;
    const size_t orders[] = {1, 2, 17, 1024}, counts[] = {0, 1, 7, 32, 33, 100};
    const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
    double *c = malloc(1024 * sizeof *c), *all = malloc(1024 * 100 * sizeof *all), x[100], out[100];
    assert_true(c && all);
    for (size_t i = 0; i < 100; i++) x[i] = fmod((double)i * 0.6180339887498949, 1.0);
    for (size_t n = 0; n < 1024; n++) c[n] = cos((double)(n * n)) / (double)(n + 1);
    for (size_t o = 0; o < 4; o++)
        for (size_t a = 0; a < 3; a++)
            for (size_t k = 0; k < 6; k++) {
                const size_t order = orders[o], count = counts[k];
                loci_legendre_evaluate(asks[a], all, x, count, order);
                memcpy(out, x, sizeof out);
                loci_legendre_sum(asks[a], out, c, order, out, count);
                for (size_t i = 0; i < count; i++) {
                    double dot = 0.0, size = 0.0, alone;
                    for (size_t n = 0; n < order; n++) {
                        dot += c[n] * all[i * order + n];
                        size += fabs(c[n] * all[i * order + n]);
                    }
                    assert_near(out[i], dot, FEW * size, "sum of %zu at %g", order, x[i]);
                    loci_legendre_sum(asks[a], &alone, c, order, x + i, 1);
                    assert_memory_equal(&alone, &out[i], sizeof alone);
                    double *row = row_at(asks[a], x[i], order);
                    assert_memory_equal(row, all + i * order, order * sizeof *row);
                    free(row);
                }
            }
    free(c);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_digits),
        cmocka_unit_test(endpoints),
        cmocka_unit_test(polynomials_are_the_known_ones),
        cmocka_unit_test(polynomials_obey_the_recurrence),
        cmocka_unit_test(differential_equation),
        cmocka_unit_test(orthogonality),
        cmocka_unit_test(integrals_and_derivatives),
        cmocka_unit_test(sums_and_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
