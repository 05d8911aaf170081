/* SPDX-License-Identifier: MIT
 * kernel_dplr.c - convolution kernels of 16 dplr systems by their O(N) recurrence, and their gradient by its adjoint.
 *
 * The kernel is the answer to one impulse: about 12 multiply-adds a sample and mode, 16 copies side by side, for any
 * length and from C itself. The usual road, Cauchy sums at the roots of unity, made for machines that cannot wait for one
 * sample after the other, needs for each half node and mode two complex products, a division and (1 + rank)^2 sums,
 * C (I - abar^L) beforehand and a transform afterwards: more work, for a result with more rounding in it.
 * tests/test_kernel.c takes that road to check this one. */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/kernel_dplr.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/recurrence.h"

enum { V = LOCI_BLOCK };

/* The block as the recurrence wants it: with c and g doubled, in memory of (1 + rank) modes 2 V doubles. */
static loci_recurrence_block doubled(double *memory, const loci_block *b)
{
    const size_t array = b->modes * 2 * V;
    for (size_t i = 0; i < array; i++) memory[i] = 2 * b->c[i];
    for (size_t i = 0; i < b->rank * array; i++) memory[array + i] = 2 * b->g[i];
    return (loci_recurrence_block){.modes = b->modes,
                                   .rank = b->rank,
                                   .z = b->z,
                                   .b1 = b->b1,
                                   .c = memory,
                                   .q = b->q,
                                   .g = memory + array,
                                   .d = b->d};
}

/* Doubles of what each function needs: coefficients doubled, a state, a row of zeros; the same with gradients and an input. */
static size_t forward_size(size_t modes, size_t rank)
{
    return (2 + rank) * modes * 2 * V + V;
}

static size_t backward_size(size_t modes, size_t rank, size_t length)
{
    return (3 + 2 * rank) * modes * 2 * V + length * V + V +
           loci_recurrence_dplr_scratch(modes, length) / sizeof(double);
}

size_t loci_kernel_dplr_scratch(size_t modes, size_t rank, size_t length)
{
    return backward_size(modes, rank, length) * sizeof(double);
}

void loci_kernel_dplr_in(double *k, const loci_block *b, size_t length, void *scratch)
{
    const size_t array = b->modes * 2 * V;
    double *memory = scratch;
    loci_recurrence_block block = doubled(memory, b);
    double *state = memory + (1 + b->rank) * array, *zero = state + array;
    if (length == 0) return;
    memset(state, 0, (array + V) * sizeof *state);
    block.d = zero;
    /* x_0 = b1: the state that the impulse leaves; its parts lie apart in a state */
    double impulse[V] __attribute__((aligned(64)));
    for (size_t i = 0; i < V; i++) impulse[i] = 1;
    loci_recurrence_dplr(k, state, impulse, &block, 1);
    loci_recurrence_dplr(k + V, state, NULL, &block, length - 1);
}

void loci_kernel_dplr_backward_in(loci_block *dblock, const double *dk, const loci_block *b, size_t length,
                                  void *scratch)
{
    const size_t array = b->modes * 2 * V, arrays = (1 + b->rank) * array;
    double *memory = scratch;
    const loci_recurrence_block block = doubled(memory, b);
    double *dc = memory + arrays, *dg = dc + array, *dstate = dg + b->rank * array, *u = dstate + array;
    double *dd = u + length * V;
    if (length == 0) return;
    memset(dc, 0, (arrays + array + length * V + V) * sizeof *dc);
    for (size_t i = 0; i < V; i++) u[i] = 1;
    const loci_recurrence_gradient gradient = {
        .z = dblock->z, .b1 = dblock->b1, .c = dc, .q = dblock->q, .g = dg, .d = dd};
    loci_recurrence_dplr_backward(&gradient, NULL, dstate, dk, NULL, u, &block, length, dd + V);
    for (size_t i = 0; i < array; i++) dblock->c[i] += 2 * dc[i];
    for (size_t i = 0; i < b->rank * array; i++) dblock->g[i] += 2 * dg[i];
}

static loci_status out_of_memory(size_t length, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for kernels of length %zu", length);
}

loci_status loci_kernel_dplr(const loci_allocator *by, double *k, const loci_block *b, size_t length,
                             loci_error *error)
{
    double *memory = loci_allocate_by(by, forward_size(b->modes, b->rank), sizeof *memory);
    if (!memory) return out_of_memory(length, error);
    loci_kernel_dplr_in(k, b, length, memory);
    loci_free(memory);
    return LOCI_OK;
}

loci_status loci_kernel_dplr_backward(const loci_allocator *by, loci_block *dblock, const double *dk,
                                      const loci_block *b, size_t length, loci_error *error)
{
    double *memory = loci_allocate_by(by, backward_size(b->modes, b->rank, length), sizeof *memory);
    if (!memory) return out_of_memory(length, error);
    loci_kernel_dplr_backward_in(dblock, dk, b, length, memory);
    loci_free(memory);
    return LOCI_OK;
}
