/* SPDX-License-Identifier: MIT
 * test_npy.c - arrays of every element type as NumPy wrote them, headers good and bad, every cut of a file.
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

#include "temporary.h"

#define STORED LOCI_GOLDEN "/npy_stored.npz"
#define DEFLATED LOCI_GOLDEN "/npy_deflated.npz"

/* --- what NumPy wrote --- */

static void expect_member(const char *member, size_t count, const double *expected)
{
    loci_array array;
    loci_error error = {0};
    if (loci_npz_read(&array, STORED, member, &error) != LOCI_OK) fail_msg("%s", error.text);
    assert_int_equal(array.dimensions, 2);
    assert_int_equal(array.shape[0], 2);
    assert_int_equal(array.shape[1], 3);
    assert_int_equal(array.complex_pairs, count == 12);
    assert_memory_equal(array.data, expected, count * sizeof *expected);
    loci_array_free(&array);
    assert_null(array.data);
}

static void every_element_type_comes_as_written(void **state)
{
    (void)state;
    const double f8[] = {0, 1, -2.5, 0.1, -1e30, INFINITY}, f4[] = {0, 1, -2.5, 0.1f, -1e30f, INFINITY};
    const double i[] = {0, 1, -2, 127, -128, -1}, u[] = {0, 1, 2, 127, 200, 255}, b[] = {0, 1, 1, 0, 1, 0};
    const double c16[] = {0, 0, 0, 1, -2.5, 1, 0.5, -3, 1e30, -1e-30, -1, 0};
    double c8[12];
    for (int k = 0; k < 12; k++) c8[k] = (float)c16[k];
    expect_member("lf4", 6, f4);
    expect_member("bf4", 6, f4);
    expect_member("lf8", 6, f8);
    expect_member("bf8", 6, f8);
    static const char *const integers[] = {"i1", "li2", "bi2", "li4", "bi4", "li8", "bi8"};
    static const char *const naturals[] = {"u1", "lu2", "bu2", "lu4", "bu4", "lu8", "bu8"};
    for (int k = 0; k < 7; k++) expect_member(integers[k], 6, i);
    for (int k = 0; k < 7; k++) expect_member(naturals[k], 6, u);
    expect_member("b1", 6, b);
    expect_member("lc8", 12, c8);
    expect_member("bc8", 12, c8);
    expect_member("lc16", 12, c16);
    expect_member("bc16", 12, c16);
}

static void fortran_order_is_turned_around(void **state)
{
    (void)state;
    loci_array array;
    assert_int_equal(loci_npz_read(&array, STORED, "fortran", NULL), LOCI_OK);
    assert_int_equal(array.dimensions, 3);
    for (int k = 0; k < 24; k++) assert_true(array.data[k] == k);
    loci_array_free(&array);
    assert_int_equal(loci_npz_read(&array, STORED, "fortran_c", NULL), LOCI_OK);
    for (int k = 0; k < 6; k++) assert_true(array.data[2 * k] == k && array.data[2 * k + 1] == 5 - k);
    loci_array_free(&array);
}

static void scalars_and_empty_arrays_are_arrays(void **state)
{
    (void)state;
    loci_array array;
    assert_int_equal(loci_npz_read(&array, STORED, "scalar", NULL), LOCI_OK);
    assert_int_equal(array.dimensions, 0);
    assert_true(array.data[0] == 3.25);
    loci_array_free(&array);
    assert_int_equal(loci_npz_read(&array, STORED, "empty", NULL), LOCI_OK);
    assert_int_equal(array.dimensions, 2);
    assert_true(array.shape[0] == 0 && array.shape[1] == 3 && array.data);
    loci_array_free(&array);
}

static void half_precision_is_read(void **state)
{
    (void)state;
    loci_array array;
    assert_int_equal(loci_npz_read(&array, STORED, "half", NULL), LOCI_OK);
    assert_true(array.dimensions == 1 && array.shape[0] == 1 && array.data[0] == 1.5);
    loci_array_free(&array);
}

static void deflated_members_come_whole(void **state)
{
    (void)state;
    loci_array array;
    assert_int_equal(loci_npz_read(&array, DEFLATED, "big", NULL), LOCI_OK);
    assert_true(array.dimensions == 1 && array.shape[0] == 40000);
    for (int k = 0; k < 40000; k++) assert_true(array.data[k] == k);
    loci_array_free(&array);
}

static void expect_npz_error(const char *path, const char *member, loci_status status, const char *part)
{
    loci_array array;
    loci_error error = {0};
    assert_int_equal(loci_npz_read(&array, path, member, &error), status);
    assert_int_equal(error.status, status);
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
    assert_null(array.data);
}

