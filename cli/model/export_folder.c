/* SPDX-License-Identifier: MIT
 * export_folder.c - files in a folder beside its place, which then takes it. */
#include "model/export_folder.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/message.h"

/* What the first line of its CMakeLists.txt says, in front of the prefix. */
static const char mark[] = "# made by loci export: ";

static char *joined(const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* Whether there is nothing in it. */
static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    int empty = folder != NULL;
    for (const struct dirent *entry; empty && (entry = readdir(folder));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (folder) closedir(folder);
    return empty;
}

/* The prefix of the export that is there; empty: none is. */
static void prefix_there(char prefix[LOCI_EXPORT_PREFIX], const char *path)
{
    char line[sizeof mark + LOCI_EXPORT_PREFIX] = "";
    char *name = joined(path, "CMakeLists.txt");
    FILE *file = name ? fopen(name, "r") : NULL;
    *prefix = 0;
    if (file && fgets(line, sizeof line, file) && strncmp(line, mark, sizeof mark - 1) == 0)
        snprintf(prefix, LOCI_EXPORT_PREFIX, "%.*s", (int)strcspn(line + sizeof mark - 1, "\n"),
                 line + sizeof mark - 1);
    if (file) fclose(file);
    free(name);
}

/* A path without the slashes at its end; released by free. */
static char *trimmed(const char *path)
{
    char *copy = strdup(path);
    for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/';) copy[--n] = 0;
    return copy;
}

int export_folder_check(const char *path, const char *prefix)
{
    struct stat about;
    char there[LOCI_EXPORT_PREFIX];
    if (!*path) return message_usage("export: -o is empty; a folder for the source was expected");
    char *place = trimmed(path);
    if (!place) return message_memory();
    int status = STATUS_DONE;
    if (stat(place, &about) == 0) {
        prefix_there(there, place);
        if (!S_ISDIR(about.st_mode))
            status = message_fail("%s: is no folder; a folder for the source was expected", path);
        else if (access(place, W_OK | X_OK) != 0)
            status = message_fail("%s: cannot be written: %s", path, strerror(errno));
        else if (!*there && !is_empty(place))
            status = message_fail(
                "%s: has other files; an empty folder, a new one, or one of loci export was expected", path);
        else if (*there && strcmp(there, prefix) != 0)
            status = message_fail("%s: has the export of %s; another folder, or --prefix %s, was expected",
                                  path, there, there);
    } else {
        char *slash = strrchr(place, '/');
        if (slash) slash[slash == place] = 0;
        const char *parent = slash ? place : ".";
        const bool folder = stat(parent, &about) != 0 || S_ISDIR(about.st_mode);
        if (!folder || access(parent, W_OK | X_OK) != 0)
            status = message_fail("%s: cannot be made: %s", path, strerror(folder ? errno : ENOTDIR));
    }
    free(place);
    return status;
}

static int write_file(const char *folder, const char *name, const void *text, size_t length)
{
    char *path = joined(folder, name);
    if (!path) return message_memory();
    FILE *file = fopen(path, "wb");
    int good = file && fwrite(text, 1, length, file) == length;
    if (file && fclose(file) != 0) good = 0;
    const int status = good ? STATUS_DONE : message_fail("%s: cannot be written: %s", path, strerror(errno));
    free(path);
    return status;
}

/* All files into a folder. */
static int fill(const char *folder, const loci_export *program, const loci_export_samples *samples)
{
    int status = STATUS_DONE;
    for (int file = 0; file < LOCI_EXPORT_FILES && !status; file++) {
        char name[LOCI_EXPORT_PREFIX + 16];
        void *text;
        size_t length;
        loci_error error;
        loci_export_name(program, (loci_export_file)file, name);
        if (loci_export_write(program, (loci_export_file)file, file == LOCI_EXPORT_TEST ? samples : NULL,
                              &text, &length, &error) != LOCI_OK)
            return message_error(NULL, &error);
        status = write_file(folder, name, text, length);
        loci_bytes_free(text);
    }
    return status;
}

/* Each file out of one folder: into another one, or away. */
static int empty(const char *from, const char *to, const loci_export *program)
{
    int status = STATUS_DONE;
    for (int file = 0; file < LOCI_EXPORT_FILES; file++) {
        char name[LOCI_EXPORT_PREFIX + 16];
        loci_export_name(program, (loci_export_file)file, name);
        char *old = joined(from, name), *new = to ? joined(to, name) : NULL;
        if (!old || (to && !new))
            status = message_memory();
        else if (!to)
            unlink(old);
        else if (!status && rename(old, new) != 0)
            status = message_fail("%s: cannot be written: %s", new, strerror(errno));
        free(old), free(new);
    }
    return status;
}

/* Whether each file can take its place in a folder that is there. */
static int check_places(const char *folder, const loci_export *program)
{
    int status = STATUS_DONE;
    for (int file = 0; file < LOCI_EXPORT_FILES && !status; file++) {
        char name[LOCI_EXPORT_PREFIX + 16];
        struct stat about;
        loci_export_name(program, (loci_export_file)file, name);
        char *path = joined(folder, name);
        if (!path)
            status = message_memory();
        else if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
            status = message_fail("%s: is no file; a file to be written anew, or none, was expected", path);
        free(path);
    }
    return status;
}

int export_folder_write(const char *path, const loci_export *program, const loci_export_samples *samples)
{
    static const char inside[] = "/.loci-XXXXXX", outside[] = ".XXXXXX";
    struct stat about;
    char *place = trimmed(path);
    const int there = place && stat(place, &about) == 0;
    char *beside = place ? malloc(strlen(place) + sizeof inside) : NULL;
    if (!beside) {
        free(place);
        return message_memory();
    }
    sprintf(beside, "%s%s", place, there ? inside : outside);
    sigset_t held, old; /* an interrupt waits, so that nothing is left behind */
    sigemptyset(&held);
    sigaddset(&held, SIGINT), sigaddset(&held, SIGTERM), sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &old);
    int status = STATUS_DONE;
    if (!mkdtemp(beside)) {
        status = message_fail("%s: cannot be written: %s", path, strerror(errno));
    } else {
        const mode_t mask = umask(0);
        umask(mask);
        status = fill(beside, program, samples);
        if (!status && there) status = check_places(place, program);
        if (!status && there)
            status = empty(beside, place, program);
        else if (!status && (chmod(beside, 0777 & ~mask) != 0 || rename(beside, place) != 0))
            status = message_fail("%s: cannot be made: %s", path, strerror(errno));
        if (status) empty(beside, NULL, program);
        rmdir(beside);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    free(place), free(beside);
    return status;
}
