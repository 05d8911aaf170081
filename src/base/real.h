/* SPDX-License-Identifier: MIT
 * base/real.h - the number of the precision that is compiled now, its vectors, and the names of its functions; for headers.
 * A source that is to be compiled for float and for double includes base/each_precision.h.
 */
#ifndef LOCI_BASE_REAL_H
#define LOCI_BASE_REAL_H

#include <float.h>
#include <math.h>

#include "base/processor.h"
#include "base/vector.h"

#ifndef LOCI_REAL_IS_DOUBLE
#define LOCI_REAL_IS_DOUBLE 0
#endif

/* The reals of a row in the blocked layout, and those of a vreal: the same, except in files that include
 * base/each_level.h. */
#define LOCI_LANES 16
#ifndef LOCI_VECTOR_BYTES
#define LOCI_VECTOR_BYTES (LOCI_REAL_IS_DOUBLE ? 128 : 64)
#endif
#define LOCI_WIDTH (LOCI_VECTOR_BYTES / (LOCI_REAL_IS_DOUBLE ? 8 : 4))

#if LOCI_REAL_IS_DOUBLE
typedef double real;
typedef int64_t real_bits;
#define LOCI_NAME(name) LOCI_JOIN(name, _f64)
#define LOCI_REAL(x) x /* a literal: LOCI_REAL(0.5) */
#define LOCI_REAL_EPSILON DBL_EPSILON
#else
typedef float real;
typedef int32_t real_bits;
#define LOCI_NAME(name) LOCI_JOIN(name, _f32)
#define LOCI_REAL(x) x##f
#define LOCI_REAL_EPSILON FLT_EPSILON
#endif
#define LOCI_JOIN(a, b) a##b

#define LOCI_ALIGNED (LOCI_VECTOR_BYTES < 64 ? LOCI_VECTOR_BYTES : 64)
typedef real vreal __attribute__((vector_size(LOCI_VECTOR_BYTES), aligned(LOCI_ALIGNED)));
typedef real_bits vbits __attribute__((vector_size(LOCI_VECTOR_BYTES), aligned(LOCI_ALIGNED)));
/* data that a caller owns */
typedef real vreal_unaligned
    __attribute__((vector_size(LOCI_VECTOR_BYTES), aligned(sizeof(real)), may_alias));

/* The tables of base/each_level.h: LOCI_LEVEL names the one that is compiled now, LOCI_LEVELS declares all,
 * LOCI_CHOOSE picks. */
#if LOCI_PROCESSOR_LEVELS
#define LOCI_LEVELS(type, name) extern type LOCI_JOIN(name, _v4), LOCI_JOIN(name, _v3), LOCI_JOIN(name, _base)
#define LOCI_CHOOSE(name)                                                                                    \
    (loci_processor_level() == 4   ? &LOCI_JOIN(name, _v4)                                                   \
     : loci_processor_level() == 3 ? &LOCI_JOIN(name, _v3)                                                   \
                                   : &LOCI_JOIN(name, _base))
#else
#define LOCI_LEVELS(type, name) extern type LOCI_JOIN(name, _base)
#define LOCI_CHOOSE(name) (&LOCI_JOIN(name, _base))
#endif
#ifndef LOCI_LEVEL_NAME
#define LOCI_LEVEL_NAME _base
#endif
#define LOCI_LEVEL(name) LOCI_LEVEL_JOIN(name, LOCI_LEVEL_NAME)
#define LOCI_LEVEL_JOIN(a, b) LOCI_JOIN(a, b)

/* All lanes x; keeps -0, which (vreal){0} + x would lose. */
#define LOCI_SPLAT(x) ((x) - (vreal){0})

/* Vectors of LOCI_LANES that cover n numbers: blocks of channels, for instance. */
static inline size_t loci_lane_blocks(size_t n)
{
    return n / LOCI_LANES + (n % LOCI_LANES != 0);
}

#endif
