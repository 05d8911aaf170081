/* SPDX-License-Identifier: MIT
 * attention_tiles.c - softmax over tiles of scores, rotations, one query against a ring of keys. */
#include "base/each_level.h"

#include "layer/attention_tiles.h"

#include "base/vmath.h"

enum { V = LOCI_LANES, W = LOCI_WIDTH, TILE = LOCI_TILE };

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* ---- rotations ---- */

static inline LOCI_INLINE size_t lane(size_t channel, size_t row, size_t stride)
{
    return (channel / V * stride + row) * V + channel % V;
}

/* Pairs that lie in whole blocks. */
static void turn_blocks(real *to, size_t to_stride, const real *from, size_t from_stride, const real *table,
                        size_t table_stride, real sign, real scale, size_t blocks, size_t rows)
{
    const real *sines = table + blocks * table_stride * V;
    for (size_t k = 0; k < blocks; k++)
        for (size_t i = 0; i < rows * V; i += W) {
            const vreal c = scale * AT(table + k * table_stride * V + i),
                        s = scale * sign * AT(sines + k * table_stride * V + i);
            const vreal a = AT(from + k * from_stride * V + i),
                        b = AT(from + (k + blocks) * from_stride * V + i);
            TO(to + k * to_stride * V + i) = a * c - b * s;
            TO(to + (k + blocks) * to_stride * V + i) = b * c + a * s;
        }
}

static void turn(real *to, size_t to_stride, const real *from, size_t from_stride, const real *table,
                 size_t table_stride, int back, real scale, size_t D, size_t rows)
{
    const size_t half = D / 2;
    const real sign = back ? -1 : 1;
    if (table && half % V == 0 && D % 2 == 0) {
        turn_blocks(to, to_stride, from, from_stride, table, table_stride, sign, scale, half / V, rows);
        return;
    }
    for (size_t k = 0; k < loci_lane_blocks(D); k++)
        for (size_t i = 0; i < rows * V; i += W)
            TO(to + k * to_stride * V + i) = scale * AT(from + k * from_stride * V + i);
    const real *sines = table ? table + loci_lane_blocks(half) * table_stride * V : NULL;
    for (size_t i = 0; table && i < half; i++)
        for (size_t r = 0; r < rows; r++) {
            const real c = scale * table[lane(i, r, table_stride)],
                       s = scale * sign * sines[lane(i, r, table_stride)];
            const real a = from[lane(i, r, from_stride)], b = from[lane(i + half, r, from_stride)];
            to[lane(i, r, to_stride)] = a * c - b * s;
            to[lane(i + half, r, to_stride)] = b * c + a * s;
        }
}

/* ---- softmax ---- */

/* e^x for x of at most about 0: below -87 (in double -700) it stays at that, which is nothing beside the 1 of the largest. */
static inline LOCI_INLINE vreal exp_below(vreal x)
{
#if LOCI_REAL_IS_DOUBLE
    /* e^x = 2^n e^r, |r| <= log(2)/2: adding 1.5 2^52 rounds to n; log(2) in two parts, the product with the first is exact; the
     * series ends where r^14/14! is 2^-57 */
    static const double over[] = {1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0,
                                  1 / 362880.0,     1 / 40320.0,     1 / 5040.0,     1 / 720.0,
                                  1 / 120.0,        1 / 24.0,        1 / 6.0,        0.5};
    const double round = 0x1.8p52;
    x = loci_vselect(x < -700.0, LOCI_SPLAT(-700.0), x);
    const vreal shifted = x * 0x1.71547652b82fep0 + round, whole = shifted - round;
    const vreal r = x - whole * 0x1.62e42feep-1 - whole * 0x1.a39ef35793c76p-33;
    vreal p = r * over[0] + over[1];
    LOCI_UNROLL
    for (int i = 2; i < 12; i++) p = p * r + over[i];
    const vbits n = (vbits)shifted - 0x4338000000000000;
    return (1 + (r + r * r * p)) * (vreal)((n + 1023) << 52);
#else
    vbits n;
    x = loci_vselect(x < -87.0f, LOCI_SPLAT(-87.0f), x);
    const vreal r = loci_vreduce(x, &n);
    const vreal p =
        0.5f + r * (0.166665122f + r * (0.0416661873f + r * (0.00836959854f + r * 0.00139517197f)));
    return (1 + (r + r * r * p)) * loci_vpower_of_two(n);
#endif
}

static inline LOCI_INLINE vreal larger(vreal a, vreal b)
{
    return loci_vselect(a > b, a, b);
}

/* Whether key k, as a number, is within the limits. */
static inline LOCI_INLINE vbits within(size_t k, vreal first, vreal last)
{
    const vreal key = LOCI_SPLAT((real)k);
    return (key >= first) & (key <= last);
}

static inline LOCI_INLINE void soften_column(real *scores, real *most, real *sum, real *shrink,
                                             const real *limits, size_t keys, const int limited)
{
    const vreal first = limited ? AT(limits) : LOCI_SPLAT((real)0),
                last = limited ? AT(limits + TILE) : first;
    const vreal before = AT(most);
    vreal top = before, total = {0};
    for (size_t k = 0; k < keys; k++) {
        const vreal s = AT(scores + k * V);
        top = larger(limited ? loci_vselect(within(k, first, last), s, top) : s, top);
    }
    for (size_t k = 0; k < keys; k++) {
        const vbits in = within(k, first, last);
        vreal s = AT(scores + k * V) - top;
        if (limited) s = (vreal)((vbits)s & in);
        vreal w = exp_below(s);
        if (limited) w = (vreal)((vbits)w & in);
        TO(scores + k * V) = w;
        total += w;
    }
    const vreal less = exp_below(before - top);
    TO(shrink) = less;
    TO(most) = top;
    TO(sum) = AT(sum) * less + total;
}

