/* SPDX-License-Identifier: MIT
 * archive_place.c - the bytes of an archive on their way into a file. */
#include "memory/archive_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/message.h"

static loci_status told(loci_error *error)
{
    error->status = LOCI_E_IO;
    error->text[0] = 0;
    return LOCI_E_IO;
}

int archive_place_lock(const archive_place *p, size_t size)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat file, named;
    const bool busy = fcntl(p->descriptor, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN);
    if (!busy && fstat(p->descriptor, &file) == 0 && (size_t)file.st_size == size &&
        stat(p->path, &named) == 0 && named.st_dev == file.st_dev && named.st_ino == file.st_ino)
        return STATUS_DONE; /* else it was removed or replaced since it was opened */
    return message_fail("%s: another program is appending to it; one at a time was expected", p->path);
}

/* Bytes that may still be replaced gather until they are written. */
static loci_status gather(archive_place *p, size_t at, const void *bytes, size_t size, loci_error *error)
{
    char *larger = realloc(p->whole, at + size);
    if (!larger) {
        message_memory();
        return told(error);
    }
    p->whole = larger;
    memcpy(larger + at, bytes, size);
    p->size = at + size;
    return LOCI_OK;
}

/* All of a file that grows, anew: it is there whole, as it was or as it is now, at every moment. */
static loci_status replace(archive_place *p, const void *bytes, size_t size, loci_error *error)
{
    if (output_file(p->path, bytes, size) != STATUS_DONE) return told(error);
    close(p->descriptor);
    p->descriptor = open(p->path, O_RDWR | O_CLOEXEC);
    if (p->descriptor < 0) {
        message_fail("%s: it cannot be opened: %s", p->path, strerror(errno));
        return told(error);
    }
    p->size = size;
    return archive_place_lock(p, size) == STATUS_DONE ? LOCI_OK : told(error);
}

loci_status archive_place_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    archive_place *p = target;
    if (p->gathers) return gather(p, (size_t)at, bytes, size, error);
    if (p->descriptor < 0) {
        output_bytes(&p->out, bytes, size);
        return LOCI_OK;
    }
    if (at == 0 && p->size > 0) return replace(p, bytes, size, error);
    if (at == 0 && ftruncate(p->descriptor, 0) != 0) { /* of a file that held no whole page */
        message_fail("%s: writing failed: %s", p->path, strerror(errno));
        return told(error);
    }
    const char *from = bytes;
    for (size_t done = 0; done < size;) {
        const ssize_t written = pwrite(p->descriptor, from + done, size - done, (off_t)(at + done));
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            message_fail("%s: writing failed: %s", p->path, written == 0 ? "no room" : strerror(errno));
            if (ftruncate(p->descriptor, (off_t)p->size) != 0)
                return told(error); /* the rest of the page is passed over */
            return told(error);
        }
    }
    p->size = at == 0 && p->heads ? 0 : (size_t)at + size;
    return LOCI_OK;
}

int archive_place_save(const archive_place *p, loci_archive_writer *writer)
{
    archive_place now = {.path = p->path, .descriptor = -1, .gathers = true};
    loci_error error;
    if (loci_archive_writer_peek(writer, archive_place_sink, &now, &error) != LOCI_OK) {
        free(now.whole);
        return error.text[0] ? message_error(p->path, &error) : STATUS_FAILED;
    }
    const int status = output_file(p->path, now.whole, now.size);
    free(now.whole);
    return status;
}

int archive_place_finish(archive_place *p, int status)
{
    if (!status && p->gathers) status = output_file(p->path, p->whole, p->size);
    free(p->whole);
    p->whole = NULL;
    if (status || p->gathers) {
        output_abandon(&p->out);
        return status;
    }
    return output_close(&p->out);
}
