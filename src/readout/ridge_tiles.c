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

/* c [ROWS][vectors W], a row ldc long; a is [depth][ROWS], a row `step` long, b [depth][PANEL]. */
static inline __attribute__((always_inline)) void add(real *c, size_t ldc, const real *a, size_t step,
                                                      const real *b, size_t depth, int vectors)
{
    vreal sum[ROWS][2];
#pragma GCC unroll 14
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] = AT(c + (size_t)r * ldc + v * W);
    for (size_t k = 0; k < depth; k++, a += step, b += PANEL) {
        const vreal b0 = AT(b), b1 = AT(b + W);
#pragma GCC unroll 14
        for (int r = 0; r < ROWS; r++) {
            sum[r][0] += a[r] * b0;
            if (vectors > 1) sum[r][1] += a[r] * b1;
        }
    }
#pragma GCC unroll 14
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < vectors; v++) TO(c + (size_t)r * ldc + v * W) = sum[r][v];
}

static void tile(real *c, size_t ldc, const real *a, size_t step, const real *b, size_t depth)
{
    add(c, ldc, a, step, b, depth, 2);
}

static void narrow(real *c, size_t ldc, const real *a, size_t step, const real *b, size_t depth)
{
    add(c, ldc, a, step, b, depth, 1);
}

/* The same for a tile that hangs over the edge of c. */
static void edge(real *c, size_t ldc, const real *a, size_t step, const real *b, size_t depth, size_t rows,
                 size_t columns)
{
    real whole[ROWS * PANEL] = {0};
    if (rows == ROWS && columns == W) {
        narrow(c, ldc, a, step, b, depth);
        return;
    }
    for (size_t r = 0; r < rows; r++) memcpy(whole + r * PANEL, c + r * ldc, columns * sizeof *c);
    (columns <= W ? narrow : tile)(whole, PANEL, a, step, b, depth);
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
    const bool slides = a_row == 1 && a_depth == 1; /* a window over a signal: in order as it is */
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
                for (size_t i = slides ? tall / ROWS * ROWS : 0; i < tall; i += ROWS)
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
                        const bool direct = slides && high == ROWS;
                        const real *left = direct ? a + i0 + i + k0 : of_a + i * deep;
                        const size_t step = direct ? 1 : ROWS;
                        if (high == ROWS && broad == PANEL)
                            tile(at, ldc, left, step, of_b + j * deep, deep);
                        else
                            edge(at, ldc, left, step, of_b + j * deep, deep, high, broad);
                    }
            }
        }
    }
}

enum { BUNCH = 12 }; /* vectors of r in registers */

/* The last of the vectors ends with r, and may overlap the one before it: `last` is what stood there. */
static inline __attribute__((always_inline)) void bunch(real *r, const real *x, const real *past, size_t n,
                                                        int vectors, ptrdiff_t end, const vreal *last)
{
    vreal sum[BUNCH];
    ptrdiff_t at[BUNCH];
#pragma GCC unroll 12
    for (int v = 0; v < vectors; v++) {
        const bool ends = last && v == vectors - 1;
        at[v] = ends ? end - W : (ptrdiff_t)v * W;
        sum[v] = AT(r + at[v]);
        if (ends) sum[v] = *last;
    }
    for (size_t t = 0; t < n; t++) {
        const real now = x[t];
#pragma GCC unroll 12
        for (int v = 0; v < vectors; v++) sum[v] += now * AT(past + (ptrdiff_t)t + at[v]);
    }
#pragma GCC unroll 12
    for (int v = 0; v < vectors; v++) TO(r + at[v]) = sum[v];
}

static void correlate(real *r, const real *x, const real *past, size_t count, size_t n)
{
    if (count < W) { /* a vector of which some lanes are idle: rounded as all others are */
        vreal sum = {0}, some = {0};
        memcpy(&sum, r, count * sizeof *r);
        for (size_t t = 0; t < n; t++) {
            for (size_t i = 0; i < count; i++) some[i] = past[t + i];
            sum += x[t] * some;
        }
        memcpy(r, &sum, count * sizeof *r);
        return;
    }
    const vreal last = AT(r + count - W);
    for (; count > (size_t)BUNCH * W; count -= (size_t)BUNCH * W, r += BUNCH * W, past += BUNCH * W)
        bunch(r, x, past, n, BUNCH, 0, NULL);
    /* what is left, by a number of vectors that the compiler knows; where it is less than one, it reaches back */
    switch ((count + W - 1) / W) {
#define CASE(vectors)                                                                                        \
    case vectors:                                                                                            \
        bunch(r, x, past, n, vectors, (ptrdiff_t)count, &last);                                              \
        break;
        CASE(1)
        CASE(2)
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
        CASE(7)
        CASE(8)
        CASE(9)
        CASE(10)
        CASE(11)
        CASE(12)
#undef CASE
    }
}

const loci_ridge_tiles LOCI_LEVEL(loci_ridge_tiles_level) = {.multiply = multiply, .correlate = correlate};
