/* SPDX-License-Identifier: MIT
 * system_growth.c - whether a system, or its recurrence, grows: the largest eigenvalue by repeated squaring.
 *
 * |E^(2^k)|^(1/2^k) falls to the spectral radius of E; k = 40 leaves the logarithm of a condition number over 2^40. Matrices of
 * memories are so far from normal that rounding alone could make a stable one seem to grow; so where A + A^T is negative
 * semidefinite, which proves that nothing grows, an estimate above 0 becomes 0. */
#include <loci/system.h>

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/linalg.h"
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
    const double tiny = 1e-13 * (1 + loci_linalg_norm(a, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = -(a[i * n + j] + a[j * n + i]) + (i == j ? tiny * (double)n : 0);
            for (size_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
            if (i == j && !(sum > 0)) return false;
            l[i * n + j] = i == j ? sqrt(sum) : sum / l[j * n + j];
        }
    return true;
}

static loci_status dense_growth(const loci_allocator *by, double *growth, const double *a, size_t n,
                                double *memory, loci_error *error)
{
    double *e = memory, *other = e + n * n;
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
    if (*growth > 0 && dissipative(e, a, n)) *growth = 0;
    return LOCI_OK;
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
        double *memory = loci_allocate_by(loci_allocator_of(system), 2 * n * n, sizeof *memory);
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
    double *e = loci_allocate_by(loci_allocator_of(s), 2 * n * n + n, sizeof *e),
           *other = e ? e + n * n : NULL;
    if (!e) status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
    for (size_t h = 0; !status && h < s->copies; h++) {
        const double *a = dense->a_re + h * n * n;
        const loci_discretization rule = discretization == LOCI_FOH ? LOCI_ZOH : discretization;
        if (h && s->dt[h] == s->dt[h - 1] && !memcmp(a, a - n * n, n * n * sizeof *a)) continue;
        status = loci_discretize_dense_by(loci_allocator_of(s), rule, e, other + n * n, a,
                                          dense->b_re + h * n, n, s->dt[h], error);
        if (status) break;
        double one = exp(log_radius(e, other, n));
        if (one > 1 && discretization != LOCI_EULER && dissipative(e, a, n)) one = 1;
        *radius = fmax(*radius, one);
    }
    loci_free(e);
    loci_system_free(dense);
    return status;
}
