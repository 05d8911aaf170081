/* SPDX-License-Identifier: MIT
 * product.c - weights into panels and back. */
#include "base/each_precision.h"

#include "transform/product.h"

#include <stdint.h>
#include <string.h>

const loci_product *loci_product_get(void)
{
    return LOCI_CHOOSE(loci_product_level);
}

size_t loci_product_size(const loci_product *mix, size_t K, size_t N)
{
    const size_t columns = loci_lane_blocks(N) * LOCI_LANES; /* all of a block: narrow panels too */
    return (columns + mix->width - 1) / mix->width * mix->width * K;
}

/* The place of (input k, output e) among K inputs. */
static inline size_t place(const loci_product *mix, size_t k, size_t e, size_t K)
{
    return (e / mix->width * K + k) * mix->width + e % mix->width;
}

/* Puts a weight there. bfloat16 is the upper half of a float, rounded to the nearest, ties to even. */
static inline void put(const loci_product *mix, real *packed, real w, size_t k, size_t e, size_t K)
{
    if (!mix->bf16) {
        packed[place(mix, k, e, K)] = w;
        return;
    }
    const float f = (float)w;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    bits = f == f ? bits + 0x7fff + (bits >> 16 & 1) : 0x7fc00000;
    const uint16_t half = (uint16_t)(bits >> 16);
    memcpy((char *)packed + (2 * place(mix, k / 2, e, (K + 1) / 2) + k % 2) * sizeof half, &half,
           sizeof half);
}

void loci_product_pack(const loci_product *mix, real *packed, const real *w, size_t outputs, size_t inputs,
                       size_t first)
{
    for (size_t e = 0; e < outputs; e++)
        for (size_t k = 0; k < inputs; k++) put(mix, packed, w[e * inputs + k], k, first + e, inputs);
}

void loci_product_pack_transposed(const loci_product *mix, real *packed, const real *w, size_t outputs,
                                  size_t inputs, size_t first, size_t K)
{
    for (size_t e = 0; e < outputs; e++)
        for (size_t k = 0; k < inputs; k++) put(mix, packed, w[e * inputs + k], first + e, k, K);
}

void loci_product_unpack(const loci_product *mix, real *w, const real *packed, size_t outputs, size_t inputs,
                         size_t first)
{
    for (size_t e = 0; e < outputs; e++)
        for (size_t k = 0; k < inputs; k++) w[e * inputs + k] = packed[place(mix, k, first + e, inputs)];
}
