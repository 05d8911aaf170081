/* SPDX-License-Identifier: MIT
 *
 * archive/pyramid.h - the orthogonal transform of a page: from samples to one coarse stretch and the details below it.
 *
 * Leaves of `order` samples become their coefficients by one orthogonal matrix; equal neighbours become a parent and a
 * detail of `order` numbers each, level by level (gram.h). What does not pair up, the roots of the binary digits of the
 * number of leaves and a last leaf that is not full, is merged from right to left by matrices of its own. n samples so
 * become n coefficients, and since every step is orthogonal, squares of errors of coefficients sum to those of samples.
 *
 * Coefficients lie coarse to fine: the root, the details of unequal merges from the top down, then the details of
 * equal merges, level by level, from the top. A prefix of whole levels is a coarser version of the page.
 */
#ifndef LOCI_ARCHIVE_PYRAMID_H
#define LOCI_ARCHIVE_PYRAMID_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/status.h>

#include "archive/gram.h"

enum {
    PYRAMID_LEVELS = 53, /* of equal merges: of 2^53 samples, the most, in leaves of 1 */
    PYRAMID_TABLES =
        28, /* levels with a matrix of their own: above, it is that of the integral to rounding */
    PYRAMID_UNEQUAL = PYRAMID_LEVELS + 1
};

/* Where the numbers of a page of n samples lie. A row is a group of equal merges (a level) or one unequal merge. */
typedef struct {
    size_t order;
    uint64_t samples;
    uint64_t leaves; /* full ones */
    size_t rest;     /* samples of the last leaf, where it is not full */
    size_t root;     /* coefficients of the root: min(order, samples) */
    size_t unequal;  /* merges of unequal stretches */
    size_t levels;   /* of equal merges */
    size_t rows;     /* 1 + unequal + levels */
    struct {
        uint64_t at;    /* where its coefficients begin */
        uint64_t nodes; /* how many details it has */
        size_t width;   /* numbers of each */
    } row[1 + PYRAMID_UNEQUAL + PYRAMID_LEVELS];
} pyramid_layout;

/* Tables of one order, and room for pages of at most `page` samples. One thread at a time. */
typedef struct pyramid pyramid;

void loci_pyramid_layout(pyramid_layout *layout, uint64_t samples, size_t order);

/* order 1 to GRAM_ORDER_MAX; NULL where memory is short. Allocates O(page + order^2) numbers. */
pyramid *loci_pyramid_create(const loci_allocator *by, size_t order, size_t page);
void loci_pyramid_destroy(pyramid *p); /* NULL is allowed */

/* c [n] from x [n], n = layout->samples <= page, and back. */
void loci_pyramid_forward(pyramid *p, double *c, const double *x, const pyramid_layout *layout);
/* Samples first to first + n - 1; rows from `known` on are taken to be zero, and c holds only those before. At most
 * `page` samples at once. Cost O(order n), whatever the size of the page. */
void loci_pyramid_inverse(pyramid *p, double *x, const double *c, const pyramid_layout *layout, size_t known,
                          uint64_t first, size_t n);
/* The sum of samples 0 to at - 1 of a page of whole levels (a power of two of whole leaves), from the rows before `known`.
 * O(order^2 levels). */
double loci_pyramid_sum(pyramid *p, const double *c, const pyramid_layout *layout, size_t known, uint64_t at);
/* Two roots of equal stretches, both [2 order], to their parent's and the detail, out [2 order]: where the parent is of 2^level leaves. */
void loci_pyramid_join(pyramid *p, double *out, const double *both, size_t level);
/* The value, at sample `at` (which need not be whole), of the first `terms` terms of the polynomial of the stretch that the rows
 * before `known` give for it, details of stretches of at most `finest` samples left out. O(order^2 levels). */
double loci_pyramid_value(pyramid *p, const double *c, const pyramid_layout *layout, size_t known,
                          double finest, size_t terms, double at);

#endif
