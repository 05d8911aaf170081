/* SPDX-License-Identifier: MIT
 * archive_writer.c - samples into pages, as they come. */
#include <loci/archive.h>

#include <math.h>
#include <string.h>

#include "archive/archive_budget.h"
#include "archive/archive_deviation.h"
#include "archive/archive_header.h"
#include "archive/archive_spec.h"
#include "archive/archive_view.h"
#include "archive/page.h"
#include "base/allocate.h"
#include "base/status.h"
#include "base/vector.h"

enum {
    ORDER_OCTAVE = 13 /* of the step at which orders are compared for a budget: an error of some 4 % */
};
#define FILLED 0.9 /* of a budget, what a page may take at most */
static const uint64_t samples_most = (uint64_t)1 << 53;

/* How far the samples of a channel lie from the means of their pages. */
typedef struct {
    double own,
        present; /* of what is pending, where it was measured: the deviation, and of how many samples */
    double square, counted; /* of a budget: the sum of squares so far, and of how many samples */
} channel_spread;

struct loci_archive_writer {
    archive_header header;
    double relative; /* bound of every channel as a share; 0: they are known */
    char *note;
    loci_archive_sink *sink;
    void *target;
    page_coder *coder;      /* NULL until the order is known */
    keep *rules;            /* [channels] */
    channel_spread *spread; /* [channels] */
    double *pending;        /* [channels][page] */
    size_t count;           /* samples in it */
    uint64_t samples;       /* before it */
    uint64_t at;            /* bytes given to sink */
    unsigned char *bytes;
    bool budgeted; /* pages are in the store, too */
    page_store store;
    loci_status failed; /* of sink: nothing more is written */
};

/* The header's arrays and the room for a page; header.channels and page are set. */
static bool rooms_make(loci_archive_writer *w)
{
    const size_t channels = w->header.channels;
    size_t numbers, room;
    if (!loci_size_multiply(&numbers, channels, w->header.page) || !loci_size_multiply(&room, numbers, 64))
        return false;
    w->header.bound = loci_allocate_by(loci_allocator_of(w), channels, sizeof *w->header.bound);
    w->rules = loci_allocate_by(loci_allocator_of(w), channels, sizeof *w->rules);
    w->spread = loci_allocate_by(loci_allocator_of(w), channels, sizeof *w->spread);
    w->pending = loci_allocate_room_by(loci_allocator_of(w), numbers, sizeof *w->pending);
    w->bytes = loci_allocate_room_by(loci_allocator_of(w), loci_page_room(w->header.page, channels), 1);
    return w->header.bound && w->rules && w->spread && w->pending && w->bytes;
}

static void rules_make(loci_archive_writer *w)
{
    static const keep_rule rule[] = {KEEP_RMS, KEEP_LARGEST, KEEP_UNITS, KEEP_RMS};
    for (size_t c = 0; c < w->header.channels; c++)
        w->rules[c] = (keep){.rule = rule[w->header.rule], .bound = w->header.bound[c]};
}

static loci_status short_of_memory(loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's page");
}

loci_status loci_archive_writer_create(loci_archive_writer **writer, const loci_archive_spec *given,
                                       const char *note, size_t note_length, loci_archive_sink *sink,
                                       void *target, loci_error *error)
{
    *writer = NULL;
    loci_archive_spec whole = loci_archive_defaults();
    const loci_archive_spec *s = &whole;
    const loci_status status = loci_archive_spec_take(&whole, given, error);
    if (status != LOCI_OK) return status;
    loci_archive_writer *w = loci_allocate_by(s->allocator, 1, sizeof *w);
    if (!w) return short_of_memory(error);
    w->header = (archive_header){.channels = s->channels,
                                 .page = s->page > 0 ? s->page : loci_archive_spec_page(s),
                                 .rule = s->rule,
                                 .dt = s->dt,
                                 .start = s->start,
                                 .note_length = note_length,
                                 .budget = s->rule == LOCI_KEEP_BUDGET ? s->budget : 0,
                                 .fading = s->rule == LOCI_KEEP_BUDGET ? s->fading : 0.0};
    w->sink = sink;
    w->target = target;
    w->budgeted = s->rule == LOCI_KEEP_BUDGET;
    w->relative = w->budgeted ? 1.0 : s->relative ? s->bound : 0.0;
    w->note = loci_allocate_by(loci_allocator_of(w), note_length, 1);
    if (s->order > 0)
        w->coder = loci_page_coder_create(loci_allocator_of(w), s->order, loci_archive_capacity(&w->header));
    if (!w->note || !rooms_make(w) || (s->order > 0 && (!w->coder || !loci_page_coder_write(w->coder)))) {
        loci_archive_writer_free(w);
        return short_of_memory(error);
    }
    if (note_length > 0) memcpy(w->note, note, note_length);
    w->header.note = w->note;
    for (size_t c = 0; c < s->channels; c++) w->header.bound[c] = s->bound;
    *writer = w;
    return LOCI_OK;
}

