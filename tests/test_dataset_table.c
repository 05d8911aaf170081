/* SPDX-License-Identifier: MIT
 * test_dataset_table.c - tables of labelled rows: how their text is read, and that what belongs together stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dataset_case.h"

/* The same numbers, as programs write them. */
static void tables_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t skip;
        char decimal;
    } cases[] = {
        {"x,y,c\n0.5,1,a\n-2.25,3,b\n", 0, 0},
        {"Logger 7\n\nx,y,c\n0.5,1,a\n-2.25,3,b\n", 2, 0},
        {"x;y;c\n0,5;1;a\n-2,25;3;b\n", 0, ','},
        {"x\ty\tc\n0,5\t1\ta\n-2,25\t3\tb\n", 0, ','},
        {"x y  c\n0.5  1 a\n-2.25 3   b\n", 0, '.'},
        {"  x y  c\n\n  0,5  1 a\n   \n -2,25 3   b", 0, ','},
        {"units\nx y \"c\"\n0,5  1 a\n -2,25 3   \"b\"\n", 1, ','},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_bytes("table.txt", cases[i].text, strlen(cases[i].text));
        const char *columns[] = {"x", "y"};
        loci_dataset *set = dataset_of("table.txt", (loci_reading){.label = "c",
                                                                   .window = 1,
                                                                   .columns = columns,
                                                                   .column_count = 2,
                                                                   .skip = cases[i].skip,
                                                                   .decimal = cases[i].decimal});
        const loci_dataset_info info = loci_dataset_inspect(set);
        float u[2][2];
        assert_int_equal(info.sequences, 2);
        for (size_t k = 0; k < 2; k++) loci_dataset_read(set, k, u[k]);
        static const double x[2][2] = {{0.5, 1}, {-2.25, 3}};
        for (size_t k = 0; k < 2; k++)
            for (size_t c = 0; c < 2; c++) {
                const double shift = info.origin ? info.origin[c] : 0, unit = info.unit ? info.unit[c] : 1;
                assert_true((double)u[k][c] / unit + shift == x[k][c]);
            }
        assert_string_equal(info.names[loci_dataset_label(set, 1)], "b");
        loci_dataset_close(set);
    }
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        size_t skip;
        char decimal;
    } cases[] = {
        {"x,c\n1,a\n", "has 2 lines; 3 are to be left out (--skip)", 3, 0},
        {"x,c\n1,a\n", "is empty", 2, 0},
        {"x;c\n0,5;a\n1;b\n", "\"0,5\" stands in column x; a number with a decimal point (or --decimal ,)", 0,
         0},
        {"x;c\n0.5;a\n1;b\n", "\"0.5\" stands in column x; a finite number", 0, ','},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_bytes("bad.txt", cases[i].text, strlen(cases[i].text));
        const char *columns[] = {"x"};
        const loci_reading reading = {.label = "c",
                                      .window = 1,
                                      .columns = columns,
                                      .column_count = 1,
                                      .skip = cases[i].skip,
                                      .decimal = cases[i].decimal};
        dataset_refused("bad.txt", reading, cases[i].says);
    }
}

