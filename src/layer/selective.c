/* SPDX-License-Identifier: MIT
 * selective.c - selective state spaces, block by block and group by group. */
#include "base/each_precision.h"

#include "layer/selective.h"

#include <string.h>

enum {
    V = LOCI_LANES,
    APART =
        64 /* reals between arrays that would else lie a multiple of 4096 bytes apart, where loads wait for stores */
};

/* Block k of a band. */
static loci_selective_rows rows_of(const loci_selective *self, const loci_selective_planes *p, size_t k)
{
    const size_t group = k / (self->blocks / self->groups),
                 bc = group * loci_lane_blocks(self->states) * p->bc_apart * V,
                 rates = (self->shared ? 1 : self->states) * V;
    return (loci_selective_rows){.x = p->x + k * p->apart * V,
                                 .dt = p->dt + k * p->apart * V,
                                 .z = p->z ? p->z + k * p->z_apart * V : NULL,
                                 .B = p->B + bc,
                                 .C = p->C + bc,
                                 .rate = self->rate + k * rates,
                                 .skip = self->skip + k * V,
                                 .apart = p->bc_apart,
                                 .states = self->states,
                                 .rows = p->rows,
                                 .shared = self->shared};
}

void loci_selective_forward(const loci_selective *self, real *y, real *state,
                            const loci_selective_planes *band)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    for (size_t k = 0; k < self->blocks; k++) {
        const loci_selective_rows rows = rows_of(self, band, k);
        loops->forward(y + k * band->apart * V, state + k * self->states * V, &rows);
    }
}

/* The lanes of dB and dC of one group. */
size_t loci_selective_scratch(size_t states)
{
    return (size_t)2 * LOCI_SELECTIVE_BAND * states * V + APART;
}

void loci_selective_backward(const loci_selective *self, const loci_selective_slopes *to, real *dstate,
                             const real *dy, const real *state, const loci_selective_planes *band,
                             real *scratch)
{
    const loci_selective_loops *loops = loci_selective_loops_get();
    const size_t N = self->states, lanes = band->rows * N * loops->width, each = self->blocks / self->groups;
    const size_t rates = (self->shared ? 1 : N) * V, bc = loci_lane_blocks(N) * band->bc_apart * V;
    real *dB = scratch, *dC = dB + lanes + APART;
    for (size_t g = 0; g < self->groups; g++) {
        memset(dB, 0, (2 * lanes + APART) * sizeof(real));
        for (size_t k = g * each; k < (g + 1) * each; k++) {
            const loci_selective_rows rows = rows_of(self, band, k);
            const size_t at = k * band->apart * V;
            const loci_selective_back back = {.dx = to->dx + at,
                                              .ddt = to->ddt + at,
                                              .dz = to->dz ? to->dz + k * to->z_apart * V : NULL,
                                              .y = to->y + at,
                                              .dstate = dstate + k * N * V,
                                              .drate = to->drate + k * rates,
                                              .dskip = to->dskip + k * V,
                                              .dB = dB,
                                              .dC = dC};
            loops->backward(&back, dy + at, state + k * N * V, &rows);
        }
        loops->sum_lanes(to->dB + g * bc, band->bc_apart, dB, N, band->rows);
        loops->sum_lanes(to->dC + g * bc, band->bc_apart, dC, N, band->rows);
    }
}
