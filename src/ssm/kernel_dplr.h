/* SPDX-License-Identifier: MIT
 * ssm/kernel_dplr.h - convolution kernels of 16 dplr systems, and their gradient, in double. */
#ifndef LOCI_SSM_KERNEL_DPLR_H
#define LOCI_SSM_KERNEL_DPLR_H

#include "ssm/block.h"

/* k [length][LOCI_BLOCK] = 2 Re(C abar^l b1), without d. The functions allocate while they run. */
loci_status loci_kernel_dplr(const loci_allocator *by, double *k, const loci_block *block, size_t length,
                             loci_error *error);

/* Adds to dblock's z, b1, c, q and g the gradient of sum dk k. */
loci_status loci_kernel_dplr_backward(const loci_allocator *by, loci_block *dblock, const double *dk,
                                      const loci_block *block, size_t length, loci_error *error);

/* The same in memory of the caller: scratch is loci_kernel_dplr_scratch(modes, rank, length) bytes, 64-byte aligned, enough for
 * either. Nothing is allocated. */
size_t loci_kernel_dplr_scratch(size_t modes, size_t rank, size_t length);
void loci_kernel_dplr_in(double *k, const loci_block *block, size_t length, void *scratch);
void loci_kernel_dplr_backward_in(loci_block *dblock, const double *dk, const loci_block *block,
                                  size_t length, void *scratch);

#endif
