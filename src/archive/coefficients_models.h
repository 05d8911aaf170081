/* SPDX-License-Identifier: MIT
 *
 * archive/coefficients_models.h - what is expected of coefficients: distributions that adapt, and how symbols, bits and numbers are coded
 * by them.
 *
 * A magnitude is a symbol, of which there are 16, and bits below it that are as likely one as the other, where it is expected to be large.
 * Two distributions, of different views of the neighbourhood, one slow and one fast to adapt, are mixed with a weight.
 */
#ifndef LOCI_ARCHIVE_COEFFICIENTS_MODELS_H
#define LOCI_ARCHIVE_COEFFICIENTS_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "archive/coefficients.h"
#include "archive/gram.h"
#include "archive/state_coder.h"

enum {
    SYMBOLS = 16, /* 0 to 14, and more */
    MORE = SYMBOLS - 1,
    WHOLE = STATE_WHOLE,
    SCARCE = 4,      /* parts that every symbol has */
    LEVELS = 62,     /* of an expected magnitude, two an octave */
    OCTAVES = 22,    /* of the same, one an octave */
    SIDES = 3,       /* whether the detail so far is like that, more, or less */
    PLACES = 8,      /* of a coefficient within its detail */
    UNIT = 64,       /* an expected magnitude of 1 */
    BUSY = 4 * UNIT, /* a detail expected to hold more is not asked whether it is all zero */
    ESCAPES = 32,
    SIZE_LIMIT = 1 << 23, /* magnitudes of neighbours count up to this */
    WEIGHTS = 128,        /* sums of weights are below */
    NOTES = 4,            /* of the encoder, a coefficient, */
    NOTES_BESIDE = 4096,  /* and in all; */
    NOTES_MOST = 6        /* of one coefficient, at most */
};

/* How much a neighbour's magnitude weighs: the same coefficient of the detail before, the next ones of that; the same of the detail before
 * that, of the parent, of the parent's neighbour; the last one of its own detail and the one before, which is as even or odd. */
enum {
    SAME = 2,
    SAME_NEXT = 3,
    SAME_LAST = 1,
    EARLIER = 1,
    PARENT = 1,
    UNCLE = 1,
    LAST = 2,
    LAST_BUT_ONE = 4
};
/* The same of whole details. */
enum { ALL_SAME = 20, ALL_EARLIER = 10, ALL_PARENT = 15, ALL_UNCLE = 7 };

/* A probability that adapts, fast and slowly; the mean of both is used (Ryabko, Cleary). */
typedef struct {
    uint16_t fast, slow, seen;
} bit_model;

enum { FIRST = LEVELS * SIDES, SECOND = OCTAVES * PLACES };

/* A distribution is how many parts the symbols below each have together; behind the last one is a zero, which is 2^15 of them. */
typedef struct {
    int16_t first[FIRST * SYMBOLS + 1], second[SECOND * SYMBOLS + 1];
    uint8_t first_seen[FIRST], second_seen[SECOND];
    int16_t weight[LEVELS];             /* of the first, of 2^15 */
    bit_model empty[LEVELS][2];         /* is the whole detail zero? */
    bit_model corrected[4][4], by_more; /* by the two before; is it more than 1? */
    bit_model escape[ESCAPES];
} models;

struct coefficient_coder {
    models now, unseen;
    int16_t goal[SYMBOLS][SYMBOLS];            /* what a distribution tends to when a symbol is seen */
    int16_t first_rate[256], second_rate[256]; /* how far, of 2^15 */
    uint8_t below[LEVELS];                     /* bits beside a symbol */
    uint8_t count[LEVELS];                     /* of them and the sign, where they go with it, */
    uint8_t alone[LEVELS];                     /* which those from this symbol on do not */
    uint16_t rate[256][2];                     /* how far a bit's probability moves, of 2^16 */
    uint32_t part[WEIGHTS];                    /* UNIT / weight, of 2^16 */
    uint32_t share[GRAM_ORDER_MAX];   /* UNIT / sum of weights, of 2^16, for the neighbours that are there */
    uint32_t share_all;               /* the same of whole details */
    unsigned share_of;                /* these neighbours, and the width */
    uint32_t nothing[GRAM_ORDER_MAX]; /* zeros */
    size_t page;
    uint32_t *size; /* [page]: magnitudes */
    uint32_t *sum;  /* [page + 1]: of details */
    uint64_t *note; /* [page NOTES + NOTES_BESIDE], of an encoder */
};

