/* SPDX-License-Identifier: MIT
 * coefficients.c - context modelling of quantised coefficients. */
#include "archive/coefficients.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "archive/range_coder.h"
#include "base/allocate.h"

enum {
    VIEWS = 3,          /* predictions that are mixed */
    BINS = 12,          /* of the unary code; above comes an exponent */
    LEVELS = 41,        /* of an expected magnitude, two an octave */
    COARSE_LEVELS = 21, /* one an octave */
    PLACES = 8,         /* of a coefficient within its detail */
    UNIT = 64,          /* an expected magnitude of 1 */
    MANY = 4 * UNIT,
    BUSY = 4 * UNIT, /* a detail expected to hold more is not asked whether it is all zero */
    ESCAPES = 32,
    WEIGHTS = 128, /* sums of weights are below */
    LEAST = 16     /* a mixed probability is not below, of 2^16 */
};

/* A probability that adapts, fast and slowly; the mean of both is used (Ryabko, Cleary). */
typedef struct {
    uint16_t fast, slow, seen;
} model;

typedef struct {
    model empty[LEVELS][2]; /* is the whole detail zero? */
    model all[LEVELS][BINS], same[COARSE_LEVELS][PLACES][BINS], own[COARSE_LEVELS][PLACES][BINS];
    model low[LEVELS][PLACES];      /* the first bit below the unary part */
    model corrected[4][4], by_more; /* by the two before; is it more than 1? */
    model escape[ESCAPES];
    int32_t weight[BINS][2][VIEWS]; /* of 2^16 */
} models;

enum { MODELS = offsetof(models, weight) / sizeof(model) };

struct coefficient_coder {
    models now;
    uint16_t touched[MODELS]; /* those that have seen something: all that a page has to put back */
    size_t touches;
    int16_t stretch[4096];  /* ln(p / (1 - p)) in 1/256, p in 1/4096 */
    uint16_t squash[4096];  /* its inverse, of 2^16; the argument has 2048 added */
    uint16_t rate[256][2];  /* how far a probability moves, of 2^16 */
    uint32_t part[WEIGHTS]; /* UNIT / weight, of 2^16 */
};

/* 2^16 / (1 + exp(-x)), x from -8 in steps of 1/2. */
static const uint16_t logistic[33] = {22,    36,    60,    98,    162,   267,   439,   720,   1179,
                                      1921,  3108,  4971,  7812,  11955, 17625, 24743, 32768, 40793,
                                      47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097,
                                      65269, 65374, 65438, 65476, 65500, 65514};

static void tables_fill(coefficient_coder *coder)
{
    for (int x = 0; x < 4096; x++) {
        const int i = x >> 7, part = x & 127;
        coder->squash[x] = (uint16_t)((logistic[i] * (128 - part) + logistic[i + 1] * part) >> 7);
    }
    for (int p = 0, x = 0; p < 4096; p++) {
        while (x < 4095 && coder->squash[x] < 16 * p + 8) x++;
        coder->stretch[p] = (int16_t)(x - 2048);
    }
    for (uint32_t weight = 1; weight < WEIGHTS; weight++) coder->part[weight] = (UNIT << 16) / weight;
    for (int n = 0; n < 256; n++) { /* the mean of what was seen, until that is slower than 1/32 and 1/256 */
        const int mean = 655360 / (10 * n + 16);
        coder->rate[n][0] = (uint16_t)(mean > 65536 / 32 ? mean : 65536 / 32);
        coder->rate[n][1] = (uint16_t)(mean > 65536 / 256 ? mean : 65536 / 256);
    }
}

static const model unseen = {32768, 32768, 0};

static inline LOCI_INLINE model *first_model(coefficient_coder *c)
{
    return (model *)(void *)&c->now;
}

coefficient_coder *loci_coefficients_create(const loci_allocator *by)
{
    coefficient_coder *coder = loci_allocate_by(by, 1, sizeof *coder);
    if (!coder) return NULL;
    tables_fill(coder);
    for (size_t i = 0; i < MODELS; i++) first_model(coder)[i] = unseen;
    return coder;
}

/* As new. */
static void begin(coefficient_coder *c)
{
    for (; c->touches > 0; c->touches--) first_model(c)[c->touched[c->touches - 1]] = unseen;
    for (size_t i = 0; i < BINS; i++)
        for (size_t j = 0; j < 2; j++)
            for (size_t v = 0; v < VIEWS; v++) c->now.weight[i][j][v] = 26214; /* 0.4 */
}

void loci_coefficients_destroy(coefficient_coder *coder)
{
    loci_free(coder);
}

