/* SPDX-License-Identifier: MIT
 *
 * layer/parameter.h - what layers tell of their parameters, and what they are told of a micro-batch.
 */
#ifndef LOCI_LAYER_PARAMETER_H
#define LOCI_LAYER_PARAMETER_H

#include <stddef.h>
#include <stdint.h>

#define LOCI_LAYER_CHANNELS_MAX 65535
#define LOCI_STATE_MAX 1024
#define LOCI_PARAMETER_NAME 96 /* bytes of a parameter's name with its NUL */
#define LOCI_PARAMETER_DIMENSIONS 4

typedef enum { LOCI_NORM_LAYER, LOCI_NORM_RMS, LOCI_NORM_NONE } loci_norm; /* "layer", "rms", "none" */
typedef enum { LOCI_POOL_MEAN, LOCI_POOL_LAST, LOCI_POOL_NONE } loci_pool; /* "mean", "last", "none" */

/* Which rates an optimiser uses: a group of its own for what needs care (state space A, dt: lr <= 1e-3, no decay). */
typedef enum { LOCI_GROUP_MAIN, LOCI_GROUP_UNDECAYED, LOCI_GROUP_SSM } loci_group;

typedef enum {
    LOCI_INITIAL_CONSTANT, /* a */
    LOCI_INITIAL_UNIFORM,  /* in [a, b) */
    LOCI_INITIAL_NORMAL,   /* mean a, standard deviation b */
    LOCI_INITIAL_LADDER    /* a + b times the last index */
} loci_initial;

typedef struct {
    char name[LOCI_PARAMETER_NAME]; /* as in the peers' checkpoints: "s4_layers.0.kernel.C" */
    size_t dimensions, shape[LOCI_PARAMETER_DIMENSIONS]; /* row-major; complex numbers are pairs at the end */
    size_t count;                                        /* the product of the shape */
    size_t offset; /* numbers from the buffer's beginning; 64-byte aligned in float */
    loci_group group;
    loci_initial initial;
    double a, b; /* of `initial` */
} loci_parameter;

/* One micro-batch: B sequences of L samples. */
typedef struct {
    size_t B, L;
    const size_t *length; /* [B], 0 to L: where each sequence ends; NULL: at L */
    const double *dt;     /* [B][L], > 0: how many steps each sample lasts; NULL: 1 */
    int training;         /* dropout is on */
    uint64_t seed;        /* of dropout; another one each step */
    uint64_t
        first; /* number of the micro-batch's first sequence within its batch: masks do not depend on cuts */
} loci_pass;

#endif
