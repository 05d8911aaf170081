/* SPDX-License-Identifier: MIT
 *
 * project.c - a memory as its signal arrives: samples gather in a leaf, leaves carry like the digits of a
 * counter.
 *
 * Nothing here depends on how the samples were grouped into calls: a leaf is turned into a block when the
 * sample after its last one comes, by the same arithmetic. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

enum {
    LEAVES =
        8, /* of one channel, at most, that become blocks before they carry; no more than a plan has spare slots */
    AHEAD = 480 /* numbers between what the check of values looks at and what it asks memory for */
};

static inline double held(double value, double before)
{
    return isnan(value) ? before : value;
}

static void project_raw(const loci_memory_plan *plan, const memory_view *view, const memory_block *block,
                        size_t channels, size_t c, double *out, double *scratch)
{
    const double *u = memory_channel(view, block->slot, c);
    const double *times = memory_stamped(plan) ? memory_times(view, block->slot, channels) : NULL;
    loci_memory_amplitude_project(plan, out, u, times, block->count, scratch);
}

/* Two raw blocks of stamped samples at once; where lines join them, the first closes at what the second begins with. */
static void project_raw_pair(const loci_memory_plan *plan, const memory_view *view, const memory_block *x,
                             const memory_block *y, size_t channels, size_t c, double *out, double *scratch)
{
    double *u = scratch, *times = u + 2 * plan->leaf + 8, *rest = times + 2 * plan->leaf + 8;
    const double *late = memory_times(view, y->slot, channels);
    memcpy(u, memory_channel(view, x->slot, c), x->count * sizeof *u);
    memcpy(u + x->count, memory_channel(view, y->slot, c), (y->count + 1) * sizeof *u);
    memcpy(times, memory_times(view, x->slot, channels), x->count * sizeof *times);
    for (size_t k = 0; k <= y->count; k++) times[x->count + k] = x->duration + late[k];
    loci_memory_amplitude_project(plan, out, u, times, x->count + y->count, rest);
}

void loci_memory_pair(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view, size_t i)
{
    const size_t channels = memory->channels, room = (plan->order + 2 + 7) / 8 * 8;
    memory_block *x = &view->block[i], *y = x + 1;
    const bool stamped = memory_stamped(plan);
    const bool leaves = x->raw && y->raw && (stamped || (x->count == plan->leaf && y->count == plan->leaf));
    const bool joined = plan->spec.join == LOCI_LINEAR;
    const double r = stamped ? x->duration / (x->duration + y->duration)
                             : (double)x->count / (double)(x->count + y->count);
    const double s = stamped ? y->duration / (x->duration + y->duration)
                             : (double)y->count / (double)(x->count + y->count);
    double *out = view->scratch, *one = out + room, *two = one + room, *scratch = two + room;
    for (size_t c = 0; c < channels; c++) {
        double *to = memory_channel(view, x->slot, c);
        const double *from = memory_channel(view, y->slot, c);
        const bool together = leaves && (!joined || to[x->count] == from[0]); /* a closed end may jump */
        if (together && stamped) {
            project_raw_pair(plan, view, x, y, channels, c, out, one);
        } else if (together) {
            loci_memory_amplitude_pair(plan, out, to, from, scratch);
        } else {
            if (x->raw) project_raw(plan, view, x, channels, c, one, scratch);
            if (y->raw) project_raw(plan, view, y, channels, c, two, scratch);
            loci_memory_amplitude_join(plan, out, x->raw ? one : to, y->raw ? two : from, r, s, scratch);
        }
        memcpy(to, out, (plan->order + 2) * sizeof *out);
    }
    x->count += y->count;
    x->duration += y->duration;
    x->level = (uint16_t)memory_level(plan, x->count);
    x->raw = 0;
    memory->blocks--;
    view->free_slot[view->capacity - memory->blocks - 1] = y->slot;
    memmove(y, y + 1, (memory->blocks - (i + 1)) * sizeof *y);
}

/* The blocks before `end` of no more than `level`: merges their oldest pairs until no more than `keep` stand. *end is
 * then where they begin. False where there was nothing to merge. */
static bool carry_level(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                        size_t keep, unsigned level, size_t *end)
{
    size_t begin = *end;
    while (begin > 0 && view->block[begin - 1].level <= level) begin--;
    size_t count = *end - begin;
    const bool carries = count > keep;
    while (count > keep) {
        loci_memory_pair(memory, plan, view, begin);
        if (view->block[begin].level > level) {
            begin++;
            count -= 2;
        } else {
            count--;
        }
    }
    *end = begin;
    return carries;
}

