/* SPDX-License-Identifier: MIT
 *
 * projection.c - projections of stretches and their joining: the mathematics of the palace, one channel at a time.
 *
 * A stretch is known by its mean (in two doubles), the coefficients c_n, n >= 1, of what is left on g_n(x) =
 * sqrt(2n+1) P_n(2x-1), and the mean square e of what these do not hold. Everything but the mean is made from
 * deviations from a mean, so an offset costs no digits. docs/memory.md derives the formulas.
 *
 * Every sum runs in an order that depends on the sizes only: the same samples give the same bits. Long sums are
 * eight, of every eighth number, whatever the width of the processor's vectors. */
#define LOCI_REAL_IS_DOUBLE 1
#include "base/each_level.h"

#include "memory/layout.h"

#include <string.h>

enum {
    W = LOCI_WIDTH,
    PARTS = 8 / W, /* vectors of eight numbers */
    CHAINS = 4,    /* vectors of points, or of rows of either parity, that stay in registers */
    DEGREES = 64   /* moments that are summed before their eight sums are added up */
};

#define AT(p) (*(const vreal_unaligned *)(p))
#define TO(p) (*(vreal_unaligned *)(p))

static inline LOCI_INLINE double added(const double s[8])
{
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

static inline LOCI_INLINE double added_up(const vreal total[PARTS])
{
    double s[8];
    memcpy(s, total, sizeof s);
    return added(s);
}

/* a_j q_n(z_j) of CHAINS vectors of points, n from `first` to `first` + count, added to total[count][8]; now and before
 * are a q_n and a q_(n-1) of the first of them, then of the next one to come. */
static inline LOCI_INLINE void moments_of(double *total, const double *step, size_t count, double *now,
                                          double *before, const double *z)
{
    vreal at[CHAINS], here[CHAINS], last[CHAINS];
    LOCI_UNROLL
    for (int i = 0; i < CHAINS; i++)
        at[i] = AT(z + i * W), here[i] = AT(now + i * W), last[i] = AT(before + i * W);
    for (size_t n = 0; n < count; n++, total += 8) {
        vreal sum[PARTS];
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) sum[i] = AT(total + i * W);
        LOCI_UNROLL
        for (int i = 0; i < CHAINS; i++) {
            const vreal next = (step[n] * at[i]) * here[i] - last[i];
            sum[i % PARTS] += here[i];
            last[i] = here[i];
            here[i] = next;
        }
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) TO(total + i * W) = sum[i];
    }
    LOCI_UNROLL
    for (int i = 0; i < CHAINS; i++) TO(now + i * W) = here[i], TO(before + i * W) = last[i];
}

/* P_n = size_n q_n, and q_(n+1) = step_n z q_n - q_(n-1): one product and one multiply-add a point and degree. The
 * weights ride along: a_j q_n(z_j) obeys the recurrence of q_n. */
static void moments(const loci_memory_plan *plan, double *sum, size_t order, double *a, double *z,
                    size_t count, double *before)
{
    _Alignas(64) double total[DEGREES * 8];
    const size_t points = (count + (CHAINS * W) - 1) / (CHAINS * W) * (CHAINS * W);
    for (size_t j = count; j < points; j++) a[j] = z[j] = 0;
    memset(before, 0, points * sizeof *before);
    for (size_t first = 0; first < order; first += DEGREES) {
        const size_t degrees = order - first < DEGREES ? order - first : DEGREES;
        memset(total, 0, degrees * 8 * sizeof *total);
        for (size_t j = 0; j < points; j += CHAINS * W)
            moments_of(total, plan->step + first, degrees, a + j, before + j, z + j);
        for (size_t n = 0; n < degrees; n++) sum[first + n] += plan->size[first + n] * added(total + n * 8);
    }
}

/* even[i] and odd[i] = the sums over k of table[k][0][i] x[k] and table[k][1][i] y[k], i < W * vectors; stride:
 * doubles from a column's even to its odd part. */
