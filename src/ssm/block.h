/* SPDX-License-Identifier: MIT
 * ssm/block.h - 16 copies of a diagonal or dplr system in discrete time, side by side, in double.
 *
 * All forms start from here, and all their gradients of parameters end here. Arrays are [modes][2][BLOCK], real and imaginary parts;
 * lanes beyond the last copy have a = b = c = 0. */
#ifndef LOCI_SSM_BLOCK_H
#define LOCI_SSM_BLOCK_H

#include <loci/system.h>

enum { LOCI_BLOCK = 16 }; /* = LOCI_LANES */

typedef struct {
    size_t modes, rank;
    double *z, *b1;
    double *b0; /* NULL unless LOCI_FOH */
    double *c;
    double *q, *g; /* [rank][modes][2][BLOCK]; rank 0: none */
    double *d;     /* [BLOCK] */
} loci_block;

/* Doubles of memory for a block, and the block laid out in it. */
size_t loci_block_size(size_t modes, size_t rank);
loci_block loci_block_lay_out(double *memory, const loci_system *system, loci_discretization discretization);

/* Fills the block with copies first, first + 1, ...; the step is dt times scale. The system is diagonal or dplr.
 * LOCI_E_UNSUPPORTED for a dplr system under zoh or foh; LOCI_E_MEMORY (dplr). */
loci_status loci_block_discretize(loci_block *block, const loci_system *system, size_t first,
                                  loci_discretization discretization, double scale, loci_error *error);

/* Adds to copies first, ... of `gradient` what the gradient dblock of the block means for a, b, c, p, d and dt. */
loci_status loci_block_backward(loci_system *gradient, const loci_block *dblock, const loci_block *block,
                                const loci_system *system, size_t first, loci_discretization discretization,
                                loci_error *error);

#endif