void loci_memory_carry(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                       size_t keep, unsigned levels)
{
    size_t end = memory->blocks;
    for (unsigned level = 0; level < levels && end > 0; level++)
        carry_level(memory, plan, view, keep, level, &end);
}

/* The newest block: the last `count` of the samples, in `slot`. */
static memory_block *add_raw(loci_memory *memory, const memory_view *view, uint32_t slot, size_t count)
{
    memory_block *block = &view->block[memory->blocks++];
    *block = (memory_block){.first = memory->samples - count, .count = count, .slot = slot, .raw = 1};
    return block;
}

void loci_memory_seal(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const double *close, size_t stride, double end)
{
    const size_t channels = memory->channels, count = memory->pending, leaf = plan->leaf;
    const uint32_t slot = view->free_slot[view->capacity - memory->blocks - 1];
    for (size_t c = 0; c < channels; c++) {
        double *to = memory_channel(view, slot, c);
        memcpy(to, view->pending + c * (leaf + 1), count * sizeof *to);
        to[count] = plan->spec.join == LOCI_LINEAR ? close[c * stride] : 0;
    }
    memory_block *block = add_raw(memory, view, slot, count);
    if (memory_stamped(plan)) {
        double *times = memory_times(view, slot, channels);
        memcpy(times, view->time, count * sizeof *times);
        times[count] = end - memory->pending_start;
        block->start = memory->pending_start;
        block->duration = times[count];
    }
    memory->pending = 0;
}

/* Of new leaves: where a level has room for what comes from below, those above stay as they are. */
static void carry_new(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view)
{
    size_t last = memory->blocks;
    for (unsigned level = 0; level < MEMORY_LEVELS && last > 0; level++)
        if (!carry_level(memory, plan, view, plan->keep, level, &last)) break;
}

void loci_memory_finish(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                        double end)
{
    const size_t order = plan->order;
    if (plan->kind == MEMORY_TREE) {
        if (memory->pending > 0) {
            loci_memory_seal(memory, plan, view, view->last, 1, end);
            carry_new(memory, plan, view);
        }
    } else {
        for (size_t c = 0; c < memory->channels && memory->pending > 0; c++) {
            double *state = view->state + c * order;
            const double dt = end - memory->last_time;
            if (plan->kind == MEMORY_LTI)
                loci_memory_lti_stamp(plan, state, view->last[c], dt, view->scratch);
            else if (memory->samples > 1)
                loci_memory_legs_recurrence_step(plan, state, view->last[c], dt / (end - memory->start),
                                                 view->scratch);
        }
        memory->pending = 0;
        memory->last_time = end;
    }
    memory->closed = 1;
    memory->end = end;
}

/* to[count] = the samples of channel c from number i on; *last was the one before them. */
static void take_values(double *to, const memory_samples *samples, size_t i, size_t c, size_t count,
                        double *last)
{
    const double *from = samples->u + i * samples->stride + c * samples->channel_stride;
    double value = *last;
    if (samples->whole && count == 1) {
        to[0] = value = from[0];
    } else if (samples->whole && samples->stride == 1) {
        memcpy(to, from, count * sizeof *to);
        value = to[count - 1];
        /* what comes after the leaves that become blocks together */
        const size_t ahead = LEAVES * count;
        for (size_t k = 0; k < count && i + ahead + k < samples->count; k += 8)
            __builtin_prefetch(from + ahead + k, 0, 2);
    } else {
        for (size_t k = 0; k < count; k++) to[k] = value = held(from[k * samples->stride], value);
    }
    *last = value;
}

/* A leaf that nothing is pending before, and whose closing values are there, becomes a block; regular memories. */
static void take_leaf(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const memory_samples *samples, size_t i)
{
    const size_t leaf = plan->leaf, channels = memory->channels;
    const uint32_t slot = view->free_slot[view->capacity - memory->blocks - 1];
    const bool joined = plan->spec.join == LOCI_LINEAR;
    for (size_t c = 0; c < channels; c++) {
        double *to = memory_channel(view, slot, c);
        take_values(to, samples, i, c, leaf, &view->last[c]);
        to[leaf] = joined ? held(samples->u[(i + leaf) * samples->stride + c * samples->channel_stride],
                                 view->last[c])
                          : 0;
    }
    memory->samples += leaf;
    add_raw(memory, view, slot, leaf);
}

