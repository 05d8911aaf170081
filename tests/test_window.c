/* SPDX-License-Identifier: MIT
 * test_window.c - each answer of a window is that of a stream that began where the window says, to the bit, however the signal
 * is cut. */
#include <loci/stream.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

enum { LENGTH = 70, OUTPUTS = 3, INPUTS = 2 };

typedef struct {
    loci_model *model;
    loci_stream_tables *tables;
    float u[LENGTH * INPUTS];
} bench;

static void open_bench(bench *t)
{
    loci_error error;
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "small", INPUTS, OUTPUTS, NULL), LOCI_OK);
    config.layers = 1, config.width = 4, config.order = 4;
    if (loci_model_create(&t->model, &config, &error)) fail_msg("%s", error.text);
    loci_model_initialize(t->model, 5);
    if (loci_stream_tables_create(&t->tables, t->model, 0, 0, &error)) fail_msg("%s", error.text);
    for (size_t i = 0; i < LENGTH * INPUTS; i++) t->u[i] = (float)loci_random_normal(3, 2 * i);
}

static void close_bench(bench *t)
{
    loci_stream_tables_free(t->tables);
    loci_model_free(t->model);
}

/* Where the lane that answers after k samples began: lanes begin at 0, W, 2W... and, from half on, at W/2, W/2 + W...; the one
 * that has seen more answers, so long as it is not beyond W. */
static size_t begin_of(size_t k, size_t W)
{
    const size_t half = W / 2, first = (k - 1) / W * W;
    if (k <= half) return 0;
    const size_t second = half + (k - half - 1) / W * W;
    if (half == 0) return first;
    return first < second ? first : second;
}

static void answers_are_those_of_a_stream_that_began_there(void **state)
{
    (void)state;
    const size_t windows[] = {1, 2, 3, 8, 9, 40, 1000}, pieces[] = {1, 3, 7, LENGTH};
    bench t;
    open_bench(&t);
    for (size_t w = 0; w < sizeof windows / sizeof *windows; w++)
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
            loci_window *window;
            loci_error error;
            float out[LENGTH * OUTPUTS], expected[OUTPUTS], last[OUTPUTS];
            if (loci_window_create(&window, t.tables, windows[w], &error)) fail_msg("%s", error.text);
            size_t answers = 0;
            for (size_t at = 0, n; at < LENGTH; at += n) {
                n = pieces[p] < LENGTH - at ? pieces[p] : LENGTH - at;
                const size_t due = loci_window_due(window, n, 2);
                if (loci_window_push(window, t.u + at * INPUTS, n, 2, out + answers * OUTPUTS, &error))
                    fail_msg("%s", error.text);
                answers += due;
            }
            assert_int_equal(answers, LENGTH / 2);
            assert_int_equal(loci_window_samples(window), LENGTH);
            for (size_t k = 2; k <= LENGTH; k += 2) {
                loci_stream *stream;
                const size_t from = begin_of(k, windows[w]);
                if (loci_stream_init(&stream, NULL, 0, t.tables, 1, &error)) fail_msg("%s", error.text);
                assert_int_equal(
                    loci_stream_push(stream, NULL, 1, t.u + from * INPUTS, NULL, k - from, 0, NULL, &error),
                    LOCI_OK);
                loci_stream_answer(stream, 0, expected);
                assert_memory_equal(out + (k / 2 - 1) * OUTPUTS, expected, sizeof expected);
                loci_stream_free(stream);
            }
            loci_window_answer(window, last);
            assert_memory_equal(last, expected, sizeof last);
            loci_window_free(window);
        }
    close_bench(&t);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    bench t;
    loci_error error;
    loci_window *window;
    float out[OUTPUTS];
    open_bench(&t);
    assert_int_equal(loci_window_create(&window, t.tables, 0, &error), LOCI_E_ARGUMENT);
    assert_null(window);
    assert_int_equal(loci_window_create(&window, t.tables, 4, &error), LOCI_OK);
    loci_window_answer(window, out);
    assert_true(isnan(out[0]));
    t.u[3 * INPUTS + 1] = NAN;
    assert_int_equal(loci_window_push(window, t.u, 8, 0, NULL, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "sample 3, input 1 is"));
    assert_int_equal(loci_window_samples(window), 0);
    assert_int_equal(loci_window_due(window, 7, 0), 0);
    loci_window_free(window);
    loci_window_free(NULL);
    close_bench(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_a_stream_that_began_there),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
