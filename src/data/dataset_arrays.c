/* SPDX-License-Identifier: MIT
 * dataset_arrays.c - sequences and their targets in NPY arrays. */
#include "data/dataset_frame.h"
#include "data/dataset_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <loci/data.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/dataset_arrays.h"
#include "data/dataset_gaps.h"
#include "data/field.h"
#include "data/npy.h"
#include "data/quote.h"

static const char *const x_files[3] = {"train_x.npy", "test_x.npy", "valid_x.npy"};
static const char *const y_files[3] = {"train_y.npy", "test_y.npy", "valid_y.npy"};
static const char *const length_files[3] = {"train_length.npy", "test_length.npy", "valid_length.npy"};

static bool arrays_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    (void)options;
    return loci_dataset_has(set, x_files[0]) || loci_dataset_has(set, x_files[1]);
}

/* words NULL: there are numbers alone. */
static loci_status read_file(loci_array *array, const loci_dataset *set, const char *file,
                             loci_npy_words *words, loci_error *error)
{
    *array = (loci_array){0};
    char *path = loci_dataset_path(set, file);
    if (!path) return loci_dataset_no_memory(set, error);
    loci_input input;
    loci_status status = loci_input_open(&input, path, error);
    if (status == LOCI_OK) {
        status = loci_npy_read_input(array, &input, words, error);
        loci_input_close(&input);
    }
    loci_free(path);
    if (status == LOCI_OK && array->complex_pairs)
        return loci_fail(error, LOCI_E_FORMAT, "%s: %s holds complex numbers; real ones were expected",
                         set->folder, file);
    return status;
}

/* --- shapes --- */

static loci_status check_x(const loci_dataset *set, const loci_arrays_split *s, loci_error *error)
{
    const loci_array *x = &s->x;
    const char *file = x_files[s->number];
    if (x->dimensions != 2 && x->dimensions != 3)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: %s has %zu dimension%s; [sequences][samples] or [sequences][samples][inputs] was "
            "expected",
            set->folder, file, x->dimensions, x->dimensions == 1 ? "" : "s");
    for (size_t d = 0; d < x->dimensions; d++)
        if (x->shape[d] == 0)
            return loci_fail(error, LOCI_E_FORMAT, "%s: %s is empty: its dimension %zu is 0", set->folder,
                             file, d);
    const size_t targets = s->y.dimensions > 0 ? s->y.shape[0] : 1;
    if (targets != x->shape[0])
        return loci_fail(error, LOCI_E_MISMATCH, "%s: %s has %zu sequence%s, but %s has %zu target%s",
                         set->folder, file, x->shape[0], x->shape[0] == 1 ? "" : "s", y_files[s->number],
                         targets, targets == 1 ? "" : "s");
    return LOCI_OK;
}

static bool whole(double x)
{
    return x >= 0 && x < 0x1p31 && x == floor(x);
}

/* Whole numbers of either sign, as far as doubles tell them apart. */
static bool is_label(double x)
{
    return fabs(x) < 0x1p53 && x == floor(x);
}

/* What y looks like. Words and integers are labels, and so are numbers [sequences] that all are whole and not negative. */
static loci_target guess(const loci_arrays_split *s)
{
    const loci_array *y = &s->y;
    if (s->words) return (loci_target){.each = y->dimensions > 1};
    loci_target target = {.values = !y->integers, .each = y->dimensions == 3};
    if (y->dimensions == 2 && y->shape[1] == s->x.shape[1]) target.each = 1;
    if (y->dimensions == 3 || (y->dimensions == 2 && !target.each)) target.values = 1;
    if (y->dimensions == 1 && target.values) {
        size_t i = 0;
        while (i < y->shape[0] && whole(y->data[i])) i++;
        target.values = i < y->shape[0];
    }
    return target;
}

/* The shape of y is that of such targets. */
static loci_status check_y(const loci_dataset *set, loci_arrays_split *s, loci_error *error)
{
    static const char *const wanted[2][2] = {
        {"[sequences] was expected, for one label each",
         "[sequences][samples] was expected, for a label at every sample"},
        {"[sequences] or [sequences][values] was expected, for values",
         "[sequences][samples] or [sequences][samples][values] was expected, for values at every sample"}};
    const loci_array *y = &s->y;
    if (s->words && s->target.values)
        return loci_fail(error, LOCI_E_MISMATCH, "%.80s: %s holds words; values were expected", set->folder,
                         y_files[s->number]);
    const size_t L = s->x.shape[1], least = s->target.each ? 2 : 1, most = least + (s->target.values != 0);
    bool good = y->dimensions >= least && y->dimensions <= most && (!s->target.each || y->shape[1] == L);
    s->width = good && y->dimensions > least ? y->shape[least] : 1;
    s->stride = s->target.each ? L * s->width : s->width;
    if (good && s->width > 0) return LOCI_OK;
    char shape[8 * 24] = "[]";
    for (size_t d = 0, used = 0; d < y->dimensions; d++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, "[%zu]", y->shape[d]);
    return loci_fail(error, LOCI_E_FORMAT, "%.80s: %s has the shape %.40s; %s", set->folder,
                     y_files[s->number], shape, wanted[s->target.values != 0][s->target.each != 0]);
}

