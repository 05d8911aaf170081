/* SPDX-License-Identifier: MIT
 * batch.c - the gradient of a batch. */
#include "train/batch.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "base/vector.h"
#include "train/threads.h"

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
                            size_t threads, double rate, loci_error *error)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    size_t shortest = info.longest;
    for (size_t i = 0; i < info.sequences; i++) {
        const size_t length = loci_dataset_length(set, i);
        if (length < shortest) shortest = length;
    }
    *batch = (loci_batch){.model = model, .set = set, .rate = rate, .most = most, .threads = threads};
    loci_ladder_make(&batch->ladder, shortest, info.longest);
    const size_t rungs = batch->ladder.count;
    batch->network = loci_allocate(rungs, sizeof *batch->network);
    batch->lengths = loci_allocate(rungs, sizeof *batch->lengths);
    batch->groups = loci_allocate(rungs, sizeof *batch->groups);
    batch->sorted = loci_allocate(most, sizeof *batch->sorted);
    batch->loss = loci_allocate(most, sizeof *batch->loss);
    batch->answer = loci_allocate(most, sizeof *batch->answer);
    if (batch->network && batch->lengths && batch->groups && batch->sorted && batch->loss && batch->answer)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for batches of %zu sequences", most);
}

void loci_batch_close(loci_batch *batch)
{
    for (size_t i = 0; batch->network && i < batch->ladder.count; i++) loci_network_free(batch->network[i]);
    void *const all[] = {batch->network, batch->lengths,   batch->groups,      batch->sorted,   batch->loss,
                         batch->answer,  batch->gradients, batch->dparameters, batch->workspace};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
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
    return (batch->most + shards - 1) / shards;
}

static loci_status plan_group(loci_batch *batch, loci_batch_group *group, loci_error *error)
{
    const size_t rung = group->of.rung, L = batch->ladder.length[rung];
    const loci_model_config *config = loci_model_configuration(batch->model);
    if (!batch->network[rung]) {
        const loci_status status = loci_network_create(&batch->network[rung], batch->model, L, error);
        if (status) return status;
        const loci_dataset_info info = loci_dataset_inspect(batch->set);
        loci_network_frame(batch->network[rung], batch->model, info.origin, info.unit);
    }
    group->micro = (loci_micro_batch){.network = batch->network[rung],
                                      .config = config,
                                      .set = batch->set,
                                      .sequences = batch->sorted,
                                      .loss = batch->loss,
                                      .answer = batch->answer,
                                      .L = L,
                                      .most = loci_micro_batch_most(config, L)};
    group->gradient_size = loci_network_gradient_size(group->micro.network);
    group->shard = shard_of(batch, group->gradient_size);
    group->shards = (group->of.count + group->shard - 1) / group->shard;
    if (group->micro.most > group->shard) group->micro.most = group->shard;
    batch->shards += group->shards;
    return LOCI_OK;
}

/* Room for `wanted` floats; what was in it is lost. NULL: there is no memory. */
static float *provide(float *memory, size_t *have, size_t wanted)
{
    if (*have >= wanted && memory) return memory;
    loci_free(memory);
    memory = loci_allocate(wanted, sizeof *memory);
    *have = memory ? wanted : 0;
    return memory;
}

static loci_status provide_all(loci_batch *batch, loci_error *error)
{
    size_t gradients = 0, part, most = 0, bytes;
    const size_t size = loci_model_size(batch->model);
    for (size_t g = 0; g < batch->used; g++) {
        const loci_batch_group *group = &batch->groups[g];
        const size_t workspace = loci_micro_batch_workspace(&group->micro, 1);
        if (workspace == 0 || !loci_size_multiply(&part, group->shards, group->gradient_size) ||
            !loci_size_add(&gradients, gradients, part))
            goto out_of_memory;
        if (workspace > most) most = workspace;
    }
    const size_t workers = batch->threads < batch->shards ? batch->threads : batch->shards;
    if (most > batch->workspace_size || workers > batch->workers) {
        if (most < batch->workspace_size) most = batch->workspace_size;
        loci_free(batch->workspace);
        batch->workspace = NULL, batch->workers = batch->workspace_size = 0;
        if (!loci_size_multiply(&bytes, workers, most)) goto out_of_memory;
        batch->workspace = loci_allocate(bytes, 1);
        if (!batch->workspace) goto out_of_memory;
        batch->workers = workers, batch->workspace_size = most;
    }
    if (!loci_size_multiply(&part, batch->used - 1, size)) goto out_of_memory;
    batch->gradients = provide(batch->gradients, &batch->gradients_size, gradients);
    batch->dparameters = provide(batch->dparameters, &batch->dparameters_size, part);
    if (!batch->gradients || !batch->dparameters) goto out_of_memory;
    return LOCI_OK;
out_of_memory:
    return loci_fail(error, LOCI_E_MEMORY,
                     "out of memory for the gradients of %zu sequences of up to %zu samples on %zu threads",
                     batch->most, batch->ladder.length[batch->groups[0].of.rung], batch->threads);
}

