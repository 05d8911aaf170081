/* SPDX-License-Identifier: MIT
 * page_read.c - a page's bytes, read. */
#include <math.h>
#include <string.h>

#include "archive/page_parts.h"
#include "archive/units.h"
#include "base/checksum.h"

bool loci_page_sizes(const unsigned char *bytes, size_t size, size_t *head, size_t *body)
{
    if (size < PAGE_FIXED || bytes[0] != PAGE_MAGIC_0 || bytes[1] != PAGE_MAGIC_1) return false;
    byte_reader r = {.at = bytes + 2, .end = bytes + PAGE_FIXED};
    *head = (size_t)bytes_get(&r, 4);
    *body = (size_t)bytes_get(&r, 4) + 4;
    return bytes_get(&r, 2) == (loci_checksum(bytes, PAGE_FIXED - 2) & 0xFFFFu) && *head >= PAGE_FIXED + 4;
}

run_walk loci_page_runs(const page_part *part)
{
    return (run_walk){.at = part->run_bytes, .end = part->run_end, .left = part->runs};
}

bool loci_page_run(run_walk *walk, uint64_t *begin, uint64_t *length)
{
    if (walk->left == 0) return false;
    byte_reader r = {.at = walk->at, .end = walk->end};
    *begin = walk->next + bytes_get_count(&r);
    *length = bytes_get_count(&r);
    walk->next = *begin + *length;
    walk->at = r.at;
    walk->left--;
    return true;
}

/* The runs must lie in the page, in order; their sum is what is missing. */
static bool runs_parse(byte_reader *r, page_part *part, uint64_t samples)
{
    const uint64_t runs = bytes_get_count(r);
    part->run_bytes = r->at;
    uint64_t next = 0, missing = 0;
    if (runs > samples) return false;
    for (uint64_t i = 0; i < runs; i++) {
        const uint64_t gap = bytes_get_count(r), length = bytes_get_count(r);
        if (r->short_of || gap > samples || length == 0 || length > samples || next + gap + length > samples)
            return false;
        next += gap + length;
        missing += length;
    }
    if (missing >= samples) return false;
    part->run_end = r->at;
    part->runs = (size_t)runs;
    part->present = samples - missing;
    return true;
}

static bool sum_of_squares(double x)
{
    return x >= 0.0 && isfinite(x);
}

static bool coded_parse(byte_reader *r, page_part *part, size_t order)
{
    part->step = (int16_t)(uint16_t)bytes_get(r, 2);
    part->plane = (int)bytes_get(r, 1);
    part->planes = (int)bytes_get(r, 1);
    if (part->plane + part->planes > PLANES_MAX || part->step < -STEP_LIMIT ||
        part->step > STEP_LIMIT + STEPS_AN_OCTAVE * PLANES_MAX)
        return false;
    for (int i = 0; i <= part->planes; i++) {
        part->error[i] = bytes_get_short_real(r);
        if (!sum_of_squares(part->error[i])) return false;
    }
    const uint32_t bits = (uint32_t)bytes_get(r, 4);
    float largest;
    memcpy(&largest, &bits, sizeof largest);
    part->largest = largest;
    part->rows = (size_t)bytes_get(r, 1);
    if (part->flags & (PART_CORRECTED | PART_ROUNDED)) part->unit = bytes_get_real(r);
    if (part->flags & PART_ROOTED) {
        part->root = r->at;
        bytes_get_real(r);
        for (size_t k = 1; k < order; k++) bytes_get_short_real(r);
    }
    part->coarse_size = (size_t)bytes_get_count(r);
    part->fine_size = (size_t)bytes_get_count(r);
    if (part->flags & PART_CORRECTED) part->correction_size = (size_t)bytes_get_count(r);
    part->coarse = r->at;
    pyramid_layout l;
    loci_pyramid_layout(&l, part->present, order);
    if (r->short_of || part->rows > l.rows || !(largest >= 0.0f) ||
        (part->flags & (PART_CORRECTED | PART_ROUNDED) && !(part->unit > 0.0 && isfinite(part->unit))) ||
        part->coarse_size > (size_t)(r->end - r->at))
        return false;
    r->at += part->coarse_size;
    return true;
}

/* Leaves that are a power of two. */
static bool whole_levels(uint64_t samples, size_t order)
{
    const uint64_t leaves = samples / order;
    return samples % order == 0 && leaves > 0 && (leaves & (leaves - 1)) == 0;
}

static bool part_parse(byte_reader *r, page_part *part, uint64_t samples, size_t order)
{
    const unsigned kind = (unsigned)bytes_get(r, 1);
    *part = (page_part){.kind = (part_kind)(kind & 3), .flags = kind & ~3u, .present = samples};
    if (part->kind >= PART_KINDS || kind >> 6) return false;
    if (part->kind == PART_EMPTY) {
        part->present = 0;
        part->least = INFINITY;
        part->most = -INFINITY;
        return part->flags == 0;
    }
    if (part->flags & PART_MISSING && !runs_parse(r, part, samples)) return false;
    bytes_get_pair(r, &part->least, &part->most);
    if (!(part->least <= part->most) || !isfinite(part->least) || !isfinite(part->most)) return false;
    if (part->flags & PART_ROOTED && (part->flags != PART_ROOTED || !whole_levels(samples, order)))
        return false;
    if (part->kind == PART_RAW) {
        part->fine_size = (size_t)part->present * 8;
        return !r->short_of && (part->flags & ~(unsigned)PART_MISSING) == 0;
    }
    return coded_parse(r, part, order);
}

