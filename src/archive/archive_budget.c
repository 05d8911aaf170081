/* SPDX-License-Identifier: MIT
 * archive_budget.c - pages that together take a bounded number of bytes. */
#include "archive/archive_budget.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

/* What fitting aims at, of the budget: so that not every page makes others change. */
#define FILLED 0.97

enum {
    JOIN_AGE = 4, /* pages are joined when they are older than so many times their length, */
    JOIN_SMALL =
        48, /* and when both take less than so many heads: so joining large ones, which costs time, waits */
    ANY_STEP = INT_MAX /* of numbers that are all zero */
};

static loci_status short_of_memory(loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's pages");
}

loci_status loci_budget_create(page_store *s, const archive_header *h, loci_error *error)
{
    const size_t head = loci_archive_header_room(h),
                 page = loci_page_room(loci_archive_capacity(h), h->channels);
    const loci_allocator *by = loci_allocator_of(h->bound);
    *s = (page_store){.header = h};
    s->part = loci_allocate_by(by, h->channels, sizeof *s->part);
    s->drop = loci_allocate_by(by, h->channels, sizeof *s->drop);
    s->other = loci_allocate_by(by, h->channels, sizeof *s->other);
    s->rules = loci_allocate_by(by, h->channels, sizeof *s->rules);
    s->bytes = loci_allocate_by(by, head > page ? head : page, 1);
    if (s->part && s->other && s->drop && s->rules && s->bytes) {
        s->header_size = loci_archive_header_write(h, s->bytes, head);
        return LOCI_OK;
    }
    loci_budget_destroy(s);
    return short_of_memory(error);
}

void loci_budget_destroy(page_store *s)
{
    for (size_t i = 0; i < s->pages; i++) loci_free(s->page[i].bytes);
    for (size_t i = 0; i <= GRAM_ORDER_MAX; i++) loci_page_coder_destroy(s->coder[i]);
    loci_free(s->page);
    loci_free(s->part);
    loci_free(s->drop);
    loci_free(s->other);
    loci_free(s->rules);
    loci_free(s->bytes);
    loci_free(s->whole);
    *s = (page_store){0};
}

/* The level of what a channel may still drop. */
static double part_level(const page_store *s, size_t c)
{
    const page_part *part = &s->part[c];
    if (part->kind == PART_RAW) return -INFINITY;
    if (part->kind == PART_EMPTY || part->planes == 0) return INFINITY;
    return (double)part->step / STEPS_AN_OCTAVE - log2(s->header->bound[c]);
}

static loci_status damaged(size_t index, loci_error *error)
{
    return loci_fail(error, LOCI_E_FORMAT, "page %zu is damaged; what was written was expected", index + 1);
}

static bool parse_as(const page_store *s, page_view *view, page_part *part, const unsigned char *bytes,
                     size_t size, page_look look)
{
    *view = (page_view){.part = part};
    return loci_page_parse(view, bytes, size, s->header->channels, look);
}

/* A page that is in the store, or was made for it. */
static bool parse(const page_store *s, page_view *view, page_part *part, const unsigned char *bytes,
                  size_t size)
{
    return parse_as(s, view, part, bytes, size, PAGE_OWN);
}

/* The sharpest channel's. */
static double level_of(const page_store *s)
{
    double level = INFINITY;
    for (size_t c = 0; c < s->header->channels; c++) level = fmin(level, part_level(s, c));
    return level;
}

/* What the store notes of a page whose parts were parsed. */
static budget_page note(const page_store *s, const page_view *view, unsigned char *bytes, size_t size)
{
    budget_page p = {.step = ANY_STEP,
                     .bytes = bytes,
                     .size = size,
                     .first = view->first,
                     .samples = view->samples,
                     .level = level_of(s),
                     .joinable = true};
    for (size_t c = 0; c < view->channels; c++) {
        const page_part *part = &view->part[c];
        if (p.step == ANY_STEP && part->kind == PART_CODED && part->planes > 0) p.step = part->step;
        const bool can = part->kind == PART_EMPTY || part->flags & PART_ROOTED;
        if (!can || loci_page_numbers(part, view->order) > loci_archive_capacity(s->header) / 2)
            p.joinable = false;
    }
    return p;
}

loci_status loci_budget_measure(page_store *s, loci_error *error)
{
    page_view view;
    s->header_size = loci_archive_header_write(s->header, s->bytes, loci_archive_header_room(s->header));
    for (size_t i = 0; i < s->pages; i++) {
        budget_page *p = &s->page[i];
        if (!parse(s, &view, s->part, p->bytes, p->size)) return damaged(i, error);
        *p = note(s, &view, p->bytes, p->size);
    }
    return LOCI_OK;
}

