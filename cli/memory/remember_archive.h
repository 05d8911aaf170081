/* SPDX-License-Identifier: MIT
 * remember_archive.h - remember the whole signal, in an archive: with a promise, or in a usual number of bytes. */
#ifndef LOCI_CLI_REMEMBER_ARCHIVE_H
#define LOCI_CLI_REMEMBER_ARCHIVE_H

#include "shared/source.h"

typedef struct {
    const source_options *source;
    const char *output, *append;                 /* one of both */
    const char *budget, *error, *max, *lossless; /* at most one; none: the usual budget */
    const char *start;                           /* NULL: not given */
    const char *
        missing; /* refuse, hold or keep; NULL: keep what is missing where a promise or --append was asked for, else refuse */
    double fading, every; /* NAN: not given */
    bool resume;
    size_t order, page; /* SIZE_MAX: not given */
} archive_settings;

/* Where path is an archive itself, it is made coarser. Returns a status of the program. */
int remember_archive(const archive_settings *s, const char *path);

#endif
