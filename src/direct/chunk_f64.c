/* SPDX-License-Identifier: MIT
 * chunk_f64.c - chunk.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/chunk.c"
