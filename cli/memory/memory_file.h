/* SPDX-License-Identifier: MIT
 *
 * memory_file.h - a memory with its plan, or an archive, and what the program notes beside it in the file: the names of the
 * channels, whether times are dates, and from which columns the signal came.
 *
 * The note is lines of key=value, in which every byte but printable ASCII (and every "%") is written %XX:
 *
 *     time=iso            times are seconds since 1970-01-01T00:00:00Z, and shown as dates; else plain seconds
 *     channel=NAME        one a channel, in order
 *     column=NAME         one a column, where --column chose them
 *     time-column=NAME    where --time named it
 *     mono=yes            where --mono mixed the channels
 *     skip=N, decimal=C, header=yes|no    as those options said
 *
 * Other keys are passed over.
 */
#ifndef LOCI_CLI_MEMORY_FILE_H
#define LOCI_CLI_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/archive.h>
#include <loci/memory.h>

#include "shared/options.h"
#include "shared/output.h"
#include "shared/source.h"

typedef struct {
    const char *path;       /* in messages; NULL for a memory that no file holds yet */
    loci_memory_plan *plan; /* of a memory */
    loci_memory *memory;
    loci_archive *archive; /* of an archive: then there is no memory */
    const void *bytes;     /* its file */
    size_t size;
    bool mapped;
    size_t channels;
    char **names; /* [channels] */
    bool iso;
    char *time_column;   /* NULL: none */
    option_list columns; /* names in the kept's own memory */
    bool mono;
    char *skip, *decimal, *header; /* NULL: not said */
    bool holds;                    /* an archive in which the value before stands for what was missing, ... */
    uint64_t held;                 /* ... so many values, as far as its note could be told */
} memory_file;

/* Every function that returns an int returns a status of the program after saying what went wrong, or 0. A
 * kept that was {0} or filled by one of these, even in vain, is released by memory_file_release. */

/* An empty memory; names are taken over by copying, NULL: none yet. */
int memory_file_create(memory_file *k, const loci_memory_spec *spec, size_t channels, double start);
int memory_file_load(memory_file *k, const char *path);
/* Whether a file begins as an archive does. */
bool memory_file_is_archive(const char *path);
/* Whether it is an archive that holds no whole page yet. */
bool memory_file_is_empty(const char *path);
/* The same where an archive may be damaged: pages that are not sound are left out. */
int memory_file_salvage(memory_file *k, const char *path);
int memory_file_from(memory_file *k, const void *bytes, size_t size,
                     const char *path); /* a file that was read already */
/* The same of an archive, whose bytes stay the caller's, and must stay. */
int memory_file_archive(memory_file *k, const void *bytes, size_t size, const char *path, bool salvage);
int memory_file_save(const memory_file *k, const char *path);
/* The note that goes with it, added to a text. */
void memory_file_note(output *note, const memory_file *k);
void memory_file_release(memory_file *k);

/* false: out of memory. */
bool memory_file_name(memory_file *k, size_t channel, const char *name);
bool memory_file_sources(memory_file *k, const source_options *options);
/* How the signal that was remembered is read again: as the options say, and where they say nothing as it was read then. What they
 * point to is the memory's and the options'. */
source_options memory_file_source(const memory_file *k, const source_options *options);

/* The first thing in which two memories differ that must be alike for them to be joined, told in one line; or 0. */
int memory_file_agree(const memory_file *a, const memory_file *b);

/* Replaces the memory by its collapse into the coefficients of the whole history. */
int memory_file_collapse(memory_file *k);

/* A time as the user wrote it: a number of seconds, or, where the memory's times are dates, a date. option_name is for
 * messages: "recall: --at". */
int memory_file_time(const memory_file *k, double *seconds, const char *option_name, const char *text);

/* Bytes for another memory of the same kind; released by free(). */
loci_memory *memory_file_room(const memory_file *k);

#endif
