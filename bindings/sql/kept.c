/* SPDX-License-Identifier: MIT
 * kept.c - memories and archives of one channel as bytes in a column. */
#include "kept_readout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *kept_note(int dates)
{
    return dates ? "time=iso\nchannel=value\n" : "channel=value\n";
}

static loci_status fail(loci_error *error, loci_status status, const char *text)
{
    if (!error) return status;
    error->status = status;
    snprintf(error->text, sizeof error->text, "%s", text);
    return status;
}

static loci_status no_memory(loci_error *error)
{
    return fail(error, LOCI_E_MEMORY, "out of memory");
}

static void *take(const loci_allocator *by, size_t size)
{
    return by->allocate(by->context, size ? size : 1);
}

static void give(const loci_allocator *by, void *memory)
{
    if (memory) by->release(by->context, memory);
}

/* ---- plans ---- */

struct kept_plan {
    loci_memory_plan *plan;
    kept_plan *next;
};

/* Whether memories of both merge. */
static int alike(const loci_memory_spec *a, const loci_memory_spec *b)
{
    return a->measure == b->measure && a->order == b->order && a->detail == b->detail &&
           memcmp(&a->dt, &b->dt, sizeof a->dt) == 0 &&
           memcmp(&a->window, &b->window, sizeof a->window) == 0 && a->join == b->join &&
           a->method == b->method && a->discretization == b->discretization;
}

/* What is done about missing values leaves no trace in a memory, but files tell it. */
static int same(const loci_memory_spec *a, const loci_memory_spec *b)
{
    return alike(a, b) && a->missing == b->missing;
}

static loci_status find(const loci_memory_plan **plan, kept_plans *plans, const loci_memory_spec *wanted,
                        loci_error *error)
{
    for (kept_plan *p = plans->first; p; p = p->next)
        if (same(loci_memory_plan_spec(p->plan), wanted)) {
            *plan = p->plan;
            return LOCI_OK;
        }
    kept_plan *p = take(&plans->allocator, sizeof *p);
    if (!p) return no_memory(error);
    loci_memory_spec spec = *wanted;
    spec.allocator = &plans->allocator;
    const loci_status status = loci_memory_plan_create(&p->plan, &spec, error);
    if (status != LOCI_OK) {
        give(&plans->allocator, p);
        return status;
    }
    p->next = plans->first;
    plans->first = p;
    *plan = p->plan;
    return LOCI_OK;
}

void kept_plans_release(kept_plans *plans)
{
    for (kept_plan *p = plans->first, *next; p; p = next) {
        next = p->next;
        loci_memory_plan_free(p->plan);
        give(&plans->allocator, p);
    }
    plans->first = NULL;
}

/* ---- reading ---- */

static loci_status make_room(kept *k, loci_error *error)
{
    const size_t size = loci_memory_size(k->plan, 1);
    k->room = take(k->allocator, size + 64);
    if (!k->room) return no_memory(error);
    k->memory = (loci_memory *)(((uintptr_t)k->room + 63) & ~(uintptr_t)63);
    return LOCI_OK;
}

static loci_status open_memory(kept *k, kept_plans *plans, const void *bytes, size_t size, loci_error *error)
{
    loci_memory_header header;
    loci_status status = loci_memory_load_header(&header, bytes, size, error);
    if (status == LOCI_OK && header.channels != 1)
        status = fail(error, LOCI_E_MISMATCH, "a memory of several channels; one was expected");
    k->note = header.note;
    k->note_length = header.note_length;
    if (status == LOCI_OK) status = find(&k->plan, plans, &header.spec, error);
    if (status == LOCI_OK) status = make_room(k, error);
    if (status == LOCI_OK) status = loci_memory_load(k->memory, k->plan, bytes, size, error);
    return status;
}

loci_status kept_open(kept *k, kept_plans *plans, const loci_allocator *by, const void *bytes, size_t size,
                      loci_error *error)
{
    *k = (kept){.allocator = by};
    loci_status status;
    if (loci_readout_begins(bytes, size)) {
        status = kept_readout_open(k, bytes, size, error);
    } else if (loci_archive_is(bytes, size)) {
        status = loci_archive_open_by(&k->archive, bytes, size, LOCI_ARCHIVE_WHOLE, by, error);
        if (status == LOCI_OK && loci_archive_inspect(k->archive).channels != 1)
            status = fail(error, LOCI_E_MISMATCH, "an archive of several channels; one was expected");
        if (status == LOCI_OK) status = loci_archive_verify(k->archive, error);
    } else {
        status = open_memory(k, plans, bytes, size, error);
    }
    if (status != LOCI_OK) kept_close(k);
    return status;
}

