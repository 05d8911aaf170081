/* SPDX-License-Identifier: MIT
 * layer/dropout.h - masks of dropout, for the layers that have it inside. */
#ifndef LOCI_LAYER_DROPOUT_H
#define LOCI_LAYER_DROPOUT_H

#include <loci/model.h>
#include <loci/network.h>

#include "base/real.h"

#define loci_dropout_mask LOCI_NAME(loci_dropout_mask)

typedef struct {
    double rate;     /* of numbers that become 0 */
    int tied;        /* the same for all samples of a sequence */
    uint64_t stream; /* of random numbers */
} loci_dropout;

/* Reals from a row's mask to the next one's. */
static inline size_t loci_dropout_step(const loci_dropout *dropout)
{
    return dropout->tied ? 0 : LOCI_LANES;
}

/* The mask for rows first, ... of sequence b of the micro-batch and a block of channels: mask, filled with 0 and
 * 1/(1 - rate), [rows][16], one row if tied; NULL where nothing is dropped. The same numbers each time. */
const real *loci_dropout_mask(real *mask, const loci_dropout *dropout, const loci_pass *pass, size_t b,
                              size_t block, size_t first, size_t rows);

#endif
