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
            /* steps of 0.02 that lead back by 0.02 0.45: sqrt(0.02 0.16 / (2 0.45)) is 0.06 of noise, and that of 256 steps 0.02 */
            assert_near(widths[j], 8.0 * (1.0 - sqrt(0.2)), 0.2 * 8.0 * (1.0 - sqrt(0.2)),
                        "width of 80 ahead %zu, to %zu", j + 1, end);
            assert_near(widths[H + j], 8.0 * (1.0 - sqrt(0.05)), 0.2 * 8.0 * (1.0 - sqrt(0.05)),
                        "width of 95 ahead %zu, to %zu", j + 1, end);
        }
    }
    /* forecasts of before are judged as well: those that were told before it was known how large errors would be, three misses too many in
     * five, are made good by those behind them */
    for (size_t j = 99; j < H; j += 100) {
        const double owed = 0.6 * (double)(j + 1) / sums[0][j];
        assert_near(sums[3][j] / sums[0][j], 0.8 + owed / 2, 0.02 + owed / 2, "80 %% ahead %zu", j + 1);
        assert_near(sums[4][j] / sums[0][j], 0.95 + owed / 2, 0.02 + owed / 2, "95 %% ahead %zu", j + 1);
    }
    loci_readout_free(r);
}

/* The last value held: what it foretells needs no weights. */
static loci_readout *holding(size_t h, size_t window)
{
    loci_readout *r = NULL;
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 1, .window = window, .order = 0, .horizon = h};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    return r;
}

enum { LATELY = 256 };

/* How much x moves up to t, beside the steps up to x[seen - 1]. */
static double moved(const double *x, size_t t, size_t seen)
{
    double usual = 0, lately = 0;
    if (t < LATELY || seen <= LATELY) return 1;
    for (size_t k = 1; k < seen; k++) usual += fabs(x[k] - x[k - 1]) / (double)(seen - 1);
    for (size_t k = t - LATELY + 1; k <= t; k++) lately += fabs(x[k] - x[k - 1]) / LATELY;
    return 0.5 + 0.5 * fmin(lately / usual, 4);
}

