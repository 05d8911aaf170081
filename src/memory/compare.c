/* SPDX-License-Identifier: MIT
 *
 * compare.c - recall against the signal itself: the integral of the squared difference, part by part, in one
 * pass.
 *
 * The signal comes as cells: a stretch of one interval that lies in one stretch of the memory and in one part
 * of the question. On a polynomial p (less the stretch's mean), cell after cell, (p - f)^2 is p^2 - 2 p f +
 * f^2: the integral of p^2 is taken once for the whole run of cells by a Gauss rule that is exact; that of p
 * f needs p's antiderivative at the edges (held f), or p at Gauss nodes in the cell (joined f).
 * Raw stretches are compared value by value, the states of the time-invariant measures by 8 Gauss nodes a cell. */
#include "memory/stretch.h"

#include <math.h>
#include <string.h>

enum { CELLS = 128 };

typedef struct {
    double from, to;      /* places */
    double begin, length; /* the whole interval */
} cell;

struct loci_memory_comparison {
    const loci_memory *memory;
    const loci_memory_plan *plan;
    memory_view view;
    size_t parts, channels, stretches;
    double *edge;          /* [parts + 1] places */
    double *squared;       /* [parts][C], seconds x squares */
    double *covered;       /* [parts] seconds */
    double *last;          /* [C] the sample whose interval is open */
    double *now;           /* [C] the one after it */
    double *cells_u;       /* [C][CELLS][2]: value and next of the cells of a run */
    double *base;          /* [C] first sample */
    double *moment;        /* [C][4]: sums of w and w^2 about base with their compensations */
    double *node, *weight; /* [N] exact for p^2 */
    cell run[CELLS];
    size_t count; /* cells in the run */
    size_t index, part;
    memory_stretch stretch; /* number `index` */
    uint64_t samples;       /* pushed */
    double first_place, last_place;
};

void loci_memory_compare_free(loci_memory_comparison *comparison)
{
    if (!comparison) return;
    double *arrays[] = {comparison->edge, comparison->squared, comparison->covered, comparison->last,
                        comparison->now,  comparison->cells_u, comparison->base,    comparison->moment,
                        comparison->node, comparison->weight};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) loci_free(arrays[i]);
    loci_free(comparison);
}

loci_status loci_memory_compare_create(loci_memory_comparison **comparison, const loci_memory *memory,
                                       const loci_memory_plan *plan, const double *edges, size_t parts,
                                       loci_error *error)
{
    *comparison = NULL;
    loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    if (memory->samples == 0) return loci_fail(error, LOCI_E_RANGE, "the memory is empty");
    if (parts < 1) return loci_fail(error, LOCI_E_ARGUMENT, "parts is 0; at least one was expected");
    for (size_t i = 0; i < parts; i++)
        if (!(edges[i] < edges[i + 1]))
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "edge %zu is %.17g and the next %.17g; ascending times were expected", i,
                             edges[i], edges[i + 1]);
    const size_t channels = memory->channels;
    const loci_allocator *by = loci_allocator_of(plan);
    loci_memory_comparison *k = loci_allocate_by(by, 1, sizeof *k);
    if (!k) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a comparison");
    size_t numbers = 0;
    k->memory = memory;
    k->plan = plan;
    k->view = loci_memory_view(memory, plan, channels);
    k->parts = parts;
    k->channels = channels;
    k->stretches = loci_memory_stretch_count(memory, plan);
    k->edge = loci_allocate_by(by, parts + 1, sizeof(double));
    k->squared =
        loci_size_multiply(&numbers, parts, channels) ? loci_allocate_by(by, numbers, sizeof(double)) : NULL;
    k->covered = loci_allocate_by(by, parts, sizeof(double));
    k->last = loci_allocate_by(by, channels, sizeof(double));
    k->now = loci_allocate_by(by, channels, sizeof(double));
    k->cells_u = loci_allocate_by(by, channels * CELLS * 2, sizeof(double));
    k->base = loci_allocate_by(by, channels, sizeof(double));
    k->moment = loci_allocate_by(by, channels * 4, sizeof(double));
    k->node = loci_allocate_by(by, plan->order, sizeof(double));
    k->weight = loci_allocate_by(by, plan->order, sizeof(double));
    if (!k->edge || !k->squared || !k->covered || !k->last || !k->now || !k->cells_u || !k->base ||
        !k->moment || !k->node || !k->weight)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a comparison");
    if (status == LOCI_OK) status = loci_quadrature_gauss(k->node, k->weight, plan->order, error);
    if (status != LOCI_OK) {
        loci_memory_compare_free(k);
        return status;
    }
    /* an edge within a few ulp of the end is meant to be the end */
    for (size_t i = 0; i <= parts; i++) k->edge[i] = loci_memory_place(memory, plan, edges[i]);
    if (k->stretches > 0) k->stretch = loci_memory_stretch_at(memory, plan, &k->view, 0);
    *comparison = k;
    return LOCI_OK;
}

