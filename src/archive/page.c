/* SPDX-License-Identifier: MIT
 * page.c - a page's bytes, written and read. */
#include "archive/page.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "archive/bytes.h"
#include "archive/units.h"
#include "base/allocate.h"
#include "base/checksum.h"

#define ROUNDING 0x1p-50 /* of a sample, on one processor and another */

enum {
    COARSE_NODES = 16, /* details, about, that the head holds */
    CANDIDATES = 3,
    HEAD_ROOM = 512, /* a channel's head without its runs and its coarse rows */
    RUN_MOST = 20,   /* bytes of a run */
    RUN_ROOM = 2     /* bytes of runs, a sample: two counts a run, and 127 samples for each byte more */
};
static const unsigned char magic[2] = {0xA7, 'P'};

struct page_coder {
    size_t order, page;
    pyramid *transform;
    coefficient_coder *coefficients;
    double *u, *x;                   /* [page]: samples that are there, and counted from the least */
    double *c, *expected, *recalled; /* [page], [page], [2 page] */
    int32_t *q, *corrections;        /* [page] */
    unsigned char *bytes[2];         /* a candidate's, and the best one's */
    size_t room;
};

/* One way of coding a channel, and what it takes. */
typedef struct {
    page_part part;
    unsigned char *bytes; /* coarse, fine, corrections */
    size_t size;
} candidate;

size_t loci_page_room(size_t samples, size_t channels)
{
    return 64 + channels * (HEAD_ROOM + 16 * GRAM_ORDER_MAX * COARSE_NODES + (8 + RUN_ROOM) * samples);
}

/* What only writing needs. */
static void room_free(page_coder *p)
{
    loci_free(p->u);
    loci_free(p->x);
    loci_free(p->expected);
    loci_free(p->recalled);
    for (size_t i = 0; i < 2; i++) loci_free(p->bytes[i]);
    p->u = p->x = p->expected = p->recalled = NULL;
    p->bytes[0] = p->bytes[1] = NULL;
}

page_coder *loci_page_coder_create(const loci_allocator *by, size_t order, size_t page)
{
    page_coder *p = loci_allocate_by(by, 1, sizeof *p);
    if (!p) return NULL;
    p->order = order;
    p->page = page;
    p->room = 8 * page + 1024;
    p->transform = loci_pyramid_create(by, order, page);
    p->coefficients = loci_coefficients_create(by);
    p->c = loci_allocate_by(by, page, sizeof *p->c);
    p->q = loci_allocate_by(by, page, sizeof *p->q);
    p->corrections = loci_allocate_by(by, page, sizeof *p->corrections);
    if (!p->transform || !p->coefficients || !p->c || !p->q || !p->corrections) {
        loci_page_coder_destroy(p);
        return NULL;
    }
    return p;
}

bool loci_page_coder_write(page_coder *p)
{
    const loci_allocator *by = loci_allocator_of(p);
    if (p->u) return true;
    p->x = loci_allocate_by(by, p->page, sizeof *p->x);
    p->expected = loci_allocate_by(by, p->page, sizeof *p->expected);
    p->recalled = loci_allocate_by(by, p->page, 2 * sizeof *p->recalled);
    for (size_t i = 0; i < 2; i++) p->bytes[i] = loci_allocate_by(by, p->room, 1);
    if (p->x && p->expected && p->recalled && p->bytes[0] && p->bytes[1])
        p->u = loci_allocate_by(by, p->page, sizeof *p->u);
    if (p->u) return true;
    room_free(p);
    return false;
}

void loci_page_coder_destroy(page_coder *p)
{
    if (!p) return;
    room_free(p);
    loci_pyramid_destroy(p->transform);
    loci_coefficients_destroy(p->coefficients);
    loci_free(p->c);
    loci_free(p->q);
    loci_free(p->corrections);
    loci_free(p);
}

pyramid *loci_page_pyramid(page_coder *p)
{
    return p->transform;
}

size_t loci_page_order(const page_coder *p)
{
    return p->order;
}

size_t loci_page_coarse_rows(const pyramid_layout *l)
{
    size_t rows = 1;
    while (rows < l->rows &&
           l->row[rows].at + l->row[rows].nodes * l->row[rows].width <= COARSE_NODES * l->order)
        rows++;
    return rows;
}

static size_t rows_used(const int32_t *q, const pyramid_layout *l)
{
    size_t rows = l->rows;
    for (; rows > 0; rows--) {
        const int32_t *row = q + l->row[rows - 1].at;
        const size_t n = (size_t)l->row[rows - 1].nodes * l->row[rows - 1].width;
        for (size_t i = 0; i < n; i++)
            if (row[i] != 0) return rows;
    }
    return 0;
}

