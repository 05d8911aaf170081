/* SPDX-License-Identifier: MIT
 * test_csv.c - text as a signal: headers, delimiters, quotes, missing values, times, and every way to get it wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <loci/data.h>

#include "reading.h"

#define COLUMNS(...)                                                                                         \
    .columns = (const char *const[]){__VA_ARGS__},                                                           \
    .column_count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* The text holds these samples (and times, if not NULL), under these names, joined by blanks, however it is read. */
static void expect(const char *text, const loci_signal_options *options, const char *names, size_t count,
                   const double *u, const double *t)
{
    const char *path = temporary_text("file.csv", text);
    loci_signal *signal;
    loci_error error = {0};
    if (loci_signal_open(&signal, path, options, &error) != LOCI_OK) fail_msg("%s: %s", text, error.text);
    char joined[256] = "";
    const size_t channels = loci_signal_inspect(signal).channels;
    for (size_t c = 0; c < channels; c++) {
        if (c > 0) strcat(joined, " ");
        strcat(joined, loci_signal_channel(signal, c));
    }
    assert_null(loci_signal_channel(signal, channels));
    assert_string_equal(joined, names);
    loci_signal_close(signal);
    for (size_t group = 1; group <= count + 2; group++) {
        reading r = read_path(path, options, group);
        if (r.status != LOCI_OK) fail_msg("%s: %s", text, r.error.text);
        assert_int_equal(r.count, count);
        assert_int_equal(r.info.stamped, t != NULL);
        for (size_t i = 0; i < count * channels; i++)
            if (!(r.u[i] == u[i] || (isnan(r.u[i]) && isnan(u[i]))))
                fail_msg("%s: %g, not %g", text, r.u[i], u[i]);
        for (size_t i = 0; t && i < count; i++) assert_true(r.t[i] == t[i]);
        reading_free(&r);
    }
}

static void expect_wrong(const char *text, const loci_signal_options *options, loci_status status,
                         const char *part)
{
    expect_failure(temporary_text("file.csv", text), options, status, part);
}

static void lines_of_numbers_are_one_channel(void **state)
{
    (void)state;
    const double u[] = {1, -2.5, 3e10};
    expect("1\n-2.5\n3e10\n", NULL, "u", 3, u, NULL);
    expect("1\n-2.5\n3e10", NULL, "u", 3, u, NULL);
    expect("1\r\n-2.5\r\n3e10\r\n", NULL, "u", 3, u, NULL);
    expect("\xEF\xBB\xBF"
           "1\n  -2.5  \n# note\n3e10\n\n\n",
           NULL, "u", 3, u, NULL);
    expect(" 1 \n\t-2.5\t\n3e10 ", NULL, "u", 3, u, NULL);
    expect("\"1\"\n\" -2.5\"\n\"3e10\"", NULL, "u", 3, u, NULL);
    expect("volts\n1\n-2.5\n3e10", NULL, "volts", 3, u, NULL);
    expect("# c\n\nvolts\n# d\n1\n-2.5\n#\n3e10\n# end", NULL, "volts", 3, u, NULL);
    expect("7", NULL, "u", 1, (const double[]){7}, NULL);
}

static void rows_are_cut_at_the_delimiter_of_most_rows(void **state)
{
    (void)state;
    const double u[] = {1, 2, 3, 4};
    expect("1,2\n3,4\n", NULL, "u0 u1", 2, u, NULL);
    expect("1;2\n3;4\n", NULL, "u0 u1", 2, u, NULL);
    expect("1\t2\n3\t4\n", NULL, "u0 u1", 2, u, NULL);
    expect("1 , 2\r\n 3,\t4 \r\n", NULL, "u0 u1", 2, u, NULL);
    expect("1\t 2\n3 \t4 \n", NULL, "u0 u1", 2, u, NULL);
    expect("a,n,b\n1,\t\"x,y\",2\n3, \t \"z\"\t,4\n", NULL, "a b", 2, u, NULL); /* a column of text */
    expect("a\tn\tb\n1\t \"x\ty\"\t2\n3\t\t4\n", NULL, "a b", 2, u, NULL);
    expect("a,b\n1,2\n3,4\n", NULL, "a b", 2, u, NULL);
    expect("\"a\",\"b\"\n\"1\",\"2\"\n3,4\n", NULL, "a b", 2, u, NULL);
    expect("a\tb,c;d\n1\t2\n3\t4\n", NULL, "a b,c;d", 2, u, NULL);
    expect("\"a;b\",c\n1,2\n3,4\n", NULL, "a;b c", 2, u, NULL);
    /* never within quotes, whatever stands there, in one row or in all of them */
    expect("x,\"a;b\",c\n1,\"p;q\",2\n3,\"p;r\",4\n", NULL, "x c", 2, u, NULL);
    expect("\"time\n[s]\";\"value\n[mV]\"\n1;2\n3;4\n", NULL, "time?[s] value?[mV]", 2, u, NULL);
    expect("\"time\n[s]\"\t\"value, in\n[mV]\"\n1\t2\n3\t4\n", NULL, "time?[s] value, in?[mV]", 2, u, NULL);
    expect("\"a\tb\r\n;c\",\"\"\"q\"\";\"\r\n1,2\r\n3,4\r\n", NULL, "a?b??;c \"q\";", 2, u, NULL);
    expect("\"a b\" \"c\nd\"\n1 2\n3 4\n", NULL, "a b c?d", 2, u, NULL);
    /* a quote within a field opens nothing */
    expect("5\" pipe;3\" pipe\n1;2\n3;4\n", &(loci_signal_options){.header = LOCI_HEADER_YES},
           "5\" pipe 3\" pipe", 2, u, NULL);
    /* one row that is cut otherwise is the fault, wherever it stands */
    expect_wrong("a\n1,2\n3,4\n5,6\n", NULL, LOCI_E_FORMAT, "line 1: has 1 field; 2 were expected");
    expect_wrong("Logger 7\n\na;b\n1;2\n3;4\n", NULL, LOCI_E_FORMAT, "line 1: has 1 field; 2 were expected");
    expect_wrong("Temp, outdoor\n1\n2\n3\n", NULL, LOCI_E_FORMAT, "line 1: has 2 fields; 1 was expected");
}

