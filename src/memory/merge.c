/* SPDX-License-Identifier: MIT
 *
 * merge.c - memories of adjacent stretches become one; a memory collapses into its whole-history
 * coefficients.
 *
 * The blocks of the later memory are set behind those of the earlier one. Levels must fall from old to new,
 * so what is older but smaller than the first block to come is raised first: equal neighbours pair up like
 * the digits of a counter, and what is left over is folded into that block. Where the earlier memory ends on
 * a multiple of the later one's largest block nothing is left over, and the result is the memory of the whole
 * signal to the bit. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

/* Joins the blocks from `from` to the newest into one, newest first, so that small ones meet small ones. */
static void fold(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view, size_t from)
{
    while (memory->blocks > from + 1) loci_memory_pair(memory, plan, view, memory->blocks - 2);
}

/* LOCI_OK where b begins where a ends. */
static loci_status check_joint(const loci_memory *a, const loci_memory_plan *plan, const loci_memory *b,
                               loci_error *error)
{
    if (memory_stamped(plan)) {
        const double end = memory_end(a, plan);
        if (a->closed ? b->start < end : b->start <= end)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "the stretches overlap: the first ends at %.17g, the next begins at %.17g", end,
                             b->start);
        if (a->closed && b->start > end)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "there is a gap: the first was closed at %.17g, the next begins at %.17g", end,
                             b->start);
        return LOCI_OK;
    }
    const double dt = plan->spec.dt;
    const double between = (b->start - a->start) / dt - (double)a->samples;
    const double fuzz = 1e-3 + 4e-16 * (fabs(a->start) + fabs(b->start)) / dt;
    if (fabs(between) <= fmin(fuzz, 0.49)) return LOCI_OK;
    return loci_fail(error, LOCI_E_MISMATCH,
                     "%s of %.6g samples: the first holds %llu from %.17g on, the next begins at %.17g",
                     between > 0 ? "there is a gap" : "there is an overlap", fabs(between),
                     (unsigned long long)a->samples, a->start, b->start);
}

/* Everything of b is samples: they follow as if pushed. */
static void follow_samples(loci_memory *a, const loci_memory_plan *plan, const memory_view *av,
                           const loci_memory *b, const memory_view *bv)
{
    const bool stamped = memory_stamped(plan);
    for (size_t i = 0; i < b->blocks; i++) {
        const memory_block *block = &bv->block[i];
        const memory_samples samples = {.u = memory_channel(bv, block->slot, 0),
                                        .stride = 1,
                                        .channel_stride = bv->channel_stride,
                                        .t = stamped ? memory_times(bv, block->slot, b->channels) : NULL,
                                        .base = block->start,
                                        .count = block->count};
        loci_memory_take(a, plan, av, &samples);
    }
    const memory_samples samples = {.u = bv->pending,
                                    .stride = 1,
                                    .channel_stride = plan->leaf + 1,
                                    .t = stamped ? bv->time : NULL,
                                    .base = b->pending_start,
                                    .count = b->pending};
    loci_memory_take(a, plan, av, &samples);
}

static void merge_trees(loci_memory *a, const loci_memory_plan *plan, const memory_view *av,
                        const loci_memory *b, const memory_view *bv)
{
    const size_t channels = a->channels;
    /* a joined leaf that is not full was closed by its own last value: a jump, which samples cannot tell */
    bool samples_only = true;
    for (size_t i = 0; i < b->blocks; i++)
        samples_only = samples_only && bv->block[i].raw &&
                       (plan->spec.join == LOCI_HOLD || (bv->block[i].count == plan->leaf && !b->closed));
    if (samples_only) {
        follow_samples(a, plan, av, b, bv);
        if (b->closed) loci_memory_finish(a, plan, av, b->end);
        return;
    }
    if (a->pending > 0) loci_memory_seal(a, plan, av, bv->first, 1, b->start);
    /* of b's largest block: folding may have left a smaller one before it */
    unsigned level = 0;
    for (size_t i = 0; i < b->blocks; i++) level = bv->block[i].level > level ? bv->block[i].level : level;
    loci_memory_carry(a, plan, av, 1, level);
    size_t lower = a->blocks;
    while (lower > 0 && av->block[lower - 1].level < level) lower--;
    if (lower < a->blocks) fold(a, plan, av, lower);
    for (size_t i = 0; i < b->blocks; i++) {
        const uint32_t slot = av->free_slot[av->capacity - a->blocks - 1];
        memory_block *block = &av->block[a->blocks++];
        *block = bv->block[i];
        block->first += a->samples;
        block->slot = slot;
        memcpy(av->slot + slot * av->slot_stride, bv->slot + bv->block[i].slot * bv->slot_stride,
               bv->slot_stride * sizeof(double));
        if (i == 0 && lower + 1 < a->blocks) fold(a, plan, av, lower);
    }
    memcpy(av->pending, bv->pending, channels * (plan->leaf + 1) * sizeof(double));
    memcpy(av->time, bv->time, (plan->leaf + 1) * sizeof(double));
    memcpy(av->last, bv->last, channels * sizeof(double));
    a->pending = b->pending;
    a->pending_start = b->pending_start;
    a->last_time = b->last_time;
    a->samples += b->samples;
    loci_memory_carry(a, plan, av, plan->keep, MEMORY_LEVELS);
}

