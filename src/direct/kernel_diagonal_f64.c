/* SPDX-License-Identifier: MIT
 * kernel_diagonal_f64.c - kernel_diagonal.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/kernel_diagonal.c"