/* Labels and the names of sequences are classes and groups: two that would look the same are not joined. */
static void names_that_cannot_be_told_are_refused(void **state)
{
    (void)state;
    char many[301], text[1024];
    memset(many, 'm', 300);
    many[300] = 0;
    const struct {
        const char *name, *other, *says;
    } cases[] = {
        {"M\xFCller", "M\xF6ller", "line 2: \"M?ller\" stands in column n; valid UTF-8 was expected"},
        {"\"a\tb\"", "\"a\001b\"", "line 2: \"a?b\" stands in column n; text without control characters"},
        {"\"a\nb\"", "b", "line 2: \"a?b\" stands in column n; text without control characters"},
        {"a", "b\x7F", "line 3: \"b?\" stands in column n; text without control characters was expected"},
        {many, many + 1, "\" stands in column n; at most 255 bytes were expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "n,x,v\n%s,1,1\n%s,2,3\n", cases[i].name, cases[i].other);
        temporary_text("names.csv", text);
        dataset_refused("names.csv", (loci_reading){.label = "n", .window = 1}, cases[i].says);
        dataset_refused("names.csv", (loci_reading){.value = "v", .group = "n"}, cases[i].says);
    }
    /* the longest that there can be, and what only looks strange, are as they stand */
    snprintf(text, sizeof text, "n,x\n%s,1\nM\xC3\xBCller,2\n%s,1\nM\xC3\xB6ller,2\n", many + 45, many + 46);
    temporary_text("names.csv", text);
    loci_dataset *set = dataset_of("names.csv", (loci_reading){.label = "n", .window = 1});
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_int_equal(info.classes, 4);
    assert_string_equal(info.names[0], "M\xC3\xB6ller");
    assert_string_equal(info.names[1], "M\xC3\xBCller");
    assert_string_equal(info.names[2], many + 46);
    assert_string_equal(info.names[3], many + 45);
    loci_dataset_close(set);
}

/* Whether the first row is one of names, where a label stands in it that may be one. */
static void headers_are_told_from_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *label;
        size_t rows;
    } cases[] = {
        {"x,c\n1,a\n2,b\n", "c", 2},          {"x,c\n1,a\n2,b\n", "2", 2},
        {"x,y,c\n1,NA,a\n2,2,b\n", "c", 2},   {"0.5,a\n1,b\n2,a\n", "2", 3},
        {"2019,c\n1,a\n2,b\n", "c", 2},       {"\"2019\",\"c\"\n1,a\n2,b\n", "c", 2},
        {"2019,x,c\n1,1,a\n2,2,b\n", "3", 2}, {"1,2016-07-01,a\n1,2016-07-02,b\n2,2016-07-03,b\n", "3", 3},
        {"1,-,a\n1,2,b\n2,,b\n", "3", 3},     {"2019,\"a \"\"b\"\"\"\n1,u\n2,v\n", "a \"b\"", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_bytes("first.csv", cases[i].text, strlen(cases[i].text));
        const char *columns[] = {"1"};
        loci_dataset *set = dataset_of(
            "first.csv",
            (loci_reading){.label = cases[i].label, .window = 1, .columns = columns, .column_count = 1});
        assert_int_equal(loci_dataset_inspect(set).sequences, cases[i].rows);
        loci_dataset_close(set);
    }
}

/* Of any length, and with quotes in them. */
static void names_of_columns_are_whole(void **state)
{
    (void)state;
    char names[2][301], text[1024];
    for (size_t i = 0; i < 2; i++) {
        memset(names[i], 'm', 300);
        names[i][299] = (char)('a' + i);
        names[i][300] = 0;
    }
    snprintf(text, sizeof text, "\"the \"\"x\"\"\",%s,%s,c\n1,2,3,a\n4,5,6,b\n", names[0], names[1]);
    temporary_text("whole.csv", text);
    const char *columns[] = {names[1], "the \"x\""};
    loci_dataset *set = dataset_of(
        "whole.csv", (loci_reading){.label = "c", .window = 1, .columns = columns, .column_count = 2});
    const loci_dataset_info info = loci_dataset_inspect(set);
    float u[2];
    loci_dataset_read(set, 0, u);
    assert_true(u[0] == 3 && u[1] == 1);
    for (size_t i = 0; i < 2; i++) assert_string_equal(info.input_names[i], columns[i]);
    loci_dataset_close(set);
}

