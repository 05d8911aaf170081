/* SPDX-License-Identifier: MIT
 * page.c - a page's bytes, written. */
#include "archive/page_parts.h"

#include <math.h>
#include <string.h>

#include <loci/archive.h>

#include "base/allocate.h"
#include "base/checksum.h"
#include "base/vector.h"

size_t loci_page_room(size_t samples, size_t channels)
{
    size_t room;
    const bool fits = loci_size_multiply(&room, samples, 8 + RUN_ROOM) &&
                      loci_size_add(&room, room, HEAD_ROOM + 16 * GRAM_ORDER_MAX * COARSE_NODES) &&
                      loci_size_multiply(&room, room, channels) && loci_size_add(&room, room, 64);
    return fits ? room : SIZE_MAX;
}

/* A float that is not below x. */
static double round_up(double x)
{
    float f = (float)x;
    if ((double)f < x) f = nextafterf(f, INFINITY);
    return f;
}

static void put_step(byte_writer *w, int step)
{
    bytes_put(w, (uint64_t)(uint16_t)(int16_t)step, 2);
}

void loci_page_part_write(byte_writer *head, byte_writer *body, const candidate *a, const double *raw)
{
    const page_part *part = &a->part;
    bytes_put_pair(head, part->least, part->most);
    if (part->kind == PART_RAW) {
        for (uint64_t i = 0; i < part->present; i++) bytes_put_real(body, raw[i]);
        return;
    }
    put_step(head, part->step);
    bytes_put(head, (uint64_t)part->plane, 1);
    bytes_put(head, (uint64_t)part->planes, 1);
    for (int i = 0; i <= part->planes; i++) bytes_put_short_real(head, part->error[i]);
    const float largest = (float)round_up(part->largest);
    uint32_t bits;
    memcpy(&bits, &largest, sizeof bits);
    bytes_put(head, bits, 4);
    bytes_put(head, part->rows, 1);
    if (part->flags & (PART_CORRECTED | PART_ROUNDED)) bytes_put_real(head, part->unit);
    if (part->flags & PART_ROOTED) {
        bytes_put_real(head, a->root[0]);
        for (size_t k = 1; k < a->roots; k++) bytes_put_short_real(head, a->root[k]);
    }
    bytes_put_count(head, part->coarse_size);
    bytes_put_count(head, part->fine_size);
    if (part->flags & PART_CORRECTED) bytes_put_count(head, part->correction_size);
    for (size_t i = 0; i < part->coarse_size; i++) bytes_put(head, a->bytes[i], 1);
    const size_t rest = part->fine_size + part->correction_size;
    if ((size_t)(body->end - body->at) < rest) {
        body->full = true;
        return;
    }
    memcpy(body->at, a->bytes + part->coarse_size, rest);
    body->at += rest;
}

/* Runs of missing samples: how many; where `head` is given they are written. */
static size_t runs_write(byte_writer *head, const double *u, size_t n)
{
    size_t runs = 0, next = 0;
    for (size_t i = 0; i < n;) {
        if (!isnan(u[i])) {
            i++;
            continue;
        }
        const size_t begin = i;
        while (i < n && isnan(u[i])) i++;
        if (head) {
            bytes_put_count(head, begin - next);
            bytes_put_count(head, i - begin);
        }
        next = i;
        runs++;
    }
    return runs;
}

/* Whether samples that are to come back as they were are multiples of the unit. */
static bool in_units(const double *u, size_t n, const keep *rule)
{
    return rule->rule != KEEP_UNITS || loci_archive_multiples(u, n, rule->bound) == n;
}

/* Whether none of n numbers is missing; then the least and the largest of them. */
LOCI_HOT static bool range_of(const double *u, size_t n, double *least, double *most)
{
    double low[PAGE_LANES], high[PAGE_LANES];
    unsigned missing[PAGE_LANES] = {0};
    size_t i = 0;
    for (size_t j = 0; j < PAGE_LANES; j++) low[j] = high[j] = u[0];
    for (; i + PAGE_LANES <= n; i += PAGE_LANES)
        for (size_t j = 0; j < PAGE_LANES; j++) {
            const double x = u[i + j];
            low[j] = x < low[j] ? x : low[j];
            high[j] = x > high[j] ? x : high[j];
            missing[j] |= x != x;
        }
    for (; i < n; i++) {
        low[0] = fmin(low[0], u[i]);
        high[0] = fmax(high[0], u[i]);
        missing[0] |= u[i] != u[i];
    }
    unsigned some = 0;
    for (size_t j = 0; j < PAGE_LANES; j++) some |= missing[j];
    *most = page_most(high);
    for (size_t j = 0; j < PAGE_LANES; j++) low[j] = -low[j];
    *least = -page_most(low);
    return some == 0;
}

