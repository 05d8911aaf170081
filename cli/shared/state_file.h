/* SPDX-License-Identifier: MIT
 * state_file.h - the state that a command which never ends begins from and leaves: its options and its files. */
#ifndef LOCI_CLI_STATE_FILE_H
#define LOCI_CLI_STATE_FILE_H

#include <stddef.h>

#include "shared/file_kind.h"
#include "shared/options.h"
#include "shared/whole_file.h"

typedef struct {
    const char *in, *out; /* NULL: not given */
} state_file;

/* Rows of an option table. */
/* clang-format off */
#define STATE_FILE_OPTIONS(f)                                                                                \
    {"state-in", 0, OPTION_TEXT, &(f).in, "FILE", "go on from this state"},                                  \
    {"state-out", 0, OPTION_OUTPUT, &(f).out, "FILE",                                                        \
     "in the end, also of an interrupt, save the state to go on from"}
/* clang-format on */

/* A usage error told in the name of the command, or 0. */
int state_file_check(const state_file *f, const char *command);

/* Both do nothing where the option was not given; 0, or a status after saying what went wrong. */
typedef loci_status state_file_restorer(void *to, const void *bytes, size_t size, loci_error *error);
/* kind: what the file is to be. */
int state_file_load(const state_file *f, file_kind kind, state_file_restorer *restore, void *to);
int state_file_save(const state_file *f, whole_file_saver *save, const void *from, size_t size);

#endif
