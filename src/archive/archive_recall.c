/* SPDX-License-Identifier: MIT
 * archive_recall.c - samples, values, means and overviews from an archive. */
#include "archive/archive_view.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

/* Points that are further apart than this many samples are looked at from the coarser levels. */
#define DISTANT 64.0

/* They are then of few terms: more would show, at the ends of stretches, what is too fast to be seen. */
enum { TERMS = 4 };

static loci_status short_of_memory(loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for an archive's page");
}

/* Samples that are there go to where they belong; NaN elsewhere. */
static void spread(double *held, const double *present, const page_part *part, uint64_t samples)
{
    run_walk walk = loci_page_runs(part);
    uint64_t at = 0, begin, length;
    while (loci_page_run(&walk, &begin, &length)) {
        for (; at < begin; at++) held[at] = *present++;
        for (; at < begin + length; at++) held[at] = NAN;
    }
    memcpy(held + at, present, (size_t)(samples - at) * sizeof *held);
}

/* Coefficients of the first `rows` rows of a page, or of those that hold something: a->coefficients, a->known_used of them. The part of it is
 * a->part[channel] then. */
static loci_status known(loci_archive *a, size_t page, size_t channel, const pyramid_layout *l, size_t rows,
                         loci_error *error)
{
    const bool whole = rows > loci_page_coarse_rows(l);
    if (a->known_page == page && a->known_channel == channel && a->known_rows == rows) return LOCI_OK;
    a->known_page = a->pages;
    if (whole && !loci_archive_parse(a, page, true)) return loci_archive_damaged(a, page, error);
    page_coder *coder = loci_archive_coder(a, page);
    if (!coder) return short_of_memory(error);
    a->known_used = loci_page_coefficients(coder, a->coefficients, &a->part[channel], l, rows);
    a->known_page = page;
    a->known_channel = channel;
    a->known_rows = rows;
    return LOCI_OK;
}

/* Of a page of more samples than there is room for: those around `at`. */
static loci_status hold_some(loci_archive *a, size_t page, size_t channel, uint64_t at, loci_error *error)
{
    const archive_page *of = &a->page[page];
    pyramid_layout l;
    if (!loci_archive_parse(a, page, true)) return loci_archive_damaged(a, page, error);
    const page_part *part = &a->part[channel];
    const uint64_t left = of->samples - at / a->capacity * a->capacity;
    a->held_begin = of->samples - left;
    a->held_end = a->held_begin + (left < a->capacity ? left : a->capacity);
    const size_t n = (size_t)(a->held_end - a->held_begin);
    if (part->kind == PART_EMPTY) {
        for (size_t i = 0; i < n; i++) a->held[i] = NAN;
        return LOCI_OK;
    }
    loci_pyramid_layout(&l, of->samples, of->order);
    const loci_status status = known(a, page, channel, &l, l.rows, error);
    if (status != LOCI_OK) return status;
    loci_pyramid_inverse(loci_page_pyramid(loci_archive_coder(a, page)), a->held, a->coefficients, &l,
                         a->known_used, a->held_begin, n);
    for (size_t i = 0; i < n; i++) a->held[i] += part->least;
    return LOCI_OK;
}

static loci_status hold_all(loci_archive *a, size_t page, size_t channel, loci_error *error)
{
    if (!loci_archive_parse(a, page, true)) return loci_archive_damaged(a, page, error);
    const page_part *part = &a->part[channel];
    const size_t samples = (size_t)a->page[page].samples;
    a->held_begin = 0;
    a->held_end = samples;
    if (part->kind == PART_EMPTY) {
        for (size_t i = 0; i < samples; i++) a->held[i] = NAN;
        return LOCI_OK;
    }
    page_coder *coder = loci_archive_coder(a, page);
    if (!coder) return short_of_memory(error);
    loci_page_samples(coder, part->runs > 0 ? a->present : a->held, part);
    if (part->runs > 0) spread(a->held, a->present, part, samples);
    return LOCI_OK;
}

loci_status loci_archive_hold(loci_archive *a, size_t page, size_t channel, uint64_t at, loci_error *error)
{
    if (a->held_page == page && a->held_channel == channel && at >= a->held_begin && at < a->held_end)
        return LOCI_OK;
    a->held_page = a->pages;
    const loci_status status = a->page[page].samples > a->capacity ? hold_some(a, page, channel, at, error)
                                                                   : hold_all(a, page, channel, error);
    if (status != LOCI_OK) return status;
    a->held_page = page;
    a->held_channel = channel;
    return LOCI_OK;
}

