/* SPDX-License-Identifier: MIT
 * data/npy.h - the header of NPY arrays and the conversion of their elements, for whole arrays and for
 * streams. */
#ifndef LOCI_DATA_NPY_H
#define LOCI_DATA_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/data.h>

#include "data/input.h"

typedef struct {
    size_t dimensions, shape[8];
    size_t count;   /* of elements: the product of the shape */
    size_t size;    /* bytes of one element */
    size_t numbers; /* doubles of one element: 2 for complex ones, else 1 */
    char kind;      /* f, i, u, b or c; of words U or S */
    bool big;       /* big-endian */
    bool fortran;   /* first index fastest */
} loci_npy_header;

/* Reads signature, version and header; input then stands at the first element. Where the length of the input
 * is known, it must be just that of the array. */
loci_status loci_npy_header_read(loci_npy_header *header, loci_input *input, loci_error *error);

/* out [count * numbers] = the elements in bytes [count * size]. */
void loci_npy_convert(double *out, const unsigned char *bytes, size_t count, const loci_npy_header *header);

/* Who takes the words of an array, NumPy's U and S, and gives a number for each: text [length] is UTF-8, or the bytes of S as they are,
 * without the NULs behind it. */
typedef struct {
    loci_status (*take)(double *number, void *context, const char *text, size_t length, loci_error *error);
    void *context;
    bool met; /* the array was of words; else it was read as any other */
} loci_npy_words;

/* out [count] = the numbers that words give for the elements in bytes [count * size]; the first of them is element `first`. */
loci_status loci_npy_words_convert(double *out, const unsigned char *bytes, size_t count, size_t first,
                                   const loci_npy_header *header, loci_npy_words *words, const char *name,
                                   loci_error *error);

/* The whole array, from its signature on; input must end with it. words NULL: it must be of numbers. */
loci_status loci_npy_read_input(loci_array *array, loci_input *input, loci_npy_words *words,
                                loci_error *error);

#endif
