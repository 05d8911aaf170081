/* SPDX-License-Identifier: MIT
 * product_bf16.c - the products of product.h with factors in bfloat16 and sums in float, where the processor has them (AVX512-BF16).
 *
 * An instruction adds two products to each of 16 sums, so that what is summed over lies in pairs, side by side: inputs of a
 * row, or two rows of a channel. Numbers are cut as they are needed, those of a band of rows once for all panels. The factors
 * are rounded to 8 bits, to the nearest, ties to even; numbers below 2^-126 are 0. */
#include "transform/product.h"

#if !LOCI_REAL_IS_DOUBLE && defined(__x86_64__) && defined(__GNUC__) && !defined(LOCI_NO_BF16)

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define INLINE static inline LOCI_INLINE BF16
#define NOINLINE __attribute__((noinline)) BF16

enum {
    V = LOCI_LANES,
    PANEL = 2 * V,
    ROWS = 14,                        /* of a tile, in registers: 28 vectors of sums */
    BAND = 64,                        /* rows that are cut at a time, */
    CUT = LOCI_PRODUCT_BF16_MOST / 2, /* and pairs, 64 KiB */
    PAIRS = V / 2                     /* of a block */
};

/* Two numbers of 16 bits, the first one in the low half. */
typedef uint32_t pair;

INLINE __m512bh load(const pair *from)
{
    return (__m512bh)_mm512_loadu_si512(from);
}

INLINE __m512bh all(const pair *from)
{
    return (__m512bh)_mm512_set1_epi32((int)*from);
}

/* One pair of `rows` rows, `apart` pairs from one to the next, with two vectors of the panel. */
INLINE void tile_step(__m512 sum[ROWS][2], const pair *x, size_t apart, const pair *panel, const int rows)
{
    const __m512bh w0 = load(panel), w1 = load(panel + V);
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
        const __m512bh a = all(x + (size_t)r * apart);
        sum[r][0] = _mm512_dpbf16_ps(sum[r][0], a, w0);
        sum[r][1] = _mm512_dpbf16_ps(sum[r][1], a, w1);
    }
}

/* `rows` x PANEL sums over `count` pairs, next * i pairs from the first in x, added to b0 and b1. */
INLINE void tile(__m512 sum[ROWS][2], __m512 b0, __m512 b1, const pair *x, size_t apart, size_t next,
                 const pair *panel, size_t count, const int rows)
{
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) sum[r][0] = b0, sum[r][1] = b1;
    for (size_t i = 0; i < count; i++) tile_step(sum, x + i * next, apart, panel + i * PANEL, rows);
}

/* y0, y1: of the first row; y1 NULL: outputs end with the first vector. */
INLINE void product(float *y0, float *y1, const float *bias, const pair *x, size_t apart, const pair *panel,
                    size_t count, const int rows)
{
    const __m512 zero = _mm512_setzero_ps();
    __m512 sum[ROWS][2];
    tile(sum, bias ? _mm512_loadu_ps(bias) : zero, bias && y1 ? _mm512_loadu_ps(bias + V) : zero, x, apart, 1,
         panel, count, rows);
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
        _mm512_storeu_ps(y0 + r * V, sum[r][0]);
        if (y1) _mm512_storeu_ps(y1 + r * V, sum[r][1]);
    }
}

/* x: pairs of rows of the first of `rows` inputs, `next` pairs from one pair of rows to the next. */
INLINE void outer(float *dpacked, const pair *x, size_t next, const pair *panel, size_t count, const int rows)
{
    __m512 sum[ROWS][2];
    tile(sum, _mm512_setzero_ps(), _mm512_setzero_ps(), x, 1, next, panel, count, rows);
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
        float *to = dpacked + r * PANEL;
        _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), sum[r][0]));
        _mm512_storeu_ps(to + V, _mm512_add_ps(_mm512_loadu_ps(to + V), sum[r][1]));
    }
}

#define HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)

NOINLINE static void product_of(size_t rows, float *y0, float *y1, const float *bias, const pair *x,
                                size_t apart, const pair *panel, size_t count)
{
    switch (rows) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        product(y0, y1, bias, x, apart, panel, count, n);                                                    \
        break;
        HEIGHTS(CASE)
#undef CASE
    }
}

NOINLINE static void outer_of(size_t rows, float *dpacked, const pair *x, size_t next, const pair *panel,
                              size_t count)
{
    switch (rows) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        outer(dpacked, x, next, panel, count, n);                                                            \
        break;
        HEIGHTS(CASE)
#undef CASE
    }
}

