/* SPDX-License-Identifier: MIT
 * step_s5.h - exported: the recurrence of S5 between its products. Parts of complex numbers are [2][modes]; q is z less 1, so that
 * slow modes keep their digits. */
#ifndef LOCI_EXPORT_STEPS_STEP_S5_H
#define LOCI_EXPORT_STEPS_STEP_S5_H

/* x += q x + v */
static inline void s5_modes(float *x, const float *v, const float *q, int modes)
{
    for (int n = 0; n < modes; n++) {
        const float re = x[n], im = x[modes + n];
        x[n] += v[n] + (q[n] * re - q[modes + n] * im);
        x[modes + n] += v[modes + n] + (q[n] * im + q[modes + n] * re);
    }
}

/* x += (q + v) x + v: the input acts on the transition, too */
static inline void s5_liquid(float *x, const float *v, const float *q, int modes)
{
    for (int n = 0; n < modes; n++) {
        const float re = x[n], im = x[modes + n], k = q[n] + v[n], k_im = q[modes + n] + v[modes + n];
        x[n] += v[n] + (k * re - k_im * im);
        x[modes + n] += v[modes + n] + (k * im + k_im * re);
    }
}

#endif