/* [2 + N] as in a projected block, whatever the kind */
static const double *coefficients(const loci_memory_comparison *k, const memory_stretch *stretch,
                                  size_t channel, double *room)
{
    const double *c = stretch->c + channel * stretch->c_stride;
    if (k->plan->kind != MEMORY_LEGS_RECURRENCE) return c;
    room[0] = c[0];
    room[1] = room[2] = 0;
    memcpy(room + 3, c + 1, (k->plan->order - 1) * sizeof *c);
    return room;
}

/* The antiderivative of sum over n >= 1 of c_n g_n that is zero at 0, on the g_n again: q[N + 1]. */
static void antiderivative(double *q, const double *c, size_t order)
{
    memset(q, 0, (order + 1) * sizeof *q);
    for (size_t n = 1; n < order; n++) {
        /* the integral of g_n is (P_{n+1} - P_{n-1}) / (2 sqrt(2n+1)), and P_m = g_m / sqrt(2m+1) */
        const double part = 0.5 * c[2 + n] / sqrt(2.0 * (double)n + 1);
        q[n + 1] += part / sqrt(2.0 * (double)n + 3);
        q[n - 1] -= part / sqrt(2.0 * (double)n - 1);
    }
}

/* What a run of cells looks like from the polynomial's stretch. */
typedef struct {
    double x[CELLS + 1];             /* the edges, as shares of the stretch */
    double begin[CELLS], end[CELLS]; /* the signal there, less the stretch's mean */
} profile;

/* The integral of p f over the run, held f: p's antiderivative at the edges. */
static double held_product(const loci_memory_comparison *k, const profile *f, const double *c)
{
    double q[LOCI_ORDER_MAX + 1], edge[CELLS + 1], sum = 0;
    antiderivative(q, c, k->plan->order);
    loci_legendre_sum(LOCI_VALUE, edge, q, k->plan->order + 1, f->x, k->count + 1);
    for (size_t i = 0; i < k->count; i++) sum += f->begin[i] * (edge[i + 1] - edge[i]);
    return sum;
}

/* The same, joined f: a Gauss rule in every cell. (By parts, p's second antiderivative over a short cell would cancel.) */
static double joined_product(const loci_memory_comparison *k, const profile *f, const double *deviations)
{
    double x[CELLS], a[CELLS], p[CELLS], sum = 0;
    size_t points = 0;
    for (size_t i = 0; i < k->count; i++) {
        const double length = f->x[i + 1] - f->x[i];
        const memory_rule *rule = loci_memory_rule(k->plan, f->x[i], f->x[i + 1]);
        for (size_t j = 0; j < rule->count; j++) {
            x[points] = f->x[i] + rule->node[j] * length;
            a[points++] =
                length * rule->weight[j] * (f->begin[i] + rule->node[j] * (f->end[i] - f->begin[i]));
            if (points < CELLS && (i + 1 < k->count || j + 1 < rule->count)) continue;
            loci_legendre_sum(LOCI_VALUE, p, deviations, k->plan->order, x, points);
            while (points > 0) {
                points--;
                sum += a[points] * p[points];
            }
        }
    }
    return sum;
}

