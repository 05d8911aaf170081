/* SPDX-License-Identifier: MIT
 * page.c - a page's bytes, written. */
#include "archive/page_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "archive/units.h"
#include "base/allocate.h"
#include "base/checksum.h"
#include "base/vector.h"

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
    p->coefficients = loci_coefficients_create(by, page);
    p->c = loci_allocate_room_by(by, page, sizeof *p->c);
    p->q = loci_allocate_room_by(by, page, sizeof *p->q);
    p->corrections = loci_allocate_room_by(by, page, sizeof *p->corrections);
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
    p->x = loci_allocate_room_by(by, p->page, sizeof *p->x);
    p->expected = loci_allocate_room_by(by, p->page, sizeof *p->expected);
    p->recalled = loci_allocate_room_by(by, p->page, 2 * sizeof *p->recalled);
    for (size_t i = 0; i < 2; i++) p->bytes[i] = loci_allocate_room_by(by, p->room, 1);
    if (p->x && p->expected && p->recalled && p->bytes[0] && p->bytes[1] &&
        loci_coefficients_write(p->coefficients))
        p->u = loci_allocate_room_by(by, p->page, sizeof *p->u);
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

uint64_t loci_page_known(const pyramid_layout *l, size_t rows)
{
    return rows > 0 ? l->row[rows - 1].at + l->row[rows - 1].nodes * l->row[rows - 1].width : 0;
}

size_t loci_page_rows_used(const int32_t *q, const pyramid_layout *l, size_t rows)
{
    for (; rows > 0; rows--) {
        const int32_t *row = q + l->row[rows - 1].at;
        const size_t n = (size_t)l->row[rows - 1].nodes * l->row[rows - 1].width;
        for (size_t i = 0; i < n; i++)
            if (row[i] != 0) return rows;
    }
    return 0;
}

bool loci_page_part_bytes(page_coder *p, candidate *a, const pyramid_layout *l)
{
    page_part *part = &a->part;
    if (!loci_coefficients_encode(p->coefficients, a->bytes, p->room, &part->coarse_size, &part->fine_size,
                                  p->q, l, loci_page_coarse_rows(l), part->rows))
        return false;
    a->size = part->coarse_size + part->fine_size;
    return true;
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
    loci_quantise_errors(part->error, p->c, p->q, n, part->step, 0, part->planes);
    part->rows = loci_page_rows_used(p->q, l, l->rows);
    return loci_page_part_bytes(p, a, l);
}

/* The root of p->c goes to the candidate, as its bytes will hold it; what is lost of it is returned. */
static double root_take(page_coder *p, candidate *a, const pyramid_layout *l)
{
    double lost = 0.0;
    a->roots = l->root;
    for (size_t k = 0; k < l->root; k++) {
        a->root[k] = k == 0 ? p->c[k] : bytes_short_real(p->c[k]);
        lost += (p->c[k] - a->root[k]) * (p->c[k] - a->root[k]);
        p->c[k] = 0.0;
    }
    return lost;
}

/* By a step that is given: a page of a budget. One of whole levels keeps its root apart, so that it can be joined with its
 * neighbour. */
static bool candidate_stepped(page_coder *p, candidate *a, const pyramid_layout *l, int step)
{
    const size_t n = (size_t)l->samples;
    page_part *part = &a->part;
    const bool rooted = l->unequal == 0 && l->rest == 0 && !(part->flags & PART_MISSING);
    part->kind = PART_CODED;
    part->step = step;
    const double lost = rooted ? root_take(p, a, l) : 0.0;
    if (rooted) part->flags |= PART_ROOTED;
    /* as if it had been finer: what is kept of a number then does not depend on how many bits were dropped */
    const int finer = step - FINER * STEPS_AN_OCTAVE;
    if (loci_quantise(p->q, p->c, p->expected, n, finer) < 0) return false;
    loci_quantise_drop(p->q, n, finer, FINER);
    part->planes = loci_quantise_planes(p->q, n, step);
    if (FINER + part->planes > PLANES_MAX) return false;
    part->plane = FINER;
    loci_quantise_errors(part->error, p->c, p->q, n, step, FINER, part->planes);
    for (int i = 0; i <= part->planes; i++) part->error[i] += lost;
    part->rows = loci_page_rows_used(p->q, l, l->rows);
    return loci_page_part_bytes(p, a, l);
}

/* p->recalled: what the decoder will find. */
static void recalled_make(page_coder *p, const candidate *a, const pyramid_layout *l)
{
    const size_t n = (size_t)l->samples;
    loci_quantise_restore(p->recalled + n, p->q, n, a->part.step, a->part.plane);
    if (a->part.flags & PART_ROOTED) memcpy(p->recalled + n, a->root, l->root * sizeof *a->root);
    loci_pyramid_inverse(p->transform, p->recalled, p->recalled + n, l, a->part.rows > 0 ? a->part.rows : 1,
                         0, n);
}

/* A float that is not below x. */
static double round_up(double x)
{
    float f = (float)x;
    if ((double)f < x) f = nextafterf(f, INFINITY);
    return f;
}

enum { LANES = 8 }; /* partial results of a loop, for vectors */

