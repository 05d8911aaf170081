/* SPDX-License-Identifier: MIT
 * train/runner.h - a model made ready for the sequences of a set: what training and evaluation share.
 *
 * Sequences are grouped by length (train/lengths.h), each group for a network of its own, which is made when it is first
 * needed and kept; a thread has a workspace, which grows when a group needs more. */
#ifndef LOCI_TRAIN_RUNNER_H
#define LOCI_TRAIN_RUNNER_H

#include "train/lengths.h"
#include "train/micro_batch.h"

typedef struct {
    const loci_model *model;
    const loci_task_row *task; /* the model's */
    const loci_dataset *set;
    double rate;              /* of prepare */
    loci_precision precision; /* of networks; 0 at first */
    size_t threads;
    loci_ladder ladder;
    loci_network **network;    /* [ladder.count]; NULL: not used yet */
    loci_length_group *groups; /* [ladder.count] */
    size_t used;               /* groups of the sequences at hand */
    size_t *sorted;            /* [most] by group */
    loci_tally *tally;         /* [most] as sorted */
    char *workspace;           /* [workers][workspace_size] */
    size_t workspace_size, workers;
} loci_runner;

/* For up to `most` sequences of the set at a time. Model and set must live as long. LOCI_E_MEMORY. */
loci_status loci_runner_open(loci_runner *runner, const loci_model *model, const loci_dataset *set,
                             size_t most, size_t threads, double rate, loci_error *error);
void loci_runner_close(loci_runner *runner); /* of zeros is allowed */

/* groups, used and sorted of sequences [count], with a network for each group, not prepared. LOCI_E_MEMORY. */
loci_status loci_runner_group(loci_runner *runner, const size_t *sequences, size_t count, loci_error *error);
/* Samples of a group's network; and what its micro-batches are. */
size_t loci_runner_length(const loci_runner *runner, size_t group);
loci_micro_batch loci_runner_micro_batch(const loci_runner *runner, size_t group);

/* A workspace of so many bytes for each of the workers; what was in it is lost. LOCI_E_MEMORY, without a sentence. */
loci_status loci_runner_provide(loci_runner *runner, size_t workers, size_t bytes);

/* Prepares the networks of groups [first, first + count) with the parameters as they are now, on all threads. */
void loci_runner_prepare(const loci_runner *runner, size_t first, size_t count);

#endif
