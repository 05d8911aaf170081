/* SPDX-License-Identifier: MIT
 * ssm_run_f64.c - ssm_run.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/ssm_run.c"
