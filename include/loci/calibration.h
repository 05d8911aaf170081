/* SPDX-License-Identifier: MIT
 *
 * loci/calibration.h - an exported step of whole numbers beside one of floats, on sequences of a data set: the ranges that it takes, and
 * what it costs. Part of libloci-train.
 *
 *     loci_export_create(&floats, model, &options, &error);
 *     loci_calibration_create(&calibration, model, floats, set, NULL, &error);
 *     options.weights = LOCI_EXPORT_INT8, options.ranges = loci_calibration_ranges(calibration);
 *     loci_export_create(&whole, model, &options, &error);
 *     loci_calibration_compare(calibration, whole, &result, &error);
 */
#ifndef LOCI_CALIBRATION_H
#define LOCI_CALIBRATION_H

#include <stddef.h>

#include <loci/dataset.h>
#include <loci/export.h>
#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct loci_calibration loci_calibration;

typedef struct {
    size_t size;      /* sizeof of this struct */
    size_t sequences; /* at most so many, at even distances in the set; 0: 256 */
    /* Called after each sequence, unless NULL, in each of both passes; anything but 0 stops: LOCI_E_STOPPED. */
    int (*progress)(void *context, size_t done, size_t all);
    void *context;
} loci_calibrate_options;

/* Takes sequences of the set through a step of floats of the model, and keeps the ranges and the answers: one a sequence, or one at every
 * sample where the set has targets there. options NULL: all 0. Model and set must live as long. LOCI_E_MISMATCH: the set has other inputs, outputs or
 * another rate than the model; LOCI_E_MEMORY, LOCI_E_STOPPED. */
LOCI_API loci_status loci_calibration_create(loci_calibration **calibration, const loci_model *model,
                                             const loci_export *floats, const loci_dataset *set,
                                             const loci_calibrate_options *options, loci_error *error);
LOCI_API void loci_calibration_free(loci_calibration *calibration); /* NULL is allowed */

/* For loci_export_options; as long as the calibration. */
LOCI_API const float *loci_calibration_ranges(const loci_calibration *calibration);

typedef struct {
    size_t size; /* sizeof of this struct */
    size_t sequences;
    /* the share of answers that are right, or of the variance that is explained, as loci_evaluate has it; NAN:
     * there is none */
    double floats, whole;
    double most, mean; /* by how much answers differ */
} loci_calibration_result;

/* Takes the same sequences through another step. LOCI_E_MEMORY, LOCI_E_STOPPED. */
LOCI_API loci_status loci_calibration_compare(loci_calibration *calibration, const loci_export *whole,
                                              loci_calibration_result *result, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
