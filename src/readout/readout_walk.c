/* SPDX-License-Identifier: MIT
 * readout_walk.c - forecasts beside what came true, and widths that follow. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/vector.h"

enum { BLOCK = 64, SAMPLED = 1000 };

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

/* Widths from errors of forecasts whose outcomes are all known at x[end - 1]. */
static loci_status begin(loci_readout *r, size_t c, double *widths, const double *x, size_t end,
                         loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    const size_t origins = end - window - h + 1, taken = origins < SAMPLED ? origins : SAMPLED;
    double *const errors = loci_allocate_by(loci_allocator_of(r), taken * h + h, sizeof *errors), *const y =
                                                                                                      errors +
                                                                                                      taken *
                                                                                                          h;
    if (!errors)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the errors of %zu forecasts", taken);
    loci_status status = LOCI_OK;
    for (size_t k = 0; k < taken && status == LOCI_OK; k++) {
        const size_t at = window - 1 + (size_t)((double)k * (double)origins / (double)taken);
        status = loci_readout_predict(r, c, y, x + at - (window - 1), 1, error);
        for (size_t j = 0; j < h; j++) errors[j * taken + k] = fabs(x[at + 1 + j] - y[j]);
    }
    for (size_t j = 0; j < h && status == LOCI_OK; j++)
        for (size_t level = 0; level < 2; level++)
            widths[level * h + j] = quantile(errors + j * taken, taken, 1.0 - missing_share[level]);
    loci_free(errors);
    return status;
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

loci_status loci_readout_walk(loci_readout *r, size_t c, const loci_readout_score *score, const double *x,
                              size_t n, size_t from, loci_error *error)
{
    const size_t window = r->spec.window, h = r->spec.horizon;
    loci_readout_score s = {0};
    if (from + 1 < window)
        return loci_fail(error, LOCI_E_ARGUMENT, "from is %zu; %zu or more was expected", from, window - 1);
    if (score) {
        const loci_status taken = LOCI_SIZED_TAKE(&s, score, "loci_readout_score", error);
        if (taken != LOCI_OK) return taken;
    }
    double *const scratch =
        loci_allocate_by(loci_allocator_of(r), 3 * h * (h + BLOCK + 1) + BLOCK * h + 2 * h, sizeof *scratch);
    if (!scratch) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the forecasts of %zu samples", h);
    /* row t % ring of each: what was foretold of time t */
    const size_t ring = h + BLOCK + 1;
    double *const y = scratch, *const wide[2] = {y + h * ring, y + 2 * h * ring},
                  *const made = y + 3 * h * ring, *const widths = made + BLOCK * h;
    loci_status status = loci_readout_widths(r, c, widths, error);
    bool known = false;
    for (size_t k = 0; status == LOCI_OK && k < 2 * h; k++) known = known || widths[k] > 0.0;
    const size_t before = from < n ? from : n; /* known before the first forecast */
    if (status == LOCI_OK && !known && before >= window + h) status = begin(r, c, widths, x, before, error);
    double step[4];
    for (size_t level = 0; level < 2; level++) {
        step[2 * level] = exp(SPEED * (1.0 - missing_share[level]));
        step[2 * level + 1] = exp(-SPEED * missing_share[level]);
    }
    for (size_t t0 = from; t0 < n && status == LOCI_OK; t0 += BLOCK) {
        const size_t count = n - t0 < BLOCK ? n - t0 : BLOCK;
        status = loci_readout_predict(r, c, made, x + t0 - (window - 1), count, error);
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