/* Codes p->c by a step, all zero where step is NULL: everything of the candidate but corrections. false where that does not
 * fit into as many bytes as the samples themselves take. */
static bool candidate_code(page_coder *p, candidate *a, const pyramid_layout *l, const int *step)
{
    const size_t n = (size_t)l->samples;
    page_part *part = &a->part;
    part->kind = PART_CODED;
    if (step) {
        part->step = *step;
        part->planes = loci_quantise(p->q, p->c, p->expected, n, *step);
        if (part->planes < 0) return false;
    } else {
        memset(p->q, 0, n * sizeof *p->q);
    }
    loci_quantise_errors(part->error, p->c, p->q, n, part->step, part->planes, p->recalled);
    part->rows = rows_used(p->q, l);
    if (!loci_coefficients_encode(p->coefficients, a->bytes, p->room, &part->coarse_size, &part->fine_size,
                                  p->q, l, loci_page_coarse_rows(l), part->rows))
        return false;
    a->size = part->coarse_size + part->fine_size;
    return true;
}

/* p->recalled: what the decoder will find. */
static void recalled_make(page_coder *p, const candidate *a, const pyramid_layout *l)
{
    const size_t n = (size_t)l->samples;
    loci_quantise_restore(p->recalled + n, p->q, n, a->part.step, 0);
    loci_pyramid_inverse(p->transform, p->recalled, p->recalled + n, l, a->part.rows, 0, n);
}

/* A float that is not below x. */
static double round_up(double x)
{
    float f = (float)x;
    if ((double)f < x) f = nextafterf(f, INFINITY);
    return f;
}

/* Between p->u and p->recalled, counted from least; with what another processor may round otherwise. */
static double largest_difference(const page_coder *p, size_t n, double least)
{
    double largest = 0.0, size = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = fabs(p->u[i] - (p->recalled[i] + least));
        largest = off > largest ? off : largest;
        size = fabs(p->u[i]) > size ? fabs(p->u[i]) : size;
    }
    return largest + ROUNDING * size;
}

/* Corrections, by which no sample is off by more than half a unit, or, where rounded, by anything. */
static bool candidate_correct(page_coder *p, candidate *a, size_t n, const keep *rule, double least)
{
    const bool rounded = rule->rule == KEEP_UNITS;
    const double unit = rounded ? rule->bound : 2.0 * rule->bound * (1.0 - 1e-9), scale = 1.0 / unit;
    double square = 0.0, largest = 0.0;
    bool some = false;
    for (size_t i = 0; i < n; i++) {
        const double base = rounded ? rint(p->recalled[i] * scale) : p->recalled[i] * scale;
        /* where another processor could round to the other side, this step is none to take */
        if (rounded && fabs(fabs(p->recalled[i] * scale - base) - 0.5) < 1e-10 * (1.0 + fabs(base)))
            return false;
        const double correction = rint(p->x[i] * scale - base);
        if (fabs(correction) >= (double)COEFFICIENT_LIMIT) return false;
        p->corrections[i] = (int32_t)correction;
        some |= correction != 0.0;
        if (rounded) continue;
        const double off = fabs(p->u[i] - (p->recalled[i] + correction * unit + least));
        square += off * off;
        largest = fmax(largest, off + ROUNDING * fabs(p->u[i]));
    }
    if (!rounded && largest > rule->bound) return false;
    a->part.flags |= (some ? PART_CORRECTED : 0u) | (rounded ? PART_ROUNDED : 0u);
    a->part.unit = unit;
    a->part.error[0] = square;
    a->part.largest = largest;
    if (!some) return true;
    if (!loci_corrections_encode(p->coefficients, a->bytes + a->size, p->room - a->size,
                                 &a->part.correction_size, p->corrections, n))
        return false;
    a->size += a->part.correction_size;
    return true;
}

static bool step_find(page_coder *p, int *step, bool *all_zero, const pyramid_layout *l, double mean_square)
{
    return loci_quantise_search(step, all_zero, p->c, p->expected, (size_t)l->samples,
                                mean_square * (double)l->samples * (1.0 - 1e-10));
}

