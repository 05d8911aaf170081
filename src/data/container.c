/* SPDX-License-Identifier: MIT
 * container.c - headers of audio files. All of them but AU's and NIST's are chunks: a name, a length, and so many bytes.
 *
 * Sources: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAV) and Microsoft's notes on
 * WAVEFORMATEXTENSIBLE; EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64); Sony's Wave64; Sun's audio(7) (AU); Apple's Audio
 * Interchange File Format 1.3, AIFF-C and Core Audio Format; NIST's SPHERE. */
#include "data/container.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/raw.h"

#define CHUNKS 10000 /* more are no header */

/* --- bytes --- */

static uint64_t number(const unsigned char *b, size_t size, bool big)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value |= (uint64_t)b[i] << 8 * (big ? size - 1 - i : i);
    return value;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A sign and 15 bits of exponent, 64 of mantissa without an implied one. */
static double extended_of(const unsigned char *b)
{
    const int exponent = (int)(number(b, 2, true) & 0x7FFF);
    return ldexp((double)number(b + 2, 8, true), exponent - 16383 - 63);
}

static bool begins(const unsigned char *b, const char *name)
{
    return memcmp(b, name, 4) == 0;
}

/* The next `size` bytes, NULL where fewer are left or reading fails (*status). */
static const unsigned char *look(loci_input *input, size_t size, loci_status *status, loci_error *error)
{
    if (*status == LOCI_OK) *status = loci_input_fill(input, size, error);
    if (*status != LOCI_OK || loci_input_held(input) < size) return NULL;
    return input->buffer + input->start;
}

/* Passes over `size` bytes, or as many as there are. */
static void pass(loci_input *input, uint64_t size, loci_status *status, loci_error *error)
{
    while (size > 0 && *status == LOCI_OK) {
        *status = loci_input_fill(input, 1, error);
        const size_t held = loci_input_held(input), step = size < held ? (size_t)size : held;
        if (*status != LOCI_OK || step == 0) return;
        input->start += step;
        size -= step;
    }
}

bool loci_container_begins(const unsigned char *b, size_t size)
{
    if (size < 16) return false;
    const bool wave = memcmp(b + 8, "WAVE", 4) == 0, aiff = memcmp(b + 8, "AIF", 3) == 0;
    return (wave && (begins(b, "RIFF") || begins(b, "RIFX") || begins(b, "RF64") || begins(b, "BW64"))) ||
           (begins(b, "FORM") && aiff) || (begins(b, "riff") && b[4] == 0x2E) || begins(b, ".snd") ||
           begins(b, "dns.") || (begins(b, "caff") && b[4] == 0) || memcmp(b, "NIST_1A\n", 8) == 0;
}

/* --- lengths --- */

static uint64_t left(const loci_input *input)
{
    if (input->length == LOCI_INPUT_LENGTH_UNKNOWN) return UINT64_MAX;
    const uint64_t here = loci_input_position(input);
    return input->length > here ? input->length - here : 0;
}

/* Chunks of names in plain letters follow, just up to the end of the file: nothing of it is a sample. */
static bool only_chunks_follow(loci_input *input, bool big, loci_status *status, loci_error *error)
{
    const uint64_t rest = left(input);
    if (rest > LOCI_INPUT_BUFFER) return false;
    const unsigned char *b = look(input, (size_t)rest, status, error);
    uint64_t at = 0;
    while (b && at + 8 <= rest) {
        for (size_t i = 0; i < 4; i++)
            if (b[at + i] < 0x20 || b[at + i] > 0x7E) return false;
        const uint64_t size = number(b + at + 4, 4, big);
        at += 8 + size + size % 2;
    }
    return b && (at == rest || at == rest + 1);
}

/* What a length of `size` bytes in a header of 32 bits means: recorders that cannot go back leave 0, or a length near 2^31 or
 * 2^32, and mean all that follows. */
