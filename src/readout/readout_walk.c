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
#include "readout/readout_follow.h"
#include "readout/ridge_tiles.h"

enum { BLOCK = FOLLOW_BLOCK, SAMPLED = FOLLOW_SAMPLED, BUNCH = 16 /* horizons that a rank takes at least */ };

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

/* Widths from errors of forecasts whose outcomes are all known at x[end - 1], all where the signal moves as usual. */
static loci_status begin(const loci_readout *r, size_t c, double *widths, const double *x, size_t end,
                         loci_pulse moved, loci_error *error)
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
        const double calm = 1.0 / loci_pulse_at(&moved, at);
        for (size_t j = 0; j < h; j++)
            errors[j * taken + k] = fabs(x[at + 1 + j] - x[at] - (double)y[k * h + j] * f.scale) * calm;
    }
    for (size_t j = 0; j < h; j++)
        for (size_t level = 0; level < 2; level++)
            widths[level * h + j] =
                loci_follow_quantile(errors + j * taken, taken, 1.0 - loci_follow_misses[level]);
    loci_free(errors);
    return LOCI_OK;
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
    single f; /* of walk_with_widths */
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

static double make(const void *how, size_t t0, size_t count)
{
    const walk *w = how;
    return single_predict(&w->f, w->x + t0 - (w->r->spec.window - 1), count);
}

static loci_status walk_with_widths(walk *w, bool score, loci_error *error)
{
    const size_t window = w->r->spec.window, h = w->r->spec.horizon,
                 before = w->from < w->n ? w->from : w->n; /* known before the first forecast */
    loci_forecasts f = {.horizon = h,
                        .first = w->first,
                        .end = w->end,
                        .start =
                            w->from + 1 > window + h ? w->from - h : window - 1, /* their outcomes are out */
                        .make = make,
                        .how = w};
    const size_t scratch = loci_follow_scratch(&f);
    double *const widths =
        loci_allocate_by(loci_allocator_of(w->r), 2 * h + scratch + single_numbers(w->r), sizeof *widths);
    if (!widths) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    loci_status status = loci_readout_widths(w->r, w->c, widths, error);
    loci_pulse moved;
    if (!(loci_follow_begin(&moved, widths, w->x, w->n, w->from, 2 * h) > 0.0) && before >= window + h)
        status = begin(w->r, w->c, widths, w->x, before, moved, error);
    if (status == LOCI_OK) {
        w->f = single_open(w->r, w->c, w->first, w->end, widths + 2 * h + scratch);
        f.y = w->f.y;
        f.scale = w->f.scale;
        loci_follow(&f, w->found + w->first * FOUND, widths, &moved, w->x, w->n, w->from, score,
                    widths + 2 * h);
    }
    loci_free(widths);
    return status;
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
    walk w = {r, c, first, end < h ? end : h, x, n, from, found, {0}};
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
