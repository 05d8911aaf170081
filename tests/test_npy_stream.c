/* SPDX-License-Identifier: MIT
 * test_npy_stream.c - NPY arrays as signals: shapes, cuts, pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>

#include "reading.h"

static void an_array_is_a_signal_however_it_is_read(void **state)
{
    (void)state;
    const size_t samples = 50000, channels = 3;
    double *data = malloc(samples * channels * sizeof *data);
    for (size_t i = 0; i < samples * channels; i++) data[i] = sin((double)i);
    const char *path = temporary_path("file.npy");
    static const size_t groups[] = {1, 7, 10922, 10923, 10924, 50000, 60000};
    for (size_t dimensions = 1; dimensions <= 2; dimensions++) {
        const size_t shape[2] = {dimensions == 1 ? samples * channels : samples, channels};
        assert_int_equal(loci_npy_write(path, data, shape, dimensions, 0, NULL), LOCI_OK);
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
            const int before = standard_input_from(path, NULL, 0);
            reading r = read_path(g % 2 ? "-" : path, NULL, groups[g]);
            standard_input_back(before);
            assert_int_equal(r.status, LOCI_OK);
            assert_int_equal(r.info.channels, dimensions == 1 ? 1 : channels);
            assert_int_equal(r.info.samples, shape[0]);
            assert_int_equal(r.count, shape[0]);
            assert_memory_equal(r.u, data, samples * channels * sizeof *data);
            reading_free(&r);
        }
    }
    free(data);
}

/* What looks like [channels][samples] is read as it stands, and said. */
static void many_channels_of_few_samples_are_told(void **state)
{
    (void)state;
    static const struct {
        size_t samples, channels;
        const char *remark;
    } cases[] = {
        {1, 100, "is read as 1 sample of 100 channels, [samples][channels]"},
        {2, 500, "is read as 2 samples of 500 channels, [samples][channels]"},
        {10, 109, "is read as 10 samples of 109 channels, [samples][channels]"},
        {1, 99, NULL},
        {11, 100, NULL},
        {2000, 100, NULL},
    };
    double *data = calloc(2000, 100 * sizeof *data);
    const char *path = temporary_path("wide.npy");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t shape[2] = {cases[i].samples, cases[i].channels};
        loci_signal *signal;
        assert_int_equal(loci_npy_write(path, data, shape, 2, 0, NULL), LOCI_OK);
        assert_int_equal(loci_signal_open(&signal, path, NULL, NULL), LOCI_OK);
        const char *remark = loci_signal_remark(signal, 0);
        if (cases[i].remark)
            assert_string_equal(remark, cases[i].remark);
        else
            assert_null(remark);
        assert_int_equal(loci_signal_inspect(signal).channels, cases[i].channels);
        loci_signal_close(signal);
    }
    free(data);
}

/* An NPY file of version 1 with this dict as header and `size` zero bytes after it. */
static size_t make(char *bytes, const char *dict, size_t size)
{
    const size_t length = strlen(dict);
    memset(bytes, 0, 10 + length + size);
    memcpy(bytes, "\x93NUMPY\x01\x00", 8);
    bytes[8] = (char)length;
    memcpy(bytes + 10, dict, length);
    return 10 + length + size;
}

static void expect_wrong(const char *descr, const char *order, const char *shape, size_t size,
                         const char *part)
{
    char bytes[1024], dict[256];
    snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': %s, 'shape': %s}", descr, order, shape);
    const size_t total = make(bytes, dict, size);
    expect_failure(temporary_bytes("file.npy", bytes, total), NULL, LOCI_E_FORMAT, part);
    const int before = standard_input_from(NULL, bytes, total);
    expect_failure("-", NULL, LOCI_E_FORMAT,
                   strncmp(part, "file.npy: has", 13) == 0 ? "standard input: " : part);
    standard_input_back(before);
}

static void other_shapes_are_refused(void **state)
{
    (void)state;
    expect_wrong("<f8", "False", "()", 8,
                 "is an array of 0 dimensions; [samples] or [samples][channels] was expected");
    expect_wrong("<f8", "False", "(1, 2, 3)", 48, "is an array of 3 dimensions");
    expect_wrong("<f8", "False", "(0,)", 0, "holds no samples");
    expect_wrong("<f8", "False", "(0, 3)", 0, "holds no samples");
    expect_wrong("<f8", "False", "(3, 0)", 0, "array of 0 channels; 1 to 65535 were expected");
    expect_wrong("<c16", "False", "(2,)", 32, "holds complex numbers; real ones were expected");
    expect_wrong("<f16", "False", "(4,)", 64, "its elements are <f16");
    char bytes[256];
    const size_t total = make(bytes, "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3)}", 48);
    const int before = standard_input_from(NULL, bytes, total);
    expect_failure("-", NULL, LOCI_E_FORMAT, "one channel after another (Fortran order)");
    standard_input_back(before);
}

