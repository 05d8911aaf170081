/* SPDX-License-Identifier: MIT
 * test_signal.c - what all kinds of file share: recognition by content, channels by name, positions, standard input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include <loci/data.h>

#include "reading.h"

static const loci_signal_options stereo = {.raw = LOCI_RAW_U8, .channels = 2};

static void channels_are_chosen_by_name_or_number(void **state)
{
    (void)state;
    char bytes[600];
    double expected[200];
    for (int k = 0; k < 200; k++) {
        for (int c = 0; c < 3; c++) bytes[3 * k + c] = (char)(128 + ((k + 50 * c) % 100));
        expected[k] = (k + 100) % 100 / 128.0;
    }
    const char *path = temporary_bytes("three.raw", bytes, sizeof bytes);
    loci_signal_options options = {.raw = LOCI_RAW_U8, .channels = 3};
    options.columns = (const char *const[]){"3", "u0"};
    options.column_count = 2;
    for (size_t group = 1; group < 300; group += 17) {
        reading r = read_path(path, &options, group);
        assert_true(r.status == LOCI_OK && r.count == 200 && r.info.channels == 2);
        for (int k = 0; k < 200; k++)
            assert_true(r.u[2 * k] == expected[k] && r.u[2 * k + 1] == (k % 100) / 128.0);
        reading_free(&r);
    }
    loci_signal *signal;
    assert_int_equal(loci_signal_open(&signal, path, &options, NULL), LOCI_OK);
    assert_string_equal(loci_signal_channel(signal, 0), "u2");
    assert_string_equal(loci_signal_channel(signal, 1), "u0");
    assert_null(loci_signal_channel(signal, 2));
    loci_signal_close(signal);
    options.columns = (const char *const[]){"u3"};
    options.column_count = 1;
    expect_failure(path, &options, LOCI_E_ARGUMENT, "three.raw: has no column u3; there are u0, u1, u2");
    options.column_count = 0;
    expect_failure(path, &options, LOCI_E_ARGUMENT, "no column is asked for");
}

static void positions_count_samples(void **state)
{
    (void)state;
    loci_signal *signal;
    double u[16];
    size_t count;
    char text[32];
    assert_int_equal(loci_signal_open(&signal, temporary_text("ten.raw", "0123456789"), &stereo, NULL),
                     LOCI_OK);
    assert_int_equal(loci_signal_read(signal, u, NULL, 3, &count, NULL), LOCI_OK);
    assert_int_equal(count, 3);
    loci_signal_position(signal, 2, text, sizeof text);
    assert_string_equal(text, "sample 2");
    assert_int_equal(loci_signal_read(signal, u, NULL, 0, &count, NULL), LOCI_OK);
    assert_int_equal(count, 0);
    assert_int_equal(loci_signal_read(signal, u, NULL, 3, &count, NULL), LOCI_OK);
    assert_int_equal(count, 2);
    loci_signal_position(signal, 0, text, sizeof text);
    assert_string_equal(text, "sample 3");
    for (int k = 0; k < 3; k++) { /* the end stays the end */
        assert_int_equal(loci_signal_read(signal, u, NULL, 3, &count, NULL), LOCI_OK);
        assert_int_equal(count, 0);
    }
    loci_signal_close(signal);
    loci_signal_close(NULL);
}

static void the_content_says_what_a_file_is(void **state)
{
    (void)state;
    const double data[] = {1, 2};
    const size_t shape[] = {2};
    const char *path = temporary_path("misnamed.csv");
    assert_int_equal(loci_npy_write(path, data, shape, 1, 0, NULL), LOCI_OK);
    reading r = read_path(path, NULL, 10);
    assert_true(r.status == LOCI_OK && r.count == 2 && r.u[1] == 2);
    reading_free(&r);
    r = read_path(temporary_text("misnamed.wav", "1\n2\n3"), NULL, 10);
    assert_true(r.status == LOCI_OK && r.count == 3);
    reading_free(&r);
}

static void strangers_are_called_by_their_name(void **state)
{
    (void)state;
    expect_failure(temporary_bytes("a", "\x1F\x8B\x08\0\0\0\0\0", 8), NULL, LOCI_E_FORMAT, "is cut short");
    expect_failure(temporary_bytes("a", "1\0\n\0002\0\n\0", 8), NULL, LOCI_E_FORMAT,
                   "is UTF-16 text; UTF-8 was");
    expect_failure(temporary_bytes("a", "\0001\0\n\0002\0\n", 8), NULL, LOCI_E_FORMAT,
                   "is UTF-16 text; UTF-8 was");
    expect_failure(temporary_bytes("a", "PK\x03\x04\0\0\0\0", 8), NULL, LOCI_E_FORMAT,
                   "is a zip archive; one of the files");
    expect_failure(temporary_bytes("a",
                                   "\xFF\xFE"
                                   "1\0\n\0",
                                   6),
                   NULL, LOCI_E_FORMAT, "is UTF-16 text; UTF-8 was expected");
    expect_failure(temporary_bytes("a", "\x89HDF\r\n\x1A\n\0\0\0\0\0\0\0\0", 16), NULL, LOCI_E_FORMAT,
                   "is an HDF5 file");
    expect_failure(temporary_text("a", "%PDF-1.5\n"), NULL, LOCI_E_FORMAT, "is a PDF document");
    expect_failure(LOCI_GOLDEN "/npy_stored.npz", NULL, LOCI_E_FORMAT, "is a zip archive");
    expect_failure(temporary_bytes("a", "\0", 1), NULL, LOCI_E_FORMAT,
                   "neither text nor an NPY array, nor audio");
}