static void blanks_separate_where_nothing_else_does(void **state)
{
    (void)state;
    const double u[] = {1, 2, 3, 4};
    expect("1 2\n3 4\n", NULL, "u0 u1", 2, u, NULL);
    expect("  1    2\n 3 \t  4  \n", NULL, "u0 u1", 2, u, NULL);
    expect("1 2\r\n3 4 \r\n", NULL, "u0 u1", 2, u, NULL);
    expect("a   b\n1   2\n\n3   4\n", NULL, "a b", 2, u, NULL);
    expect("a name b\n1 x 2\n3 y 4", NULL, "a b", 2, u, NULL);
    expect("1.0 \"2\"\n3 4e0", NULL, "u0 u1", 2, u, NULL);
    expect("t a\n1 NaN\n3 -nan\n", NULL, "t a", 2, (const double[]){1, NAN, 3, NAN}, NULL);
    expect("t a\n1 2\n3 4\n", &(loci_signal_options){.time_column = "t"}, "a", 2, (const double[]){2, 4},
           (const double[]){1, 3});
    /* a date and its time of day are one field */
    const double hours[] = {1467338400, 1467342000.5};
    expect("2016-07-01 02:00 1 2\n2016-07-01 03:00:00.5 3 4\n", &(loci_signal_options){.time_column = "1"},
           "u0 u1", 2, u, hours);
    expect("2016-07-01T02:00   1 2\n2016-07-01T03:00:00.5Z  3 4\n",
           &(loci_signal_options){.time_column = "1"}, "u0 u1", 2, u, hours);
    expect("a when b\n1 2016-07-01 02:00 2\n3 2016-07-01 03:00 4\n", NULL, "a b", 2, u, NULL);
    expect("a when b\n1 2016/7/1 2:00 2\n3 2016/07/01 03:00 4\n", NULL, "a b", 2, u, NULL);
    expect("a when b\n1 2016/7/1 2\n3 2016/10/12 4\n", NULL, "a b", 2, u, NULL);
    expect_wrong("date time a\n2016-07-01 02:00 1\n2016-07-01 03:00 2\n", NULL, LOCI_E_FORMAT,
                 "line 1: has 3 fields; 2 were expected");
    expect_wrong("2016-07-01 02:00\n2016-07-01 03:00\n", NULL, LOCI_E_FORMAT, "line 1: holds no number");
    expect_wrong("1\n1 2\n", NULL, LOCI_E_VALUE, "line 2: \"1 2\" stands in column 1");
}

static void options_say_what_the_text_does_not(void **state)
{
    (void)state;
    const double u[] = {1, 2, 3, 4};
    const loci_signal_options yes = {.header = LOCI_HEADER_YES}, no = {.header = LOCI_HEADER_NO};
    expect("2016,2017\n1,2\n3,4\n", &yes, "2016 2017", 2, u, NULL);
    expect("error\n1\n2\n3\n4\n", &yes, "error", 4, u, NULL);
    expect("1,2\n3,4\n", &no, "u0 u1", 2, u, NULL);
    expect_wrong("a,b\n1,2\n3,4\n", &no, LOCI_E_VALUE,
                 "line 1: \"a\" stands in column 1; a number was expected");
    expect_wrong("1,2\n", &yes, LOCI_E_FORMAT, "holds no samples, only a header");
    expect("Logger 7\nserial, 123\n\na;b\n1;2\n3;4\n", &(loci_signal_options){.skip = 2}, "a b", 2, u, NULL);
    expect("9\n1\n2\n3\n4\n", &(loci_signal_options){.skip = 1}, "u", 4, u, NULL);
    expect_wrong("9\n1\n", &(loci_signal_options){.skip = 2}, LOCI_E_FORMAT, "holds no samples");
    expect_wrong("9\n1\n", &(loci_signal_options){.skip = 3}, LOCI_E_FORMAT,
                 "has only 2 lines, of which 3 are left out");
    expect_wrong("9\nx\n", &(loci_signal_options){.skip = 1, .header = LOCI_HEADER_NO}, LOCI_E_FORMAT,
                 "line 2: holds no");
    const double halves[] = {1.5, -2.25, 1000, 3};
    const loci_signal_options comma = {.decimal = ','};
    expect("1,5;-2,25\n1000;3,0\n", &comma, "u0 u1", 2, halves, NULL);
    expect("a;b\n1,5;-2,25\n1e3;3\n", &comma, "a b", 2, halves, NULL);
    expect("a\tb\n1,5\t-225e-2\n1,e3\t,3e1\n", &comma, "a b", 2, halves, NULL);
    expect("a b\n1,5 -2,25\n\"1000\" \"3,0\"\n", &comma, "a b", 2, halves, NULL);
    expect("1,5\n-2,25\n1000,000000000000000000000\n3\n", &comma, "u", 4, halves, NULL);
    expect_wrong("1,5;2\n1.5;2\n", &comma, LOCI_E_VALUE,
                 "line 2: \"1.5\" stands in column 1; a number with a decimal comma");
    expect_wrong("1;2\n1.000,5;2\n", &comma, LOCI_E_VALUE,
                 "\"1.000,5\" stands in column 1; a number with a decimal comma");
    expect_wrong("1\n", &(loci_signal_options){.decimal = ';'}, LOCI_E_ARGUMENT,
                 "';' was asked for before the decimals");
}

