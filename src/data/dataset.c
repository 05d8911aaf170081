/* SPDX-License-Identifier: MIT
 * dataset.c - data sets of any kind: their memory, what they are known by, reading. */
#include "data/dataset_kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "data/dataset_frame.h"

/* --- memory, and what the kinds share --- */

#define BLOCK_HEAD 64 /* bytes before a block, which hold the address of the next one */

void *loci_dataset_allocate(loci_dataset *set, size_t count, size_t size)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, count, size) || !loci_size_add(&bytes, bytes, BLOCK_HEAD)) return NULL;
    char *block = loci_allocate(bytes, 1);
    if (!block) return NULL;
    memcpy(block, &set->blocks, sizeof set->blocks);
    set->blocks = block;
    return block + BLOCK_HEAD;
}

char *loci_dataset_text(loci_dataset *set, const char *text, size_t length)
{
    char *copy = loci_dataset_allocate(set, length + 1, 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

bool loci_dataset_add(loci_dataset *set, const loci_dataset_item *item)
{
    if (set->count == set->room) {
        const size_t room = set->room ? 2 * set->room : 1024;
        loci_dataset_item *items = loci_allocate(room, sizeof *items);
        if (!items) return false;
        if (set->count) memcpy(items, set->items, set->count * sizeof *items);
        loci_free(set->items);
        set->items = items;
        set->room = room;
    }
    set->items[set->count++] = *item;
    return true;
}

bool loci_dataset_number_classes(loci_dataset *set, size_t count)
{
    enum { DIGITS = 24 };
    set->names = loci_dataset_allocate(set, count, sizeof *set->names);
    char *text = loci_dataset_allocate(set, count, DIGITS);
    if (!set->names || !text) return false;
    for (size_t c = 0; c < count; c++, text += DIGITS) {
        snprintf(text, DIGITS, "%zu", c);
        set->names[c] = text;
    }
    set->classes = count;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

loci_status loci_dataset_check_names(const loci_dataset *set, const char *const *names, size_t count,
                                     const char *file, loci_error *error)
{
    const char **sorted = loci_allocate(count, sizeof *sorted);
    if (!sorted) return loci_dataset_no_memory(set, error);
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    size_t c = 1;
    while (c < count && strcmp(sorted[c - 1], sorted[c]) != 0) c++;
    const char *twice = c < count ? sorted[c] : NULL;
    loci_free(sorted);
    if (!twice) return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, "%s: %s names class %.40s twice", set->folder, file, twice);
}

loci_status loci_dataset_no_memory(const loci_dataset *set, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", set->folder);
}

static uint64_t hash_word(uint64_t hash, uint64_t word)
{
    return loci_random_mix(hash + 0x9e3779b97f4a7c15u) ^ loci_random_mix(word + 0x6a09e667f3bcc909u);
}

uint64_t loci_dataset_hash(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = size, word;
    for (; size >= sizeof word; size -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = loci_random_mix(hash ^ word) + 0x9e3779b97f4a7c15u;
    }
    word = 0;
    memcpy(&word, bytes, size);
    return loci_random_mix(hash ^ word);
}

void loci_dataset_take_stock(loci_dataset *set)
{
    const loci_dataset_source *source = &set->source;
    uint64_t hash = loci_random_stream(set->kind->name);
    set->longest = 0;
    set->samples = 0;
    for (size_t i = 0; i < set->picks; i++) {
        const size_t length = source->length(source->context, set->pick[i]);
        if (length > set->longest) set->longest = length;
        set->samples += length;
        hash = hash_word(hash_word(hash, set->hash[set->pick[i]]), length);
        hash = hash_word(hash, set->mark[set->pick[i]]);
    }
    for (size_t c = 0; c < set->classes; c++) hash = hash_word(hash, loci_random_stream(set->names[c]));
    hash = hash_word(hash_word(hash, source->inputs), set->gray);
    if (source->target.values || source->target.each)
        hash = hash_word(hash, 2 * source->outputs + (source->target.each != 0));
    if (set->order) hash = hash_word(hash, set->permutation);
    if (set->origin) {
        hash = hash_word(hash, loci_dataset_hash(set->origin, source->inputs * sizeof *set->origin));
        hash = hash_word(hash, loci_dataset_hash(set->unit, source->inputs * sizeof *set->unit));
    }
    set->fingerprint = hash_word(hash, (uint64_t)llrint(source->rate * 1000));
}

size_t loci_dataset_target_size(const loci_dataset *set, size_t length)
{
    const loci_target *target = &set->source.target;
    return (target->values ? set->source.outputs : 1) * (target->each ? length : 1);
}

loci_status loci_dataset_pick_all(loci_dataset *set, loci_error *error)
{
    const size_t count = set->source.count;
    set->pick = loci_allocate(count, sizeof *set->pick);
    set->hash = loci_dataset_allocate(set, count, sizeof *set->hash);
    set->mark = loci_dataset_allocate(set, count, sizeof *set->mark);
    if (!set->pick || !set->hash || !set->mark) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < count; i++) set->pick[i] = i;
    set->picks = count;
    return LOCI_OK;
}

void loci_dataset_close(loci_dataset *set)
{
    if (!set) return;
    void *block = set->part ? NULL : set->blocks;
    while (block) {
        void *next;
        memcpy(&next, block, sizeof next);
        loci_free(block);
        block = next;
    }
    if (!set->part && set->source.close) set->source.close(set->source.context);
    if (!set->part) loci_dataset_drop_items(set);
    if (!set->part) loci_free(set->items);
    loci_free(set->pick);
    loci_free(set);
}

/* --- what is there --- */

void loci_dataset_inspect_sized(const loci_dataset *set, loci_dataset_info *info, size_t size)
{
    const loci_dataset_info whole = {.kind = set->kind->name,
                                     .sequences = set->picks,
                                     .inputs = set->source.inputs,
                                     .longest = set->longest,
                                     .samples = set->samples,
                                     .target = set->source.target,
                                     .outputs = set->source.outputs,
                                     .classes = set->classes,
                                     .names = set->names,
                                     .rate = set->source.rate,
                                     .fingerprint = set->fingerprint,
                                     .origin = set->origin,
                                     .unit = set->unit,
                                     .split = set->split,
                                     .held_out = set->held,
                                     .passed_over = set->passed_over,
                                     .first_passed = set->first_passed,
                                     .time_like = set->time_like,
                                     .units_line = set->units_line,
                                     .comments = set->comments,
                                     .comment_line = set->comment_line,
                                     .empty_column = set->empty_column,
                                     .validates = set->validates,
                                     .value_names = set->value_names,
                                     .input_names = set->input_names,
                                     .value_count = set->value_count,
                                     .missing = set->missing,
                                     .rows = set->rows,
                                     .columns = set->columns,
                                     .overlap = set->near > 1};
    loci_sized_give(info, size, &whole, sizeof whole);
}

size_t loci_dataset_length(const loci_dataset *set, size_t i)
{
    return set->source.length(set->source.context, set->pick[i]);
}

size_t loci_dataset_label(const loci_dataset *set, size_t i)
{
    return (size_t)set->mark[set->pick[i]];
}

void loci_dataset_name(const loci_dataset *set, size_t i, char *text, size_t size)
{
    if (set->source.describe)
        set->source.describe(set->source.context, set->pick[i], text, size);
    else
        snprintf(text, size, "sequence %zu", set->pick[i]);
}

void loci_dataset_read(const loci_dataset *set, size_t i, float *u)
{
    set->source.read(set->source.context, set->pick[i], u);
}

size_t loci_dataset_targets(const loci_dataset *set, size_t i)
{
    return set->source.target.each ? loci_dataset_length(set, i) : 1;
}

void loci_dataset_read_target(const loci_dataset *set, size_t i, double *target)
{
    set->source.read_target(set->source.context, set->pick[i], target);
}
