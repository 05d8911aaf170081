/* SPDX-License-Identifier: MIT
 * plan.c - specs and the read-only tables made from them. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

#include "base/sized.h"

/* The spec whole, as this version knows it, and checked. */
static loci_status take_spec(loci_memory_spec *s, const loci_memory_spec *given, loci_error *error)
{
    const loci_status status = LOCI_SIZED_TAKE(s, given, "loci_memory_spec", error);
    if (status != LOCI_OK) return status;
    const bool legs = s->measure == LOCI_MEASURE_LEGS;
    const bool exact = s->method == LOCI_METHOD_EXACT;
    if ((unsigned)s->measure > LOCI_MEASURE_FOUT)
        return loci_fail(error, LOCI_E_ARGUMENT, "measure %d is not known", (int)s->measure);
    if (s->order < 1 || s->order > LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", s->order,
                         LOCI_ORDER_MAX);
    if (s->measure == LOCI_MEASURE_FOUT && s->order % 2 != 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; fout takes even orders", s->order);
    if (s->detail > LOCI_DETAIL_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "detail is %zu; 0 to %d was expected", s->detail,
                         LOCI_DETAIL_MAX);
    if (!(s->dt >= 0) || !isfinite(s->dt))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "dt is %g; seconds a sample, or 0 for time stamps, were expected", s->dt);
    if (legs && s->window != 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "window is %g; legs remembers the whole history and takes none", s->window);
    if (!legs && (!(s->window > 0) || !isfinite(s->window)))
        return loci_fail(error, LOCI_E_ARGUMENT, "window is %g; %s needs one, in seconds, above 0", s->window,
                         loci_measure_name(s->measure));
    if (!legs && s->dt > 0 && !(s->window / s->dt >= 1e-6 && s->window / s->dt <= 1e15))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "window is %g and dt %g; a window of 1e-6 to 1e15 samples was expected", s->window,
                         s->dt);
    if (s->join != LOCI_HOLD && s->join != LOCI_LINEAR)
        return loci_fail(error, LOCI_E_ARGUMENT, "join %d is not known", (int)s->join);
    if (s->join == LOCI_LINEAR && !(legs && exact))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "samples are joined by lines for legs by the exact method only");
    if (s->missing != LOCI_MISSING_REFUSE && s->missing != LOCI_MISSING_HOLD)
        return loci_fail(error, LOCI_E_ARGUMENT, "missing %d is not known", (int)s->missing);
    if ((unsigned)s->method > LOCI_METHOD_ZOH)
        return loci_fail(error, LOCI_E_ARGUMENT, "method %d is not known", (int)s->method);
    if (!legs && !exact)
        return loci_fail(error, LOCI_E_ARGUMENT, "the published methods are for legs, and the measure is %s",
                         loci_measure_name(s->measure));
    if (s->discretization != LOCI_ZOH && s->discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_ARGUMENT, "memories are discretized by zoh or bilinear");
    return LOCI_OK;
}

const memory_rule *loci_memory_rule(const loci_memory_plan *plan, double from, double to)
{
    const double turn = acos(fmax(-1, 1 - 2 * to)) - acos(1 - 2 * from);
    const memory_rule *rule = plan->rule;
    while (turn >= rule->turn) rule++;
    return rule;
}

/* H_n[k], the integral over [0, 1] of g_n against sample k of R, unit everywhere else zero, into table [R][N] */
static void held_moments(const loci_memory_plan *plan, double *table, size_t samples, double *p)
{
    const size_t order = plan->order;
    double *one = p, *two = p + order;
    double *lower = one, *upper = two;
    const double zero = 0;
    loci_legendre_evaluate(LOCI_INTEGRAL, lower, &zero, 1, order);
    for (size_t k = 0; k < samples; k++) {
        const double x = (double)(k + 1) / (double)samples;
        loci_legendre_evaluate(LOCI_INTEGRAL, upper, &x, 1, order);
        for (size_t n = 0; n < order; n++) table[k * order + n] = upper[n] - lower[n];
        double *swap = lower;
        lower = upper;
        upper = swap;
    }
}

static void joined_moments(const loci_memory_plan *plan, double *table, size_t intervals, double *g)
{
    const size_t order = plan->order;
    memset(table, 0, (intervals + 1) * order * sizeof *table);
    for (size_t k = 0; k < intervals; k++) {
        const memory_rule *rule =
            loci_memory_rule(plan, (double)k / (double)intervals, (double)(k + 1) / (double)intervals);
        for (size_t i = 0; i < rule->count; i++) {
            const double y = rule->node[i], w = rule->weight[i] / (double)intervals;
            const double x = ((double)k + y) / (double)intervals;
            loci_legendre_evaluate(LOCI_VALUE, g, &x, 1, order);
            double *here = table + k * order, *next = here + order;
            for (size_t n = 0; n < order; n++) {
                here[n] += w * (1 - y) * g[n];
                next[n] += w * y * g[n];
            }
        }
    }
}

