/* SPDX-License-Identifier: MIT
 * temporary.h - a folder for the files of one test program, removed at its end. */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char temporary_folder[64];

/* cmocka group setup and teardown. */
static inline int temporary_setup(void **state)
{
    (void)state;
    strcpy(temporary_folder, "/tmp/loci-test-XXXXXX");
    return mkdtemp(temporary_folder) ? 0 : -1;
}

static inline int temporary_teardown(void **state)
{
    (void)state;
    DIR *folder = opendir(temporary_folder);
    if (!folder) return -1;
    char path[512];
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        snprintf(path, sizeof path, "%.200s/%.250s", temporary_folder, entry->d_name);
        if (remove(path) != 0) fprintf(stderr, "%s stays behind\n", path);
    }
    closedir(folder);
    return rmdir(temporary_folder);
}

/* The path of a name in the folder; good until the fourth call after this one. */
static inline const char *temporary_path(const char *name)
{
    static char paths[4][320];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%.240s", temporary_folder, name);
    return path;
}

/* Writes a file into the folder; returns its path. */
static inline const char *temporary_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = temporary_path(name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) abort();
    return path;
}

static inline const char *temporary_text(const char *name, const char *text)
{
    return temporary_bytes(name, text, strlen(text));
}

#endif
