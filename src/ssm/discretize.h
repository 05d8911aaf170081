/* SPDX-License-Identifier: MIT
 * ssm/discretize.h - discretization of dense systems with scratch from an allocator; NULL: malloc. */
#ifndef LOCI_SSM_DISCRETIZE_H
#define LOCI_SSM_DISCRETIZE_H

#include <loci/allocator.h>
#include <loci/system.h>

loci_status loci_discretize_dense_by(const loci_allocator *by, loci_discretization discretization,
                                     double *abar, double *bbar, const double *a, const double *b, size_t n,
                                     double dt, loci_error *error);
loci_status loci_discretize_dense_foh_by(const loci_allocator *by, double *abar, double *b0, double *b1,
                                         const double *a, const double *b, size_t n, double dt,
                                         loci_error *error);

#endif
