/* SPDX-License-Identifier: MIT
 * stretch.c - the stretches of a memory, seen alike: places, intervals, integrals, moments. */
#include "memory/stretch.h"

#include <math.h>
#include <string.h>

/* intervals of the pending samples that are closed */
static size_t pending_intervals(const loci_memory *memory, const loci_memory_plan *plan)
{
    const size_t open = memory_open(plan) && !memory->closed && memory->samples > 0 ? 1 : 0;
    return memory->pending > open ? memory->pending - open : 0;
}

size_t loci_memory_stretch_count(const loci_memory *memory, const loci_memory_plan *plan)
{
    if (plan->kind == MEMORY_TREE) return memory->blocks + (pending_intervals(memory, plan) > 0 ? 1 : 0);
    return memory_axis_end(memory, plan) > memory_axis_begin(memory, plan) ? 1 : 0;
}

/* Of a stamped block: where what follows it begins, to the bit. */
static double block_end(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                        size_t i)
{
    if (i + 1 < memory->blocks) return view->block[i + 1].start;
    return memory->pending > 0 ? memory->pending_start : memory_end(memory, plan);
}

memory_stretch loci_memory_stretch_at(const loci_memory *memory, const loci_memory_plan *plan,
                                      const memory_view *view, size_t i)
{
    const bool stamped = memory_stamped(plan);
    if (plan->kind != MEMORY_TREE)
        return (memory_stretch){.kind =
                                    plan->kind == MEMORY_LEGS_RECURRENCE ? STRETCH_POLYNOMIAL : STRETCH_STATE,
                                .begin = memory_axis_begin(memory, plan),
                                .end = memory_axis_end(memory, plan),
                                .length = memory_axis_end(memory, plan) - memory_axis_begin(memory, plan),
                                .c = view->state,
                                .c_stride = plan->order,
                                .samples = memory_intervals(memory, plan)};
    if (i < memory->blocks) {
        const memory_block *block = &view->block[i];
        memory_stretch stretch = {.kind = block->raw ? STRETCH_RAW : STRETCH_POLYNOMIAL,
                                  .begin = stamped ? block->start : (double)block->first,
                                  .end = stamped ? block_end(memory, plan, view, i)
                                                 : (double)(block->first + block->count),
                                  .length = stamped ? block->duration : (double)block->count,
                                  .first = block->first,
                                  .samples = block->count};
        const double *data = memory_channel(view, block->slot, 0);
        if (block->raw) {
            stretch.count = (size_t)block->count;
            stretch.u = data;
            stretch.u_stride = view->channel_stride;
            stretch.times = stamped ? memory_times(view, block->slot, memory->channels) : NULL;
            if (plan->spec.join == LOCI_LINEAR) {
                stretch.close = data + block->count;
                stretch.close_stride = view->channel_stride;
            }
        } else {
            stretch.c = data;
            stretch.c_stride = view->channel_stride;
        }
        return stretch;
    }
    const size_t count = pending_intervals(memory, plan);
    const uint64_t first = memory->samples - memory->pending;
    memory_stretch stretch = {.kind = STRETCH_RAW,
                              .begin = stamped ? memory->pending_start : (double)first,
                              .first = first,
                              .count = count,
                              .u = view->pending,
                              .u_stride = plan->leaf + 1,
                              .times = stamped ? view->time : NULL,
                              .samples = count};
    stretch.end = stamped ? memory_end(memory, plan) : (double)(first + count);
    stretch.length = stamped ? view->time[count] : (double)count;
    if (count < memory->pending) {
        stretch.close = view->pending + count;
        stretch.close_stride = plan->leaf + 1;
    }
    return stretch;
}

double loci_memory_place(const loci_memory *memory, const loci_memory_plan *plan, double t)
{
    if (memory_stamped(plan)) return t;
    const double place = (t - memory->start) / plan->spec.dt, nearest = nearbyint(place);
    const double fuzz = 4e-16 * ((fabs(t) + fabs(memory->start)) / plan->spec.dt + fabs(place));
    return fabs(place - nearest) <= fmin(fuzz, 0.25) ? nearest : place;
}