static inline unsigned log2_floor(uint64_t v)
{
    return 63u - (unsigned)__builtin_clzll(v);
}

/* Two levels an octave: 0 for nothing, 13 for an expectation of 1. v is below 2^30. */
static inline LOCI_INLINE unsigned level_of(uint32_t v)
{
    const unsigned exponent = 31u - (unsigned)__builtin_clz(v | 1);
    return 2 * exponent + (2 * v >> exponent) - (v > 0); /* the middle one is 2 or 3, and 0 for nothing */
}

static inline LOCI_INLINE unsigned octave_of(uint32_t v)
{
    const unsigned octave = 31u - (unsigned)__builtin_clz(v | 1) + (v > 0);
    return octave < OCTAVES - 1 ? octave : OCTAVES - 1;
}

/* How many of its lowest bits a magnitude of a level has beside its symbol, so that this is expected to be 2 to 4. */
static inline LOCI_INLINE unsigned bits_below(unsigned level)
{
    return level > 16 ? (level - 15) / 2 : 0;
}

/* A bit by one model. */
static inline LOCI_INLINE bool bit_code(coefficient_coder *c, state_coder *r, bool decoding, bit_model *m,
                                        bool bit)
{
    const uint32_t p = ((uint32_t)m->fast + m->slow) >> 2;
    bit = state_bit(r, decoding, bit, p < 1 ? 1 : p > WHOLE - 1 ? WHOLE - 1 : p);
    const int32_t goal = bit ? 65535 : 0;
    const uint16_t *speed = c->rate[m->seen];
    m->fast = (uint16_t)(m->fast + (((goal - m->fast) * (int64_t)speed[0]) >> 16));
    m->slow = (uint16_t)(m->slow + (((goal - m->slow) * (int64_t)speed[1]) >> 16));
    m->seen = (uint16_t)(m->seen + (m->seen < 255));
    return bit;
}

/* a b / 2^15, to the nearest. */
static inline LOCI_INLINE int16_t product(int16_t a, int16_t b)
{
    return (int16_t)((((a * b) >> 14) + 1) >> 1);
}

static inline LOCI_INLINE uint32_t magnitude(int32_t q)
{
    return q < 0 ? (uint32_t)-q : (uint32_t)q;
}

static inline LOCI_INLINE void learn(int16_t *restrict upto, const int16_t *restrict goal, int16_t rate)
{
    for (size_t j = 0; j < SYMBOLS; j++)
        upto[j] = (int16_t)(upto[j] + product((int16_t)(goal[j] - upto[j]), rate));
}

static inline LOCI_INLINE uint32_t parts_of(const int16_t *upto, uint32_t symbol)
{
    return (uint32_t)(upto[symbol + 1] - upto[symbol]) & (WHOLE - 1);
}

/* How many of the numbers of a distribution are not above x. In vectors by name: loops over so few would be unrolled. */
static inline LOCI_INLINE uint32_t not_above(const int16_t *upto, int16_t x)
{
    typedef int16_t lanes __attribute__((vector_size(2 * SYMBOLS)));
    typedef int16_t half_lanes __attribute__((vector_size(SYMBOLS)));
    lanes all;
    half_lanes low, high;
    uint64_t four[2];
    memcpy(&all, upto, sizeof all);
    all = all <= x;
    memcpy(&low, &all, sizeof low);
    memcpy(&high, (const char *)&all + sizeof low, sizeof high);
    low = -(low + high);
    memcpy(four, &low, sizeof four);
    return (uint32_t)((four[0] + four[1]) * 0x0001000100010001u >> 48);
}

