/* SPDX-License-Identifier: MIT
 * fft_f64.c - fft.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "transform/fft.c"
