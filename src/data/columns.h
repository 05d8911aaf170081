/* SPDX-License-Identifier: MIT
 * data/columns.h - which columns of a file a user means. */
#ifndef LOCI_DATA_COLUMNS_H
#define LOCI_DATA_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

/* *index of the column that is called `wanted`, or whose number, from 1, it is. names is [count]; NULL: they
 * have none. `file` is for the message, which lists the columns there are; a name that several columns share
 * is refused. */
loci_status loci_columns_find(size_t *index, const char *file, const char *const *names, size_t count,
                              const char *wanted, loci_error *error);

/* *chosen [*found], released by loci_free, of all that is wanted [wanted_count]: each the name or the number of a column or,
 * where no column has that name, several of them with commas between ("a,2"; one with a comma of its own is quoted). */
loci_status loci_columns_select(size_t **chosen, size_t *found, const char *file, const char *const *names,
                                size_t count, const char *const *wanted, size_t wanted_count,
                                loci_error *error);

/* place [wanted_count]: the column of each name that is wanted. false where none has it, or several have. */
bool loci_columns_place(size_t *place, const char *const *names, size_t count, const char *const *wanted,
                        size_t wanted_count);
/* Whether a model is to keep them: none is what may be the number of a column, and they are few enough for each to be compared
 * with each column. */
enum { LOCI_COLUMNS_KEPT = 4096 };
bool loci_columns_keep(const char *const *names, size_t count);

#endif
