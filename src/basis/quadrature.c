/* SPDX-License-Identifier: MIT
 * quadrature.c - Gauss-Legendre nodes and weights on [0, 1].
 *
 * Newton's method on P_n, in t = 1 - z, the distance from the end of [-1, 1]: every quantity is then accurate
 * relative to t, so the smallest nodes and weights (about 1/n^2) have all their digits. With e = n (P_n -
 * P_{n-1}),
 *
 *     dP_n/dt = (e - n t P_n) / (t (2-t)),        weight on [0, 1] = t (2-t) / (e - n t P_n)^2.
 *
 * Starting values: Olver's expansion theta = phi + (phi cot phi - 1) / (8 phi (n + 1/2)^2), phi = j / (n +
 * 1/2), with McMahon's expansion for the zeros j of the Bessel function J_0 (both in the NIST Digital Library
 * of Mathematical Functions, 18.16 and 10.21). They leave two to three steps. */
#include <loci/basis.h>

#include <math.h>

#include "base/status.h"
#include "basis/legendre.h"

enum { BLOCK = 32, STEPS = 5 };

/* The distance 1 - z of the k-th largest zero of P_n, k from 1. */
static double starting_value(size_t k, size_t n)
{
    const double pi = 0x1.921fb54442d18p+1, rho = (double)n + 0.5;
    const double b = 8.0 * pi * ((double)k - 0.25), b3 = b * b * b;
    const double j = b / 8.0 + 1.0 / b - 124.0 / (3.0 * b3) + 120928.0 / (15.0 * b3 * b * b);
    const double phi = j / rho;
    const double theta = phi + (phi / tan(phi) - 1.0) / (8.0 * phi * rho * rho);
    const double s = sin(0.5 * theta);
    return 2.0 * s * s;
}

loci_status loci_quadrature_gauss(double *node, double *weight, size_t count, loci_error *error)
{
    if (count < 1 || count > 2 * LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "number of nodes is %zu; 1 to %d was expected", count,
                         2 * LOCI_ORDER_MAX);
    const size_t half = (count + 1) / 2;
    for (size_t first = 0; first < half; first += BLOCK) {
        double t[BLOCK], p[BLOCK], e[BLOCK];
        const size_t some = half - first < BLOCK ? half - first : BLOCK;
        for (size_t i = 0; i < some; i++) t[i] = starting_value(first + i + 1, count);
        double worst = 1.0;
        for (int step = 0; step < STEPS && worst > 1e-9; step++) { /* the next error is about worst^2 */
            worst = 0.0;
            loci_legendre_pair(p, e, t, some, count);
            for (size_t i = 0; i < some; i++) {
                const double change = p[i] * t[i] * (2.0 - t[i]) / (e[i] - (double)count * t[i] * p[i]);
                worst = fmax(worst, fabs(change / t[i]));
                t[i] -= change;
            }
        }
        if (first + some == half && count % 2) t[some - 1] = 1.0; /* the middle one */
        loci_legendre_pair(p, e, t, some, count);
        for (size_t i = 0; i < some; i++) {
            const double slope = e[i] - (double)count * t[i] * p[i];
            node[first + i] = 0.5 * t[i];
            weight[first + i] = t[i] * (2.0 - t[i]) / (slope * slope);
        }
    }
    for (size_t i = 0; i < count / 2; i++) {
        node[count - 1 - i] = 1.0 - node[i];
        weight[count - 1 - i] = weight[i];
    }
    return LOCI_OK;
}
