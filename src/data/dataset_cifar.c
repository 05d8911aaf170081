/* SPDX-License-Identifier: MIT
 * dataset_cifar.c - CIFAR-10 in its binary form: records of a label byte and 32 x 32 pixels, red, green, blue
 * plane after plane, row by row. */
#include "data/dataset_kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/input.h"
#include "data/quote.h"

#include <loci/data.h>

enum { SIDE = 32, PIXELS = SIDE * SIDE, IMAGE = 3 * PIXELS, RECORD = 1 + IMAGE, CLASSES_MOST = 256 };

static const char *const batches[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                      "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
enum { TRAINING_BATCHES = 5, BATCHES = 6 };

static bool cifar_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    (void)options;
    for (size_t b = 0; b < BATCHES; b++)
        if (loci_dataset_has(set, batches[b])) return true;
    return false;
}

/* names from the lines of text [size]; blank ones do not count. */
static loci_status take_names(loci_dataset *set, const char *text, size_t size, loci_error *error)
{
    const char *const end = text + size;
    set->names = loci_dataset_allocate(set, CLASSES_MOST, sizeof *set->names);
    if (!set->names) return loci_dataset_no_memory(set, error);
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *from = text, *to = newline ? newline : end;
        text = to + 1;
        while (from < to && strchr(" \t\r", *from)) from++;
        while (from < to && strchr(" \t\r", to[-1])) to--;
        if (from == to) continue;
        if (set->classes == CLASSES_MOST)
            return loci_fail(error, LOCI_E_FORMAT, "%s: batches.meta.txt names more than %d classes",
                             set->folder, CLASSES_MOST);
        char *name = loci_dataset_allocate(set, (size_t)(to - from) + 8, 1);
        if (!name) return loci_dataset_no_memory(set, error);
        loci_quote(name, (size_t)(to - from) + 8, from, (size_t)(to - from));
        set->names[set->classes++] = name;
    }
    if (set->classes == 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: batches.meta.txt names no classes", set->folder);
    return loci_dataset_check_names(set, set->names, set->classes, "batches.meta.txt", error);
}

static loci_status read_names(loci_dataset *set, loci_error *error)
{
    static const char names[] = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck";
    if (!loci_dataset_has(set, "batches.meta.txt")) return take_names(set, names, sizeof names - 1, error);
    char *path = loci_dataset_path(set, "batches.meta.txt");
    if (!path) return loci_dataset_no_memory(set, error);
    void *text;
    size_t size;
    loci_status status = loci_file_read(path, &text, &size, 65536, error);
    if (status == LOCI_OK) status = take_names(set, text, size, error);
    loci_free(path);
    loci_bytes_free(text);
    return status;
}

/* input stands at the first byte. */
static loci_status read_records(loci_dataset *set, loci_input *input, const char *file, loci_error *error)
{
    if (input->length == LOCI_INPUT_LENGTH_UNKNOWN || input->length == 0 || input->length % RECORD != 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: has %llu bytes, which is not a whole number of images of %d bytes", input->name,
                         input->length == LOCI_INPUT_LENGTH_UNKNOWN ? 0 : (unsigned long long)input->length,
                         RECORD);
    const size_t count = (size_t)(input->length / RECORD);
    unsigned char *pixels = loci_dataset_allocate(set, count, IMAGE);
    if (!pixels) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < count; i++, pixels += IMAGE) {
        const loci_status status = loci_input_fill(input, RECORD, error);
        if (status != LOCI_OK) return status;
        if (loci_input_held(input) < RECORD)
            return loci_fail(error, LOCI_E_FORMAT, "%s: ends within image %zu; %zu images were expected",
                             input->name, i, count);
        const unsigned char *record = input->buffer + input->start;
        if (record[0] >= set->classes)
            return loci_fail(error, LOCI_E_FORMAT, "%s: image %zu has label %u; 0 to %zu was expected",
                             input->name, i, record[0], set->classes - 1);
        memcpy(pixels, record + 1, IMAGE);
        input->start += RECORD;
        const loci_dataset_item item = {
            .data = pixels, .length = PIXELS, .label = record[0], .file = file, .number = i};
        if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
    }
    return LOCI_OK;
}

/* Copies that broke leave holes: training batches are there from the first one on. */
static loci_status check_holes(const loci_dataset *set, loci_error *error)
{
    const char *missing = NULL;
    for (size_t b = 0; b < TRAINING_BATCHES; b++) {
        const bool there = loci_dataset_has(set, batches[b]);
        if (there && missing)
            return loci_fail(error, LOCI_E_FORMAT,
                             "%s: %s is missing, and %s is there; all before it were expected", set->folder,
                             missing, batches[b]);
        if (!there && !missing) missing = batches[b];
    }
    return LOCI_OK;
}

static loci_status cifar_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    set->planes = 3;
    set->rows = set->columns = SIDE;
    set->gray = options->reading.gray;
    set->split = true;
    set->inputs = set->gray ? 1 : 3;
    loci_status status = read_names(set, error);
    if (status == LOCI_OK && !options->test) status = check_holes(set, error);
    const size_t first = options->test ? TRAINING_BATCHES : 0;
    const size_t end = options->test ? BATCHES : TRAINING_BATCHES;
    for (size_t b = first; b < end && status == LOCI_OK; b++) {
        if (!loci_dataset_has(set, batches[b])) continue;
        char *path = loci_dataset_path(set, batches[b]);
        if (!path) return loci_dataset_no_memory(set, error);
        loci_input input;
        status = loci_input_open(&input, path, error);
        loci_free(path);
        if (status != LOCI_OK) return status;
        status = read_records(set, &input, batches[b], error);
        loci_input_close(&input);
    }
    return status;
}

const loci_dataset_kind loci_dataset_cifar = {
    .name = "cifar-10", .item = "image", .images = true, .fits = cifar_fits, .read = cifar_read};
