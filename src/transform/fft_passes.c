/* SPDX-License-Identifier: MIT
 * fft_passes.c - the passes of the right-angle Fourier transform over memory.
 *
 * x is at rows of [re, im][16], u and y at rows of [16], w at the factors of the pass. Every pass takes the
 * 16 lanes in turns of LOCI_WIDTH. Loops over `points` or `half` have a constant count and must vanish, so
 * that z stays in registers.
 */
#include "base/each_level.h"

#include "transform/butterfly.h"
#include "transform/fft_passes.h"

/* ---- the first pass and the last: reals on one side
 * ----------------------------------------------------------- */

/* Row l of u, or zeros beyond its end. */
BUTTERFLY vreal row(const real *u, size_t l, size_t L, bool whole)
{
    static const vreal zero;
    return *(whole || l < L ? (const vreal *)(u + l * LOCI_LANES) : &zero);
}

/* A column takes the lanes in turns, so that each line of memory comes once (AVX2: a tenth of a convolution). */
BUTTERFLY void first_pass(const loci_fft_plan *plan, real *x, const real *u, size_t L, int half, bool whole)
{
    const size_t block = plan->block;
    const real *w = plan->first;
    for (size_t j = 0; j < block; j++, x += POINT, w += 4 * half)
        for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH)
            for (int t = 0; t < 2; t++) {
                vcomplex z[8];
                LOCI_UNROLL
                for (int m = 0; m < half; m++) {
                    const real *twist = plan->twist[m + t * half];
                    const vreal a = row(u + lane, j + (size_t)m * block, L, whole);
                    const vreal b = row(u + lane, j + (size_t)(m + half) * block, L, whole);
                    z[m].re = a * twist[0] + b * twist[2];
                    z[m].im = a * twist[1] + b * twist[3];
                }
                dft(z, half);
                LOCI_UNROLL
                for (int p = 0; p < half; p++) {
                    turn(&z[p], w + 2 * (t * half + p));
                    store(x + lane + (size_t)(2 * p + t) * (block + SKEW) * POINT, &z[p]);
                }
            }
}

BUTTERFLY void last_pass(const loci_fft_plan *plan, real *y, const real *x, size_t L, int half, bool whole)
{
    const size_t block = plan->block;
    const real *w = plan->first;
    for (size_t j = 0; j < block; j++, x += POINT) {
        vreal low[8], high[8];
        LOCI_UNROLL
        for (int t = 0; t < 2; t++, w += 2 * half) {
            vcomplex z[8];
            LOCI_UNROLL
            for (int p = 0; p < half; p++) {
                load(&z[p], x + (size_t)(2 * p + t) * (block + SKEW) * POINT);
                turn_back(&z[p], w + 2 * p);
                swap(&z[p]);
            }
            dft(z, half);
            LOCI_UNROLL
            for (int m = 0; m < half; m++) {
                const real *twist = plan->twist[m + t * half];
                const vreal re = z[m].im * twist[0] + z[m].re * twist[1];
                const vreal other = z[m].im * twist[2] + z[m].re * twist[3];
                low[m] = t ? low[m] + re : re;
                high[m] = t ? high[m] + other : other;
            }
        }
        LOCI_UNROLL
        for (int m = 0; m < half; m++) {
            const size_t l = j + (size_t)m * block, h = l + (size_t)half * block;
            if (whole || l < L) *(vreal *)(y + l * LOCI_LANES) = low[m];
            if (whole || h < L) *(vreal *)(y + h * LOCI_LANES) = high[m];
        }
    }
}

static void first(const loci_fft_plan *plan, real *x, const real *u, size_t L)
{
    switch (plan->radix + (L < plan->n)) {
    case 6:
        first_pass(plan, x, u, L, 3, true);
        break;
    case 7:
        first_pass(plan, x, u, L, 3, false);
        break;
    case 8:
        first_pass(plan, x, u, L, 4, true);
        break;
    case 9:
        first_pass(plan, x, u, L, 4, false);
        break;
    case 12:
        first_pass(plan, x, u, L, 6, true);
        break;
    case 13:
        first_pass(plan, x, u, L, 6, false);
        break;
    case 16:
        first_pass(plan, x, u, L, 8, true);
        break;
    case 17:
        first_pass(plan, x, u, L, 8, false);
        break;
    }
}

