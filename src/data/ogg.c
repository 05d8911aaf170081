/* SPDX-License-Identifier: MIT
 * ogg.c - whether an Ogg file is whole: its pages tell their lengths, and the last one of a stream says that it is the last
 * (RFC 3533). */
#include "data/ogg.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

bool loci_ogg_is_whole(int descriptor, uint64_t length)
{
    unsigned char head[27 + 255];
    bool ends = false;
    uint64_t at = 0;
    while (at < length) {
        const ssize_t got = pread(descriptor, head, sizeof head, (off_t)at);
        if (got < 4 || memcmp(head, "OggS", 4) != 0) return ends;
        if (got < 27 || got < 27 + head[26]) return false;
        ends = head[5] & 4;
        at += 27 + (uint64_t)head[26];
        for (size_t i = 0; i < head[26]; i++) at += head[27 + i];
    }
    return ends && at == length;
}