/* The shortest of a few ways to code p->x, n samples whose coefficients are p->c. false: none is shorter than n doubles. */
static bool part_code(page_coder *p, candidate *best, const pyramid_layout *l, const keep *rule, double least,
                      unsigned flags)
{
    /* Corrections cost bits a sample, steps cost bits a coefficient: rms errors that are these parts of the bound. */
    static const double part_of_bound[CANDIDATES] = {0.56, 0.44, 0.35};
    const size_t n = (size_t)l->samples;
    const bool corrected = rule->rule != KEEP_RMS;
    bool found = false;
    candidate other = {.bytes = p->bytes[1]};
    best->bytes = p->bytes[0];
    for (size_t i = 0; i < (corrected ? CANDIDATES : 1); i++) {
        candidate a = {.part = {.flags = flags}, .bytes = other.bytes};
        const double half = rule->rule == KEEP_UNITS ? 0.5 * rule->bound : rule->bound;
        const double rms = corrected ? half * part_of_bound[i] : rule->bound;
        bool all_zero;
        int step;
        if (!step_find(p, &step, &all_zero, l, rms * rms)) continue;
        if (!candidate_code(p, &a, l, all_zero ? NULL : &step)) continue;
        recalled_make(p, &a, l);
        if (!corrected)
            a.part.largest = largest_difference(p, n, least);
        else if (!candidate_correct(p, &a, n, rule, least))
            continue;
        if (a.size >= 8 * n || (found && a.size >= best->size)) continue;
        other.bytes = best->bytes;
        *best = a;
        found = true;
    }
    return found;
}

static void put_step(byte_writer *w, int step)
{
    bytes_put(w, (uint64_t)(uint16_t)(int16_t)step, 2);
}

static void part_write(byte_writer *head, byte_writer *body, const candidate *a, const double *raw)
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
    if (rule->rule != KEEP_UNITS) return true;
    for (size_t i = 0; i < n; i++) {
        const double units = rint(u[i] / rule->bound);
        if (!isnan(u[i]) && (fabs(units) >= 0x1p52 || loci_units_value(units, rule->bound) != u[i]))
            return false;
    }
    return true;
}

static void channel_encode(page_coder *p, byte_writer *head, byte_writer *body, const double *u,
                           size_t samples, const keep *rule)
{
    candidate a = {.part = {.kind = PART_EMPTY}};
    double least = INFINITY, most = -INFINITY;
    size_t n = 0;
    for (size_t i = 0; i < samples; i++)
        if (!isnan(u[i])) {
            least = fmin(least, u[i]);
            most = fmax(most, u[i]);
            p->u[n++] = u[i];
        }
    const unsigned missing = n < samples ? PART_MISSING : 0;
    if (n > 0 && rule->rule == KEEP_DOUBLES) {
        a.part = (page_part){.kind = PART_RAW, .flags = missing};
    } else if (n > 0) {
        pyramid_layout l;
        for (size_t i = 0; i < n; i++) p->x[i] = p->u[i] - least;
        loci_pyramid_layout(&l, n, p->order);
        loci_pyramid_forward(p->transform, p->c, p->x, &l);
        loci_quantise_expect(p->expected, p->c, &l);
        if (!in_units(u, samples, rule) || !part_code(p, &a, &l, rule, least, missing))
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
    part_write(head, body, &a, p->u);
}

/* Where the head of a page, and its body until it is moved behind the head, are written. */
typedef struct {
    unsigned char *bytes, *body_begin;
    byte_writer head, body;
} page_frame;

static page_frame frame_begin(unsigned char *bytes, uint64_t first, uint64_t samples, size_t channels,
                              size_t order)
{
    const size_t room = loci_page_room((size_t)samples, channels),
                 body_room = channels * 8 * (size_t)samples + 16;
    page_frame f = {.bytes = bytes, .body_begin = bytes + room - body_room};
    f.head = (byte_writer){.at = bytes + PAGE_FIXED, .end = f.body_begin};
    f.body = (byte_writer){.at = f.body_begin, .end = bytes + room};
    bytes_put_count(&f.head, first);
    bytes_put_count(&f.head, samples);
    bytes_put(&f.head, order, 1);
    return f;
}

static size_t frame_end(page_frame *f)
{
    const size_t head = (size_t)(f->head.at - f->bytes) + 4, body = (size_t)(f->body.at - f->body_begin);
    byte_writer fixed = {.at = f->bytes, .end = f->bytes + PAGE_FIXED};
    bytes_put(&fixed, magic[0], 1);
    bytes_put(&fixed, magic[1], 1);
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
    page_frame f = frame_begin(bytes, first, samples, channels, p->order);
    for (size_t c = 0; c < channels; c++)
        channel_encode(p, &f.head, &f.body, u + c * stride, samples, &rules[c]);
    return frame_end(&f);
}

/* The most planes that may go. */
static int planes_to_drop(const page_part *part, double rms)
{
    const double allowed = rms * rms * (double)part->present;
    int drop = part->kind == PART_CODED ? part->planes : 0;
    while (drop > 0 && part->error[drop] > allowed) drop--;
    return drop;
}

/* How far samples move, at most, where coefficients move from p->expected to p->recalled + n; the part's own corrections go. */
static double largest_move(page_coder *p, const page_part *old, const pyramid_layout *l, size_t known)
{
    const size_t n = (size_t)old->present;
    double *moved = p->recalled + n, largest = 0.0, size = fmax(fabs(old->least), fabs(old->most));
    for (size_t i = 0; i < known; i++) moved[i] -= p->expected[i];
    loci_pyramid_inverse(p->transform, p->recalled, moved, l, old->rows, 0, n);
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(p->recalled[i]));
    return largest + ROUNDING * size;
}

