/* SPDX-License-Identifier: MIT
 * base/vmath.h - elementary functions of every lane of a vreal at once.
 *
 * For files that include base/real.h or, where speed counts, base/each_level.h. In float the functions are short polynomials
 * on a reduced argument, fitted for the least relative error (Remez, by Lawson's weights); all branches that lanes could
 * disagree on are computed and blended, but for sines of more than 12,800, which go to the C library one by one. Largest
 * errors, in units of the last place, with and without fused multiply-add (tests/test_vmath.c holds them):
 *
 *     exp 1.04   expm1 1.7   sin, cos 1.01   tanh 1.5   log1p 1.5   erf 1.25   sigmoid 2.4
 *
 * Infinities, NaN, zeros and denormal numbers, in and out, come out as C's functions have them; floating-point flags do
 * not. In double each lane calls the C library: there the functions are a reference.
 */
#ifndef LOCI_BASE_VMATH_H
#define LOCI_BASE_VMATH_H

#include <math.h>

#include "base/real.h"

#define LOCI_VMATH static inline LOCI_INLINE

/* ---- bits ---- */

#define LOCI_VMATH_SIGN (LOCI_REAL_IS_DOUBLE ? (real_bits)INT64_MIN : (real_bits)INT32_MIN)

/* mask ? yes : no, lane by lane; the mask comes from a comparison. */
LOCI_VMATH vreal loci_vselect(vbits mask, vreal yes, vreal no)
{
    return (vreal)(((vbits)yes & mask) | ((vbits)no & ~mask));
}

LOCI_VMATH vreal loci_vabs(vreal x)
{
    return (vreal)((vbits)x & ~LOCI_VMATH_SIGN);
}

/* |x| with the sign of `sign` */
LOCI_VMATH vreal loci_vcopysign(vreal x, vreal sign)
{
    return (vreal)(((vbits)x & ~LOCI_VMATH_SIGN) | ((vbits)sign & LOCI_VMATH_SIGN));
}

#if LOCI_REAL_IS_DOUBLE

#define LOCI_VMATH_BY_LANE(name, expression)                                                                 \
    LOCI_VMATH vreal name(vreal x)                                                                           \
    {                                                                                                        \
        for (int i = 0; i < LOCI_WIDTH; i++) x[i] = expression;                                              \
        return x;                                                                                            \
    }
LOCI_VMATH_BY_LANE(loci_vexp, exp(x[i]))
LOCI_VMATH_BY_LANE(loci_vexpm1, expm1(x[i]))
LOCI_VMATH_BY_LANE(loci_vlog1p, log1p(x[i]))
LOCI_VMATH_BY_LANE(loci_vtanh, tanh(x[i]))
LOCI_VMATH_BY_LANE(loci_verf, erf(x[i]))
LOCI_VMATH_BY_LANE(loci_vsigmoid, x[i] < 0 ? exp(x[i]) / (1 + exp(x[i])) : 1 / (1 + exp(-x[i])))
#undef LOCI_VMATH_BY_LANE

LOCI_VMATH void loci_vsincos(vreal x, vreal *sine, vreal *cosine)
{
    for (int i = 0; i < LOCI_WIDTH; i++) {
        (*sine)[i] = sin(x[i]);
        (*cosine)[i] = cos(x[i]);
    }
}

/* The standard normal distribution: *half = Phi(|x|) - 1/2, and its density. */
LOCI_VMATH void loci_vnormal(vreal *half, vreal *density, vreal x)
{
    for (int i = 0; i < LOCI_WIDTH; i++) {
        (*half)[i] = 0.5 * erf(fabs(x[i]) * 0.70710678118654752440);
        (*density)[i] = 0.39894228040143267794 * exp(-0.5 * x[i] * x[i]);
    }
}

#else

/* ---- parts ---- */

/* Bits that may overflow, where what comes of them is thrown away. */
typedef uint32_t loci_vnaturals __attribute__((vector_size(LOCI_VECTOR_BYTES), aligned(LOCI_ALIGNED)));

/* Keeps NaN. */
LOCI_VMATH vreal loci_vclamp(vreal x, real low, real high)
{
    x = loci_vselect(x < low, LOCI_SPLAT(low), x);
    return loci_vselect(x > high, LOCI_SPLAT(high), x);
}

/* 2^n, -126 <= n <= 127 */
LOCI_VMATH vreal loci_vpower_of_two(vbits n)
{
    return (vreal)((n + 127) << 23);
}

LOCI_VMATH int loci_vany(vbits mask)
{
    int any = 0;
    for (int i = 0; i < LOCI_WIDTH; i++) any |= mask[i];
    return any;
}

/* Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
#define LOCI_VMATH_ROUND 12582912.0f
#define LOCI_VMATH_ROUND_BITS 0x4b400000

/* ---- exponentials: e^x = 2^n e^r, |r| <= log(2) / 2 ---- */

LOCI_VMATH vreal loci_vreduce(vreal x, vbits *n)
{
    const vreal shifted = x * 1.44269504f + LOCI_VMATH_ROUND, whole = shifted - LOCI_VMATH_ROUND;
    *n = (vbits)shifted - LOCI_VMATH_ROUND_BITS;
    /* log(2) in two parts; the product with the first is exact */
    return x - whole * 0.693359375f - whole * -2.12194440e-4f;
}

LOCI_VMATH vreal loci_vexp(vreal x)
{
    vbits n;
    x = loci_vclamp(x, -104, 89); /* beyond: 0 and infinity */
    const vreal r = loci_vreduce(x, &n);
    const vreal p =
        0.5f + r * (0.166665122f + r * (0.0416661873f + r * (0.00836959854f + r * 0.00139517197f)));
    const vbits half = n >> 1; /* twice: 2^n may lie outside the range of one factor */
    return ((1 + (r + r * r * p)) * loci_vpower_of_two(half)) * loci_vpower_of_two(n - half);
}

LOCI_VMATH vreal loci_vexpm1(vreal x)
{
    vbits n;
    const vreal y = loci_vclamp(x, -88, 89);
    const vreal r = loci_vreduce(y, &n);
    const vreal p =
        0.5f + r * (0.166665375f + r * (0.0416662656f + r * (0.00836724695f + r * 0.00139475986f)));
    const vreal e = r + r * r * p;
    const vbits over = n > 127; /* -1 where 2^n is one too large */
    const vreal power = loci_vpower_of_two(n + over);
    return loci_vcopysign((power * e + (power - 1)) * loci_vpower_of_two(-over), x);
}

/* e^x for x <= 0, and 0 below e^-42, 2^-60: what is that small beside what it is added to or multiplies counts as nothing, long
 * before it, its square or its product with something small is a denormal number, which costs processors a hundred cycles.
 * Adding 127 more when x / log(2) is rounded leaves the exponent of 2^n in the low bits as it is stored. */
#define LOCI_VMATH_NOTHING -42

LOCI_VMATH vreal loci_vdecay(vreal x)
{
    const vreal shifted = x * 1.44269504f + (LOCI_VMATH_ROUND + 127),
                whole = shifted - (LOCI_VMATH_ROUND + 127);
    const vreal r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
    const vreal p =
        0.5f + r * (0.166665122f + r * (0.0416661873f + r * (0.00836959854f + r * 0.00139517197f)));
    const vreal y = (1 + (r + r * r * p)) * (vreal)((loci_vnaturals)shifted << 23); /* of a far x anything */
    return (vreal)((vbits)y & ~(x < LOCI_VMATH_NOTHING));
}

/* ---- logarithm: 1 + x = 2^n (1 + f), sqrt(1/2) <= 1 + f < sqrt(2) ---- */

LOCI_VMATH vreal loci_vlog1p(vreal x)
{
    const vreal u = 1 + x, back = u - 1, lost = (1 - (u - back)) + (x - back); /* u + lost = 1 + x exactly */
    const vbits bits = (vbits)loci_vabs(u); /* below 0 there is no logarithm, and here no overflow */
    const vbits n = (bits - 0x3f3504f3) >> 23;
    const vreal m = (vreal)(bits - (n << 23));
    const vreal f = (m - 1) + (lost * loci_vpower_of_two(-(n >> 1))) * loci_vpower_of_two(-(n - (n >> 1)));
    const vreal k = (vreal)(n + LOCI_VMATH_ROUND_BITS) - LOCI_VMATH_ROUND;
    vreal p = 0.127615765f + f * -0.0763449669f;
    p = -0.131601825f + f * p;
    p = 0.142017573f + f * p;
    p = -0.166233569f + f * p;
    p = 0.200012267f + f * p;
    p = -0.250008196f + f * p;
    p = 0.333333313f + f * p;
    const vreal f2 = f * f;
    vreal y = k * 0.693359375f + (f + (k * -2.12194440e-4f + (f2 * f * p - 0.5f * f2)));
    y = loci_vselect(x < INFINITY, y, x); /* infinity, NaN */
    y = loci_vselect(x <= -1, LOCI_SPLAT(1.0f) * (float)-INFINITY, y);
    y = loci_vselect(x < -1, LOCI_SPLAT((float)NAN), y);
    return loci_vselect(loci_vabs(x) < 1e-10f, x, y); /* keeps -0 */
}

