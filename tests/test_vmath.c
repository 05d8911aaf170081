/* SPDX-License-Identifier: MIT
 * test_vmath.c - every elementary function against the C library in double, over the whole range of its type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/each_precision.h"

#include "base/vmath.h"

typedef void apply(const vreal *x, vreal *y);
typedef double reference(double x);

static void v_exp(const vreal *x, vreal *y)
{
    *y = loci_vexp(*x);
}
static void v_expm1(const vreal *x, vreal *y)
{
    *y = loci_vexpm1(*x);
}
static void v_log1p(const vreal *x, vreal *y)
{
    *y = loci_vlog1p(*x);
}
static void v_tanh(const vreal *x, vreal *y)
{
    *y = loci_vtanh(*x);
}
static void v_erf(const vreal *x, vreal *y)
{
    *y = loci_verf(*x);
}
static void v_sigmoid(const vreal *x, vreal *y)
{
    *y = loci_vsigmoid(*x);
}
static void v_sin(const vreal *x, vreal *y)
{
    vreal other;
    loci_vsincos(*x, y, &other);
}
static void v_cos(const vreal *x, vreal *y)
{
    vreal other;
    loci_vsincos(*x, &other, y);
}
static double sigmoid(double x)
{
    if (!LOCI_REAL_IS_DOUBLE && x < -42) return 0; /* 2^-60: counts as nothing */
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

