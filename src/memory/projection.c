/* SPDX-License-Identifier: MIT
 *
 * projection.c - projections of stretches and their joining: the mathematics of the palace, one channel at a time.
 *
 * A stretch is known by its mean (in two doubles), the coefficients c_n, n >= 1, of what is left on g_n(x) =
 * sqrt(2n+1) P_n(2x-1), and the mean square e of what these do not hold. Everything but the mean is made from
 * deviations from a mean, so an offset costs no digits. docs/memory.md derives the formulas.
 *
 * Every sum runs in an order that depends on the sizes only: the same samples give the same bits.
 */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

LOCI_HOT void loci_memory_moments(double *sum, size_t order, double *a, double *z, size_t count, double *p,
                                  double *q)
{
    const size_t lanes = (count + 7) / 8;
    for (size_t j = count; j < 8 * lanes; j++) a[j] = z[j] = 0;
    loci_f64x8u *av = (loci_f64x8u *)a, *zv = (loci_f64x8u *)z, *now = (loci_f64x8u *)p,
                *before = (loci_f64x8u *)q;
    for (size_t i = 0; i < lanes; i++) {
        now[i] = av[i]; /* the weights ride along: a_j P_n(z_j) obeys the recurrence of P_n */
        before[i] = av[i] * 0.0;
    }
    for (size_t n = 0; n < order; n++) {
        const double up = (2.0 * (double)n + 1) / ((double)n + 1), down = (double)n / ((double)n + 1);
        loci_f64x8 total = {0};
        for (size_t i = 0; i < lanes; i++) {
            const loci_f64x8 value = now[i];
            total += value;
            const loci_f64x8 next = up * (zv[i] * value) - down * before[i];
            before[i] = next;
        }
        sum[n] +=
            ((total[0] + total[4]) + (total[1] + total[5])) + ((total[2] + total[6]) + (total[3] + total[7]));
        loci_f64x8u *swap = now;
        now = before;
        before = swap;
    }
}

/* even[i] and odd[i] += sum over k of table[k][0][i] x[k] and table[k][1][i] y[k], i < 8 * vectors, vectors
 * 1, 2 or 4. stride: doubles from a column's even to its odd part. The sums run over k in order, whatever the
 * grouping of rows. */
static inline LOCI_INLINE void columns(double *even, double *odd, const double *table, const double *x,
                                       const double *y, size_t columns_count, size_t stride,
                                       const size_t vectors)
{
    loci_f64x8 e[4] = {{0}}, o[4] = {{0}};
    for (size_t k = 0; k < columns_count; k++) {
        const loci_f64x8 *te = (const loci_f64x8 *)(const void *)(table + 2 * k * stride);
        const loci_f64x8 *to = (const loci_f64x8 *)(const void *)(table + (2 * k + 1) * stride);
        for (size_t i = 0; i < vectors; i++) e[i] += te[i] * x[k];
        for (size_t i = 0; i < vectors; i++) o[i] += to[i] * y[k];
    }
    for (size_t i = 0; i < vectors; i++) {
        *(loci_f64x8u *)(even + 8 * i) = e[i];
        *(loci_f64x8u *)(odd + 8 * i) = o[i];
    }
}

/* out[2 + n], n >= 1: the even and odd rows of a table against x and y; `rising` tables are zero where the
 * row is less than the column. work is [2 * stride]. */
LOCI_HOT static void parity_product(double *out, const double *table, const double *x, const double *y,
                                    size_t count, size_t order, size_t stride, bool rising, double *work)
{
    double *even = work, *odd = work + stride;
    for (size_t i = 0; i < stride;) {
        const size_t left = (stride - i) / 8;
        const size_t vectors = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        const size_t rows = 2 * (i + 8 * vectors);
        const size_t k = rising && rows < count ? rows : count;
        if (vectors == 4)
            columns(even + i, odd + i, table + i, x, y, k, stride, 4);
        else if (vectors == 2)
            columns(even + i, odd + i, table + i, x, y, k, stride, 2);
        else
            columns(even + i, odd + i, table + i, x, y, k, stride, 1);
        i += 8 * vectors;
    }
    for (size_t n = 1; n < order; n++) out[2 + n] = n % 2 == 0 ? even[n / 2] : odd[n / 2];
}

static double sum_of_squares(const double *c, size_t order)
{
    double sum = 0;
    for (size_t n = 1; n < order; n++) sum += c[2 + n] * c[2 + n];
    return sum;
}

/* The mean square of the joined or held deviations w[count + 1] about zero, equal intervals. */
static double mean_square(const double *w, size_t count, bool joined)
{
    double sum = 0;
    if (joined)
        for (size_t k = 0; k < count; k++) sum += (w[k] * w[k] + w[k] * w[k + 1] + w[k + 1] * w[k + 1]) / 3;
    else
        for (size_t k = 0; k < count; k++) sum += w[k] * w[k];
    return sum / (double)count;
}

