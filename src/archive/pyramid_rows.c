/* SPDX-License-Identifier: MIT
 * pyramid_rows.c - products of nodes by a matrix; what is summed stays in registers. */
#include "base/each_level.h"

#include <string.h>

#include "archive/gram.h"
#include "archive/pyramid_rows.h"

#if LOCI_REAL_IS_DOUBLE /* pages are transformed in double alone */

enum { WIDTH_MAX = 2 * GRAM_ORDER_MAX, VECTORS_MAX = WIDTH_MAX / LOCI_WIDTH };

/* Each of `count` nodes is a row of numbers, `first` in x and `second` in z (NULL: they are zero): the row times matrix is
 * written to y, its first `head` numbers, and to w, the `tail` numbers behind them. */
static inline LOCI_INLINE void multiply(real *y, real *w, const real *x, const real *z, const real *matrix,
                                        size_t count, size_t first, size_t second, size_t head, size_t tail,
                                        size_t vectors)
{
    const vreal_unaligned *row = (const vreal_unaligned *)matrix;
    for (size_t i = 0; i < count; i++, x += first, y += head) {
        vreal sum[VECTORS_MAX] = {{0}};
        real out[WIDTH_MAX];
        LOCI_UNROLL
        for (size_t v = 0; v < vectors; v++) sum[v] = x[0] * row[v];
        for (size_t j = 1; j < first; j++) {
            LOCI_UNROLL
            for (size_t v = 0; v < vectors; v++) sum[v] += x[j] * row[j * vectors + v];
        }
        if (z) {
            for (size_t j = 0; j < second; j++) {
                LOCI_UNROLL
                for (size_t v = 0; v < vectors; v++) sum[v] += z[j] * row[(first + j) * vectors + v];
            }
            z += second;
        }
        LOCI_UNROLL
        for (size_t v = 0; v < vectors; v++) *(vreal_unaligned *)(out + v * LOCI_WIDTH) = sum[v];
        memcpy(y, out, head * sizeof *y);
        if (tail) {
            memcpy(w, out + head, tail * sizeof *w);
            w += tail;
        }
    }
}

/* The orders in use have loops of their own, in which everything but `count` is a constant. */
#define VECTORS(n) ((2 * (n) + PYRAMID_LANES - 1) / PYRAMID_LANES * PYRAMID_LANES / LOCI_WIDTH)
#define FOR_ORDERS(CASE)                                                                                     \
    switch (order) {                                                                                         \
    case 1:                                                                                                  \
        CASE(1, VECTORS(1));                                                                                 \
        break;                                                                                               \
    case 2:                                                                                                  \
        CASE(2, VECTORS(2));                                                                                 \
        break;                                                                                               \
    case 4:                                                                                                  \
        CASE(4, VECTORS(4));                                                                                 \
        break;                                                                                               \
    case 8:                                                                                                  \
        CASE(8, VECTORS(8));                                                                                 \
        break;                                                                                               \
    case 16:                                                                                                 \
        CASE(16, VECTORS(16));                                                                               \
        break;                                                                                               \
    default:                                                                                                 \
        CASE(order, stride / LOCI_WIDTH);                                                                    \
    }

static void merge(real *y, real *w, const real *x, const real *matrix, size_t count, size_t order,
                  size_t stride)
{
#define MERGE(n, v) multiply(y, w, x, NULL, matrix, count, 2 * (n), 0, n, n, v)
    FOR_ORDERS(MERGE)
}

static void split(real *y, const real *x, const real *z, const real *matrix, size_t count, size_t order,
                  size_t stride)
{
#define SPLIT(n, v) multiply(y, NULL, x, z, matrix, count, n, n, 2 * (n), 0, v)
    FOR_ORDERS(SPLIT)
}

static void leaf(real *y, const real *x, const real *matrix, size_t count, size_t order, size_t stride)
{
#define LEAF(n, v) multiply(y, NULL, x, NULL, matrix, count, n, 0, n, 0, v)
    FOR_ORDERS(LEAF)
}

const struct loci_pyramid_rows LOCI_LEVEL(loci_pyramid_rows) = {.merge = merge, .split = split, .leaf = leaf};

#endif
