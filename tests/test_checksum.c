/* SPDX-License-Identifier: MIT
 * test_checksum.c - the published check value, and what a checksum is for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checksum.h"

/* The CRC catalogue's check values are those of the nine characters 123456789. */
static void test_check_value(void **state)
{
    (void)state;
    assert_true(loci_checksum("123456789", 9) == UINT64_C(0x995DC9BBDF1939FA));
    assert_true(loci_checksum("", 0) == 0);
}

static void test_every_bit_counts(void **state)
{
    (void)state;
    unsigned char bytes[40] = "a state of some forty bytes";
    const uint64_t whole = loci_checksum(bytes, sizeof bytes);
    for (size_t i = 0; i < 8 * sizeof bytes; i++) {
        bytes[i / 8] ^= (unsigned char)(1u << i % 8);
        assert_true(loci_checksum(bytes, sizeof bytes) != whole);
        bytes[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    assert_true(loci_checksum(bytes, sizeof bytes - 1) != whole);
}

/* The division bit by bit, of every length around the eights and from every place in one. */
static void test_division(void **state)
{
    (void)state;
    unsigned char bytes[80];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * i * 37 + 11 * i + 200);
    for (size_t from = 0; from < 8; from++)
        for (size_t size = 0; size <= 70; size++) {
            uint64_t sum = ~UINT64_C(0);
            for (size_t i = 0; i < size; i++) {
                sum ^= bytes[from + i];
                for (int bit = 0; bit < 8; bit++)
                    sum = sum & 1 ? (sum >> 1) ^ UINT64_C(0xC96C5795D7870F42) : sum >> 1;
            }
            assert_true(loci_checksum(bytes + from, size) == ~sum);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_check_value),
                                       cmocka_unit_test(test_every_bit_counts),
                                       cmocka_unit_test(test_division)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
