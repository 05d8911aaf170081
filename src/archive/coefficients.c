/* SPDX-License-Identifier: MIT
 * coefficients.c - context modelling of quantised coefficients. */
#include "archive/coefficients.h"

#include <string.h>

#include "archive/coefficients_models.h"

/* Where a coefficient's distributions are. */
typedef struct {
    uint16_t level, first, second;
} context;

/* Of one whose magnitude is expected to be v / UNIT, beside those of its detail so far, of magnitude own / UNIT on average. */
static inline LOCI_INLINE context context_of(uint32_t v, uint32_t own, size_t place)
{
    const unsigned level = level_of(v);
    const unsigned side =
        (unsigned)(5 * (uint64_t)own >= 3 * (uint64_t)v) + (5 * (uint64_t)own > 8 * (uint64_t)v);
    return (context){(uint16_t)level, (uint16_t)(level * SIDES + side),
                     (uint16_t)(octave_of(own) * PLACES + place)};
}

/* Decoding, it goes to *q, and its magnitude, as far as it counts for others, is returned. */
static inline LOCI_INLINE uint32_t coefficient(coefficient_coder *c, state_coder *r, bool decoding,
                                               int32_t *q, context at)
{
    const unsigned below = c->below[at.level], count = c->count[at.level];
    const uint32_t size = decoding ? 0 : magnitude(*q), high = (size + (1u << below) - 1) >> below;
    const uint32_t bits =
        decoding ? 0 : ((size - 1) & ((1u << below) - 1)) << 1 | (*q < 0); /* those below, and the sign */
    uint32_t some = bits & -(uint32_t)(high - 1 < MORE - 1) & -(uint32_t)(count > 0);
    uint32_t symbol = symbol_code(c, r, decoding, at.first, at.second, &c->now.weight[at.level],
                                  high < MORE ? high : MORE, &some, count);
    if (symbol >= c->alone[at.level]) {
        if (symbol == MORE) symbol += rare_excess(r, decoding, high - MORE);
        some = plain(r, decoding, bits, below + 1);
        const uint32_t all = (((symbol - 1) << below | some >> 1) + 1) & (COEFFICIENT_LIMIT - 1);
        if (decoding) *q = some & 1 ? -(int32_t)all : (int32_t)all;
        return all < SIZE_LIMIT ? all : SIZE_LIMIT;
    }
    if (!decoding) return 0;
    const uint32_t all = (((symbol - 1) << below | some >> 1) + 1) & -(uint32_t)(symbol > 0);
    const int32_t sign = -(int32_t)(some & 1);
    *q = ((int32_t)all ^ sign) - sign;
    return all;
}

/* A detail, its magnitudes and their sum, and those of its neighbours: zeros where there is none. */
typedef struct {
    int32_t *q;
    uint32_t *own, *sum;
    const uint32_t *before, *earlier, *parent, *uncle;
    uint32_t before_sum, earlier_sum, parent_sum, uncle_sum;
    unsigned there; /* which there are: 1, 2, 4, 8 */
} detail;

/* The weights of the neighbours that are there. */
static void share_make(coefficient_coder *c, unsigned there, size_t width)
{
    const bool before = there & 1;
    const int all = (before ? ALL_SAME : 0) + (there & 2 ? ALL_EARLIER : 0) + (there & 4 ? ALL_PARENT : 0) +
                    (there & 8 ? ALL_UNCLE : 0);
    for (size_t k = 0; k < width; k++) {
        int weight = (before ? SAME : 0) + (there & 2 ? EARLIER : 0) + (there & 4 ? PARENT : 0) +
                     (there & 8 ? UNCLE : 0);
        if (before && k + 1 < width) weight += SAME_NEXT;
        if (before && k > 0) weight += SAME_LAST;
        if (k > 0) weight += LAST;
        if (k > 1) weight += LAST_BUT_ONE;
        c->share[k] = c->part[weight];
    }
    c->share_all = c->part[all];
    c->share_of = there | (unsigned)width << 4;
}

static inline LOCI_INLINE void share_for(coefficient_coder *c, const detail *d, size_t width)
{
    if (c->share_of != (d->there | (unsigned)width << 4)) share_make(c, d->there, width);
}

