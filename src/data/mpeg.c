/* SPDX-License-Identifier: MIT
 * mpeg.c - whether an MPEG audio file is whole: encoders put "Xing" or "Info", and behind it the number of bytes of all
 * frames, into a first frame without sound, in front of which there may be an ID3v2 tag. */
#include "data/mpeg.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define FRAME 1441 /* bytes at most, of layer III: not everyone counts the first or the last frame */

static uint64_t number4(const unsigned char *b)
{
    return (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3];
}

bool loci_mpeg_is_whole(int descriptor, uint64_t length)
{
    unsigned char b[64];
    uint64_t at = 0;
    if (pread(descriptor, b, 10, 0) != 10) return true;
    if (memcmp(b, "ID3", 3) == 0) /* seven bits a byte */
        at = 10 + ((uint64_t)(b[6] & 127) << 21 | (uint64_t)(b[7] & 127) << 14 | (uint64_t)(b[8] & 127) << 7 |
                   (b[9] & 127));
    if (pread(descriptor, b, sizeof b, (off_t)at) != (ssize_t)sizeof b || b[0] != 0xFF) return true;
    /* behind the frame's header of 4 bytes and its side information: MPEG-1 or later, one channel or two */
    static const size_t places[] = {4 + 32, 4 + 17, 4 + 9};
    for (size_t i = 0; i < 3; i++) {
        const unsigned char *tag = b + places[i];
        if (memcmp(tag, "Xing", 4) != 0 && memcmp(tag, "Info", 4) != 0) continue;
        const bool frames = tag[7] & 1, bytes = tag[7] & 2;
        return !bytes || at + number4(tag + (frames ? 12 : 8)) <= length + FRAME;
    }
    return true;
}
