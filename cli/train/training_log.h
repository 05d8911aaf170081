/* SPDX-License-Identifier: MIT
 *
 * training_log.h - a training as lines of JSON, each written whole as soon as it is known: a step
 *     {"step": 1, "epoch": 1, "loss": 2.3, "seconds": 0.27}
 * and an epoch
 *     {"epoch": 1, "train_loss": 1.9, "valid_loss": 1.7, "valid_accuracy": 0.38, "seconds": 213}
 * with the score under the name that the task gives it.
 */
#ifndef LOCI_CLI_TRAINING_LOG_H
#define LOCI_CLI_TRAINING_LOG_H

#include <stdbool.h>

#include "train/training_record.h"

typedef struct {
    const char *path; /* NULL: no log is wanted, and the others do nothing */
    int descriptor;
} training_log;

/* Each returns 0, or 1 after saying what went wrong. "-" is standard output. What stood in the file is replaced by the
 * lines of the record: after a kill it may hold steps behind the saved position, which are made anew. */
int log_open(training_log *log, const char *path, const training_record *record);
/* The last step, the last epoch of the record. */
int log_step(const training_log *log, const training_record *record);
int log_epoch(const training_log *log, const training_record *record);
void log_close(training_log *log);

#endif
