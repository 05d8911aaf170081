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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_check_value),
                                       cmocka_unit_test(test_every_bit_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
