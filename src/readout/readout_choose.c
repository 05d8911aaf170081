/* SPDX-License-Identifier: MIT
 * readout_choose.c - window, order and ridge by the errors on a part that was not learned from.
 *
 * Errors of a regression on any window and order are quadratic forms of the same moments, so that nothing is foretold in order to
 * choose: the moments of the longest window hold those of all others. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/team.h"
#include "readout/ridge_tiles.h"

static const size_t windows[] = {8, 16, 32, 64, 96, 192, 336, 512, 720};
static const size_t orders[] = {4, 8, 16, 32, 64, 128};
static const double ridges[] = {1e-5, 1e-4, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 100, 1000};
enum {
    WINDOWS = sizeof windows / sizeof *windows,
    ORDERS = sizeof orders / sizeof *orders,
    RIDGES = sizeof ridges / sizeof *ridges,
    USUAL = 336, /* the window that stands unless another is clearly better */
    ASKED = 24   /* horizons, evenly spread, whose errors are asked: neighbours have nearly the same */
};

typedef struct {
    size_t window, order;
    double ridge, error;
} trial;

/* To learn from, and to choose by. */
enum { PARTS = 2 };

typedef struct {
    const loci_readout_spec *asked;
    loci_team team;
    const double *const *x;
    const double *scale;
    size_t train, valid, horizon, channels;
    size_t stride, targets; /* horizons stride, 2 stride, ... are asked */
    size_t most;            /* the longest window */
    size_t highest;         /* order */
    double *numbers;        /* all below */
    double *signal, *lags;  /* one channel, [train + valid]; scratch [3 (most + horizon)] */
    double *rows;           /* [PARTS][channels][most + horizon + 1] */
    double *basis, *project;
    double *some[PARTS], *all[PARTS]; /* moments of an order, and of the highest */
    double *factor, *w, *sum, *penalty;
    loci_windows part[PARTS];
    double best; /* the least error */
    trial trials[WINDOWS * (ORDERS + 1) * RIDGES], chosen;
    size_t count;
} search;

static loci_status search_open(search *s, loci_error *error)
{
    const size_t h = s->horizon, lags = s->most + h, p = s->highest + 1;
    const size_t moments = loci_ridge_size(p, h), project = loci_windows_scratch(s->most, h, s->highest);
    size_t count, rows;
    if (!loci_size_multiply(&rows, s->channels, PARTS * (lags + 1)) ||
        !loci_size_add(&count, rows,
                       s->train + s->valid + 3 * lags + s->highest * s->most + project + 4 * moments + p * p +
                           2 * p * h + h + p + 2 * (lags + lags * lags)))
        count = SIZE_MAX;
    double *at = s->numbers = loci_allocate_by(s->asked->allocator, count, sizeof *at);
    if (!at)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory to choose a window of up to %zu samples",
                         s->most);
    s->signal = at, at += s->train + s->valid;
    s->lags = at, at += 3 * lags;
    s->rows = at, at += rows;
    s->basis = at, at += s->highest * s->most;
    s->project = at, at += project;
    for (int k = 0; k < PARTS; k++) {
        s->some[k] = at, at += moments;
        s->all[k] = at, at += moments;
        s->part[k] = (loci_windows){.window = s->most, .horizon = h, .sum = at, .m = at + lags};
        at += lags + lags * lags;
    }
    s->factor = at, at += p * p;
    s->w = at, at += 2 * p * h;
    s->sum = at, at += h;
    s->penalty = at;
    for (size_t i = 1; i < p; i++) s->penalty[i] = 1.0;
    return LOCI_OK;
}

/* The newest samples of the windows of a part, of `lags` samples: t0 up to t1. */
static void span(const search *s, int part, size_t lags, size_t *t0, size_t *t1)
{
    *t0 = part == 0 ? lags - 1 : s->train - 1 + s->horizon;
    *t1 = part == 0 ? s->train : s->train + s->valid;
}

static void signal_of(const search *s, double *to, size_t c, size_t from, size_t end)
{
    for (size_t t = from; t < end; t++) to[t - from] = (s->x[c][t] - s->x[c][0]) / s->scale[c];
}

/* Of windows of `window` samples the last row, of products with their past, and behind it the sum of their newest samples, of all channels
 * and both parts. A rank sums its share of these numbers. */
