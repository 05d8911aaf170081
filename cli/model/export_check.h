/* SPDX-License-Identifier: MIT
 * export_check.h - an exported step and the model's stream, side by side on the same samples. */
#ifndef LOCI_CLI_EXPORT_CHECK_H
#define LOCI_CLI_EXPORT_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include <loci/export.h>
#include <loci/stream.h>

#include "model/model_inputs.h"

typedef struct {
    const loci_model *model;
    const loci_export *program;
    size_t inputs, outputs;
    model_inputs in; /* as loci stream takes samples: shifted in double, where floats would lose too much */
    loci_stream_tables *tables, *plain;
    loci_stream *stream,
        *rounded; /* rounded: of the same samples as floats, for the test; NULL: the other one takes these */
    void *state, *work;
    float *x, *single; /* [inputs]: a sample for the stream; for the step, which has floats alone */
    float *y, *out;    /* [outputs]: what the network says; what the step does */
    double *answer;    /* [outputs] */
    /* the first ones, for the test among the files: in [room][inputs], answers [room][outputs] */
    float *kept_in;
    double *kept_out;
    size_t room, kept;
    int own; /* of the step, not of the stream, are the answers that are kept: it has whole numbers */
    uint64_t samples;
    double gap, least, most; /* the largest difference; the stream's answers */
} export_check;

/* Statuses after saying what went wrong, or 0; what was opened, even in vain, is for export_check_close. */
int export_check_open(export_check *check, const loci_model *model, const loci_export *program,
                      const char *path);
void export_check_close(export_check *check);

/* Samples [count][inputs] through both. */
int export_check_push(export_check *check, const double *in, size_t count, const char *path);

#endif
