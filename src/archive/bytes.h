/* SPDX-License-Identifier: MIT
 *
 * archive/bytes.h - numbers into bytes, little-endian, and back. Writing beyond the end and reading beyond it are noted, and do
 * nothing.
 */
#ifndef LOCI_ARCHIVE_BYTES_H
#define LOCI_ARCHIVE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    unsigned char *at, *end;
    bool full;
} byte_writer;

typedef struct {
    const unsigned char *at, *end;
    bool short_of;
} byte_reader;

static inline void bytes_put(byte_writer *w, uint64_t value, size_t size)
{
    if ((size_t)(w->end - w->at) < size) {
        w->full = true;
        return;
    }
    for (size_t i = 0; i < size; i++) *w->at++ = (unsigned char)(value >> (8 * i));
}

static inline uint64_t bytes_get(byte_reader *r, size_t size)
{
    uint64_t value = 0;
    if ((size_t)(r->end - r->at) < size) {
        r->short_of = true;
        r->at = r->end;
        return 0;
    }
    for (size_t i = 0; i < size; i++) value |= (uint64_t)*r->at++ << (8 * i);
    return value;
}

/* Seven bits a byte, the lowest first. */
static inline void bytes_put_count(byte_writer *w, uint64_t value)
{
    for (; value >= 128; value >>= 7) bytes_put(w, (value & 127) | 128, 1);
    bytes_put(w, value, 1);
}

static inline uint64_t bytes_get_count(byte_reader *r)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint64_t byte = bytes_get(r, 1);
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
    }
    r->short_of = true; /* no number is so long */
    return 0;
}

static inline void bytes_put_real(byte_writer *w, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bytes_put(w, bits, 8);
}

static inline double bytes_get_real(byte_reader *r)
{
    const uint64_t bits = bytes_get(r, 8);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The first 48 bits of x, rounded: 11 digits. */
static inline void bytes_put_short_real(byte_writer *w, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bytes_put(w, (bits + 0x8000u) >> 16, 6);
}

/* What becomes of x so. */
static inline double bytes_short_real(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x8000u) & ~(uint64_t)0xFFFF;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double bytes_get_short_real(byte_reader *r)
{
    const uint64_t bits = bytes_get(r, 6) << 16;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Two reals without the zeros that their bits end in. */
static inline void bytes_put_pair(byte_writer *w, double a, double b)
{
    uint64_t bits[2];
    size_t size[2] = {8, 8};
    memcpy(&bits[0], &a, sizeof a);
    memcpy(&bits[1], &b, sizeof b);
    for (size_t i = 0; i < 2; i++)
        while (size[i] > 0 && (bits[i] & 255) == 0) {
            size[i]--;
            bits[i] >>= 8;
            if (bits[i] == 0) size[i] = 0;
        }
    bytes_put(w, size[0] | size[1] << 4, 1);
    for (size_t i = 0; i < 2; i++) bytes_put(w, bits[i], size[i]);
}

static inline void bytes_get_pair(byte_reader *r, double *a, double *b)
{
    const uint64_t sizes = bytes_get(r, 1);
    const size_t size[2] = {sizes & 15, sizes >> 4};
    uint64_t bits[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        if (size[i] > 8) r->short_of = true;
        if (size[i] > 0 && size[i] <= 8) bits[i] = bytes_get(r, size[i]) << (8 * (8 - size[i]));
    }
    memcpy(a, &bits[0], sizeof *a);
    memcpy(b, &bits[1], sizeof *b);
}

#endif
