/* SPDX-License-Identifier: MIT
 * step_s4.h - exported: state space systems of one input and one output each, S4D and S4.
 *
 * System g of kernels * channels is kernel g / channels of channel g % channels; those of a channel share all but c and d. Complex
 * numbers are pairs; z is less 1, so that slow modes keep their digits; c and g are doubled. */
#ifndef LOCI_EXPORT_STEPS_STEP_S4_H
#define LOCI_EXPORT_STEPS_STEP_S4_H

/* x += z x + u, y = Re(c x) + d u; state and c [kernels][channels][modes][2], z [channels][modes][2] */
static inline void s4d(float *y, float *state, const float *u, const float *z, const float *c, const float *d,
                       int channels, int kernels, int modes)
{
    for (int k = 0; k < kernels; k++) {
        const float *zh = z;
        for (int h = 0; h < channels; h++) {
            const float in = u[h];
            float one = 0.0f, two = 0.0f;
            for (int n = 0; n < modes; n++) {
                const float re = state[0] + (zh[0] * state[0] - zh[1] * state[1] + in);
                const float im = state[1] + (zh[0] * state[1] + zh[1] * state[0]);
                one += c[0] * re;
                two += c[1] * im;
                state[0] = re;
                state[1] = im;
                state += 2;
                zh += 2;
                c += 2;
            }
            *y++ = *d++ * in + (one - two);
        }
    }
}

#endif
