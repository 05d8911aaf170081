/* SPDX-License-Identifier: MIT
 * overwrite.c - what is read and what is written, held against each other by what the names lead to. */
#define _XOPEN_SOURCE 700 /* realpath, strndup, openat */
#include "shared/overwrite.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/folder.h"
#include "shared/message.h"
#include "shared/output.h"

/* Whether a resolved name is that of a folder, or of what is somewhere in it. */
static bool is_below(const char *inner, const char *outer)
{
    const size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 &&
           (!inner[length] || inner[length] == '/' || outer[length - 1] == '/');
}

/* The folder that a name stands in, which may be a link's to another one; released by free(). */
static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *parent = slash ? strndup(file, (size_t)(slash + 1 - file)) : strdup(".");
    char *real = parent ? realpath(parent, NULL) : NULL;
    free(parent);
    return real;
}

/* Whether a file that is there, or the link that leads to it, is somewhere in a folder. */
static bool is_within(const char *file, const char *folder)
{
    char *inner = realpath(file, NULL), *place = folder_of(file), *outer = realpath(folder, NULL);
    const bool is = outer && ((inner && is_below(inner, outer)) || (place && is_below(place, outer)));
    free(inner);
    free(place);
    free(outer);
    return is;
}

/* A folder on the way down to another one, into which no link may lead again. */
typedef struct way {
    struct stat about;
    const struct way *above;
    int depth;
} way;

static bool goes_round(const way *at)
{
    for (const way *up = at->above; up; up = up->above)
        if (up->about.st_dev == at->about.st_dev && up->about.st_ino == at->about.st_ino) return true;
    return false;
}

/* The next entry that is not hidden and is there, with what it leads to; NULL: none. */
static const char *next_of(DIR *directory, struct stat *about)
{
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.' && fstatat(dirfd(directory), entry->d_name, about, 0) == 0)
            return entry->d_name;
    return NULL;
}

/* Whether something that is read of a folder is the file, by a link or under another name. Data sets are a folder, those of its splits
 * and those of their classes; else the folders in one are read where no data lie beside them. */
static bool leads_to(int folder, const struct stat *file, bool sets, const way *above)
{
    enum { DEEPEST = 2 };
    bool is = false, data = false;
    struct stat about;
    way here = {.above = above, .depth = above ? above->depth + 1 : 0};
    DIR *directory = fdopendir(folder);
    const bool goes_on = directory && fstat(folder, &here.about) == 0 && !goes_round(&here);
    for (const char *name; goes_on && !is && (name = next_of(directory, &about));) {
        if (S_ISDIR(about.st_mode)) continue;
        is = about.st_dev == file->st_dev && about.st_ino == file->st_ino;
        data = data || !is_no_data(name);
    }
    const bool deeper = goes_on && (sets ? here.depth < DEEPEST : !data);
    if (deeper) rewinddir(directory);
    for (const char *name; deeper && !is && (name = next_of(directory, &about));) {
        if (!S_ISDIR(about.st_mode)) continue;
        const int inner = openat(folder, name, O_RDONLY | O_DIRECTORY);
        is = inner >= 0 && leads_to(inner, file, sets, &here);
    }
    if (directory)
        closedir(directory);
    else
        close(folder);
    return is;
}

static bool is_behind(const char *file, const char *folder, bool sets)
{
    struct stat about;
    const int opened = stat(file, &about) == 0 ? open(folder, O_RDONLY | O_DIRECTORY) : -1;
    return opened >= 0 && leads_to(opened, &about, sets, NULL);
}

/* How a file that would be written is among those of a folder that is read: a sentence, or NULL. */
static const char *clash_of(const char *to, const char *folder, bool sets)
{
    struct stat about;
    if (!is_folder(folder) || stat(to, &about) != 0 || !S_ISREG(about.st_mode)) return NULL;
    return is_within(to, folder)         ? "lies in the folder that is read; a file outside was expected"
           : is_behind(to, folder, sets) ? "is read and written; another file was expected"
                                         : NULL;
}

/* Whether `written` is read beside `read`, as its name says: NAME_TRAIN with NAME_TEST, NAME_x with NAME_length. */
static bool is_beside(const char *written, const char *read)
{
    static const char *const pairs[][2] = {{"_TRAIN.", "_TEST."}, {"_x.npy", "_length.npy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *at = strstr(read, pairs[i][0]);
        if (!at) continue;
        const char *rest = at + strlen(pairs[i][0]);
        const size_t size = strlen(read) + strlen(pairs[i][1]) + 1;
        char *other = malloc(size);
        if (!other) return false;
        snprintf(other, size, "%.*s%s%s", (int)(at - read), read, pairs[i][1], rest);
        const bool is = output_same_file(other, written);
        free(other);
        if (is) return true;
    }
    return false;
}

int overwrite_check(const overwrite_files *f, const char *command)
{
    for (size_t k = 0; k < f->writes; k++) {
        const char *to = f->written[k];
        if (!to || strcmp(to, "-") == 0) continue;
        for (size_t i = 0; i < f->reads; i++) {
            const char *from = f->read[i];
            if (from && (output_same_file(from, to) || is_beside(to, from)))
                return message_usage("%s: %s is read and written; another file was expected", command, to);
            const char *clash = from ? clash_of(to, from, f->sets) : NULL;
            if (clash && !(f->harmless && f->harmless(to)))
                return message_usage("%s: %s %s", command, to, clash);
        }
        for (size_t i = 0; i < k; i++)
            if (f->written[i] && output_same_place(f->written[i], to))
                return message_usage("%s: %s is named for two things that are written", command, to);
    }
    return STATUS_DONE;
}