static void polynomial_run(loci_memory_comparison *k, const memory_stretch *stretch, size_t channel)
{
    const size_t order = k->plan->order, count = k->count;
    const bool joined = k->plan->spec.join == LOCI_LINEAR;
    double room[LOCI_ORDER_MAX + 2], deviations[LOCI_ORDER_MAX], x[CELLS], p[CELLS], sum = 0;
    const double *c = coefficients(k, stretch, channel, room);
    const double length = stretch->length;
    deviations[0] = 0;
    memcpy(deviations + 1, c + 3, (order - 1) * sizeof *c);
    profile f;
    f.x[0] = (k->run[0].from - stretch->begin) / length;
    for (size_t i = 0; i < count; i++) {
        const cell *here = &k->run[i];
        const double *u = k->cells_u + (channel * CELLS + i) * 2;
        const double value = (u[0] - c[0]) - c[1], rise = joined ? u[1] - u[0] : 0;
        const double fa = value + (here->from - here->begin) / here->length * rise;
        const double fb = value + (here->to - here->begin) / here->length * rise;
        f.begin[i] = fa;
        f.end[i] = fb;
        f.x[i + 1] = fmin(1, (here->to - stretch->begin) / length);
        sum += (here->to - here->from) / length * (joined ? (fa * fa + fa * fb + fb * fb) / 3 : fa * fa);
    }
    sum -= 2 * (joined ? joined_product(k, &f, deviations) : held_product(k, &f, c));
    for (size_t first = 0; first < order; first += CELLS) {
        const size_t points = order - first < CELLS ? order - first : CELLS;
        for (size_t j = 0; j < points; j++) x[j] = f.x[0] + (f.x[count] - f.x[0]) * k->node[first + j];
        loci_legendre_sum(LOCI_VALUE, p, deviations, order, x, points);
        for (size_t j = 0; j < points; j++) sum += (f.x[count] - f.x[0]) * k->weight[first + j] * p[j] * p[j];
    }
    k->squared[k->part * k->channels + channel] += length * sum;
}

static void raw_run(loci_memory_comparison *k, const memory_stretch *stretch, size_t channel)
{
    const bool joined = k->plan->spec.join == LOCI_LINEAR;
    double sum = 0;
    for (size_t i = 0; i < k->count; i++) {
        const cell *here = &k->run[i];
        const double *u = k->cells_u + (channel * CELLS + i) * 2;
        double begin, end;
        const size_t at = loci_memory_interval(stretch, here->from - stretch->begin, &begin, &end);
        const double a = u[0] - memory_raw_value(stretch, channel, at);
        if (!joined) {
            sum += (here->to - here->from) * a * a;
            continue;
        }
        const double b = u[1] - memory_raw_value(stretch, channel, at + 1);
        const double fa = a + (here->from - here->begin) / here->length * (b - a);
        const double fb = a + (here->to - here->begin) / here->length * (b - a);
        sum += (here->to - here->from) * (fa * fa + fa * fb + fb * fb) / 3;
    }
    k->squared[k->part * k->channels + channel] += sum;
}

