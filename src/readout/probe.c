/* SPDX-License-Identifier: MIT
 * probe.c - regressions of anything on the memories of signals: made, fed, added, solved, asked. */
#include "readout/probe.h"

#include <math.h>
#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/checksum.h"
#include "base/sized.h"
#include "base/status.h"
#include "readout/ridge.h"
#include "readout/ridge_tiles.h"
#include "readout/windows.h"

#define LARGEST 1e150
enum { ORDER_MAX = 512, INPUTS_MAX = 65535 };

/* ---- sizes ---- */

static loci_status check(const loci_probe_spec *s, size_t *features, size_t *longest, loci_error *error)
{
    if (s->inputs < 1 || s->inputs > INPUTS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "inputs is %zu; 1 to %d was expected", s->inputs,
                         INPUTS_MAX);
    if (s->targets < 1 || s->targets > LOCI_PROBE_TARGETS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "targets is %zu; 1 to %d was expected", s->targets,
                         LOCI_PROBE_TARGETS_MAX);
    if (s->memories < 1 || s->memories > LOCI_PROBE_MEMORIES_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "memories is %zu; 1 to %d was expected", s->memories,
                         LOCI_PROBE_MEMORIES_MAX);
    size_t each = s->level != 0;
    *longest = 1;
    for (size_t k = 0; k < s->memories; k++) {
        const size_t window = s->windows[k], most = window < ORDER_MAX ? window : ORDER_MAX;
        if (window < 1 || window > LOCI_PROBE_WINDOW_MAX)
            return loci_fail(error, LOCI_E_ARGUMENT, "window %zu is %zu; 1 to %d was expected", k, window,
                             LOCI_PROBE_WINDOW_MAX);
        if (s->orders[k] > most)
            return loci_fail(error, LOCI_E_ARGUMENT, "order %zu is %zu; 0 to %zu was expected", k,
                             s->orders[k], most);
        each += s->orders[k];
        if (window > *longest) *longest = window;
    }
    if (each > (LOCI_PROBE_FEATURES_MAX - 1) / s->inputs)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%zu features of each of %zu inputs are too many; %d of all were expected at most",
                         each, s->inputs, LOCI_PROBE_FEATURES_MAX - 1);
    *features = 1 + s->inputs * each;
    if (isnan(s->ridge) || s->ridge > 1e100)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "ridge is %g; 0 to 1e100 was expected, or less than 0 to choose it", s->ridge);
    return LOCI_OK;
}

/* The sum of products, two numbers each; false where it does not fit. */
static bool sum_of(size_t *sum, const size_t (*products)[2], size_t count)
{
    *sum = 0;
    for (size_t i = 0; i < count; i++) {
        size_t product;
        if (!loci_size_multiply(&product, products[i][0], products[i][1]) ||
            !loci_size_add(sum, *sum, product))
            return false;
    }
    return true;
}

probe_view loci_probe_view(const loci_probe *p)
{
    const loci_probe_spec *s = &p->spec;
    probe_view v;
    double *at = (double *)(uintptr_t)(p + 1);
    v.origin = at, at += s->inputs;
    v.scale = at, at += s->inputs;
    v.rows = at, at += 1;
    v.ridge = at, at += 1;
    v.moments = at, at += loci_ridge_size(p->features, s->targets);
    v.weights = at, at += p->features * s->targets;
    v.recent = at, at += s->inputs * (p->past + 1);
    v.basis = at;
    for (size_t k = 0; k < s->memories; k++) at += s->windows[k] * s->orders[k];
    v.sums = at;
    for (size_t k = 0; k < s->memories; k++) at += s->orders[k];
    v.line = at, at += s->inputs * (p->past + PROBE_BLOCK);
    v.f = at, at += PROBE_BLOCK * p->features;
    v.y = at;
    return v;
}

