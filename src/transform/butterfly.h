/* SPDX-License-Identifier: MIT
 * transform/butterfly.h - discrete Fourier transforms of 2, 3, 4, 6 and 8 points, in registers.
 *
 * For files that include base/each_level.h. A point is one complex number a lane. All sums are X_k = sum_m z_m
 * exp(-2 pi i k m / S), in place, in natural order on both sides. The inverse is the same sum between points
 * whose real and imaginary parts have changed places. Products with constants are left to fused
 * multiply-adds.
 */
#ifndef LOCI_TRANSFORM_BUTTERFLY_H
#define LOCI_TRANSFORM_BUTTERFLY_H

#include "base/each_level.h"

#define BUTTERFLY static inline LOCI_INLINE

typedef struct {
    vreal re, im;
} vcomplex;

/* In memory a point is a row of 16 real and a row of 16 imaginary parts; p is at the first lane wanted. */
BUTTERFLY void load(vcomplex *z, const real *p)
{
    z->re = *(const vreal *)p;
    z->im = *(const vreal *)(p + LOCI_LANES);
}

BUTTERFLY void store(real *p, const vcomplex *z)
{
    *(vreal *)p = z->re;
    *(vreal *)(p + LOCI_LANES) = z->im;
}

BUTTERFLY void swap(vcomplex *z)
{
    const vreal re = z->re;
    z->re = z->im;
    z->im = re;
}

BUTTERFLY void dft3(vcomplex *z0, vcomplex *z1, vcomplex *z2)
{
    const real k = LOCI_REAL(0.86602540378443864676); /* sin(pi/3) */
    const vreal sum_re = z1->re + z2->re, sum_im = z1->im + z2->im;
    const vreal gap_re = z1->re - z2->re, gap_im = z1->im - z2->im;
    const vreal mid_re = z0->re - LOCI_REAL(0.5) * sum_re, mid_im = z0->im - LOCI_REAL(0.5) * sum_im;
    z0->re += sum_re, z0->im += sum_im;
    z1->re = mid_re + k * gap_im, z1->im = mid_im - k * gap_re;
    z2->re = mid_re - k * gap_im, z2->im = mid_im + k * gap_re;
}

BUTTERFLY void dft4(vcomplex *z0, vcomplex *z1, vcomplex *z2, vcomplex *z3)
{
    const vreal s0_re = z0->re + z2->re, s0_im = z0->im + z2->im, d0_re = z0->re - z2->re,
                d0_im = z0->im - z2->im;
    const vreal s1_re = z1->re + z3->re, s1_im = z1->im + z3->im, d1_re = z1->re - z3->re,
                d1_im = z1->im - z3->im;
    z0->re = s0_re + s1_re, z0->im = s0_im + s1_im;
    z1->re = d0_re + d1_im, z1->im = d0_im - d1_re;
    z2->re = s0_re - s1_re, z2->im = s0_im - s1_im;
    z3->re = d0_re - d1_im, z3->im = d0_im + d1_re;
}

/* *a, *b = *a + *b, *a - *b */
BUTTERFLY void dft2(vcomplex *a, vcomplex *b)
{
    const vreal re = a->re - b->re, im = a->im - b->im;
    a->re += b->re, a->im += b->im;
    b->re = re, b->im = im;
}

/* Six is two times three: with m = 3 a + 2 b and k = 3 c + 4 d (mod 6) the sum falls apart into sums of 2 and
 * of 3 points without factors between (Good and Thomas). */
BUTTERFLY void dft6(vcomplex z[6])
{
    dft2(&z[0], &z[3]), dft2(&z[2], &z[5]), dft2(&z[4], &z[1]);
    dft3(&z[0], &z[2], &z[4]); /* now X_0, X_4, X_2 */
    dft3(&z[3], &z[5], &z[1]); /* now X_3, X_1, X_5 */
    const vcomplex x4 = z[2], x1 = z[5];
    z[2] = z[4], z[4] = x4;
    z[5] = z[1], z[1] = x1;
}

BUTTERFLY void dft8(vcomplex z[8])
{
    const real c = LOCI_REAL(0.70710678118654752440); /* cos(pi/4) */
    dft2(&z[0], &z[4]), dft2(&z[1], &z[5]), dft2(&z[2], &z[6]), dft2(&z[3], &z[7]);
    dft4(&z[0], &z[1], &z[2], &z[3]); /* now X_0, X_2, X_4, X_6 */
    /* The odd outputs: z_5 and z_7 are owed the factors (1 - i) c and -(1 + i) c. */
    const vreal s0_re = z[4].re + z[6].im, s0_im = z[4].im - z[6].re;
    const vreal d0_re = z[4].re - z[6].im, d0_im = z[4].im + z[6].re;
    const vreal p_re = z[5].re - z[7].re, p_im = z[5].im - z[7].im;
    const vreal q_re = z[5].re + z[7].re, q_im = z[5].im + z[7].im;
    const vreal s1_re = p_re + q_im, s1_im = p_im - q_re, d1_re = q_re + p_im, d1_im = q_im - p_re;
    const vcomplex x2 = z[1], x4 = z[2], x6 = z[3];
    z[1].re = s0_re + c * s1_re, z[1].im = s0_im + c * s1_im;
    z[5].re = s0_re - c * s1_re, z[5].im = s0_im - c * s1_im;
    z[3].re = d0_re + c * d1_im, z[3].im = d0_im - c * d1_re;
    z[7].re = d0_re - c * d1_im, z[7].im = d0_im + c * d1_re;
    z[2] = x2, z[4] = x4, z[6] = x6;
}

BUTTERFLY void dft(vcomplex *z, int points)
{
    if (points == 8) dft8(z);
    if (points == 6) dft6(z);
    if (points == 4) dft4(&z[0], &z[1], &z[2], &z[3]);
    if (points == 3) dft3(&z[0], &z[1], &z[2]);
}

/* z times w, times the conjugate of w; w = (re, im), the same in all lanes. */
BUTTERFLY void turn(vcomplex *z, const real w[2])
{
    const vreal re = z->re * w[0] - z->im * w[1];
    z->im = z->im * w[0] + z->re * w[1];
    z->re = re;
}

BUTTERFLY void turn_back(vcomplex *z, const real w[2])
{
    const vreal re = z->re * w[0] + z->im * w[1];
    z->im = z->im * w[0] - z->re * w[1];
    z->re = re;
}

/* z times k, lane by lane; z times the conjugate of k. */
BUTTERFLY void multiply(vcomplex *z, const vcomplex *k)
{
    const vreal re = z->re * k->re - z->im * k->im;
    z->im = z->im * k->re + z->re * k->im;
    z->re = re;
}

BUTTERFLY void multiply_conjugate(vcomplex *z, const vcomplex *k)
{
    const vreal re = z->re * k->re + z->im * k->im;
    z->im = z->im * k->re - z->re * k->im;
    z->re = re;
}

#endif