static void archives_fail_with_a_sentence(void **state)
{
    (void)state;
    expect_npz_error(STORED, "absent", LOCI_E_RANGE, "npy_stored.npz: has no member absent");
    expect_npz_error(STORED, "", LOCI_E_RANGE, "has no member");
    expect_npz_error(STORED, "text", LOCI_E_FORMAT, "member text: its elements are <U3; f2, f4, f8,");
    expect_npz_error("/nonexistent/a.npz", "x", LOCI_E_IO, "/nonexistent/a.npz: cannot be opened");
    expect_npz_error(temporary_text("no.npz", "this is no archive"), "x", LOCI_E_FORMAT, "cannot be opened");
    expect_npz_error(temporary_text("zero.npz", ""), "x", LOCI_E_FORMAT, "cannot be opened");
    char longer[400];
    memset(longer, 'm', sizeof longer);
    longer[399] = 0;
    expect_npz_error(STORED, longer, LOCI_E_RANGE, "has no member");
}

/* A byte of the archive changed: an error, or the very same array where the byte did not matter; never other
 * numbers. */
static void a_damaged_archive_gives_no_wrong_number(void **state)
{
    (void)state;
    void *bytes;
    size_t size;
    loci_array whole, array;
    assert_int_equal(loci_npz_read(&whole, DEFLATED, "f", NULL), LOCI_OK);
    assert_int_equal(loci_file_read(DEFLATED, &bytes, &size, 1u << 20, NULL), LOCI_OK);
    for (size_t at = size - 1000; at < size; at++) {
        ((unsigned char *)bytes)[at] ^= 0x10;
        const char *path = temporary_bytes("damaged.npz", bytes, size);
        ((unsigned char *)bytes)[at] ^= 0x10;
        if (loci_npz_read(&array, path, "f", NULL) != LOCI_OK) continue;
        assert_int_equal(array.dimensions, 2);
        assert_memory_equal(array.data, whole.data, 6 * sizeof(double));
        loci_array_free(&array);
    }
    loci_array_free(&whole);
    loci_bytes_free(bytes);
}

/* --- headers --- */

/* An NPY file of version 1 with this dict as header and `size` zero bytes after it. */
static const char *with_header(const char *dict, size_t size)
{
    char bytes[2048] = {0};
    const size_t length = strlen(dict);
    memcpy(bytes, "\x93NUMPY\x01\x00", 8);
    bytes[8] = (char)(length & 0xFF);
    bytes[9] = (char)(length >> 8);
    memcpy(bytes + 10, dict, length);
    return temporary_bytes("header.npy", bytes, 10 + length + size);
}

static void expect_error(const char *path, loci_status status, const char *part)
{
    loci_array array;
    loci_error error = {0};
    assert_int_equal(loci_npy_read(&array, path, &error), status);
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
    assert_null(array.data);
}

static void headers_may_be_spelled_in_several_ways(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }   \n",
        "{\"shape\":(3,2),\"fortran_order\":True,\"descr\":\"<f8\"}",
        " { 'shape' : ( 3L , 2L , ) , 'descr' : '<f8' , 'fortran_order' : False , } ",
    };
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        loci_array array;
        loci_error error = {0};
        if (loci_npy_read(&array, with_header(good[k], 48), &error) != LOCI_OK)
            fail_msg("%s: %s", good[k], error.text);
        assert_true(array.dimensions == 2 && array.shape[0] == 3 && array.shape[1] == 2);
        loci_array_free(&array);
    }
}