/* A row may begin with #; what only may be one is left out, and counted. */
static void rows_may_begin_with_a_hash(void **state)
{
    (void)state;
    static const struct {
        const char *text, *label, *group;
        size_t sequences, comments, line;
    } cases[] = {
        {"g,x,c\n#1,1,a\n#1,2,a\n#2,3,b\n#2,4,b\n", "c", "g", 2, 0, 0},
        {"#1,1,a\n#1,2,a\n2,3,b\n4,4,b\n", "3", "1", 3, 0, 0},
        {"x,c\n1,a\n#2,b\n#3,b\n4,b\n", "c", NULL, 2, 2, 3},
        {"x,c\n1,a\n# 2,b\n#\n4,b\n# by whom, of what\n# of,what,2\n", "c", NULL, 2, 1, 3},
        {"x,y,c\n1,1,a\n#N/A,2,b\n4,4,b\n", "c", NULL, 3, 0, 0},
        {"x,c\n1,a\n#2,\"b\n4,b\n", "c", NULL, 2, 0, 0}, /* a quote that is open */
        /* a date or a note that is left out, a label, a column that has more of them than numbers */
        {"t,x,c\n2020-01-01,1,a\n#2020-01-02,2,b\n2020-01-03,4,b\n", "c", NULL, 2, 1, 3},
        {"n,x,c\nso,1,a\n#no,2,b\nso,4,b\n", "c", NULL, 2, 1, 3},
        {"c,x\n0,1\n#1,2\n1,3\n#c,4\n", "c", NULL, 3, 1, 3},
        {"x,y,c\n1,1,a\n#2,2,a\n#2,3,b\n4,4,b\n", "c", NULL, 2, 2, 3},
        {"x,y,c\n#1,2,a\nm,s,-\n1,1,a\n4,4,b\n", "c", NULL, 2, 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_text("hash.csv", cases[i].text);
        loci_dataset *set = dataset_of("hash.csv", (loci_reading){.label = cases[i].label,
                                                                  .group = cases[i].group,
                                                                  .window = cases[i].group ? 0 : 1,
                                                                  .hold = 1});
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.sequences, cases[i].sequences);
        assert_int_equal(info.comments, cases[i].comments);
        assert_int_equal(info.comment_line, cases[i].line);
        loci_dataset_close(set);
    }
    temporary_text("hash.csv", "x,y,c\n1,1,a\n#N/A,2,b\n4,4,b\n");
    dataset_refused("hash.csv", (loci_reading){.label = "c", .window = 1}, "line 3: \"#N/A\" stands in");
}

/* Names of sequences are what they look like, though numbers as classes are the same in any spelling. */
static void groups_are_told_by_their_letters(void **state)
{
    (void)state;
    temporary_text("spelt.csv", "g,x,c\n7,1,1\n007,2,2\n7,3,1.0\n1e2,4,2e0\n100,5,01\n");
    loci_dataset *set = dataset_of("spelt.csv", (loci_reading){.label = "c", .group = "g"});
    assert_int_equal(loci_dataset_inspect(set).sequences, 4);
    assert_int_equal(loci_dataset_inspect(set).classes, 2);
    loci_dataset_close(set);
}

/* What only tables have says that a file is one, whatever it is called. */
static void a_horizon_tells_a_table(void **state)
{
    (void)state;
    static const char *const names[] = {"ahead.tsv", "ahead.log", "Ahead_TRAIN.txt"}, *const x[] = {"x"};
    for (size_t i = 0; i < 3; i++) {
        temporary_text(names[i], "x,note\n1,a\n2,b\n3,c\n4,d\n");
        loci_dataset *set = dataset_of(names[i], (loci_reading){.window = 2, .horizon = 1});
        assert_string_equal(loci_dataset_inspect(set).kind, "table");
        loci_dataset_close(set);
        dataset_refused(names[i], (loci_reading){.columns = x, .column_count = 1},
                        "is a table of columns x, note");
        dataset_refused(names[i], (loci_reading){.time = "x"}, "is a table of columns x, note");
    }
}

enum { GROUPS = 10, ROWS = 7 };

