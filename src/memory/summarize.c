/* SPDX-License-Identifier: MIT
 * summarize.c - what a memory knows of its signal and of itself: extent, stretches, mean, variance, what was
 * forgotten. */
#include "memory/stretch.h"

#include <math.h>
#include <string.h>

#include "base/sized.h"

static loci_memory_info info_of(const loci_memory *memory, const loci_memory_plan *plan)
{
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    loci_memory_info info = {.channels = memory->channels,
                             .samples = memory->samples,
                             .start = memory->start,
                             .end = memory_end(memory, plan),
                             .missing = memory->missing,
                             .stretches = loci_memory_stretch_count(memory, plan)};
    if (plan->kind != MEMORY_TREE) {
        info.numbers =
            plan->order + (plan->kind == MEMORY_LTI && !memory_stamped(plan) ? memory->pending : 0);
        return info;
    }
    info.numbers = memory->pending;
    for (size_t i = 0; i < memory->blocks; i++)
        info.numbers += view.block[i].raw ? (size_t)view.block[i].count : plan->order;
    return info;
}

void loci_memory_inspect_sized(const loci_memory *memory, const loci_memory_plan *plan,
                               loci_memory_info *info, size_t size)
{
    const loci_memory_info whole = info_of(memory, plan);
    loci_sized_give(info, size, &whole, sizeof whole);
}

static bool knows_errors(const loci_memory_plan *plan)
{
    return plan->kind == MEMORY_TREE;
}

static loci_status check_channel(const loci_memory *memory, const loci_memory_plan *plan, size_t channel,
                                 loci_error *error)
{
    const loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    if (channel < memory->channels) return LOCI_OK;
    return loci_fail(error, LOCI_E_RANGE, "channel is %zu; the memory has %u", channel,
                     (unsigned)memory->channels);
}

/* mean; variance and error of `scale` times the signal. */
static void add_up(loci_memory_summary *summary, const loci_memory *memory, const loci_memory_plan *plan,
                   const memory_view *view, size_t channel, double scale)
{
    const double length = memory_axis_end(memory, plan) - memory_axis_begin(memory, plan);
    /* around the first stretch's mean, so that an offset cancels */
    memory_mean reference = {0, 0};
    double mean = 0, square = 0, within = 0, error_sum = 0;
    for (size_t i = 0; i < loci_memory_stretch_count(memory, plan); i++) {
        const memory_stretch stretch = loci_memory_stretch_at(memory, plan, view, i);
        const memory_moments moments = loci_memory_stretch_moments(&stretch, plan, channel, scale);
        const double share = stretch.length / length;
        if (i == 0) reference = moments.mean;
        const double difference = scale * memory_mean_difference(moments.mean, reference);
        mean += share * difference;
        square += share * difference * difference;
        within += share * moments.variance;
        error_sum += share * moments.error;
    }
    const memory_mean sum = memory_mean_add(reference, mean / scale);
    summary->mean = sum.high + sum.low;
    summary->variance = fmax(0, within + (square - mean * mean));
    summary->error = error_sum;
}

static loci_status summarize(const loci_memory *memory, const loci_memory_plan *plan, size_t channel,
                             loci_memory_summary *summary, loci_error *error)
{
    *summary = (loci_memory_summary){NAN, NAN, NAN, NAN};
    const loci_status status = check_channel(memory, plan, channel, error);
    if (status != LOCI_OK) return status;
    const size_t stretches = loci_memory_stretch_count(memory, plan);
    if (!knows_errors(plan) || stretches == 0) return LOCI_OK;
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    double scale = 1;
    add_up(summary, memory, plan, &view, channel, scale);
    if (!memory_square_holds(summary->variance)) {
        double size = 0;
        for (size_t i = 0; i < stretches; i++) {
            const memory_stretch stretch = loci_memory_stretch_at(memory, plan, &view, i);
            size = fmax(size, loci_memory_stretch_size(&stretch, plan, channel));
        }
        scale = size > 0 ? memory_scale(size) : 1;
        add_up(summary, memory, plan, &view, channel, scale);
    }
    summary->forgotten = summary->variance > 0 ? summary->error / summary->variance : 0;
    summary->variance = summary->variance / scale / scale;
    summary->error = summary->error / scale / scale;
    return LOCI_OK;
}

