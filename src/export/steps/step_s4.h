/* SPDX-License-Identifier: MIT
 * step_s4.h - exported: state space systems of one input and one output each, S4D and S4.
 *
 * System g of kernels * channels is kernel g / channels of channel g % channels; those of a channel share all but c and d. Complex
 * numbers are pairs; z is less 1, so that slow modes keep their digits; c and g are doubled. */
#ifndef LOCI_EXPORT_STEPS_STEP_S4_H
#define LOCI_EXPORT_STEPS_STEP_S4_H

#include <stdint.h>

/* x += z x + u, and sum + Re(c x), of one mode */
static inline float s4d_mode(float sum, float *x, const float *z, const float *c, float u)
{
    const float re = x[0] + (z[0] * x[0] - z[1] * x[1] + u);
    const float im = x[1] + (z[0] * x[1] + z[1] * x[0]);
    x[0] = re;
    x[1] = im;
    return sum + c[0] * re - c[1] * im;
}

/* y = the sum of its modes + d u; state and c [kernels][channels][modes][2], z [channels][modes][2] */
static inline void s4d(float *y, float *state, const float *u, const float *z, const float *c, const float *d,
                       int channels, int kernels, int modes)
{
    for (int k = 0; k < kernels; k++) {
        const float *zh = z;
        for (int h = 0; h < channels; h++) {
            const float in = u[h];
            float one = *d++ * in, two = 0.0f;
            for (int n = 0; n + 2 <= modes; n += 2) {
                one = s4d_mode(one, state, zh, c, in);
                two = s4d_mode(two, state + 2, zh + 2, c + 2, in);
                state += 4;
                zh += 4;
                c += 4;
            }
            if (modes % 2 != 0) {
                one = s4d_mode(one, state, zh, c, in);
                state += 2;
                zh += 2;
                c += 2;
            }
            *y++ = one + two;
        }
    }
}

/* The same with inputs b and a coupling of modes: x += z x + b u - sum over r of q_r Re(g_r x); b [channels][modes][2], q and g
 * [channels][rank][modes][2], rank 1 or 2 */
static inline void s4(float *y, float *state, const float *u, const float *z, const float *b, const float *q,
                      const float *g, const float *c, const float *d, int channels, int kernels, int modes,
                      int rank)
{
    const int pairs = 2 * modes;
    for (int k = 0; k < kernels; k++)
        for (int h = 0; h < channels; h++) {
            const float *zh = z + h * pairs, *bh = b + h * pairs, *qh = q + h * rank * pairs,
                        *gh = g + h * rank * pairs;
            const float in = u[h];
            float sigma[2] = {0.0f, 0.0f}, one = 0.0f, two = 0.0f;
            for (int r = 0; r < rank; r++)
                for (int n = 0; n < pairs; n += 2)
                    sigma[r] += gh[r * pairs + n] * state[n] - gh[r * pairs + n + 1] * state[n + 1];
            for (int n = 0; n < pairs; n += 2) {
                float re = bh[n] * in + (zh[n] * state[n] - zh[n + 1] * state[n + 1]);
                float im = bh[n + 1] * in + (zh[n] * state[n + 1] + zh[n + 1] * state[n]);
                for (int r = 0; r < rank; r++) {
                    re -= qh[r * pairs + n] * sigma[r];
                    im -= qh[r * pairs + n + 1] * sigma[r];
                }
                state[n] += re;
                state[n + 1] += im;
                one += c[n] * state[n];
                two += c[n + 1] * state[n + 1];
            }
            *y++ = *d++ * in + (one - two);
            state += pairs;
            c += pairs;
        }
}

/* Kernels that end: y = kernel [taps][kernels][channels] against the newest samples, ring [taps][channels], of which *newest is the last */
static inline void s4_ends(float *y, float *ring, uint32_t *newest, const float *u, const float *kernel,
                           int channels, int kernels, int taps)
{
    int at = (int)*newest + 1 < taps ? (int)*newest + 1 : 0;
    *newest = (uint32_t)at;
    for (int h = 0; h < channels; h++) ring[at * channels + h] = u[h];
    for (int g = 0; g < kernels * channels; g++) y[g] = 0.0f;
    for (int m = 0; m < taps; m++) {
        for (int k = 0; k < kernels; k++)
            for (int h = 0; h < channels; h++) y[k * channels + h] += *kernel++ * ring[at * channels + h];
        at = at > 0 ? at - 1 : taps - 1;
    }
}

#endif
