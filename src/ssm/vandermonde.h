/* SPDX-License-Identifier: MIT
 * ssm/vandermonde.h - sums of powers of the modes of 16 systems, and of signals against them.
 *
 * The two products that a diagonal system needs besides the convolution itself, each the other's transpose,
 * for one block of LOCI_LANES systems of `modes` complex modes: expand   k[l] = 2 Re sum over n of w_n z_n^l:
 * kernels, and the answer to an initial state moments  s_n = sum over l of g[l] z_n^l: gradients, and final
 * states Modes are [modes][2][LOCI_LANES], real parts and imaginary parts, in double; signals are
 * [length][LOCI_LANES] reals.
 *
 * z^(32 b + j) = P_b Q_j: two tables of powers, by recurrence in double, rounded, and a small matrix product
 * over the modes for each 32 x 32 samples. Error of a power: that of rounding P and Q, 2 ulp, and |l| ulp of
 * double; sums in `real`. Cost 2 (expand) or 4 (moments of two signals) multiply-adds a sample, mode and
 * lane. No allocation: `scratch` is loci_vandermonde_scratch(modes) bytes, 64-byte aligned. */
#ifndef LOCI_SSM_VANDERMONDE_H
#define LOCI_SSM_VANDERMONDE_H

#include "base/real.h"

#define loci_vandermonde LOCI_NAME(loci_vandermonde)
#define loci_vandermonde_level LOCI_NAME(loci_vandermonde_level)
#define loci_vandermonde_scratch LOCI_NAME(loci_vandermonde_scratch)
#define loci_vandermonde_expand LOCI_NAME(loci_vandermonde_expand)
#define loci_vandermonde_moments LOCI_NAME(loci_vandermonde_moments)

/* What a level of the processor has; call the functions below. */
typedef struct loci_vandermonde {
    size_t (*scratch)(size_t modes);
    void (*expand)(real *k, const double *z, const double *w, size_t modes, size_t length, int add,
                   void *scratch);
    void (*moments)(double *s0, double *s1, const real *g, const double *z, size_t modes, size_t length,
                    void *scratch);
} loci_vandermonde;
LOCI_LEVELS(const loci_vandermonde, loci_vandermonde_level);

/* modes <= 512. */
static inline size_t loci_vandermonde_scratch(size_t modes)
{
    return LOCI_CHOOSE(loci_vandermonde_level)->scratch(modes);
}

/* k [length][LOCI_LANES]; added to what k holds where `add` is set. */
static inline void loci_vandermonde_expand(real *k, const double *z, const double *w, size_t modes,
                                           size_t length, int add, void *scratch)
{
    LOCI_CHOOSE(loci_vandermonde_level)->expand(k, z, w, modes, length, add, scratch);
}

/* s0 [modes][2][LOCI_LANES] = sum g[l] z^l; s1, unless NULL, = sum l g[l] z^(l-1), the derivative of s0 with
 * respect to z. */
static inline void loci_vandermonde_moments(double *s0, double *s1, const real *g, const double *z,
                                            size_t modes, size_t length, void *scratch)
{
    LOCI_CHOOSE(loci_vandermonde_level)->moments(s0, s1, g, z, modes, length, scratch);
}

#endif
