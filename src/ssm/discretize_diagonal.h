/* SPDX-License-Identifier: MIT
 * ssm/discretize_diagonal.h - one mode x' = a x + b u of a diagonal system, or the diagonal part of a dplr
 * one, in discrete time.
 *
 * With w = a dt: x_k = z(w) x_{k-1} + dt b f1(w) u_k + dt b f0(w) u_{k-1}. */
#ifndef LOCI_SSM_DISCRETIZE_DIAGONAL_H
#define LOCI_SSM_DISCRETIZE_DIAGONAL_H

#include <complex.h>

#include <loci/system.h>

typedef struct {
    double complex z, f1, f0;    /* as functions of w */
    double complex dz, df1, df0; /* their derivatives with respect to w */
} loci_mode;

/* Relative error of each a few ulp for any w, 0 included (the phase of z adds |Im w| ulp): phi functions, not
 * differences. f0 is 0 but for LOCI_FOH. The derivatives are filled where `slopes` is set. */
void loci_mode_discretize(loci_mode *mode, loci_discretization discretization, double complex w, int slopes);

#endif
