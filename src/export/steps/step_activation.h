/* SPDX-License-Identifier: MIT
 * step_activation.h - exported: nonlinearities, number by number. */
#ifndef LOCI_EXPORT_STEPS_STEP_ACTIVATION_H
#define LOCI_EXPORT_STEPS_STEP_ACTIVATION_H

#include "export/steps/step_elementary.h"

/* y = x Phi(x), Phi the normal distribution */
static inline void gelu(float *y, const float *x, int n)
{
    for (int i = 0; i < n; i++) y[i] = gelu_of(x[i]);
}

/* y = x sigmoid(z) */
static inline void gate(float *y, const float *x, const float *z, int n)
{
    for (int i = 0; i < n; i++) y[i] = x[i] * sigmoid(z[i]);
}

/* y = x z sigmoid(z) */
static inline void gate_silu(float *y, const float *x, const float *z, int n)
{
    for (int i = 0; i < n; i++) y[i] = x[i] * (z[i] * sigmoid(z[i]));
}

/* y = x z Phi(z) */
static inline void gate_gelu(float *y, const float *x, const float *z, int n)
{
    for (int i = 0; i < n; i++) y[i] = x[i] * gelu_of(z[i]);
}

/* y = e^x over its sum */
static inline void softmax(float *y, const float *x, int n)
{
    float most = x[0], sum = 0.0f;
    for (int i = 1; i < n; i++) most = x[i] > most ? x[i] : most;
    for (int i = 0; i < n; i++) {
        y[i] = exponential(x[i] - most);
        sum += y[i];
    }
    for (int i = 0; i < n; i++) y[i] /= sum;
}

#endif
