/* SPDX-License-Identifier: MIT
 * fuzz_model_load.c - models from hostile bytes: as they are; and with the header's length made right and the checksum
 * gone, so that what lies behind these is reached. What is loaded comes back from what is saved. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/model.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void load(const uint8_t *bytes, size_t size)
{
    loci_model *model, *again;
    void *saved;
    size_t length;
    for (int prenorm = 0; prenorm < 2; prenorm++)
        if (loci_model_import(&model, bytes, size, prenorm, LOCI_BILINEAR, NULL) == LOCI_OK)
            loci_model_free(model);
    if (loci_model_load(&model, bytes, size, NULL) != LOCI_OK) return;
    if (loci_model_save(model, &saved, &length, NULL) != LOCI_OK ||
        loci_model_load(&again, saved, length, NULL) != LOCI_OK ||
        loci_model_fingerprint(model) != loci_model_fingerprint(again))
        abort();
    loci_bytes_free(saved);
    loci_model_free(again);
    loci_model_free(model);
}

/* Where the object that begins at `at` ends, by its braces; size: nowhere. */
static size_t end_of_object(const uint8_t *bytes, size_t at, size_t size)
{
    int depth = 0, text = 0;
    for (; at < size; at++) {
        if (text && bytes[at] == '\\')
            at++;
        else if (bytes[at] == '"')
            text = !text;
        else if (!text && bytes[at] == '{')
            depth++;
        else if (!text && bytes[at] == '}' && --depth == 0)
            return at + 1;
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    load(bytes, size);
    if (size < 10) return 0;
    uint8_t *copy = malloc(size);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    const size_t length = end_of_object(copy, 8, size) - 8;
    for (int i = 0; i < 8; i++) copy[i] = (uint8_t)((uint64_t)length >> (8 * i));
    for (size_t i = 8; i + 10 < 8 + length; i++)
        if (memcmp(copy + i, "\"checksum\"", 10) == 0) copy[i + 8]++;
    load(copy, size);
    free(copy);
    return 0;
}
