/* SPDX-License-Identifier: MIT
 * recall.c - questions to a memory: values, derivatives, means and integrals, from what it keeps and nothing else. */
#include "memory/stretch.h"

#include <math.h>
#include <string.h>

enum { BATCH = 64 }; /* times that one polynomial is asked for at once */

static size_t find_stretch(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                           double place)
{
    size_t low = 0, high = loci_memory_stretch_count(memory, plan);
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (loci_memory_stretch_at(memory, plan, view, middle).begin <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static loci_status check_times(const loci_memory *memory, const loci_memory_plan *plan, const double *t,
                               size_t n, loci_error *error)
{
    if (memory->samples == 0) return loci_fail(error, LOCI_E_RANGE, "the memory is empty");
    const double begin = memory_axis_begin(memory, plan), end = memory_axis_end(memory, plan);
    const double support = plan->kind == MEMORY_LTI ? loci_measure_support(plan->spec.measure) : INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double place = loci_memory_place(memory, plan, t[i]);
        if (!(place >= begin && place <= end))
            return loci_fail(error, LOCI_E_RANGE, "time %.17g lies outside of the history, %.17g to %.17g",
                             t[i], memory->start, memory_end(memory, plan));
        const double age = (end - place) * memory_unit(plan) / (plan->kind == MEMORY_LTI ? plan->scale : 1);
        /* the window's begin is a rounded number too */
        const double fuzz = 4e-16 * (fabs(t[i]) + fabs(memory_end(memory, plan))) / plan->scale;
        if (age > support * (1 + 1e-12) + fuzz)
            return loci_fail(error, LOCI_E_RANGE, "time %.17g lies before the window, which begins at %.17g",
                             t[i], memory_end(memory, plan) - support * plan->scale);
    }
    return LOCI_OK;
}

/* The slope of the line from sample k to the next; from the one before, where there is no next. */
static double raw_slope(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                        size_t index, const memory_stretch *stretch, size_t channel, size_t k, double begin,
                        double end)
{
    const double value = memory_raw_value(stretch, channel, k);
    if (k + 1 < stretch->count || stretch->close)
        return (memory_raw_value(stretch, channel, k + 1) - value) / (end - begin);
    if (index + 1 < loci_memory_stretch_count(memory, plan)) {
        const memory_stretch next = loci_memory_stretch_at(memory, plan, view, index + 1);
        if (next.kind == STRETCH_RAW) return (memory_raw_value(&next, channel, 0) - value) / (end - begin);
    } else if (memory_has_open_end(memory, plan)) {
        return (view->last[channel] - value) / (end - begin);
    }
    if (k == 0) return 0;
    const double before = stretch->times ? stretch->times[k] - stretch->times[k - 1] : 1;
    return (value - memory_raw_value(stretch, channel, k - 1)) / before;
}

static double raw_answer(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                         size_t index, loci_ask ask, size_t channel, double place)
{
    const memory_stretch stretch = loci_memory_stretch_at(memory, plan, view, index);
    double begin, end;
    const double offset = place - stretch.begin;
    const size_t k = loci_memory_interval(&stretch, offset, &begin, &end);
    if (ask == LOCI_DERIVATIVE)
        return raw_slope(memory, plan, view, index, &stretch, channel, k, begin, end) / memory_unit(plan);
    const double value = memory_raw_value(&stretch, channel, k);
    if (plan->spec.join != LOCI_LINEAR) return value;
    return value + (offset - begin) / (end - begin) * (memory_raw_value(&stretch, channel, k + 1) - value);
}

static void polynomial_answers(const loci_memory_plan *plan, const memory_stretch *stretch, loci_ask ask,
                               size_t channel, const double *x, size_t count, double *out)
{
    const size_t order = plan->order;
    double deviations[LOCI_ORDER_MAX];
    const double *c = stretch->c + channel * stretch->c_stride;
    const bool recurrence = plan->kind == MEMORY_LEGS_RECURRENCE;
    deviations[0] = 0;
    memcpy(deviations + 1, recurrence ? c + 1 : c + 3, (order - 1) * sizeof *c);
    loci_legendre_sum(ask, out, deviations, order, x, count);
    const double length = stretch->length * memory_unit(plan);
    for (size_t i = 0; i < count; i++) {
        if (ask == LOCI_DERIVATIVE)
            out[i] /= length;
        else
            out[i] = c[0] + ((recurrence ? 0 : c[1]) + out[i]);
    }
}

/* Consecutive times on the same polynomial are answered together. */
static void point_answers(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                          loci_ask ask, size_t channel, const double *t, size_t n, double *out)
{
    const double end = memory_axis_end(memory, plan);
    const size_t stretches = loci_memory_stretch_count(memory, plan);
    double x[BATCH];
    for (size_t i = 0; i < n;) {
        const double place = loci_memory_place(memory, plan, t[i]);
        const bool at_open_end = place == end && memory_has_open_end(memory, plan);
        if (stretches == 0 ||
            (at_open_end && ask == LOCI_VALUE)) { /* a single sample, or the newest one itself */
            if (ask == LOCI_DERIVATIVE)
                out[i++] = 0;
            else
                out[i++] = view->last[channel];
            continue;
        }
        const size_t index = find_stretch(memory, plan, view, place);
        const memory_stretch stretch = loci_memory_stretch_at(memory, plan, view, index);
        if (stretch.kind == STRETCH_RAW) {
            out[i++] = raw_answer(memory, plan, view, index, ask, channel, place);
            continue;
        }
        size_t count = 0;
        for (; count < BATCH && i + count < n; count++) {
            const double here = loci_memory_place(memory, plan, t[i + count]);
            if (here < stretch.begin || here > stretch.end || (here == stretch.end && index + 1 < stretches))
                break;
            if (count > 0 && here == end && memory_has_open_end(memory, plan)) break;
            x[count] = fmin(1, (here - stretch.begin) / stretch.length);
        }
        if (count == 0) { /* between two stamps that differ by rounding only */
            x[0] = place < stretch.begin ? 0 : 1;
            count = 1;
        }
        polynomial_answers(plan, &stretch, ask, channel, x, count, out + i);
        i += count;
    }
}

static double interval_answer(const loci_memory *memory, const loci_memory_plan *plan,
                              const memory_view *view, loci_ask ask, size_t channel, const double *t)
{
    const double a = loci_memory_place(memory, plan, t[0]), b = loci_memory_place(memory, plan, t[1]);
    if (!(b > a)) {
        double value = 0;
        if (ask == LOCI_MEAN) point_answers(memory, plan, view, LOCI_VALUE, channel, t, 1, &value);
        return value;
    }
    memory_mean reference = {0, 0};
    double sum = 0;
    const size_t stretches = loci_memory_stretch_count(memory, plan),
                 from = find_stretch(memory, plan, view, a);
    for (size_t i = from; i < stretches; i++) {
        const memory_stretch stretch = loci_memory_stretch_at(memory, plan, view, i);
        if (stretch.begin >= b) break;
        if (i == from) /* an offset is kept out of the sums */
            reference.high = stretch.kind == STRETCH_RAW ? memory_raw_value(&stretch, channel, 0)
                                                         : stretch.c[channel * stretch.c_stride];
        sum += loci_memory_stretch_integral(&stretch, plan, channel, reference, fmax(a, stretch.begin),
                                            fmin(b, stretch.end));
    }
    if (ask == LOCI_MEAN) return reference.high + sum / (b - a);
    return (reference.high * (b - a) + sum) * memory_unit(plan);
}

/* By age, through the functions of the measure. */
static loci_status state_answers(const loci_memory *memory, const loci_memory_plan *plan,
                                 const memory_view *view, loci_ask ask, size_t channel, const double *t,
                                 size_t n, double *out, loci_error *error)
{
    const size_t order = plan->order;
    double state[LOCI_ORDER_MAX], row[2 * LOCI_ORDER_MAX];
    loci_memory_lti_state(memory, plan, view, channel, state);
    const double end = memory_axis_end(memory, plan), unit = memory_unit(plan) / plan->scale;
    const size_t points = ask == LOCI_MEAN || ask == LOCI_INTEGRAL ? 2 : 1;
    const loci_ask question = points == 2 ? LOCI_INTEGRAL : ask;
    for (size_t i = 0; i < n; i++) {
        double age[2] = {0, 0}, sum[2] = {0, 0};
        for (size_t k = 0; k < points; k++)
            age[k] = (end - loci_memory_place(memory, plan, t[points * i + k])) * unit;
        const bool instant = points == 2 && age[0] <= age[1];
        const loci_status status = loci_measure_evaluate(plan->spec.measure, instant ? LOCI_VALUE : question,
                                                         row, age, points, order, error);
        if (status != LOCI_OK) return status;
        for (size_t k = 0; k < points; k++)
            for (size_t j = 0; j < order; j++) sum[k] += state[j] * row[k * order + j];
        if (ask == LOCI_VALUE)
            out[i] = sum[0];
        else if (ask == LOCI_DERIVATIVE)
            out[i] = sum[0] / plan->scale;
        else if (instant)
            out[i] = ask == LOCI_MEAN ? sum[0] : 0;
        else
            out[i] = (sum[0] - sum[1]) * (ask == LOCI_MEAN ? 1 / (age[0] - age[1]) : plan->scale);
    }
    return LOCI_OK;
}

loci_status loci_memory_recall(const loci_memory *memory, const loci_memory_plan *plan, loci_ask ask,
                               size_t channel, const double *t, size_t n, double *out, loci_error *error)
{
    loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    const bool pairs = ask == LOCI_MEAN || ask == LOCI_INTEGRAL;
    if (!pairs && ask != LOCI_VALUE && ask != LOCI_DERIVATIVE)
        return loci_fail(error, LOCI_E_ARGUMENT, "question %d is not known", (int)ask);
    if (channel >= memory->channels)
        return loci_fail(error, LOCI_E_RANGE, "channel is %zu; the memory has %u", channel,
                         (unsigned)memory->channels);
    status = check_times(memory, plan, t, pairs ? 2 * n : n, error);
    if (status != LOCI_OK) return status;
    for (size_t i = 0; pairs && i < n; i++)
        if (t[2 * i] > t[2 * i + 1])
            return loci_fail(error, LOCI_E_ARGUMENT, "an interval runs from %.17g back to %.17g", t[2 * i],
                             t[2 * i + 1]);
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    if (plan->kind == MEMORY_LTI)
        status = state_answers(memory, plan, &view, ask, channel, t, n, out, error);
    else if (!pairs)
        point_answers(memory, plan, &view, ask, channel, t, n, out);
    else
        for (size_t i = 0; i < n; i++) out[i] = interval_answer(memory, plan, &view, ask, channel, t + 2 * i);
    for (size_t i = 0; i < n && status == LOCI_OK; i++)
        if (!isfinite(out[i]))
            status = loci_fail(error, LOCI_E_RANGE,
                               "the answer at time %.17g is larger than any number that a double can hold",
                               t[pairs ? 2 * i : i]);
    return status;
}
