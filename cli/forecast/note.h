/* SPDX-License-Identifier: MIT
 * note.h - what the files of forecasts hold besides numbers that the library knows, as a text of JSON: the names of columns, the
 * time of rows. */
#ifndef LOCI_CLI_NOTE_H
#define LOCI_CLI_NOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "forecast/forecaster.h"

/* A note as it is written, key by key; one of {0} is empty. */
typedef struct {
    json_t *root;
    bool cut; /* memory was too short for some of it */
} note;

/* Takes the value over; NULL is one that memory was too short for. */
void note_put(note *n, const char *key, json_t *value);
/* Whether rows are stamped or have a rate, the time of the last one, the step and the season. */
void note_put_time(note *n, const forecaster *f);
json_t *note_names(char *const *names, size_t count);
json_t *note_numbers(const double *x, size_t count);
/* The whole text, released by free, and an end of the note; NULL: memory was too short. */
char *note_text(note *n);

/* What was put so; LOCI_E_FORMAT where it is something else, LOCI_E_MEMORY. Names and numbers are released by free, also of a call
 * in vain: *count names are there. Numbers are within 1e150. */
loci_status note_read_time(forecaster *f, const json_t *root);
loci_status note_read_names(char ***names, size_t *count, const json_t *array);
loci_status note_read_numbers(double **x, const json_t *array);

#endif
