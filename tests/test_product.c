/* SPDX-License-Identifier: MIT
 * test_product.c - products with packed weights against sums in double; bits that do not depend on where a row stands. */
#include "base/each_precision.h"

#include "systems.h"

#include "base/allocate.h"
#include "near.h"
#include "transform/product.h"

enum { V = LOCI_LANES };

static real *numbers(size_t count)
{
    real *x = loci_allocate(count + 1, sizeof(real));
    assert_non_null(x);
    return x;
}

static size_t place(size_t channel, size_t row, size_t stride)
{
    return (channel / V * stride + row) * V + channel % V;
}

typedef struct {
    size_t K, N, rows, stride; /* inputs, outputs, rows, and those from block to block */
    real *x, *y, *w, *bias, *packed;
} product;

static product make(const loci_product *mix, size_t K, size_t N, size_t rows, size_t stride)
{
    uint64_t seed = K * 1000 + N;
    product t = {K, N, rows, stride, NULL, NULL, NULL, NULL, NULL};
    t.x = numbers(loci_lane_blocks(K) * stride * V);
    t.y = numbers(loci_lane_blocks(N) * stride * V);
    t.w = numbers(N * K);
    t.bias = numbers(loci_lane_blocks(N) * V);
    t.packed = numbers(loci_product_size(mix, K, N));
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < K; k++) t.x[place(k, r, stride)] = (real)noise(&seed);
        for (size_t e = 0; e < N; e++) t.y[place(e, r, stride)] = (real)noise(&seed);
    }
    for (size_t i = 0; i < N * K; i++) t.w[i] = (real)noise(&seed);
    for (size_t e = 0; e < N; e++) t.bias[e] = (real)noise(&seed);
    loci_product_pack(mix, t.packed, t.w, N, K, 0);
    return t;
}

static void drop(product *t)
{
    loci_free(t->x), loci_free(t->y), loci_free(t->w), loci_free(t->bias), loci_free(t->packed);
}

