/* SPDX-License-Identifier: MIT
 * restore.c - a lane as bytes and back: little-endian, versioned, with a checksum over everything.
 *
 * "LOCISTR\n"; then, 8 bytes each: version, bytes of the whole, fingerprint of the model, steps of the model that a sample
 * lasts (double), samples since the reset, numbers of the state, numbers of an answer; then state and answer (float), as
 * many zero bytes as make it a multiple of 8, and the checksum of all this. Version 1 had a fingerprint that knew nothing of
 * the model's shift and scale. */
#include <loci/stream.h>

#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "base/checksum.h"
#include "base/status.h"
#include "stream/lanes.h"

enum { VERSION = 2, FIELDS = 7, HEADER = 8 + 8 * FIELDS };
enum { OF_VERSION, OF_SIZE, OF_MODEL, OF_STEPS, OF_SAMPLES, OF_STATE, OF_ANSWER };
static const char magic[8] = {'L', 'O', 'C', 'I', 'S', 'T', 'R', '\n'};

static size_t size_of(const loci_stream_tables *t)
{
    return HEADER + (t->state + t->outputs + 1) / 2 * 8 + 8;
}

size_t loci_stream_state_size(const loci_stream *stream)
{
    return size_of(stream->tables);
}

static loci_status no_lane(const loci_stream *stream, uint32_t lane, loci_error *error)
{
    return loci_fail(error, LOCI_E_ARGUMENT, "lane is %lu; below %zu, the lanes of the stream, was expected",
                     (unsigned long)lane, stream->lanes);
}

loci_status loci_stream_save(const loci_stream *stream, uint32_t lane, void *bytes, size_t size,
                             loci_error *error)
{
    const loci_stream_tables *t = stream->tables;
    if (lane >= stream->lanes) return no_lane(stream, lane, error);
    if (size != size_of(t))
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu bytes were given to save in; %zu were expected", size,
                         size_of(t));
    uint64_t steps;
    memcpy(&steps, &t->steps, sizeof steps);
    const uint64_t field[FIELDS] = {
        [OF_VERSION] = VERSION,
        [OF_SIZE] = size,
        [OF_MODEL] = t->fingerprint,
        [OF_STEPS] = steps,
        [OF_SAMPLES] = stream->samples[lane],
        [OF_STATE] = t->state,
        [OF_ANSWER] = t->outputs,
    };
    unsigned char *at = bytes, *const tail = at + size - 8;
    memcpy(at, magic, sizeof magic);
    at += sizeof magic;
    for (size_t i = 0; i < FIELDS; i++) loci_endian_put(&at, field[i], 8);
    loci_endian_put_f32(&at, stream_state(stream, lane), t->state);
    loci_endian_put_f32(&at, stream_answer(stream, lane), t->outputs);
    while (at < tail) *at++ = 0;
    loci_endian_put(&at, loci_checksum(bytes, size - 8), 8);
    return LOCI_OK;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

/* That the bytes are what was saved, of a stream like this one. */
static loci_status check(uint64_t field[FIELDS], const loci_stream_tables *t, const unsigned char *bytes,
                         size_t size, loci_error *error)
{
    if (size < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return damaged(error, "is not the state of a stream: it does not begin like one");
    if (size < HEADER + 8) return damaged(error, "is the state of a stream cut short");
    const unsigned char *at = bytes + sizeof magic, *tail = bytes + size - 8;
    for (size_t i = 0; i < FIELDS; i++) field[i] = loci_endian_get(&at, 8);
    const int sound = loci_endian_get(&tail, 8) == loci_checksum(bytes, size - 8);
    if (!sound && field[OF_SIZE] > size)
        return loci_fail(error, LOCI_E_FORMAT, "is the state of a stream cut short: %zu bytes of %llu", size,
                         (unsigned long long)field[OF_SIZE]);
    if (!sound || field[OF_SIZE] != size)
        return damaged(error, "is the damaged state of a stream: its checksum does not fit its bytes");
    if (field[OF_VERSION] < 1 || field[OF_VERSION] > VERSION)
        return loci_fail(error, LOCI_E_FORMAT,
                         "is the state of a stream of version %llu; version 1 or %d was expected",
                         (unsigned long long)field[OF_VERSION], VERSION);
    if (field[OF_MODEL] != (field[OF_VERSION] == 1 ? t->fingerprint_1 : t->fingerprint))
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "is the state of a stream of another model, or of this one when its parameters, shift or scale were others");
    double steps;
    memcpy(&steps, &field[OF_STEPS], sizeof steps);
    if (!(steps > 0 && steps < (double)INFINITY))
        return damaged(error, "is the state of a stream whose rate cannot be");
    if (steps != t->steps) {
        if (loci_stream_hertz(t, 1) > 0)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "is the state of a stream at %g Hz; one at %g Hz was expected",
                             loci_stream_hertz(t, steps), loci_stream_hertz(t, t->steps));
        return damaged(error, "is the state of a stream whose rate cannot be");
    }
    if (field[OF_STATE] != t->state || field[OF_ANSWER] != t->outputs || size != size_of(t))
        return damaged(error, "is the state of a stream with sizes that cannot be");
    return LOCI_OK;
}

loci_status loci_stream_restore(loci_stream *stream, uint32_t lane, const void *bytes, size_t size,
                                loci_error *error)
{
    const loci_stream_tables *t = stream->tables;
    if (lane >= stream->lanes) return no_lane(stream, lane, error);
    uint64_t field[FIELDS];
    const loci_status status = check(field, t, bytes, size, error);
    if (status) return status;
    const unsigned char *rest = (const unsigned char *)bytes + HEADER;
    loci_endian_get_f32(stream_state(stream, lane), &rest, t->state);
    loci_endian_get_f32(stream_answer(stream, lane), &rest, t->outputs);
    stream->samples[lane] = field[OF_SAMPLES];
    return LOCI_OK;
}