static void last(const loci_fft_plan *plan, real *y, const real *x, size_t L)
{
    for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH, x += LOCI_WIDTH, y += LOCI_WIDTH)
        switch (plan->radix + (L < plan->n)) {
        case 6:
            last_pass(plan, y, x, L, 3, true);
            break;
        case 7:
            last_pass(plan, y, x, L, 3, false);
            break;
        case 8:
            last_pass(plan, y, x, L, 4, true);
            break;
        case 9:
            last_pass(plan, y, x, L, 4, false);
            break;
        case 12:
            last_pass(plan, y, x, L, 6, true);
            break;
        case 13:
            last_pass(plan, y, x, L, 6, false);
            break;
        case 16:
            last_pass(plan, y, x, L, 8, true);
            break;
        case 17:
            last_pass(plan, y, x, L, 8, false);
            break;
        }
}

/* ---- a pass over a block of `points` rows of `columns`, forward and back
 * ---------------------------------------- */

BUTTERFLY void split(real *x, const real *w, size_t columns, int points)
{
    for (size_t j = 0; j < columns; j++, x += POINT, w += 2 * (points - 1)) {
        vcomplex z[8];
        LOCI_UNROLL
        for (int q = 0; q < points; q++) load(&z[q], x + (size_t)q * columns * POINT);
        dft(z, points);
        store(x, &z[0]);
        LOCI_UNROLL
        for (int q = 1; q < points; q++) {
            turn(&z[q], w + 2 * (q - 1));
            store(x + (size_t)q * columns * POINT, &z[q]);
        }
    }
}

BUTTERFLY void join(real *x, const real *w, size_t columns, int points)
{
    for (size_t j = 0; j < columns; j++, x += POINT, w += 2 * (points - 1)) {
        vcomplex z[8];
        LOCI_UNROLL
        for (int q = 0; q < points; q++) {
            load(&z[q], x + (size_t)q * columns * POINT);
            if (q > 0) turn_back(&z[q], w + 2 * (q - 1));
            swap(&z[q]);
        }
        dft(z, points);
        LOCI_UNROLL
        for (int q = 0; q < points; q++) {
            swap(&z[q]);
            store(x + (size_t)q * columns * POINT, &z[q]);
        }
    }
}

static void split8(real *x, const real *w, size_t columns)
{
    for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH) split(x + lane, w, columns, 8);
}

static void join8(real *x, const real *w, size_t columns)
{
    for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH) join(x + lane, w, columns, 8);
}

/* ---- leaves: one pass of radix 4 or 8, then runs of 8 neighbouring points
 * --------------------------------------- */

BUTTERFLY void leaf_split(real *x, const real *w, size_t leaf)
{
    leaf == 32 ? split(x, w, 8, 4) : split(x, w, 8, 8);
}

BUTTERFLY void leaf_join(real *x, const real *w, size_t leaf)
{
    leaf == 32 ? join(x, w, 8, 4) : join(x, w, 8, 8);
}

BUTTERFLY void load8(vcomplex z[8], const real *x)
{
    LOCI_UNROLL
    for (int q = 0; q < 8; q++) load(&z[q], x + (size_t)q * POINT);
}

BUTTERFLY void inverse8(real *x, vcomplex z[8])
{
    LOCI_UNROLL
    for (int q = 0; q < 8; q++) swap(&z[q]);
    dft8(z);
    LOCI_UNROLL
    for (int q = 0; q < 8; q++) {
        swap(&z[q]);
        store(x + (size_t)q * POINT, &z[q]);
    }
}