/* The largest error is at most what it was and what the samples moved by. */
static void part_coarsen(page_coder *p, candidate *a, const page_part *old, int drop)
{
    const size_t n = (size_t)old->present, used = old->rows;
    pyramid_layout l;
    loci_pyramid_layout(&l, n, p->order);
    const size_t known =
        used > 0 ? (size_t)(l.row[used - 1].at + l.row[used - 1].nodes * l.row[used - 1].width) : 0;
    const bool corrected = old->flags & (PART_CORRECTED | PART_ROUNDED);
    if (corrected) loci_page_samples(p, p->u, old);
    loci_coefficients_decode(p->coefficients, p->q, old->coarse, old->coarse_size, old->body, old->fine_size,
                             &l, loci_page_coarse_rows(&l), used);
    memset(p->q + known, 0, (n - known) * sizeof *p->q);
    loci_quantise_restore(p->expected, p->q, known, old->step, old->plane);
    for (size_t i = 0; i < known; i++) p->q[i] = p->q[i] < 0 ? -(-p->q[i] >> drop) : p->q[i] >> drop;
    *a = (candidate){.part = *old, .bytes = p->bytes[0]};
    page_part *part = &a->part;
    part->flags &= PART_MISSING;
    part->plane += drop;
    part->planes -= drop;
    memmove(part->error, old->error + drop, (size_t)(part->planes + 1) * sizeof *part->error);
    part->rows = rows_used(p->q, &l);
    part->correction_size = 0;
    /* fewer bits of the same numbers: they fit where those did */
    loci_coefficients_encode(p->coefficients, a->bytes, p->room, &part->coarse_size, &part->fine_size, p->q,
                             &l, loci_page_coarse_rows(&l), part->rows);
    loci_quantise_restore(p->recalled + n, p->q, n, part->step, part->plane);
    if (corrected) {
        loci_pyramid_inverse(p->transform, p->recalled, p->recalled + n, &l, part->rows, 0, n);
        part->largest = old->largest + largest_difference(p, n, old->least);
    } else {
        part->largest = old->largest + largest_move(p, old, &l, known);
    }
}

/* Samples that are kept as they are, coded for the first time; where that does not pay they stay. */
static void raw_change(page_coder *p, candidate *a, const page_part *old, const keep *rule)
{
    const size_t n = (size_t)old->present;
    pyramid_layout l;
    loci_page_samples(p, p->u, old);
    for (size_t i = 0; i < n; i++) p->x[i] = p->u[i] - old->least;
    loci_pyramid_layout(&l, n, p->order);
    loci_pyramid_forward(p->transform, p->c, p->x, &l);
    loci_quantise_expect(p->expected, p->c, &l);
    if (part_code(p, a, &l, rule, old->least, old->flags)) {
        a->part.present = old->present;
        a->part.least = old->least;
        a->part.most = old->most;
        return;
    }
    *a = (candidate){.part = *old};
}

static void runs_copy(byte_writer *head, const page_part *part)
{
    run_walk walk = loci_page_runs(part);
    uint64_t begin, length, next = 0;
    bytes_put_count(head, part->runs);
    while (loci_page_run(&walk, &begin, &length)) {
        bytes_put_count(head, begin - next);
        bytes_put_count(head, length);
        next = begin + length;
    }
}

