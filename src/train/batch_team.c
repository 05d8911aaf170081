/* SPDX-License-Identifier: MIT
 * batch_team.c - the part of a batch that ranks do together.
 *
 * The floats of a gradient are shared out among the ranks. Each sends the others, of its nodes of the tree, their floats;
 * adds what it gets to its own, where all that was left to be added comes together; and in the end all have all sums. A rank sends and
 * receives some 2 gradients at any number of ranks, which is the least there can be. */
#include "train/batch.h"

#include <string.h>

#include "base/status.h"
#include "train/threads.h"
#include "train/tree.h"

enum {
    LINE = 16,    /* floats of a line of memory: where gradients may be cut */
    SLICE = 2048, /* floats that a thread adds at a time, of all nodes */
};

/* ---- who has what ---- */

/* Work of a shard; the last one of a group may have less. */
static double work(const loci_batch *batch, const loci_batch_group *group, size_t shard)
{
    const size_t left = group->of.count - shard * group->shard;
    return (double)(left < group->shard ? left : group->shard) *
           (double)batch->runner.ladder.length[group->of.rung];
}

/* A shard belongs to the rank in whose share of all work its middle lies. */
void loci_batch_cut(loci_batch *batch)
{
    const size_t ranks = batch->team.ranks, used = batch->runner.used;
    double all = 0, before = 0;
    size_t shard = 0, rank = 0;
    for (size_t g = 0; g < used; g++)
        for (size_t i = 0; i < batch->groups[g].shards; i++) all += work(batch, &batch->groups[g], i);
    batch->cut[0] = 0;
    for (size_t g = 0; g < used; g++)
        for (size_t i = 0; i < batch->groups[g].shards; i++, shard++) {
            const double own = work(batch, &batch->groups[g], i), middle = before + own / 2;
            while (rank + 1 < ranks && middle >= all * (double)(rank + 1) / (double)ranks)
                batch->cut[++rank] = shard;
            before += own;
        }
    while (rank < ranks) batch->cut[++rank] = shard;
    for (size_t g = 0, base = 0; g < used; base += batch->groups[g++].shards) {
        loci_batch_group *group = &batch->groups[g];
        const size_t first = batch->cut[batch->team.rank], end = batch->cut[batch->team.rank + 1];
        group->first = first <= base ? 0 : first - base < group->shards ? first - base : group->shards;
        group->end = end <= base ? 0 : end - base < group->shards ? end - base : group->shards;
    }
}

/* Where the shards of a rank begin within the group, whose first one is shard `base` of all. */
static size_t begins(const loci_batch *batch, const loci_batch_group *group, size_t base, size_t rank)
{
    const size_t cut = batch->cut[rank];
    return cut <= base ? 0 : cut - base < group->shards ? cut - base : group->shards;
}

static size_t base_of(const loci_batch *batch, const loci_batch_group *group)
{
    size_t base = 0;
    for (const loci_batch_group *before = batch->groups; before < group; before++) base += before->shards;
    return base;
}

/* The first float that is a rank's to add. */
static size_t floats_from(const loci_batch *batch, const loci_batch_group *group, size_t rank)
{
    const size_t lines = group->gradient_size / LINE;
    return rank == batch->team.ranks ? group->gradient_size
                                     : loci_team_share(&batch->team, lines, rank) * LINE;
}

static size_t own_floats(const loci_batch *batch, const loci_batch_group *group)
{
    const size_t rank = batch->team.rank;
    return floats_from(batch, group, rank + 1) - floats_from(batch, group, rank);
}

size_t loci_batch_received(const loci_batch *batch, const loci_batch_group *group)
{
    const size_t base = base_of(batch, group);
    size_t nodes = 0;
    for (size_t r = 0; r < batch->team.ranks; r++) {
        const size_t end = begins(batch, group, base, r + 1);
        if (r == batch->team.rank) continue;
        for (size_t at = begins(batch, group, base, r); at < end;
             at = loci_tree_node_end(group->shards, at, end))
            nodes++;
    }
    return nodes * own_floats(batch, group);
}

/* ---- gradients ---- */

