/* SPDX-License-Identifier: MIT
 *
 * archive/range_coder.h - bits into bytes by their probabilities, and back: a binary arithmetic coder.
 *
 * The interval [low, low + range) is narrowed by every bit in proportion to its probability; bytes leave when they are
 * settled, a carry runs back through those that are held (Martin 1979; Schindler 1998). Bytes behind the end read as zero,
 * and the encoder leaves out the zeros that its last number ends in.
 */
#ifndef LOCI_ARCHIVE_RANGE_CODER_H
#define LOCI_ARCHIVE_RANGE_CODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vector.h"

enum { RANGE_BITS = 16 }; /* probabilities are of 2^16, from 1 to 2^16 - 1 */

typedef struct {
    uint64_t low;        /* encoder: 33 bits */
    uint32_t range;      /* at least 2^24 */
    uint32_t code;       /* decoder: what was read, above low */
    uint64_t held;       /* encoder: bytes of 255 that a carry would turn, behind `cache` */
    unsigned char cache; /* the byte in front of them */
    bool begun;          /* cache holds one */
    bool full;           /* there was no room */
    unsigned char *to, *to_end;
    const unsigned char *from, *from_end;
} range_coder;

static inline void range_put(range_coder *r, unsigned char byte)
{
    if (r->to == r->to_end)
        r->full = true;
    else
        *r->to++ = byte;
}

static inline void range_shift(range_coder *r)
{
    if (r->low < 0xFF000000u || r->low > 0xFFFFFFFFu) {
        const unsigned carry = (unsigned)(r->low >> 32);
        if (r->begun) range_put(r, (unsigned char)(r->cache + carry));
        for (; r->held > 0; r->held--) range_put(r, (unsigned char)(0xFF + carry));
        r->cache = (unsigned char)(r->low >> 24);
        r->begun = true;
    } else {
        r->held++;
    }
    r->low = (r->low & 0x00FFFFFFu) << 8;
}

static inline void range_encode_start(range_coder *r, unsigned char *to, size_t room)
{
    *r = (range_coder){.range = 0xFFFFFFFFu, .to = to, .to_end = to + room};
}

/* The number of the interval that ends in the most zeros; returns where the bytes end. */
static inline unsigned char *range_encode_end(range_coder *r, unsigned char *begin)
{
    const uint64_t last = r->low + r->range - 1;
    for (unsigned zeros = 32; zeros > 0; zeros--) {
        const uint64_t number = last >> zeros << zeros;
        if (number >= r->low) {
            r->low = number;
            break;
        }
    }
    for (int i = 0; i < 5; i++) range_shift(r);
    while (r->to > begin && r->to[-1] == 0) r->to--;
    return r->to;
}

static inline unsigned range_byte(range_coder *r)
{
    return r->from < r->from_end ? *r->from++ : 0u;
}

static inline void range_decode_start(range_coder *r, const unsigned char *from, size_t size)
{
    *r = (range_coder){.range = 0xFFFFFFFFu, .from = from, .from_end = from + size};
    for (int i = 0; i < 4; i++) r->code = r->code << 8 | range_byte(r);
}

/* One bit whose probability of being 1 is p of 2^16; the bit is given or found. */
static inline LOCI_INLINE bool range_bit(range_coder *r, bool decoding, bool bit, uint32_t p)
{
    const uint32_t bound = (r->range >> RANGE_BITS) * p;
    if (decoding) bit = r->code < bound;
    if (bit) {
        r->range = bound;
    } else {
        r->range -= bound;
        if (decoding)
            r->code -= bound;
        else
            r->low += bound;
    }
    while (r->range < 0x01000000u) {
        r->range <<= 8;
        if (decoding)
            r->code = r->code << 8 | range_byte(r);
        else
            range_shift(r);
    }
    return bit;
}

/* `count` bits, at most 16, that are as likely one as the other. */
static inline LOCI_INLINE uint32_t range_plain(range_coder *r, bool decoding, uint32_t bits, unsigned count)
{
    r->range >>= count;
    if (decoding) {
        bits = r->code / r->range;
        if (bits >> count) bits = (1u << count) - 1; /* only in damaged bytes */
        r->code -= bits * r->range;
    } else {
        r->low += (uint64_t)bits * r->range;
    }
    while (r->range < 0x01000000u) {
        r->range <<= 8;
        if (decoding)
            r->code = r->code << 8 | range_byte(r);
        else
            range_shift(r);
    }
    return bits;
}

#endif
