/* SPDX-License-Identifier: MIT
 * file_kind.h - what a file is, as far as its first bytes tell: for sentences about a file of another kind than was expected. */
#ifndef LOCI_CLI_FILE_KIND_H
#define LOCI_CLI_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    FILE_UNKNOWN = 0,
    FILE_MEMORY = 1, /* those that loci writes: see docs/formats.md */
    FILE_ARCHIVE = 2,
    FILE_MODEL = 4, /* or other tensors */
    FILE_STREAM = 8,
    FILE_TRAINING = 16,
    FILE_STOPPED = 32,
    FILE_LEARNED = 64,
    FILE_FORECASTER = 128,
    FILE_PROBE = 256,
    FILE_WATCH = 512,
    FILE_EMPTY = 1024,
    FILE_SOUND = 2048,
    FILE_ARRAY = 4096,
    FILE_ZIP = 8192,
    FILE_TEXT = 16384
} file_kind;

file_kind file_kind_of(const void *bytes, size_t size);
/* Of a regular file; FILE_UNKNOWN of what is not there, or is read once. */
file_kind file_kind_at(const char *path);
/* One that loci writes. */
bool file_kind_is_own(file_kind kind);
/* "an archive"; of FILE_UNKNOWN "another file". */
const char *file_kind_words(file_kind kind);

/* 0 where the bytes begin as one of the kinds in `wanted` (a sum), or as nothing that is known; else, after a line as in "x.loci: is an
 * archive; a model was expected", a status. expected: "a model". */
int file_kind_check(unsigned wanted, const char *expected, const void *bytes, size_t size, const char *path);

#endif
