/* SPDX-License-Identifier: MIT
 * test_chart.c - charts: what thinning keeps, ranges and marks of axes, harmless text, every kind drawn, and the child
 * process behind the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/data.h>

#include "draw/chart_model.h"
#include "draw/child.h"
#include "temporary.h"

static chart *one_panel(const chart_axes *axes)
{
    chart *drawing = chart_create(&(chart_layout){.title = "test"});
    chart_panel(drawing, axes);
    return drawing;
}

/* --- thinning --- */

/* A million points with one spike up and one down that no sampling would find. */
static void test_thinning_keeps_extremes(void **state)
{
    (void)state;
    enum { COUNT = 1000000 };
    double *y = calloc(COUNT, sizeof *y);
    assert_non_null(y);
    for (size_t i = 0; i < COUNT; i++) y[i] = sin((double)i);
    y[123457] = 50;
    y[765431] = -60;
    for (int k = 0; k < 2; k++) {
        chart *drawing = one_panel(&(chart_axes){.title = "thin"});
        chart_add(drawing, &(chart_series){.kind = k ? CHART_STEPS : CHART_LINE, .y = y, .count = COUNT});
        const chart_series *s = &drawing->frames[0].traces[0].is;
        assert_true(s->count <= 4 * (CHART_PIXELS + 1));
        double low = 0, high = 0;
        for (size_t i = 0; i < s->count; i++) {
            assert_true(s->y[i] == y[(size_t)s->x[i]]);
            assert_true(i == 0 || s->x[i] > s->x[i - 1]);
            low = fmin(low, s->y[i]);
            high = fmax(high, s->y[i]);
        }
        assert_true(low == -60 && high == 50);
        assert_true(s->x[0] == 0 && s->x[s->count - 1] == COUNT - 1);
        chart_destroy(drawing);
    }
    free(y);
}

/* Holes break a thinned line as they broke the line; what lies outside of the axis takes one column on each side. */
static void test_thinning_holes_and_range(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    double *y = calloc(COUNT, sizeof *y);
    assert_non_null(y);
    for (size_t i = 0; i < COUNT; i++) y[i] = i / 1000 % 2 ? (double)i : NAN;
    chart *drawing = one_panel(&(chart_axes){.x_to = 50000});
    chart_add(drawing, &(chart_series){.y = y, .count = COUNT});
    const chart_series *s = &drawing->frames[0].traces[0].is;
    size_t holes = 0, outside = 0;
    for (size_t i = 1; i < s->count; i++) {
        holes += isnan(s->y[i]) && !isnan(s->y[i - 1]);
        outside += s->x[i] > 50100;
    }
    assert_int_equal(holes, 99 / 2);
    assert_true(outside < 400);
    chart_destroy(drawing);
    free(y);
}

static void test_thinning_bands_and_dots(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    double *x = calloc(COUNT, sizeof *x), *y = calloc(COUNT, sizeof *y), *y2 = calloc(COUNT, sizeof *y2);
    assert_true(x && y && y2);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)i;
        y[i] = i == 70001 ? -9 : -1;
        y2[i] = i == 70002 ? 9 : 1;
    }
    chart *drawing = one_panel(&(chart_axes){.title = "band"});
    chart_add(drawing, &(chart_series){.kind = CHART_BAND, .x = x, .y = y, .y2 = y2, .count = COUNT});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS, .x = x, .y = y, .count = COUNT});
    const chart_series *band = &drawing->frames[0].traces[0].is, *dots = &drawing->frames[0].traces[1].is;
    assert_true(band->count <= 2 * (CHART_PIXELS + 1) && dots->count <= CHART_PIXELS / 4 + 2);
    size_t found = 0;
    for (size_t i = 0; i < band->count; i++) found += band->y[i] == -9 && band->y2[i] == 9;
    assert_true(found >= 1);
    found = 0;
    for (size_t i = 0; i < dots->count; i++) found += dots->y[i] == -9 && dots->x[i] == 70001;
    assert_int_equal(found, 1);
    chart_destroy(drawing);
    free(x);
    free(y);
    free(y2);
}

/* --- axes --- */

static chart_window window_of(const chart_axes *axes, const double *y, size_t count)
{
    chart *drawing = one_panel(axes);
    chart_add(drawing, &(chart_series){.y = y, .count = count});
    const chart_window window = chart_window_find(&drawing->frames[0]);
    chart_destroy(drawing);
    return window;
}

