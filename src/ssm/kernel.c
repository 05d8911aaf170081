/* SPDX-License-Identifier: MIT
 * kernel.c - convolution kernels of whole systems, and their gradients. */
#include "base/each_precision.h"
#include "ssm/kernel.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/kernel_dense.h"
#include "ssm/kernel_diagonal.h"
#include "ssm/kernel_dplr.h"
#include "ssm/system.h"

enum { V = LOCI_LANES };

/* From where the system came: the bytes for some doubles, then some reals, then `bytes` more, all in one piece; NULL where there is no room for them. */
static void *allocate(const loci_system *s, size_t doubles, size_t samples, size_t bytes)
{
    size_t reals, total;
    if (!loci_size_multiply(&reals, samples, V * sizeof(double)) || !loci_size_add(&total, reals, bytes) ||
        !loci_size_add(&total, total, doubles * sizeof(double)))
        return NULL;
    return loci_allocate_by(loci_allocator_of(s), total, 1);
}

static loci_status out_of_memory(size_t length, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for kernels of length %zu", length);
}

static loci_status dense_block(real *k, const loci_system *s, size_t first,
                               loci_discretization discretization, size_t length, loci_error *error)
{
    const size_t n = s->order, lanes = s->copies - first < V ? s->copies - first : V;
    const loci_allocator *by = loci_allocator_of(s);
    double *abar = loci_allocate_by(by, n * n + 2 * n, sizeof *abar),
           *one = loci_allocate_by(by, length, sizeof *one);
    loci_status status = abar && one ? LOCI_OK : out_of_memory(length, error);
    if (!status) memset(k, 0, length * V * sizeof *k);
    for (size_t i = 0; !status && i < lanes; i++) {
        const size_t h = first + i;
        double *b1 = abar + n * n, *b0 = b1 + n;
        status = loci_dense_discretize(by, abar, b1, b0, s->a_re + h * n * n, s->b_re + h * n, n, s->dt[h],
                                       discretization, error);
        if (!status) status = loci_kernel_dense(by, one, abar, b1, b0, s->c_re + h * n, n, length, error);
        for (size_t l = 0; !status && l < length; l++) k[l * V + i] = (real)one[l];
    }
    loci_free(abar);
    loci_free(one);
    return status;
}

loci_status loci_kernel_block(real *k, const loci_system *s, size_t first, loci_discretization discretization,
                              size_t length, loci_error *error)
{
    if (s->structure == LOCI_DENSE) return dense_block(k, s, first, discretization, length, error);
    const bool dplr = s->structure == LOCI_DPLR;
    const size_t size = loci_block_size(s->width, s->rank);
    double *memory = allocate(s, size, dplr ? length : 0, dplr ? 0 : loci_kernel_diagonal_scratch(s->width));
    if (!memory) return out_of_memory(length, error);
    loci_block block = loci_block_lay_out(memory, s, discretization);
    loci_status status = loci_block_discretize(&block, s, first, discretization, 1, error);
    if (!status && dplr) {
        double *exact = memory + size;
        status = loci_kernel_dplr(loci_allocator_of(s), exact, &block, length, error);
        for (size_t i = 0; !status && i < length * V; i++) k[i] = (real)exact[i];
    } else if (!status) {
        loci_kernel_diagonal(k, &block, length, memory + size);
    }
    loci_free(memory);
    return status;
}

loci_status loci_kernel_block_backward(loci_system *gradient, const real *dk, const loci_system *s,
                                       size_t first, loci_discretization discretization, size_t length,
                                       loci_error *error)
{
    if (s->structure == LOCI_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "the system is dense, which has no gradients; a diagonal or dplr one was expected");
    const bool dplr = s->structure == LOCI_DPLR;
    const size_t size = loci_block_size(s->width, s->rank);
    double *memory =
        allocate(s, 2 * size, dplr ? length : 0, dplr ? 0 : loci_kernel_diagonal_scratch(s->width));
    if (!memory) return out_of_memory(length, error);
    loci_block block = loci_block_lay_out(memory, s, discretization);
    loci_block dblock = loci_block_lay_out(memory + size, s, discretization);
    loci_status status = loci_block_discretize(&block, s, first, discretization, 1, error);
    if (!status && dplr) {
        double *exact = memory + 2 * size;
        for (size_t i = 0; i < length * V; i++) exact[i] = (double)dk[i];
        status = loci_kernel_dplr_backward(loci_allocator_of(s), &dblock, exact, &block, length, error);
    } else if (!status) {
        loci_kernel_diagonal_backward(&dblock, dk, &block, length, memory + 2 * size);
    }
    if (!status) status = loci_block_backward(gradient, &dblock, &block, s, first, discretization, error);
    loci_free(memory);
    return status;
}

/* One block of 16 rows of samples: the row-major side is [lanes][length]. */
loci_status loci_kernel(real *k, const loci_system *s, loci_discretization discretization, size_t length,
                        loci_error *error)
{
    loci_status status = loci_system_check(s, error);
    if (status || length == 0) return status;
    real *block = allocate(s, 0, length, 0);
    if (!block) return out_of_memory(length, error);
    for (size_t h = 0; !status && h < s->copies; h += V) {
        status = loci_kernel_block(block, s, h, discretization, length, error);
        for (size_t i = 0; !status && i < V && h + i < s->copies; i++)
            for (size_t l = 0; l < length; l++) k[(h + i) * length + l] = block[l * V + i];
    }
    loci_free(block);
    return status;
}

loci_status loci_kernel_backward(loci_system *gradient, const real *dk, const loci_system *s,
                                 loci_discretization discretization, size_t length, loci_error *error)
{
    loci_status status = loci_system_check(s, error);
    if (status) return status;
    if (!loci_system_alike(gradient, s))
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the gradient is of another structure or size than the system");
    real *block = length ? allocate(s, 0, length, 0) : NULL;
    if (length && !block) return out_of_memory(length, error);
    for (size_t h = 0; !status && length && h < s->copies; h += V) {
        for (size_t i = 0; i < V && h + i < s->copies; i++)
            for (size_t l = 0; l < length; l++) block[l * V + i] = dk[(h + i) * length + l];
        status = loci_kernel_block_backward(gradient, block, s, h, discretization, length, error);
    }
    loci_free(block);
    return status;
}