/* The store uses the writer's own coder, too. */
static loci_status store_begin(loci_archive_writer *w, loci_error *error)
{
    const loci_status status = loci_budget_create(&w->store, &w->header, error);
    if (status == LOCI_OK) w->store.coder[loci_page_order(w->coder)] = w->coder;
    return status;
}

/* The pages that are there already; the note must stay. */
static loci_status store_fill(loci_archive_writer *w, const unsigned char *bytes, size_t begin,
                              loci_error *error)
{
    w->note = loci_allocate_by(loci_allocator_of(w), w->header.note_length, 1);
    if (!w->note) return short_of_memory(error);
    memcpy(w->note, w->header.note, w->header.note_length);
    w->header.note = w->note;
    loci_status status = store_begin(w, error);
    for (size_t at = begin; at < w->at && status == LOCI_OK;) {
        size_t head, body;
        if (!loci_page_sizes(bytes + at, (size_t)w->at - at, &head, &body))
            return loci_fail(error, LOCI_E_FORMAT, "a page is damaged; what was written was expected");
        status = loci_budget_add(&w->store, bytes + at, head + body, error);
        at += head + body;
    }
    return status;
}

loci_status loci_archive_writer_resume_by(loci_archive_writer **writer, const void *bytes, size_t size,
                                          loci_archive_sink *sink, void *target,
                                          const loci_allocator *allocator, loci_error *error)
{
    *writer = NULL;
    loci_archive *a;
    const loci_status status = loci_archive_open_by(&a, bytes, size, LOCI_ARCHIVE_WHOLE, allocator, error);
    if (status != LOCI_OK) return status;
    const loci_archive_info info = loci_archive_inspect(a);
    archive_variation *of = loci_allocate_by(allocator, a->header.channels, sizeof *of);
    if (of) loci_archive_vary(a, of);
    loci_archive_close(a);
    loci_archive_writer *w = of ? loci_allocate_by(allocator, 1, sizeof *w) : NULL;
    archive_header read;
    size_t begin;
    if (!w || loci_archive_header_read(&read, allocator, bytes, size, &begin, error) != LOCI_OK) {
        loci_free(of);
        loci_free(w);
        return short_of_memory(error);
    }
    w->header = read;
    w->header.bound = NULL;
    w->sink = sink;
    w->target = target;
    w->coder = loci_page_coder_create(loci_allocator_of(w), info.order, loci_archive_capacity(&read));
    if (!rooms_make(w) || !w->coder || !loci_page_coder_write(w->coder)) {
        loci_free(of);
        loci_free(read.bound);
        loci_archive_writer_free(w);
        return short_of_memory(error);
    }
    memcpy(w->header.bound, read.bound, read.channels * sizeof *read.bound);
    loci_free(read.bound);
    w->samples = info.first + info.samples;
    w->at = info.bytes;
    w->budgeted = read.rule == LOCI_KEEP_BUDGET;
    rules_make(w);
    for (size_t c = 0; c < read.channels && w->budgeted; c++) {
        channel_spread *spread = &w->spread[c];
        /* the bound of a constant channel stands for none, and what was forgotten of it may have been another */
        spread->counted = (double)(of[c].present + (of[c].varied ? info.first : 0));
        const double deviation = of[c].varied ? w->header.bound[c] : 0.0;
        spread->square = deviation * deviation * spread->counted;
    }
    loci_free(of);
    const loci_status stored = w->budgeted ? store_fill(w, bytes, begin, error) : LOCI_OK;
    if (stored != LOCI_OK) {
        loci_archive_writer_free(w);
        return stored;
    }
    *writer = w;
    return LOCI_OK;
}

