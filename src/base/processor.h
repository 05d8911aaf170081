/* SPDX-License-Identifier: MIT
 * base/processor.h - which of the levels that hot loops are compiled for this processor reaches. */
#ifndef LOCI_BASE_PROCESSOR_H
#define LOCI_BASE_PROCESSOR_H

#include "base/private.h"

/* The build compiles every level (CMakeLists.txt), and says so. */
#if defined(LOCI_EVERY_LEVEL)
#define LOCI_PROCESSOR_LEVELS 1
#else
#define LOCI_PROCESSOR_LEVELS 0
#endif

/* 4: x86-64-v4, AVX-512. 3: x86-64-v3, AVX2 with fused multiply-add. 0: what the compiler's flags promise. */
LOCI_PRIVATE int loci_processor_level(void);

#endif