loci_status loci_budget_add(page_store *s, const unsigned char *bytes, size_t size, loci_error *error)
{
    page_view view;
    if (!parse_as(s, &view, s->part, bytes, size, PAGE_WHOLE)) return damaged(s->pages, error);
    if (s->pages == s->room) {
        const size_t more = s->room > 0 ? 2 * s->room : 64;
        budget_page *larger = loci_allocate_by(loci_allocator_of(s->part), more, sizeof *larger);
        if (!larger) return short_of_memory(error);
        if (s->pages > 0) memcpy(larger, s->page, s->pages * sizeof *larger);
        loci_free(s->page);
        s->page = larger;
        s->room = more;
    }
    unsigned char *copy = loci_allocate_by(loci_allocator_of(s->part), size, 1);
    if (!copy) return short_of_memory(error);
    memcpy(copy, bytes, size);
    s->page[s->pages++] = note(s, &view, copy, size);
    s->total += size;
    return LOCI_OK;
}

/* s->bytes takes the place of a page. */
static loci_status replace(page_store *s, size_t index, size_t size, loci_error *error)
{
    page_view view;
    budget_page *p = &s->page[index];
    unsigned char *copy = loci_allocate_by(loci_allocator_of(s->part), size, 1);
    if (!copy) return short_of_memory(error);
    memcpy(copy, s->bytes, size);
    loci_free(p->bytes);
    s->total = s->total - p->size + size;
    p->bytes = copy;
    p->size = size;
    if (!parse(s, &view, s->part, copy, size)) return damaged(index, error);
    *p = note(s, &view, copy, size);
    return LOCI_OK;
}

static void page_remove(page_store *s, size_t index)
{
    s->total -= s->page[index].size;
    loci_free(s->page[index].bytes);
    memmove(s->page + index, s->page + index + 1, (--s->pages - index) * sizeof *s->page);
}

/* The coder of pages of an order; NULL where memory is short. */
static page_coder *coder_of(page_store *s, size_t order)
{
    if (!s->coder[order])
        s->coder[order] =
            loci_page_coder_create(loci_allocator_of(s->part), order, loci_archive_capacity(s->header));
    return s->coder[order] && loci_page_coder_write(s->coder[order]) ? s->coder[order] : NULL;
}

/* How much a page's error weighs, as a level: INFINITY where it can drop nothing. */
static double weight(const page_store *s, const budget_page *p, double now)
{
    const double age = (now - (double)p->first) / (double)s->header->page;
    return p->level - 0.5 * s->header->fading * log2(age);
}

/* The page whose error weighs least, and by how many octaves less than that of any other: s->pages where none can drop anything. */
static size_t choose(const page_store *s, double *before)
{
    const budget_page *newest = &s->page[s->pages - 1];
    const double now = (double)(newest->first + newest->samples);
    size_t best = s->pages;
    double least = INFINITY, next = INFINITY;
    for (size_t i = 0; i < s->pages; i++) {
        const double own = weight(s, &s->page[i], now);
        next = fmin(next, fmax(own, least));
        if (own < least) best = i;
        least = fmin(least, own);
    }
    *before = least > -INFINITY ? next - least : 0.0;
    return best;
}

int loci_budget_finest(const archive_header *h, size_t channel, double own)
{
    return own > 0.0 ? (int)(log2(own) - log2(h->bound[channel])) : 0;
}

keep loci_budget_rule(const archive_header *h, size_t channel, int octave, double own)
{
    if (octave == LOCI_BUDGET_EXACT) return (keep){.rule = KEEP_DOUBLES};
    const int finest = loci_budget_finest(h, channel, own);
    const int octaves = octave > finest ? octave : finest;
    int exponent; /* taken apart, so that steps stay octaves apart when bound becomes a power of two times itself */
    const double part = frexp(h->bound[channel], &exponent);
    const double least =
        rint(STEPS_AN_OCTAVE * log2(part)) + STEPS_AN_OCTAVE * (exponent - LOCI_BUDGET_SHARPEST);
    const double low = ceil((-STEP_LIMIT - least) / STEPS_AN_OCTAVE),
                 high = floor((STEP_LIMIT - least) / STEPS_AN_OCTAVE);
    return (keep){.rule = KEEP_STEP, .step = (int)(least + STEPS_AN_OCTAVE * fmin(fmax(octaves, low), high))};
}

/* Of samples as they are, about. */
static double own_deviation(const page_part *part)
{
    return part->present > 0 ? 0.25 * (part->most - part->least) : 0.0;
}

