/* SPDX-License-Identifier: MIT
 *
 * loci/dataset.h - sequences with targets, from folders, arrays and callbacks, to train and to measure models with. Part
 * of libloci-train.
 *
 * What a path is, its content says:
 *
 * - CIFAR-10, binary: a folder with data_batch_1.bin to data_batch_5.bin (training; those that are there) and
 *   test_batch.bin; a sequence is an image of 1024 pixels, row by row, 3 inputs (red, green, blue) or, gray, 1;
 *   batches.meta.txt, if there, names the classes, else they have the names of CIFAR-10;
 * - MNIST and its kind, IDX: a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte,
 *   t10k-labels-idx1-ubyte, each of them plain or .gz; a sequence is an image, row by row, 1 input. Classes are
 *   "0", "1", ... to the greatest label of the training split;
 * - files, or audio where these have a rate: a folder of signals (data.h): sounds, CSV, NPY. A file's label is the name of
 *   the sub-folder it is in, or, with reading.label, stands in its name; classes are sorted by name, by number where all are
 *   numbers. A sequence is a file, an input each channel; all files have the same channels, columns of the same names in
 *   whatever order, and, unless resampled, the same rate. With sub-folders train and test these are the splits; else all files
 *   are in both, and match, except or a share that is held out tell them apart. Names that begin with a dot do not
 *   count, nor files beside the sub-folders of the classes. A file that cannot be read is passed over where it is called README
 *   or LICENSE, or where its name ends otherwise than most do; elsewhere it is an error;
 * - table: a CSV file of which reading.label or reading.value names the column to be learned, and reading.group the one that
 *   says which sequence a row belongs to, or reading.window how many rows are one; the other columns of numbers are inputs.
 *   Groups are told apart to the letter; of labels, whole numbers in any spelling are one class. A line that begins
 *   with # is a row only where it has as many fields, with numbers where they belong;
 * - ucr, the UCR and UEA archives: NAME_TRAIN.ts, .tsv or .txt, or the folder it is in; NAME_TEST beside it is the test split,
 *   or NAME_test of NAME_train;
 * - arrays: a folder with train_x.npy, train_y.npy, test_x.npy, test_y.npy: x [sequences][samples] or
 *   [sequences][samples][inputs]; y [sequences] one label each, words (NumPy's U and S) or whole numbers, of which each that
 *   the training split has names a class, sorted by number where all are numbers, else by name; [sequences][samples] a label at every
 *   sample; [sequences] or [sequences][values] values; [sequences][samples] or [sequences][samples][values] values at every
 *   sample. Where it is not told (options.target), words and integers are labels and other numbers values, but that numbers
 *   [sequences] which all are whole and not negative are labels, and [sequences][n] with n other than the samples and
 *   [sequences][samples][values] are values whatever their type. Sequences of different lengths have them in
 *   train_length.npy and test_length.npy [sequences]: what is behind the end of a sequence, in x and y, is not read.
 *   valid_x.npy, valid_y.npy and valid_length.npy are a split to validate with.
 *   classes.txt, if there, names classes that are numbers, a line each, the least number of the training split first, no two the
 *   same; rate.txt holds the rate in Hz.
 *
 * - text: a file that is none of the above, nor by its name one of numbers or of sound, or any file with reading.bytes: UTF-8,
 *   also .gz. A sequence is reading.window tokens, 256 where it is 0; a token is a character, of which each that the text has
 *   (or, options.classes, the model knows) is a class, by its number, or a byte, classes "0" to "255". The one input is the
 *   token's class, the target of each sample the next one.
 *
 * Pixels are 0 to 255, sound is -1 to 1, arrays are as they are: a model's shift and scale, learned from
 * loci_dataset_moments, do the rest. Images stay bytes in memory, sound and arrays float.
 *
 * Everything that is refused is named: file, and position in it.
 */
#ifndef LOCI_DATASET_H
#define LOCI_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include <loci/reading.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct loci_dataset loci_dataset;

/* `test` of options: the validation split of arrays that have one (loci_dataset_info.validates); of others LOCI_E_ARGUMENT. */
#define LOCI_SPLIT_VALID 2

