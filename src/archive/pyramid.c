/* SPDX-License-Identifier: MIT
 * pyramid.c - the orthogonal transform of a page. */
#define LOCI_REAL_IS_DOUBLE 1
#include "archive/pyramid.h"

#include <math.h>
#include <string.h>

#include "archive/gram.h"
#include "archive/pyramid_rows.h"
#include "base/allocate.h"

/* A matrix of m rows and, padded with zeros, `stride` columns, and its transpose. */
typedef struct {
    double *forward, *back;
} pair;

struct pyramid {
    size_t order, page, stride;
    double *leaf, *leaf_back;   /* [order][stride] */
    pair table[PYRAMID_TABLES]; /* [2 order][stride]; made when first needed */
    double *unequal;            /* [PYRAMID_UNEQUAL][2 order][2 order] */
    uint64_t unequal_samples;   /* the page that they are for; 0: none yet */
    double *room[2];            /* [page + 2 order] coefficients of a level, and of the next */
    double *scratch;
    double *tables;
    const struct loci_pyramid_rows *rows;
};

static void layout_row(pyramid_layout *l, uint64_t *at, uint64_t nodes, size_t width)
{
    l->row[l->rows].at = *at;
    l->row[l->rows].nodes = nodes;
    l->row[l->rows].width = width;
    l->rows++;
    *at += nodes * width;
}

void loci_pyramid_layout(pyramid_layout *l, uint64_t samples, size_t order)
{
    *l = (pyramid_layout){
        .order = order, .samples = samples, .leaves = samples / order, .rest = (size_t)(samples % order)};
    l->root = samples < order ? (size_t)samples : order;
    size_t roots = 0;
    while (l->leaves >> l->levels > 1) l->levels++;
    for (uint64_t left = l->leaves; left; left &= left - 1) roots++;
    if (l->leaves > 0) l->unequal = roots - 1 + (l->rest > 0 ? 1 : 0);
    uint64_t at = 0;
    layout_row(l, &at, 1, l->root);
    for (size_t u = 0; u < l->unequal; u++)
        layout_row(l, &at, 1, u + 1 == l->unequal && l->rest > 0 ? l->rest : order);
    for (size_t level = l->levels; level > 0; level--) layout_row(l, &at, l->leaves >> level, order);
}

pyramid *loci_pyramid_create(const loci_allocator *by, size_t order, size_t page)
{
    pyramid *p = loci_allocate_by(by, 1, sizeof *p);
    if (!p) return NULL;
    p->order = order;
    p->page = page;
    p->stride = (2 * order + PYRAMID_LANES - 1) / PYRAMID_LANES * PYRAMID_LANES;
    p->rows = LOCI_CHOOSE(loci_pyramid_rows);
    const size_t matrix = 2 * order * p->stride;
    p->leaf = loci_allocate_by(by, 2 * matrix, sizeof *p->leaf);
    p->tables = loci_allocate_room_by(by, 2 * matrix * PYRAMID_TABLES, sizeof *p->tables);
    p->unequal = loci_allocate_room_by(by, PYRAMID_UNEQUAL * 4 * order * order, sizeof *p->unequal);
    p->scratch = loci_allocate_by(by, loci_gram_scratch(order) + 4 * order * order, sizeof *p->scratch);
    for (size_t i = 0; i < 2; i++)
        p->room[i] = loci_allocate_room_by(by, page + 4 * p->stride, sizeof *p->room[i]);
    if (!p->leaf || !p->tables || !p->unequal || !p->scratch || !p->room[0] || !p->room[1]) {
        loci_pyramid_destroy(p);
        return NULL;
    }
    p->leaf_back = p->leaf + matrix;
    double *value = p->scratch + loci_gram_scratch(order);
    loci_gram_leaf(value, order, p->scratch);
    for (size_t i = 0; i < order; i++)
        for (size_t k = 0; k < order; k++) {
            p->leaf[i * p->stride + k] = value[i * order + k];
            p->leaf_back[k * p->stride + i] = value[i * order + k];
        }
    return p;
}

