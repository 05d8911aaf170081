/* SPDX-License-Identifier: MIT
 *
 * lti.c - the time-invariant measures: x' = (A x + B u) / scale, one state a channel.
 *
 * Regular signals advance by leaves of S samples: x <- Abar^S x + sum over k of Abar^(S-1-k) Bbar u_k.
 * Stamped ones advance a sample at a time: by zoh with exponentials exp(2^j h A) from a table, chosen by the
 * binary digits of the interval, and a Taylor series for what is left below the shortest; by bilinear with an
 * elimination a sample, since every length makes another matrix. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "ssm/discretize.h"

/* All matrices of a plan are kept by columns: a product then runs along contiguous lanes, in an order that depends on the
 * sizes only. y = M x, M [columns][n]. */
LOCI_HOT static void product(double *y, const double *m, const double *x, size_t n, size_t columns)
{
    for (size_t i = 0; i < n; i++) y[i] = 0;
    size_t j = 0;
    for (; j + 4 <= columns; j += 4) {
        const double *a = m + j * n, *b = a + n, *c = b + n, *d = c + n;
        const double p = x[j], q = x[j + 1], r = x[j + 2], s = x[j + 3];
        for (size_t i = 0; i < n; i++) y[i] += (a[i] * p + b[i] * q) + (c[i] * r + d[i] * s);
    }
    for (; j < columns; j++)
        for (size_t i = 0; i < n; i++) y[i] += m[j * n + i] * x[j];
}

static void transpose(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double swap = m[i * n + j];
            m[i * n + j] = m[j * n + i];
            m[j * n + i] = swap;
        }
}

/* What 256^j leaves without input do to a state, until they leave nothing of it. */
static loci_status make_rests(loci_memory_plan *plan, double *power, double *next, loci_error *error)
{
    const size_t n = plan->order;
    memcpy(power, plan->abar_leaf, n * n * sizeof *power);
    while (plan->rests < MEMORY_RESTS) {
        for (int i = 0; i < 8; i++) {
            loci_linalg_multiply(next, power, power, n, n, n);
            memcpy(power, next, n * n * sizeof *power);
        }
        if (loci_linalg_norm(power, n) < MEMORY_NOTHING) break;
        double *rest = loci_allocate_by(loci_allocator_of(plan), n * n, sizeof *rest);
        if (!rest) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", n);
        memcpy(rest, power, n * n * sizeof *rest);
        plan->rest[plan->rests++] = rest;
    }
    return LOCI_OK;
}

static loci_status plan_regular(loci_memory_plan *plan, loci_error *error)
{
    const size_t n = plan->order, leaf = plan->leaf;
    plan->abar = loci_allocate_by(loci_allocator_of(plan), n * n, sizeof(double));
    plan->bbar = loci_allocate_by(loci_allocator_of(plan), n, sizeof(double));
    plan->abar_leaf = loci_allocate_by(loci_allocator_of(plan), n * n, sizeof(double));
    plan->input_leaf = loci_allocate_by(loci_allocator_of(plan), leaf * n, sizeof(double));
    double *work = loci_allocate_by(loci_allocator_of(plan), 2 * n * n, sizeof(double));
    loci_status status = LOCI_OK;
    if (!plan->abar || !plan->bbar || !plan->abar_leaf || !plan->input_leaf || !work)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", n);
    if (status == LOCI_OK)
        status =
            loci_discretize_dense_by(loci_allocator_of(plan), plan->spec.discretization, plan->abar,
                                     plan->bbar, plan->a, plan->b, n, plan->spec.dt / plan->scale, error);
    if (status == LOCI_OK) {
        transpose(plan->abar, n);
        /* what input S - 1 - k adds: Abar^k Bbar */
        double *last = plan->input_leaf + (leaf - 1) * n;
        memcpy(last, plan->bbar, n * sizeof *last);
        for (size_t k = leaf - 1; k-- > 0;)
            product(plan->input_leaf + k * n, plan->abar, plan->input_leaf + (k + 1) * n, n, n);
        /* Abar^S by squaring */
        double *result = plan->abar_leaf, *power = work, *next = work + n * n;
        memset(result, 0, n * n * sizeof *result);
        for (size_t i = 0; i < n; i++) result[i * n + i] = 1;
        memcpy(power, plan->abar, n * n * sizeof *power);
        for (size_t s = leaf; s > 0; s >>= 1) {
            if (s & 1) {
                loci_linalg_multiply(next, result, power, n, n, n);
                memcpy(result, next, n * n * sizeof *result);
            }
            if (s > 1) {
                loci_linalg_multiply(next, power, power, n, n, n);
                memcpy(power, next, n * n * sizeof *power);
            }
        }
        status = make_rests(plan, power, next, error);
    }
    loci_free(work);
    return status;
}