static loci_status rows_fill(search *s, size_t window, loci_error *error)
{
    const size_t lags = window + s->horizon, count = s->channels * (lags + 1),
                 first = loci_team_share(&s->team, count, s->team.rank),
                 end = loci_team_share(&s->team, count, s->team.rank + 1);
    loci_status status = LOCI_OK;
    memset(s->rows, 0, PARTS * count * sizeof *s->rows);
    for (int k = 0; k < PARTS && status == LOCI_OK; k++) {
        double *const rows = s->rows + (size_t)k * count, *const x = s->signal + lags - 1;
        size_t t0, t1;
        span(s, k, lags, &t0, &t1);
        for (size_t c = first / (lags + 1); t0 < t1 && c * (lags + 1) < end; c++) {
            const size_t at = c * (lags + 1), low = first > at ? first - at : 0,
                         high = end < at + lags ? end - at : lags;
            double *const r = rows + at;
            signal_of(s, s->signal, c, t0 - (lags - 1), t1);
            /* a stretch and its past stay in the first-level cache */
            for (size_t t = 0; t < t1 - t0 && low < high; t += READOUT_PIECE)
                LOCI_CHOOSE(loci_ridge_tiles_level)
                    ->correlate(r + low, x + t, s->signal + t + low, high - low,
                                t1 - t0 - t < READOUT_PIECE ? t1 - t0 - t : READOUT_PIECE);
            for (size_t t = 0; t < t1 - t0 && end > at + lags; t++) r[lags] += x[t];
        }
        status = loci_team_shares(&s->team, rows, sizeof *rows, count, s->asked->allocator, error);
    }
    return status;
}

/* The windows of channel c, added to both parts; of windows of `window` samples, whose rows were filled in. */
static void gather(search *s, size_t c, size_t window)
{
    const size_t lags = window + s->horizon;
    for (int k = 0; k < PARTS; k++) {
        const double *const r = s->rows + ((size_t)k * s->channels + c) * (lags + 1);
        double *const first = s->lags, *const last = first + lags;
        size_t t0, t1;
        span(s, k, lags, &t0, &t1);
        s->part[k].window = window;
        if (t1 <= t0) continue;
        signal_of(s, first, c, t0 - (lags - 1), t0);
        signal_of(s, last, c, t1 - (lags - 1), t1);
        loci_windows_add(&s->part[k], r, r[lags], first, last, (double)(t1 - t0), last + lags);
    }
}

static void clear(search *s, size_t window)
{
    const size_t lags = window + s->horizon;
    for (int k = 0; k < PARTS; k++) {
        memset(s->part[k].sum, 0, lags * sizeof(double));
        memset(s->part[k].m, 0, lags * lags * sizeof(double));
        s->part[k].count = 0;
    }
}

/* Moments of the coefficients of a window, to `order`, of both parts. */
static void project(search *s, loci_ridge m[PARTS], size_t window, size_t order)
{
    for (int k = 0; k < PARTS; k++) {
        memset(s->all[k], 0, loci_ridge_size(order + 1, s->horizon) * sizeof(double));
        loci_ridge whole = loci_ridge_at(s->all[k], order + 1, s->horizon, 0);
        loci_windows_project(&whole, &s->part[k], s->basis, window, order, s->project);
        m[k] = loci_ridge_at(s->all[k], order + 1, s->targets, whole.rows);
        for (size_t i = 0; i < order + 1; i++)
            for (size_t q = 0; q < s->targets; q++)
                m[k].cross[i * s->targets + q] = whole.cross[i * s->horizon + (q + 1) * s->stride - 1];
        for (size_t q = 0; q < s->targets; q++) m[k].square[q] = whole.square[(q + 1) * s->stride - 1];
    }
}

