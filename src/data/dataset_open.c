/* SPDX-License-Identifier: MIT
 * dataset_open.c - data sets from paths: which kind one is, its items as a source, classes, permutation. */
#include "data/dataset_kind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "data/input.h"
#include "data/quote.h"

static size_t join(char *path, size_t size, const loci_dataset *set, const char *file)
{
    const size_t folder = strlen(set->path);
    const bool closed = folder > 0 && set->path[folder - 1] == '/';
    return (size_t)snprintf(path, size, closed ? "%s%s" : "%s/%s", set->path, file);
}

char *loci_dataset_path(const loci_dataset *set, const char *file)
{
    const size_t size = strlen(set->path) + strlen(file) + 2;
    char *path = loci_allocate(size, 1);
    if (path) join(path, size, set, file);
    return path;
}

bool loci_dataset_has(const loci_dataset *set, const char *file)
{
    /* what the system takes for a path; to be short of memory must not pass for a file that is not there */
    char path[4096];
    struct stat there;
    return join(path, sizeof path, set, file) < sizeof path && stat(path, &there) == 0;
}

/* --- the items of a folder as a source --- */

static size_t item_length(const void *context, size_t i)
{
    const loci_dataset *set = context;
    return set->items[i].length;
}

float loci_dataset_gray(const unsigned char *pixel, size_t plane)
{
    return (float)(0.299 * pixel[0] + 0.587 * pixel[plane] + 0.114 * pixel[2 * plane]);
}

static void item_read(const void *context, size_t i, float *u)
{
    const loci_dataset *set = context;
    const loci_dataset_item *item = &set->items[i];
    const size_t length = item->length, inputs = set->inputs, *order = set->order;
    const unsigned char *bytes = item->data;
    const float *numbers = item->data;
    const uint16_t *tokens = item->data;
    if (set->coded)
        for (size_t k = 0; k < length; k++) u[k] = tokens[k];
    else if (set->gray)
        for (size_t k = 0; k < length; k++) u[k] = loci_dataset_gray(bytes + (order ? order[k] : k), length);
    else if (set->planes)
        for (size_t c = 0; c < inputs; c++, bytes += length)
            for (size_t k = 0; k < length; k++) u[k * inputs + c] = bytes[order ? order[k] : k];
    else if (order)
        for (size_t k = 0; k < length; k++)
            memcpy(u + k * inputs, numbers + order[k] * inputs, inputs * sizeof *u);
    else
        memcpy(u, numbers, length * inputs * sizeof *u);
}

static void item_target(const void *context, size_t i, double *target)
{
    const loci_dataset *set = context;
    const loci_dataset_item *item = &set->items[i];
    const size_t width = set->target.values ? set->outputs : 1, *order = set->order;
    const uint16_t *tokens = item->data;
    if (set->coded)
        for (size_t k = 0; k < item->length; k++) target[k] = tokens[k + 1];
    else if (!item->target)
        *target = (double)item->label;
    else if (!set->target.each)
        memcpy(target, item->target, width * sizeof *target);
    else
        for (size_t k = 0; k < item->length; k++)
            memcpy(target + k * width, item->target + (order ? order[k] : k) * width, width * sizeof *target);
}

static void item_describe(const void *context, size_t i, char *text, size_t size)
{
    const loci_dataset *set = context;
    const loci_dataset_item *item = &set->items[i];
    char file[64];
    loci_input_name(file, sizeof file, item->file);
    if (set->kind->item)
        snprintf(text, size, "%s, %s %zu", file, set->kind->item, item->number);
    else
        snprintf(text, size, "%s", file);
}

/* --- opening --- */

static loci_status choose_kind(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    static const loci_dataset_kind *const kinds[] = {
        &loci_dataset_cifar,  &loci_dataset_idx,   &loci_dataset_arrays, &loci_dataset_ucr,
        &loci_dataset_tokens, &loci_dataset_table, &loci_dataset_audio};
    const loci_reading *r = &options->reading;
    struct stat there;
    if (stat(set->path, &there) != 0)
        return loci_fail(error, LOCI_E_IO, "%s: cannot be opened: %s", set->folder, strerror(errno));
    set->is_file = !S_ISDIR(there.st_mode);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i]->fits(set, options)) {
            set->kind = kinds[i];
            break;
        }
    if (!set->kind)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: holds no data set: a sub-folder of CSV, NPY or sound files for each class, "
                         "such files whose names have the label (--label '{label}_*'), NAME_TRAIN.ts, "
                         "train_x.npy, train-images-idx3-ubyte[.gz] (IDX) or data_batch_1.bin (CIFAR-10) was "
                         "expected",
                         set->folder);
    const loci_dataset_kind *kind = set->kind;
    if (options->target_given && options->target.each == LOCI_TARGET_NEXT && !kind->texts)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "%s: holds numbers; the task next learns texts: a file of UTF-8 was expected, or "
                         "--bytes with any file",
                         set->folder);
    const char *wrong =
        r->bytes && !kind->texts   ? "bytes is for texts in files"
        : r->gray && !kind->images ? "which has no colours"
        : (r->match || r->except || r->resample != 0 || r->mono) && !kind->sounds
            ? "match, except, resample and mono are for files in folders"
        : r->label && !kind->sounds && !kind->tables ? "label is for tables, and for files in folders"
        : (r->value || r->group || r->stride || r->horizon || (r->window && !kind->texts)) && !kind->tables
            ? r->horizon ? "horizon is for tables" : "value, group, window and stride are for tables"
        : (r->time || r->columns) && !kind->tables && !kind->sounds ? "time and columns are for tables"
                                                                    : NULL;
    if (options->test == LOCI_SPLIT_VALID &&
        (kind != &loci_dataset_arrays || !loci_dataset_has(set, "valid_x.npy")))
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has no validation split of its own, valid_x.npy",
                         set->folder);
    if (wrong)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: is a data set of kind %s%s %s", set->folder, kind->name,
                         r->gray && !kind->images ? "," : ";", wrong);
    return LOCI_OK;
}

