/* SPDX-License-Identifier: MIT
 * share.c - runs of samples that are merged in order.
 *
 * A memory merges to the bit of the whole where the earlier ends on a multiple of the later one's largest block, and blocks are
 * 2^k leaves of S samples (docs/memory.md). So a rank cuts its run where that is the case: from a sample that is a multiple of 2^k S
 * goes a piece of 2^k S samples, or the rest of the run, if its largest block is no larger. Runs are cut at multiples of a block
 * of which each rank has 16 or more, so that they are alike within some percent, and have 8 pieces at most. */
#include "memory/share.h"

#include <stdlib.h>
#include <string.h>

#include "shared/message.h"
#include "shared/ranks.h"

enum { BLOCKS = 16 }; /* of a run, at least, where the signal is long enough */

/* Whether it is the same one on all ranks, as far as its beginning tells. */
static int same_signal(const source *from)
{
    uint64_t own[] = {from->info.samples, from->info.channels, 0, 0xcbf29ce484222325u};
    memcpy(&own[2], &from->dt, sizeof from->dt);
    const unsigned char *bytes = (const unsigned char *)from->u;
    for (size_t i = 0; i < from->count * from->info.channels * sizeof *from->u; i++)
        own[3] = (own[3] ^ bytes[i]) * 0x100000001b3u;
    bool alike = true;
    const int status = ranks_compare(own, sizeof own / sizeof *own, &alike);
    if (status || alike) return status;
    return message_fail("%s: is not the same signal on all ranks", from->path);
}

int share_check(const source *from)
{
    if (!source_live(from) && !from->info.stamped && from->info.samples > 0) return same_signal(from);
    return message_fail(
        "%s: %s, so that it is not known where shares begin; a file of NPY, raw or WAV samples was "
        "expected, or one process",
        from->path,
        source_live(from)    ? "comes as it arises"
        : from->info.stamped ? "has a time for each sample"
                             : "does not tell how many samples it has");
}

uint64_t share_begin(uint64_t samples, uint64_t unit, size_t rank)
{
    const uint64_t units = samples / unit + (samples % unit != 0), ranks = ranks_count();
    const uint64_t at = (units / ranks * rank + units % ranks * rank / ranks) * unit;
    return at < samples ? at : samples;
}

/* ---- memories ---- */

static loci_status push(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    const memory_file *k = target;
    return loci_memory_push(k->memory, k->plan, u, t, n, error);
}

static int watch(void *target)
{
    (void)target;
    return STATUS_DONE;
}

/* Samples of the piece that begins at `at` of a run up to `end`. */
static uint64_t piece_of(uint64_t at, uint64_t end, uint64_t leaf)
{
    uint64_t largest = leaf; /* block of all that is left */
    while (largest <= (end - at) / 2) largest *= 2;
    if (at % largest == 0) return end - at;
    uint64_t block = leaf;
    while (at % (2 * block) == 0) block *= 2;
    return block;
}

/* Runs are cut at multiples of it. */
static uint64_t unit_of(uint64_t samples, uint64_t leaf)
{
    uint64_t unit = leaf;
    while (samples / (2 * unit) >= (uint64_t)BLOCKS * ranks_count()) unit *= 2;
    return unit;
}

typedef struct {
    char *bytes; /* [count][size] memories */
    size_t count, size;
} pieces;

static int add(pieces *all, const loci_memory *memory)
{
    char *larger = realloc(all->bytes, (all->count + 1) * all->size);
    if (!larger) return message_memory();
    all->bytes = larger;
    memcpy(larger + all->count++ * all->size, memory, all->size);
    return STATUS_DONE;
}

/* The pieces of this rank's run, each of which begins in k->memory. */
static int remember(pieces *all, memory_file *k, source *from, uint64_t begin, uint64_t end, uint64_t leaf)
{
    const double dt = loci_memory_plan_spec(k->plan)->dt,
                 start = loci_memory_inspect(k->memory, k->plan).start;
    int status = begin < end ? source_skip(from, begin) : STATUS_DONE;
    for (uint64_t at = begin, next; at < end && !status; at = next) {
        loci_error error;
        next = at + piece_of(at, end, leaf);
        if (loci_memory_init(k->memory, k->plan, k->channels, start + (double)at * dt, &error) != LOCI_OK)
            return message_error(from->path, &error);
        /* the last run goes on to what the file ends with, as one process does */
        status = source_feed_until(from, next == from->info.samples ? UINT64_MAX : next, push, watch, k,
                                   "remembering");
        if (!status) status = add(all, k->memory);
    }
    return status;
}

static int merge(memory_file *k, const pieces *all)
{
    for (size_t i = 0; i < all->count; i++) {
        loci_error error;
        loci_memory *next = memory_file_room(k);
        if (!next) return message_memory();
        memcpy(next, all->bytes + i * all->size, all->size);
        const loci_status failed = loci_memory_merge(k->memory, k->plan, next, &error);
        free(next);
        if (failed) return message_error(NULL, &error);
    }
    return STATUS_DONE;
}

int share_memory(memory_file *k, source *from)
{
    const uint64_t samples = from->info.samples, leaf = (loci_memory_plan_spec(k->plan)->order + 7) / 8 * 8,
                   unit = unit_of(samples, leaf);
    const size_t ranks = ranks_count(), rank = ranks_team()->rank;
    const double start = loci_memory_inspect(k->memory, k->plan).start;
    pieces own = {.size = loci_memory_size(k->plan, k->channels)}, all = own;
    size_t *part = calloc(ranks + 1, sizeof *part);
    int status = part ? STATUS_DONE : message_memory();
    if (!status)
        status = remember(&own, k, from, share_begin(samples, unit, rank),
                          share_begin(samples, unit, rank + 1), leaf);
    if (!status) status = share_collect(&all.bytes, part, own.bytes, own.count * own.size);
    loci_error error;
    if (!status && loci_memory_init(k->memory, k->plan, k->channels, start, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    if (!status && ranks_first()) {
        all.count = part[ranks] / all.size;
        status = merge(k, &all);
    }
    free(part);
    free(own.bytes);
    free(all.bytes);
    return status;
}

/* ---- bytes ---- */

int share_collect(char **all, size_t *part, const void *bytes, size_t size)
{
    const loci_team *team = ranks_team();
    loci_error error = {0};
    size_t *place = malloc((team->ranks + 1) * sizeof *place), *sizes = malloc(team->ranks * sizeof *sizes);
    int status = place && sizes ? STATUS_DONE : message_memory();
    for (size_t r = 0; !status && r <= team->ranks; r++) place[r] = r * sizeof *sizes;
    if (!status) sizes[team->rank] = size;
    if (!status && loci_team_gather(team, sizes, place, &error) != LOCI_OK)
        status = message_error(NULL, &error);
    part[0] = 0;
    for (size_t r = 0; !status && r < team->ranks; r++) part[r + 1] = part[r] + sizes[r];
    free(place);
    free(sizes);
    if (status) return status;
    if (team->rank > 0) {
        if (size > 0 && team->exchange(team->context, bytes, size, 0, NULL, 0, 0) != 0)
            return message_fail("what was remembered could not be sent to rank 0");
        return STATUS_DONE;
    }
    *all = malloc(part[team->ranks] + 1);
    if (!*all) return message_memory();
    if (size > 0) memcpy(*all, bytes, size);
    for (size_t r = 1; r < team->ranks; r++)
        if (part[r + 1] > part[r] &&
            team->exchange(team->context, NULL, 0, 0, *all + part[r], part[r + 1] - part[r], r) != 0)
            return message_fail("what rank %zu remembered could not be received", r);
    return STATUS_DONE;
}
