/* SPDX-License-Identifier: MIT
 * test_coefficients.c - whole numbers of any size come back from their bytes, and bytes of any kind give some numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive/coefficients.h"

enum { PAGE = 4096, ROOM = 16 * PAGE + 1024 };

static uint64_t random_state = 1;
static uint32_t random_bits(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 32);
}

/* Of `bits` bits at most, mostly; one of `lone` is as large as any. */
static int32_t number(unsigned bits, unsigned lone)
{
    const unsigned size = lone > 0 && random_bits() % lone == 0 ? 30 : bits;
    const uint32_t magnitude = random_bits() & (((uint32_t)1 << random_bits() % (size + 1)) - 1);
    return random_bits() & 1 ? -(int32_t)magnitude : (int32_t)magnitude;
}

static size_t first_rows(const pyramid_layout *l, size_t rows)
{
    return (size_t)(l->row[rows - 1].at + l->row[rows - 1].nodes * l->row[rows - 1].width);
}

/* Encodes n numbers and decodes them, whole and the coarse rows alone; returns the bytes. */
static size_t there_and_back(coefficient_coder *c, int32_t *q, size_t n, size_t order)
{
    static int32_t back[PAGE];
    static unsigned char bytes[ROOM + 8];
    pyramid_layout l;
    loci_pyramid_layout(&l, n, order);
    const size_t coarse = l.rows > 3 ? 3 : l.rows;
    size_t coarse_size, fine_size;
    assert_true(loci_coefficients_encode(c, bytes, ROOM, &coarse_size, &fine_size, q, &l, coarse, l.rows));
    for (size_t i = 0; i < 8; i++)
        bytes[coarse_size + fine_size + i] = 0xA5; /* what lies behind does not matter */
    memset(back, 0x55, sizeof back);
    loci_coefficients_decode(c, back, bytes, coarse_size, bytes + coarse_size, fine_size, &l, coarse, l.rows);
    assert_memory_equal(back, q, n * sizeof *q);
    memset(back, 0x55, sizeof back);
    loci_coefficients_decode(c, back, bytes, coarse_size, NULL, 0, &l, coarse, coarse);
    assert_memory_equal(back, q, first_rows(&l, coarse) * sizeof *q);
    return coarse_size + fine_size;
}

static void numbers_come_back(void **state)
{
    (void)state;
    static int32_t q[PAGE];
    const size_t orders[] = {1, 3, 4, 8, 16, 32}, lengths[] = {1, 5, 64, 100, 777, 1024, PAGE};
    coefficient_coder *c = loci_coefficients_create(NULL, PAGE);
    assert_true(c && loci_coefficients_write(c));
    for (size_t o = 0; o < 6; o++)
        for (size_t i = 0; i < 7; i++)
            for (unsigned bits = 0; bits <= 30; bits += bits < 4 ? 1 : 13) {
                for (unsigned lone = 0; lone <= 50; lone += 50) {
                    for (size_t k = 0; k < lengths[i]; k++) q[k] = number(bits, lone);
                    there_and_back(c, q, lengths[i], orders[o]);
                }
            }
    loci_coefficients_destroy(c);
}

/* Zeros take next to nothing, and numbers of three even bits and a sign about as many. */
static void sizes_are_as_expected(void **state)
{
    (void)state;
    static int32_t q[PAGE];
    coefficient_coder *c = loci_coefficients_create(NULL, PAGE);
    assert_true(c && loci_coefficients_write(c));
    memset(q, 0, sizeof q);
    assert_true(there_and_back(c, q, PAGE, 8) < 12);
    for (size_t k = 0; k < PAGE; k++) {
        q[k] = 1 + (int32_t)(random_bits() >> 29);
        if (random_bits() >> 31) q[k] = -q[k];
    }
    const size_t size = there_and_back(c, q, PAGE, 8);
    assert_true(8 * size > 4 * PAGE && 80 * size < 42 * PAGE);
    loci_coefficients_destroy(c);
}

static void any_bytes_give_numbers(void **state)
{
    (void)state;
    static int32_t q[PAGE];
    unsigned char *bytes = malloc(500 + 4); /* four behind the last one are read */
    coefficient_coder *c = loci_coefficients_create(NULL, PAGE);
    assert_true(c && bytes);
    pyramid_layout l;
    for (size_t size = 0; size <= 500; size += 1 + size / 8)
        for (size_t order = 4; order <= 16; order *= 2) {
            loci_pyramid_layout(&l, PAGE, order);
            for (size_t i = 0; i < size + 4; i++) bytes[i] = (unsigned char)random_bits();
            loci_coefficients_decode(c, q, bytes, size / 2, bytes + size / 2, size - size / 2, &l, 3, l.rows);
            for (size_t k = 0; k < PAGE; k++)
                assert_true(q[k] > -COEFFICIENT_LIMIT && q[k] < COEFFICIENT_LIMIT);
            loci_corrections_decode(c, q, PAGE, bytes, size);
        }
    loci_coefficients_destroy(c);
    free(bytes);
}

static void corrections_come_back(void **state)
{
    (void)state;
    static int32_t q[PAGE], back[PAGE];
    static unsigned char bytes[ROOM + 4];
    coefficient_coder *c = loci_coefficients_create(NULL, PAGE);
    assert_true(c && loci_coefficients_write(c));
    for (unsigned lone = 1; lone < 1000; lone *= 3) {
        size_t size;
        for (size_t k = 0; k < PAGE; k++) q[k] = random_bits() % lone ? 0 : number(2, 9);
        assert_true(loci_corrections_encode(c, bytes, ROOM, &size, q, PAGE));
        loci_corrections_decode(c, back, PAGE, bytes, size);
        assert_memory_equal(back, q, sizeof q);
    }
    loci_coefficients_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back), cmocka_unit_test(sizes_are_as_expected),
        cmocka_unit_test(any_bytes_give_numbers), cmocka_unit_test(corrections_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