/* Whether a detail is more than zeros: asked only where that is likely to be. */
static inline LOCI_INLINE bool detail_begin(coefficient_coder *c, state_coder *r, bool decoding,
                                            const detail *d, size_t width, bool unequal)
{
    share_for(c, d, width);
    *d->sum = 0;
    const uint64_t all = (uint64_t)ALL_SAME * d->before_sum + (uint64_t)ALL_EARLIER * d->earlier_sum +
                         (uint64_t)ALL_PARENT * d->parent_sum + (uint64_t)ALL_UNCLE * d->uncle_sum;
    const uint64_t active = all * c->share_all >> 16;
    uint32_t some = 0;
    if (active >= BUSY) return true;
    for (size_t k = 0; k < width && !decoding; k++) some |= d->own[k];
    if (bit_code(c, r, decoding, &c->now.empty[level_of((uint32_t)active)][!unequal], some != 0)) return true;
    if (decoding) memset(d->q, 0, width * sizeof *d->q);
    if (decoding) memset(d->own, 0, width * sizeof *d->own);
    return false;
}

/* What is known of a detail on the way through it. */
typedef struct {
    uint32_t near[GRAM_ORDER_MAX]; /* of the details around */
    uint32_t sum, last, last_but_one;
} walk;

static inline LOCI_INLINE void walk_begin(walk *a, const detail *d, size_t width)
{
    a->sum = a->last = a->last_but_one = 0;
    for (size_t k = 0; k < width; k++)
        a->near[k] =
            SAME * d->before[k] + EARLIER * d->earlier[k] + PARENT * d->parent[k] + UNCLE * d->uncle[k];
    for (size_t k = 0; k + 1 < width; k++) a->near[k] += SAME_NEXT * d->before[k + 1];
    for (size_t k = 1; k < width; k++) a->near[k] += SAME_LAST * d->before[k - 1];
}

/* The context of coefficient k. */
static inline LOCI_INLINE context walk_context(const coefficient_coder *c, const walk *a, size_t k,
                                               size_t place)
{
    const uint32_t all = a->near[k] + LAST * a->last + LAST_BUT_ONE * a->last_but_one;
    const uint32_t v = (uint32_t)((uint64_t)all * c->share[k] >> 16);
    return context_of(v, (uint32_t)((uint64_t)a->sum * c->part[k] >> 16), place);
}

static inline LOCI_INLINE void walk_on(walk *a, uint32_t size)
{
    a->last_but_one = a->last;
    a->last = size;
    a->sum += size;
}

/* The contexts of all of a detail whose magnitudes are known. */
static inline LOCI_INLINE void contexts_make(context *at, const coefficient_coder *c, const detail *d,
                                             size_t width, size_t step)
{
    walk a;
    walk_begin(&a, d, width);
    for (size_t k = 0; k < width; k++) {
        at[k] = walk_context(c, &a, k, k * step >> 16);
        walk_on(&a, d->own[k]);
    }
    *d->sum = a.sum;
}

/* The coefficients of one detail, or of two by turns, so that the processor can work on one while it waits for the other. A coefficient's
 * place is `step` 65536ths behind the last one's. */
static inline LOCI_INLINE void details_note(coefficient_coder *c, state_coder *r, const detail *one,
                                            const detail *other, size_t width, size_t step)
{
    context a[GRAM_ORDER_MAX], b[GRAM_ORDER_MAX];
    contexts_make(a, c, one, width, step);
    if (other) contexts_make(b, c, other, width, step);
    for (size_t k = 0; k < width; k++) {
        coefficient(c, r, false, &one->q[k], a[k]);
        if (other) coefficient(c, r, false, &other->q[k], b[k]);
    }
}

static inline LOCI_INLINE void details_decode(coefficient_coder *c, state_coder *r, const detail *one,
                                              const detail *other, size_t width, size_t step)
{
    walk a, b;
    walk_begin(&a, one, width);
    if (other) walk_begin(&b, other, width);
    for (size_t k = 0; k < width; k++) {
        const size_t place = k * step >> 16;
        one->own[k] = coefficient(c, r, true, &one->q[k], walk_context(c, &a, k, place));
        walk_on(&a, one->own[k]);
        if (!other) continue;
        other->own[k] = coefficient(c, r, true, &other->q[k], walk_context(c, &b, k, place));
        walk_on(&b, other->own[k]);
    }
    *one->sum = a.sum;
    if (other) *other->sum = b.sum;
}

static inline LOCI_INLINE void details_code(coefficient_coder *c, state_coder *r, bool decoding,
                                            const detail *one, const detail *other, size_t width, size_t step)
{
    share_for(c, one, width);
    if (decoding)
        details_decode(c, r, one, other, width, step);
    else
        details_note(c, r, one, other, width, step);
}

