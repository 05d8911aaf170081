/* SPDX-License-Identifier: MIT
 * runner.c - groups, networks, workspaces. */
#include "train/runner.h"

#include "base/allocate.h"
#include "base/status.h"
#include "model/network.h"
#include "train/threads.h"

/* ---- life ---- */

loci_status loci_runner_open(loci_runner *runner, const loci_model *model, const loci_dataset *set,
                             size_t most, size_t threads, double rate, loci_error *error)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    size_t shortest = info.longest;
    for (size_t i = 0; i < info.sequences; i++) {
        const size_t length = loci_dataset_length(set, i);
        if (length < shortest) shortest = length;
    }
    *runner = (loci_runner){.model = model,
                            .task = loci_task_look_up(loci_model_description(model)->task),
                            .set = set,
                            .rate = rate,
                            .threads = threads};
    loci_ladder_make(&runner->ladder, shortest, info.longest);
    runner->network = loci_allocate(runner->ladder.count, sizeof *runner->network);
    runner->groups = loci_allocate(runner->ladder.count, sizeof *runner->groups);
    runner->sorted = loci_allocate(most, sizeof *runner->sorted);
    runner->tally = loci_allocate(most, sizeof *runner->tally);
    if (runner->network && runner->groups && runner->sorted && runner->tally) return LOCI_OK;
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu sequences at a time", most);
}

void loci_runner_close(loci_runner *runner)
{
    for (size_t i = 0; runner->network && i < runner->ladder.count; i++)
        loci_network_free(runner->network[i]);
    void *const all[] = {runner->network, runner->groups, runner->sorted, runner->tally, runner->workspace};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    *runner = (loci_runner){0};
}

/* ---- groups ---- */

loci_status loci_runner_group(loci_runner *runner, const size_t *sequences, size_t count, loci_error *error)
{
    runner->used =
        loci_lengths_group(runner->groups, runner->sorted, &runner->ladder, runner->set, sequences, count);
    const loci_dataset_info info = loci_dataset_inspect(runner->set);
    for (size_t g = 0; g < runner->used; g++) {
        loci_network **network = &runner->network[runner->groups[g].rung];
        if (*network) continue;
        const loci_status status = loci_network_create_in(
            network, runner->model, loci_runner_length(runner, g), runner->precision, error);
        if (status) return status;
        loci_network_frame(*network, runner->model, info.origin, info.unit);
    }
    return LOCI_OK;
}

size_t loci_runner_length(const loci_runner *runner, size_t group)
{
    return runner->ladder.length[runner->groups[group].rung];
}

loci_micro_batch loci_runner_micro_batch(const loci_runner *runner, size_t group)
{
    const size_t L = loci_runner_length(runner, group);
    return (loci_micro_batch){.network = runner->network[runner->groups[group].rung],
                              .model = runner->model,
                              .task = runner->task,
                              .set = runner->set,
                              .sequences = runner->sorted,
                              .tally = runner->tally,
                              .L = L,
                              .most = loci_micro_batch_most(loci_model_configuration(runner->model), L)};
}

loci_status loci_runner_provide(loci_runner *runner, size_t workers, size_t bytes)
{
    size_t all;
    if (bytes <= runner->workspace_size && workers <= runner->workers) return LOCI_OK;
    if (bytes < runner->workspace_size) bytes = runner->workspace_size;
    if (workers < runner->workers) workers = runner->workers;
    loci_free(runner->workspace);
    runner->workspace = NULL, runner->workers = runner->workspace_size = 0;
    if (!loci_size_multiply(&all, workers, bytes)) return LOCI_E_MEMORY;
    runner->workspace = loci_allocate(all, 1);
    if (!runner->workspace) return LOCI_E_MEMORY;
    runner->workers = workers, runner->workspace_size = bytes;
    return LOCI_OK;
}

/* ---- prepare ---- */

typedef struct {
    const loci_runner *runner;
    size_t first;
} range;

static void prepare(void *context, size_t task, size_t thread)
{
    (void)thread;
    const range *r = context;
    size_t group = r->first, parts;
    loci_network *network;
    for (;; group++, task -= parts) {
        network = r->runner->network[r->runner->groups[group].rung];
        parts = loci_network_parts(network);
        if (task < parts) break;
    }
    loci_network_prepare(network, loci_model_values_const(r->runner->model), r->runner->rate, task);
}

void loci_runner_prepare(const loci_runner *runner, size_t first, size_t count)
{
    range r = {runner, first};
    size_t parts = 0;
    for (size_t g = first; g < first + count; g++)
        parts += loci_network_parts(runner->network[runner->groups[g].rung]);
    loci_threads_run(runner->threads, parts, prepare, &r);
}