void kept_close(kept *k)
{
    loci_archive_close(k->archive);
    loci_readout_free(k->readout);
    if (k->room) give(k->allocator, k->room);
    *k = (kept){0};
}

double kept_start(const kept *k)
{
    if (k->readout) return isfinite(k->first) ? k->first : k->last - k->step * ((double)k->samples - 1);
    return k->archive ? loci_archive_inspect(k->archive).start
                      : loci_memory_inspect(k->memory, k->plan).start;
}

double kept_end(const kept *k)
{
    if (k->readout) return k->last;
    return k->archive ? loci_archive_inspect(k->archive).end : loci_memory_inspect(k->memory, k->plan).end;
}

uint64_t kept_samples(const kept *k)
{
    if (k->readout) return k->samples;
    return k->archive ? loci_archive_inspect(k->archive).samples
                      : loci_memory_inspect(k->memory, k->plan).samples;
}

static loci_status refuse_forecaster(loci_error *error)
{
    return fail(
        error, LOCI_E_UNSUPPORTED,
        "a forecaster keeps nothing to recall, and loci_forecast asks it; a memory or an archive was expected");
}

loci_status kept_recall(const kept *k, loci_ask ask, const double *t, size_t n, double *out,
                        loci_error *error)
{
    if (k->readout) return refuse_forecaster(error);
    if (k->archive) return loci_archive_recall(k->archive, ask, 0, t, n, out, error);
    return loci_memory_recall(k->memory, k->plan, ask, 0, t, n, out, error);
}

/* As archives have it: an interval within the history, but for what is rounded. */
static loci_status check_interval(double from, double to, double start, double end, loci_error *error)
{
    const double slack = 4e-16 * (fabs(from) + fabs(to) + fabs(start) + fabs(end));
    const int begins = from >= start - slack && from <= end + slack;
    if (!begins || !(to >= start - slack && to <= end + slack)) {
        char sentence[160];
        snprintf(sentence, sizeof sentence, "time %.17g lies outside of the history, %.17g to %.17g",
                 begins ? to : from, start, end);
        return fail(error, LOCI_E_RANGE, sentence);
    }
    if (from <= to) return LOCI_OK;
    return fail(error, LOCI_E_RANGE, "the stretch ends before it begins; a later end was expected");
}

/* Whether a stretch has a part of the interval; where it only ends as this begins, it has none, unless the interval is a time alone. */
static int touches(const loci_memory_stretch_info *s, double from, double to)
{
    return (s->start < to && s->end > from) || (from == to && s->start <= from && s->end >= to);
}

loci_status kept_rms(const kept *k, double from, double to, double *rms, loci_error *error)
{
    if (k->readout) return refuse_forecaster(error);
    if (k->archive) {
        loci_archive_known known;
        const loci_status status = loci_archive_stretch(k->archive, 0, from, to, &known, error);
        if (status == LOCI_OK) *rms = sqrt(known.mean_square);
        return status;
    }
    const double start = kept_start(k), end = kept_end(k);
    const loci_status within = check_interval(from, to, start, end, error);
    if (within != LOCI_OK) return within;
    from = fmin(fmax(from, start), end), to = fmin(fmax(to, start), end);
    const size_t stretches = loci_memory_inspect(k->memory, k->plan).stretches;
    double sum = 0, length = 0;
    for (size_t i = 0; i < stretches; i++) {
        loci_memory_stretch_info s;
        double square, variance;
        loci_status status = loci_memory_stretch(k->memory, k->plan, i, &s, error);
        if (status == LOCI_OK)
            status = loci_memory_stretch_error(k->memory, k->plan, i, 0, &square, &variance, error);
        if (status != LOCI_OK) return status;
        if (!touches(&s, from, to) || !(s.end > s.start)) continue;
        sum += (s.exact ? 0 : square) * (s.end - s.start);
        length += s.end - s.start;
    }
    *rms = length > 0 ? sqrt(sum / length) : NAN;
    return LOCI_OK;
}

loci_status kept_extremes(const kept *k, double from, double to, double *least, double *most,
                          loci_error *error)
{
    if (k->readout) return refuse_forecaster(error);
    if (!k->archive)
        return fail(error, LOCI_E_UNSUPPORTED,
                    "a memory does not keep the least and the largest of its samples, which an archive does");
    loci_archive_known known;
    const loci_status status = loci_archive_stretch(k->archive, 0, from, to, &known, error);
    if (status != LOCI_OK) return status;
    *least = known.least;
    *most = known.most;
    return LOCI_OK;
}

