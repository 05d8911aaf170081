/* SPDX-License-Identifier: MIT
 * vandermonde_f64.c - vandermonde.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/vandermonde.c"