/* The moments of 2 S samples, with the symmetry about their middle used: row k holds sample k for the even
 * functions, which also take sample R - 1 - k, and for the odd ones, which take it with the other sign.
 * Column 0 is the mean's: zero. */
static loci_status make_leaf_pair(loci_memory_plan *plan, loci_error *error)
{
    const size_t order = plan->order;
    const bool joined = plan->spec.join == LOCI_LINEAR;
    const size_t rows = 2 * plan->leaf + (joined ? 1 : 0), folded = (rows + 1) / 2;
    double *table = loci_allocate_by(loci_allocator_of(plan), rows * order + 2 * order, sizeof *table);
    plan->leaf_pair =
        loci_allocate_by(loci_allocator_of(plan), folded * 2 * plan->half_stride, sizeof *table);
    if (!table || !plan->leaf_pair) {
        loci_free(table);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", order);
    }
    if (joined)
        joined_moments(plan, table, 2 * plan->leaf, table + rows * order);
    else
        held_moments(plan, table, rows, table + rows * order);
    for (size_t k = 0; k < folded; k++)
        for (size_t n = 1; n < order; n++) {
            const double mirrored = table[(rows - 1 - k) * order + n];
            const double value = table[k * order + n];
            /* the two differ by rounding only; their average (with the sign of the parity) is the better of both */
            plan->leaf_pair[(k * 2 + n % 2) * plan->half_stride + n / 2] =
                n % 2 == 0 ? 0.5 * (value + mirrored) : 0.5 * (value - mirrored);
        }
    loci_free(table);
    return LOCI_OK;
}

/* Equal halves: c_n takes halves[n][m] of the left's coefficient m, the integral over [0, 1] of g_m(y) g_n(y
 * / 2) dy / 2, and
 * (-1)^(n+m) times that of the right's. Zero for m > n. Column 0 acts on the difference of the means. */
static loci_status make_halves(loci_memory_plan *plan, loci_error *error)
{
    const size_t order = plan->order, stride = plan->half_stride, padded = (order + 31) / 32 * 32;
    double *work = loci_allocate_by(loci_allocator_of(plan), 3 * padded + order, sizeof *work);
    plan->halves = loci_allocate_by(loci_allocator_of(plan), order * 2 * stride, sizeof *work);
    if (!work || !plan->halves) {
        loci_free(work);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", order);
    }
    double *a = work, *z = a + padded, *before = z + padded, *sum = before + padded;
    for (size_t m = 0; m < order; m++) {
        memset(sum, 0, order * sizeof *sum);
        const double *g = plan->node_basis + m * stride; /* of the nodes below 1/2 */
        for (size_t j = 0; j < order; j++) {
            const double value = j < (order + 1) / 2 ? g[j]
                                 : m % 2 == 0        ? g[order - 1 - j]
                                                     : -g[order - 1 - j];
            a[j] = 0.5 * plan->weight[j] * value;
            z[j] = plan->node[j] - 1; /* 2 (y / 2) - 1 */
        }
        plan->projection->moments(plan, sum, order, a, z, order, before);
        for (size_t n = m; n < order; n++) {
            if (m == 0 && n % 2 == 0) continue; /* exactly zero, but for n = 0, which the means take */
            plan->halves[(m * 2 + n % 2) * stride + n / 2] = plan->root[n] * sum[n];
        }
    }
    loci_free(work);
    return LOCI_OK;
}

/* Over a cell P_n is nearly cos(n theta + ...). With w half of what its phase turns there, m nodes miss
 * 2^(2m+1) (m!)^4 w^(2m) / ((2m+1) (2m)!^3), which is 1e-16 at w = 1.3, 7.8 and 27 for m = 8, 16 and 32. */
static loci_status make_rules(loci_memory_plan *plan, loci_error *error)
{
    const size_t exact = plan->order / 2 + 2; /* for a line times a polynomial of degree < N */
    static const struct {
        size_t count;
        double phase;
    } rules[MEMORY_RULES] = {{8, 1.2}, {16, 7}, {32, 25}, {SIZE_MAX, 0}};
    bool last = false;
    for (size_t i = 0; i < MEMORY_RULES && !last; i++) {
        memory_rule *rule = &plan->rule[i];
        last = rules[i].count >= exact;
        rule->count = last ? exact : rules[i].count;
        rule->turn = last ? INFINITY : 2 * rules[i].phase / (double)plan->order;
        rule->node = loci_allocate_by(loci_allocator_of(plan), rule->count, sizeof(double));
        rule->weight = loci_allocate_by(loci_allocator_of(plan), rule->count, sizeof(double));
        if (!rule->node || !rule->weight)
            return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", plan->order);
        const loci_status status = loci_quadrature_gauss(rule->node, rule->weight, rule->count, error);
        if (status != LOCI_OK) return status;
    }
    return LOCI_OK;
}