/* The bases, as columns. */
static loci_status bases(const loci_probe *p, loci_error *error)
{
    const loci_probe_spec *s = &p->spec;
    const probe_view v = loci_probe_view(p);
    double *to = v.basis, *sum = v.sums;
    for (size_t k = 0; k < s->memories; k++) {
        const size_t window = s->windows[k], order = s->orders[k];
        double *rows = loci_allocate_by(loci_allocator_of(p), window * order + 1, sizeof *rows);
        if (!rows) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a basis of %zu samples", window);
        loci_windows_basis(rows, window, order);
        for (size_t j = 0; j < order; j++)
            for (size_t i = 0; i < window; i++) {
                to[i * order + j] = rows[j * window + i];
                sum[j] += rows[j * window + i];
            }
        to += window * order;
        sum += order;
        loci_free(rows);
    }
    return LOCI_OK;
}

/* The doubles that a file has, the ridge asked for first. */
static loci_status sizes_of(const loci_probe_spec *spec, size_t *features, size_t *longest, size_t *saved,
                            loci_error *error)
{
    const loci_status status = check(spec, features, longest, error);
    if (status != LOCI_OK) return status;
    const size_t moments = loci_ridge_size(*features, spec->targets);
    const size_t kept[][2] = {
        {spec->inputs, 2}, {3, 1}, {moments, 1}, {*features, spec->targets}, {spec->inputs, *longest}};
    if (moments > 0 && sum_of(saved, kept, 5)) return LOCI_OK;
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for a probe of %zu features and %zu targets",
                     *features, spec->targets);
}

loci_status loci_probe_saved(const loci_probe_spec *spec, size_t *saved)
{
    size_t features, longest;
    return sizes_of(spec, &features, &longest, saved, NULL);
}

loci_status loci_probe_make(loci_probe **probe, const loci_probe_spec *spec, loci_error *error)
{
    size_t features, longest, saved, numbers, bytes, basis = 0, orders = 0;
    loci_status status = sizes_of(spec, &features, &longest, &saved, error);
    if (status != LOCI_OK) return status;
    for (size_t k = 0; k < spec->memories; k++) /* 8 65536 512 at most */
        basis += spec->windows[k] * spec->orders[k], orders += spec->orders[k];
    const size_t past = longest - 1;
    const size_t working[][2] = {{basis, 1},
                                 {orders, 1},
                                 {spec->inputs, past + PROBE_BLOCK},
                                 {PROBE_BLOCK, features},
                                 {PROBE_BLOCK, spec->targets}};
    loci_probe *p = NULL;
    if (sum_of(&numbers, working, 5) && loci_size_add(&numbers, numbers, saved) &&
        loci_size_multiply(&bytes, numbers, sizeof(double)) && loci_size_add(&bytes, bytes, sizeof *p))
        p = loci_allocate_by(spec->allocator, 1, bytes);
    if (!p)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a probe of %zu features and %zu targets",
                         features, spec->targets);
    p->spec = *spec;
    p->spec.allocator = NULL;
    p->spec.size = sizeof *spec;
    p->spec.level = spec->level != 0;
    for (size_t k = spec->memories; k < LOCI_PROBE_MEMORIES_MAX; k++)
        p->spec.windows[k] = p->spec.orders[k] = 0;
    p->features = features;
    p->past = past;
    p->saved = saved;
    p->numbers = numbers;
    status = bases(p, error);
    if (status == LOCI_OK)
        *probe = p;
    else
        loci_free(p);
    return status;
}

loci_status loci_probe_create(loci_probe **probe, const loci_probe_spec *spec, const double *origin,
                              const double *scale, loci_error *error)
{
    loci_probe_spec s = {0};
    loci_status status = LOCI_SIZED_TAKE(&s, spec, "loci_probe_spec", error);
    for (size_t c = 0; status == LOCI_OK && c < s.inputs; c++) {
        if (scale && !(scale[c] > 0.0 && isfinite(scale[c])))
            status = loci_fail(error, LOCI_E_ARGUMENT, "scale of input %zu is %g; more than 0 was expected",
                               c, scale[c]);
        else if (origin && !isfinite(origin[c]))
            status = loci_fail(error, LOCI_E_ARGUMENT, "origin of input %zu is %g; a number was expected", c,
                               origin[c]);
    }
    if (status == LOCI_OK) status = loci_probe_make(probe, &s, error);
    if (status != LOCI_OK) return status;
    const probe_view v = loci_probe_view(*probe);
    for (size_t c = 0; c < s.inputs; c++) {
        v.origin[c] = origin ? origin[c] : 0.0;
        v.scale[c] = scale ? scale[c] : 1.0;
    }
    return LOCI_OK;
}