void loci_memory_project_pair(const loci_memory_plan *plan, double *out, const double *one, const double *two,
                              double *scratch)
{
    const size_t leaf = plan->leaf, count = 2 * leaf, order = plan->order;
    const bool joined = plan->spec.join == LOCI_LINEAR;
    const size_t rows = count + (joined ? 1 : 0), folded = (rows + 1) / 2;
    double *w = scratch, *x = w + rows, *y = x + folded, *work = y + folded;
    /* from the first sample, exactly where values are near each other; then from the mean */
    const double base = one[0];
    for (size_t k = 0; k < leaf; k++) {
        w[k] = one[k] - base;
        w[leaf + k] = two[k] - base;
    }
    if (joined) w[count] = two[leaf] - base;
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += w[k];
    if (joined) sum += 0.5 * (w[count] - w[0]);
    const double mean = sum / (double)count;
    for (size_t k = 0; k < rows; k++) w[k] -= mean;
    for (size_t k = 0; k < folded; k++) {
        const bool middle = k == rows - 1 - k;
        x[k] = middle ? w[k] : w[k] + w[rows - 1 - k];
        y[k] = middle ? 0 : w[k] - w[rows - 1 - k];
    }
    const memory_mean m = memory_mean_add((memory_mean){base, 0}, mean);
    const double square = mean_square(w, count, joined);
    parity_product(out, plan->leaf_pair, x, y, folded, order, plan->half_stride, false, work);
    out[0] = m.high;
    out[1] = m.low;
    out[2] = fmax(0, square - sum_of_squares(out, order));
}

/* Of held samples: by parts, c_n = - sum over the inner edges of the jump there times the integral of g_n up
 * to there, and that integral is (P_{n+1} - P_{n-1}) sqrt(2n+1) / (2 (2n+1)). No division by a length, so
 * steps of any ratio do. */
static void held_coefficients(const loci_memory_plan *plan, double *out, const double *w, const double *times,
                              size_t count, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *a = sum + order + 8, *z = a + MEMORY_POINTS, *p = z + MEMORY_POINTS,
           *q = p + MEMORY_POINTS;
    memset(sum, 0, (order + 1) * sizeof *sum);
    const double total = times ? times[count] : (double)count;
    for (size_t first = 1; first < count; first += MEMORY_POINTS) {
        const size_t points = count - first < MEMORY_POINTS ? count - first : MEMORY_POINTS;
        for (size_t j = 0; j < points; j++) {
            const size_t k = first + j;
            a[j] = w[k - 1] - w[k];
            z[j] = 2 * ((times ? times[k] : (double)k) / total) - 1;
        }
        loci_memory_moments(sum, order + 1, a, z, points, p, q);
    }
    for (size_t n = 1; n < order; n++) out[2 + n] = (sum[n + 1] - sum[n - 1]) / (2 * plan->root[n]);
}

const memory_rule *loci_memory_rule(const loci_memory_plan *plan, double from, double to)
{
    const double turn = acos(fmax(-1, 1 - 2 * to)) - acos(1 - 2 * from);
    const memory_rule *rule = plan->rule;
    while (turn >= rule->turn) rule++;
    return rule;
}

/* Of joined samples: a Gauss rule in every cell, by what the polynomials do there. */
static void joined_coefficients(const loci_memory_plan *plan, double *out, const double *w,
                                const double *times, size_t count, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *a = sum + order + 8, *z = a + MEMORY_POINTS, *p = z + MEMORY_POINTS,
           *q = p + MEMORY_POINTS;
    memset(sum, 0, order * sizeof *sum);
    const double total = times ? times[count] : (double)count;
    size_t points = 0;
    for (size_t k = 0; k < count; k++) {
        const double from = (times ? times[k] : (double)k) / total;
        const double length = (times ? times[k + 1] - times[k] : 1) / total;
        const memory_rule *rule = loci_memory_rule(plan, from, from + length);
        for (size_t i = 0; i < rule->count; i++) {
            if (points == MEMORY_POINTS) {
                loci_memory_moments(sum, order, a, z, points, p, q);
                points = 0;
            }
            a[points] = rule->weight[i] * length * (w[k] + rule->node[i] * (w[k + 1] - w[k]));
            z[points] = 2 * (from + rule->node[i] * length) - 1;
            points++;
        }
    }
    if (points > 0) loci_memory_moments(sum, order, a, z, points, p, q);
    for (size_t n = 1; n < order; n++) out[2 + n] = plan->root[n] * sum[n];
}

