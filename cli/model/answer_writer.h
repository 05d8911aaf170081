/* SPDX-License-Identifier: MIT
 * answer_writer.h - what a model answers in the course of a signal, on its way out: CSV or lines of JSON, and kept for a chart.
 *
 * A model with classes is written as the class it finds most likely and the probability of each, one of values as these, in
 * the target's units, another one as its outputs. The column in front is the time in seconds where a rate is known, else the number of samples so far. */
#ifndef LOCI_CLI_ANSWER_WRITER_H
#define LOCI_CLI_ANSWER_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>

#include "shared/output.h"

typedef struct {
    output out;
    const loci_model *model;
    const char *const *classes; /* [outputs], or NULL */
    size_t outputs;
    double rate; /* Hz; 0: not known */
    double when; /* seconds of the next answer, where samples come when they come; NAN: rate tells */
    bool json, silent, kept; /* silent: nothing is written; kept: for answer_writer_draw */
    double *values;          /* [outputs] */
    double *x, *y;           /* kept: [room], [room][outputs] */
    size_t count, room;
    bool strange; /* an answer was no finite number, first at this sample: */
    uint64_t strange_at;
} answer_writer;

/* path NULL or "-": standard output; there the header of CSV is left out where goes_on is set, for an answer that continues
 * another one. An answers of {0} or opened, even in vain, is for answer_writer_close or answer_writer_abandon.
 * Functions that return an int return a status of the program after saying what went wrong, or 0. */
int answer_writer_open(answer_writer *a, const char *path, const loci_model *model, double rate, bool json,
                       bool silent, bool kept, bool goes_on);
/* After so many samples the model said y [outputs]. */
int answer_writer_put(answer_writer *a, uint64_t samples, const float *y);
/* Writes what is waiting, to standard output. */
void answer_writer_flush(answer_writer *a);
/* Whether something could not be written: what follows is in vain. */
bool answer_writer_failed(const answer_writer *a);
int answer_writer_draw(const answer_writer *a, const char *path, const char *title, const char *subtitle);
int answer_writer_close(answer_writer *a);
void answer_writer_abandon(answer_writer *a);

#endif
