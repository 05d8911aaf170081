/* SPDX-License-Identifier: MIT
 * dense.c - a matrix and a bias in packed form. */
#include "base/each_precision.h"

#include "layer/dense.h"

#include <string.h>

#include "base/allocate.h"
#include "layer/loops.h"

enum { V = LOCI_LANES };

/* In bfloat16 where the layer wants it and it can be done. */
static const loci_product *product_for(const loci_layer *layer, size_t inputs, size_t wide)
{
    const loci_product *product = NULL;
#if !LOCI_REAL_IS_DOUBLE
    if (layer->bf16 && inputs <= LOCI_PRODUCT_BF16_MOST && wide <= LOCI_PRODUCT_BF16_MOST)
        product = loci_product_get_bf16();
#else
    (void)layer, (void)inputs, (void)wide;
#endif
    return product ? product : loci_product_get();
}

loci_dense loci_dense_of(const loci_layer *layer, size_t inputs, size_t outputs, size_t parts)
{
    const size_t wide = parts == 1 ? outputs : parts * loci_lane_blocks(outputs) * V;
    return (loci_dense){.product = product_for(layer, inputs, wide),
                        .inputs = inputs,
                        .outputs = outputs,
                        .parts = parts,
                        .wide = wide};
}

static size_t padded(size_t reals)
{
    return loci_lane_blocks(reals) * V;
}

static size_t size_forth(const loci_dense *dense)
{
    return padded(loci_product_size(dense->product, dense->inputs, dense->wide));
}

static size_t size_back(const loci_dense *dense)
{
    return dense->ahead ? 0 : padded(loci_product_size(dense->product, dense->wide, dense->inputs));
}

size_t loci_dense_size(const loci_dense *dense, int biased)
{
    return size_forth(dense) + size_back(dense) + (biased ? padded(dense->wide) : 0);
}

void loci_dense_place(loci_dense *dense, real *memory, int biased)
{
    dense->forth = memory;
    dense->back = memory + size_forth(dense);
    dense->bias = biased ? dense->back + size_back(dense) : NULL;
}

/* The first output of a part. */
static size_t first_of(const loci_dense *dense, size_t part)
{
    return (part + dense->turn) % dense->parts * padded(dense->outputs);
}

void loci_dense_pack(const loci_dense *dense, const real *weight, const real *bias, const real *more)
{
    const size_t H = dense->outputs, K = dense->inputs;
    for (size_t part = 0; part < dense->parts; part++) {
        const size_t first = first_of(dense, part);
        loci_product_pack(dense->product, dense->forth, weight + part * H * K, H, K, first);
        if (!dense->ahead)
            loci_product_pack_transposed(dense->product, dense->back, weight + part * H * K, H, K, first,
                                         dense->wide);
        for (size_t h = 0; bias && h < H; h++)
            dense->bias[first + h] = more ? bias[part * H + h] + more[part * H + h] : bias[part * H + h];
    }
}

void loci_dense_pack_rows(const loci_dense *dense, size_t first, const real *weight, const real *bias,
                          size_t count)
{
    loci_product_pack(dense->product, dense->forth, weight, count, dense->inputs, first);
    if (!dense->ahead)
        loci_product_pack_transposed(dense->product, dense->back, weight, count, dense->inputs, first,
                                     dense->wide);
    if (bias) memcpy(dense->bias + first, bias, count * sizeof(real));
}

/* ---- products ---- */

/* One row of a large product, divided among a crew. */
typedef struct {
    const loci_dense *dense;
    real *y;
    const real *x;
    size_t y_stride, x_stride, parts;
} shared_row;

enum {
    SHARED_LEAST = 1 << 17, /* weights, from which on it is worth the call */
    SHARED_PANELS = 4       /* go together, as a single row goes through the product */
};

/* Part i: some panels of the outputs. */
static void multiply_part(void *argument, size_t i)
{
    const shared_row *s = argument;
    const loci_dense *d = s->dense;
    const size_t step = SHARED_PANELS * d->product->width, all = (d->wide + step - 1) / step,
                 first = all * i / s->parts * step, end = all * (i + 1) / s->parts * step;
    if (first >= end) return;
    d->product->multiply(s->y + first / V * s->y_stride * V, s->y_stride, s->x, s->x_stride,
                         d->forth + first * d->inputs, d->bias ? d->bias + first : NULL, d->inputs,
                         (end < d->wide ? end : d->wide) - first, 1);
}

void loci_dense_multiply(const loci_dense *dense, real *y, size_t y_stride, const real *x, size_t x_stride,
                         size_t rows)
{
    if (dense->crew && !dense->product->bf16 && rows == 1 && dense->inputs * dense->wide >= SHARED_LEAST) {
        shared_row s = {dense, y, x, y_stride, x_stride, dense->crew->count};
        dense->crew->run(dense->crew->context, s.parts, multiply_part, &s);
        return;
    }
    dense->product->multiply(y, y_stride, x, x_stride, dense->forth, dense->bias, dense->inputs, dense->wide,
                             rows);
}

void loci_dense_transposed(const loci_dense *dense, real *dx, size_t dx_stride, const real *dy,
                           size_t dy_stride, size_t rows)
{
    dense->product->multiply(dx, dx_stride, dy, dy_stride, dense->back, NULL, dense->wide, dense->inputs,
                             rows);
}

size_t loci_dense_gradient_size(const loci_dense *dense)
{
    return size_forth(dense) + (dense->bias ? padded(dense->wide) : 0);
}

void loci_dense_gradient(const loci_dense *dense, real *gradient, const real *x, size_t x_stride,
                         const real *dy, size_t dy_stride, size_t rows)
{
    real *dbias = gradient + size_forth(dense);
    dense->product->gradient(gradient, x, x_stride, dy, dy_stride, dense->inputs, dense->wide, rows);
    for (size_t k = 0; dense->bias && k < loci_lane_blocks(dense->wide); k++)
        loci_loops_get()->sum(dbias + k * V, dy + k * dy_stride * V, rows);
}

void loci_dense_unpack(const loci_dense *dense, real *dweight, real *dbias, const real *gradient)
{
    const size_t H = dense->outputs, K = dense->inputs;
    const real *from = gradient + size_forth(dense);
    for (size_t part = 0; part < dense->parts; part++) {
        const size_t first = first_of(dense, part);
        loci_product_unpack(dense->product, dweight + part * H * K, gradient, H, K, first);
        if (dbias) memcpy(dbias + part * H, from + first, H * sizeof(real));
    }
}

void loci_dense_unpack_rows(const loci_dense *dense, size_t first, real *dweight, real *dbias,
                            const real *gradient, size_t count)
{
    loci_product_unpack(dense->product, dweight, gradient, count, dense->inputs, first);
    if (dbias) memcpy(dbias, gradient + size_forth(dense) + first, count * sizeof(real));
}
