/* SPDX-License-Identifier: MIT
 * transform/fft.h - the right-angle Fourier transform of 16 real signals at once, and products of such
 * transforms.
 *
 * X_k = sum over l < n of x_l exp(-2 pi i l (k + 1/4) / n), k < n, so that a product of spectra is a product
 * of polynomials modulo z^n = -i: what a linear convolution of two real signals puts below n lands in the
 * real part, what it puts above n lands, negated, in the imaginary part. A causal convolution of length n
 * therefore costs transforms of length n: no zero padding, no pairing of signals, no pass that untangles a
 * real transform. Conjugating one factor gives the correlation, the gradient of the convolution, in the same
 * way.
 *
 * A signal is [L][16] reals, 64-byte aligned, L <= n: one vector is one time of 16 channels; rows from L to n
 * count as 0. A spectrum is [n][re, im][16], 64-byte aligned, in the order that falls out of the transform
 * (loci_fft_frequency tells it). Nothing here allocates but create; a plan is read-only and may be shared by
 * threads. Decimation in frequency, depth first: real radix 6, 8, 12 or 16, then radix 8, leaves of 32 or 64
 * points that stay in the first-level cache, where the last pass forward, the product and the first pass back
 * are one.
 *
 * Rounding: relative to the 2-norm, each transform is off by at most about log2(n) epsilon.
 */
#ifndef LOCI_TRANSFORM_FFT_H
#define LOCI_TRANSFORM_FFT_H

#include <stdbool.h>

#include <loci/allocator.h>

#include "base/real.h"

#define loci_fft_plan LOCI_NAME(loci_fft_plan)
#define loci_fft_create LOCI_NAME(loci_fft_create)
#define loci_fft_destroy LOCI_NAME(loci_fft_destroy)
#define loci_fft_length LOCI_NAME(loci_fft_length)
#define loci_fft_scratch LOCI_NAME(loci_fft_scratch)
#define loci_fft_frequency LOCI_NAME(loci_fft_frequency)
#define loci_fft_forward LOCI_NAME(loci_fft_forward)
#define loci_fft_inverse LOCI_NAME(loci_fft_inverse)
#define loci_fft_convolve LOCI_NAME(loci_fft_convolve)
#define loci_fft_correlate LOCI_NAME(loci_fft_correlate)

typedef struct loci_fft_plan loci_fft_plan;

/* The least length n >= L that has a plan: 2^k from 256, 3 * 2^k from 192. 0 where it does not fit a size_t.
 */
size_t loci_fft_length(size_t L);

/* A plan for a length that loci_fft_length gives; false where memory runs out, with *plan NULL. */
bool loci_fft_create(loci_fft_plan **plan, const loci_allocator *by, size_t n);
void loci_fft_destroy(loci_fft_plan *plan);

/* Reals of scratch, 64-byte aligned, that each function below needs. */
size_t loci_fft_scratch(const loci_fft_plan *plan);

/* The k of the point at `place` in a spectrum: there X is taken at the angle -2 pi (k + 1/4) / n. */
size_t loci_fft_frequency(const loci_fft_plan *plan, size_t place);

/* spectrum[n][2][16] = scale times the transform of x[L][16]. */
void loci_fft_forward(const loci_fft_plan *plan, real *spectrum, const real *x, size_t L, real scale,
                      real *scratch);

/* x[L][16] = scale times the real part of n times the inverse transform of spectrum[n]; with scale = 1 / n it
 * undoes loci_fft_forward. */
void loci_fft_inverse(const loci_fft_plan *plan, real *x, const real *spectrum, size_t L, real scale,
                      real *scratch);

/* y[L][16] = the causal convolution of u[L][16] with the signal whose forward transform, with scale 1 / n, is
 * spectrum[n]. y may be u. */
void loci_fft_convolve(const loci_fft_plan *plan, real *y, const real *u, const real *spectrum, size_t L,
                       real *scratch);

/* The gradients of loci_fft_convolve, from dy[L][16]: du[L][16] (may be dy), and, added to what is there,
 * dspectrum[n], whose loci_fft_inverse with scale 1 / n is the gradient of the signal that made spectrum
 * (unscaled). Scratch: twice. */
void loci_fft_correlate(const loci_fft_plan *plan, real *du, real *dspectrum, const real *dy, const real *u,
                        const real *spectrum, size_t L, real *scratch);

#endif