/* A symbol by two distributions and a weight between them, which follows the one that gave it more. */
static inline LOCI_INLINE uint32_t symbol_code(coefficient_coder *c, state_coder *r, bool decoding,
                                               size_t first, size_t second, int16_t *weight, uint32_t symbol,
                                               uint32_t *bits, unsigned count)
{
    int16_t *a = c->now.first + first * SYMBOLS, *b = c->now.second + second * SYMBOLS;
    const int16_t w = *weight;
    if (decoding) {
        int16_t upto[SYMBOLS + 1];
        for (size_t j = 0; j < SYMBOLS; j++) upto[j] = (int16_t)(b[j] + product((int16_t)(a[j] - b[j]), w));
        upto[SYMBOLS] = 0; /* 2^15 */
        symbol = not_above(upto, (int16_t)state_part(r)) - 1;
        *bits = state_take(r, (uint32_t)upto[symbol], parts_of(upto, symbol),
                           count & -(unsigned)(symbol - 1 < MORE - 1));
    } else {
        const int32_t low = b[symbol] + product((int16_t)(a[symbol] - b[symbol]), w);
        const int32_t next = b[symbol + 1] + product((int16_t)(a[symbol + 1] - b[symbol + 1]), w);
        state_note(r, (uint32_t)low, (uint32_t)(next - low) & (WHOLE - 1), *bits,
                   count & -(unsigned)(symbol - 1 < MORE - 1));
    }
    const uint32_t by_a = parts_of(a, symbol), by_b = parts_of(b, symbol);
    /* by their difference over their sum, about */
    const int moved = w + ((WHOLE / 14) * ((int)by_a - (int)by_b) >> (32 - __builtin_clz(by_a + by_b)));
    *weight = (int16_t)(moved < WHOLE / 10           ? WHOLE / 10
                        : moved > WHOLE - WHOLE / 10 ? WHOLE - WHOLE / 10
                                                     : moved);
    uint8_t *a_seen = c->now.first_seen + first, *b_seen = c->now.second_seen + second;
    learn(a, c->goal[symbol], c->first_rate[*a_seen]);
    learn(b, c->goal[symbol], c->second_rate[*b_seen]);
    *a_seen = (uint8_t)(*a_seen + (*a_seen < 255));
    *b_seen = (uint8_t)(*b_seen + (*b_seen < 255));
    return symbol;
}

/* `count` bits, at most 32. */
static inline LOCI_INLINE uint32_t plain(state_coder *r, bool decoding, uint32_t bits, unsigned count)
{
    uint32_t found = 0;
    for (; count > 16; count -= 16)
        found = found << 16 | state_plain(r, decoding, bits >> (count - 16) & 0xFFFF, 16);
    return count > 0 ? found << count | state_plain(r, decoding, bits & ((1u << count) - 1), count) : found;
}

/* How many bits a number has behind its leading one, by models; then those bits. */
static inline uint32_t excess(coefficient_coder *c, state_coder *r, bool decoding, uint32_t value)
{
    const unsigned bits = decoding ? 0 : log2_floor((uint64_t)value + 1);
    unsigned n = 0;
    while (n < ESCAPES - 1 && bit_code(c, r, decoding, &c->now.escape[n], n < bits)) n++;
    const uint64_t behind = (uint64_t)value + 1 - ((uint64_t)1 << bits);
    return (uint32_t)(((uint64_t)1 << n | plain(r, decoding, (uint32_t)behind, n)) - 1);
}

/* The same where it is rare: the number of bits in zeros that end in a one, or, from 8 on, in five bits. */
static inline uint32_t rare_excess(state_coder *r, bool decoding, uint32_t value)
{
    unsigned n =
        decoding ? (unsigned)__builtin_ctz((uint32_t)r->x | 1u << 8) : log2_floor((uint64_t)value + 1);
    if (n < 8)
        state_plain(r, decoding, 1u << n, n + 1); /* the lowest bit comes out first */
    else
        state_plain(r, decoding, 0, 8);
    if (n >= 8) n = state_plain(r, decoding, n, 5);
    const uint64_t behind = (uint64_t)value + 1 - ((uint64_t)1 << (decoding ? 0 : n));
    return (uint32_t)(((uint64_t)1 << n | plain(r, decoding, (uint32_t)behind, n)) - 1);
}

#endif
