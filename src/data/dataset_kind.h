/* SPDX-License-Identifier: MIT
 * data/dataset_kind.h - what the kinds of data set have in common behind loci_dataset. */
#ifndef LOCI_DATA_DATASET_KIND_H
#define LOCI_DATA_DATASET_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>

typedef struct {
    const void *data; /* bytes [planes][length], float [length][inputs], or coded, uint16_t [length + 1] */
    size_t length, label;
    double *target;   /* [1], [length], [outputs] or [length][outputs]; NULL: the label is it */
    const char *file; /* within the folder, for messages */
    size_t number;    /* of the sequence in the file */
    uint64_t group;   /* of a set that is grouped: sequences of the same one stay together */
} loci_dataset_item;

/* One kind. fits: the folder holds what this kind reads. read fills inputs, planes or none, the items of the
 * split with labels below `classes`, names [classes] (or with targets, and what these are), and where it has one the rate; when it
 * fails, the set is closed. It heeds test, gray, label, match, except, resample, and of classes only whether they are given;
 * dataset_open.c does the rest. */
typedef struct {
    const char *name, *item; /* item: what a file holds many of, for messages; NULL: one sequence a file */
    bool tables;             /* value, group, window and so on mean something */
    bool images, sounds;     /* gray, or label, match, except and resample mean something */
    bool texts;              /* bytes and window mean something; targets are the next samples */
    bool (*fits)(const loci_dataset *set, const loci_dataset_options *options);
    loci_status (*read)(loci_dataset *set, const loci_dataset_options *options, loci_error *error);
} loci_dataset_kind;

extern const loci_dataset_kind loci_dataset_cifar, loci_dataset_idx, loci_dataset_arrays, loci_dataset_audio,
    loci_dataset_files, loci_dataset_table, loci_dataset_ucr, loci_dataset_tokens;

/* A set is a source and which of its sequences are the set's own. The source of a folder is the set itself with its items, in
 * memory: what a kind reads is behind the same callbacks as what is not read by us. */
struct loci_dataset {
    loci_dataset_source source;
    size_t *pick; /* [picks] the set's sequences, by their numbers within the source */
    size_t picks;
    uint64_t *hash; /* [source.count] of the content of each */
    uint64_t *mark; /* [source.count] of the target of each: a label itself */
    const loci_dataset_kind *kind;
    char folder[160];   /* the path as it may stand in a message */
    const char **names; /* [classes] */
    size_t classes;
    void *blocks; /* what is released with the set, a list */
    /* [inputs]: numbers are kept as (x - origin) unit; NULL: as they are; dataset_frame.h */
    double *origin, *unit;
    bool part; /* of another set, whose memory it uses */
    size_t longest;
    uint64_t samples, fingerprint;

    /* of a folder: */
    const char *path;
    bool is_file; /* the path is a file, not a folder */
    loci_dataset_item *items;
    size_t count, room;
    bool wide; /* while it is read: its items are doubles, dataset_frame.h */
    size_t inputs;
    loci_target target;
    size_t outputs;       /* values of a target */
    size_t planes;        /* of bytes; 0: the data are floats */
    size_t rows, columns; /* of images; 0: they are none */
    bool gray;            /* of 3 planes */
    bool ordered;         /* sequences follow one another in time: the last ones are divided off */
    bool coded;           /* samples are tokens, and the target of each is the next one */
    double rate;
    bool grouped; /* items have groups */
    size_t
        near; /* windows i and j of a table (of a group of it) share rows where |i - j| < near; 0: these are none */
    bool split;         /* the data have a test split of their own */
    bool validates;     /* and one to validate with */
    size_t held;        /* sequences of the other split, where a share is held out */
    size_t passed_over; /* files that are no data, of which this is the first */
    const char *first_passed;
    const char *time_like;                                   /* an input that looks like times; NULL: none */
    size_t units_line, empty_column, comments, comment_line; /* as loci_dataset_info has them */
    const char **value_names; /* [value_count] the columns that are learned; NULL: they have no names */
    size_t value_count;
    const char **input_names; /* [inputs] of columns that have names, each its own; NULL: they have none */
    uint64_t missing;         /* numbers that others stand for, dataset_gaps.h */
    bool found;               /* the classes were found in this very split: none may be without a sequence */
    size_t *order;            /* [longest]: sample k is sample order[k] of the data; NULL: as they are */
    uint64_t permutation;
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
/* No two names [count] of classes, which a file gives, are the same. */
loci_status loci_dataset_check_names(const loci_dataset *set, const char *const *names, size_t count,
                                     const char *file, loci_error *error);
loci_status loci_dataset_no_memory(const loci_dataset *set, loci_error *error);

/* Leaves the items of the training split, or of the test split, which is a share of each class. LOCI_E_ARGUMENT: there is nothing
 * to divide. */
loci_status loci_dataset_hold(loci_dataset *set, double share, bool test, loci_error *error);

/* The same for windows of one long table or text: the last ones of each class. What shares rows with them is in neither split. */
loci_status loci_dataset_hold_last(loci_dataset *set, double share, bool test, loci_error *error);
/* Of windows of one table: touched = which share rows with one that is out, these included. Both are [items], or [picks] where there are. */
void loci_dataset_touch(bool *touched, const bool *out, const loci_dataset *set);

/* Red, green and blue, that are a plane apart, as one number. */
float loci_dataset_gray(const unsigned char *pixel, size_t plane);

/* Bytes of what an item's samples are kept in. */
size_t loci_dataset_item_size(const loci_dataset *set, const loci_dataset_item *item);

/* Doubles of the target of a sequence of so many samples. */
size_t loci_dataset_target_size(const loci_dataset *set, size_t length);
/* pick = all sequences of the source, with room for their hashes and marks. LOCI_E_MEMORY. */
loci_status loci_dataset_pick_all(loci_dataset *set, loci_error *error);
/* Of bytes, for hash and mark. */
uint64_t loci_dataset_hash(const void *data, size_t size);
/* What follows from the sequences that were picked. */
void loci_dataset_take_stock(loci_dataset *set);

#endif