void loci_probe_free(loci_probe *probe)
{
    loci_free(probe);
}

loci_status loci_probe_copy(loci_probe **copy, const loci_probe *p, loci_error *error)
{
    loci_probe *made = loci_allocate_by(loci_allocator_of(p), 1, sizeof *p + p->numbers * sizeof(double));
    if (!made)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a probe of %zu features", p->features);
    memcpy(made, p, sizeof *p + p->numbers * sizeof(double));
    *copy = made;
    return LOCI_OK;
}

void loci_probe_inspect_sized(const loci_probe *p, loci_probe_info *info, size_t size)
{
    const probe_view v = loci_probe_view(p);
    loci_probe_info whole = {.samples = p->samples,
                             .rows = v.rows[0],
                             .features = p->features,
                             .window = p->past + 1,
                             .ridge = v.ridge[0],
                             .solved = p->solved != 0,
                             .spec = p->spec};
    uint64_t sizes[4 + 2 * LOCI_PROBE_MEMORIES_MAX] = {p->spec.inputs, p->spec.targets, p->spec.memories,
                                                       (uint64_t)p->spec.level};
    for (size_t k = 0; k < LOCI_PROBE_MEMORIES_MAX; k++)
        sizes[4 + 2 * k] = p->spec.windows[k], sizes[5 + 2 * k] = p->spec.orders[k];
    whole.fingerprint = loci_checksum(sizes, sizeof sizes) ^
                        loci_checksum(v.weights, p->features * p->spec.targets * sizeof *v.weights);
    loci_sized_give(info, size, &whole, sizeof whole);
}

/* ---- features ---- */

void loci_probe_features(const loci_probe *p, double *f, const double *line, size_t stride, size_t n)
{
    const loci_probe_spec *s = &p->spec;
    const probe_view v = loci_probe_view(p);
    const loci_ridge_tiles *tiles = LOCI_CHOOSE(loci_ridge_tiles_level);
    size_t at = 0;
    for (size_t r = 0; r < n; r++) f[r * p->features] = 1.0;
    at++;
    for (size_t c = 0; c < s->inputs; c++) {
        const double *x = line + c * stride, *basis = v.basis, *sums = v.sums;
        if (s->level) {
            for (size_t r = 0; r < n; r++) f[r * p->features + at] = x[p->past + r];
            at++;
        }
        for (size_t k = 0; k < s->memories; k++) {
            const size_t window = s->windows[k], order = s->orders[k];
            for (size_t r = 0; r < n; r++) /* of samples less the newest */
                for (size_t j = 0; j < order; j++) f[r * p->features + at + j] = -x[p->past + r] * sums[j];
            if (order > 0)
                tiles->multiply(f + at, p->features, x + p->past + 1 - window, 1, 1, basis, order, n, order,
                                window, false, false);
            at += order;
            basis += window * order;
            sums += order;
        }
    }
}

/* ---- learning ---- */

static bool within(double x)
{
    return fabs(x) <= LARGEST;
}

/* The samples before the first that cannot be taken, of n; *wrong is its number, and *what: an input, or inputs + a target. */
static size_t good_rows(const loci_probe_spec *s, const double *u, const double *y, size_t n, size_t *what)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t c = 0; c < s->inputs; c++)
            if (!within(u[k * s->inputs + c])) {
                *what = c;
                return k;
            }
        for (size_t j = 0; y && j < s->targets; j++)
            if (!isnan(y[k * s->targets + j]) && !within(y[k * s->targets + j])) {
                *what = s->inputs + j;
                return k;
            }
    }
    return n;
}

