/* SPDX-License-Identifier: MIT
 * transform/fft_passes.h - what fft.c, which plans, and fft_passes.c, which works, share. */
#ifndef LOCI_TRANSFORM_FFT_PASSES_H
#define LOCI_TRANSFORM_FFT_PASSES_H

#include "transform/fft.h"

#define loci_fft_passes LOCI_NAME(loci_fft_passes)

#define POINT ((size_t)2 * LOCI_LANES) /* reals from a point to the next */
enum {
    DEPTH = 20, /* 8^20 leaves are more than any memory holds */
    SKEW = 2 /* points between blocks, so that the rows of a column do not compete for the same places in the
                cache */
};

struct loci_fft_plan {
    const struct loci_fft_passes *passes;
    size_t n;
    size_t radix;      /* of the first pass: 6, 8, 12, 16 */
    size_t block;      /* n / radix */
    size_t leaf;       /* 32, 64 */
    int depth;         /* passes of radix 8 between the first and the leaves */
    real twist[16][4]; /* first pass: factors of row m and row m + radix/2 in sums q even (m), q odd (m +
                          radix/2) */
    real *first; /* [block][radix / 2][even, odd][re, im] of exp(-2 pi i j (q + 1/4) / n), even q first */
    real *turn[DEPTH]; /* [size/8][7][re, im] of exp(-2 pi i j q / size), size = 8^level * leaf; level 0: the
                          leaf */
};

/* x, g: scratch; w: factors; k: a spectrum; dk: its gradient; leaf: points of one. */
struct loci_fft_passes {
    void (*first)(const loci_fft_plan *, real *x, const real *u, size_t L);
    void (*last)(const loci_fft_plan *, real *y, const real *x, size_t L);
    void (*split)(real *x, const real *w, size_t columns);
    void (*join)(real *x, const real *w, size_t columns);
    void (*forward)(real *k, real *x, const real *w, size_t leaf, size_t count, real scale);
    void (*inverse)(real *x, const real *k, const real *w, size_t leaf, size_t count, real scale);
    void (*convolve)(real *x, const real *k, const real *w, size_t leaf, size_t count);
    void (*correlate)(real *g, real *x, real *dk, const real *k, const real *w, size_t leaf, size_t count);
};

LOCI_LEVELS(const struct loci_fft_passes, loci_fft_passes);

#endif
