/* SPDX-License-Identifier: MIT
 * readout_walk.c - forecasts beside what came true, and widths that follow. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/vector.h"
#include "readout/ridge_tiles.h"

enum { BLOCK = 256, SAMPLED = 1000 };

static const double missing_share[2] = {0.2, 0.05};
#define SPEED 0.01 /* of widths: a factor of e in 100 misses too many */

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
 * in half the time. */
typedef struct {
    const loci_ridge_tiles *tiles;
    float *filter, *constant, *x, *y; /* [window][h], [h], [window - 1 + BLOCK], [BLOCK][h] */
    size_t window, h;
    double scale;
} single;

static single single_open(const loci_readout *r, size_t c, double *numbers)
{
    const readout_view v = loci_readout_view(r);
    const size_t window = r->spec.window, h = r->spec.horizon, set = r->spec.own ? c : 0;
    single f = {.tiles = LOCI_CHOOSE(loci_ridge_tiles_level),
                .window = window,
                .h = h,
                .scale = v.scale[c] * v.unit[c]};
    f.filter = (float *)(void *)numbers;
    f.constant = f.filter + window * h;
    f.x = f.constant + h;
    f.y = f.x + window - 1 + BLOCK;
    for (size_t i = 0; i < window * h; i++) f.filter[i] = (float)v.filter[set * window * h + i];
    for (size_t j = 0; j < h; j++) f.constant[j] = (float)v.constant[set * h + j];
    return f;
}

static size_t single_numbers(const loci_readout *r)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    return (window * h + h + window + BLOCK + BLOCK * h) / 2 + 1;
}

/* Of one window, x. */
static void single_row(const single *f, float *to, const double *x)
{
    const double off = x[f->window - 1];
    for (size_t i = 0; i < f->window; i++) to[i] = (float)((x[i] - off) / f->scale);
}

/* made [n][h], n <= BLOCK; x begins with the first window. Filters sum to 1 as doubles do: what is taken off the samples comes back. */
static void single_predict(const single *f, double *made, const double *x, size_t n)
{
    const double off = x[f->window - 1];
    for (size_t i = 0; i < f->window - 1 + n; i++) f->x[i] = (float)((x[i] - off) / f->scale);
    for (size_t k = 0; k < n; k++) memcpy(f->y + k * f->h, f->constant, f->h * sizeof *f->y);
    f->tiles->multiply(f->y, f->h, f->x, 1, 1, f->filter, f->h, n, f->h, f->window, false, false);
    for (size_t i = 0; i < n * f->h; i++) made[i] = (double)f->y[i] * f->scale + off;
}

/* Widths from errors of forecasts whose outcomes are all known at x[end - 1]. */
static loci_status begin(loci_readout *r, size_t c, double *widths, const double *x, size_t end,
                         loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    const size_t origins = end - window - h + 1, taken = origins < SAMPLED ? origins : SAMPLED;
    double *const errors = loci_allocate_by(
        loci_allocator_of(r), taken * h + single_numbers(r) + taken * (window + h), sizeof *errors);
    if (!errors)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the errors of %zu forecasts", taken);
    const single f = single_open(r, c, errors + taken * h);
    float *const rows = (float *)(void *)(errors + taken * h + single_numbers(r)), *const y =
                                                                                       rows + taken * window;
    for (size_t k = 0; k < taken; k++) {
        single_row(&f, rows + k * window, x + (size_t)((double)k * (double)origins / (double)taken));
        memcpy(y + k * h, f.constant, h * sizeof *y);
    }
    f.tiles->multiply(y, h, rows, window, 1, f.filter, h, taken, h, window, false, false);
    for (size_t k = 0; k < taken; k++) {
        const size_t at = window - 1 + (size_t)((double)k * (double)origins / (double)taken);
        for (size_t j = 0; j < h; j++)
            errors[j * taken + k] = fabs(x[at + 1 + j] - x[at] - (double)y[k * h + j] * f.scale);
    }
    for (size_t j = 0; j < h; j++)
        for (size_t level = 0; level < 2; level++)
            widths[level * h + j] = quantile(errors + j * taken, taken, 1.0 - missing_share[level]);
    loci_free(errors);
    return LOCI_OK;
}

/* Of one time: forecasts for it and their widths, by horizon; the first `count` of them were made. */
typedef struct {
    size_t h, count, scored; /* from `scored` on they count: all that they foretell is known in the end */
    const double *y, *wide[2];
} outcome;

