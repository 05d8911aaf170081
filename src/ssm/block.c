/* SPDX-License-Identifier: MIT
 * block.c - 16 copies of a diagonal or dplr system in discrete time, and the way back for gradients. */
#include "ssm/block.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/discretize_diagonal.h"
#include "ssm/discretize_dplr.h"

enum { V = LOCI_BLOCK };

size_t loci_block_size(size_t modes, size_t rank)
{
    return ((4 + 2 * rank) * modes * 2 + 1) * V;
}

loci_block loci_block_lay_out(double *memory, const loci_system *system, loci_discretization discretization)
{
    const size_t modes = system->width, array = modes * 2 * V;
    loci_block b = {.modes = modes, .rank = system->rank};
    b.z = memory;
    b.b1 = b.z + array;
    b.b0 = discretization == LOCI_FOH ? b.b1 + array : NULL;
    b.c = b.b1 + 2 * array;
    b.d = b.c + array;
    b.q = b.rank ? b.d + V : NULL;
    b.g = b.rank ? b.q + b.rank * array : NULL;
    return b;
}

/* The two parts of mode n, lane i. */
static inline void put(double *array, size_t n, size_t i, double complex x)
{
    array[n * 2 * V + i] = creal(x);
    array[n * 2 * V + V + i] = cimag(x);
}

static inline double complex get(const double *array, size_t n, size_t i)
{
    return array[n * 2 * V + i] + I * array[n * 2 * V + V + i];
}

static void discretize_mode(loci_block *block, const loci_system *s, size_t h, size_t n, size_t i,
                            loci_discretization discretization, double dt)
{
    const size_t at = h * s->width + n;
    const double complex b = dt * (s->b_re[at] + I * s->b_im[at]);
    loci_mode mode;
    loci_mode_discretize(&mode, discretization, dt * (s->a_re[at] + I * s->a_im[at]), 0);
    put(block->z, n, i, mode.z);
    put(block->b1, n, i, b * mode.f1);
    if (block->b0) put(block->b0, n, i, b * mode.f0);
}

/* Memory for one copy in the layout of discretize_dplr.h. */
static double complex *dplr_memory(loci_dplr *one, const loci_system *s, loci_error *error)
{
    const size_t width = s->width, rank = s->rank;
    double complex *memory = loci_allocate_by(loci_allocator_of(s), (3 + 2 * rank) * width, sizeof *memory);
    if (!memory) {
        loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu modes", width);
        return NULL;
    }
    *one = (loci_dplr){memory, memory + width, memory + 2 * width, memory + (2 + rank) * width};
    return memory;
}

loci_status loci_block_discretize(loci_block *block, const loci_system *s, size_t first,
                                  loci_discretization discretization, double scale, loci_error *error)
{
    const size_t w = s->width, rank = s->rank, lanes = s->copies - first < V ? s->copies - first : V;
    memset(block->z, 0, loci_block_size(w, rank) * sizeof(double));
    for (size_t i = 0; i < lanes; i++) {
        block->d[i] = s->d[first + i];
        for (size_t n = 0; n < w; n++) {
            const size_t at = (first + i) * w + n;
            put(block->c, n, i, s->c_re[at] + I * s->c_im[at]);
        }
    }
    if (s->structure == LOCI_DIAGONAL) {
        for (size_t n = 0; n < w; n++)
            for (size_t i = 0; i < lanes; i++)
                discretize_mode(block, s, first + i, n, i, discretization, scale * s->dt[first + i]);
        return LOCI_OK;
    }
    loci_dplr one;
    double complex *memory = dplr_memory(&one, s, error);
    if (!memory) return LOCI_E_MEMORY;
    loci_status status = LOCI_OK;
    for (size_t i = 0; !status && i < lanes; i++) {
        status = loci_dplr_discretize(&one, s, first + i, discretization, scale * s->dt[first + i], error);
        for (size_t n = 0; !status && n < w; n++) {
            put(block->z, n, i, one.z[n]);
            put(block->b1, n, i, one.b1[n]);
            for (size_t r = 0; r < rank; r++) {
                put(block->q + r * w * 2 * V, n, i, one.q[r * w + n]);
                put(block->g + r * w * 2 * V, n, i, one.g[r * w + n]);
            }
        }
    }
    loci_free(memory);
    return status;
}

