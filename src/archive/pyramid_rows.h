/* SPDX-License-Identifier: MIT
 * archive/pyramid_rows.h - the products of many nodes by one small matrix that a page's transform is made of, for every
 * level of the processor; in double alone.
 *
 * A matrix has rows of `stride` numbers, a multiple of PYRAMID_LANES, zeros behind the last column. */
#ifndef LOCI_ARCHIVE_PYRAMID_ROWS_H
#define LOCI_ARCHIVE_PYRAMID_ROWS_H

#include <stddef.h>

#include "base/real.h"

enum { PYRAMID_LANES = 8 };

#define loci_pyramid_rows LOCI_NAME(loci_pyramid_rows)

struct loci_pyramid_rows {
    /* Pairs of children x [2 count][order] to parents y and details w. */
    void (*merge)(real *y, real *w, const real *x, const real *matrix, size_t count, size_t order,
                  size_t stride);
    /* Parents x and details z (NULL: zero) to pairs of children y [2 count][order]. */
    void (*split)(real *y, const real *x, const real *z, const real *matrix, size_t count, size_t order,
                  size_t stride);
    /* Leaves [count][order], one way or the other. */
    void (*leaf)(real *y, const real *x, const real *matrix, size_t count, size_t order, size_t stride);
};
LOCI_LEVELS(const struct loci_pyramid_rows, loci_pyramid_rows);

#endif