void loci_pyramid_destroy(pyramid *p)
{
    if (!p) return;
    loci_free(p->leaf);
    loci_free(p->tables);
    loci_free(p->unequal);
    loci_free(p->scratch);
    loci_free(p->room[0]);
    loci_free(p->room[1]);
    loci_free(p);
}

/* The matrices of the merge into stretches of 2^level leaves. */
static const pair *table(pyramid *p, size_t level)
{
    const size_t index = level - 1 < PYRAMID_TABLES ? level - 1 : PYRAMID_TABLES - 1;
    const size_t m = 2 * p->order, matrix = m * p->stride;
    pair *t = &p->table[index];
    if (!t->forward) {
        double *value = p->scratch + loci_gram_scratch(p->order);
        const uint64_t child = (uint64_t)p->order << index;
        t->forward = p->tables + 2 * matrix * index;
        t->back = t->forward + matrix;
        loci_gram_merge(value, child, child, p->order, p->scratch);
        memset(t->forward, 0, 2 * matrix * sizeof *t->forward);
        for (size_t i = 0; i < m; i++)
            for (size_t k = 0; k < m; k++) {
                t->forward[i * p->stride + k] = value[i * m + k];
                t->back[k * p->stride + i] = value[i * m + k];
            }
    }
    return t;
}

/* The lengths of what the unequal merge u, counted from the top, joins. */
static void unequal_lengths(const pyramid_layout *l, size_t u, uint64_t *first, uint64_t *second,
                            uint64_t *begin)
{
    uint64_t left = l->leaves;
    *begin = 0;
    for (;; u--) {
        uint64_t top = left;
        while (top & (top - 1)) top &= top - 1;
        *first = top * l->order;
        *second = l->samples - *begin - *first;
        if (u == 0) return;
        *begin += *first;
        left -= top;
    }
}

static const double *unequal_matrix(pyramid *p, const pyramid_layout *l, size_t u)
{
    const size_t square = 4 * p->order * p->order;
    if (p->unequal_samples != l->samples) {
        for (size_t i = 0; i < l->unequal; i++) {
            uint64_t first, second, begin;
            unequal_lengths(l, i, &first, &second, &begin);
            loci_gram_merge(p->unequal + i * square, first, second, p->order, p->scratch);
        }
        p->unequal_samples = l->samples;
    }
    return p->unequal + u * square;
}

void loci_pyramid_forward(pyramid *p, double *c, const double *x, const pyramid_layout *l)
{
    const size_t order = p->order;
    double *now = p->room[0], *next = p->room[1];
    double root[2 * GRAM_ORDER_MAX] = {0}; /* what was merged from the right, behind what it is merged with */
    size_t held = l->rest, u = l->unequal; /* numbers of it */
    if (l->rest > 0) {
        double leaf[GRAM_ORDER_MAX * GRAM_ORDER_MAX];
        const double *last = x + l->leaves * order;
        loci_gram_leaf(leaf, l->rest, p->scratch);
        for (size_t k = 0; k < l->rest; k++)
            for (size_t i = 0; i < l->rest; i++) root[k] += last[i] * leaf[i * l->rest + k];
    }
    p->rows->leaf(now, x, p->leaf, (size_t)l->leaves, order, p->stride);
    for (size_t level = 0; level <= l->levels && l->leaves > 0; level++) {
        const size_t nodes = (size_t)(l->leaves >> level);
        if (nodes % 2 == 1) { /* a root of its own */
            double both[2 * GRAM_ORDER_MAX];
            const double *last = now + (nodes - 1) * order;
            memcpy(both, last, order * sizeof *both);
            if (held > 0) {
                const size_t m = order + held;
                const double *matrix = unequal_matrix(p, l, --u);
                memcpy(both + order, root, held * sizeof *both);
                double *detail = c + l->row[1 + u].at;
                memset(root, 0, sizeof root);
                for (size_t i = 0; i < m; i++)
                    for (size_t k = 0; k < m; k++) root[k] += both[i] * matrix[i * m + k];
                memcpy(detail, root + order, held * sizeof *detail);
            } else {
                memcpy(root, both, order * sizeof *root);
            }
            held = order;
        }
        if (level == l->levels) break;
        p->rows->merge(next, c + l->row[l->rows - 1 - level].at, now, table(p, level + 1)->forward, nodes / 2,
                       order, p->stride);
        double *swap = now;
        now = next;
        next = swap;
    }
    memcpy(c, root, l->root * sizeof *c);
}