static uint64_t samples_end(const loci_archive *a)
{
    return a->page[a->pages - 1].first + a->page[a->pages - 1].samples;
}

loci_status loci_archive_samples(loci_archive *a, size_t channel, uint64_t first, size_t n, double *out,
                                 loci_error *error)
{
    loci_status status = loci_archive_channel(a, channel, error);
    if (status != LOCI_OK) return status;
    if (first < a->page[0].first || first > samples_end(a) || n > samples_end(a) - first)
        return loci_fail(error, LOCI_E_RANGE,
                         "samples %llu to %llu are asked for; some of %llu to %llu were expected",
                         (unsigned long long)first, (unsigned long long)(first + n),
                         (unsigned long long)a->page[0].first, (unsigned long long)samples_end(a));
    for (size_t done = 0; done < n;) {
        const uint64_t at = first + done;
        const size_t page = loci_archive_find(a, at);
        if (page == a->pages) { /* damage took it */
            out[done++] = NAN;
            continue;
        }
        const uint64_t within = at - a->page[page].first;
        status = loci_archive_hold(a, page, channel, within, error);
        if (status != LOCI_OK) return status;
        const uint64_t left = a->held_end - within;
        const size_t some = n - done < left ? n - done : (size_t)left;
        memcpy(out + done, a->held + (within - a->held_begin), some * sizeof *out);
        done += some;
    }
    return LOCI_OK;
}

/* A time counted in samples; what lies within rounding of a whole number is that number. */
static double position(const loci_archive *a, double t)
{
    const double x = (t - a->header.start) / a->header.dt, whole = rint(x);
    const double slack =
        4.0 * 0x1p-52 * (fabs(t) + fabs(a->header.start)) / a->header.dt + 4.0 * 0x1p-52 * fabs(x);
    return fabs(x - whole) <= slack ? whole : x;
}

static loci_status position_check(const loci_archive *a, double t, double *x, loci_error *error)
{
    const double first = (double)a->page[0].first, end = (double)samples_end(a);
    *x = position(a, t);
    if (*x >= first && *x <= end) return LOCI_OK;
    return loci_fail(error, LOCI_E_RANGE, "time %.17g lies outside of what is kept, %.17g to %.17g", t,
                     a->header.start + first * a->header.dt, a->header.start + end * a->header.dt);
}

loci_status loci_archive_index(const loci_archive *a, double t, uint64_t *sample, loci_error *error)
{
    double x;
    const loci_status status = position_check(a, t, &x, error);
    if (status != LOCI_OK) return status;
    *sample = (uint64_t)x < samples_end(a) ? (uint64_t)x : samples_end(a) - 1;
    return LOCI_OK;
}

static loci_status one(loci_archive *a, size_t channel, uint64_t sample, double *value, loci_error *error)
{
    const size_t page = loci_archive_find(a, sample);
    *value = NAN;
    if (page == a->pages) return LOCI_OK;
    const uint64_t within = sample - a->page[page].first;
    const loci_status status = loci_archive_hold(a, page, channel, within, error);
    if (status == LOCI_OK) *value = a->held[within - a->held_begin];
    return status;
}

/* The slope of the line to the next sample; behind the last one that of the line to it. */
static loci_status slope(loci_archive *a, size_t channel, uint64_t sample, double *value, loci_error *error)
{
    double here, next;
    *value = 0.0;
    if (samples_end(a) - a->page[0].first == 1) return LOCI_OK;
    if (sample + 1 == samples_end(a)) sample--;
    loci_status status = one(a, channel, sample, &here, error);
    if (status == LOCI_OK) status = one(a, channel, sample + 1, &next, error);
    if (status == LOCI_OK) *value = (next - here) / a->header.dt;
    return status;
}

