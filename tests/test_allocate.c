/* SPDX-License-Identifier: MIT
 * test_allocate.c - sizes that do not fit are refused; memory is zeroed, aligned, and as large as was asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/allocate.h"

static void sizes_that_fit_are_exact(void **state)
{
    (void)state;
    size_t size = 7;
    assert_true(loci_size_multiply(&size, 3, 5));
    assert_int_equal(size, 15);
    assert_true(loci_size_multiply(&size, 0, SIZE_MAX));
    assert_int_equal(size, 0);
    assert_true(loci_size_multiply(&size, SIZE_MAX, 0));
    assert_int_equal(size, 0);
    assert_true(loci_size_multiply(&size, SIZE_MAX / 3, 3)); /* 2^64 - 1 is a multiple of 3 */
    assert_true(size == SIZE_MAX);
    assert_true(loci_size_add(&size, SIZE_MAX - 1, 1));
    assert_true(size == SIZE_MAX);
}

static void sizes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    size_t size = 7;
    assert_false(loci_size_multiply(&size, SIZE_MAX / 3 + 1, 3));
    assert_false(loci_size_multiply(&size, SIZE_MAX, SIZE_MAX));
    assert_false(loci_size_multiply(&size, (size_t)1 << 32, (size_t)1 << 32)); /* wraps to 0 */
    assert_false(loci_size_add(&size, SIZE_MAX, 1));
    assert_false(loci_size_add(&size, 1, SIZE_MAX));
    assert_int_equal(size, 7);
    assert_null(loci_allocate((size_t)1 << 32, (size_t)1 << 32));
    assert_null(loci_allocate(SIZE_MAX, 1)); /* rounding up would wrap */
    assert_null(loci_allocate(SIZE_MAX - 62, 1));
}

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes <= 200; bytes++) {
        unsigned char *memory = loci_allocate(bytes, 1);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 64, 0);
        for (size_t i = 0; i < bytes; i++) {
            assert_int_equal(memory[i], 0);
            memory[i] = 0xff; /* that the next one is not zero by chance */
        }
        loci_free(memory);
    }
    loci_free(NULL);
}

/* Room is aligned and as large as was asked, what it holds is not known, and sizes that do not fit are refused likewise. */
static void room_is_aligned_and_not_zeroed(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes <= 200; bytes++) {
        unsigned char *memory = loci_allocate_room_by(NULL, 1, bytes);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 64, 0);
        for (size_t i = 0; i < bytes; i++) memory[i] = (unsigned char)i;
        for (size_t i = 0; i < bytes; i++) assert_int_equal(memory[i], i);
        assert_null(loci_allocator_of(memory));
        loci_free(memory);
    }
    assert_null(loci_allocate_room_by(NULL, SIZE_MAX, 1));
    assert_null(loci_allocate_room_by(NULL, (size_t)1 << 32, (size_t)1 << 32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_fit_are_exact),
        cmocka_unit_test(sizes_that_do_not_fit_are_refused),
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(room_is_aligned_and_not_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
