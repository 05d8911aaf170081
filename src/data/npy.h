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
    char kind;      /* f, i, u, b or c */
    bool big;       /* big-endian */
    bool fortran;   /* first index fastest */
} loci_npy_header;

/* Reads signature, version and header; input then stands at the first element. Where the length of the input
 * is known, it must be just that of the array. */
loci_status loci_npy_header_read(loci_npy_header *header, loci_input *input, loci_error *error);

/* out [count * numbers] = the elements in bytes [count * size]. */
void loci_npy_convert(double *out, const unsigned char *bytes, size_t count, const loci_npy_header *header);

/* The whole array, from its signature on; input must end with it. */
loci_status loci_npy_read_input(loci_array *array, loci_input *input, loci_error *error);

#endif
