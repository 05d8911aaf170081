/* SPDX-License-Identifier: MIT
 * measure.c - the HiPPO measures: their matrices, weights, and the functions by which a state is recalled.
 *
 * With e_n(s) the function of age s that coefficient n counts by, and f the input, the states are
 *
 *     legs       integral over [0, 1] of f(t - t s) e_n(s) ds,         e_n(s) = g_n(1 - s)
 *     legs-lti   integral of exp(-s) f(t - s) e_n(s) ds,               e_n(s) = g_n(exp(-s))
 *     legt       1/2 integral over [0, 2] of f(t - s) e_n(s) ds,       e_n(s) = g_n(1 - s/2)
 *     lagt       integral of f(t - s) e_n(s) ds,                       e_n(s) = l_n(s)
 *     fout       1/2 integral over [0, 2] of f(t - s) e_n(s) ds,       e_n(s) = Fourier function n at s/2
 *
 * where g, l are the functions of loci/basis.h. legs, legs-lti and lagt obey their equations exactly; legt
 * and fout do not see the input that leaves their window, and put their own recall of it in its place. */
#include <loci/measure.h>

#include <math.h>
#include <string.h>

#include "base/status.h"

static const struct {
    loci_measure measure;
    const char *name;
} names[] = {
    {LOCI_MEASURE_LEGS, "legs"}, {LOCI_MEASURE_LEGS_LTI, "legs-lti"}, {LOCI_MEASURE_LEGT, "legt"},
    {LOCI_MEASURE_LAGT, "lagt"}, {LOCI_MEASURE_FOUT, "fout"},
};
enum { NAMES = sizeof names / sizeof *names };

const char *loci_measure_name(loci_measure measure)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].measure == measure) return names[i].name;
    return "unknown measure";
}

loci_status loci_measure_parse(loci_measure *measure, const char *name, loci_error *error)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(name, names[i].name) == 0) {
            *measure = names[i].measure;
            return LOCI_OK;
        }
    }
    return loci_fail(error, LOCI_E_ARGUMENT,
                     "measure is \"%.40s\"; legs, legs-lti, legt, lagt or fout was expected", name);
}

