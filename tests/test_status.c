/* SPDX-License-Identifier: MIT
 * test_status.c - texts of the codes; a long sentence is cut, never overrun. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

static void every_status_has_a_text(void **state)
{
    (void)state;
    for (int s = LOCI_OK; s <= LOCI_E_STOPPED; s++) assert_true(strlen(loci_status_text((loci_status)s)) > 3);
    assert_string_equal(loci_status_text((loci_status)999), "unknown status");
    assert_int_equal(sizeof(loci_error), 256);
}

static void header_and_library_are_one_version(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", LOCI_VERSION_MAJOR, LOCI_VERSION_MINOR, LOCI_VERSION_PATCH);
    assert_string_equal(loci_version(), text);
    assert_string_equal(loci_version(), LOCI_VERSION);
}

static void fail_fills_the_error(void **state)
{
    (void)state;
    loci_error error;
    assert_int_equal(loci_fail(&error, LOCI_E_RANGE, "order is %d", 0), LOCI_E_RANGE);
    assert_int_equal(error.status, LOCI_E_RANGE);
    assert_string_equal(error.text, "order is 0");
    assert_int_equal(loci_fail(NULL, LOCI_E_IO, "ignored"), LOCI_E_IO);
    char text[1000];
    memset(text, 'x', sizeof text);
    text[999] = 0;
    loci_fail(&error, LOCI_E_IO, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_text),
        cmocka_unit_test(header_and_library_are_one_version),
        cmocka_unit_test(fail_fills_the_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
