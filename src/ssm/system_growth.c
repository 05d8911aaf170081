/* SPDX-License-Identifier: MIT
 * system_growth.c - whether a system, or its recurrence, grows: the largest eigenvalue by repeated squaring.
 *
 * |E^(2^k)|^(1/2^k) falls to the spectral radius of E; k = 40 leaves the logarithm of a condition number over 2^40. Matrices of
 * memories are so far from normal that rounding alone could make a stable one seem to grow; so where A + A^T is negative
 * semidefinite, which proves that nothing grows, an estimate above 0 becomes 0. So does one that is not the same of A with its numbers
 * changed in their last digits, as of one on the border, or that states do not follow from step to step: powers of E round away what an
 * m-fold eigenvalue is. */
#include <loci/system.h>

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/linalg.h"
#include "base/random.h"
#include "base/status.h"
#include "ssm/discretize.h"
#include "ssm/system.h"

/* log of the spectral radius of e [n][n], which is lost; other [n][n] is scratch. */
static double log_radius(double *e, double *other, size_t n)
{
    double log_size = 0, scale = 1; /* E^(2^k) = exp(log_size) e */
    for (size_t k = 0; k <= 40; k++) {
        const double norm = loci_linalg_norm(e, n);
        if (!(norm > 0)) return -INFINITY;
        for (size_t i = 0; i < n * n; i++) e[i] /= norm;
        log_size += log(norm);
        if (k == 40) break;
        loci_linalg_multiply(other, e, e, n, n, n);
        memcpy(e, other, n * n * sizeof *e);
        log_size *= 2;
        scale /= 2;
    }
    return log_size * scale;
}

/* Cholesky of -(A + A^T) + tiny: whether it is positive. l [n][n] is scratch. */
static bool dissipative(double *l, const double *a, size_t n)
{
    const double tiny = 1e-13 * loci_linalg_norm(a, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = -(a[i * n + j] + a[j * n + i]) + (i == j ? tiny * (double)n : 0);
            for (size_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
            if (i == j && !(sum > 0)) return false;
            l[i * n + j] = i == j ? sqrt(sum) : sum / l[j * n + j];
        }
    return true;
}

/* a [n][n], each number changed by up to 2^-43 of itself. */
static void shake(double *shaken, const double *a, size_t n)
{
    for (size_t i = 0; i < n * n; i++) shaken[i] = a[i] * (1 + 0x1p-43 * (2 * loci_random_uniform(0, i) - 1));
}

/* Whether `found` > 0 is to be believed beside what was found of a matrix that was shaken. */
static bool sure(double found, double shaken)
{
    return fabs(shaken - found) <= 0.1 * found;
}

/* The estimate; e, other [n][n] are scratch. */
static loci_status estimate(const loci_allocator *by, double *growth, const double *a, size_t n, double *e,
                            double *other, loci_error *error)
{
    const double norm = loci_linalg_norm(a, n);
    *growth = 0;
    if (norm == 0) return LOCI_OK;
    for (size_t i = 0; i < n * n; i++) other[i] = a[i] / norm;
    loci_status status = loci_linalg_exponential(by, e, other, n, error);
    if (status) return status;
    *growth = log_radius(e, other, n) * norm;
    if (*growth > 0 && *growth < 1e-6 * norm) {
        /* so little beside the fastest mode may be rounding: over the time in which it would grow by e, it is not */
        const double rate = *growth;
        for (size_t i = 0; i < n * n; i++) other[i] = a[i] / rate;
        status = loci_linalg_exponential(by, e, other, n, error);
        if (status) return status;
        *growth = log_radius(e, other, n) * rate;
    }
    return LOCI_OK;
}

static double length_of(const double *x, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++) square += x[i] * x[i];
    return sqrt(square);
}

/* Whether states of x <- E x grow as exp(rate steps), as far as that can be tried: from step to step rounding moves an m-fold eigenvalue far less
 * than in powers of E, whose largest numbers drown what it is, and a state that grows as a power of time falls behind. e [n][n]; x [2 n] is scratch. */
static bool outgrows(const double *e, double *x, size_t n, double rate)
{
    enum { RUN = 32 }; /* steps until x is scaled again */
    const double most = 4e8 / ((double)n * (double)n), steps = 30 / rate;
    double *y = x + n, size = 0, half = 0;
    if (rate > 1 || !(steps <= most)) return true; /* no rounding makes a factor of e a step */
    for (size_t i = 0; i < n; i++) x[i] = loci_random_uniform(1, i) - 0.5;
    for (size_t k = 0; k < (size_t)steps; k++) {
        for (size_t i = 0; i < n; i++) {
            y[i] = 0;
            for (size_t j = 0; j < n; j++) y[i] += e[i * n + j] * x[j];
        }
        memcpy(x, y, n * sizeof *x);
        if (k == (size_t)steps / 2) half = size + log(length_of(x, n));
        if (k % RUN) continue;
        const double length = length_of(x, n);
        if (!(length > 0)) return false;
        for (size_t i = 0; i < n; i++) x[i] /= length;
        size += log(length);
    }
    /* at least half of what is expected of the second half of the steps */
    return size + log(length_of(x, n)) - half > 0.25 * rate * steps;
}

