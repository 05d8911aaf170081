/* SPDX-License-Identifier: MIT
 * convolution_direct_f64.c - convolution_direct.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "transform/convolution_direct.c"
