/* SPDX-License-Identifier: MIT
 * rule.c - the rule behind a sequence: which order, and what is known of it. */
#include "init/rule.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

/* Singular values at least so far apart show an order: those of white noise are nearer, though less so where terms are few. */
#define GAP(terms) (2 + 30 / (double)(terms))
/* What a rule leaves, over the largest term, from which on it is rounding and no noise. */
#define ROUNDING 1e-13
#define SMALLEST 1e-140 /* the largest term, so that the square of what is rounding is no 0 */

typedef struct {
    const double *y;
    size_t n, most; /* terms, and the largest order to try */
    double largest, squares;
    double *s, *v, *a, *state; /* scratch: [columns], [columns][columns], [most] */
    size_t columns;
    loci_rule *rule;
} search;

void loci_rule_run(double *x, size_t n, const double *a, const double *state, size_t order)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        if (k < order)
            sum = state[k];
        else
            for (size_t i = 0; i < order; i++) sum += a[i] * x[k - 1 - i];
        x[k] = sum;
    }
}

void loci_rule_free(loci_rule *rule)
{
    if (!rule) return;
    double *const parts[] = {rule->a, rule->state, rule->z_re, rule->z_im, rule->singular, rule->y};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) loci_free(parts[i]);
    loci_free(rule);
}

void loci_rule_inspect_sized(const loci_rule *rule, loci_rule_info *info, size_t size)
{
    loci_sized_give(info, size, &rule->info, sizeof rule->info);
}

const double *loci_rule_coefficients(const loci_rule *rule)
{
    return rule->a;
}

const double *loci_rule_singular(const loci_rule *rule)
{
    return rule->singular;
}

const double *loci_rule_poles(const loci_rule *rule, const double **im)
{
    if (im) *im = rule->z_im;
    return rule->z_re;
}

/* The best numbers of an order take its place in the rule. */
static void keep(search *w, size_t order, double rss)
{
    loci_rule *rule = w->rule;
    rule->info.order = order;
    rule->info.noise = sqrt(rss / (double)w->n);
    memcpy(rule->a, w->a, order * sizeof *w->a);
    memcpy(rule->state, w->state, order * sizeof *w->state);
}

static double gap_after(const search *w, size_t order)
{
    return order >= w->columns ? NAN : w->s[order] > 0 ? w->s[order - 1] / w->s[order] : INFINITY;
}

/* How like their neighbours the residues of the rule are: the correlation of one with the next. */
static double likeness(const search *w, double *x)
{
    loci_rule_run(x, w->n, w->rule->a, w->rule->state, w->rule->info.order);
    double own = 0, with = 0;
    for (size_t k = 0; k < w->n; k++) x[k] = w->y[k] - x[k];
    for (size_t k = 0; k < w->n; k++) own += x[k] * x[k];
    for (size_t k = 1; k < w->n; k++) with += x[k] * x[k - 1];
    return own > 0 ? with / own : 0;
}

static loci_status none(const search *w, loci_error *error)
{
    if (w->n < 4)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "%zu term%s too few to show a rule; 4 were expected for one of order 1", w->n,
                         w->n == 1 ? " is" : "s are");
    if (w->n < 9)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "no rule was found: none of order up to %zu is exact, and %zu terms can show no more", w->most,
            w->n);
    return loci_fail(
        error, LOCI_E_UNSUPPORTED,
        "no rule was found: none of order up to %zu is exact, none of order up to %zu leaves only noise, and %zu terms can show no more",
        w->most, w->most < (w->n - 6) / 3 ? w->most : (w->n - 6) / 3, w->n);
}

