/* SPDX-License-Identifier: MIT
 * step_selective.h - exported: the recurrences of Mamba and Mamba 2, whose steps, inputs and outputs are made of each sample. */
#ifndef LOCI_EXPORT_STEPS_STEP_SELECTIVE_H
#define LOCI_EXPORT_STEPS_STEP_SELECTIVE_H

#include "export/steps/step_elementary.h"

/* h = e^(t a) h + t b x, y = c h + d x, t = softplus(r); state h and a [channels][states], b and c [states] */
static inline void selective(float *y, float *h, const float *x, const float *r, const float *b,
                             const float *c, const float *a, const float *d, int channels, int states)
{
    for (int e = 0; e < channels; e++) {
        const float t = softplus(r[e]), in = t * x[e];
        float s = d[e] * x[e];
        for (int n = 0; n < states; n++) {
            *h = exponential(t * *a++) * *h + in * b[n];
            s += c[n] * *h++;
        }
        y[e] = s;
    }
}

/* The same in heads of `width` channels with one rate: t = softplus(r + bias) within least and most; state h [heads][width][states],
 * b and c [groups][states], of so many neighbouring heads each, a, r and bias [heads], d [heads][width] */
static inline void selective_heads(float *y, float *h, const float *x, const float *r, const float *bias,
                                   const float *b, const float *c, const float *a, const float *d,
                                   float least, float most, int heads, int groups, int width, int states)
{
    for (int k = 0; k < heads; k++) {
        const float *bk = b + k / (heads / groups) * states, *ck = c + k / (heads / groups) * states;
        float t = softplus(r[k] + bias[k]);
        t = t < least ? least : t > most ? most : t;
        const float keep = exponential(t * a[k]);
        for (int e = k * width; e < (k + 1) * width; e++) {
            const float in = t * x[e];
            float s = d[e] * x[e];
            for (int n = 0; n < states; n++) {
                *h = keep * *h + in * bk[n];
                s += ck[n] * *h++;
            }
            y[e] = s;
        }
    }
}

#endif
