/* SPDX-License-Identifier: MIT
 * ssm/forms_made.h - what forms.c makes and forms_run.c runs, in one precision. */
#ifndef LOCI_SSM_FORMS_MADE_H
#define LOCI_SSM_FORMS_MADE_H

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/block.h"
#include "ssm/chunk.h"
#include "ssm/forms.h"
#include "ssm/recurrence.h"
#include "transform/convolution.h"

#define loci_forms_coefficients LOCI_NAME(loci_forms_coefficients)
#define loci_forms_dense_coefficients LOCI_NAME(loci_forms_dense_coefficients)
#define loci_forms_dense_of_dplr LOCI_NAME(loci_forms_dense_of_dplr)

struct loci_forms {
    const loci_system *system;
    loci_ssm_options options;
    size_t state;  /* numbers of a copy */
    size_t blocks; /* of V copies */
    int joined;
    double *modes;          /* [blocks][loci_block_size]: diagonal and dplr systems in discrete time */
    real *recurrence;       /* [blocks] or, dense, [copies] runs of recurrence_size reals */
    size_t recurrence_size; /* */
    loci_convolution *plan; /* convolution */
    real *kernels;          /* [blocks][prepared]: */
    size_t prepared;
    int grows;    /* a kernel does, so that it is no good for short signals */
    real *chunks; /* mixed: [blocks][loci_chunk_size] */
};

/* A block's coefficients, C and g doubled, in `memory`; or, block NULL, where they lie there. */
loci_recurrence_block loci_forms_coefficients(real *memory, const loci_block *block, size_t modes,
                                              size_t rank, int joined);
/* Columns of abar, b1, b0 and c of dense copy h for dt scaled; exact [N^2 + 2 N] is scratch. */
loci_status loci_forms_dense_coefficients(real *memory, double *exact, const loci_system *s, size_t h,
                                          loci_discretization discretization, double scale,
                                          loci_error *error);
/* Dense matrices of one dplr copy in discrete time, in lane i of a block. */
void loci_forms_dense_of_dplr(double *abar, double *b1, double *c, const loci_block *block, size_t i);

static inline loci_status loci_forms_no_memory(const loci_system *s, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu copies of order %zu", s->copies, s->order);
}

static inline loci_chunk loci_forms_chunk(const loci_forms *f, real *memory)
{
    return loci_chunk_lay_out(memory, f->options.chunk, f->system->order,
                              f->system->structure == LOCI_DIAGONAL, f->joined);
}

static inline size_t loci_forms_chunk_size(const loci_forms *f)
{
    return loci_chunk_size(f->options.chunk, f->system->order, f->system->structure == LOCI_DIAGONAL,
                           f->joined);
}

static inline loci_block loci_forms_block(const loci_forms *f, size_t block)
{
    return loci_block_lay_out(f->modes + block * loci_block_size(f->system->width, f->system->rank),
                              f->system, f->options.discretization);
}

#endif