/* So many bits of the sharpest channel, and of every other one as many as make it as coarse. */
static loci_status drop_bits(page_store *s, size_t index, int octaves, size_t least, bool *wasteful,
                             loci_error *error)
{
    const budget_page *p = &s->page[index];
    page_view view;
    if (!parse(s, &view, s->part, p->bytes, p->size)) return damaged(index, error);
    const int usual = loci_budget_next(s); /* samples as they are: coded as others are */
    for (size_t c = 0; c < view.channels; c++) {
        const double missing = p->level + octaves - part_level(s, c);
        s->drop[c] = missing > 0.0 ? (int)fmin(ceil(missing), PLANES_MAX) : 0;
        s->rules[c] = loci_budget_rule(s->header, c, usual, own_deviation(&view.part[c]));
    }
    page_coder *coder = coder_of(s, view.order);
    if (!coder) return short_of_memory(error);
    const size_t size = loci_page_drop(coder, s->bytes, &view, s->drop, s->rules);
    *wasteful = s->header_size + s->total - p->size + size < least;
    return *wasteful ? LOCI_OK : replace(s, index, size, error);
}

/* Drops so many bits of a page, more where it does not become coarser by them. *wasteful: it did not, for all would be less than `least` bytes. */
static loci_status coarsen(page_store *s, size_t index, int octaves, size_t least, bool *wasteful,
                           loci_error *error)
{
    const double before = s->page[index].level;
    for (;; octaves *= 2) {
        const loci_status status = drop_bits(s, index, octaves, least, wasteful, error);
        if (status != LOCI_OK || *wasteful || s->page[index].level > before) return status;
        if (!(before > -INFINITY) || octaves > PLANES_MAX) break;
    }
    s->page[index].level = INFINITY; /* samples that no coding makes shorter */
    return LOCI_OK;
}

/* How many bits a page drops at once: as many as it would by and by, before another one is next, and before `more` bytes are gone. */
static int octaves_at_once(const page_store *s, size_t index, double before, size_t more)
{
    const double samples = fmin((double)s->page[index].samples, (double)loci_archive_capacity(s->header));
    const double enough = 8.0 * (double)more / (samples * (double)s->header->channels);
    return (int)fmin(fmax(floor(fmin(before, enough)), 1.0), PLANES_MAX);
}

/* Makes page `index` as coarse as the one beside it, which is `other`, where that is coarser. */
static loci_status align(page_store *s, size_t index, const page_view *other, loci_error *error)
{
    budget_page *p = &s->page[index];
    page_view view;
    if (!parse(s, &view, s->part, p->bytes, p->size)) return damaged(index, error);
    bool some = false;
    for (size_t c = 0; c < view.channels; c++) {
        const page_part *to = &other->part[c], *part = &view.part[c];
        const bool finer = part->kind == PART_CODED && to->kind == PART_CODED && part->planes > 0 &&
                           to->planes > 0 && part->step < to->step;
        s->drop[c] = finer ? (to->step - part->step) / STEPS_AN_OCTAVE : 0;
        s->rules[c] = (keep){.rule = KEEP_DOUBLES};
        some |= finer;
    }
    page_coder *coder = some ? coder_of(s, view.order) : NULL;
    if (some && !coder) return short_of_memory(error);
    return some ? replace(s, index, loci_page_drop(coder, s->bytes, &view, s->drop, s->rules), error)
                : LOCI_OK;
}

/* Two pages become one; *joined: whether they could. */
static loci_status join(page_store *s, size_t index, bool *joined, loci_error *error)
{
    const budget_page *p = s->page;
    page_view one = {0}, other;
    *joined = false;
    if (!parse(s, &other, s->other, p[index + 1].bytes, p[index + 1].size)) return damaged(index + 1, error);
    loci_status status = align(s, index, &other, error);
    if (status == LOCI_OK && !parse(s, &one, s->other, p[index].bytes, p[index].size))
        return damaged(index, error);
    if (status == LOCI_OK) status = align(s, index + 1, &one, error);
    if (status != LOCI_OK) return status;
    if (!parse(s, &one, s->part, p[index].bytes, p[index].size)) return damaged(index, error);
    if (!parse(s, &other, s->other, p[index + 1].bytes, p[index + 1].size)) return damaged(index + 1, error);
    page_coder *coder = coder_of(s, one.order);
    if (!coder) return short_of_memory(error);
    const size_t size = loci_page_join(coder, s->bytes, &one, &other);
    if (size == 0) { /* not in its channels: another time they are not tried */
        s->page[index].joinable = false;
        return LOCI_OK;
    }
    status = replace(s, index, size, error);
    if (status == LOCI_OK) page_remove(s, index + 1);
    *joined = true;
    return status;
}

/* Whether dropping few bits makes them equal. */
static bool steps_near(int one, int other)
{
    if (one == ANY_STEP || other == ANY_STEP) return true;
    return (one - other) % STEPS_AN_OCTAVE == 0 && abs(one - other) <= 3 * STEPS_AN_OCTAVE;
}