static loci_status state_run(loci_memory_comparison *k, size_t channel, loci_error *error)
{
    const loci_memory_plan *plan = k->plan;
    const size_t order = plan->order;
    double state[LOCI_ORDER_MAX], row[8 * LOCI_ORDER_MAX], age[8];
    loci_memory_lti_state(k->memory, plan, &k->view, channel, state);
    const double end = memory_axis_end(k->memory, plan), unit = memory_unit(plan) / plan->scale;
    double sum = 0;
    for (size_t i = 0; i < k->count; i++) {
        const cell *here = &k->run[i];
        const double length = here->to - here->from;
        for (int j = 0; j < 8; j++)
            age[j] = fmax(0, ((end - here->from) - length * loci_memory_node[j]) * unit);
        const loci_status status =
            loci_measure_evaluate(plan->spec.measure, LOCI_VALUE, row, age, 8, order, error);
        if (status != LOCI_OK) return status;
        for (int j = 0; j < 8; j++) {
            double value = -k->cells_u[(channel * CELLS + i) * 2];
            for (size_t n = 0; n < order; n++) value += state[n] * row[(size_t)j * order + n];
            sum += length * loci_memory_weight[j] * value * value;
        }
    }
    k->squared[k->part * k->channels + channel] += sum;
    return LOCI_OK;
}

/* What has gathered of one stretch and one part. */
static loci_status finish_run(loci_memory_comparison *k, loci_error *error)
{
    if (k->count == 0) return LOCI_OK;
    for (size_t c = 0; c < k->channels; c++) {
        if (k->stretch.kind == STRETCH_RAW) {
            raw_run(k, &k->stretch, c);
        } else if (k->stretch.kind == STRETCH_POLYNOMIAL) {
            polynomial_run(k, &k->stretch, c);
        } else {
            const loci_status status = state_run(k, c, error);
            if (status != LOCI_OK) return status;
        }
    }
    for (size_t i = 0; i < k->count; i++) k->covered[k->part] += k->run[i].to - k->run[i].from;
    k->count = 0;
    return LOCI_OK;
}

/* The interval [begin, end) with the signal from u0 to u1, cut where stretches and parts meet. */
static loci_status take_interval(loci_memory_comparison *k, double begin, double end, const double *u0,
                                 const double *u1, loci_error *error)
{
    const bool windowed =
        k->plan->kind == MEMORY_LTI && isfinite(loci_measure_support(k->plan->spec.measure));
    const double window =
        windowed ? memory_axis_end(k->memory, k->plan) -
                       loci_measure_support(k->plan->spec.measure) * k->plan->scale / memory_unit(k->plan)
                 : -INFINITY;
    double from = fmax(begin, fmax(window, k->edge[0]));
    const double last = fmin(fmin(end, k->edge[k->parts]), memory_axis_end(k->memory, k->plan));
    while (from < last && k->stretches > 0) {
        const bool next_part = k->part + 1 < k->parts && k->edge[k->part + 1] <= from;
        const bool next_stretch = k->index + 1 < k->stretches && k->stretch.end <= from;
        if (next_part || next_stretch || k->count == CELLS) {
            const loci_status status = finish_run(k, error);
            if (status != LOCI_OK) return status;
            if (next_part) k->part++;
            if (next_stretch) k->stretch = loci_memory_stretch_at(k->memory, k->plan, &k->view, ++k->index);
            continue;
        }
        double to = fmin(last, k->edge[k->part + 1]);
        if (k->index + 1 < k->stretches) to = fmin(to, k->stretch.end);
        k->run[k->count] = (cell){.from = from, .to = to, .begin = begin, .length = end - begin};
        for (size_t c = 0; c < k->channels; c++) {
            double *cu = k->cells_u + (c * CELLS + k->count) * 2;
            cu[0] = u0[c];
            cu[1] = u1[c];
        }
        k->count++;
        from = to;
    }
    return LOCI_OK;
}

/* Neumaier: sum[0] + sum[1] */
static void add(double *sum, double value)
{
    const double total = sum[0] + value;
    sum[1] += fabs(sum[0]) >= fabs(value) ? (sum[0] - total) + value : (value - total) + sum[0];
    sum[0] = total;
}