/* A first row is never lost: it is a header, or data, or a question. */
static void a_first_row_never_vanishes(void **state)
{
    (void)state;
    const double one[] = {NAN, 1, 2}, two[] = {NAN, 5, 1, 6, 2, 7};
    static const char *const missing[] = {"N/A",       "#N/A",   "-nan",   "-",       "NaN(0x7ff)",
                                          "-NAN(ind)", "+nan",   "NULL",   "None",    "n/a",
                                          "#DIV/0!",   "#NAME?", "#WERT!", "1.#QNAN", "-1.#IND",
                                          "<NA>",      "?",      ".",      "--",      "\xE2\x88\x92"};
    static const char *const unreadable[] = {"error",
                                             "0x10",
                                             "\xE2\x88\x92"
                                             "1",
                                             "\xE2\x80\x93"
                                             "1",
                                             "\xEF\xBC\x8D"
                                             "1",
                                             "$5",
                                             "'5",
                                             "***",
                                             "1,5",
                                             "12:30",
                                             "1.2.3",
                                             "5 V",
                                             "ERR",
                                             "2016-07-01",
                                             "1e",
                                             "+",
                                             "overflow",
                                             "O.L",
                                             "1_000"};
    char text[128], part[64];
    for (size_t k = 0; k < sizeof missing / sizeof *missing; k++) {
        snprintf(text, sizeof text, "%s\n1\n2\n", missing[k]);
        expect(text, NULL, "u", 3, one, NULL);
        snprintf(text, sizeof text, "%s;5\n1;6\n2;7\n", missing[k]);
        expect(text, NULL, "u0 u1", 3, two, NULL);
        snprintf(text, sizeof text, "a\tb\n%s\t5\n1\t6\n2\t7\n", missing[k]);
        expect(text, NULL, "a b", 3, two, NULL);
        snprintf(text, sizeof text, "\"%s\",5\r\n1,6\r\n2,7", missing[k]);
        expect(text, NULL, "u0 u1", 3, two, NULL);
    }
    for (size_t k = 0; k < sizeof unreadable / sizeof *unreadable; k++) {
        const char *what = unreadable[k];
        snprintf(part, sizeof part, "line 1: \"%s\"", what);
        if (!strchr(what, ',') && strcmp(what, "+") != 0) {
            snprintf(text, sizeof text, "%s\n1\n2\n", what);
            expect_wrong(text, NULL, LOCI_E_VALUE, part);
        }
        snprintf(text, sizeof text, "%s\t5\n1\t6\n2\t7\n", what);
        expect_wrong(text, NULL, LOCI_E_VALUE, part);
        snprintf(part, sizeof part, "line 2: \"%s\" stands in column b", what);
        snprintf(text, sizeof text, "a;b\n5;%s\n6;1\n7;2\n", what);
        expect_wrong(text, NULL, LOCI_E_VALUE, part);
    }
    expect_wrong("\"1,5\"\n\"2,5\"\n", NULL, LOCI_E_VALUE,
                 "line 1: \"1,5\" stands in column 1; a number with a decimal point");
    expect_wrong("2019,b\n1,2", NULL, LOCI_E_VALUE, "line 1: \"b\" in column 2 may be a name or a value");
    /* labels in front of numbers are no header: the first of them recurs */
    expect("x,1\ny,2\nx,3\n", NULL, "u", 3, (const double[]){1, 2, 3}, NULL);
    expect("5.1,setosa\n4.9,setosa\n", NULL, "u", 2, (const double[]){5.1, 4.9}, NULL);
}

static void rows_that_begin_with_a_hash_never_vanish(void **state)
{
    (void)state;
    const double u[] = {1, 10, NAN, 20, 3, 30}, rest[] = {1, 10, 3, 30};
    expect("temp,load\n1,10\n#N/A,20\n3,30\n", NULL, "temp load", 3, u, NULL);
    expect("temp;load\r\n1;10\r\n#DIV/0!;20\r\n3;30\r\n", NULL, "temp load", 3, u, NULL);
    expect("1\t10\n#REF!\t20\n3\t30\n", NULL, "u0 u1", 3, u, NULL);
    expect("1 10\n#### 20\n3 30\n", NULL, "u0 u1", 3, u, NULL);
    expect("#N/A,20\n3,30\n", NULL, "u0 u1", 2, (const double[]){NAN, 20, 3, 30}, NULL);
    expect("u\n1\n#N/A\n3\n", NULL, "u", 3, (const double[]){1, NAN, 3}, NULL);
    expect_wrong("temp,load\n1,10\n#ERR,20\n3,30\n", NULL, LOCI_E_VALUE,
                 "line 3: \"#ERR\" stands in column temp; a number was expected");
    expect("name,u\nx,1\n#1,10\n#2,30\n", NULL, "u", 3, (const double[]){1, 10, 30}, NULL);
    /* a comment that has names for all columns, right above them */
    expect("# by hand\n# temp,load\n1,10\n3,30\n", NULL, "temp load", 2, rest, NULL);
    expect("#temp load\n1 10\n3 30\n", NULL, "temp load", 2, rest, NULL);
    expect("# temp,load\n1,10\n3,30\n", &(loci_signal_options){.header = LOCI_HEADER_NO}, "u0 u1", 2, rest,
           NULL);
    expect("# temp,load\n\n1,10\n3,30\n", NULL, "u0 u1", 2, rest, NULL);
    expect("# temp, at 5\n1,10\n3,30\n", NULL, "temp at 5", 2, rest, NULL);
    expect("# volts\n1\n3\n", NULL, "u", 2, (const double[]){1, 3}, NULL);
    /* comments, with the delimiter in them or not */
    expect("# made, today\na,b\n# note\n1,10\n# and, another\n#\n##,\n3,30\n#end\n", NULL, "a b", 2, rest,
           NULL);
}

