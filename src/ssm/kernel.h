/* SPDX-License-Identifier: MIT
 * ssm/kernel.h - convolution kernels of 16 copies of any system, in lanes.
 *
 * What the public loci_kernel_* and the convolution form have in common. */
#ifndef LOCI_SSM_KERNEL_H
#define LOCI_SSM_KERNEL_H

#include <loci/forms.h>

#include "base/real.h"
#include "ssm/block.h"

#define loci_kernel_block LOCI_NAME(loci_kernel_block)
#define loci_kernel_block_backward LOCI_NAME(loci_kernel_block_backward)
#define loci_kernel LOCI_NAME(loci_kernel)
#define loci_kernel_backward LOCI_NAME(loci_kernel_backward)

/* k [length][LOCI_LANES]: the kernels of copies first, first + 1, ...; lanes beyond the last are 0. Allocates while it runs. */
loci_status loci_kernel_block(real *k, const loci_system *system, size_t first,
                              loci_discretization discretization, size_t length, loci_error *error);

/* Adds to copies first, ... of `gradient` that of sum dk k. */
loci_status loci_kernel_block_backward(loci_system *gradient, const real *dk, const loci_system *system,
                                       size_t first, loci_discretization discretization, size_t length,
                                       loci_error *error);

#endif
