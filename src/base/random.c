/* SPDX-License-Identifier: MIT
 * random.c - what of base/random.h is not worth inlining. */
#include "base/random.h"

#include <math.h>

double loci_random_normal(uint64_t key, uint64_t index)
{
    /* two fresh numbers each, of sequences of their own; 1 - u is never 0 */
    const double radius = sqrt(-2 * log(1 - loci_random_uniform(loci_random_key(key, 0), index)));
    return radius * cos(6.283185307179586477 * loci_random_uniform(loci_random_key(key, 1), index));
}

uint64_t loci_random_stream(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

void loci_random_permutation(size_t *out, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++) {
        /* place i takes a random earlier one's number; the bias of the remainder is count / 2^64 */
        const size_t j = (size_t)(loci_random_bits(key, i) % (i + 1));
        out[i] = out[j];
        out[j] = i;
    }
}
