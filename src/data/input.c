/* SPDX-License-Identifier: MIT
 * input.c - bytes from front to back out of a file or a pipe, or what gzip packed there. */
#include "data/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/gzip.h"

static loci_status start_input(loci_input *input, loci_error *error)
{
    input->buffer = loci_allocate(LOCI_INPUT_BUFFER, 1);
    if (!input->buffer) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    input->capacity = LOCI_INPUT_BUFFER;
    return LOCI_OK;
}

loci_status loci_input_begin(loci_input *input, const loci_input_source *source, void *own, loci_error *error)
{
    input->length = LOCI_INPUT_LENGTH_UNKNOWN;
    input->descriptor = -1;
    input->source = source;
    input->own = own;
    return start_input(input, error);
}

loci_status loci_input_open(loci_input *input, const char *path, loci_error *error)
{
    *input = (loci_input){.length = LOCI_INPUT_LENGTH_UNKNOWN};
    loci_input_name(input->name, 160, path);
    input->descriptor = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat there;
    if (input->descriptor < 0 || fstat(input->descriptor, &there) != 0) {
        const int reason = errno;
        loci_input_close(input);
        return loci_fail(error, LOCI_E_IO, "%s: cannot be opened: %s", input->name, strerror(reason));
    }
    if (S_ISDIR(there.st_mode)) {
        loci_input_close(input);
        return loci_fail(error, LOCI_E_IO, "%s: is a folder; the name of a file was expected", input->name);
    }
    if (S_ISREG(there.st_mode) && input->descriptor != STDIN_FILENO) input->length = (uint64_t)there.st_size;
    const loci_status status = start_input(input, error);
    if (status != LOCI_OK) loci_input_close(input);
    return status;
}

/* --- what gzip packed --- */

static loci_status unpacked(loci_input *input, unsigned char *bytes, size_t room, size_t *count,
                            loci_error *error)
{
    return loci_gzip_some(input->own, bytes, room, count, error);
}

static void close_packed(void *own)
{
    loci_gzip_close(own);
    loci_free(own);
}

loci_status loci_input_unpack(loci_input *input, loci_error *error)
{
    static const loci_input_source source = {.read = unpacked, .close = close_packed};
    loci_status status = loci_input_fill(input, 2, error);
    if (status != LOCI_OK) return status;
    if (loci_input_held(input) < 2 || memcmp(input->buffer + input->start, "\x1F\x8B", 2) != 0)
        return LOCI_OK;
    loci_gzip *gzip = loci_allocate(1, sizeof *gzip);
    if (!gzip) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    loci_input plain = {.descriptor = -1, .length = LOCI_INPUT_LENGTH_UNKNOWN};
    memcpy(plain.name, input->name, sizeof plain.name);
    gzip->input = *input;
    plain.source = &source;
    plain.own = gzip;
    status = loci_gzip_start(gzip, error);
    *input = plain; /* which has the gzip now, whatever the status */
    return status == LOCI_OK ? start_input(input, error) : status;
}

void loci_input_close(loci_input *input)
{
    if (input->source) input->source->close(input->own);
    if (input->descriptor > STDIN_FILENO) close(input->descriptor);
    loci_free(input->buffer);
    input->buffer = NULL;
    input->source = NULL;
    input->own = NULL;
    input->descriptor = -1;
    input->start = input->end = input->capacity = 0;
    input->ended = true;
}

loci_status loci_input_reserve(loci_input *input, size_t wanted, loci_error *error)
{
    const size_t held = loci_input_held(input);
    unsigned char *buffer = input->buffer;
    if (wanted > input->capacity) {
        size_t capacity = input->capacity;
        while (capacity < wanted && capacity <= SIZE_MAX / 2) capacity *= 2;
        buffer = capacity < wanted ? NULL : loci_allocate(capacity, 1);
        if (!buffer) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
        input->capacity = capacity;
    }
    memmove(buffer, input->buffer + input->start, held);
    if (buffer != input->buffer) loci_free(input->buffer);
    input->buffer = buffer;
    input->taken += input->start;
    input->start = 0;
    input->end = held;
    return LOCI_OK;
}

loci_status loci_input_fill(loci_input *input, size_t wanted, loci_error *error)
{
    if (loci_input_held(input) >= wanted || input->ended) return LOCI_OK;
    loci_status status = loci_input_reserve(input, wanted, error);
    if (status != LOCI_OK) return status;
    while (input->end < wanted && !input->ended) {
        const size_t room = input->capacity - input->end;
        size_t count = 0;
        if (input->source) {
            status = input->source->read(input, input->buffer + input->end, room, &count, error);
            if (status != LOCI_OK) return status;
        } else {
            const ssize_t got = read(input->descriptor, input->buffer + input->end, room);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0)
                return loci_fail(error, LOCI_E_IO, "%s: reading failed: %s", input->name, strerror(errno));
            count = (size_t)got;
        }
        input->ended = count == 0;
        input->end += count;
    }
    return LOCI_OK;
}

loci_status loci_input_pass(loci_input *input, uint64_t bytes, loci_error *error)
{
    const bool seeks = input->length != LOCI_INPUT_LENGTH_UNKNOWN && !input->source;
    for (;;) {
        const uint64_t held = loci_input_held(input), used = held < bytes ? held : bytes;
        input->start += (size_t)used;
        bytes -= used;
        if (bytes == 0) return LOCI_OK;
        if (seeks && bytes < input->length - loci_input_position(input) &&
            lseek(input->descriptor, (off_t)bytes, SEEK_CUR) >= 0) {
            input->taken += input->end + bytes;
            input->start = input->end = 0;
            return LOCI_OK;
        }
        const loci_status status = loci_input_fill(input, 1, error);
        if (status != LOCI_OK) return status;
        if (loci_input_held(input) == 0)
            return loci_fail(error, LOCI_E_RANGE, "%s: ends at byte %llu; more were expected", input->name,
                             (unsigned long long)loci_input_position(input));
    }
}