/* The root has no neighbours that would tell how large it is. */
static void root_code(coefficient_coder *c, state_coder *r, bool decoding, int32_t *q, uint32_t *own,
                      size_t width)
{
    for (size_t k = 0; k < width; k++) {
        const uint32_t size = excess(c, r, decoding, magnitude(q[k])) & (COEFFICIENT_LIMIT - 1);
        const bool negative = size > 0 && state_plain(r, decoding, q[k] < 0, 1);
        q[k] = negative ? -(int32_t)size : (int32_t)size;
        own[k] = size < SIZE_LIMIT ? size : SIZE_LIMIT;
    }
}

/* A row of details, whose sums go to `sum`, and the row of their parents. */
typedef struct {
    int32_t *q;
    uint32_t *own, *sum;
    const uint32_t *above, *above_sum;
    uint64_t nodes, parents;
    bool unequal;
} row;

/* Detail i; those in front of `begin` are no neighbours. */
static inline LOCI_INLINE detail detail_of(const coefficient_coder *c, const row *w, size_t width,
                                           uint64_t begin, uint64_t i)
{
    const uint64_t parent = w->unequal ? 0 : i / 2, uncle = i % 2 ? parent + 1 : parent - 1;
    const bool has_before = i > begin, has_earlier = i > begin + 1, has_parent = parent < w->parents,
               has_uncle = !w->unequal && uncle < w->parents;
    uint32_t *own = w->own + i * width;
    return (detail){.q = w->q + i * width,
                    .own = own,
                    .sum = w->sum + i,
                    .before = has_before ? own - width : c->nothing,
                    .earlier = has_earlier ? own - 2 * width : c->nothing,
                    .parent = has_parent ? w->above + parent * width : c->nothing,
                    .uncle = has_uncle ? w->above + uncle * width : c->nothing,
                    .before_sum = has_before ? w->sum[i - 1] : 0,
                    .earlier_sum = has_earlier ? w->sum[i - 2] : 0,
                    .parent_sum = has_parent ? w->above_sum[parent] : 0,
                    .uncle_sum = has_uncle ? w->above_sum[uncle] : 0,
                    .there = has_before | (unsigned)has_earlier << 1 | (unsigned)has_parent << 2 |
                             (unsigned)has_uncle << 3};
}

/* Its two halves go side by side. */
static inline LOCI_INLINE void row_code(coefficient_coder *c, state_coder *r, bool decoding, const row *w,
                                        size_t width)
{
    const size_t step = width <= PLACES ? 65536 : PLACES * (65536 / width + 1);
    const uint64_t half = w->nodes < 32 ? w->nodes : (w->nodes + 1) / 2;
    for (uint64_t i = 0; i < half; i++) {
        if (!decoding && (size_t)(r->note_end - r->note) <= 2 * (NOTES_MOST * width + 1)) {
            r->note = r->note_end;
            return;
        }
        const bool has_other = half + i < w->nodes;
        const detail a = detail_of(c, w, width, 0, i),
                     b = detail_of(c, w, width, half, has_other ? half + i : i);
        const bool one = detail_begin(c, r, decoding, &a, width, w->unequal),
                   other = has_other && detail_begin(c, r, decoding, &b, width, w->unequal);
        if (one && other && a.there == b.there) {
            if (width == 4) /* loops of their own, which gain most where they are so short */
                details_code(c, r, decoding, &a, &b, 4, 65536);
            else if (width == 1)
                details_code(c, r, decoding, &a, &b, 1, 65536);
            else
                details_code(c, r, decoding, &a, &b, width, step);
            continue;
        }
        if (one) details_code(c, r, decoding, &a, NULL, width, step);
        if (other) details_code(c, r, decoding, &b, NULL, width, step);
    }
}

static inline LOCI_INLINE void rows_code(coefficient_coder *c, state_coder *r, bool decoding, int32_t *q,
                                         const pyramid_layout *l, size_t first, size_t last)
{
    if (first == 0 && last > 0) {
        root_code(c, r, decoding, q, c->size, l->row[0].width);
        c->sum[0] = 0;
        for (size_t k = 0; k < l->row[0].width; k++) c->sum[0] += c->size[k];
    }
    size_t at = 0; /* of the row's sums: rows have one for each detail */
    for (size_t row_index = 1; row_index < last; row_index++) {
        const size_t width = l->row[row_index].width, above_at = at;
        at += (size_t)l->row[row_index - 1].nodes;
        if (row_index < first) continue;
        const bool has_above = l->row[row_index - 1].width >= width;
        const row w = {.q = q + l->row[row_index].at,
                       .own = c->size + l->row[row_index].at,
                       .sum = c->sum + at,
                       .above = c->size + l->row[row_index - 1].at,
                       .above_sum = c->sum + above_at,
                       .nodes = l->row[row_index].nodes,
                       .parents = has_above ? l->row[row_index - 1].nodes : 0,
                       .unequal = row_index <= l->unequal};
        row_code(c, r, decoding, &w, width);
    }
}