/* to [rows][blocks PAIRS]: inputs, in pairs. */
BF16 static void cut_inputs(pair *to, const float *x, size_t x_stride, size_t blocks, size_t rows)
{
    for (size_t k = 0; k < blocks; k++, x += x_stride * V)
        for (size_t r = 0; r < rows; r++)
            _mm256_storeu_si256((__m256i *)(void *)(to + (r * blocks + k) * PAIRS),
                                (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(x + r * V)));
}

/* to: of each pair of rows the blocks' channels, `next` pairs from one pair of rows to the next; a row behind the last one is 0. */
BF16 static void cut_rows(pair *to, size_t next, const float *x, size_t x_stride, size_t blocks, size_t rows)
{
    uint16_t order[2 * V];
    for (int i = 0; i < V; i++) order[2 * i] = (uint16_t)i, order[2 * i + 1] = (uint16_t)(V + i);
    const __m512i zip = _mm512_loadu_si512(order);
    for (size_t k = 0; k < blocks; k++, x += x_stride * V)
        for (size_t r = 0; r < rows; r += 2) {
            const __m512 one = _mm512_loadu_ps(x + r * V),
                         two = r + 1 < rows ? _mm512_loadu_ps(x + (r + 1) * V) : _mm512_setzero_ps();
            _mm512_storeu_si512(to + r / 2 * next + k * V,
                                _mm512_permutexvar_epi16(zip, (__m512i)_mm512_cvtne2ps_pbh(two, one)));
        }
}

/* The place of column e of a row. */
static inline size_t column(size_t e, size_t stride)
{
    return e / V * stride * V + e % V;
}

BF16 static void multiply(float *y, size_t y_stride, const float *x, size_t x_stride, const float *packed,
                          const float *bias, size_t K, size_t N, size_t rows)
{
    const size_t blocks = loci_lane_blocks(K), columns = loci_lane_blocks(N) * V, apart = blocks * PAIRS,
                 count = (K + 1) / 2, most = CUT / apart < BAND ? CUT / apart : BAND;
    const pair *panels = (const void *)packed;
    pair cut[CUT];
    for (size_t band = 0; band < rows; band += most) {
        const size_t height = rows - band < most ? rows - band : most, tiles = (height + ROWS - 1) / ROWS;
        cut_inputs(cut, x + band * V, x_stride, blocks, height);
        for (size_t e = 0; e < columns; e += PANEL) {
            float *y0 = y + column(e, y_stride) + band * V;
            float *y1 = e + V < columns ? y + column(e + V, y_stride) + band * V : NULL;
            for (size_t i = 0; i < tiles; i++) {
                const size_t r = i * height / tiles, tall = (i + 1) * height / tiles - r;
                product_of(tall, y0 + r * V, y1 ? y1 + r * V : NULL, bias ? bias + e : NULL, cut + r * apart,
                           apart, panels + e * count, count);
            }
        }
    }
}

BF16 static void gradient(float *dpacked, const float *x, size_t x_stride, const float *dy, size_t dy_stride,
                          size_t K, size_t N, size_t rows)
{
    enum { MOST = CUT / (BAND / 2) }; /* inputs that are cut at a time */
    const size_t columns = loci_lane_blocks(N) * V;
    pair cut[CUT], panel[BAND / 2 * PANEL];
    for (size_t band = 0; band < rows; band += BAND) {
        const size_t height = rows - band < BAND ? rows - band : BAND, pairs = (height + 1) / 2;
        for (size_t first = 0; first < K; first += MOST) {
            const size_t inputs = K - first < MOST ? K - first : MOST, tiles = (inputs + ROWS - 1) / ROWS,
                         blocks = loci_lane_blocks(inputs), next = blocks * V;
            cut_rows(cut, next, x + column(first, x_stride) + band * V, x_stride, blocks, height);
            for (size_t e = 0; e < columns; e += PANEL) {
                const size_t wide = e + V < columns ? 2 : 1;
                if (wide == 1) memset(panel, 0, sizeof panel);
                cut_rows(panel, PANEL, dy + column(e, dy_stride) + band * V, dy_stride, wide, height);
                for (size_t i = 0; i < tiles; i++) {
                    const size_t k = i * inputs / tiles, tall = (i + 1) * inputs / tiles - k;
                    outer_of(tall, dpacked + e * K + (first + k) * PANEL, cut + k, next, panel, pairs);
                }
            }
        }
    }
}

static const loci_product products = {.width = PANEL, .bf16 = 1, .multiply = multiply, .gradient = gradient};

const loci_product *loci_product_get_bf16(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bf16")
               ? &products
               : NULL;
}

#else

const loci_product *loci_product_get_bf16(void)
{
    return NULL;
}

#endif
