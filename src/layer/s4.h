/* SPDX-License-Identifier: MIT
 * layer/s4.h - inside the mixer of S4: what s4.c makes of parameters and s4_run.c runs. */
#ifndef LOCI_LAYER_S4_H
#define LOCI_LAYER_S4_H

#include "layer/layer.h"
#include "ssm/block.h"
#include "transform/convolution.h"

#define loci_s4 LOCI_NAME(loci_s4)
#define loci_s4_derived LOCI_NAME(loci_s4_derived)
#define loci_s4_open LOCI_NAME(loci_s4_open)
#define loci_s4_close LOCI_NAME(loci_s4_close)
#define loci_s4_prepare LOCI_NAME(loci_s4_prepare)
#define loci_s4_gather LOCI_NAME(loci_s4_gather)
#define loci_s4_memory LOCI_NAME(loci_s4_memory)
#define loci_s4_forward LOCI_NAME(loci_s4_forward)
#define loci_s4_backward LOCI_NAME(loci_s4_backward)
#define loci_s4_step LOCI_NAME(loci_s4_step)

/* Lanes are kernels: lane g is kernel g / H of channel g % H, whose A, B, P and dt it shares. */
typedef struct {
    loci_layer layer;
    size_t H, kernels, modes, rank, taps;
    int both;    /* kernels that look ahead, too */
    double sign; /* of the parameter Im A */
    int has_b;   /* B is a parameter, or 1 */
    loci_discretization discretization;
    size_t d, log_dt, c, b, p, log_a, im_a; /* offsets */
} loci_s4;

/* All arrays are [blocks][...]; a system's parts are [modes][2][16]. */
typedef struct {
    size_t L, T; /* T: samples of a kernel; where kernels end all of them, however short a sequence is */
    loci_convolution *plan; /* NULL: L is 0 */
    size_t kernel_size;     /* reals of a prepared kernel */
    double rate;
    loci_block *block; /* in double; of rank 0 with b1 = 1, all that B says being in c */
    double *c_back;    /* [modes][2][16], as block's c, of the kernels that look ahead */
    real *kernel;      /* prepared */
    real *z, *b, *c;   /* for steps: z less 1, b1, twice c */
    real *q, *g, *d;   /* [rank or 1][modes][2][16], g doubled; [16] */
    real *fir;         /* [T][16]: the kernels themselves; NULL: they do not end */
    double *w, *f1;    /* of rank 0: dt A, and B / dt, for steps of other lengths */
    /* of rank 1 and 2: the channels' A, B, P, dt; their gradient. NULL: rank 0 */
    loci_system *system, *dsystem;
    double *dblock, *dback; /* one block's gradient, and of c_back */
    void *scratch;          /* of prepare and gather */
    void *memory, *in_double;
} loci_s4_derived;

static inline size_t loci_s4_blocks(const loci_layer *layer)
{
    return loci_lane_blocks(layer->outputs);
}

/* Reals of a system's part in a block, and of low-rank ones of all ranks. */
static inline size_t loci_s4_part(const loci_s4 *self)
{
    return self->modes * 2 * LOCI_LANES;
}
static inline size_t loci_s4_low(const loci_s4 *self)
{
    return (self->rank ? self->rank : 1) * loci_s4_part(self);
}

/* The gradient: of the prepared kernels; then, by way of states, a block's of z, b1, twice c, q, twice g and d, or, where kernels
 * end, of these, [T][16]. */
static inline size_t loci_s4_stateful(const loci_layer *layer, const loci_s4_derived *d)
{
    const loci_s4 *self = (const loci_s4 *)layer;
    return d->fir ? d->T * LOCI_LANES : 3 * loci_s4_part(self) + 2 * loci_s4_low(self) + LOCI_LANES;
}
static inline real *loci_s4_by_states(const loci_layer *layer, const loci_s4_derived *d, real *gradient,
                                      size_t block)
{
    return gradient + loci_s4_blocks(layer) * d->kernel_size + block * loci_s4_stateful(layer, d);
}

/* Of the class: s4_kernel.c. */
loci_status loci_s4_open(const loci_layer *layer, void **derived, size_t L, loci_error *error);
void loci_s4_close(const loci_layer *layer, void *derived);
void loci_s4_prepare(const loci_layer *layer, void *derived, const real *p, double rate);
void loci_s4_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p);

/* s4_run.c. */
loci_layer_memory loci_s4_memory(const loci_layer *layer, const void *derived, size_t B, size_t L);
void loci_s4_forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                     const real *x, real *const *state, void *saved, void *scratch);
void loci_s4_backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                      real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                      void *saved, void *scratch);
void loci_s4_step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                  const double *dt, real *const *state, void *scratch);

#endif
