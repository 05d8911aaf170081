/* SPDX-License-Identifier: MIT
 * archive_open.c - the pages of an archive, found and checked. */
#include "archive/archive_view.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

page_coder *loci_archive_coder(loci_archive *a, size_t page)
{
    const size_t order = a->page[page].order;
    if (!a->coder[order]) a->coder[order] = loci_page_coder_create(loci_allocator_of(a), order, a->capacity);
    return a->coder[order];
}

bool loci_archive_parse(loci_archive *a, size_t page, bool whole)
{
    page_view view = {.part = a->part};
    const archive_page *p = &a->page[page];
    return loci_page_parse(&view, a->bytes + p->at, p->size, a->header.channels,
                           whole ? PAGE_WHOLE : PAGE_KNOWN);
}

size_t loci_archive_find(const loci_archive *a, uint64_t sample)
{
    size_t low = 0, high = a->pages;
    while (low < high) { /* the first page that ends behind the sample */
        const size_t middle = low + (high - low) / 2;
        if (a->page[middle].first + a->page[middle].samples > sample)
            high = middle;
        else
            low = middle + 1;
    }
    return low < a->pages && a->page[low].first <= sample ? low : a->pages;
}

loci_status loci_archive_damaged(const loci_archive *a, size_t page, loci_error *error)
{
    const archive_page *p = &a->page[page];
    return loci_fail(error, LOCI_E_FORMAT,
                     "page %zu, samples %llu to %llu, is damaged; what was written was expected", page + 1,
                     (unsigned long long)p->first, (unsigned long long)(p->first + p->samples - 1));
}

static bool page_add(loci_archive *a, size_t *room, archive_page page)
{
    if (a->pages == *room) {
        const size_t more = *room > 0 ? 2 * *room : 64;
        archive_page *larger = loci_allocate_by(loci_allocator_of(a), more, sizeof *larger);
        if (!larger) return false;
        if (a->pages > 0) memcpy(larger, a->page, a->pages * sizeof *larger);
        loci_free(a->page);
        a->page = larger;
        *room = more;
    }
    a->page[a->pages++] = page;
    return true;
}

typedef enum { FOUND, UNFINISHED, DAMAGED } scan;

/* Whether a page is one that can be recalled: no longer than pages are, or joined ones whose numbers are not more than there is room for; and
 * copied: its bytes are no more than such a page takes. */
static bool page_can(const loci_archive *a, const page_view *view)
{
    for (size_t c = 0; c < view->channels; c++) {
        const page_part *part = &view->part[c];
        if (part->kind == PART_EMPTY) continue;
        if (part->kind == PART_CODED &&
            (uint64_t)part->coarse_size + part->fine_size + part->correction_size >
                loci_page_coded_room(a->capacity))
            return false;
        if (view->samples <= a->header.page) continue;
        if (!(part->flags & PART_ROOTED) || loci_page_numbers(part, view->order) > a->capacity) return false;
    }
    return true;
}

/* The page that starts at byte `at`. */
static scan page_scan(loci_archive *a, size_t at, bool whole, archive_page *page)
{
    const size_t left = a->given - at;
    size_t head, body;
    if (left < PAGE_FIXED) return UNFINISHED;
    if (!loci_page_sizes(a->bytes + at, left, &head, &body)) return DAMAGED;
    const size_t most = loci_page_room(a->capacity, a->header.channels);
    if (head > most || body > most - head) return DAMAGED;
    if (head > left || body > left - head) return UNFINISHED;
    page_view view = {.part = a->part};
    if (!loci_page_parse(&view, a->bytes + at, head + body, a->header.channels,
                         whole ? PAGE_WHOLE : PAGE_HEAD))
        return DAMAGED;
    *page = (archive_page){
        .at = at, .size = head + body, .first = view.first, .samples = view.samples, .order = view.order};
    if (!page_can(a, &view)) return DAMAGED;
    if (a->pages == 0) return FOUND;
    const archive_page *last = &a->page[a->pages - 1];
    return view.first >= last->first + last->samples ? FOUND : DAMAGED;
}

/* All pages; where `care` is to salvage, what lies between those that are sound is left out. */
static loci_status pages_find(loci_archive *a, loci_archive_care care, loci_error *error)
{
    size_t room = 0;
    const bool salvage = care == LOCI_ARCHIVE_SALVAGE;
    a->end = a->begin;
    for (size_t at = a->begin; at < a->given;) {
        archive_page page;
        const scan found = page_scan(a, at, salvage, &page);
        if (found == UNFINISHED && !salvage) break;
        const uint64_t next = a->pages > 0 ? a->page[a->pages - 1].first + a->page[a->pages - 1].samples : 0;
        if (found != FOUND) {
            if (!salvage)
                return loci_fail(error, LOCI_E_FORMAT,
                                 "page %zu, from sample %llu on, is damaged; what was written was expected",
                                 a->pages + 1, (unsigned long long)next);
            at++;
            continue;
        }
        if (salvage &&
            a->end < at) { /* where the first pages are, it is not known what was forgotten before them */
            a->lost += at - a->end;
            if (a->pages == 0) a->damaged += page.first;
        }
        if (a->pages > 0 && page.first > next) {
            if (!salvage)
                return loci_fail(error, LOCI_E_FORMAT,
                                 "the page of samples %llu to %llu is gone; it was expected",
                                 (unsigned long long)next, (unsigned long long)(page.first - 1));
            a->damaged += page.first - next;
        }
        if (!page_add(a, &room, page))
            return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's pages");
        at += page.size;
        a->end = at;
    }
    if (a->pages == 0)
        return loci_fail(error, LOCI_E_FORMAT, "it holds no whole page; at least one was expected");
    return LOCI_OK;
}

