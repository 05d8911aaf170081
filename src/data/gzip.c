/* SPDX-License-Identifier: MIT
 * gzip.c - the bytes of a file, unpacked if need be: strict, where gzread takes cut files and trailing bytes. */
#include "data/gzip.h"

#include <limits.h>
#include <string.h>

#include "base/status.h"

loci_status loci_gzip_start(loci_gzip *gzip, loci_error *error)
{
    loci_input *input = &gzip->input;
    const loci_status status = loci_input_fill(input, 2, error);
    if (status != LOCI_OK) return status;
    gzip->packed = loci_input_held(input) >= 2 && memcmp(input->buffer + input->start, "\x1F\x8B", 2) == 0;
    if (!gzip->packed || inflateInit2(&gzip->stream, 16 + MAX_WBITS) == Z_OK) return LOCI_OK;
    gzip->packed = false;
    return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
}

loci_status loci_gzip_open(loci_gzip *gzip, const char *path, loci_error *error)
{
    *gzip = (loci_gzip){0};
    loci_status status = loci_input_open(&gzip->input, path, error);
    if (status != LOCI_OK) return status;
    status = loci_gzip_start(gzip, error);
    if (status != LOCI_OK) loci_gzip_close(gzip);
    return status;
}

void loci_gzip_close(loci_gzip *gzip)
{
    if (gzip->packed) inflateEnd(&gzip->stream);
    loci_input_close(&gzip->input);
}

uint64_t loci_gzip_bound(const loci_gzip *gzip)
{
    const uint64_t length = gzip->input.length;
    if (!gzip->packed) return length;
    return length < UINT64_MAX / 1032 ? 1032 * length : UINT64_MAX;
}

/* At the end of a packed member: another one may follow, and nothing else. */
static loci_status next_member(loci_gzip *gzip, loci_error *error)
{
    loci_input *input = &gzip->input;
    const loci_status status = loci_input_fill(input, 2, error);
    if (status != LOCI_OK) return status;
    const size_t held = loci_input_held(input);
    gzip->ended = held == 0;
    if (held > 0 && (held < 2 || memcmp(input->buffer + input->start, "\x1F\x8B", 2) != 0))
        return loci_fail(error, LOCI_E_FORMAT, "%s: other bytes follow what gzip packed", input->name);
    inflateReset(&gzip->stream);
    return LOCI_OK;
}

/* At least one byte, unless it has ended. */
static loci_status unpack(loci_gzip *gzip, unsigned char *bytes, size_t wanted, size_t *count,
                          loci_error *error)
{
    loci_input *input = &gzip->input;
    z_stream *stream = &gzip->stream;
    const uInt room = wanted < UINT_MAX ? (uInt)wanted : UINT_MAX;
    *count = 0;
    while (*count == 0 && !gzip->ended) {
        loci_status status = loci_input_fill(input, 1, error);
        if (status != LOCI_OK) return status;
        const size_t held = loci_input_held(input);
        if (held == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: is cut short", input->name);
        stream->next_in = input->buffer + input->start;
        stream->avail_in = held < UINT_MAX ? (uInt)held : UINT_MAX;
        stream->next_out = bytes;
        stream->avail_out = room;
        const uInt before = stream->avail_in;
        const int code = inflate(stream, Z_NO_FLUSH);
        input->start += before - stream->avail_in;
        *count = room - stream->avail_out;
        if (code == Z_MEM_ERROR) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return loci_fail(error, LOCI_E_FORMAT, "%s: is damaged: %s", input->name,
                             stream->msg ? stream->msg : "gzip cannot unpack it");
        if (code == Z_STREAM_END && (status = next_member(gzip, error)) != LOCI_OK) return status;
    }
    return LOCI_OK;
}

loci_status loci_gzip_some(loci_gzip *gzip, void *bytes, size_t wanted, size_t *count, loci_error *error)
{
    loci_input *input = &gzip->input;
    if (gzip->packed) return unpack(gzip, bytes, wanted, count, error);
    const loci_status status = loci_input_fill(input, 1, error);
    if (status != LOCI_OK) return status;
    *count = loci_input_held(input) < wanted ? loci_input_held(input) : wanted;
    memcpy(bytes, input->buffer + input->start, *count);
    input->start += *count;
    return LOCI_OK;
}

loci_status loci_gzip_read(loci_gzip *gzip, void *bytes, size_t wanted, size_t *count, loci_error *error)
{
    unsigned char *to = bytes;
    for (*count = 0; *count < wanted;) {
        size_t more;
        const loci_status status = loci_gzip_some(gzip, to + *count, wanted - *count, &more, error);
        if (status != LOCI_OK) return status;
        if (more == 0) break;
        *count += more;
    }
    return LOCI_OK;
}
