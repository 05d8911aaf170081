/* SPDX-License-Identifier: MIT
 * test_quote.c - bytes as they may stand in a message: whole characters, nothing unprintable, never too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "data/quote.h"

static void expect(const char *text, size_t size, const char *expected)
{
    char out[64];
    memset(out, 'x', sizeof out);
    loci_quote(out, size, text, strlen(text));
    assert_string_equal(out, expected);
    assert_int_equal(out[size], 'x');
}

static void what_fits_stays(void **state)
{
    (void)state;
    expect("", 8, "");
    expect("abcdefg", 8, "abcdefg");
    expect("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    expect("abcdefgh", 8, "abcd...");
    expect("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 8, "\xE2\x82\xAC...");
    expect("abc\xE2\x82\xAC\xE2\x82\xAC", 8, "abc...");
}

static void what_cannot_be_printed_is_a_question_mark(void **state)
{
    (void)state;
    expect("a\n\tb\x7F", 16, "a??b?");
    expect("\xC3\x28\x80\xFF\xC0\xAF", 16, "?(????");
    expect("\xED\xA0\x80", 16, "???");                     /* a surrogate */
    expect("\xF4\x90\x80\x80", 16, "????");                /* beyond U+10FFFF */
    expect("\xE0\x9F\xBF\xF0\x8F\xBF\xBF", 16, "???????"); /* longer than they need be */
    expect("\xE2\x82", 16, "??");                          /* cut */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(what_cannot_be_printed_is_a_question_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
