/* SPDX-License-Identifier: MIT
 * recurrence_f64.c - recurrence.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "ssm/recurrence.c"
