/* SPDX-License-Identifier: MIT
 * flac.c - whether a FLAC file is whole, where its header does not tell how many samples there are, as encoders that write into a pipe
 * leave it: frames have no length, but a checksum at either end (RFC 9639). */
#include "data/flac.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"

enum {
    BLOCK_HEAD = 4,
    INFO = 34,            /* the first block */
    FRAME_MOST = 1 << 22, /* 8 channels of 65535 samples of 32 bits, and what stands around them */
    LOOKED = 16           /* what looks like a head in the last frame is hardly ever another one */
};

static uint64_t big(const unsigned char *b, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | b[i];
    return value;
}

static unsigned checksum8(const unsigned char *b, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum ^= b[i];
        for (int k = 0; k < 8; k++) sum = (sum << 1 ^ (sum & 0x80 ? 0x07 : 0)) & 0xFF;
    }
    return sum;
}

static void table16(uint16_t *table)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned sum = i << 8;
        for (int k = 0; k < 8; k++) sum = (sum << 1 ^ (sum & 0x8000 ? 0x8005 : 0)) & 0xFFFF;
        table[i] = (uint16_t)sum;
    }
}

static bool read_at(int descriptor, void *to, size_t size, uint64_t at)
{
    for (size_t done = 0; done < size;) {
        const ssize_t got = pread(descriptor, (char *)to + done, size - done, (off_t)(at + done));
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

/* Where the frames begin; 0: this is no FLAC, or its blocks are not all there. *most is the bytes of a frame, *told whether the
 * samples are. */
static uint64_t frames_begin(int descriptor, size_t *most, bool *told)
{
    unsigned char b[10] = {0}, info[INFO];
    uint64_t at = 0;
    if (!read_at(descriptor, b, sizeof b, 0)) return 0;
    if (memcmp(b, "ID3", 3) == 0) /* seven bits a byte */
        at = 10 + ((uint64_t)b[6] << 21 | (uint64_t)b[7] << 14 | (uint64_t)b[8] << 7 | b[9]);
    if (!read_at(descriptor, b, 4, at) || memcmp(b, "fLaC", 4) != 0 ||
        !read_at(descriptor, info, INFO, at + 4 + BLOCK_HEAD))
        return 0;
    *most = (size_t)big(info + 7, 3);
    *told = (big(info + 10, 8) & 0xFFFFFFFFF) != 0;
    at += 4;
    for (bool last = false; !last;) {
        if (!read_at(descriptor, b, BLOCK_HEAD, at)) return 0;
        last = b[0] & 0x80;
        at += BLOCK_HEAD + big(b + 1, 3);
    }
    return at;
}

/* Bytes of a frame's head at b, of which `size` are there, up to its checksum; 0: this is none. */
static size_t head_size(const unsigned char *b, size_t size)
{
    if (size < 16 || b[0] != 0xFF || (b[1] & 0xFE) != 0xF8) return 0;
    const unsigned length = b[2] >> 4, rate = b[2] & 15, channels = b[3] >> 4, bits = b[3] >> 1 & 7;
    if (length == 0 || rate == 15 || channels > 10 || bits == 3 || b[3] & 1) return 0;
    size_t at = 5; /* a number in as many bytes as UTF-8 would take */
    for (unsigned char mark = b[4]; (mark & 0xC0) == 0xC0; mark = (unsigned char)(mark << 1)) at++;
    at += length == 6 ? 1 : length == 7 ? 2 : 0;
    at += rate == 12 ? 1 : rate == 13 || rate == 14 ? 2 : 0;
    return at < size && checksum8(b, at) == b[at] ? at : 0;
}

/* Whether one of the frames that begin in b ends at its end. */
static bool frame_ends(const unsigned char *b, size_t size)
{
    uint16_t table[256];
    table16(table);
    const unsigned wanted = size >= 2 ? (unsigned)big(b + size - 2, 2) : 0;
    for (size_t at = size, tried = 0; at-- > 0 && tried < LOOKED;) {
        if (b[at] != 0xFF || head_size(b + at, size - at) == 0) continue;
        tried++;
        unsigned sum = 0;
        for (size_t i = at; i + 2 < size; i++) sum = (sum << 8 ^ table[sum >> 8 ^ b[i]]) & 0xFFFF;
        if (sum == wanted) return true;
    }
    return false;
}

bool loci_flac_is_whole(int descriptor, uint64_t length)
{
    size_t most = 0;
    bool told = false;
    const uint64_t begin = frames_begin(descriptor, &most, &told);
    if (begin == 0 || told) return true; /* the decoder says what is wrong */
    if (length <= begin) return false;
    if (most == 0 || most > FRAME_MOST) most = FRAME_MOST;
    const size_t size = length - begin < most ? (size_t)(length - begin) : most;
    unsigned char *b = loci_allocate(size, 1);
    if (!b) return true;
    const bool whole = !read_at(descriptor, b, size, length - size) || frame_ends(b, size);
    loci_free(b);
    return whole;
}
