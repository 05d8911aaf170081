/* SPDX-License-Identifier: MIT
 * ridge_tiles.c - the products of ridge_tiles.h, from registers.
 *
 * A tile of c, ROWS x 2 vectors, is loaded, takes DEPTH products for each of its numbers, and is stored: 28 multiply-adds for
 * 16 loads with 32 registers, 12 for 8 with 16. a and b are packed, so that a tile reads both in order. */
#include "base/each_level.h"

#include <string.h>

#include "readout/ridge_tiles.h"

#if LOCI_VECTOR_BYTES == 64
enum { ROWS = 14 };
#else
enum { ROWS = 6 };
#endif
enum {
    W = LOCI_WIDTH,
    PANEL = 2 * LOCI_WIDTH,
    DEPTH = 64,       /* products before c is stored */
    TALL = 12 * ROWS, /* rows of a that are packed at once */
    WIDE = 128        /* columns of b, likewise */
};

#define AT(p) (*(const vreal_unaligned *)(p))
#define TO(p) (*(vreal_unaligned *)(p))

/* c [ROWS][PANEL], a row ldc long; a is [depth][ROWS], b [depth][PANEL]. */
static void tile(real *c, size_t ldc, const real *a, const real *b, size_t depth)
{
    vreal sum[ROWS][2];
#pragma GCC unroll 14
    for (int r = 0; r < ROWS; r++) {
        sum[r][0] = AT(c + (size_t)r * ldc);
        sum[r][1] = AT(c + (size_t)r * ldc + W);
    }
    for (size_t k = 0; k < depth; k++, a += ROWS, b += PANEL) {
        const vreal b0 = AT(b), b1 = AT(b + W);
#pragma GCC unroll 14
        for (int r = 0; r < ROWS; r++) {
            sum[r][0] += a[r] * b0;
            sum[r][1] += a[r] * b1;
        }
    }
#pragma GCC unroll 14
    for (int r = 0; r < ROWS; r++) {
        TO(c + (size_t)r * ldc) = sum[r][0];
        TO(c + (size_t)r * ldc + W) = sum[r][1];
    }
}

/* The same for a tile that hangs over the edge of c. */
static void edge(real *c, size_t ldc, const real *a, const real *b, size_t depth, size_t rows, size_t columns)
{
    real whole[ROWS * PANEL] = {0};
    for (size_t r = 0; r < rows; r++) memcpy(whole + r * PANEL, c + r * ldc, columns * sizeof *c);
    tile(whole, PANEL, a, b, depth);
    for (size_t r = 0; r < rows; r++) memcpy(c + r * ldc, whole + r * PANEL, columns * sizeof *c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void multiply(real *c, size_t ldc, const real *a, size_t a_row, size_t a_depth, const real *b,
                     size_t ldb, size_t rows, size_t columns, size_t depth, bool less, bool upper)
{
    real of_a[TALL * DEPTH], of_b[WIDE * DEPTH];
    const real sign = less ? -1 : 1;
    for (size_t k0 = 0; k0 < depth; k0 += DEPTH) {
        const size_t deep = least(depth - k0, DEPTH);
        for (size_t j0 = 0; j0 < columns; j0 += WIDE) {
            const size_t wide = least(columns - j0, WIDE);
            for (size_t j = 0; j < wide; j += PANEL)
                for (size_t k = 0; k < deep; k++) {
                    const real *from = b + (k0 + k) * ldb + j0 + j;
                    real *to = of_b + j * deep + k * PANEL;
                    for (size_t e = 0; e < PANEL; e++) to[e] = j + e < wide ? sign * from[e] : 0;
                }
            for (size_t i0 = 0; i0 < rows && !(upper && i0 >= j0 + wide); i0 += TALL) {
                const size_t tall = least(rows - i0, TALL);
                for (size_t i = 0; i < tall; i += ROWS)
                    for (size_t k = 0; k < deep; k++) {
                        const real *from = a + (i0 + i) * a_row + (k0 + k) * a_depth;
                        real *to = of_a + i * deep + k * ROWS;
                        for (size_t r = 0; r < ROWS; r++) to[r] = i + r < tall ? from[r * a_row] : 0;
                    }
                for (size_t j = 0; j < wide; j += PANEL)
                    for (size_t i = 0; i < tall; i += ROWS) {
                        const size_t high = least(tall - i, ROWS), broad = least(wide - j, PANEL);
                        real *at = c + (i0 + i) * ldc + j0 + j;
                        if (upper && i0 + i >= j0 + j + broad) break;
                        if (high == ROWS && broad == PANEL)
                            tile(at, ldc, of_a + i * deep, of_b + j * deep, deep);
                        else
                            edge(at, ldc, of_a + i * deep, of_b + j * deep, deep, high, broad);
                    }
            }
        }
    }
}

enum { BUNCH = 12 }; /* vectors of r in registers */

static void correlate(real *r, const real *x, size_t lags, size_t n)
{
    const real *past = x - (lags - 1);
    size_t i = 0;
    for (; i + BUNCH * W <= lags; i += BUNCH * W) {
        vreal sum[BUNCH];
#pragma GCC unroll 12
        for (int v = 0; v < BUNCH; v++) sum[v] = AT(r + i + v * W);
        for (size_t t = 0; t < n; t++) {
            const real now = x[t];
#pragma GCC unroll 12
            for (int v = 0; v < BUNCH; v++) sum[v] += now * AT(past + t + i + v * W);
        }
#pragma GCC unroll 12
        for (int v = 0; v < BUNCH; v++) TO(r + i + v * W) = sum[v];
    }
    for (; i + W <= lags; i += W) {
        vreal sum = AT(r + i);
        for (size_t t = 0; t < n; t++) sum += x[t] * AT(past + t + i);
        TO(r + i) = sum;
    }
    for (; i < lags; i++) {
        real sum = r[i];
        for (size_t t = 0; t < n; t++) sum += x[t] * past[t + i];
        r[i] = sum;
    }
}

const loci_ridge_tiles LOCI_LEVEL(loci_ridge_tiles_level) = {.multiply = multiply, .correlate = correlate};