/* Widths sample by sample, each forecast's noted when it is made and looked at when its outcome is there: nothing is used before it is known. */
static void plainly(void **state)
{
    (void)state;
    enum { T = 900, H = 21, W = 3, FROM = 400 };
    static double x[T], told[2][H][T], width[2][H], hits[2][H], widths[2 * H], sums[5][H];
    const double share[2] = {0.2, 0.05}, slope[2] = {0.45, 0.23};
    uint64_t seed = 11;
    for (size_t t = 1; t < T; t++) x[t] = 0.9 * x[t - 1] + draw(&seed) * (t > 600 ? 3.0 : 1.0);
    for (size_t level = 0; level < 2; level++)
        for (size_t j = 0; j < H; j++)
            width[level][j] = widths[level * H + j] = (double)(1 + level) * (0.5 + 0.05 * (double)j);
    loci_readout *r = holding(H, W);
    assert_int_equal(loci_readout_set_widths(r, 0, widths, NULL), LOCI_OK);
    const loci_readout_score score = {sizeof score, sums[0], sums[1], sums[2], sums[3], sums[4]};
    assert_int_equal(loci_readout_walk(r, 0, &score, x, T, FROM, NULL), LOCI_OK);
    for (size_t level = 0; level < 2; level++)
        for (size_t j = 0; j < H; j++) {
            double *w = &width[level][j];
            *w /= moved(x, FROM, FROM + 1);
            for (size_t t = FROM - H; t < T; t++) { /* x[t] has come: of it, the forecast at t - 1 - j */
                const size_t o = t - 1 - j;
                if (t > FROM) {
                    const double error = fabs(x[t] - x[o]) / moved(x, o, FROM + 1), was = told[level][j][o];
                    const double miss = error > was ? 1 - share[level] : -share[level];
                    if (o >= FROM && o + H < T) hits[level][j] += error <= was;
                    *w *= exp(0.02 * miss) * (1 + 0.04 * slope[level] * (was - *w) / (was + *w));
                }
                told[level][j][t] = *w;
                if (t == FROM - H)
                    for (size_t before = 0; before < t; before++) told[level][j][before] = *w;
            }
        }
    loci_readout_widths(r, 0, widths, NULL);
    /* forecasts that were made elsewhere: the newest sample, too, less itself */
    static double made[T * H], followed[2 * H], again[5][H];
    for (size_t level = 0; level < 2; level++)
        for (size_t j = 0; j < H; j++)
            followed[level * H + j] = (double)(1 + level) * (0.5 + 0.05 * (double)j);
    const loci_readout_score other = {sizeof other, again[0], again[1], again[2], again[3], again[4]};
    assert_int_equal(loci_readout_follow(followed, H, &other, x, T, FROM, made, 10, NULL), LOCI_OK);
    for (size_t k = 0; k < 2 * H; k++) assert_near(followed[k], widths[k], 1e-5 * widths[k], "width %zu", k);
    for (size_t k = 0; k < 5; k++)
        for (size_t j = 0; j < H; j++) assert_near(again[k][j], sums[k][j], 1e-4 * sums[k][j], "sum %zu", k);
    loci_error error;
    assert_int_equal(loci_readout_follow(followed, H, NULL, x, T, 9, made, 10, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_readout_follow(followed, 0, NULL, x, T, FROM, made, 10, &error), LOCI_E_ARGUMENT);
    for (size_t level = 0; level < 2; level++)
        for (size_t j = 0; j < H; j++) {
            /* a hit can be another one where an error is within single precision of its width: none of 10,000 is expected to be */
            assert_near(sums[3 + level][j], hits[level][j], 1, "hits ahead %zu of level %zu", j + 1, level);
            assert_near(widths[level * H + j], width[level][j] * moved(x, T - 1, FROM + 1),
                        0.03 * width[level][j], "width ahead %zu of level %zu", j + 1, level);
        }
    loci_readout_free(r);
}

/* From one sample on, all are far out. Whatever was told before of later ones misses, as it must: j + 1 forecasts of j + 1 ahead. */
static void surprised(void **state)
{
    (void)state;
    enum { T = 3000, H = 40, W = 4, FROM = 1000, LATE = T - H };
    static double x[T], sums[5][H];
    uint64_t seed = 3;
    for (size_t t = 0; t < T; t++) x[t] = t < LATE ? draw(&seed) : t % 2 ? 1e3 : -1e3;
    loci_readout *r = holding(H, W);
    const loci_readout_score score = {sizeof score, sums[0], sums[1], sums[2], sums[3], sums[4]};
    assert_int_equal(loci_readout_walk(r, 0, &score, x, T, FROM, NULL), LOCI_OK);
    for (size_t j = 0; j < H; j++) {
        const double misses = sums[0][j] - sums[4][j], ahead = (double)(j + 1);
        assert_true(sums[0][j] == LATE - FROM);
        /* of the others, 5 % of 2000, within four deviations of that many and what is owed in between */
        assert_true(misses >= ahead);
        assert_near(misses - ahead, 0.05 * (2000 - ahead), 45, "other misses ahead %zu", j + 1);
    }
    loci_readout_free(r);
}

/* By a few samples at a time, as a model is updated each day: what was told before a walk is judged in it, so that widths far ahead follow, too. */
static void daily(void **state)
{
    (void)state;
    enum { T = 9000, H = 300, W = 4, FROM = 3000, DAY = 24 };
    static double x[T], at_once[2 * H], widths[2 * H];
    uint64_t seed = 9;
    for (size_t t = 0; t < T; t++) x[t] = draw(&seed) * (t > FROM ? 4.0 : 1.0);
    loci_readout *r = holding(H, W);
    assert_int_equal(loci_readout_walk(r, 0, NULL, x, T, FROM, NULL), LOCI_OK);
    loci_readout_widths(r, 0, at_once, NULL);
    memset(widths, 0, sizeof widths);
    assert_int_equal(loci_readout_set_widths(r, 0, widths, NULL), LOCI_OK);
    size_t n = FROM;
    assert_int_equal(loci_readout_walk(r, 0, NULL, x, n, n, NULL), LOCI_OK);
    for (; n + DAY <= T; n += DAY)
        assert_int_equal(loci_readout_walk(r, 0, NULL, x, n + DAY, n - 1, NULL), LOCI_OK);
    loci_readout_widths(r, 0, widths, NULL);
    for (size_t level = 0; level < 2; level++)
        for (size_t j = 9; j < H; j += 29) {
            const double right = 8.0 * (1.0 - sqrt(level ? 0.05 : 0.2));
            assert_near(at_once[level * H + j], right, 0.25 * right, "at once, ahead %zu", j + 1);
            assert_near(widths[level * H + j], right, 0.25 * right, "by days, ahead %zu", j + 1);
        }
    loci_readout_free(r);
}

/* Forecasts from the end of what followed have its widths, where it has any. */
static void followed(void **state)
{
    (void)state;
    enum { H = 2, W = 3, CHANNELS = 2 };
    const double x[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, mine[2 * H] = {1, 2, 3, 4},
                 theirs[2 * H] = {0, 0, 7, 8};
    for (int follows = 0; follows < 2; follows++)
        for (int empty = 0; empty < 2; empty++) {
            const loci_readout_spec spec = {
                .size = sizeof spec, .channels = CHANNELS, .window = W, .order = 1, .horizon = H};
            loci_readout *a = NULL, *b = NULL;
            double found[2 * H];
            assert_int_equal(loci_readout_create(&a, &spec, NULL, NULL), LOCI_OK);
            assert_int_equal(loci_readout_create(&b, &spec, NULL, NULL), LOCI_OK);
            if (!empty) assert_int_equal(loci_readout_push(a, x, 5, NULL), LOCI_OK);
            assert_int_equal(loci_readout_push(b, x, 5, NULL), LOCI_OK);
            for (size_t c = 0; c < CHANNELS; c++)
                assert_int_equal(loci_readout_set_widths(a, c, mine, NULL), LOCI_OK);
            assert_int_equal(loci_readout_set_widths(b, 1, theirs, NULL), LOCI_OK);
            assert_int_equal(loci_readout_add(a, b, follows, NULL), LOCI_OK);
            assert_int_equal(loci_readout_widths(a, 0, found, NULL), LOCI_OK);
            assert_memory_equal(found, mine, sizeof mine);
            assert_int_equal(loci_readout_widths(a, 1, found, NULL), LOCI_OK);
            assert_memory_equal(found, follows || empty ? theirs : mine, sizeof mine);
            loci_readout_free(a), loci_readout_free(b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distant), cmocka_unit_test(plainly),
                                       cmocka_unit_test(surprised), cmocka_unit_test(daily),
                                       cmocka_unit_test(followed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
