/* SPDX-License-Identifier: MIT
 * test_time.c - dates to seconds and back: every day of 2000 years, offsets, fractions, and what is no date.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>

#include "data/time.h"

static double parse(const char *text)
{
    double seconds = NAN;
    loci_error error = {0};
    if (loci_time_parse(&seconds, text, &error) != LOCI_OK) fail_msg("%s", error.text);
    return seconds;
}

static void known_dates_have_known_seconds(void **state)
{
    (void)state;
    assert_true(parse("1970-01-01") == 0);
    assert_true(parse("1970-01-01T00:00") == 0);
    assert_true(parse("1970-01-01 00:00:01Z") == 1);
    assert_true(parse("1969-12-31T23:59:59Z") == -1);
    assert_true(parse("2000-02-29") == 951782400);
    assert_true(parse("2016-07-01 02:00") == 1467338400);
    assert_true(parse("2038-01-19T03:14:08z") == 2147483648.0);
    assert_true(parse("0000-01-01") == -62167219200.0);
    assert_true(parse("9999-12-31T23:59:59Z") == 253402300799.0);
    assert_true(parse("2016-07-01T24:00:00") == parse("2016-07-02"));
    assert_true(parse("2016-12-31T23:59:60Z") == parse("2017-01-01"));
    assert_true(parse("2017-01-01T05:29:60+05:30") == parse("2017-01-01"));
}

static void slashes_are_read_with_the_year_first(void **state)
{
    (void)state;
    assert_true(parse("2016/07/01") == parse("2016-07-01"));
    assert_true(parse("2016/7/1") == parse("2016-07-01"));
    assert_true(parse("1990/1/12 0:00") == parse("1990-01-12"));
    assert_true(parse("2016/12/31 9:05:07.5") == parse("2016-12-31T09:05:07.5"));
    assert_true(parse("2016/2/29 23:59+02:00") == parse("2016-02-29T23:59+02:00"));
}

static void offsets_are_subtracted(void **state)
{
    (void)state;
    const double utc = parse("2016-07-01T02:00:00Z");
    assert_true(parse("2016-07-01T04:00:00+02:00") == utc);
    assert_true(parse("2016-07-01T04:00:00+0200") == utc);
    assert_true(parse("2016-07-01T04:00:00+02") == utc);
    assert_true(parse("2016-07-01 04:00:00 +02:00") == utc);
    assert_true(parse("2016-06-30T22:30-03:30") == utc);
    assert_true(parse("2016-07-01T02:00-00:00") == utc);
}

static void fractions_count(void **state)
{
    (void)state;
    assert_true(parse("1970-01-01T00:00:00.25Z") == 0.25);
    assert_true(parse("1970-01-01T00:00:00,25Z") == 0.25);
    assert_true(parse("1969-12-31T23:59:59.75") == -0.25);
    assert_true(parse("1970-01-01T00:00:00.000001") == 0.000001);
    assert_true(parse("1970-01-01T00:00:00.1234567890123456789012345678901234567890") ==
                0.123456789012345678);
    assert_true(parse("2016-07-01T02:00:00.5") == 1467338400.5);
}

/* The calendar counted up day by day, against the closed forms. */
static void every_day_is_the_day_after_the_one_before(void **state)
{
    (void)state;
    static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    double seconds = parse("1000-01-01");
    char text[40], back[40];
    for (int year = 1000; year < 3000; year++) {
        const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 0; month < 12; month++) {
            const int days = lengths[month] + (month == 1 && leap);
            for (int day = 1; day <= days; day++, seconds += 86400) {
                snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month + 1, day);
                double parsed = NAN;
                assert_null(loci_time_scan(&parsed, text, strlen(text)));
                assert_true(parsed == seconds);
                loci_time_format(back, sizeof back, seconds);
                assert_string_equal(back, text);
            }
            snprintf(text, sizeof text, "%04d-%02d-%02d", year, month + 1, days + 1);
            assert_int_equal(loci_time_parse(&seconds, text, NULL), LOCI_E_VALUE);
        }
    }
    assert_true(seconds == parse("3000-01-01"));
}

