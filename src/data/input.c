/* SPDX-License-Identifier: MIT
 * input.c - bytes from front to back out of a file, a pipe, or a member of a zip archive. */
#include "data/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/gzip.h"
#include "data/quote.h"

static loci_status start_input(loci_input *input, loci_error *error)
{
    input->buffer = loci_allocate(LOCI_INPUT_BUFFER, 1);
    if (!input->buffer) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    input->capacity = LOCI_INPUT_BUFFER;
    return LOCI_OK;
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

loci_status loci_input_open_member(loci_input *input, const char *path, const char *member, loci_error *error)
{
    *input = (loci_input){.length = LOCI_INPUT_LENGTH_UNKNOWN, .descriptor = -1};
    char name[256], quoted[40];
    loci_input_name(input->name, 140, path);
    loci_quote(quoted, sizeof quoted, member, strlen(member));
    int reason = 0;
    input->archive = zip_open(path, ZIP_RDONLY, &reason);
    if (!input->archive) {
        zip_error_t details;
        zip_error_init_with_code(&details, reason);
        const loci_status status = reason == ZIP_ER_MEMORY ? LOCI_E_MEMORY
                                   : reason == ZIP_ER_OPEN || reason == ZIP_ER_READ || reason == ZIP_ER_NOENT
                                       ? LOCI_E_IO
                                       : LOCI_E_FORMAT;
        loci_fail(error, status, "%s: cannot be opened as an archive: %s", input->name,
                  zip_error_strerror(&details));
        zip_error_fini(&details);
        return status;
    }
    const int length = snprintf(name, sizeof name, "%s.npy", member);
    const zip_int64_t index =
        length > 0 && (size_t)length < sizeof name ? zip_name_locate(input->archive, name, 0) : -1;
    if (index < 0) {
        loci_fail(error, LOCI_E_RANGE, "%s: has no member %s", input->name, quoted);
        loci_input_close(input);
        return LOCI_E_RANGE;
    }
    input->member = zip_fopen_index(input->archive, (zip_uint64_t)index, 0);
    if (!input->member) {
        loci_fail(error, LOCI_E_FORMAT, "%s: member %s cannot be read: %s", input->name, quoted,
                  zip_strerror(input->archive));
        loci_input_close(input);
        return LOCI_E_FORMAT;
    }
    const size_t used = strlen(input->name);
    snprintf(input->name + used, sizeof input->name - used, ": member %s", quoted);
    const loci_status status = start_input(input, error);
    if (status != LOCI_OK) loci_input_close(input);
    return status;
}

loci_status loci_input_unpack(loci_input *input, loci_error *error)
{
    loci_status status = loci_input_fill(input, 2, error);
    if (status != LOCI_OK) return status;
    if (loci_input_held(input) < 2 || memcmp(input->buffer + input->start, "\x1F\x8B", 2) != 0)
        return LOCI_OK;
    loci_gzip *gzip = loci_allocate(1, sizeof *gzip);
    if (!gzip) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    loci_input plain = {.descriptor = -1, .length = LOCI_INPUT_LENGTH_UNKNOWN};
    memcpy(plain.name, input->name, sizeof plain.name);
    gzip->input = *input;
    plain.packed = gzip;
    status = loci_gzip_start(gzip, error);
    *input = plain; /* which has the gzip now, whatever the status */
    return status == LOCI_OK ? start_input(input, error) : status;
}

void loci_input_close(loci_input *input)
{
    if (input->packed) {
        loci_gzip_close(input->packed);
        loci_free(input->packed);
    }
    if (input->descriptor > STDIN_FILENO) close(input->descriptor);
    if (input->member) zip_fclose(input->member);
    if (input->archive) zip_discard(input->archive);
    loci_free(input->buffer);
    input->buffer = NULL;
    input->archive = input->member = input->packed = NULL;
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
        int64_t count;
        if (input->packed) {
            size_t some;
            status = loci_gzip_some(input->packed, input->buffer + input->end, room, &some, error);
            if (status != LOCI_OK) return status;
            count = (int64_t)some;
        } else if (input->member) {
            count = zip_fread(input->member, input->buffer + input->end, room);
            if (count < 0)
                return loci_fail(error, LOCI_E_FORMAT, "%s: is damaged: %s", input->name,
                                 zip_file_strerror(input->member));
        } else {
            count = read(input->descriptor, input->buffer + input->end, room);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0)
                return loci_fail(error, LOCI_E_IO, "%s: reading failed: %s", input->name, strerror(errno));
        }
        input->ended = count == 0;
        input->end += (size_t)count;
    }
    return LOCI_OK;
}

loci_status loci_input_pass(loci_input *input, uint64_t bytes, loci_error *error)
{
    const bool seeks = input->length != LOCI_INPUT_LENGTH_UNKNOWN && !input->packed && !input->member;
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
