/* SPDX-License-Identifier: MIT
 * remember_archive.h - remember with a promise: the whole signal, in an archive. */
#ifndef LOCI_CLI_REMEMBER_ARCHIVE_H
#define LOCI_CLI_REMEMBER_ARCHIVE_H

#include "shared/source.h"

typedef struct {
    const source_options *source;
    const char *output, *append;                 /* one of both */
    const char *budget, *error, *max, *lossless; /* at most one; none only to append */
    const char *start, *missing;                 /* NULL: not given */
    double fading;                               /* NAN: not given */
    size_t order, page;                          /* SIZE_MAX: not given */
} archive_settings;

/* Whether the options ask for an archive. */
bool remember_archive_asked(const archive_settings *s);
/* Where path is an archive itself, it is made coarser. Returns a status of the program. */
int remember_archive(const archive_settings *s, const char *path);

#endif
