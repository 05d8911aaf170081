/* SPDX-License-Identifier: MIT
 * test_ridge_tiles.c - products against sums in double, and bits that do not depend on how they are cut, nor on how a is laid out. */
#include "base/each_precision.h"

#include "systems.h"

#include "base/allocate.h"
#include "near.h"
#include "readout/ridge_tiles.h"

enum { ROWS = 61, COLUMNS = 150, DEPTH = 101, N = 300, LAGS = 251 };

/* a slides over a signal, or is the same matrix, copied: the same bits; near what double gives, whose sums of terms below 1 are off by
 * less than an ulp of DEPTH each. */
static void sliding(void **state)
{
    (void)state;
    uint64_t seed = 3;
    static real x[ROWS + DEPTH], a[ROWS * DEPTH], b[DEPTH * COLUMNS], c[2][ROWS * COLUMNS];
    for (size_t i = 0; i < ROWS + DEPTH; i++) x[i] = (real)noise(&seed);
    for (size_t i = 0; i < DEPTH * COLUMNS; i++) b[i] = (real)noise(&seed);
    for (size_t i = 0; i < ROWS; i++) memcpy(a + i * DEPTH, x + i, DEPTH * sizeof *a);
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    for (size_t columns = 1; columns <= COLUMNS; columns += columns < 40 ? 1 : 37)
        for (size_t rows = 1; rows <= ROWS; rows += 12) {
            memset(c, 0, sizeof c);
            tiles->multiply(c[0], COLUMNS, x, 1, 1, b, COLUMNS, rows, columns, DEPTH, false, false);
            tiles->multiply(c[1], COLUMNS, a, DEPTH, 1, b, COLUMNS, rows, columns, DEPTH, false, false);
            assert_memory_equal(c[0], c[1], sizeof c[0]);
            for (size_t i = 0; i < ROWS * COLUMNS; i++) {
                double sum = 0.0;
                const bool asked = i / COLUMNS < rows && i % COLUMNS < columns;
                for (size_t k = 0; k < DEPTH && asked; k++)
                    sum += (double)x[i / COLUMNS + k] * (double)b[k * COLUMNS + i % COLUMNS];
                assert_near((double)c[0][i], sum, DEPTH * DEPTH * (double)LOCI_REAL_EPSILON,
                            "%zu x %zu, number %zu", rows, columns, i);
            }
            /* the columns, in two */
            const size_t half = columns / 2;
            memset(c[1], 0, sizeof c[1]);
            tiles->multiply(c[1], COLUMNS, x, 1, 1, b, COLUMNS, rows, half, DEPTH, false, false);
            tiles->multiply(c[1] + half, COLUMNS, x, 1, 1, b + half, COLUMNS, rows, columns - half, DEPTH,
                            false, false);
            assert_memory_equal(c[0], c[1], sizeof c[0]);
        }
}

/* Any part of the products of a signal with its past has the bits that it has among all; no other number is touched. */
static void parts(void **state)
{
    (void)state;
    uint64_t seed = 4;
    static real x[LAGS - 1 + N], whole[LAGS], part[LAGS + 2];
    for (size_t i = 0; i < LAGS - 1 + N; i++) x[i] = (real)noise(&seed);
    const real *now = x + LAGS - 1;
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    for (size_t i = 0; i < LAGS; i++) whole[i] = (real)i;
    tiles->correlate(whole, now, x, LAGS, N);
    for (size_t i = 0; i < LAGS; i++) {
        double sum = (double)i;
        for (size_t t = 0; t < N; t++) sum += (double)now[t] * (double)x[t + i];
        assert_near((double)whole[i], sum, N * (N + LAGS) * (double)LOCI_REAL_EPSILON, "lag %zu",
                    LAGS - 1 - i);
    }
    for (size_t first = 0; first < 20; first++)
        for (size_t count = 0; first + count <= LAGS; count++) {
            for (size_t i = 0; i < count + 2; i++) part[i] = (real)(first + i) - 1;
            tiles->correlate(part + 1, now, x + first, count, N / 3);
            tiles->correlate(part + 1, now + N / 3, x + first + N / 3, count, N - N / 3);
            assert_memory_equal(part + 1, whole + first, count * sizeof *part);
            assert_true(part[0] == (real)first - 1 && part[count + 1] == (real)(first + count));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sliding),
        cmocka_unit_test(parts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("ridge_tiles", tests, NULL, NULL);
}
