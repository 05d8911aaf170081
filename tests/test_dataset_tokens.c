/* SPDX-License-Identifier: MIT
 * test_dataset_tokens.c - texts as sequences of tokens: every character and its follower, alphabets found and given, splits at the
 * text's end; what is no text; tokens from callbacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <loci/dataset.h>

#include "base/random.h"

static const char file[] = "tokens.txt";

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static loci_dataset *open_set(const char *name, const loci_dataset_options *options)
{
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_open(&set, name, options, &error)) fail_msg("%s", error.text);
    return set;
}

static void refuse(const char *name, const loci_dataset_options *options, loci_status status,
                   const char *sentence)
{
    loci_dataset *set;
    loci_error error;
    assert_int_equal(loci_dataset_open(&set, name, options, &error), status);
    assert_null(set);
    assert_string_equal(error.text, sentence);
}

/* The text of a set: each sequence's tokens, then the last one's target; that each target is the next token on the way. */
static size_t spell(char *text, const loci_dataset *set)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    float u[64];
    double target[64], next = -1;
    size_t size = 0;
    for (size_t i = 0; i < info.sequences; i++) {
        const size_t length = loci_dataset_length(set, i);
        assert_in_range(length, 1, 64);
        assert_int_equal(loci_dataset_targets(set, i), length);
        loci_dataset_read(set, i, u);
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < length; k++) {
            assert_true(next < 0 || (double)u[k] == next);
            size += (size_t)sprintf(text + size, "%s", info.names[(size_t)u[k]]);
            next = target[k];
        }
    }
    return size + (size_t)sprintf(text + size, "%s", info.names[(size_t)next]);
}

static size_t put(char *text, uint32_t code)
{
    if (code < 0x80) return text[0] = (char)code, 1;
    if (code < 0x800) return text[0] = (char)(0xc0 | code >> 6), text[1] = (char)(0x80 | (code & 0x3f)), 2;
    if (code < 0x10000)
        return text[0] = (char)(0xe0 | code >> 12), text[1] = (char)(0x80 | (code >> 6 & 0x3f)),
               text[2] = (char)(0x80 | (code & 0x3f)), 3;
    return text[0] = (char)(0xf0 | code >> 18), text[1] = (char)(0x80 | (code >> 12 & 0x3f)),
           text[2] = (char)(0x80 | (code >> 6 & 0x3f)), text[3] = (char)(0x80 | (code & 0x3f)), 4;
}

/* Characters of every length, the first and the last of each, in any order and in windows of any length. */
static void texts_come_as_written(void **state)
{
    (void)state;
    static const uint32_t codes[] = {1,     10,     0x41,   0x7f,   0x80,    0x7ff,
                                     0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    enum { CODES = sizeof codes / sizeof *codes, COUNT = 150 };
    char text[4 * COUNT + 1], back[4 * COUNT + 1];
    for (size_t count = 2; count <= COUNT; count += 37) {
        size_t size = 0;
        for (size_t i = 0; i < count; i++)
            size += put(text + size, codes[i < 2 ? i : loci_random_bits(count, i) % CODES]);
        text[size] = 0;
        write_file(file, text, size);
        for (size_t window = 1; window <= 64; window += 7) {
            const loci_dataset_options options = {.size = sizeof options, .reading.window = window};
            loci_dataset *set = open_set(file, &options);
            const loci_dataset_info info = loci_dataset_inspect(set);
            assert_string_equal(info.kind, "text");
            assert_int_equal(info.inputs, 1);
            assert_int_equal(info.target.each, LOCI_TARGET_NEXT);
            assert_int_equal(info.samples, count - 1);
            assert_int_equal(info.sequences, (count - 2) / window + 1);
            assert_int_equal(info.outputs, info.classes);
            for (size_t c = 0; c + 1 < info.classes; c++) /* UTF-8 sorts as its numbers do */
                assert_true(strcmp(info.names[c], info.names[c + 1]) < 0);
            assert_int_equal(spell(back, set), size);
            assert_memory_equal(back, text, size);
            loci_dataset_close(set);
        }
    }
    unlink(file);
}

static void bytes_of_any_file(void **state)
{
    (void)state;
    unsigned char bytes[300];
    float u[256];
    double target[256];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(7 * i);
    write_file("tokens.csv", bytes, sizeof bytes);
    const loci_dataset_options options = {.size = sizeof options, .reading.bytes = 1};
    loci_dataset *set = open_set("tokens.csv", &options);
    assert_int_equal(loci_dataset_inspect(set).classes, 256);
    assert_int_equal(loci_dataset_inspect(set).sequences, 2);
    assert_string_equal(loci_dataset_inspect(set).names[255], "255");
    for (size_t i = 0; i < 2; i++) {
        loci_dataset_read(set, i, u);
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < loci_dataset_length(set, i); k++) {
            assert_true(u[k] == (float)bytes[256 * i + k]);
            assert_true(target[k] == (double)bytes[256 * i + k + 1]);
        }
    }
    loci_dataset_close(set);
    unlink("tokens.csv");
}