/* The error of a regression on the first `order` coefficients of m, summed over what is to be chosen by. */
static double error_of(search *s, const loci_ridge m[PARTS], size_t order, double ridge)
{
    const size_t p = order + 1, whole = m[0].features, h = s->targets;
    loci_ridge some[PARTS];
    for (int k = 0; k < PARTS; k++) {
        some[k] = loci_ridge_at(s->some[k], p, h, m[k].rows);
        for (size_t i = 0; i < p; i++)
            memcpy(some[k].gram + i * p, m[k].gram + i * whole, p * sizeof(double));
        memcpy(some[k].cross, m[k].cross, p * h * sizeof(double));
        memcpy(some[k].square, m[k].square, h * sizeof(double));
    }
    loci_ridge_factor(s->factor, some[0].gram, ridge * some[0].rows, s->penalty, p);
    memcpy(s->w, some[0].cross, p * h * sizeof *s->w);
    loci_ridge_solve(s->w, s->factor, p, h);
    loci_ridge_residual(s->sum, &some[1], s->w, s->w + p * h);
    double sum = 0.0;
    for (size_t j = 0; j < h; j++) sum += s->sum[j];
    return sum;
}

static double last_error(const search *s, const loci_ridge *m)
{
    double sum = 0.0;
    for (size_t j = 0; j < s->targets; j++) sum += m->square[j];
    return sum;
}

/* All ridges for an order, noted; the least error. */
static double try_ridges(search *s, const loci_ridge m[PARTS], size_t window, size_t order)
{
    const bool set = s->asked->ridge >= 0.0;
    double best = INFINITY, before = INFINITY;
    for (size_t i = set ? 1 : RIDGES;
         i-- > 0;) { /* from the largest down, until it has become worse by a fifth */
        const trial one = {window, order, set ? s->asked->ridge : ridges[i],
                           error_of(s, m, order, set ? s->asked->ridge : ridges[i])};
        if (one.error < best) best = one.error;
        s->trials[s->count++] = one;
        if (one.error > 1.2 * best && one.error > before) break;
        before = one.error;
    }
    return best;
}

static bool given(size_t value)
{
    return value != LOCI_READOUT_CHOOSE;
}

/* All orders of one window, until a higher one is no better by half a percent. */
static void try_window(search *s, size_t window, double *last)
{
    loci_ridge m[PARTS];
    const size_t most = given(s->asked->order) ? s->asked->order : window < s->highest ? window : s->highest;
    loci_windows_basis(s->basis, window, most);
    project(s, m, window, most);
    *last = last_error(s, &m[1]);
    if (given(s->asked->order)) {
        try_ridges(s, m, window, most);
        return;
    }
    double best = INFINITY;
    size_t before = 0;
    for (size_t i = 0; i <= ORDERS && before < most; i++) {
        const size_t order = i < ORDERS && orders[i] < most ? orders[i] : most;
        const double here = try_ridges(s, m, window, order);
        if (!(here < 0.995 * best) && i > 2) break;
        if (here < best) best = here;
        before = order;
    }
}

/* The window: the usual one, unless another is better by 2 %, and else the shortest that comes within 0.6 % of the best. Of this window the
 * lowest order, and of that the largest ridge, within 0.3 % of its best. What is simpler, or was found good before, is surer where
 * the part to choose by can hardly tell. */
static void decide(search *s)
{
    double of_usual = INFINITY, of_window = INFINITY;
    s->best = INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        s->best = fmin(s->best, s->trials[i].error);
        if (s->trials[i].window == USUAL) of_usual = fmin(of_usual, s->trials[i].error);
    }
    size_t window = USUAL;
    for (size_t i = s->count; i-- > 0 && !(of_usual <= 1.02 * s->best);) /* they come with growing windows */
        if (s->trials[i].error <= 1.006 * s->best) window = s->trials[i].window;
    for (size_t i = 0; i < s->count; i++)
        if (s->trials[i].window == window) of_window = fmin(of_window, s->trials[i].error);
    const trial *chosen = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const trial *one = &s->trials[i];
        if (one->window != window || !(one->error <= 1.003 * of_window)) continue;
        if (!chosen || one->order < chosen->order ||
            (one->order == chosen->order && one->ridge > chosen->ridge))
            chosen = one;
    }
    if (!chosen) return;
    s->chosen = *chosen;
    s->best = chosen->error;
}