static inline LOCI_INLINE uint32_t probability(const model *m)
{
    return ((uint32_t)m->fast + m->slow) >> 1;
}

static inline LOCI_INLINE void learn(coefficient_coder *c, model *m, bool bit)
{
    if (m->seen == 0) c->touched[c->touches++] = (uint16_t)(m - first_model(c));
    const int32_t goal = bit ? 65535 : 0;
    const uint16_t *speed = c->rate[m->seen];
    m->fast = (uint16_t)(m->fast + (((goal - m->fast) * (int64_t)speed[0]) >> 16));
    m->slow = (uint16_t)(m->slow + (((goal - m->slow) * (int64_t)speed[1]) >> 16));
    m->seen = (uint16_t)(m->seen + (m->seen < 255));
}

static inline LOCI_INLINE uint32_t within(uint32_t p)
{
    return p < LEAST ? LEAST : p > 65536 - LEAST ? 65536 - LEAST : p;
}

/* A bit by one model. */
static inline LOCI_INLINE bool plain_bit(coefficient_coder *c, range_coder *r, bool decoding, model *m,
                                         bool bit)
{
    const uint32_t p = probability(m);
    bit = range_bit(r, decoding, bit, p < 4 ? 4 : p > 65532 ? 65532 : p);
    learn(c, m, bit);
    return bit;
}

/* A bit by three models and the weights between them. */
static inline LOCI_INLINE bool mixed_bit(coefficient_coder *c, range_coder *r, bool decoding,
                                         model *const m[VIEWS], int32_t *weight, bool bit)
{
    int32_t s[VIEWS];
    int64_t sum = 0;
    for (size_t v = 0; v < VIEWS; v++) {
        s[v] = c->stretch[probability(m[v]) >> 4];
        sum += (int64_t)s[v] * weight[v];
    }
    sum >>= 16;
    const uint32_t p = within(c->squash[(sum < -2047 ? -2047 : sum > 2047 ? 2047 : sum) + 2048]);
    bit = range_bit(r, decoding, bit, p);
    const int32_t error = (bit ? 65536 : 0) - (int32_t)p;
    for (size_t v = 0; v < VIEWS; v++) {
        weight[v] += (int32_t)(((int64_t)s[v] * error * 4 + 32768) >> 16);
        learn(c, m[v], bit);
    }
    return bit;
}

static inline LOCI_INLINE unsigned log2_floor(uint64_t v)
{
    return 63u - (unsigned)__builtin_clzll(v);
}

/* Two levels an octave: 0 for nothing, 13 for an expectation of 1. */
static inline LOCI_INLINE unsigned level_of(uint64_t v)
{
    if (v < 2) return (unsigned)v;
    const unsigned exponent = log2_floor(v), level = 2 * exponent + (unsigned)(v >> (exponent - 1) & 1) + 1;
    return level < LEVELS - 1 ? level : LEVELS - 1;
}

static inline LOCI_INLINE uint32_t magnitude(int32_t q)
{
    return q < 0 ? (uint32_t)-q : (uint32_t)q;
}

/* How many bits an excess has behind its leading one, by models; then those bits. */
static inline LOCI_INLINE uint32_t excess(coefficient_coder *c, range_coder *r, bool decoding, uint32_t value)
{
    unsigned bits = decoding ? 0 : log2_floor((uint64_t)value + 1), n = 0;
    while (n < ESCAPES - 1 && plain_bit(c, r, decoding, &c->now.escape[n], n < bits)) n++;
    uint32_t found = 1;
    for (unsigned left = n; left > 0;) {
        const unsigned some = left > 16 ? 16 : left;
        left -= some;
        const uint32_t part = (uint32_t)(((uint64_t)value + 1) >> left & ((1u << some) - 1));
        found = found << some | range_plain(r, decoding, part, some);
    }
    return found - 1;
}

/* A coefficient whose magnitude is expected to be v / UNIT. */
static inline LOCI_INLINE int32_t coefficient(coefficient_coder *c, range_coder *r, bool decoding, int32_t q,
                                              uint64_t v, uint64_t v_same, uint64_t v_own, size_t place)
{
    const unsigned level = level_of(v), exponent = v > MANY ? log2_floor(v) - 7 : 0;
    const unsigned below = exponent < 28 ? exponent : 28;
    model *all = c->now.all[level], *same = c->now.same[(level_of(v_same) + 1) / 2][place],
          *own = c->now.own[(level_of(v_own) + 1) / 2][place];
    const uint32_t size = magnitude(q), high = size >> below;
    uint32_t n = 0;
    for (; n < BINS; n++) {
        model *const views[VIEWS] = {all + n, same + n, own + n};
        if (!mixed_bit(c, r, decoding, views, c->now.weight[n][below > 0], high > n)) break;
    }
    if (n == BINS) n += excess(c, r, decoding, high - BINS);
    uint32_t found = n;
    if (below > 0) {
        model *low = &c->now.low[level][n < PLACES - 1 ? n : PLACES - 1];
        found = found << 1 | plain_bit(c, r, decoding, low, size >> (below - 1) & 1);
        for (unsigned left = below - 1; left > 0;) {
            const unsigned some = left > 16 ? 16 : left;
            left -= some;
            found = found << some | range_plain(r, decoding, size >> left & ((1u << some) - 1), some);
        }
    }
    if (found == 0) return 0;
    found &= COEFFICIENT_LIMIT - 1;
    return range_plain(r, decoding, q < 0, 1) ? -(int32_t)found : (int32_t)found;
}

