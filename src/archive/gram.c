/* SPDX-License-Identifier: MIT
 * gram.c - polynomials orthonormal on samples, and the matrices that merge projections on them. */
#include "archive/gram.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { NODES_MAX = 2 * GRAM_ORDER_MAX, STEPS = 30 };

/* A Gauss rule of `count` nodes for a stretch of `length` samples; vector[k * count + j] is p_k at node j times the root of
 * the node's weight. */
typedef struct {
    uint64_t length;
    size_t count;
    double node[NODES_MAX]; /* ascending, centred */
    double *vector;
} rule;

static double off_diagonal(uint64_t length, size_t k)
{
    const double s = (double)length, n = (double)k;
    return 0.5 * n * sqrt((s - n) * (s + n) / (4.0 * n * n - 1.0));
}

/* One step of the QR method, with Wilkinson's shift, on rows first to last of a tridiagonal matrix whose off-diagonal numbers there
 * are not zero: rotations chase what the first of them leaves beside the diagonals off the end (Golub and Van Loan, Matrix
 * Computations, 8.3). Row j of vector, [n], is turned with row j of the matrix. */
static void qr_step(double *diagonal, double *off, double *vector, size_t n, size_t first, size_t last)
{
    const double half = 0.5 * (diagonal[last - 1] - diagonal[last]), end = off[last - 1];
    const double shift = diagonal[last] - end * end / (half + copysign(hypot(half, end), half));
    double x = diagonal[first] - shift, z = off[first];
    for (size_t k = first; k < last; k++) {
        const double r = hypot(x, z), c = x / r, s = z / r;
        const double a = diagonal[k], b = off[k], d = diagonal[k + 1];
        if (k > first) off[k - 1] = r;
        diagonal[k] = c * c * a + 2.0 * c * s * b + s * s * d;
        diagonal[k + 1] = s * s * a - 2.0 * c * s * b + c * c * d;
        off[k] = c * s * (d - a) + (c * c - s * s) * b;
        if (k + 1 < last) {
            x = off[k];
            z = s * off[k + 1];
            off[k + 1] *= c;
        }
        double *u = vector + k * n, *v = u + n;
        for (size_t i = 0; i < n; i++) {
            const double both = c * u[i] + s * v[i];
            v[i] = c * v[i] - s * u[i];
            u[i] = both;
        }
    }
}

/* diagonal [n] becomes the eigenvalues, row j of vector [n][n] the eigenvector of the j-th; off [n - 1] is used up. */
static void eigenvectors(double *diagonal, double *off, double *vector, size_t n)
{
    double norm = 0.0;
    memset(vector, 0, n * n * sizeof *vector);
    for (size_t k = 0; k < n; k++) vector[k * n + k] = 1.0;
    for (size_t k = 0; k + 1 < n; k++) norm = fmax(norm, fabs(off[k]));
    const double nothing = 1e-17 * norm;
    size_t last = n - 1;
    for (size_t step = 0; last > 0 && step < STEPS * n; step++) {
        while (last > 0 && fabs(off[last - 1]) <= nothing) last--;
        size_t first = last;
        while (first > 0 && fabs(off[first - 1]) > nothing) first--;
        if (first < last) qr_step(diagonal, off, vector, n, first, last);
    }
}

/* scratch: 2 count^2 + 2 count numbers, the first count^2 of which stay in use as r->vector. */
static void rule_make(rule *r, uint64_t length, size_t count, double *scratch)
{
    double *a = scratch, *v = a + count * count, *diagonal = v + count * count, *off = diagonal + count;
    memset(diagonal, 0, count * sizeof *diagonal);
    for (size_t k = 1; k < count; k++) off[k - 1] = off_diagonal(length, k);
    eigenvectors(diagonal, off, v, count);
    r->length = length;
    r->count = count;
    size_t order[NODES_MAX];
    for (size_t j = 0; j < count; j++) {
        size_t at = j;
        for (; at > 0 && r->node[at - 1] > diagonal[j]; at--) {
            r->node[at] = r->node[at - 1];
            order[at] = order[at - 1];
        }
        r->node[at] = diagonal[j];
        order[at] = j;
    }
    if (count == length) /* the samples themselves */
        for (size_t j = 0; j < count; j++) r->node[j] = (double)j - 0.5 * (double)(count - 1);
    for (size_t j = 0; j < count; j++) {
        const double *from = v + order[j] * count, sign = from[0] < 0.0 ? -1.0 : 1.0; /* p_0 is positive */
        for (size_t k = 0; k < count; k++) a[k * count + j] = sign * from[k];
    }
    r->vector = a;
}

/* The same with x counted from the middle. */
static void polynomials(double *out, uint64_t length, size_t count, double x)
{
    out[0] = 1.0 / sqrt((double)length);
    for (size_t k = 1; k < count; k++) {
        const double before = k > 1 ? off_diagonal(length, k - 1) * out[k - 2] : 0.0;
        out[k] = (x * out[k - 1] - before) / off_diagonal(length, k);
    }
}

