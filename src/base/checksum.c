/* SPDX-License-Identifier: MIT
 * checksum.c - CRC-64/XZ: polynomial 0x42F0E1EBA9EA3693, reflected. */
#include "base/checksum.h"

uint64_t loci_checksum(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t table[256];
    for (unsigned i = 0; i < 256; i++) {
        uint64_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xC96C5795D7870F42u : value >> 1;
        table[i] = value;
    }
    uint64_t sum = ~UINT64_C(0);
    for (size_t i = 0; i < size; i++) sum = table[(sum ^ byte[i]) & 255] ^ (sum >> 8);
    return ~sum;
}
