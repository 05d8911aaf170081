/* SPDX-License-Identifier: MIT
 * archive_known.c - what an archive knows of its stretches without looking at a sample. */
#include "archive/archive_view.h"

#include <math.h>

#include "base/sized.h"
#include "base/status.h"

static loci_archive_known nothing(void)
{
    return (loci_archive_known){.mean_square = NAN, .least = NAN, .most = NAN, .exact = 1};
}

/* Adds a page, of which sum of squares and samples are those of `part`. */
static void known_add(loci_archive_known *k, double *square, const page_part *part, uint64_t samples)
{
    k->samples += samples;
    k->missing += samples - part->present;
    if (part->present == 0) return;
    *square += part->kind == PART_CODED ? part->error[0] : 0.0;
    k->largest = fmax(k->largest, part->largest);
    k->least = fmin(k->least, part->least); /* of a number and NAN, the number */
    k->most = fmax(k->most, part->most);
}

static void known_finish(loci_archive_known *k, double square)
{
    if (k->samples > k->missing) k->mean_square = square / (double)(k->samples - k->missing);
}

static loci_status stretch(loci_archive *a, size_t channel, double from, double to, loci_archive_known *known,
                           loci_error *error)
{
    uint64_t first, last;
    loci_status status = loci_archive_channel(a, channel, error);
    if (status == LOCI_OK) status = loci_archive_index(a, from, &first, error);
    if (status == LOCI_OK) status = loci_archive_index(a, to, &last, error);
    if (status != LOCI_OK) return status;
    if (from > to)
        return loci_fail(error, LOCI_E_RANGE, "the stretch ends before it begins; a later end was expected");
    /* a stretch that ends where a sample begins does not touch it */
    const double end = (to - a->header.start) / a->header.dt;
    if (last > first && fabs(end - (double)last) <= 1e-9 * fmax(1.0, fabs(end))) last--;
    double square = 0.0;
    *known = nothing();
    for (size_t i = 0; i < a->pages; i++) {
        const archive_page *p = &a->page[i];
        if (p->first + p->samples <= first || p->first > last) continue;
        if (!loci_archive_parse(a, i, false)) return loci_archive_damaged(a, i, error);
        known_add(known, &square, &a->part[channel], p->samples);
        if (p->first < first || p->first + p->samples - 1 > last) known->exact = 0;
    }
    known_finish(known, square);
    return LOCI_OK;
}

static loci_status page_info(loci_archive *a, size_t page, size_t channel, loci_archive_page_info *info,
                             loci_error *error)
{
    const loci_status status = loci_archive_channel(a, channel, error);
    if (status != LOCI_OK) return status;
    if (page >= a->pages)
        return loci_fail(error, LOCI_E_RANGE, "page is %zu; one below %zu was expected", page, a->pages);
    if (!loci_archive_parse(a, page, false)) return loci_archive_damaged(a, page, error);
    const archive_page *p = &a->page[page];
    const page_part *part = &a->part[channel];
    double square = 0.0;
    *info = (loci_archive_page_info){.start = a->header.start + (double)p->first * a->header.dt,
                                     .end = a->header.start + (double)(p->first + p->samples) * a->header.dt,
                                     .first = p->first,
                                     .bytes = p->size,
                                     .known = nothing()};
    if (part->kind == PART_CODED && part->planes > 0) info->step = loci_quantise_step(part->step);
    known_add(&info->known, &square, part, p->samples);
    known_finish(&info->known, square);
    return LOCI_OK;
}

void loci_archive_vary(loci_archive *a, archive_variation *of)
{
    for (size_t c = 0; c < a->header.channels; c++) of[c] = (archive_variation){0};
    for (size_t page = 0; page < a->pages; page++) {
        if (!loci_archive_parse(a, page, false)) continue;
        for (size_t c = 0; c < a->header.channels; c++) {
            of[c].present += a->part[c].present;
            of[c].varied = of[c].varied || (a->part[c].present > 0 && a->part[c].most > a->part[c].least);
        }
    }
}

loci_status loci_archive_stretch_sized(loci_archive *a, size_t channel, double from, double to,
                                       loci_archive_known *known, size_t size, loci_error *error)
{
    loci_archive_known whole;
    const loci_status status = stretch(a, channel, from, to, &whole, error);
    if (status == LOCI_OK) loci_sized_give(known, size, &whole, sizeof whole);
    return status;
}

loci_status loci_archive_page_sized(loci_archive *a, size_t page, size_t channel,
                                    loci_archive_page_info *info, size_t size, loci_error *error)
{
    loci_archive_page_info whole;
    const loci_status status = page_info(a, page, channel, &whole, error);
    if (status == LOCI_OK) loci_sized_give(info, size, &whole, sizeof whole);
    return status;
}
