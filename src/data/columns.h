/* SPDX-License-Identifier: MIT
 * data/columns.h - which columns of a file a user means. */
#ifndef LOCI_DATA_COLUMNS_H
#define LOCI_DATA_COLUMNS_H

#include <stddef.h>

#include <loci/status.h>

/* *index of the column that is called `wanted`, or whose number, from 1, it is. names is [count]; NULL: they
 * have none. `file` is for the message, which lists the columns there are; a name that several columns share
 * is refused. */
loci_status loci_columns_find(size_t *index, const char *file, const char *const *names, size_t count,
                              const char *wanted, loci_error *error);

#endif