/* What is pending, if that is a leaf, and of a regular memory all leaves from sample i on but the last one become blocks.
 * Several at a time do before they carry: which blocks merge does not depend on it, and merges of a level, one after the
 * other, find its matrix in the cache. Returns the first sample that is left. */
static size_t take_leaves(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                          const memory_samples *samples, size_t i)
{
    const size_t leaf = plan->leaf, channels = memory->channels;
    const size_t most = channels < LEAVES ? LEAVES / channels : 1;
    for (;;) {
        size_t leaves = 0;
        if (memory->pending == leaf) {
            for (size_t c = 0; c < channels; c++) /* room for the closing value behind the leaf */
                view->pending[c * (leaf + 1) + leaf] =
                    held(samples->u[i * samples->stride + c * samples->channel_stride], view->last[c]);
            loci_memory_seal(memory, plan, view, view->pending + leaf, leaf + 1,
                             samples->t ? samples->base + samples->t[i] : 0);
            leaves++;
        }
        if (!samples->t && memory->pending == 0)
            for (; leaves < most && samples->count - i > leaf; leaves++, i += leaf)
                take_leaf(memory, plan, view, samples, i);
        if (leaves == 0) return i;
        carry_new(memory, plan, view);
    }
}

static void take_tree(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const memory_samples *samples)
{
    const size_t channels = memory->channels, leaf = plan->leaf;
    const double *t = samples->t;
    size_t leaf_began = SIZE_MAX; /* the sample of this run with which the pending leaf began */
    for (size_t i = 0; i < samples->count;) {
        if (memory->pending == leaf || samples->count - i > leaf)
            i = take_leaves(memory, plan, view, samples, i);
        const size_t at = memory->pending, left = samples->count - i,
                     count = left < leaf - at ? left : leaf - at;
        for (size_t c = 0; c < channels; c++)
            take_values(view->pending + c * (leaf + 1) + at, samples, i, c, count, &view->last[c]);
        if (t) {
            if (at == 0) {
                leaf_began = i;
                memory->pending_start = samples->base + t[i];
            }
            for (size_t k = 0; k < count;
                 k++) /* without the base where that can be: nothing is rounded twice */
                view->time[at + k] = leaf_began != SIZE_MAX
                                         ? t[i + k] - t[leaf_began]
                                         : (samples->base + t[i + k]) - memory->pending_start;
            memory->last_time = samples->base + t[i + count - 1];
        }
        memory->pending += (uint32_t)count;
        memory->samples += count;
        i += count;
    }
}

static void take_legs_recurrence(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                                 const double *u, const double *t, size_t n)
{
    const size_t channels = memory->channels, order = plan->order;
    const bool zoh = plan->spec.method == LOCI_METHOD_ZOH;
    for (size_t i = 0; i < n; i++) {
        const double k = (double)memory->samples;
        double h; /* by zoh a regular sample fills the interval behind it, [k, k + 1) of [0, k + 1) */
        if (t)
            h = t[i] > memory->start ? (t[i] - memory->last_time) / (t[i] - memory->start) : 1;
        else
            h = zoh ? 1 / (k + 1) : 1 / k;
        const bool interval =
            memory->pending > 0; /* stamped zoh: the sample before fills the interval now closed */
        for (size_t c = 0; c < channels; c++) {
            const double value = held(u[i * channels + c], view->last[c]);
            double *state = view->state + c * order;
            if (memory->samples == 0)
                state[0] = value; /* c_0 = f_0 e_0 */
            else if (!(t && zoh))
                loci_memory_legs_recurrence_step(plan, state, value, h, view->scratch);
            else if (interval)
                loci_memory_legs_recurrence_step(plan, state, view->last[c], h, view->scratch);
            view->last[c] = value;
        }
        if (t) memory->last_time = t[i];
        memory->pending = t && zoh ? 1 : 0;
        memory->samples++;
    }
}

