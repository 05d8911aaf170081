/* SPDX-License-Identifier: MIT
 * test_step_elementary.c - the elementary functions of exported steps against C's in double. */
#include "export/steps/step_attention.h"
#include "export/steps/step_elementary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "near.h"

/* Half a million numbers: of each sign, from 10^-9 to 10^3. */
enum { EACH = 250000 };

static float number(int k)
{
    const double size = 1e-9 * pow(1e12, (double)(k / 2) / EACH);
    return (float)(k % 2 ? -size : size);
}

static void test_exponential(void **unused)
{
    (void)unused;
    for (int k = 0; k < 2 * EACH; k++) {
        const float x = number(k);
        const double e = exp((double)x);
        if (x > 0.0f)
            assert_near(logarithm(x), log((double)x),
                        1.3e-7 * fmax(fabs(log((double)x)), fabs((double)x - 1)), "log %.9g", (double)x);
        if (x > -87.0f && x < 88.0f) assert_near((double)exponential(x) / e, 1, 1.3e-7, "e^%.9g", (double)x);
    }
    assert_true(exponential(0.0f) == 1.0f && logarithm(1.0f) == 0.0f);
    assert_near(logarithm(1.2e-38f), log((double)1.2e-38f), 1e-5, "log");
    assert_near(logarithm(3e38f), log((double)3e38f), 1e-5, "log");
    assert_true(exponential(-1e30f) == 0.0f && exponential(-INFINITY) == 0.0f);
    assert_true(exponential(1e30f) > 1.6e38f && exponential(INFINITY) < INFINITY);
    assert_true(isnan(exponential(NAN)) && isnan(sigmoid(NAN)) && isnan(hyperbolic_tangent(NAN)) &&
                isnan(softplus(NAN)) && isnan(gelu_of(NAN)));
}

static void test_sigmoids(void **unused)
{
    (void)unused;
    for (int k = 0; k < 2 * EACH; k++) {
        const float x = number(k);
        const double d = (double)x, most = fmax(fabs(d), 1);
        assert_near(sigmoid(x), 1 / (1 + exp(-d)), 1.3e-7, "sigmoid %.9g", d);
        assert_near(hyperbolic_tangent(x), tanh(d), 1.5e-7 * fmin(fabs(d), 1), "tanh %.9g", d);
        assert_near(softplus(x), d > 0 ? d + log1p(exp(-d)) : log1p(exp(d)), 1.5e-7 * most, "softplus %.9g",
                    d);
        assert_near(gelu_of(x), 0.5 * d * (1 + erf(d * sqrt(0.5))), 1.5e-7 * fmin(fabs(d), most), "gelu %.9g",
                    d);
    }
    assert_true(sigmoid(1e30f) == 1.0f && sigmoid(-1e30f) >= 0.0f && sigmoid(-1e30f) < 1e-37f);
    assert_true(gelu_of(-1e30f) == 0.0f && gelu_of(1e30f) == 1e30f);
    assert_true(hyperbolic_tangent(-1e30f) == -1.0f);
}

static void test_direction(void **unused)
{
    (void)unused;
    for (int k = 0; k < EACH; k++) {
        const uint64_t pace = (uint64_t)k * UINT64_C(0x9e3779b97f4a7c15), position = (uint64_t)(k % 1000);
        const double angle = ldexp((double)(position * pace), -64) * 6.28318530717958647693;
        float c, s;
        direction(&c, &s, position, pace);
        assert_near(c, cos(angle), 1.5e-7, "cosine of %g", angle);
        assert_near(s, sin(angle), 1.5e-7, "sine of %g", angle);
    }
    for (uint64_t quarter = 0; quarter < 4; quarter++) {
        static const float cosines[] = {1, 0, -1, 0};
        float c, s;
        direction(&c, &s, quarter, (uint64_t)1 << 62);
        assert_true(c == cosines[quarter] && s == cosines[(quarter + 3) % 4]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_sigmoids),
        cmocka_unit_test(test_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