static void bad_headers_are_refused(void **state)
{
    (void)state;
#define ORDER "'fortran_order': False, "
    static const struct {
        const char *dict, *part;
    } bad[] = {
        {"", "not understood"},
        {"{", "not understood"},
        {"{}", "not understood"},
        {"{'descr': '<f8', " ORDER "}", "not understood"},
        {"{'descr': '<f8', " ORDER "'shape': (3, 2)", "not understood"},
        {"{'descr': '<f8', " ORDER "'shape': (3, 2)} x", "not understood"},
        {"{'descr': '<f8', 'descr': '<f8', " ORDER "'shape': (3, 2)}", "not understood"},
        {"{'descr': '<f8' " ORDER "'shape': (3, 2)}", "not understood"},
        {"{'descr': '<f8', " ORDER "'shape': (6)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (,)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (-3, 2)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (3, 2,,)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (3 2)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (1,1,1,1,1,1,1,1,6)}", "no list of at most 8"},
        {"{'descr': '<f8', " ORDER "'shape': (99999999999999999999999,)}", "no list"},
        {"{'descr': '<f8', " ORDER "'shape': (4294967296, 4294967296)}", "too large"},
        {"{'descr': '<f8', " ORDER "'shape': (2305843009213693952,)}", "too large"},
        {"{'descr': '<f8', " ORDER "'shape': (2305843009213693951,)}", "too large"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (3, 2)}", "neither True nor False"},
        {"{'descr': [('a', '<f8')], " ORDER "'shape': (6,)}", "element type is none of"},
        {"{'descr': '|O', " ORDER "'shape': (6,)}", "elements are |O"},
        {"{'descr': '|f8', " ORDER "'shape': (6,)}", "elements are |f8"},
        {"{'descr': '<\n\x01\xFF', " ORDER "'shape': (6,)}", "elements are <???"},
        {"{'descr': '=f8', " ORDER "'shape': (6,)}", "elements are =f8"},
        {"{'descr': 'f8', " ORDER "'shape': (6,)}", "elements are f8"},
        {"{'descr': '<f16', " ORDER "'shape': (3,)}", "elements are <f16"},
        {"{'descr': '<f8\\'', " ORDER "'shape': (6,)}", "element type"},
        {"{'descr': '<f8', " ORDER "'shape': (6,), 'more': 1}", "not understood"},
        {"{'descr': '<f8', " ORDER "'shape': (5,)}", "128 bytes; 120 were expected"},
        {"{'descr': '<f8', " ORDER "'shape': (7,)}", "cut short"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        /* blanks to 70 characters, so that the sizes in the sentences are known */
        char dict[128];
        snprintf(dict, sizeof dict, "%-70s", bad[k].dict);
        expect_error(with_header(dict, 48), LOCI_E_FORMAT, bad[k].part);
    }
    expect_error(temporary_text("other.npy", "PK something else"), LOCI_E_FORMAT, "no NPY array");
    expect_error(temporary_bytes("version.npy", "\x93NUMPY\x04\x00\x01\x00", 10), LOCI_E_FORMAT,
                 "NPY version 4");
    expect_error(temporary_bytes("long.npy", "\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF", 12), LOCI_E_FORMAT,
                 "4294967295 bytes");
    expect_error(temporary_folder, LOCI_E_IO, "is a folder");
    expect_error("/nonexistent.npy", LOCI_E_IO, "cannot be opened: No such file");
}

static void every_cut_of_a_file_is_refused(void **state)
{
    (void)state;
    const double data[] = {1, 2, 3};
    const size_t shape[] = {3};
    const char *path = temporary_path("whole.npy");
    assert_int_equal(loci_npy_write(path, data, shape, 1, 0, NULL), LOCI_OK);
    void *bytes;
    size_t size;
    assert_int_equal(loci_file_read(path, &bytes, &size, 1000, NULL), LOCI_OK);
    assert_int_equal(size, 128 + 24);
    for (size_t cut = 0; cut < size; cut++) {
        loci_array array;
        loci_error error = {0};
        assert_int_equal(loci_npy_read(&array, temporary_bytes("cut.npy", bytes, cut), &error),
                         LOCI_E_FORMAT);
        assert_non_null(strstr(error.text, "cut.npy: "));
        assert_null(array.data);
    }
    loci_bytes_free(bytes);
}

/* --- writing --- */

static void what_is_written_is_read(void **state)
{
    (void)state;
    double data[24];
    for (int k = 0; k < 24; k++) data[k] = sin(k) * pow(10, k - 12);
    static const size_t shapes[][3] = {{24, 0, 0}, {4, 6, 0}, {2, 3, 4}};
    for (size_t dimensions = 0; dimensions <= 3; dimensions++) {
        for (int single = 0; single < 2; single++) {
            const size_t *shape = dimensions == 0 ? NULL : shapes[dimensions - 1];
            const char *path = temporary_path("written.npy");
            assert_int_equal(loci_npy_write(path, data, shape, dimensions, single, NULL), LOCI_OK);
            loci_array array;
            assert_int_equal(loci_npy_read(&array, path, NULL), LOCI_OK);
            assert_int_equal(array.dimensions, dimensions);
            for (size_t d = 0; d < dimensions; d++) assert_int_equal(array.shape[d], shape[d]);
            for (int k = 0; k < (dimensions == 0 ? 1 : 24); k++)
                assert_true(array.data[k] == (single ? (double)(float)data[k] : data[k]));
            loci_array_free(&array);
        }
    }
}

static void writing_checks_its_arguments(void **state)
{
    (void)state;
    const size_t shape[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, huge[2] = {SIZE_MAX / 2, SIZE_MAX / 2};
    const double data[1] = {0};
    loci_error error;
    assert_int_equal(loci_npy_write(temporary_path("x.npy"), data, shape, 9, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_npy_write(temporary_path("x.npy"), data, huge, 2, 0, &error), LOCI_E_MEMORY);
    assert_int_equal(access(temporary_path("x.npy"), F_OK), -1);
    assert_int_equal(loci_npy_write("/nonexistent/x.npy", data, shape, 1, 0, &error), LOCI_E_IO);
    assert_int_equal(loci_npy_write(temporary_path("x.npy"), data, shape, 8, 0, &error), LOCI_OK);
    loci_array array;
    assert_int_equal(loci_npy_read(&array, temporary_path("x.npy"), NULL), LOCI_OK);
    assert_int_equal(array.dimensions, 8);
    loci_array_free(&array);
    loci_array_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_type_comes_as_written),
        cmocka_unit_test(fortran_order_is_turned_around),
        cmocka_unit_test(scalars_and_empty_arrays_are_arrays),
        cmocka_unit_test(half_precision_is_read),
        cmocka_unit_test(deflated_members_come_whole),
        cmocka_unit_test(archives_fail_with_a_sentence),
        cmocka_unit_test(a_damaged_archive_gives_no_wrong_number),
        cmocka_unit_test(headers_may_be_spelled_in_several_ways),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(every_cut_of_a_file_is_refused),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(writing_checks_its_arguments),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
