/* SPDX-License-Identifier: MIT
 *
 * training.h - a training from its first step, or from where it was stopped, to the model's file.
 *
 * Two files are kept. MODEL is the best model so far: written after every epoch that improved, and at the end. MODEL.resume
 * is all that is needed to go on: written before the first step, after every epoch, about every minute, and when a signal
 * asks to stop; removed when MODEL is whole, and what was to be drawn is, too. Of an epoch that improved MODEL is written first. A kill between any
 * two of these leaves a MODEL.resume from which the same steps are made again, to the same bits, and what they write is
 * what was there already.
 */
#ifndef LOCI_CLI_TRAINING_H
#define LOCI_CLI_TRAINING_H

#include <stdbool.h>

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/train.h>

#include "train/training_record.h"
#include "train/training_settings.h"

typedef struct {
    const char *output;  /* MODEL */
    const char *log;     /* NULL: none */
    const char *command; /* what the model's note says that it was made by */
    const char *note;    /* words of the user's for that note, or NULL */
    bool resume;
    loci_train_options options;
    const training_settings *settings; /* where they came from */
} training_plan;

typedef struct {
    training_record record;
    loci_train_report report; /* the last */
    double seconds;           /* of this run and of those that it resumed */
    uint64_t steps;           /* of this run */
    bool finished;            /* by an earlier run: there was nothing to do */
} training_result;

/* Before any work, given the path of MODEL: whether that can be a file, and whether MODEL.resume is there while neither
 * --resume nor --restart was given. A status. */
int training_check(const char *model, bool resume, bool restart);

/* valid may be NULL. A status, after saying what went wrong; the result is released by training_release in any case. */
int training_run(training_result *result, loci_model *model, const loci_dataset *train,
                 const loci_dataset *valid, const training_plan *plan);
/* Then, when nothing more is made of the result: MODEL.resume goes. A status. */
int training_forget(const char *model);
void training_release(training_result *result);

/* Loss and score, drawn to path as `--plot` says. */
int training_draw(const training_result *result, const char *model, const char *path);

#endif
