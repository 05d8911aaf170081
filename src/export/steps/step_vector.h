/* SPDX-License-Identifier: MIT
 * step_vector.h - exported: products with matrices, norms, sums and means of vectors. */
#ifndef LOCI_EXPORT_STEPS_STEP_VECTOR_H
#define LOCI_EXPORT_STEPS_STEP_VECTOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* y = (x - shift) scale */
static inline void standardise(float *y, const float *x, const float *shift, const float *scale, int n)
{
    for (int i = 0; i < n; i++) y[i] = (x[i] - shift[i]) * scale[i];
}

/* y = x unit + origin */
static inline void in_units(float *y, const float *x, const float *unit, const float *origin, int n)
{
    for (int i = 0; i < n; i++) y[i] = x[i] * unit[i] + origin[i];
}

/* y [outputs] = row x of a table [rows][outputs]; of what is no number of a row, 2.5 too, row 0 */
static inline void row_of(float *y, const float *x, const float *table, int rows, int outputs)
{
    const int whole = *x >= 0.0f && *x < (float)rows ? (int)*x : 0, row = (float)whole == *x ? whole : 0;
    for (int i = 0; i < outputs; i++) y[i] = table[row * outputs + i];
}

/* y [outputs] = weight [outputs][inputs] x + bias; bias NULL: 0. Four rows at a time share the loads of x. */
static inline void dense(float *y, const float *x, const float *weight, const float *bias, int inputs,
                         int outputs)
{
    const float *w = weight;
    int left = outputs;
    for (; left >= 4; left -= 4) {
        const float *w1 = w + inputs, *w2 = w1 + inputs, *w3 = w2 + inputs;
        float s = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
        for (int i = 0; i < inputs; i++) {
            const float v = x[i];
            s += w[i] * v;
            s1 += w1[i] * v;
            s2 += w2[i] * v;
            s3 += w3[i] * v;
        }
        *y++ = s;
        *y++ = s1;
        *y++ = s2;
        *y++ = s3;
        w = w3 + inputs;
    }
    for (; left > 0; left--) {
        float s = 0.0f;
        for (int i = 0; i < inputs; i++) s += *w++ * x[i];
        *y++ = s;
    }
    y -= outputs;
    for (int o = 0; bias != NULL && o < outputs; o++) y[o] += bias[o];
}

/* y += x */
static inline void add(float *y, const float *x, int n)
{
    for (int i = 0; i < n; i++) y[i] += x[i];
}

/* y += weight x, number by number */
static inline void add_scaled(float *y, const float *x, const float *weight, int n)
{
    for (int i = 0; i < n; i++) y[i] += weight[i] * x[i];
}

/* y = (x - mean) / sqrt(variance + 1e-5) weight + bias */
static inline void layer_norm(float *y, const float *x, const float *weight, const float *bias, int n)
{
    float mean = 0.0f, squares = 0.0f;
    for (int i = 0; i < n; i++) mean += x[i];
    mean /= (float)n;
    for (int i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    const float scale = 1.0f / sqrtf(squares / (float)n + 1e-5f);
    for (int i = 0; i < n; i++) y[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

/* y = x / sqrt(mean of squares + 1e-5) weight */
static inline void rms_norm(float *y, const float *x, const float *weight, int n)
{
    float squares = 0.0f;
    for (int i = 0; i < n; i++) squares += x[i] * x[i];
    const float scale = 1.0f / sqrtf(squares / (float)n + 1e-5f);
    for (int i = 0; i < n; i++) y[i] = x[i] * scale * weight[i];
}

/* y = the mean of all x so far: their sum, and what rounding it has lost; samples: a count below 2^20, and how often it went round */
static inline void mean_so_far(float *y, float *total, float *lost, uint32_t *samples, const float *x, int n)
{
    samples[0]++;
    if (samples[0] == 1048576u) {
        samples[0] = 0;
        samples[1]++;
    }
    const float count = (float)samples[1] * 1048576.0f + (float)samples[0];
    for (int i = 0; i < n; i++) {
        const float s = total[i], whole = s + x[i], part = whole - s;
        const float rest = lost[i] + ((s - (whole - part)) + (x[i] - part));
        total[i] = whole + rest;
        lost[i] = rest - (total[i] - whole);
        y[i] = (total[i] + lost[i]) / count;
    }
}

#endif