static loci_status check_lengths(const loci_dataset *set, const loci_arrays_split *s, loci_error *error)
{
    const loci_array *lengths = &s->lengths;
    const char *file = length_files[s->number];
    if (!lengths->data) return LOCI_OK;
    if (lengths->dimensions != 1)
        return loci_fail(error, LOCI_E_FORMAT, "%s: %s has %zu dimensions; [sequences] was expected",
                         set->folder, file, lengths->dimensions);
    if (lengths->shape[0] != s->x.shape[0])
        return loci_fail(error, LOCI_E_MISMATCH, "%s: %s has %zu sequences, but %s has %zu lengths",
                         set->folder, x_files[s->number], s->x.shape[0], file, lengths->shape[0]);
    for (size_t i = 0; i < lengths->shape[0]; i++)
        if (!whole(lengths->data[i]) || lengths->data[i] < 1 || lengths->data[i] > (double)s->x.shape[1])
            return loci_fail(error, LOCI_E_FORMAT,
                             "%.120s: %s: length %zu is %g; a whole number of 1 to %zu was expected",
                             set->folder, file, i, lengths->data[i], s->x.shape[1]);
    return LOCI_OK;
}

/* --- targets --- */

static loci_status check_targets(const loci_dataset *set, const loci_arrays_split *s, loci_error *error)
{
    for (size_t i = 0; i < s->y.shape[0]; i++)
        for (size_t k = 0; k < loci_arrays_target_size(s, i); k++) {
            const double value = s->y.data[i * s->stride + k];
            char place[64], sample[32] = "";
            if (s->target.values ? isfinite(value) : is_label(value)) continue;
            if (s->target.each) snprintf(sample, sizeof sample, ", sample %zu", k / s->width);
            snprintf(place, sizeof place, "%zu%s", i, sample);
            if (s->words)
                return loci_fail(error, LOCI_E_FORMAT, "%.120s: %s: label %s is empty; a word was expected",
                                 set->folder, y_files[s->number], place);
            if (!s->target.values)
                return loci_fail(error, LOCI_E_FORMAT,
                                 "%.120s: %s: label %s is %g; a whole number below 2^53 was expected",
                                 set->folder, y_files[s->number], place, value);
            return loci_fail(error, LOCI_E_FORMAT,
                             "%.100s: %s: sequence %s, value %zu is %g; a finite number was expected",
                             set->folder, y_files[s->number], place, k % s->width, value);
        }
    return LOCI_OK;
}

/* --- sequences --- */

/* All that belongs to a sequence is finite, what is missing held. */
static loci_status check_samples(loci_dataset *set, const loci_arrays_split *s, const loci_reading *r,
                                 loci_error *error)
{
    const size_t inputs = set->inputs, stride = s->x.shape[1] * inputs;
    for (size_t i = 0; i < s->x.shape[0]; i++) {
        if (r->hold) loci_dataset_fill(set, s->x.data + i * stride, 0, loci_arrays_length(s, i), inputs);
        for (size_t k = 0; k < loci_arrays_length(s, i) * inputs; k++) {
            if (isnan(s->x.data[i * stride + k]))
                return loci_fail(error, LOCI_E_VALUE, "%.100s: %s: sequence %zu, sample %zu, input %zu %s",
                                 set->folder, x_files[s->number], i, k / inputs, k % inputs,
                                 loci_dataset_gap(r));
            if (!isfinite(s->x.data[i * stride + k]))
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "%.100s: %s: sequence %zu, sample %zu, input %zu is %g; a finite number was expected",
                    set->folder, x_files[s->number], i, k / inputs, k % inputs, s->x.data[i * stride + k]);
        }
    }
    return LOCI_OK;
}

/* Moves the samples of all sequences together, without what is behind their ends; returns how many there are. */
static size_t pack(loci_arrays_split *s, size_t inputs)
{
    const size_t stride = s->x.shape[1] * inputs;
    size_t samples = 0;
    for (size_t i = 0; i < s->x.shape[0]; i++) {
        const size_t length = loci_arrays_length(s, i);
        memmove(s->x.data + samples * inputs, s->x.data + i * stride, length * inputs * sizeof *s->x.data);
        samples += length;
    }
    return samples;
}

