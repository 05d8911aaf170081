/* SPDX-License-Identifier: MIT
 * state_diagonal_f64.c - state_diagonal.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/state_diagonal.c"
