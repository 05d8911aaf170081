/* SPDX-License-Identifier: MIT
 * inspect_archive.h - what an archive holds, and how far off it is. */
#ifndef LOCI_CLI_INSPECT_ARCHIVE_H
#define LOCI_CLI_INSPECT_ARCHIVE_H

#include <stdbool.h>

#include "memory/memory_file.h"

/* To `path` (NULL: standard output), as text or JSON. Returns a status of the program. */
int inspect_archive(const memory_file *k, const char *path, bool json);

#endif
