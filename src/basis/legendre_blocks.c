/* SPDX-License-Identifier: MIT
 * legendre_blocks.c - values, derivatives, integrals and sums of Legendre functions, a block of points at a time.
 *
 * With t = 2 min(x, 1-x), the distance from the nearer end, and e_n = n (P_n - P_{n-1})(1 - t), the
 * three-term recurrence reads
 *
 *     e_{n+1} = e_n - (2n+1) t P_n,        P_{n+1} = P_n + e_{n+1} / (n+1).
 *
 * t is exact where 2x-1 would round, and near an end P_n changes by small differences, so errors do not grow
 * as n^2 there as they do in the usual form. Parity, P_n(-z) = (-1)^n P_n(z), serves the other end: `flip`
 * below is -1 for x < 1/2. Points lie in lanes, four vectors a block: the recurrence is a chain of dependent
 * operations, and four chains hide its latency. A block is always computed whole, so that a point's bits do
 * not depend on its neighbours. */
#define LOCI_REAL_IS_DOUBLE 1
#include "base/each_level.h"

#include "basis/legendre.h"

#include <string.h>

enum {
    VECTORS = 4,
    BLOCK = VECTORS * LOCI_WIDTH, /* points */
    TILE = 16                     /* orders that are transposed together */
};

typedef struct {
    vreal t[VECTORS], flip[VECTORS], x[VECTORS];
    vreal p[VECTORS], e[VECTORS]; /* P_n, e_n */
    vreal q[VECTORS];             /* derivative: P_n'; integral: P_n - P_{n-1} */
    vreal before[VECTORS];        /* derivative: P_{n-1}' */
} recurrence;

static inline LOCI_INLINE void start(recurrence *r, const double *x, size_t count)
{
    double t[BLOCK], flip[BLOCK], held[BLOCK];
    for (size_t i = 0; i < BLOCK; i++) {
        held[i] = x[i < count ? i : count - 1];
        t[i] = 2.0 * (held[i] < 0.5 ? held[i] : 1.0 - held[i]);
        flip[i] = held[i] < 0.5 ? -1.0 : 1.0;
    }
    memset(r, 0, sizeof *r);
    memcpy(r->t, t, sizeof t);
    memcpy(r->flip, flip, sizeof flip);
    memcpy(r->x, held, sizeof held);
    for (size_t v = 0; v < VECTORS; v++) r->p[v] += 1.0;
}

static inline LOCI_INLINE void advance(vreal *p, vreal *e, const vreal *t, size_t vectors, size_t n)
{
    const double k = (double)(2 * n + 1), reciprocal = 1.0 / (double)(n + 1);
    for (size_t v = 0; v < vectors; v++) {
        e[v] -= (k * t[v]) * p[v];
        p[v] += reciprocal * e[v];
    }
}

/* f = factor times function n, up to the sign flip^(n + 1) for derivatives and integrals, flip^n for values;
 * then on to n + 1. */
static inline LOCI_INLINE void term(vreal *f, recurrence *r, loci_ask ask, size_t n, double factor)
{
    const double k = (double)(2 * n + 1), reciprocal = 1.0 / (double)(n + 1);
    if (ask == LOCI_VALUE) {
        for (size_t v = 0; v < VECTORS; v++) f[v] = (factor * sqrt(k)) * r->p[v];
        advance(r->p, r->e, r->t, VECTORS, n);
    } else if (ask == LOCI_DERIVATIVE) { /* P_{n+1}' = P_{n-1}' + (2n+1) P_n */
        for (size_t v = 0; v < VECTORS; v++) {
            f[v] = (factor * 2.0 * sqrt(k)) * r->q[v];
            const vreal next = r->before[v] + k * r->p[v];
            r->before[v] = r->q[v];
            r->q[v] = next;
        }
        advance(r->p, r->e, r->t, VECTORS, n);
    } else { /* the integral of P_n from -1 to z is (P_{n+1} - P_{n-1})(z) / (2n+1); of P_0 it is z + 1 */
        advance(r->p, r->e, r->t, VECTORS, n);
        for (size_t v = 0; v < VECTORS; v++) {
            const vreal difference = reciprocal * r->e[v];
            f[v] =
                n == 0 ? factor * (r->flip[v] * r->x[v]) : (factor * 0.5 / sqrt(k)) * (difference + r->q[v]);
            r->q[v] = difference;
        }
    }
}