/* The neighbours of a detail, of its width; NULL where there is none. */
typedef struct {
    const int32_t *before, *earlier, *parent, *uncle;
} neighbours;

static inline LOCI_INLINE uint64_t sum_of(const int32_t *q, size_t width)
{
    uint64_t sum = 0;
    if (q)
        for (size_t k = 0; k < width; k++) sum += magnitude(q[k]);
    return sum;
}

/* What the neighbours make expect of a whole detail, in units. */
static inline LOCI_INLINE uint64_t activity(const coefficient_coder *c, const neighbours *n, size_t width)
{
    const uint32_t weight =
        (n->before ? 20u : 0) + (n->earlier ? 10u : 0) + (n->parent ? 15u : 0) + (n->uncle ? 7u : 0);
    const uint64_t sum = 20 * sum_of(n->before, width) + 10 * sum_of(n->earlier, width) +
                         15 * sum_of(n->parent, width) + 7 * sum_of(n->uncle, width);
    return sum * c->part[weight] >> 16;
}

static inline LOCI_INLINE void detail(coefficient_coder *c, range_coder *r, bool decoding, int32_t *q,
                                      size_t width, const neighbours *n, bool unequal)
{
    const uint64_t active = activity(c, n, width);
    if (active < BUSY) {
        bool some = false;
        if (!decoding)
            for (size_t k = 0; k < width; k++) some |= q[k] != 0;
        if (!plain_bit(c, r, decoding, &c->now.empty[level_of(active)][!unequal], some)) {
            if (decoding) memset(q, 0, width * sizeof *q);
            return;
        }
    }
    const uint32_t fixed =
        (n->before ? 20u : 0) + (n->earlier ? 10u : 0) + (n->parent ? 14u : 0) + (n->uncle ? 10u : 0);
    uint64_t own = 0;
    const size_t places = 65536 / width + 1;
    for (size_t k = 0; k < width; k++) {
        uint32_t weight = fixed;
        uint64_t sum = 0, same = 0;
        if (n->before) {
            same += magnitude(n->before[k]);
            sum += 20 * same;
            if (k + 1 < width) sum += 5 * (uint64_t)magnitude(n->before[k + 1]), weight += 5;
            if (k > 0) sum += 5 * (uint64_t)magnitude(n->before[k - 1]), weight += 5;
        }
        if (n->earlier) sum += 10 * (uint64_t)magnitude(n->earlier[k]);
        if (n->parent) {
            same += magnitude(n->parent[k]);
            sum += 14 * (uint64_t)magnitude(n->parent[k]);
        }
        if (n->uncle) sum += 10 * (uint64_t)magnitude(n->uncle[k]);
        if (k > 0) sum += 24 * (uint64_t)magnitude(q[k - 1]), weight += 24;
        if (k > 1) sum += 12 * (uint64_t)magnitude(q[k - 2]), weight += 12;
        const uint64_t v = sum * c->part[weight] >> 16;
        const uint64_t v_same = n->before && n->parent ? same * UNIT / 2 : same * UNIT;
        const size_t place = width <= PLACES ? k : k * PLACES * places >> 16;
        q[k] = coefficient(c, r, decoding, q[k], v, v_same, own * c->part[k] >> 16, place);
        own += magnitude(q[k]);
    }
}

/* The root has no neighbours that would tell how large it is. */
static inline LOCI_INLINE void root_code(coefficient_coder *c, range_coder *r, bool decoding, int32_t *q,
                                         size_t width)
{
    for (size_t k = 0; k < width; k++) {
        const uint32_t size = excess(c, r, decoding, magnitude(q[k])) & (COEFFICIENT_LIMIT - 1);
        const bool negative = size > 0 && range_plain(r, decoding, q[k] < 0, 1);
        q[k] = negative ? -(int32_t)size : (int32_t)size;
    }
}

