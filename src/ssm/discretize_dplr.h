/* SPDX-License-Identifier: MIT
 * ssm/discretize_dplr.h - a diagonal plus low rank system in discrete time, which is diagonal plus low rank
 * again.
 *
 * A = diag(a) - sum P_r P_r^* under bilinear, backward or euler becomes
 *     x_k = z x_{k-1} - sum over r of q_r (g_r x_{k-1}) + b1 u_k,     g x standing for 2 Re(sum over the kept
 * half of g_n x_n), by the Woodbury identity: with (I - h1 A) x_k = (I + h0 A) x_{k-1} + dt B u_k, h1 + h0 =
 * dt and D = 1/(1 - h1 a), z = (1 + h0 a) D,  q_r = D P_r,  g_r = dt sum over s of rho_rs conj(P_s) D, rho =
 * (I + h1 P^* D P)^-1,  b1 = dt (D B - h1 sum over r of q_r (rho P^* D B)_r). */
#ifndef LOCI_SSM_DISCRETIZE_DPLR_H
#define LOCI_SSM_DISCRETIZE_DPLR_H

#include <complex.h>

#include <loci/system.h>

/* One copy, or its gradient (dL/d re + i dL/d im). */
typedef struct {
    double complex *z, *b1, *q, *g; /* [width], [width], [rank][width], [rank][width] */
} loci_dplr;

/* Of copy h of a dplr system; dt is the step to take. LOCI_E_UNSUPPORTED for zoh and foh. */
loci_status loci_dplr_discretize(loci_dplr *out, const loci_system *system, size_t h,
                                 loci_discretization discretization, double dt, loci_error *error);

/* Adds to copy h of `gradient` what d, the gradient of loci_dplr_discretize's outputs, means for a, b, p and
 * dt. scratch is [width]. */
void loci_dplr_backward(loci_system *gradient, const loci_dplr *d, const loci_dplr *out,
                        const loci_system *system, size_t h, loci_discretization discretization,
                        double complex *scratch);

#endif
