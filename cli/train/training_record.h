/* SPDX-License-Identifier: MIT
 *
 * training_record.h - what a training has told so far, step by step and epoch by epoch. It is kept in MODEL.resume with
 * the trainer's own bytes, so that the log and the chart of a training that was resumed are those of one run.
 *
 * MODEL.resume is little-endian: "lociTRAN", u32 version 1, u32 0, u64 steps, u64 epochs, u64 best, then a step a row of
 * three f64, an epoch a row of a u64 and five f64, the u64 FNV-1a of all that, and the bytes of the trainer to the end.
 */
#ifndef LOCI_CLI_TRAINING_RECORD_H
#define LOCI_CLI_TRAINING_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/task.h>

typedef struct {
    /* since the training began, without the time between a stop and a --resume */
    double loss, score, seconds;
} record_step;

typedef struct {
    uint64_t step; /* its last one */
    double train_loss, train_score;
    double valid_loss, valid_score; /* NAN: nothing is there to validate with */
    double seconds;
} record_epoch;

typedef struct {
    const loci_task_info *task; /* what losses and scores are of; not kept */
    record_step *steps;
    record_epoch *epochs;
    size_t step_count, epoch_count;
    size_t step_room, epoch_room;
    uint64_t best; /* number of the epoch with the best model, from 1; 0: there is none yet */
} training_record;

/* false: out of memory, and the record is as before. */
bool record_add_step(training_record *record, record_step step);
bool record_add_epoch(training_record *record, record_epoch epoch, bool best);
void record_release(training_record *record);

/* Seconds at the end of what is recorded. */
double record_seconds(const training_record *record);

/* The bytes of MODEL.resume, from record and trainer; released by free(). NULL: out of memory. */
void *record_pack(const training_record *record, const void *trainer, size_t trainer_size, size_t *size);
/* From such bytes into an empty record; *trainer points into them. false: they are damaged (or memory is short, which
 * *memory tells), and the record is empty. */
bool record_unpack(training_record *record, const void **trainer, size_t *trainer_size, const void *bytes,
                   size_t size, bool *memory);

#endif
