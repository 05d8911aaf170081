/* SPDX-License-Identifier: MIT
 * layer/dense.h - y = W x + b inside a layer: the weights packed for products forward and back, and their gradient.
 *
 * W is [parts][outputs][inputs], as parameters hold it: the gates of a recurrent layer, the halves of a gated unit, or one
 * part alone. Outputs of each part begin at a block of channels of their own. The gradient is one array of
 * loci_dense_gradient_size reals, of the packed weights and then of the biases: two of them are summed number by number. */
#ifndef LOCI_LAYER_DENSE_H
#define LOCI_LAYER_DENSE_H

#include <loci/network.h>

#include "base/real.h"
#include "layer/layer.h"
#include "transform/product.h"

#define loci_dense LOCI_NAME(loci_dense)
#define loci_dense_of LOCI_NAME(loci_dense_of)
#define loci_dense_size LOCI_NAME(loci_dense_size)
#define loci_dense_place LOCI_NAME(loci_dense_place)
#define loci_dense_pack LOCI_NAME(loci_dense_pack)
#define loci_dense_multiply LOCI_NAME(loci_dense_multiply)
#define loci_dense_transposed LOCI_NAME(loci_dense_transposed)
#define loci_dense_gradient_size LOCI_NAME(loci_dense_gradient_size)
#define loci_dense_gradient LOCI_NAME(loci_dense_gradient)
#define loci_dense_unpack LOCI_NAME(loci_dense_unpack)
#define loci_dense_pack_rows LOCI_NAME(loci_dense_pack_rows)
#define loci_dense_unpack_rows LOCI_NAME(loci_dense_unpack_rows)

typedef struct {
    const loci_product *product;
    size_t inputs, outputs, parts;
    size_t turn;           /* part p of W is part (p + turn) % parts of y; 0 at first */
    size_t wide;           /* channels of y: all parts, each padded to blocks; of one part `outputs` */
    int ahead;             /* for multiply alone: W is not packed transposed; 0 at first */
    const loci_crew *crew; /* divides large products of one row; NULL at first: none */
    real *forth, *back;    /* W packed, and transposed */
    real *bias;            /* as y; NULL: there is none */
} loci_dense;

/* One of this layer, without memory yet. */
loci_dense loci_dense_of(const loci_layer *layer, size_t inputs, size_t outputs, size_t parts);

/* Reals that it needs for its packed weights, and for a bias, a multiple of 16; and where they lie: all 0, 64-byte
 * aligned. */
size_t loci_dense_size(const loci_dense *dense, int biased);
void loci_dense_place(loci_dense *dense, real *memory, int biased);

/* weight [parts][outputs][inputs]; the bias is the sum of two, [parts][outputs] each, more NULL: of one, both NULL: there is
 * none. */
void loci_dense_pack(const loci_dense *dense, const real *weight, const real *bias, const real *more);

/* Some outputs of a matrix of one part, the others being 0: those from `first` on, from weight [count][inputs] and bias [count]
 * (NULL: they stay as they are). So outputs may be put in any order, and each kind of them begin at a block. */
void loci_dense_pack_rows(const loci_dense *dense, size_t first, const real *weight, const real *bias,
                          size_t count);

/* y = W x + b, and dx = W^T dy, of `rows` rows; strides in rows from one block to the next. */
void loci_dense_multiply(const loci_dense *dense, real *y, size_t y_stride, const real *x, size_t x_stride,
                         size_t rows);
void loci_dense_transposed(const loci_dense *dense, real *dx, size_t dx_stride, const real *dy,
                           size_t dy_stride, size_t rows);

/* Reals, a multiple of 16; added to them what the rows of x and dy make; dweight and dbias, shaped as in pack, set to what
 * was gathered (dbias NULL: not wanted). */
size_t loci_dense_gradient_size(const loci_dense *dense);
void loci_dense_gradient(const loci_dense *dense, real *gradient, const real *x, size_t x_stride,
                         const real *dy, size_t dy_stride, size_t rows);
void loci_dense_unpack(const loci_dense *dense, real *dweight, real *dbias, const real *gradient);
void loci_dense_unpack_rows(const loci_dense *dense, size_t first, real *dweight, real *dbias,
                            const real *gradient, size_t count);

#endif