static void test_windows(void **state)
{
    (void)state;
    const double flat[3] = {7, 7, 7}, holes[3] = {NAN, INFINITY, -INFINITY}, mixed[4] = {-1, 0, 10, 1000};
    const double huge[2] = {-1e308, 1e308};
    chart_window w = window_of(&(chart_axes){.title = ""}, flat, 3);
    assert_true(w.x_from == 0 && w.x_to == 2 && w.y_from < 7 && w.y_to > 7);
    w = window_of(&(chart_axes){.title = ""}, holes, 3);
    assert_true(w.y_from < w.y_to && isfinite(w.y_from) && isfinite(w.y_to));
    w = window_of(&(chart_axes){.title = ""}, NULL, 0);
    assert_true(w.x_from < w.x_to && w.y_from < w.y_to);
    w = window_of(&(chart_axes){.log_y = true}, mixed, 4);
    assert_true(w.y_from > 0 && w.y_from <= 10 && w.y_to >= 1000);
    w = window_of(&(chart_axes){.log_x = true, .log_y = true}, flat, 1);
    assert_true(w.x_from > 0 && w.x_from < w.x_to && w.y_from > 0 && w.y_from < w.y_to);
    w = window_of(&(chart_axes){.title = ""}, huge, 2);
    assert_true(isfinite(w.y_to - w.y_from));
    const double today[2] = {1467367205.5, 1467367205.5004}; /* a range in time, of values none */
    for (int k = 0; k < 2; k++) {
        chart *drawing = one_panel(&(chart_axes){.time_x = true});
        chart_add(drawing, &(chart_series){.x = k ? flat : today, .y = k ? today : flat, .count = 2});
        w = chart_window_find(&drawing->frames[0]);
        assert_true(k ? w.y_to - w.y_from > 1 : w.x_from == today[0] && w.x_to == today[1]);
        chart_destroy(drawing);
    }
}

static void expect_ticks(const chart_ticks *ticks, const char *labels)
{
    char all[1024] = "";
    for (size_t i = 0; i < ticks->count; i++) {
        if (i > 0) strcat(all, " ");
        strcat(all, ticks->label[i]);
    }
    assert_string_equal(all, labels);
}

static void test_ticks(void **state)
{
    (void)state;
    chart_ticks ticks;
    chart_ticks_linear(&ticks, 0, 1, 5);
    expect_ticks(&ticks, "0 0.2 0.4 0.6 0.8 1.0");
    chart_ticks_linear(&ticks, 1.5, -1.5, 4); /* an axis that runs down */
    expect_ticks(&ticks, "−1 0 1");
    chart_ticks_linear(&ticks, 0, 3e7, 3);
    expect_ticks(&ticks, "0 1·10⁷ 2·10⁷ 3·10⁷");
    chart_ticks_linear(&ticks, 0, 2.5e-5, 5);
    expect_ticks(&ticks, "0 0.5·10⁻⁵ 1.0·10⁻⁵ 1.5·10⁻⁵ 2.0·10⁻⁵ 2.5·10⁻⁵");
    chart_ticks_linear(&ticks, 3, 3, 5);
    assert_int_equal(ticks.count, 0);
    chart_ticks_log(&ticks, 1, 1000, 8);
    expect_ticks(&ticks, "1 10 100 1000");
    chart_ticks_log(&ticks, 1e-6, 10, 4);
    expect_ticks(&ticks, "10⁻⁶  10⁻⁴  10⁻²  1 ");
    chart_ticks_log(&ticks, 1.5, 12, 8);
    expect_ticks(&ticks, "2   5     10");
    chart_ticks_log(&ticks, 1e-300, 1e300, 6);
    assert_true(ticks.count >= 3 && ticks.count <= CHART_TICKS_MOST);
}

static void expect_times(const char *from, const char *to, const char *labels, const char *note)
{
    double a, b;
    assert_int_equal(loci_time_parse(&a, from, NULL), LOCI_OK);
    assert_int_equal(loci_time_parse(&b, to, NULL), LOCI_OK);
    chart_ticks ticks;
    chart_ticks_time(&ticks, a, b, 5);
    expect_ticks(&ticks, labels);
    assert_string_equal(ticks.note, note);
}

