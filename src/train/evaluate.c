/* SPDX-License-Identifier: MIT
 * evaluate.c - how good a model is on a set.
 *
 * A group of sequences of like length at a time is done, in rounds of some micro-batches a thread. What answers come to is
 * summed in an order that does not depend on rounds. Ranks of a team share out the micro-batches of a round, and tell one another
 * what the answers are; each adds them up. */
#include <loci/train.h>

#include <math.h>
#include <time.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "train/evaluator.h"
#include "train/fit.h"
#include "train/score.h"
#include "train/threads.h"

/* ---- life ---- */

void loci_evaluator_close(loci_evaluator *e)
{
    loci_runner_close(&e->runner);
    loci_free(e->sequences);
    loci_free(e->part);
    loci_free(e->place);
    loci_free(e->answer);
    loci_free(e->target);
    *e = (loci_evaluator){0};
}

loci_status loci_evaluator_open(loci_evaluator *e, const loci_model *model, const loci_dataset *set,
                                const loci_team *team, size_t threads, double rate, loci_error *error)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    *e = (loci_evaluator){.team = *team, .count = info.sequences};
    const loci_status status = loci_runner_open(&e->runner, model, set, e->count, threads, rate, error);
    if (status) return status;
    size_t target;
    const int fits = loci_size_multiply(&target, info.target.each ? info.longest : 1, info.outputs);
    e->sequences = loci_allocate(e->count, sizeof *e->sequences);
    e->place = loci_allocate(e->count, sizeof *e->place);
    e->part = loci_allocate(team->ranks + 1, sizeof *e->part);
    e->target = fits ? loci_allocate(target, sizeof *e->target) : NULL;
    if (!e->sequences || !e->place || !e->part || !e->target)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory to evaluate %zu sequences", e->count);
    for (size_t i = 0; i < e->count; i++) e->sequences[i] = i;
    uint64_t hands = threads;
    const loci_status added = loci_team_add(team, &hands, error);
    e->hands = (size_t)hands;
    return added;
}

/* ---- rounds ---- */

static loci_status open_group(loci_evaluator *e, size_t g, loci_error *error)
{
    e->micro = loci_runner_micro_batch(&e->runner, g);
    e->micro.place = e->place;
    const size_t bytes = loci_micro_batch_workspace(&e->micro, 0),
                 batches = (e->runner.groups[g].count + e->micro.most - 1) / e->micro.most,
                 threads = e->runner.threads < batches ? e->runner.threads : batches;
    if (bytes == 0 || loci_runner_provide(&e->runner, threads, bytes))
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for sequences of %zu samples on %zu threads",
                         e->micro.L, threads);
    loci_runner_prepare(&e->runner, g, 1);
    return LOCI_OK;
}

/* Where the answers to the sequences of the round go. */
static loci_status place(loci_evaluator *e, loci_error *error)
{
    size_t room = 0, own;
    const size_t width = e->micro.task->is.values ? loci_model_configuration(e->runner.model)->outputs : 1;
    for (size_t i = e->first; i < e->end; i++) {
        e->place[i] = room;
        if (!loci_size_multiply(&own, loci_dataset_targets(e->runner.set, e->runner.sorted[i]), width) ||
            !loci_size_add(&room, room, own))
            return loci_fail(error, LOCI_E_MEMORY, "out of memory for the answers to %zu sequences",
                             e->end - e->first);
    }
    e->answers = room;
    if (room > e->room) {
        loci_free(e->answer);
        e->answer = loci_allocate(room, sizeof *e->answer);
        e->room = e->answer ? room : 0;
        if (!e->answer)
            return loci_fail(error, LOCI_E_MEMORY, "out of memory for the answers to %zu sequences",
                             e->end - e->first);
    }
    e->micro.answer = e->answer;
    return LOCI_OK;
}

/* Micro-batches of the round, and which of them is the first of a rank. */
static size_t batches(const loci_evaluator *e)
{
    return (e->end - e->first + e->micro.most - 1) / e->micro.most;
}

static size_t begins(const loci_evaluator *e, size_t rank)
{
    return loci_team_share(&e->team, batches(e), rank);
}

static void forward(void *context, size_t task, size_t thread)
{
    const loci_evaluator *e = context;
    const size_t first = e->first + (begins(e, e->team.rank) + task) * e->micro.most, left = e->end - first;
    loci_micro_batch_run(&e->micro, NULL, first, left < e->micro.most ? left : e->micro.most,
                         e->runner.workspace + thread * e->runner.workspace_size);
}

/* The tallies and answers of all ranks, and whether one of them wants to stop. */
static loci_status gather(loci_evaluator *e, int *stop, loci_error *error)
{
    const size_t ranks = e->team.ranks;
    const uint64_t sequences = e->end - e->first;
    uint64_t wish = *stop != 0;
    if (ranks == 1) return LOCI_OK;
    for (size_t r = 0; r <= ranks; r++) {
        const size_t at = begins(e, r) * e->micro.most;
        e->part[r] = (at < sequences ? at : sequences) * sizeof *e->runner.tally;
    }
    loci_status status = loci_team_gather(&e->team, e->runner.tally + e->first, e->part, error);
    for (size_t r = 0; r <= ranks; r++) {
        const size_t at = e->first + begins(e, r) * e->micro.most;
        e->part[r] = (at < e->end ? e->place[at] : e->answers) * sizeof *e->answer;
    }
    if (!status) status = loci_team_gather(&e->team, e->answer, e->part, error);
    if (!status) status = loci_team_add(&e->team, &wish, error);
    *stop = wish != 0;
    return status;
}

