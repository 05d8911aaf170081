/* SPDX-License-Identifier: MIT
 * ssm/state_diagonal.h - initial and final states beside the convolution form, for 16 diagonal systems.
 *
 * A state is [2 modes (+ 1)][V] as in the recurrence. Signals are [length][V]. No allocation: scratch is
 * loci_state_scratch(modes, length) bytes, 64-byte aligned. */
#ifndef LOCI_SSM_STATE_DIAGONAL_H
#define LOCI_SSM_STATE_DIAGONAL_H

#include "base/real.h"
#include "ssm/block.h"

#define loci_state_scratch LOCI_NAME(loci_state_scratch)
#define loci_state_diagonal LOCI_NAME(loci_state_diagonal)
#define loci_state_diagonal_backward LOCI_NAME(loci_state_diagonal_backward)

size_t loci_state_scratch(size_t modes, size_t length);

/* Adds to y the answer to the initial state, and makes `state` the final one. length >= 1. */
void loci_state_diagonal(real *y, real *state, const real *u, const loci_block *block, size_t length,
                         void *scratch);

/* dstate from the gradient of the final state to that of the initial one; adds to du and to dblock (z, b1, b0, c; NULL: not
 * wanted). */
void loci_state_diagonal_backward(loci_block *dblock, real *du, real *dstate, const real *dy, const real *u,
                                  const real *state, const loci_block *block, size_t length, void *scratch);

#endif
