/* SPDX-License-Identifier: MIT
 * fft.c - plans and passes of the right-angle Fourier transform.
 *
 * n = radix * 8^depth * leaf. The first pass takes the `radix` real rows j + m n/radix (m < radix) of each
 * column j to as many points, turned by exp(-2 pi i j (q + 1/4) / n); point q opens block q of n/radix, whose
 * plain transform is the rest. A block is taken apart by passes of radix 8 until leaves of 64 = 8 * 8 or 32 =
 * 4 * 8 points are left.
 */
#include "base/each_precision.h"

#include "transform/fft.h"
#include "transform/fft_passes.h"

#include <assert.h>
#include <stdbool.h>

#include "base/allocate.h"

/* ---- plan
 * ---------------------------------------------------------------------------------------------------- */

size_t loci_fft_length(size_t L)
{
    for (size_t n = 192; n <= SIZE_MAX / 2; n *= 2) {
        if (n >= L) return n;
        if (n / 3 * 4 >= L) return n / 3 * 4;
    }
    return 0;
}

/* exp(-2 pi i a / b): the angle is reduced exactly, to an eighth of the circle. */
static void root(real w[2], size_t a, size_t b)
{
    const double pi = 3.14159265358979323846;
    a %= b;
    const size_t eighth =
        8 * a / b; /* b is a multiple of 8, and 8 a does not overflow: see loci_fft_create */
    const size_t from = (eighth + 1) / 2, rest = eighth % 2 ? from * (b / 4) - a : a - from * (b / 4);
    const double angle = 2 * pi * (double)rest / (double)b, sign = eighth % 2 ? -1 : 1;
    const double c = cos(angle), s = sign * sin(angle); /* of the angle from the nearest quarter */
    const double re[4] = {c, -s, -c, s}, im[4] = {s, c, -s, -c};
    w[0] = (real)re[from % 4];
    w[1] = (real)-im[from % 4];
}

static void plan_tables(loci_fft_plan *plan, real *table)
{
    const size_t n = plan->n, radix = plan->radix, half = radix / 2;
    for (size_t t = 0; t < 2; t++)
        for (size_t m = 0; m < half; m++) {
            root(&plan->twist[m + t * half][0], m * (4 * t + 1), 4 * radix);
            root(&plan->twist[m + t * half][2], (m + half) * (4 * t + 1), 4 * radix);
        }
    plan->first = table;
    for (size_t j = 0; j < plan->block; j++)
        for (size_t t = 0; t < 2; t++)
            for (size_t p = 0; p < half; p++, table += 2) root(table, j * (8 * p + 4 * t + 1), 4 * n);
    size_t size = plan->leaf;
    for (int level = 0; level <= plan->depth; level++, size *= 8) {
        const size_t points = size == 32 ? 4 : 8;
        plan->turn[level] = table;
        for (size_t j = 0; j < size / points; j++)
            for (size_t q = 1; q < points; q++, table += 2) root(table, j * q, size);
    }
}

bool loci_fft_create(loci_fft_plan **out, const loci_allocator *by, size_t n)
{
    assert(n >= 192 && loci_fft_length(n) == n);
    *out = NULL;
    size_t bytes, odd = n;
    int twos = 0;
    for (; odd % 2 == 0; odd /= 2) twos++;
    /* first table 2 n, the others 2 block (1 + 1/8 + ...) < n / 2 */
    if (!loci_size_multiply(&bytes, n, 128 * sizeof(real))) return false;
    bytes = sizeof(loci_fft_plan) + 3 * n * sizeof(real);
    loci_fft_plan *plan = loci_allocate_by(by, 1, bytes + 64);
    if (!plan) return false;
    plan->passes = LOCI_CHOOSE(loci_fft_passes);
    plan->n = n;
    /* 2^k: 8 * 4 8, 8 * 8 8, 16 * 8 8, then an 8 more; 3 * 2^k: 6 * 4 8, 6 * 8 8, 12 * 8 8 */
    const int rest = odd == 1 ? twos - 8 : twos - 6;
    const size_t base = odd == 1 ? 8 : 6;
    plan->leaf = rest % 3 == 0 ? 32 : 64;
    plan->radix = rest % 3 == 2 ? 2 * base : base;
    plan->depth = rest / 3;
    plan->block = n / plan->radix;
    plan_tables(plan, (real *)((char *)plan + (sizeof *plan + 63) / 64 * 64));
    *out = plan;
    return true;
}

void loci_fft_destroy(loci_fft_plan *plan)
{
    loci_free(plan);
}

