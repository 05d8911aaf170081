/* SPDX-License-Identifier: MIT
 * page_part.c - one channel of a page: the shortest of a few ways to code it. */
#include "archive/page_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/vector.h"

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

/* The largest of |u - (recalled + least)|, and of |u|. */
LOCI_HOT static double difference_of(const double *u, const double *recalled, size_t n, double least,
                                     double *size)
{
    double off[PAGE_LANES] = {0}, own[PAGE_LANES] = {0};
    size_t i = 0;
    for (; i + PAGE_LANES <= n; i += PAGE_LANES)
        for (size_t j = 0; j < PAGE_LANES; j++) {
            const double x = fabs(u[i + j]), d = fabs(u[i + j] - (recalled[i + j] + least));
            off[j] = d > off[j] ? d : off[j];
            own[j] = x > own[j] ? x : own[j];
        }
    for (; i < n; i++) {
        off[0] = fmax(off[0], fabs(u[i] - (recalled[i] + least)));
        own[0] = fmax(own[0], fabs(u[i]));
    }
    *size = page_most(own);
    return page_most(off);
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