static bool told(const double *y, size_t targets)
{
    for (size_t j = 0; j < targets; j++)
        if (isnan(y[j])) return false;
    return true;
}

/* n <= PROBE_BLOCK samples that are good. */
static void learn(loci_probe *p, const probe_view *v, const double *u, const double *y, size_t n)
{
    const loci_probe_spec *s = &p->spec;
    const size_t past = p->past, stride = past + PROBE_BLOCK;
    for (size_t c = 0; c < s->inputs; c++) {
        double *line = v->line + c * stride;
        double *recent = v->recent + c * (past + 1);
        memcpy(line, recent + 1, past * sizeof *line);
        for (size_t k = 0; k < n; k++) line[past + k] = (u[k * s->inputs + c] - v->origin[c]) / v->scale[c];
        memcpy(recent, line + n - 1, (past + 1) * sizeof *line);
    }
    /* stretches of rows that are to be learned */
    size_t from = p->held < past ? past - (size_t)p->held : 0;
    while (y && from < n) {
        size_t to = from;
        while (to < n && told(y + to * s->targets, s->targets)) to++;
        if (to > from) {
            loci_ridge m = loci_ridge_at(v->moments, p->features, s->targets, v->rows[0]);
            loci_probe_features(p, v->f, v->line + from, stride, to - from);
            loci_ridge_push(&m, v->f, y + from * s->targets, to - from);
            v->rows[0] = m.rows;
        }
        from = to + 1;
    }
    p->held += n;
    p->samples += n;
}

loci_status loci_probe_push(loci_probe *p, const double *u, const double *y, size_t n, loci_error *error)
{
    const probe_view v = loci_probe_view(p);
    const size_t inputs = p->spec.inputs, targets = p->spec.targets;
    size_t what = 0;
    const size_t good = good_rows(&p->spec, u, y, n, &what);
    for (size_t k = 0; k < good; k += PROBE_BLOCK)
        learn(p, &v, u + k * inputs, y ? y + k * targets : NULL,
              good - k < PROBE_BLOCK ? good - k : PROBE_BLOCK);
    if (good == n) return LOCI_OK;
    return loci_fail(error, LOCI_E_VALUE, "sample %zu of %s %zu is %g; a number within 1e150 was expected",
                     good, what < inputs ? "input" : "target", what < inputs ? what : what - inputs,
                     what < inputs ? u[good * inputs + what] : y[good * targets + what - inputs]);
}

void loci_probe_part(loci_probe *p)
{
    p->held = 0;
}

loci_status loci_probe_forget(loci_probe *p, double keep, loci_error *error)
{
    if (!(keep >= 0.0 && keep <= 1.0))
        return loci_fail(error, LOCI_E_ARGUMENT, "keep is %g; 0 to 1 was expected", keep);
    const probe_view v = loci_probe_view(p);
    loci_ridge m = loci_ridge_at(v.moments, p->features, p->spec.targets, v.rows[0]);
    loci_ridge_forget(&m, keep);
    v.rows[0] = m.rows;
    return LOCI_OK;
}

loci_status loci_probe_add(loci_probe *p, const loci_probe *other, loci_error *error)
{
    const loci_probe_spec *a = &p->spec, *b = &other->spec;
    const probe_view v = loci_probe_view(p), w = loci_probe_view(other);
    if (a->inputs != b->inputs || a->targets != b->targets || a->memories != b->memories ||
        a->level != b->level)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "inputs, targets, memories and level are %zu, %zu, %zu, %d in the one and %zu, %zu, "
                         "%zu, %d in the other; the same were expected",
                         a->inputs, a->targets, a->memories, a->level, b->inputs, b->targets, b->memories,
                         b->level);
    for (size_t k = 0; k < a->memories; k++)
        if (a->windows[k] != b->windows[k] || a->orders[k] != b->orders[k])
            return loci_fail(error, LOCI_E_MISMATCH,
                             "memory %zu has window %zu and order %zu in the one and %zu and %zu in the "
                             "other; the same were expected",
                             k, a->windows[k], a->orders[k], b->windows[k], b->orders[k]);
    for (size_t c = 0; c < a->inputs; c++)
        if (v.origin[c] != w.origin[c] || v.scale[c] != w.scale[c])
            return loci_fail(
                error, LOCI_E_MISMATCH,
                "input %zu is taken less %g, by %g in the one and less %g, by %g in the other; the same "
                "were expected",
                c, v.origin[c], v.scale[c], w.origin[c], w.scale[c]);
    loci_ridge mine = loci_ridge_at(v.moments, p->features, a->targets, v.rows[0]);
    const loci_ridge theirs = loci_ridge_at(w.moments, p->features, a->targets, w.rows[0]);
    loci_ridge_add(&mine, &theirs);
    v.rows[0] = mine.rows;
    p->samples += other->samples;
    return LOCI_OK;
}

