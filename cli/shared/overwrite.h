/* SPDX-License-Identifier: MIT
 * overwrite.h - that a command does not write over what it reads. */
#ifndef LOCI_CLI_OVERWRITE_H
#define LOCI_CLI_OVERWRITE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *const *read;    /* [reads] files and folders, with all that is in them; NULL, "-": none */
    const char *const *written; /* [writes] files, likewise */
    size_t reads, writes;
    /* Whether a file that is written again may be in a folder that is read, since it is no data; NULL: none may. */
    bool (*harmless)(const char *path);
    bool sets; /* folders are data sets, whose classes are folders in them, whatever lies beside these */
} overwrite_files;

/* A usage error told in the name of the command, or 0: a file that is written is none of those that are read, whatever the names and
 * links that lead to it, also from within a folder, nor one that is read beside one of them (NAME_TEST.ts, NAME_length.npy), and all
 * that are written differ. */
int overwrite_check(const overwrite_files *f, const char *command);

#endif
