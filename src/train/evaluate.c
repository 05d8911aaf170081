/* SPDX-License-Identifier: MIT
 * evaluate.c - how good a model is on a set.
 *
 * The set's sequences are grouped by length, and a group at a time is done, in rounds of some micro-batches a thread. Losses
 * are added in an order that does not depend on rounds. */
#include <loci/train.h>

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "train/fit.h"
#include "train/lengths.h"
#include "train/micro_batch.h"
#include "train/threads.h"

typedef struct {
    const loci_model *model;
    loci_network *network; /* of the group at hand */
    loci_micro_batch micro;
    double rate;
    size_t threads, count;
    size_t first, end; /* of the round */
    loci_ladder ladder;
    loci_length_group *groups; /* [ladder.count] */
    size_t *sequences, *sorted;
    char *workspace; /* [threads][workspace_size] */
    size_t workspace_size;
} evaluation;

static void close_all(evaluation *e)
{
    loci_network_free(e->network);
    loci_free(e->workspace);
    loci_free(e->groups);
    loci_free(e->sequences);
    loci_free(e->micro.loss);
    loci_free(e->micro.answer);
}

static loci_status open_all(evaluation *e, const loci_dataset *set, loci_error *error)
{
    size_t shortest = e->micro.L;
    for (size_t i = 0; i < e->count; i++) {
        const size_t length = loci_dataset_length(set, i);
        if (length < shortest) shortest = length;
    }
    loci_ladder_make(&e->ladder, shortest, e->micro.L);
    e->groups = loci_allocate(e->ladder.count, sizeof *e->groups);
    e->sequences = loci_allocate(e->count, 2 * sizeof *e->sequences);
    e->micro.loss = loci_allocate(e->count, sizeof *e->micro.loss);
    e->micro.answer = loci_allocate(e->count, sizeof *e->micro.answer);
    if (!e->groups || !e->sequences || !e->micro.loss || !e->micro.answer)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory to evaluate %zu sequences", e->count);
    e->sorted = e->sequences + e->count;
    for (size_t i = 0; i < e->count; i++) e->sequences[i] = i;
    e->micro.set = set;
    e->micro.sequences = e->sorted;
    e->micro.config = loci_model_configuration(e->model);
    return LOCI_OK;
}

static void prepare(void *context, size_t part, size_t thread)
{
    (void)thread;
    evaluation *e = context;
    loci_network_prepare(e->network, loci_model_values_const(e->model), e->rate, part);
}

static loci_status open_group(evaluation *e, const loci_length_group *group, loci_error *error)
{
    const size_t L = e->ladder.length[group->rung];
    size_t bytes;
    loci_network_free(e->network);
    loci_free(e->workspace);
    e->network = NULL, e->workspace = NULL;
    const loci_status status = loci_network_create(&e->network, e->model, L, error);
    if (status) return status;
    const loci_dataset_info info = loci_dataset_inspect(e->micro.set);
    loci_network_frame(e->network, e->model, info.origin, info.unit);
    e->micro.network = e->network;
    e->micro.L = L;
    e->micro.most = loci_micro_batch_most(e->micro.config, L);
    e->workspace_size = loci_micro_batch_workspace(&e->micro, 0);
    const size_t batches = (group->count + e->micro.most - 1) / e->micro.most;
    const size_t threads = e->threads < batches ? e->threads : batches;
    if (e->workspace_size && loci_size_multiply(&bytes, threads, e->workspace_size))
        e->workspace = loci_allocate(bytes, 1);
    if (!e->workspace)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for sequences of %zu samples on %zu threads", L,
                         threads);
    loci_threads_run(e->threads, loci_network_parts(e->network), prepare, e);
    return LOCI_OK;
}

static void forward(void *context, size_t task, size_t thread)
{
    const evaluation *e = context;
    const size_t first = e->first + task * e->micro.most, left = e->end - first;
    loci_micro_batch_run(&e->micro, NULL, first, left < e->micro.most ? left : e->micro.most,
                         e->workspace + thread * e->workspace_size);
}