static void merge_legs_recurrence(loci_memory *a, const loci_memory_plan *plan, const memory_view *av,
                                  const loci_memory *b, const memory_view *bv)
{
    const size_t order = plan->order, room = order + 8;
    double *one = av->scratch, *two = one + room, *rest = two + room;
    double r = (double)a->samples / (double)(a->samples + b->samples);
    double s = (double)b->samples / (double)(a->samples + b->samples);
    if (memory_stamped(plan)) {
        s = (b->last_time - b->start) / (b->last_time - a->start);
        r = (b->start - a->start) / (b->last_time - a->start);
    }
    for (size_t c = 0; c < a->channels; c++) {
        double *to = av->state + c * order;
        const double *from = bv->state + c * order;
        if (memory_stamped(plan) && plan->spec.method == LOCI_METHOD_ZOH && a->pending > 0)
            loci_memory_legs_recurrence_step(plan, to, av->last[c],
                                             (b->start - a->last_time) / (b->start - a->start), av->scratch);
        one[0] = to[0];
        two[0] = from[0];
        one[1] = one[2] = two[1] = two[2] = 0;
        memcpy(one + 3, to + 1, (order - 1) * sizeof *to);
        memcpy(two + 3, from + 1, (order - 1) * sizeof *to);
        if (s > 0) loci_memory_join(plan, one, one, two, r, s, rest);
        to[0] = one[0];
        memcpy(to + 1, one + 3, (order - 1) * sizeof *to);
    }
    memcpy(av->last, bv->last, a->channels * sizeof(double));
    a->pending = b->pending;
    a->last_time = b->last_time;
    a->samples += b->samples;
}

/* x = Abar^n x1 + x2 */
static void merge_lti(loci_memory *a, const loci_memory_plan *plan, const memory_view *av,
                      const loci_memory *b, const memory_view *bv)
{
    const size_t order = plan->order, leaf = plan->leaf;
    for (size_t c = 0; c < a->channels; c++) {
        double *to = av->state + c * order;
        const double *from = bv->state + c * order;
        if (memory_stamped(plan))
            loci_memory_lti_stamp(plan, to, av->last[c], b->start - a->last_time, av->scratch);
        else if (a->pending == leaf)
            loci_memory_lti_leaf(plan, to, av->pending + c * (leaf + 1), av->scratch);
        else
            loci_memory_lti_steps(plan, to, av->pending + c * (leaf + 1), a->pending, av->scratch);
        loci_memory_lti_rest(plan, to, b->samples - b->pending, b->last_time - b->start, av->scratch);
        for (size_t n = 0; n < order; n++) to[n] += from[n];
    }
    memcpy(av->pending, bv->pending, a->channels * (leaf + 1) * sizeof(double));
    memcpy(av->last, bv->last, a->channels * sizeof(double));
    a->pending = b->pending;
    a->last_time = b->last_time;
    a->samples += b->samples;
}

