/* SPDX-License-Identifier: MIT
 * readout_follow.c - widths that follow what comes. */
#include "readout/readout_follow.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/vector.h"

enum { BLOCK = FOLLOW_BLOCK, LANES = 8, LATELY = 256 /* steps */, MOST = 4, FOUND = 7 };

const double loci_follow_misses[2] = {0.2, 0.05};
/* of the share of hits, where the logarithm of a width grows: 2 z phi(z) of normal errors at their quantile z */
static const double slope[2] = {0.45, 0.23};
#define SPEED 0.02 /* of widths: a factor of e in 50 misses too many */

double loci_follow_quantile(double *e, size_t n, double share)
{
    const size_t k = (size_t)ceil(share * (double)(n + 1)) - 1, rank = k < n ? k : n - 1;
    size_t low = 0, high = n - 1;
    while (low < high) {
        const double pivot = e[low + (high - low) / 2];
        size_t i = low, j = high;
        while (i <= j) {
            while (e[i] < pivot) i++;
            while (e[j] > pivot) j--;
            if (i > j) break;
            const double held = e[i];
            e[i++] = e[j];
            e[j] = held;
            if (j == 0) break;
            j--;
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return e[rank];
}

static loci_pulse pulse_open(const double *x, size_t n)
{
    loci_pulse p = {.x = x};
    if (n <= LATELY) return p;
    for (size_t t = 1; t < n; t++) p.usual += fabs(x[t] - x[t - 1]);
    p.usual *= LATELY / (double)(n - 1);
    return p;
}

double loci_pulse_at(loci_pulse *p, size_t t)
{
    if (!(p->usual > 0.0) || t < LATELY) return 1.0;
    while (p->at < t) {
        const bool anew = p->at < LATELY || t - p->at > LATELY || t % LATELY == 0; /* sums do not drift */
        const size_t from = anew ? t - LATELY + 1 : p->at + 1, to = anew ? t : p->at + 1;
        if (anew)
            p->sum = 0.0;
        else
            p->sum -= fabs(p->x[to - LATELY] - p->x[to - LATELY - 1]);
        for (size_t k = from; k <= to; k++) p->sum += fabs(p->x[k] - p->x[k - 1]);
        p->at = to;
    }
    return 0.5 + 0.5 * fmin(fmax(p->sum, 0.0) / p->usual, MOST);
}

/* The factors of both widths: where they were too narrow, and where not.
 *
 * What comes says how good a width was that was told j samples before, and since then it has gone on by all that came in between: steered
 * by that alone, it swings about where it should be, the more the farther the horizon. So it is also asked how many hits the way since then will
 * have won or lost, slope log(now / told) about, and as much is taken back (a predictor as Smith's, 1957). These parts of the
 * steps cancel in the long run, where misses remain what was promised. */
typedef struct {
    double grow[2], shrink[2], back[2];
} pace;

/* LANES horizons from j0 on. Of forecasts o = first, first + 1, ... of one block, y has what they foretold, x what came, less `off`; calm is 1
 * over the pulse of the sample that they were made at, and widths are of errors times calm. The widths
 * that were told with forecast o are row o % ring of `told`, [2][LANES] each: those after all outcomes up to then, which
 * row o + 1 + j of horizon j is given once forecast o's has come. */
typedef struct {
    size_t ring, j0, first; /* ring: one more than all horizons */
    const float *y;         /* [count], `stride` apart */
    size_t stride;
    const double *x;    /* [count]: that of forecast first, and horizon j0, comes first */
    const double *calm; /* [count] */
    double off, scale;
    double *widths, *told; /* [2][LANES], [ring][2][LANES] */
    double *sums;          /* [5][LANES]; NULL: nothing is scored */
} lane_block;

static inline __attribute__((always_inline)) loci_f64x8 choose(loci_i64x8 which, loci_f64x8 a, loci_f64x8 b)
{
    return (loci_f64x8)(((loci_i64x8)a & which) | ((loci_i64x8)b & ~which));
}

/* Forecasts `from` to `to` of the block; of each the outcomes of lanes low to high - 1 have come, and are news. scored: they count. */
static inline __attribute__((always_inline)) void compare_lanes(const lane_block *b, const pace *p,
                                                                size_t from, size_t to, size_t low,
                                                                size_t high, bool scored)
{
    const size_t ring = b->ring;
    const loci_f64x8 zero = {0}, one = zero + 1.0;
    loci_f64x8 width[2], sum[5] = {{0}}, live = zero;
    for (size_t l = 0; l < LANES; l++) live[l] = l >= low && l < high;
    const loci_i64x8 here = live > zero;
    memcpy(width, b->widths, sizeof width);
    if (scored) memcpy(sum, b->sums, sizeof sum);
    size_t row = (b->first + from) % ring, place[LANES];
    for (size_t l = low; l < high; l++) place[l] = (row + b->j0 + l + 1) % ring;
    for (size_t k = from; k < to; k++) {
        loci_f64x8 made = zero, came = zero;
        for (size_t l = low; l < high; l++) made[l] = (double)b->y[k * b->stride + l];
        for (size_t l = low; l < high; l++) came[l] = b->x[k + l];
        const loci_f64x8 e = came - b->off - made * b->scale, far = choose(e < zero, -e, e),
                         size = far * b->calm[k];
        const double *told = b->told + row * 2 * LANES;
        loci_f64x8 inside[2];
        for (size_t level = 0; level < 2; level++) {
            const loci_f64x8 wide = *(const loci_f64x8u *)(told + level * LANES), now = width[level];
            const loci_f64x8 missed = choose(size > wide, zero + p->grow[level], zero + p->shrink[level]);
            const loci_f64x8 step = missed * (1.0 + p->back[level] * (wide - now) / (wide + now));
            /* a width of 0, of a signal that was constant, begins with what breaks it */
            width[level] = choose(here, choose(now > zero, now * step, size), now);
            inside[level] = choose(size > wide, zero, one);
            for (size_t l = low; l < high; l++)
                b->told[place[l] * 2 * LANES + level * LANES + l] = width[level][l];
        }
        if (scored) {
            sum[0] += one;
            sum[1] += e * e;
            sum[2] += far;
            sum[3] += inside[0];
            sum[4] += inside[1];
        }
        row = row + 1 == ring ? 0 : row + 1;
        for (size_t l = low; l < high; l++) place[l] = place[l] + 1 == ring ? 0 : place[l] + 1;
    }
    memcpy(b->widths, width, sizeof width);
    if (scored) memcpy(b->sums, sum, sizeof sum);
}

LOCI_HOT static void compare(const lane_block *b, const pace *p, size_t from, size_t to, size_t low,
                             size_t high, bool scored)
{
    if (low == 0 && high == LANES && scored)
        compare_lanes(b, p, from, to, 0, LANES, true);
    else if (low == 0 && high == LANES)
        compare_lanes(b, p, from, to, 0, LANES, false);
    else
        compare_lanes(b, p, from, to, low, high, scored);
}

/* The block's forecasts, `count`, the first of them made at x[t0] of x [n]. Those before x[from] were told before the walk: of them, what came up
 * to x[from] has been counted already, and the rest moves widths alone. Those from x[whole] on have outcomes that are still to come. */
static void compare_block(const lane_block *b, const pace *p, size_t t0, size_t count, size_t lanes,
                          size_t from, size_t whole, size_t n, bool scored)
{
    size_t k = 0;
    for (; k < count && t0 + k < from; k++) {
        const size_t known = from - t0 - k, come = n - 1 - t0 - k; /* outcomes */
        if (known <= b->j0 && come >= b->j0 + lanes) break;        /* all lanes are news, from here on */
        const size_t low = known > b->j0 ? known - b->j0 : 0, high = come > b->j0 + lanes ? lanes
                                                                     : come > b->j0       ? come - b->j0
                                                                                          : 0;
        if (low < high) compare(b, p, k, k + 1, low, high, false);
    }
    size_t end = from > t0 + k ? from - t0 : k;
    if (end > count) end = count;
    size_t full = n - 1 > t0 + b->j0 + lanes - 1 ? n - t0 - b->j0 - lanes : 0; /* with all lanes' outcomes */
    if (full > end) full = end;
    if (k < full) compare(b, p, k, full, 0, lanes, false), k = full;
    for (; k < end; k++) {
        const size_t come = n - 1 - t0 - k;
        if (come > b->j0) compare(b, p, k, k + 1, 0, come - b->j0 < lanes ? come - b->j0 : lanes, false);
    }
    end = whole > t0 ? whole - t0 : 0;
    if (end > count) end = count;
    if (k < end) compare(b, p, k, end, 0, lanes, scored), k = end;
    for (; k < count; k++) {
        const size_t come = n - 1 - t0 - k;
        if (come > b->j0) compare(b, p, k, k + 1, 0, come - b->j0 < lanes ? come - b->j0 : lanes, false);
    }
}

size_t loci_follow_scratch(const loci_forecasts *f)
{
    const size_t groups = (f->end - f->first + LANES - 1) / LANES, ring = f->horizon + 1;
    return groups * LANES * (2 * ring + 2 + 5);
}

void loci_follow(const loci_forecasts *f, double *found, const double *widths, loci_pulse *moved,
                 const double *x, size_t n, size_t from, bool score, double *scratch)
{
    const size_t h = f->horizon, own = f->end - f->first, groups = (own + LANES - 1) / LANES, ring = h + 1;
    double *const told = scratch, *const lanes = told + groups * LANES * 2 * ring,
                  *const sums = lanes + groups * LANES * 2;
    memset(sums, 0, groups * LANES * 5 * sizeof *sums);
    memset(lanes, 0, groups * LANES * 2 * sizeof *lanes);
    pace p;
    for (size_t level = 0; level < 2; level++) {
        p.grow[level] = exp(SPEED * (1.0 - loci_follow_misses[level]));
        p.shrink[level] = exp(-SPEED * loci_follow_misses[level]);
        p.back[level] = 2.0 * SPEED * slope[level]; /* log(a / b) is about 2 (a - b) / (a + b) */
        for (size_t j = 0; j < own; j++)
            lanes[(j / LANES * 2 + level) * LANES + j % LANES] = widths[level * h + f->first + j];
    }
    for (size_t g = 0; g < groups; g++)
        for (size_t row = 0; row < ring; row++)
            memcpy(told + (g * ring + row) * 2 * LANES, lanes + g * 2 * LANES, 2 * LANES * sizeof *told);
    const size_t whole = n > h ? n - h : 0; /* forecasts before it have all of their outcomes in x */
    for (size_t t0 = f->start; t0 + 1 < n; t0 += BLOCK) {
        const size_t count = n - 1 - t0 < BLOCK ? n - 1 - t0 : BLOCK;
        const double off = f->make(f->how, t0, count);
        double calm[BLOCK];
        for (size_t k = 0; k < count; k++) calm[k] = 1.0 / loci_pulse_at(moved, t0 + k);
        for (size_t g = 0; g < groups; g++) {
            const size_t at = g * LANES, j0 = f->first + at, most = own - at < LANES ? own - at : LANES;
            const lane_block b = {.ring = ring,
                                  .j0 = j0,
                                  .first = t0 - f->start,
                                  .y = f->y + at,
                                  .stride = own,
                                  .x = x + t0 + 1 + j0,
                                  .calm = calm,
                                  .off = off,
                                  .scale = f->scale,
                                  .widths = lanes + g * 2 * LANES,
                                  .told = told + g * ring * 2 * LANES,
                                  .sums = sums + g * 5 * LANES};
            compare_block(&b, &p, t0, count, most, from, whole, n, score);
        }
    }
    const double last = n > 0 ? loci_pulse_at(moved, n - 1) : 1.0;
    for (size_t j = 0; j < own; j++) {
        const size_t g = j / LANES, l = j % LANES;
        double *const to = found + j * FOUND;
        for (size_t i = 0; i < 5; i++) to[i] = sums[(g * 5 + i) * LANES + l];
        for (size_t level = 0; level < 2; level++) to[5 + level] = lanes[(g * 2 + level) * LANES + l] * last;
    }
}

double loci_follow_begin(loci_pulse *moved, double *widths, const double *x, size_t n, size_t from,
                         size_t count)
{
    const size_t seen = from < n ? from + 1 : n;
    *moved = pulse_open(x, seen);
    loci_pulse left = *moved;
    const double then = seen > 0 ? loci_pulse_at(&left, seen - 1) : 1.0;
    double most = 0.0;
    for (size_t k = 0; k < count; k++) {
        most = fmax(most, widths[k]);
        widths[k] /= then;
    }
    return most;
}

/* ---- forecasts that were made elsewhere ---- */

typedef struct {
    const double *x, *made;
    size_t first, h;
    float *y; /* [FOLLOW_BLOCK][h] */
} elsewhere;

static double make_elsewhere(const void *how, size_t t0, size_t count)
{
    const elsewhere *e = how;
    const double off = e->x[t0];
    for (size_t k = 0; k < count; k++) {
        const double *made = e->made + (t0 + k - e->first) * e->h, step = e->x[t0 + k] - off;
        for (size_t j = 0; j < e->h; j++) e->y[k * e->h + j] = (float)(step + made[j]);
    }
    return off;
}

/* Widths from what came of the forecasts made before x[end - h]. */
static void begin_elsewhere(double *widths, double *errors, const elsewhere *e, size_t end, loci_pulse moved)
{
    const size_t origins = end - e->h - e->first, taken = origins < FOLLOW_SAMPLED ? origins : FOLLOW_SAMPLED;
    for (size_t k = 0; k < taken; k++) {
        const size_t at = e->first + (size_t)((double)k * (double)origins / (double)taken);
        const double calm = 1.0 / loci_pulse_at(&moved, at);
        for (size_t j = 0; j < e->h; j++)
            errors[j * taken + k] =
                fabs(e->x[at + 1 + j] - e->x[at] - e->made[(at - e->first) * e->h + j]) * calm;
    }
    for (size_t j = 0; j < e->h; j++)
        for (size_t level = 0; level < 2; level++)
            widths[level * e->h + j] =
                loci_follow_quantile(errors + j * taken, taken, 1.0 - loci_follow_misses[level]);
}

loci_status loci_readout_follow(double *widths, size_t horizon, const loci_readout_score *score,
                                const double *x, size_t n, size_t from, const double *made, size_t first,
                                loci_error *error)
{
    loci_readout_score s = {0};
    if (horizon < 1 || horizon > LOCI_READOUT_HORIZON_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "horizon is %zu; 1 to %d was expected", horizon,
                         LOCI_READOUT_HORIZON_MAX);
    if (from < first)
        return loci_fail(error, LOCI_E_ARGUMENT, "from is %zu; %zu, the first forecast, or more was expected",
                         from, first);
    const loci_status status = score ? LOCI_SIZED_TAKE(&s, score, "loci_readout_score", error) : LOCI_OK;
    if (status != LOCI_OK) return status;
    elsewhere e = {x, made, first, horizon, NULL};
    loci_forecasts f = {.horizon = horizon,
                        .end = horizon,
                        .start = from > first + horizon ? from - horizon : first,
                        .scale = 1.0,
                        .make = make_elsewhere,
                        .how = &e};
    const size_t scratch = loci_follow_scratch(&f), taken = FOLLOW_SAMPLED * horizon;
    double *const found =
        loci_allocate(FOUND * horizon + scratch + taken + (BLOCK * horizon + 1) / 2, sizeof *found);
    if (!found)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", horizon);
    e.y = (float *)(void *)(found + FOUND * horizon + scratch + taken);
    f.y = e.y;
    loci_pulse moved;
    const size_t before = from < n ? from : n;
    if (!(loci_follow_begin(&moved, widths, x, n, from, 2 * horizon) > 0.0) && before > first + horizon)
        begin_elsewhere(widths, found + FOUND * horizon + scratch, &e, before, moved);
    loci_follow(&f, found, widths, &moved, x, n, from, score != NULL, found + FOUND * horizon);
    for (size_t j = 0; j < horizon; j++) {
        const double *of = found + FOUND * j;
        widths[j] = of[5], widths[horizon + j] = of[6];
        if (!score) continue;
        s.count[j] += of[0];
        s.square[j] += of[1];
        s.absolute[j] += of[2];
        if (s.in80) s.in80[j] += of[3];
        if (s.in95) s.in95[j] += of[4];
    }
    loci_free(found);
    return LOCI_OK;
}
