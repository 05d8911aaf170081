/* SPDX-License-Identifier: MIT
 * test_dataset_table.c - tables of labelled rows: how their text is read, and that what belongs together stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <loci/dataset.h>

#include "temporary.h"

static loci_dataset *open_table(const char *name, loci_reading reading)
{
    const loci_dataset_options options = {.size = sizeof options, .reading = reading};
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_open(&set, temporary_path(name), &options, &error) != LOCI_OK)
        fail_msg("%s", error.text);
    return set;
}

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
        loci_dataset *set = open_table("table.txt", (loci_reading){.label = "c",
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
        const loci_dataset_options options = {.size = sizeof options,
                                              .reading = {.label = "c",
                                                          .window = 1,
                                                          .columns = columns,
                                                          .column_count = 1,
                                                          .skip = cases[i].skip,
                                                          .decimal = cases[i].decimal}};
        loci_dataset *set;
        loci_error error;
        assert_int_not_equal(loci_dataset_open(&set, temporary_path("bad.txt"), &options, &error), LOCI_OK);
        if (!strstr(error.text, cases[i].says)) fail_msg("%s", error.text);
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
        loci_dataset *set = open_table("groups.csv",
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
    loci_dataset *set = open_table("pair.csv", (loci_reading){.label = "c", .group = "g", .window = 1}),
                 *part;
    loci_error error;
    assert_int_equal(loci_dataset_divide(&part, set, 0.5, 0, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "no class has two groups"));
    loci_dataset_close(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_as_they_are_written),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(groups_are_divided_whole),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