static uint64_t length_of(uint64_t size, loci_input *input, bool big, loci_status *status, loci_error *error)
{
    if (size == 0)
        return left(input) == 0 ||
                       (left(input) != UINT64_MAX && only_chunks_follow(input, big, status, error))
                   ? 0
                   : LOCI_CONTAINER_OPEN;
    const bool filler =
        (size >= 0x7FFF0000 && size <= 0x80010000) || (size >= 0xFFFF0000 && size <= 0xFFFFFFFF);
    return filler && (left(input) == UINT64_MAX || size > left(input)) ? LOCI_CONTAINER_OPEN : size;
}

/* The same in a header of 64 bits. */
static uint64_t long_length_of(uint64_t size, const loci_input *input)
{
    return size > (uint64_t)1 << 62 || (size == 0 && left(input) > 0) ? LOCI_CONTAINER_OPEN : size;
}

/* --- WAV and its kin --- */

/* The 16 bytes or more of a format chunk; `block` is what all channels of a sample take. */
static void read_format(loci_container *c, const unsigned char *b, uint64_t size, bool big)
{
    static const unsigned char tail[12] = {0x00, 0x00, 0x10, 0x00, 0x80, 0x00,
                                           0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    uint64_t tag = number(b, 2, big);
    c->channels = (size_t)number(b + 2, 2, big);
    c->rate = (double)number(b + 4, 4, big);
    const size_t block = (size_t)number(b + 12, 2, big), bits = (size_t)number(b + 14, 2, big);
    if (tag == 0xFFFE && size >= 40 && memcmp(b + 28, tail, sizeof tail) == 0) tag = number(b + 24, 2, big);
    if (c->channels == 0 || block % c->channels != 0) return;
    const size_t bytes = block / c->channels;
    if ((bits + 7) / 8 != bytes) return;
    if (tag == 1)
        c->kind = bytes == 1 ? LOCI_RAW_U8 : loci_raw_whole(bytes, big);
    else if (tag == 3)
        c->kind = loci_raw_real(bytes, big);
    else if (bytes == 1 && (tag == 6 || tag == 7))
        c->kind = tag == 6 ? LOCI_RAW_ALAW : LOCI_RAW_MULAW;
}

static void read_riff(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    const unsigned char *b = input->buffer + input->start;
    const bool big = begins(b, "RIFX"), wide = begins(b, "RF64") || begins(b, "BW64");
    uint64_t wide_size = LOCI_CONTAINER_OPEN;
    pass(input, 12, status, error);
    for (int chunk = 0; chunk < CHUNKS && (b = look(input, 8, status, error)); chunk++) {
        const uint64_t size = number(b + 4, 4, big);
        const bool format = begins(b, "fmt ") && size >= 16, data = begins(b, "data"),
                   ds64 = begins(b, "ds64") && size >= 24;
        input->start += 8;
        if (data) {
            c->known = true;
            c->at = loci_input_position(input);
            c->bytes = wide && size == 0xFFFFFFFF ? long_length_of(wide_size, input)
                                                  : length_of(size, input, big, status, error);
            return;
        }
        if ((format || ds64) && size < LOCI_INPUT_BUFFER) {
            b = look(input, (size_t)size, status, error);
            if (!b) return;
            if (format)
                read_format(c, b, size, big);
            else
                wide_size = number(b + 8, 8, false);
        }
        pass(input, size + size % 2, status, error);
    }
}

static void read_w64(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    const unsigned char *b;
    pass(input, 40, status, error);
    for (int chunk = 0; chunk < CHUNKS && (b = look(input, 24, status, error)); chunk++) {
        const uint64_t whole = number(b + 16, 8, false);
        const bool format = begins(b, "fmt "), data = begins(b, "data");
        input->start += 24;
        if (data) {
            c->known = true;
            c->at = loci_input_position(input);
            c->bytes = long_length_of(whole < 24 ? 0 : whole - 24, input);
            return;
        }
        if (whole < 24) return;
        const uint64_t size = whole - 24;
        if (format && size >= 16 && size < LOCI_INPUT_BUFFER) {
            b = look(input, (size_t)size, status, error);
            if (!b) return;
            read_format(c, b, size, false);
        }
        pass(input, size + (8 - size % 8) % 8, status, error); /* chunks begin at multiples of 8 */
    }
}

/* --- AU --- */

static void read_au(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    const unsigned char *b = look(input, 24, status, error);
    if (!b) return;
    const bool big = begins(b, ".snd");
    const uint64_t offset = number(b + 4, 4, big), size = number(b + 8, 4, big),
                   encoding = number(b + 12, 4, big);
    if (offset < 24) return;
    c->known = true;
    c->rate = (double)number(b + 16, 4, big);
    c->channels = (size_t)number(b + 20, 4, big);
    c->kind = encoding == 1                    ? LOCI_RAW_MULAW
              : encoding >= 2 && encoding <= 5 ? loci_raw_whole((size_t)encoding - 1, big)
              : encoding == 6 || encoding == 7 ? loci_raw_real(4 * ((size_t)encoding - 5), big)
              : encoding == 27                 ? LOCI_RAW_ALAW
                                               : LOCI_RAW_NONE;
    pass(input, offset, status, error);
    c->at = loci_input_position(input);
    /* 0xFFFFFFFF is what the format itself has for a length that is not known */
    c->bytes = size == 0xFFFFFFFF ? LOCI_CONTAINER_OPEN : length_of(size, input, big, status, error);
}

/* --- AIFF --- */

static loci_raw aiff_kind(const unsigned char *compression, size_t bits)
{
    const size_t bytes = (bits + 7) / 8;
    if (!compression || begins(compression, "NONE") || begins(compression, "twos"))
        return loci_raw_whole(bytes, true);
    if (begins(compression, "sowt")) return loci_raw_whole(bytes, false);
    if (begins(compression, "in24")) return LOCI_RAW_S24BE;
    if (begins(compression, "in32")) return LOCI_RAW_S32BE;
    if (begins(compression, "fl32") || begins(compression, "FL32")) return LOCI_RAW_F32BE;
    if (begins(compression, "fl64") || begins(compression, "FL64")) return LOCI_RAW_F64BE;
    if (begins(compression, "ulaw") || begins(compression, "ULAW")) return LOCI_RAW_MULAW;
    if (begins(compression, "alaw") || begins(compression, "ALAW")) return LOCI_RAW_ALAW;
    return LOCI_RAW_NONE;
}

static void read_aiff(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    const unsigned char *b = input->buffer + input->start;
    const bool packed = b[11] == 'C';
    uint64_t frames = UINT64_MAX;
    pass(input, 12, status, error);
    for (int chunk = 0; chunk < CHUNKS && (b = look(input, 8, status, error)); chunk++) {
        const uint64_t size = number(b + 4, 4, true);
        const bool common = begins(b, "COMM"), sound = begins(b, "SSND");
        input->start += 8;
        if (sound) {
            b = look(input, 8, status, error);
            if (!b) return;
            const uint64_t offset = number(b, 4, true);
            const uint64_t rest = length_of(size, input, true, status, error);
            pass(input, 8 + offset, status, error);
            c->known = true;
            c->at = loci_input_position(input);
            c->bytes = rest == LOCI_CONTAINER_OPEN ? rest : rest > 8 + offset ? rest - 8 - offset : 0;
            const uint64_t frame = loci_raw_size(c->kind) * c->channels;
            if (c->bytes != LOCI_CONTAINER_OPEN && frames > 0 && frames < UINT64_MAX && frame > 0 &&
                frames * frame < c->bytes)
                c->bytes = frames * frame; /* what follows fills up */
            return;
        }
        if (common && size >= 18 && size < LOCI_INPUT_BUFFER) {
            b = look(input, (size_t)size, status, error);
            if (!b) return;
            c->channels = (size_t)number(b, 2, true);
            frames = number(b + 2, 4, true);
            c->rate = extended_of(b + 8);
            if (!packed || size >= 22)
                c->kind = aiff_kind(packed ? b + 18 : NULL, (size_t)number(b + 6, 2, true));
        }
        pass(input, size + size % 2, status, error);
    }
}

/* --- CAF --- */

static void read_caf_description(loci_container *c, const unsigned char *b)
{
    const uint64_t flags = number(b + 12, 4, true), packet = number(b + 16, 4, true),
                   frames = number(b + 20, 4, true);
    const bool big = !(flags & 2);
    c->rate = double_of(number(b, 8, true));
    c->channels = (size_t)number(b + 24, 4, true);
    if (c->channels == 0 || packet % c->channels != 0 || frames != 1) return;
    const size_t bytes = (size_t)packet / c->channels;
    if ((number(b + 28, 4, true) + 7) / 8 != bytes) return;
    if (begins(b + 8, "lpcm"))
        c->kind = flags & 1 ? loci_raw_real(bytes, big) : loci_raw_whole(bytes, big);
    else if (bytes == 1 && (begins(b + 8, "ulaw") || begins(b + 8, "alaw")))
        c->kind = begins(b + 8, "ulaw") ? LOCI_RAW_MULAW : LOCI_RAW_ALAW;
}

static void read_caf(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    const unsigned char *b;
    pass(input, 8, status, error);
    for (int chunk = 0; chunk < CHUNKS && (b = look(input, 12, status, error)); chunk++) {
        const uint64_t size = number(b + 4, 8, true);
        const bool description = begins(b, "desc") && size >= 32, data = begins(b, "data");
        input->start += 12;
        if (data) {
            pass(input, 4, status, error); /* a count of edits */
            c->known = true;
            c->at = loci_input_position(input);
            c->bytes = long_length_of(size < 4 ? 0 : size > (uint64_t)1 << 62 ? size : size - 4, input);
            return;
        }
        if (description) {
            b = look(input, 32, status, error);
            if (!b) return;
            read_caf_description(c, b);
        }
        pass(input, size, status, error);
    }
}

/* --- NIST --- */

/* The number behind a name such as "sample_count -i", 0 where there is none; text ends in a NUL. */
static uint64_t nist_number(const char *text, const char *name)
{
    const char *found = strstr(text, name);
    return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

/* Its samples are left to libsndfile: what is wanted is whether all are there. */
static void read_nist(loci_container *c, loci_input *input, loci_status *status, loci_error *error)
{
    char text[1025] = "";
    const unsigned char *b = look(input, 1024, status, error);
    if (!b) return;
    memcpy(text, b, 1024);
    const uint64_t header = strtoull(text + 8, NULL, 10), count = nist_number(text, "sample_count -i"),
                   size = nist_number(text, "sample_n_bytes -i"),
                   channels = nist_number(text, "channel_count -i");
    if (header < 1024 || header > LOCI_INPUT_BUFFER || count > (uint64_t)1 << 40 || size > 8 ||
        channels > 65535 || strstr(text, "shorten") || strstr(text, "wavpack"))
        return;
    c->known = true;
    pass(input, header, status, error);
    c->at = header;
    c->bytes = count * size * (channels ? channels : 1);
}

loci_status loci_container_read(loci_container *c, loci_input *input, loci_error *error)
{
    *c = (loci_container){.bytes = LOCI_CONTAINER_OPEN};
    loci_status status = LOCI_OK;
    const unsigned char *b = look(input, 16, &status, error);
    if (!b || !loci_container_begins(b, 16)) return status;
    if (begins(b, "riff"))
        read_w64(c, input, &status, error);
    else if (begins(b, ".snd") || begins(b, "dns."))
        read_au(c, input, &status, error);
    else if (begins(b, "FORM"))
        read_aiff(c, input, &status, error);
    else if (begins(b, "caff"))
        read_caf(c, input, &status, error);
    else if (begins(b, "NIST"))
        read_nist(c, input, &status, error);
    else
        read_riff(c, input, &status, error);
    if (status != LOCI_OK) *c = (loci_container){0};
    if (c->channels == 0 || c->channels > LOCI_SIGNAL_CHANNELS || !(c->rate > 0) || !isfinite(c->rate))
        c->kind = LOCI_RAW_NONE;
    return status;
}