/* ulps: the largest error in float, by the analysis in the comment of each entry; in double the library is called. */
static const struct {
    const char *name;
    apply *got;
    reference *wanted;
    double ulps;
} functions[] = {
    {"exp", v_exp, exp, 1.1},       /* sum rounded 0.5, the lower terms a quarter of it at most, scaling 0 */
    {"expm1", v_expm1, expm1, 1.8}, /* at n = 1 the error of e^r - 1 doubles against a smaller result */
    {"log1p", v_log1p, log1p, 1.6}, /* at n = -1 the result is half of a part */
    {"tanh", v_tanh, tanh, 1.5},    /* 2 / (e^2a + 1): three roundings, halved by the subtraction from 1 */
    {"erf", v_erf, erf, 1.3},       /* exp of a rounded argument, damped by erfc < 0.2 */
    {"sigmoid", v_sigmoid, sigmoid, 2.5}, /* exp 1, sum 0.5, quotient 0.5 and a change of binade */
    {"sin", v_sin, sin, 1.1},             /* exact reduction; sum rounded 0.5, the lower terms less */
    {"cos", v_cos, cos, 1.1},
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void check(int which, const vreal *x)
{
    vreal y;
    functions[which].got(x, &y);
    for (int i = 0; i < LOCI_WIDTH; i++) {
        const double wanted = functions[which].wanted((double)(*x)[i]), got = (double)y[i];
        const double rounded = (double)(real)wanted;
        bool good;
        if (isnan(rounded) || isinf(rounded)) {
            good = isnan(rounded) ? isnan(got) : got == rounded;
        } else {
            int exponent;
            frexp(wanted, &exponent);
            const int last = LOCI_REAL_IS_DOUBLE ? -1074 : exponent - 24 < -149 ? -149 : exponent - 24;
            const double bound = LOCI_REAL_IS_DOUBLE ? 0 : functions[which].ulps * ldexp(1, last);
            good = fabs(got - wanted) <= bound && signbit(got) == signbit(wanted);
        }
        if (!good)
            fail_msg("%s(%.9g) is %.9g, %.17g was expected", functions[which].name, (double)(*x)[i], got,
                     wanted);
    }
}

/* Patterns of bits at equal distances: every exponent, both signs, denormal numbers, NaN. */
static void whole_range(void **state)
{
    (void)state;
    const uint64_t step = LOCI_REAL_IS_DOUBLE ? 0x0000800123456789 : 4127;
    const uint64_t end =
        LOCI_REAL_IS_DOUBLE ? UINT64_MAX - LOCI_WIDTH * step : UINT32_MAX - LOCI_WIDTH * step;
    for (uint64_t bits = 0; bits < end; bits += LOCI_WIDTH * step) {
        vbits pattern;
        for (int i = 0; i < LOCI_WIDTH; i++) pattern[i] = (real_bits)(bits + (uint64_t)i * step);
        const vreal x = (vreal)pattern;
        for (int f = 0; f < FUNCTIONS; f++) check(f, &x);
    }
}

/* Where the pieces meet and where results leave the range of float. */
static void special_points(void **state)
{
    (void)state;
    const double points[] = {
        0,      1e-45,   1e-40,  1.2e-38, 1e-20, 5e-8,   1e-3,      0.3466, 0.5,    0.55,   0.92,
        0.93,   0.41421, 0.7071, 0.7854,  1,     1.0397, 1.5708,    2,      3.1416, 3.95,   4,
        8.6643, 9.1,     16,     17.33,   64,    87.336, 88.029,    88.376, 88.722, 88.73,  103.27,
        103.98, 104,     1000,   12799,   12800, 12801,  6374.2915, 1e6,    1e22,   3.4e38, (double)INFINITY};
    for (size_t p = 0; p < sizeof points / sizeof *points; p++)
        for (int sign = -1; sign <= 1; sign += 2)
            for (int f = 0; f < FUNCTIONS; f++) {
                vreal x;
                real value = (real)(sign * points[p]);
                for (int i = 0; i < LOCI_WIDTH; i++) value = nextafterf((float)value, (float)-INFINITY);
                for (int i = 0; i < LOCI_WIDTH; i++) {
                    x[i] = i == LOCI_WIDTH / 2 ? (real)(sign * points[p]) : value;
                    value = nextafterf(nextafterf((float)value, (float)INFINITY), (float)INFINITY);
                }
                check(f, &x);
            }
}

/* The normal distribution: half the mass within |x|, to 3 * 2^-24; its density, whose exponent x^2/2 is a rounded number. */
static void normal_distribution(void **state)
{
    (void)state;
    for (double from = -15; from < 15; from += LOCI_WIDTH * 0.0009765625) {
        vreal x, half, density;
        for (int i = 0; i < LOCI_WIDTH; i++) x[i] = (real)(from + i * 0.0009765625);
        loci_vnormal(&half, &density, x);
        for (int i = 0; i < LOCI_WIDTH; i++) {
            const double v = (double)x[i], mass = 0.5 * erf(fabs(v) * sqrt(0.5));
            const double peak = exp(-0.5 * v * v) / sqrt(2 * 3.14159265358979323846);
            assert_true(fabs((double)half[i] - mass) <= 1.5 * (double)LOCI_REAL_EPSILON);
            if (!LOCI_REAL_IS_DOUBLE && v * v > 84.0001)
                assert_true(density[i] == 0);
            else if (LOCI_REAL_IS_DOUBLE || v * v < 83.9999)
                assert_true(fabs((double)density[i] - peak) <=
                            (v * v + 2) * (double)LOCI_REAL_EPSILON * peak + LOCI_REAL_IS_DOUBLE * 1e-45);
        }
    }
    const double ends[] = {0, 1e30, -1e30, (double)INFINITY};
    for (int i = 0; i < 4; i++) {
        const vreal x = LOCI_SPLAT((real)ends[i]);
        vreal half, density;
        loci_vnormal(&half, &density, x);
        assert_true(fabs((double)half[0] - (i ? 0.5 : 0)) <= 1.5 * (double)LOCI_REAL_EPSILON);
        assert_true(fabs((double)density[0] - (i ? 0 : 0.39894228040143268)) <= (double)LOCI_REAL_EPSILON);
    }
    const vreal nan = LOCI_SPLAT((real)NAN);
    vreal half, density;
    loci_vnormal(&half, &density, nan);
    assert_true(isnan(half[0]) && isnan(density[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_range),
        cmocka_unit_test(special_points),
        cmocka_unit_test(normal_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
