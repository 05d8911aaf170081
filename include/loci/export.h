/* SPDX-License-Identifier: MIT
 *
 * loci/export.h - a model as C source for a microcontroller: one step of a stream in C99, without an allocation, an operating
 * system or a library but for square roots.
 *
 * A model becomes a program of plain steps on flat arrays of floats (y = W x + b, a norm, a recurrence). The text of each step is a
 * small function of the library, which the library runs, too: what loci_export_step answers is what the exported source answers,
 * to the bit where both were compiled for the same arithmetic. loci_export_write makes the files.
 *
 * The sampling rate is that of the model's training. Constants of discrete time are worked out in double and kept as floats.
 */
#ifndef LOCI_EXPORT_H
#define LOCI_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct loci_export loci_export;

/* What matrices are made of: floats, or whole numbers of 8 bits, of which one is as much as the row's largest is 127. Of matrices of
 * less than 8 inputs, of constants of systems and of norms floats are left, and so are all states. */
typedef enum { LOCI_EXPORT_FLOAT, LOCI_EXPORT_INT8 } loci_export_weights;

#define LOCI_EXPORT_PREFIX 32 /* bytes of a prefix with its NUL */

typedef struct {
    size_t size; /* sizeof of this struct */
    /* what names begin with: a letter, then letters, digits and "_", at most 31; NULL: "model" */
    const char *prefix;
    const char *origin; /* what the files say that they were made of, on one line; NULL: "a model" */
    loci_export_weights weights;
    /* int8: [loci_export_products()][2] of what products are made of, by loci_export_watch; NULL: left as floats */
    const float *ranges;
} loci_export_options;

/* Whether names may begin so. LOCI_E_ARGUMENT: no name in C, longer than 31, or one that a header of C (math) or a target of CMake
 * (test) has already, capitals or not. */
LOCI_API loci_status loci_export_check_prefix(const char *prefix, loci_error *error);

/* The model's step. The model may go then. LOCI_E_ARGUMENT: the prefix is none; LOCI_E_UNSUPPORTED: no stream can be made of the
 * model, and the sentence says why; LOCI_E_VALUE: a number of it, or of what the step makes of it
 * in single precision, is not finite, and named. */
LOCI_API loci_status loci_export_create(loci_export **program, const loci_model *model,
                                        const loci_export_options *options, loci_error *error);
LOCI_API void loci_export_free(loci_export *program); /* NULL is allowed */

/* ---- running it here ---- */

/* Bytes of a state, and of the memory that a step works in; both are the caller's, on 8-byte boundaries. */
LOCI_API size_t loci_export_state_size(const loci_export *program);
LOCI_API size_t loci_export_work_size(const loci_export *program);
/* The beginning; a copy of a state is a fork. */
LOCI_API void loci_export_init(const loci_export *program, void *state);
/* One sample: in [inputs], as the source gives it, in single precision, out [outputs], as `loci stream` prints it: probabilities where the model
 * has names of classes (or of tokens), numbers in the target's units where it is of values, else what the network gives, whose softmax
 * loci_model_answer takes; NULL: no answer is wanted now. Threads may share the program. */
LOCI_API void loci_export_step(const loci_export *program, void *state, float *out, const float *in,
                               void *work);

/* ---- whole numbers in the place of floats ---- */

/* How many products with matrices a step has; the same for all weights. */
LOCI_API size_t loci_export_products(const loci_export *program);
/* A step that widens ranges [products][2], 0 at first, to the least and the largest of the numbers that each product is made of. With the ranges of a
 * few hundred sequences, options.ranges, these are whole numbers of 8 bits, too, and sums are of 32; what is beyond a range is
 * cut. Products that make the answer of the state take floats. */
LOCI_API void loci_export_watch(const loci_export *program, void *state, float *out, const float *in,
                                void *work, float *ranges);

/* ---- what it takes ---- */

typedef struct {
    size_t size; /* sizeof of this struct, set by the caller */
    /* bytes: in flash; of the state; on the stack in a step, besides what calls take */
    size_t constants, state, work;
    double multiplies;                /* multiply-adds a sample */
    double functions;                 /* exponentials and the like a sample */
    size_t inputs, outputs, constant; /* numbers of a sample and of an answer; numbers among the constants */
} loci_export_facts;
LOCI_API void loci_export_inspect(const loci_export *program, loci_export_facts *facts);

/* ---- its files ---- */

typedef enum {
    LOCI_EXPORT_HEADER, /* PREFIX.h */
    LOCI_EXPORT_SOURCE, /* PREFIX.c */
    LOCI_EXPORT_TEST,   /* PREFIX_test.c: samples, their answers, and a main that compares */
    LOCI_EXPORT_CMAKE,  /* CMakeLists.txt */
    LOCI_EXPORT_README, /* README.md */
    LOCI_EXPORT_FILES
} loci_export_file;

/* What the test compares with: the first `count` samples of a signal, in [count][inputs], and the answers after each, out
 * [count][outputs]; how far apart they may be: within times the largest answer. */
typedef struct {
    size_t size; /* sizeof of this struct */
    size_t count;
    const float *in;
    const double *out;
    double within;
} loci_export_samples;

/* A file's name, into `name` [LOCI_EXPORT_PREFIX + 16]. */
LOCI_API void loci_export_name(const loci_export *program, loci_export_file file, char *name);
/* Its text, *length bytes and a NUL, to be released by loci_bytes_free. samples: for the test; else NULL. LOCI_E_MEMORY;
 * LOCI_E_ARGUMENT: there are no samples for the test; LOCI_E_VALUE: a number of theirs is not finite. */
LOCI_API loci_status loci_export_write(const loci_export *program, loci_export_file file,
                                       const loci_export_samples *samples, void **text, size_t *length,
                                       loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