/* Columns of m numbers, one after another in `column`: makes column `at` orthogonal to those before, and of length 1.
 * Twice is enough (Kahan; Parlett, The Symmetric Eigenvalue Problem, 6.9). */
static void orthonormalise(double *column, size_t m, size_t at)
{
    double *x = column + at * m;
    for (int pass = 0; pass < 2; pass++)
        for (size_t c = 0; c < at; c++) {
            double product = 0.0;
            for (size_t i = 0; i < m; i++) product += column[c * m + i] * x[i];
            for (size_t i = 0; i < m; i++) x[i] -= product * column[c * m + i];
        }
    double square = 0.0;
    for (size_t i = 0; i < m; i++) square += x[i] * x[i];
    const double scale = 1.0 / sqrt(square);
    for (size_t i = 0; i < m; i++) x[i] *= scale;
}

void loci_gram_evaluate(double *value, uint64_t length, size_t count, double at)
{
    polynomials(value, length, count, at - 0.5 * (double)(length - 1));
}

/* x less `scale` times its part along v, which is zero before `from`. */
static void reflect(double *x, const double *v, double scale, size_t from, size_t m)
{
    double product = 0.0;
    for (size_t i = from; i < m; i++) product += v[i] * x[i];
    for (size_t i = from; i < m; i++) x[i] -= scale * product * v[i];
}

/* Columns `kept` to m - 1 become an orthonormal basis of what the first ones, orthonormal, leave: the last columns of the
 * product of the reflections that take those to unit vectors. All vectors have length 1 on the way, so nothing is lost however
 * unequal the parts are, and another processor finds the same basis to rounding. */
static void complement(double *column, size_t m, size_t kept)
{
    double reflector[GRAM_ORDER_MAX][2 * GRAM_ORDER_MAX], x[2 * GRAM_ORDER_MAX], scale[GRAM_ORDER_MAX];
    for (size_t k = 0; k < kept; k++) {
        double *v = reflector[k];
        memcpy(v, column + k * m, m * sizeof *v);
        for (size_t j = 0; j < k; j++) reflect(v, reflector[j], scale[j], j, m);
        v[k] += v[k] > -0.5 ? 1.0 : -1.0;
        double square = 0.0;
        for (size_t i = k; i < m; i++) square += v[i] * v[i];
        scale[k] = 2.0 / square;
    }
    for (size_t k = kept; k < m; k++) {
        memset(x, 0, sizeof x);
        x[k] = 1.0;
        for (size_t j = kept; j-- > 0;) reflect(x, reflector[j], scale[j], j, m);
        memcpy(column + k * m, x, m * sizeof *x);
    }
}

static size_t rule_room(size_t count)
{
    return 2 * count * count + 2 * count;
}

size_t loci_gram_scratch(size_t order)
{
    /* three rules of at most 2 order nodes, and the columns */
    return 3 * rule_room(2 * order) + 4 * order * order;
}

void loci_gram_leaf(double *value, size_t n, double *scratch)
{
    rule r;
    rule_make(&r, n, n, scratch);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) value[i * n + k] = r.vector[k * n + i];
}

static size_t least(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

void loci_gram_merge(double *matrix, uint64_t first, uint64_t second, size_t order, double *scratch)
{
    const size_t twice = 2 * order, room = rule_room(twice);
    const size_t n1 = least(first, order), n2 = least(second, order), m = n1 + n2;
    const uint64_t whole = first + second;
    const bool exact = whole <= twice; /* few samples: all polynomials there are, from the samples */
    rule child[2], parent;
    rule_make(&child[0], first, least(first, twice), scratch);
    if (second == first)
        child[1] = child[0];
    else
        rule_make(&child[1], second, least(second, twice), scratch + room);
    if (exact) rule_make(&parent, whole, (size_t)whole, scratch + 2 * room);
    double *column = scratch + 3 * room;
    memset(column, 0, m * m * sizeof *column);
    for (size_t side = 0, point = 0; side < 2; side++) {
        const rule *r = &child[side];
        const size_t rows = side == 0 ? n1 : n2, from = side == 0 ? 0 : n1;
        const double offset = side == 0 ? -0.5 * (double)second : 0.5 * (double)first;
        for (size_t j = 0; j < r->count; j++, point++) {
            double p[2 * GRAM_ORDER_MAX];
            if (exact) {
                for (size_t k = 0; k < m; k++) p[k] = parent.vector[k * parent.count + point];
            } else {
                const double root = sqrt((double)r->length) * r->vector[j];
                polynomials(p, whole, m, r->node[j] + offset);
                for (size_t k = 0; k < m; k++) p[k] *= root;
            }
            for (size_t k = 0; k < m; k++)
                for (size_t i = 0; i < rows; i++)
                    column[k * m + from + i] += r->vector[i * r->count + j] * p[k];
        }
    }
    const size_t kept = least(whole, order);
    for (size_t k = 0; k < (first == second ? m : kept); k++) orthonormalise(column, m, k);
    if (first != second) complement(column, m, kept);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < m; k++) matrix[i * m + k] = column[k * m + i];
}