/* What is to be learned of a sequence: one label, a label at every sample, some values, some values at every sample. */
typedef struct {
    int values; /* numbers; 0: labels, each the number of a class */
    int each; /* at every sample; 0: one target for the sequence; LOCI_TARGET_NEXT: the next sample, at every one */
} loci_target;

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    int test;    /* the test split; 0: the training split; LOCI_SPLIT_VALID: what there is to validate with */
    /* [class_count] the classes of a model: labels are found among them by name (but a number, where none of them is one,
     * is their place, from 0), and another label is an error. NULL: those that are found */
    const char *const *classes;
    size_t class_count;
    int target_given; /* targets are to be `target`; 0: what they look like */
    loci_target target;
    loci_reading reading; /* how it is read; the last, since it may grow */
} loci_dataset_options;

/* options NULL: all zero. An empty split, a class without a sequence (or file) or one class alone where classes are found, a
 * label out of range, a damaged or cut file, an empty sound, a number that is not finite are errors; one that is missing (NAN) is
 * held with reading.hold. */
LOCI_API loci_status loci_dataset_open(loci_dataset **set, const char *path,
                                       const loci_dataset_options *options, loci_error *error);
LOCI_API void loci_dataset_close(loci_dataset *set); /* NULL is allowed */

typedef struct {
    const char *kind; /* "cifar-10", "idx", "files", "audio", "table", "ucr", "arrays", "text", "source" */
    size_t sequences, inputs;
    size_t longest;   /* samples of the longest sequence */
    uint64_t samples; /* of all sequences together */
    loci_target target;
    size_t outputs;           /* classes, or values of a target */
    size_t classes;           /* 0: targets are values */
    const char *const *names; /* [classes]; as long as the set */
    double rate;              /* Hz; 0: it has none */
    uint64_t
        fingerprint; /* of the kind, sizes, labels, lengths and (some of) the content: another set has another */
    /* [inputs]: loci_dataset_read gives (x - origin) unit, since floats of x itself would lose what x is about; NULL: x.
     * Training, evaluation and moments see to it */
    const double *origin, *unit;
    int split;          /* the data have a test split of their own */
    size_t held_out;    /* sequences that reading.test left to the other split; 0: none */
    size_t passed_over; /* files that are no data, of which `first_passed` is one */
    const char *first_passed;
    /* of tables: an input that looks like times, which reading.time would leave out; NULL: none */
    const char *time_like;
    int validates; /* the data have a validation split of their own: LOCI_SPLIT_VALID */
    /* of tables whose columns have names: [outputs], or of a horizon [outputs / horizon], the columns whose
     * values are learned, as long as the set; NULL: none */
    const char *const *value_names;
    size_t value_count;   /* how many names these are */
    uint64_t missing;     /* numbers that were missing: the ones before them stand there (reading.hold) */
    size_t rows, columns; /* of the images that sequences are, row by row (or permuted); 0: they are none */
    /* [inputs] of tables, and files, whose columns have names, each its own and none a number: the inputs', as long as the set;
     * NULL: none */
    const char *const *input_names;
    size_t units_line; /* of a table whose second row holds units: its line, which was left out; 0: none */
    size_t
        empty_column; /* of a table: the first without a name and without content, left out, from 1; 0: none */
    int overlap; /* windows of a table share rows with those beside them: what is held out or divided off by itself has a gap in front */
    /* of a table: lines that begin with # and were left out as comments, though they may be rows; the first of them */
    size_t comments, comment_line;
} loci_dataset_info;
LOCI_API void loci_dataset_inspect_sized(const loci_dataset *set, loci_dataset_info *info, size_t size);
static inline loci_dataset_info loci_dataset_inspect(const loci_dataset *set)
{
    loci_dataset_info info;
    loci_dataset_inspect_sized(set, &info, sizeof info);
    return info;
}

/* Of sequence i: samples, class (of sets whose target is one label), and where it came from, for messages
 * ("data_batch_2.bin, image 17"). */