/* The root of the equal merges that cover sample `at`, from the rows before `known`: its coefficients, the first sample
 * and the number of leaves. A part of less than a leaf has leaves 0. */
static void find_root(pyramid *p, double *out, const double *c, const pyramid_layout *l, size_t known,
                      double finest, uint64_t at, uint64_t *begin, uint64_t *leaves)
{
    const size_t order = p->order;
    double both[2 * GRAM_ORDER_MAX] = {0}, parts[2 * GRAM_ORDER_MAX];
    memcpy(both, c, l->root * sizeof *both);
    *begin = 0;
    *leaves = l->leaves;
    for (size_t u = 0; u < l->unequal; u++) {
        uint64_t first, second, start;
        unequal_lengths(l, u, &first, &second, &start);
        const size_t width = l->row[1 + u].width, m = order + width;
        const double *matrix = unequal_matrix(p, l, u);
        memset(both + order, 0, order * sizeof *both);
        if (1 + u < known && (double)second > finest)
            memcpy(both + order, c + l->row[1 + u].at, width * sizeof *both);
        for (size_t i = 0; i < m; i++) {
            parts[i] = 0.0;
            for (size_t k = 0; k < m; k++) parts[i] += matrix[i * m + k] * both[k];
        }
        *begin = start;
        if (at < start + first) {
            *leaves = first / order;
            memcpy(out, parts, order * sizeof *out);
            return;
        }
        memset(both, 0, sizeof both);
        memcpy(both, parts + order, width * sizeof *both);
        *begin = start + first;
        *leaves -= first / order;
    }
    memcpy(out, both, order * sizeof *out);
}

/* Samples [from, to) of the tree of `leaves` leaves whose first sample is `begin`, all within the page. */
static void tree_inverse(pyramid *p, double *x, const double *c, const pyramid_layout *l, size_t known,
                         const double *root, uint64_t begin, uint64_t leaves, uint64_t from, uint64_t to)
{
    const size_t order = p->order;
    const uint64_t leaf0 = begin / order;
    double *now = p->room[0], *next = p->room[1];
    size_t level = 0;
    while (leaves >> level > 1) level++;
    uint64_t first = leaf0 >> level; /* the first node in `now` */
    memcpy(now, root, order * sizeof *now);
    for (; level > 0; level--) {
        const uint64_t a = from / order >> level, b = (to - 1) / order >> level; /* parents that matter */
        const size_t row = l->rows - level;
        const double *detail = row < known ? c + l->row[row].at + a * order : NULL;
        p->rows->split(next, now + (a - first) * order, detail, table(p, level)->back, (size_t)(b - a + 1),
                       order, p->stride);
        first = 2 * a;
        double *swap = now;
        now = next;
        next = swap;
    }
    const uint64_t a = from / order, b = (to - 1) / order;
    const double *leaf = now + (a - first) * order;
    if (a == b || from % order || to % order) {
        p->rows->leaf(next, leaf, p->leaf_back, (size_t)(b - a + 1), order, p->stride);
        memcpy(x, next + (from - a * order), (size_t)(to - from) * sizeof *x);
    } else {
        p->rows->leaf(x, leaf, p->leaf_back, (size_t)(b - a + 1), order, p->stride);
    }
}