size_t loci_memory_interval(const memory_stretch *stretch, double offset, double *begin, double *end)
{
    if (!stretch->times) {
        const double at = floor(offset);
        const size_t k = at < 0 ? 0 : at >= (double)stretch->count ? stretch->count - 1 : (size_t)at;
        *begin = (double)k;
        *end = *begin + 1;
        return k;
    }
    size_t low = 0, high = stretch->count;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (stretch->times[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *begin = stretch->times[low];
    *end = stretch->times[low + 1];
    return low;
}

/* a and b from the stretch's begin. */
static double raw_integral(const memory_stretch *stretch, const loci_memory_plan *plan, size_t channel,
                           memory_mean mean, double a, double b)
{
    const bool joined = plan->spec.join == LOCI_LINEAR;
    double sum = 0, begin, end;
    for (size_t k = loci_memory_interval(stretch, a, &begin, &end); k < stretch->count; k++) {
        const double from = fmax(a, begin), to = fmin(b, end);
        if (to > from) {
            double value = (memory_raw_value(stretch, channel, k) - mean.high) - mean.low;
            if (joined) {
                const double next = (memory_raw_value(stretch, channel, k + 1) - mean.high) - mean.low;
                value += 0.5 * ((from - begin) + (to - begin)) / (end - begin) * (next - value);
            }
            sum += value * (to - from);
        }
        if (end >= b || k + 1 == stretch->count) break;
        begin = end;
        end = stretch->times ? stretch->times[k + 2] : begin + 1;
    }
    return sum;
}

const double loci_memory_node[8] = {0.01985507175123188, 0.10166676129318664, 0.2372337950418355,
                                    0.4082826787521751,  0.5917173212478249,  0.7627662049581645,
                                    0.8983332387068134,  0.9801449282487681};
const double loci_memory_weight[8] = {0.05061426814518813, 0.11119051722668724, 0.15685332293894363,
                                      0.1813418916891810,  0.1813418916891810,  0.15685332293894363,
                                      0.11119051722668724, 0.05061426814518813};

/* a and b from the stretch's begin. Short intervals by quadrature: the difference of two antiderivatives would lose what
 * they have in common. */
static double polynomial_integral(const memory_stretch *stretch, const loci_memory_plan *plan,
                                  const double *c, memory_mean mean, double a, double b)
{
    const size_t order = plan->order;
    const double length = stretch->length, xa = a / length, xb = b / length, width = (b - a) / length;
    const double base = memory_mean_difference((memory_mean){c[0], c[1]}, mean);
    double deviations[LOCI_ORDER_MAX];
    deviations[0] = 0;
    memcpy(deviations + 1, c + 3, (order - 1) * sizeof *c);
    double sum = 0;
    if (width * (double)order * (double)order < 1) {
        double x[8], value[8];
        for (int i = 0; i < 8; i++) x[i] = xa + loci_memory_node[i] * width;
        loci_legendre_sum(LOCI_VALUE, value, deviations, order, x, 8);
        for (int i = 0; i < 8; i++) sum += loci_memory_weight[i] * value[i];
        sum *= width;
    } else {
        const double x[2] = {xa, xb};
        double value[2];
        loci_legendre_sum(LOCI_INTEGRAL, value, deviations, order, x, 2);
        sum = value[1] - value[0];
    }
    return length * sum + base * (b - a);
}

double loci_memory_stretch_integral(const memory_stretch *stretch, const loci_memory_plan *plan,
                                    size_t channel, memory_mean mean, double a, double b)
{
    a -= stretch->begin;
    b = fmin(b - stretch->begin, stretch->length);
    if (!(b > a)) return 0;
    if (stretch->kind == STRETCH_RAW) return raw_integral(stretch, plan, channel, mean, a, b);
    if (plan->kind == MEMORY_LEGS_RECURRENCE) {
        double c[LOCI_ORDER_MAX + 2];
        const double *state = stretch->c + channel * stretch->c_stride;
        c[0] = state[0];
        c[1] = c[2] = 0;
        memcpy(c + 3, state + 1, (plan->order - 1) * sizeof *c);
        return polynomial_integral(stretch, plan, c, mean, a, b);
    }
    const double *c = stretch->c + channel * stretch->c_stride;
    return polynomial_integral(stretch, plan, c, mean, a, b);
}

double loci_memory_stretch_size(const memory_stretch *stretch, const loci_memory_plan *plan, size_t channel)
{
    double size = 0;
    if (stretch->kind == STRETCH_POLYNOMIAL) {
        const double *c = stretch->c + channel * stretch->c_stride;
        for (size_t n = 0; n < plan->order; n++) size = fmax(size, fabs(c[n == 0 ? 0 : 2 + n]));
        return fmax(size, memory_error_root(c[2]));
    }
    for (size_t k = 0; k <= stretch->count; k++)
        size = fmax(size, fabs(memory_raw_value(stretch, channel, k)));
    return size;
}

memory_moments loci_memory_stretch_moments(const memory_stretch *stretch, const loci_memory_plan *plan,
                                           size_t channel, double scale)
{
    memory_moments moments = {{0, 0}, 0, 0};
    if (stretch->kind == STRETCH_POLYNOMIAL) {
        const double *c = stretch->c + channel * stretch->c_stride;
        moments.mean = (memory_mean){c[0], c[1]};
        for (size_t n = 1; n < plan->order; n++) {
            const double scaled = scale * c[2 + n];
            moments.variance += scaled * scaled;
        }
        moments.error = memory_error_scaled(c[2], scale);
        moments.variance += moments.error;
        return moments;
    }
    const double length = stretch->length;
    const memory_mean base = {memory_raw_value(stretch, channel, 0), 0};
    moments.mean =
        memory_mean_add(base, raw_integral(stretch, plan, channel, base, 0, stretch->length) / length);
    const bool joined = plan->spec.join == LOCI_LINEAR;
    double sum = 0;
    for (size_t k = 0; k < stretch->count; k++) {
        const double from = stretch->times ? stretch->times[k] : (double)k;
        const double to = stretch->times ? stretch->times[k + 1] : (double)k + 1;
        const double w =
            scale * ((memory_raw_value(stretch, channel, k) - moments.mean.high) - moments.mean.low);
        double square = w * w;
        if (joined) {
            const double v =
                scale * ((memory_raw_value(stretch, channel, k + 1) - moments.mean.high) - moments.mean.low);
            square = (w * w + w * v + v * v) / 3;
        }
        sum += square * (to - from);
    }
    moments.variance = sum / length;
    return moments;
}