/* exp(A h 2^j) beside the integral of the input, for h with norm(A) h <= 1/2 and as many j as it takes to
 * forget everything (norm below 1e-300 or so never comes for matrices with weak decay: 60 doublings bound it). */
static loci_status plan_stamped(loci_memory_plan *plan, loci_error *error)
{
    const size_t n = plan->order;
    if (plan->spec.discretization == LOCI_BILINEAR) return LOCI_OK;
    int exponent;
    frexp(2 * loci_linalg_norm(plan->a, n), &exponent);
    plan->power_step = ldexp(1, -exponent);
    /* up to 64 units of the measure's time by digits; what is longer is taken in rounds of that */
    plan->powers = (size_t)(exponent > -6 ? exponent + 6 : 1);
    size_t count;
    if (!loci_size_multiply(&count, plan->powers, n * (n + 1)) ||
        !(plan->power = loci_allocate_by(loci_allocator_of(plan), count, sizeof(double))))
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu with time stamps", n);
    double *abar = loci_allocate_by(loci_allocator_of(plan), n * n, sizeof(double)),
           *bbar = loci_allocate_by(loci_allocator_of(plan), n, sizeof(double));
    loci_status status = abar && bbar ? LOCI_OK : loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan");
    for (size_t j = 0; j < plan->powers && status == LOCI_OK; j++) {
        double *power = plan->power + j * n * (n + 1);
        status = loci_discretize_dense_by(loci_allocator_of(plan), LOCI_ZOH, abar, bbar, plan->a, plan->b, n,
                                          ldexp(plan->power_step, (int)j), error);
        for (size_t i = 0; i < n && status == LOCI_OK; i++) {
            for (size_t c = 0; c < n; c++) power[c * n + i] = abar[i * n + c];
            power[n * n + i] = bbar[i];
        }
    }
    loci_free(abar);
    loci_free(bbar);
    return status;
}

loci_status loci_memory_lti_plan(loci_memory_plan *plan, loci_error *error)
{
    const size_t n = plan->order;
    const double support = loci_measure_support(plan->spec.measure);
    plan->scale = isfinite(support) ? plan->spec.window / support : plan->spec.window;
    plan->a = loci_allocate_by(loci_allocator_of(plan), n * n, sizeof(double));
    plan->b = loci_allocate_by(loci_allocator_of(plan), n, sizeof(double));
    if (!plan->a || !plan->b)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", n);
    loci_status status = loci_measure_matrices(plan->spec.measure, plan->a, plan->b, n, error);
    if (status != LOCI_OK) return status;
    status = memory_stamped(plan) ? plan_stamped(plan, error) : plan_regular(plan, error);
    transpose(plan->a, n);
    return status;
}

void loci_memory_lti_steps(const loci_memory_plan *plan, double *state, const double *u, size_t n,
                           double *scratch)
{
    const size_t order = plan->order;
    for (size_t k = 0; k < n; k++) {
        product(scratch, plan->abar, state, order, order);
        for (size_t i = 0; i < order; i++) state[i] = scratch[i] + plan->bbar[i] * u[k];
    }
}

LOCI_HOT static void leaf_inputs(double *x, const double *table, const double *u, size_t leaf, size_t order)
{
    for (size_t k = 0; k < leaf; k++) {
        const double *row = table + k * order, uk = u[k];
        for (size_t i = 0; i < order; i++) x[i] += uk * row[i];
    }
}

void loci_memory_lti_leaf(const loci_memory_plan *plan, double *state, const double *u, double *scratch)
{
    const size_t order = plan->order;
    product(scratch, plan->abar_leaf, state, order, order);
    leaf_inputs(scratch, plan->input_leaf, u, plan->leaf, order);
    memcpy(state, scratch, order * sizeof *state);
}

/* x <- exp(h A) x + (integral of exp(s A) over [0, h]) B u by Taylor; norm(A) h <= 1/2 */
static void taylor(const loci_memory_plan *plan, double *x, double u, double h, double *scratch)
{
    const size_t n = plan->order;
    double *term = scratch, *next = term + n;
    product(term, plan->a, x, n, n);
    for (size_t i = 0; i < n; i++) term[i] = h * (term[i] + plan->b[i] * u);
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
    for (unsigned k = 2; k <= 24; k++) {
        double size = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] += term[i];
            size = fmax(size, fabs(term[i]));
        }
        if (size <= 1e-18 * largest) break;
        largest = fmax(largest, size);
        product(next, plan->a, term, n, n);
        for (size_t i = 0; i < n; i++) term[i] = next[i] * (h / k);
    }
}