loci_status loci_memory_merge(loci_memory *a, const loci_memory_plan *plan, const loci_memory *b,
                              loci_error *error)
{
    loci_status status = loci_memory_known(a, plan, error);
    if (status == LOCI_OK) status = loci_memory_known(b, plan, error);
    if (status != LOCI_OK) return status;
    if (a->channels != b->channels)
        return loci_fail(error, LOCI_E_MISMATCH, "the first has %u channels, the next %u",
                         (unsigned)a->channels, (unsigned)b->channels);
    if (a == b) return loci_fail(error, LOCI_E_ARGUMENT, "a memory cannot follow itself");
    if (b->samples == 0) return LOCI_OK;
    const memory_view av = loci_memory_view(a, plan, a->channels),
                      bv = loci_memory_view(b, plan, b->channels);
    if (a->samples == 0) {
        memcpy(a, b, loci_memory_size(plan, b->channels));
        return LOCI_OK;
    }
    if (b->samples > MEMORY_SAMPLES - a->samples)
        return loci_fail(error, LOCI_E_RANGE, "the memory would hold more than 2^53 samples");
    status = check_joint(a, plan, b, error);
    if (status != LOCI_OK) return status;
    if (!memory_stamped(plan)) {
        status = loci_memory_check_end(a, plan, a->samples + b->samples, error);
        if (status != LOCI_OK) return status;
    }
    if (plan->kind == MEMORY_LTI && memory_stamped(plan) && plan->spec.discretization == LOCI_BILINEAR)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "time-stamped memories discretized by bilinear do not merge: what the first would become "
            "depends on the steps of the next, which are gone; zoh merges");
    const uint64_t missing = a->missing + b->missing;
    if (plan->kind == MEMORY_TREE)
        merge_trees(a, plan, &av, b, &bv);
    else if (plan->kind == MEMORY_LEGS_RECURRENCE)
        merge_legs_recurrence(a, plan, &av, b, &bv);
    else
        merge_lti(a, plan, &av, b, &bv);
    a->missing = missing;
    a->closed = b->closed;
    if (b->closed) a->end = memory_stamped(plan) ? b->end : a->start + (double)a->samples * plan->spec.dt;
    return LOCI_OK;
}

loci_status loci_memory_collapse(loci_memory *whole, const loci_memory *memory, const loci_memory_plan *plan,
                                 loci_error *error)
{
    const loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    memcpy(whole, memory, loci_memory_size(plan, memory->channels));
    const memory_view view = loci_memory_view(whole, plan, whole->channels);
    if (plan->kind != MEMORY_TREE) return LOCI_OK;
    /* The open interval of the last sample stays open: that sample is kept beside the coefficients. */
    const uint64_t intervals = memory_intervals(whole, plan);
    const uint64_t before = whole->samples - whole->pending;
    if (whole->pending > 0 && intervals > before) {
        const uint32_t open = (uint32_t)(whole->samples - intervals);
        whole->pending -= open;
        whole->samples -= open;
        loci_memory_seal(whole, plan, &view, view.last, 1, whole->last_time);
        whole->samples += open;
        whole->pending = open;
        if (open) {
            for (size_t c = 0; c < whole->channels; c++) view.pending[c * (plan->leaf + 1)] = view.last[c];
            whole->pending_start = whole->last_time;
            view.time[0] = 0;
        }
    }
    loci_memory_carry(whole, plan, &view, 1, MEMORY_LEVELS);
    if (whole->blocks > 1) fold(whole, plan, &view, 0);
    if (whole->blocks == 1 && view.block[0].raw) {
        /* a lone leaf is projected too: N coefficients are what a collapsed memory keeps */
        const memory_block *block = &view.block[0];
        const double *times = memory_stamped(plan) ? memory_times(&view, block->slot, whole->channels) : NULL;
        const size_t room = (plan->order + 2 + 7) / 8 * 8;
        for (size_t c = 0; c < whole->channels; c++) {
            double *u = memory_channel(&view, block->slot, c);
            loci_memory_amplitude_project(plan, view.scratch, u, times, block->count, view.scratch + room);
            memcpy(u, view.scratch, (plan->order + 2) * sizeof *u);
        }
        view.block[0].raw = 0;
    }
    return LOCI_OK;
}

loci_status loci_memory_shift(loci_memory *memory, const loci_memory_plan *plan, double start,
                              loci_error *error)
{
    loci_status status = loci_memory_known(memory, plan, error);
    if (status == LOCI_OK) status = loci_memory_check_start(plan, start, error);
    if (status != LOCI_OK) return status;
    const double by = start - memory->start;
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    memory->start = start;
    for (size_t i = 0; i < memory->blocks && memory_stamped(plan); i++) view.block[i].start += by;
    memory->pending_start += by;
    memory->last_time += by;
    memory->end += by;
    return LOCI_OK;
}
