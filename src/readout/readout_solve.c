/* SPDX-License-Identifier: MIT
 * readout_solve.c - what a readout has gathered: folded into moments of coefficients, added, made to weights. */
#include "readout/readout.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/checksum.h"
#include "base/status.h"
#include "base/team.h"
#include "readout/ridge_tiles.h"

typedef struct {
    size_t p;        /* features: 1 + order */
    size_t moments;  /* doubles of them */
    double *numbers; /* all below */
    double *basis, *row, *project, *one, *pooled, *w, *penalty;
    loci_windows windows;
} bench;

static loci_status bench_open(bench *b, const loci_readout *r, loci_error *error)
{
    const loci_readout_spec *s = &r->spec;
    const size_t lags = readout_lags(r), p = s->order + 1, h = s->horizon;
    const size_t moments = loci_ridge_size(p, h), project = loci_windows_scratch(s->window, h, s->order);
    *b = (bench){.p = p, .moments = moments};
    const size_t count = s->order * s->window + 2 * lags + lags * lags + project + 2 * moments + p * h + p;
    double *at = b->numbers = loci_allocate_by(loci_allocator_of(r), count, sizeof *at);
    if (!at)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the moments of windows of %zu samples",
                         lags);
    b->basis = at, at += s->order * s->window;
    b->row = at, at += lags;
    b->windows = (loci_windows){.window = s->window, .horizon = h, .sum = at, .m = at + lags};
    at += lags + lags * lags;
    b->project = at, at += project;
    b->one = at, at += moments;
    b->pooled = at, at += moments;
    b->w = at, at += p * h;
    b->penalty = at;
    loci_windows_basis(b->basis, s->window, s->order);
    return LOCI_OK;
}

/* Adds the fresh windows of channel c to `to`. */
static void add_fresh(bench *b, loci_ridge *to, const loci_readout *r, size_t c)
{
    const readout_view v = loci_readout_view(r);
    const size_t lags = readout_lags(r), past = lags - 1;
    if (r->fresh == 0) return;
    memset(b->windows.sum, 0, (lags + lags * lags) * sizeof(double));
    b->windows.count = 0;
    loci_windows_add(&b->windows, v.products + c * lags, v.total[c], v.first + c * past, v.recent + c * past,
                     (double)r->fresh, b->row);
    loci_windows_project(to, &b->windows, b->basis, r->spec.window, r->spec.order, b->project);
}

/* All fresh windows into the moments. The history goes on. */
static void fold(bench *b, loci_readout *r)
{
    const readout_view v = loci_readout_view(r);
    const size_t lags = readout_lags(r);
    if (r->fresh == 0) return;
    for (size_t c = 0; c < r->spec.channels; c++) {
        loci_ridge m = loci_ridge_at(v.moments + c * b->moments, b->p, r->spec.horizon, v.rows[c]);
        add_fresh(b, &m, r, c);
        v.rows[c] = m.rows;
    }
    memset(v.products, 0, r->spec.channels * lags * sizeof *v.products);
    memset(v.total, 0, r->spec.channels * sizeof *v.total);
    r->fresh = 0;
    r->parts++;
}

loci_status loci_readout_part(loci_readout *r, loci_error *error)
{
    bench b;
    const loci_status status = bench_open(&b, r, error);
    if (status != LOCI_OK) return status;
    fold(&b, r);
    r->parts++;
    r->held = 0;
    loci_free(b.numbers);
    return LOCI_OK;
}

loci_status loci_readout_forget(loci_readout *r, double keep, loci_error *error)
{
    if (!(keep >= 0.0 && keep <= 1.0))
        return loci_fail(error, LOCI_E_ARGUMENT, "keep is %g; 0 to 1 was expected", keep);
    bench b;
    const loci_status status = bench_open(&b, r, error);
    if (status != LOCI_OK) return status;
    fold(&b, r);
    r->parts++;
    const readout_view v = loci_readout_view(r);
    for (size_t c = 0; c < r->spec.channels; c++) {
        loci_ridge m = loci_ridge_at(v.moments + c * b.moments, b.p, r->spec.horizon, v.rows[c]);
        loci_ridge_forget(&m, keep);
        v.rows[c] = m.rows;
    }
    loci_free(b.numbers);
    return LOCI_OK;
}

