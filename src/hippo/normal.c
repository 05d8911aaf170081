/* SPDX-License-Identifier: MIT
 * normal.c - the eigenvalues of HiPPO-N by Newton's method. */
#include "hippo/normal.h"

#include <math.h>

/* The sum of arc tangents is concave above 0, so that steps from below never pass the root, and the last ones are
 * rounding: it ends where they no longer lead up. */
double loci_normal_frequency(size_t N, size_t k, double below)
{
    const double target = (2 * (double)k + 1) * 1.57079632679489661923;
    double mu = below;
    for (;;) {
        double sum = -target, slope = 0;
        for (size_t n = 0; n < N; n++) {
            const double odd = 2 * (double)n + 1, ratio = 2 * mu / odd;
            sum += atan(ratio);
            slope += 2 / (odd * (1 + ratio * ratio));
        }
        const double next = mu - sum / slope;
        if (!(next > mu * (1 + 1e-15))) return mu;
        mu = next;
    }
}
