/* SPDX-License-Identifier: MIT
 * test_vmath.c - vector functions against the C library in double, over all magnitudes; errors in units of 2^-24 (2^-53). */
#include "base/real.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vmath.h"
#include "near.h"

/* unit of the result's last place, at least that of `floor` */
static double off(real found, double exact, double floor)
{
    return fabs((double)found - exact) / (fmax(fabs(exact), floor) * LOCI_REAL_EPSILON / 2);
}

typedef enum { EXP, SIGMOID, TANH, HALF, DENSITY, FUNCTIONS } function;

static void all_of(vreal *out, const vreal *x)
{
    out[EXP] = loci_vexp(*x);
    out[SIGMOID] = loci_vsigmoid(*x);
    out[TANH] = loci_vtanh(*x);
    loci_vnormal(&out[HALF], &out[DENSITY], *x);
}

static void are_the_functions(void **state)
{
    (void)state;
    const char *names[] = {"exp", "sigmoid", "tanh", "normal", "density"};
    double most[FUNCTIONS] = {0};
    for (int sign = -1; sign <= 1; sign += 2)
        for (double size = 1e-6; size < 87; size *= 1.0013) {
            vreal x, y[FUNCTIONS];
            for (int i = 0; i < LOCI_LANES; i++) x[i] = (real)(sign * size * (1 + 0.00007 * i));
            all_of(y, &x);
            for (int i = 0; i < LOCI_LANES; i++) {
                const double v = (double)x[i], a = fabs(v);
                if (a > 87.2) continue;
                const double error[FUNCTIONS] = {
                    off(y[EXP][i], exp(v), 0), off(y[SIGMOID][i], 1 / (1 + exp(-v)), 0),
                    off(y[TANH][i], tanh(v), 0),
                    off(y[HALF][i], 0.5 * erf(a * sqrt(0.5)), 1), /* of 1: it is a difference to 1/2 */
                    /* e^(-v^2/2) inherits the rounding of v^2; below the least number it is flushed */
                    a < 13 ? off(y[DENSITY][i], exp(-v * v / 2) * 0.39894228040143267794, 0) / (2 + a * a)
                           : 0};
                for (int f = 0; f < FUNCTIONS; f++) most[f] = fmax(most[f], error[f]);
            }
        }
    const double bounds[FUNCTIONS] = {2.5, 4, 4, 4, 1.5};
    for (int f = 0; f < FUNCTIONS; f++) assert_near(most[f], 0, bounds[f], "%s, units", names[f]);
}

static void ends_are_tame(void **state)
{
    (void)state;
    const real ends[] = {0, LOCI_REAL(-0.0), LOCI_REAL(1e30), LOCI_REAL(-1e30), LOCI_REAL(3e-39)};
    for (int i = 0; i < 5; i++) {
        const vreal x = LOCI_SPLAT(ends[i]);
        vreal y[FUNCTIONS];
        all_of(y, &x);
        assert_near(y[SIGMOID][0], i == 2 ? 1 : i == 3 ? 0 : 0.5, 1e-37, "sigmoid %g", (double)ends[i]);
        assert_near(y[TANH][0], i == 2 ? 1 : i == 3 ? -1 : 0, LOCI_REAL_EPSILON, "tanh %g", (double)ends[i]);
        assert_near(y[HALF][0], i == 2 || i == 3 ? 0.5 : 0, LOCI_REAL_EPSILON, "normal %g", (double)ends[i]);
        assert_near(y[DENSITY][0], i == 2 || i == 3 ? 0 : 0.39894228, 1e-7, "density %g", (double)ends[i]);
    }
    const vreal nan = LOCI_SPLAT((real)NAN);
    vreal y[FUNCTIONS];
    all_of(y, &nan);
    for (int f = 0; f < FUNCTIONS; f++) assert_true(isnan(y[f][0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_the_functions),
        cmocka_unit_test(ends_are_tame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