loci_status loci_batch_plan(loci_batch *batch, const size_t *sequences, size_t count, loci_error *error)
{
    batch->shards = 0;
    batch->used =
        loci_lengths_group(batch->lengths, batch->sorted, &batch->ladder, batch->set, sequences, count);
    for (size_t g = 0; g < batch->used; g++) {
        batch->groups[g] = (loci_batch_group){.of = batch->lengths[g]};
        const loci_status status = plan_group(batch, &batch->groups[g], error);
        if (status) return status;
        batch->groups[g].micro.scale = 1 / (double)count;
    }
    const loci_status status = provide_all(batch, error);
    if (status) return status;
    float *gradient = batch->gradients;
    for (size_t g = 0; g < batch->used; g++) {
        loci_batch_group *group = &batch->groups[g];
        group->gradient = gradient;
        gradient += group->shards * group->gradient_size;
        group->dparameters = g > 0 ? batch->dparameters + (g - 1) * loci_model_size(batch->model) : NULL;
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
    for (size_t g = 0; g < batch->used; g++) all += tasks(&batch->groups[g]);
    loci_threads_run(batch->threads, all, run, batch);
}

static size_t parts(const loci_batch_group *group)
{
    return loci_network_parts(group->micro.network);
}

static size_t shards(const loci_batch_group *group)
{
    return group->shards;
}

static size_t slices(const loci_batch_group *group)
{
    return group->shards > 1 ? (group->gradient_size + SLICE - 1) / SLICE : 0;
}

static void prepare(void *context, size_t task, size_t thread)
{
    (void)thread;
    const loci_batch *batch = context;
    const loci_batch_group *group = group_of(batch, &task, parts);
    loci_network_prepare(batch->network[group->of.rung], loci_model_values_const(batch->model), batch->rate,
                         task);
}

static void learn(void *context, size_t task, size_t thread)
{
    const loci_batch *batch = context;
    const loci_batch_group *group = group_of(batch, &task, shards);
    float *gradient = group->gradient + task * group->gradient_size;
    const size_t first = task * group->shard, left = group->of.count - first;
    memset(gradient, 0, group->gradient_size * sizeof *gradient);
    loci_micro_batch_run(&group->micro, gradient, group->of.first + first,
                         left < group->shard ? left : group->shard,
                         batch->workspace + thread * batch->workspace_size);
}

LOCI_HOT
static void add(float *restrict sum, const float *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++) sum[i] += x[i];
}

/* The first shard's gradient becomes that of all. */
static void add_shards(void *context, size_t task, size_t thread)
{
    (void)thread;
    const loci_batch_group *group = group_of(context, &task, slices);
    const size_t size = group->gradient_size, first = task * SLICE,
                 count = size - first < SLICE ? size - first : SLICE;
    for (size_t step = 1; step < group->shards; step *= 2)
        for (size_t i = 0; i + step < group->shards; i += 2 * step)
            add(group->gradient + i * size + first, group->gradient + (i + step) * size + first, count);
}

static void gather(void *context, size_t task, size_t thread)
{
    (void)thread;
    const loci_batch *batch = context;
    const loci_batch_group *group = group_of(batch, &task, parts);
    loci_network_gather(batch->network[group->of.rung], group->dparameters, group->gradient,
                        loci_model_values_const(batch->model), task);
}

void loci_batch_run(loci_batch *batch, float *gradient, uint64_t seed)
{
    for (size_t g = 0; g < batch->used; g++) batch->groups[g].micro.seed = seed;
    batch->groups[0].dparameters = gradient;
    run_all(batch, parts, prepare);
    run_all(batch, shards, learn);
    run_all(batch, slices, add_shards);
    run_all(batch, parts, gather);
    for (size_t g = 1; g < batch->used; g++)
        add(gradient, batch->groups[g].dparameters, loci_model_size(batch->model));
}