static inline LOCI_INLINE void columns(double *even, double *odd, const double *table, const double *x,
                                       const double *y, size_t count, size_t stride, const int vectors)
{
    vreal e[CHAINS], o[CHAINS];
    LOCI_UNROLL
    for (int i = 0; i < vectors; i++) e[i] = o[i] = (vreal){0};
    for (size_t k = 0; k < count; k++, table += 2 * stride) {
        LOCI_UNROLL
        for (int i = 0; i < vectors; i++) {
            e[i] += AT(table + i * W) * x[k];
            o[i] += AT(table + stride + i * W) * y[k];
        }
    }
    LOCI_UNROLL
    for (int i = 0; i < vectors; i++) TO(even + i * W) = e[i], TO(odd + i * W) = o[i];
}

/* work[0 to stride) and work[stride to 2 stride) = the even and the odd rows of a table of `count` columns against x
 * and y; `rising` tables are zero where the row is less than the column. */
static void parity_rows(double *work, const double *table, const double *x, const double *y, size_t count,
                        size_t stride, bool rising)
{
    double *even = work, *odd = work + stride;
    for (size_t i = 0; i < stride;) {
        const size_t left = (stride - i) / W, vectors = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        const size_t rows = 2 * (i + W * vectors), k = rising && rows < count ? rows : count;
        if (vectors == 4)
            columns(even + i, odd + i, table + i, x, y, k, stride, 4);
        else if (vectors == 2)
            columns(even + i, odd + i, table + i, x, y, k, stride, 2);
        else
            columns(even + i, odd + i, table + i, x, y, k, stride, 1);
        i += W * vectors;
    }
}

/* out[2 + n], n < order, from the even and the odd rows */
static void interleave(double *out, const double *work, size_t order, size_t stride)
{
    for (size_t i = 0; i < order / 2; i++) {
        out[2 + 2 * i] = work[i];
        out[3 + 2 * i] = work[stride + i];
    }
    if (order % 2 == 1) out[1 + order] = work[order / 2];
}

static double sum_of_squares(const double *c, size_t order)
{
    vreal total[PARTS] = {{0}};
    size_t n = 1;
    for (; n + 8 <= order; n += 8) {
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) {
            const vreal v = AT(c + 2 + n + i * W);
            total[i] += v * v;
        }
    }
    double rest = 0;
    for (; n < order; n++) rest += c[2 + n] * c[2 + n];
    return added_up(total) + rest;
}

/* The mean square of the joined or held w[count + 1] about `mean`, equal intervals. */
static inline LOCI_INLINE double mean_square(const double *w, size_t count, double mean, const bool joined)
{
    vreal total[PARTS] = {{0}};
    size_t k = 0;
    for (; k + 8 <= count; k += 8) {
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) {
            const vreal v = AT(w + k + i * W) - mean, next = AT(w + k + 1 + i * W) - mean;
            total[i] += joined ? v * v + v * next + next * next : v * v;
        }
    }
    double rest = 0;
    for (; k < count; k++) {
        const double v = w[k] - mean, next = w[k + 1] - mean;
        rest += joined ? v * v + v * next + next * next : v * v;
    }
    return (added_up(total) + rest) / (joined ? 3 * (double)count : (double)count);
}

/* w = u - base; what is added to `total` are the sums of w. A leaf is a multiple of eight samples. */
static inline LOCI_INLINE void deviations(double *w, const double *u, size_t leaf, double base,
                                          vreal total[PARTS])
{
    for (size_t k = 0; k < leaf; k += 8) {
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) {
            const vreal v = AT(u + k + i * W) - base;
            TO(w + k + i * W) = v;
            total[i] += v;
        }
    }
}

static void project_pair(const loci_memory_plan *plan, double *out, const double *one, const double *two,
                         double *scratch)
{
    const size_t leaf = plan->leaf, count = 2 * leaf, order = plan->order;
    const bool joined = plan->spec.join == LOCI_LINEAR;
    const size_t rows = count + (joined ? 1 : 0), half = leaf;
    double *w = scratch, *x = w + count + 8, *y = x + half + 8, *work = y + half + 8;
    /* from the first sample, exactly where values are near each other; then from the mean */
    const double base = one[0];
    vreal total[PARTS] = {{0}};
    deviations(w, one, leaf, base, total);
    deviations(w + leaf, two, leaf, base, total);
    double sum = added_up(total);
    w[count] = 0;
    if (joined) {
        w[count] = two[leaf] - base;
        sum += 0.5 * (w[count] - w[0]);
    }
    const double mean = sum / (double)count;
    for (size_t k = 0; k < half; k++) {
        const double left = w[k] - mean, right = w[rows - 1 - k] - mean;
        x[k] = left + right;
        y[k] = left - right;
    }
    if (joined) x[half] = w[half] - mean, y[half] = 0; /* the middle */
    const memory_mean m = memory_mean_add((memory_mean){base, 0}, mean);
    const double square = joined ? mean_square(w, count, mean, true) : mean_square(w, count, mean, false);
    parity_rows(work, plan->leaf_pair, x, y, rows - half, plan->half_stride, false);
    interleave(out, work, order, plan->half_stride);
    const double lost = square - sum_of_squares(out, order);
    out[0] = m.high;
    out[1] = m.low;
    out[2] = lost > 0 ? lost : 0;
}

