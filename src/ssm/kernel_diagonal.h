/* SPDX-License-Identifier: MIT
 * ssm/kernel_diagonal.h - convolution kernels of 16 diagonal systems, and their gradient.
 *
 * K_0 = 2 Re(sum C b1), K_l = 2 Re(sum C v z^(l-1)), v = z b1 + b0. No allocation: scratch is
 * loci_kernel_diagonal_scratch(modes) bytes, 64-byte aligned. */
#ifndef LOCI_SSM_KERNEL_DIAGONAL_H
#define LOCI_SSM_KERNEL_DIAGONAL_H

#include "base/real.h"
#include "ssm/block.h"

#define loci_kernel_diagonal_scratch LOCI_NAME(loci_kernel_diagonal_scratch)
#define loci_kernel_diagonal LOCI_NAME(loci_kernel_diagonal)
#define loci_kernel_diagonal_backward LOCI_NAME(loci_kernel_diagonal_backward)

size_t loci_kernel_diagonal_scratch(size_t modes);

/* k [length][LOCI_LANES]. */
void loci_kernel_diagonal(real *k, const loci_block *block, size_t length, void *scratch);

/* Adds to dblock's z, b1, b0 and c the gradient of sum dk k. */
void loci_kernel_diagonal_backward(loci_block *dblock, const real *dk, const loci_block *block, size_t length,
                                   void *scratch);

#endif
