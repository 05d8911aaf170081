/* SPDX-License-Identifier: MIT
 * step_bank.h - exported: a bank of oscillators, and what is told of it. */
#ifndef LOCI_EXPORT_STEPS_STEP_BANK_H
#define LOCI_EXPORT_STEPS_STEP_BANK_H

#include <stddef.h>
#include <stdint.h>

#include "export/steps/step_elementary.h"

/* x = z x + b u, of mode m; u = the inputs, mixed (mix NULL: the one there is), of every second mode less what that was before. Then
 * sums [modes][3]: |x|^2, and whether Re x is above each of two levels (NULL: none). x, z, b, above [modes][2], mix [modes][inputs] */
static inline void bank(float *x, float *sums, float *before, const float *in, const float *z, const float *b,
                        const float *mix, const float *above, int modes, int inputs)
{
    const float one = in[0], one_before = before[0];
    for (int m = 0; m < modes; m++) {
        float now = one, then = one_before;
        if (mix != NULL) {
            now *= mix[0];
            then *= mix[0];
            for (int i = 1; i < inputs; i++) {
                now += mix[i] * in[i];
                then += mix[i] * before[i];
            }
            mix += inputs;
        }
        const float u = (m & 1) != 0 ? now - then : now;
        const float re = z[0] * x[0] - z[1] * x[1] + b[0] * u;
        const float im = z[0] * x[1] + z[1] * x[0] + b[1] * u;
        x[0] = re;
        x[1] = im;
        sums[0] += re * re + im * im;
        if (above != NULL) {
            if (re > above[0]) sums[1] += 1.0f;
            if (re > above[1]) sums[2] += 1.0f;
            above += 2;
        }
        x += 2;
        z += 2;
        b += 2;
        sums += 3;
    }
    for (int i = 0; i < inputs; i++) before[i] = in[i];
}

/* A sample more. Every 256 of them whole + lost += sums, exactly but for the last bit of lost, and sums begin again; all [n]. samples: a
 * count below 2^20, and how often it went round */
static inline void bank_carry(float *whole, float *lost, float *sums, uint32_t *samples, int n)
{
    samples[0]++;
    if (samples[0] % 256u != 0u) return;
    if (samples[0] == 1048576u) {
        samples[0] = 0u;
        samples[1]++;
    }
    for (int i = 0; i < n; i++) {
        const float s = whole[i], t = s + sums[i], part = t - s;
        lost[i] += (s - (t - part)) + (sums[i] - part);
        whole[i] = t;
        sums[i] = 0.0f;
    }
}

/* y, of each mode: the shares of samples above both levels (shares), the logarithm of the mean of |x|^2 (power) */
static inline void bank_tell(float *y, const float *whole, const float *lost, const float *sums,
                             const uint32_t *samples, int modes, int shares, int power)
{
    const float count = (float)samples[1] * 1048576.0f + (float)samples[0];
    for (int m = 0; m < modes; m++) {
        if (shares != 0) {
            *y++ = (whole[1] + (lost[1] + sums[1])) / count;
            *y++ = (whole[2] + (lost[2] + sums[2])) / count;
        }
        if (power != 0) *y++ = logarithm((whole[0] + (lost[0] + sums[0])) / count + 1e-10f);
        whole += 3;
        lost += 3;
        sums += 3;
    }
}

#endif
