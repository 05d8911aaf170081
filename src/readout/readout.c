/* SPDX-License-Identifier: MIT
 * readout.c - readouts: made, fed, forked, asked. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/checksum.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/team.h"
#include "readout/ridge_tiles.h"

loci_status loci_readout_check(const loci_readout_spec *s, loci_error *error)
{
    if (s->channels < 1 || s->channels > LOCI_READOUT_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "channels is %zu; 1 to %d was expected", s->channels,
                         LOCI_READOUT_CHANNELS_MAX);
    if (s->window < 1 || s->window > LOCI_READOUT_WINDOW_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "window is %zu; 1 to %d was expected", s->window,
                         LOCI_READOUT_WINDOW_MAX);
    if (s->horizon < 1 || s->horizon > LOCI_READOUT_HORIZON_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "horizon is %zu; 1 to %d was expected", s->horizon,
                         LOCI_READOUT_HORIZON_MAX);
    const size_t most = s->window < LOCI_READOUT_ORDER_MAX ? s->window : LOCI_READOUT_ORDER_MAX;
    if (s->order > most)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 0 to %zu was expected", s->order, most);
    if (!(s->ridge >= 0.0 && s->ridge <= 1e100))
        return loci_fail(error, LOCI_E_ARGUMENT, "ridge is %g; 0 to 1e100 was expected", s->ridge);
    loci_team team;
    return loci_team_take(&team, s->team, error);
}

size_t loci_readout_numbers(const loci_readout_spec *s, size_t *saved)
{
    const size_t lags = s->window + s->horizon, moments = loci_ridge_size(s->order + 1, s->horizon);
    const size_t each =
        7 + moments + lags + 2 * (lags - 1) + 2 * s->horizon; /* of a channel: far from overflow */
    const size_t set = s->window * s->horizon + s->horizon;
    size_t all, sets;
    if (!loci_size_multiply(&all, s->channels, each) || !loci_size_multiply(&sets, readout_sets(s), set) ||
        !loci_size_add(&all, all, sets))
        return 0;
    if (saved) *saved = all;
    if (!loci_size_add(&all, all, lags + READOUT_PIECE)) return 0;
    return all;
}

readout_view loci_readout_view(const loci_readout *r)
{
    const loci_readout_spec *s = &r->spec;
    const size_t channels = s->channels, lags = readout_lags(r), sets = readout_sets(s);
    readout_view v;
    double *at = (double *)(uintptr_t)(r + 1);
    v.scale = at, at += channels;
    v.origin = at, at += channels;
    v.mean = at, at += channels;
    v.spread = at, at += channels;
    v.unit = at, at += channels;
    v.rows = at, at += channels;
    v.moments = at, at += channels * loci_ridge_size(s->order + 1, s->horizon);
    v.products = at, at += channels * lags;
    v.total = at, at += channels;
    v.first = at, at += channels * (lags - 1);
    v.recent = at, at += channels * (lags - 1);
    v.filter = at, at += sets * s->window * s->horizon;
    v.constant = at, at += sets * s->horizon;
    v.widths = at, at += channels * 2 * s->horizon;
    v.work = at;
    return v;
}

loci_status loci_readout_make(loci_readout **readout, const loci_readout_spec *spec, loci_error *error)
{
    const size_t numbers = loci_readout_numbers(spec, NULL);
    size_t bytes;
    loci_readout *r = NULL;
    if (numbers > 0 && loci_size_multiply(&bytes, numbers, sizeof(double)) &&
        loci_size_add(&bytes, bytes, sizeof *r))
        r = loci_allocate_by(spec->allocator, 1, bytes);
    if (!r)
        return loci_fail(error, LOCI_E_MEMORY,
                         "out of memory for a readout of %zu channels, window %zu, order %zu, horizon %zu",
                         spec->channels, spec->window, spec->order, spec->horizon);
    r->spec = *spec;
    r->spec.allocator = NULL;
    r->spec.size = sizeof *spec;
    r->numbers = numbers;
    *readout = r;
    return LOCI_OK;
}

