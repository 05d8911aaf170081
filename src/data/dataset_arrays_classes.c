/* SPDX-License-Identifier: MIT
 * dataset_arrays_classes.c - the classes of arrays: whole numbers from anywhere, or words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/dataset_arrays.h"

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Labels of words become the places of these among all words, sorted as classes are. */
static void place_words(loci_arrays_split *s, const size_t *place)
{
    for (size_t i = 0; i < s->y.shape[0]; i++) {
        double *label = s->y.data + i * s->stride;
        for (size_t k = 0; k < loci_arrays_target_size(s, i); k++) label[k] = (double)place[(size_t)label[k]];
    }
}

static loci_status sort_words(loci_dataset *set, loci_arrays_split *s, loci_arrays_split *training,
                              const loci_labels *labels, loci_error *error)
{
    size_t *place = loci_allocate(labels->count, sizeof *place);
    if (!place) return loci_dataset_no_memory(set, error);
    const loci_status status = loci_labels_classes(place, labels, set, error);
    if (status == LOCI_OK) {
        place_words(s, place);
        if (training != s) place_words(training, place);
    }
    loci_free(place);
    return status;
}

/* *found [*count] = the different labels of the split, ascending, to be released by loci_free; false: out of memory. */
static bool find_labels(double **found, size_t *count, const loci_arrays_split *s)
{
    size_t labels = 0, kept = 0;
    for (size_t i = 0; i < s->y.shape[0]; i++) labels += loci_arrays_target_size(s, i);
    double *all = loci_allocate(labels, sizeof *all);
    if (!all) return false;
    for (size_t i = 0; i < s->y.shape[0]; i++) {
        const double *label = s->y.data + i * s->stride;
        /* of a run, as labels at every sample have them, the first is enough */
        for (size_t k = 0; k < loci_arrays_target_size(s, i); k++)
            if (kept == 0 || all[kept - 1] != label[k]) all[kept++] = label[k];
    }
    qsort(all, kept, sizeof *all, compare);
    *count = 0;
    for (size_t i = 0; i < kept; i++)
        if (*count == 0 || all[*count - 1] != all[i]) all[(*count)++] = all[i];
    *found = all;
    return true;
}

/* names [count] of the labels found: of words their own, of numbers these. */
static bool name_labels(loci_dataset *set, const double *found, size_t count, bool words)
{
    const char **names = loci_dataset_allocate(set, count, sizeof *names);
    for (size_t c = 0; names && c < count; c++) {
        char text[24];
        snprintf(text, sizeof text, "%.0f", found[c] == 0 ? 0 : found[c]);
        names[c] = words ? set->names[(size_t)found[c]] : loci_dataset_text(set, text, strlen(text));
        if (!names[c]) return false;
    }
    set->names = names;
    set->classes = count;
    return names != NULL;
}

/* Labels of s become their places among those found. all [..]: the names of words, else NULL. */
static loci_status place_labels(const loci_dataset *set, loci_arrays_split *s, const double *found,
                                size_t count, const char *const *all, loci_error *error)
{
    for (size_t i = 0; i < s->y.shape[0]; i++) {
        double *label = s->y.data + i * s->stride;
        for (size_t k = 0; k < loci_arrays_target_size(s, i); k++) {
            const double *at = bsearch(&label[k], found, count, sizeof *found, compare);
            if (!at) {
                static const char *const splits[3] = {"train", "test", "valid"};
                char number[24];
                snprintf(number, sizeof number, "%.0f", label[k]);
                return loci_fail(
                    error, LOCI_E_FORMAT,
                    "%.100s: %s_y.npy: a label of sequence %zu is %.60s, which the training split lacks",
                    set->folder, splits[s->number], i, all ? all[(size_t)label[k]] : number);
            }
            label[k] = (double)(at - found);
        }
    }
    return LOCI_OK;
}

loci_status loci_arrays_classes(loci_dataset *set, loci_arrays_split *s, loci_arrays_split *training,
                                const loci_labels *labels, loci_error *error)
{
    double *found;
    size_t count;
    if (s->words) {
        const loci_status status = sort_words(set, s, training, labels, error);
        if (status != LOCI_OK) return status;
    }
    const char *const *all = s->words ? set->names : NULL;
    if (!find_labels(&found, &count, training)) return loci_dataset_no_memory(set, error);
    loci_status status =
        name_labels(set, found, count, s->words) ? LOCI_OK : loci_dataset_no_memory(set, error);
    if (status == LOCI_OK) status = place_labels(set, s, found, count, all, error);
    loci_free(found);
    return status;
}