/* ---- two as one ---- */

static loci_status alike(const loci_readout *a, const loci_readout *b, loci_error *error)
{
    const struct {
        const char *name;
        size_t mine, others;
    } fields[] = {{"channels", a->spec.channels, b->spec.channels},
                  {"window", a->spec.window, b->spec.window},
                  {"order", a->spec.order, b->spec.order},
                  {"horizon", a->spec.horizon, b->spec.horizon},
                  {"own", a->spec.own != 0, b->spec.own != 0}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].mine != fields[i].others)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "%s is %zu in the one and %zu in the other; the same was expected",
                             fields[i].name, fields[i].mine, fields[i].others);
    return LOCI_OK;
}

/* m, made of samples in units of one scale, in those of another: `factor` times as large. The constant stays. */
static void rescale(loci_ridge *m, double factor)
{
    const size_t p = m->features, q = m->targets;
    for (size_t i = 0; i < p; i++) {
        const double left = i > 0 ? factor : 1.0;
        for (size_t j = 0; j < p; j++) m->gram[i * p + j] *= left * (j > 0 ? factor : 1.0);
        for (size_t j = 0; j < q; j++) m->cross[i * q + j] *= left * factor;
    }
    for (size_t j = 0; j < q; j++) m->square[j] *= factor * factor;
}

/* The windows that reach from r into what came after it, whose first samples are in `other`: of channel c, in r's units. */
static void add_across(bench *b, loci_ridge *to, const loci_readout *r, const loci_readout *other, size_t c,
                       double *x)
{
    const readout_view v = loci_readout_view(r), w = loci_readout_view(other);
    const size_t lags = readout_lags(r), past = lags - 1, n = other->held < past ? (size_t)other->held : past;
    /* other's first samples: before its first window, or all that it has */
    const double *from = other->held >= lags ? w.first + c * past : w.recent + c * past + past - n;
    memcpy(x, v.recent + c * past, past * sizeof *x);
    for (size_t k = 0; k < n; k++)
        x[past + k] = (from[k] * w.scale[c] + w.origin[c] - v.origin[c]) / v.scale[c];
    memset(b->windows.sum, 0, (lags + lags * lags) * sizeof(double));
    b->windows.count = 0;
    const size_t wait = r->held < past ? past - (size_t)r->held : 0;
    if (wait < n) {
        loci_windows_add_signal(&b->windows, x, past + wait, past + n, x + 2 * past);
        loci_windows_project(to, &b->windows, b->basis, r->spec.window, r->spec.order, b->project);
    }
}

/* The widths of channel c, where other has any. */
static void take_widths(loci_readout *r, const loci_readout *other, size_t c)
{
    const size_t count = 2 * r->spec.horizon;
    double *widths = loci_readout_view(r).widths + c * count;
    const double *theirs = loci_readout_view(other).widths + c * count;
    size_t k = 0;
    while (k < count && !(theirs[k] > 0)) k++;
    if (k < count) memcpy(widths, theirs, count * sizeof *widths);
}

