/* SPDX-License-Identifier: MIT
 * export/step_table.h - the steps that programs are made of, by name: how each is run here, what it costs, and its text. */
#ifndef LOCI_EXPORT_STEP_TABLE_H
#define LOCI_EXPORT_STEP_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* An argument of a step. */
typedef union {
    float *to;
    const float *from;
    const int8_t *bytes;
    int8_t *bytes_to;
    uint32_t *counts;
    uint64_t *longs;
    const uint64_t *longs_from;
    int n;
    float x;
} loci_value;

typedef struct {
    const char *name; /* of the function */
    size_t operands;
    void (*run)(const loci_value *v);
    double (*multiplies)(
        const loci_value *v); /* multiply-adds, and exponentials and the like, from its numbers alone */
    double (*functions)(const loci_value *v);
} loci_step;

const loci_step *loci_step_find(const char *name); /* NULL: there is none */

/* The texts of src/export/steps, line by line, then NULL; made by cmake/embed.cmake. Pieces are separated by empty lines; one that
 * has a line "static inline ..." is a function. */
extern const char *const loci_step_lines[];

#endif
