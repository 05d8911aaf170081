/* SPDX-License-Identifier: MIT
 * attention_core.c - tiles of scores, forward and backward.
 *
 *     s = q k, w = e^(s - level), o = sum of w v; backward, with g of o: dv = sum of w g, ds = w (g v - g o),
 *     dq = sum of ds k, dk = sum of ds q
 *
 * Scores lie with queries side by side, [query blocks][keys][16]: they are a product of keys with the tile's queries as the packed
 * matrix, and so are those of values with gradients; sums over queries take the same scores as the rows of another product,
 * and sums over keys are gradients of a packed matrix. backward makes the weights once more from `level`. */
#include "base/each_precision.h"

#include "layer/attention_core.h"

#include <math.h>
#include <string.h>

#include "layer/attention_tiles.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, TILE = LOCI_TILE };

/* Scratch of a tile. */
typedef struct {
    real *scores, *dscores;   /* [TILE / 16][TILE][16] */
    real *columns, *dcolumns; /* queries and gradients of outputs as packed [D inputs][TILE outputs] */
    real *rows, *drows;       /* the same as packed [TILE inputs][D outputs] */
    real *sums;               /* of outputs, or gradients of queries, so packed */
    real *part;               /* [blocks(D)][TILE][16] */
    real *most, *sum, *shrink, *limits; /* [TILE], limits [2][TILE] */
} tile;

static size_t padded(size_t reals)
{
    return loci_lane_blocks(reals) * V;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* at NULL: only counts. Returns the reals of all. */
static size_t lay_out(tile *t, real *at, size_t D)
{
    const loci_product *product = loci_product_get();
    const size_t columns = padded(loci_product_size(product, D, TILE)),
                 rows = padded(loci_product_size(product, TILE, D));
    const size_t sizes[] = {TILE * TILE, TILE * TILE, columns, columns,
                            rows,        rows,        rows,    loci_lane_blocks(D) * TILE * V,
                            TILE,        TILE,        TILE,    2 * TILE};
    real **const parts[] = {&t->scores, &t->dscores, &t->columns, &t->dcolumns, &t->rows,   &t->drows,
                            &t->sums,   &t->part,    &t->most,    &t->sum,      &t->shrink, &t->limits};
    size_t used = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (at) *parts[i] = at + used;
        used += sizes[i];
    }
    return used;
}

size_t loci_attention_room(size_t D)
{
    tile t;
    return lay_out(&t, NULL, D) * sizeof(real);
}

/* ---- packing ---- */

/* Rows r, ..., count of them, of x as packed [D inputs][count outputs], and as packed [count inputs][D outputs]. */
static void pack_columns(real *packed, const real *x, size_t stride, size_t r, size_t count, size_t D)
{
    const size_t width = loci_product_get()->width;
    if (count % width) memset(packed, 0, loci_product_size(loci_product_get(), D, count) * sizeof(real));
    for (size_t e = 0; e < D; e += V)
        for (size_t q = 0; q < count; q++) { /* x in the order in which it lies */
            const real *from = x + (e / V * stride + r + q) * V;
            real *to = packed + (q / width * D + e) * width + q % width;
            if (D - e >= V)
                for (size_t d = 0; d < V; d++) to[d * width] = from[d];
            else
                for (size_t d = 0; d < D - e; d++) to[d * width] = from[d];
        }
}

/* A whole row of a block, as a rule, whose length the compiler then knows. */
static inline void copy(real *to, const real *from, size_t piece)
{
    if (piece == V)
        memcpy(to, from, V * sizeof(real));
    else
        memcpy(to, from, piece * sizeof(real));
}

static void pack_rows(real *packed, const real *x, size_t stride, size_t r, size_t count, size_t D)
{
    const size_t width = loci_product_get()->width, piece = smaller(width, V);
    if (D % width) memset(packed, 0, loci_product_size(loci_product_get(), count, D) * sizeof(real));
    for (size_t e = 0; e < padded(D); e += piece)
        for (size_t q = 0; q < count; q++)
            copy(packed + (e / width * count + q) * width + e % width,
                 x + (e / V * stride + r + q) * V + e % V, piece);
}

/* Multiplies row q of what is packed [count inputs][D outputs] by factor [count]. */
static void scale_rows(real *packed, const real *factor, size_t count, size_t D)
{
    const size_t width = loci_product_get()->width;
    for (size_t e = 0; e < D; e += width)
        loci_attention_tiles_get()->scale(packed + e * count, factor, width, count);
}

/* Rows r, ... of x from what is so packed. */
static void unpack_rows(real *x, const real *packed, size_t stride, size_t r, size_t count, size_t D)
{
    const size_t width = loci_product_get()->width, piece = smaller(width, V);
    for (size_t e = 0; e < padded(D); e += piece)
        for (size_t q = 0; q < count; q++)
            copy(x + (e / V * stride + r + q) * V + e % V,
                 packed + (e / width * count + q) * width + e % width, piece);
}

/* ---- which keys a query sees ---- */

static size_t first_key(const loci_attention_head *h, size_t query)
{
    const size_t key = h->offset + query, back = h->window ? h->window - 1 : key;
    return key > back + h->first ? key - back : h->first;
}

static size_t last_key(const loci_attention_head *h, size_t query)
{
    const size_t key = h->offset + query, end = h->offset + h->queries - 1;
    if (!h->whole) return key;
    return h->window && h->window - 1 < end - key ? key + h->window - 1 : end;
}