loci_status loci_readout_add(loci_readout *r, const loci_readout *other, int follows, loci_error *error)
{
    loci_status status = alike(r, other, error);
    if (status == LOCI_OK && follows && other->parts > 0)
        status = loci_fail(error, LOCI_E_MISMATCH, "what follows was not learned from one history in one go");
    bench b;
    if (status == LOCI_OK) status = bench_open(&b, r, error);
    if (status != LOCI_OK) return status;
    const size_t lags = readout_lags(r), past = lags - 1;
    double *x = loci_allocate_by(loci_allocator_of(r), 2 * past + 2 * lags, sizeof *x);
    if (!x) {
        loci_free(b.numbers);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the windows between two histories");
    }
    const readout_view v = loci_readout_view(r), w = loci_readout_view(other);
    const bool empty = r->samples == 0;
    const double before = (double)r->samples, more = (double)other->samples;
    if (empty) memcpy(v.origin, w.origin, r->spec.channels * sizeof *v.origin);
    fold(&b, r);
    for (size_t c = 0; c < r->spec.channels; c++) {
        if (other->samples > 0) { /* in r's units */
            const double ratio = w.scale[c] / v.scale[c];
            const double off = w.mean[c] * ratio + (w.origin[c] - v.origin[c]) / v.scale[c] - v.mean[c];
            v.mean[c] += off * more / (before + more);
            v.spread[c] += w.spread[c] * ratio * ratio + off * off * before * more / (before + more);
        }
        loci_ridge mine = loci_ridge_at(v.moments + c * b.moments, b.p, r->spec.horizon, v.rows[c]);
        memcpy(b.one, w.moments + c * b.moments, b.moments * sizeof *b.one);
        loci_ridge theirs = loci_ridge_at(b.one, b.p, r->spec.horizon, w.rows[c]);
        add_fresh(&b, &theirs, other, c);
        rescale(&theirs, w.scale[c] / v.scale[c]);
        loci_ridge_add(&mine, &theirs);
        if (follows) add_across(&b, &mine, r, other, c, x);
        v.rows[c] = mine.rows;
        if (follows || empty) { /* the newest samples: of both, where other's are few */
            if (other->held > 0) take_widths(r, other, c);
            const size_t n = other->held < past ? (size_t)other->held : past;
            double *recent = v.recent + c * past, *const their = w.recent + c * past;
            memmove(recent, recent + n, (past - n) * sizeof *recent);
            for (size_t k = past - n; k < past; k++)
                recent[k] = (their[k] * w.scale[c] + w.origin[c] - v.origin[c]) / v.scale[c];
        }
    }
    r->held = follows ? r->held + other->held : empty ? other->held : r->held;
    r->samples += other->samples;
    r->parts++;
    loci_free(x);
    loci_free(b.numbers);
    return LOCI_OK;
}

/* ---- weights ---- */

static void weights(const bench *b, const loci_readout *r, const loci_ridge *m, size_t set)
{
    const readout_view v = loci_readout_view(r);
    const size_t window = r->spec.window, order = r->spec.order, h = r->spec.horizon;
    double *filter = v.filter + set * window * h, *constant = v.constant + set * h;
    memset(filter, 0, window * h * sizeof *filter);
    memset(constant, 0, h * sizeof *constant);
    if (order > 0) {
        loci_ridge_factor(b->project, m->gram, r->spec.ridge * m->rows, b->penalty, b->p);
        memcpy(b->w, m->cross, b->p * h * sizeof *b->w);
        loci_ridge_solve(b->w, b->project, b->p, h);
        memcpy(constant, b->w, h * sizeof *constant);
        LOCI_CHOOSE(loci_ridge_tiles_level)
            ->multiply(filter, h, b->basis, 1, window, b->w + h, h, window, h, order, false, false);
    }
    /* of samples less the newest, which is added again: of samples, the newest counts what the others leave of 1 */
    double *const newest = filter + (window - 1) * h;
    for (size_t j = 0; j < h; j++) {
        double others = 0.0;
        for (size_t i = 0; i + 1 < window; i++) others += filter[i * h + j];
        newest[j] = 1.0 - others;
    }
}

static loci_status has_windows(const loci_readout *r, loci_error *error)
{
    const readout_view v = loci_readout_view(r);
    double windows = 0.0;
    for (size_t c = 0; c < r->spec.channels; c++) windows += v.rows[c] + (double)r->fresh;
    if (windows > 0.0) return LOCI_OK;
    return loci_fail(
        error, LOCI_E_VALUE,
        "%llu samples are too few to learn from; %zu, a window of %zu and a horizon of %zu, were expected",
        (unsigned long long)r->samples, readout_lags(r), r->spec.window, r->spec.horizon);
}

/* All windows of channel c, in b->one, in units of *unit: the deviation of all samples so far, so that what the caller's scale was does not
 * matter. */