/* Windows of 3 of 7 rows, 5 a group: none of a group is on the other side. */
static void groups_are_divided_whole(void **state)
{
    (void)state;
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "g,x,c\n");
    for (size_t k = 0; k < ROWS; k++)
        for (size_t g = 0; g < GROUPS; g++)
            used += (size_t)snprintf(text + used, sizeof text - used, "g%zu,%zu,%c\n", g, 100 * g + k,
                                     g % 3 ? 'a' : 'b');
    temporary_bytes("groups.csv", text, used);
    size_t drawn[GROUPS] = {0};
    for (uint64_t seed = 0; seed < 40; seed++) {
        loci_dataset *set = dataset_of("groups.csv",
                                       (loci_reading){.label = "c", .group = "g", .window = 3, .stride = 1}),
                     *part;
        const double shift = loci_dataset_inspect(set).origin ? loci_dataset_inspect(set).origin[0] : 0,
                     unit = loci_dataset_inspect(set).unit ? loci_dataset_inspect(set).unit[0] : 1;
        loci_error error;
        assert_int_equal(loci_dataset_divide(&part, set, 0.25, seed, &error), LOCI_OK);
        /* of 6 groups of a and 4 of b: a quarter of 30 windows takes 2 groups, of 20 one */
        assert_int_equal(loci_dataset_inspect(part).sequences, 3 * 5);
        assert_int_equal(loci_dataset_inspect(set).sequences, 7 * 5);
        bool side[GROUPS] = {0};
        for (size_t i = 0; i < 3 * 5; i++) {
            float u[3];
            loci_dataset_read(part, i, u);
            side[(size_t)((double)u[0] / unit + shift + 0.5) / 100] = true;
        }
        for (size_t i = 0; i < 7 * 5; i++) {
            float u[3];
            loci_dataset_read(set, i, u);
            assert_false(side[(size_t)((double)u[0] / unit + shift + 0.5) / 100]);
        }
        for (size_t g = 0; g < GROUPS; g++) drawn[g] += side[g];
        loci_dataset_close(part);
        loci_dataset_close(set);
    }
    for (size_t g = 0; g < GROUPS; g++)
        assert_in_range(drawn[g], 1, 39); /* each misses all with chance < 1e-5 */
    static const char pair[] = "g,x,c\nu,1,a\nu,2,a\nv,3,b\nv,4,b\n";
    temporary_bytes("pair.csv", pair, sizeof pair - 1);
    loci_dataset *set = dataset_of("pair.csv", (loci_reading){.label = "c", .group = "g", .window = 1}),
                 *part;
    loci_error error;
    assert_int_equal(loci_dataset_divide(&part, set, 0.5, 0, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "no class has two groups"));
    loci_dataset_close(set);
}

/* Of windows that share rows the last of each class are divided off, and none of the others has a row of theirs. Those that share none
 * are drawn by the seed. */
