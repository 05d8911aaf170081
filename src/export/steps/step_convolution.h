/* SPDX-License-Identifier: MIT
 * step_convolution.h - exported: convolutions over the newest samples. */
#ifndef LOCI_EXPORT_STEPS_STEP_CONVOLUTION_H
#define LOCI_EXPORT_STEPS_STEP_CONVOLUTION_H

#include <stddef.h>
#include <stdint.h>

#include "export/steps/step_elementary.h"

/* patch [channels][taps] = x and the samples `apart`, 2 apart, ... before it, the oldest first; ring [(taps - 1) apart][channels]
 * holds those, *next is the oldest, where x goes */
static inline void gather_taps(float *patch, float *ring, uint32_t *next, const float *x, int channels,
                               int taps, int apart)
{
    const int length = (taps - 1) * apart, at = (int)*next;
    for (int j = 0; j < taps - 1; j++) {
        const int row = at + j * apart < length ? at + j * apart : at + j * apart - length;
        for (int h = 0; h < channels; h++) patch[h * taps + j] = ring[row * channels + h];
    }
    for (int h = 0; h < channels; h++) {
        patch[h * taps + taps - 1] = x[h];
        ring[at * channels + h] = x[h];
    }
    *next = (uint32_t)(at + 1 < length ? at + 1 : 0);
}

/* y = s sigmoid(s), s = bias + weight [channels][taps] against the newest samples of each channel; past [channels][taps - 1]: those
 * before x, the oldest first; bias NULL: 0 */
static inline void short_convolution(float *y, float *past, const float *x, const float *weight,
                                     const float *bias, int channels, int taps)
{
    for (int h = 0; h < channels; h++) {
        float s = bias != NULL ? bias[h] : 0.0f;
        for (int j = 0; j < taps - 1; j++) {
            s += weight[j] * past[j];
            past[j] = j + 2 < taps ? past[j + 1] : x[h];
        }
        s += weight[taps - 1] * x[h];
        y[h] = s * sigmoid(s);
        past += taps - 1;
        weight += taps;
    }
}

#endif
