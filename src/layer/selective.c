/* SPDX-License-Identifier: MIT
 * selective.c - selective state spaces, block by block and group by group. */
#include "base/each_precision.h"

#include "layer/selective.h"

#include <string.h>

enum { V = LOCI_LANES, CHUNK = LOCI_SELECTIVE_CHUNK };

static size_t chunks_of(size_t rows)
{
    return (rows + CHUNK - 1) / CHUNK;
}

/* `rows` rows of group g, from `first` on. */
static loci_selective_rows rows_of(const loci_selective *self, const loci_selective_planes *p, size_t g,
                                   size_t first, size_t rows)
{
    const size_t blocks = self->blocks / self->groups, k = g * blocks,
                 bc = (g * loci_lane_blocks(self->states) * p->bc_apart + first) * V,
                 at = (k * p->apart + first) * V;
    return (loci_selective_rows){.x = p->x + at,
                                 .dt = p->dt + at,
                                 .z = p->z ? p->z + (k * p->z_apart + first) * V : NULL,
                                 .B = p->B + bc,
                                 .C = p->C + bc,
                                 .rate = self->rate + k * (self->shared ? 1 : self->states) * V,
                                 .skip = self->skip + k * V,
                                 .apart = p->apart,
                                 .z_apart = p->z_apart,
                                 .bc_apart = p->bc_apart,
                                 .blocks = blocks,
                                 .states = self->states,
                                 .rows = rows,
                                 .shared = self->shared};
}

static size_t size_of(const loci_selective *self)
{
    return self->blocks * self->states * V;
}

size_t loci_selective_kept(const loci_selective *self, size_t rows)
{
    const size_t each = self->shared ? LOCI_SELECTIVE_BAND : CHUNK;
    return (rows + each - 1) / each * size_of(self);
}

/* Where of a group the states before each chunk are wanted, to `chunks`. */
static void run(const loci_selective *self, real *y, real *state, real *chunks,
                const loci_selective_planes *band)
{
    for (size_t g = 0; g < self->groups; g++) {
        const size_t k = g * (self->blocks / self->groups), at = k * self->states * V;
        const loci_selective_rows rows = rows_of(self, band, g, 0, band->rows);
        loci_selective_loops_get()->forward(y + k * band->apart * V, state + at, chunks ? chunks + at : NULL,
                                            size_of(self), &rows);
    }
}

void loci_selective_forward(const loci_selective *self, real *y, real *state, real *kept,
                            const loci_selective_planes *band)
{
    if (kept && self->shared) memcpy(kept, state, size_of(self) * sizeof(real));
    run(self, y, state, self->shared ? NULL : kept, band);
}

size_t loci_selective_scratch(const loci_selective *self)
{
    const size_t again = self->shared ? (chunks_of(LOCI_SELECTIVE_BAND) + 1) * size_of(self) : 0;
    return loci_selective_loops_get()->scratch(self->states) + again;
}

void loci_selective_backward(const loci_selective *self, const loci_selective_slopes *to, real *dstate,
                             const real *dy, const real *kept, const loci_selective_planes *band,
                             real *scratch)
{
    const size_t N = self->states, size = size_of(self), each = self->blocks / self->groups;
    if (self->shared &&
        band->rows > CHUNK) { /* a factor costs nothing here, so states cost less than to keep them */
        real *again = scratch + loci_selective_loops_get()->scratch(N), *state = again;
        loci_selective_planes plain = *band;
        plain.z = NULL;
        again += size;
        memcpy(state, kept, size * sizeof(real));
        run(self, to->y, state, again, &plain);
        kept = again;
    }
    for (size_t i = chunks_of(band->rows); i-- > 0;)
        for (size_t g = 0; g < self->groups; g++) {
            const size_t first = i * CHUNK, k = g * each, at = (k * band->apart + first) * V,
                         bc = (g * loci_lane_blocks(N) * to->bc_apart + first) * V, rest = band->rows - first;
            const loci_selective_rows rows = rows_of(self, band, g, first, rest < CHUNK ? rest : CHUNK);
            const loci_selective_back back = {.dx = to->dx + at,
                                              .ddt = to->ddt + at,
                                              .dz = to->dz ? to->dz + (k * to->z_apart + first) * V : NULL,
                                              .dB = to->dB + bc,
                                              .dC = to->dC + bc,
                                              .y = to->y + at,
                                              .dstate = dstate + k * N * V,
                                              .drate = to->drate + k * (self->shared ? 1 : N) * V,
                                              .dskip = to->dskip + k * V,
                                              .z_apart = to->z_apart,
                                              .bc_apart = to->bc_apart,
                                              .softplus = to->softplus};
            loci_selective_loops_get()->backward(&back, dy + at, kept + i * size + k * N * V, &rows, scratch);
        }
}