LOCI_HOT static void compare(const loci_readout_score *score, double *widths, const double *step, outcome o,
                             double x)
{
    double *const narrow = widths, *const broad = widths + o.h;
    for (size_t j = 0; j < o.count; j++) {
        const double e = x - o.y[j], size = fabs(e);
        /* a width of 0, of a signal that was constant, begins with what breaks it */
        narrow[j] = narrow[j] > 0.0 ? narrow[j] * (size > o.wide[0][j] ? step[0] : step[1]) : size;
        broad[j] = broad[j] > 0.0 ? broad[j] * (size > o.wide[1][j] ? step[2] : step[3]) : size;
    }
    for (size_t j = o.scored; score && j < o.count; j++) {
        const double e = x - o.y[j], size = fabs(e);
        score->count[j] += 1.0;
        score->square[j] += e * e;
        score->absolute[j] += size;
        score->in80[j] += size <= o.wide[0][j] ? 1.0 : 0.0;
        score->in95[j] += size <= o.wide[1][j] ? 1.0 : 0.0;
    }
}

/* Errors of one forecast, by horizon. */
LOCI_HOT static void compare_plainly(const loci_readout_score *score, const double *made, const double *truth,
                                     size_t h)
{
    for (size_t j = 0; j < h; j++) {
        const double e = truth[j] - made[j];
        score->count[j] += 1.0;
        score->square[j] += e * e;
        score->absolute[j] += fabs(e);
    }
}

/* Errors alone: no widths, and nothing that waits for its outcome. */
static loci_status walk_plainly(const loci_readout *r, size_t c, const loci_readout_score *score,
                                const double *x, size_t n, size_t from, loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    double *const made = loci_allocate_by(loci_allocator_of(r), BLOCK * h + single_numbers(r), sizeof *made);
    if (!made) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    const single f = single_open(r, c, made + BLOCK * h);
    for (size_t t0 = from; t0 + h < n; t0 += BLOCK) {
        const size_t left = n - h - t0, count = left < BLOCK ? left : BLOCK;
        single_predict(&f, made, x + t0 - (window - 1), count);
        for (size_t k = 0; k < count; k++) compare_plainly(score, made + k * h, x + t0 + k + 1, h);
    }
    loci_free(made);
    return LOCI_OK;
}

loci_status loci_readout_walk(loci_readout *r, size_t c, const loci_readout_score *score, const double *x,
                              size_t n, size_t from, loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    loci_readout_score s = {0};
    if (c >= r->spec.channels || !r->solved)
        return loci_readout_predict(r, c, NULL, NULL, 0, error); /* which says why */
    if (from + 1 < window)
        return loci_fail(error, LOCI_E_ARGUMENT, "from is %zu; %zu or more was expected", from, window - 1);
    if (score) {
        const loci_status taken = LOCI_SIZED_TAKE(&s, score, "loci_readout_score", error);
        if (taken != LOCI_OK) return taken;
        if (!s.in80 && !s.in95) return walk_plainly(r, c, &s, x, n, from, error);
    }
    double *const scratch = loci_allocate_by(
        loci_allocator_of(r), 3 * h * (h + 1) + BLOCK * h + 2 * h + single_numbers(r), sizeof *scratch);
    if (!scratch) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    /* row t % ring of each: what was foretold of time t, of which nothing is needed after t */
    const size_t ring = h + 1;
    double *const y = scratch, *const wide[2] = {y + h * ring, y + 2 * h * ring},
                  *const made = y + 3 * h * ring, *const widths = made + BLOCK * h;
    loci_status status = loci_readout_widths(r, c, widths, error);
    bool known = false;
    for (size_t k = 0; status == LOCI_OK && k < 2 * h; k++) known = known || widths[k] > 0.0;
    const size_t before = from < n ? from : n; /* known before the first forecast */
    if (status == LOCI_OK && !known && before >= window + h) status = begin(r, c, widths, x, before, error);
    const single f = single_open(r, c, widths + 2 * h);
    double step[4];
    for (size_t level = 0; level < 2; level++) {
        step[2 * level] = exp(SPEED * (1.0 - missing_share[level]));
        step[2 * level + 1] = exp(-SPEED * missing_share[level]);
    }
    for (size_t t0 = from; t0 < n && status == LOCI_OK; t0 += BLOCK) {
        const size_t count = n - t0 < BLOCK ? n - t0 : BLOCK;
        single_predict(&f, made, x + t0 - (window - 1), count);
        for (size_t k = 0; k < count && status == LOCI_OK; k++) {
            const size_t t = t0 + k, row = t % ring;
            const outcome o = {h,
                               t - from < h ? t - from : h,
                               t + h < n ? 0 : t + h - n,
                               y + row * h,
                               {wide[0] + row * h, wide[1] + row * h}};
            compare(score ? &s : NULL, widths, step, o, x[t]);
            size_t place = row; /* of time t + 1 + j */
            for (size_t j = 0; j < h; j++) {
                place = place + 1 == ring ? 0 : place + 1;
                y[place * h + j] = made[k * h + j];
                wide[0][place * h + j] = widths[j];
                wide[1][place * h + j] = widths[h + j];
            }
        }
    }
    if (status == LOCI_OK) status = loci_readout_set_widths(r, c, widths, error);
    loci_free(scratch);
    return status;
}