static void power_step(const loci_memory_plan *plan, double *x, double u, size_t j, double *scratch)
{
    const size_t n = plan->order;
    const double *power = plan->power + j * n * (n + 1);
    product(scratch, power, x, n, n);
    for (size_t i = 0; i < n; i++) x[i] = scratch[i] + power[n * n + i] * u;
}

static void stamp_zoh(const loci_memory_plan *plan, double *x, double u, double h, double *scratch)
{
    const double longest = ldexp(plan->power_step, (int)plan->powers - 1);
    /* after so many rounds of 64 time units the rest changes nothing that is not held for ever by an undamped mode */
    for (unsigned round = 0; h >= 2 * longest && round < 4096; round++) {
        power_step(plan, x, u, plan->powers - 1, scratch);
        h -= longest;
    }
    if (h >= 2 * longest) h = fmod(h, longest);
    for (size_t j = plan->powers; j-- > 0;) {
        const double part = ldexp(plan->power_step, (int)j);
        if (h >= part) {
            power_step(plan, x, u, j, scratch);
            h -= part;
        }
    }
    if (h > 0) taylor(plan, x, u, h, scratch);
}

/* (I - h/2 A) x_new = (I + h/2 A) x + h B u. The symmetric part of -A is positive, so elimination needs no pivots. */
static void stamp_bilinear(const loci_memory_plan *plan, double *x, double u, double h, double *scratch)
{
    const size_t n = plan->order;
    double *right = scratch, *m = scratch + 6 * ((n + 15) / 8 * 8);
    product(right, plan->a, x, n, n);
    for (size_t i = 0; i < n; i++) {
        right[i] = x[i] + 0.5 * h * right[i] + h * plan->b[i] * u;
        for (size_t j = 0; j < n; j++) m[i * n + j] = (i == j ? 1 : 0) - 0.5 * h * plan->a[j * n + i];
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = k + 1; i < n; i++) {
            const double factor = m[i * n + k] / m[k * n + k];
            if (factor == 0) continue;
            for (size_t j = k + 1; j < n; j++) m[i * n + j] -= factor * m[k * n + j];
            right[i] -= factor * right[k];
        }
    for (size_t i = n; i-- > 0;) {
        double sum = right[i];
        for (size_t j = i + 1; j < n; j++) sum -= m[i * n + j] * x[j];
        x[i] = sum / m[i * n + i];
    }
}

void loci_memory_lti_stamp(const loci_memory_plan *plan, double *state, double u, double dt, double *scratch)
{
    /* what is longer changes nothing more, and its products would overflow */
    const double h = fmin(dt / plan->scale, 0x1p100);
    if (plan->spec.discretization == LOCI_BILINEAR)
        stamp_bilinear(plan, state, u, h, scratch);
    else
        stamp_zoh(plan, state, u, h, scratch);
}

static void rest_step(double *state, const double *power, size_t order, double *scratch)
{
    product(scratch, power, state, order, order);
    for (size_t i = 0; i < order; i++) state[i] = fabs(scratch[i]) < MEMORY_NOTHING ? 0 : scratch[i];
}

void loci_memory_lti_rest(const loci_memory_plan *plan, double *state, uint64_t n, double dt, double *scratch)
{
    const size_t order = plan->order;
    if (memory_stamped(plan)) {
        loci_memory_lti_stamp(plan, state, 0, dt, scratch);
        return;
    }
    uint64_t leaves = n / plan->leaf;
    for (n -= leaves * plan->leaf; n > 0; n--) rest_step(state, plan->abar, order, scratch);
    for (size_t j = 0; j <= plan->rests; j++, leaves >>= 8)
        for (uint64_t digit = leaves & 255; digit > 0; digit--)
            rest_step(state, j == 0 ? plan->abar_leaf : plan->rest[j - 1], order, scratch);
    if (leaves > 0) memset(state, 0, order * sizeof *state); /* everything is forgotten */
}

void loci_memory_lti_state(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                           size_t channel, double *state)
{
    const size_t order = plan->order;
    double scratch[LOCI_ORDER_MAX + 8];
    memcpy(state, view->state + channel * order, order * sizeof *state);
    if (!memory_stamped(plan))
        loci_memory_lti_steps(plan, state, view->pending + channel * (plan->leaf + 1), memory->pending,
                              scratch);
}