static double most_of(const double *lane)
{
    double most = lane[0];
    for (size_t j = 1; j < LANES; j++) most = lane[j] > most ? lane[j] : most;
    return most;
}

/* The largest of |u - (recalled + least)|, and of |u|. */
LOCI_HOT static double difference_of(const double *u, const double *recalled, size_t n, double least,
                                     double *size)
{
    double off[LANES] = {0}, own[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            const double x = fabs(u[i + j]), d = fabs(u[i + j] - (recalled[i + j] + least));
            off[j] = d > off[j] ? d : off[j];
            own[j] = x > own[j] ? x : own[j];
        }
    for (; i < n; i++) {
        off[0] = fmax(off[0], fabs(u[i] - (recalled[i] + least)));
        own[0] = fmax(own[0], fabs(u[i]));
    }
    *size = most_of(own);
    return most_of(off);
}

/* Between p->u and p->recalled, counted from least; with what another processor may round otherwise. */
double loci_page_largest_difference(const page_coder *p, size_t n, double least)
{
    double size;
    const double largest = difference_of(p->u, p->recalled, n, least, &size);
    return largest + ROUNDING * size;
}

/* Corrections, by which no sample is off by more than half a unit, or, where rounded, by anything. */
static bool candidate_correct(page_coder *p, candidate *a, size_t n, const keep *rule, double least)
{
    const bool rounded = rule->rule == KEEP_UNITS;
    const double unit = rounded ? rule->bound : 2.0 * rule->bound * (1.0 - 1e-9), scale = 1.0 / unit;
    double square = 0.0, largest = 0.0;
    bool some = false;
    if (!isfinite(scale)) return false;
    for (size_t i = 0; i < n; i++) {
        const double base = rounded ? rint(p->recalled[i] * scale) : p->recalled[i] * scale;
        /* where another processor could round to the other side, this step is none to take */
        if (rounded && fabs(fabs(p->recalled[i] * scale - base) - 0.5) < 1e-10 * (1.0 + fabs(base)))
            return false;
        const double correction = rint(p->x[i] * scale - base);
        if (!(fabs(correction) < (double)COEFFICIENT_LIMIT))
            return false; /* nor is it NaN, of what is infinite */
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
bool loci_page_part_code(page_coder *p, candidate *best, const pyramid_layout *l, const keep *rule,
                         double least, unsigned flags)
{
    /* Corrections cost bits a sample, steps cost bits a coefficient: rms errors that are these parts of the bound. */
    static const double part_of_bound[CANDIDATES] = {0.56, 0.44, 0.35};
    const size_t n = (size_t)l->samples;
    const bool corrected = rule->rule != KEEP_RMS;
    bool found = false;
    candidate other = {.bytes = p->bytes[1]};
    best->bytes = p->bytes[0];
    if (rule->rule == KEEP_STEP) {
        best->part = (page_part){.flags = flags};
        if (!candidate_stepped(p, best, l, rule->step)) return false;
        recalled_make(p, best, l);
        best->part.largest = loci_page_largest_difference(p, n, least);
        return best->size < 8 * n;
    }
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
            a.part.largest = loci_page_largest_difference(p, n, least);
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
    if (rule->rule != KEEP_UNITS) return true;
    for (size_t i = 0; i < n; i++) {
        const double units = rint(u[i] / rule->bound);
        if (!isnan(u[i]) && (fabs(units) >= 0x1p52 || loci_units_value(units, rule->bound) != u[i]))
            return false;
    }
    return true;
}

/* Whether none of n numbers is missing; then the least and the largest of them. */
LOCI_HOT static bool range_of(const double *u, size_t n, double *least, double *most)
{
    double low[LANES], high[LANES];
    unsigned missing[LANES] = {0};
    size_t i = 0;
    for (size_t j = 0; j < LANES; j++) low[j] = high[j] = u[0];
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
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
    for (size_t j = 0; j < LANES; j++) some |= missing[j];
    *most = most_of(high);
    for (size_t j = 0; j < LANES; j++) low[j] = -low[j];
    *least = -most_of(low);
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

double loci_page_largest_of(const double *moved, const pyramid_layout *l, size_t rows)
{
    const double order = (double)l->order;
    double sum = 0.0;
    for (size_t row = 0; row < rows; row++) {
        /* values of the orthonormal polynomials of a stretch at a sample: their squares sum to 1 at most, and, of a long one, to
         * order^2 / samples, which they have at its ends */
        const size_t width = l->row[row].width;
        const double part = row > l->unequal ? ldexp(order, (int)(l->rows - row)) / 2.0
                            : row == 0       ? (double)l->samples
                                             : 0.0;
        const double height = part > order * order ? order * order / part : 1.0;
        double most = 0.0, tiny = 0.0;
        for (uint64_t i = 0; i < l->row[row].nodes; i++) {
            const double *c = moved + l->row[row].at + i * width;
            double square = 0.0;
            for (size_t k = 0; k < width; k++) square += c[k] * c[k];
            most = square > most ? square : most;
            for (size_t k = 0; k < width; k++) tiny += square < DBL_MIN ? fabs(c[k]) : 0.0;
        }
        sum += sqrt(most * height) + tiny; /* those whose squares are nothing */
    }
    return sum;
}