/* The header, and room for pages. */
static loci_status header_open(loci_archive **archive, const void *bytes, size_t size,
                               const loci_allocator *allocator, loci_error *error)
{
    *archive = NULL;
    loci_archive *a = loci_allocate_by(allocator, 1, sizeof *a);
    if (!a) return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive");
    a->bytes = bytes;
    a->given = size;
    loci_status status = loci_archive_header_read(&a->header, allocator, bytes, size, &a->begin, error);
    if (status == LOCI_OK) {
        a->capacity = loci_archive_capacity(&a->header);
        a->part = loci_allocate_by(allocator, a->header.channels, sizeof *a->part);
        a->held = loci_allocate_room_by(allocator, a->capacity, sizeof *a->held);
        a->coefficients = loci_allocate_room_by(allocator, a->capacity, sizeof *a->coefficients);
        a->present = loci_allocate_room_by(allocator, a->capacity, sizeof *a->present);
        if (!a->part || !a->present || !a->held || !a->coefficients)
            status = loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's page");
    }
    if (status != LOCI_OK) {
        loci_archive_close(a);
        return status;
    }
    *archive = a;
    return LOCI_OK;
}

loci_status loci_archive_open_by(loci_archive **archive, const void *bytes, size_t size,
                                 loci_archive_care care, const loci_allocator *allocator, loci_error *error)
{
    loci_archive *a;
    *archive = NULL;
    loci_status status = header_open(&a, bytes, size, allocator, error);
    if (status == LOCI_OK) status = pages_find(a, care, error);
    if (status != LOCI_OK) {
        loci_archive_close(a);
        return status;
    }
    a->held_page = a->known_page = a->pages;
    *archive = a;
    return LOCI_OK;
}

int loci_archive_is_empty(const void *bytes, size_t size)
{
    loci_archive *a;
    archive_page page;
    loci_error error;
    if (header_open(&a, bytes, size, NULL, &error) != LOCI_OK) return 0;
    const int empty = page_scan(a, a->begin, false, &page) == UNFINISHED &&
                      pages_find(a, LOCI_ARCHIVE_SALVAGE, &error) == LOCI_E_FORMAT;
    loci_archive_close(a);
    return empty;
}

loci_status loci_archive_open(loci_archive **archive, const void *bytes, size_t size, loci_archive_care care,
                              loci_error *error)
{
    return loci_archive_open_by(archive, bytes, size, care, NULL, error);
}

void loci_archive_close(loci_archive *a)
{
    if (!a) return;
    loci_free(a->header.bound);
    loci_free(a->page);
    loci_free(a->part);
    loci_free(a->held);
    loci_free(a->present);
    loci_free(a->coefficients);
    for (size_t i = 0; i <= GRAM_ORDER_MAX; i++) loci_page_coder_destroy(a->coder[i]);
    loci_free(a);
}

loci_status loci_archive_verify(loci_archive *a, loci_error *error)
{
    for (size_t i = 0; i < a->pages; i++)
        if (!loci_archive_parse(a, i, true)) return loci_archive_damaged(a, i, error);
    return LOCI_OK;
}

void loci_archive_inspect_sized(const loci_archive *a, loci_archive_info *info, size_t size)
{
    const archive_header *h = &a->header;
    const archive_page *first = &a->page[0], *last = &a->page[a->pages - 1];
    const uint64_t end = last->first + last->samples;
    const loci_archive_info whole = {.channels = h->channels,
                                     .order = last->order,
                                     .page = h->page,
                                     .rule = h->rule,
                                     .dt = h->dt,
                                     .start = h->start + (double)first->first * h->dt,
                                     .end = h->start + (double)end * h->dt,
                                     .first = first->first,
                                     .samples = end - first->first,
                                     .pages = a->pages,
                                     .bytes = a->end - a->lost,
                                     .unfinished = a->given - a->end,
                                     .damaged = a->damaged,
                                     .note = h->note,
                                     .note_length = h->note_length,
                                     .budget = h->budget,
                                     .fading = h->fading};
    loci_sized_give(info, size, &whole, sizeof whole);
}

loci_status loci_archive_channel(const loci_archive *a, size_t channel, loci_error *error)
{
    if (channel < a->header.channels) return LOCI_OK;
    return loci_fail(error, LOCI_E_RANGE, "channel is %zu; one below %zu was expected", channel,
                     a->header.channels);
}

double loci_archive_bound(const loci_archive *a, size_t channel)
{
    return a->header.bound[channel];
}

void loci_archive_note(loci_archive *a, const char *note, size_t note_length)
{
    a->header.note = note;
    a->header.note_length = note_length;
}
