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

/* -1/2, 1/4 and the least step above 0, written by hand in each kind. */
static void every_kind_has_its_bytes(void **state)
{
    (void)state;
    static const struct {
        loci_raw raw;
        size_t size;
        const char *bytes;
        double last;
    } kinds[] = {
        {LOCI_RAW_S8, 1, "\xC0\x20\x01", 0x1p-7},
        {LOCI_RAW_S16BE, 2, "\xC0\x00\x20\x00\x00\x01", 0x1p-15},
        {LOCI_RAW_S24LE, 3, "\x00\x00\xC0\x00\x00\x20\x01\x00\x00", 0x1p-23},
        {LOCI_RAW_S24BE, 3, "\xC0\x00\x00\x20\x00\x00\x00\x00\x01", 0x1p-23},
        {LOCI_RAW_S24IN32LE, 4, "\x00\x00\xC0\xFF\x00\x00\x20\x00\x01\x00\x00\x00", 0x1p-23},
        {LOCI_RAW_S24IN32BE, 4, "\xFF\xC0\x00\x00\x00\x20\x00\x00\x00\x00\x00\x01", 0x1p-23},
        {LOCI_RAW_S32LE, 4, "\x00\x00\x00\xC0\x00\x00\x00\x20\x01\x00\x00\x00", 0x1p-31},
        {LOCI_RAW_S32BE, 4, "\xC0\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x01", 0x1p-31},
        {LOCI_RAW_F32BE, 4, "\xBF\x00\x00\x00\x3E\x80\x00\x00\x00\x00\x00\x01", 0x1p-149},
        {LOCI_RAW_F64LE, 8, "\0\0\0\0\0\0\xE0\xBF\0\0\0\0\0\0\xD0\x3F\1\0\0\0\0\0\0\0", 0x1p-1074},
        {LOCI_RAW_F64BE, 8, "\xBF\xE0\0\0\0\0\0\0\x3F\xD0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 0x1p-1074},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        expect(&(loci_signal_options){.raw = kinds[k].raw}, kinds[k].bytes, 3 * kinds[k].size, 3,
               (const double[]){-0.5, 0.25, kinds[k].last});
}

/* G.711: decision values at the ends of the segments, from tables 1a and 2a, with 16-bit scaling. */
static void companded_bytes_are_those_of_the_standard(void **state)
{
    (void)state;
    const double step = 1.0 / 32768;
    expect(&(loci_signal_options){.raw = LOCI_RAW_MULAW}, "\x00\x80\x7F\xFF\xF0\xEF\xFE", 7, 7,
           (const double[]){-32124 * step, 32124 * step, 0, 0, 120 * step, 132 * step, 8 * step});
    expect(&(loci_signal_options){.raw = LOCI_RAW_ALAW}, "\xAA\x2A\xD5\x55\xC5\xD4", 6, 6,
           (const double[]){32256 * step, -32256 * step, 8 * step, -8 * step, 264 * step, 24 * step});
}

static void kinds_are_called_as_by_recorders(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        loci_raw raw;
    } names[] = {{"s16le", LOCI_RAW_S16LE},
                 {"S16_LE", LOCI_RAW_S16LE},
                 {"U8", LOCI_RAW_U8},
                 {"u8", LOCI_RAW_U8},
                 {"S8", LOCI_RAW_S8},
                 {"S24_3LE", LOCI_RAW_S24LE},
                 {"s24le", LOCI_RAW_S24LE},
                 {"S24_LE", LOCI_RAW_S24IN32LE},
                 {"s24_le", LOCI_RAW_S24IN32LE},
                 {"S24_3BE", LOCI_RAW_S24BE},
                 {"S32_LE", LOCI_RAW_S32LE},
                 {"s32be", LOCI_RAW_S32BE},
                 {"FLOAT_LE", LOCI_RAW_F32LE},
                 {"FLOAT_BE", LOCI_RAW_F32BE},
                 {"FLOAT64_LE", LOCI_RAW_F64LE},
                 {"f64be", LOCI_RAW_F64BE},
                 {"MU_LAW", LOCI_RAW_MULAW},
                 {"A_LAW", LOCI_RAW_ALAW},
                 {"mulaw", LOCI_RAW_MULAW},
                 {"F32LE", LOCI_RAW_F32LE}};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        loci_raw raw = LOCI_RAW_NONE;
        assert_int_equal(loci_raw_parse(&raw, names[k].name, NULL), LOCI_OK);
        assert_int_equal(raw, names[k].raw);
    }
    static const char *const wrong[] = {"", "s17le", "s16", "s16lee", "16le", "f16le", "s"};
    loci_error error;
    loci_raw raw;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(loci_raw_parse(&raw, wrong[k], &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "\"s\" is no kind of raw samples"));
}

static void channels_are_mixed(void **state)
{
    (void)state;
    const char *path = temporary_bytes("file.raw", "\x80\x90\xA0\x84\x84\x84", 6);
    reading r = read_path(path, &(loci_signal_options){.raw = LOCI_RAW_U8, .channels = 3, .mono = 1}, 10);
    assert_true(r.count == 2 && r.info.channels == 1 && r.u[0] == 0.125 && r.u[1] == 4.0 / 128);
    reading_free(&r);
    const char *const columns[] = {"3", "u0"};
    r = read_path(path,
                  &(loci_signal_options){
                      .raw = LOCI_RAW_U8, .channels = 3, .mono = 1, .columns = columns, .column_count = 2},
                  1);
    assert_true(r.count == 2 && r.u[0] == 0.125 && r.u[1] == 4.0 / 128);
    reading_free(&r);
    r = read_path(temporary_text("a.csv", "t,a,b\n1,2,4\n2,-1,\n"),
                  &(loci_signal_options){.time_column = "t", .mono = 1}, 10);
    assert_true(r.count == 2 && r.info.channels == 1 && r.u[0] == 3 && isnan(r.u[1]) && r.t[1] == 2);
    reading_free(&r);
    r = read_path(temporary_text("a.csv", "5\n7\n"), &(loci_signal_options){.mono = 1}, 10);
    assert_true(r.count == 2 && r.u[1] == 7);
    reading_free(&r);
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
    expect_failure(path, &(loci_signal_options){.raw = (loci_raw)99}, LOCI_E_ARGUMENT, "there is no kind 99");
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
        cmocka_unit_test(every_kind_has_its_bytes),
        cmocka_unit_test(companded_bytes_are_those_of_the_standard),
        cmocka_unit_test(kinds_are_called_as_by_recorders),
        cmocka_unit_test(channels_are_mixed),
        cmocka_unit_test(channels_are_interleaved),
        cmocka_unit_test(a_cut_sample_is_an_error),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
