/* SPDX-License-Identifier: MIT
 * recurrence_dplr_f64.c - recurrence_dplr.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/recurrence_dplr.c"
