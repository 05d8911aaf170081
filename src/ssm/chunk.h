/* SPDX-License-Identifier: MIT
 * ssm/chunk.h - the mixed form: a recurrence over chunks of T samples, each chunk by small dense products, 16 systems at once.
 *
 * A chunk takes the state x and T inputs to T answers and the next state,
 *     y_j = sum over i <= j of K_{j-i} u_i + sum over s of O_js x_s,    x' = F x + sum over i of E_si u_i,
 * with K the kernel (and D in K_0), O_j = C abar^(j+1), E_i = abar^(T-1-i) b1, F = abar^T: T/2 + 2 S + S^2/T multiply-adds
 * a sample, or T/2 + 2 S + 2 S/T where abar is diagonal. Under LOCI_FOH the state, abar and b1 have the last input in them
 * (abar gets b0 as a column, b1 a 1). Fewer than T samples make a chunk too: inputs at its end for E, at its beginning for K, and
 * abar^t by the powers abar^(2^i). Results do not depend on where a signal is cut but for rounding; equal cuts, equal bits. */
#ifndef LOCI_SSM_CHUNK_H
#define LOCI_SSM_CHUNK_H

#include "base/real.h"
#include "ssm/block.h"

#define loci_chunk LOCI_NAME(loci_chunk)
#define loci_chunk_size LOCI_NAME(loci_chunk_size)
#define loci_chunk_lay_out LOCI_NAME(loci_chunk_lay_out)
#define loci_chunk_prepare LOCI_NAME(loci_chunk_prepare)
#define loci_chunk_prepare_dense LOCI_NAME(loci_chunk_prepare_dense)
#define loci_chunk_gather LOCI_NAME(loci_chunk_gather)
#define loci_chunk_gather_dense LOCI_NAME(loci_chunk_gather_dense)
#define loci_chunk_run LOCI_NAME(loci_chunk_run)
#define loci_chunk_backward LOCI_NAME(loci_chunk_backward)
#define loci_chunk_scratch LOCI_NAME(loci_chunk_scratch)

enum { LOCI_CHUNK_MAX = 1024 };

/* The tables of 16 systems, or their gradients. */
typedef struct {
    size_t samples; /* T, a power of two, 8 to LOCI_CHUNK_MAX */
    size_t modes;   /* > 0: abar is diagonal and complex; 0: dense */
    size_t state;   /* S: numbers of a state, the last input included where `joined` */
    size_t padded;  /* S rounded up to a multiple of 4 */
    size_t levels;  /* log2 T + 1 */
    int joined;
    real *k; /* [T][V] */
    real *o; /* [T / 4][padded][4][V] */
    real *e; /* [padded / 4][T][4][V] */
    /* [levels]: abar^(2^i) as [modes][2][V] and, where joined, b0's column [modes][2][V]; or [S][S][V], from
     * column to row */
    real *f;
} loci_chunk;

/* Reals of memory for tables, and tables laid out in it; memory must be zeroed. */
size_t loci_chunk_size(size_t samples, size_t order, int diagonal, int joined);
loci_chunk loci_chunk_lay_out(real *memory, size_t samples, size_t order, int diagonal, int joined);

/* Fills the tables of 16 diagonal systems; scratch is kernel_diagonal's. */
void loci_chunk_prepare(loci_chunk *tables, const loci_block *block, void *scratch);
/* Fills one lane from a dense system in discrete time, joined or not; scratch is [3 S^2 + 4 S] doubles. */
void loci_chunk_prepare_dense(loci_chunk *tables, size_t lane, const double *abar, const double *b1,
                              const double *b0, const double *c, double d, double *scratch);

/* Adds to dblock the gradient that dtables means for the parameters of 16 diagonal systems; scratch is
 * kernel_diagonal's. */
void loci_chunk_gather(loci_block *dblock, const loci_chunk *dtables, const loci_block *block, void *scratch);
/* Adds to dabar [N][N], db1 [N], dc [N] and *dd what one lane of dtables means for a dense system, not joined; scratch is
 * [4 T N + (2 levels + 1) N^2] doubles. */
void loci_chunk_gather_dense(double *dabar, double *db1, double *dc, double *dd, const loci_chunk *dtables,
                             size_t lane, const double *abar, const double *b1, const double *c,
                             double *scratch);

/* y [length][V] from u [length][V] (no overlap); state [S][V] is advanced. */
size_t loci_chunk_scratch(const loci_chunk *tables, size_t length);
void loci_chunk_run(real *y, real *state, const real *u, const loci_chunk *tables, size_t length,
                    void *scratch);

/* The adjoint: dstate [S][V] from the gradient of the final state to that of the initial one; du [length][V]; adds to dtables
 * (NULL: not wanted). state [S][V] is the initial state. du may not overlap dy or u. */
void loci_chunk_backward(loci_chunk *dtables, real *du, real *dstate, const real *dy, const real *u,
                         const real *state, const loci_chunk *tables, size_t length, void *scratch);

#endif
