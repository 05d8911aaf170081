/* SPDX-License-Identifier: MIT
 * test_real.c - a vector of reals has the same number of lanes in both precisions; splatting keeps the sign
 * of zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/each_precision.h"

static void lanes_are_the_same_for_both(void **state)
{
    (void)state;
    assert_int_equal(sizeof(vreal), LOCI_LANES * sizeof(real));
    assert_int_equal(sizeof(vbits), sizeof(vreal));
    assert_int_equal(sizeof(vreal_unaligned), sizeof(vreal));
    assert_int_equal(_Alignof(vreal), 64);
    assert_int_equal(sizeof(real), LOCI_REAL_IS_DOUBLE ? 8 : 4);
    assert_int_equal(loci_lane_blocks(0), 0);
    assert_int_equal(loci_lane_blocks(1), 1);
    assert_int_equal(loci_lane_blocks(LOCI_LANES), 1);
    assert_int_equal(loci_lane_blocks(LOCI_LANES + 1), 2);
    assert_int_equal(loci_lane_blocks(SIZE_MAX), SIZE_MAX / LOCI_LANES + 1);
}

static void splat_fills_every_lane(void **state)
{
    (void)state;
    volatile real values[] = {LOCI_REAL(1.25), LOCI_REAL(-0.0), INFINITY};
    for (int i = 0; i < 3; i++) {
        vreal v = LOCI_SPLAT(values[i]);
        for (int lane = 0; lane < LOCI_LANES; lane++) {
            assert_true(v[lane] == values[i]);
            assert_int_equal(signbit(v[lane]) != 0, signbit(values[i]) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_are_the_same_for_both),
        cmocka_unit_test(splat_fills_every_lane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