static void cut_and_overlong_files_are_refused(void **state)
{
    (void)state;
    expect_wrong("<f4", "False", "(4,)", 15, "file.npy: has ");
    expect_wrong("<f4", "False", "(4,)", 17, "file.npy: has ");
    char bytes[256];
    const size_t total = make(bytes, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", 15);
    int before = standard_input_from(NULL, bytes, total);
    reading r = read_path("-", NULL, 10);
    standard_input_back(before);
    assert_int_equal(r.count, 3);
    assert_string_equal(r.error.text,
                        "standard input: ends after 3 samples; 4 were expected from its header");
    reading_free(&r);
    before = standard_input_from(NULL, bytes,
                                 make(bytes, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", 17));
    r = read_path("-", NULL, 10);
    standard_input_back(before);
    assert_int_equal(r.count, 4);
    assert_string_equal(r.error.text,
                        "standard input: goes on after the 4 samples that its header speaks of");
    reading_free(&r);
}

/* Channel c of sample k is 1000 c + k, whatever the order, the kind and the pieces. */
static void fortran_order_is_read_channel_by_channel(void **state)
{
    (void)state;
    static const size_t groups[] = {1, 7, 4096, 5000, 20000};
    const size_t samples = 9001, channels = 3;
    for (int kind = 0; kind < 2; kind++) {
        char dict[128];
        const size_t size = kind ? 2 : 8;
        snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': True, 'shape': (%zu, %zu)}",
                 kind ? ">i2" : "<f8", samples, channels);
        char *bytes = malloc(256 + samples * channels * size);
        const size_t total = make(bytes, dict, samples * channels * size);
        for (size_t i = 0; i < samples * channels; i++) {
            const double value = (double)(1000 * (i / samples) + i % samples);
            char *at = bytes + total - (samples * channels - i) * size;
            const int whole = (int)value;
            if (kind)
                at[0] = (char)(whole >> 8), at[1] = (char)whole;
            else
                memcpy(at, &value, 8);
        }
        const char *path = temporary_bytes("file.npy", bytes, total);
        free(bytes);
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
            reading r = read_path(path, NULL, groups[g]);
            assert_int_equal(r.status, LOCI_OK);
            assert_int_equal(r.count, samples);
            for (size_t i = 0; i < samples * channels; i++)
                assert_true(r.u[i] == (double)(1000 * (i % channels) + i / channels));
            reading_free(&r);
        }
    }
}

static void half_precision_is_exact(void **state)
{
    (void)state;
    char bytes[256];
    /* 1, -2, the largest 65504, the least normal 2^-14, the least of all 2^-24, 1/3 rounded, infinity, NaN, -0 */
    const size_t total = make(bytes, "{'descr': '<f2', 'fortran_order': False, 'shape': (9,)}", 18);
    memcpy(bytes + total - 18, "\x00\x3C\x00\xC0\xFF\x7B\x00\x04\x01\x00\x55\x35\x00\x7C\x00\x7E\x00\x80",
           18);
    reading r = read_path(temporary_bytes("file.npy", bytes, total), NULL, 10);
    const double expected[] = {1, -2, 65504, 0x1p-14, 0x1p-24, 1365 * 0x1p-12, INFINITY};
    assert_int_equal(r.count, 9);
    assert_memory_equal(r.u, expected, sizeof expected);
    assert_true(isnan(r.u[7]) && r.u[8] == 0 && signbit(r.u[8]));
    reading_free(&r);
}

static void fortran_order_is_fine_where_it_changes_nothing(void **state)
{
    (void)state;
    static const char *const shapes[] = {"(6,)", "(6, 1)", "(1, 6)"};
    for (size_t k = 0; k < 3; k++) {
        char bytes[256], dict[128];
        snprintf(dict, sizeof dict, "{'descr': '|i1', 'fortran_order': True, 'shape': %s}", shapes[k]);
        const size_t total = make(bytes, dict, 6);
        memcpy(bytes + total - 6, "\1\2\3\4\5\6", 6);
        reading r = read_path(temporary_bytes("file.npy", bytes, total), NULL, 10);
        assert_int_equal(r.count * r.info.channels, 6);
        for (int i = 0; i < 6; i++) assert_true(r.u[i] == i + 1);
        reading_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_is_a_signal_however_it_is_read),
        cmocka_unit_test(many_channels_of_few_samples_are_told),
        cmocka_unit_test(other_shapes_are_refused),
        cmocka_unit_test(cut_and_overlong_files_are_refused),
        cmocka_unit_test(fortran_order_is_read_channel_by_channel),
        cmocka_unit_test(half_precision_is_exact),
        cmocka_unit_test(fortran_order_is_fine_where_it_changes_nothing),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