static loci_status take_sequences(loci_dataset *set, loci_arrays_split *s, const loci_reading *r,
                                  loci_error *error)
{
    const size_t count = s->x.shape[0];
    const bool single = !s->target.values && !s->target.each; /* a label is kept as such */
    set->inputs = s->x.dimensions == 3 ? s->x.shape[2] : 1;
    loci_status status = check_samples(set, s, r, error);
    if (status) return status;
    const size_t samples = pack(s, set->inputs), inputs = set->inputs;
    status = loci_dataset_frame(set, s->x.data, samples, inputs, error);
    if (status) return status;
    float *numbers = loci_dataset_allocate(set, samples * inputs, sizeof *numbers);
    double *targets = single ? NULL : loci_dataset_allocate(set, count * s->stride, sizeof *targets);
    if (!numbers || (!targets && !single)) return loci_dataset_no_memory(set, error);
    for (size_t k = 0; k < samples * inputs; k++)
        numbers[k] = loci_dataset_narrow(set, k % inputs, s->x.data[k]);
    for (size_t i = 0; i < count; i++) {
        loci_dataset_item item = {
            .data = numbers, .length = loci_arrays_length(s, i), .file = x_files[s->number], .number = i};
        numbers += item.length * inputs;
        if (single)
            item.label = (size_t)s->y.data[i];
        else
            item.target = memcpy(targets + i * s->stride, s->y.data + i * s->stride,
                                 loci_arrays_target_size(s, i) * sizeof *targets);
        if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
    }
    return LOCI_OK;
}

/* --- a split --- */

typedef struct {
    loci_dataset *set;
    loci_labels *labels;
    const char *file;
} word_taker;

/* *number = the code of a word; NAN: it is empty, which only a label behind the end of a sequence may be. */
static loci_status take_word(double *number, void *context, const char *text, size_t length,
                             loci_error *error)
{
    enum { MOST = 240 }; /* bytes: names are not cut */
    const word_taker *t = context;
    *number = NAN;
    if (length == 0) return LOCI_OK;
    if (length > MOST)
        return loci_fail(error, LOCI_E_FORMAT, "%.80s: %s: a label has %zu bytes; at most %d were expected",
                         t->set->folder, t->file, length, MOST);
    const char *expected = loci_labels_expected(text, length);
    if (expected) {
        char quoted[40];
        loci_quote(quoted, sizeof quoted, text, length);
        return loci_fail(error, LOCI_E_FORMAT, "%.80s: %s: a label is \"%s\"; %s", t->set->folder, t->file,
                         quoted, expected);
    }
    size_t code;
    const loci_status status = loci_labels_add(t->labels, &code, t->set, text, length, error);
    if (status == LOCI_OK) *number = (double)code;
    return status;
}

/* Files, shapes and what targets are. given NULL: as they look. x of another split is asked for its shape alone. */
static loci_status read_split(loci_arrays_split *s, loci_dataset *set, loci_labels *labels,
                              const loci_target *given, loci_error *error)
{
    word_taker taker = {set, labels, y_files[s->number]};
    loci_npy_words words = {take_word, &taker, false};
    loci_status status = read_file(&s->x, set, x_files[s->number], NULL, error);
    if (status == LOCI_OK) status = read_file(&s->y, set, y_files[s->number], &words, error);
    s->words = words.met;
    if (status == LOCI_OK && loci_dataset_has(set, length_files[s->number]))
        status = read_file(&s->lengths, set, length_files[s->number], NULL, error);
    if (status == LOCI_OK) status = check_x(set, s, error);
    if (status == LOCI_OK) s->target = given ? *given : guess(s);
    if (status == LOCI_OK) status = check_y(set, s, error);
    if (status == LOCI_OK) status = check_lengths(set, s, error);
    return status == LOCI_OK ? check_targets(set, s, error) : status;
}

static void release(loci_arrays_split *s)
{
    loci_array_free(&s->x);
    loci_array_free(&s->y);
    loci_array_free(&s->lengths);
}

/* Whether classes that are given are numbers: those of a model that was trained without classes.txt. */
static bool are_numbers(const loci_dataset_options *options)
{
    size_t c = 0;
    while (c < options->class_count) {
        const char *name = options->classes[c] + (*options->classes[c] == '-');
        if (*name == 0 || name[strspn(name, "0123456789")] != 0) return false;
        c++;
    }
    return c > 0;
}

/* Whether classes.txt names the classes of a split. Where others are given, it takes the training split to know whose lines they are. */
static bool are_named(const loci_dataset *set, const loci_arrays_split *s,
                      const loci_dataset_options *options)
{
    if (s->words || !loci_dataset_has(set, "classes.txt")) return false;
    return !options->classes || (!are_numbers(options) && loci_dataset_has(set, y_files[0]));
}