static const size_t sizes[][4] = {{1, 1, 1, 1},     {3, 10, 5, 7},    {16, 16, 14, 14},   {17, 33, 15, 20},
                                  {40, 48, 64, 64}, {48, 31, 65, 70}, {128, 256, 71, 71}, {130, 5, 200, 256}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void products_are_sums(void **state)
{
    (void)state;
    const loci_product *mix = loci_product_get();
    for (size_t s = 0; s < SIZES; s++)
        for (int biased = 0; biased < 2; biased++) {
            product t = make(mix, sizes[s][0], sizes[s][1], sizes[s][2], sizes[s][3]);
            for (size_t i = 0; i < loci_lane_blocks(t.N) * t.stride * V; i++) t.y[i] = (real)NAN;
            mix->multiply(t.y, t.stride, t.x, t.stride, t.packed, biased ? t.bias : NULL, t.K, t.N, t.rows);
            for (size_t r = 0; r < t.rows; r++)
                for (size_t e = 0; e < loci_lane_blocks(t.N) * V; e++) {
                    double sum = biased && e < t.N ? (double)t.bias[e] : 0, size = fabs(sum);
                    for (size_t k = 0; e < t.N && k < t.K; k++) {
                        const double part = (double)t.w[e * t.K + k] * (double)t.x[place(k, r, t.stride)];
                        sum += part, size += fabs(part);
                    }
                    assert_near(t.y[place(e, r, t.stride)], sum, (double)(t.K + 1) * LOCI_REAL_EPSILON * size,
                                "%zu to %zu, row %zu of %zu, output %zu", t.K, t.N, r, t.rows, e);
                }
            drop(&t);
        }
}

static void gradients_are_sums(void **state)
{
    (void)state;
    const loci_product *mix = loci_product_get();
    for (size_t s = 0; s < SIZES; s++) {
        product t = make(mix, sizes[s][0], sizes[s][1], sizes[s][2], sizes[s][3]);
        real *dpacked = numbers(loci_product_size(mix, t.K, t.N)), *dw = numbers(t.N * t.K);
        mix->gradient(dpacked, t.x, t.stride, t.y, t.stride, t.K, t.N, t.rows);
        mix->gradient(dpacked, t.x, t.stride, t.y, t.stride, t.K, t.N, t.rows); /* adds */
        loci_product_unpack(mix, dw, dpacked, t.N, t.K, 0);
        for (size_t e = 0; e < t.N; e++)
            for (size_t k = 0; k < t.K; k++) {
                double sum = 0, size = 0;
                for (size_t r = 0; r < t.rows; r++) {
                    const double part =
                        2 * (double)t.y[place(e, r, t.stride)] * (double)t.x[place(k, r, t.stride)];
                    sum += part, size += fabs(part);
                }
                assert_near(dw[e * t.K + k], sum, (double)(t.rows + 1) * LOCI_REAL_EPSILON * size,
                            "%zu to %zu over %zu rows, weight %zu, %zu", t.K, t.N, t.rows, e, k);
            }
        loci_free(dpacked), loci_free(dw);
        drop(&t);
    }
}

/* y = x W by the transposed packing; two matrices side by side in one, and out again. */
static void packs_transposed_and_in_parts(void **state)
{
    (void)state;
    const loci_product *mix = loci_product_get();
    enum { K = 5, N = 18, ROWS = 3, WIDE = 64 };
    product t = make(mix, K, N, ROWS, ROWS);
    real *back = numbers(loci_product_size(mix, N, K)), *x = numbers(V * ROWS), *w = numbers(N * K);
    loci_product_pack_transposed(mix, back, t.w, N, K, 0, N);
    mix->multiply(x, ROWS, t.y, ROWS, back, NULL, N, K, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t k = 0; k < K; k++) {
            double sum = 0;
            for (size_t e = 0; e < N; e++) sum += (double)t.w[e * K + k] * (double)t.y[place(e, r, ROWS)];
            assert_near(x[place(k, r, ROWS)], sum, 20 * N * LOCI_REAL_EPSILON, "row %zu, input %zu", r, k);
        }
    real *both = numbers(loci_product_size(mix, K, WIDE)), *y = numbers(WIDE * ROWS);
    loci_product_pack(mix, both, t.w, N, K, 0);
    loci_product_pack(mix, both, t.w, N, K, 32);
    mix->multiply(y, ROWS, t.x, ROWS, both, NULL, K, WIDE, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t e = 0; e < 32; e++)
            assert_near(y[place(e, r, ROWS)], y[place(32 + e, r, ROWS)], 0, "row %zu, output %zu", r, e);
    loci_product_unpack(mix, w, both, N, K, 32);
    assert_memory_equal(w, t.w, N * K * sizeof(real));
    loci_free(back), loci_free(x), loci_free(w), loci_free(both), loci_free(y);
    drop(&t);
}

/* Streams and batches rely on it. */
static void a_row_does_not_depend_on_its_place(void **state)
{
    (void)state;
    const loci_product *mix = loci_product_get();
    product t = make(mix, 40, 70, 150, 150);
    real *one = numbers(loci_lane_blocks(40) * V), *y = numbers(loci_lane_blocks(70) * V);
    mix->multiply(t.y, 150, t.x, 150, t.packed, t.bias, 40, 70, 150);
    for (size_t r = 0; r < 150; r++) {
        for (size_t k = 0; k < 40; k++) one[place(k, 0, 1)] = t.x[place(k, r, 150)];
        mix->multiply(y, 1, one, 1, t.packed, t.bias, 40, 70, 1);
        for (size_t e = 0; e < 70; e++)
            assert_near(y[place(e, 0, 1)], t.y[place(e, r, 150)], 0, "row %zu", r);
    }
    loci_free(one), loci_free(y);
    drop(&t);
}

/* Inputs that are 0 in all rows, as dropout of channels leaves them, are passed over: the bits are those of a few rows at a time,
 * where nobody looks; and they have no gradient. */
static void zeros_are_passed_over(void **state)
{
    (void)state;
    enum { LANES = LOCI_LANES, K = 40, N = 33, ROWS = 64, X = 48 * ROWS, Y = 48 * ROWS };
    const loci_product *mix = loci_product_get();
    const size_t size = loci_product_size(mix, K, N);
    real *x = loci_allocate(X, sizeof *x), *y = loci_allocate(2 * Y, sizeof *y), *few = y + Y;
    real *packed = loci_allocate(3 * loci_lane_blocks(size) * LANES, sizeof *packed);
    real *dpacked = packed + loci_lane_blocks(size) * LANES, *dfew = dpacked + loci_lane_blocks(size) * LANES;
    for (size_t i = 0; i < size; i++) packed[i] = (real)sin((double)i);
    for (size_t k = 0; k < K; k++)
        for (size_t r = 0; r < ROWS; r++)
            x[(k / LANES * ROWS + r) * LANES + k % LANES] =
                k % 13 == 3 ? (real)(r % 2 ? -0.0 : 0.0) : (real)cos((double)(k * ROWS + r));
    mix->multiply(y, ROWS, x, ROWS, packed, NULL, K, N, ROWS);
    for (size_t r = 0; r < ROWS; r += 8)
        mix->multiply(few + r * LANES, ROWS, x + r * LANES, ROWS, packed, NULL, K, N, 8);
    for (size_t i = 0; i < Y; i++) assert_true(y[i] == few[i]);
    mix->gradient(dpacked, x, ROWS, y, ROWS, K, N, ROWS);
    for (size_t r = 0; r < ROWS; r += 8)
        mix->gradient(dfew, x + r * LANES, ROWS, y + r * LANES, ROWS, K, N, 8);
    for (size_t i = 0; i < size; i++) {
        if (i / mix->width % K % 13 == 3) assert_true(dpacked[i] == 0);
        /* sums of 64 products of about 5, in another order */
        assert_true(fabs((double)dpacked[i] - (double)dfew[i]) <= 64 * 64 * (double)LOCI_REAL_EPSILON);
    }
    loci_free(x), loci_free(y), loci_free(packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_are_passed_over),
        cmocka_unit_test(products_are_sums),
        cmocka_unit_test(gradients_are_sums),
        cmocka_unit_test(packs_transposed_and_in_parts),
        cmocka_unit_test(a_row_does_not_depend_on_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
