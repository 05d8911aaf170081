/* SPDX-License-Identifier: MIT
 * test_safetensors.c - what is written is read back; what is damaged is refused, whatever the damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/allocate.h"
#include "model/safetensors.h"

static void round_trip(void **state)
{
    (void)state;
    const float a[6] = {1, 2, 3, 4, 5, -6.5f};
    const double b[1] = {0.1};
    const loci_tensor tensors[] = {
        {.name = "a", .type = "F32", .dimensions = 2, .shape = {2, 3}, .data = a, .bytes = sizeof a},
        {.name = "empty", .type = "F32", .dimensions = 2, .shape = {0, 3}, .data = a, .bytes = 0},
        {.name = "scalar \"b\"", .type = "F64", .dimensions = 0, .data = b, .bytes = sizeof b},
    };
    const char *const metadata[][2] = {{"format", "loci"}, {"note", "d\xc3\xa9j\xc3\xa0 \"vu\"\n"}};
    void *bytes, *again;
    size_t size, size_again;
    loci_error error;
    assert_int_equal(loci_safetensors_write(&bytes, &size, NULL, tensors, 3, metadata, 2, &error), LOCI_OK);
    assert_int_equal(loci_safetensors_write(&again, &size_again, NULL, tensors, 3, metadata, 2, &error),
                     LOCI_OK);
    assert_int_equal(size, size_again);
    assert_memory_equal(bytes, again, size);
    loci_safetensors *file;
    assert_int_equal(loci_safetensors_read(&file, NULL, bytes, size, &error), LOCI_OK);
    assert_int_equal(loci_safetensors_count(file), 3);
    assert_string_equal(loci_safetensors_metadata(file, "note"), metadata[1][1]);
    assert_null(loci_safetensors_metadata(file, "nothing"));
    assert_null(loci_safetensors_find(file, "nothing"));
    double numbers[6];
    const loci_tensor *tensor = loci_safetensors_find(file, "a");
    assert_non_null(tensor);
    assert_int_equal(loci_safetensors_numbers(tensor), 6);
    assert_int_equal(loci_safetensors_doubles(numbers, tensor, &error), LOCI_OK);
    for (int i = 0; i < 6; i++) assert_true(numbers[i] == (double)a[i]);
    tensor = loci_safetensors_find(file, "scalar \"b\"");
    assert_int_equal(loci_safetensors_doubles(numbers, tensor, &error), LOCI_OK);
    assert_true(numbers[0] == b[0]);
    loci_safetensors_free(file);
    loci_free(bytes);
    loci_free(again);
}

/* Every value of F16 against its definition, and BF16 as the upper half of F32. */
static void half_precision(void **state)
{
    (void)state;
    const uint16_t half[] = {0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xbc00, 0x7bff, 0x3555};
    const double value[] = {0, -0.0, 0x1p-24, 1023 * 0x1p-24, 0x1p-14, 1, -1, 65504, 0.333251953125};
    double out[9];
    loci_error error;
    const loci_tensor tensor = {
        .name = "h", .type = "F16", .dimensions = 1, .shape = {9}, .data = half, .bytes = 18};
    assert_int_equal(loci_safetensors_doubles(out, &tensor, &error), LOCI_OK);
    for (int i = 0; i < 9; i++) assert_true(out[i] == value[i]);
    const uint16_t brain[] = {0x3f80, 0xc020, 0x0000};
    const loci_tensor other = {
        .name = "b", .type = "BF16", .dimensions = 1, .shape = {3}, .data = brain, .bytes = 6};
    assert_int_equal(loci_safetensors_doubles(out, &other, &error), LOCI_OK);
    assert_true(out[0] == 1 && out[1] == -2.5 && out[2] == 0);
    const loci_tensor whole = {
        .name = "i", .type = "I16", .dimensions = 1, .shape = {3}, .data = brain, .bytes = 6};
    assert_int_equal(loci_safetensors_doubles(out, &whole, &error), LOCI_E_UNSUPPORTED);
}

static void refuse(const char *header, size_t data, const char *what)
{
    const size_t length = strlen(header);
    unsigned char *bytes = calloc(1, 8 + length + data + 1);
    assert_non_null(bytes);
    bytes[0] = (unsigned char)length;
    bytes[1] = (unsigned char)(length >> 8);
    memcpy(bytes + 8, header, length);
    loci_safetensors *file = NULL;
    loci_error error;
    const loci_status status = loci_safetensors_read(&file, NULL, bytes, 8 + length + data, &error);
    if (status != LOCI_E_FORMAT || !strstr(error.text, what)) print_error("%s: %s\n", header, error.text);
    assert_int_equal(status, LOCI_E_FORMAT);
    assert_null(file);
    assert_non_null(strstr(error.text, what));
    free(bytes);
}

