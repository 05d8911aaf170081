/* SPDX-License-Identifier: MIT
 * step_int8.h - exported: products with matrices of whole numbers of 8 bits, of which one is `scale` of each output. */
#ifndef LOCI_EXPORT_STEPS_STEP_INT8_H
#define LOCI_EXPORT_STEPS_STEP_INT8_H

#include <stddef.h>
#include <stdint.h>

/* y [outputs] = scale (weight [outputs][inputs] x) + bias; bias NULL: 0. Four rows at a time share the loads of x. */
static inline void dense_int8(float *y, const float *x, const int8_t *weight, const float *scale,
                              const float *bias, int inputs, int outputs)
{
    const int8_t *w = weight;
    int left = outputs;
    for (; left >= 4; left -= 4) {
        const int8_t *w1 = w + inputs, *w2 = w1 + inputs, *w3 = w2 + inputs;
        float s = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
        for (int i = 0; i < inputs; i++) {
            const float v = x[i];
            s += (float)w[i] * v;
            s1 += (float)w1[i] * v;
            s2 += (float)w2[i] * v;
            s3 += (float)w3[i] * v;
        }
        y[0] = s * scale[0];
        y[1] = s1 * scale[1];
        y[2] = s2 * scale[2];
        y[3] = s3 * scale[3];
        y += 4;
        scale += 4;
        w += 4 * inputs;
    }
    for (; left > 0; left--) {
        float s = 0.0f;
        for (int i = 0; i < inputs; i++) s += (float)w[i] * x[i];
        *y++ = s * *scale++;
        w += inputs;
    }
    for (int o = 0; bias != NULL && o < outputs; o++) y[o - outputs] += bias[o];
}

/* The same of whole x, sums in 32 bits: q [inputs] is room for x per + zero, to the nearest of 8 bits; scale is that of a weight times
 * one of q, and bias what is left, with what zero adds. */
static inline void dense_int8_whole(float *y, const float *x, int8_t *q, float per, float zero,
                                    const int8_t *weight, const float *scale, const float *bias, int inputs,
                                    int outputs)
{
    const int8_t *w = weight;
    for (int i = 0; i < inputs; i++) {
        float v = x[i] * per + zero;
        v = v > 127.0f ? 127.0f : v;
        v = v < -128.0f ? -128.0f : v;
        q[i] = (int8_t)(v < 0.0f ? v - 0.5f : v + 0.5f);
    }
    int left = outputs;
    for (; left >= 4; left -= 4) {
        const int8_t *w1 = w + inputs, *w2 = w1 + inputs, *w3 = w2 + inputs;
        int32_t s = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = 0; i < inputs; i++) {
            const int32_t v = q[i];
            s += w[i] * v;
            s1 += w1[i] * v;
            s2 += w2[i] * v;
            s3 += w3[i] * v;
        }
        y[0] = (float)s * scale[0];
        y[1] = (float)s1 * scale[1];
        y[2] = (float)s2 * scale[2];
        y[3] = (float)s3 * scale[3];
        y += 4;
        scale += 4;
        w += 4 * inputs;
    }
    for (; left > 0; left--) {
        int32_t s = 0;
        for (int i = 0; i < inputs; i++) s += w[i] * q[i];
        *y++ = (float)s * *scale++;
        w += inputs;
    }
    for (int o = 0; o < outputs; o++) y[o - outputs] += bias[o];
}

#endif
