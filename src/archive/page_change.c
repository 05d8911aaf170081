/* SPDX-License-Identifier: MIT
 * page_change.c - pages from pages: coarser, elsewhere in time, two as one. */
#include <math.h>
#include <string.h>

#include "archive/page_parts.h"

enum { OCTAVES_MORE = 4 };

/* The most planes that may go. */
static int planes_to_drop(const page_part *part, double rms)
{
    const double allowed = rms * rms * (double)part->present;
    int drop = part->kind == PART_CODED ? part->planes : 0;
    while (drop > 0 && part->error[drop] > allowed) drop--;
    return drop;
}

/* How far samples move, at most, where coefficients move from p->expected to p->recalled + page, the first `known` of them; the part's own
 * corrections go. Of a long page a bound. */
static double largest_move(page_coder *p, const page_part *old, const pyramid_layout *l, size_t known)
{
    double *moved = p->recalled + p->page, largest = 0.0;
    const double size = fmax(fabs(old->least), fabs(old->most));
    const size_t rows = old->rows > 0 ? old->rows : 1;
    for (size_t i = 0; i < known; i++) moved[i] -= p->expected[i];
    for (size_t i = known; i < (size_t)loci_page_known(l, rows); i++) moved[i] = 0.0;
    if (old->present > p->page) return loci_page_largest_of(moved, l, rows) + ROUNDING * size;
    const size_t n = (size_t)old->present;
    loci_pyramid_inverse(p->transform, p->recalled, moved, l, rows, 0, n);
    for (size_t i = 0; i < n; i++) largest = fabs(p->recalled[i]) > largest ? fabs(p->recalled[i]) : largest;
    return largest + ROUNDING * size;
}

/* The root of a part goes to the candidate. */
static void root_keep(candidate *a, const page_part *part, size_t order)
{
    a->roots = order;
    if (part->flags & PART_ROOTED) loci_page_root(a->root, part, order);
}

/* The largest error is at most what it was and what the samples moved by. false: no bytes for it, and nothing has changed. */
static bool part_coarsen(page_coder *p, candidate *a, const page_part *old, int drop)
{
    const size_t used = old->rows;
    pyramid_layout l;
    loci_pyramid_layout(&l, old->present, p->order);
    const size_t known = (size_t)loci_page_known(&l, used);
    const bool corrected = old->flags & (PART_CORRECTED | PART_ROUNDED);
    if (corrected) loci_page_samples(p, p->u, old);
    loci_coefficients_decode(p->coefficients, p->q, old->coarse, old->coarse_size, old->body, old->fine_size,
                             &l, loci_page_coarse_rows(&l), used);
    loci_quantise_restore(p->expected, p->q, known, old->step, old->plane);
    loci_quantise_drop(p->q, known, old->step, drop);
    *a = (candidate){.part = *old, .bytes = p->bytes[0]};
    page_part *part = &a->part;
    root_keep(a, old, p->order);
    part->flags &= PART_MISSING | PART_ROOTED;
    part->step += STEPS_AN_OCTAVE * drop;
    part->plane += drop;
    part->planes -= drop;
    memmove(part->error, old->error + drop, (size_t)(part->planes + 1) * sizeof *part->error);
    part->rows = loci_page_rows_used(p->q, &l, used);
    part->correction_size = 0;
    if (!loci_page_part_bytes(p, a, &l)) {
        *a = (candidate){.part = *old};
        return false;
    }
    loci_quantise_restore(p->recalled + p->page, p->q, known, part->step, part->plane);
    if (corrected) {
        const size_t n = (size_t)old->present;
        double *c = p->recalled + p->page;
        if (used == 0) memset(c, 0, l.root * sizeof *c);
        loci_pyramid_inverse(p->transform, p->recalled, c, &l, used > 0 ? used : 1, 0, n);
        part->largest = old->largest + loci_page_largest_difference(p, n, old->least);
    } else {
        part->largest = old->largest + largest_move(p, old, &l, known);
    }
    return true;
}

/* Samples that are kept as they are, coded for the first time; where that does not pay they stay. A step that is too small for them to be
 * coded at all becomes larger, by whole octaves. */
