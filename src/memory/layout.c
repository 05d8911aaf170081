/* SPDX-License-Identifier: MIT
 * layout.c - a memory as flat bytes: its size, its parts, its beginning. */
#include "memory/layout.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/time_grid.h"

static size_t round_up(size_t size)
{
    return (size + 7) / 8 * 8;
}

/* Doubles of scratch that anything done to a memory needs. */
static size_t scratch_size(const loci_memory_plan *plan)
{
    const size_t order = round_up(plan->order + 8), leaf = round_up(2 * plan->leaf + 16);
    if (plan->kind == MEMORY_LTI) {
        const size_t vectors = 6 * order;
        const bool factors = memory_stamped(plan) && plan->spec.discretization == LOCI_BILINEAR;
        return vectors + (factors ? plan->order * plan->order : 0);
    }
    /* two projections and a result; folded leaves; points of the moments; both inputs once more, scaled */
    return 5 * order + 2 * leaf + 4 * MEMORY_POINTS + (order > leaf ? 2 * order : 2 * leaf);
}

/* Places the arrays one behind the other, each on a 64-byte boundary; true while nothing overflows. */
static bool place_part(size_t *offset, size_t *at, size_t count, size_t size)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, count, size) || !loci_size_add(&bytes, bytes, 63)) return false;
    *at = *offset;
    return loci_size_add(offset, *offset, bytes / 64 * 64);
}

/* The offsets of all parts, and behind them the bytes of the whole; 0 where that overflows. */
static size_t lay_out(uint64_t at[MEMORY_PARTS], const loci_memory_plan *plan, size_t channels)
{
    const bool tree = plan->kind == MEMORY_TREE;
    if (channels < 1 || channels > LOCI_CHANNELS_MAX) return 0;
    /* channels and strides are small enough for these products */
    const struct {
        size_t count, size;
    } part[MEMORY_PARTS] = {
        [AT_BLOCK] = {plan->capacity, sizeof(memory_block)},
        [AT_FREE] = {plan->capacity, sizeof(uint32_t)},
        [AT_FIRST] = {channels, sizeof(double)},
        [AT_LAST] = {channels, sizeof(double)},
        [AT_PENDING] = {channels * (plan->leaf + 1), sizeof(double)},
        [AT_TIME] = {plan->leaf + 1, sizeof(double)},
        [AT_STATE] = {tree ? 0 : channels * plan->order, sizeof(double)},
        [AT_SLOT] = {plan->capacity * memory_slot_stride(plan, channels), sizeof(double)},
        [AT_SCRATCH] = {scratch_size(plan), sizeof(double)},
    };
    size_t offset = 0, place;
    if (!place_part(&offset, &place, 1, sizeof(loci_memory))) return 0;
    for (size_t i = 0; i < MEMORY_PARTS; i++) {
        if (!place_part(&offset, &place, part[i].count, part[i].size)) return 0;
        at[i] = place;
    }
    return offset;
}

size_t loci_memory_size(const loci_memory_plan *plan, size_t channels)
{
    uint64_t at[MEMORY_PARTS];
    return lay_out(at, plan, channels);
}

void loci_memory_lay_out(loci_memory_plan *plan)
{
    const loci_memory_spec *s = &plan->spec;
    /* every level full, and once more the one where two memories meet */
    plan->capacity = plan->kind == MEMORY_TREE ? (MEMORY_LEVELS + 1) * plan->keep + 8 : 0;
    plan->channel_stride = round_up(plan->leaf + 1 > plan->order + 2 ? plan->leaf + 1 : plan->order + 2);
    uint64_t dt, window, h = 0xcbf29ce484222325u;
    memcpy(&dt, &s->dt, sizeof dt);
    memcpy(&window, &s->window, sizeof window);
    /* not `missing`: a policy of those who push, which leaves no trace in the memory */
    const uint64_t parts[] = {
        (uint64_t)s->measure,       s->order, s->detail, dt, window, (uint64_t)s->join, (uint64_t)s->method,
        (uint64_t)s->discretization};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        h = (h ^ parts[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    plan->fingerprint = h;
}

loci_status loci_memory_known(const loci_memory *memory, const loci_memory_plan *plan, loci_error *error)
{
    if (memory->fingerprint == plan->fingerprint) return LOCI_OK;
    return loci_fail(error, LOCI_E_MISMATCH, "the memory was made with another plan");
}

loci_status loci_memory_check_start(const loci_memory_plan *plan, double start, loci_error *error)
{
    if (!isfinite(start))
        return loci_fail(error, LOCI_E_ARGUMENT, "start is %g; a finite time was expected", start);
    if (fabs(start) >= LOCI_VALUE_LIMIT)
        return loci_fail(error, LOCI_E_ARGUMENT, "start is %g; a time below 1.6e150 s was expected", start);
    const double dt = plan->spec.dt;
    if (memory_stamped(plan) || loci_time_tells(start, dt)) return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, LOCI_TIME_TOO_FAR, start, loci_time_spacing(start), dt);
}

loci_status loci_memory_check_end(const loci_memory *memory, const loci_memory_plan *plan, uint64_t samples,
                                  loci_error *error)
{
    const double dt = plan->spec.dt, end = memory->start + (double)samples * dt;
    if (!(fabs(end) < LOCI_VALUE_LIMIT))
        return loci_fail(error, LOCI_E_RANGE,
                         "the history would end at %g; a time below 1.6e150 s was expected", end);
    /* first by what is no less than the distance below: nearly always enough, and quick */
    if (fabs(end) * DBL_EPSILON <= dt) return LOCI_OK;
    if (fabs(end) - nextafter(fabs(end), 0) <= dt) return LOCI_OK;
    return loci_fail(error, LOCI_E_RANGE,
                     "the history would end at %.17g, where times that are %.2g s apart cannot be told apart",
                     end, dt);
}

loci_status loci_memory_init(loci_memory *memory, const loci_memory_plan *plan, size_t channels, double start,
                             loci_error *error)
{
    if (channels < 1 || channels > LOCI_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "channels is %zu; 1 to %d was expected", channels,
                         LOCI_CHANNELS_MAX);
    uint64_t at[MEMORY_PARTS];
    if (lay_out(at, plan, channels) == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "a memory of %zu channels is larger than can be addressed",
                         channels);
    const loci_status status = loci_memory_check_start(plan, start, error);
    if (status != LOCI_OK) return status;
    memset(memory, 0, sizeof *memory);
    memory->fingerprint = plan->fingerprint;
    memcpy(memory->at, at, sizeof at);
    const memory_view view = loci_memory_view(memory, plan, channels);
    memory->channels = (uint32_t)channels;
    memory->start = start;
    for (size_t i = 0; i < view.capacity; i++) view.free_slot[i] = (uint32_t)(view.capacity - 1 - i);
    memset(view.first, 0, channels * sizeof(double));
    memset(view.last, 0, channels * sizeof(double));
    memset(view.pending, 0, channels * (plan->leaf + 1) * sizeof(double));
    memset(view.time, 0, (plan->leaf + 1) * sizeof(double));
    if (plan->kind != MEMORY_TREE) memset(view.state, 0, channels * plan->order * sizeof(double));
    return LOCI_OK;
}