static loci_status check(loci_measure measure, size_t order, loci_error *error)
{
    if ((unsigned)measure >= NAMES) /* a name for each value, from 0 */
        return loci_fail(error, LOCI_E_ARGUMENT, "measure is %d; 0 to %d was expected", (int)measure,
                         NAMES - 1);
    if (order < 1 || order > LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", order, LOCI_ORDER_MAX);
    if (measure == LOCI_MEASURE_FOUT && order % 2)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; an even one was expected for fout", order);
    return LOCI_OK;
}

loci_status loci_measure_matrices(loci_measure measure, double *a, double *b, size_t order, loci_error *error)
{
    const double pi = 0x1.921fb54442d18p+1, sqrt2 = 0x1.6a09e667f3bcdp+0;
    const loci_status status = check(measure, order, error);
    if (status) return status;
    for (size_t n = 0; n < order; n++) {
        double *row = a + n * order;
        const double p = (double)(2 * n + 1);
        switch (measure) {
        case LOCI_MEASURE_LEGS:
        case LOCI_MEASURE_LEGS_LTI:
            b[n] = sqrt(p);
            for (size_t k = 0; k < order; k++) row[k] = k < n ? -sqrt(p * (double)(2 * k + 1)) : 0.0;
            row[n] = -(double)(n + 1);
            break;
        case LOCI_MEASURE_LEGT:
            b[n] = 0.5 * sqrt(p);
            for (size_t k = 0; k < order; k++)
                row[k] = (k > n && (k - n) % 2 ? 0.5 : -0.5) * sqrt(p * (double)(2 * k + 1));
            break;
        case LOCI_MEASURE_LAGT:
            b[n] = 1.0;
            for (size_t k = 0; k < order; k++) row[k] = k < n ? -1.0 : k == n ? -0.5 : 0.0;
            break;
        case LOCI_MEASURE_FOUT: /* pi times the turn of each pair, less B B^T */
            b[n] = n == 0 ? 1.0 : n % 2 ? 0.0 : sqrt2;
            for (size_t k = 0; k < order; k++)
                row[k] = n % 2 || k % 2 ? 0.0 : -(n && k ? 2.0 : n || k ? sqrt2 : 1.0);
            if (n % 2)
                row[n - 1] = pi * (double)(n / 2);
            else
                row[n + 1] = -pi * (double)(n / 2);
            break;
        }
    }
    return LOCI_OK;
}

double loci_measure_support(loci_measure measure)
{
    switch (measure) {
    case LOCI_MEASURE_LEGS:
        return 1.0;
    case LOCI_MEASURE_LEGT:
    case LOCI_MEASURE_FOUT:
        return 2.0;
    case LOCI_MEASURE_LEGS_LTI:
    case LOCI_MEASURE_LAGT:
        break;
    }
    return INFINITY;
}

double loci_measure_weight(loci_measure measure, double s)
{
    const double support = loci_measure_support(measure);
    if (!(s >= 0.0 && s <= support)) return 0.0;
    return isinf(support) ? exp(-s) : 1.0 / support;
}

/* The integral of g_n(exp(-a)) over ages a from 0 to s. Legendre's polynomials satisfy (1+z) (P_n' -
 * P_{n-1}') = n (P_n + P_{n-1}); divided by 1 + z and integrated, it says that the integrals of P_n and
 * P_{n-1} over a add up to (P_{n-1} - P_n)(z) / n at z = 2 exp(-s) - 1. The polynomials come by the
 * recurrence of legendre.c, in t, the distance from the nearer end of [-1, 1]. */
static void integrate_warped(double *out, double s, size_t order)
{
    const int near_one = s < 0.5; /* the end z = 1 is nearer, or about as near */
    const double t = near_one ? -2.0 * expm1(-s) : 2.0 * exp(-s);
    double p = 1.0, e = 0.0, integral = s, sign = 1.0;
    for (size_t n = 0; n < order; n++) {
        out[n] = sqrt((double)(2 * n + 1)) * integral;
        const double last = p, m = (double)(n + 1);
        e -= (double)(2 * n + 1) * t * p;
        p += e / m;
        sign = -sign;
        integral = (near_one ? -e / m : -sign * (p + last)) / m - integral;
    }
}

/* The basis function n at x, times `even` or `odd` as n is, is the function of age. Forward in time is
 * backward in age. */
typedef struct {
    double x, even, odd;
} argument;

static argument argument_at(loci_measure measure, loci_ask ask, double s)
{
    double x = s, slope = 1.0; /* x as a function of s, and its derivative */
    int mirrored = 0; /* g_n(1 - x) = (-1)^n g_n(x) is meant: near 1, 1 - x would not have the digits */
    switch (measure) {
    case LOCI_MEASURE_LEGS:
        mirrored = 1;
        break;
    case LOCI_MEASURE_LEGS_LTI:
        mirrored = s < 0.5;
        x = mirrored ? -expm1(-s) : exp(-s);
        slope = mirrored ? exp(-s) : -exp(-s);
        break;
    case LOCI_MEASURE_LEGT:
        mirrored = 1; /* fall through */
    case LOCI_MEASURE_FOUT:
        x *= slope = 0.5;
        break;
    case LOCI_MEASURE_LAGT:
        break;
    }
    const double even = ask == LOCI_VALUE ? 1.0 : ask == LOCI_DERIVATIVE ? -slope : 1.0 / slope;
    return (argument){.x = x, .even = even, .odd = mirrored ? -even : even};
}

loci_status loci_measure_evaluate(loci_measure measure, loci_ask ask, double *out, const double *ages,
                                  size_t count, size_t order, loci_error *error)
{
    const loci_status status = check(measure, order, error);
    if (status) return status;
    if (ask != LOCI_VALUE && ask != LOCI_DERIVATIVE && ask != LOCI_INTEGRAL)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "question to a measure is %d; value, derivative or integral was expected", (int)ask);
    for (size_t i = 0; i < count; i++)
        if (!(ages[i] >= 0.0))
            return loci_fail(error, LOCI_E_RANGE, "age is %g; 0 or more was expected", ages[i]);

    if (measure == LOCI_MEASURE_LEGS_LTI && ask == LOCI_INTEGRAL) {
        for (size_t i = 0; i < count; i++) integrate_warped(out + i * order, ages[i], order);
        return LOCI_OK;
    }
    enum { BLOCK = 32 };
    for (size_t first = 0; first < count; first += BLOCK) {
        double x[BLOCK];
        const size_t some = count - first < BLOCK ? count - first : BLOCK;
        double *block = out + first * order;
        for (size_t i = 0; i < some; i++) x[i] = argument_at(measure, ask, ages[first + i]).x;
        if (measure == LOCI_MEASURE_LAGT)
            loci_laguerre_evaluate(ask, block, x, some, order);
        else if (measure == LOCI_MEASURE_FOUT)
            loci_fourier_evaluate(ask, block, x, some, order);
        else
            loci_legendre_evaluate(ask, block, x, some, order);
        for (size_t i = 0; i < some; i++) {
            const argument at = argument_at(measure, ask, ages[first + i]);
            for (size_t n = 0; n < order; n++) block[i * order + n] *= n % 2 ? at.odd : at.even;
        }
    }
    return LOCI_OK;
}
