/* SPDX-License-Identifier: MIT
 * product_tiles.c - the products of product.h, from registers.
 *
 * ROWS x 2 vectors of sums, one broadcast of x and two of the panel's vectors a step: 28 multiply-adds for 16 loads
 * with 32 registers, 12 for 8 with 16. Remainders are spread: rows are cut into tiles of nearly equal height, each
 * height being a copy of the loop with its sums in registers. Gradients take 8 (6) inputs at a time.
 *
 * Inputs that are 0 in all rows of a band, as dropout of whole channels leaves them, are passed over: nothing is what they add. */
#include "base/each_level.h"

#include "transform/product.h"

#if LOCI_VECTOR_BYTES == 64
enum { ROWS = 14, TALL = 8 };
#else
enum { ROWS = 6, TALL = 6 };
#endif
enum {
    V = LOCI_LANES,
    W = LOCI_WIDTH,
    PANEL = 2 * LOCI_WIDTH,
    BAND = 64,     /* rows that go through all panels before the next ones come: 32 KiB at K = 128 */
    SEEN = 1024,   /* inputs, up to which it is looked for those that are 0, */
    SEEN_ROWS = 16 /* and rows, from which on it pays */
};

#define NOINLINE __attribute__((noinline)) /* what they hold in registers is theirs */

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* The place of column e of a row. */
static inline LOCI_INLINE size_t column(size_t e, size_t stride)
{
    return e / V * stride * V + e % V;
}

/* Where an input lies in x, and its row in a panel. */
typedef struct {
    size_t x, row;
} input;

/* The inputs, in order, that are not 0 in all rows; their number. */
static size_t live_inputs(input *live, const real *x, size_t x_stride, size_t K, size_t rows)
{
    size_t count = 0;
    for (size_t k = 0; k < K; k += W) {
        const real *from = x + column(k, x_stride);
        vbits any[2] = {{0}, {0}};
        size_t r = 0;
        for (; r + 2 <= rows; r += 2) {
            any[0] |= *(const vbits *)(const void *)(from + r * V);
            any[1] |= *(const vbits *)(const void *)(from + (r + 1) * V);
        }
        if (r < rows) any[0] |= *(const vbits *)(const void *)(from + r * V);
        any[0] = (any[0] | any[1]) << 1; /* -0 is 0 */
        for (size_t i = 0; i < W && k + i < K; i++) {
            live[count] = (input){column(k, x_stride) + i, (k + i) * PANEL};
            count += any[0][i] != 0;
        }
    }
    return count;
}

/* One input of `rows` rows, at x, with its `vectors` of the panel. */
static inline LOCI_INLINE void product_step(vreal sum[ROWS][2], const real *x, const real *packed,
                                            const int rows, const int vectors)
{
    const vreal w0 = AT(packed), w1 = AT(packed + W);
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
        const real a = x[(size_t)r * V];
        sum[r][0] += a * w0;
        if (vectors == 2) sum[r][1] += a * w1;
    }
}

/* `rows` x `vectors` of y; x, y are at the first row, packed and bias at the panel; of all K inputs, or, live, of K. Low tiles
 * take four inputs at a time, lest half of their instructions count; it makes high ones slower. */
static inline LOCI_INLINE void product(real *y0, real *y1, const real *x, size_t x_stride, const real *packed,
                                       const real *bias, const input *live, size_t K, const int rows,
                                       const int vectors)
{
    vreal sum[ROWS][2];
    const vreal zero = {0}, b0 = bias ? AT(bias) : zero, b1 = bias && vectors == 2 ? AT(bias + W) : zero;
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) sum[r][0] = b0, sum[r][1] = b1;
    for (size_t i = 0; live && i < K; i++)
        product_step(sum, x + live[i].x, packed + live[i].row, rows, vectors);
    for (size_t block = 0; !live && block < K; block += V, x += x_stride * V) {
        const size_t count = K - block < V ? K - block : V;
        size_t k = 0;
        for (; rows < 4 && k + 4 <= count; k += 4, packed += 4 * PANEL) {
            product_step(sum, x + k, packed, rows, vectors);
            product_step(sum, x + k + 1, packed + PANEL, rows, vectors);
            product_step(sum, x + k + 2, packed + 2 * PANEL, rows, vectors);
            product_step(sum, x + k + 3, packed + 3 * PANEL, rows, vectors);
        }
        for (; k < count; k++, packed += PANEL) product_step(sum, x + k, packed, rows, vectors);
    }
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
        TO(y0 + r * V) = sum[r][0];
        if (vectors == 2) TO(y1 + r * V) = sum[r][1];
    }
}

