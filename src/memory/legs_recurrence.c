/* SPDX-License-Identifier: MIT
 *
 * legs_recurrence.c - the LegS recurrences as published (Gu et al. 2020, section 2.3 and appendix; hippo-code), for
 * comparison.
 *
 * One step of x' = (A x + B u) / t by backward Euler or the trapezoid (input at the right end only), O(N) by
 * running sums since A is lower triangular with A_nk = -sqrt((2n+1)(2k+1)); or by the exact flow, for a
 * signal held over the step. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

/* (I - h A) c = right, in place: row n reads c_n (1 + h (n+1)) + h sqrt(2n+1) * sum over k < n of sqrt(2k+1)
 * c_k = right_n */
static void solve(const loci_memory_plan *plan, double *c, double h)
{
    double sum = 0;
    for (size_t n = 0; n < plan->order; n++) {
        const double inverse = 1 / (1 + h * ((double)n + 1)); /* beside the chain of sums, not in it */
        c[n] = (c[n] - h * plan->root[n] * sum) * inverse;
        sum += plan->root[n] * c[n];
    }
}

/* The polynomial that stands for the past, squeezed into the share r of the history, and the input behind it. */
static void flow(const loci_memory_plan *plan, double *c, double u, double h, double *scratch)
{
    const size_t order = plan->order;
    double *one = scratch, *two = one + order + 8, *rest = two + order + 8;
    if (h >= 1) {
        memset(c, 0, order * sizeof *c);
        c[0] = u;
        return;
    }
    memset(two, 0, (order + 2) * sizeof *two);
    one[0] = c[0];
    one[1] = one[2] = 0;
    memcpy(one + 3, c + 1, (order - 1) * sizeof *c);
    two[0] = u;
    loci_memory_join(plan, one, one, two, 1 - h, h, rest);
    c[0] = one[0];
    memcpy(c + 1, one + 3, (order - 1) * sizeof *c);
}

void loci_memory_legs_recurrence_step(const loci_memory_plan *plan, double *c, double u, double h,
                                      double *scratch)
{
    if (plan->spec.method == LOCI_METHOD_ZOH) {
        flow(plan, c, u, h, scratch);
        return;
    }
    const bool trapezoid = plan->spec.method == LOCI_METHOD_BILINEAR;
    const double half = trapezoid ? 0.5 * h : h;
    double sum = 0;
    for (size_t n = 0; n < plan->order; n++) {
        const double before = c[n], root = plan->root[n];
        if (trapezoid) c[n] -= half * (root * sum + ((double)n + 1) * before);
        c[n] += h * root * u;
        sum += root * before;
    }
    solve(plan, c, half);
}
