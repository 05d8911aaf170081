/* SPDX-License-Identifier: MIT
 * layer/bank_loops.h - the recurrences of a bank of oscillators, at the width of the processor's vectors. */
#ifndef LOCI_LAYER_BANK_LOOPS_H
#define LOCI_LAYER_BANK_LOOPS_H

#include "base/real.h"

/* Rows of 16 modes: what a block of them is told, */
enum {
    LOCI_BANK_Z_RE, /* the factor of a sample */
    LOCI_BANK_Z_IM,
    LOCI_BANK_B_RE, /* of the mixed input */
    LOCI_BANK_B_IM,
    LOCI_BANK_DIFFERENCE, /* how much of the input before is taken away: 0 or 1 */
    LOCI_BANK_ABOVE,      /* two thresholds */
    LOCI_BANK_ABOVE_2,
    LOCI_BANK_MIX, /* from here on, a row an input: its weight in the mixed one */
};
/* and the state of a block: oscillators, sums since the samples so far were last a multiple of LOCI_BANK_RUN, and those before,
 * each with what rounding it lost. */
enum {
    LOCI_BANK_RE,
    LOCI_BANK_IM,
    LOCI_BANK_POWER,
    LOCI_BANK_COUNT,
    LOCI_BANK_COUNT_2,
    LOCI_BANK_SUMS, /* [3][2] rows: of powers and of both counts */
    LOCI_BANK_ROWS = LOCI_BANK_SUMS + 6,
    LOCI_BANK_RUN = 256
};

#define loci_bank_loops LOCI_NAME(loci_bank_loops)

struct loci_bank_loops {
    /* n samples of `blocks` blocks on: u [1 + n][channels], of which the first row is the sample before; table [blocks][LOCI_BANK_MIX +
     * channels][16]; state [blocks][LOCI_BANK_ROWS][16]. n is at most LOCI_BANK_RUN. full: the samples so far are a multiple of that now. */
    void (*run)(real *state, const real *table, const real *u, size_t blocks, size_t channels, size_t n,
                int full);
};
LOCI_LEVELS(const struct loci_bank_loops, loci_bank_loops);

#endif