loci_status loci_readout_create(loci_readout **readout, const loci_readout_spec *spec, const double *scale,
                                loci_error *error)
{
    loci_readout_spec s = {0};
    loci_status status = LOCI_SIZED_TAKE(&s, spec, "loci_readout_spec", error);
    if (status == LOCI_OK) status = loci_readout_check(&s, error);
    for (size_t c = 0; status == LOCI_OK && scale && c < s.channels; c++)
        if (!(scale[c] > 0.0 && isfinite(scale[c])))
            status = loci_fail(error, LOCI_E_ARGUMENT, "scale of channel %zu is %g; more than 0 was expected",
                               c, scale[c]);
    if (status == LOCI_OK) status = loci_readout_make(readout, &s, error);
    if (status != LOCI_OK) return status;
    const readout_view v = loci_readout_view(*readout);
    for (size_t c = 0; c < s.channels; c++) v.scale[c] = scale ? scale[c] : 1.0, v.unit[c] = 1.0;
    return LOCI_OK;
}

void loci_readout_free(loci_readout *readout)
{
    loci_free(readout);
}

loci_status loci_readout_copy(loci_readout **copy, const loci_readout *readout, loci_error *error)
{
    loci_readout_spec spec = readout->spec;
    spec.allocator = loci_allocator_of(readout);
    const loci_status status = loci_readout_make(copy, &spec, error);
    if (status == LOCI_OK) memcpy(*copy, readout, sizeof *readout + readout->numbers * sizeof(double));
    return status;
}

loci_status loci_readout_share(loci_readout *readout, const loci_team *team, loci_error *error)
{
    loci_team whole;
    const loci_status status = loci_team_take(&whole, team, error);
    if (status == LOCI_OK) readout->spec.team = team;
    return status;
}

loci_status loci_readout_copy_as(loci_readout **copy, const loci_readout *r, const loci_readout_spec *spec,
                                 loci_error *error)
{
    loci_readout_spec s = {0};
    loci_status status = LOCI_SIZED_TAKE(&s, spec, "loci_readout_spec", error);
    if (status == LOCI_OK) status = loci_readout_check(&s, error);
    if (status != LOCI_OK) return status;
    if (s.channels != r->spec.channels || s.window != r->spec.window || s.horizon != r->spec.horizon)
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "channels, window and horizon are %zu, %zu, %zu; %zu, %zu, %zu, the readout's, were expected",
            s.channels, s.window, s.horizon, r->spec.channels, r->spec.window, r->spec.horizon);
    if (r->parts > 0)
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "the readout has learned from more than one history in one go, and has moments of its own order");
    status = loci_readout_make(copy, &s, error);
    if (status != LOCI_OK) return status;
    loci_readout *made = *copy;
    const readout_view from = loci_readout_view(r), to = loci_readout_view(made);
    const size_t lags = readout_lags(r), each = s.channels * sizeof(double);
    made->samples = r->samples;
    made->held = r->held;
    made->fresh = r->fresh;
    memcpy(to.scale, from.scale, each);
    memcpy(to.origin, from.origin, each);
    memcpy(to.mean, from.mean, each);
    memcpy(to.spread, from.spread, each);
    memcpy(to.products, from.products, lags * each);
    memcpy(to.total, from.total, each);
    memcpy(to.first, from.first, (lags - 1) * each);
    memcpy(to.recent, from.recent, (lags - 1) * each);
    for (size_t c = 0; c < s.channels; c++) to.unit[c] = 1.0;
    return LOCI_OK;
}

const loci_readout_spec *loci_readout_spec_of(const loci_readout *r)
{
    return &r->spec;
}

void loci_readout_inspect_sized(const loci_readout *r, loci_readout_info *info, size_t size)
{
    const readout_view v = loci_readout_view(r);
    const loci_readout_spec *s = &r->spec;
    loci_readout_info whole = {.samples = r->samples, .solved = r->solved != 0, .spec = *s};
    for (size_t c = 0; c < s->channels; c++) whole.windows += v.rows[c] + (double)r->fresh;
    const uint64_t sizes[6] = {
        s->channels,
        s->window,
        s->horizon,
        (uint64_t)s->own,
        loci_checksum(v.filter, readout_sets(s) * s->window * s->horizon * sizeof *v.filter),
        loci_checksum(v.constant, readout_sets(s) * s->horizon * sizeof *v.constant)};
    whole.fingerprint =
        loci_checksum(sizes, sizeof sizes) ^ loci_checksum(v.scale, s->channels * sizeof *v.scale);
    loci_sized_give(info, size, &whole, sizeof whole);
}

/* ---- samples ---- */

