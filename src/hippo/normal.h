/* SPDX-License-Identifier: MIT
 * hippo/normal.h - the eigenvalues of HiPPO-N, the normal part of HiPPO-LegS (Gupta et al. 2022; Smith et al. 2023).
 *
 * A + 1/2 b b^T of LegS is -1/2 I + S with S_nk = -1/2 sqrt((2n+1)(2k+1)) sign(n - k), skew, so that the eigenvalues are -1/2
 * +- i mu. With c_n = sum over k of sign(n - k) sqrt(2k+1) v_k an eigenvector satisfies c_(n+1) (2 i mu + 2n+3) =
 * c_n (2 i mu - 2n-1), and its two ends close where
 *
 *     product over n < N of (2n+1 - 2 i mu)/(2n+1 + 2 i mu) = -1,   N even,
 *
 * or, as all factors lie on the unit circle, where the sum over n of atan(2 mu / (2n+1)) is an odd multiple of pi/2. */
#ifndef LOCI_HIPPO_NORMAL_H
#define LOCI_HIPPO_NORMAL_H

#include <stddef.h>

#include "base/private.h"

/* Exported for libloci-train; no part of the public interface. */

/* The k-th of the N/2 positive mu, ascending, N even, k < N/2, to a few ulp; `below` is 0 or the one before it, where the search
 * begins. Cost: about 10 to 30 times N arc tangents. */
LOCI_PRIVATE double loci_normal_frequency(size_t N, size_t k, double below);

#endif