static loci_status close_interval(loci_memory_comparison *k, double end, const double *next,
                                  loci_error *error)
{
    const double length = end - k->last_place;
    const bool joined = k->plan->spec.join == LOCI_LINEAR;
    for (size_t c = 0; c < k->channels; c++) {
        const double w = k->last[c] - k->base[c], v = next[c] - k->base[c];
        add(k->moment + 4 * c, length * (joined ? 0.5 * (w + v) : w));
        add(k->moment + 4 * c + 2, length * (joined ? (w * w + w * v + v * v) / 3 : w * w));
    }
    return take_interval(k, k->last_place, end, k->last, next, error);
}

loci_status loci_memory_compare_push(loci_memory_comparison *k, const double *u, const double *t, size_t n,
                                     loci_error *error)
{
    const loci_memory *memory = k->memory;
    const bool stamped = memory_stamped(k->plan);
    if (stamped && !t)
        return loci_fail(error, LOCI_E_ARGUMENT, "a stamped memory is compared with stamped samples");
    if (!stamped && t)
        return loci_fail(error, LOCI_E_ARGUMENT, "a regular memory is compared with regular samples");
    if (n > memory->samples - k->samples)
        return loci_fail(error, LOCI_E_MISMATCH, "the signal is longer than the memory's %llu samples",
                         (unsigned long long)memory->samples);
    for (size_t i = 0; i < n; i++) {
        const double *now = u + i * k->channels;
        const double place = stamped ? t[i] : (double)k->samples;
        for (size_t c = 0; c < k->channels; c++)
            if (!isfinite(now[c]) && !(isnan(now[c]) && k->samples > 0))
                return loci_fail(error, LOCI_E_VALUE,
                                 "sample %zu of channel %zu is %g; a finite number was expected", i, c,
                                 now[c]);
        if (stamped && !(isfinite(place) && (k->samples == 0 || place > k->last_place)))
            return loci_fail(error, LOCI_E_VALUE,
                             "sample %zu lies at %.17g; a time after the one before it was expected", i,
                             place);
        /* a missing value is held over, as it was when the memory was made */
        for (size_t c = 0; c < k->channels; c++) k->now[c] = isnan(now[c]) ? k->last[c] : now[c];
        if (k->samples == 0) {
            memcpy(k->base, now, k->channels * sizeof *now);
            k->first_place = place;
        } else {
            const loci_status status = close_interval(k, place, k->now, error);
            if (status != LOCI_OK) return status;
        }
        memcpy(k->last, k->now, k->channels * sizeof *now);
        k->last_place = place;
        k->samples++;
    }
    return LOCI_OK;
}

loci_status loci_memory_compare_finish(loci_memory_comparison *k, double *squared, double *covered,
                                       double *variance, loci_error *error)
{
    const loci_memory *memory = k->memory;
    if (k->samples != memory->samples)
        return loci_fail(error, LOCI_E_MISMATCH, "the signal has %llu samples, the memory %llu",
                         (unsigned long long)k->samples, (unsigned long long)memory->samples);
    const double end = memory_axis_end(memory, k->plan);
    loci_status status = LOCI_OK;
    if (end > k->last_place) status = close_interval(k, end, k->last, error);
    if (status == LOCI_OK) status = finish_run(k, error);
    if (status != LOCI_OK) return status;
    const double unit = memory_unit(k->plan), length = fmax(end, k->last_place) - k->first_place;
    for (size_t i = 0; i < k->parts * k->channels; i++) squared[i] = fmax(0, k->squared[i]) * unit;
    for (size_t i = 0; i < k->parts; i++) covered[i] = k->covered[i] * unit;
    for (size_t c = 0; c < k->channels; c++) {
        const double mean = (k->moment[4 * c] + k->moment[4 * c + 1]) / length;
        const double square = (k->moment[4 * c + 2] + k->moment[4 * c + 3]) / length;
        variance[c] = length > 0 ? fmax(0, square - mean * mean) : NAN;
    }
    return LOCI_OK;
}
