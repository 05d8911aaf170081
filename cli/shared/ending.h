/* SPDX-License-Identifier: MIT
 * ending.h - what the name of a file ends in, which tells its kind. */
#ifndef LOCI_CLI_ENDING_H
#define LOCI_CLI_ENDING_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is a name before this ending (".npy"), whatever the case of its letters. */
bool ending_is(const char *path, const char *ending);
/* One of several. */
bool ending_among(const char *path, const char *const *endings, size_t count);

#endif