/* dL/d re + i dL/d im of an input of a holomorphic map is the conjugate of the map's derivative times that of the output. */
static void mode_backward(loci_system *gradient, const loci_block *d, const loci_system *s, size_t h,
                          size_t n, size_t i, loci_discretization discretization)
{
    const size_t at = h * s->width + n;
    const double dt = s->dt[h];
    const double complex a = s->a_re[at] + I * s->a_im[at], b = s->b_re[at] + I * s->b_im[at];
    const double complex dz = get(d->z, n, i), db1 = get(d->b1, n, i), db0 = d->b0 ? get(d->b0, n, i) : 0;
    loci_mode m;
    loci_mode_discretize(&m, discretization, dt * a, 1);
    const double complex df1 = conj(b) * db1, df0 = conj(b) * db0; /* b1 = dt b f1 */
    const double complex dw = conj(m.dz) * dz + dt * (conj(m.df1) * df1 + conj(m.df0) * df0);
    const double complex db = dt * (conj(m.f1) * db1 + conj(m.f0) * db0);
    gradient->a_re[at] += dt * creal(dw);
    gradient->a_im[at] += dt * cimag(dw);
    gradient->b_re[at] += creal(db);
    gradient->b_im[at] += cimag(db);
    gradient->dt[h] += creal(conj(a) * dw) + creal(conj(m.f1) * df1 + conj(m.f0) * df0);
}

loci_status loci_block_backward(loci_system *gradient, const loci_block *d, const loci_block *block,
                                const loci_system *s, size_t first, loci_discretization discretization,
                                loci_error *error)
{
    const size_t w = s->width, rank = s->rank, lanes = s->copies - first < V ? s->copies - first : V;
    for (size_t i = 0; i < lanes; i++) {
        gradient->d[first + i] += d->d[i];
        for (size_t n = 0; n < w; n++) {
            gradient->c_re[(first + i) * w + n] += d->c[n * 2 * V + i];
            gradient->c_im[(first + i) * w + n] += d->c[n * 2 * V + V + i];
        }
    }
    if (s->structure == LOCI_DIAGONAL) {
        for (size_t i = 0; i < lanes; i++)
            for (size_t n = 0; n < w; n++) mode_backward(gradient, d, s, first + i, n, i, discretization);
        return LOCI_OK;
    }
    loci_dplr one, done;
    double complex *memory = dplr_memory(&one, s, error);
    double complex *dmemory = memory ? dplr_memory(&done, s, error) : NULL;
    loci_status status = dmemory ? LOCI_OK : LOCI_E_MEMORY;
    for (size_t i = 0; !status && i < lanes; i++) {
        for (size_t n = 0; n < w; n++) {
            one.b1[n] = get(block->b1, n, i), done.b1[n] = get(d->b1, n, i);
            one.z[n] = get(block->z, n, i), done.z[n] = get(d->z, n, i);
            for (size_t r = 0; r < rank; r++) {
                one.q[r * w + n] = get(block->q + r * w * 2 * V, n, i),
                              done.q[r * w + n] = get(d->q + r * w * 2 * V, n, i);
                one.g[r * w + n] = get(block->g + r * w * 2 * V, n, i),
                              done.g[r * w + n] = get(d->g + r * w * 2 * V, n, i);
            }
        }
        loci_dplr_backward(gradient, &done, &one, s, first + i, discretization, memory + (2 + 2 * rank) * w);
    }
    loci_free(memory);
    loci_free(dmemory);
    return status;
}