static void take_lti(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                     const double *u, const double *t, size_t n)
{
    const size_t channels = memory->channels, order = plan->order, leaf = plan->leaf;
    if (t) {
        for (size_t i = 0; i < n; i++) {
            for (size_t c = 0; c < channels; c++) {
                if (memory->pending > 0)
                    loci_memory_lti_stamp(plan, view->state + c * order, view->last[c],
                                          t[i] - memory->last_time, view->scratch);
                view->last[c] = held(u[i * channels + c], view->last[c]);
            }
            memory->last_time = t[i];
            memory->pending = 1;
            memory->samples++;
        }
        return;
    }
    while (n > 0) {
        if (memory->pending == leaf) {
            for (size_t c = 0; c < channels; c++)
                loci_memory_lti_leaf(plan, view->state + c * order, view->pending + c * (leaf + 1),
                                     view->scratch);
            memory->pending = 0;
        }
        const size_t at = memory->pending, count = n < leaf - at ? n : leaf - at;
        for (size_t c = 0; c < channels; c++) {
            double *to = view->pending + c * (leaf + 1) + at, last = view->last[c];
            for (size_t k = 0; k < count; k++) to[k] = last = held(u[k * channels + c], last);
            view->last[c] = last;
        }
        memory->pending += (uint32_t)count;
        memory->samples += count;
        u += count * channels;
        n -= count;
    }
}

void loci_memory_take(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const memory_samples *samples)
{
    if (samples->count == 0) return;
    memory->closed = 0; /* what was pending at the end is a block already */
    if (memory->samples == 0) {
        for (size_t c = 0; c < memory->channels; c++)
            view->first[c] = samples->u[c * samples->channel_stride];
        if (samples->t && plan->kind != MEMORY_LEGS_RECURRENCE) memory->start = samples->base + samples->t[0];
    }
    if (plan->kind == MEMORY_TREE)
        take_tree(memory, plan, view, samples);
    else if (plan->kind == MEMORY_LEGS_RECURRENCE)
        take_legs_recurrence(memory, plan, view, samples->u, samples->t, samples->count);
    else
        take_lti(memory, plan, view, samples->u, samples->t, samples->count);
}

/* Whether every value is below LOCI_VALUE_LIMIT, which NaN is not. */
LOCI_HOT static bool all_bounded(const double *u, size_t count)
{
    int64_t beyond = 0; /* as wide as a double, so that the loop becomes one of vectors */
    size_t i = 0;
    for (; i + AHEAD + 32 <= count; i += 32) {
        for (size_t k = 0; k < 32; k += 8) __builtin_prefetch(u + i + AHEAD + k);
        for (size_t k = 0; k < 32; k++) beyond += !(fabs(u[i + k]) < LOCI_VALUE_LIMIT);
    }
    for (; i < count; i++) beyond += !(fabs(u[i]) < LOCI_VALUE_LIMIT);
    return beyond == 0;
}

static loci_status check_values(const loci_memory *memory, const loci_memory_plan *plan, const double *u,
                                size_t n, uint64_t *missing, loci_error *error)
{
    const size_t channels = memory->channels;
    *missing = 0;
    if (n * channels == 1 ? fabs(u[0]) < LOCI_VALUE_LIMIT : all_bounded(u, n * channels)) return LOCI_OK;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < channels; c++) {
            const double value = u[i * channels + c];
            if (fabs(value) < LOCI_VALUE_LIMIT) continue;
            if (isinf(value))
                return loci_fail(error, LOCI_E_VALUE,
                                 "sample %zu of channel %zu is %g; a finite number was expected", i, c,
                                 value);
            if (!isnan(value))
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "sample %zu of channel %zu is %g; a number below 1.6e150 was expected, whose square "
                    "can be summed",
                    i, c, value);
            if (plan->spec.missing == LOCI_MISSING_REFUSE)
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "sample %zu of channel %zu is missing (NaN); a number was expected, or leave to hold "
                    "the last value over it",
                    i, c);
            if (memory->samples == 0 && i == 0)
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "sample 0 of channel %zu is missing (NaN): there is no value before it to hold", c);
            ++*missing;
        }
    return LOCI_OK;
}

