/* SPDX-License-Identifier: MIT
 * step_elementary.h - exported: exponentials and what is made of them, as base/vmath.h has them, a number at a time. So no library
 * says what they are: they give the same bits on every processor whose floats are IEEE's. */
#ifndef LOCI_EXPORT_STEPS_STEP_ELEMENTARY_H
#define LOCI_EXPORT_STEPS_STEP_ELEMENTARY_H

#include <stdint.h>

/* 2^n, -126 <= n <= 127 */
static inline float power_of_two(int n)
{
    const union {
        uint32_t bits;
        float x;
    } power = {(uint32_t)(n + 127) << 23};
    return power.x;
}

/* e^x within two units of the last place; below -87 it is 0, above 88 as at 88. 2^n e^r, |r| <= log(2) / 2 */
static inline float exponential(float x)
{
    if (!(x > -87.0f)) return x < 0.0f ? 0.0f : x; /* what is no number stays */
    if (x > 88.0f) x = 88.0f;
    const int n = (int)(x * 1.44269504f + 128.5f) - 128; /* the nearest: what is cut off is above 0 */
    /* log(2) in two parts; the product with the first is exact */
    const float r = x - (float)n * 0.693359375f - (float)n * -2.12194440e-4f;
    const float p =
        0.5f + r * (0.166665122f + r * (0.0416661873f + r * (0.00836959854f + r * 0.00139517197f)));
    return (1.0f + (r + r * r * p)) * power_of_two(n);
}

/* The natural logarithm of x, 2^-126 or more, within two units of the last place: x = 2^n (1 + f), sqrt(1/2) <= 1 + f < sqrt(2) */
static inline float logarithm(float x)
{
    union {
        float x;
        uint32_t bits;
    } m = {x};
    const int n = (int)((m.bits - 0x3f3504f3u + 0x40000000u) >> 23) - 128;
    m.bits -= (uint32_t)n << 23;
    const float f = m.x - 1.0f, k = (float)n;
    float p = 0.127615765f + f * -0.0763449669f;
    p = 0.142017573f + f * (-0.131601825f + f * p);
    p = 0.200012267f + f * (-0.166233569f + f * p);
    p = 0.333333313f + f * (-0.250008196f + f * p);
    return k * 0.693359375f + (f + (k * -2.12194440e-4f + (f * f * f * p - 0.5f * f * f)));
}

/* 1 / (1 + e^-x) */
static inline float sigmoid(float x)
{
    return 1.0f / (1.0f + exponential(-x));
}

/* (e^2x - 1) / (e^2x + 1) */
static inline float hyperbolic_tangent(float x)
{
    const float a = x < 0.0f ? -x : x, z = x * x;
    if (a < 0.55f) {
        const float p = -0.333333164f +
                        z * (0.13332586f + z * (-0.0538523085f + z * (0.021071678f + z * -0.00627423963f)));
        return x + x * z * p;
    }
    const float y = 1.0f - 2.0f / (exponential(2.0f * a) + 1.0f);
    return x < 0.0f ? -y : y;
}

/* log(1 + e^x) */
static inline float softplus(float x)
{
    /* log(1 + u), u = e^-|x|: 1 + u = 2^k (1 + f), |f| < 0.42 */
    const float u = exponential(x < 0.0f ? x : -x);
    const float k = u > 0.414213562f ? 0.693147181f : 0.0f, f = u > 0.414213562f ? 0.5f * (u - 1.0f) : u;
    float p = 0.127615765f + f * -0.0763449669f;
    p = 0.142017573f + f * (-0.131601825f + f * p);
    p = 0.200012267f + f * (-0.166233569f + f * p);
    p = 0.333333313f + f * (-0.250008196f + f * p);
    const float log = k + (f + (f * f * f * p - 0.5f * f * f));
    return x > 0.0f ? x + log : log;
}

/* x Phi(x), Phi the normal distribution: by the error function of x / sqrt(2), or what it lacks of 1 */
static inline float gelu_of(float x)
{
    const float a = 0.707106781f * (x < 0.0f ? -x : x), z = a * a;
    if (a < 0.93f) {
        float p = 0.00519990688f + z * (-0.000813001301f + z * 8.31677535e-05f);
        p = 0.112836874f + z * (-0.0268589407f + z * p);
        p = 0.128379166f + z * (-0.376126319f + z * p);
        return 0.5f * x + 0.707106781f * z * (1.0f + p);
    }
    float q = 0.00364245754f + a * (-0.000322803477f + a * 1.12312655e-05f);
    q = 0.106236875f + a * (-0.0237620603f + a * q);
    q = 1.12864852f + a * (0.635151327f + a * q);
    const float lacks = a < 3.95f ? 0.5f * exponential(-a * q) : 0.0f;
    return x < 0.0f ? x * lacks : x - x * lacks;
}

#endif