static inline LOCI_INLINE void rows_code(coefficient_coder *c, range_coder *r, bool decoding, int32_t *q,
                                         const pyramid_layout *l, size_t first, size_t last)
{
    if (first == 0 && last > 0) root_code(c, r, decoding, q, l->row[0].width);
    for (size_t row = first > 0 ? first : 1; row < last; row++) {
        const size_t width = l->row[row].width;
        const uint64_t nodes = l->row[row].nodes;
        const bool unequal = row <= l->unequal;
        int32_t *own = q + l->row[row].at;
        const int32_t *above = row > 0 && l->row[row - 1].width >= width ? q + l->row[row - 1].at : NULL;
        const uint64_t parents = above ? l->row[row - 1].nodes : 0;
        for (uint64_t i = 0; i < nodes; i++, own += width) {
            const uint64_t parent = unequal ? 0 : i / 2, uncle = i % 2 ? parent + 1 : parent - 1;
            const neighbours n = {.before = i > 0 ? own - width : NULL,
                                  .earlier = i > 1 ? own - 2 * width : NULL,
                                  .parent = parent < parents ? above + parent * width : NULL,
                                  .uncle = !unequal && uncle < parents ? above + uncle * width : NULL};
            detail(c, r, decoding, own, width, &n, unequal);
        }
    }
}

bool loci_coefficients_encode(coefficient_coder *c, unsigned char *bytes, size_t room, size_t *coarse_size,
                              size_t *fine_size, int32_t *q, const pyramid_layout *layout, size_t coarse,
                              size_t rows)
{
    range_coder r;
    begin(c);
    range_encode_start(&r, bytes, room);
    rows_code(c, &r, false, q, layout, 0, rows < coarse ? rows : coarse);
    unsigned char *end = range_encode_end(&r, bytes);
    *coarse_size = (size_t)(end - bytes);
    *fine_size = 0;
    if (r.full || rows <= coarse) return !r.full;
    range_encode_start(&r, end, room - *coarse_size);
    rows_code(c, &r, false, q, layout, coarse, rows);
    *fine_size = (size_t)(range_encode_end(&r, end) - end);
    return !r.full;
}

void loci_coefficients_decode(coefficient_coder *c, int32_t *q, const unsigned char *coarse_bytes,
                              size_t coarse_size, const unsigned char *fine_bytes, size_t fine_size,
                              const pyramid_layout *layout, size_t coarse, size_t wanted)
{
    range_coder r;
    begin(c);
    range_decode_start(&r, coarse_bytes, coarse_size);
    rows_code(c, &r, true, q, layout, 0, wanted < coarse ? wanted : coarse);
    if (wanted <= coarse) return;
    range_decode_start(&r, fine_bytes, fine_size);
    rows_code(c, &r, true, q, layout, coarse, wanted);
}

static inline LOCI_INLINE void corrections_code(coefficient_coder *c, range_coder *r, bool decoding,
                                                int32_t *q, size_t n)
{
    unsigned before = 0, near = 0; /* the last two, and whether there was one of late */
    for (size_t i = 0; i < n; i++) {
        const int32_t given = decoding ? 0 : q[i];
        model *m = &c->now.corrected[before][near > 32 ? 3 : near > 8 ? 2 : near > 0 ? 1 : 0];
        const bool some = plain_bit(c, r, decoding, m, given != 0);
        before = (before << 1 | some) & 3;
        near = some ? 64 : near > 0 ? near - 1 : 0;
        if (decoding) q[i] = 0;
        if (!some) continue;
        const bool negative = range_plain(r, decoding, given < 0, 1);
        uint32_t size = 1;
        if (plain_bit(c, r, decoding, &c->now.by_more, magnitude(given) > 1))
            size = 2 + excess(c, r, decoding, magnitude(given) - 2);
        size &= COEFFICIENT_LIMIT - 1;
        if (decoding) q[i] = negative ? -(int32_t)size : (int32_t)size;
    }
}

bool loci_corrections_encode(coefficient_coder *c, unsigned char *bytes, size_t room, size_t *size,
                             int32_t *corrections, size_t n)
{
    range_coder r;
    begin(c);
    range_encode_start(&r, bytes, room);
    corrections_code(c, &r, false, corrections, n);
    *size = (size_t)(range_encode_end(&r, bytes) - bytes);
    return !r.full;
}

void loci_corrections_decode(coefficient_coder *c, int32_t *corrections, size_t n, const unsigned char *bytes,
                             size_t size)
{
    range_coder r;
    begin(c);
    range_decode_start(&r, bytes, size);
    corrections_code(c, &r, true, corrections, n);
}
