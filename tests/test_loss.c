/* SPDX-License-Identifier: MIT
 * test_loss.c - cross-entropy: known values, differences, extremes. */
#include "base/each_precision.h"

#include "systems.h"

#include "near.h"
#include "model/loss.h"

enum { CLASSES = 5 };

static void known_values(void **state)
{
    (void)state;
    const real equal[CLASSES] = {2, 2, 2, 2, 2};
    real dy[CLASSES];
    size_t answer;
    assert_near(loci_loss_cross_entropy(&answer, dy, equal, CLASSES, 3, 0.5), log(5), 4 * DBL_EPSILON,
                "loss");
    assert_int_equal(answer, 0);
    for (size_t i = 0; i < CLASSES; i++)
        assert_near(dy[i], i == 3 ? -0.4 : 0.1, LOCI_REAL_EPSILON, "gradient %zu", i);
    /* two classes: log(1 + exp(-d)) */
    const real two[2] = {1, 4};
    assert_near(loci_loss_cross_entropy(&answer, NULL, two, 2, 1, 1), log1p(exp(-3)), 2 * DBL_EPSILON, "two");
    assert_int_equal(answer, 1);
    const real one[1] = {-7};
    assert_near(loci_loss_cross_entropy(&answer, dy, one, 1, 0, 1), 0, 0, "one class");
    assert_near(dy[0], 0, 0, "gradient of one class");
}

static void gradient_is_the_difference(void **state)
{
    (void)state;
    uint64_t seed = 8;
    for (size_t label = 0; label < CLASSES; label++) {
        real y[CLASSES], dy[CLASSES];
        size_t answer, top = 0;
        double sum = 0;
        for (size_t i = 0; i < CLASSES; i++) y[i] = (real)(3 * noise(&seed)), top = y[i] > y[top] ? i : top;
        loci_loss_cross_entropy(&answer, dy, y, CLASSES, label, 2);
        assert_int_equal(answer, top);
        for (size_t i = 0; i < CLASSES; i++) {
            const real kept = y[i], h = LOCI_REAL_IS_DOUBLE ? (real)1e-5 : LOCI_REAL(0x1p-7);
            y[i] = kept + h;
            const double above = loci_loss_cross_entropy(&answer, NULL, y, CLASSES, label, 1);
            const double up = (double)y[i];
            y[i] = kept - h;
            const double slope = 2 * (above - loci_loss_cross_entropy(&answer, NULL, y, CLASSES, label, 1)) /
                                 (up - (double)y[i]);
            y[i] = kept;
            /* third derivatives are below 1/8; then the rounding of dy, and of the difference in double */
            const double tolerance = (double)(h * h) / 8 + 2 * (double)LOCI_REAL_EPSILON + 1e-15 / (double)h;
            assert_near(dy[i], slope, tolerance, "label %zu, gradient %zu", label, i);
            sum += (double)dy[i];
        }
        assert_near(sum, 0, 10 * LOCI_REAL_EPSILON, "the gradient's sum");
    }
}

static void extremes(void **state)
{
    (void)state;
    real dy[3];
    size_t answer;
    const real huge[3] = {LOCI_REAL(1e30), LOCI_REAL(-1e30), 0};
    assert_near(loci_loss_cross_entropy(&answer, dy, huge, 3, 0, 1), 0, 0, "sure and right");
    assert_near(dy[0], 0, 0, "its gradient");
    assert_near(loci_loss_cross_entropy(&answer, dy, huge, 3, 2, 1), (double)huge[0], 0, "sure and wrong");
    assert_near(dy[2], -1, 0, "its gradient");
    assert_near(dy[0], 1, 0, "its gradient");
    /* nearly sure: no digit is lost, where 1 - p has none */
    const real near_sure[3] = {40, 0, 0};
    const double e = 2 * exp(-40);
    assert_near(loci_loss_cross_entropy(&answer, dy, near_sure, 3, 0, 1), e, 1e-14 * e, "nearly sure");
    assert_near(dy[0], -e, LOCI_REAL_EPSILON * e, "its gradient");
    const real bad[3] = {0, (real)NAN, 1}, first[3] = {(real)NAN, 0, 1}, inf[3] = {0, (real)INFINITY, 1};
    for (size_t label = 0; label < 3; label++) {
        assert_true(isnan(loci_loss_cross_entropy(&answer, dy, bad, 3, label, 1)));
        assert_true(isnan(loci_loss_cross_entropy(&answer, dy, first, 3, label, 1)));
        assert_true(!isfinite(loci_loss_cross_entropy(&answer, dy, inf, 3, label, 1)));
        assert_true(answer < 3);
    }
}

static void squared_error_and_its_gradient(void **state)
{
    (void)state;
    const real y[3] = {1, 2, -4};
    const double target[3] = {1, 4, -1};
    real dy[3];
    assert_near(loci_loss_squared_error(dy, y, target, 3, 0.25), (0 + 4 + 9) / 3., 2 * DBL_EPSILON, "loss");
    /* 2 (y - t) scale / 3 */
    const double expected[3] = {0, -1. / 3, -0.5};
    for (size_t i = 0; i < 3; i++) assert_near(dy[i], expected[i], LOCI_REAL_EPSILON, "gradient %zu", i);
    assert_near(loci_loss_squared_error(NULL, y, target, 1, 1), 0, 0, "one value");
    const real far = (real)NAN;
    assert_true(isnan(loci_loss_squared_error(NULL, &far, target, 1, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values), cmocka_unit_test(squared_error_and_its_gradient),
        cmocka_unit_test(gradient_is_the_difference), cmocka_unit_test(extremes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
