/* SPDX-License-Identifier: MIT
 * forms.c - the three discrete forms behind one door, made: coefficients, kernels and chunk tables; forms_run.c runs them. */
#include "base/each_precision.h"
#include "ssm/forms_made.h"

#include <math.h>
#include <string.h>

#include "ssm/kernel.h"
#include "ssm/kernel_dense.h"
#include "ssm/kernel_diagonal.h"

enum { V = LOCI_LANES };

/* ---- coefficients of the recurrence ---- */

static size_t coefficients_size(const loci_system *s)
{
    if (s->structure == LOCI_DENSE) return (s->order + 3) * s->order;
    return loci_block_size(s->width, s->rank);
}

loci_recurrence_block loci_forms_coefficients(real *memory, const loci_block *block, size_t modes,
                                              size_t rank, int joined)
{
    const size_t array = modes * 2 * V;
    real *z = memory, *b1 = z + array, *b0 = b1 + array, *c = b0 + array, *d = c + array, *q = d + V;
    real *g = q + rank * array;
    for (size_t i = 0; block && i < array; i++) {
        z[i] = (real)block->z[i];
        b1[i] = (real)block->b1[i];
        if (joined) b0[i] = (real)block->b0[i];
        c[i] = (real)(2 * block->c[i]);
    }
    for (size_t i = 0; block && i < V; i++) d[i] = (real)block->d[i];
    for (size_t i = 0; block && i < rank * array; i++)
        q[i] = (real)block->q[i], g[i] = (real)(2 * block->g[i]);
    return (loci_recurrence_block){.modes = modes,
                                   .rank = rank,
                                   .z = z,
                                   .b1 = b1,
                                   .b0 = joined ? b0 : NULL,
                                   .c = c,
                                   .q = q,
                                   .g = g,
                                   .d = d};
}

loci_status loci_forms_dense_coefficients(real *memory, double *exact, const loci_system *s, size_t h,
                                          loci_discretization discretization, double scale, loci_error *error)
{
    const size_t n = s->order;
    double *b1 = exact + n * n, *b0 = b1 + n;
    loci_status status = loci_dense_discretize(loci_allocator_of(s), exact, b1, b0, s->a_re + h * n * n,
                                               s->b_re + h * n, n, scale * s->dt[h], discretization, error);
    for (size_t i = 0; !status && i < n; i++) {
        for (size_t j = 0; j < n; j++) memory[j * n + i] = (real)exact[i * n + j];
        memory[n * n + i] = (real)b1[i];
        memory[n * n + n + i] = (real)b0[i];
        memory[n * n + 2 * n + i] = (real)s->c_re[h * n + i];
    }
    return status;
}

void loci_forms_dense_of_dplr(double *abar, double *b1, double *c, const loci_block *block, size_t i)
{
    const size_t M = block->modes, N = 2 * M, array = M * 2 * V;
    memset(abar, 0, N * N * sizeof *abar);
    for (size_t n = 0; n < M; n++) {
        const double re = block->z[n * 2 * V + i], im = block->z[n * 2 * V + V + i];
        abar[n * N + n] = abar[(n + M) * N + n + M] = re;
        abar[n * N + n + M] = -im;
        abar[(n + M) * N + n] = im;
        b1[n] = block->b1[n * 2 * V + i];
        b1[n + M] = block->b1[n * 2 * V + V + i];
        c[n] = 2 * block->c[n * 2 * V + i];
        c[n + M] = -2 * block->c[n * 2 * V + V + i];
    }
    for (size_t r = 0; r < block->rank; r++)
        for (size_t n = 0; n < M; n++)
            for (size_t k = 0; k < M; k++) {
                const double q_re = block->q[r * array + n * 2 * V + i],
                             q_im = block->q[r * array + n * 2 * V + V + i];
                const double g_re = 2 * block->g[r * array + k * 2 * V + i];
                const double g_im = 2 * block->g[r * array + k * 2 * V + V + i];
                abar[n * N + k] -= q_re * g_re;
                abar[n * N + k + M] += q_re * g_im;
                abar[(n + M) * N + k] -= q_im * g_re;
                abar[(n + M) * N + k + M] += q_im * g_im;
            }
}

/* The chunk tables of one block. */
static loci_status fill_chunk(loci_forms *f, size_t block, loci_error *error)
{
    const loci_system *s = f->system;
    const size_t n = s->order, S = f->state, first = block * V;
    loci_chunk tables = loci_forms_chunk(f, f->chunks + block * loci_forms_chunk_size(f));
    if (s->structure == LOCI_DIAGONAL) {
        void *scratch =
            loci_allocate_by(loci_allocator_of(f->system), loci_kernel_diagonal_scratch(s->width), 1);
        if (!scratch) return loci_forms_no_memory(s, error);
        const loci_block modes = loci_forms_block(f, block);
        loci_chunk_prepare(&tables, &modes, scratch);
        loci_free(scratch);
        return LOCI_OK;
    }
    double *abar =
        loci_allocate_by(loci_allocator_of(f->system), n * n + 3 * n + 3 * S * S + 4 * S, sizeof *abar);
    if (!abar) return loci_forms_no_memory(s, error);
    double *b1 = abar + n * n, *b0 = b1 + n, *c = b0 + n;
    loci_status status = LOCI_OK;
    for (size_t i = 0; !status && i < V && first + i < s->copies; i++) {
        const size_t h = first + i;
        if (s->structure == LOCI_DPLR) {
            const loci_block modes = loci_forms_block(f, block);
            loci_forms_dense_of_dplr(abar, b1, c, &modes, i);
        } else {
            status = loci_dense_discretize(loci_allocator_of(s), abar, b1, b0, s->a_re + h * n * n,
                                           s->b_re + h * n, n, s->dt[h], f->options.discretization, error);
            memcpy(c, s->c_re + h * n, n * sizeof *c);
        }
        if (!status) loci_chunk_prepare_dense(&tables, i, abar, b1, b0, c, s->d[h], c + n);
    }
    loci_free(abar);
    return status;
}