static void what_is_formatted_is_parsed(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-0.25, "1969-12-31T23:59:59.75Z"},
        {1467338400.5, "2016-07-01T02:00:00.5Z"},
        {0.000001, "1970-01-01T00:00:00.000001Z"},
        {0.0000004, "1970-01-01T00:00:00Z"},
        {59.9999996, "1970-01-01T00:01:00Z"},
        {1e-300, "1970-01-01T00:00:00Z"},
        {253402300799.0, "9999-12-31T23:59:59Z"},
        {253402300800.0, "253402300800"},
        {-62167219200.0, "0000-01-01T00:00:00Z"},
        {-62167219201.0, "-62167219201"},
        {1e300, "1.0000000000000001e+300"},
        {INFINITY, "inf"},
    };
    char text[40];
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        loci_time_format(text, sizeof text, cases[k].seconds);
        assert_string_equal(text, cases[k].text);
    }
    loci_time_format(text, sizeof text, NAN);
    assert_non_null(strstr(text, "nan"));
    loci_time_format(text, 5, 0); /* cut, not overrun */
    assert_string_equal(text, "1970");
    uint64_t seed = 7;
    for (int k = 0; k < 10000; k++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const double seconds = (double)(int64_t)(seed >> 12) * 0x1p-20; /* to the year 2106 */
        loci_time_format(text, sizeof text, seconds);
        assert_true(fabs(parse(text) - seconds) <= 0.5e-6 + 0x1p-22);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "2016",
        "2016-7-1",
        "2016-07",
        "2016-07-1",
        "2016/07-01",
        "2016-07/01",
        "2016/07",
        "2016/7/",
        "2016/7/123",
        "2016//1",
        "2016/13/1",
        "2015/2/29",
        "7/1/2016",
        "1/7/16",
        "2016/7/1 2",
        "2016/7/1 2:0",
        "2016/7/1 123:00",
        "20160701",
        "16-07-01",
        "2016-00-01",
        "2016-13-01",
        "2016-07-00",
        "2016-07-32",
        "2015-02-29",
        "1900-02-29",
        "2016-02-30",
        "-2016-07-01",
        "+2016-07-01",
        " 2016-07-01",
        "2016-07-01 ",
        "2016-07-01T",
        "2016-07-01T02",
        "2016-07-01T2:00",
        "2016-07-01T02:0",
        "2016-07-01T02:00:",
        "2016-07-01T02:00:0",
        "2016-07-01T02:00:00.",
        "2016-07-01T02:00:00.Z",
        "2016-07-01T02:00:00ZZ",
        "2016-07-01T02:00:00+",
        "2016-07-01T02:00:00+2",
        "2016-07-01T02:00:00+02:",
        "2016-07-01T02:00:00+02:6",
        "2016-07-01T02:00:00+02:60",
        "2016-07-01T02:00:00+24:00",
        "2016-07-01T25:00",
        "2016-07-01T24:00:01",
        "2016-07-01T24:01",
        "2016-07-01T02:60",
        "2016-07-01T02:00:61",
        "2016-07-01T02:00:60",
        "2016-07-01_02:00",
        "2016-07-01T02:00:00 UTC+1",
        "2016-07-01Z",
        "2016-07-01+02:00",
        "2016-07-01T02:00:00  Z",
        "20\303\2746-07-01",
        "2016-07-01T02:00:00Z\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        double seconds = 5;
        loci_error error = {0};
        if (loci_time_parse(&seconds, texts[k], &error) != LOCI_E_VALUE)
            fail_msg("\"%s\" was taken for a date", texts[k]);
        assert_true(seconds == 5);
        assert_non_null(strstr(error.text, "is no time: "));
        assert_null(strchr(error.text, '\n'));
    }
    char hostile[5000];
    memset(hostile, '9', sizeof hostile);
    hostile[4999] = 0;
    double seconds;
    loci_error error;
    assert_int_equal(loci_time_parse(&seconds, hostile, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "...\" is no time: a date as"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_dates_have_known_seconds),
        cmocka_unit_test(slashes_are_read_with_the_year_first),
        cmocka_unit_test(offsets_are_subtracted),
        cmocka_unit_test(fractions_count),
        cmocka_unit_test(every_day_is_the_day_after_the_one_before),
        cmocka_unit_test(what_is_formatted_is_parsed),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
