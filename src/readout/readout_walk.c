/* SPDX-License-Identifier: MIT
 * readout_walk.c - forecasts beside what came true, and widths that follow. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/team.h"
#include "base/vector.h"
#include "readout/ridge_tiles.h"

enum {
    BLOCK = 256,
    SAMPLED = 1000,
    LANES = 8,
    BUNCH = 16,   /* horizons that a rank takes at least */
    LATELY = 256, /* steps */
    MOST = 4
};

static const double missing_share[2] = {0.2, 0.05};
/* of the share of hits, where the logarithm of a width grows: 2 z phi(z) of normal errors at their quantile z */
static const double slope[2] = {0.45, 0.23};
#define SPEED 0.02 /* of widths: a factor of e in 50 misses too many */

/* The `share` quantile of |e|, [n], which is put in another order: quickselect. */
static double quantile(double *e, size_t n, double share)
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

/* Forecasts in single precision, of samples less the first of their window in units of the scale: errors are known to a millionth of it,
 * in half the time. And of windows that follow one another, by three products of half of a window for every two:
 *     y[2m] = even * (x[2m] - x[2m + 1]) + both * x[2m + 1],  y[2m + 1] = odd * (x[2m + 2] - x[2m + 1]) + both * x[2m + 1],
 * where even and odd are the weights of the window's samples 0, 2, ... and 1, 3, ..., both their sums, and * goes on by two samples. */
typedef struct {
    const loci_ridge_tiles *tiles;
    float *even, *odd, *both, *constant;      /* [half][h], [h] */
    float *x, *at_odd, *to_even, *to_odd, *y; /* [window + BLOCK], [half + BLOCK / 2] of each, [BLOCK][h] */
    size_t window, half, h;                   /* h horizons of all that there are */
    double scale;
} single;

static size_t half_of(size_t window)
{
    return (window + 1) / 2;
}

/* For horizons from `first` up to `end`. */
static single single_open(const loci_readout *r, size_t c, size_t first, size_t end, double *numbers)
{
    const readout_view v = loci_readout_view(r);
    const size_t window = r->spec.window, all = r->spec.horizon, h = end - first, set = r->spec.own ? c : 0;
    single f = {.tiles = LOCI_CHOOSE(loci_ridge_tiles_level),
                .window = window,
                .half = half_of(window),
                .h = h,
                .scale = v.scale[c] * v.unit[c]};
    f.even = (float *)(void *)numbers;
    f.odd = f.even + f.half * h;
    f.both = f.odd + f.half * h;
    f.constant = f.both + f.half * h;
    f.x = f.constant + h;
    f.at_odd = f.x + window + BLOCK;
    f.to_even = f.at_odd + f.half + BLOCK / 2;
    f.to_odd = f.to_even + f.half + BLOCK / 2;
    f.y = f.to_odd + f.half + BLOCK / 2;
    const double *filter = v.filter + set * window * all + first;
    for (size_t i = 0; i < f.half; i++)
        for (size_t j = 0; j < h; j++) {
            const double even = filter[2 * i * all + j],
                         odd = 2 * i + 1 < window ? filter[(2 * i + 1) * all + j] : 0;
            f.even[i * h + j] = (float)even;
            f.odd[i * h + j] = (float)odd;
            f.both[i * h + j] = (float)(even + odd);
        }
    for (size_t j = 0; j < h; j++) f.constant[j] = (float)v.constant[set * all + first + j];
    return f;
}

static size_t single_numbers(const loci_readout *r)
{
    const size_t window = r->spec.window, h = r->spec.horizon, half = half_of(window);
    return (3 * half * h + h + window + BLOCK + 3 * (half + BLOCK / 2) + BLOCK * h) / 2 + 1;
}

/* Of one window, x. */
static void single_row(const single *f, float *to, const double *x)
{
    const double off = x[f->window - 1];
    for (size_t i = 0; i < f->window; i++) to[i] = (float)((x[i] - off) / f->scale);
}

/* f->y [n][h], n <= BLOCK, times f->scale, and the number that comes back added, are the forecasts; x begins with the first window. Filters sum to 1 as
 * doubles do: what is taken off the samples comes back. */