static loci_status swap(const loci_batch *batch, const float *out, size_t out_floats, size_t to, float *in,
                        size_t in_floats, size_t from, loci_error *error)
{
    const loci_team *team = &batch->team;
    if (out_floats == 0 && in_floats == 0) return LOCI_OK;
    if (team->exchange(team->context, out, out_floats * sizeof *out, to, in, in_floats * sizeof *in, from) ==
        0)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "rank %zu could not exchange gradients with ranks %zu and %zu",
                     team->rank, to, from);
}

/* This rank's nodes to one rank, those of another one behind *room: leaf[] of these = where their floats lie. */
static loci_status exchange(loci_batch *batch, loci_batch_group *group, size_t away, float **room,
                            loci_error *error)
{
    const size_t ranks = batch->team.ranks, own = batch->team.rank, to = (own + away) % ranks,
                 from = (own + ranks - away) % ranks, base = base_of(batch, group),
                 in_end = begins(batch, group, base, from + 1), in_floats = own_floats(batch, group),
                 out_at = floats_from(batch, group, to),
                 out_floats = floats_from(batch, group, to + 1) - out_at;
    size_t out = group->first, in = begins(batch, group, base, from);
    while (out < group->end || in < in_end) {
        const int sends = out < group->end, receives = in < in_end;
        const loci_status status =
            swap(batch, sends ? group->leaf[out] + out_at : NULL, sends ? out_floats : 0, to,
                 receives ? *room : NULL, receives ? in_floats : 0, from, error);
        if (status) return status;
        if (sends) out = loci_tree_node_end(group->shards, out, group->end);
        if (!receives) continue;
        group->leaf[in] = *room;
        *room += in_floats;
        in = loci_tree_node_end(group->shards, in, in_end);
    }
    return LOCI_OK;
}

typedef struct {
    const loci_batch *batch;
    loci_batch_group *group;
    const size_t *cut; /* within the group */
    size_t floats;     /* of this rank */
} sum;

static void add_nodes(void *context, size_t task, size_t thread)
{
    (void)thread;
    const sum *s = context;
    const loci_batch_group *group = s->group;
    const size_t first = task * SLICE, count = s->floats - first < SLICE ? s->floats - first : SLICE;
    loci_tree_add_across(group->leaf, group->shards, s->cut, s->batch->team.ranks, first, count);
}

static loci_status join_group(loci_batch *batch, loci_batch_group *group, loci_error *error)
{
    const size_t ranks = batch->team.ranks, base = base_of(batch, group),
                 at = floats_from(batch, group, batch->team.rank), floats = own_floats(batch, group);
    float *room = batch->received.memory;
    for (size_t away = 1; away < ranks; away++) {
        const loci_status status = exchange(batch, group, away, &room, error);
        if (status) return status;
    }
    /* own nodes like the others: from this rank's floats on */
    for (size_t i = group->first; i < group->end; i++) group->leaf[i] += at;
    for (size_t r = 0; r <= ranks; r++) batch->first[r] = begins(batch, group, base, r);
    sum s = {batch, group, batch->first, floats};
    loci_threads_run(batch->runner.threads, (floats + SLICE - 1) / SLICE, add_nodes, &s);
    if (group->leaf[0] != group->gradient + at)
        memcpy(group->gradient + at, group->leaf[0], floats * sizeof(float));
    for (size_t i = group->first; i < group->end; i++) group->leaf[i] -= at;
    for (size_t r = 0; r <= ranks; r++) batch->first[r] = floats_from(batch, group, r) * sizeof(float);
    return loci_team_gather(&batch->team, group->gradient, batch->first, error);
}

/* ---- all of it ---- */

/* The place, among the sequences as sorted, of the first one of shard `shard` of all. */
static size_t place_of(const loci_batch *batch, size_t shard)
{
    const loci_batch_group *group = batch->groups;
    for (; shard >= group->shards; group++) {
        shard -= group->shards;
        if (group + 1 == batch->groups + batch->runner.used) return group->of.first + group->of.count;
    }
    return group->of.first + shard * group->shard;
}

loci_status loci_batch_join(loci_batch *batch, loci_error *error)
{
    const size_t ranks = batch->team.ranks;
    for (size_t r = 0; r <= ranks; r++)
        batch->first[r] = place_of(batch, batch->cut[r]) * sizeof *batch->runner.tally;
    loci_status status = loci_team_gather(&batch->team, batch->runner.tally, batch->first, error);
    for (size_t g = 0; g < batch->runner.used && !status; g++)
        status = join_group(batch, &batch->groups[g], error);
    return status;
}
