/* SPDX-License-Identifier: MIT
 * test_raw.c - raw samples: their scale, channels, cuts within a sample. */
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

static void expect(const loci_signal_options *options, const void *bytes, size_t size, size_t count,
                   const double *u)
{
    const size_t channels = options->channels ? options->channels : 1;
    const char *path = temporary_bytes("file.raw", bytes, size);
    for (int pipe = 0; pipe < 2; pipe++) {
        for (size_t group = 1; group < count + 2; group++) {
            const int before = standard_input_from(NULL, bytes, size);
            reading r = read_path(pipe ? "-" : path, options, group);
            standard_input_back(before);
            assert_int_equal(r.status, LOCI_OK);
            assert_int_equal(r.count, count);
            assert_int_equal(r.info.channels, channels);
            assert_int_equal(r.info.samples, pipe ? 0 : count);
            assert_true(r.info.rate == 0 && !r.info.stamped);
            assert_memory_equal(r.u, u, count * channels * sizeof *u);
            reading_free(&r);
        }
    }
}

static void every_kind_has_its_scale(void **state)
{
    (void)state;
    expect(&(loci_signal_options){.raw = LOCI_RAW_U8}, "\x00\x80\xFF\x81", 4, 4,
           (const double[]){-1, 0, 127.0 / 128, 1.0 / 128});
    expect(&(loci_signal_options){.raw = LOCI_RAW_S16LE}, "\x00\x80\xFF\xFF\xFF\x7F\x00\x01", 8, 4,
           (const double[]){-1, -1.0 / 32768, 32767.0 / 32768, 1.0 / 128});
    expect(&(loci_signal_options){.raw = LOCI_RAW_F32LE}, "\x00\x00\x80\x3F\x00\x00\x00\xC0\x00\x00\x80\x7F",
           12, 3, (const double[]){1, -2, INFINITY});
}

static void channels_are_interleaved(void **state)
{
    (void)state;
    expect(&(loci_signal_options){.raw = LOCI_RAW_U8, .channels = 3}, "\x80\x81\x82\x83\x84\x85", 6, 2,
           (const double[]){0, 1.0 / 128, 2.0 / 128, 3.0 / 128, 4.0 / 128, 5.0 / 128});
}

static void a_cut_sample_is_an_error(void **state)
{
    (void)state;
    const loci_signal_options options = {.raw = LOCI_RAW_S16LE, .channels = 2};
    expect_failure(
        temporary_bytes("cut.raw", "123456", 6), &options, LOCI_E_FORMAT,
        "cut.raw: has 6 bytes; a multiple of 4, the bytes of a sample of all channels, was expected");
    const int before = standard_input_from(NULL, "123456", 6);
    reading r = read_path("-", &options, 10);
    standard_input_back(before);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.status, LOCI_E_FORMAT);
    assert_string_equal(r.error.text, "standard input: ends within a sample: of its 4 bytes only 2 are left");
    reading_free(&r);
}

static void options_are_checked(void **state)
{
    (void)state;
    const char *path = temporary_bytes("file.raw", "1234", 4);
    expect_failure(path, &(loci_signal_options){.raw = (loci_raw)9}, LOCI_E_ARGUMENT, "there is no kind 9");
    expect_failure(path, &(loci_signal_options){.raw = LOCI_RAW_U8, .channels = 65536}, LOCI_E_ARGUMENT,
                   "65536 channels were asked for; 1 to 65535");
    expect_failure(path, &(loci_signal_options){.raw = LOCI_RAW_U8, .channels = SIZE_MAX}, LOCI_E_ARGUMENT,
                   "channels");
    expect_failure(path, &(loci_signal_options){.raw = LOCI_RAW_U8, .time_column = "t"}, LOCI_E_ARGUMENT,
                   "no column of times");
    expect_failure(temporary_text("empty.raw", ""), &(loci_signal_options){.raw = LOCI_RAW_U8}, LOCI_E_FORMAT,
                   "is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_scale),
        cmocka_unit_test(channels_are_interleaved),
        cmocka_unit_test(a_cut_sample_is_an_error),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
