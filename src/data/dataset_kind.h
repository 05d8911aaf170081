/* SPDX-License-Identifier: MIT
 * data/dataset_kind.h - what the kinds of data set have in common behind loci_dataset. */
#ifndef LOCI_DATA_DATASET_KIND_H
#define LOCI_DATA_DATASET_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>

typedef struct {
    const void *data; /* bytes [planes][length], or float [length][inputs] */
    size_t length, label;
    const char *file; /* within the folder, for messages */
    size_t number;    /* of the sequence in the file */
    uint64_t hash;    /* of the content; dataset.c fills it */
} loci_dataset_item;

/* One kind. fits: the folder holds what this kind reads. read fills inputs, planes or none, the items of the
 * split with labels below `classes`, names [classes], and where it has one the rate; when it fails, the set is
 * closed. It heeds test, gray, label, match, except, resample, and of classes only whether they are given;
 * dataset.c does the rest. */
typedef struct {
    const char *name, *item; /* item: what a file holds many of, for messages; NULL: one sequence a file */
    bool images, sounds;     /* gray, or label, match, except and resample mean something */
    bool (*fits)(const loci_dataset *set, const loci_dataset_options *options);
    loci_status (*read)(loci_dataset *set, const loci_dataset_options *options, loci_error *error);
} loci_dataset_kind;

extern const loci_dataset_kind loci_dataset_cifar, loci_dataset_idx, loci_dataset_arrays, loci_dataset_audio;

struct loci_dataset {
    const loci_dataset_kind *kind;
    const char *path;
    char folder[160]; /* the path as it may stand in a message */
    loci_dataset_item *items;
    size_t count, room;
    size_t inputs;
    size_t planes; /* of bytes; 0: the data are floats */
    bool gray;     /* of 3 planes */
    double rate;
    const char **names; /* [classes] */
    size_t classes;
    bool found;    /* the classes were found in this very split: none may be without a sequence */
    size_t *order; /* [longest]: sample k is sample order[k] of the data; NULL: as they are */
    uint64_t permutation;
    void *blocks; /* what is released with the set, a list */
    bool part;    /* of another set, whose memory it uses */
    size_t longest;
    uint64_t samples, fingerprint;
};

/* Memory as loci_allocate's, released with the set. */
void *loci_dataset_allocate(loci_dataset *set, size_t count, size_t size);
/* "folder/file" likewise, of two parts or more in a folder: a copy of text [length]. */
char *loci_dataset_text(loci_dataset *set, const char *text, size_t length);
/* The path of a file in the folder, to be released by loci_free; NULL: out of memory. */
char *loci_dataset_path(const loci_dataset *set, const char *file);
bool loci_dataset_has(const loci_dataset *set, const char *file);
/* Appends an item; false: out of memory. */
bool loci_dataset_add(loci_dataset *set, const loci_dataset_item *item);
/* classes = count, named "0", "1", ... */
bool loci_dataset_number_classes(loci_dataset *set, size_t count);
loci_status loci_dataset_no_memory(const loci_dataset *set, loci_error *error);

#endif
