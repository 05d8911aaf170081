/* SPDX-License-Identifier: MIT
 *
 * kept.h - a memory with its plan and what the program notes beside it in the file: the names of the
 * channels, whether times are dates, and from which columns the signal came.
 *
 * The note is lines of key=value, in which every byte but printable ASCII (and every "%") is written %XX:
 *     time=iso            times are seconds since 1970-01-01T00:00:00Z, and shown as dates; else they are
 * plain seconds channel=NAME        one a channel, in order column=NAME         one a column, where --column
 * chose them time-column=NAME    where --time named it Other keys are passed over.
 */
#ifndef LOCI_CLI_KEPT_H
#define LOCI_CLI_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/memory.h>

#include "shared/options.h"

typedef struct {
    const char *path; /* in messages; NULL for a memory that no file holds yet */
    loci_memory_plan *plan;
    loci_memory *memory;
    size_t channels;
    char **names; /* [channels] */
    bool iso;
    char *time_column;   /* NULL: none */
    option_list columns; /* names in the kept's own memory */
} kept;

/* Every function that returns an int returns a status of the program after saying what went wrong, or 0. A
 * kept that was {0} or filled by one of these, even in vain, is released by kept_release. */

/* An empty memory; names are taken over by copying, NULL: none yet. */
int kept_create(kept *k, const loci_memory_spec *spec, size_t channels, double start);
int kept_load(kept *k, const char *path);
int kept_from(kept *k, const void *bytes, size_t size, const char *path); /* a file that was read already */
int kept_save(const kept *k, const char *path);
void kept_release(kept *k);

/* false: out of memory. */
bool kept_name(kept *k, size_t channel, const char *name);
bool kept_sources(kept *k, const char *time_column, const option_list *columns);

/* Replaces the memory by its collapse into the coefficients of the whole history. */
int kept_collapse(kept *k);

/* A time as the user wrote it: a number of seconds, or, where the memory's times are dates, a date. option_name is for
 * messages: "recall: --at". */
int kept_time(const kept *k, double *seconds, const char *option_name, const char *text);

/* Bytes for another memory of the same kind; released by free(). */
loci_memory *kept_room(const kept *k);

#endif
