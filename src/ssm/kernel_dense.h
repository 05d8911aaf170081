/* SPDX-License-Identifier: MIT
 * ssm/kernel_dense.h - dense systems in discrete time, and their kernels, in double. */
#ifndef LOCI_SSM_KERNEL_DENSE_H
#define LOCI_SSM_KERNEL_DENSE_H

#include <loci/system.h>

/* abar [n][n], b1 [n], b0 [n] (0 unless LOCI_FOH) for x_k = abar x_{k-1} + b1 u_k + b0 u_{k-1}, any discretization. */
loci_status loci_dense_discretize(const loci_allocator *by, double *abar, double *b1, double *b0,
                                  const double *a, const double *b, size_t n, double dt,
                                  loci_discretization discretization, loci_error *error);

/* k [length] of one system: C abar^(I r + i) v = (C abar^i) (abar^(I r) v), with I about sqrt(length): I rows by products
 * with abar, its power I by squaring, and as many columns. O(N^2 sqrt(length) + N^3 log(length) + N length). */
loci_status loci_kernel_dense(const loci_allocator *by, double *k, const double *abar, const double *b1,
                              const double *b0, const double *c, size_t n, size_t length, loci_error *error);

#endif
