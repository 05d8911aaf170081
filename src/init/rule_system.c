/* SPDX-License-Identifier: MIT
 * rule_system.c - the system whose answer to a single 1 is the sequence of a rule. */
#include "init/rule.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

/* A system that is off by more than this share of the largest term does not stand for the rule. */
#define OFF 1e-10

/* C [width] of modes z: y_k = 2 Re sum C z^k, by least squares over the terms x [n]; each z once of a pair. LOCI_E_VALUE: the
 * modes do not give the terms; LOCI_E_MEMORY. */
static loci_status amplitudes(const loci_allocator *by, double complex *c, const double complex *z,
                              size_t width, const double *x, size_t n, size_t order)
{
    double *all = loci_allocate_by(by, order * n + n, sizeof *all);
    if (!all) return LOCI_E_MEMORY;
    double *const b = all + order * n;
    size_t column = 0;
    for (size_t m = 0; m < width; m++) {
        double complex now = 1;
        const bool pair = cimag(z[m]) != 0;
        for (size_t k = 0; k < n; k++, now *= z[m]) {
            all[column * n + k] = 2 * creal(now);
            if (pair) all[(column + 1) * n + k] = -2 * cimag(now);
        }
        column += pair ? 2 : 1;
    }
    memcpy(b, x, n * sizeof *x);
    const loci_status status = column == order ? loci_rule_least(by, all, b, n, order) : LOCI_E_VALUE;
    bool well = !status;
    column = 0;
    for (size_t m = 0; well && m < width; m++) {
        const bool pair = cimag(z[m]) != 0;
        c[m] = pair ? b[column] + I * b[column + 1] : b[column];
        column += pair ? 2 : 1;
        well = isfinite(creal(c[m])) && isfinite(cimag(c[m]));
    }
    double largest = 0, off = 0;
    memset(b, 0, n * sizeof *b);
    for (size_t m = 0; m < width; m++) {
        double complex now = c[m];
        for (size_t k = 0; k < n; k++, now *= z[m]) b[k] += 2 * creal(now);
    }
    for (size_t k = 0; k < n; k++) {
        largest = fmax(largest, fabs(x[k]));
        off = fmax(off, fabs(b[k] - x[k]));
    }
    well = well && off <= OFF * largest;
    loci_free(all);
    return status == LOCI_E_MEMORY ? status : well ? LOCI_OK : LOCI_E_VALUE;
}

/* The diagonal system, or NULL: where poles are 0 or not each for itself. */
static loci_status diagonal(const loci_rule *rule, loci_system **system, const double *x, loci_error *error)
{
    const size_t order = rule->info.order;
    size_t width = 0;
    bool simple = true;
    double complex *z = loci_allocate_by(rule->by, 2 * order, sizeof *z);
    if (!z) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of %zu states", order);
    double complex *const c = z + order;
    for (size_t i = 0; i < order; i++) {
        const double complex pole = rule->z_re[i] + I * rule->z_im[i];
        for (size_t j = 0; j < i; j++)
            simple = simple && (rule->z_re[j] != creal(pole) || rule->z_im[j] != cimag(pole));
        simple = simple && cabs(pole) > 1e-100;
        if (cimag(pole) >= 0) z[width++] = pole;
    }
    loci_status status = LOCI_E_VALUE;
    if (simple && 2 * width <= LOCI_ORDER_MAX)
        status = amplitudes(rule->by, c, z, width, x, rule->info.terms, order);
    if (status == LOCI_E_MEMORY) {
        loci_fail(error, status, "out of memory for a system of %zu states", order);
    } else if (status) {
        status = LOCI_OK; /* there is none */
    } else {
        status = loci_system_create_by(system, LOCI_DIAGONAL, 1, 2 * width, 0, rule->by, error);
        for (size_t m = 0; !status && m < width; m++) {
            const double dt = rule->info.dt;
            const double complex a = clog(z[m]) / dt, b = z[m] == 1 ? 1 / dt : a / (z[m] - 1);
            (*system)->a_re[m] = creal(a);
            (*system)->a_im[m] = cimag(a);
            (*system)->b_re[m] = creal(b);
            (*system)->b_im[m] = cimag(b);
            (*system)->c_re[m] = creal(c[m]);
            (*system)->c_im[m] = cimag(c[m]);
        }
    }
    loci_free(z);
    return status;
}

/* x_{k+1} = M x_k on the terms k to k + order - 1, with M = I + dt A. */
static loci_status companion(const loci_rule *rule, loci_system **system, loci_error *error)
{
    const size_t n = rule->info.order;
    const double dt = rule->info.dt;
    const loci_status status = loci_system_create_by(system, LOCI_DENSE, 1, n, 0, rule->by, error);
    if (status) return status;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const double m = i + 1 < n ? j == i + 1 : rule->a[n - 1 - j];
            (*system)->a_re[i * n + j] = (m - (i == j)) / dt;
        }
        (*system)->b_re[i] = rule->state[i] / dt;
    }
    (*system)->c_re[0] = 1;
    return LOCI_OK;
}

loci_status loci_rule_system(const loci_rule *rule, loci_system **system, loci_discretization *discretization,
                             loci_error *error)
{
    *system = NULL;
    loci_system *made = NULL;
    double *x = loci_allocate_by(rule->by, rule->info.terms, sizeof *x);
    if (!x) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", rule->info.terms);
    loci_rule_run(x, rule->info.terms, rule->a, rule->state, rule->info.order);
    loci_status status = diagonal(rule, &made, x, error);
    *discretization = made ? LOCI_ZOH : LOCI_EULER;
    if (!status && !made) status = companion(rule, &made, error);
    loci_free(x);
    if (status) return status;
    made->dt[0] = rule->info.dt;
    *system = made;
    return LOCI_OK;
}