static loci_status make_tree(loci_memory_plan *plan, loci_error *error)
{
    const size_t order = plan->order;
    const bool joined = plan->spec.join == LOCI_LINEAR;
    plan->root = loci_allocate_by(loci_allocator_of(plan), order + 1, sizeof(double));
    plan->node = loci_allocate_by(loci_allocator_of(plan), order, sizeof(double));
    plan->weight = loci_allocate_by(loci_allocator_of(plan), order, sizeof(double));
    plan->node_basis =
        loci_allocate_by(loci_allocator_of(plan), (order + 1) * plan->half_stride, sizeof(double));
    plan->step = loci_allocate_by(loci_allocator_of(plan), order + 1, sizeof(double));
    plan->size = loci_allocate_by(loci_allocator_of(plan), order + 1, sizeof(double));
    double *row = loci_allocate_by(loci_allocator_of(plan), order, sizeof(double));
    loci_status status = LOCI_OK;
    if (!plan->root || !plan->node || !plan->weight || !plan->node_basis || !plan->step || !plan->size ||
        !row)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan of order %zu", order);
    if (status == LOCI_OK) status = loci_quadrature_gauss(plan->node, plan->weight, order, error);
    if (status == LOCI_OK && joined) status = make_rules(plan, error);
    if (status == LOCI_OK) {
        for (size_t n = 0; n <= order; n++) plan->root[n] = sqrt(2.0 * (double)n + 1);
        /* (n+1) P_(n+1) = (2n+1) z P_n - n P_(n-1), divided by (n+1) size_(n+1) = n size_(n-1) */
        for (size_t n = 0; n <= order; n++)
            plan->size[n] = n < 2 ? 1 : (double)(n - 1) / (double)n * plan->size[n - 2];
        for (size_t n = 0; n <= order; n++) {
            const double next = n == 0 ? 1 : (double)n / (double)(n + 1) * plan->size[n - 1];
            plan->step[n] = (double)(2 * n + 1) / (double)(n + 1) * plan->size[n] / next;
        }
        for (size_t j = 0; j < (order + 1) / 2; j++) {
            loci_legendre_evaluate(LOCI_VALUE, row, &plan->node[j], 1, order);
            for (size_t m = 0; m < order; m++) plan->node_basis[m * plan->half_stride + j] = row[m];
        }
        status = make_halves(plan, error);
    }
    loci_free(row);
    if (status == LOCI_OK && plan->kind == MEMORY_TREE && !memory_stamped(plan))
        status = make_leaf_pair(plan, error);
    return status;
}

loci_status loci_memory_check(const loci_memory_spec *spec, loci_error *error)
{
    loci_memory_spec whole = loci_memory_defaults();
    return take_spec(&whole, spec, error);
}

loci_status loci_memory_plan_create(loci_memory_plan **plan, const loci_memory_spec *given, loci_error *error)
{
    *plan = NULL;
    loci_memory_spec whole = loci_memory_defaults();
    const loci_memory_spec *spec = &whole;
    loci_status status = take_spec(&whole, given, error);
    if (status != LOCI_OK) return status;
    loci_memory_plan *p = loci_allocate_by(spec->allocator, 1, sizeof *p);
    if (!p) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a plan");
    p->spec = *spec;
    p->spec.size = 0;
    p->kind = spec->measure != LOCI_MEASURE_LEGS  ? MEMORY_LTI
              : spec->method != LOCI_METHOD_EXACT ? MEMORY_LEGS_RECURRENCE
                                                  : MEMORY_TREE;
    p->order = spec->order;
    p->leaf = spec->order < 8 ? 8 : (spec->order + 7) / 8 * 8;
    p->keep = spec->detail < 1 ? 1 : spec->detail;
    p->half_stride = ((spec->order + 1) / 2 + 7) / 8 * 8;
    p->projection = LOCI_CHOOSE(loci_memory_projection);
    loci_memory_lay_out(p);
    status = p->kind == MEMORY_LTI ? loci_memory_lti_plan(p, error) : make_tree(p, error);
    if (status != LOCI_OK) {
        loci_memory_plan_free(p);
        return status;
    }
    *plan = p;
    return LOCI_OK;
}

void loci_memory_plan_free(loci_memory_plan *plan)
{
    if (!plan) return;
    double *tables[] = {plan->root, plan->node,   plan->weight,    plan->node_basis, plan->step,
                        plan->size, plan->halves, plan->leaf_pair, plan->a,          plan->b,
                        plan->abar, plan->bbar,   plan->abar_leaf, plan->input_leaf, plan->power};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) loci_free(tables[i]);
    for (size_t i = 0; i < plan->rests; i++) loci_free(plan->rest[i]);
    for (size_t i = 0; i < MEMORY_RULES; i++) {
        loci_free(plan->rule[i].node);
        loci_free(plan->rule[i].weight);
    }
    loci_free(plan);
}

const loci_memory_spec *loci_memory_plan_spec(const loci_memory_plan *plan)
{
    return &plan->spec;
}