/* The sum of all samples of a page that are there, and how many: from its root where that is all. */
static loci_status page_sum(loci_archive *a, size_t page, size_t channel, double *sum, uint64_t *count,
                            loci_error *error)
{
    if (!loci_archive_parse(a, page, false)) return loci_archive_damaged(a, page, error);
    const page_part *part = &a->part[channel];
    *count = part->present;
    *sum = 0.0;
    if (part->kind == PART_EMPTY) return LOCI_OK;
    if (part->kind == PART_CODED && !(part->flags & (PART_CORRECTED | PART_ROUNDED))) {
        pyramid_layout l;
        loci_pyramid_layout(&l, part->present, a->page[page].order);
        const loci_status status = known(a, page, channel, &l, 1, error);
        const double n = (double)part->present;
        if (status == LOCI_OK) *sum = a->coefficients[0] * sqrt(n) + n * part->least;
        return status;
    }
    const loci_status status = loci_archive_hold(a, page, channel, 0, error);
    for (uint64_t i = 0; i < a->page[page].samples && status == LOCI_OK; i++)
        if (!isnan(a->held[i])) *sum += a->held[i];
    return status;
}

/* The sum over [from, to), places within a page, of what is held there; covered: how much of it is not missing. */
static loci_status part_sum(loci_archive *a, size_t page, size_t channel, double from, double to, double *sum,
                            double *covered, loci_error *error)
{
    loci_status status = LOCI_OK;
    double some = 0.0;
    for (uint64_t i = (uint64_t)from; (double)i < to && i < a->page[page].samples; i++) {
        status = loci_archive_hold(a, page, channel, i, error);
        if (status != LOCI_OK) break;
        const double value = a->held[i - a->held_begin],
                     part = fmin(to, (double)i + 1.0) - fmax(from, (double)i);
        if (isnan(value)) continue;
        some += part * value;
        *covered += part;
    }
    *sum += some;
    return status;
}

/* The same of a page of whole levels, from its coefficients: whole samples in a few steps for each level. */
static loci_status rooted_sum(loci_archive *a, size_t page, size_t channel, double from, double to,
                              double *sum, double *covered, loci_error *error)
{
    const double begin = ceil(from), end = floor(to);
    if (end - begin < DISTANT) return part_sum(a, page, channel, from, to, sum, covered, error);
    pyramid_layout l;
    loci_pyramid_layout(&l, a->page[page].samples, a->page[page].order);
    loci_status status = known(a, page, channel, &l, l.rows, error);
    if (status != LOCI_OK) return status;
    pyramid *p = loci_page_pyramid(loci_archive_coder(a, page));
    *sum += loci_pyramid_sum(p, a->coefficients, &l, a->known_used, (uint64_t)end) -
            loci_pyramid_sum(p, a->coefficients, &l, a->known_used, (uint64_t)begin) +
            (end - begin) * a->part[channel].least;
    *covered += end - begin;
    if (from < begin) status = part_sum(a, page, channel, from, begin, sum, covered, error);
    if (end < to && status == LOCI_OK) status = part_sum(a, page, channel, end, to, sum, covered, error);
    return status;
}

/* The integral, in samples, of what is held over [from, to), positions; covered: how much of it is not missing. */
static loci_status integral(loci_archive *a, size_t channel, double from, double to, double *sum,
                            double *covered, loci_error *error)
{
    loci_status status = LOCI_OK;
    *sum = *covered = 0.0;
    for (size_t page = 0; page < a->pages && status == LOCI_OK; page++) {
        const archive_page *p = &a->page[page];
        const double first = (double)p->first, end = (double)(p->first + p->samples);
        if (end <= from || first >= to) continue;
        if (first >= from && end <= to) {
            double some;
            uint64_t count;
            status = page_sum(a, page, channel, &some, &count, error);
            *sum += some;
            *covered += (double)count;
            continue;
        }
        if (!loci_archive_parse(a, page, false)) return loci_archive_damaged(a, page, error);
        const double begin = fmax(from, first) - first, stop = fmin(to, end) - first;
        if (a->part[channel].kind == PART_EMPTY) continue;
        const bool rooted = a->part[channel].flags & PART_ROOTED && p->samples > a->header.page;
        status = rooted ? rooted_sum(a, page, channel, begin, stop, sum, covered, error)
                        : part_sum(a, page, channel, begin, stop, sum, covered, error);
    }
    return status;
}