BUTTERFLY void convolve_leaf(real *x, const real *k, const real *w, size_t leaf)
{
    leaf_split(x, w, leaf);
    for (size_t i = 0; i < leaf / 8; i++) {
        vcomplex z[8], factor;
        real *run = x + i * 8 * POINT;
        load8(z, run);
        dft8(z);
        LOCI_UNROLL
        for (size_t q = 0; q < 8; q++) {
            load(&factor, k + (i * 8 + q) * POINT);
            multiply(&z[q], &factor);
        }
        inverse8(run, z);
    }
    leaf_join(x, w, leaf);
}

static void convolve_leaves(real *x, const real *k, const real *w, size_t leaf, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH) {
            const size_t at = i * leaf * POINT + (size_t)lane;
            leaf == 32 ? convolve_leaf(x + at, k + at, w, 32) : convolve_leaf(x + at, k + at, w, 64);
        }
}

BUTTERFLY void correlate_leaf(real *g, real *x, real *dk, const real *k, const real *w, size_t leaf)
{
    leaf_split(x, w, leaf);
    leaf_split(g, w, leaf);
    for (size_t i = 0; i < leaf * POINT; i += 8 * POINT) {
        vcomplex z[8], factor, product;
        load8(z, x + i);
        dft8(z);
        LOCI_UNROLL
        for (size_t q = 0; q < 8; q++) store(x + i + q * POINT, &z[q]);
        load8(z, g + i);
        dft8(z);
        LOCI_UNROLL
        for (size_t q = 0; q < 8; q++) {
            const size_t at = i + q * POINT;
            load(&factor, x + at);
            product = z[q];
            multiply_conjugate(&product, &factor);
            load(&factor, dk + at);
            factor.re += product.re;
            factor.im += product.im;
            store(dk + at, &factor);
            load(&factor, k + at);
            multiply_conjugate(&z[q], &factor);
        }
        inverse8(g + i, z);
    }
    leaf_join(g, w, leaf);
}

static void correlate_leaves(real *g, real *x, real *dk, const real *k, const real *w, size_t leaf,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH) {
            const size_t at = i * leaf * POINT + (size_t)lane;
            leaf == 32 ? correlate_leaf(g + at, x + at, dk + at, k + at, w, 32)
                       : correlate_leaf(g + at, x + at, dk + at, k + at, w, 64);
        }
}

static void forward_leaves(real *out, real *x, const real *w, size_t leaf, size_t count, real scale)
{
    for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH)
        for (size_t i = 0; i < count * leaf; i += 8) {
            const size_t at = i * POINT + (size_t)lane;
            vcomplex z[8];
            if (i % leaf == 0) leaf_split(x + at, w, leaf);
            load8(z, x + at);
            dft8(z);
            LOCI_UNROLL
            for (size_t q = 0; q < 8; q++) {
                z[q].re *= scale;
                z[q].im *= scale;
                store(out + at + q * POINT, &z[q]);
            }
        }
}

static void inverse_leaves(real *x, const real *in, const real *w, size_t leaf, size_t count, real scale)
{
    for (int lane = 0; lane < LOCI_LANES; lane += LOCI_WIDTH)
        for (size_t i = 0; i < count * leaf; i += 8) {
            const size_t at = i * POINT + (size_t)lane;
            vcomplex z[8];
            LOCI_UNROLL
            for (size_t q = 0; q < 8; q++) {
                load(&z[q], in + at + q * POINT);
                z[q].re *= scale;
                z[q].im *= scale;
            }
            inverse8(x + at, z);
            if ((i + 8) % leaf == 0) leaf_join(x + at + 8 * POINT - leaf * POINT, w, leaf);
        }
}

const struct loci_fft_passes LOCI_LEVEL(loci_fft_passes) = {
    .first = first,
    .last = last,
    .split = split8,
    .join = join8,
    .forward = forward_leaves,
    .inverse = inverse_leaves,
    .convolve = convolve_leaves,
    .correlate = correlate_leaves,
};
