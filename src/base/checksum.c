/* SPDX-License-Identifier: MIT
 * checksum.c - CRC-64/XZ: polynomial 0x42F0E1EBA9EA3693, reflected; eight bytes at a time (Kounavis, Berry, "slicing by 8"). */
#include "base/checksum.h"

/* The division is linear: what a byte becomes is the sum of what its bits do, from the lowest, a to h. */
#define BITS_1(x, a) (x), (x) ^ (a)
#define BITS_2(x, a, b) BITS_1(x, a), BITS_1((x) ^ (b), a)
#define BITS_3(x, a, b, c) BITS_2(x, a, b), BITS_2((x) ^ (c), a, b)
#define BITS_4(x, a, b, c, d) BITS_3(x, a, b, c), BITS_3((x) ^ (d), a, b, c)
#define BITS_5(x, a, b, c, d, e) BITS_4(x, a, b, c, d), BITS_4((x) ^ (e), a, b, c, d)
#define BITS_6(x, a, b, c, d, e, f) BITS_5(x, a, b, c, d, e), BITS_5((x) ^ (f), a, b, c, d, e)
#define BITS_7(x, a, b, c, d, e, f, g) BITS_6(x, a, b, c, d, e, f), BITS_6((x) ^ (g), a, b, c, d, e, f)
#define BYTE(a, b, c, d, e, f, g, h)                                                                         \
    {                                                                                                        \
        BITS_7(UINT64_C(0), a, b, c, d, e, f, g), BITS_7((h), a, b, c, d, e, f, g)                           \
    }

enum { SLICES = 8 };

/* What each byte becomes in eight steps of the division, in sixteen, and so on. */
static const uint64_t table[SLICES][256] = {
    BYTE(0xB32E4CBE03A75F6F, 0xF4843657A840A05B, 0x7BD0C384FF8F5E33, 0xF7A18709FF1EBC66, 0x7D9BA13851336649,
         0xFB374270A266CC92, 0x64B62BCAEBC387A1, 0xC96C5795D7870F42),
    BYTE(0x54E979925CD0F10D, 0xA9D2F324B9A1E21A, 0xC17D4962DC4DDAB1, 0x10223DEE1795ABE7, 0x20447BDC2F2B57CE,
         0x4088F7B85E56AF9C, 0x8111EF70BCAD5F38, 0x90FB71CAD654A0F5),
    BYTE(0x3F0BE14A916A6DCB, 0x7E17C29522D4DB96, 0xFC2F852A45A9B72C, 0x6A87A57F245D70DD, 0xD50F4AFE48BAE1BA,
         0x38C63AD73E7BDDF1, 0x718C75AE7CF7BBE2, 0xE318EB5CF9EF77C4),
    BYTE(0x1DEE8A5E222CA1DC, 0x3BDD14BC445943B8, 0x77BA297888B28770, 0xEF7452F111650EE0, 0x4C300AC98DC40345,
         0x986015931B88068A, 0xA218840D981E1391, 0xD6E9A7309F3239A7),
    BYTE(0x5C2D776033C4205E, 0xB85AEEC0678840BC, 0xE26D72AB601E9FFD, 0x56024A7D6F33217F, 0xAC0494FADE6642FE,
         0xCAD186DE13C29B79, 0x077BA297888B2877, 0x0EF7452F111650EE),
    BYTE(0x6184D55F721267C6, 0xC309AABEE424CF8C, 0x14CBFA566747819D, 0x2997F4ACCE8F033A, 0x532FE9599D1E0674,
         0xA65FD2B33A3C0CE8, 0xDE670A4DDB760755, 0x2E16BBB019E2102F),
    BYTE(0x22EF0D5934F964EC, 0x45DE1AB269F2C9D8, 0x8BBC3564D3E593B0, 0x85A0C5E208C539E5, 0x999924EFBE846D4F,
         0xA1EAE6F4D206C41B, 0xD10D62C20B0396B3, 0x30C26AAFB90933E3),
    BYTE(0xDABE95AFC7875F40, 0x27A584742000A005, 0x4F4B08E84001400A, 0x9E9611D080028014, 0xAFF48C8AAF0B1EAD,
         0xCD31B63EF11823DF, 0x08BBC3564D3E593B, 0x117786AC9A7CB276)};

uint64_t loci_checksum(const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    uint64_t sum = ~UINT64_C(0);
    for (; size >= SLICES; size -= SLICES, b += SLICES) {
        uint64_t next = 0;
        for (size_t i = 0; i < SLICES; i++) sum ^= (uint64_t)b[i] << (8 * i);
        for (size_t i = 0; i < SLICES; i++) next ^= table[SLICES - 1 - i][sum >> (8 * i) & 255];
        sum = next;
    }
    for (; size > 0; size--) sum = table[0][(sum ^ *b++) & 255] ^ (sum >> 8);
    return ~sum;
}