loci_status loci_archive_writer_resume(loci_archive_writer **writer, const void *bytes, size_t size,
                                       loci_archive_sink *sink, void *target, loci_error *error)
{
    return loci_archive_writer_resume_by(writer, bytes, size, sink, target, NULL, error);
}

void loci_archive_writer_free(loci_archive_writer *w)
{
    if (!w) return;
    if (w->coder) w->store.coder[loci_page_order(w->coder)] = NULL;
    loci_page_coder_destroy(w->coder);
    loci_budget_destroy(&w->store);
    loci_free(w->header.bound);
    loci_free(w->rules);
    loci_free(w->spread);
    loci_free(w->pending);
    loci_free(w->bytes);
    loci_free(w->note);
    loci_free(w);
}

static loci_status give(loci_archive_writer *w, const void *bytes, size_t size, loci_error *error)
{
    const loci_status status = w->sink(w->target, w->at, bytes, size, error);
    if (status != LOCI_OK)
        w->failed = status;
    else
        w->at += size;
    return status;
}

/* Measures what is pending of a channel; one of its samples is returned, 0 where there is none. */
static double spread_make(loci_archive_writer *w, size_t c)
{
    double first;
    size_t present;
    channel_spread *spread = &w->spread[c];
    spread->own = loci_archive_deviation(w->pending + c * w->header.page, w->count, &first, &present);
    spread->present = (double)present;
    return first;
}

/* A bound that is a share: of the channel's standard deviation in the first page, or, where it does not change there, of its
 * value; 0 where that is 0 too. */
static void channel_begin(loci_archive_writer *w, size_t c)
{
    const double first = spread_make(w, c), own = w->spread[c].own;
    w->header.bound[c] = w->relative * (own > 0.0 ? own : fabs(first));
}

/* Channels without a bound of their own take the least of the others'. */
static loci_status bounds_make(loci_archive_writer *w, loci_error *error)
{
    double least = INFINITY;
    for (size_t c = 0; c < w->header.channels && w->relative > 0.0; c++) {
        channel_begin(w, c);
        if (w->header.bound[c] > 0.0) least = fmin(least, w->header.bound[c]);
    }
    for (size_t c = 0; c < w->header.channels; c++) {
        if (w->header.bound[c] > 0.0) continue;
        if (!isfinite(least) && w->budgeted) least = 1.0;
        if (!isfinite(least))
            return loci_fail(
                error, LOCI_E_VALUE,
                "the first %zu samples are all zero or missing, so that a share of their deviation is no "
                "bound; one in the signal's unit was expected",
                w->count);
        w->header.bound[c] = least;
    }
    return LOCI_OK;
}

/* The bytes of what is pending at an order, by a coder that holds no more than that; 0 where memory is short. */
static size_t order_try(loci_archive_writer *w, size_t order)
{
    page_coder *coder = loci_page_coder_create(loci_allocator_of(w), order, w->header.page);
    const size_t size = coder && loci_page_coder_write(coder)
                            ? loci_page_encode(coder, w->bytes, w->pending, w->header.page, w->rules,
                                               w->samples, w->count, w->header.channels)
                            : 0;
    loci_page_coder_destroy(coder);
    return size;
}

/* The order that takes the fewest bytes for what is pending. The low ones are for signals that jump, and are tried where the next one is best. */
static loci_status order_choose(loci_archive_writer *w, loci_error *error)
{
    static const size_t usual[] = {4, 8, 16};
    size_t best = 0, least = SIZE_MAX;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const size_t size = order_try(w, usual[i]);
        if (size == 0) return short_of_memory(error);
        if (size >= least) continue;
        best = usual[i];
        least = size;
    }
    for (size_t order = 2; order > 0 && best == 2 * order; order /= 2) {
        const size_t size = order_try(w, order);
        if (size == 0) return short_of_memory(error);
        if (size > least - least / 8) break; /* they take longer */
        best = order;
        least = size;
    }
    w->coder = loci_page_coder_create(loci_allocator_of(w), best, loci_archive_capacity(&w->header));
    return w->coder && loci_page_coder_write(w->coder) ? LOCI_OK : short_of_memory(error);
}

