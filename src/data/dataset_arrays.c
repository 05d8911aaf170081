/* SPDX-License-Identifier: MIT
 * dataset_arrays.c - sequences and labels in NPY arrays. */
#include "data/dataset_frame.h"

#include <math.h>
#include <stdio.h>

#include <loci/data.h>

#include "base/allocate.h"
#include "base/status.h"

static const char *const x_files[2] = {"train_x.npy", "test_x.npy"};
static const char *const y_files[2] = {"train_y.npy", "test_y.npy"};

static bool arrays_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    (void)options;
    return loci_dataset_has(set, x_files[0]) || loci_dataset_has(set, x_files[1]);
}

static loci_status read_file(loci_array *array, const loci_dataset *set, const char *file, loci_error *error)
{
    *array = (loci_array){0};
    char *path = loci_dataset_path(set, file);
    if (!path) return loci_dataset_no_memory(set, error);
    const loci_status status = loci_npy_read(array, path, error);
    loci_free(path);
    if (status == LOCI_OK && array->complex_pairs)
        return loci_fail(error, LOCI_E_FORMAT, "%s: %s holds complex numbers; real ones were expected",
                         set->folder, file);
    return status;
}

static loci_status check_labels(const loci_dataset *set, const loci_array *y, const char *file,
                                loci_error *error)
{
    if (y->dimensions != 1)
        return loci_fail(error, LOCI_E_FORMAT, "%s: %s has %zu dimensions; [sequences] was expected",
                         set->folder, file, y->dimensions);
    for (size_t i = 0; i < y->shape[0]; i++)
        if (!(y->data[i] >= 0 && y->data[i] < 0x1p31) || y->data[i] != floor(y->data[i]))
            return loci_fail(error, LOCI_E_FORMAT,
                             "%.120s: %s: label %zu is %g; an integer from 0 was expected", set->folder, file,
                             i, y->data[i]);
    return LOCI_OK;
}

static size_t greatest(const loci_array *y)
{
    size_t most = 0;
    for (size_t i = 0; i < y->shape[0]; i++)
        if ((size_t)y->data[i] > most) most = (size_t)y->data[i];
    return most;
}

/* The classes 0 to the greatest label of y, of which each must be there: so they are no more than labels. */
static loci_status count_classes(loci_dataset *set, const loci_array *y, const char *file, loci_error *error)
{
    const size_t most = greatest(y);
    if (most >= y->shape[0])
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%.120s: %s: has %zu labels, and one of them is %zu: not each class up to it has one",
            set->folder, file, y->shape[0], most);
    return loci_dataset_number_classes(set, most + 1) ? LOCI_OK : loci_dataset_no_memory(set, error);
}

static loci_status take_sequences(loci_dataset *set, const loci_array *x, const loci_array *y,
                                  const char *file, loci_error *error)
{
    const size_t count = x->shape[0], length = x->shape[1];
    const size_t inputs = x->dimensions == 3 ? x->shape[2] : 1, size = length * inputs;
    set->inputs = inputs;
    for (size_t i = 0; i < count * size; i++)
        if (!isfinite(x->data[i]))
            return loci_fail(
                error, LOCI_E_VALUE,
                "%.100s: %s: sequence %zu, sample %zu, input %zu is %g; a finite number was expected",
                set->folder, file, i / size, i % size / inputs, i % inputs, x->data[i]);
    const loci_status status = loci_dataset_frame(set, x->data, count * length, inputs, error);
    if (status) return status;
    float *numbers = loci_dataset_allocate(set, count * size, sizeof *numbers);
    if (!numbers) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < count; i++, numbers += size) {
        for (size_t k = 0; k < size; k++)
            numbers[k] = loci_dataset_narrow(set, k % inputs, x->data[i * size + k]);
        const size_t label = (size_t)y->data[i];
        if (label >= set->classes)
            return loci_fail(error, LOCI_E_FORMAT,
                             "%.100s: %s: the label of sequence %zu is %zu; 0 to %zu was expected, as in the "
                             "training split",
                             set->folder, file, i, label, set->classes - 1);
        const loci_dataset_item item = {
            .data = numbers, .length = length, .label = label, .file = file, .number = i};
        if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
    }
    return LOCI_OK;
}

static loci_status check_shapes(const loci_dataset *set, const loci_array *x, const loci_array *y, int split,
                                loci_error *error)
{
    if (x->dimensions != 2 && x->dimensions != 3)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: %s has %zu dimension%s; [sequences][samples] or [sequences][samples][inputs] was "
            "expected",
            set->folder, x_files[split], x->dimensions, x->dimensions == 1 ? "" : "s");
    for (size_t d = 0; d < x->dimensions; d++)
        if (x->shape[d] == 0)
            return loci_fail(error, LOCI_E_FORMAT, "%s: %s is empty: its dimension %zu is 0", set->folder,
                             x_files[split], d);
    if (x->shape[0] != y->shape[0])
        return loci_fail(error, LOCI_E_MISMATCH, "%s: %s has %zu sequence%s, but %s has %zu label%s",
                         set->folder, x_files[split], x->shape[0], x->shape[0] == 1 ? "" : "s",
                         y_files[split], y->shape[0], y->shape[0] == 1 ? "" : "s");
    return LOCI_OK;
}

static loci_status arrays_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    const int split = options->test != 0;
    loci_array x = {0}, y = {0}, training = {0};
    loci_status status = read_file(&x, set, x_files[split], error);
    if (status == LOCI_OK) status = read_file(&y, set, y_files[split], error);
    if (status == LOCI_OK) status = check_labels(set, &y, y_files[split], error);
    if (status == LOCI_OK) status = check_shapes(set, &x, &y, split, error);
    if (status == LOCI_OK && options->classes) {
        /* labels of none of the given classes need no names of their own */
        const size_t most = greatest(&y), given = options->class_count;
        if (!loci_dataset_number_classes(set, (most < given ? most : given) + 1))
            status = loci_dataset_no_memory(set, error);
    } else if (status == LOCI_OK && split == 1 && loci_dataset_has(set, y_files[0])) {
        status = read_file(&training, set, y_files[0], error);
        if (status == LOCI_OK) status = check_labels(set, &training, y_files[0], error);
        if (status == LOCI_OK) status = count_classes(set, &training, y_files[0], error);
    } else if (status == LOCI_OK) {
        status = count_classes(set, &y, y_files[split], error);
    }
    set->found = split == 0;
    if (status == LOCI_OK) status = take_sequences(set, &x, &y, x_files[split], error);
    loci_array_free(&x);
    loci_array_free(&y);
    loci_array_free(&training);
    return status;
}

const loci_dataset_kind loci_dataset_arrays = {
    .name = "arrays", .item = "sequence", .fits = arrays_fits, .read = arrays_read};