static loci_status add_up(loci_evaluation *result, const evaluation *e, size_t *correct, loci_error *error)
{
    for (size_t i = e->first; i < e->end; i++) {
        const size_t sequence = e->sorted[i], label = loci_dataset_label(e->micro.set, sequence),
                     answer = e->micro.answer[i];
        if (!isfinite(e->micro.loss[i])) {
            char name[128];
            loci_dataset_name(e->micro.set, sequence, name, sizeof name);
            return loci_fail(error, LOCI_E_VALUE, "the loss of %s is not finite", name);
        }
        result->loss += e->micro.loss[i];
        *correct += answer == label;
        if (result->confusion) result->confusion[label * e->micro.config->outputs + answer]++;
    }
    return LOCI_OK;
}

/* Groups, and rounds of each. */
static loci_status go_through(evaluation *e, loci_evaluation *result, size_t *correct,
                              const loci_evaluate_options *options, loci_error *error)
{
    enum { ROUND = 16 }; /* micro-batches a thread: what threads wait at the end of a round is little */
    const size_t groups =
        loci_lengths_group(e->groups, e->sorted, &e->ladder, e->micro.set, e->sequences, e->count);
    for (size_t g = 0; g < groups; g++) {
        loci_status status = open_group(e, &e->groups[g], error);
        if (status) return status;
        const size_t last = e->groups[g].first + e->groups[g].count,
                     round = ROUND * e->threads * e->micro.most;
        for (e->first = e->groups[g].first; e->first < last; e->first = e->end) {
            e->end = last - e->first > round ? e->first + round : last;
            loci_threads_run(e->threads, (e->end - e->first + e->micro.most - 1) / e->micro.most, forward, e);
            status = add_up(result, e, correct, error);
            if (status) return status;
            if (options->progress && options->progress(options->context, e->end, e->count) != 0)
                return loci_fail(error, LOCI_E_STOPPED, "stopped after %zu of %zu sequences", e->end,
                                 e->count);
        }
    }
    return LOCI_OK;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

loci_status loci_evaluate(loci_evaluation *result, const loci_model *model, const loci_dataset *set,
                          const loci_evaluate_options *given, loci_error *error)
{
    const double start = now();
    loci_evaluate_options whole = {0};
    const loci_evaluate_options *options = &whole;
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_evaluation sum = {0};
    loci_status status = LOCI_SIZED_TAKE(&sum, result, "loci_evaluation", error);
    if (!status && given) status = LOCI_SIZED_TAKE(&whole, given, "loci_evaluate_options", error);
    if (!status) status = loci_fit_check(model, set, "set", error);
    if (status) return status;
    if (options->threads > LOCI_THREADS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "number of threads is %zu; 0 to %d was expected",
                         options->threads, LOCI_THREADS_MAX);
    if (!(options->rate >= 0 && isfinite(options->rate)))
        return loci_fail(error, LOCI_E_ARGUMENT, "rate is %g Hz; 0 or more was expected", options->rate);
    if (info.sequences == 0) return loci_fail(error, LOCI_E_MISMATCH, "the set has no sequences");
    evaluation e = {.model = model,
                    .count = info.sequences,
                    .threads = loci_threads_count(options->threads),
                    .rate = loci_fit_rate(model, options->rate > 0 ? options->rate : info.rate),
                    .micro = {.L = info.longest}};
    sum = (loci_evaluation){.sequences = info.sequences, .confusion = sum.confusion};
    size_t correct = 0;
    if (sum.confusion) memset(sum.confusion, 0, info.classes * info.classes * sizeof *sum.confusion);
    status = open_all(&e, set, error);
    if (!status) status = go_through(&e, &sum, &correct, options, error);
    close_all(&e);
    if (status) return status;
    sum.loss /= (double)info.sequences;
    sum.accuracy = (double)correct / (double)info.sequences;
    sum.seconds = now() - start;
    sum.size = result->size;
    loci_sized_give(result, result->size ? result->size : sizeof sum, &sum, sizeof sum);
    return LOCI_OK;
}