static void hostile_headers(void **state)
{
    (void)state;
#define TENSOR(name, type, shape, from, to)                                                                  \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"
    refuse("{" TENSOR("a", "F32", "[2]", "0", "8") "," TENSOR("b", "F32", "[2]", "4", "12") "}", 12,
           "overlaps");
    refuse("{" TENSOR("a", "F32", "[2]", "0", "8") "," TENSOR("b", "F32", "[1]", "12", "16") "}", 16, "hole");
    refuse("{" TENSOR("a", "F32", "[2]", "0", "8") "}", 12, "follow the last");
    refuse("{" TENSOR("a", "F32", "[2]", "0", "8") "}", 4, "offsets");
    refuse("{" TENSOR("a", "F32", "[3]", "0", "8") "}", 8, "take 12");
    refuse("{" TENSOR("a", "F32", "[2]", "8", "0") "}", 8, "offsets");
    refuse("{" TENSOR("a", "F32", "[-2]", "0", "8") "}", 8, "shape");
    refuse("{" TENSOR("a", "F32", "[9223372036854775807,9223372036854775807]", "0", "8") "}", 8, "shape");
    refuse("{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,2]", "0", "8") "}", 8, "dimensions");
    refuse("{" TENSOR("a", "Q7", "[2]", "0", "8") "}", 8, "type Q7");
    refuse("{" TENSOR("a", "F32", "[2.0]", "0", "8") "}", 8, "shape");
    refuse("{" TENSOR("a", "F32", "[2]", "0", "8") "," TENSOR("a", "F32", "[2]", "8", "16") "}", 16,
           "no JSON");
    refuse("{\"a\":1}", 0, "expected");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", 4, "expected");
    refuse("{\"__metadata__\":[1]}", 0, "no object");
    refuse("{\"__metadata__\":{\"a\":1}}", 0, "no string");
    refuse("{\"a\":", 0, "no JSON");
    refuse("[1, 2]", 0, "no object");
    refuse("{} x", 0, "no JSON");
}

static void hostile_lengths(void **state)
{
    (void)state;
    unsigned char bytes[16] = {0};
    loci_safetensors *file;
    loci_error error;
    for (size_t size = 0; size <= sizeof bytes; size++)
        assert_int_equal(loci_safetensors_read(&file, NULL, bytes, size, &error), LOCI_E_FORMAT);
    for (int bit = 0; bit < 64; bit++) { /* 2^63 among them */
        memset(bytes, 0, 8);
        bytes[bit / 8] = (unsigned char)(1 << bit % 8);
        assert_int_equal(loci_safetensors_read(&file, NULL, bytes, sizeof bytes, &error), LOCI_E_FORMAT);
    }
}

/* Every byte of the header flipped, every length cut: refused, or read as tensors that lie within the bytes. */
static void damage(void **state)
{
    (void)state;
    const float a[4] = {1, 2, 3, 4};
    const loci_tensor tensors[] = {
        {.name = "weight", .type = "F32", .dimensions = 2, .shape = {2, 1}, .data = a, .bytes = 8},
        {.name = "bias", .type = "F32", .dimensions = 1, .shape = {2}, .data = a + 2, .bytes = 8},
    };
    void *bytes;
    size_t size;
    loci_error error;
    loci_safetensors *file;
    assert_int_equal(loci_safetensors_write(&bytes, &size, NULL, tensors, 2, NULL, 0, &error), LOCI_OK);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *part = malloc(cut + 1);
        assert_non_null(part);
        memcpy(part, bytes, cut);
        assert_int_equal(loci_safetensors_read(&file, NULL, part, cut, &error), LOCI_E_FORMAT);
        free(part);
    }
    unsigned char *b = bytes;
    for (size_t i = 0; i < size - 16; i++)
        for (int bit = 0; bit < 8; bit++) {
            b[i] ^= (unsigned char)(1 << bit);
            if (loci_safetensors_read(&file, NULL, bytes, size, &error) == LOCI_OK) {
                size_t total = 0;
                for (size_t k = 0; k < loci_safetensors_count(file); k++)
                    total += loci_safetensors_tensor(file, k)->bytes;
                assert_int_equal(total, 16);
                loci_safetensors_free(file);
            }
            b[i] ^= (unsigned char)(1 << bit);
        }
    loci_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),      cmocka_unit_test(half_precision),
        cmocka_unit_test(hostile_headers), cmocka_unit_test(hostile_lengths),
        cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
