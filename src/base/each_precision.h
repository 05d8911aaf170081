/* SPDX-License-Identifier: MIT
 * base/each_precision.h - a directive to the build: the source that includes it is compiled for float and for double.
 *
 * A .c file under src/ or tests/ that includes this header directly is compiled twice by CMake, with
 * LOCI_REAL_IS_DOUBLE 0 and 1 (run cmake again after adding the include). In it `real` is the number, `vreal`
 * one vector of LOCI_LANES reals, `vbits` a vector of signed integers of the same width; the blocked layout
 * [H/16][L][16] is so the same for both. A function of such a file is declared once, in a header that gives
 * it its full name, and is called plainly:
 *
 *     #define loci_fft_forward LOCI_NAME(loci_fft_forward)        in transform/fft.h
 *     void loci_fft_forward(real *x, size_t n);                   declares loci_fft_forward_f32 or _f64
 *
 * Static functions and types need no such line. Texts that do not depend on the precision belong in a file
 * that is compiled once. A file that includes such a header without including this one is compiled once, for
 * float; one that is meant for double alone says `#define LOCI_REAL_IS_DOUBLE 1` above its first #include, as
 * in
 *
 *     #define LOCI_REAL_IS_DOUBLE 1
 *     #include "transform/fft.h"
 *
 * A test that includes it becomes two programs, test_fft and test_fft_f64.
 */
#ifndef LOCI_BASE_EACH_PRECISION_H
#define LOCI_BASE_EACH_PRECISION_H

#include "base/real.h"

#endif