static void channel_change(page_coder *p, page_frame *f, const page_part *old, int drop, const double *rms)
{
    candidate a = {.part = *old};
    if (old->kind == PART_RAW) {
        if (rms)
            raw_change(p, &a, old, &(keep){.rule = KEEP_RMS, .bound = *rms});
        else
            loci_page_samples(p, p->u, old);
    } else if (drop > 0) {
        part_coarsen(p, &a, old, drop);
    } else if (old->kind == PART_CODED) { /* as it is */
        memcpy(p->bytes[0], old->coarse, old->coarse_size);
        memcpy(p->bytes[0] + old->coarse_size, old->body, old->fine_size + old->correction_size);
        a.bytes = p->bytes[0];
    }
    bytes_put(&f->head, (uint64_t)a.part.kind | a.part.flags, 1);
    if (a.part.kind == PART_EMPTY) return;
    if (a.part.flags & PART_MISSING) runs_copy(&f->head, old);
    part_write(&f->head, &f->body, &a, p->u);
}

size_t loci_page_change(page_coder *p, unsigned char *bytes, const page_view *view, const double *rms,
                        uint64_t first)
{
    page_frame f = frame_begin(bytes, first, view->samples, view->channels, p->order);
    for (size_t c = 0; c < view->channels; c++)
        channel_change(p, &f, &view->part[c], rms ? planes_to_drop(&view->part[c], rms[c]) : 0,
                       rms ? &rms[c] : NULL);
    return frame_end(&f);
}

size_t loci_page_drop(page_coder *p, unsigned char *bytes, const page_view *view, const int *drop,
                      const double *rms)
{
    page_frame f = frame_begin(bytes, view->first, view->samples, view->channels, p->order);
    for (size_t c = 0; c < view->channels; c++) {
        const page_part *part = &view->part[c];
        const int most = part->kind == PART_CODED ? part->planes : 0;
        channel_change(p, &f, part, drop[c] < most ? drop[c] : most, &rms[c]);
    }
    return frame_end(&f);
}

bool loci_page_sizes(const unsigned char *bytes, size_t size, size_t *head, size_t *body)
{
    if (size < PAGE_FIXED || memcmp(bytes, magic, sizeof magic) != 0) return false;
    byte_reader r = {.at = bytes + sizeof magic, .end = bytes + PAGE_FIXED};
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
    if (part->plane + part->planes > PLANES_MAX || part->step < -STEP_LIMIT || part->step > STEP_LIMIT)
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

static bool part_parse(byte_reader *r, page_part *part, uint64_t samples, size_t order)
{
    const unsigned kind = (unsigned)bytes_get(r, 1);
    *part = (page_part){.kind = (part_kind)(kind & 3), .flags = kind & ~3u, .present = samples};
    if (part->kind >= PART_KINDS || kind >> 5) return false;
    if (part->kind == PART_EMPTY) {
        part->present = 0;
        part->least = INFINITY;
        part->most = -INFINITY;
        return part->flags == 0;
    }
    if (part->flags & PART_MISSING && !runs_parse(r, part, samples)) return false;
    bytes_get_pair(r, &part->least, &part->most);
    if (!(part->least <= part->most) || !isfinite(part->least) || !isfinite(part->most)) return false;
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
    if (look != PAGE_KNOWN && bytes_get(&sum, 4) != (loci_checksum(bytes, head - 4) & 0xFFFFFFFFu))
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
    if (look != PAGE_WHOLE) return true;
    if (size - head < body) return false;
    const unsigned char *at = bytes + head;
    byte_reader tail = {.at = at + body - 4, .end = at + body};
    if (bytes_get(&tail, 4) != (loci_checksum(at, body - 4) & 0xFFFFFFFFu)) return false;
    for (size_t c = 0; c < channels; c++) {
        view->part[c].body = at;
        at += view->part[c].fine_size + view->part[c].correction_size;
    }
    return true;
}

void loci_page_coefficients(page_coder *p, double *c, const page_part *part, const pyramid_layout *l,
                            size_t rows)
{
    const size_t used = rows < part->rows ? rows : part->rows;
    const uint64_t known =
        used > 0 ? l->row[used - 1].at + l->row[used - 1].nodes * l->row[used - 1].width : 0;
    const uint64_t end = rows > 0 ? l->row[rows - 1].at + l->row[rows - 1].nodes * l->row[rows - 1].width : 0;
    loci_coefficients_decode(p->coefficients, p->q, part->coarse, part->coarse_size, part->body,
                             part->fine_size, l, loci_page_coarse_rows(l), used);
    loci_quantise_restore(c, p->q, (size_t)known, part->step, part->plane);
    memset(c + known, 0, (size_t)(end - known) * sizeof *c);
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
    loci_page_coefficients(p, p->c, part, &l, l.rows);
    loci_pyramid_inverse(p->transform, x, p->c, &l, part->rows, 0, n);
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