static void test_ticks_of_time(void **state)
{
    (void)state;
    expect_times("2016-07-01T10:00:05", "2016-07-01T10:00:25", "10:00:05 10:00:10 10:00:15 10:00:20 10:00:25",
                 "2016-07-01 UTC");
    expect_times("2016-07-01 22:00", "2016-07-02 02:30", "22:00 23:00 2 Jul 01:00 02:00", "2016, UTC");
    expect_times("2016-02-26", "2016-03-03", "26 Feb 27 Feb 28 Feb 29 Feb 1 Mar 2 Mar 3 Mar", "2016, UTC");
    expect_times("2015-11-15", "2016-04-15", "Dec 2015 Jan 2016 Feb Mar Apr", "UTC");
    expect_times("1960-06-01", "2020-06-01", "1970 1980 1990 2000 2010 2020", "UTC");
    /* less than a second apart: after a whole one */
    expect_times("2016-07-01T10:00:05.87", "2016-07-01T10:00:06.32", "0.9 1.0 1.1 1.2 1.3",
                 "s after 2016-07-01T10:00:05 UTC");
    expect_times("2016-07-01T10:00:05", "2016-07-01T10:00:07.5", "0 0.5 1.0 1.5 2.0 2.5",
                 "s after 2016-07-01T10:00:05 UTC");
    expect_times("1969-12-31T23:59:59.25", "1969-12-31T23:59:59.5", "0.25 0.30 0.35 0.40 0.45 0.50",
                 "s after 1969-12-31T23:59:59 UTC");
    chart_ticks ticks;
    chart_ticks_time(&ticks, 1467367205.5, 1467367205.50012, 2);
    assert_int_equal(ticks.count, 3);
    assert_true(fabs(ticks.at[1] - 1467367205.50005) < 3e-7);
    /* times beyond the calendar are numbers */
    expect_times("9999-12-30", "9999-12-31", "30 Dec 06:00 12:00 18:00 31 Dec", "9999, UTC");
    double last;
    assert_int_equal(loci_time_parse(&last, "9999-12-31", NULL), LOCI_OK);
    chart_ticks_time(&ticks, last, last + 86400, 4);
    assert_true(ticks.count > 1);
    assert_string_equal(ticks.note, "s after 1970-01-01 UTC");
    chart_ticks_time(&ticks, -1e15, 1e15, 4);
    assert_true(ticks.count > 1);
    assert_string_equal(ticks.note, "s after 1970-01-01 UTC");
}

/* --- drawing --- */

static char *slurp(const char *path, size_t *size)
{
    void *bytes;
    loci_error error;
    if (loci_file_read(path, &bytes, size, 64u << 20, &error) != LOCI_OK) fail_msg("%s", error.text);
    char *text = realloc(bytes, *size + 1);
    assert_non_null(text);
    text[*size] = 0;
    return text;
}

