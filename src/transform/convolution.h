/* SPDX-License-Identifier: MIT
 * transform/convolution.h - causal convolution of 16 channels at once, forward and backward.
 *
 *     y_l = sum over m <= l, m < taps of k_m u_(l - m),   l < L, each channel with its own kernel.
 *
 * Everything works on one block of the library's layout: u, y, du, dy are [L][16], k and dk [taps][16],
 * 64-byte aligned; channels that do not exist are lanes of zeros, and stay so. A skip connection D u_l costs
 * nothing: add D to k_0; its gradient is then that of k_0. A kernel is prepared once for a batch; what it
 * becomes is opaque, except that it may be copied and that gradients of prepared kernels may be added.
 *
 * Short kernels are convolved directly, long ones by the right-angle transform (transform/fft.h), whichever
 * takes fewer operations: a fixed rule, so that equal arguments give equal bits. Measured at L = 1024 and 128
 * channels on one core with AVX-512: 0.7 us a channel forward, 1.2 backward (bench_convolution).
 *
 * Rounding, in each output: by transform at most 4 epsilon log2(n) |u|_2 |k|_2, directly epsilon taps max|k|
 * max|u|.
 *
 * Nothing allocates but create. A plan is read-only and may be shared by threads; each brings its own
 * scratch.
 */
#ifndef LOCI_TRANSFORM_CONVOLUTION_H
#define LOCI_TRANSFORM_CONVOLUTION_H

#include <loci/status.h>

#include <loci/allocator.h>

#include "base/real.h"

#define loci_convolution LOCI_NAME(loci_convolution)
#define loci_convolution_create LOCI_NAME(loci_convolution_create)
#define loci_convolution_create_both LOCI_NAME(loci_convolution_create_both)
#define loci_convolution_both_size LOCI_NAME(loci_convolution_both_size)
#define loci_convolution_prepare_both LOCI_NAME(loci_convolution_prepare_both)
#define loci_convolution_gradient_both LOCI_NAME(loci_convolution_gradient_both)
#define loci_convolution_destroy LOCI_NAME(loci_convolution_destroy)
#define loci_convolution_prepared_size LOCI_NAME(loci_convolution_prepared_size)
#define loci_convolution_scratch_size LOCI_NAME(loci_convolution_scratch_size)
#define loci_convolution_prepare LOCI_NAME(loci_convolution_prepare)
#define loci_convolution_apply LOCI_NAME(loci_convolution_apply)
#define loci_convolution_backward LOCI_NAME(loci_convolution_backward)
#define loci_convolution_gradient LOCI_NAME(loci_convolution_gradient)

typedef struct loci_convolution loci_convolution;

/* A plan for signals of L samples, L >= 1, and kernels of `taps` samples, 1 <= taps (more than L count as L).
 * Cost: time and memory of about 2 n reals for a transform of length n; L is padded to the next 2^k or 3 *
 * 2^k. LOCI_E_ARGUMENT: L or taps is 0. LOCI_E_MEMORY: out of memory, or L beyond what memory can hold. */
loci_status loci_convolution_create(loci_convolution **plan, const loci_allocator *by, size_t L, size_t taps,
                                    loci_error *error);
/* One that looks both ways: y_l has, besides, the sum over m < taps of back_m u_(l + 1 + m), at the cost of the causal one: the
 * transform's other half, which a causal convolution leaves unused, holds the kernel that looks ahead. Always by transform. */
loci_status loci_convolution_create_both(loci_convolution **plan, const loci_allocator *by, size_t L,
                                         size_t taps, loci_error *error);
void loci_convolution_destroy(loci_convolution *plan);

/* Reals, 64-byte aligned, of a prepared kernel, and of the scratch that the functions below need. */
size_t loci_convolution_prepared_size(const loci_convolution *plan);
size_t loci_convolution_scratch_size(const loci_convolution *plan);

/* prepared = the kernel k[taps][16]. */
void loci_convolution_prepare(const loci_convolution *plan, real *prepared, const real *k, real *scratch);

/* y[L][16] = the convolution of u[L][16] with a prepared kernel. y may be u. */
void loci_convolution_apply(const loci_convolution *plan, real *y, const real *u, const real *prepared,
                            real *scratch);

/* From dy[L][16]: du[L][16], which may be dy, and, added to what is there, the gradient of the prepared
 * kernel. */
void loci_convolution_backward(const loci_convolution *plan, real *du, real *dprepared, const real *dy,
                               const real *u, const real *prepared, real *scratch);

/* dk[taps][16] = the gradient of k from that of the prepared kernel, summed over a batch by
 * loci_convolution_backward. */
void loci_convolution_gradient(const loci_convolution *plan, real *dk, const real *dprepared, real *scratch);

/* The same of a plan that looks both ways, with k and back, dk and dback [taps][16]; scratch: loci_convolution_both_size reals.
 * apply and backward are those above. */
size_t loci_convolution_both_size(const loci_convolution *plan);
void loci_convolution_prepare_both(const loci_convolution *plan, real *prepared, const real *k,
                                   const real *back, real *scratch);
void loci_convolution_gradient_both(const loci_convolution *plan, real *dk, real *dback,
                                    const real *dprepared, real *scratch);

#endif