static void remarks_tell_what_is_left_out(void **state)
{
    (void)state;
    const struct {
        const char *text, *remark, *second, *times;
        loci_signal_options options;
    } cases[] = {
        {"a,b\n1,2\n", NULL, NULL, NULL, {0}},
        {"a,b\n1,2\n# note\n3,4\n", NULL, NULL, NULL, {0}},
        {"a,b\n1,2\n#3,4\n5,6\n#7,8\n", "line 3 begins with # and is left out as a comment", NULL, NULL, {0}},
        {"1\n2\n#3\n4\n", "line 3 begins with # and", NULL, NULL, {0}},
        {"1 2\n3 4\n# 3 5\n", "line 3 begins with # and", NULL, NULL, {0}},
        {"#a,b\n1,2\n3,4\n", "line 1 begins with # and is taken for the header", NULL, NULL, {0}},
        {"a,name\n1,x\n2,y\n", "column name holds text (\"x\") and is left out", NULL, NULL, {0}},
        {"a,name\n1,NA\n2,\n4,y\n5,z\n", "column name holds text (\"y\") and is left out", NULL, NULL, {0}},
        {"a,n,m\n1,x,y\n2,y,z\n", "column n and 1 more hold text and are left out", NULL, NULL, {0}},
        {"x,1\ny,2\n", "line 1 is taken for data, not for a header", "column 1 holds text", NULL, {0}},
        {"x;u\nV;mA\n1;2\n3;4\n", "line 2 is left out: it holds units, no numbers", NULL, NULL, {0}},
        {"time;u\ns;-\n0;2\n1;4\n", "line 2 is left out", NULL, "time", {0}},
        {"x;u\n%;(1)\n1;2\n3;4\n", "line 2 is left out", NULL, NULL, {0}},
        {"a,b\n1,2\n\n3,4\n", "line 3 is blank and left out", NULL, NULL, {0}},
        {"date,u\n2016-07-01,2\n2016-07-02,4\n", NULL, NULL, "date", {0}},
        {"u,when\n3,1\n4,2\n", NULL, NULL, "when", {0}},
        {"u,Time [s]\n3,1\n4,2\n", NULL, NULL, "Time [s]", {0}},
        {"u,when\n3,2\n4,1\n", NULL, NULL, NULL, {0}},
        {"u,when\n3,1\n4,2\n", NULL, NULL, NULL, {COLUMNS("u", "when")}},
        {"u,when\n3,1\n4,2\n", NULL, NULL, "when", {COLUMNS("u")}},
        {"u,when\n3,1\n4,2\n", NULL, NULL, NULL, {.time_column = "when"}},
        {"0,3\n1,1\n2,4\n3,1\n4,5\n5,9\n6,2\n7,6\n", NULL, NULL, "1", {0}},
        {"0\n1\n2\n3\n4\n5\n6\n7\n8\n", NULL, NULL, NULL, {0}},
        {"x,u\n1700000000123,1\n1700000000456,2\n1700000000789,3\n", NULL, NULL, "x", {0}},
        {"t,u\n1700000000123,1\n1700000000456,2\n",
         "the times in column t are read as milliseconds since 1970",
         NULL,
         NULL,
         {.time_column = "t"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        loci_signal *signal;
        loci_error error = {0};
        const char *path = temporary_text("file.csv", cases[k].text);
        if (loci_signal_open(&signal, path, &cases[k].options, &error) != LOCI_OK) fail_msg("%s", error.text);
        double u[64], t[32];
        size_t count;
        do assert_int_equal(loci_signal_read(signal, u, t, 16, &count, NULL), LOCI_OK);
        while (count > 0);
        const char *const wanted[] = {cases[k].remark, cases[k].second, NULL};
        for (size_t i = 0; i < 3; i++) {
            const char *got = loci_signal_remark(signal, i);
            if (!wanted[i] != !got || (got && !strstr(got, wanted[i])))
                fail_msg("%s: remark %zu is %s, not %s", cases[k].text, i, got ? got : "none",
                         wanted[i] ? wanted[i] : "none");
            if (!got) break;
        }
        const char *times = loci_signal_time_like(signal);
        if (!times != !cases[k].times || (times && strcmp(times, cases[k].times) != 0))
            fail_msg("%s: times are %s", cases[k].text, times ? times : "none");
        loci_signal_close(signal);
    }
}

/* Of many columns that are called as times are, some are looked at. */
static void many_columns_may_be_called_times(void **state)
{
    (void)state;
    enum { COLUMNS_OF = 2000 };
    static char text[3 * 8 * COLUMNS_OF];
    for (size_t grows = 10; grows < COLUMNS_OF; grows *= 50) {
        size_t used = 0;
        for (size_t row = 0; row < 4; row++)
            for (size_t i = 0; i < COLUMNS_OF; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, row == 0 ? "t%zu%c" : "%zu%c",
                                         row == 0     ? i
                                         : i == grows ? row
                                                      : 1,
                                         i + 1 < COLUMNS_OF ? ',' : '\n');
        loci_signal *signal;
        assert_int_equal(loci_signal_open(&signal, temporary_bytes("wide.csv", text, used), NULL, NULL),
                         LOCI_OK);
        const char *times = loci_signal_time_like(signal);
        assert_true(grows == 10 ? times && strcmp(times, "t10") == 0 : !times);
        loci_signal_close(signal);
    }
}

static void blank_lines_of_one_column_are_missing_values(void **state)
{
    (void)state;
    const double u[] = {1, NAN, NAN, 3};
    expect("u\n1\n\n \t\n3\n\n\n", NULL, "u", 4, u, NULL);
    expect("1\r\n\r\n\r\n3\r\n", NULL, "u", 4, u, NULL);
    expect("u\n1\n\n# note\n\n3", NULL, "u", 4, u, NULL);
    expect("\n\nu\n\n1", NULL, "u", 2, (const double[]){NAN, 1}, NULL);
    expect("\n \n1\n\n2", NULL, "u", 3, (const double[]){1, NAN, 2},
           NULL); /* in front of everything they are nothing */
    expect("# note\n\n1", NULL, "u", 1, (const double[]){1}, NULL);
    char text[9100];
    memset(text, '\n', sizeof text);
    memcpy(text, "1\n", 2);
    memcpy(text + 9000, "2", 2);
    double many[9000];
    for (size_t i = 0; i < 9000; i++) many[i] = NAN;
    many[0] = 1;
    many[8999] = 2;
    reading r = read_path(temporary_text("file.csv", text), NULL, 100000);
    assert_int_equal(r.count, 9000);
    for (size_t i = 0; i < 9000; i++) assert_true(r.u[i] == many[i] || (isnan(r.u[i]) && isnan(many[i])));
    reading_free(&r);
}

static void headers_give_names(void **state)
{
    (void)state;
    const double u[] = {1, 2};
    expect("\"say \"\"a\"\"\",b\n1,2", NULL, "say \"a\" b", 1, u, NULL);
    expect("temp \xC2\xB0"
           "C,\xFF\x7Fx\n1,2",
           NULL,
           "temp \xC2\xB0"
           "C ??x",
           1, u, NULL);
    expect("a,\n1,2", NULL, "a 2", 1, u, NULL);
    expect("\"two\nlines\",b\n1,2", NULL, "two?lines b", 1, u, NULL);
    expect("2019,b\n1,2", &(loci_signal_options){.header = LOCI_HEADER_YES}, "2019 b", 1, u, NULL);
    expect("a,a\n1,2", NULL, "a a", 1, u, NULL);
}

static void columns_are_chosen_by_name_or_number(void **state)
{
    (void)state;
    static const char text[] = "time,name,temp,load\n0,x,1,2\n1,\"y,z\",3,4\n";
    expect(text, NULL, "time temp load", 2, (const double[]){0, 1, 2, 1, 3, 4}, NULL);
    expect(text, &(loci_signal_options){COLUMNS("load")}, "load", 2, (const double[]){2, 4}, NULL);
    expect(text, &(loci_signal_options){COLUMNS("load", "temp")}, "load temp", 2,
           (const double[]){2, 1, 4, 3}, NULL);
    expect(text, &(loci_signal_options){COLUMNS("4", "1")}, "load time", 2, (const double[]){2, 0, 4, 1},
           NULL);
    expect("5,6,7\n8,9,10\n", &(loci_signal_options){COLUMNS("3", "2")}, "u0 u1", 2,
           (const double[]){7, 6, 10, 9}, NULL);
    /* a name goes before a number */
    expect("2,1,x\n5,6,7", &(loci_signal_options){COLUMNS("1"), .header = LOCI_HEADER_YES}, "1", 1,
           (const double[]){6}, NULL);
    /* several at once, but never for a name that has the comma itself */
    expect(text, &(loci_signal_options){COLUMNS("load,temp")}, "load temp", 2, (const double[]){2, 1, 4, 3},
           NULL);
    expect(text, &(loci_signal_options){COLUMNS("4, temp", "1")}, "load temp time", 2,
           (const double[]){2, 1, 0, 4, 3, 1}, NULL);
    expect("\"a,b\",a,b\n1,2,3", &(loci_signal_options){COLUMNS("a,b")}, "a,b", 1, (const double[]){1}, NULL);
    expect("\"a,b\",a,b\n1,2,3", &(loci_signal_options){COLUMNS("b,\"a,b\"", "a")}, "b a,b a", 1,
           (const double[]){3, 1, 2}, NULL);
    expect_wrong(text, &(loci_signal_options){COLUMNS("load,")}, LOCI_E_ARGUMENT,
                 "has no column ; there are");
    expect_wrong(text, &(loci_signal_options){COLUMNS("load,volts")}, LOCI_E_ARGUMENT,
                 "has no column volts; there are");
    expect_wrong(text, &(loci_signal_options){COLUMNS("load,4")}, LOCI_E_ARGUMENT,
                 "column load is asked for twice");
    expect_wrong(text, &(loci_signal_options){COLUMNS("volts")}, LOCI_E_ARGUMENT,
                 "file.csv: has no column volts; there are time, name, temp, load");
    expect_wrong(text, &(loci_signal_options){COLUMNS("5")}, LOCI_E_ARGUMENT, "has no column 5");
    expect_wrong(text, &(loci_signal_options){COLUMNS("0")}, LOCI_E_ARGUMENT, "has no column 0");
    expect_wrong(text, &(loci_signal_options){COLUMNS("")}, LOCI_E_ARGUMENT, "has no column ;");
    expect_wrong(text, &(loci_signal_options){COLUMNS("99999999999999999999999")}, LOCI_E_ARGUMENT,
                 "has no column 9");
    expect_wrong(text, &(loci_signal_options){COLUMNS("load", "4")}, LOCI_E_ARGUMENT,
                 "column load is asked for twice");
    expect_wrong(text, &(loci_signal_options){COLUMNS("time"), .time_column = "time"}, LOCI_E_ARGUMENT,
                 "asked for twice");
    expect_wrong(text, &(loci_signal_options){COLUMNS("name")}, LOCI_E_VALUE,
                 "line 2: \"x\" stands in column name; a number was expected");
    expect_wrong(text, &(loci_signal_options){.columns = (const char *const[]){NULL}}, LOCI_E_ARGUMENT,
                 "no column is asked");
    expect_wrong("1,2\n", &(loci_signal_options){COLUMNS("a")}, LOCI_E_ARGUMENT,
                 "have no names, only numbers, 1 to 2");
    expect_wrong("b,a,a\n1,2,3\n", &(loci_signal_options){COLUMNS("a")}, LOCI_E_ARGUMENT,
                 "columns 2 and 3 are both called a; say the number");
    expect("b,a,a\n1,2,3\n", &(loci_signal_options){COLUMNS("3")}, "a", 1, (const double[]){3}, NULL);
}

/* Columns that are known by their names are read where all of them are there, each once, and none is that of times. */
static void known_columns_are_found(void **state)
{
    (void)state;
#define KNOWN(...)                                                                                           \
    .known = (const char *const[]){__VA_ARGS__},                                                             \
    .known_count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)
    static const char text[] = "time,name,temp,load\n0,x,1,2\n1,\"y,z\",3,4\n";
    expect(text, &(loci_signal_options){KNOWN("load", "temp")}, "load temp", 2, (const double[]){2, 1, 4, 3},
           NULL);
    expect(text, &(loci_signal_options){KNOWN("load"), .time_column = "time"}, "load", 2,
           (const double[]){2, 4}, (const double[]){0, 1});
    expect(text, &(loci_signal_options){KNOWN("load"), COLUMNS("temp")}, "temp", 2, (const double[]){1, 3},
           NULL);
    expect("\"a,b\",a,b\n1,2,3", &(loci_signal_options){KNOWN("b", "a,b")}, "b a,b", 1,
           (const double[]){3, 1}, NULL);
    /* else as without */
    expect(text, &(loci_signal_options){KNOWN("load", "volts")}, "time temp load", 2,
           (const double[]){0, 1, 2, 1, 3, 4}, NULL);
    expect(text, &(loci_signal_options){KNOWN("load", "time"), .time_column = "time"}, "temp load", 2,
           (const double[]){1, 2, 3, 4}, (const double[]){0, 1});
    expect("b,a,a\n1,2,3\n", &(loci_signal_options){KNOWN("a", "b")}, "b a a", 1, (const double[]){1, 2, 3},
           NULL);
    expect("1,2,3\n", &(loci_signal_options){KNOWN("4", "2")}, "u0 u1 u2", 1, (const double[]){1, 2, 3},
           NULL);
    expect(text, &(loci_signal_options){KNOWN("load", "load")}, "time temp load", 2,
           (const double[]){0, 1, 2, 1, 3, 4}, NULL);
    /* numbers and lists, as in columns */
    expect("1,2,3\n", &(loci_signal_options){KNOWN("3", "2")}, "u0 u1", 1, (const double[]){3, 2}, NULL);
    expect(text, &(loci_signal_options){KNOWN("load,3")}, "load temp", 2, (const double[]){2, 1, 4, 3}, NULL);
    expect_wrong(text, &(loci_signal_options){KNOWN("load", "name")}, LOCI_E_VALUE,
                 "line 2: \"x\" stands in column name; a number was expected");
#undef KNOWN
}

static void missing_values_are_nan(void **state)
{
    (void)state;
    const double u[] = {1, NAN, NAN, 2, NAN, NAN};
    expect("1,\n,2\n,\n", NULL, "u0 u1", 3, u, NULL);
    expect("1,nan\nNA,2\nnull,NaN\n", NULL, "u0 u1", 3, u, NULL);
    expect("1;\"\"\n \"\" ;2\n \"NULL\" ;na\n", NULL, "u0 u1", 3, u, NULL);
    expect("1\t\n\t2\n\t\n", NULL, "u0 u1", 3, u, NULL);
    expect("1,\r\n,2\r\n,\r\n", NULL, "u0 u1", 3, u, NULL);
    expect("nan,2\n1,", NULL, "u0 u1", 2, (const double[]){NAN, 2, 1, NAN}, NULL);
    expect("inf\n-Infinity", NULL, "u", 2, (const double[]){INFINITY, -INFINITY}, NULL);
}

static void times_are_seconds_or_dates(void **state)
{
    (void)state;
    const double u[] = {5, 6}, seconds[] = {0.5, 2}, days[] = {951782400, 951868800 + 3600.5};
    const loci_signal_options by_name = {.time_column = "when"}, by_number = {.time_column = "1"};
    expect("when,x\n0.5,5\n2,6\n", &by_name, "x", 2, u, seconds);
    expect("0.5,5\n2,6\n", &by_number, "u", 2, u, seconds);
    expect("when,x\n2000-02-29,5\n2000-03-01 01:00:00.5,6\n", &by_name, "x", 2, u, days);
    expect("2000-02-29,5\n\"2000-03-01T01:00:00.5Z\",6\n", &by_number, "u", 2, u, days);
    expect("2000-02-29T00:00Z;5\n2000-03-01T01:00:00,5Z;6\n", &by_number, "u", 2, u, days);
    /* without being asked for, dates make no header, and their column holds no numbers */
    expect("2000-02-29,5\n2000-03-01,6\n", NULL, "u", 2, u, NULL);
    expect_wrong("when,x\n0.5,5\n,6\n", &by_name, LOCI_E_VALUE, "line 3: the time in column when is missing");
    expect_wrong("when,x\n,5\n", &by_name, LOCI_E_VALUE, "line 2: the time in column when is missing");
    expect_wrong(
        "when,x\nnoon,5\n", &by_name, LOCI_E_VALUE,
        "line 2: \"noon\" stands in column when; a time, in seconds or as a date (ISO 8601), was expected");
    expect_wrong(
        "when,x\n1,5\n2000-02-29,6\n", &by_name, LOCI_E_VALUE,
        "line 3: \"2000-02-29\" stands in column when; a time in seconds, as in the rows before, was expected");
    expect_wrong("when,x\n2000-02-29,5\n1,6\n", &by_name, LOCI_E_VALUE,
                 "a date, as in the rows before, was expected");
    expect_wrong("when,x\n1,5\ninf,6\n", &by_name, LOCI_E_VALUE, "\"inf\" stands in column when");
    expect_wrong("when,x\n1,5\nnan,6\n", &by_name, LOCI_E_VALUE, "\"nan\" stands in column when");
    expect_wrong("when\n1\n", &by_name, LOCI_E_FORMAT, "line 2: holds no number but the time");
    expect_wrong("1,5\n", &by_name, LOCI_E_ARGUMENT, "has no column when; its columns have no names");
}

static void faults_name_their_line(void **state)
{
    (void)state;
    expect_wrong("a,b\n1,2\n\n# c\n3,abc\n", NULL, LOCI_E_VALUE,
                 "file.csv: line 5: \"abc\" stands in column b; a number was expected");
    expect_wrong("1,2\n3,1x\n", NULL, LOCI_E_VALUE,
                 "line 2: \"1x\" stands in column 2; a number was expected");
    expect_wrong("1\n1 2\n", NULL, LOCI_E_VALUE, "line 2: \"1 2\" stands in column 1");
    expect_wrong("1\n0x10\n", NULL, LOCI_E_VALUE, "line 2: \"0x10\" stands in column 1");
    expect_wrong("1\n2016-07-01\n", NULL, LOCI_E_VALUE,
                 "line 2: \"2016-07-01\" stands in column 1; a number");
    expect_wrong("1\n\"a\nb\xFF\x7F\"\n", NULL, LOCI_E_VALUE, "line 2: \"a?b??\" stands");
    expect_wrong("1,2\n3\n", NULL, LOCI_E_FORMAT, "line 2: has 1 field; 2 were expected");
    expect_wrong("1,2\n3,4,5\n", NULL, LOCI_E_FORMAT, "line 2: has 3 fields; 2 were expected");
    expect_wrong("1,2\n3,4,\n", NULL, LOCI_E_FORMAT, "line 2: has 3 fields; 2 were expected");
    expect_wrong("1\n3,4\n", NULL, LOCI_E_FORMAT, "line 2: has 2 fields; 1 was expected");
    expect_wrong("a,b\n1\n", NULL, LOCI_E_FORMAT, "line 2: has 1 field; 2 were expected");
    expect_wrong("a\n1,2\n", NULL, LOCI_E_FORMAT, "line 2: has 2 fields; 1 was expected");
    expect_wrong("1\n\"2\n3\n", NULL, LOCI_E_FORMAT, "line 2: a quote is not closed");
    expect_wrong("\"1\n2\n3\n", NULL, LOCI_E_FORMAT, "line 1: a quote is not closed");
    expect_wrong("x,\"two\nlines\"\n1,y\n2,3,4\n", NULL, LOCI_E_FORMAT, "line 4: has 3 fields");
    expect_wrong("a,b\n1,\"x\ny\"\n2,z\n3\n", NULL, LOCI_E_FORMAT, "line 5: has 1 field; 2");
    expect_wrong("a\nb\n", NULL, LOCI_E_FORMAT, "line 2: holds no number");
    expect_wrong("x\n", &(loci_signal_options){.header = LOCI_HEADER_NO}, LOCI_E_FORMAT,
                 "fields separated by comma, semicolon, tab or blanks were expected");
    expect_wrong("1\r2\r3\r", NULL, LOCI_E_FORMAT, "line 1: holds a carriage return; lines that end in LF");
    expect_wrong("a,b\n", NULL, LOCI_E_FORMAT, "file.csv: holds no samples, only a header");
    expect_wrong("\n\n# only\n", NULL, LOCI_E_FORMAT, "file.csv: holds no samples");
    expect_wrong("", NULL, LOCI_E_FORMAT, "file.csv: is empty");
    expect_wrong("\xEF\xBB\xBF", NULL, LOCI_E_FORMAT, "file.csv: holds no samples");
}

static void decimal_commas_are_not_guessed(void **state)
{
    (void)state;
#define POINT "a number with a decimal point was expected"
    expect_wrong("1,5;2\n3;4\n", NULL, LOCI_E_VALUE, "line 1: \"1,5\" stands in column 1; " POINT);
    expect_wrong("1;2\n-3,25;4\n", NULL, LOCI_E_VALUE, "line 2: \"-3,25\" stands in column 1; " POINT);
    expect_wrong("a;b\n1,5;2\n", NULL, LOCI_E_VALUE, POINT);
    expect_wrong("a\tb\n1,5\t2,5\n", NULL, LOCI_E_VALUE, POINT);
    expect_wrong("a,b\n1,\"1,5\"\n", &(loci_signal_options){COLUMNS("b")}, LOCI_E_VALUE, POINT);
}

static void rows_before_a_fault_are_given(void **state)
{
    (void)state;
    static const char *const texts[] = {"1\n2\n3\nx\n", "1\n2\n3\n4,5\n", "1\n2\n3\n\"6\n"};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        for (size_t group = 1; group < 6; group++) {
            reading r = read_path(temporary_text("file.csv", texts[k]), NULL, group);
            assert_int_equal(r.count, 3);
            assert_true(r.status != LOCI_OK);
            assert_non_null(strstr(r.error.text, "line 4: "));
            reading_free(&r);
        }
    }
}