size_t loci_fft_scratch(const loci_fft_plan *plan)
{
    return (plan->n + plan->radix * SKEW) * POINT;
}

size_t loci_fft_frequency(const loci_fft_plan *plan, size_t place)
{
    /* A pass of radix r sends frequency q + r k' to place k' of block q. */
    size_t k = place / plan->block, weight = plan->radix, size = plan->block;
    while (size > 1) {
        place %= size;
        const size_t radix = size == 32 ? 4 : 8;
        size /= radix;
        k += weight * (place / size);
        weight *= radix;
    }
    return k;
}

/* ---- depth first
 * --------------------------------------------------------------------------------------------- */

typedef struct {
    const loci_fft_plan *plan;
    enum { FORWARD, INVERSE, CONVOLVE, CORRELATE } job;
    real *x, *g; /* the block at hand, of x or u and of dy */
    real *dk;    /* FORWARD: the spectrum to make; CORRELATE: the gradient of the spectrum */
    const real *k;
    real scale;
} work;

static void leaves(const work *a, size_t count)
{
    const struct loci_fft_passes *passes = a->plan->passes;
    const real *w = a->plan->turn[0];
    const size_t leaf = a->plan->leaf;
    switch (a->job) {
    case FORWARD:
        passes->forward(a->dk, a->x, w, leaf, count, a->scale);
        break;
    case INVERSE:
        passes->inverse(a->x, a->k, w, leaf, count, a->scale);
        break;
    case CONVOLVE:
        passes->convolve(a->x, a->k, w, leaf, count);
        break;
    case CORRELATE:
        passes->correlate(a->g, a->x, a->dk, a->k, w, leaf, count);
        break;
    }
}

static void advance(work *a, size_t points, size_t skew)
{
    a->x += (points + skew) * POINT;
    if (a->g) a->g += (points + skew) * POINT;
    if (a->dk) a->dk += points * POINT;
    if (a->k) a->k += points * POINT;
}

/* A block of 8^level leaves. */
static void descend(const work *a, int level)
{
    if (level == 0) {
        leaves(a, 1);
        return;
    }
    const struct loci_fft_passes *passes = a->plan->passes;
    const size_t columns = a->plan->leaf << 3 * (level - 1);
    const real *w = a->plan->turn[level];
    if (a->job != INVERSE) passes->split(a->x, w, columns);
    if (a->job == CORRELATE) passes->split(a->g, w, columns);
    if (level == 1)
        leaves(a, 8);
    else {
        work b = *a;
        for (size_t q = 0; q < 8; q++, advance(&b, columns, 0)) descend(&b, level - 1);
    }
    if (a->job == INVERSE || a->job == CONVOLVE) passes->join(a->x, w, columns);
    if (a->job == CORRELATE) passes->join(a->g, w, columns);
}

static void blocks(work a)
{
    for (size_t q = 0; q < a.plan->radix; q++, advance(&a, a.plan->block, SKEW)) descend(&a, a.plan->depth);
}

void loci_fft_forward(const loci_fft_plan *plan, real *spectrum, const real *x, size_t L, real scale,
                      real *scratch)
{
    assert(L <= plan->n);
    plan->passes->first(plan, scratch, x, L);
    blocks((work){.plan = plan, .job = FORWARD, .x = scratch, .dk = spectrum, .scale = scale});
}

void loci_fft_inverse(const loci_fft_plan *plan, real *x, const real *spectrum, size_t L, real scale,
                      real *scratch)
{
    assert(L <= plan->n);
    blocks((work){.plan = plan, .job = INVERSE, .x = scratch, .k = spectrum, .scale = scale});
    plan->passes->last(plan, x, scratch, L);
}

void loci_fft_convolve(const loci_fft_plan *plan, real *y, const real *u, const real *spectrum, size_t L,
                       real *scratch)
{
    assert(L <= plan->n);
    plan->passes->first(plan, scratch, u, L);
    blocks((work){.plan = plan, .job = CONVOLVE, .x = scratch, .k = spectrum});
    plan->passes->last(plan, y, scratch, L);
}

void loci_fft_correlate(const loci_fft_plan *plan, real *du, real *dspectrum, const real *dy, const real *u,
                        const real *spectrum, size_t L, real *scratch)
{
    assert(L <= plan->n);
    real *g = scratch + (plan->n + plan->radix * SKEW) * POINT;
    plan->passes->first(plan, scratch, u, L);
    plan->passes->first(plan, g, dy, L);
    blocks((work){.plan = plan, .job = CORRELATE, .x = scratch, .g = g, .dk = dspectrum, .k = spectrum});
    plan->passes->last(plan, du, g, L);
}
