/* SPDX-License-Identifier: MIT
 * inspect_state.h - states of streams, watches and trainings, and what a learner knows, in a few lines. */
#ifndef LOCI_CLI_INSPECT_STATE_H
#define LOCI_CLI_INSPECT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/file_kind.h"

/* Of the kinds that inspect_state_knows; name: of the file, in messages. A status after saying what went wrong, or 0. */
bool inspect_state_knows(file_kind kind);
int inspect_state(file_kind kind, const void *bytes, size_t size, const char *name, bool json);
/* A system in an .npz; *is false, and 0: there is none in it. */
int inspect_system(bool *is, const char *path, bool json);

#endif
