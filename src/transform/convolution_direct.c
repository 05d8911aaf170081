/* SPDX-License-Identifier: MIT
 * convolution_direct.c - convolution with a short kernel, product by product.
 *
 * Outputs are taken ROWS at a time and stay in registers; each product then costs one load. */
#include "base/each_level.h"

#include "transform/convolution_direct.h"

enum {
    ROWS = 8,
    STRETCH = 256 /* samples of a signal that are summed before they are added to dk, so that rounding does
                     not pile up */
};

#define AT(p, l) (*(const vreal *)((p) + (l)*LOCI_LANES))
#define TO(p, l) (*(vreal *)((p) + (l)*LOCI_LANES))

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* From the end to the start, since y may be u. */
static void apply(real *y, const real *u, const real *k, size_t L, size_t taps)
{
    for (int lane = 0; lane < LOCI_LANES;
         lane += LOCI_WIDTH, y += LOCI_WIDTH, u += LOCI_WIDTH, k += LOCI_WIDTH) {
        size_t end = L;
        for (; end >= ROWS; end -= ROWS) {
            const size_t l = end - ROWS, whole = least(taps, l + 1), some = least(taps, end);
            vreal sum[ROWS] = {0};
            for (size_t m = 0; m < whole; m++) {
                const vreal factor = AT(k, m);
                LOCI_UNROLL
                for (size_t r = 0; r < ROWS; r++) sum[r] += factor * AT(u, l + r - m);
            }
            for (size_t m = whole; m < some; m++) {
                const vreal factor = AT(k, m);
                LOCI_UNROLL
                for (size_t r = 1; r < ROWS; r++)
                    if (l + r >= m) sum[r] += factor * AT(u, l + r - m);
            }
            LOCI_UNROLL
            for (size_t r = 0; r < ROWS; r++) TO(y, l + r) = sum[r];
        }
        for (; end > 0; end--) {
            vreal sum = {0};
            for (size_t m = 0; m < least(taps, end); m++) sum += AT(k, m) * AT(u, end - 1 - m);
            TO(y, end - 1) = sum;
        }
    }
}

/* From the start to the end, since du may be dy. */
static void input(real *du, const real *dy, const real *k, size_t L, size_t taps)
{
    for (int lane = 0; lane < LOCI_LANES;
         lane += LOCI_WIDTH, du += LOCI_WIDTH, dy += LOCI_WIDTH, k += LOCI_WIDTH) {
        size_t l = 0;
        for (; l + ROWS <= L; l += ROWS) {
            const size_t whole = least(taps, L - l - ROWS + 1), some = least(taps, L - l);
            vreal sum[ROWS] = {0};
            for (size_t m = 0; m < whole; m++) {
                const vreal factor = AT(k, m);
                LOCI_UNROLL
                for (size_t r = 0; r < ROWS; r++) sum[r] += factor * AT(dy, l + r + m);
            }
            for (size_t m = whole; m < some; m++) {
                const vreal factor = AT(k, m);
                LOCI_UNROLL
                for (size_t r = 0; r < ROWS - 1; r++)
                    if (l + r + m < L) sum[r] += factor * AT(dy, l + r + m);
            }
            LOCI_UNROLL
            for (size_t r = 0; r < ROWS; r++) TO(du, l + r) = sum[r];
        }
        for (; l < L; l++) {
            vreal sum = {0};
            for (size_t m = 0; m < least(taps, L - l); m++) sum += AT(k, m) * AT(dy, l + m);
            TO(du, l) = sum;
        }
    }
}

static void kernel(real *dk, const real *dy, const real *u, size_t L, size_t taps)
{
    for (int lane = 0; lane < LOCI_LANES;
         lane += LOCI_WIDTH, dk += LOCI_WIDTH, dy += LOCI_WIDTH, u += LOCI_WIDTH)
        for (size_t from = 0; from < L; from += STRETCH) {
            const size_t to = least(L, from + STRETCH);
            for (size_t m = 0; m < least(taps, to); m += ROWS) {
                /* taps m to m + ROWS; those beyond the last are summed too, where they reach no sample before
                 * 0 */
                const size_t rows = least(ROWS, taps - m), whole = m + ROWS - 1;
                vreal sum[ROWS] = {0};
                size_t l = from > m ? from : m;
                for (; l < least(whole, to); l++) LOCI_UNROLL
                for (size_t r = 0; r < ROWS; r++)
                    if (l >= m + r) sum[r] += AT(dy, l) * AT(u, l - m - r);
                for (; l < to; l++) {
                    const vreal factor = AT(dy, l);
                    LOCI_UNROLL
                    for (size_t r = 0; r < ROWS; r++) sum[r] += factor * AT(u, l - m - r);
                }
                LOCI_UNROLL
                for (size_t r = 0; r < ROWS; r++)
                    if (r < rows) TO(dk, m + r) += sum[r];
            }
        }
}

const struct loci_convolution_direct LOCI_LEVEL(loci_convolution_direct) = {
    .apply = apply,
    .input = input,
    .kernel = kernel,
};