/* Whether each channel's own weights are better by a percent, and with which ridge. */
static loci_status try_own(search *s, loci_readout_spec *spec, loci_error *error)
{
    double total[RIDGES] = {0}, best = INFINITY;
    const bool set = s->asked->ridge >= 0.0;
    size_t which = 0;
    const loci_status status = rows_fill(s, spec->window, error);
    if (status != LOCI_OK) return status;
    loci_windows_basis(s->basis, spec->window, spec->order);
    for (size_t c = 0; c < s->channels; c++) {
        loci_ridge m[PARTS];
        clear(s, spec->window);
        gather(s, c, spec->window);
        project(s, m, spec->window, spec->order);
        for (size_t i = 0; i < RIDGES && !(set && i > 0); i++)
            total[i] += error_of(s, m, spec->order, set ? spec->ridge : ridges[i]);
    }
    for (size_t i = 0; i < RIDGES && !(set && i > 0); i++)
        if (total[i] < best) best = total[i], which = i;
    if (s->asked->own < 0 && !(best < 0.99 * s->best)) return LOCI_OK;
    spec->own = 1;
    s->best = best;
    if (!set) spec->ridge = ridges[which];
    return LOCI_OK;
}

/* The longest window that is tried: a quarter of what there is to learn from, at least the shortest. */
static loci_status longest(search *s, loci_error *error)
{
    const size_t h = s->horizon, asked = s->asked->window;
    if (s->valid < h)
        return loci_fail(error, LOCI_E_VALUE,
                         "%zu samples to choose by are too few; %zu, the horizon, were expected", s->valid,
                         h);
    const size_t least = given(asked)                                    ? asked
                         : given(s->asked->order) && s->asked->order > 8 ? s->asked->order
                                                                         : 8;
    if (s->train < least + h + 8)
        return loci_fail(
            error, LOCI_E_VALUE,
            "%zu samples to learn from are too few for a horizon of %zu; %zu or more were expected", s->train,
            h, least + h + 8);
    s->most = least;
    for (size_t i = 0; i < WINDOWS && !given(asked); i++)
        if (windows[i] > s->most && windows[i] + h <= s->train && 4 * windows[i] <= s->train - h)
            s->most = windows[i];
    s->highest = given(s->asked->order)         ? s->asked->order
                 : s->most < orders[ORDERS - 1] ? s->most
                                                : orders[ORDERS - 1];
    return LOCI_OK;
}

/* What each rank chose by itself must be the same. */
static loci_status same_choice(const search *s, const loci_readout_spec *found, loci_error *error)
{
    uint64_t own[4] = {found->window, found->order, (uint64_t)found->own};
    size_t rank, which;
    memcpy(&own[3], &found->ridge, sizeof found->ridge);
    const loci_status status = loci_team_compare(&s->team, own, 4, &rank, &which, error);
    if (status != LOCI_OK || rank == 0) return status;
    return loci_fail(
        error, LOCI_E_MISMATCH,
        "what rank %zu chose is not what rank 0 chose; the same samples, on processors of one kind, "
        "were expected",
        rank);
}