/* ---- sine and cosine: x = n pi/2 + r, |r| <= pi/4 ---- */

LOCI_VMATH void loci_vsincos(vreal x, vreal *sine, vreal *cosine)
{
    const real largest = 12800; /* n < 2^13: its products with the first three parts of pi/2 are exact */
    const vbits far = ~(loci_vabs(x) <= largest);
    const vreal y =
        loci_vselect(far, LOCI_SPLAT(0.0f), loci_vabs(x)); /* the sign comes back at the end: -0 */
    const vreal shifted = y * 0.636619772f + LOCI_VMATH_ROUND, whole = shifted - LOCI_VMATH_ROUND;
    const vbits n = (vbits)shifted;
    /* pi/2 in four parts, the first three of 11 bits; what the differences round off is kept: the result is r + low */
    const real part[4] = {1.5703125f, 4.83751297e-4f, 7.54953362e-8f, 2.56334407e-12f};
    const vreal d1 = y - whole * part[0];
    const vreal d2 = d1 - whole * part[1], e2 = (d1 - d2) - whole * part[1];
    const vreal d3 = d2 - whole * part[2], e3 = (d2 - d3) - whole * part[2];
    const vreal rest = (e2 + e3) - whole * part[3];
    const vreal r = d3 + rest, low = (d3 - r) + rest, z = r * r;
    const vreal s = r + (low + r * z * (-0.166666538f + z * (0.00833213143f + z * -0.000195108398f)));
    const vreal c =
        1 - (0.5f * z - (z * z * (0.0416666456f + z * (-0.0013887306f + z * 2.4431205e-05f)) - r * low));
    const vbits odd = -(n & 1);
    *sine = (vreal)((vbits)loci_vselect(odd, c, s) ^ ((n & 2) << 30) ^ ((vbits)x & INT32_MIN));
    *cosine = (vreal)((vbits)loci_vselect(odd, s, c) ^ (((n + 1) & 2) << 30));
    if (loci_vany(far))
        for (int i = 0; i < LOCI_WIDTH; i++)
            if (far[i]) {
                (*sine)[i] = sinf(x[i]);
                (*cosine)[i] = cosf(x[i]);
            }
}

/* ---- sigmoids ---- */

/* 1 / (1 + e^-x), without overflow and without loss on either side; below x = -42 it is 0. */
LOCI_VMATH vreal loci_vsigmoid(vreal x)
{
    const vreal e = loci_vdecay(-loci_vabs(x));
    return loci_vselect(x < 0, e, LOCI_SPLAT(1.0f)) / (1 + e);
}

LOCI_VMATH vreal loci_vtanh(vreal x)
{
    const vreal a = loci_vabs(x), z = x * x;
    vreal p = 0.021071678f + z * -0.00627423963f;
    p = -0.0538523085f + z * p;
    p = 0.13332586f + z * p;
    p = -0.333333164f + z * p;
    const vreal small = a + a * z * p;
    const vreal large = 1 - 2 / (loci_vexp(2 * a) + 1);
    return loci_vcopysign(loci_vselect(a < 0.55f, small, large), x);
}

LOCI_VMATH vreal loci_verf(vreal x)
{
    const vreal a = loci_vclamp(loci_vabs(x), 0, 3.95f), z = a * a; /* beyond: 1 */
    vreal p = 0.00519990688f + z * (-0.000813001301f + z * 8.31677535e-05f);
    p = 0.112836874f + z * (-0.0268589407f + z * p);
    p = 0.128379166f + z * (-0.376126319f + z * p);
    const vreal small = a + a * p;
    vreal q = 0.00364245754f + a * (-0.000322803477f + a * 1.12312655e-05f);
    q = 0.106236875f + a * (-0.0237620603f + a * q);
    q = 1.12864852f + a * (0.635151327f + a * q);
    const vreal large = 1 - loci_vexp(-a * q); /* erfc a = e^(-a q) */
    return loci_vcopysign(loci_vselect(a < 0.93f, small, large), x);
}

/* The standard normal distribution: *half = Phi(|x|) - 1/2, within 3 * 2^-24, and its density, within |x|^2 + 2 units;
 * where x^2 > 84 it is 0.
 * Phi(-|x|) = exp(-x^2/2) t P(2 t - 1), t = 1/(1 + 0.32 |x|), P a Chebyshev fit of the scaled complementary
 * error function, off by 6e-8. */
LOCI_VMATH void loci_vnormal(vreal *half, vreal *density, vreal x)
{
    const vreal a = loci_vabs(x), e = loci_vdecay(-0.5f * (a * a)), t = 1 / (1 + 0.32f * a), s = 2 * t - 1;
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
#endif