/* One row of y at THIN panels: alone, each of their sums would wait for itself, and memory for the sums. */
enum { THIN = 4 };
static inline LOCI_INLINE void product_thin(real *y, size_t y_stride, size_t e, const real *x,
                                            size_t x_stride, const real *packed, const real *bias, size_t K)
{
    vreal sum[2 * THIN];
    const vreal zero = {0};
#pragma GCC unroll 8
    for (int i = 0; i < 2 * THIN; i++) sum[i] = bias ? AT(bias + i * W) : zero;
    for (size_t block = 0; block < K; block += V, x += x_stride * V) {
        const size_t count = K - block < V ? K - block : V;
        for (size_t k = 0; k < count; k++, packed += PANEL) {
            const real a = x[k];
#pragma GCC unroll 8
            for (int i = 0; i < 2 * THIN; i++)
                sum[i] += a * AT(packed + (size_t)(i / 2) * PANEL * K + i % 2 * W);
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < 2 * THIN; i++) TO(y + column(e + (size_t)i * W, y_stride)) = sum[i];
}

/* One row of x and dy; at: where the inputs lie in it. */
static inline LOCI_INLINE void outer_row(vreal sum[TALL][2], const real *x, const size_t *at, const real *dy0,
                                         const real *dy1, const int rows, const int vectors)
{
    const vreal d0 = AT(dy0), d1 = vectors == 2 ? AT(dy1) : d0;
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
        const real a = x[at[r]];
        sum[r][0] += a * d0;
        if (vectors == 2) sum[r][1] += a * d1;
    }
}

/* `rows` x `vectors` of dpacked, whose rows are inputs: those of live, or, NULL, neighbours in a block. Four rows of x at a time: the processor
 * foresees the end of a loop of few turns. */
static inline LOCI_INLINE void outer(real *dpacked, const real *x, const input *live, const real *dy0,
                                     const real *dy1, size_t length, const int rows, const int vectors)
{
    vreal sum[TALL][2];
    size_t at[TALL];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) at[r] = live ? live[r].x : (size_t)r;
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = (vreal){0};
    size_t l = 0;
    for (; l + 4 * V <= length * V; l += 4 * V) {
        outer_row(sum, x + l, at, dy0 + l, dy1 + l, rows, vectors);
        outer_row(sum, x + l + V, at, dy0 + l + V, dy1 + l + V, rows, vectors);
        outer_row(sum, x + l + 2 * V, at, dy0 + l + 2 * V, dy1 + l + 2 * V, rows, vectors);
        outer_row(sum, x + l + 3 * V, at, dy0 + l + 3 * V, dy1 + l + 3 * V, rows, vectors);
    }
    for (; l < length * V; l += V) outer_row(sum, x + l, at, dy0 + l, dy1 + l, rows, vectors);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
        real *to = dpacked + (live ? live[r].row : (size_t)r * PANEL);
        TO(to) += sum[r][0];
        if (vectors == 2) TO(to + W) += sum[r][1];
    }
}

#if LOCI_VECTOR_BYTES == 64
#define TALL_HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
#define HEIGHTS(X) TALL_HEIGHTS(X) X(9) X(10) X(11) X(12) X(13) X(14)
#else
#define TALL_HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define HEIGHTS(X) TALL_HEIGHTS(X)
#endif

NOINLINE static void product_of(size_t rows, int vectors, real *y0, real *y1, const real *x, size_t x_stride,
                                const real *packed, const real *bias, size_t K)
{
    switch (vectors == 2 ? rows : rows + ROWS) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        product(y0, y1, x, x_stride, packed, bias, NULL, K, n, 2);                                           \
        break;                                                                                               \
    case n + ROWS:                                                                                           \
        product(y0, y1, x, x_stride, packed, bias, NULL, K, n, 1);                                           \
        break;
        HEIGHTS(CASE)
#undef CASE
    }
}

NOINLINE static void product_of_live(size_t rows, int vectors, real *y0, real *y1, const real *x,
                                     const real *packed, const real *bias, const input *live, size_t count)
{
    switch (vectors == 2 ? rows : rows + ROWS) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        product(y0, y1, x, 0, packed, bias, live, count, n, 2);                                              \
        break;                                                                                               \
    case n + ROWS:                                                                                           \
        product(y0, y1, x, 0, packed, bias, live, count, n, 1);                                              \
        break;
        HEIGHTS(CASE)
#undef CASE
    }
}

NOINLINE static void outer_of(size_t rows, int vectors, real *dpacked, const real *x, const real *dy0,
                              const real *dy1, size_t length)
{
    switch (vectors == 2 ? rows : rows + TALL) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        outer(dpacked, x, NULL, dy0, dy1, length, n, 2);                                                     \
        break;                                                                                               \
    case n + TALL:                                                                                           \
        outer(dpacked, x, NULL, dy0, dy1, length, n, 1);                                                     \
        break;
        TALL_HEIGHTS(CASE)
#undef CASE
    }
}

