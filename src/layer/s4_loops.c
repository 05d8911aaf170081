/* SPDX-License-Identifier: MIT
 * s4_loops.c - the recurrences of S4's mixer, sample by sample. */
#include "base/each_level.h"

#include "layer/s4_loops.h"

#include <string.h>

enum { V = LOCI_LANES };

#define REAL(p) (*(vreal *)(p))
#define CONST_REAL(p) (*(const vreal *)(p))

/* Re(g x), in four sums, so that none waits for the one before. */
static inline LOCI_INLINE vreal couple(const real *g, const real *state, size_t modes)
{
    vreal sum[4] = {{0}, {0}, {0}, {0}};
    size_t n = 0;
    for (; n + 4 <= modes; n += 4) {
        LOCI_UNROLL
        for (size_t i = 0; i < 4; i++)
            sum[i] += CONST_REAL(g + (n + i) * 2 * V) * CONST_REAL(state + (n + i) * V) -
                      CONST_REAL(g + (n + i) * 2 * V + V) * CONST_REAL(state + (modes + n + i) * V);
    }
    for (; n < modes; n++)
        sum[0] += CONST_REAL(g + n * 2 * V) * CONST_REAL(state + n * V) -
                  CONST_REAL(g + n * 2 * V + V) * CONST_REAL(state + (modes + n) * V);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* One sample of LOCI_WIDTH systems; rank is a constant in each call. Coupling is taken anew from the state, so that the
 * bits do not depend on the cut into calls. */
static inline LOCI_INLINE void sample(real *y, real *state, const real *u, const loci_s4_tables *t,
                                      size_t modes, size_t rank)
{
    const real *const z = t->z, *const b = t->b, *const c = t->c, *const q = t->q, *const g = t->g;
    const size_t low = modes * 2 * V;
    vreal sigma[2] = {{0}, {0}}, one = {0}, two = {0};
    const vreal now = CONST_REAL(u);
    for (size_t r = 0; r < rank; r++) sigma[r] = couple(g + r * low, state, modes);
    for (size_t n = 0; n < modes; n++) {
        const real *zn = z + n * 2 * V, *bn = b + n * 2 * V, *cn = c + n * 2 * V;
        const vreal x_re = REAL(state + n * V), x_im = REAL(state + (modes + n) * V);
        vreal re = CONST_REAL(bn) * now + (CONST_REAL(zn) * x_re - CONST_REAL(zn + V) * x_im);
        vreal im = CONST_REAL(bn + V) * now + (CONST_REAL(zn) * x_im + CONST_REAL(zn + V) * x_re);
        for (size_t r = 0; r < rank; r++) {
            re -= CONST_REAL(q + r * low + n * 2 * V) * sigma[r];
            im -= CONST_REAL(q + r * low + n * 2 * V + V) * sigma[r];
        }
        re += x_re, im += x_im; /* z is less 1 */
        one += CONST_REAL(cn) * re;
        two -= CONST_REAL(cn + V) * im;
        REAL(state + n * V) = re;
        REAL(state + (modes + n) * V) = im;
    }
    REAL(y) = CONST_REAL(t->d) * now + (one + two);
}

static void coupled(real *y, real *state, const real *u, const loci_s4_tables *tables, size_t modes,
                    size_t rank, size_t rows)
{
    for (size_t l = 0; l < rows; l++, y += V, u += V)
        for (size_t t = 0; t < V; t += LOCI_WIDTH) {
            const loci_s4_tables at = {tables->z + t, tables->b + t, tables->c + t,
                                       tables->q + t, tables->g + t, tables->d + t};
            if (rank == 1)
                sample(y + t, state + t, u + t, &at, modes, 1);
            else
                sample(y + t, state + t, u + t, &at, modes, 2);
        }
}

/* k [T][16] against the newest sample and those of the state [T - 1][16], which moves on. */
static void ends(real *y, real *state, const real *u, const real *k, size_t T, size_t rows)
{
    for (size_t l = 0; l < rows; l++, y += V, u += V) {
        for (size_t t = 0; t < V; t += LOCI_WIDTH) {
            vreal even = CONST_REAL(k + t) * CONST_REAL(u + t), odd = {0};
            size_t m = 1;
            for (; m + 1 < T; m += 2) {
                odd += CONST_REAL(k + m * V + t) * CONST_REAL(state + (m - 1) * V + t);
                even += CONST_REAL(k + (m + 1) * V + t) * CONST_REAL(state + m * V + t);
            }
            if (m < T) odd += CONST_REAL(k + m * V + t) * CONST_REAL(state + (m - 1) * V + t);
            REAL(y + t) = even + odd;
        }
        if (T < 2) continue;
        memmove(state + V, state, (T - 2) * V * sizeof(real));
        memcpy(state, u, V * sizeof(real));
    }
}

const loci_s4_loops LOCI_LEVEL(loci_s4_loops_level) = {.coupled = coupled, .ends = ends};