/* What is known only when the first page is there, and the header's bytes. */
static loci_status begin(loci_archive_writer *w, loci_error *error)
{
    loci_status status = bounds_make(w, error);
    if (status != LOCI_OK) return status;
    rules_make(w);
    for (size_t c = 0; c < w->header.channels && w->budgeted; c++)
        w->rules[c] = loci_budget_rule(&w->header, c, ORDER_OCTAVE, 0.0);
    if (!w->coder) status = order_choose(w, error);
    if (status != LOCI_OK) return status;
    if (w->budgeted) return store_begin(w, error);
    const size_t room = loci_archive_header_room(&w->header);
    unsigned char *bytes = loci_allocate_by(loci_allocator_of(w), room, 1);
    if (!bytes) return short_of_memory(error);
    status = give(w, bytes, loci_archive_header_write(&w->header, bytes, room), error);
    loci_free(bytes);
    return status;
}

static size_t page_encode(loci_archive_writer *w)
{
    return loci_page_encode(w->coder, w->bytes, w->pending, w->header.page, w->rules, w->samples, w->count,
                            w->header.channels);
}

static loci_status page_give(loci_archive_writer *w, loci_error *error)
{
    return give(w, w->bytes, page_encode(w), error);
}

static size_t budget_encode(loci_archive_writer *w, int octave)
{
    for (size_t c = 0; c < w->header.channels; c++)
        w->rules[c] = loci_budget_rule(&w->header, c, octave, w->spread[c].own);
    return page_encode(w);
}

/* The finest and the coarsest octave that what is pending can be coded in to any use. */
static void octaves_of(const loci_archive_writer *w, int *finest, int *coarsest)
{
    bool some = false;
    *finest = *coarsest = 0;
    for (size_t c = 0; c < w->header.channels; c++) {
        if (!(w->spread[c].own > 0.0)) continue;
        const int own = loci_budget_finest(&w->header, c, w->spread[c].own);
        *finest = some && *finest < own ? *finest : own;
        *coarsest = some && *coarsest > own ? *coarsest : own;
        some = true;
    }
    /* no coefficient is larger than the deviation times the number of samples */
    *coarsest += LOCI_BUDGET_SHARPEST + 2 + (int)ceil(log2((double)w->count));
}

/* Codes what is pending as sharp as its age allows, but in at most `most` bytes where that can be. Sharper where less than half of the budget
 * would be used, with `before` bytes that are there. A bit of each number, at most, is an octave. */
static size_t budget_encode_within(loci_archive_writer *w, size_t before, size_t most)
{
    enum { JUMP = 4 }; /* from a step that is too small for numbers to be coded */
    const double numbers = (double)(w->count * w->header.channels), half = 0.5 * (double)w->header.budget;
    const double room = fmin((double)most, FILLED * (double)w->header.budget - (double)before);
    int finest, coarsest, octave = loci_budget_next(&w->store);
    octaves_of(w, &finest, &coarsest);
    if ((double)before < half && octave > coarsest) octave = coarsest;
    if (octave < finest) octave = finest;
    if (coarsest < octave) coarsest = octave;
    const int usual = octave;
    int large = finest - 1, good = coarsest + 1; /* too many bytes and few enough, as far as is known */
    size_t size;
    for (;;) {
        size = budget_encode(w, octave);
        *(size > most ? &large : &good) = octave;
        if (good - large <= 1) break;
        if (size > most) {
            const double more =
                (double)size < 4.0 * numbers ? floor(8.0 * (double)(size - most) / numbers) : JUMP;
            octave = (int)fmin(octave + fmax(1.0, more), good - 1);
            continue;
        }
        const bool passed = large >= usual && size < most / 2, idle = (double)(before + size) < half;
        if (!passed && !idle) break;
        const double less = floor(8.0 * ((passed ? (double)most : room) - (double)size) / numbers);
        octave = (int)fmax(octave - fmax(1.0, less), large + 1);
    }
    return octave == good || good > coarsest ? size : budget_encode(w, good);
}