void loci_memory_project(const loci_memory_plan *plan, double *out, const double *u, const double *times,
                         size_t count, double *scratch)
{
    const bool joined = plan->spec.join == LOCI_LINEAR;
    double *w = scratch, *rest = scratch + plan->leaf + 8;
    const double base = u[0], total = times ? times[count] : (double)count;
    for (size_t k = 0; k < count; k++) w[k] = u[k] - base;
    w[count] = joined ? u[count] - base : 0;
    double sum = 0;
    for (size_t k = 0; k < count; k++) {
        const double length = times ? times[k + 1] - times[k] : 1;
        sum += length * (joined ? 0.5 * (w[k] + w[k + 1]) : w[k]);
    }
    const double mean = sum / total;
    for (size_t k = 0; k <= count; k++) w[k] -= mean;
    double square = 0;
    if (!times) {
        square = mean_square(w, count, joined);
    } else {
        for (size_t k = 0; k < count; k++) {
            const double here =
                joined ? (w[k] * w[k] + w[k] * w[k + 1] + w[k + 1] * w[k + 1]) / 3 : w[k] * w[k];
            square += (times[k + 1] - times[k]) * here;
        }
        square /= total;
    }
    if (joined)
        joined_coefficients(plan, out, w, times, count, rest);
    else
        held_coefficients(plan, out, w, times, count, rest);
    const memory_mean m = memory_mean_add((memory_mean){base, 0}, mean);
    out[0] = m.high;
    out[1] = m.low;
    out[2] = fmax(0, square - sum_of_squares(out, plan->order));
}

/* One constant matrix serves both halves: the right one's differs by the signs (-1)^(n+m), so even rows take
 * the sum of the left's coefficients and the alternated right's, odd rows the difference. */
static void join_halves(const loci_memory_plan *plan, double *c, const double *one, const double *two,
                        double difference, double *scratch)
{
    const size_t order = plan->order;
    double *x = scratch, *y = x + order + 8, *work = y + order + 8;
    x[0] = 0;
    y[0] = difference;
    for (size_t m = 1; m < order; m++) {
        const double right = m % 2 == 0 ? two[2 + m] : -two[2 + m];
        x[m] = one[2 + m] + right;
        y[m] = one[2 + m] - right;
    }
    parity_product(c, plan->halves, x, y, order, order, plan->half_stride, true, work);
}

/* values[j] = d + sum over m >= 1 of c_m g_m(node_j), j < order */
LOCI_HOT static void at_nodes(double *values, const double *c, const double *node_basis, size_t order,
                              double d)
{
    for (size_t j = 0; j < order; j++) values[j] = d;
    for (size_t m = 1; m < order; m++) {
        const double *g = node_basis + m * order, cm = c[2 + m];
        for (size_t j = 0; j < order; j++) values[j] += cm * g[j];
    }
}

/* c_n = r times the integral of f1(y) g_n(r y) + s times that of f2(y) g_n(r + s y), each by N Gauss nodes,
 * exactly. */
static void join_any(const loci_memory_plan *plan, double *c, const double *one, const double *two, double r,
                     double s, double difference, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *values = sum + order + 8, *a = values + order + 8, *z = a + MEMORY_POINTS,
           *p = z + MEMORY_POINTS, *q = p + MEMORY_POINTS;
    memset(sum, 0, order * sizeof *sum);
    for (int right = 0; right < 2; right++) {
        /* deviations from the common mean, r m1 + s m2 */
        at_nodes(values, right ? two : one, plan->node_basis, order,
                 right ? -r * difference : s * difference);
        const double share = right ? s : r;
        for (size_t first = 0; first < order; first += MEMORY_POINTS) {
            const size_t points = order - first < MEMORY_POINTS ? order - first : MEMORY_POINTS;
            for (size_t j = 0; j < points; j++) {
                const double y = plan->node[first + j];
                a[j] = share * plan->weight[first + j] * values[first + j];
                z[j] = right ? 1 - 2 * (s * (1 - y)) : 2 * (r * y) - 1;
            }
            loci_memory_moments(sum, order, a, z, points, p, q);
        }
    }
    for (size_t n = 1; n < order; n++) c[2 + n] = plan->root[n] * sum[n];
}

void loci_memory_join(const loci_memory_plan *plan, double *out, const double *one, const double *two,
                      double r, double s, double *scratch)
{
    const size_t order = plan->order;
    double *c = scratch, *rest = scratch + (order + 2 + 7) / 8 * 8;
    const memory_mean left = {one[0], one[1]}, right = {two[0], two[1]};
    const double difference = memory_mean_difference(left, right);
    if (r == s)
        join_halves(plan, c, one, two, difference, rest);
    else
        join_any(plan, c, one, two, r, s, difference, rest);
    /* by Parseval on both sides, the means' part written out so that an offset cancels exactly */
    double lost = r * s * difference * difference;
    for (size_t n = 1; n < order; n++)
        lost += r * one[2 + n] * one[2 + n] + s * two[2 + n] * two[2 + n] - c[2 + n] * c[2 + n];
    const double error = r * one[2] + s * two[2] + fmax(0, lost);
    const memory_mean mean = memory_mean_add(left, -s * difference);
    out[0] = mean.high;
    out[1] = mean.low;
    out[2] = error;
    memcpy(out + 3, c + 3, (order > 1 ? order - 1 : 0) * sizeof *c);
}
