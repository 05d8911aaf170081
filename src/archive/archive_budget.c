/* SPDX-License-Identifier: MIT
 * archive_budget.c - pages that together take a bounded number of bytes. */
#include "archive/archive_budget.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

/* What fitting aims at, of the budget: so that not every page makes others change. */
#define FILLED 0.97
#define SHARPEST -12.0

static loci_status short_of_memory(loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's pages");
}

loci_status loci_budget_create(page_store *s, const archive_header *h, loci_error *error)
{
    const size_t head = loci_archive_header_room(h), page = loci_page_room(h->page, h->channels);
    const loci_allocator *by = loci_allocator_of(h->bound);
    *s = (page_store){.header = h};
    s->part = loci_allocate_by(by, h->channels, sizeof *s->part);
    s->drop = loci_allocate_by(by, h->channels, sizeof *s->drop);
    s->rms = loci_allocate_by(by, h->channels, sizeof *s->rms);
    s->bytes = loci_allocate_by(by, head > page ? head : page, 1);
    if (s->part && s->drop && s->rms && s->bytes) {
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
    loci_free(s->rms);
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
    return (double)part->step / STEPS_AN_OCTAVE + part->plane - log2(s->header->bound[c]);
}

static bool parse(const page_store *s, page_view *view, const unsigned char *bytes, size_t size)
{
    *view = (page_view){.part = s->part};
    return loci_page_parse(view, bytes, size, s->header->channels, PAGE_WHOLE);
}

/* The sharpest channel's. */
static double level_of(const page_store *s)
{
    double level = INFINITY;
    for (size_t c = 0; c < s->header->channels; c++) level = fmin(level, part_level(s, c));
    return level;
}

loci_status loci_budget_add(page_store *s, const unsigned char *bytes, size_t size, loci_error *error)
{
    page_view view;
    if (!parse(s, &view, bytes, size))
        return loci_fail(error, LOCI_E_FORMAT, "page %zu is damaged; what was written was expected",
                         s->pages + 1);
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
    s->page[s->pages++] = (budget_page){
        .bytes = copy, .size = size, .first = view.first, .samples = view.samples, .level = level_of(s)};
    s->total += size;
    return LOCI_OK;
}

/* How much a page's error weighs, as a level: INFINITY where it can drop nothing. */
static double weight(const page_store *s, const budget_page *p, double now)
{
    const double age = (now - (double)p->first) / (double)s->header->page;
    return p->level - 0.5 * s->header->fading * log2(age);
}

/* The page whose error weighs least: s->pages where none can drop anything. */
static size_t choose(const page_store *s)
{
    const budget_page *newest = &s->page[s->pages - 1];
    const double now = (double)(newest->first + newest->samples);
    size_t best = s->pages;
    double least = INFINITY;
    for (size_t i = 0; i < s->pages; i++)
        if (weight(s, &s->page[i], now) < least) {
            least = weight(s, &s->page[i], now);
            best = i;
        }
    return best;
}

/* A bit of every channel that is not coarser than the sharpest by a bit or more. */
static loci_status coarsen(page_store *s, size_t index, loci_error *error)
{
    budget_page *p = &s->page[index];
    page_view view;
    if (!parse(s, &view, p->bytes, p->size))
        return loci_fail(error, LOCI_E_FORMAT, "page %zu is damaged; what was written was expected",
                         index + 1);
    const double usual = loci_budget_next(s);
    for (size_t c = 0; c < view.channels; c++) {
        s->drop[c] = part_level(s, c) < p->level + 1.0 ? 1 : 0;
        s->rms[c] = s->header->bound[c] *
                    exp2(usual + LOCI_BUDGET_RMS_OF_STEP); /* samples as they are: coded as others are */
    }
    if (!s->coder[view.order])
        s->coder[view.order] =
            loci_page_coder_create(loci_allocator_of(s->part), view.order, s->header->page);
    if (!s->coder[view.order] || !loci_page_coder_write(s->coder[view.order])) return short_of_memory(error);
    const size_t size = loci_page_drop(s->coder[view.order], s->bytes, &view, s->drop, s->rms);
    unsigned char *copy = loci_allocate_by(loci_allocator_of(s->part), size, 1);
    if (!copy) return short_of_memory(error);
    memcpy(copy, s->bytes, size);
    loci_free(p->bytes);
    s->total = s->total - p->size + size;
    p->bytes = copy;
    p->size = size;
    const double before = p->level;
    if (!parse(s, &view, p->bytes, p->size))
        return loci_fail(error, LOCI_E_FORMAT, "page %zu is damaged", index + 1);
    p->level = level_of(s);
    if (!(p->level > before)) p->level = INFINITY; /* samples that no coding makes shorter */
    return LOCI_OK;
}

loci_status loci_budget_fit(page_store *s, bool *changed, loci_error *error)
{
    const size_t budget = s->header->budget;
    *changed = false;
    if (s->header_size + s->total <= budget) return LOCI_OK;
    const size_t aim = (size_t)(FILLED * (double)budget);
    while (s->header_size + s->total > aim) {
        const size_t index = choose(s);
        *changed = true;
        if (index < s->pages) {
            const loci_status status = coarsen(s, index, error);
            if (status != LOCI_OK) return status;
        } else if (s->pages > 1) {
            s->total -= s->page[0].size;
            loci_free(s->page[0].bytes);
            memmove(s->page, s->page + 1, --s->pages * sizeof *s->page);
        } else if (s->header_size + s->total > budget) {
            return loci_fail(
                error, LOCI_E_ARGUMENT,
                "budget is %zu bytes; %zu or more, the header and one page with nothing but means, was expected",
                budget, s->header_size + s->total);
        } else {
            break;
        }
    }
    return LOCI_OK;
}

double loci_budget_next(const page_store *s)
{
    double level = INFINITY;
    for (size_t i = 0; i < s->pages; i++) {
        const budget_page *newest = &s->page[s->pages - 1];
        const double now = (double)(newest->first + newest->samples + s->header->page);
        if (s->page[i].level > -INFINITY) level = fmin(level, weight(s, &s->page[i], now));
    }
    return level < INFINITY ? fmax(level, SHARPEST) : SHARPEST;
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