loci_status loci_readout_choose(loci_readout_spec *spec, loci_readout_choice *choice, const double *const *x,
                                size_t train, size_t valid, const double *scale, loci_error *error)
{
    loci_readout_spec asked = {0};
    loci_status status = LOCI_SIZED_TAKE(&asked, spec, "loci_readout_spec", error);
    if (status != LOCI_OK) return status;
    loci_readout_spec possible = asked; /* with what is open filled in somehow */
    if (!given(possible.window)) possible.window = given(asked.order) && asked.order > 8 ? asked.order : 8;
    if (!given(possible.order)) possible.order = 1;
    if (!(possible.ridge >= 0.0)) possible.ridge = 1.0;
    status = loci_readout_check(&possible, error);
    if (status != LOCI_OK) return status;
    search s;
    memset(&s, 0, sizeof s);
    s.asked = &asked;
    s.x = x;
    s.scale = scale;
    s.train = train;
    s.valid = valid;
    s.horizon = asked.horizon;
    s.stride = (s.horizon + ASKED - 1) / ASKED;
    s.targets = s.horizon / s.stride;
    s.channels = asked.channels;
    status = loci_team_take(&s.team, asked.team, error);
    if (status == LOCI_OK) status = longest(&s, error);
    if (status == LOCI_OK) status = search_open(&s, error);
    if (status != LOCI_OK) return status;
    status = rows_fill(&s, s.most, error);
    if (status != LOCI_OK) {
        loci_free(s.numbers);
        return status;
    }
    for (size_t c = 0; c < s.channels; c++) gather(&s, c, s.most);
    double last = 0.0;
    if (given(asked.window) || s.most < windows[0]) {
        try_window(&s, s.most, &last);
    } else {
        for (size_t i = 0; i < WINDOWS && windows[i] <= s.most; i++)
            if (!given(asked.order) || windows[i] >= asked.order) try_window(&s, windows[i], &last);
        if (s.count == 0) try_window(&s, s.most, &last);
    }
    decide(&s);
    loci_readout_spec found = asked;
    found.window = s.chosen.window, found.order = s.chosen.order, found.ridge = s.chosen.ridge;
    found.own = asked.own > 0;
    const double rows = s.part[1].count * (double)s.targets;
    /* stretches as long as the horizon are few witnesses where there are few of them */
    const double margin = fmax(0.02, 0.5 * (double)s.horizon / (double)valid);
    if (!isfinite(s.best) || (!given(asked.order) && !(s.best < (1.0 - margin) * last))) {
        found.window = given(asked.window) ? asked.window : windows[0];
        found.order = 0, found.ridge = asked.ridge >= 0.0 ? asked.ridge : 0.0;
        found.own = 0;
        s.best = last;
    } else if (asked.own != 0 && s.channels > 1) {
        status = try_own(&s, &found, error);
    }
    if (found.own < 0) found.own = 0;
    if (status == LOCI_OK) status = same_choice(&s, &found, error);
    if (status != LOCI_OK) {
        loci_free(s.numbers);
        return status;
    }
    found.size = spec->size;
    *spec = found;
    if (choice) {
        const loci_readout_choice whole = {sizeof whole, s.best / rows, last / rows};
        loci_sized_give(choice, choice->size ? choice->size : sizeof whole, &whole, sizeof whole);
    }
    loci_free(s.numbers);
    return LOCI_OK;
}

/* D(k), the mean square of x[t] - x[t - k], rises from 0 with k; where x repeats itself, it falls again. The season is the first k at which D
 * has fallen to seven tenths of what it was, and nearly as low as anywhere. */
loci_status loci_readout_season(size_t *season, const double *x, size_t n, size_t most, loci_error *error)
{
    *season = 0;
    if (most < 2 || n < 3 * most) return LOCI_OK;
    const size_t lags = most + 2;
    double *const d = loci_allocate(2 * lags - 1 + n, sizeof *d), *const r = d + lags - 1 + n;
    if (!d) return loci_fail(error, LOCI_E_MEMORY, "out of memory to look for a season in %zu samples", n);
    double mean = 0.0, newer = 0.0;
    for (size_t t = 0; t < n; t++) mean += (x[t] - x[0]) / (double)n;
    for (size_t t = 0; t < n; t++) d[lags - 1 + t] = x[t] - x[0] - mean;
    const double *z = d + lags - 1;
    for (size_t t = 0; t < n; t += 1024)
        LOCI_CHOOSE(loci_ridge_tiles_level)
            ->correlate(r, z + t, z + t - (lags - 1), lags, n - t < 1024 ? n - t : 1024);
    /* r[lags - 1 - k] is that of lag k, and becomes D(k) */
    for (size_t t = 0; t < n; t++) newer += z[t] * z[t];
    double older = newer;
    for (size_t k = 0; k < lags; k++) {
        r[lags - 1 - k] = (newer + older - 2.0 * r[lags - 1 - k]) / (double)(n - k);
        newer -= z[k] * z[k];
        older -= z[n - 1 - k] * z[n - 1 - k];
    }
    double least = INFINITY;
    for (int look = 0; look < 2 && *season == 0; look++) {
        double highest = 0.0;
        for (size_t k = 1; k <= most; k++) {
            const double here = r[lags - 1 - k];
            highest = fmax(highest, here);
            if (k < 2 || !(here < 0.7 * highest) || here > r[lags - k] || here > r[lags - 2 - k]) continue;
            if (look == 0) least = fmin(least, here);
            if (look == 1 && here <= 1.1 * least + 1e-9 * highest) {
                *season = k;
                break;
            }
        }
    }
    loci_free(d);
    return LOCI_OK;
}