/* n <= READOUT_PIECE samples that are good; of all products [channels][lags] numbers `from` up to `to`. */
static void learn(loci_readout *r, const readout_view *v, const double *u, size_t n, size_t from, size_t to)
{
    const size_t channels = r->spec.channels, lags = readout_lags(r), past = lags - 1;
    const size_t wait = r->held < past ? past - (size_t)r->held : 0; /* samples that end no window yet */
    for (size_t c = 0; c < channels; c++) {
        double *x = v->work + past, *recent = v->recent + c * past;
        memcpy(v->work, recent, past * sizeof *recent);
        for (size_t k = 0; k < n; k++) x[k] = (u[k * channels + c] - v->origin[c]) / v->scale[c];
        for (size_t k = 0; k < n; k++) { /* Welford's way: exact for any cut, and two can be made one */
            const double off = x[k] - v->mean[c];
            v->mean[c] += off / (double)(r->samples + k + 1);
            v->spread[c] += off * (x[k] - v->mean[c]);
        }
        if (wait < n) {
            if (r->fresh == 0) memcpy(v->first + c * past, v->work + wait, past * sizeof *recent);
            const size_t low = from > c * lags ? from - c * lags : 0,
                         high = to < (c + 1) * lags ? to - c * lags : lags;
            if (from < (c + 1) * lags && to > c * lags)
                LOCI_CHOOSE(loci_ridge_tiles_level)
                    ->correlate(v->products + c * lags + low, x + wait, v->work + wait + low, high - low,
                                n - wait);
            for (size_t k = wait; k < n; k++) v->total[c] += x[k];
        }
        memcpy(recent, v->work + n, past * sizeof *recent);
    }
    r->held += n;
    r->samples += n;
    if (wait < n) r->fresh += n - wait;
}

loci_status loci_readout_push(loci_readout *r, const double *u, size_t n, loci_error *error)
{
    const readout_view v = loci_readout_view(r);
    const size_t channels = r->spec.channels, products = channels * readout_lags(r);
    loci_team team;
    loci_status status = loci_team_take(&team, r->spec.team, error);
    if (status != LOCI_OK) return status;
    size_t good = 0;
    while (good < n) {
        size_t c = 0;
        while (c < channels && fabs(u[good * channels + c]) <= 1e150) c++;
        if (c < channels) break;
        good++;
    }
    if (good > 0 && r->samples == 0) memcpy(v.origin, u, channels * sizeof *u);
    for (size_t k = 0; k < good; k += READOUT_PIECE)
        learn(r, &v, u + k * channels, good - k < READOUT_PIECE ? good - k : READOUT_PIECE,
              loci_team_share(&team, products, team.rank), loci_team_share(&team, products, team.rank + 1));
    if (good > 0)
        status =
            loci_team_shares(&team, v.products, sizeof *v.products, products, loci_allocator_of(r), error);
    if (good == n || status != LOCI_OK) return status;
    for (size_t c = 0; c < channels; c++)
        if (!(fabs(u[good * channels + c]) <= 1e150))
            return loci_fail(error, LOCI_E_VALUE,
                             "sample %zu of channel %zu is %g; a number within 1e150 was expected", good, c,
                             u[good * channels + c]);
    return LOCI_OK;
}

/* ---- forecasts ---- */

enum { PREDICTED = 256 }; /* windows that are foretold at once */

static loci_status ready(const loci_readout *r, size_t c, loci_error *error)
{
    if (c >= r->spec.channels)
        return loci_fail(error, LOCI_E_RANGE, "channel %zu does not exist; 0 to %zu was expected", c,
                         r->spec.channels - 1);
    if (!r->solved)
        return loci_fail(error, LOCI_E_VALUE, "the readout has no weights yet; it must be solved first");
    return LOCI_OK;
}

/* The smallest in size of x [n] that is a number; 0: none is. */
static double smallest(const double *x, size_t n)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) < fabs(least)) least = x[i];
    return isfinite(least) ? least : 0;
}

/* Filters sum to 1 but for rounding, which would count times x: so a sample of each block is taken off and added again, one that is no larger
 * than the newest of each window, lest one outlier takes the digits of all. */