static inline LOCI_INLINE int is_flipped(loci_ask ask, size_t n)
{
    return (int)((n + (ask != LOCI_VALUE)) & 1);
}

static inline LOCI_INLINE void evaluate_block(loci_ask ask, double *out, const double *x, size_t count,
                                              size_t order)
{
    recurrence r;
    start(&r, x, count);
    for (size_t first = 0; first < order; first += TILE) {
        _Alignas(64) double tile[TILE][BLOCK];
        const size_t orders = order - first < TILE ? order - first : TILE;
        for (size_t j = 0; j < orders; j++) {
            vreal f[VECTORS];
            term(f, &r, ask, first + j, 1.0);
            if (is_flipped(ask, first + j))
                for (size_t v = 0; v < VECTORS; v++) f[v] *= r.flip[v];
            memcpy(tile[j], f, sizeof f);
        }
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < orders; j++) out[i * order + first + j] = tile[j][i];
    }
}

static inline LOCI_INLINE void sum_block(loci_ask ask, double *out, const double *c, size_t order,
                                         const double *x, size_t count)
{
    recurrence r;
    start(&r, x, count);
    vreal sum[2][VECTORS] = {{{0}}}; /* terms of either parity apart: the flip is applied once */
    for (size_t n = 0; n < order; n++) {
        vreal f[VECTORS];
        term(f, &r, ask, n, c[n]);
        for (size_t v = 0; v < VECTORS; v++) sum[is_flipped(ask, n)][v] += f[v];
    }
    _Alignas(64) double total[BLOCK];
    for (size_t v = 0; v < VECTORS; v++) sum[0][v] += r.flip[v] * sum[1][v];
    memcpy(total, sum[0], sizeof total);
    memcpy(out, total, count * sizeof *out);
}

/* `ask` is a constant in each case, so that the loops hold no test of it. */
static void evaluate_some(loci_ask ask, double *out, const double *x, size_t count, size_t order)
{
    switch (ask) {
    case LOCI_VALUE:
        evaluate_block(LOCI_VALUE, out, x, count, order);
        break;
    case LOCI_DERIVATIVE:
        evaluate_block(LOCI_DERIVATIVE, out, x, count, order);
        break;
    default:
        evaluate_block(LOCI_INTEGRAL, out, x, count, order);
        break;
    }
}

static void sum_some(loci_ask ask, double *out, const double *c, size_t order, const double *x, size_t count)
{
    switch (ask) {
    case LOCI_VALUE:
        sum_block(LOCI_VALUE, out, c, order, x, count);
        break;
    case LOCI_DERIVATIVE:
        sum_block(LOCI_DERIVATIVE, out, c, order, x, count);
        break;
    default:
        sum_block(LOCI_INTEGRAL, out, c, order, x, count);
        break;
    }
}

static void pair_block(double *p, double *e, const double *t, size_t n)
{
    vreal pv[VECTORS] = {{0}}, ev[VECTORS] = {{0}}, tv[VECTORS];
    memcpy(tv, t, sizeof tv);
    for (size_t v = 0; v < VECTORS; v++) pv[v] += 1.0;
    for (size_t k = 0; k < n; k++) advance(pv, ev, tv, VECTORS, k);
    memcpy(p, pv, sizeof pv);
    memcpy(e, ev, sizeof ev);
}

static void pair(double *p, double *e, const double *t, size_t count, size_t n)
{
    for (size_t i = 0; i < count; i += BLOCK) {
        double padded[3][BLOCK] = {{0}};
        const size_t bytes = (count - i < BLOCK ? count - i : BLOCK) * sizeof *t;
        memcpy(padded[0], t + i, bytes);
        pair_block(padded[1], padded[2], padded[0], n);
        memcpy(p + i, padded[1], bytes);
        memcpy(e + i, padded[2], bytes);
    }
}

static void evaluate(loci_ask ask, double *out, const double *x, size_t count, size_t order)
{
    for (size_t i = 0; i < count; i += BLOCK)
        evaluate_some(ask, out + i * order, x + i, count - i < BLOCK ? count - i : BLOCK, order);
}

static void sum(loci_ask ask, double *out, const double *c, size_t order, const double *x, size_t count)
{
    for (size_t i = 0; i < count; i += BLOCK)
        sum_some(ask, out + i, c, order, x + i, count - i < BLOCK ? count - i : BLOCK);
}

const struct loci_legendre LOCI_LEVEL(loci_legendre_level) = {.pair = pair, .evaluate = evaluate, .sum = sum};