/* The names of classes that are numbers, in their order, a line each of classes.txt. */
static loci_status name_classes(loci_dataset *set, loci_error *error)
{
    char *path = loci_dataset_path(set, "classes.txt"), *text;
    size_t size, count = 0;
    const char **names = loci_dataset_allocate(set, set->classes, sizeof *names);
    loci_status status = path && names ? LOCI_OK : loci_dataset_no_memory(set, error);
    if (status == LOCI_OK) status = loci_dataset_text_read(&text, &size, set, path, error);
    loci_free(path);
    if (status != LOCI_OK) return status;
    for (const char *at = text, *end; at < text + size; at = end + 1, count++) {
        end = memchr(at, '\n', (size_t)(text + size - at));
        const size_t length = (size_t)(end - at) - (end > at && end[-1] == '\r');
        const char *expected = loci_labels_expected(at, length);
        if (expected && status == LOCI_OK)
            status = loci_fail(error, LOCI_E_FORMAT, "%s: classes.txt: line %zu: %s", set->folder, count + 1,
                               expected);
        if (count >= set->classes) continue;
        names[count] = loci_dataset_text_quoted(set, at, length);
        if (!names[count]) status = loci_dataset_no_memory(set, error);
    }
    loci_free(text);
    if (status == LOCI_OK && count != set->classes)
        status = loci_fail(error, LOCI_E_FORMAT,
                           "%s: classes.txt has %zu lines; a name for each of %zu classes was expected",
                           set->folder, count, set->classes);
    if (status == LOCI_OK) status = loci_dataset_check_names(set, names, count, "classes.txt", error);
    if (status == LOCI_OK) set->names = names;
    return status;
}

/* The classes: those of the training split, of which there may be none, or else of the split itself; where others are given, its own, but
 * that numbers are named in the order of the training split's. */
static loci_status find_classes(loci_dataset *set, loci_arrays_split *s, loci_labels *labels,
                                const loci_dataset_options *options, loci_error *error)
{
    if ((options->classes && !are_named(set, s, options)) || s->number == 0 ||
        !loci_dataset_has(set, y_files[0]))
        return loci_arrays_classes(set, s, s, labels, error);
    loci_arrays_split training = {0};
    loci_status status = read_split(&training, set, labels, &s->target, error);
    if (status == LOCI_OK && training.words != s->words)
        status = loci_fail(error, LOCI_E_MISMATCH, "%s: one of %s and %s holds words, the other numbers",
                           set->folder, y_files[0], y_files[s->number]);
    if (status == LOCI_OK) status = loci_arrays_classes(set, s, &training, labels, error);
    release(&training);
    return status;
}

/* The samples per second, a number in rate.txt, where that is there. */
static loci_status read_rate(loci_dataset *set, loci_error *error)
{
    if (!loci_dataset_has(set, "rate.txt")) return LOCI_OK;
    char *path = loci_dataset_path(set, "rate.txt"), *text;
    size_t size;
    if (!path) return loci_dataset_no_memory(set, error);
    loci_status status = loci_dataset_text_read(&text, &size, set, path, error);
    loci_free(path);
    if (status != LOCI_OK) return status;
    while (size > 0 && (text[size - 1] == '\n' || loci_is_blank(text[size - 1]))) size--;
    const loci_field field = {.begin = text, .end = text + size};
    if (size == 0 || loci_field_classify(&field, '.', &set->rate) != LOCI_FIELD_NUMBER ||
        !(set->rate > 0 && set->rate < INFINITY)) {
        char quoted[40];
        loci_quote(quoted, sizeof quoted, text, size);
        status = loci_fail(error, LOCI_E_FORMAT,
                           "%s: rate.txt holds \"%s\"; the rate in Hz, a number above 0, was expected",
                           set->folder, quoted);
    }
    loci_free(text);
    return status;
}

static loci_status arrays_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    set->split = loci_dataset_has(set, x_files[1]);
    set->validates = loci_dataset_has(set, x_files[2]);
    loci_arrays_split s = {.number = options->test != 0 && (set->split || options->reading.test == 0)};
    loci_labels labels = {0};
    if (options->test == LOCI_SPLIT_VALID) s.number = 2;
    loci_status status = read_split(&s, set, &labels, options->target_given ? &options->target : NULL, error);
    set->target = s.target;
    set->outputs = s.width;
    set->found = s.number == 0;
    if (status == LOCI_OK && !s.target.values) status = find_classes(set, &s, &labels, options, error);
    if (status == LOCI_OK && !s.target.values && are_named(set, &s, options))
        status = name_classes(set, error);
    if (status == LOCI_OK) status = read_rate(set, error);
    if (status == LOCI_OK) status = take_sequences(set, &s, &options->reading, error);
    loci_labels_release(&labels);
    release(&s);
    return status;
}

const loci_dataset_kind loci_dataset_arrays = {
    .name = "arrays", .item = "sequence", .fits = arrays_fits, .read = arrays_read};
