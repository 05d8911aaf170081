/* SPDX-License-Identifier: MIT
 * train/batch.h - the loss and the gradient of a batch, on several threads.
 *
 * A group of the runner's is cut into shards, each with a gradient buffer: a thread takes a shard through the network, micro-batch by micro-batch. Buffers are added in a
 * tree (train/tree.h). Groups, shards and the tree depend on the batch alone, so the bits do not depend on the threads. Nor do
 * they on the ranks of a team: shards, numbered through all groups, are cut into as many runs of about the same work, a rank
 * takes its run, and what is left to be added is added in the same tree (batch_team.c). */
#ifndef LOCI_TRAIN_BATCH_H
#define LOCI_TRAIN_BATCH_H

#include "train/runner.h"
#include "base/team.h"

/* A group of this batch. */
typedef struct {
    loci_length_group of;
    loci_micro_batch micro;
    size_t shards, shard; /* how many; sequences of each but the last */
    size_t first, end;    /* the shards of this rank */
    size_t gradient_size; /* floats of one shard */
    float **leaf;         /* [shards]: gradients of those of this rank; room for what comes of others */
    /* [gradient_size]: the sum; where this rank has a shard that of the first one, until then */
    float *gradient;
    float *dparameters; /* [model_size] */
} loci_batch_group;

typedef struct {
    float *memory;
    size_t size; /* floats */
} loci_batch_room;

typedef struct {
    loci_runner runner;
    loci_team team;
    size_t most, shards_asked;
    uint64_t augment;         /* of loci_train_options; 0 as it is opened */
    loci_batch_group *groups; /* [runner.ladder.count] */
    size_t shards, targets;   /* of this batch */
    size_t *cut;              /* [ranks + 1]: shards of the ranks */
    size_t *first;            /* [ranks + 1]: bytes of the ranks, of what is gathered */
    float **leaves;           /* [leaves_size] of all groups */
    size_t leaves_size;
    loci_batch_room gradients, dparameters, received; /* grow when a batch needs it */
} loci_batch;

/* For batches of up to `most` sequences of the set, cut into `shards` where lengths are alike, 0: as suits them. The model must live
 * as long. LOCI_E_MEMORY. */
loci_status loci_batch_open(loci_batch *batch, const loci_model *model, const loci_dataset *set, size_t most,
                            size_t shards, const loci_team *team, size_t threads, double rate,
                            loci_error *error);
void loci_batch_close(loci_batch *batch); /* of zeros is allowed */

/* Plans the batch of sequences [count], and provides for it what memory it needs. LOCI_E_MEMORY: there is no plan then. */
loci_status loci_batch_plan(loci_batch *batch, const size_t *sequences, size_t count, loci_error *error);

/* The batch that was planned, with the model's parameters: fills the runner's tally; gradient [loci_model_size] = that of the
 * mean loss, not finite where something went wrong. LOCI_E_IO: of the team's. */
loci_status loci_batch_run(loci_batch *batch, float *gradient, uint64_t seed, loci_error *error);

/* ---- batch_team.c ---- */

/* cut, and which shards of the groups are this rank's, of shards as they were planned. */
void loci_batch_cut(loci_batch *batch);
/* Floats that come from other ranks for a group. */
size_t loci_batch_received(const loci_batch *batch, const loci_batch_group *group);
/* The tally of all sequences, and the groups' gradients, of those of all ranks, which have been added within. LOCI_E_IO. */
loci_status loci_batch_join(loci_batch *batch, loci_error *error);

#endif