/* Among the orders that the singular values allow, the one that pays for its numbers. */
static loci_status choose(search *w, loci_error *error)
{
    const double n = (double)w->n, least = ROUNDING * w->largest;
    double best = n * log(w->squares / n + least * least);
    for (size_t order = 1; order <= w->most && order < w->columns; order++) {
        if (!(gap_after(w, order) >= GAP(w->n))) continue;
        double rss;
        const loci_status status =
            loci_rule_fit(w->rule->by, w->a, w->state, &rss, w->v, w->columns, w->y, w->n, order, error);
        if (status) return status;
        const bool exact = sqrt(rss / n) <= 1e3 * least;
        if (!isfinite(rss) || (3 * order + 6 > w->n && !exact)) continue;
        const double cost = n * log(rss / n + least * least) +
                            (exact ? 1 : n / (n - 2 * (double)order - 1)) * 2.5 * (double)order * log(n);
        if (cost >= best) continue;
        best = cost;
        keep(w, order, rss);
        if (exact) break;
    }
    if (!w->rule->info.order) return none(w, error);
    double *x = loci_allocate_by(w->rule->by, w->n, sizeof *x);
    if (!x) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", w->n);
    const bool noise = w->rule->info.noise <= 1e3 * least || fabs(likeness(w, x)) < 0.5;
    loci_free(x);
    return noise ? LOCI_OK : none(w, error);
}

static loci_status search_hankel(search *w, size_t asked, loci_error *error)
{
    const loci_allocator *by = w->rule->by;
    w->columns = (w->n + 1) / 2 < LOCI_RULE_ROWS ? (w->n + 1) / 2 : LOCI_RULE_ROWS;
    w->s = loci_allocate_by(by, w->columns, sizeof *w->s);
    w->v = loci_allocate_by(by, w->columns * w->columns, sizeof *w->v);
    if (!w->s || !w->v) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", w->n);
    size_t count;
    loci_status status = loci_rule_hankel(by, w->s, w->v, &count, w->y, w->n, w->columns, error);
    if (!status && asked) {
        double rss;
        status = loci_rule_fit(by, w->a, w->state, &rss, w->v, w->columns, w->y, w->n, asked, error);
        if (!status && !isfinite(rss))
            status = loci_fail(error, LOCI_E_UNSUPPORTED,
                               "no rule of order %zu could be made of these %zu terms", asked, w->n);
        if (!status) keep(w, asked, rss);
    } else if (!status && !w->rule->info.order) {
        status = choose(w, error);
    }
    if (!status) {
        w->rule->info.gap = gap_after(w, w->rule->info.order);
        w->rule->info.singular = w->columns;
        w->rule->singular = w->s;
        w->s = NULL;
    }
    return status;
}

static loci_status find(search *w, const loci_rule_options *o, loci_error *error)
{
    loci_rule *rule = w->rule;
    const loci_allocator *by = rule->by;
    const size_t room = w->n / 2 + LOCI_RULE_ORDER_MAX;
    rule->y = loci_allocate_by(by, w->n, sizeof *rule->y);
    rule->a = loci_allocate_by(by, room, sizeof *rule->a);
    rule->state = loci_allocate_by(by, room, sizeof *rule->state);
    w->a = loci_allocate_by(by, room, sizeof *w->a);
    w->state = loci_allocate_by(by, room, sizeof *w->state);
    if (!rule->y || !rule->a || !rule->state || !w->a || !w->state)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", w->n);
    memcpy(rule->y, w->y, w->n * sizeof *rule->y);
    size_t order = 0;
    loci_status status = o->order ? LOCI_OK : loci_rule_whole(by, rule->a, &order, w->y, w->n, error);
    if (!status && order) {
        rule->info.order = order;
        rule->info.whole = 1;
        memcpy(rule->state, w->y, order * sizeof *rule->state);
    }
    if (!status) status = search_hankel(w, o->order, error);
    order = rule->info.order;
    if (status) return status;
    rule->z_re = loci_allocate_by(by, order, sizeof *rule->z_re);
    rule->z_im = loci_allocate_by(by, order, sizeof *rule->z_im);
    if (!rule->z_re || !rule->z_im)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the %zu poles of a rule", order);
    return loci_rule_roots(by, rule->z_re, rule->z_im, rule->a, order, error);
}