loci_status loci_readout_predict(const loci_readout *r, size_t c, double *y, const double *x, size_t n,
                                 loci_error *error)
{
    const loci_status status = ready(r, c, error);
    if (status != LOCI_OK || n == 0) return status;
    const readout_view v = loci_readout_view(r);
    const size_t set = r->spec.own ? c : 0, window = r->spec.window, h = r->spec.horizon;
    const size_t block = n < PREDICTED ? n : PREDICTED;
    const double *filter = v.filter + set * window * h, *constant = v.constant + set * h;
    double *const near = loci_allocate_by(loci_allocator_of(r), window - 1 + block, sizeof *near);
    if (!near) return loci_fail(error, LOCI_E_MEMORY, "out of memory for windows of %zu samples", window);
    for (size_t k = 0; k < n; k += block) {
        const size_t rows = n - k < block ? n - k : block;
        const double off = smallest(x + k + window - 1, rows);
        double *const to = y + k * h;
        for (size_t i = 0; i < window - 1 + rows; i++) near[i] = x[k + i] - off;
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < h; j++) to[i * h + j] = constant[j] * v.scale[c] * v.unit[c];
        LOCI_CHOOSE(loci_ridge_tiles_level)
            ->multiply(to, h, near, 1, 1, filter, h, rows, h, window, false, false);
        for (size_t i = 0; i < rows * h; i++) to[i] += off;
    }
    loci_free(near);
    return LOCI_OK;
}

size_t loci_readout_newest(const loci_readout *r, size_t c, double *x)
{
    const readout_view v = loci_readout_view(r);
    const size_t past = readout_lags(r) - 1, n = r->held < past ? (size_t)r->held : past;
    if (c >= r->spec.channels) return 0;
    for (size_t k = 0; x && k < n; k++) x[k] = v.recent[(c + 1) * past - n + k] * v.scale[c] + v.origin[c];
    return n;
}

loci_status loci_readout_forecast(const loci_readout *r, size_t c, double *y, double *lower, double *upper,
                                  loci_error *error)
{
    loci_status status = ready(r, c, error);
    if (status != LOCI_OK) return status;
    const readout_view v = loci_readout_view(r);
    const size_t window = r->spec.window, h = r->spec.horizon, past = readout_lags(r) - 1;
    if (r->held < window)
        return loci_fail(error, LOCI_E_VALUE, "only %llu samples have come; %zu, the window, were expected",
                         (unsigned long long)r->held, window);
    /* in units of the scale, the constant too; what comes out is moved back */
    const size_t set = r->spec.own ? c : 0;
    const double *filter = v.filter + set * window * h, *x = v.recent + c * past + past - window;
    for (size_t j = 0; j < h; j++) y[j] = v.constant[set * h + j] * v.unit[c];
    LOCI_CHOOSE(loci_ridge_tiles_level)->multiply(y, h, x, 1, 1, filter, h, 1, h, window, false, false);
    for (size_t j = 0; j < h; j++) y[j] = y[j] * v.scale[c] + v.origin[c];
    for (size_t k = 0; k < 2 * h; k++) {
        const double width = v.widths[c * 2 * h + k];
        if (lower) lower[k] = y[k % h] - width;
        if (upper) upper[k] = y[k % h] + width;
    }
    return LOCI_OK;
}

loci_status loci_readout_widths(const loci_readout *r, size_t c, double *widths, loci_error *error)
{
    if (c >= r->spec.channels)
        return loci_fail(error, LOCI_E_RANGE, "channel %zu does not exist; 0 to %zu was expected", c,
                         r->spec.channels - 1);
    memcpy(widths, loci_readout_view(r).widths + c * 2 * r->spec.horizon,
           2 * r->spec.horizon * sizeof *widths);
    return LOCI_OK;
}

loci_status loci_readout_set_widths(loci_readout *r, size_t c, const double *widths, loci_error *error)
{
    const size_t count = 2 * r->spec.horizon;
    if (c >= r->spec.channels)
        return loci_fail(error, LOCI_E_RANGE, "channel %zu does not exist; 0 to %zu was expected", c,
                         r->spec.channels - 1);
    for (size_t k = 0; k < count; k++)
        if (!(widths[k] >= 0.0 && isfinite(widths[k])))
            return loci_fail(error, LOCI_E_VALUE, "width %zu is %g; 0 or more was expected", k, widths[k]);
    memcpy(loci_readout_view(r).widths + c * count, widths, count * sizeof *widths);
    return LOCI_OK;
}
