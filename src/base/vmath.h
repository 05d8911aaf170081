/* SPDX-License-Identifier: MIT
 * base/vmath.h - exp and what is made of it, on vectors of reals of any width.
 *
 * For files that include base/real.h or base/level.h. In float: polynomials, no table, no branch; relative
 * errors below are in units of 2^-24 and are what tests/test_vmath.c finds over all magnitudes. In double, where
 * these functions serve as the reference, each lane asks the C library. NaN gives NaN. */
#ifndef LOCI_BASE_VMATH_H
#define LOCI_BASE_VMATH_H

#include "base/real.h"

/* mask ? a : b, lane by lane; mask from a comparison. */
static inline LOCI_INLINE vreal loci_vselect(vbits mask, vreal a, vreal b)
{
    return (vreal)(((vbits)a & mask) | ((vbits)b & ~mask));
}

#if LOCI_REAL_IS_DOUBLE
#define LOCI_SIGN_BIT INT64_MIN
#else
#define LOCI_SIGN_BIT INT32_MIN
#endif

static inline LOCI_INLINE vreal loci_vabs(vreal x)
{
    return (vreal)((vbits)x & ~LOCI_SIGN_BIT);
}

/* |x| with the sign of y. */
static inline LOCI_INLINE vreal loci_vcopysign(vreal x, vreal y)
{
    return (vreal)(((vbits)x & ~LOCI_SIGN_BIT) | ((vbits)y & LOCI_SIGN_BIT));
}

#if LOCI_REAL_IS_DOUBLE

#define LOCI_VMATH_LANES(y, x, formula)                                                                      \
    for (int lane = 0; lane < LOCI_WIDTH; lane++) {                                                          \
        const double v = (x)[lane];                                                                          \
        (y)[lane] = formula;                                                                                 \
    }

static inline LOCI_INLINE vreal loci_vexp(vreal x)
{
    vreal y;
    LOCI_VMATH_LANES(y, x, exp(v))
    return y;
}

static inline LOCI_INLINE vreal loci_vtanh(vreal x)
{
    vreal y;
    LOCI_VMATH_LANES(y, x, tanh(v))
    return y;
}

static inline LOCI_INLINE void loci_vnormal(vreal *half, vreal *density, vreal x)
{
    LOCI_VMATH_LANES(*half, x, 0.5 * erf(fabs(v) * 0.70710678118654752440))
    LOCI_VMATH_LANES(*density, x, 0.39894228040143267794 * exp(-0.5 * v * v))
}

#else

/* e^r - 1 for x = n ln 2 + r, |r| <= ln(2)/2, in *rest, and 2^n. -87.3 <= x <= 88. */
static inline LOCI_INLINE void loci_vexp_parts(vreal *rest, vreal *power, vreal x)
{
    const vreal round = x * 1.44269504f + 12582912.0f; /* 1.5 * 2^23: n is in the last bits */
    const vreal n = round - 12582912.0f;
    const vreal r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    const vreal p =
        (((1.39261761e-3f * r + 8.36317307e-3f) * r + 4.16665547e-2f) * r + 0.16666577f) * r + 0.5f;
    *rest = r * r * p + r;
    *power = (vreal)(((vbits)round << 23) + 0x3f800000);
}

static inline LOCI_INLINE vreal loci_vclamp(vreal x, float low, float high)
{
    x = loci_vselect(x < low, LOCI_SPLAT(low), x);
    return loci_vselect(x > high, LOCI_SPLAT(high), x);
}

/* Within 2 units; below -87.3 as at -87.3 (1.2e-38), above 88 as at 88. */
static inline LOCI_INLINE vreal loci_vexp(vreal x)
{
    vreal rest, power;
    loci_vexp_parts(&rest, &power, loci_vclamp(x, -87.3f, 88.0f));
    return power + power * rest;
}

/* Within 4 units. tanh x = (e^2x - 1)/(e^2x + 1), the numerator without cancellation. */
static inline LOCI_INLINE vreal loci_vtanh(vreal x)
{
    vreal rest, power;
    loci_vexp_parts(&rest, &power, 2 * loci_vclamp(x, -10.0f, 10.0f));
    const vreal less = power * rest + (power - 1);
    return less / (less + 2);
}

/* The standard normal distribution: *half = Phi(|x|) - 1/2, within 2 units of 1, and its density, within |x|^2 + 2
 * units. Phi(-|x|) = exp(-x^2/2) t P(2 t - 1), t = 1/(1 + 0.32 |x|), P a Chebyshev fit of the scaled complementary
 * error function, off by 6e-8. */
static inline LOCI_INLINE void loci_vnormal(vreal *half, vreal *density, vreal x)
{
    const vreal a = loci_vabs(x), e = loci_vexp(-0.5f * (a * a)), t = 1 / (1 + 0.32f * a), s = 2 * t - 1;
    vreal p = s * -4.22326804e-5f + 2.46531118e-6f;
    p = p * s + 3.55663866e-4f;
    p = p * s + -2.58602251e-5f;
    p = p * s + -2.55641485e-3f;
    p = p * s + -1.70236719e-3f;
    p = p * s + 2.04240338e-2f;
    p = p * s + 8.08513524e-2f;
    p = p * s + 0.167988172f;
    p = p * s + 0.23470517f;
    *half = 0.5f - e * (t * p);
    *density = 0.398942280f * e;
}

#endif

/* Within 4 units. */
static inline LOCI_INLINE vreal loci_vsigmoid(vreal x)
{
    return 1 / (1 + loci_vexp(-x));
}

#endif