void loci_pyramid_inverse(pyramid *p, double *x, const double *c, const pyramid_layout *l, size_t known,
                          uint64_t first, size_t n)
{
    const size_t order = p->order;
    for (uint64_t at = first, end = first + n; at < end;) {
        double root[GRAM_ORDER_MAX];
        uint64_t begin, leaves;
        find_root(p, root, c, l, known, 0.0, at, &begin, &leaves);
        uint64_t to = begin + leaves * order;
        if (leaves == 0) { /* the last leaf */
            double leaf[GRAM_ORDER_MAX * GRAM_ORDER_MAX];
            loci_gram_leaf(leaf, l->rest, p->scratch);
            for (; at < end; at++) {
                double sum = 0.0;
                for (size_t k = 0; k < l->rest; k++)
                    sum += leaf[(size_t)(at - begin) * l->rest + k] * root[k];
                x[at - first] = sum;
            }
            return;
        }
        if (to > end) to = end;
        tree_inverse(p, x + (at - first), c, l, known, root, begin, leaves, at, to);
        at = to;
    }
}

double loci_pyramid_sum(pyramid *p, const double *c, const pyramid_layout *l, size_t known, uint64_t at)
{
    const size_t order = p->order;
    double now[GRAM_ORDER_MAX] = {0}, both[2 * GRAM_ORDER_MAX + PYRAMID_LANES], sum = 0.0;
    uint64_t begin = 0;
    memcpy(now, c, order * sizeof *now);
    if (at >= l->samples) return now[0] * sqrt((double)l->samples);
    for (size_t level = l->levels; level > 0; level--) {
        const uint64_t node = begin / order >> level, half = (uint64_t)order << (level - 1);
        const size_t row = l->rows - level;
        p->rows->split(both, now, row < known ? c + l->row[row].at + node * order : NULL,
                       table(p, level)->back, 1, order, p->stride);
        const size_t side = at >= begin + half ? 1 : 0;
        /* the first polynomial of a stretch is 1 / sqrt(samples): its coefficient times that root is their sum */
        if (side) sum += both[0] * sqrt((double)half);
        memcpy(now, both + side * order, order * sizeof *now);
        begin += side * half;
    }
    double leaf[GRAM_ORDER_MAX + PYRAMID_LANES];
    p->rows->leaf(leaf, now, p->leaf_back, 1, order, p->stride);
    for (uint64_t i = begin; i < at; i++) sum += leaf[i - begin];
    return sum;
}

void loci_pyramid_join(pyramid *p, double *out, const double *both, size_t level)
{
    p->rows->merge(out, out + p->order, both, table(p, level)->forward, 1, p->order, p->stride);
}

double loci_pyramid_value(pyramid *p, const double *c, const pyramid_layout *l, size_t known, double finest,
                          size_t terms, double at)
{
    const size_t order = p->order;
    const double last = (double)(l->samples - 1);
    const double inside = at < 0.0 ? 0.0 : at > last ? last : at;
    double now[GRAM_ORDER_MAX] = {0}, both[2 * GRAM_ORDER_MAX];
    uint64_t begin, leaves;
    find_root(p, now, c, l, known, finest, (uint64_t)inside, &begin, &leaves);
    size_t level = 0;
    while (leaves >> level > 1) level++;
    for (; level > 0 && l->rows - level < known && ldexp((double)order, (int)level) > finest; level--) {
        const uint64_t node = begin / order >> level, half = (uint64_t)order << (level - 1);
        p->rows->split(both, now, c + l->row[l->rows - level].at + node * order, table(p, level)->back, 1,
                       order, p->stride);
        const size_t side = inside >= (double)(begin + half) ? 1 : 0;
        memcpy(now, both + side * order, order * sizeof *now);
        begin += side * half;
    }
    const uint64_t length = leaves > 0 ? (uint64_t)order << level : l->rest;
    const size_t count = length < terms ? (size_t)length : terms < order ? terms : order;
    double value[GRAM_ORDER_MAX], sum = 0.0;
    loci_gram_evaluate(value, length, count, inside - (double)begin);
    for (size_t k = 0; k < count; k++) sum += value[k] * now[k];
    return sum;
}
