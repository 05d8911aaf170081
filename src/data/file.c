/* SPDX-License-Identifier: MIT
 * file.c - whole files: read at once, written so that the old one stands until the new one is whole. */
#include <loci/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"

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
static loci_status write_in_place(const char *path, const void *bytes, size_t size, loci_error *error)
{
    const bool standard = strcmp(path, "-") == 0;
    const int descriptor = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return loci_fail(error, LOCI_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
    bool good = write_all(descriptor, bytes, size);
    int reason = errno;
    if (!standard && close(descriptor) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good) return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "%s: writing failed: %s", standard ? "standard output" : path,
                     strerror(reason));
}

loci_status loci_file_write(const char *path, const void *bytes, size_t size, loci_error *error)
{
    struct stat there;
    const bool exists = strcmp(path, "-") != 0 && stat(path, &there) == 0;
    if (strcmp(path, "-") == 0 || (exists && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)))
        return write_in_place(path, bytes, size, error);
    if (exists && S_ISDIR(there.st_mode))
        return loci_fail(error, LOCI_E_IO, "%s: is a folder; the name of a file was expected", path);

    const size_t length = strlen(path);
    char *temporary = malloc(length + 8);
    if (!temporary) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", path);
    memcpy(temporary, path, length);
    memcpy(temporary + length, ".XXXXXX", 8);
    const int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        const int reason = errno;
        free(temporary);
        return loci_fail(error, LOCI_E_IO, "%s: cannot be created: %s", path, strerror(reason));
    }
    const mode_t mask = umask(0);
    umask(mask);
    bool good = fchmod(descriptor, exists ? there.st_mode & 07777 : 0666 & ~mask) == 0 &&
                write_all(descriptor, bytes, size) && fsync(descriptor) == 0;
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
    free(temporary);
    if (good) return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "%s: writing failed: %s", path, strerror(reason));
}

loci_status loci_file_read(const char *path, void **bytes, size_t *size, size_t limit, loci_error *error)
{
    *bytes = NULL;
    *size = 0;
    const bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) return loci_fail(error, LOCI_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
    char *buffer = NULL;
    size_t filled = 0, capacity = 0;
    loci_status status = LOCI_OK;
    for (;;) {
        if (filled == capacity) {
            if (filled > limit) {
                status = loci_fail(error, LOCI_E_FORMAT,
                                   "%s: is larger than %zu bytes, the most expected here", path, limit);
                break;
            }
            const size_t wanted = capacity == 0 ? 65536 : 2 * capacity;
            char *larger = realloc(buffer, wanted);
            if (!larger) {
                status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory after %zu bytes", path, filled);
                break;
            }
            buffer = larger;
            capacity = wanted;
        }
        errno = 0;
        const size_t count = fread(buffer + filled, 1, capacity - filled, file);
        filled += count;
        if (count == 0) {
            if (ferror(file))
                status = loci_fail(error, LOCI_E_IO, "%s: reading failed: %s", path, strerror(errno));
            break;
        }
    }
    if (!standard) fclose(file);
    if (status == LOCI_OK && filled > limit)
        status = loci_fail(error, LOCI_E_FORMAT, "%s: is larger than %zu bytes, the most expected here", path,
                           limit);
    if (status != LOCI_OK) {
        free(buffer);
        return status;
    }
    *bytes = buffer;
    *size = filled;
    return LOCI_OK;
}
