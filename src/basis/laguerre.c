/* SPDX-License-Identifier: MIT
 * laguerre.c - l_n(x) = exp(-x/2) L_n(x) on [0, infinity): values, derivatives, integrals, sums.
 *
 * With d_n = L_n'(x) the three-term recurrence splits into
 *
 *     d_{n+1} = d_n - L_n,        L_{n+1} = L_n + x d_{n+1} / (n+1),
 *
 * which is stable upwards and runs here on the weighted functions. For large x the weight exp(-x/2)
 * underflows long before L_n has grown enough to meet it, so the pair carries a common power of 2^-256 that
 * is taken off as it grows. */
#include <loci/basis.h>

#include <math.h>

typedef struct {
    double x, p, d;  /* l_n and exp(-x/2) L_n', both times 2^(256 k) */
    double scale;    /* 2^(-256 k) */
    double integral; /* of l_n from 0 to x */
    int k;
} recurrence;

static void start(recurrence *r, loci_ask ask, double x)
{
    /* 256 ln 2 in two parts, the first of 32 bits, so that k times it is exact */
    const double high = 0x1.62e42fee00000p+7, low = 0x1.a39ef35793c76p-25;
    r->x = x > 1e5 ? 1e5 : x; /* there every weighted function of order <= 1024 is below 1e-300 already */
    r->k = r->x > high ? (int)(0.5 * r->x / high) : 0;
    r->p = exp((r->k * high - 0.5 * r->x) + r->k * low);
    r->d = 0.0;
    r->scale = ldexp(1.0, -256 * r->k);
    r->integral = ask == LOCI_INTEGRAL ? -2.0 * expm1(-0.5 * r->x) : 0.0;
}

/* Function n; then on to n + 1. */
static inline double term(recurrence *r, loci_ask ask, size_t n)
{
    const double out = ask == LOCI_VALUE        ? r->p * r->scale
                       : ask == LOCI_DERIVATIVE ? (r->d - 0.5 * r->p) * r->scale
                                                : r->integral;
    r->d -= r->p;
    const double change = r->d * (r->x / (double)(n + 1));
    r->p += change;
    /* L_n = L_n' - L_{n+1}' and integration by parts: the integrals of l_n and l_{n+1} add up to 2 (l_n -
     * l_{n+1}) */
    r->integral = -r->integral - 2.0 * (change * r->scale);
    if (r->k > 0 && fabs(r->p) > 0x1p256) {
        r->p *= 0x1p-256;
        r->d *= 0x1p-256;
        r->k--;
        r->scale = ldexp(1.0, -256 * r->k);
    }
    return out;
}

void loci_laguerre_evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order)
{
    for (size_t i = 0; i < count; i++) {
        recurrence r;
        start(&r, ask, x[i]);
        for (size_t n = 0; n < order; n++) out[i * order + n] = term(&r, ask, n);
    }
}

void loci_laguerre_sum(loci_ask ask, double *out, const double *c, size_t order, const double *x,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        recurrence r;
        double sum = 0.0;
        start(&r, ask, x[i]);
        for (size_t n = 0; n < order; n++) sum += c[n] * term(&r, ask, n);
        out[i] = sum;
    }
}
