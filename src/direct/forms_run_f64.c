/* SPDX-License-Identifier: MIT
 * forms_run_f64.c - forms_run.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/forms_run.c"