static loci_status check_times(const loci_memory *memory, const loci_memory_plan *plan, const double *t,
                               size_t n, loci_error *error)
{
    if (n > MEMORY_SAMPLES - memory->samples)
        return loci_fail(error, LOCI_E_RANGE, "the memory would hold more than 2^53 samples");
    if (!memory_stamped(plan)) {
        if (t) return loci_fail(error, LOCI_E_ARGUMENT, "a regular memory takes no time stamps");
        return loci_memory_check_end(memory, plan, memory->samples + n, error);
    }
    if (!t) return loci_fail(error, LOCI_E_ARGUMENT, "a stamped memory needs a time for every sample");
    const bool recurrence = plan->kind == MEMORY_LEGS_RECURRENCE;
    double before = memory->closed ? memory->end : memory->last_time;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(t[i]))
            return loci_fail(error, LOCI_E_VALUE, "the time of sample %zu is %g; a finite one was expected",
                             i, t[i]);
        if (fabs(t[i]) >= LOCI_VALUE_LIMIT)
            return loci_fail(error, LOCI_E_VALUE,
                             "the time of sample %zu is %g; one below 1.6e150 s was expected", i, t[i]);
        const bool first = memory->samples == 0 && i == 0;
        if (first && recurrence && t[i] < memory->start)
            return loci_fail(error, LOCI_E_VALUE, "sample 0 lies at %.17g, before the start of time at %.17g",
                             t[i], memory->start);
        if (memory->closed && i == 0) {
            if (t[i] != before)
                return loci_fail(error, LOCI_E_MISMATCH,
                                 "sample 0 lies at %.17g; the history was closed at %.17g", t[i], before);
        } else if (!first && !(t[i] > before)) {
            return loci_fail(error, LOCI_E_VALUE,
                             "sample %zu lies at %.17g, %s the one before it (%.17g); time must "
                             "go forward",
                             i, t[i], t[i] == before ? "the same time as" : "before", before);
        }
        before = t[i];
    }
    return LOCI_OK;
}

loci_status loci_memory_push(loci_memory *memory, const loci_memory_plan *plan, const double *u,
                             const double *t, size_t n, loci_error *error)
{
    loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    uint64_t missing = 0;
    if (n > SIZE_MAX / sizeof *u / memory->channels)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu samples are more than can be addressed", n);
    status = check_times(memory, plan, t, n, error);
    if (status == LOCI_OK) status = check_values(memory, plan, u, n, &missing, error);
    if (status != LOCI_OK) return status;
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    const memory_samples samples = {.u = u,
                                    .stride = memory->channels,
                                    .channel_stride = 1,
                                    .t = t,
                                    .base = 0,
                                    .count = n,
                                    .whole = missing == 0};
    loci_memory_take(memory, plan, &view, &samples);
    memory->missing += missing;
    return LOCI_OK;
}

loci_status loci_memory_close(loci_memory *memory, const loci_memory_plan *plan, double end,
                              loci_error *error)
{
    loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    if (memory->samples == 0) return loci_fail(error, LOCI_E_RANGE, "an empty memory has nothing to close");
    if (!isfinite(end))
        return loci_fail(error, LOCI_E_ARGUMENT, "end is %g; a finite time was expected", end);
    if (fabs(end) >= LOCI_VALUE_LIMIT)
        return loci_fail(error, LOCI_E_ARGUMENT, "end is %g; a time below 1.6e150 s was expected", end);
    const double now = memory_end(memory, plan);
    if (memory_stamped(plan)) {
        const bool point = plan->spec.join == LOCI_LINEAR || plan->spec.method == LOCI_METHOD_BILINEAR ||
                           plan->spec.method == LOCI_METHOD_BACKWARD;
        if (memory->closed && end != now)
            return loci_fail(error, LOCI_E_MISMATCH, "the history was closed at %.17g already", now);
        if (end < now || (end == now && !point && !memory->closed))
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "end is %.17g; a time after the last sample at %.17g was expected", end, now);
        if (end == now) return LOCI_OK;
        if (plan->spec.method == LOCI_METHOD_BILINEAR || plan->spec.method == LOCI_METHOD_BACKWARD)
            return loci_fail(
                error, LOCI_E_UNSUPPORTED,
                "by the published bilinear and backward recurrences a history ends at its last sample");
    } else {
        const double step = plan->spec.dt;
        if (fabs(end - now) <= 1e-6 * step) return LOCI_OK;
        if (plan->spec.join != LOCI_LINEAR || memory->closed || fabs(end - now - step) > 1e-6 * step)
            return loci_fail(error, LOCI_E_ARGUMENT, "end is %.17g; this regular history ends at %.17g%s",
                             end, now,
                             plan->spec.join == LOCI_LINEAR && !memory->closed ? ", or one step later" : "");
        end = now + step;
    }
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    loci_memory_finish(memory, plan, &view, end);
    return LOCI_OK;
}
