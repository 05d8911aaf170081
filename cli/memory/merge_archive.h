/* SPDX-License-Identifier: MIT
 * merge_archive.h - archives of stretches that follow one another become one. */
#ifndef LOCI_CLI_MERGE_ARCHIVE_H
#define LOCI_CLI_MERGE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

/* The archives at paths [count] into the file `to`; append: wherever they begin. Returns a status of the program. */
int merge_archive(char *const *paths, size_t count, const char *to, bool append);

#endif
