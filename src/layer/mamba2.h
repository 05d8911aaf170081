/* SPDX-License-Identifier: MIT
 * layer/mamba2.h - inside the mixer of Mamba 2: what mamba2.c makes of parameters and mamba2_run.c runs. */
#ifndef LOCI_LAYER_MAMBA2_H
#define LOCI_LAYER_MAMBA2_H

#include "layer/layer.h"

#include "layer/causal.h"
#include "layer/dense.h"
#include "layer/selective.h"

#define loci_mamba2 LOCI_NAME(loci_mamba2)
#define loci_mamba2_prepared LOCI_NAME(loci_mamba2_prepared)
#define loci_mamba2_slices LOCI_NAME(loci_mamba2_slices)
#define loci_mamba2_memory LOCI_NAME(loci_mamba2_memory)
#define loci_mamba2_forward LOCI_NAME(loci_mamba2_forward)
#define loci_mamba2_backward LOCI_NAME(loci_mamba2_backward)
#define loci_mamba2_step LOCI_NAME(loci_mamba2_step)

typedef struct {
    loci_layer layer;
    loci_mamba2_options o;
    struct {
        size_t in, in_bias, convolution, convolution_bias, dt_bias, rate, skip, norm, out, out_bias;
    } at; /* offsets of parameters */
} loci_mamba2;

static inline const loci_mamba2_options *loci_mamba2_options_of(const loci_layer *layer)
{
    return &((const loci_mamba2 *)layer)->o;
}

/* Blocks of W_in's outputs, in their order: x, B, C, z, z0, x0, r. `group`: of a group's channels. */
typedef struct {
    size_t group, scan, states, convolved, rest, heads, wide;
} loci_mamba2_blocks;

static inline loci_mamba2_blocks loci_mamba2_blocks_of(const loci_mamba2_options *o)
{
    loci_mamba2_blocks n = {.group = loci_lane_blocks(o->scanned / o->groups),
                            .states = loci_lane_blocks(o->order)};
    n.scan = o->groups * n.group;
    n.convolved = n.scan + 2 * o->groups * n.states;
    n.rest = loci_lane_blocks(o->inner - o->scanned);
    n.heads = loci_lane_blocks(o->scanned / o->head);
    n.wide = n.convolved + n.scan + 2 * n.rest + n.heads;
    return n;
}

static inline size_t loci_mamba2_heads(const loci_mamba2_options *o)
{
    return o->scanned / o->head;
}

/* The lane of scanned channel e, and the head of lane i (that of the last channel where there is none). */
static inline size_t loci_mamba2_lane(const loci_mamba2_options *o, size_t e)
{
    const size_t each = o->scanned / o->groups;
    return e / each * loci_lane_blocks(each) * LOCI_LANES + e % each;
}

static inline size_t loci_mamba2_head(const loci_mamba2_options *o, size_t i)
{
    const size_t each = o->scanned / o->groups, lanes = loci_lane_blocks(each) * LOCI_LANES, at = i % lanes;
    return (i / lanes * each + (at < each ? at : each - 1)) / o->head;
}

typedef struct {
    loci_dense in, out;
    loci_selective scan;
    loci_causal convolution;
    real *rate, *skip, *norm; /* [scan][16] each */
    real *spread; /* W_out with columns where the blocks have them; NULL: they are there already */
} loci_mamba2_prepared;

/* Where the parts of a gradient begin; the last one is its size. */
typedef struct {
    size_t out, rate, skip, norm, weight, bias, all;
} loci_mamba2_slices;

static inline loci_mamba2_slices loci_mamba2_slices_of(const loci_layer *layer, const loci_mamba2_prepared *d)
{
    const loci_mamba2_options *o = loci_mamba2_options_of(layer);
    const loci_mamba2_blocks n = loci_mamba2_blocks_of(o);
    loci_mamba2_slices s;
    s.out = loci_dense_gradient_size(&d->in);
    s.rate = s.out + loci_dense_gradient_size(&d->out);
    s.skip = s.rate + n.scan * LOCI_LANES;
    s.norm = s.skip + n.scan * LOCI_LANES;
    s.weight = s.norm + n.scan * LOCI_LANES;
    s.bias = s.weight + n.convolved * o->convolution * LOCI_LANES;
    s.all = s.bias + n.convolved * LOCI_LANES;
    return s;
}

/* Of the class: mamba2_run.c. */
loci_layer_memory loci_mamba2_memory(const loci_layer *layer, const void *derived, size_t B, size_t L);
void loci_mamba2_forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                         const real *x, real *const *state, void *saved, void *scratch);
void loci_mamba2_backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                          real *gradient, real *const *dstate, real *dy, const real *x, const real *y,
                          void *saved, void *scratch);
void loci_mamba2_step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                      const double *dt, real *const *state, void *scratch);

#endif