/* Every kind, on every axis, with numbers and names that try to break it. */
static chart *everything(void)
{
    static const double nasty[9] = {1, NAN, 3, INFINITY, -5, 0, 1e308, -1e-308, 9}, one[1] = {4},
                        next[1] = {6};
    static const double ends[9] = {2, 3, 4, 5, 6, 7, 8, 9, 10}, from[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    chart *drawing = chart_create(
        &(chart_layout){.title = "a `touch broken` 'b' <&> {c}_2^3 \\n @d $e \xff\xc3\x28 \033[2J\nend",
                        .subtitle = "%s %n ünïcödé 漢字",
                        .columns = 2});
    for (int k = 0; k < 8; k++) {
        chart_panel(drawing, &(chart_axes){.title = "'",
                                           .x_label = "\\",
                                           .y_label = "''",
                                           .log_x = k & 1,
                                           .log_y = k & 2,
                                           .time_x = k & 4});
        for (chart_kind kind = CHART_LINE; kind <= CHART_LEVELS; kind++)
            chart_add(drawing, &(chart_series){.kind = kind,
                                               .name = "x' y \"z\"",
                                               .x = from,
                                               .x2 = ends,
                                               .y = nasty,
                                               .y2 = ends,
                                               .count = 9,
                                               .dashed = k & 1,
                                               .pale = k & 2});
        chart_add(drawing,
                  &(chart_series){
                      .kind = CHART_TEXT, .name = "here'", .x = one, .y = next, .count = 1, .right = k & 1});
        chart_add(drawing, &(chart_series){.name = "nothing", .x = one, .y = one});
    }
    chart_panel(drawing, &(chart_axes){.title = "matrix", .span = 2});
    chart_add(drawing, &(chart_series){.kind = CHART_MATRIX, .y = nasty, .count = 9, .rows = 3});
    chart_panel(drawing, &(chart_axes){.title = "empty"});
    return drawing;
}

static void test_files(void **state)
{
    (void)state;
    loci_error error;
    if (chart_check("x.svg", &error) != LOCI_OK) skip(); /* no gnuplot here */
    chart *drawing = everything();
    const char *svg = temporary_path("every.svg");
    if (chart_write(drawing, svg, &error) != LOCI_OK) fail_msg("%s", error.text);
    size_t size;
    char *text = slurp(svg, &size);
    assert_non_null(strstr(
        text,
        "<title>a `touch broken` 'b' &lt;&amp;> {c}_2^3 \\n @d $e \xef\xbf\xbd\xef\xbf\xbd(  [2J end</title>"));
    assert_non_null(strstr(text, ">0.5<")); /* a digit behind a point */
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\xff'));
    free(text);
    const char *png = temporary_path("every.png");
    if (chart_write(drawing, png, &error) != LOCI_OK) fail_msg("%s", error.text);
    text = slurp(png, &size);
    assert_memory_equal(text, "\x89PNG\r\n\x1a\n", 8);
    free(text);
    assert_int_not_equal(access("broken", F_OK), 0);
    assert_int_equal(chart_write(drawing, temporary_path("no/such/folder.svg"), &error), LOCI_E_IO);
    chart_destroy(drawing);
}

/* Standard output goes to a file for a while. */
static void test_terminal(void **state)
{
    (void)state;
    const char *path = temporary_path("drawn.txt");
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    assert_true(kept >= 0);
    assert_non_null(freopen(path, "w", stdout));
    chart *drawing = everything();
    loci_error error;
    const loci_status status = chart_write(drawing, "-", &error);
    fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    close(kept);
    assert_int_equal(status, LOCI_OK);
    chart_destroy(drawing);
    size_t size;
    char *text = slurp(path, &size);
    assert_null(strchr(text, '\033')); /* no colours: no terminal */
    assert_non_null(strstr(text, "ünïcödé 漢字"));
    assert_non_null(strstr(text, "└"));
    free(text);
}

static void test_refusals(void **state)
{
    (void)state;
    loci_error error;
    const double y[1] = {1};
    assert_int_equal(chart_check("x.gif", &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "x.gif: no chart can be written there; FILE.svg, FILE.png or - was expected");
    assert_int_equal(chart_check(".svg", &error), LOCI_E_ARGUMENT);
    assert_int_equal(chart_check("-", &error), LOCI_OK);
    assert_int_equal(chart_write(NULL, "x.svg", &error), LOCI_E_MEMORY);
    chart *drawing = chart_create(&(chart_layout){.title = "no panel"});
    assert_int_equal(chart_write(drawing, "-", &error), LOCI_E_ARGUMENT);
    chart_add(drawing, &(chart_series){.y = y, .count = 1});
    chart_panel(drawing, &(chart_axes){.title = "too late"});
    assert_int_equal(chart_write(drawing, "-", &error), LOCI_E_ARGUMENT);
    chart_destroy(drawing);
    drawing = one_panel(&(chart_axes){.title = "incomplete"});
    chart_add(drawing, &(chart_series){.kind = CHART_BAND, .y = y, .count = 1});
    assert_int_equal(chart_write(drawing, "-", &error), LOCI_E_ARGUMENT);
    chart_destroy(drawing);
    chart_destroy(NULL);
    chart_panel(NULL, &(chart_axes){.title = ""});
    chart_add(NULL, &(chart_series){.y = y, .count = 1});
}

/* --- the child --- */

static void test_child(void **state)
{
    (void)state;
    enum { SIZE = 10000000 };
    char *much = malloc(SIZE), *output;
    size_t size;
    loci_error error;
    assert_non_null(much);
    for (size_t i = 0; i < SIZE; i++) much[i] = (char)(i * 2654435761u >> 20);
    /* ten megabytes both ways at once */
    if (child_run((const char *const[]){"cat", NULL}, much, SIZE, &output, &size, &error) != LOCI_OK)
        fail_msg("%s", error.text);
    assert_int_equal(size, SIZE);
    assert_memory_equal(output, much, SIZE);
    free(output);
    /* one that does not listen, and does not kill us either */
    assert_int_equal(child_run((const char *const[]){"true", NULL}, much, SIZE, &output, &size, &error),
                     LOCI_OK);
    assert_int_equal(size, 0);
    free(output);
    assert_int_equal(
        child_run((const char *const[]){"sh", "-c", "echo one >&2; echo ' two' >&2; exit 3", NULL}, much,
                  SIZE, &output, &size, &error),
        LOCI_E_IO);
    assert_string_equal(error.text, "sh failed: two");
    assert_null(output);
    assert_int_equal(
        child_run((const char *const[]){"no-such-program", NULL}, much, 1, &output, &size, &error),
        LOCI_E_UNSUPPORTED);
    assert_true(child_find("sh"));
    assert_false(child_find("no-such-program"));
    free(much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thinning_keeps_extremes),
        cmocka_unit_test(test_thinning_holes_and_range),
        cmocka_unit_test(test_thinning_bands_and_dots),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_ticks_of_time),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_child),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
