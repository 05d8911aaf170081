/* SPDX-License-Identifier: MIT
 * step_recurrent.h - exported: cells of recurrent layers, behind their products. */
#ifndef LOCI_EXPORT_STEPS_STEP_RECURRENT_H
#define LOCI_EXPORT_STEPS_STEP_RECURRENT_H

#include "export/steps/step_elementary.h"

/* c = sigmoid(f) c + sigmoid(i) tanh(g), y = h = sigmoid(o) tanh(c); x and u [4][n], i, f, g and o: what the input gives and what h */
static inline void lstm_cell(float *y, float *h, float *c, const float *x, const float *u, int n)
{
    for (int i = 0; i < n; i++) {
        const float in = sigmoid(x[i] + u[i]), keep = sigmoid(x[n + i] + u[n + i]);
        c[i] = keep * c[i] + in * hyperbolic_tangent(x[2 * n + i] + u[2 * n + i]);
        h[i] = sigmoid(x[3 * n + i] + u[3 * n + i]) * hyperbolic_tangent(c[i]);
        y[i] = h[i];
    }
}

/* r, z = sigmoid, y = h = (1 - z) tanh(n + r q) + z h; x [3][n]: r, z and n of the input, u likewise of h, of which the last is q */
static inline void gru_cell(float *y, float *h, const float *x, const float *u, int n)
{
    for (int i = 0; i < n; i++) {
        const float r = sigmoid(x[i] + u[i]), z = sigmoid(x[n + i] + u[n + i]);
        h[i] = (1.0f - z) * hyperbolic_tangent(x[2 * n + i] + r * u[2 * n + i]) + z * h[i];
        y[i] = h[i];
    }
}

/* y = h = h + sigmoid(z) (n - h); x [2][n]: z and n */
static inline void mingru_cell(float *y, float *h, const float *x, int n)
{
    for (int i = 0; i < n; i++) {
        h[i] += sigmoid(x[i]) * (x[n + i] - h[i]);
        y[i] = h[i];
    }
}

#endif