static double single_predict(const single *f, const double *x, size_t n)
{
    const size_t h = f->h, count = f->window - 1 + n, rows = (n + 1) / 2, halves = rows + f->half - 1;
    const double off = x[f->window - 1];
    for (size_t i = 0; i < count; i++) f->x[i] = (float)((x[i] - off) / f->scale);
    for (size_t i = count; i < 2 * halves + 1; i++) f->x[i] = 0; /* of no weight, or for no row */
    for (size_t m = 0; m < halves; m++) {
        const float *two = f->x + 2 * m;
        f->at_odd[m] = two[1];
        f->to_even[m] = two[0] - two[1];
        f->to_odd[m] = two[2] - two[1];
    }
    for (size_t m = 0; m < rows; m++) memcpy(f->y + 2 * m * h, f->constant, h * sizeof *f->y);
    f->tiles->multiply(f->y, 2 * h, f->at_odd, 1, 1, f->both, h, rows, h, f->half, false, false);
    for (size_t m = 0; m < rows; m++) memcpy(f->y + (2 * m + 1) * h, f->y + 2 * m * h, h * sizeof *f->y);
    f->tiles->multiply(f->y, 2 * h, f->to_even, 1, 1, f->even, h, rows, h, f->half, false, false);
    f->tiles->multiply(f->y + h, 2 * h, f->to_odd, 1, 1, f->odd, h, rows, h, f->half, false, false);
    return off;
}

/* How much the signal moves lately: the mean size of its last steps, beside that of all steps before the walk begins. Widths are known h
 * samples late, this at once. Half of a width follows it, as far as MOST, since errors far ahead are not made of steps alone. */
typedef struct {
    const double *x;
    size_t at;
    double sum,
        usual; /* of the sizes of the LATELY steps that end at x[at]; of as many usual ones, 0: not known */
} pulse;

static pulse pulse_open(const double *x, size_t n)
{
    pulse p = {.x = x};
    if (n <= LATELY) return p;
    for (size_t t = 1; t < n; t++) p.usual += fabs(x[t] - x[t - 1]);
    p.usual *= LATELY / (double)(n - 1);
    return p;
}

/* At x[t], t never less than before: 1 where nothing is known, 1/2 where the signal rests. */
static double pulse_at(pulse *p, size_t t)
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