static void soften(real *scores, real *most, real *sum, real *shrink, const real *limits, size_t keys,
                   size_t queries)
{
    for (size_t q = 0; q < queries; q += W) {
        real *column = scores + q / V * TILE * V + q % V;
        if (limits)
            soften_column(column, most + q, sum + q, shrink + q, limits + q, keys, 1);
        else
            soften_column(column, most + q, sum + q, shrink + q, NULL, keys, 0);
    }
}

static void scale(real *x, const real *factor, size_t width, size_t rows)
{
    for (size_t r = 0; r < rows; r++, x += width)
        if (factor[r] != 1)
            for (size_t i = 0; i < width; i += W) TO(x + i) = factor[r] * AT(x + i);
}

static inline LOCI_INLINE void soften_column_backward(real *scores, real *dscores, const real *level,
                                                      const real *less, const real *limits, size_t keys,
                                                      const int limited)
{
    const vreal first = limited ? AT(limits) : LOCI_SPLAT((real)0),
                last = limited ? AT(limits + TILE) : first;
    const vreal top = AT(level), middle = AT(less);
    for (size_t k = 0; k < keys; k++) {
        const vbits in = within(k, first, last);
        vreal s = AT(scores + k * V) - top;
        if (limited) s = (vreal)((vbits)s & in);
        vreal w = exp_below(s);
        if (limited) w = (vreal)((vbits)w & in);
        TO(scores + k * V) = w;
        TO(dscores + k * V) = w * (AT(dscores + k * V) - middle);
    }
}

static void soften_backward(real *scores, real *dscores, const real *level, const real *less,
                            const real *limits, size_t keys, size_t queries)
{
    for (size_t q = 0; q < queries; q += W) {
        const size_t column = q / V * TILE * V + q % V;
        if (limits)
            soften_column_backward(scores + column, dscores + column, level + q, less + q, limits + q, keys,
                                   1);
        else
            soften_column_backward(scores + column, dscores + column, level + q, less + q, NULL, keys, 0);
    }
}

/* ---- one query ---- */

/* Four vectors of keys at a time, where these are whole blocks: each sum waits for itself. */
enum { GROUP = 4 * W >= V ? 4 * W : 0 };
static inline LOCI_INLINE void products(real *scores, const real *q, const real *keys, size_t D,
                                        const int vectors)
{
    vreal sum[4];
    LOCI_UNROLL
    for (int i = 0; i < vectors; i++) sum[i] = (vreal){0};
    for (size_t d = 0; d < D; d++) {
        const real a = q[d];
        LOCI_UNROLL
        for (int i = 0; i < vectors; i++)
            sum[i] += a * AT(keys + ((size_t)i * W / V * D + d) * V + (size_t)i * W % V);
    }
    LOCI_UNROLL
    for (int i = 0; i < vectors; i++) TO(scores + i * W) = sum[i];
}

static void attend(real *o, const real *q, const real *keys, const real *values, size_t count, size_t D,
                   real *scores)
{
    const size_t blocks = loci_lane_blocks(D), padded = loci_lane_blocks(count) * V;
    size_t k = 0;
    for (; GROUP > 0 && k + GROUP <= padded; k += GROUP) products(scores + k, q, keys + k * D, D, 4);
    for (; k < padded; k += V)
        for (size_t i = 0; i < V; i += W) products(scores + k + i, q, keys + k * D + i, D, 1);
    vreal tops = LOCI_SPLAT(scores[0]);
    real most = scores[0], total = 0;
    for (k = 0; k + W <= count; k += W) tops = larger(AT(scores + k), tops);
    for (; k < count; k++) most = scores[k] > most ? scores[k] : most;
    for (int i = 0; i < W; i++) most = tops[i] > most ? tops[i] : most;
    for (k = 0; k < padded; k += W) TO(scores + k) = exp_below(AT(scores + k) - most);
    for (k = count; k < padded; k++) scores[k] = 0;
    vreal sums = {0};
    for (k = 0; k < padded; k += W) sums += AT(scores + k);
    for (int i = 0; i < W; i++) total += sums[i];
    for (size_t e = 0; e < blocks * V; e += W) {
        vreal sum[4] = {0};
        for (k = 0; k + 4 <= count; k += 4) LOCI_UNROLL
        for (size_t i = 0; i < 4; i++) sum[i] += scores[k + i] * AT(values + (k + i) * blocks * V + e);
        for (; k < count; k++) sum[0] += scores[k] * AT(values + k * blocks * V + e);
        TO(o + e) = ((sum[0] + sum[1]) + (sum[2] + sum[3])) / total;
    }
}

const loci_attention_tiles LOCI_LEVEL(loci_attention_tiles_level) = {
    .turn = turn, .soften = soften, .scale = scale, .soften_backward = soften_backward, .attend = attend};
