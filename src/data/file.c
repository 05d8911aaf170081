/* SPDX-License-Identifier: MIT
 * file.c - whole files, written so that the old one stands until the new one is whole. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <loci/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/input.h"

#define NAME 160 /* of a path in a message */

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, bytes, size < 1u << 30 ? size : 1u << 30);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* What is no regular file (a pipe, a device) has no old content to protect and cannot be renamed over. */
static loci_status write_in_place(const char *path, const void *bytes, size_t size, const char *name,
                                  loci_error *error)
{
    const bool standard = strcmp(path, "-") == 0;
    const int descriptor = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return loci_fail(error, LOCI_E_IO, "%s: cannot be opened: %s", name, strerror(errno));
    bool good = write_all(descriptor, bytes, size);
    int reason = errno;
    if (!standard && close(descriptor) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good) return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "%s: writing failed: %s", standard ? "standard output" : name,
                     strerror(reason));
}

/* Whether this process, and no other, holds the file of that name and descriptor: who writes one keeps it locked. */
static bool holds(const char *name, int descriptor)
{
    struct stat held, there;
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &held) == 0 &&
           lstat(name, &there) == 0 && held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

/* Removes what a writer that was killed has left. */
static bool remove_leftover(const char *name)
{
    struct stat held;
    const int descriptor = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool ours = fstat(descriptor, &held) == 0 && S_ISREG(held.st_mode) && held.st_uid == geteuid() &&
                      holds(name, descriptor);
    const bool removed = ours && unlink(name) == 0;
    close(descriptor);
    return removed;
}

/* Creates a file of a name that no other writer has in the folder of `path`, with the permissions that a new file gets.
 * `temporary` has room for the path and 64 bytes. */
static int create_beside(char *temporary, const char *path)
{
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
    memcpy(temporary, path, folder);
    for (int attempt = 0; attempt < 1000; attempt++) {
        snprintf(temporary + folder, 64, ".loci-%d.part", attempt);
        remove_leftover(temporary);
        const int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST) return descriptor;
        if (descriptor < 0) continue;
        if (holds(temporary, descriptor)) return descriptor;
        close(descriptor); /* another one took it for a leftover */
    }
    errno = EEXIST;
    return -1;
}

/* `path` is no symbolic link: it would be replaced, not what it points to. */
static loci_status write_and_rename(const char *path, const mode_t *mode, const void *bytes, size_t size,
                                    const char *name, loci_error *error)
{
    char *temporary = loci_allocate(strlen(path) + 64, 1);
    if (!temporary) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", name);
    const int descriptor = create_beside(temporary, path);
    if (descriptor < 0) {
        const int reason = errno;
        loci_free(temporary);
        return loci_fail(error, LOCI_E_IO, "%s: cannot be created: %s", name, strerror(reason));
    }
    bool good = (!mode || fchmod(descriptor, *mode & 07777) == 0) && write_all(descriptor, bytes, size) &&
                fsync(descriptor) == 0;
    int reason = errno;
    if (close(descriptor) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good && rename(temporary, path) != 0) {
        good = false;
        reason = errno;
    }
    if (!good) unlink(temporary);
    loci_free(temporary);
    if (good) return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "%s: writing failed: %s", name, strerror(reason));
}

loci_status loci_file_write(const char *path, const void *bytes, size_t size, loci_error *error)
{
    char name[NAME];
    loci_input_name(name, sizeof name, path);
    struct stat there;
    if (strcmp(path, "-") == 0) return write_in_place(path, bytes, size, name, error);
    if (stat(path, &there) != 0) return write_and_rename(path, NULL, bytes, size, name, error);
    if (S_ISDIR(there.st_mode))
        return loci_fail(error, LOCI_E_IO, "%s: is a folder; the name of a file was expected", name);
    if (!S_ISREG(there.st_mode)) return write_in_place(path, bytes, size, name, error);
    char *real = realpath(path, NULL);
    if (!real) return loci_fail(error, LOCI_E_IO, "%s: cannot be resolved: %s", name, strerror(errno));
    const loci_status status = write_and_rename(real, &there.st_mode, bytes, size, name, error);
    free(real);
    return status;
}
