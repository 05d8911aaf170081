/* SPDX-License-Identifier: MIT
 * layer/s4_loops.h - the recurrences of S4's mixer, sample by sample, at the width of the processor's vectors. */
#ifndef LOCI_LAYER_S4_LOOPS_H
#define LOCI_LAYER_S4_LOOPS_H

#include "base/real.h"

#define loci_s4_tables LOCI_NAME(loci_s4_tables)
#define loci_s4_loops LOCI_NAME(loci_s4_loops)
#define loci_s4_loops_level LOCI_NAME(loci_s4_loops_level)

/* One block's, [modes][2][16]: z less 1, b1, twice c; q and twice g are [rank] of such; d [16]. */
typedef struct {
    const real *z, *b, *c, *q, *g, *d;
} loci_s4_tables;

typedef struct loci_s4_loops {
    /* rows samples of 16 systems of rank 1 or 2, state [2][modes][16]. The same bits however the rows are cut. */
    void (*coupled)(real *y, real *state, const real *u, const loci_s4_tables *tables, size_t modes,
                    size_t rank, size_t rows);
    /* ... of kernels k [T][16] that end, state [T - 1][16]: what they still reach, the newest first. */
    void (*ends)(real *y, real *state, const real *u, const real *k, size_t T, size_t rows);
} loci_s4_loops;
LOCI_LEVELS(const loci_s4_loops, loci_s4_loops_level);

#endif
