/* SPDX-License-Identifier: MIT
 * sequences.h - many sequences in one NumPy array, and the files of a folder. */
#ifndef LOCI_CLI_SEQUENCES_H
#define LOCI_CLI_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/data.h>

/* Whether the file is an array of three dimensions, or of two where `flat` says that these are sequences, too. */
bool sequences_are_in(const char *path, bool flat);

typedef struct {
    loci_array x, lengths; /* lengths: of NAME_length.npy beside NAME_x.npy, empty where there is none */
    size_t count, longest, inputs;
} sequences;

/* Functions that return an int return a status of the program after saying what went wrong, or 0. Released in any case. */
int sequences_read(sequences *s, const char *path);
void sequences_release(sequences *s);
size_t sequences_length(const sequences *s, size_t i);

/* *names [*count] = the files in a folder, sorted, each behind its path; hidden ones are left out. Folders in it are, too, unless it
 * has no files that are data: then the files in these, likewise. */
int folder_list(char ***names, size_t *count, const char *path);
void folder_release(char **names, size_t count);

#endif