static void overlapping_windows_are_divided_by_time(void **state)
{
    (void)state;
    enum { ROWS_OF = 400, WINDOW = 20 };
    static char text[16 * ROWS_OF];
    size_t used = (size_t)snprintf(text, sizeof text, "x,c\n");
    for (size_t k = 0; k < ROWS_OF; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%zu,%c\n", k, k / 50 % 2 ? 'a' : 'b');
    temporary_bytes("long.csv", text, used);
    static const char *const x[] = {"x"};
    loci_reading r = {.label = "c", .columns = x, .column_count = 1, .window = WINDOW};
    for (r.stride = 1; r.stride <= WINDOW; r.stride += r.stride > 15 ? 4u : 3u) {
        loci_dataset *set = dataset_of("long.csv", r), *part;
        const loci_dataset_info all = loci_dataset_inspect(set);
        assert_int_equal(all.overlap, r.stride < WINDOW);
        const double shift = all.origin ? all.origin[0] : 0, unit = all.unit ? all.unit[0] : 1;
        loci_error error;
        if (loci_dataset_divide(&part, set, 0.1, r.stride, &error)) fail_msg("%s", error.text);
        const loci_dataset_info stays = loci_dataset_inspect(set), goes = loci_dataset_inspect(part);
        assert_in_range(goes.sequences, all.sequences / 10 - 1, all.sequences / 10 + 2);
        if (!all.overlap) assert_int_equal(stays.sequences + goes.sequences, all.sequences);
        float u[WINDOW];
        for (size_t i = 0; i < goes.sequences; i++) {
            loci_dataset_read(part, i, u);
            const double first = (double)u[0] / unit + shift;
            for (size_t j = 0; j < stays.sequences; j++) {
                loci_dataset_read(set, j, u);
                assert_true(fabs((double)u[0] / unit + shift - first) >= WINDOW - 0.5);
            }
            if (all.overlap && i + 1 == goes.sequences)
                assert_true(first > ROWS_OF - WINDOW - (double)r.stride - 0.5);
        }
        loci_dataset_close(part);
        loci_dataset_close(set);
    }
    r.window = 250, r.stride = 1;
    loci_dataset *set = dataset_of("long.csv", r), *part;
    loci_error error;
    const size_t before = loci_dataset_inspect(set).sequences;
    assert_int_equal(loci_dataset_divide(&part, set, 0.5, 1, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "no window is left to train with"));
    assert_int_equal(loci_dataset_inspect(set).sequences, before);
    loci_dataset_close(set);
}

/* What follows a window: of the column itself, of another one, of all inputs; by groups; the last windows to test with. */
static void horizons(void **state)
{
    (void)state;
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "g,x,y\n");
    for (int k = 0; k < 30; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s,%d,%d\n", k < 18 ? "a" : "b", k,
                                 100 + k * k);
    temporary_bytes("ahead.csv", text, used);
    static const char *const only_x[] = {"x"}, *const both[] = {"x", "y"};
    const struct {
        loci_reading r;
        size_t sequences, outputs;
        int what; /* 0: x, 1: y, 2: both */
    } cases[] = {
        {{.value = "x", .columns = only_x, .column_count = 1, .window = 4, .horizon = 3}, 24, 3, 0},
        {{.value = "y", .columns = only_x, .column_count = 1, .window = 4, .horizon = 3}, 24, 3, 1},
        {{.value = "y", .columns = both, .column_count = 2, .window = 4, .horizon = 3}, 24, 3, 1},
        {{.columns = both, .column_count = 2, .window = 5, .stride = 2, .horizon = 2}, 12, 4, 2},
        {{.columns = only_x, .column_count = 1, .window = 29, .horizon = 1}, 1, 1, 0},
        /* 18 - 6 and 12 - 6 windows of two groups */
        {{.value = "x", .columns = both, .column_count = 2, .window = 4, .horizon = 3, .group = "g"},
         18,
         3,
         0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        loci_dataset *set = dataset_of("ahead.csv", cases[k].r);
        const loci_dataset_info info = loci_dataset_inspect(set);
        const double shift = info.origin ? info.origin[0] : 0, unit = info.unit ? info.unit[0] : 1;
        assert_int_equal(info.sequences, cases[k].sequences);
        assert_int_equal(info.outputs, cases[k].outputs);
        assert_true(info.target.values && !info.target.each);
        assert_string_equal(info.value_names[0], cases[k].what == 1 ? "y" : "x");
        if (cases[k].what == 2) assert_string_equal(info.value_names[1], "y");
        for (size_t i = 0; i < info.sequences; i++) {
            float u[64];
            double target[8];
            const size_t rows = cases[k].r.window;
            assert_int_equal(loci_dataset_length(set, i), rows);
            loci_dataset_read(set, i, u);
            loci_dataset_read_target(set, i, target);
            const double last = (double)u[(rows - 1) * info.inputs] / unit + shift;
            for (size_t j = 0; j < cases[k].outputs; j++) {
                const double x = last + 1 + (double)(cases[k].what == 2 ? j / 2 : j);
                const bool of_y = cases[k].what == 1 || (cases[k].what == 2 && j % 2);
                assert_true(fabs(target[j] - (of_y ? 100 + x * x : x)) < 1e-3 * (of_y ? x : 1));
            }
        }
        loci_dataset_close(set);
    }
    /* the last windows; none of the others has a row of theirs, nor foretells one */
    loci_reading r = {
        .value = "x", .columns = only_x, .column_count = 1, .window = 4, .horizon = 3, .test = 0.25};
    loci_dataset_options options = {.size = sizeof options, .reading = r};
    for (options.test = 0; options.test < 2; options.test++) {
        loci_dataset *set;
        loci_error error;
        double target[3];
        assert_int_equal(loci_dataset_open(&set, temporary_path("ahead.csv"), &options, &error), LOCI_OK);
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.sequences, options.test ? 6 : 24 - 6 - 6);
        loci_dataset_read_target(set, options.test ? 0 : info.sequences - 1, target);
        assert_true(target[0] == (options.test ? 18 + 4 : 11 + 4));
        if (!options.test) { /* and divided off are the last of the others */
            loci_dataset *part;
            assert_int_equal(loci_dataset_divide(&part, set, 0.25, 1, &error), LOCI_OK);
            loci_dataset_read_target(part, 0, target);
            assert_true(loci_dataset_inspect(part).sequences == 3 && target[0] == 9 + 4);
            assert_int_equal(loci_dataset_inspect(set).sequences,
                             12 - 3 - 6); /* and what shares rows is gone */
            loci_dataset_read_target(set, 2, target);
            assert_true(target[0] == 2 + 4);
            loci_dataset_close(part);
        }
        loci_dataset_close(set);
    }
    loci_dataset *none;
    loci_error error;
    options.test = 0;
    options.reading =
        (loci_reading){.value = "x", .window = 28, .horizon = 3, .columns = only_x, .column_count = 1};
    assert_int_equal(loci_dataset_open(&none, temporary_path("ahead.csv"), &options, &error),
                     LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "no sequence has 31 rows, which a window with its horizon needs"));
    options.reading = (loci_reading){.label = "g", .window = 4, .horizon = 3};
    assert_int_equal(loci_dataset_open(&none, temporary_path("ahead.csv"), &options, &error),
                     LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "has no label"));
}