/* Deviations become those of the signal so far, to a power of 2; *changed where one does. */
static loci_status deviations_follow(loci_archive_writer *w, bool *changed, loci_error *error)
{
    *changed = false;
    for (size_t c = 0; c < w->header.channels; c++) {
        double *bound = &w->header.bound[c];
        channel_spread *spread = &w->spread[c];
        spread_make(w, c);
        spread->square += spread->own * spread->own * spread->present;
        spread->counted += spread->present;
        if (!(spread->square > 0.0) || !isfinite(spread->square)) continue;
        const double octaves = 0.5 * log2(spread->square / spread->counted) - log2(*bound);
        if (fabs(octaves) < 1.0) continue;
        *bound = ldexp(*bound, (int)rint(octaves));
        *changed = true;
    }
    return *changed ? loci_budget_measure(&w->store, error) : LOCI_OK;
}

/* A page behind the others; then all are made to fit. */
static loci_status budget_write(loci_archive_writer *w, loci_error *error)
{
    page_store *store = &w->store;
    bool changed, followed;
    loci_status status = deviations_follow(w, &followed, error);
    const size_t before = store->header_size + store->total,
                 most = (size_t)(FILLED * (double)w->header.budget);
    /* while there is room for them samples stay what they are */
    const bool exact = (double)before + 8.0 * (double)(w->count * w->header.channels) < (double)most;
    size_t size = exact ? budget_encode(w, LOCI_BUDGET_EXACT) : 0;
    if (!exact || size > most) size = budget_encode_within(w, before, most);
    if (status == LOCI_OK) status = loci_budget_add(store, w->bytes, size, error);
    if (status == LOCI_OK) status = loci_budget_fit(store, &changed, error);
    if (status == LOCI_OK) {
        if (w->at > 0 && !changed && !followed) return give(w, w->bytes, size, error);
        const unsigned char *whole;
        const size_t all = loci_budget_whole(store, &whole);
        w->at = 0;
        return all > 0 ? give(w, whole, all, error) : short_of_memory(error);
    }
    w->failed = status;
    return status;
}

static loci_status page_write(loci_archive_writer *w, loci_error *error)
{
    if (w->at == 0) {
        const loci_status status = begin(w, error);
        if (status != LOCI_OK) {
            w->failed = status;
            return status;
        }
    }
    const loci_status status = w->budgeted ? budget_write(w, error) : page_give(w, error);
    if (status != LOCI_OK) return status;
    w->samples += w->count;
    w->count = 0;
    return LOCI_OK;
}

static loci_status has_failed(const loci_archive_writer *w, loci_error *error)
{
    return loci_fail(error, w->failed, "the archive could not be written before; nothing more is taken");
}

/* Whether all values are missing or below the limit. */
LOCI_HOT static bool all_taken(const double *u, size_t n)
{
    unsigned large = 0;
    for (size_t i = 0; i < n; i++) large |= fabs(u[i]) >= LOCI_ARCHIVE_VALUE_LIMIT;
    return large == 0;
}

loci_status loci_archive_writer_push(loci_archive_writer *w, const double *u, size_t n, loci_error *error)
{
    const size_t channels = w->header.channels, page = w->header.page;
    if (w->failed != LOCI_OK) return has_failed(w, error);
    if (n > samples_most - w->samples - w->count)
        return loci_fail(error, LOCI_E_RANGE, "an archive holds 2^53 samples; fewer were expected");
    if (!isfinite(w->header.start + (double)(w->samples + w->count + n) * w->header.dt))
        return loci_fail(error, LOCI_E_RANGE,
                         "samples %g s apart end beyond the largest double; less time was expected",
                         w->header.dt);
    const bool taken = all_taken(u, n * channels);
    for (size_t i = 0; i < n && !taken; i++)
        for (size_t c = 0; c < channels; c++)
            if (!isnan(u[i * channels + c]) && !(fabs(u[i * channels + c]) < LOCI_ARCHIVE_VALUE_LIMIT))
                return loci_fail(error, LOCI_E_VALUE,
                                 "sample %zu of channel %zu is %g; a value below 2^499 in size was expected",
                                 i, c, u[i * channels + c]);
    for (size_t i = 0; i < n;) {
        const size_t some = n - i < page - w->count ? n - i : page - w->count;
        for (size_t c = 0; c < channels; c++) {
            double *to = w->pending + c * page + w->count;
            if (channels == 1)
                memcpy(to, u + i, some * sizeof *to);
            else
                for (size_t j = 0; j < some; j++) to[j] = u[(i + j) * channels + c];
        }
        w->count += some;
        i += some;
        if (w->count == page) {
            const loci_status status = page_write(w, error);
            if (status != LOCI_OK) return status;
        }
    }
    return LOCI_OK;
}

