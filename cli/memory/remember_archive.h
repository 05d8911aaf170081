/* SPDX-License-Identifier: MIT
 * remember_archive.h - remember the whole signal, in an archive: with a promise, or in a usual number of bytes. */
#ifndef LOCI_CLI_REMEMBER_ARCHIVE_H
#define LOCI_CLI_REMEMBER_ARCHIVE_H

#include "shared/source.h"

/* Without an option a text is NULL, a number NAN, a count SIZE_MAX. */
typedef struct {
    source_options source;
    const char *output, *append;                 /* one of both */
    const char *budget, *error, *max, *lossless; /* at most one; none: the usual budget */
    const char *start;
    /* refuse, hold or keep; NULL: keep where a promise or --append was asked for, else refuse */
    const char *missing;
    double fading, every;
    bool resume;
    size_t order, page;
} archive_settings;

/* Rows of an option table: those that only archives have. */
/* clang-format off */
#define ARCHIVE_OPTIONS(s)                                                                                   \
    {"budget", 0, OPTION_TEXT, &(s).budget, "BYTES",                                                         \
     "the archive never takes more bytes, as 65536, 64K or 1M: what is old becomes coarser (64K a channel)"}, \
    {"fading", 0, OPTION_NUMBER, &(s).fading, "P",                                                           \
     "of a budget: squares of errors rise as this power of age; 0: evenly (1)"},                             \
    {"error", 0, OPTION_TEXT, &(s).error, "E|E%",                                                            \
     "instead: no page's rms error is above E, in the signal's unit, or in % of the standard deviation of the first page"}, \
    {"max", 0, OPTION_TEXT, &(s).max, "M|M%", "instead: no sample is off by more than M"},                   \
    {"lossless", 0, OPTION_TEXT, &(s).lossless, "UNIT",                                                      \
     "instead: samples that are whole multiples of UNIT (1 for integers) come back as they were"},           \
    {"append", 0, OPTION_TEXT, &(s).append, "A.loci",                                                        \
     "instead of -o: continue this archive, page by page; it is whole at every moment, and made where it is not there"}, \
    {"page", 0, OPTION_COUNT, &(s).page, "N",                                                                \
     "samples of a page, the most that a kill can lose: a power of 2 of at least 64, or with --order that times a power of " \
     "2 (65536, of a budget 16384)"}
/* clang-format on */

/* Where path is an archive itself, it is made coarser. Returns a status of the program. */
int remember_archive(const archive_settings *s, const char *path);

#endif
