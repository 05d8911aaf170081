/* SPDX-License-Identifier: MIT
 * form_differences.h - how far the forms of a system are from one another: measured on noise, whole and cut at random places. */
#ifndef LOCI_CLI_FORM_DIFFERENCES_H
#define LOCI_CLI_FORM_DIFFERENCES_H

#include <stdbool.h>
#include <stdint.h>

#include <loci/system.h>

/* The largest difference that passes, as a share of the largest answer: between forms in double, and of float from double. */
#define DIFFERENCE_DOUBLE 1e-10
#define DIFFERENCE_SINGLE 1e-4

enum { DIFFERENCES_MOST = 24, DIFFERENCES_CUTS = 3 };

typedef struct {
    const char *name;  /* "convolution : mixed" */
    const char *group; /* "in double" */
    double
        answer; /* the largest difference of the answers as a share of the largest answer; NAN: not finite */
    double state; /* likewise of the state in the end */
    double bound;
} form_difference;

/* Two forms at most, and the reference that is of other means. */
enum { LEFT_OUT_REFERENCE = 2, LEFT_OUT_MOST };

typedef struct {
    form_difference items[DIFFERENCES_MOST];
    size_t count;
    size_t cuts[DIFFERENCES_CUTS + 2]; /* 0, where the pieces of the cut runs begin, and the length */
    double largest;                    /* answer of the recurrence in double */
    char left_out[LEFT_OUT_MOST][256]; /* forms that this system does not have, and why; empty: none */
} form_differences;

/* Whether an item is within its bound. */
bool form_difference_passes(const form_difference *item);

/* Runs `length` samples of noise, from a state that noise has left, through every form in both precisions. */
loci_status form_differences_measure(form_differences *found, const loci_system *system,
                                     loci_discretization discretization, size_t length, uint64_t seed,
                                     loci_error *error);

#endif
