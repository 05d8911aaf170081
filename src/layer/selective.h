/* SPDX-License-Identifier: MIT
 * layer/selective.h - selective state spaces (Gu and Dao 2023; Dao and Gu 2024) between the planes of a band of samples.
 *
 *     h = exp(dt A) h + dt B x,  y = (C h + D x) z sigmoid(z)
 *
 * x, dt, z and y are [blocks][16], 16 channels a block; A is a number for each state of a channel (Mamba), or one a channel for
 * all its states (Mamba 2: shared). B and C, numbers of each sample, are those of a group of channels, blocks / groups
 * neighbours. Backward computes states once more, from those before every LOCI_SELECTIVE_CHUNK samples, which forward keeps, or,
 * where states share a rate, from the one before the band. */
#ifndef LOCI_LAYER_SELECTIVE_H
#define LOCI_LAYER_SELECTIVE_H

#include "layer/selective_loops.h"

#define loci_selective LOCI_NAME(loci_selective)
#define loci_selective_planes LOCI_NAME(loci_selective_planes)
#define loci_selective_slopes LOCI_NAME(loci_selective_slopes)
#define loci_selective_kept LOCI_NAME(loci_selective_kept)
#define loci_selective_forward LOCI_NAME(loci_selective_forward)
#define loci_selective_backward LOCI_NAME(loci_selective_backward)
#define loci_selective_scratch LOCI_NAME(loci_selective_scratch)

typedef struct {
    size_t blocks, groups, states;
    int shared;
    const real *rate; /* [blocks][states, or 1][16]: A LOCI_SELECTIVE_BASE */
    const real *skip; /* [blocks][16]: D */
} loci_selective;

/* What a band is made of: x, dt [blocks][apart][16], z likewise z_apart (NULL: no gate), B, C [groups][states / 16][bc_apart]
 * [16]; rows, at most LOCI_SELECTIVE_BAND. */
typedef struct {
    const real *x, *dt, *z, *B, *C;
    size_t apart, z_apart, bc_apart, rows;
} loci_selective_planes;

/* Gradients, laid out as what they are of, dz z_apart: set, but drate (of A) and dskip, which are added to. y is the output
 * once more; dB and dC are bc_apart. softplus: ddt is to be of what dt is the softplus of. */
typedef struct {
    real *dx, *ddt, *dz, *dB, *dC, *y, *drate, *dskip;
    size_t z_apart, bc_apart;
    int softplus;
} loci_selective_slopes;

/* Rows of a band, for passes of L samples and steps of B lanes. */
static inline size_t loci_selective_band_rows(size_t B, size_t L)
{
    const size_t band = L < LOCI_SELECTIVE_BAND ? L : LOCI_SELECTIVE_BAND;
    return band > B ? band : B;
}

/* Reals that are kept for backward of `rows` rows, one band after the other, all but the last of LOCI_SELECTIVE_BAND. */
size_t loci_selective_kept(const loci_selective *self, size_t rows);

/* y, laid out as x; state [blocks][states][16], read and replaced; kept (NULL: nothing is). */
void loci_selective_forward(const loci_selective *self, real *y, real *state, real *kept,
                            const loci_selective_planes *band);

/* From dy, laid out as x, and what forward kept; dstate [blocks][states][16], of the state behind the band, becomes that of the
 * state before it. scratch: loci_selective_scratch reals, aligned to 64 bytes. */
void loci_selective_backward(const loci_selective *self, const loci_selective_slopes *to, real *dstate,
                             const real *dy, const real *kept, const loci_selective_planes *band,
                             real *scratch);
size_t loci_selective_scratch(const loci_selective *self);

#endif
