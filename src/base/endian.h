/* SPDX-License-Identifier: MIT
 * base/endian.h - numbers as bytes of a file, the least significant one first, on any machine. Each function moves *at on. */
#ifndef LOCI_BASE_ENDIAN_H
#define LOCI_BASE_ENDIAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The lowest `count` bytes of value, at most 8. */
static inline void loci_endian_put(unsigned char **at, uint64_t value, size_t count)
{
    for (size_t i = 0; i < count; i++) *(*at)++ = (unsigned char)(value >> (8 * i));
}

static inline uint64_t loci_endian_get(const unsigned char **at, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) value |= (uint64_t) * (*at)++ << (8 * i);
    return value;
}

static inline void loci_endian_put_f64(unsigned char **at, const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        loci_endian_put(at, bits, 8);
    }
}

static inline void loci_endian_get_f64(double *x, const unsigned char **at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = loci_endian_get(at, 8);
        memcpy(&x[i], &bits, sizeof bits);
    }
}

static inline void loci_endian_put_f32(unsigned char **at, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        loci_endian_put(at, bits, 4);
    }
}

static inline void loci_endian_get_f32(float *x, const unsigned char **at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)loci_endian_get(at, 4);
        memcpy(&x[i], &bits, sizeof bits);
    }
}

#endif