/* Of held samples: by parts, c_n = - sum over the inner edges of the jump there times the integral of g_n up
 * to there, and that integral is (P_{n+1} - P_{n-1}) sqrt(2n+1) / (2 (2n+1)). No division by a length, so
 * steps of any ratio do. */
static void held_coefficients(const loci_memory_plan *plan, double *out, const double *w, const double *times,
                              size_t count, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *a = sum + order + 8, *z = a + MEMORY_POINTS, *before = z + MEMORY_POINTS;
    memset(sum, 0, (order + 1) * sizeof *sum);
    const double total = times ? times[count] : (double)count;
    for (size_t first = 1; first < count; first += MEMORY_POINTS) {
        const size_t points = count - first < MEMORY_POINTS ? count - first : MEMORY_POINTS;
        for (size_t j = 0; j < points; j++) {
            const size_t k = first + j;
            a[j] = w[k - 1] - w[k];
            z[j] = 2 * ((times ? times[k] : (double)k) / total) - 1;
        }
        moments(plan, sum, order + 1, a, z, points, before);
    }
    for (size_t n = 1; n < order; n++) out[2 + n] = (sum[n + 1] - sum[n - 1]) / (2 * plan->root[n]);
}

/* Of joined samples: a Gauss rule in every cell, by what the polynomials do there. */
static void joined_coefficients(const loci_memory_plan *plan, double *out, const double *w,
                                const double *times, size_t count, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *a = sum + order + 8, *z = a + MEMORY_POINTS, *before = z + MEMORY_POINTS;
    memset(sum, 0, order * sizeof *sum);
    const double total = times ? times[count] : (double)count;
    size_t points = 0;
    for (size_t k = 0; k < count; k++) {
        const double from = (times ? times[k] : (double)k) / total;
        const double length = (times ? times[k + 1] - times[k] : 1) / total;
        const memory_rule *rule = loci_memory_rule(plan, from, from + length);
        for (size_t i = 0; i < rule->count; i++) {
            if (points == MEMORY_POINTS) {
                moments(plan, sum, order, a, z, points, before);
                points = 0;
            }
            a[points] = rule->weight[i] * length * (w[k] + rule->node[i] * (w[k + 1] - w[k]));
            z[points] = 2 * (from + rule->node[i] * length) - 1;
            points++;
        }
    }
    if (points > 0) moments(plan, sum, order, a, z, points, before);
    for (size_t n = 1; n < order; n++) out[2 + n] = plan->root[n] * sum[n];
}

static void project(const loci_memory_plan *plan, double *out, const double *u, const double *times,
                    size_t count, double *scratch)
{
    const bool joined = plan->spec.join == LOCI_LINEAR;
    double *w = scratch, *rest = scratch + 2 * plan->leaf + 8;
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
        square = joined ? mean_square(w, count, 0, true) : mean_square(w, count, 0, false);
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
    const double lost = square - sum_of_squares(out, plan->order);
    out[2] = lost > 0 ? lost : 0;
}

/* One constant matrix serves both halves: the right one's differs by the signs (-1)^(n+m), so even rows take
 * the sum of the left's coefficients and the alternated right's, odd rows the difference. */
