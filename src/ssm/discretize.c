/* SPDX-License-Identifier: MIT
 * discretize.c - from x' = A x + B u to x_k = Abar x_{k-1} + Bbar u_k.
 *
 * The exact rules, for held and for joined input, read everything off one exponential, of dt A bordered by
 * the input's own equations (Van Loan 1978): over a step, u' = 0 for a held input, and u' = w/dt, w' = 0, for
 * one that goes from u_0 to u_0 + w. No inverse of A is needed, so A may be singular. The others are x_k -
 * x_{k-1} = dt (theta f_k + (1 - theta) f_{k-1}) with f = A x + B u and the step's one input: theta is 0,
 * 1/2, 1 for Euler, bilinear, backward Euler. */
#include <loci/system.h>

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/linalg.h"
#include "base/status.h"
#include "ssm/discretize.h"

static loci_status check(const double *a, const double *b, size_t n, double dt, loci_error *error)
{
    if (n < 1) return loci_fail(error, LOCI_E_ARGUMENT, "order is 0; 1 or more was expected");
    if (!(dt > 0.0 && isfinite(dt)))
        return loci_fail(error, LOCI_E_ARGUMENT, "step dt is %g; a finite one above 0 was expected", dt);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(b[i]))
            return loci_fail(error, LOCI_E_VALUE, "B[%zu] is %g; a finite value was expected", i, b[i]);
        for (size_t j = 0; j < n; j++)
            if (!isfinite(a[i * n + j]))
                return loci_fail(error, LOCI_E_VALUE, "A[%zu][%zu] is %g; a finite value was expected", i, j,
                                 a[i * n + j]);
    }
    return LOCI_OK;
}

/* abar = exp(dt A), held [n] = the integral over s in [0, 1] of exp(dt (1-s) A) dt B, and, unless NULL,
 * joined [n] = that of s exp(dt (1-s) A) dt B. B enters with its largest element brought to about 1, lest its
 * size decide the scaling. */
static loci_status bordered(const loci_allocator *by, double *abar, double *held, double *joined,
                            const double *a, const double *b, size_t n, double dt, loci_error *error)
{
    const size_t m = n + 1 + (joined != NULL);
    size_t square, numbers;
    double *scratch = NULL;
    if (loci_size_multiply(&square, m, m) && loci_size_multiply(&numbers, square, 2))
        scratch = loci_allocate_by(by, numbers, sizeof *scratch);
    if (!scratch)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory to discretize a system of order %zu", n);
    double *border = scratch, *power = scratch + square, largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(b[i]));
    const double size = largest > 0.0 ? ldexp(1.0, ilogb(largest)) : 1.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) border[i * m + j] = dt * a[i * n + j];
        border[i * m + n] = b[i] / size;
    }
    if (joined) border[n * m + n + 1] = 1.0;
    const loci_status status = loci_linalg_exponential(by, power, border, m, error);
    for (size_t i = 0; i < n && !status; i++) {
        memcpy(abar + i * n, power + i * m, n * sizeof *abar);
        held[i] = dt * size * power[i * m + n];
        if (joined) joined[i] = dt * size * power[i * m + n + 1];
    }
    loci_free(scratch);
    return status;
}

/* (I - theta dt A)^-1 (I + (1 - theta) dt A) and (I - theta dt A)^-1 dt B, theta > 0 */
static loci_status implicit(const loci_allocator *by, double *abar, double *bbar, const double *a,
                            const double *b, size_t n, double dt, double theta, loci_error *error)
{
    size_t square;
    double *lu = loci_size_multiply(&square, n, n) ? loci_allocate_by(by, square, sizeof *lu) : NULL;
    size_t *pivot = loci_allocate_by(by, n, sizeof *pivot);
    loci_status status = LOCI_E_MEMORY;
    if (lu && pivot) {
        for (size_t k = 0; k < square; k++) lu[k] = -theta * dt * a[k];
        for (size_t i = 0; i < n; i++) lu[i * n + i] += 1.0;
        status = loci_linalg_factor(by, lu, pivot, n, NULL);
    }
    if (!status) {
        for (size_t k = 0; k < square; k++) abar[k] = (1.0 - theta) * dt * a[k];
        for (size_t i = 0; i < n; i++) {
            abar[i * n + i] += 1.0;
            bbar[i] = dt * b[i];
        }
        loci_linalg_solve(abar, lu, pivot, n, n);
        loci_linalg_solve(bbar, lu, pivot, n, 1);
    } else if (status == LOCI_E_VALUE) {
        loci_fail(error, status,
                  "I - %g dt A is singular: A has an eigenvalue at %g; another step dt was expected", theta,
                  1.0 / (theta * dt));
    } else {
        loci_fail(error, status, "out of memory to discretize a system of order %zu", n);
    }
    loci_free(pivot);
    loci_free(lu);
    return status;
}

loci_status loci_discretize_dense_by(const loci_allocator *by, loci_discretization discretization,
                                     double *abar, double *bbar, const double *a, const double *b, size_t n,
                                     double dt, loci_error *error)
{
    const loci_status status = check(a, b, n, dt, error);
    if (status) return status;
    switch (discretization) {
    case LOCI_ZOH:
        return bordered(by, abar, bbar, NULL, a, b, n, dt, error);
    case LOCI_BILINEAR:
        return implicit(by, abar, bbar, a, b, n, dt, 0.5, error);
    case LOCI_BACKWARD:
        return implicit(by, abar, bbar, a, b, n, dt, 1.0, error);
    case LOCI_EULER:
        for (size_t k = 0; k < n * n; k++) abar[k] = dt * a[k];
        for (size_t i = 0; i < n; i++) {
            abar[i * n + i] += 1.0;
            bbar[i] = dt * b[i];
        }
        return LOCI_OK;
    case LOCI_FOH:
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "foh of a dense system has two input matrices: loci_discretize_dense_foh gives them");
    }
    return loci_fail(error, LOCI_E_ARGUMENT,
                     "discretization is %d; zoh, foh, bilinear, backward or euler was expected",
                     (int)discretization);
}

loci_status loci_discretize_dense(loci_discretization discretization, double *abar, double *bbar,
                                  const double *a, const double *b, size_t n, double dt, loci_error *error)
{
    return loci_discretize_dense_by(NULL, discretization, abar, bbar, a, b, n, dt, error);
}

loci_status loci_discretize_dense_foh_by(const loci_allocator *by, double *abar, double *b0, double *b1,
                                         const double *a, const double *b, size_t n, double dt,
                                         loci_error *error)
{
    loci_status status = check(a, b, n, dt, error);
    if (!status) status = bordered(by, abar, b0, b1, a, b, n, dt, error);
    for (size_t i = 0; i < n && !status; i++) b0[i] -= b1[i];
    return status;
}

loci_status loci_discretize_dense_foh(double *abar, double *b0, double *b1, const double *a, const double *b,
                                      size_t n, double dt, loci_error *error)
{
    return loci_discretize_dense_foh_by(NULL, abar, b0, b1, a, b, n, dt, error);
}
