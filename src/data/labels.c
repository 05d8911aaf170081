/* SPDX-License-Identifier: MIT
 * labels.c - labels as they stand in files, and the classes that they name. */
#include "data/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/utf8.h"
#include "data/field.h"
#include "data/quote.h"

enum { MOST = 255 }; /* bytes of a label */

/* Whether the text is a number. Another may follow it at once, as in an array of words: it is read from a copy that ends. */
static bool number_of(double *value, const char *text, size_t length)
{
    char copy[MOST + 1];
    if (length == 0 || length > MOST) return false;
    memcpy(copy, text, length);
    copy[length] = 0;
    const loci_field field = {.begin = copy, .end = copy + length};
    return loci_field_classify(&field, '.', value) == LOCI_FIELD_NUMBER;
}

const char *loci_labels_expected(const char *text, size_t length)
{
    if (length > MOST) return "at most 255 bytes were expected";
    for (size_t size; length > 0; text += size, length -= size) {
        size = loci_utf8_length((const unsigned char *)text, length);
        if (size == 0) return "valid UTF-8 was expected";
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return "text without control characters was expected";
    }
    return NULL;
}

static size_t find_slot(const loci_labels *labels, const char *name)
{
    const size_t mask = labels->slot_count - 1;
    size_t slot = (size_t)loci_dataset_hash(name, strlen(name)) & mask;
    while (labels->slots[slot] && strcmp(labels->names[labels->slots[slot] - 1], name) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

/* Room for one more name, and slots of which at most half are used. */
static bool grow(loci_labels *labels)
{
    if (labels->count < labels->room) return true;
    const size_t room = labels->room ? 2 * labels->room : 64;
    const char **names = loci_allocate(room, sizeof *names);
    size_t *slots = loci_allocate(2 * room, sizeof *slots);
    if (!names || !slots) {
        loci_free(names);
        loci_free(slots);
        return false;
    }
    if (labels->count) memcpy(names, labels->names, labels->count * sizeof *names);
    loci_labels_release(&(loci_labels){.names = labels->names, .slots = labels->slots});
    labels->names = names, labels->slots = slots;
    labels->room = room, labels->slot_count = 2 * room;
    for (size_t i = 0; i < labels->count; i++) slots[find_slot(labels, names[i])] = i + 1;
    return true;
}

loci_status loci_labels_add(loci_labels *labels, size_t *code, loci_dataset *set, const char *text,
                            size_t length, loci_error *error)
{
    char name[MOST + 1];
    double value;
    if (!grow(labels)) return loci_dataset_no_memory(set, error);
    if (!labels->exact && number_of(&value, text, length) && value == floor(value) && fabs(value) < 1e15)
        snprintf(name, sizeof name, "%.0f", value == 0 ? 0 : value);
    else
        loci_quote(name, sizeof name, text, length);
    const size_t slot = find_slot(labels, name);
    if (!labels->slots[slot]) {
        const char *copy = loci_dataset_text(set, name, strlen(name));
        if (!copy) return loci_dataset_no_memory(set, error);
        labels->names[labels->count++] = copy;
        labels->slots[slot] = labels->count;
    }
    *code = labels->slots[slot] - 1;
    return LOCI_OK;
}

void loci_labels_release(loci_labels *labels)
{
    loci_free(labels->names);
    loci_free(labels->slots);
}

/* ---- classes ---- */

typedef struct {
    const char *name;
    double number;
    size_t code;
} entry;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = ((const entry *)a)->number, y = ((const entry *)b)->number;
    return x < y ? -1 : x > y ? 1 : compare_names(a, b);
}

loci_status loci_labels_classes(size_t *class, const loci_labels *labels, loci_dataset *set,
                                loci_error *error)
{
    const size_t count = labels->count;
    entry *entries = loci_allocate(count, sizeof *entries);
    set->names = loci_dataset_allocate(set, count, sizeof *set->names);
    if (!entries || !set->names) {
        loci_free(entries);
        return loci_dataset_no_memory(set, error);
    }
    bool numbers = true;
    for (size_t i = 0; i < count; i++) {
        entries[i] = (entry){.name = labels->names[i], .code = i};
        numbers = number_of(&entries[i].number, entries[i].name, strlen(entries[i].name)) && numbers;
    }
    qsort(entries, count, sizeof *entries, numbers ? compare_numbers : compare_names);
    for (size_t c = 0; c < count; c++) {
        set->names[c] = entries[c].name;
        class[entries[c].code] = c;
    }
    set->classes = count;
    loci_free(entries);
    return LOCI_OK;
}
