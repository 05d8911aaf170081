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

/* Removes what is in a folder, folders too, and the folder. */
static inline int temporary_remove(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) return -1;
    char path[1024];
    struct stat there;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        snprintf(path, sizeof path, "%.700s/%.250s", folder, entry->d_name);
        const int is_folder = lstat(path, &there) == 0 && S_ISDIR(there.st_mode);
        if ((is_folder ? temporary_remove(path) : remove(path)) != 0)
            fprintf(stderr, "%s stays behind\n", path);
    }
    closedir(directory);
    return rmdir(folder);
}

static inline int temporary_teardown(void **state)
{
    (void)state;
    return temporary_remove(temporary_folder);
}

/* Makes the folders of a path in the folder, "a/b/c". */
static inline void temporary_folders(const char *name)
{
    char path[320];
    snprintf(path, sizeof path, "%s/%.240s", temporary_folder, name);
    for (char *slash = path + strlen(temporary_folder) + 1; slash; *slash++ = '/') {
        slash = strchr(slash, '/');
        if (slash) *slash = 0;
        mkdir(path, 0700);
        if (!slash) break;
    }
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