static void positions_are_lines(void **state)
{
    (void)state;
    const char *path = temporary_text("file.csv", "n,a\n# c\nx,1\n\ny,2\n\"z\nz\",3\nw,4\n");
    static const char *const expected[] = {"line 3", "line 5", "line 6", "line 8"};
    loci_signal *signal;
    double u[8];
    size_t count, done = 0;
    char text[32];
    assert_int_equal(loci_signal_open(&signal, path, NULL, NULL), LOCI_OK);
    while (loci_signal_read(signal, u, NULL, 3, &count, NULL) == LOCI_OK && count > 0) {
        for (size_t k = 0; k < count; k++, done++) {
            loci_signal_position(signal, k, text, sizeof text);
            assert_string_equal(text, expected[done]);
        }
    }
    assert_int_equal(done, 4);
    loci_signal_position(signal, 0, text, 4);
    assert_string_equal(text, "lin");
    loci_signal_close(signal);
}

/* Lines across the ends of the buffer, whatever the length of the line, against the numbers they were made of. */
static void long_texts_come_whole(void **state)
{
    (void)state;
    const size_t rows = 70001;
    char *text = malloc(rows * 64), *at = text;
    for (size_t k = 0; k < rows; k++) {
        at += sprintf(at, "%zu,%.*s,%.17g\n", k, (int)(k % 23), "some text of some length", sin((double)k));
        if (k % 1000 == 0) at += sprintf(at, "# a comment\n");
    }
    const char *path = temporary_bytes("long.csv", text, (size_t)(at - text));
    free(text);
    const loci_signal_options options = {COLUMNS("3", "1")};
    static const size_t groups[] = {1, 7, 1000, 4096, 70000, 100000};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        reading r = read_path(path, &options, groups[g]);
        assert_int_equal(r.status, LOCI_OK);
        assert_int_equal(r.count, rows);
        for (size_t k = 0; k < rows; k++)
            assert_true(r.u[2 * k] == sin((double)k) && r.u[2 * k + 1] == (double)k);
        reading_free(&r);
    }
}

