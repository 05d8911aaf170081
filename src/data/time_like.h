/* SPDX-License-Identifier: MIT
 * data/time_like.h - whether a column that nobody called the time looks like one. */
#ifndef LOCI_DATA_TIME_LIKE_H
#define LOCI_DATA_TIME_LIKE_H

#include "data/table.h"

/* "time", "Time [s]", "start_time", "ts" and the like. */
bool loci_time_like_name(const char *name);
/* The numbers of a column grow in the rows that are held, and its name or its place and its values are such as times have.
 * The input stands at the first row. */
bool loci_time_like_values(const loci_table *own, const loci_input *input, size_t column);

#endif
