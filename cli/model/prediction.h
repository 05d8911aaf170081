/* SPDX-License-Identifier: MIT
 * prediction.h - what a model answers to sequences, on its way out: CSV, JSON, or a NumPy array.
 *
 * Of classes a row is the likeliest and the probability of each, or the likeliest few; of values these, in the target's units. A
 * model that answers at every sample has a row for each sample. An array is [sequences][outputs], or [sequences][samples of
 * the longest][outputs] with NAN behind the end of those that are shorter. */
#ifndef LOCI_CLI_PREDICTION_H
#define LOCI_CLI_PREDICTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <loci/model.h>

#include "shared/output.h"

typedef struct {
    const loci_model *model;
    const char *const *classes; /* names, or NULL: numbers */
    size_t outputs;             /* of tokens: those that mean something */
    size_t top;                 /* SIZE_MAX: all */
    bool values, each, json;
    const char *array; /* the file of the array; NULL: text is written */
    output out;
    bool headed;                 /* of CSV: a row was written, and the header before it */
    json_t *list, *rows, *ranks; /* files; of the one at hand */
    double *value;               /* [outputs of the model] of the row at hand */
    size_t *order;               /* [outputs]: the likeliest first */
    double *all;                 /* of an array: [count][outputs] */
    size_t *end;                 /* [sequences] rows up to the end of each */
    size_t count, room, sequences, sequences_room;
} prediction;

/* How many numbers a row has: the model's outputs, but for tokens that mean nothing. */
size_t prediction_outputs(const loci_model *model);

/* path NULL or "-": text on standard output; of an array it ends in .npy. Functions that return an int return a status of the
 * program after saying what went wrong, or 0. */
int prediction_open(prediction *p, const loci_model *model, const char *path, size_t top, bool json);
/* A sequence begins; ends where it was answered, or, in vain, where it could not be read. */
int prediction_begin(prediction *p);
void prediction_end(prediction *p, const char *name, bool answered);
/* y [outputs of the model], finite; sample: from 1, of models that answer at every one. */
int prediction_put(prediction *p, const char *name, size_t sample, const float *y);
int prediction_close(prediction *p);
void prediction_release(prediction *p);

#endif