/* memory [3][n][n] */
static loci_status dense_growth(const loci_allocator *by, double *growth, const double *a, size_t n,
                                double *memory, loci_error *error)
{
    double *e = memory, *other = e + n * n, *shaken = other + n * n, again;
    const double norm = loci_linalg_norm(a, n);
    loci_status status = estimate(by, growth, a, n, e, other, error);
    if (status || !(*growth > 0)) return status;
    shake(shaken, a, n);
    status = estimate(by, &again, shaken, n, e, other, error);
    if (status) return status;
    if (*growth < 0x1p-60 * norm || !sure(*growth, again) || dissipative(e, a, n)) {
        *growth = 0;
        return LOCI_OK;
    }
    for (size_t i = 0; i < n * n; i++) other[i] = a[i] / norm;
    status = loci_linalg_exponential(by, e, other, n, error);
    if (!status && !outgrows(e, other, n, *growth / norm)) *growth = 0;
    return status;
}

loci_status loci_system_growth(const loci_system *system, double *growth, size_t *copy, loci_error *error)
{
    loci_status status = loci_system_check(system, error);
    if (status) return status;
    double most = -INFINITY;
    size_t where = 0;
    if (system->structure == LOCI_DIAGONAL) {
        for (size_t i = 0; i < system->copies * system->width; i++)
            if (system->a_re[i] > most) most = system->a_re[i], where = i / system->width;
    } else {
        const size_t n = system->order;
        loci_system *dense;
        status = loci_system_to_dense(&dense, system, error);
        if (status) return status;
        double *memory = loci_allocate_by(loci_allocator_of(system), 3 * n * n, sizeof *memory);
        if (!memory) status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
        for (size_t h = 0; !status && h < system->copies; h++) {
            const double *a = dense->a_re + h * n * n;
            double one;
            if (h && !memcmp(a, a - n * n, n * n * sizeof *a)) continue; /* copies often share A */
            status = dense_growth(loci_allocator_of(system), &one, a, n, memory, error);
            if (!status && one > most) most = one, where = h;
        }
        loci_free(memory);
        loci_system_free(dense);
        if (status) return status;
    }
    *growth = most;
    if (copy) *copy = where;
    return LOCI_OK;
}

/* Of abar of copy h; e, shaken [n][n], other [n][n] and n more are scratch. */
static loci_status abar_radius(double *radius, const loci_system *dense, size_t h, loci_discretization rule,
                               double *e, double *other, double *shaken, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(dense);
    const size_t n = dense->order;
    const double *a = dense->a_re + h * n * n, *b = dense->b_re + h * n, dt = dense->dt[h];
    loci_status status = loci_discretize_dense_by(by, rule, e, other + n * n, a, b, n, dt, error);
    if (status) return status;
    const double found = log_radius(e, other, n);
    *radius = exp(found);
    if (!(found > 0)) return LOCI_OK;
    shake(shaken, a, n);
    status = loci_discretize_dense_by(by, rule, e, other + n * n, shaken, b, n, dt, error);
    if (status) return status;
    const double again = log_radius(e, other, n);
    status = loci_discretize_dense_by(by, rule, e, other + n * n, a, b, n, dt, error);
    if (!status && (!sure(found, again) || !outgrows(e, other, n, found))) *radius = 1;
    return status;
}

/* The largest |eigenvalue| of abar: bilinear and backward Euler map a stable half-plane into the circle and zoh and foh are
 * exponentials, so only the growth of A matters; for Euler the matrix itself is looked at. */
loci_status loci_system_radius(double *radius, const loci_system *s, loci_discretization discretization,
                               loci_error *error)
{
    *radius = 0;
    if (s->structure == LOCI_DIAGONAL) {
        for (size_t i = 0; i < s->copies * s->width; i++) {
            const double dt = s->dt[i / s->width], re = dt * s->a_re[i], im = dt * s->a_im[i];
            double one = exp(re);
            if (discretization == LOCI_EULER) one = hypot(1 + re, im);
            if (discretization == LOCI_BACKWARD) one = 1 / hypot(1 - re, im);
            if (discretization == LOCI_BILINEAR) one = hypot(1 + re / 2, im / 2) / hypot(1 - re / 2, im / 2);
            *radius = fmax(*radius, one);
        }
        return LOCI_OK;
    }
    const size_t n = s->order;
    loci_system *dense;
    loci_status status = loci_system_to_dense(&dense, s, error);
    if (status) return status;
    double *e = loci_allocate_by(loci_allocator_of(s), 3 * n * n + n, sizeof *e),
           *other = e ? e + n * n : NULL, *shaken = e ? other + n * n + n : NULL;
    if (!e) status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
    for (size_t h = 0; !status && h < s->copies; h++) {
        const double *a = dense->a_re + h * n * n;
        const loci_discretization rule = discretization == LOCI_FOH ? LOCI_ZOH : discretization;
        if (h && s->dt[h] == s->dt[h - 1] && !memcmp(a, a - n * n, n * n * sizeof *a)) continue;
        double one = 0;
        status = abar_radius(&one, dense, h, rule, e, other, shaken, error);
        if (!status && one > 1 && discretization != LOCI_EULER && dissipative(e, a, n)) one = 1;
        *radius = fmax(*radius, one);
    }
    loci_free(e);
    loci_system_free(dense);
    return status;
}