static void raw_change(page_coder *p, candidate *a, const page_part *old, const keep *rule)
{
    const size_t n = (size_t)old->present;
    keep at = *rule;
    bool coded;
    pyramid_layout l;
    loci_page_samples(p, p->u, old);
    for (size_t i = 0; i < n; i++) p->x[i] = p->u[i] - old->least;
    loci_pyramid_layout(&l, n, p->order);
    do {
        loci_pyramid_forward(p->transform, p->c, p->x, &l);
        loci_quantise_expect(p->expected, p->c, &l);
        coded = loci_page_part_code(p, a, &l, &at, old->least, old->flags);
        at.step += OCTAVES_MORE * STEPS_AN_OCTAVE;
    } while (!coded && rule->rule == KEEP_STEP && at.step <= STEP_LIMIT);
    if (coded) {
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

static void channel_change(page_coder *p, page_frame *f, const page_part *old, int drop, const keep *rule)
{
    candidate a = {.part = *old};
    if (old->kind == PART_RAW) {
        if (rule)
            raw_change(p, &a, old, rule);
        else
            loci_page_samples(p, p->u, old);
    } else if (old->kind == PART_CODED && !(drop > 0 && part_coarsen(p, &a, old, drop))) { /* as it is */
        memcpy(p->bytes[0], old->coarse, old->coarse_size);
        memcpy(p->bytes[0] + old->coarse_size, old->body, old->fine_size + old->correction_size);
        a.bytes = p->bytes[0];
        root_keep(&a, old, p->order);
    }
    bytes_put(&f->head, (uint64_t)a.part.kind | a.part.flags, 1);
    if (a.part.kind == PART_EMPTY) return;
    if (a.part.flags & PART_MISSING) runs_copy(&f->head, old);
    loci_page_part_write(&f->head, &f->body, &a, p->u);
}

size_t loci_page_change(page_coder *p, unsigned char *bytes, const page_view *view, const double *rms,
                        uint64_t first)
{
    page_frame f = loci_page_frame_begin(p, bytes, first, view->samples, view->channels);
    for (size_t c = 0; c < view->channels; c++) {
        const keep rule = {.rule = KEEP_RMS, .bound = rms ? rms[c] : 0.0};
        channel_change(p, &f, &view->part[c], rms ? planes_to_drop(&view->part[c], rms[c]) : 0,
                       rms ? &rule : NULL);
    }
    return loci_page_frame_end(&f);
}

size_t loci_page_drop(page_coder *p, unsigned char *bytes, const page_view *view, const int *drop,
                      const keep *rules)
{
    page_frame f = loci_page_frame_begin(p, bytes, view->first, view->samples, view->channels);
    for (size_t c = 0; c < view->channels; c++) {
        const page_part *part = &view->part[c];
        const int most = part->kind == PART_CODED ? part->planes : 0;
        channel_change(p, &f, part, drop[c] < most ? drop[c] : most, &rules[c]);
    }
    return loci_page_frame_end(&f);
}

static bool parts_join(const page_part *one, const page_part *other)
{
    if (one->kind != other->kind) return false;
    if (one->kind == PART_EMPTY) return true;
    if (one->flags != PART_ROOTED || other->flags != PART_ROOTED) return false;
    return one->planes == 0 || other->planes == 0 ||
           (one->step == other->step && one->plane > 0 && other->plane > 0);
}

/* The one whose bits both get: numbers that are all zero are so at any plane. */
static const page_part *parts_lead(const page_part *one, const page_part *other)
{
    if (one->planes == 0 && other->planes == 0) return one->step > other->step ? one : other;
    return one->planes == 0 ? other : one;
}

static int32_t *decode(page_coder *p, int32_t *q, const page_part *part, const pyramid_layout *l)
{
    loci_coefficients_decode(p->coefficients, q, part->coarse, part->coarse_size, part->body, part->fine_size,
                             l, loci_page_coarse_rows(l), part->rows);
    return q;
}

/* The roots of both become one and a detail, detail [order]; samples of one are counted from its own least, of both from the
 * lesser one. */
static void roots_join(page_coder *p, double *root, double *detail, const page_part *one,
                       const page_part *other, double least, const pyramid_layout *l)
{
    double both[2 * GRAM_ORDER_MAX], out[2 * GRAM_ORDER_MAX];
    const double height = sqrt((double)one->present);
    loci_page_root(both, one, p->order);
    loci_page_root(both + p->order, other, p->order);
    both[0] += (one->least - least) * height;
    both[p->order] += (other->least - least) * height;
    loci_pyramid_join(p->transform, out, both, l->levels);
    memcpy(root, out, p->order * sizeof *out);
    memcpy(detail, out + p->order, p->order * sizeof *out);
}

/* Rows of both, one after the other, each row of one before that of the other, and the new detail above them: p->q. */
static void rows_join(page_coder *p, const page_part *one, const page_part *other, const pyramid_layout *half,
                      const pyramid_layout *l, size_t rows)
{
    const int32_t *a = decode(p, p->corrections, one, half),
                  *b = decode(p, p->corrections + p->page / 2, other, half);
    for (size_t row = 1; row < rows; row++) {
        const size_t n = (size_t)half->row[row].nodes * half->row[row].width;
        int32_t *to = p->q + l->row[row + 1].at;
        memset(to, 0, 2 * n * sizeof *to);
        if (row < one->rows) memcpy(to, a + half->row[row].at, n * sizeof *to);
        if (row < other->rows) memcpy(to + n, b + half->row[row].at, n * sizeof *to);
    }
}

static double error_at(const page_part *part, int plane)
{
    return part->error[plane < part->planes ? plane : part->planes];
}

static bool channel_join(page_coder *p, page_frame *f, const page_part *one, const page_part *other)
{
    candidate a = {.part = *parts_lead(one, other), .bytes = p->bytes[0], .roots = p->order};
    page_part *part = &a.part;
    bytes_put(&f->head, (uint64_t)one->kind | one->flags, 1);
    if (one->kind == PART_EMPTY) return true;
    pyramid_layout half, l;
    loci_pyramid_layout(&half, one->present, p->order);
    loci_pyramid_layout(&l, 2 * one->present, p->order);
    const size_t rows = one->rows > other->rows ? one->rows : other->rows;
    part->rows = (rows > 1 ? rows : 1) + 1;
    if (loci_page_known(&l, part->rows) > p->page) return false;
    rows_join(p, one, other, &half, &l, rows);
    double detail[GRAM_ORDER_MAX], new_error[PLANES_MAX + 1], kept[GRAM_ORDER_MAX];
    part->least = fmin(one->least, other->least);
    part->most = fmax(one->most, other->most);
    roots_join(p, a.root, detail, one, other, part->least, &l);
    double lost = 0.0;
    for (size_t k = 1; k < p->order; k++) {
        const double short_one = bytes_short_real(a.root[k]);
        lost += (a.root[k] - short_one) * (a.root[k] - short_one);
        a.root[k] = short_one;
    }
    int32_t *q = p->q + l.row[1].at;
    memset(p->q, 0, p->order * sizeof *p->q);
    const int finer = part->step - FINER * STEPS_AN_OCTAVE;
    if (loci_quantise(q, detail, detail, p->order, finer) < 0) return false;
    loci_quantise_drop(q, p->order, finer, FINER);
    int most = one->planes > other->planes ? one->planes : other->planes;
    const int own = loci_quantise_planes(q, p->order, part->step);
    if (own > most) most = own;
    if (part->plane + most > PLANES_MAX) part->plane = PLANES_MAX - most;
    if (part->plane < 1) return false; /* what is kept of numbers would be another */
    loci_quantise_errors(new_error, detail, q, p->order, part->step, part->plane, most);
    loci_quantise_restore(kept, q, p->order, part->step, part->plane);
    for (int i = 0; i <= most; i++)
        part->error[i] = error_at(one, i) + error_at(other, i) + new_error[i] + lost;
    part->planes = most;
    for (size_t k = 0; k < p->order; k++) kept[k] -= detail[k];
    double moved[2 * GRAM_ORDER_MAX] = {0};
    memcpy(moved + p->order, kept, p->order * sizeof *kept);
    part->largest = fmax(one->largest, other->largest) + loci_page_largest_of(moved, &l, 2) + sqrt(lost);
    part->present = l.samples;
    part->rows = loci_page_rows_used(p->q, &l, part->rows);
    if (!loci_page_part_bytes(p, &a, &l)) return false;
    loci_page_part_write(&f->head, &f->body, &a, NULL);
    return true;
}

size_t loci_page_join(page_coder *p, unsigned char *bytes, const page_view *one, const page_view *other)
{
    if (one->samples != other->samples || other->first != one->first + one->samples ||
        one->order != p->order || other->order != p->order || one->samples > (uint64_t)1 << 51)
        return 0;
    for (size_t c = 0; c < one->channels; c++)
        if (!parts_join(&one->part[c], &other->part[c]) ||
            loci_page_numbers(&one->part[c], p->order) > p->page / 2 ||
            loci_page_numbers(&other->part[c], p->order) > p->page / 2)
            return 0;
    page_frame f = loci_page_frame_begin(p, bytes, one->first, 2 * one->samples, one->channels);
    for (size_t c = 0; c < one->channels; c++)
        if (!channel_join(p, &f, &one->part[c], &other->part[c])) return 0;
    return loci_page_frame_end(&f);
}
