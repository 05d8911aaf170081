/* SPDX-License-Identifier: MIT
 * archive_change.c - archives from archives: merged, made coarser, shortened. */
#include "archive/archive_budget.h"
#include "archive/archive_deviation.h"
#include "archive/archive_view.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

/* Where the new archive goes. */
typedef struct {
    loci_archive_sink *sink;
    void *target;
    uint64_t at;
    unsigned char *bytes; /* of a page */
} taker;

static loci_status give(taker *t, const void *bytes, size_t size, loci_error *error)
{
    const loci_status status = t->sink(t->target, t->at, bytes, size, error);
    t->at += size;
    return status;
}

static loci_status take_begin(taker *t, const archive_header *h, loci_archive_sink *sink, void *target,
                              loci_error *error)
{
    const size_t head = loci_archive_header_room(h),
                 page = loci_page_room(loci_archive_capacity(h), h->channels);
    *t = (taker){.sink = sink,
                 .target = target,
                 .bytes = loci_allocate_by(loci_allocator_of(h->bound), head > page ? head : page, 1)};
    if (!t->bytes) return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's page");
    return give(t, t->bytes, loci_archive_header_write(h, t->bytes, head), error);
}

/* Pages from `begin` on, each moved by `shift` samples and, where rms is given, made coarser.  */
static loci_status pages_give(taker *t, loci_archive *a, size_t begin, uint64_t first, const double *rms,
                              loci_error *error)
{
    loci_status status = LOCI_OK;
    const uint64_t origin = a->page[begin].first;
    a->held_page = a->known_page = a->pages;
    for (size_t i = begin; i < a->pages && status == LOCI_OK; i++) {
        const archive_page *p = &a->page[i];
        page_view view = {.part = a->part};
        if (!loci_page_parse(&view, a->bytes + p->at, p->size, a->header.channels, PAGE_WHOLE))
            return loci_archive_damaged(a, i, error);
        const uint64_t moved = first + (p->first - origin);
        if (moved == p->first && !rms) {
            status = give(t, a->bytes + p->at, p->size, error);
        } else {
            page_coder *coder = loci_archive_coder(a, i);
            if (!coder || !loci_page_coder_write(coder))
                return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's page");
            const size_t size = loci_page_change(coder, t->bytes, &view, rms, moved);
            status = give(t, t->bytes, size, error);
        }
    }
    return status;
}

/* The first thing in which two archives differ that must not. */
static loci_status agree(const archive_header *a, const archive_header *b, size_t index, loci_error *error)
{
    const loci_status no = LOCI_E_MISMATCH;
    if (a->channels != b->channels)
        return loci_fail(error, no, "archive %zu has %zu channels; %zu were expected", index + 1, b->channels,
                         a->channels);
    if (a->dt < b->dt || a->dt > b->dt)
        return loci_fail(error, no, "archive %zu has a sample every %.17g s; every %.17g s was expected",
                         index + 1, b->dt, a->dt);
    if (a->rule != b->rule)
        return loci_fail(error, no,
                         "archive %zu makes another promise than the first; the same rule was expected",
                         index + 1);
    for (size_t c = 0; c < a->channels && a->rule == LOCI_KEEP_UNITS; c++)
        if (a->bound[c] < b->bound[c] || a->bound[c] > b->bound[c])
            return loci_fail(error, no, "archive %zu has units of %.17g in channel %zu; %.17g was expected",
                             index + 1, b->bound[c], c, a->bound[c]);
    return LOCI_OK;
}

/* h->bound becomes a copy of its own. */
static loci_status bounds_copy(archive_header *h, loci_error *error)
{
    double *bound = loci_allocate_by(loci_allocator_of(h->bound), h->channels, sizeof *bound);
    if (!bound) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu channels", h->channels);
    memcpy(bound, h->bound, h->channels * sizeof *bound);
    h->bound = bound;
    return LOCI_OK;
}

/* Pages on their way into a budget. */
static loci_status store_take(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    if (at == 0) return LOCI_OK; /* the header is the store's own */
    return loci_budget_add(target, bytes, size, error);
}

static loci_status store_give(page_store *store, loci_archive_sink *sink, void *target, loci_error *error)
{
    bool changed;
    const unsigned char *bytes;
    const loci_status status = loci_budget_fit(store, &changed, error);
    if (status != LOCI_OK) return status;
    const size_t size = loci_budget_whole(store, &bytes);
    if (size == 0) return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive");
    return sink(target, 0, bytes, size, error);
}

/* The largest of each channel. Within a budget those of channels that were constant so far stand for none: they count only where no other does. */
static loci_status bounds_join(archive_header *h, loci_archive *const *archives, size_t count,
                               loci_error *error)
{
    archive_variation *of = loci_allocate_by(loci_allocator_of(h->bound), h->channels, sizeof *of);
    bool *any = loci_allocate_by(loci_allocator_of(h->bound), h->channels, sizeof *any);
    if (!of || !any) {
        loci_free(of), loci_free(any);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive");
    }
    for (size_t i = 0; i < count; i++) {
        loci_archive_vary(archives[i], of);
        for (size_t c = 0; c < h->channels; c++) {
            const bool counts = of[c].varied || h->rule != LOCI_KEEP_BUDGET;
            const double bound = archives[i]->header.bound[c];
            if (counts && !any[c])
                h->bound[c] = bound;
            else if (counts || !any[c])
                h->bound[c] = fmax(h->bound[c], bound);
            any[c] = any[c] || counts;
        }
    }
    loci_free(of), loci_free(any);
    return LOCI_OK;
}

