/* SPDX-License-Identifier: MIT
 * predict_run.h - the sequences of files through a model, one after the other: what `loci predict` does. */
#ifndef LOCI_CLI_PREDICT_RUN_H
#define LOCI_CLI_PREDICT_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/source.h"

typedef struct {
    source_options source;
    double resample; /* NAN: not given */
    size_t top;      /* SIZE_MAX: not given */
    const char *output, *missing;
    bool json, sequences;
} predict_settings;

/* Files and folders at paths [count]; returns a status of the program after saying what went wrong, or 0. */
int predict_run(const char *model_path, char **paths, size_t count, const predict_settings *s);

#endif