/* A byte order mark is none of the text; the model's alphabet counts where it is given. */
static void alphabets(void **state)
{
    (void)state;
    static const char *const given[] = {"b", "\xc3\xa4", "a", "c"}, *const words[] = {"b", "word"};
    float u[8];
    loci_dataset_options options = {.size = sizeof options, .classes = given, .class_count = 4};
    write_file(file,
               "\xef\xbb\xbf"
               "ab\xc3\xa4",
               7);
    loci_dataset *set = open_set(file, NULL);
    assert_int_equal(loci_dataset_inspect(set).classes, 3);
    loci_dataset_close(set);
    set = open_set(file, &options);
    assert_int_equal(loci_dataset_inspect(set).classes, 4);
    loci_dataset_read(set, 0, u);
    assert_true(u[0] == 2 && u[1] == 0);
    loci_dataset_close(set);
    write_file(file,
               "\xef\xbb\xbf"
               "ab\xc3\xa5",
               7);
    refuse(
        file, &options, LOCI_E_MISMATCH,
        "tokens.txt: byte 6 begins the character U+00E5, \"\xc3\xa5\", which is none of the 4 that the model "
        "knows");
    options.classes = words, options.class_count = 2;
    refuse(file, &options, LOCI_E_MISMATCH,
           "tokens.txt: is a text, and the model's classes are no characters");
    unlink(file);
}

static void what_is_no_text(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, at;
        unsigned byte;
    } bad[] = {
        {"ab\x80", 3, 2, 0x80},
        {"ab\xc3", 3, 2, 0xc3},
        {"\xc0\x80"
         "ab",
         4, 0, 0xc0},
        {"a\xe0\x9f\xbf", 4, 1, 0xe0},
        {"a\xed\xa0\x80", 4, 1, 0xed},
        {"\xf4\x90\x80\x80", 4, 0, 0xf4},
        {"abc\xff"
         "abc",
         7, 3, 0xff},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char sentence[160];
        write_file(file, bad[i].bytes, bad[i].size);
        snprintf(sentence, sizeof sentence,
                 "tokens.txt: is no UTF-8: byte %zu is 0x%02x; a text was expected, or --bytes, which takes "
                 "any file",
                 bad[i].at + 1, bad[i].byte);
        refuse(file, NULL, LOCI_E_FORMAT, sentence);
    }
    write_file(file, "a\0b", 3);
    refuse(file, NULL, LOCI_E_FORMAT,
           "tokens.txt: byte 2 is 0; a text without such was expected, or --bytes, which takes any file");
    write_file(file, "x y\n1 2\n3 4\n", 12); /* a table, whatever it is called */
    loci_dataset *set;
    const loci_dataset_options next = {
        .size = sizeof next, .target_given = 1, .target.each = LOCI_TARGET_NEXT};
    assert_int_equal(loci_dataset_open(&set, file, NULL, NULL), LOCI_E_ARGUMENT);
    refuse(
        file, &next, LOCI_E_MISMATCH,
        "tokens.txt: holds numbers; the task next learns texts: a file of UTF-8 was expected, or --bytes with "
        "any file");
    write_file(file, "x y\n1 2\n3 four\n", 15);
    loci_dataset_close(open_set(file, &next));
    const loci_dataset_options labels = {.size = sizeof labels, .target_given = 1};
    assert_int_equal(loci_dataset_open(&set, file, &labels, NULL), LOCI_E_ARGUMENT); /* of a column */
    unlink(file);
}

