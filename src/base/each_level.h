/* SPDX-License-Identifier: MIT
 * base/each_level.h - a directive to the build: the source that includes it is compiled for every level of the
 * processor, at the width of its vectors, and each of these for float and for double.
 *
 * gcc keeps a vector that is wider than the machine's registers in memory, which costs a tenfold where loops
 * work from registers (an FFT on 64-byte vectors with AVX2, or in double). So a file of such loops is written
 * for vectors of LOCI_WIDTH reals, whatever that is, and runs over the 16 lanes of a row in 16 / LOCI_WIDTH
 * turns. A .c file under src/ that includes this header directly, and base/each_precision.h not, is compiled by CMake
 * for every processor level (on x86-64: v4 with AVX-512, v3 with AVX2, base), and each of these for float and
 * for double. In it `vreal` and `vbits` are vectors of LOCI_WIDTH numbers; its functions are static, and it
 * hands them out in one constant table:
 *
 *     in a header     struct loci_fft_passes { void (*split)(real *x, size_t n); ... };
 *                     #define loci_fft_passes LOCI_NAME(loci_fft_passes)
 *                     LOCI_LEVELS(const struct loci_fft_passes, loci_fft_passes);
 *     in the loops    const struct loci_fft_passes LOCI_LEVEL(loci_fft_passes) = {.split = split, ...};
 *     in the caller   plan->passes = LOCI_CHOOSE(loci_fft_passes);     the table that suits the processor
 *
 * A file that is meant for double alone says `#define LOCI_REAL_IS_DOUBLE 1` above the include.
 */
#ifndef LOCI_BASE_EACH_LEVEL_H
#define LOCI_BASE_EACH_LEVEL_H

#if defined(__AVX512F__)
#define LOCI_VECTOR_BYTES 64
#elif defined(__AVX__)
#define LOCI_VECTOR_BYTES 32
#else
#define LOCI_VECTOR_BYTES 16
#endif

#include "base/real.h"

#endif