/* The limits of a tile of keys from k on, in keys of the tile; NULL: each query sees all of them. */
static const real *limits_of(const loci_attention_head *h, real *limits, size_t q, size_t queries, size_t k,
                             size_t keys)
{
    if (first_key(h, q + queries - 1) <= k && last_key(h, q) >= k + keys - 1) return NULL;
    for (size_t i = 0; i < TILE; i++) {
        const size_t query = q + (i < queries ? i : queries - 1);
        limits[i] = (real)((ptrdiff_t)first_key(h, query) - (ptrdiff_t)k);
        limits[TILE + i] = (real)((ptrdiff_t)last_key(h, query) - (ptrdiff_t)k);
    }
    return limits;
}

/* ---- forward and backward ---- */

void loci_attention_forward(const loci_attention_head *h, real *o, real *level, void *scratch)
{
    const loci_product *product = loci_product_get();
    const loci_attention_tiles *tiles = loci_attention_tiles_get();
    const size_t D = h->D;
    tile t;
    lay_out(&t, scratch, D);
    for (size_t q = 0; q < h->queries; q += TILE) {
        const size_t queries = smaller(TILE, h->queries - q), end = last_key(h, q + queries - 1) + 1;
        pack_columns(t.columns, h->q, h->q_stride, q, queries, D);
        memset(t.sums, 0, loci_product_size(product, queries, D) * sizeof(real));
        for (size_t i = 0; i < TILE; i++) t.most[i] = LOCI_REAL(-1e30), t.sum[i] = 0;
        for (size_t k = first_key(h, q), keys; k < end; k += keys) {
            keys = smaller(TILE, end - k);
            product->multiply(t.scores, TILE, h->k + k * V, h->k_stride, t.columns, NULL, D, queries, keys);
            tiles->soften(t.scores, t.most, t.sum, t.shrink, limits_of(h, t.limits, q, queries, k, keys),
                          keys, queries);
            scale_rows(t.sums, t.shrink, queries, D);
            product->gradient(t.sums, t.scores, TILE, h->v + k * V, h->k_stride, queries, D, keys);
        }
        for (size_t i = 0; i < queries; i++) {
            level[q + i] = t.most[i] + (real)log((double)t.sum[i]);
            t.shrink[i] = 1 / t.sum[i];
        }
        scale_rows(t.sums, t.shrink, queries, D);
        unpack_rows(o, t.sums, h->q_stride, q, queries, D);
    }
}

/* x [blocks(D)][stride][16], rows r, ... += part [blocks(D)][TILE][16]. */
static void add_part(real *x, size_t stride, size_t r, const real *part, size_t rows, size_t D)
{
    for (size_t k = 0; k < loci_lane_blocks(D); k++) {
        real *to = x + (k * stride + r) * V;
        loci_loops_get()->add(to, to, part + k * TILE * V, NULL, 0, rows);
    }
}

void loci_attention_backward(const loci_attention_head *h, real *gradient, real *dk, real *dv, const real *o,
                             const real *level, void *scratch)
{
    const loci_product *product = loci_product_get();
    const loci_attention_tiles *tiles = loci_attention_tiles_get();
    const size_t D = h->D;
    tile t;
    lay_out(&t, scratch, D);
    for (size_t q = 0; q < h->queries; q += TILE) {
        const size_t queries = smaller(TILE, h->queries - q), end = last_key(h, q + queries - 1) + 1;
        pack_columns(t.columns, h->q, h->q_stride, q, queries, D);
        pack_columns(t.dcolumns, gradient, h->q_stride, q, queries, D);
        pack_rows(t.rows, h->q, h->q_stride, q, queries, D);
        pack_rows(t.drows, gradient, h->q_stride, q, queries, D);
        memset(t.sums, 0, loci_product_size(product, queries, D) * sizeof(real));
        memset(t.most, 0, TILE * sizeof(real));
        memset(t.sum, 0, TILE * sizeof(real));
        for (size_t i = 0; i < queries; i++) { /* most: levels; sum: gradients times outputs */
            t.most[i] = level[q + i];
            for (size_t e = 0; e < loci_lane_blocks(D); e++) {
                const size_t at = (e * h->q_stride + q + i) * V;
                for (size_t d = 0; d < V; d++) t.sum[i] += gradient[at + d] * o[at + d];
            }
        }
        for (size_t k = first_key(h, q), keys; k < end; k += keys) {
            keys = smaller(TILE, end - k);
            product->multiply(t.scores, TILE, h->k + k * V, h->k_stride, t.columns, NULL, D, queries, keys);
            product->multiply(t.dscores, TILE, h->v + k * V, h->k_stride, t.dcolumns, NULL, D, queries, keys);
            tiles->soften_backward(t.scores, t.dscores, t.most, t.sum,
                                   limits_of(h, t.limits, q, queries, k, keys), keys, queries);
            product->multiply(t.part, TILE, t.scores, TILE, t.drows, NULL, queries, D, keys);
            add_part(dv, h->k_stride, k, t.part, keys, D);
            product->multiply(t.part, TILE, t.dscores, TILE, t.rows, NULL, queries, D, keys);
            add_part(dk, h->k_stride, k, t.part, keys, D);
            product->gradient(t.sums, t.dscores, TILE, h->k + k * V, h->k_stride, queries, D, keys);
        }
        unpack_rows(gradient, t.sums, h->q_stride, q, queries, D);
    }
}
