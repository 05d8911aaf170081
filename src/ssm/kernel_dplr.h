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

#endif
