/* SPDX-License-Identifier: MIT
 * kernel_f64.c - kernel.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/kernel.c"
