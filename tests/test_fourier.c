/* SPDX-License-Identifier: MIT
 * test_fourier.c - the Fourier pairs against stored digits, against sine and cosine in long double,
 * orthogonality, sums.
 *
 * A harmonic is at most 15 turns away from a phase of full precision: 32 ulp hold for values, for derivatives
 * over 2 pi k, and for integrals over the smaller of x and 1/(pi k). */
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
#define PI 0x1.921fb54442d18p+1

/* n, x, value, derivative, integral, by 300-bit arithmetic at the double x */
static const struct {
    size_t n;
    double x, value, derivative, integral;
} digits[] = {
    {2, 1e-09, 1.4142135623730950209, -5.5830913597111039383e-8, 1.4142135623730951276e-9},
    {3, 1e-09, 8.885765876316732989e-9, 8.8857658763167323186, 4.4428829381583667858e-18},
    {16, 1e-09, 1.4142135623730932622, -3.5731784702151050394e-6, 1.4142135623730945414e-9},
    {33, 1e-09, 1.4217225402106748928e-7, 142.17225402106700147, 7.1086127010533808938e-17},
    {1022, 1e-09, 1.4142135623658057368, -0.01457862398936618417, 1.4142135623706653662e-9},
    {1023, 1e-09, 4.5406263627900493039e-6, 4540.6263627744464544, 2.2703131813969751142e-15},
    {2, 0.1, 1.1441228056353685662, -5.2229221374226794425, 0.13229816325885865458},
    {3, 0.1, 0.83125387555490689709, 7.1887356019772335586, 0.042986279018239805065},
    {16, 0.1, 0.43701602444882144609, 67.606924311553146332, -0.026757865600251978321},
    {33, 0.1, -0.83125387555490749567, -115.01976963163569322, 0.025448242441269572531},
    {1022, 0.1, 1.1441228056353537798, -2668.9132122230545388, 2.5890051518368276648e-4},
    {1023, 0.1, 0.83125387555492724889, 3673.4438926103188734, 8.4121876748027707245e-5},
    {2, 0.37, -0.9680958012876032344, -6.4774445544466246053, 0.16407558730853680378},
    {3, 0.37, 1.0309173194438598779, -6.0827253145925172379, 0.37915631120070782548},
    {16, 0.37, 1.3697834427543148589, 17.678400905236217226, -6.9968613461808947811e-3},
    {33, 0.37, -0.68130257963771437317, 124.58649591555465818, 1.740048658689862213e-3},
    {1022, 0.37, 1.2796186891995254391, -1933.3046760137026649, 1.8754209553710223931e-4},
    {1023, 0.37, 0.60214284870891584578, 4108.4815681999094819, 4.1920625010568182768e-5},
    {2, 0.625, -1.0, 6.2831853071795864769, -0.15915494309189533577},
    {3, 0.625, -1.0, -6.2831853071795864769, 0.38423402213117185316},
    {16, 0.625, 1.4142135623730950488, 7.1452289308194224309e-89, -2.8279806744769510467e-92},
    {33, 0.625, -2.84299625965782333e-90, 142.1722540210677199, 0.0},
    {1022, 0.625, -1.0, -3210.7076919687686897, 3.1145781426985388604e-4},
    {1023, 0.625, 1.0, -3210.7076919687686897, 7.5192567931736174786e-4},
};

static double *row_at(loci_ask ask, double x, size_t order)
{
    double *row = malloc(order * sizeof *row);
    assert_non_null(row);
    loci_fourier_evaluate(ask, row, &x, 1, order);
    return row;
}

static void stored_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        const size_t n = digits[i].n;
        const double x = digits[i].x,
                     expected[] = {digits[i].value, digits[i].derivative, digits[i].integral};
        const double sizes[] = {1.0, PI * (double)n, fmin(x, 1.0 / (PI * (double)n))};
        const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
        for (size_t a = 0; a < 3; a++) {
            double *row = row_at(asks[a], x, n + 1);
            assert_near(row[n], expected[a], FEW * sizes[a], "ask %d of function %zu at %.17g", (int)asks[a],
                        n, x);
            free(row);
        }
    }
}

static void against_sine_and_cosine(void **state)
{
    (void)state;
    const double points[] = {0.0, 1.0 / 3.0, 0.5, 0.7071, 1.0};
    const long double two_pi = 6.283185307179586476925286766559L,
                      root2 = 1.414213562373095048801688724209698L;
    for (size_t p = 0; p < 5; p++) {
        const double x = points[p];
        double *value = row_at(LOCI_VALUE, x, 1023), *slope = row_at(LOCI_DERIVATIVE, x, 1023),
               *integral = row_at(LOCI_INTEGRAL, x, 1023);
        assert_near(value[0], 1.0, 0.0, "function 0");
        assert_near(slope[0], 0.0, 0.0, "derivative 0");
        assert_near(integral[0], x, 0.0, "integral 0");
        assert_near(fabs(value[1]) + fabs(slope[1]) + fabs(integral[1]), 0.0, 0.0, "function 1");
        for (size_t n = 2; n < 1023; n++) {
            const long double k = (long double)(n / 2), turns = k * (long double)x, w = two_pi * k;
            const long double c = root2 * cosl(two_pi * (turns - rintl(turns))),
                              s = root2 * sinl(two_pi * (turns - rintl(turns)));
            const double omega = (double)w;
            assert_near(value[n], n % 2 ? s : c, FEW, "function %zu at %g", n, x);
            assert_near(slope[n], n % 2 ? w * c : -w * s, FEW * omega, "derivative %zu at %g", n, x);
            assert_near(integral[n], n % 2 ? (root2 - c) / w : s / w, FEW / omega, "integral %zu at %g", n,
                        x);
        }
        free(value);
        free(slope);
        free(integral);
    }
}

/* The midpoint rule is exact with more points than the highest harmonic of a product. */
static void orthogonality(void **state)
{
    (void)state;
    enum { ORDER = 34, POINTS = 64 };
    double x[POINTS], f[POINTS * ORDER];
    for (size_t i = 0; i < POINTS; i++) x[i] = ((double)i + 0.5) / POINTS;
    loci_fourier_evaluate(LOCI_VALUE, f, x, POINTS, ORDER);
    for (size_t n = 0; n < ORDER; n++)
        for (size_t m = 0; m < ORDER; m++) {
            double sum = 0.0;
            for (size_t i = 0; i < POINTS; i++) sum += f[i * ORDER + n] * f[i * ORDER + m] / POINTS;
            assert_near(sum, n == m && n != 1, FEW, "functions %zu and %zu", n, m);
        }
}

static void sums(void **state)
{
    (void)state;
    const double x[] = {0.0, 1e-5, 0.4, 0.99, 1.0};
    const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
    const size_t orders[] = {1, 2, 33, 1024};
    double c[1024], out[5];
    for (size_t n = 0; n < 1024; n++) c[n] = cos((double)(n * n)) / (double)(n + 1);
    for (size_t o = 0; o < 4; o++)
        for (size_t a = 0; a < 3; a++) {
            memcpy(out, x, sizeof out);
            loci_fourier_sum(asks[a], out, c, orders[o], out, 5);
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
        cmocka_unit_test(against_sine_and_cosine),
        cmocka_unit_test(orthogonality),
        cmocka_unit_test(sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
