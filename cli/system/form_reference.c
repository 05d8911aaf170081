/* SPDX-License-Identifier: MIT
 * form_reference.c - the differential equation in long double, by a Taylor series. */
#include "system/form_reference.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 24 }; /* of a matrix of norm 1/2: the next is 1e-33 */

size_t form_reference_copies(const loci_system *system)
{
    const double n = (double)system->order + 2, one = 60 * n * n * n, all = 1e9;
    if (one > 2 * all) return 0;
    const double copies = fmax(1, floor(all / one));
    return copies < (double)system->copies ? (size_t)copies : system->copies;
}

/* c = a b, all [n][n] */
static void multiply(long double *c, const long double *a, const long double *b, size_t n)
{
    memset(c, 0, n * n * sizeof *c);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            const long double value = a[i * n + k];
            for (size_t j = 0; value != 0 && j < n; j++) c[i * n + j] += value * b[k * n + j];
        }
}

/* x = exp(m) - 1, m [n][n], which is lost; room [n][n]. By Horner's rule, m (1 + m/2 (1 + m/3 (...))), and then
 * (1 + x)^2 - 1 = 2 x + x^2. */
static void exponential_less_one(long double *x, long double *m, long double *room, size_t n)
{
    long double norm = 0;
    for (size_t i = 0; i < n; i++) {
        long double row = 0;
        for (size_t j = 0; j < n; j++) row += fabsl(m[i * n + j]);
        norm = fmaxl(norm, row);
    }
    int exponent = 0;
    frexpl(norm, &exponent);
    const int halvings = exponent + 1 > 0 ? exponent + 1 : 0;
    for (size_t k = 0; k < n * n; k++) m[k] = ldexpl(m[k], -halvings);
    memset(x, 0, n * n * sizeof *x);
    for (int term = TERMS; term >= 1; term--) {
        for (size_t i = 0; i < n; i++) x[i * n + i] += 1;
        multiply(room, m, x, n);
        for (size_t k = 0; k < n * n; k++) x[k] = room[k] / term;
    }
    for (int i = 0; i < halvings; i++) {
        multiply(room, x, x, n);
        for (size_t k = 0; k < n * n; k++) x[k] = 2 * x[k] + room[k];
    }
}

/* One copy of a dense system; room holds 3 (n + 2)^2 + n numbers. */
static void run_copy(double *y, double *state, const loci_system *dense, size_t h, bool joined,
                     const double *u, size_t count, size_t copies, long double *room)
{
    const size_t n = dense->order, m = n + 2, all = dense->copies;
    const double *a = dense->a_re + h * n * n, *b = dense->b_re + h * n, *c = dense->c_re + h * n;
    long double *step = room, *border = step + m * m, *next = border + 2 * m * m;
    /* x' = A x + B u, u' = w / dt, w' = 0 */
    memset(border, 0, m * m * sizeof *border);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) border[i * m + j] = (long double)dense->dt[h] * a[i * n + j];
        border[i * m + n] = (long double)dense->dt[h] * b[i];
    }
    border[n * m + n + 1] = 1;
    exponential_less_one(step, border, border + m * m, m);
    double before = joined ? state[n] : 0;
    for (size_t k = 0; k < count; k++) {
        const double now = u[k * all + h];
        const long double held = joined ? before : now, rise = joined ? (long double)now - before : 0;
        long double answer = (long double)dense->d[h] * now;
        for (size_t i = 0; i < n; i++) {
            long double sum = state[i] + step[i * m + n] * held + step[i * m + n + 1] * rise;
            for (size_t j = 0; j < n; j++) sum += step[i * m + j] * state[j];
            next[i] = sum;
        }
        for (size_t i = 0; i < n; i++) {
            state[i] = (double)next[i];
            answer += (long double)c[i] * next[i];
        }
        y[k * copies + h] = (double)answer;
        before = now;
    }
    if (joined) state[n] = before;
}

loci_status form_reference_run(double *y, double *state, const loci_system *system,
                               loci_discretization discretization, const double *u, size_t count,
                               size_t copies, loci_error *error)
{
    const bool joined = discretization == LOCI_FOH;
    const size_t n = system->order, m = n + 2;
    loci_system *dense;
    const loci_status status = loci_system_to_dense(&dense, system, error);
    if (status != LOCI_OK) return status;
    long double *room = malloc((3 * m * m + n) * sizeof *room);
    for (size_t h = 0; room && h < copies; h++)
        run_copy(y, state + h * (n + joined), dense, h, joined, u, count, copies, room);
    loci_system_free(dense);
    if (room) {
        free(room);
        return LOCI_OK;
    }
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return LOCI_E_MEMORY;
}