loci_status loci_archive_merge(loci_archive *const *archives, size_t count, loci_archive_sink *sink,
                               void *target, loci_error *error)
{
    taker t;
    archive_header h = archives[0]->header;
    loci_status status = LOCI_OK;
    for (size_t i = 1; i < count && status == LOCI_OK; i++)
        status = agree(&archives[0]->header, &archives[i]->header, i, error);
    if (status != LOCI_OK) return status;
    status = bounds_copy(&h, error);
    if (status != LOCI_OK) return status;
    for (size_t i = 1; i < count; i++)
        if (archives[i]->header.page > h.page) h.page = archives[i]->header.page;
    status = bounds_join(&h, archives, count, error);
    if (status != LOCI_OK) {
        loci_free(h.bound);
        return status;
    }
    page_store store = {0};
    const bool budgeted = h.rule == LOCI_KEEP_BUDGET;
    if (budgeted) status = loci_budget_create(&store, &h, error);
    t = (taker){0};
    if (status == LOCI_OK)
        status = budgeted ? take_begin(&t, &h, store_take, &store, error)
                          : take_begin(&t, &h, sink, target, error);
    uint64_t next = archives[0]->page[0].first;
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        status = pages_give(&t, archives[i], 0, next, NULL, error);
        const archive_page *last = &archives[i]->page[archives[i]->pages - 1];
        next += last->first + last->samples - archives[i]->page[0].first;
    }
    if (budgeted && status == LOCI_OK) status = store_give(&store, sink, target, error);
    loci_budget_destroy(&store);
    loci_free(t.bytes);
    loci_free(h.bound);
    return status;
}

loci_status loci_archive_recode(loci_archive *a, const double *rms, loci_archive_sink *sink, void *target,
                                loci_error *error)
{
    taker t;
    archive_header h = a->header;
    for (size_t c = 0; c < h.channels; c++)
        if (!(rms[c] > 0.0) || !isfinite(rms[c]))
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "rms of channel %zu is %g; a number above 0 was expected", c, rms[c]);
    h.page = a->capacity; /* joined pages stay */
    h.rule = LOCI_KEEP_RMS;
    h.budget = 0;
    h.fading = 0.0;
    loci_status status = bounds_copy(&h, error);
    if (status != LOCI_OK) return status;
    /* a page that is coarser already stays; what is promised is what comes */
    const bool was_rms = a->header.rule == LOCI_KEEP_RMS;
    for (size_t c = 0; c < h.channels; c++) h.bound[c] = was_rms ? fmax(rms[c], a->header.bound[c]) : rms[c];
    status = take_begin(&t, &h, sink, target, error);
    if (status == LOCI_OK) status = pages_give(&t, a, 0, a->page[0].first, rms, error);
    loci_free(t.bytes);
    loci_free(h.bound);
    return status;
}

/* The deviation of what is kept of each channel from the means of pages: where the archive has no budget yet. */
static loci_status deviations(loci_archive *a, double *deviation, loci_error *error)
{
    loci_status status = LOCI_OK;
    double least = INFINITY;
    for (size_t c = 0; c < a->header.channels && status == LOCI_OK; c++) {
        double square = 0.0, count = 0.0;
        for (size_t page = 0; page < a->pages && status == LOCI_OK; page++) {
            double first;
            size_t present;
            status = loci_archive_hold(a, page, c, 0, error);
            if (status != LOCI_OK) break;
            const double own = loci_archive_deviation(a->held, (size_t)a->held_end, &first, &present);
            square += own * own * (double)present;
            count += (double)present;
        }
        deviation[c] = square > 0.0 ? sqrt(square / count) : 0.0;
        if (deviation[c] > 0.0) least = fmin(least, deviation[c]);
    }
    for (size_t c = 0; c < a->header.channels; c++)
        if (!(deviation[c] > 0.0)) deviation[c] = least < INFINITY ? least : 1.0;
    return status;
}

loci_status loci_archive_shrink(loci_archive *a, size_t budget, double fading, loci_archive_sink *sink,
                                void *target, loci_error *error)
{
    taker t = {0};
    page_store store = {0};
    archive_header h = a->header;
    loci_archive_spec spec = loci_archive_defaults();
    spec.rule = LOCI_KEEP_BUDGET;
    spec.budget = budget;
    spec.fading = fading;
    loci_status status = loci_archive_check(&spec, error);
    if (status == LOCI_OK) status = bounds_copy(&h, error);
    if (status != LOCI_OK) return status;
    if (h.rule != LOCI_KEEP_BUDGET) status = deviations(a, h.bound, error);
    h.rule = LOCI_KEEP_BUDGET;
    h.budget = budget;
    h.fading = fading;
    if (status == LOCI_OK) status = loci_budget_create(&store, &h, error);
    if (status == LOCI_OK) status = take_begin(&t, &h, store_take, &store, error);
    if (status == LOCI_OK) status = pages_give(&t, a, 0, a->page[0].first, NULL, error);
    if (status == LOCI_OK) status = store_give(&store, sink, target, error);
    loci_budget_destroy(&store);
    loci_free(t.bytes);
    loci_free(h.bound);
    return status;
}

loci_status loci_archive_forget(loci_archive *a, double before, loci_archive_sink *sink, void *target,
                                loci_error *error)
{
    taker t;
    size_t begin = 0;
    while (begin < a->pages &&
           a->header.start + (double)(a->page[begin].first + a->page[begin].samples) * a->header.dt <= before)
        begin++;
    if (begin == a->pages)
        return loci_fail(error, LOCI_E_RANGE, "all of it ends before %.17g; an earlier time was expected",
                         before);
    loci_status status = take_begin(&t, &a->header, sink, target, error);
    if (status == LOCI_OK) status = pages_give(&t, a, begin, a->page[begin].first, NULL, error);
    loci_free(t.bytes);
    return status;
}
