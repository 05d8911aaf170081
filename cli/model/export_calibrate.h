/* SPDX-License-Identifier: MIT
 * export_calibrate.h - the data set that a step of whole numbers is calibrated with, and loci_calibration on it. */
#ifndef LOCI_CLI_EXPORT_CALIBRATE_H
#define LOCI_CLI_EXPORT_CALIBRATE_H

#include <loci/calibration.h>

#include "shared/progress.h"

typedef struct {
    const char *path; /* of the data */
    loci_dataset *set;
    loci_calibration *calibration;
    loci_calibration_result result;
    progress bar;
} export_calibration;

/* Statuses after saying what went wrong, or 0; what was opened, even in vain, is for export_calibrate_close. */
int export_calibrate_open(export_calibration *c, const loci_model *model, const char *path);
void export_calibrate_close(export_calibration *c);

/* The sequences through a step of floats, and through another: the result. */
int export_calibrate_floats(export_calibration *c, const loci_model *model, const loci_export *program);
int export_calibrate_whole(export_calibration *c, const loci_export *program);

#endif