/* Packed by zlib itself; as one member or as two, and cut at every byte. */
static void gzip_is_unpacked(void **state)
{
    (void)state;
    const size_t rows = 30000;
    char *text = malloc(rows * 12), *at = text;
    for (size_t k = 0; k < rows; k++) at += sprintf(at, "%zu,%zu\n", k, 2 * k);
    const size_t half = (size_t)(strstr(text, "15000,") - text), whole = (size_t)(at - text);
    for (int members = 1; members <= 2; members++) {
        const char *path = temporary_path("rows.csv.gz");
        gzFile file = gzopen(path, "wb");
        assert_int_equal(gzwrite(file, text, (unsigned)(members == 1 ? whole : half)),
                         members == 1 ? whole : half);
        gzclose(file);
        if (members == 2) {
            file = gzopen(path, "ab");
            assert_int_equal(gzwrite(file, text + half, (unsigned)(whole - half)), whole - half);
            gzclose(file);
        }
        for (int pipe = 0; pipe < 2; pipe++) {
            const int before = standard_input_from(path, NULL, 0);
            reading r = read_path(pipe ? "-" : path, NULL, 1000);
            standard_input_back(before);
            assert_int_equal(r.status, LOCI_OK);
            assert_int_equal(r.count, rows);
            for (size_t k = 0; k < rows; k++)
                assert_true(r.u[2 * k] == (double)k && r.u[2 * k + 1] == 2.0 * (double)k);
            reading_free(&r);
        }
        void *bytes;
        size_t size;
        assert_int_equal(loci_file_read(path, &bytes, &size, 1 << 20, NULL), LOCI_OK);
        for (size_t cut = 2; cut < size; cut += 1 + size / 31)
            expect_failure(temporary_bytes("cut.gz", bytes, cut), NULL, LOCI_E_FORMAT,
                           "cut.gz: is cut short");
        free(bytes);
    }
    free(text);
}

static void files_that_are_not_there_are_named(void **state)
{
    (void)state;
    loci_signal *signal = (loci_signal *)state; /* not NULL */
    assert_int_equal(loci_signal_open(&signal, "/nonexistent.csv", NULL, NULL), LOCI_E_IO);
    assert_null(signal);
    expect_failure("/nonexistent.csv", NULL, LOCI_E_IO,
                   "/nonexistent.csv: cannot be opened: No such file or directory");
    expect_failure(temporary_folder, NULL, LOCI_E_IO, "is a folder; the name of a file was expected");
    expect_failure(temporary_text("empty", ""), NULL, LOCI_E_FORMAT, "empty: is empty");
    expect_failure("/dev/null", NULL, LOCI_E_FORMAT, "/dev/null: is empty");
    if (geteuid() == 0) return; /* root may read all */
    const char *path = temporary_text("secret", "1\n");
    chmod(path, 0);
    expect_failure(path, NULL, LOCI_E_IO, "secret: cannot be opened: Permission denied");
}

static void standard_input_is_called_dash(void **state)
{
    (void)state;
    int before = standard_input_from(NULL, "t,x\n1,2\n3,4\n", 12);
    reading r = read_path("-", &(loci_signal_options){.time_column = "t"}, 10);
    standard_input_back(before);
    assert_true(r.status == LOCI_OK && r.count == 2 && r.u[1] == 4 && r.t[1] == 3);
    reading_free(&r);
    before = standard_input_from(NULL, "", 0);
    expect_failure("-", NULL, LOCI_E_FORMAT, "standard input: is empty");
    standard_input_back(before);
    before = standard_input_from(NULL, "1\nx\n", 4);
    expect_failure("-", NULL, LOCI_E_VALUE, "standard input: line 2: \"x\"");
    standard_input_back(before);
}