static loci_ridge windows_of(bench *b, const loci_readout *r, size_t c, double *unit)
{
    const readout_view v = loci_readout_view(r);
    memcpy(b->one, v.moments + c * b->moments, b->moments * sizeof *b->one);
    loci_ridge one = loci_ridge_at(b->one, b->p, r->spec.horizon, v.rows[c]);
    add_fresh(b, &one, r, c);
    const double deviation = r->samples > 0 ? sqrt(v.spread[c] / (double)r->samples) : 0.0;
    *unit = deviation > 0.0 && isfinite(deviation) ? deviation : 1.0;
    rescale(&one, 1.0 / *unit);
    return one;
}

/* Each rank solves by itself: had they not all the same weights, they would tell a mixture. */
static loci_status same_weights(const loci_readout *r, loci_error *error)
{
    loci_team team;
    loci_status status = loci_team_take(&team, r->spec.team, error);
    if (status != LOCI_OK || team.ranks == 1) return status;
    const uint64_t own = loci_readout_inspect(r).fingerprint;
    size_t rank, which;
    status = loci_team_compare(&team, &own, 1, &rank, &which, error);
    if (status != LOCI_OK || rank == 0) return status;
    return loci_fail(
        error, LOCI_E_MISMATCH,
        "the weights of rank %zu are other ones than those of rank 0; the same samples, on processors "
        "of one kind, were expected",
        rank);
}

loci_status loci_readout_solve(loci_readout *r, loci_error *error)
{
    const readout_view v = loci_readout_view(r);
    if (r->spec.order > 0) {
        const loci_status some = has_windows(r, error);
        if (some != LOCI_OK) return some;
    }
    bench b;
    const loci_status status = bench_open(&b, r, error);
    if (status != LOCI_OK) return status;
    for (size_t i = 1; i < b.p; i++) b.penalty[i] = 1.0;
    loci_ridge pooled = loci_ridge_at(b.pooled, b.p, r->spec.horizon, 0);
    for (size_t c = 0; c < r->spec.channels && r->spec.order > 0; c++) {
        const loci_ridge one = windows_of(&b, r, c, &v.unit[c]);
        if (r->spec.own)
            weights(&b, r, &one, c);
        else
            loci_ridge_add(&pooled, &one);
    }
    if (r->spec.order == 0)
        for (size_t set = 0; set < readout_sets(&r->spec); set++) weights(&b, r, &pooled, set);
    else if (!r->spec.own)
        weights(&b, r, &pooled, 0);
    loci_free(b.numbers);
    r->solved = 1;
    return same_weights(r, error);
}

loci_status loci_readout_fit(const loci_readout *r, size_t c, double *mean_square, loci_error *error)
{
    const readout_view v = loci_readout_view(r);
    const size_t h = r->spec.horizon;
    if (c >= r->spec.channels)
        return loci_fail(error, LOCI_E_RANGE, "channel %zu does not exist; 0 to %zu was expected", c,
                         r->spec.channels - 1);
    loci_status status = has_windows(r, error);
    bench b;
    if (status == LOCI_OK) status = bench_open(&b, r, error);
    if (status != LOCI_OK) return status;
    double unit;
    loci_ridge pooled = loci_ridge_at(b.pooled, b.p, h, 0);
    for (size_t k = 0; k < r->spec.channels; k++) {
        if (r->spec.own && k != c) continue;
        const loci_ridge one = windows_of(&b, r, k, &unit);
        loci_ridge_add(&pooled, &one);
    }
    memset(b.w, 0, b.p * h * sizeof *b.w);
    if (r->spec.order > 0) {
        for (size_t i = 1; i < b.p; i++) b.penalty[i] = 1.0;
        loci_ridge_factor(b.project, pooled.gram, r->spec.ridge * pooled.rows, b.penalty, b.p);
        memcpy(b.w, pooled.cross, b.p * h * sizeof *b.w);
        loci_ridge_solve(b.w, b.project, b.p, h);
    }
    const loci_ridge one = windows_of(&b, r, c, &unit);
    loci_ridge_residual(mean_square, &one, b.w, b.pooled); /* whose moments have done their part */
    const double factor = unit * v.scale[c] * unit * v.scale[c] / one.rows;
    for (size_t j = 0; j < h; j++) mean_square[j] = fmax(mean_square[j], 0.0) * factor;
    loci_free(b.numbers);
    return LOCI_OK;
}
