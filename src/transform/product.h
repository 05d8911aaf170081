/* SPDX-License-Identifier: MIT
 * transform/product.h - products of activations with a weight matrix: y = x W^T + b, and the gradient of W.
 *
 * Activations are blocks of 16 channels: x is [blocks(K)][rows][16] with a row count of its own from one block
 * to the next, the stride: channel k of row r is x[((k / 16) * stride + r) * 16 + k % 16]. Weights are packed
 * once into panels, [N / width][K][width], as wide as two vectors of the processor at hand, so a product reads
 * memory in order and x where it lies: 14 rows times one panel stay in registers (6 on AVX2), each number of x
 * meets the panel as a broadcast; a single row goes through four panels at once. The gradient of W is kept in the packed layout too. Its products broadcast x
 * and run along the outputs likewise, so a tile of it stays in the first-level cache; it is unpacked once a
 * step.
 *
 * W is [outputs][inputs], row-major. y = x W takes the same functions with W packed transposed. Sums run over k
 * (or rows) from 0 up in one accumulator: equal rows give equal bits wherever they stand. Nothing allocates. */
#ifndef LOCI_TRANSFORM_PRODUCT_H
#define LOCI_TRANSFORM_PRODUCT_H

#include "base/real.h"

#define loci_product LOCI_NAME(loci_product)
#define loci_product_get LOCI_NAME(loci_product_get)
#define loci_product_size LOCI_NAME(loci_product_size)
#define loci_product_pack LOCI_NAME(loci_product_pack)
#define loci_product_pack_transposed LOCI_NAME(loci_product_pack_transposed)
#define loci_product_unpack LOCI_NAME(loci_product_unpack)

typedef struct loci_product {
    size_t width; /* of a panel */
    int bf16;     /* panels are of pairs of inputs: [N / width][ceil(K / 2)][width][2] numbers of 16 bits */
    /* y [blocks(N)][rows][16] = x [blocks(K)][rows][16] times `packed`, plus bias [16 blocks(N)] (NULL: 0).
     * Columns of y from N to the end of its last block get what the panel holds there: 0. */
    void (*multiply)(real *y, size_t y_stride, const real *x, size_t x_stride, const real *packed,
                     const real *bias, size_t K, size_t N, size_t rows);
    /* dpacked += the gradient of `packed` from x and dy: sums over rows. */
    void (*gradient)(real *dpacked, const real *x, size_t x_stride, const real *dy, size_t dy_stride,
                     size_t K, size_t N, size_t rows);
} loci_product;

#define loci_product_level LOCI_NAME(loci_product_level)
LOCI_LEVELS(const loci_product, loci_product_level);

/* The one for this processor. */
const loci_product *loci_product_get(void);

#if !LOCI_REAL_IS_DOUBLE
/* The same with x, dy and weights rounded to bfloat16, 8 bits each, and sums in float; the gradient is packed as ever. NULL: the processor has no
 * such products. For K and N of at most LOCI_PRODUCT_BF16_MOST, after rounding up to blocks. */
#define LOCI_PRODUCT_BF16_MOST (1 << 15)
const loci_product *loci_product_get_bf16(void);
#endif

/* Reals of packed weights from K inputs to N outputs. */
size_t loci_product_size(const loci_product *mix, size_t K, size_t N);

/* Puts w [outputs][inputs] into packed, whose K is inputs, at output `first`; and, transposed, its rows at input
 * `first` of a packed matrix of `K` inputs whose outputs are w's inputs. What no matrix was put into must be 0. */
void loci_product_pack(const loci_product *mix, real *packed, const real *w, size_t outputs, size_t inputs,
                       size_t first);
void loci_product_pack_transposed(const loci_product *mix, real *packed, const real *w, size_t outputs,
                                  size_t inputs, size_t first, size_t K);

/* w [outputs][inputs] = what loci_product_pack would have read. */
void loci_product_unpack(const loci_product *mix, real *w, const real *packed, size_t outputs, size_t inputs,
                         size_t first);

#endif