/* Joins the oldest two neighbours of one length that are older than so many times that and take at most so many bytes; always the same ones of all that have been, so that
 * none is left between longer ones. */
static loci_status join_some(page_store *s, size_t lengths, size_t most, bool *joined, loci_error *error)
{
    const budget_page *newest = &s->page[s->pages - 1];
    const uint64_t now = newest->first + newest->samples;
    *joined = false;
    for (size_t k = 0; k + 1 < s->pages; k++) {
        const budget_page *one = &s->page[k], *other = one + 1;
        const uint64_t age = now - (other->first + other->samples);
        if (one->samples != other->samples || age / one->samples < lengths) continue;
        if (!one->joinable || !other->joinable || one->first / one->samples % 2 == 1) continue;
        if (!steps_near(one->step, other->step) || one->size + other->size > most) continue;
        const loci_status status = join(s, k, joined, error);
        if (status != LOCI_OK || *joined) return status;
    }
    return LOCI_OK;
}

/* Bytes, about, that any page has. */
static size_t page_least(const page_store *s)
{
    size_t order = 0;
    for (size_t i = 0; i <= GRAM_ORDER_MAX; i++)
        if (s->coder[i]) order = i;
    return (48 + 6 * order) * s->header->channels;
}

/* Joins pages that are old and small enough; any, where most bytes are those that any page has. */
static loci_status join_usual(page_store *s, bool *joined, loci_error *error)
{
    const size_t least = page_least(s);
    return s->total / s->pages < 4 * least ? join_some(s, 0, SIZE_MAX, joined, error)
                                           : join_some(s, JOIN_AGE, JOIN_SMALL * least, joined, error);
}

loci_status loci_budget_fit(page_store *s, bool *changed, loci_error *error)
{
    const size_t budget = s->header->budget;
    *changed = false;
    if (s->header_size + s->total <= budget) return LOCI_OK;
    const size_t aim = (size_t)(FILLED * (double)budget);
    while (s->header_size + s->total > aim) {
        bool joined;
        loci_status status = join_usual(s, &joined, error);
        double before;
        const size_t index = choose(s, &before);
        if (status == LOCI_OK && !joined && index < s->pages) {
            bool wasteful;
            const int octaves = octaves_at_once(s, index, before, s->header_size + s->total - aim);
            const size_t used = s->page[index].level > -INFINITY ? budget / 2 : 0;
            status = coarsen(s, index, octaves, used, &wasteful, error);
            if (status == LOCI_OK && wasteful) status = join_some(s, 0, SIZE_MAX, &joined, error);
            if (status == LOCI_OK && wasteful && !joined) status = coarsen(s, index, 1, 0, &wasteful, error);
        } else if (status == LOCI_OK && !joined) {
            status = join_some(s, 0, SIZE_MAX, &joined, error);
            if (status == LOCI_OK && !joined && s->pages == 1) {
                if (s->header_size + s->total <= budget) return LOCI_OK;
                return loci_fail(
                    error, LOCI_E_ARGUMENT,
                    "budget is %zu bytes; %zu or more, the header and one page with nothing but means, was expected",
                    budget, s->header_size + s->total);
            }
            if (status == LOCI_OK && !joined) page_remove(s, 0);
        }
        if (status != LOCI_OK) return status;
        *changed = true;
    }
    return LOCI_OK;
}

int loci_budget_next(const page_store *s)
{
    double level = INFINITY;
    for (size_t i = 0; i < s->pages; i++) {
        const budget_page *newest = &s->page[s->pages - 1];
        const double now = (double)(newest->first + newest->samples + s->header->page);
        if (s->page[i].level > -INFINITY) level = fmin(level, weight(s, &s->page[i], now));
    }
    return level < INFINITY ? (int)floor(level + LOCI_BUDGET_SHARPEST + 0.25) : LOCI_BUDGET_ANY;
}

size_t loci_budget_whole(page_store *s, const unsigned char **bytes)
{
    const size_t head = loci_archive_header_room(s->header);
    if (s->whole_room < head + s->total) {
        loci_free(s->whole);
        s->whole_room = head + s->total + s->total / 8;
        s->whole = loci_allocate_by(loci_allocator_of(s->part), s->whole_room, 1);
        if (!s->whole) {
            s->whole_room = 0;
            return 0;
        }
    }
    size_t at = loci_archive_header_write(s->header, s->whole, head);
    for (size_t i = 0; i < s->pages; i++) {
        memcpy(s->whole + at, s->page[i].bytes, s->page[i].size);
        at += s->page[i].size;
    }
    *bytes = s->whole;
    return at;
}
