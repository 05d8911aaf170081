/* SPDX-License-Identifier: MIT
 * base/random.h - random numbers without a state: number `index` of the sequence that a key names.
 *
 * A key is made of a seed and as many stream numbers as a use needs, one loci_random_key each:
 *
 *     key = loci_random_key(loci_random_key(seed, stream), sequence);    x = loci_random_uniform(key, 17);
 *
 * so that draws depend on what they are for, never on the order or the thread in which they are made. The
 * generator is splitmix64 (Steele, Lea and Flood 2014) at position `index`. */
#ifndef LOCI_BASE_RANDOM_H
#define LOCI_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/private.h"

static inline uint64_t loci_random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* h after 64 more bits: another h for every other value. */
static inline uint64_t loci_random_stir(uint64_t h, uint64_t value)
{
    return loci_random_mix((h ^ value) + 0x9e3779b97f4a7c15u);
}

/* 64 random bits. */
static inline uint64_t loci_random_bits(uint64_t key, uint64_t index)
{
    return loci_random_mix(key + (index + 1) * 0x9e3779b97f4a7c15u);
}

static inline uint64_t loci_random_key(uint64_t seed, uint64_t stream)
{
    return loci_random_bits(loci_random_mix(seed ^ 0x6a09e667f3bcc909u), stream);
}

/* Evenly in [0, 1), 53 bits. */
static inline double loci_random_uniform(uint64_t key, uint64_t index)
{
    return (double)(loci_random_bits(key, index) >> 11) * 0x1p-53;
}

/* Of mean 0 and variance 1 (Box and Muller 1958); index and index + 1 give independent numbers. */
LOCI_PRIVATE double loci_random_normal(uint64_t key, uint64_t index);

/* A stream number for a name: FNV-1a. */
LOCI_PRIVATE uint64_t loci_random_stream(const char *name);

/* out [count] = the numbers 0 to count - 1 in random order (Fisher and Yates). */
LOCI_PRIVATE void loci_random_permutation(size_t *out, size_t count, uint64_t key);

#endif