static void many_columns_are_possible(void **state)
{
    (void)state;
    const size_t columns = 50000;
    char *text = malloc(columns * 24), *at = text;
    for (int row = 0; row < 3; row++)
        for (size_t c = 0; c < columns; c++)
            at += sprintf(at, row == 0 ? "c%zu%s" : "%zu%s", c, c + 1 == columns ? "\n" : ",");
    const char *path = temporary_bytes("wide.csv", text, (size_t)(at - text));
    free(text);
    reading r = read_path(path, NULL, 10);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.info.channels, columns);
    for (size_t i = 0; i < 2 * columns; i++) assert_true(r.u[i] == (double)(i % columns));
    reading_free(&r);
    r = read_path(path, &(loci_signal_options){COLUMNS("c49999")}, 10);
    assert_true(r.count == 2 && r.u[1] == 49999);
    reading_free(&r);
    expect_failure(path, &(loci_signal_options){COLUMNS("none")}, LOCI_E_ARGUMENT, "there are c0, c1, c2,");
}

/* What spreadsheets write of a sheet that was wide once: all columns but the first are nothing. */
static void many_columns_may_be_nothing(void **state)
{
    (void)state;
    const size_t columns = 16384, rows = 40;
    char *text = malloc((rows + 1) * (columns + 8)), *at = text;
    for (size_t row = 0; row <= rows; row++) {
        at += row == 0 ? sprintf(at, "a") : sprintf(at, "%zu", row);
        for (size_t c = 1; c < columns; c++) *at++ = ',';
        *at++ = '\n';
    }
    const char *path = temporary_bytes("nothing.csv", text, (size_t)(at - text));
    free(text);
    const clock_t begin = clock();
    reading r = read_path(path, NULL, 10);
    assert_true(clock() - begin < 20 * (clock_t)CLOCKS_PER_SEC); /* more, where columns count squared */
    assert_int_equal(r.info.channels, 1);
    assert_int_equal(r.count, rows);
    for (size_t i = 0; i < rows; i++) assert_true(r.u[i] == (double)(i + 1));
    reading_free(&r);
}