/* Widths from errors of forecasts whose outcomes are all known at x[end - 1], all where the signal moves as usual. */
static loci_status begin(const loci_readout *r, size_t c, double *widths, const double *x, size_t end,
                         pulse *moved, loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    const size_t origins = end - window - h + 1, taken = origins < SAMPLED ? origins : SAMPLED;
    double *const errors = loci_allocate_by(
        loci_allocator_of(r), taken * h + single_numbers(r) + taken * (window + h), sizeof *errors);
    if (!errors)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the errors of %zu forecasts", taken);
    const single f = single_open(r, c, 0, h, errors + taken * h);
    float *const rows = (float *)(void *)(errors + taken * h + single_numbers(r)), *const y =
                                                                                       rows + taken * window;
    for (size_t k = 0; k < taken; k++) {
        single_row(&f, rows + k * window, x + (size_t)((double)k * (double)origins / (double)taken));
        memcpy(y + k * h, f.constant, h * sizeof *y);
    }
    f.tiles->multiply(y, h, rows, window, 2, f.even, h, taken, h, f.half, false, false);
    f.tiles->multiply(y, h, rows + 1, window, 2, f.odd, h, taken, h, window / 2, false, false);
    for (size_t k = 0; k < taken; k++) {
        const size_t at = window - 1 + (size_t)((double)k * (double)origins / (double)taken);
        const double calm = 1.0 / pulse_at(moved, at);
        for (size_t j = 0; j < h; j++)
            errors[j * taken + k] = fabs(x[at + 1 + j] - x[at] - (double)y[k * h + j] * f.scale) * calm;
    }
    for (size_t j = 0; j < h; j++)
        for (size_t level = 0; level < 2; level++)
            widths[level * h + j] = quantile(errors + j * taken, taken, 1.0 - missing_share[level]);
    loci_free(errors);
    return LOCI_OK;
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

/* Errors of one forecast, by horizon: y times scale against truth less off; to sums [3][h] of their number, their squares and sizes. */
LOCI_HOT static void compare_plainly(double *sums, const float *y, double scale, const double *truth,
                                     double off, size_t h)
{
    double *const count = sums, *const square = count + h, *const absolute = square + h;
    for (size_t j = 0; j < h; j++) {
        const double e = truth[j] - off - (double)y[j] * scale;
        count[j] += 1.0;
        square[j] += e * e;
        absolute[j] += fabs(e);
    }
}

/* What a walk finds of a horizon. */
enum { COUNT, SQUARE, ABSOLUTE, IN80, IN95, WIDTH80, WIDTH95, FOUND };

/* A walk of channel c over x [n] from x[from] on, as far as horizons from `first` up to `end` go: of those, found [horizon][FOUND]. */
typedef struct {
    const loci_readout *r;
    size_t c, first, end;
    const double *x;
    size_t n, from;
    double *found;
} walk;

/* Errors alone: no widths, and nothing that waits for its outcome. */
static loci_status walk_plainly(const walk *w, loci_error *error)
{
    const size_t window = w->r->spec.window, all = w->r->spec.horizon, h = w->end - w->first;
    double *const sums =
        loci_allocate_by(loci_allocator_of(w->r), 3 * h + single_numbers(w->r), sizeof *sums);
    if (!sums) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", all);
    const single f = single_open(w->r, w->c, w->first, w->end, sums + 3 * h);
    for (size_t t0 = w->from; t0 + all < w->n; t0 += BLOCK) {
        const size_t left = w->n - all - t0, count = left < BLOCK ? left : BLOCK;
        const double off = single_predict(&f, w->x + t0 - (window - 1), count);
        for (size_t k = 0; k < count; k++)
            compare_plainly(sums, f.y + k * h, f.scale, w->x + t0 + k + 1 + w->first, off, h);
    }
    for (size_t j = 0; j < h; j++)
        for (size_t i = COUNT; i <= ABSOLUTE; i++) w->found[(w->first + j) * FOUND + i] = sums[i * h + j];
    loci_free(sums);
    return LOCI_OK;
}

/* The widths that the walk begins with, [2][horizon], where the signal moves as usual. */
static loci_status widths_before(const walk *w, double *widths, pulse *moved, loci_error *error)
{
    const size_t window = w->r->spec.window, h = w->r->spec.horizon,
                 before = w->from < w->n ? w->from : w->n, /* known before the first forecast */
        seen = w->from < w->n ? w->from + 1 : w->n;
    const loci_status status = loci_readout_widths(w->r, w->c, widths, error);
    bool known = false;
    for (size_t k = 0; status == LOCI_OK && k < 2 * h; k++) known = known || widths[k] > 0.0;
    *moved = pulse_open(w->x, seen);
    pulse left = *moved, first = *moved; /* as widths were left, and from the beginning on */
    const double then = seen > 0 ? pulse_at(&left, seen - 1) : 1.0;
    for (size_t k = 0; status == LOCI_OK && k < 2 * h; k++) widths[k] /= then;
    if (status != LOCI_OK || known || before < window + h) return status;
    return begin(w->r, w->c, widths, w->x, before, &first, error);
}

static loci_status walk_with_widths(const walk *w, bool score, loci_error *error)
{
    const size_t window = w->r->spec.window, h = w->r->spec.horizon, own = w->end - w->first,
                 groups = (own + LANES - 1) / LANES, ring = h + 1, n = w->n;
    double *const scratch =
        loci_allocate_by(loci_allocator_of(w->r),
                         groups * LANES * (2 * ring + 2 + 5) + 2 * h + single_numbers(w->r), sizeof *scratch);
    if (!scratch) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    double *const told = scratch, *const lanes = told + groups * LANES * 2 * ring,
                  *const sums = lanes + groups * LANES * 2, *const widths = sums + groups * LANES * 5;
    pulse moved;
    const loci_status status = widths_before(w, widths, &moved, error);
    if (status != LOCI_OK) {
        loci_free(scratch);
        return status;
    }
    const single f = single_open(w->r, w->c, w->first, w->end, widths + 2 * h);
    pace p;
    for (size_t level = 0; level < 2; level++) {
        p.grow[level] = exp(SPEED * (1.0 - missing_share[level]));
        p.shrink[level] = exp(-SPEED * missing_share[level]);
        p.back[level] = 2.0 * SPEED * slope[level]; /* log(a / b) is about 2 (a - b) / (a + b) */
        for (size_t j = 0; j < own; j++)
            lanes[(j / LANES * 2 + level) * LANES + j % LANES] = widths[level * h + w->first + j];
    }
    for (size_t g = 0; g < groups; g++)
        for (size_t row = 0; row < ring; row++)
            memcpy(told + (g * ring + row) * 2 * LANES, lanes + g * 2 * LANES, 2 * LANES * sizeof *told);
    const size_t whole = n > h ? n - h : 0; /* forecasts before it have all of their outcomes in x */
    const size_t start =
        w->from + 1 > window + h ? w->from - h : window - 1; /* forecasts whose outcomes are out */
    for (size_t t0 = start; t0 + 1 < n; t0 += BLOCK) {
        const size_t count = n - 1 - t0 < BLOCK ? n - 1 - t0 : BLOCK;
        const double off = single_predict(&f, w->x + t0 - (window - 1), count);
        double calm[BLOCK];
        for (size_t k = 0; k < count; k++) calm[k] = 1.0 / pulse_at(&moved, t0 + k);
        for (size_t g = 0; g < groups; g++) {
            const size_t at = g * LANES, j0 = w->first + at, most = own - at < LANES ? own - at : LANES;
            const lane_block b = {.ring = ring,
                                  .j0 = j0,
                                  .first = t0 - start,
                                  .y = f.y + at,
                                  .stride = own,
                                  .x = w->x + t0 + 1 + j0,
                                  .calm = calm,
                                  .off = off,
                                  .scale = f.scale,
                                  .widths = lanes + g * 2 * LANES,
                                  .told = told + g * ring * 2 * LANES,
                                  .sums = sums + g * 5 * LANES};
            compare_block(&b, &p, t0, count, most, w->from, whole, n, score);
        }
    }
    const double last = n > 0 ? pulse_at(&moved, n - 1) : 1.0;
    for (size_t j = 0; j < own; j++) {
        const size_t g = j / LANES, l = j % LANES;
        double *const to = w->found + (w->first + j) * FOUND;
        for (size_t i = COUNT; i <= IN95; i++) to[i] = sums[(g * 5 + i) * LANES + l];
        to[WIDTH80] = lanes[g * 2 * LANES + l] * last;
        to[WIDTH95] = lanes[(g * 2 + 1) * LANES + l] * last;
    }
    loci_free(scratch);
    return LOCI_OK;
}

loci_status loci_readout_walk(loci_readout *r, size_t c, const loci_readout_score *score, const double *x,
                              size_t n, size_t from, loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    loci_readout_score s = {0};
    loci_team team;
    if (c >= r->spec.channels || !r->solved)
        return loci_readout_predict(r, c, NULL, NULL, 0, error); /* which says why */
    if (from + 1 < window)
        return loci_fail(error, LOCI_E_ARGUMENT, "from is %zu; %zu or more was expected", from, window - 1);
    loci_status status = loci_team_take(&team, r->spec.team, error);
    if (status == LOCI_OK && score) status = LOCI_SIZED_TAKE(&s, score, "loci_readout_score", error);
    if (status != LOCI_OK) return status;
    const bool plain = score && !s.in80 && !s.in95;
    const size_t bunches = (h + BUNCH - 1) / BUNCH,
                 first = loci_team_share(&team, bunches, team.rank) * BUNCH,
                 end = loci_team_share(&team, bunches, team.rank + 1) * BUNCH;
    double *const found =
                      loci_allocate_by(loci_allocator_of(r), bunches * BUNCH * FOUND + 2 * h, sizeof *found),
                  *const widths = found + bunches * BUNCH * FOUND;
    if (!found) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    const walk w = {r, c, first, end < h ? end : h, x, n, from, found};
    if (w.first < w.end)
        status = plain ? walk_plainly(&w, error) : walk_with_widths(&w, score != NULL, error);
    if (status == LOCI_OK)
        status = loci_team_shares(&team, found, BUNCH * FOUND * sizeof *found, bunches, loci_allocator_of(r),
                                  error);
    for (size_t j = 0; j < h && status == LOCI_OK; j++) {
        const double *const of = found + j * FOUND;
        if (score) {
            s.count[j] += of[COUNT];
            s.square[j] += of[SQUARE];
            s.absolute[j] += of[ABSOLUTE];
        }
        if (score && !plain) {
            s.in80[j] += of[IN80];
            s.in95[j] += of[IN95];
        }
        widths[j] = of[WIDTH80];
        widths[h + j] = of[WIDTH95];
    }
    if (status == LOCI_OK && !plain) status = loci_readout_set_widths(r, c, widths, error);
    loci_free(found);
    return status;
}