/* The samples that are there go to p->u; how many. */
static size_t present_take(page_coder *p, const double *u, size_t samples, double *least, double *most)
{
    if (range_of(u, samples, least, most)) {
        memcpy(p->u, u, samples * sizeof *u);
        return samples;
    }
    size_t n = 0;
    *least = INFINITY;
    *most = -INFINITY;
    for (size_t i = 0; i < samples; i++)
        if (!isnan(u[i])) {
            *least = fmin(*least, u[i]);
            *most = fmax(*most, u[i]);
            p->u[n++] = u[i];
        }
    return n;
}

static void channel_encode(page_coder *p, byte_writer *head, byte_writer *body, const double *u,
                           size_t samples, const keep *rule)
{
    candidate a = {.part = {.kind = PART_EMPTY}};
    double least, most;
    const size_t n = present_take(p, u, samples, &least, &most);
    const unsigned missing = n < samples ? PART_MISSING : 0;
    if (n > 0 && rule->rule == KEEP_DOUBLES) {
        a.part = (page_part){.kind = PART_RAW, .flags = missing};
    } else if (n > 0) {
        pyramid_layout l;
        for (size_t i = 0; i < n; i++) p->x[i] = p->u[i] - least;
        loci_pyramid_layout(&l, n, p->order);
        loci_pyramid_forward(p->transform, p->c, p->x, &l);
        loci_quantise_expect(p->expected, p->c, &l);
        if (!in_units(u, samples, rule) || !loci_page_part_code(p, &a, &l, rule, least, missing))
            a = (candidate){.part = {.kind = PART_RAW, .flags = missing}};
    }
    a.part.present = n;
    a.part.least = least;
    a.part.most = most;
    bytes_put(head, (uint64_t)a.part.kind | a.part.flags, 1);
    if (n == 0) return;
    if (missing) {
        bytes_put_count(head, runs_write(NULL, u, samples));
        runs_write(head, u, samples);
    }
    loci_page_part_write(head, body, &a, p->u);
}

page_frame loci_page_frame_begin(const page_coder *p, unsigned char *bytes, uint64_t first, uint64_t samples,
                                 size_t channels)
{
    const size_t most = samples < p->page ? (size_t)samples : p->page, room = loci_page_room(most, channels),
                 body_room = channels * 8 * most + 16;
    page_frame f = {.bytes = bytes, .body_begin = bytes + room - body_room};
    f.head = (byte_writer){.at = bytes + PAGE_FIXED, .end = f.body_begin};
    f.body = (byte_writer){.at = f.body_begin, .end = bytes + room};
    bytes_put_count(&f.head, first);
    bytes_put_count(&f.head, samples);
    bytes_put(&f.head, p->order, 1);
    return f;
}

size_t loci_page_frame_end(page_frame *f)
{
    const size_t head = (size_t)(f->head.at - f->bytes) + 4, body = (size_t)(f->body.at - f->body_begin);
    byte_writer fixed = {.at = f->bytes, .end = f->bytes + PAGE_FIXED};
    bytes_put(&fixed, PAGE_MAGIC_0, 1);
    bytes_put(&fixed, PAGE_MAGIC_1, 1);
    bytes_put(&fixed, head, 4);
    bytes_put(&fixed, body, 4);
    bytes_put(&fixed, loci_checksum(f->bytes, PAGE_FIXED - 2), 2);
    bytes_put(&f->head, loci_checksum(f->bytes, head - 4), 4);
    memmove(f->head.at, f->body_begin, body);
    byte_writer end = {.at = f->head.at + body, .end = f->head.at + body + 4};
    bytes_put(&end, loci_checksum(f->head.at, body), 4);
    return head + body + 4;
}

size_t loci_page_encode(page_coder *p, unsigned char *bytes, const double *u, size_t stride,
                        const keep *rules, uint64_t first, size_t samples, size_t channels)
{
    page_frame f = loci_page_frame_begin(p, bytes, first, samples, channels);
    for (size_t c = 0; c < channels; c++)
        channel_encode(p, &f.head, &f.body, u + c * stride, samples, &rules[c]);
    return loci_page_frame_end(&f);
}