static loci_status add_up(loci_score *score, loci_evaluator *e, loci_error *error)
{
    for (size_t i = e->first; i < e->end; i++) {
        const size_t sequence = e->runner.sorted[i];
        if (!isfinite(e->runner.tally[i].loss)) {
            char name[128];
            loci_dataset_name(e->runner.set, sequence, name, sizeof name);
            return loci_fail(error, LOCI_E_VALUE, "the loss of %s is not finite", name);
        }
        const size_t rows =
            loci_micro_batch_target(e->target, e->runner.model, e->micro.task, e->runner.set, sequence);
        loci_score_add(score, &e->runner.tally[i], e->answer + e->place[i], e->target, rows);
    }
    return LOCI_OK;
}

static loci_status go_through(loci_score *score, loci_evaluator *e,
                              int (*progress)(void *, size_t done, size_t all), void *context,
                              loci_error *error)
{
    enum { ROUND = 16 }; /* micro-batches a thread: what threads wait at the end of a round is little */
    loci_status status = loci_runner_group(&e->runner, e->sequences, e->count, error);
    for (size_t g = 0; !status && g < e->runner.used; g++) {
        status = open_group(e, g, error);
        const loci_length_group *group = &e->runner.groups[g];
        const size_t last = group->first + group->count, round = ROUND * e->hands * e->micro.most;
        for (e->first = group->first; !status && e->first < last; e->first = e->end) {
            e->end = last - e->first > round ? e->first + round : last;
            status = place(e, error);
            if (status) break;
            loci_threads_run(e->runner.threads, begins(e, e->team.rank + 1) - begins(e, e->team.rank),
                             forward, e);
            int stop = progress && progress(context, e->end, e->count) != 0;
            status = gather(e, &stop, error);
            if (!status) status = add_up(score, e, error);
            if (!status && stop)
                status =
                    loci_fail(error, LOCI_E_STOPPED, "stopped after %zu of %zu sequences", e->end, e->count);
        }
    }
    return status;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

loci_status loci_evaluator_run(loci_evaluator *e, loci_evaluation *result,
                               int (*progress)(void *, size_t done, size_t all), void *context,
                               loci_error *error)
{
    const double start = now();
    loci_score score;
    loci_status status = loci_score_open(
        &score, e->runner.task, loci_model_configuration(e->runner.model)->outputs, result->confusion, error);
    if (!status) status = go_through(&score, e, progress, context, error);
    if (!status) {
        result->sequences = e->count;
        loci_score_finish(&score, result, loci_model_description(e->runner.model)->target_scale);
        result->seconds = now() - start;
    }
    loci_score_close(&score);
    return status;
}

/* All ranks must have the same of everything. */
static loci_status check_alike(const loci_team *team, const loci_model *model, const loci_dataset *set,
                               loci_error *error)
{
    static const char *const names[] = {"model", "number of sequences", "set"};
    const loci_dataset_info info = loci_dataset_inspect(set);
    if (team->ranks == 1) return LOCI_OK;
    const uint64_t numbers[] = {loci_model_fingerprint(model), info.sequences, info.fingerprint};
    size_t rank, which;
    const loci_status status =
        loci_team_compare(team, numbers, sizeof numbers / sizeof *numbers, &rank, &which, error);
    if (status || rank == 0) return status;
    return loci_fail(error, LOCI_E_MISMATCH, "%s of rank %zu is another one than that of rank 0",
                     names[which], rank);
}

loci_status loci_evaluate(loci_evaluation *result, const loci_model *model, const loci_dataset *set,
                          const loci_evaluate_options *given, loci_error *error)
{
    const double start = now();
    loci_evaluate_options whole = {0};
    const loci_evaluate_options *options = &whole;
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_evaluation sum = {0};
    loci_team team;
    loci_status status = LOCI_SIZED_TAKE(&sum, result, "loci_evaluation", error);
    if (!status && given) status = LOCI_SIZED_TAKE_SINCE(&whole, given, loci_evaluate_options, team, error);
    if (!status) status = loci_team_take(&team, options->team, error);
    if (!status) status = loci_fit_check(model, set, "set", error);
    if (status) return status;
    if (options->threads > LOCI_THREADS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "number of threads is %zu; 0 to %d was expected",
                         options->threads, LOCI_THREADS_MAX);
    if (!(options->rate >= 0 && isfinite(options->rate)))
        return loci_fail(error, LOCI_E_ARGUMENT, "rate is %g Hz; 0 or more was expected", options->rate);
    if (info.sequences == 0) return loci_fail(error, LOCI_E_MISMATCH, "the set has no sequences");
    status = check_alike(&team, model, set, error);
    if (status) return status;
    double steps;
    status = loci_fit_steps(&steps, model, options->rate > 0 ? options->rate : info.rate, error);
    if (status) return status;
    loci_evaluator e;
    status = loci_evaluator_open(&e, model, set, &team, loci_threads_count(options->threads), steps, error);
    if (!status) status = loci_evaluator_run(&e, &sum, options->progress, options->context, error);
    loci_evaluator_close(&e);
    if (status) return status;
    sum.seconds = now() - start;
    loci_sized_give(result, result->size ? result->size : sizeof sum, &sum, sizeof sum);
    return LOCI_OK;
}
