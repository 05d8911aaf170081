/* SPDX-License-Identifier: MIT
 * discretize_diagonal.c - one mode in discrete time, with its derivatives, accurate near a = 0.
 *
 * phi1(w) = (e^w - 1)/w, phi2(w) = (phi1 - 1)/w. zoh: z = e^w, f1 = phi1. foh, input running from u_{k-1} to
 * u_k: f1 = phi2, f0 = phi1 - phi2, which is also the derivative of phi1. */
#include "ssm/discretize_diagonal.h"

#include <math.h>

/* C11's CMPLX is missing from some compilers. */
static inline double complex make(double re, double im)
{
    union {
        double part[2];
        double complex whole;
    } u = {{re, im}};
    return u.whole;
}

/* e^w - 1 without cancellation: e^x cos y - 1 = (e^x - 1) cos y - 2 sin^2(y/2). */
static double complex expm1_complex(double complex w, double complex *exponential)
{
    const double x = creal(w), y = cimag(w), e1 = expm1(x), e = exp(x), half = sin(y / 2), c = cos(y),
                 s = sin(y);
    *exponential = make(e * c, e * s);
    return make(e1 * c - 2 * half * half, e * s);
}

/* sum over k of w^k numerator(k) / (k + shift)!, for |w| <= 1: the terms fall faster than 1/k!. */
enum { TERMS = 20 };

static double complex series(double complex w, int shift, int (*numerator)(int k))
{
    double factorial = 1; /* (TERMS - 1 + shift)!, divided down */
    for (int i = 2; i < TERMS + shift; i++) factorial *= i;
    double complex sum = 0;
    for (int k = TERMS - 1; k >= 0; k--) {
        sum = sum * w + numerator(k) / factorial;
        factorial /= k + shift;
    }
    return sum;
}

static int one(int k)
{
    (void)k;
    return 1;
}

static int next(int k)
{
    return k + 1;
}

static int next_two(int k)
{
    return (k + 1) * (k + 2);
}

void loci_mode_discretize(loci_mode *mode, loci_discretization discretization, double complex w, int slopes)
{
    *mode = (loci_mode){0};
    switch (discretization) {
    case LOCI_EULER:
        mode->z = 1 + w;
        mode->f1 = 1;
        mode->dz = 1;
        break;
    case LOCI_BACKWARD:
        mode->z = mode->f1 = 1 / (1 - w);
        mode->dz = mode->df1 = mode->z * mode->z;
        break;
    case LOCI_BILINEAR:
        mode->f1 = 1 / (1 - w / 2);
        mode->z = (1 + w / 2) * mode->f1;
        mode->dz = mode->f1 * mode->f1;
        mode->df1 = mode->dz / 2;
        break;
    case LOCI_ZOH:
    case LOCI_FOH: {
        double complex e1 = expm1_complex(w, &mode->z), phi1 = w == 0 ? 1 : e1 / w;
        const int small = fabs(creal(w)) + fabs(cimag(w)) < 1;
        mode->dz = mode->z;
        if (discretization == LOCI_ZOH) {
            mode->f1 = phi1;
            if (slopes) mode->df1 = small ? series(w, 2, next) : (mode->z - phi1) / w;
        } else {
            mode->f1 = small ? series(w, 2, one) : (phi1 - 1) / w;
            mode->f0 = small ? series(w, 2, next) : (mode->z - phi1) / w;
            if (slopes) {
                mode->df1 = small ? series(w, 3, next) : (phi1 - 2 * mode->f1) / w;
                mode->df0 = small ? series(w, 3, next_two) : (mode->z - 2 * mode->f0) / w;
            }
        }
        break;
    }
    }
}