NOINLINE static void outer_of_live(size_t rows, int vectors, real *dpacked, const real *x, const input *live,
                                   const real *dy0, const real *dy1, size_t length)
{
    switch (vectors == 2 ? rows : rows + TALL) {
#define CASE(n)                                                                                              \
    case n:                                                                                                  \
        outer(dpacked, x, live, dy0, dy1, length, n, 2);                                                     \
        break;                                                                                               \
    case n + TALL:                                                                                           \
        outer(dpacked, x, live, dy0, dy1, length, n, 1);                                                     \
        break;
        TALL_HEIGHTS(CASE)
#undef CASE
    }
}

/* Vectors of panel e that lie within the blocks of N columns. */
static inline int vectors_at(size_t e, size_t N)
{
    return e + W < (N + V - 1) / V * V ? 2 : 1;
}

static void multiply(real *y, size_t y_stride, const real *x, size_t x_stride, const real *packed,
                     const real *bias, size_t K, size_t N, size_t rows)
{
    const size_t columns = loci_lane_blocks(N) * V;
    input live[SEEN];
    for (size_t band = 0; band < rows; band += BAND) {
        const size_t height = rows - band < BAND ? rows - band : BAND, tiles = (height + ROWS - 1) / ROWS;
        const size_t count =
            height >= SEEN_ROWS && K <= SEEN ? live_inputs(live, x + band * V, x_stride, K, height) : K;
        size_t e = 0;
        for (; rows == 1 && e + THIN * PANEL <= columns; e += THIN * PANEL)
            product_thin(y, y_stride, e, x, x_stride, packed + e * K, bias ? bias + e : NULL, K);
        for (; e < columns; e += PANEL) {
            const int vectors = vectors_at(e, N);
            const real *b = bias ? bias + e : NULL;
            real *y0 = y + column(e, y_stride) + band * V;
            real *y1 = vectors == 2 ? y + column(e + W, y_stride) + band * V : y0;
            for (size_t i = 0; i < tiles; i++) {
                const size_t r = i * height / tiles, tall = (i + 1) * height / tiles - r;
                const real *from = x + (band + r) * V;
                if (count < K)
                    product_of_live(tall, vectors, y0 + r * V, y1 + r * V, from, packed + e * K, b, live,
                                    count);
                else
                    product_of(tall, vectors, y0 + r * V, y1 + r * V, from, x_stride, packed + e * K, b, K);
            }
        }
    }
}

/* Of a band of few rows: of all inputs, block by block. */
static void gradient_low(real *dpacked, const real *x, size_t x_stride, const real *dy, size_t dy_stride,
                         size_t K, size_t N, size_t rows)
{
    for (size_t e = 0; e < N; e += PANEL) {
        const int vectors = vectors_at(e, N);
        const real *d0 = dy + column(e, dy_stride);
        const real *d1 = vectors == 2 ? dy + column(e + W, dy_stride) : d0;
        for (size_t k = 0; k < K; k += V) {
            const size_t inputs = K - k < V ? K - k : V, tiles = (inputs + TALL - 1) / TALL;
            const real *from = x + column(k, x_stride);
            for (size_t i = 0; i < tiles; i++) {
                const size_t r = i * inputs / tiles, tall = (i + 1) * inputs / tiles - r;
                outer_of(tall, vectors, dpacked + e * K + (k + r) * PANEL, from + r, d0, d1, rows);
            }
        }
    }
}

/* Of a band, and of the inputs from `first` on, at most SEEN. */
static void gradient_seen(real *dpacked, const real *x, size_t x_stride, const real *dy, size_t dy_stride,
                          size_t K, size_t first, size_t N, size_t rows)
{
    input live[SEEN];
    x += column(first, x_stride), dpacked += first * PANEL;
    const size_t count = live_inputs(live, x, x_stride, K - first < SEEN ? K - first : SEEN, rows),
                 tiles = (count + TALL - 1) / TALL;
    for (size_t e = 0; e < N; e += PANEL) {
        const int vectors = vectors_at(e, N);
        const real *d0 = dy + column(e, dy_stride);
        const real *d1 = vectors == 2 ? dy + column(e + W, dy_stride) : d0;
        for (size_t i = 0; i < tiles; i++) {
            const size_t k = i * count / tiles, tall = (i + 1) * count / tiles - k;
            outer_of_live(tall, vectors, dpacked + e * K, x, live + k, d0, d1, rows);
        }
    }
}

static void gradient(real *dpacked, const real *x, size_t x_stride, const real *dy, size_t dy_stride,
                     size_t K, size_t N, size_t rows)
{
    for (size_t band = 0; band < rows; band += BAND, x += BAND * V, dy += BAND * V) {
        const size_t height = rows - band < BAND ? rows - band : BAND;
        if (height < SEEN_ROWS) {
            gradient_low(dpacked, x, x_stride, dy, dy_stride, K, N, height);
            continue;
        }
        for (size_t first = 0; first < K; first += SEEN)
            gradient_seen(dpacked, x, x_stride, dy, dy_stride, K, first, N, height);
    }
}

const loci_product LOCI_LEVEL(loci_product_level) = {
    .width = PANEL, .multiply = multiply, .gradient = gradient};
