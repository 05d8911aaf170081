/* SPDX-License-Identifier: MIT
 * archive_place.h - where the bytes of an archive go: a file that is written as a whole, at the end or every now and then, or
 * one that grows. */
#ifndef LOCI_CLI_ARCHIVE_PLACE_H
#define LOCI_CLI_ARCHIVE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/archive.h>

#include "shared/output.h"

typedef struct {
    const char *path;
    output out;
    int descriptor; /* of a file that grows; -1: out, or */
    bool gathers;   /* whole: all bytes so far, as of a budget, whose bytes are replaced */
    char *whole;
    size_t size; /* of whole; of a file that grows: of what it holds up to the last whole page */
    bool heads;  /* the first bytes are a header without a page */
} archive_place;

/* A sink of archives, target an archive_place. Where it fails it has said why, and the error's text is empty. */
loci_status archive_place_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error);

/* Two programs that append would write into each other. A lock goes when any descriptor of the file is closed, so nothing opens
 * it after this. size: what the file of that name held when it was looked at. Returns a status of the program. */
int archive_place_lock(const archive_place *p, size_t size);

/* Writes all samples so far to the file of a place that gathers. What goes wrong is said. */
int archive_place_save(const archive_place *p, loci_archive_writer *writer);

/* The file of -o, whole, where status is 0; else it stays as it was. Releases what the place holds. */
int archive_place_finish(archive_place *p, int status);

#endif
