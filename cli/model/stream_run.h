/* SPDX-License-Identifier: MIT
 * stream_run.h - a model at work on one signal, as it arrives: what `loci stream` does. */
#ifndef LOCI_CLI_STREAM_RUN_H
#define LOCI_CLI_STREAM_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/source.h"
#include "shared/state_file.h"

#define STREAM_NOT_GIVEN SIZE_MAX

enum { STREAM_CHUNK_MOST = 1 << 20 };

typedef struct {
    source_options source;
    state_file state;
    const char *missing, *output, *plot;
    size_t every, chunk, window;
    double resample;
    bool latency, json;
} stream_settings;

/* signal: a path, or "-". Returns a status of the program after saying what went wrong, or 0. */
int stream_run(const char *model_path, const char *signal, const stream_settings *s);

#endif