loci_status loci_rule_find(loci_rule **rule, const double *y, size_t terms, const loci_rule_options *options,
                           loci_error *error)
{
    loci_rule_options o = {.size = sizeof o};
    *rule = NULL;
    if (options) {
        const loci_status status = LOCI_SIZED_TAKE(&o, options, "loci_rule_options", error);
        if (status) return status;
    }
    if (terms == 0 || terms > LOCI_RULE_TERMS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "the sequence has %zu terms; 1 to %d were expected", terms,
                         LOCI_RULE_TERMS_MAX);
    if (o.order > LOCI_RULE_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", o.order,
                         LOCI_RULE_ORDER_MAX);
    if (o.order && 2 * o.order + 2 > terms)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; for %zu terms %zu at most was expected",
                         o.order, terms, terms < 4 ? 0 : (terms - 2) / 2);
    if (!(o.dt >= 0 && isfinite(o.dt)))
        return loci_fail(error, LOCI_E_ARGUMENT, "dt is %g; more than 0 seconds was expected", o.dt);
    search w = {.y = y, .n = terms, .most = terms < 4 ? 0 : (terms - 2) / 2};
    if (w.most > LOCI_RULE_ORDER_MAX) w.most = LOCI_RULE_ORDER_MAX;
    for (size_t k = 0; k < terms; k++) {
        if (!isfinite(y[k])) return loci_fail(error, LOCI_E_VALUE, "term %zu is not finite", k + 1);
        w.largest = fmax(w.largest, fabs(y[k]));
        w.squares += y[k] * y[k];
    }
    if (w.largest == 0) return loci_fail(error, LOCI_E_VALUE, "all terms are 0, which every rule goes with");
    if (!isfinite(w.squares))
        return loci_fail(error, LOCI_E_VALUE,
                         "the terms are as large as %g; their squares were expected to be finite", w.largest);
    if (w.largest < SMALLEST)
        return loci_fail(
            error, LOCI_E_VALUE,
            "the terms are no larger than %g; one of %g, whose square is not rounded to 0, was expected",
            w.largest, SMALLEST);
    w.rule = loci_allocate_by(o.allocator, 1, sizeof *w.rule);
    if (!w.rule) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a rule");
    w.rule->by = loci_allocator_of(w.rule);
    w.rule->info = (loci_rule_info){
        .terms = terms, .dt = o.dt > 0 ? o.dt : 1, .rms = sqrt(w.squares / (double)terms), .gap = NAN};
    const loci_status status = find(&w, &o, error);
    double *const scratch[] = {w.s, w.v, w.a, w.state};
    for (size_t i = 0; i < sizeof scratch / sizeof *scratch; i++) loci_free(scratch[i]);
    if (status) {
        loci_rule_free(w.rule);
        return status;
    }
    *rule = w.rule;
    return LOCI_OK;
}

loci_status loci_rule_continue(const loci_rule *rule, double *next, size_t count, loci_error *error)
{
    if (count > LOCI_RULE_NEXT_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu terms are asked for; %d at most were expected", count,
                         LOCI_RULE_NEXT_MAX);
    const size_t order = rule->info.order, terms = rule->info.terms;
    double *x = loci_allocate_by(rule->by, terms + count, sizeof *x);
    if (!x) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", terms + count);
    loci_rule_run(x, terms, rule->a, rule->state, order);
    /* where nothing but rounding is left, the last terms themselves are the nearest */
    if (rule->info.noise <= 1e3 * ROUNDING * rule->info.rms) memcpy(x, rule->y, terms * sizeof *x);
    for (size_t k = terms; k < terms + count; k++)
        for (size_t i = 0; i < order; i++) x[k] += rule->a[i] * x[k - 1 - i];
    memcpy(next, x + terms, count * sizeof *x);
    loci_free(x);
    return LOCI_OK;
}
