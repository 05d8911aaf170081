/* SPDX-License-Identifier: MIT
 * test_readout_widths.c - widths that follow errors far ahead. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <loci/readout.h>

#include "near.h"

static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

/* Noise that becomes four times as large, seen 400 samples ahead, where what comes judges widths of long ago: they go to where they should be
 * and stay there, instead of swinging about it. */
static void distant(void **state)
{
    (void)state;
    enum { T = 12000, H = 400, W = 4, FROM = 3000 };
    static double x[T], widths[2 * H], sums[5][H];
    uint64_t seed = 5;
    for (size_t t = 0; t < T; t++) x[t] = draw(&seed) * (t > FROM ? 4.0 : 1.0);
    loci_readout *r = NULL;
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 1, .window = W, .order = 0, .horizon = H};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    const loci_readout_score score = {sizeof score, sums[0], sums[1], sums[2], sums[3], sums[4]};
    for (size_t end = T - 3000; end <= T;
         end += 500) { /* at several times, a swing would be at another height */
        double zero[2 * H] = {0};
        assert_int_equal(loci_readout_set_widths(r, 0, zero, NULL), LOCI_OK);
        memset(sums, 0, sizeof sums);
        assert_int_equal(loci_readout_walk(r, 0, &score, x, end, FROM, NULL), LOCI_OK);
        loci_readout_widths(r, 0, widths, NULL);
        for (size_t j = 99; j < H; j += 100) {
            /* differences of two uniform numbers in (-4, 4); forecasts are told before it is known that they have grown */
            assert_near(widths[j], 8.0 * (1.0 - sqrt(0.2)), 0.15 * 8.0 * (1.0 - sqrt(0.2)),
                        "width of 80 ahead %zu, to %zu", j + 1, end);
            assert_near(widths[H + j], 8.0 * (1.0 - sqrt(0.05)), 0.15 * 8.0 * (1.0 - sqrt(0.05)),
                        "width of 95 ahead %zu, to %zu", j + 1, end);
        }
    }
    for (size_t j = 99; j < H;
         j +=
         100) { /* the forecasts of the first j samples are lost: they have three misses too many in five */
        const double lost = 0.6 * (double)(j + 1) / sums[0][j];
        assert_near(sums[3][j] / sums[0][j], 0.8 - lost, 0.02, "80 %% ahead %zu", j + 1);
        assert_near(sums[4][j] / sums[0][j], 0.95 - lost, 0.02, "95 %% ahead %zu", j + 1);
    }
    loci_readout_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distant)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
