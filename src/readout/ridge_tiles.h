/* SPDX-License-Identifier: MIT
 * readout/ridge_tiles.h - c += a b and c -= a b, for sums that do not depend on how rows were cut: in double, and in float. */
#ifndef LOCI_READOUT_RIDGE_TILES_H
#define LOCI_READOUT_RIDGE_TILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

#define loci_ridge_tiles LOCI_NAME(loci_ridge_tiles_table)
typedef struct loci_ridge_tiles loci_ridge_tiles;
struct loci_ridge_tiles {
    /* c[i][j] += (or -=, where less is set) sum over k of a(i, k) b[k][j], for i < rows, j < columns, k < depth. Each number of c goes
     * through k from 0 up in one accumulator, so that two calls with half of the depth each give the bits of one with all.
     * A row of c, b is ldc, ldb numbers long; a(i, k) is a[i * a_row + k * a_depth]. upper: only j >= i is asked for; some of
     * the rest is changed. c overlaps neither a nor b. */
    void (*multiply)(real *c, size_t ldc, const real *a, size_t a_row, size_t a_depth, const real *b,
                     size_t ldb, size_t rows, size_t columns, size_t depth, bool less, bool upper);
    /* r[i] += sum over t < n of x[t] past[t + i], i < count: products of a signal with its own past, or of a part of these. Each number
     * of r goes through t from 0 up in one accumulator. */
    void (*correlate)(real *r, const real *x, const real *past, size_t count, size_t n);
};

#define loci_ridge_tiles_level LOCI_NAME(loci_ridge_tiles)
LOCI_LEVELS(const loci_ridge_tiles, loci_ridge_tiles_level);

#endif
