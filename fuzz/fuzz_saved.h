/* SPDX-License-Identifier: MIT
 * fuzz_saved.h - what fuzz targets of saved learners share: room, and the words that make any bytes a file up to its checksum. */
#ifndef LOCI_FUZZ_SAVED_H
#define LOCI_FUZZ_SAVED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void put(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static void *room_for(size_t size)
{
    void *room = malloc(size + 1);
    if (!room) abort();
    return room;
}

/* magic is eight bytes. */
static void make_right(uint8_t *bytes, size_t size, const char *magic)
{
    memcpy(bytes, magic, 8);
    put(bytes + 8, 1);
    put(bytes + 16, size);
    uint64_t sum = ~UINT64_C(0);
    for (size_t i = 0; i < size - 8; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xC96C5795D7870F42u : sum >> 1;
    }
    put(bytes + size - 8, ~sum);
}

#endif
