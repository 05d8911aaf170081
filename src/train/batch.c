/* SPDX-License-Identifier: MIT
 * batch.c - the gradient of a batch. */
#include "train/batch.h"

#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "train/threads.h"
#include "train/tree.h"

/* A buffer costs as much as a fourth of a sequence, to clear and to add; so shards have 8 sequences or more, but for small
 * batches. Large batches have more shards, for more threads, as long as their gradients are small. */
enum {
    SHARDS = 8,
    SHARDS_MAX = 64,
    SHARD = 8,                /* sequences */
    GRADIENTS = 16 * 1048576, /* floats of more than SHARDS shards */
    SLICE = 2048,             /* floats that are added at a time, of all shards */
};

/* ---- life ---- */

loci_status loci_batch_open(loci_batch *batch, const loci_model *model, const loci_dataset *set, size_t most,
                            size_t shards, const loci_team *team, size_t threads, double rate,
                            loci_error *error)
{
    *batch = (loci_batch){.team = *team, .most = most, .shards_asked = shards};
    const loci_status status = loci_runner_open(&batch->runner, model, set, most, threads, rate, error);
    if (status) return status;
    batch->groups = loci_allocate(batch->runner.ladder.count, sizeof *batch->groups);
    batch->cut = loci_allocate(team->ranks + 1, sizeof *batch->cut);
    batch->first = loci_allocate(team->ranks + 1, sizeof *batch->first);
    if (batch->groups && batch->cut && batch->first) return LOCI_OK;
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for batches of %zu sequences", most);
}

void loci_batch_close(loci_batch *batch)
{
    loci_runner_close(&batch->runner);
    loci_free(batch->groups);
    loci_free(batch->cut);
    loci_free(batch->first);
    loci_free(batch->leaves);
    loci_free(batch->gradients.memory);
    loci_free(batch->dparameters.memory);
    loci_free(batch->received.memory);
    *batch = (loci_batch){0};
}

/* ---- plan ---- */

/* Sequences of a shard of a group whose gradient has `size` floats. */
static size_t shard_of(const loci_batch *batch, size_t size)
{
    size_t shards = GRADIENTS / (size + 1);
    if (shards > SHARDS_MAX) shards = SHARDS_MAX;
    if (shards > batch->most / SHARD) shards = batch->most / SHARD;
    if (shards < SHARDS) shards = SHARDS;
    if (batch->shards_asked) shards = batch->shards_asked < batch->most ? batch->shards_asked : batch->most;
    return (batch->most + shards - 1) / shards;
}

static void plan_group(loci_batch *batch, size_t g)
{
    loci_batch_group *group = &batch->groups[g];
    *group = (loci_batch_group){.of = batch->runner.groups[g],
                                .micro = loci_runner_micro_batch(&batch->runner, g)};
    group->micro.augment = batch->augment;
    group->micro.scale = 1 / (double)batch->targets;
    group->gradient_size = loci_network_gradient_size(group->micro.network);
    group->shard = shard_of(batch, group->gradient_size);
    group->shards = (group->of.count + group->shard - 1) / group->shard;
    if (group->micro.most > group->shard) group->micro.most = group->shard;
    batch->shards += group->shards;
}

/* Room for `wanted` floats; what was in it is lost. */
static bool provide(loci_batch_room *room, size_t wanted)
{
    if (room->size >= wanted && room->memory) return true;
    loci_free(room->memory);
    room->memory = loci_allocate(wanted, sizeof *room->memory);
    room->size = room->memory ? wanted : 0;
    return room->memory != NULL;
}

/* Gradients of a group that this rank has room for: those of its shards, but one at least, for the sum. */
static size_t kept(const loci_batch_group *group)
{
    return group->end > group->first ? group->end - group->first : 1;
}

static bool provide_leaves(loci_batch *batch)
{
    if (batch->leaves_size < batch->shards) {
        loci_free(batch->leaves);
        batch->leaves = loci_allocate(batch->shards, sizeof *batch->leaves);
        batch->leaves_size = batch->leaves ? batch->shards : 0;
    }
    return batch->leaves != NULL;
}

static loci_status provide_all(loci_batch *batch, loci_error *error)
{
    loci_runner *runner = &batch->runner;
    size_t gradients = 0, received = 0, own = 0, part, most = 0;
    for (size_t g = 0; g < runner->used; g++) {
        const loci_batch_group *group = &batch->groups[g];
        const size_t workspace = loci_micro_batch_workspace(&group->micro, 1);
        if (workspace == 0 || !loci_size_multiply(&part, kept(group), group->gradient_size) ||
            !loci_size_add(&gradients, gradients, part))
            goto out_of_memory;
        if (workspace > most) most = workspace;
        part = loci_batch_received(batch, group);
        if (part > received) received = part;
        own += group->end - group->first;
    }
    const size_t workers = runner->threads < own ? runner->threads : own > 0 ? own : 1;
    if (loci_runner_provide(runner, workers, most) ||
        !loci_size_multiply(&part, runner->used - 1, loci_model_size(runner->model)))
        goto out_of_memory;
    if (provide(&batch->gradients, gradients) && provide(&batch->dparameters, part) &&
        provide(&batch->received, received) && provide_leaves(batch))
        return LOCI_OK;
out_of_memory:
    return loci_fail(error, LOCI_E_MEMORY,
                     "out of memory for the gradients of %zu sequences of up to %zu samples on %zu threads",
                     batch->most, loci_runner_length(runner, 0), runner->threads);
}