LOCI_HOT static void rows_decode(coefficient_coder *c, state_coder *r, int32_t *q, const pyramid_layout *l,
                                 size_t first, size_t last)
{
    state_coder own = *r;
    rows_code(c, &own, true, q, l, first, last);
}

/* Notes all rows; returns where the notes end, NULL where there are too many. */
LOCI_HOT static uint64_t *rows_note(coefficient_coder *c, int32_t *q, const pyramid_layout *l, size_t first,
                                    size_t last)
{
    state_coder r = {.note = c->note, .note_end = c->note + c->page * NOTES + NOTES_BESIDE};
    rows_code(c, &r, false, q, l, first, last);
    return r.note != r.note_end ? r.note : NULL;
}

LOCI_HOT static void sizes_fill(uint32_t *size, const int32_t *q, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t some = magnitude(q[i]);
        size[i] = some < SIZE_LIMIT ? some : SIZE_LIMIT;
    }
}

bool loci_coefficients_encode(coefficient_coder *c, unsigned char *bytes, size_t room, size_t *coarse_size,
                              size_t *fine_size, int32_t *q, const pyramid_layout *l, size_t coarse,
                              size_t rows)
{
    c->now = c->unseen;
    *coarse_size = *fine_size = 0;
    if (rows == 0) return true;
    const size_t n = (size_t)(l->row[rows - 1].at + l->row[rows - 1].nodes * l->row[rows - 1].width);
    sizes_fill(c->size, q, n);
    const uint64_t *end = rows_note(c, q, l, 0, rows < coarse ? rows : coarse);
    if (!end || !state_encode(c->note, end, bytes, room, coarse_size)) return false;
    if (rows <= coarse) return true;
    end = rows_note(c, q, l, coarse, rows);
    return end && state_encode(c->note, end, bytes + *coarse_size, room - *coarse_size, fine_size);
}

void loci_coefficients_decode(coefficient_coder *c, int32_t *q, const unsigned char *coarse_bytes,
                              size_t coarse_size, const unsigned char *fine_bytes, size_t fine_size,
                              const pyramid_layout *layout, size_t coarse, size_t wanted)
{
    state_coder r;
    c->now = c->unseen;
    state_decode_start(&r, coarse_bytes, coarse_size);
    rows_decode(c, &r, q, layout, 0, wanted < coarse ? wanted : coarse);
    if (wanted <= coarse) return;
    state_decode_start(&r, fine_bytes, fine_size);
    rows_decode(c, &r, q, layout, coarse, wanted);
}

static inline LOCI_INLINE void corrections_code(coefficient_coder *c, state_coder *r, bool decoding,
                                                int32_t *q, size_t n)
{
    unsigned before = 0, near = 0; /* the last two, and whether there was one of late */
    for (size_t i = 0; i < n; i++) {
        const int32_t given = decoding ? 0 : q[i];
        if (!decoding && r->note_end - r->note <= NOTES_MOST) {
            r->note = r->note_end;
            return;
        }
        bit_model *m = &c->now.corrected[before][near > 32 ? 3 : near > 8 ? 2 : near > 0 ? 1 : 0];
        const bool some = bit_code(c, r, decoding, m, given != 0);
        before = (before << 1 | some) & 3;
        near = some ? 64 : near > 0 ? near - 1 : 0;
        if (decoding) q[i] = 0;
        if (!some) continue;
        const bool negative = state_plain(r, decoding, given < 0, 1);
        uint32_t size = 1;
        if (bit_code(c, r, decoding, &c->now.by_more, magnitude(given) > 1))
            size = 2 + rare_excess(r, decoding, magnitude(given) - 2);
        size &= COEFFICIENT_LIMIT - 1;
        if (decoding) q[i] = negative ? -(int32_t)size : (int32_t)size;
    }
}

bool loci_corrections_encode(coefficient_coder *c, unsigned char *bytes, size_t room, size_t *size,
                             int32_t *corrections, size_t n)
{
    c->now = c->unseen;
    state_coder r = {.note = c->note, .note_end = c->note + c->page * NOTES + NOTES_BESIDE};
    corrections_code(c, &r, false, corrections, n);
    return r.note != r.note_end && state_encode(c->note, r.note, bytes, room, size);
}

void loci_corrections_decode(coefficient_coder *c, int32_t *corrections, size_t n, const unsigned char *bytes,
                             size_t size)
{
    state_coder r;
    c->now = c->unseen;
    state_decode_start(&r, bytes, size);
    corrections_code(c, &r, true, corrections, n);
}