/* Of lines that are none but comments, with quotes that open in one and close in the next. */
static void comments_may_chain_their_quotes(void **state)
{
    (void)state;
    const size_t lines = 100000;
    char *text = malloc(lines * 5 + 16), *at = text;
    at += sprintf(at, "1,2\n");
    for (size_t i = 0; i < lines; i++) at += sprintf(at, "#\",\"\n");
    at += sprintf(at, "3,4\n");
    const char *path = temporary_bytes("chain.csv", text, (size_t)(at - text));
    free(text);
    const clock_t begin = clock();
    reading r = read_path(path, NULL, 10);
    assert_true(clock() - begin < 20 * (clock_t)CLOCKS_PER_SEC); /* more, where lines count squared */
    assert_int_equal(r.count, 2);
    assert_true(r.u[2] == 3 && r.u[3] == 4);
    reading_free(&r);
}

static void lines_have_a_bound(void **state)
{
    (void)state;
    const size_t size = ((size_t)16 << 20) + 300000;
    char *text = malloc(size);
    memset(text, '1', size);
    memcpy(text, "1\n2\n", 4);
    expect_failure(temporary_bytes("long.csv", text, size), NULL, LOCI_E_FORMAT,
                   "line 3: has more than 16 MiB");
    memset(text + 4, '\n', size - 4);
    text[4] = '"';
    expect_failure(temporary_bytes("long.csv", text, size), NULL, LOCI_E_FORMAT,
                   "line 3: a quote is not closed within 16 MiB");
    /* and just below it a line is a line: digits beyond the point change nothing */
    memset(text + 4, '0', size - 4);
    memcpy(text + 4, "3.", 2);
    text[((size_t)16 << 20) - 10] = '\n';
    memcpy(text + ((size_t)16 << 20) - 9, "4\n5\n", 4);
    reading r = read_path(temporary_bytes("long.csv", text, ((size_t)16 << 20) - 5), NULL, 10);
    assert_int_equal(r.status, LOCI_OK);
    assert_true(r.count == 5 && r.u[2] == 3 && r.u[4] == 5);
    reading_free(&r);
    free(text);
}

