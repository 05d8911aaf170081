/* SPDX-License-Identifier: MIT
 * train/micro_batch.h - micro-batches: what one thread takes through a network at a time. */
#ifndef LOCI_TRAIN_MICRO_BATCH_H
#define LOCI_TRAIN_MICRO_BATCH_H

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/network.h>

#include "model/task.h"

typedef struct {
    const loci_network *network; /* prepared, for sequences of L samples */
    const loci_model *model;
    const loci_task_row *task; /* the model's */
    const loci_dataset *set;
    const size_t *sequences; /* numbers within the set, none longer than L */
    loci_tally *tally;       /* of each of them */
    float *answer; /* what the task's `lose` tells, of each of them from its place on; NULL: not wanted */
    const size_t *place; /* of each of them, in floats */
    size_t L;
    size_t most;      /* sequences of a micro-batch */
    uint64_t seed;    /* of dropout, and of augment where there is a gradient */
    uint64_t augment; /* of loci_train_options */
    double scale;     /* of gradients */
} loci_micro_batch;

/* How many sequences of L samples make a micro-batch: as many as have the numbers of one of 1024 samples at width 128, up
 * to 16. More are slower, as they leave the cache, and take more memory. The steps of an LSTM are products of so many rows
 * with its weights, which take four to be quick. */
size_t loci_micro_batch_most(const loci_model_config *config, size_t L);

/* Bytes, on a 64-byte boundary; 0: too many. */
size_t loci_micro_batch_workspace(const loci_micro_batch *micro, int backward);

/* target = that of a sequence, values normalised as the model's description says; returns how many rows it has. */
size_t loci_micro_batch_target(double *target, const loci_model *model, const loci_task_row *task,
                               const loci_dataset *set, size_t sequence);

/* Takes sequences `first` to first + count - 1 through the network, in micro-batches: fills tally and answer, and, where
 * gradient is not NULL, adds that of scale times their losses, with dropout on. */
void loci_micro_batch_run(const loci_micro_batch *micro, float *gradient, size_t first, size_t count,
                          void *workspace);

#endif