loci_status kept_points(const kept *k, size_t n, double *t, double *out, loci_error *error)
{
    if (k->readout) return refuse_forecaster(error);
    const double from = kept_start(k), to = kept_end(k);
    for (size_t i = 0; i < n; i++)
        t[i] = n == 1 ? to : i + 1 == n ? to : from + (double)i * ((to - from) / (double)(n - 1));
    if (!k->archive) return loci_memory_recall(k->memory, k->plan, LOCI_VALUE, 0, t, n, out, error);
    if (n == 1) return loci_archive_recall(k->archive, LOCI_VALUE, 0, t, 1, out, error);
    return loci_archive_zoom(k->archive, 0, from, to, n, out, error);
}

/* ---- writing ---- */

loci_status kept_bytes_room(kept_bytes *bytes, size_t more, loci_error *error)
{
    if (bytes->room - bytes->size >= more) return LOCI_OK;
    if (more > SIZE_MAX / 4 - bytes->size) return no_memory(error);
    const size_t room = 2 * (bytes->size + more);
    char *larger = take(bytes->allocator, room);
    if (!larger) return no_memory(error);
    if (bytes->size) memcpy(larger, bytes->at, bytes->size);
    give(bytes->allocator, bytes->at);
    bytes->at = larger;
    bytes->room = room;
    return LOCI_OK;
}

void kept_bytes_release(kept_bytes *bytes)
{
    give(bytes->allocator, bytes->at);
    bytes->at = NULL;
    bytes->size = bytes->room = 0;
}

loci_status kept_memory_begin(kept *k, kept_plans *plans, const loci_allocator *by, size_t order,
                              size_t detail, double step, double start, int dates, loci_error *error)
{
    const char *note = kept_note(dates);
    *k = (kept){.allocator = by, .note = note, .note_length = strlen(note)};
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = step;
    loci_status status = find(&k->plan, plans, &spec, error);
    if (status == LOCI_OK) status = make_room(k, error);
    if (status == LOCI_OK) status = loci_memory_init(k->memory, k->plan, 1, start, error);
    if (status != LOCI_OK) kept_close(k);
    return status;
}

loci_status kept_memory_bytes(const kept *k, kept_bytes *bytes, loci_error *error)
{
    kept whole = *k;
    loci_status status = LOCI_OK;
    if (loci_memory_plan_spec(k->plan)->detail == 0) {
        whole.room = NULL;
        status = make_room(&whole, error);
        if (status == LOCI_OK) status = loci_memory_collapse(whole.memory, k->memory, k->plan, error);
    }
    bytes->size = 0;
    const size_t size = status == LOCI_OK ? loci_memory_save_size(whole.memory, k->plan, k->note_length) : 0;
    if (status == LOCI_OK) status = kept_bytes_room(bytes, size, error);
    if (status == LOCI_OK)
        status = loci_memory_save(whole.memory, k->plan, k->note, k->note_length, bytes->at, size, error);
    if (status == LOCI_OK) bytes->size = size;
    if (whole.room && whole.room != k->room) give(k->allocator, whole.room);
    return status;
}

loci_status kept_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    kept_bytes *to = target;
    to->size = (size_t)at;
    const loci_status status = kept_bytes_room(to, size, error);
    if (status != LOCI_OK) return status;
    memcpy(to->at + to->size, bytes, size);
    to->size += size;
    return LOCI_OK;
}

/* ---- many to one ---- */

/* Merges the sorted runs [begin, middle) and [middle, end). */
static void merge(kept_sample *to, const kept_sample *from, size_t begin, size_t middle, size_t end)
{
    size_t a = begin, b = middle;
    for (size_t i = begin; i < end; i++)
        to[i] = b == end || (a < middle && from[a].time <= from[b].time) ? from[a++] : from[b++];
}