/* What is held out and what is divided off are the text's end. */
static void splits_are_the_end(void **state)
{
    (void)state;
    char text[101], back[200];
    for (size_t i = 0; i < 101; i++) text[i] = (char)('a' + loci_random_bits(5, i) % 20);
    write_file(file, text, 101);
    loci_dataset_options options = {.size = sizeof options, .reading = {.window = 10, .test = 0.2}};
    loci_dataset *set = open_set(file, &options), *part;
    assert_int_equal(loci_dataset_inspect(set).sequences, 8);
    assert_int_equal(loci_dataset_inspect(set).split, 1);
    assert_int_equal(spell(back, set), 81);
    assert_memory_equal(back, text, 81);
    const uint64_t before = loci_dataset_inspect(set).fingerprint;
    assert_int_equal(loci_dataset_divide(&part, set, 0.3, 7, NULL), LOCI_OK);
    assert_int_equal(spell(back, set), 61);
    assert_memory_equal(back, text, 61);
    assert_int_equal(spell(back, part), 21);
    assert_memory_equal(back, text + 60, 21);
    assert_true(loci_dataset_inspect(set).fingerprint != before);
    loci_dataset_close(part), loci_dataset_close(set);
    options.test = 1;
    set = open_set(file, &options);
    assert_int_equal(spell(back, set), 21);
    assert_memory_equal(back, text + 80, 21);
    loci_dataset_close(set);
    unlink(file);
}

/* ---- callbacks ---- */

static size_t length(const void *context, size_t i)
{
    (void)context, (void)i;
    return 3;
}

static void read_tokens(const void *context, size_t i, float *u)
{
    for (size_t k = 0; k < 3; k++) u[k] = (float)((i + k) % 5);
    if (i == 1) u[2] = *(const float *)context;
}

static void read_next(const void *context, size_t i, double *target)
{
    (void)context;
    for (size_t k = 0; k < 3; k++) target[k] = (double)((i + k + 1) % 5);
}

static void tokens_from_callbacks(void **state)
{
    (void)state;
    float token = 2;
    loci_dataset_source source = {.size = sizeof source,
                                  .context = &token,
                                  .count = 4,
                                  .inputs = 1,
                                  .target.each = LOCI_TARGET_NEXT,
                                  .outputs = 5,
                                  .length = length,
                                  .read = read_tokens,
                                  .read_target = read_next};
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_from(&set, &source, &error)) fail_msg("%s", error.text);
    assert_int_equal(loci_dataset_inspect(set).target.each, LOCI_TARGET_NEXT);
    loci_dataset_close(set);
    static const float bad[] = {-1, 5, 0.5f};
    for (size_t i = 0; i < 3; i++) {
        char sentence[160];
        token = bad[i];
        assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_E_VALUE);
        snprintf(sentence, sizeof sentence,
                 "data: sequence 1, sample 2 is %g; a token, a whole number of 0 to 4, was expected",
                 (double)bad[i]);
        assert_string_equal(error.text, sentence);
    }
    source.inputs = 2;
    assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_E_ARGUMENT);
    assert_string_equal(
        error.text,
        "data: its targets are the next samples, and samples have 2 numbers; 1, a token, was expected");
}

int main(void)
{
    char folder[] = "/tmp/test_dataset_tokens.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_as_written),
        cmocka_unit_test(bytes_of_any_file),
        cmocka_unit_test(alphabets),
        cmocka_unit_test(what_is_no_text),
        cmocka_unit_test(splits_are_the_end),
        cmocka_unit_test(tokens_from_callbacks),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