/* Whether one of the kernels k [length][V] is a thousand times larger later than at its beginning, or no number: a transform rounds all of its
 * answers to eps of the largest. */
static int kernel_grows(const real *k, size_t length)
{
    enum { BEGINNING = 64, TIMES = 1000 };
    for (size_t i = 0; i < V; i++) {
        double first = 0, most = 0;
        for (size_t t = 0; t < length; t++) {
            const double size = fabs((double)k[t * V + i]);
            if (!isfinite(size)) return 1;
            if (size > most) most = size;
            if (t < BEGINNING) first = most;
        }
        if (most > TIMES * first) return 1;
    }
    return 0;
}

static loci_status fill_kernel(loci_forms *f, size_t block, real *k, real *scratch, loci_error *error)
{
    const loci_system *s = f->system;
    loci_status status =
        loci_kernel_block(k, s, block * V, f->options.discretization, f->options.length, error);
    if (status) return status;
    for (size_t i = 0; i < V && block * V + i < s->copies; i++) k[i] += (real)s->d[block * V + i];
    f->grows |= kernel_grows(k, f->options.length);
    loci_convolution_prepare(f->plan, f->kernels + block * f->prepared, k, scratch);
    return LOCI_OK;
}

static loci_status fill_convolution(loci_forms *f, loci_error *error)
{
    const size_t length = f->options.length;
    size_t samples, count;
    loci_status status =
        loci_convolution_create(&f->plan, loci_allocator_of(f->system), length, length, error);
    if (status) return status;
    f->prepared = loci_convolution_prepared_size(f->plan);
    if (loci_size_multiply(&count, f->prepared, f->blocks))
        f->kernels = loci_allocate_by(loci_allocator_of(f->system), count, sizeof(real));
    real *k = NULL, *scratch = loci_allocate_by(loci_allocator_of(f->system),
                                                loci_convolution_scratch_size(f->plan), sizeof(real));
    if (loci_size_multiply(&samples, length, V))
        k = loci_allocate_by(loci_allocator_of(f->system), samples, sizeof(real));
    if (!f->kernels || !k || !scratch)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for kernels of length %zu", length);
    for (size_t i = 0; !status && i < f->blocks; i++) status = fill_kernel(f, i, k, scratch, error);
    loci_free(k);
    loci_free(scratch);
    return status;
}

/* Diagonal and dplr systems in discrete time, and the coefficients of all recurrences. */
static loci_status fill_recurrence(loci_forms *f, loci_error *error)
{
    const loci_system *s = f->system;
    loci_status status = LOCI_OK;
    const bool dense = s->structure == LOCI_DENSE;
    const size_t runs = dense ? s->copies : f->blocks, n = s->order,
                 size = loci_block_size(s->width, s->rank);
    size_t count;
    f->recurrence_size = (coefficients_size(s) + 15) / 16 * 16;
    if (loci_size_multiply(&count, runs, f->recurrence_size))
        f->recurrence = loci_allocate_by(loci_allocator_of(f->system), count, sizeof(real));
    f->modes = loci_allocate_by(loci_allocator_of(f->system), dense ? n * n + 2 * n : f->blocks * size,
                                sizeof(double));
    if (!f->recurrence || !f->modes) return loci_forms_no_memory(s, error);
    for (size_t i = 0; !status && i < runs; i++) {
        real *memory = f->recurrence + i * f->recurrence_size;
        if (dense) {
            status =
                loci_forms_dense_coefficients(memory, f->modes, s, i, f->options.discretization, 1, error);
        } else {
            loci_block block = loci_forms_block(f, i);
            status = loci_block_discretize(&block, s, i * V, f->options.discretization, 1, error);
            if (!status) loci_forms_coefficients(memory, &block, s->width, s->rank, f->joined);
        }
    }
    return status;
}

loci_status loci_forms_create(loci_forms **forms, const loci_system *s, const loci_ssm_options *options,
                              loci_error *error)
{
    loci_forms *f = loci_allocate_by(loci_allocator_of(s), 1, sizeof *f);
    *forms = NULL;
    if (!f) return loci_forms_no_memory(s, error);
    f->system = s;
    f->options = *options;
    f->joined = options->discretization == LOCI_FOH;
    f->state = s->order + (size_t)f->joined;
    f->blocks = loci_lane_blocks(s->copies);
    loci_status status = fill_recurrence(f, error);
    if (!status && options->form == LOCI_CONVOLUTION) status = fill_convolution(f, error);
    if (!status && options->form == LOCI_MIXED) {
        size_t count;
        if (loci_size_multiply(&count, f->blocks, loci_forms_chunk_size(f)))
            f->chunks = loci_allocate_by(loci_allocator_of(f->system), count, sizeof(real));
        if (!f->chunks) status = loci_forms_no_memory(s, error);
        for (size_t i = 0; !status && i < f->blocks; i++) status = fill_chunk(f, i, error);
    }
    if (status) {
        loci_forms_free(f);
        return status;
    }
    *forms = f;
    return LOCI_OK;
}

int loci_forms_grow(const loci_forms *f)
{
    return f->grows;
}

void loci_forms_free(loci_forms *f)
{
    if (!f) return;
    loci_convolution_destroy(f->plan);
    loci_free(f->kernels);
    loci_free(f->chunks);
    loci_free(f->recurrence);
    loci_free(f->modes);
    loci_free(f);
}