static bool is_number(const char *text)
{
    text += *text == '-';
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* The number of class `name` among `classes`: by its name; but where none of these is a number, class 3 is the
 * fourth of them. count: there is none. */
static size_t find_class(const char *const *classes, size_t count, const char *name)
{
    bool numbered = false;
    for (size_t c = 0; c < count; c++) {
        if (strcmp(classes[c], name) == 0) return c;
        numbered = numbered || is_number(classes[c]);
    }
    if (numbered || *name == '-' || !is_number(name) || strlen(name) > 9) return count;
    size_t number = 0;
    for (; *name; name++) number = 10 * number + (size_t)(*name - '0');
    return number < count ? number : count;
}

/* The labels of an item: one, or one at every sample. */
static size_t labels_of(const loci_dataset *set, const loci_dataset_item *item)
{
    return set->target.each ? item->length : 1;
}

static size_t label_of(const loci_dataset_item *item, size_t k)
{
    return item->target ? (size_t)item->target[k] : item->label;
}

/* Labels become numbers of the classes that are given. */
static loci_status map_classes(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    const size_t count = options->class_count;
    const char **names = loci_dataset_allocate(set, count, sizeof *names);
    size_t *map = loci_dataset_allocate(set, set->classes, sizeof *map);
    if (!names || !map) return loci_dataset_no_memory(set, error);
    for (size_t c = 0; c < count; c++) {
        names[c] = loci_dataset_text(set, options->classes[c], strlen(options->classes[c]));
        if (!names[c]) return loci_dataset_no_memory(set, error);
    }
    for (size_t c = 0; c < set->classes; c++) map[c] = find_class(names, count, set->names[c]);
    for (size_t i = 0; i < set->count; i++) {
        loci_dataset_item *item = &set->items[i];
        for (size_t k = 0; k < labels_of(set, item); k++) {
            const size_t label = label_of(item, k);
            if (map[label] == count) {
                char name[80], quoted[40];
                item_describe(set, i, name, sizeof name);
                loci_quote(quoted, sizeof quoted, set->names[label], strlen(set->names[label]));
                return loci_fail(error, LOCI_E_MISMATCH,
                                 "%.80s: %s is of class %s, which is none of the %zu that were expected",
                                 set->folder, name, quoted, count);
            }
            if (item->target)
                item->target[k] = (double)map[label];
            else
                item->label = map[label];
        }
    }
    set->names = names;
    set->classes = count;
    return LOCI_OK;
}

static loci_status check_classes(loci_dataset *set, loci_error *error)
{
    char quoted[80];
    if (set->classes == 1) {
        loci_quote(quoted, sizeof quoted, set->names[0], strlen(set->names[0]));
        return loci_fail(error, LOCI_E_FORMAT, "%s: all is of one class, %s; two at least were expected",
                         set->folder, quoted);
    }
    bool *seen = loci_allocate(set->classes, sizeof *seen);
    if (!seen) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < labels_of(set, &set->items[i]); k++) seen[label_of(&set->items[i], k)] = true;
    size_t missing = 0;
    while (missing < set->classes && seen[missing]) missing++;
    loci_free(seen);
    if (missing == set->classes) return LOCI_OK;
    loci_quote(quoted, sizeof quoted, set->names[missing], strlen(set->names[missing]));
    char passed[80] = "";
    if (set->passed_over > 0) snprintf(passed, sizeof passed, " (%.60s is no data)", set->first_passed);
    return loci_fail(error, LOCI_E_FORMAT, "%s: no sequence is of class %s; each class needs one%s",
                     set->folder, quoted, passed);
}

void loci_dataset_permutation(size_t *order, size_t count, uint64_t seed)
{
    loci_random_permutation(order, count, loci_random_key(seed, loci_random_stream("permutation")));
}

