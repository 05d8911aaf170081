/* SPDX-License-Identifier: MIT
 * init/rule.h - what the files rule*.c have in common. */
#ifndef LOCI_INIT_RULE_H
#define LOCI_INIT_RULE_H

#include <loci/rule.h>

#include <stdbool.h>

enum { LOCI_RULE_ROWS = 256 }; /* of a Hankel matrix, at most */

struct loci_rule {
    loci_rule_info info;
    double *a;           /* [order] */
    double *state;       /* [order]: the first terms, as the rule has them */
    double *z_re, *z_im; /* [order] */
    double *singular;    /* [info.singular] */
    double *y;           /* [terms]: the sequence */
    const loci_allocator *by;
};

/* Berlekamp and Massey: the coefficients [order] of the shortest recurrence of whole numbers, where there is one of
 * magnitudes below 2^30 that gives all terms, confirmed by two at least; else *order is 0. a has room for n/2. */
loci_status loci_rule_whole(const loci_allocator *by, double *a, size_t *order, const double *y, size_t n,
                            loci_error *error);

/* Singular values [*count] and right singular vectors v [*count][*count] (row-major: a row a vector) of the
 * matrix y_{i+j} of `columns` columns. s and v have room for columns numbers and columns^2. */
loci_status loci_rule_hankel(const loci_allocator *by, double *s, double *v, size_t *count, const double *y,
                             size_t n, size_t columns, loci_error *error);

/* The recurrence of this order that the vectors show, and the first terms that suit y best by least squares; made better by
 * steps of Gauss and Newton. *rss is the sum of squares that it leaves: INFINITY where nothing finite came of it. */
loci_status loci_rule_fit(const loci_allocator *by, double *a, double *state, double *rss, const double *v,
                          size_t columns, const double *y, size_t n, size_t order, loci_error *error);

/* x [n] of the recurrence from its first terms. */
void loci_rule_run(double *x, size_t n, const double *a, const double *state, size_t order);

/* The roots of z^n - a_1 z^(n-1) - ..., sorted, those that are there several times made equal. */
loci_status loci_rule_roots(const loci_allocator *by, double *re, double *im, const double *a, size_t order,
                            loci_error *error);

/* Least squares by LAPACK, on one thread: a [columns][rows] and b [rows] are overwritten, b begins with the answer.
 * LOCI_E_VALUE: the columns depend on each other; LOCI_E_MEMORY. */
loci_status loci_rule_least(const loci_allocator *by, double *a, double *b, size_t rows, size_t columns);

#endif
