/* SPDX-License-Identifier: MIT
 * convolution.c - causal convolution of 16 channels, directly or by transform. */
#include "base/each_precision.h"

#include "transform/convolution.h"

#include <assert.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "transform/convolution_direct.h"
#include "transform/fft.h"

struct loci_convolution {
    size_t L, taps, n;  /* n: length of the transform */
    loci_fft_plan *fft; /* NULL: directly */
    const struct loci_convolution_direct *direct;
};

/* Products of a direct convolution that take as long as one point of a transform of length n
 * (bench_convolution). */
static size_t worth(size_t n)
{
    size_t bits = 0;
    while (n >> bits > 1) bits++;
    return 6 * bits;
}

static loci_status create(loci_convolution **out, const loci_allocator *by, size_t L, size_t taps, int both,
                          loci_error *error)
{
    if (L == 0 || taps == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a convolution of %zu samples with %zu taps; 1 or more of each was expected", L,
                         taps);
    if (taps > L) taps = L;
    const size_t n = loci_fft_length(L);
    if (n == 0 || n > SIZE_MAX / (256 * sizeof(real)))
        return loci_fail(error, LOCI_E_MEMORY, "a convolution of %zu samples does not fit into memory", L);
    loci_convolution *plan = loci_allocate_by(by, 1, sizeof *plan);
    if (!plan) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a convolution of %zu samples", L);
    plan->L = L;
    plan->taps = taps;
    plan->n = n;
    /* about taps (L - taps / 2) products */
    if (both || taps / worth(n) >= 2 || taps * (L - taps / 2) > worth(n) * n) {
        if (!loci_fft_create(&plan->fft, by, n)) {
            loci_free(plan);
            return loci_fail(error, LOCI_E_MEMORY, "out of memory for a convolution of %zu samples", L);
        }
    } else {
        plan->direct = LOCI_CHOOSE(loci_convolution_direct);
    }
    *out = plan;
    return LOCI_OK;
}

loci_status loci_convolution_create(loci_convolution **plan, const loci_allocator *by, size_t L, size_t taps,
                                    loci_error *error)
{
    return create(plan, by, L, taps, 0, error);
}

loci_status loci_convolution_create_both(loci_convolution **plan, const loci_allocator *by, size_t L,
                                         size_t taps, loci_error *error)
{
    return create(plan, by, L, taps, 1, error);
}

void loci_convolution_destroy(loci_convolution *plan)
{
    if (plan) loci_fft_destroy(plan->fft);
    loci_free(plan);
}

size_t loci_convolution_prepared_size(const loci_convolution *plan)
{
    return plan->fft ? 2 * LOCI_LANES * plan->n : LOCI_LANES * plan->taps;
}

size_t loci_convolution_scratch_size(const loci_convolution *plan)
{
    return plan->fft ? 2 * loci_fft_scratch(plan->fft) : 0;
}

void loci_convolution_prepare(const loci_convolution *plan, real *prepared, const real *k, real *scratch)
{
    if (plan->fft)
        loci_fft_forward(plan->fft, prepared, k, plan->taps, 1 / (real)plan->n, scratch);
    else
        memcpy(prepared, k, plan->taps * LOCI_LANES * sizeof(real));
}

void loci_convolution_apply(const loci_convolution *plan, real *y, const real *u, const real *prepared,
                            real *scratch)
{
    if (plan->fft)
        loci_fft_convolve(plan->fft, y, u, prepared, plan->L, scratch);
    else
        plan->direct->apply(y, u, prepared, plan->L, plan->taps);
}

void loci_convolution_backward(const loci_convolution *plan, real *du, real *dprepared, const real *dy,
                               const real *u, const real *prepared, real *scratch)
{
    if (plan->fft) {
        loci_fft_correlate(plan->fft, du, dprepared, dy, u, prepared, plan->L, scratch);
    } else {
        plan->direct->kernel(dprepared, dy, u, plan->L, plan->taps);
        plan->direct->input(du, dy, prepared, plan->L, plan->taps);
    }
}

void loci_convolution_gradient(const loci_convolution *plan, real *dk, const real *dprepared, real *scratch)
{
    if (plan->fft)
        loci_fft_inverse(plan->fft, dk, dprepared, plan->taps, 1 / (real)plan->n, scratch);
    else
        memcpy(dk, dprepared, plan->taps * LOCI_LANES * sizeof(real));
}

/* ---- both ways ----
 *
 * z^n = -i, so z^-(m + 1) = i z^(n - 1 - m): a kernel that looks ahead is the imaginary part of one below n, in the opposite
 * order, and what it makes of samples within the signal is real. */

size_t loci_convolution_both_size(const loci_convolution *plan)
{
    return 3 * LOCI_LANES * plan->n + loci_lane_blocks(2 * loci_fft_scratch(plan->fft)) * LOCI_LANES;
}

void loci_convolution_prepare_both(const loci_convolution *plan, real *prepared, const real *k,
                                   const real *back, real *scratch)
{
    const size_t n = plan->n, V = LOCI_LANES;
    real *turned = scratch, *spectrum = turned + n * V, *rest = spectrum + 2 * n * V;
    memset(turned, 0, n * V * sizeof(real));
    for (size_t m = 0; m < plan->taps; m++) memcpy(turned + (n - 1 - m) * V, back + m * V, V * sizeof(real));
    loci_fft_forward(plan->fft, prepared, k, plan->taps, 1 / (real)n, rest);
    loci_fft_forward(plan->fft, spectrum, turned, n, 1 / (real)n, rest);
    for (size_t i = 0; i < 2 * n * V; i += 2 * V)
        for (size_t j = i; j < i + V; j++) {
            prepared[j] -= spectrum[j + V];
            prepared[j + V] += spectrum[j];
        }
}

void loci_convolution_gradient_both(const loci_convolution *plan, real *dk, real *dback,
                                    const real *dprepared, real *scratch)
{
    const size_t n = plan->n, V = LOCI_LANES;
    real *turned = scratch, *spectrum = turned + n * V, *rest = spectrum + 2 * n * V;
    loci_fft_inverse(plan->fft, dk, dprepared, plan->taps, 1 / (real)n, rest);
    for (size_t i = 0; i < 2 * n * V; i += 2 * V)
        for (size_t j = i; j < i + V; j++) {
            spectrum[j] = dprepared[j + V];
            spectrum[j + V] = -dprepared[j];
        }
    loci_fft_inverse(plan->fft, turned, spectrum, n, 1 / (real)n, rest);
    for (size_t m = 0; m < plan->taps; m++) memcpy(dback + m * V, turned + (n - 1 - m) * V, V * sizeof(real));
}