/* ---- weights ---- */

static loci_status has_rows(const loci_probe *p, loci_error *error)
{
    if (loci_probe_view(p).rows[0] > 0.0) return LOCI_OK;
    return loci_fail(error, LOCI_E_VALUE,
                     "%llu samples are too few to learn from; %zu, the longest window, and a target were "
                     "expected",
                     (unsigned long long)p->samples, p->past + 1);
}

loci_status loci_probe_solve(loci_probe *p, loci_error *error)
{
    static const double shares[] = {1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100};
    enum { SHARES = sizeof shares / sizeof *shares };
    const size_t features = p->features, targets = p->spec.targets;
    const probe_view v = loci_probe_view(p);
    loci_status status = has_rows(p, error);
    if (status != LOCI_OK) return status;
    double *penalty = loci_allocate_by(loci_allocator_of(p), 2 * features, sizeof *penalty);
    double *weights = loci_allocate_by(loci_allocator_of(p), features * targets, sizeof *weights);
    if (!penalty || !weights) {
        loci_free(penalty);
        loci_free(weights);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the weights of %zu features", features);
    }
    for (size_t i = 1; i < features; i++) penalty[i] = 1.0;
    const loci_ridge m = loci_ridge_at(v.moments, features, targets, v.rows[0]);
    double grid[SHARES], ridge = p->spec.ridge * v.rows[0];
    for (size_t i = 0; i < SHARES; i++) grid[i] = shares[i] * v.rows[0];
    const bool given = p->spec.ridge >= 0.0;
    status = loci_ridge_choose(&ridge, weights, NULL, &m, penalty, given ? &ridge : grid, given ? 1 : SHARES,
                               loci_allocator_of(p), error);
    bool finite = true;
    for (size_t i = 0; status == LOCI_OK && i < features * targets; i++)
        finite = finite && isfinite(weights[i]);
    if (status == LOCI_OK && !finite)
        status = loci_fail(error, LOCI_E_VALUE,
                           "the weights are not finite; smaller numbers, or a larger "
                           "scale, were expected");
    if (status == LOCI_OK) {
        memcpy(v.weights, weights, features * targets * sizeof *weights);
        v.ridge[0] = ridge / v.rows[0];
        p->solved = 1;
    }
    loci_free(penalty);
    loci_free(weights);
    return status;
}

loci_status loci_probe_fit(const loci_probe *p, double *mean_square, loci_error *error)
{
    const size_t moments = loci_ridge_size(p->features, p->spec.targets), targets = p->spec.targets;
    const probe_view v = loci_probe_view(p);
    loci_status status = loci_probe_ready(p, error);
    if (status == LOCI_OK) status = has_rows(p, error);
    if (status != LOCI_OK) return status;
    double *copy = loci_allocate_by(loci_allocator_of(p), moments + p->features * targets, sizeof *copy);
    if (!copy)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the errors of %zu features", p->features);
    memcpy(copy, v.moments, moments * sizeof *copy);
    const loci_ridge m = loci_ridge_at(copy, p->features, targets, v.rows[0]);
    loci_ridge_residual(mean_square, &m, v.weights, copy + moments);
    for (size_t j = 0; j < targets; j++) mean_square[j] /= v.rows[0];
    loci_free(copy);
    return LOCI_OK;
}
