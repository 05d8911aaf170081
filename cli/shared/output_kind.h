/* SPDX-License-Identifier: MIT
 * output_kind.h - what a file for numbers holds, by the ending of its name; sound as WAV. */
#ifndef LOCI_CLI_OUTPUT_KIND_H
#define LOCI_CLI_OUTPUT_KIND_H

#include <stddef.h>

typedef enum { OUTPUT_CSV = 1, OUTPUT_NPY = 2, OUTPUT_JSON = 4, OUTPUT_WAV = 8 } output_kind;

/* CSV for a name without an ending, with .csv or .txt, for standard output, pipes and devices; the others for theirs. An
 * ending of none of the kinds in `allowed` (a sum) is wrong usage, told in the name of the command. NULL: CSV. */
int output_kind_of(output_kind *kind, const char *path, unsigned allowed, const char *command);

/* The same, but an ending that is that of no kind at all stands for CSV. */
int output_kind_or_csv(output_kind *kind, const char *path, unsigned allowed, const char *command);

/* Where what is written is no table but `what` ("the model"): a name that ends as tables, sounds and charts do is wrong usage. option: "-o". */
int output_kind_none(const char *path, const char *option, const char *what, const char *command);

/* columns is [channels][frames]. Samples are written as float. A status after saying what went wrong, or 0. */
int output_wave(const char *path, const double *columns, size_t frames, size_t channels, double rate);

#endif