loci_status loci_archive_writer_finish(loci_archive_writer *w, loci_error *error)
{
    if (w->failed != LOCI_OK) return has_failed(w, error);
    if (w->count > 0) return page_write(w, error);
    if (w->at == 0) return loci_fail(error, LOCI_E_VALUE, "there is no sample; at least one was expected");
    return LOCI_OK;
}

loci_status loci_archive_writer_note(loci_archive_writer *w, const char *note, size_t note_length,
                                     loci_error *error)
{
    const size_t length = w->header.note_length;
    if (note_length != length)
        return loci_fail(error, LOCI_E_ARGUMENT, "the note has %zu bytes; %zu, as before, were expected",
                         note_length, length);
    if (w->at > 0 && !w->budgeted)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the note is written already; of an archive with a budget alone it can be another one");
    if (length > 0) memcpy(w->note, note, length);
    return LOCI_OK;
}

/* Of a writer that has no page yet: what another one makes of the samples so far. */
static loci_status peek_first(const loci_archive_writer *w, loci_archive_sink *sink, void *target,
                              loci_error *error)
{
    const archive_header *h = &w->header;
    loci_archive_spec spec = {.size = sizeof spec,
                              .channels = h->channels,
                              .dt = h->dt,
                              .start = h->start,
                              .order = w->coder ? loci_page_order(w->coder) : 0,
                              .page = h->page,
                              .rule = h->rule,
                              .bound = w->relative > 0.0 ? w->relative : h->bound[0],
                              .relative = w->relative > 0.0 && !w->budgeted,
                              .budget = h->budget,
                              .fading = h->fading,
                              .allocator = loci_allocator_of(w)};
    loci_archive_writer *other;
    loci_status status =
        loci_archive_writer_create(&other, &spec, h->note, h->note_length, sink, target, error);
    if (status != LOCI_OK) return status;
    for (size_t c = 0; c < h->channels; c++)
        memcpy(other->pending + c * h->page, w->pending + c * h->page, w->count * sizeof *w->pending);
    other->count = w->count;
    status = loci_archive_writer_finish(other, error);
    loci_archive_writer_free(other);
    return status;
}

loci_status loci_archive_writer_peek(loci_archive_writer *w, loci_archive_sink *sink, void *target,
                                     loci_error *error)
{
    if (w->failed != LOCI_OK) return has_failed(w, error);
    if (w->at == 0)
        return w->count > 0 ? peek_first(w, sink, target, error)
                            : loci_fail(error, LOCI_E_VALUE, "there is no sample; at least one was expected");
    if (!w->budgeted) return w->count > 0 ? sink(target, w->at, w->bytes, page_encode(w), error) : LOCI_OK;
    const unsigned char *whole;
    const size_t all = loci_budget_whole(&w->store, &whole);
    if (all == 0) return short_of_memory(error);
    const loci_status status = sink(target, 0, whole, all, error);
    if (status != LOCI_OK || w->count == 0) return status;
    if (all >= w->header.budget) return LOCI_OK;
    const size_t most = w->header.budget - all;
    for (size_t c = 0; c < w->header.channels; c++) spread_make(w, c);
    size_t size = 8 * w->count * w->header.channels < most ? budget_encode(w, LOCI_BUDGET_EXACT) : SIZE_MAX;
    if (size > most) size = budget_encode_within(w, all, most);
    if (size <= most) return sink(target, all, w->bytes, size, error);
    return LOCI_OK; /* as a page of its own it finds no room yet */
}