static void nul_bytes_are_refused(void **state)
{
    (void)state;
    /* the first 4096 bytes tell text from other things; a NUL behind them is a fault of its line */
    char text[9000];
    for (size_t i = 0; i < sizeof text; i += 2) memcpy(text + i, "7\n", 2);
    text[8000] = 0;
    const char *path = temporary_bytes("nul.csv", text, sizeof text);
    expect_failure(path, NULL, LOCI_E_FORMAT, "nul.csv: line 4001: holds a NUL byte; text was expected");
    reading r = read_path(path, NULL, 5000);
    assert_int_equal(r.count, 4000);
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_numbers_are_one_channel),
        cmocka_unit_test(rows_are_cut_at_the_delimiter_of_most_rows),
        cmocka_unit_test(blanks_separate_where_nothing_else_does),
        cmocka_unit_test(options_say_what_the_text_does_not),
        cmocka_unit_test(a_first_row_never_vanishes),
        cmocka_unit_test(rows_that_begin_with_a_hash_never_vanish),
        cmocka_unit_test(remarks_tell_what_is_left_out),
        cmocka_unit_test(many_columns_may_be_called_times),
        cmocka_unit_test(blank_lines_of_one_column_are_missing_values),
        cmocka_unit_test(headers_give_names),
        cmocka_unit_test(columns_are_chosen_by_name_or_number),
        cmocka_unit_test(known_columns_are_found),
        cmocka_unit_test(missing_values_are_nan),
        cmocka_unit_test(times_are_seconds_or_dates),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(decimal_commas_are_not_guessed),
        cmocka_unit_test(rows_before_a_fault_are_given),
        cmocka_unit_test(positions_are_lines),
        cmocka_unit_test(long_texts_come_whole),
        cmocka_unit_test(many_columns_are_possible),
        cmocka_unit_test(many_columns_may_be_nothing),
        cmocka_unit_test(comments_may_chain_their_quotes),
        cmocka_unit_test(lines_have_a_bound),
        cmocka_unit_test(nul_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
