/* SPDX-License-Identifier: MIT
 *
 * archive/state_coder.h - symbols into bytes by their probabilities, and back: an arithmetic coder whose whole state is one number.
 *
 * A symbol that takes f of 2^15 parts, from part s on, turns the state x into (x / f) 2^15 + s + x mod f; four bytes leave where x would become
 * too large (Duda 2009, "asymmetric numeral systems"). What was put last comes out first, so the encoder notes
 * all symbols and puts them from the last to the first. It begins with x = 0: as long as no bytes have left, x is just a number,
 * and the decoder, which takes bytes only as long as there are any, comes back to it. The state stands in front, without the zero bytes
 * above it; the others are fours, so that the number of all tells how many are its own.
 *
 * A symbol may have bits with it that are as likely one as the other: they enter the state below it, at once.
 */
#ifndef LOCI_ARCHIVE_STATE_CODER_H
#define LOCI_ARCHIVE_STATE_CODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/vector.h"

enum {
    STATE_PARTS = 15, /* probabilities are of 2^15 */
    STATE_LEAST = 32, /* the state is at least 2^32, once bytes have left */
    STATE_WHOLE = 1 << STATE_PARTS,
    STATE_BITS = 16 /* with a symbol, at most */
};

typedef struct {
    uint64_t x;
    const unsigned char *from, *end; /* decoder */
    uint64_t *note, *note_end;       /* encoder: start, parts, bits, how many, 16 bits each from the lowest */
} state_coder;

/* Four bytes behind the last one are read, too, and do not matter. */
static inline void state_decode_start(state_coder *r, const unsigned char *from, size_t size)
{
    const size_t head = size <= 8 ? size : 5 + (size - 5) % 4;
    *r = (state_coder){.from = from + head, .end = from + size};
    for (size_t i = 0; i < head; i++) r->x |= (uint64_t)from[i] << (8 * i);
}

/* The part that the next symbol holds, of 2^15. */
static inline LOCI_INLINE uint32_t state_part(const state_coder *r)
{
    return (uint32_t)r->x & (STATE_WHOLE - 1);
}

/* Goes on, behind the symbol of so many parts that holds state_part and `count` bits with it, which it returns. */
static inline LOCI_INLINE uint32_t state_take(state_coder *r, uint32_t start, uint32_t parts, unsigned count)
{
    const uint64_t x = parts * (r->x >> STATE_PARTS) + state_part(r) - start, left = x >> count;
    const unsigned char *b = r->from;
    const uint64_t word = (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24;
    const uint64_t more = (left >> STATE_LEAST == 0) & (b != r->end); /* no branch: nobody could foresee it */
    r->x = left << 32 * more | (word & -more);
    r->from = b + 4 * more;
    return (uint32_t)x & ((1u << count) - 1);
}

static inline LOCI_INLINE void state_note(state_coder *r, uint32_t start, uint32_t parts, uint32_t bits,
                                          unsigned count)
{
    *r->note++ = (uint64_t)start | (uint64_t)parts << 16 | (uint64_t)bits << 32 | (uint64_t)count << 48;
}

/* `count` bits, at most STATE_BITS, alone. */
static inline LOCI_INLINE uint32_t state_plain(state_coder *r, bool decoding, uint32_t bits, unsigned count)
{
    if (!decoding) {
        state_note(r, 0, STATE_WHOLE, bits, count);
        return bits;
    }
    return state_take(r, 0, STATE_WHOLE, count);
}

/* A bit whose probability of being 1 is p of 2^15, 0 < p < 2^15; it is given or found. */
static inline LOCI_INLINE bool state_bit(state_coder *r, bool decoding, bool bit, uint32_t p)
{
    if (decoding) bit = state_part(r) < p;
    const uint32_t start = bit ? 0 : p, parts = bit ? p : STATE_WHOLE - p;
    if (decoding)
        state_take(r, start, parts, 0);
    else
        state_note(r, start, parts, 0, 0);
    return bit;
}

/* Bytes from what was noted in [first, last); *size of them. false: there was no room. */
static inline bool state_encode(const uint64_t *first, const uint64_t *last, unsigned char *bytes,
                                size_t room, size_t *size)
{
    unsigned char *const end = bytes + room, *to = end;
    uint64_t x = 0;
    while (last != first) {
        const uint64_t note = *--last, start = note & 0xFFFF, parts = note >> 16 & 0xFFFF,
                       bits = note >> 32 & 0xFFFF;
        const unsigned count = (unsigned)(note >> 48);
        if (x >> (64 - STATE_PARTS - count) >= parts) {
            if (to - bytes < 4) return false;
            to -= 4;
            for (size_t i = 0; i < 4; i++) to[i] = (unsigned char)(x >> (8 * i));
            x >>= 32;
        }
        x = x << count | bits;
        x = (x / parts << STATE_PARTS) + x % parts + start;
    }
    size_t head = 8;
    while (head > (to == end ? 0 : 5) && x >> (8 * (head - 1)) == 0) head--;
    if ((size_t)(to - bytes) < head) return false;
    *size = head + (size_t)(end - to);
    memmove(bytes + head, to, (size_t)(end - to));
    for (size_t i = 0; i < head; i++) bytes[i] = (unsigned char)(x >> (8 * i));
    return true;
}

#endif
