/* SPDX-License-Identifier: MIT
 * forgotten.h - how much of a signal an archive does not hold, where that is most of it. */
#ifndef LOCI_CLI_FORGOTTEN_H
#define LOCI_CLI_FORGOTTEN_H

#include <stdbool.h>

#include <loci/archive.h>

/* Moments of what came, a channel each. */
typedef struct {
    double count, mean, square;
} forgotten_moments;

typedef struct {
    size_t channels;
    forgotten_moments *of; /* [channels] */
} forgotten;

/* false where memory is short; f->of is released by free. */
bool forgotten_create(forgotten *f, size_t channels);
/* n samples of a channel, `stride` apart, NaN where missing. */
void forgotten_take(forgotten *f, size_t channel, const double *u, size_t n, size_t stride);

/* A note where a budget holds less than half of the variance of what came, from sample `first` on, of any channel. bytes: all of the archive; names
 * [channels]. Where memory is short for looking there is none. */
void forgotten_say(const forgotten *f, const void *bytes, size_t size, uint64_t first, const char *path,
                   char *const *names);
/* The same of what a writer has written. */
void forgotten_say_written(const forgotten *f, loci_archive_writer *writer, uint64_t first, const char *path,
                           char *const *names);

#endif
