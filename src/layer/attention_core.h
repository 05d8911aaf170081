/* SPDX-License-Identifier: MIT
 * layer/attention_core.h - one head of attention over one sequence: softmax of queries times keys, times values, in tiles, so that
 * nothing is kept of the size of queries times keys (Milakov and Gimelshein 2018; Dao et al. 2022). */
#ifndef LOCI_LAYER_ATTENTION_CORE_H
#define LOCI_LAYER_ATTENTION_CORE_H

#include "base/real.h"
#include "transform/product.h"

#define loci_attention_head LOCI_NAME(loci_attention_head)
#define loci_attention_room LOCI_NAME(loci_attention_room)
#define loci_attention_forward LOCI_NAME(loci_attention_forward)
#define loci_attention_backward LOCI_NAME(loci_attention_backward)

/* The sequence: query i is key offset + i. It sees keys from `first` on, not more than `window` - 1 away (0: any), and those that
 * follow it only where `whole`. All are [blocks(D)][stride][16], of which `queries` and offset + queries rows are read; what
 * queries and keys must be multiplied with is in them already. */
typedef struct {
    size_t D, queries, offset, first, window;
    int whole;
    size_t q_stride, k_stride; /* of q and o; of k and v */
    const real *q, *k, *v;
} loci_attention_head;

/* Bytes of scratch for forward and backward. */
size_t loci_attention_room(size_t D);

/* o, and level [queries]: the logarithm of the sum of e^score of each query. */
void loci_attention_forward(const loci_attention_head *head, real *o, real *level, void *scratch);

/* Takes o's gradient, `gradient`, rows as of q, turns it into that of q, and adds to dk and dv. */
void loci_attention_backward(const loci_attention_head *head, real *gradient, real *dk, real *dv,
                             const real *o, const real *level, void *scratch);

#endif
