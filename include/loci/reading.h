/* SPDX-License-Identifier: MIT
 *
 * loci/reading.h - how labelled sequences are read from files: which columns, which files, how they are cut. A model keeps
 * how its training data were read (model.h), so that the next data are read likewise (dataset.h).
 */
#ifndef LOCI_READING_H
#define LOCI_READING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `each` of targets (dataset.h, task.h) that are the samples that follow: texts, whose classes are their characters. */
#define LOCI_TARGET_NEXT 2

/* All zero: everything, as it is. Texts are UTF-8. */
typedef struct {
    int gray; /* images: colours to one channel, 0.299 R + 0.587 G + 0.114 B */
    int mono; /* sounds and other signals in files: the mean of all channels, so that files may have different ones */
    int permuted; /* every sequence's samples in one random order, which `permutation` seeds; all sequences must have the
                     same length */
    uint64_t permutation;
    /* Files: their names, with {label} where the label stands and * for any other text, both as short as they can be, as
     * in "{label}_*"; a file that does not fit is an error. NULL: sub-folders. Tables: the column of classes. */
    const char *label;
    const char *value; /* tables: the column of values to be learned, by name or number, instead of a label */
    const char *group; /* tables: the column that names the sequence of a row; NULL: all rows are one */
    const char *time;  /* tables: the column of times, which is no input; NULL: none */
    const char *const
        *columns; /* tables: [column_count] the inputs, by name or number; NULL: all that are left */
    size_t column_count;
    /* tables: sequences are cut into windows of so many rows, one every `stride`; 0: not cut */
    size_t window, stride;
    /* Files: shell patterns; only those that match the one and not the other, by their name or by "class/name". NULL: all,
     * none */
    const char *match, *except;
    double resample; /* sounds: Hz to resample to, as loci_resampler (data.h) does; 0: as it is */
    double test; /* the share that is held out as the test split where the data have none, below 1; 0: none */
    size_t skip; /* text: lines to leave out at the beginning of each file */
    char decimal; /* text: '.' or ',' before the decimals; 0: '.' */
    int bytes; /* texts: tokens are the bytes of any file; 0: the characters of UTF-8. Their `window` is how many are a
                    sequence, and `test` their end */
    size_t
        horizon; /* tables: what is learned of a window are the values that follow it, of so many rows: of the column
                       `value`, or of all inputs, a row after the other; `window` 0 is then 336, `stride` 0 every row. `test`, and
                       what is divided off, are the last windows. 0: not */
    int hold; /* tables, files, arrays, sequences of UCR: where a number is missing, the one before it in its sequence (of a
                    table in its group) stands, which must have one; a target never, but what a horizon is of. 0: it is an error */
    /* [learned_count] as a model keeps it: how the data call the columns that are learned, for its answers to be called so,
     * where `value` or `columns` do not tell; looked at by nothing that reads. NULL: they have no names */
    const char *const *learned;
    size_t learned_count;
    /* [input_count] as a model keeps it: how the training data call its inputs, where `columns` does not tell. A table, or files,
     * with a column of each of these names are read by them, in this order; others as without. NULL: they have no names */
    const char *const *inputs;
    size_t input_count;
} loci_reading;

#ifdef __cplusplus
}
#endif
#endif
