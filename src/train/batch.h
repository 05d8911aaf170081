/* SPDX-License-Identifier: MIT
 * train/batch.h - the loss and the gradient of a batch, on several threads.
 *
 * A group of the runner's is cut into shards, each with a gradient buffer: a thread takes a shard through the network, micro-batch by micro-batch. Buffers are added in a
 * tree. Groups, shards and the tree depend on the batch alone, so the bits do not depend on the threads. */
#ifndef LOCI_TRAIN_BATCH_H
#define LOCI_TRAIN_BATCH_H

#include "train/runner.h"

/* A group of this batch. */
typedef struct {
    loci_length_group of;
    loci_micro_batch micro;
    size_t shards, shard; /* how many; sequences of each but the last */
    size_t gradient_size; /* floats of one shard */
    float *gradient;      /* [shards][gradient_size] */
    float *dparameters;   /* [model_size] */
} loci_batch_group;

typedef struct {
    loci_runner runner;
    size_t most;
    loci_batch_group *groups;                /* [runner.ladder.count] */
    size_t shards, targets;                  /* of this batch */
    float *gradients;                        /* of all shards; grows when a batch needs it */
    float *dparameters;                      /* [groups][model_size], likewise */
    size_t gradients_size, dparameters_size; /* floats */
} loci_batch;

/* For batches of up to `most` sequences of the set. The model must live as long. LOCI_E_MEMORY. */
loci_status loci_batch_open(loci_batch *batch, const loci_model *model, const loci_dataset *set, size_t most,
                            size_t threads, double rate, loci_error *error);
void loci_batch_close(loci_batch *batch); /* of zeros is allowed */

/* Plans the batch of sequences [count], and provides for it what memory it needs. LOCI_E_MEMORY: there is no plan then. */
loci_status loci_batch_plan(loci_batch *batch, const size_t *sequences, size_t count, loci_error *error);

/* The batch that was planned, with the model's parameters: fills the runner's tally; gradient [loci_model_size] = that of the
 * mean loss, not finite where something went wrong. */
void loci_batch_run(loci_batch *batch, float *gradient, uint64_t seed);

#endif
