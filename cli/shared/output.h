/* SPDX-License-Identifier: MIT
 *
 * output.h - what a command gives: text, CSV and JSON on standard output or in a file, NPY and other bytes in
 * a file.
 *
 * Files are written whole or not at all, and an interrupt waits for that; what is long waits for its end on the
 * disk, not in memory. Failures to write are kept until the end and told once, by the function that returns a
 * status. A reader that closed the pipe has had enough:
 * status 1, no words.
 */
#ifndef LOCI_CLI_OUTPUT_H
#define LOCI_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "shared/message.h"

typedef struct {
    const char *path; /* NULL: standard output */
    char *bytes;
    size_t size, capacity;
    int spill; /* of a file: 1 + the descriptor that holds what came before the bytes; 0: none does; -1: cannot be */
    int reason; /* the errno of the first failure; 0: none */
} output;

/* Before any JSON is made: then output_json knows of values that memory was too short for, however deep. */
void output_prepare(void);

/* path: a file, or NULL or "-": standard output. */
void output_open(output *out, const char *path);
void output_text(output *out, const char *text);
void output_bytes(output *out, const void *bytes, size_t size);
void output_format(output *out, const char *format, ...) MESSAGE_PRINTF(2, 3);
/* The shortest decimal that reads back as the same double. */
void output_number(output *out, double number);
/* Seconds, or as an ISO 8601 date where they were given so. */
void output_time(output *out, double seconds, bool iso);
/* A name as a field of CSV, quoted where it must be. */
void output_field(output *out, const char *name);
/* A name in a table: control characters become "?", blanks fill up to width (counted in characters), on the
 * left where width is negative. */
void output_cell(output *out, const char *name, int width);
/* JSON, a line for each key of the outermost object; numbers as above. Releases the value; NULL stands for
 * one that memory was too short for. */
void output_json(output *out, json_t *value);
/* The same on a line of its own, whatever it is. */
void output_json_line(output *out, json_t *value);
/* Of standard output: writes what has gathered. */
void output_flush(output *out);
/* Of a file: replaces its first bytes, which must be there already. */
void output_begin(output *out, const void *bytes, size_t size);
/* Finishes: 0, or 1 after saying what went wrong. */
int output_close(output *out);
/* Instead: a file stays as it was. */
void output_abandon(output *out);

/* JSON has no NaN: null. */
json_t *output_json_number(double number);
json_t *output_json_time(double seconds, bool iso);
/* What is not UTF-8 in a text becomes "?". */
json_t *output_json_text(const char *text);

/* Whole files: 0, or 1 after saying what went wrong. columns is [columns][rows], the file holds
 * [rows][columns]. */
int output_file(const char *path, const void *bytes, size_t size);
int output_npy(const char *path, const double *columns, size_t rows, size_t column_count);
/* array is [rows][columns], as it goes into the file. */
int output_array(const char *path, const double *array, size_t rows, size_t columns);

/* Whether a file can be there, as far as is known before it is written: a status after saying what is wrong, or 0. */
int output_check(const char *path);

/* Whether what is written there is gone: standard output, a pipe, a device. */
bool output_is_stream(const char *path);

/* Whether both names lead to one existing file. */
bool output_same_file(const char *a, const char *b);

/* The same of files to be written, which may not be there yet: then the folder counts, and the name in it. Not of what is no file
 * (output_is_stream). */
bool output_same_place(const char *a, const char *b);

#endif