LOCI_API size_t loci_dataset_length(const loci_dataset *set, size_t i);
LOCI_API size_t loci_dataset_label(const loci_dataset *set, size_t i);
LOCI_API void loci_dataset_name(const loci_dataset *set, size_t i, char *text, size_t size);
/* u [length][inputs], of arrays of doubles in the frame of info.origin and unit. Allocates nothing; threads may read at the same time. */
LOCI_API void loci_dataset_read(const loci_dataset *set, size_t i, float *u);
/* How many targets sequence i has: as many as samples where each has its own, else 1. */
LOCI_API size_t loci_dataset_targets(const loci_dataset *set, size_t i);
/* The target of sequence i, likewise: one label [1], labels [length], values [outputs] or [length][outputs]. */
LOCI_API void loci_dataset_read_target(const loci_dataset *set, size_t i, double *target);

/* Takes the share 0 < share < 1 of the sequences of each class (to the nearest, but at least one of a class that has two, and
 * never all), or of all sequences where they have not one label each, but groups (reading.group) whole, drawn at random by the seed, or the last ones of a text, out of set and into
 * *part, which shares the memory of set and must be closed before it. Both keep their order. Of windows of one table that share rows, and
 * of those with a horizon, it is the last ones, and set loses, too, what shares rows with them; LOCI_E_ARGUMENT: that would be all. */
LOCI_API loci_status loci_dataset_divide(loci_dataset **part, loci_dataset *set, double share, uint64_t seed,
                                         loci_error *error);

/* order [count]: sample k of a sequence that is permuted by `seed` is sample order[k] of the sequence as it was. */
LOCI_API void loci_dataset_permutation(size_t *order, size_t count, uint64_t seed);

/* mean and standard deviation [inputs] over all samples, and [outputs] over all targets that are values, in double. Reads all
 * sequences twice. LOCI_E_MEMORY. */
LOCI_API loci_status loci_dataset_moments(const loci_dataset *set, double *mean, double *deviation,
                                          loci_error *error);
LOCI_API loci_status loci_dataset_target_moments(const loci_dataset *set, double *mean, double *deviation,
                                                 loci_error *error);

/* ---- sequences from anywhere ---- */

/* Where sequences come from: arrays of the caller, a database, a sensor's recordings. Callbacks get the context and the number of a
 * sequence, 0 to count - 1; they may be called by several threads at the same time, answer the same each time, and do not
 * fail: a sequence that cannot be read is filled with NAN, which a training or an evaluation then refuses by name. */
typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    void *context;
    const char *name; /* of all of it, for messages; NULL: "data" */
    size_t count, inputs;
    loci_target target;
    size_t outputs;                                  /* classes, two at least, or values of a target */
    const char *const *classes;                      /* [outputs] names; NULL: "0", "1", ... */
    double rate;                                     /* Hz; 0: none */
    size_t (*length)(const void *context, size_t i); /* samples, 1 or more */
    /* u [length][inputs], target as loci_dataset_read_target gives it, labels as whole numbers from 0 */
    void (*read)(const void *context, size_t i, float *u);
    void (*read_target)(const void *context, size_t i, double *target);
    /* Of a sequence, for messages; NULL: "sequence 17". */
    void (*describe)(const void *context, size_t i, char *text, size_t size);
    void (*close)(void *context); /* by loci_dataset_close, not before; NULL: nothing is to be done */
    /* [inputs], finite, unit > 0: read gives (x - origin) unit, of an x that would lose in a float what it is about, as
     * loci_dataset_info tells; both NULL: x. Copied */
    const double *origin, *unit;
} loci_dataset_source;

/* A set of such sequences. What the source points at, but for names, which are copied, must live as long as the set. Reads
 * every sequence once: a number that is not finite, a label that is no class, a length of 0 are LOCI_E_VALUE and
 * named, sizes that make no sense LOCI_E_ARGUMENT; LOCI_E_MEMORY. The source is closed by loci_dataset_close alone, not where this fails.
 *
 *     static size_t length(const void *context, size_t i) { return 100; }
 *     static void read(const void *context, size_t i, float *u) { memcpy(u, row(context, i), 100 * sizeof *u); }
 *     ...
 *     const loci_dataset_source source = {sizeof source, .context = table, .count = 500, .inputs = 1, .outputs = 2,
 *                                         .length = length, .read = read, .read_target = label};
 *     loci_dataset_from(&set, &source, &error); */
LOCI_API loci_status loci_dataset_from(loci_dataset **set, const loci_dataset_source *source,
                                       loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
