/* SPDX-License-Identifier: MIT
 * product_tiles_f64.c - product_tiles.c in double, for builds without CMake (README.md). */
#define LOCI_REAL_IS_DOUBLE 1
#include "transform/product_tiles.c"