/* By runs that are in order already, which is what parts of a table are: O(n log runs). */
loci_status kept_sort(kept_sample *samples, size_t count, const loci_allocator *allocator,
                      void (*pause)(void), loci_error *error)
{
    size_t ordered = 1;
    while (ordered < count && samples[ordered - 1].time <= samples[ordered].time) ordered++;
    kept_sample *from = samples, *to = ordered < count ? take(allocator, count * sizeof *to) : NULL;
    if (ordered < count && !to) return no_memory(error);
    kept_sample *const room = to;
    for (int sorted = ordered >= count; !sorted;) {
        size_t runs = 0;
        for (size_t begin = 0, middle, end; begin < count; begin = end, runs++) {
            for (middle = begin + 1; middle < count && from[middle - 1].time <= from[middle].time;) middle++;
            for (end = middle + (middle < count); end < count && from[end - 1].time <= from[end].time;) end++;
            merge(to, from, begin, middle, end);
            if (pause) pause();
        }
        kept_sample *other = from;
        from = to, to = other;
        sorted = runs <= 1;
    }
    if (from != samples) memcpy(samples, from, count * sizeof *samples);
    give(allocator, room);
    return LOCI_OK;
}

loci_status kept_distinct(const kept_sample *samples, size_t count, loci_error *error)
{
    for (size_t i = 1; i < count; i++)
        if (!(samples[i - 1].time < samples[i].time)) {
            char sentence[160];
            snprintf(
                sentence, sizeof sentence,
                "two samples have the time %.17g; one was expected: rows of several signals need a GROUP BY",
                samples[i].time);
            return fail(error, LOCI_E_VALUE, sentence);
        }
    return LOCI_OK;
}

size_t kept_gather(kept_sample *samples, size_t count, double step)
{
    size_t left = 0, many = 0;
    for (size_t i = 0; i < count; i++) {
        const double steps = samples[i].time / step,
                     time = floor(steps + 0x1p-50 * fabs(steps)) * step; /* of 0.3 / 0.1 too */
        if (left > 0 && samples[left - 1].time >= time) {
            samples[left - 1].value += (samples[i].value - samples[left - 1].value) / (double)++many;
        } else {
            samples[left++] = (kept_sample){time, samples[i].value};
            many = 1;
        }
    }
    return left;
}

/* Sorts by start: insertion, since pieces mostly come in order. */
static void sort_pieces(kept *pieces, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const kept moved = pieces[i];
        const double start = kept_start(&moved);
        size_t k = i;
        for (; k > 0 && kept_start(&pieces[k - 1]) > start; k--) pieces[k] = pieces[k - 1];
        pieces[k] = moved;
    }
}

static loci_status merge_memories(kept_bytes *result, kept_plans *plans, kept *k, size_t count,
                                  loci_error *error)
{
    for (size_t i = 1; i < count; i++) {
        if (!alike(loci_memory_plan_spec(k[i].plan), loci_memory_plan_spec(k[0].plan)))
            return fail(error, LOCI_E_MISMATCH,
                        "memories of different order, detail or step; alike ones were expected");
        const loci_status status = loci_memory_merge(k[0].memory, k[0].plan, k[i].memory, error);
        if (status != LOCI_OK) return status;
        if (plans->pause) plans->pause();
    }
    return kept_memory_bytes(&k[0], result, error);
}

loci_status kept_rollup(kept_bytes *result, kept_plans *plans, const kept_piece *pieces, size_t count,
                        loci_error *error)
{
    const loci_allocator *by = result->allocator;
    kept *k = count > 0 && count < SIZE_MAX / sizeof *k ? take(by, count * sizeof *k) : NULL;
    if (!k) return no_memory(error);
    loci_status status = LOCI_OK;
    size_t opened = 0;
    for (; opened < count && status == LOCI_OK; opened++) {
        if (plans->pause) plans->pause();
        status = kept_open(&k[opened], plans, by, pieces[opened].bytes, pieces[opened].size, error);
        if (status == LOCI_OK &&
            k[opened].archive) { /* again, without what its verification took: there may be many */
            loci_archive_close(k[opened].archive);
            status = loci_archive_open_by(&k[opened].archive, pieces[opened].bytes, pieces[opened].size,
                                          LOCI_ARCHIVE_WHOLE, by, error);
        }
        if (status != LOCI_OK) break;
        if (!k[opened].archive == !k[0].archive && !k[opened].readout == !k[0].readout) continue;
        status = fail(error, LOCI_E_MISMATCH,
                      "memories, archives and forecasters do not become one; only one kind was expected");
    }
    if (status == LOCI_OK) {
        sort_pieces(k, count);
        status = (k[0].readout   ? kept_readout_merge
                  : k[0].archive ? kept_archive_merge
                                 : merge_memories)(result, plans, k, count, error);
    }
    for (size_t i = 0; i < opened; i++) kept_close(&k[i]);
    give(by, k);
    return status;
}