static loci_status permute(loci_dataset *set, uint64_t seed, loci_error *error)
{
    const size_t length = set->items[0].length;
    for (size_t i = 1; i < set->count; i++)
        if (set->items[i].length != length) {
            char name[80];
            item_describe(set, i, name, sizeof name);
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "%.80s: cannot be permuted: %s has %zu samples, and those before it have %zu",
                             set->folder, name, set->items[i].length, length);
        }
    set->order = loci_dataset_allocate(set, length, sizeof *set->order);
    if (!set->order) return loci_dataset_no_memory(set, error);
    loci_dataset_permutation(set->order, length, seed);
    set->permutation = seed;
    return LOCI_OK;
}

size_t loci_dataset_item_size(const loci_dataset *set, const loci_dataset_item *item)
{
    return item->length * (set->coded    ? sizeof(uint16_t)
                           : set->planes ? set->planes
                                         : set->inputs * sizeof(float));
}

static loci_status source_of_items(loci_dataset *set, loci_error *error)
{
    set->source = (loci_dataset_source){.context = set,
                                        .count = set->count,
                                        .inputs = set->inputs,
                                        .target = set->target,
                                        .outputs = set->target.values ? set->outputs : set->classes,
                                        .rate = set->rate,
                                        .length = item_length,
                                        .read = item_read,
                                        .read_target = item_target,
                                        .describe = item_describe};
    const loci_status status = loci_dataset_pick_all(set, error);
    if (status) return status;
    for (size_t i = 0; i < set->count; i++) {
        const loci_dataset_item *item = &set->items[i];
        set->hash[i] = loci_dataset_hash(item->data, loci_dataset_item_size(set, item));
        set->mark[i] = set->coded ? ((const uint16_t *)item->data)[item->length]
                       : item->target
                           ? loci_dataset_hash(item->target, loci_dataset_target_size(set, item->length) *
                                                                 sizeof *item->target)
                           : item->label;
    }
    loci_dataset_take_stock(set);
    return LOCI_OK;
}

/* A kind with one sort of targets has not looked at which were asked for. */
static loci_status check_target(const loci_dataset *set, const loci_dataset_options *options,
                                loci_error *error)
{
    static const char *const names[2][2] = {{"one label", "a label at every sample"},
                                            {"values", "values at every sample"}};
    const loci_target *is = &set->target, *wanted = &options->target;
    if (!options->target_given || (!is->values == !wanted->values && !is->each == !wanted->each))
        return LOCI_OK;
    if (is->each == LOCI_TARGET_NEXT)
        return loci_fail(error, LOCI_E_MISMATCH, "%s: is a text, for the task next; %s were expected",
                         set->folder, names[wanted->values != 0][wanted->each != 0]);
    return loci_fail(error, LOCI_E_MISMATCH, "%s: each sequence has %s; %s were expected", set->folder,
                     names[is->values != 0][is->each != 0], names[wanted->values != 0][wanted->each != 0]);
}

static loci_status read_set(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    loci_status status = choose_kind(set, options, error);
    if (status == LOCI_OK) status = set->kind->read(set, options, error);
    if (status != LOCI_OK) return status;
    if (set->count == 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: its %s split is empty", set->folder,
                         options->test == LOCI_SPLIT_VALID ? "validation"
                         : options->test                   ? "test"
                                                           : "training");
    status = check_target(set, options, error);
    if (status != LOCI_OK) return status;
    if (set->classes > 0 && options->classes && !set->coded)
        status = map_classes(set, options, error);
    else if (set->classes > 0 && set->found)
        status = check_classes(set, error);
    if (status == LOCI_OK && options->reading.test > 0 && !set->split && options->test != LOCI_SPLIT_VALID)
        status = loci_dataset_hold(set, options->reading.test, options->test != 0, error);
    if (status == LOCI_OK && options->reading.permuted)
        status = permute(set, options->reading.permutation, error);
    return status == LOCI_OK ? source_of_items(set, error) : status;
}

loci_status loci_dataset_open(loci_dataset **result, const char *path, const loci_dataset_options *given,
                              loci_error *error)
{
    loci_dataset_options whole = {0};
    const loci_dataset_options *options = &whole;
    *result = NULL;
    if (given) {
        const loci_status status =
            LOCI_SIZED_TAKE_SINCE(&whole, given, loci_dataset_options, reading.skip, error);
        if (status) return status;
    }
    loci_dataset *set = loci_allocate(1, sizeof *set);
    if (!set) return loci_fail(error, LOCI_E_MEMORY, "%.100s: out of memory", path);
    loci_input_name(set->folder, sizeof set->folder, path);
    set->path = path;
    const loci_status status = read_set(set, options, error);
    set->path = NULL;
    if (status != LOCI_OK)
        loci_dataset_close(set);
    else
        *result = set;
    return status;
}
