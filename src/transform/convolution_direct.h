/* SPDX-License-Identifier: MIT
 * transform/convolution_direct.h - convolution with a short kernel, product by product.
 * Signals are [L][16], kernels [taps][16], 1 <= taps <= L. */
#ifndef LOCI_TRANSFORM_CONVOLUTION_DIRECT_H
#define LOCI_TRANSFORM_CONVOLUTION_DIRECT_H

#include "base/real.h"

#define loci_convolution_direct LOCI_NAME(loci_convolution_direct)

struct loci_convolution_direct {
    void (*apply)(real *y, const real *u, const real *k, size_t L, size_t taps);    /* y may be u */
    void (*input)(real *du, const real *dy, const real *k, size_t L, size_t taps);  /* du may be dy */
    void (*kernel)(real *dk, const real *dy, const real *u, size_t L, size_t taps); /* adds to dk */
};

LOCI_LEVELS(const struct loci_convolution_direct, loci_convolution_direct);

#endif
