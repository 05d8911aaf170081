/* SPDX-License-Identifier: MIT
 * export_calibrate.h - a step of whole numbers beside one of floats, on sequences of a data set: ranges for it, and what it costs. */
#ifndef LOCI_CLI_EXPORT_CALIBRATE_H
#define LOCI_CLI_EXPORT_CALIBRATE_H

#include <stddef.h>

#include <loci/dataset.h>
#include <loci/export.h>

typedef struct {
    const loci_model *model;
    const char *path; /* of the data */
    loci_dataset *set;
    loci_dataset_info info;
    size_t count; /* sequences, at even distances in the set */
    float *u;     /* [longest][inputs] */
    double *target;
    float *floats; /* the answers of floats, [answers][outputs] */
    size_t answers;
    float *ranges; /* for loci_export_options */
    double score
        [2]; /* of floats and of whole numbers: the share that is right, or of the variance that is explained */
    double most, mean; /* by how much answers differ */
} export_calibration;

/* Statuses after saying what went wrong, or 0; what was opened, even in vain, is for export_calibrate_close. */
int export_calibrate_open(export_calibration *c, const loci_model *model, const char *model_path,
                          const char *path);
void export_calibrate_close(export_calibration *c);

/* The sequences through a step of floats: ranges and score[0]; and through another: score[1] and the differences. */
int export_calibrate_floats(export_calibration *c, const loci_export *program);
int export_calibrate_whole(export_calibration *c, const loci_export *program);

#endif