bool loci_page_parse(page_view *view, const unsigned char *bytes, size_t size, size_t channels,
                     page_look look)
{
    size_t head, body;
    if (!loci_page_sizes(bytes, size, &head, &body) || head > size) return false;
    byte_reader sum = {.at = bytes + head - 4, .end = bytes + head};
    if (look != PAGE_KNOWN && look != PAGE_OWN &&
        bytes_get(&sum, 4) != (loci_checksum(bytes, head - 4) & 0xFFFFFFFFu))
        return false;
    byte_reader r = {.at = bytes + PAGE_FIXED, .end = bytes + head - 4};
    view->first = bytes_get_count(&r);
    view->samples = bytes_get_count(&r);
    view->order = (size_t)bytes_get(&r, 1);
    view->channels = channels;
    if (r.short_of || view->order < 1 || view->order > GRAM_ORDER_MAX || view->samples == 0 ||
        view->first > (uint64_t)1 << 53 || view->samples > (uint64_t)1 << 53)
        return false;
    uint64_t bodies = 0;
    for (size_t c = 0; c < channels; c++) {
        page_part *part = &view->part[c];
        if (!part_parse(&r, part, view->samples, view->order)) return false;
        if (part->fine_size > body || part->correction_size > body) return false;
        bodies += part->fine_size + part->correction_size;
    }
    if (r.at != r.end || bodies + 4 != body) return false;
    if (look != PAGE_WHOLE && look != PAGE_OWN) return true;
    if (size - head < body) return false;
    const unsigned char *at = bytes + head;
    byte_reader tail = {.at = at + body - 4, .end = at + body};
    if (look == PAGE_WHOLE && bytes_get(&tail, 4) != (loci_checksum(at, body - 4) & 0xFFFFFFFFu))
        return false;
    for (size_t c = 0; c < channels; c++) {
        view->part[c].body = at;
        at += view->part[c].fine_size + view->part[c].correction_size;
    }
    return true;
}

/* The root, where it is kept apart. */
void loci_page_root(double *root, const page_part *part, size_t order)
{
    byte_reader r = {.at = part->root, .end = part->root + 8 + 6 * (order - 1)};
    root[0] = bytes_get_real(&r);
    for (size_t k = 1; k < order; k++) root[k] = bytes_get_short_real(&r);
}

uint64_t loci_page_numbers(const page_part *part, size_t order)
{
    pyramid_layout l;
    if (part->kind != PART_CODED) return part->present;
    loci_pyramid_layout(&l, part->present, order);
    return loci_page_known(&l, part->rows > 0 ? part->rows : 1);
}

size_t loci_page_coefficients(page_coder *p, double *c, const page_part *part, const pyramid_layout *l,
                              size_t rows)
{
    const size_t used = rows < part->rows ? rows : part->rows, given = used > 0 ? used : 1;
    const size_t known = (size_t)loci_page_known(l, used), end = (size_t)loci_page_known(l, given);
    loci_coefficients_decode(p->coefficients, p->q, part->coarse, part->coarse_size, part->body,
                             part->fine_size, l, loci_page_coarse_rows(l), used);
    loci_quantise_restore(c, p->q, known, part->step, part->plane);
    memset(c + known, 0, (end - known) * sizeof *c);
    if (part->flags & PART_ROOTED) loci_page_root(c, part, l->order);
    return given;
}

void loci_page_samples(page_coder *p, double *x, const page_part *part)
{
    const size_t n = (size_t)part->present;
    if (part->kind == PART_RAW) {
        byte_reader r = {.at = part->body, .end = part->body + 8 * n};
        for (size_t i = 0; i < n; i++) x[i] = bytes_get_real(&r);
        return;
    }
    if (n == 0) return;
    pyramid_layout l;
    loci_pyramid_layout(&l, n, p->order);
    const size_t known = loci_page_coefficients(p, p->c, part, &l, l.rows);
    loci_pyramid_inverse(p->transform, x, p->c, &l, known, 0, n);
    if (part->flags & PART_CORRECTED)
        loci_corrections_decode(p->coefficients, p->corrections, n, part->body + part->fine_size,
                                part->correction_size);
    else if (part->flags & PART_ROUNDED)
        memset(p->corrections, 0, n * sizeof *p->corrections);
    if (part->flags & PART_ROUNDED) {
        for (size_t i = 0; i < n; i++)
            x[i] = loci_units_value(rint(part->least / part->unit) + rint(x[i] * (1.0 / part->unit)) +
                                        p->corrections[i],
                                    part->unit);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (part->flags & PART_CORRECTED) x[i] += p->corrections[i] * part->unit;
        x[i] += part->least;
    }
}