static loci_status recall_one(loci_archive *a, loci_ask ask, size_t channel, const double *t, double *out,
                              loci_error *error)
{
    uint64_t sample;
    loci_status status = loci_archive_index(a, t[0], &sample, error);
    if (status != LOCI_OK) return status;
    if (ask == LOCI_VALUE) return one(a, channel, sample, out, error);
    if (ask == LOCI_DERIVATIVE) return slope(a, channel, sample, out, error);
    double from, to, sum, covered;
    status = position_check(a, t[0], &from, error);
    if (status == LOCI_OK) status = position_check(a, t[1], &to, error);
    if (status != LOCI_OK) return status;
    if (t[0] > t[1])
        return loci_fail(error, LOCI_E_RANGE,
                         "the stretch from %.17g to %.17g runs backward; a later end was expected", t[0],
                         t[1]);
    if (ask == LOCI_MEAN && from >= to) return one(a, channel, sample, out, error);
    status = integral(a, channel, from, to, &sum, &covered, error);
    if (ask == LOCI_MEAN)
        *out = sum / covered;
    else
        *out = covered > 0.0 || from >= to ? sum * a->header.dt : NAN;
    return status;
}

loci_status loci_archive_recall(loci_archive *a, loci_ask ask, size_t channel, const double *t, size_t n,
                                double *out, loci_error *error)
{
    loci_status status = loci_archive_channel(a, channel, error);
    const size_t numbers = ask == LOCI_MEAN || ask == LOCI_INTEGRAL ? 2 : 1;
    for (size_t i = 0; i < n && status == LOCI_OK; i++)
        status = recall_one(a, ask, channel, t + numbers * i, &out[i], error);
    return status;
}

/* Where a sample of a page lies among those that are there; false: it is missing. */
static bool present_at(const page_part *part, double sample, double *at)
{
    run_walk walk = loci_page_runs(part);
    uint64_t begin, length;
    *at = sample;
    while (loci_page_run(&walk, &begin, &length)) {
        if (sample < (double)begin) break;
        if (sample < (double)(begin + length)) return false;
        *at -= (double)length;
    }
    return true;
}

/* How many rows leave stretches that are not longer than `distance` samples. */
static size_t rows_for(const pyramid_layout *l, double distance)
{
    size_t rows = 1 + l->unequal;
    for (size_t level = l->levels; level > 0; level--) {
        if (ldexp((double)l->order, (int)level) <= distance) break;
        rows = l->rows - level + 1;
    }
    return rows;
}

static loci_status glance(loci_archive *a, size_t channel, double x, double distance, double *out,
                          loci_error *error)
{
    const uint64_t end = samples_end(a), sample = (uint64_t)x < end ? (uint64_t)x : end - 1;
    const size_t page = loci_archive_find(a, sample);
    *out = NAN;
    if (page == a->pages) return LOCI_OK;
    if (!(a->known_page == page && a->known_channel == channel) && !loci_archive_parse(a, page, false))
        return loci_archive_damaged(a, page, error);
    const page_part *part = &a->part[channel];
    if (part->kind == PART_EMPTY) return LOCI_OK;
    if (part->kind == PART_RAW) return one(a, channel, sample, out, error);
    pyramid_layout l;
    double at;
    loci_pyramid_layout(&l, part->present, a->page[page].order);
    if (!present_at(part, (double)(sample - a->page[page].first), &at)) return LOCI_OK;
    const size_t rows = rows_for(&l, distance);
    const loci_status status = known(a, page, channel, &l, rows, error);
    if (status == LOCI_OK)
        *out = loci_pyramid_value(loci_page_pyramid(loci_archive_coder(a, page)), a->coefficients, &l,
                                  a->known_used, distance, TERMS, at) +
               part->least;
    return status;
}

loci_status loci_archive_zoom(loci_archive *a, size_t channel, double from, double to, size_t n, double *out,
                              loci_error *error)
{
    double first, last;
    loci_status status = loci_archive_channel(a, channel, error);
    if (status == LOCI_OK) status = position_check(a, from, &first, error);
    if (status == LOCI_OK) status = position_check(a, to, &last, error);
    if (status != LOCI_OK) return status;
    if (from > to)
        return loci_fail(error, LOCI_E_RANGE, "the range ends before it begins; a later end was expected");
    const double distance = n > 1 ? (last - first) / (double)(n - 1) : 0.0;
    a->known_page = a->pages;
    for (size_t i = 0; i < n && status == LOCI_OK; i++) {
        const double x = i + 1 < n || n == 1 ? first + distance * (double)i : last;
        if (distance >= DISTANT) {
            status = glance(a, channel, x, distance, &out[i], error);
        } else {
            const uint64_t end = samples_end(a), sample = (uint64_t)x < end ? (uint64_t)x : end - 1;
            status = one(a, channel, sample, &out[i], error);
        }
    }
    return status;
}