/* What a pipe has brought is given before the rest comes. */
static void a_pipe_is_read_as_it_comes(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int before = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    loci_signal *signal;
    double u[100];
    size_t count;
    assert_int_equal(write(ends[1], "1\n2\n3", 5), 5);
    assert_int_equal(loci_signal_open(&signal, "-", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_signal_read(signal, u, NULL, 100, &count, NULL), LOCI_OK);
    assert_int_equal(count, 2);
    assert_int_equal(write(ends[1], "5\n\n#\n", 5), 5);
    assert_int_equal(loci_signal_read(signal, u, NULL, 100, &count, NULL), LOCI_OK);
    assert_true(count == 1 && u[0] == 35);
    assert_int_equal(write(ends[1], "4", 1), 1);
    close(ends[1]);
    /* the blank line was a missing value: a row follows it */
    assert_int_equal(loci_signal_read(signal, u, NULL, 100, &count, NULL), LOCI_OK);
    assert_true(count == 2 && isnan(u[0]) && u[1] == 4);
    assert_int_equal(loci_signal_read(signal, u, NULL, 100, &count, NULL), LOCI_OK);
    assert_int_equal(count, 0);
    loci_signal_close(signal);
    standard_input_back(before);
}

/* Bytes that come one by one, cutting every line and every number at every place. */
static void single_bytes_through_a_pipe_make_the_same_samples(void **state)
{
    (void)state;
    static const char text[] = "a,\"b\nb\"\r\n1.25,-2e-3\r\n\r\n3,\"4\"\r\n5,6";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t i = 0; i < sizeof text - 1; i++) {
            if (write(ends[1], text + i, 1) != 1) _exit(1);
            nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
        }
        _exit(0);
    }
    close(ends[1]);
    const int before = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    reading r = read_path("-", NULL, 100);
    standard_input_back(before);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(r.status, LOCI_OK);
    assert_int_equal(r.count, 3);
    const double expected[] = {1.25, -2e-3, 3, 4, 5, 6};
    assert_memory_equal(r.u, expected, sizeof expected);
    reading_free(&r);
}

/* u [200][2] in files of all kinds: what is left after a part was passed over is the rest of it. */
static void parts_are_passed_over(void **state)
{
    (void)state;
    enum { N = 200, C = 2 };
    unsigned char bytes[44 + 4 * N];
    double u[N * C], turned[C * N];
    char text[64 * N] = "", *end = text;
    for (int i = 0; i < N * C; i++) {
        const int value = i * 37 % 200 - 100;
        u[i] = value / 32768.0;
        turned[i % C * N + i / C] = u[i];
        bytes[44 + 2 * i] = (unsigned char)value, bytes[45 + 2 * i] = (unsigned char)((value + 65536) >> 8);
        end += sprintf(end, "%.17g%s", u[i], i % C ? "\n" : ",");
    }
    memcpy(bytes, "RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\0\x7d\0\0\4\0\x10\0data\x20\3\0\0",
           44);
    char paths[5][256];
    strcpy(paths[0], temporary_bytes("pass.raw", (char *)bytes + 44, 4 * N));
    strcpy(paths[1], temporary_bytes("pass.wav", (char *)bytes, sizeof bytes));
    strcpy(paths[2], temporary_bytes("pass.csv", text, strlen(text)));
    snprintf(paths[3], sizeof paths[3], "%.100s/pass.npy", temporary_folder);
    assert_int_equal(loci_npy_write(paths[3], u, (const size_t[]){N, C}, 2, 0, NULL), LOCI_OK);
    char fortran[4096] = "\x93NUMPY\1\0\x76\0{'descr': '<f8', 'fortran_order': True, 'shape': (200, 2), }";
    memset(fortran + 10 + strlen(fortran + 10), ' ', 118 - strlen(fortran + 10));
    memcpy(fortran + 128, turned, sizeof turned);
    strcpy(paths[4], temporary_bytes("turned.npy", fortran, 128 + sizeof turned));
    const loci_signal_options raw = {.raw = LOCI_RAW_S16LE, .channels = C};
    for (int f = 0; f < 5; f++)
        for (size_t before = 0; before < 3; before++)
            for (size_t pass = 0; pass <= N - before; pass += pass < 20 ? 1 : 31) {
                loci_signal *signal;
                loci_error error;
                double got[N * C];
                size_t count, all = 0;
                if (loci_signal_open(&signal, paths[f], f ? NULL : &raw, &error)) fail_msg("%s", error.text);
                while (all < before) {
                    assert_int_equal(loci_signal_read(signal, got, NULL, 1, &count, NULL), LOCI_OK);
                    all += count;
                }
                if (loci_signal_skip(signal, pass, &error)) fail_msg("%s", error.text);
                for (all = 0;; all += count) {
                    if (loci_signal_read(signal, got + all * C, NULL, N - all, &count, &error))
                        fail_msg("%s", error.text);
                    if (count == 0) break;
                    if (all > 0 || f == 2) continue;
                    char place[64];
                    loci_signal_position(signal, 0, place, sizeof place);
                    assert_int_equal(atoi(place + 7), before + pass); /* "sample 17" */
                }
                assert_int_equal(all, N - before - pass);
                assert_memory_equal(got, u + (before + pass) * C, all * C * sizeof *u);
                assert_int_equal(loci_signal_skip(signal, 1, &error), LOCI_E_RANGE);
                loci_signal_close(signal);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_are_chosen_by_name_or_number),
        cmocka_unit_test(positions_count_samples),
        cmocka_unit_test(the_content_says_what_a_file_is),
        cmocka_unit_test(strangers_are_called_by_their_name),
        cmocka_unit_test(gzip_is_unpacked),
        cmocka_unit_test(files_that_are_not_there_are_named),
        cmocka_unit_test(standard_input_is_called_dash),
        cmocka_unit_test(a_pipe_is_read_as_it_comes),
        cmocka_unit_test(single_bytes_through_a_pipe_make_the_same_samples),
        cmocka_unit_test(parts_are_passed_over),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