loci_status loci_batch_plan(loci_batch *batch, const size_t *sequences, size_t count, loci_error *error)
{
    loci_runner *runner = &batch->runner;
    const size_t size = loci_model_size(runner->model);
    loci_status status = loci_runner_group(runner, sequences, count, error);
    if (status) return status;
    batch->shards = batch->targets = 0;
    for (size_t i = 0; i < count; i++) batch->targets += loci_dataset_targets(runner->set, sequences[i]);
    for (size_t g = 0; g < runner->used; g++) plan_group(batch, g);
    loci_batch_cut(batch);
    status = provide_all(batch, error);
    if (status) return status;
    float *gradient = batch->gradients.memory, **leaf = batch->leaves;
    for (size_t g = 0; g < runner->used; g++) {
        loci_batch_group *group = &batch->groups[g];
        group->gradient = gradient;
        group->leaf = leaf;
        for (size_t i = group->first; i < group->end; i++)
            leaf[i] = gradient + (i - group->first) * group->gradient_size;
        gradient += kept(group) * group->gradient_size;
        leaf += group->shards;
        group->dparameters = g > 0 ? batch->dparameters.memory + (g - 1) * size : NULL;
    }
    return LOCI_OK;
}

/* ---- run ---- */

/* The group of a task that is numbered through all groups, of which each has `tasks`; *task becomes the group's own. */
static loci_batch_group *group_of(const loci_batch *batch, size_t *task,
                                  size_t (*tasks)(const loci_batch_group *))
{
    loci_batch_group *group = batch->groups;
    for (size_t own; *task >= (own = tasks(group)); group++) *task -= own;
    return group;
}

static void run_all(loci_batch *batch, size_t (*tasks)(const loci_batch_group *),
                    void (*run)(void *, size_t, size_t))
{
    size_t all = 0;
    for (size_t g = 0; g < batch->runner.used; g++) all += tasks(&batch->groups[g]);
    loci_threads_run(batch->runner.threads, all, run, batch);
}

static size_t parts(const loci_batch_group *group)
{
    return loci_network_parts(group->micro.network);
}

static size_t shards(const loci_batch_group *group)
{
    return group->end - group->first;
}

static size_t slices(const loci_batch_group *group)
{
    return group->end - group->first > 1 ? (group->gradient_size + SLICE - 1) / SLICE : 0;
}

static void learn(void *context, size_t task, size_t thread)
{
    const loci_batch *batch = context;
    const loci_batch_group *group = group_of(batch, &task, shards);
    float *gradient = group->leaf[group->first + task];
    const size_t first = (group->first + task) * group->shard, left = group->of.count - first;
    memset(gradient, 0, group->gradient_size * sizeof *gradient);
    loci_micro_batch_run(&group->micro, gradient, group->of.first + first,
                         left < group->shard ? left : group->shard,
                         batch->runner.workspace + thread * batch->runner.workspace_size);
}

/* What lies within this rank's shards. */
static void add_shards(void *context, size_t task, size_t thread)
{
    (void)thread;
    const loci_batch_group *group = group_of(context, &task, slices);
    const size_t size = group->gradient_size, first = task * SLICE,
                 count = size - first < SLICE ? size - first : SLICE;
    loci_tree_add_within(group->leaf, group->shards, group->first, group->end, first, count);
}

static void gather(void *context, size_t task, size_t thread)
{
    (void)thread;
    const loci_batch *batch = context;
    const loci_batch_group *group = group_of(batch, &task, parts);
    loci_network_gather(batch->runner.network[group->of.rung], group->dparameters, group->gradient,
                        loci_model_values_const(batch->runner.model), task);
}

loci_status loci_batch_run(loci_batch *batch, float *gradient, uint64_t seed, loci_error *error)
{
    const size_t used = batch->runner.used;
    for (size_t g = 0; g < used; g++) batch->groups[g].micro.seed = seed;
    batch->groups[0].dparameters = gradient;
    loci_runner_prepare(&batch->runner, 0, used);
    run_all(batch, shards, learn);
    run_all(batch, slices, add_shards);
    const loci_status status = batch->team.ranks > 1 ? loci_batch_join(batch, error) : LOCI_OK;
    if (status) return status;
    run_all(batch, parts, gather);
    for (size_t g = 1; g < used; g++)
        loci_tree_add(gradient, batch->groups[g].dparameters, loci_model_size(batch->runner.model));
    return LOCI_OK;
}
