/* SPDX-License-Identifier: MIT
 * train/fit.h - whether a model and a set of sequences belong together. */
#ifndef LOCI_TRAIN_FIT_H
#define LOCI_TRAIN_FIT_H

#include <loci/dataset.h>
#include <loci/model.h>

/* The set's targets are those of the model's task; inputs, outputs and, where both know them, the names of classes are the same.
 * `what` names the set in the sentence: "training set". LOCI_E_MISMATCH. */
loci_status loci_fit_check(const loci_model *model, const loci_dataset *set, const char *what,
                           loci_error *error);

/* *steps: how many of the model's steps a sample of `rate` Hz lasts; 1 where one of the rates is not known (0). Otherwise as
 * loci_model_steps, which refuses rates that the model cannot run at. */
loci_status loci_fit_steps(double *steps, const loci_model *model, double rate, loci_error *error);

#endif
