/* SPDX-License-Identifier: MIT
 * fourier.c - the pairs sqrt2 cos 2 pi k x, sqrt2 sin 2 pi k x on [0, 1]: values, derivatives, integrals,
 * sums.
 *
 * Harmonic k + 1 is harmonic k turned by 2 pi x. A turn's error adds up, so every 16th harmonic starts anew
 * from its own phase, reduced to one period without rounding by a fused multiply-add. Integrals work with
 * half the angle, because 1 - cos 2a = 2 sin^2 a keeps its digits as x goes to 0. */
#include <loci/basis.h>

#include <math.h>

enum { STRETCH = 16 };

static const double pi = 0x1.921fb54442d18p+1, sqrt2 = 0x1.6a09e667f3bcdp+0;

typedef struct {
    double x, c, s;        /* cos and sin of harmonic k's angle */
    double turn_c, turn_s; /* of harmonic 1's */
    double half;           /* 1; 1/2 where angles are halved */
    size_t k;
} harmonic;

/* cos and sin of 2 pi k half x */
static void set_angle(double *c, double *s, const harmonic *h, double k)
{
    const double turns = k * h->half, angle = 2.0 * pi * fma(turns, h->x, -rint(turns * h->x));
    *c = cos(angle);
    *s = sin(angle);
}

static void start(harmonic *h, loci_ask ask, double x)
{
    *h = (harmonic){.x = x, .c = 1.0, .half = ask == LOCI_INTEGRAL ? 0.5 : 1.0};
    set_angle(&h->turn_c, &h->turn_s, h, 1.0);
}

/* Functions 2k and 2k + 1; then on to the next pair. */
static inline void pair(double *even, double *odd, harmonic *h, loci_ask ask)
{
    const double omega = 2.0 * pi * (double)h->k;
    if (h->k == 0) {
        *even = ask == LOCI_VALUE ? 1.0 : ask == LOCI_DERIVATIVE ? 0.0 : h->x;
        *odd = 0.0;
    } else if (ask == LOCI_VALUE) {
        *even = sqrt2 * h->c;
        *odd = sqrt2 * h->s;
    } else if (ask == LOCI_DERIVATIVE) {
        *even = -sqrt2 * omega * h->s;
        *odd = sqrt2 * omega * h->c;
    } else {
        *even = (2.0 * sqrt2 / omega) * h->s * h->c;
        *odd = (2.0 * sqrt2 / omega) * h->s * h->s;
    }
    h->k++;
    if (h->k % STRETCH == 0) {
        set_angle(&h->c, &h->s, h, (double)h->k);
    } else {
        const double c = h->c * h->turn_c - h->s * h->turn_s;
        h->s = h->s * h->turn_c + h->c * h->turn_s;
        h->c = c;
    }
}

void loci_fourier_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order)
{
    for (size_t i = 0; i < count; i++) {
        harmonic h;
        start(&h, ask, x[i]);
        for (size_t n = 0; n < order; n += 2) {
            double even, odd;
            pair(&even, &odd, &h, ask);
            out[i * order + n] = even;
            if (n + 1 < order) out[i * order + n + 1] = odd;
        }
    }
}

void loci_fourier_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        harmonic h;
        double sum = 0.0;
        start(&h, ask, x[i]);
        for (size_t n = 0; n < order; n += 2) {
            double even, odd;
            pair(&even, &odd, &h, ask);
            sum += c[n] * even;
            if (n + 1 < order) sum += c[n + 1] * odd;
        }
        out[i] = sum;
    }
}