static void join_halves(const loci_memory_plan *plan, double *c, const double *one, const double *two,
                        double difference, double *scratch)
{
    const size_t order = plan->order;
    double *x = scratch, *y = x + order + 8, *work = y + order + 8;
    for (size_t m = 0; m < order; m++) {
        const double right = m % 2 == 0 ? two[2 + m] : -two[2 + m];
        x[m] = one[2 + m] + right;
        y[m] = one[2 + m] - right;
    }
    x[0] = 0;
    y[0] = difference;
    parity_rows(work, plan->halves, x, y, order, plan->half_stride, true);
    interleave(c, work, order, plan->half_stride);
}

/* values[j] = d + sum over m >= 1 of c_m g_m(node_j), j < order. The nodes lie evenly about 1/2, where even functions
 * are the same on both sides and odd ones change their sign. */
static void at_nodes(const loci_memory_plan *plan, double *values, const double *c, double d, double *scratch)
{
    const size_t order = plan->order, half = (order + 1) / 2, stride = plan->half_stride;
    double *x = scratch, *y = x + half, *work = y + half;
    for (size_t k = 0; k < half; k++) {
        x[k] = c[2 + 2 * k];
        y[k] = 2 * k + 1 < order ? c[3 + 2 * k] : 0;
    }
    x[0] = 0;
    parity_rows(work, plan->node_basis, x, y, half, stride, false);
    for (size_t j = 0; j < half; j++) {
        values[j] = d + (work[j] + work[stride + j]);
        values[order - 1 - j] = d + (work[j] - work[stride + j]);
    }
}

/* c_n = r times the integral of f1(y) g_n(r y) + s times that of f2(y) g_n(r + s y), each by N Gauss nodes, exactly. */
static void join_any(const loci_memory_plan *plan, double *c, const double *one, const double *two, double r,
                     double s, double difference, double *scratch)
{
    const size_t order = plan->order;
    double *sum = scratch, *values = sum + order + 8, *a = values + order + 8, *z = a + MEMORY_POINTS,
           *before = z + MEMORY_POINTS, *rest = before + MEMORY_POINTS;
    memset(sum, 0, order * sizeof *sum);
    size_t points = 0;
    for (int right = 0; right < 2; right++) {
        /* deviations from the common mean, r m1 + s m2 */
        at_nodes(plan, values, right ? two : one, right ? -r * difference : s * difference, rest);
        const double share = right ? s : r;
        for (size_t j = 0; j < order;) {
            const size_t room = MEMORY_POINTS - points, count = order - j < room ? order - j : room;
            const double *node = plan->node + j, *weight = plan->weight + j;
            for (size_t i = 0; i < count; i++) {
                a[points + i] = share * weight[i] * values[j + i];
                z[points + i] = right ? 1 - 2 * (s * (1 - node[i])) : 2 * (r * node[i]) - 1;
            }
            points += count;
            j += count;
            if (points < MEMORY_POINTS) continue;
            moments(plan, sum, order, a, z, points, before);
            points = 0;
        }
    }
    if (points > 0) moments(plan, sum, order, a, z, points, before);
    for (size_t n = 1; n < order; n++) c[2 + n] = plan->root[n] * sum[n];
}

static void join(const loci_memory_plan *plan, double *out, const double *one, const double *two, double r,
                 double s, double *scratch)
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
    vreal total[PARTS] = {{0}};
    size_t n = 1;
    for (; n + 8 <= order; n += 8) {
        LOCI_UNROLL
        for (int i = 0; i < PARTS; i++) {
            const size_t at = 2 + n + (size_t)i * W;
            const vreal a = AT(one + at), b = AT(two + at), whole = AT(c + at);
            total[i] += r * a * a + s * b * b - whole * whole;
        }
    }
    double lost = r * s * difference * difference + added_up(total);
    for (; n < order; n++)
        lost += r * one[2 + n] * one[2 + n] + s * two[2 + n] * two[2 + n] - c[2 + n] * c[2 + n];
    const double error =
        r * memory_error_scaled(one[2], 1) + s * memory_error_scaled(two[2], 1) + (lost > 0 ? lost : 0);
    const memory_mean mean = memory_mean_add(left, -s * difference);
    out[0] = mean.high;
    out[1] = mean.low;
    out[2] = error;
    memcpy(out + 3, c + 3, (order > 1 ? order - 1 : 0) * sizeof *c);
}

const struct loci_memory_projection LOCI_LEVEL(loci_memory_projection) = {
    .moments = moments, .project = project, .project_pair = project_pair, .join = join};