/* A table that has the inputs by their names is read by these, whatever stands beside and between them. */
static void known_inputs_are_found(void **state)
{
    (void)state;
    static const char *const known[] = {"x", "y"};
    static const struct {
        const char *text, *first, *second; /* the inputs that are read */
        float x, y;
    } cases[] = {
        {"x,y,c\n1,2,a\n3,4,b\n", "x", "y", 1, 2},
        {"y,c,x\n2,a,1\n4,b,3\n", "x", "y", 1, 2},
        {"y,z,x,c\n2,9,1,a\n4,9,3,b\n", "x", "y", 1, 2},
        {"v,w,c\n1,2,a\n3,4,b\n", "v", "w", 1, 2}, /* others, as they stand */
        {"y,v,c\n1,2,a\n3,4,b\n", "y", "v", 1, 2},
        {"1,2,a\n3,4,b\n", NULL, NULL, 1, 2},        /* none */
        {"7,8,c\n1,2,a\n3,4,b\n", NULL, NULL, 1, 2}, /* numbers of columns */
        {"x,x,c\n1,2,a\n3,4,b\n", NULL, NULL, 1, 2}, /* not one for each */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_bytes("known.csv", cases[i].text, strlen(cases[i].text));
        loci_dataset *set = dataset_of(
            "known.csv",
            (loci_reading){.label = i == 5 ? "3" : "c", .window = 1, .inputs = known, .input_count = 2});
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.inputs, 2);
        assert_int_equal(info.input_names != NULL, cases[i].first != NULL);
        if (info.input_names) assert_string_equal(info.input_names[0], cases[i].first);
        if (info.input_names) assert_string_equal(info.input_names[1], cases[i].second);
        float u[2];
        loci_dataset_read(set, 0, u);
        assert_true(u[0] == cases[i].x && u[1] == cases[i].y);
        loci_dataset_close(set);
    }
    static const char *const twice[] = {"y", "y"}; /* not one for each: as without */
    temporary_bytes("known.csv", "x,y,c\n1,2,a\n3,4,b\n", 18);
    loci_dataset *two =
        dataset_of("known.csv", (loci_reading){.label = "c", .window = 1, .inputs = twice, .input_count = 2});
    assert_int_equal(loci_dataset_inspect(two).inputs, 2);
    assert_string_equal(loci_dataset_inspect(two).input_names[0], "x");
    loci_dataset_close(two);
    /* the column of labels is none of them, and columns that are asked for come first */
    const char *text = "x,y,c\n1,2,a\n3,4,b\n", *only[] = {"y"};
    temporary_bytes("known.csv", text, strlen(text));
    loci_dataset *set =
        dataset_of("known.csv", (loci_reading){.label = "x", .window = 1, .inputs = known, .input_count = 2});
    assert_int_equal(loci_dataset_inspect(set).inputs, 1);
    assert_string_equal(loci_dataset_inspect(set).input_names[0], "y");
    loci_dataset_close(set);
    set = dataset_of("known.csv", (loci_reading){.label = "c",
                                                 .window = 1,
                                                 .columns = only,
                                                 .column_count = 1,
                                                 .inputs = known,
                                                 .input_count = 2});
    assert_int_equal(loci_dataset_inspect(set).inputs, 1);
    loci_dataset_close(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_as_they_are_written),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(names_that_cannot_be_told_are_refused),
        cmocka_unit_test(headers_are_told_from_rows),
        cmocka_unit_test(names_of_columns_are_whole),
        cmocka_unit_test(rows_may_begin_with_a_hash),
        cmocka_unit_test(groups_are_told_by_their_letters),
        cmocka_unit_test(a_horizon_tells_a_table),
        cmocka_unit_test(groups_are_divided_whole),
        cmocka_unit_test(overlapping_windows_are_divided_by_time),
        cmocka_unit_test(horizons),
        cmocka_unit_test(known_inputs_are_found),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