loci_status loci_memory_summarize_sized(const loci_memory *memory, const loci_memory_plan *plan,
                                        size_t channel, loci_memory_summary *summary, size_t size,
                                        loci_error *error)
{
    loci_memory_summary whole;
    const loci_status status = summarize(memory, plan, channel, &whole, error);
    loci_sized_give(summary, size, &whole, sizeof whole);
    return status;
}

loci_status loci_memory_stretch_sized(const loci_memory *memory, const loci_memory_plan *plan, size_t i,
                                      loci_memory_stretch_info *stretch, size_t size, loci_error *error)
{
    const loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    const size_t stretches = loci_memory_stretch_count(memory, plan);
    if (i >= stretches)
        return loci_fail(error, LOCI_E_RANGE, "stretch is %zu; the memory has %zu", i, stretches);
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    const memory_stretch own = loci_memory_stretch_at(memory, plan, &view, i);
    const bool stamped = memory_stamped(plan);
    const loci_memory_stretch_info whole = {
        .start = stamped ? own.begin : memory->start + own.begin * plan->spec.dt,
        .end = stamped ? own.end : memory->start + own.end * plan->spec.dt,
        .samples = own.samples,
        .exact = own.kind == STRETCH_RAW,
        .numbers = own.kind == STRETCH_RAW ? own.count : plan->order,
    };
    loci_sized_give(stretch, size, &whole, sizeof whole);
    return LOCI_OK;
}

loci_status loci_memory_stretch_error(const loci_memory *memory, const loci_memory_plan *plan, size_t i,
                                      size_t channel, double *mean_square, double *variance,
                                      loci_error *error)
{
    *mean_square = *variance = NAN;
    const loci_status status = check_channel(memory, plan, channel, error);
    if (status != LOCI_OK) return status;
    const size_t stretches = loci_memory_stretch_count(memory, plan);
    if (i >= stretches)
        return loci_fail(error, LOCI_E_RANGE, "stretch is %zu; the memory has %zu", i, stretches);
    if (!knows_errors(plan)) return LOCI_OK;
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    const memory_stretch stretch = loci_memory_stretch_at(memory, plan, &view, i);
    const memory_moments moments = loci_memory_stretch_moments(&stretch, plan, channel, 1);
    *mean_square = moments.error;
    *variance = moments.variance;
    return LOCI_OK;
}

loci_status loci_memory_coefficients(const loci_memory *memory, const loci_memory_plan *plan, size_t channel,
                                     double *c, loci_memory *scratch, loci_error *error)
{
    loci_status status = check_channel(memory, plan, channel, error);
    if (status != LOCI_OK) return status;
    if (memory->samples == 0) return loci_fail(error, LOCI_E_RANGE, "the memory is empty");
    if (plan->kind == MEMORY_LTI) {
        const memory_view view = loci_memory_view(memory, plan, memory->channels);
        loci_memory_lti_state(memory, plan, &view, channel, c);
        return LOCI_OK;
    }
    if (plan->kind == MEMORY_LEGS_RECURRENCE) {
        const memory_view view = loci_memory_view(memory, plan, memory->channels);
        memcpy(c, view.state + channel * plan->order, plan->order * sizeof *c);
        return LOCI_OK;
    }
    status = loci_memory_collapse(scratch, memory, plan, error);
    if (status != LOCI_OK) return status;
    const memory_view view = loci_memory_view(scratch, plan, memory->channels);
    if (scratch->blocks == 0) { /* a single open sample */
        memset(c, 0, plan->order * sizeof *c);
        c[0] = view.last[channel];
        return LOCI_OK;
    }
    const double *from = memory_channel(&view, view.block[0].slot, channel);
    c[0] = from[0] + from[1];
    memcpy(c + 1, from + 3, (plan->order - 1) * sizeof *c);
    return LOCI_OK;
}
