/* SPDX-License-Identifier: MIT
 * layer/attention_tiles.h - the loops of attention that are no matrix product, at the width of the processor's vectors.
 *
 * A tile is up to LOCI_TILE queries against up to LOCI_TILE keys: [query blocks][LOCI_TILE keys][16 queries], so that what is
 * done for each query over its keys runs down a column of vectors. Numbers of queries are [LOCI_TILE]. */
#ifndef LOCI_LAYER_ATTENTION_TILES_H
#define LOCI_LAYER_ATTENTION_TILES_H

#include "base/real.h"

#define loci_attention_tiles LOCI_NAME(loci_attention_tiles)
#define loci_attention_tiles_get LOCI_NAME(loci_attention_tiles_get)

enum { LOCI_TILE = 64 };

typedef struct loci_attention_tiles {
    /* to = scale times from, of D channels [blocks][rows][16] with a stride each, in which channels i and i + D/2 are turned by an
     * angle whose cosine and sine are in the table, [2][blocks of D/2][table_stride][16]; NULL: none is. back: the other way. */
    void (*turn)(real *to, size_t to_stride, const real *from, size_t from_stride, const real *table,
                 size_t table_stride, int back, real scale, size_t D, size_t rows);

    /* Scores become e^(score - most), where `most`, the largest score so far, and `sum`, the sum of what they became, are brought up
     * to date; shrink is what numbers of before are multiplied with for that. limits [2][LOCI_TILE]: the first and the
     * last key of each query; NULL: all. Others become 0. */
    void (*soften)(real *scores, real *most, real *sum, real *shrink, const real *limits, size_t keys,
                   size_t queries);

    /* Row i of x, `width` numbers, a multiple of 16, is multiplied by factor [rows]. */
    void (*scale)(real *x, const real *factor, size_t width, size_t rows);

    /* For backward: scores become weights w = e^(score - level), and their gradients w (gradient - less). */
    void (*soften_backward)(real *scores, real *dscores, const real *level, const real *less,
                            const real *limits, size_t keys, size_t queries);

    /* o [16 blocks(D)] = sum of weights times values over sum of weights, where the weight of a key is e^(its product with q [D] -
     * the largest). keys [blocks(count)][D][16], one a lane, values [count][16 blocks(D)]; scores: room for 16 blocks(count). */
    void (*attend)(real *o, const real *q, const real *keys, const real *values, size_t count, size_t D,
                   real *scores);
} loci_attention_tiles;

#define loci_attention_tiles_level LOCI_NAME(loci_attention_tiles_level)
LOCI_LEVELS(const loci_attention_tiles, loci_attention_tiles_level);

/* The one for this processor. */
static inline const loci_attention_tiles *loci_attention_tiles_get(void)
{
    return LOCI_CHOOSE(loci_attention_tiles_level);
}

#endif
