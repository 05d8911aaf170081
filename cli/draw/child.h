/* SPDX-License-Identifier: MIT
 * child.h - another program, run to its end: bytes in, bytes out. */
#ifndef LOCI_CLI_CHILD_H
#define LOCI_CLI_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

/* Whether PATH leads to a program of this name. */
bool child_find(const char *program);

/* Runs argv[0], looked up in PATH, gives it `input` as standard input and collects its standard output in
 * *output, which is released by free() and ends in an extra NUL. A child that stops reading is no error.
 * LOCI_E_UNSUPPORTED: there is no such program; LOCI_E_IO: it failed, with the last line of what it said on
 * standard error; LOCI_E_MEMORY. */
loci_status child_run(const char *const *argv, const char *input, size_t input_size, char **output,
                      size_t *output_size, loci_error *error);

#endif
