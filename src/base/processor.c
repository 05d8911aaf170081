/* SPDX-License-Identifier: MIT
 * processor.c - which of the levels that hot loops are compiled for this processor reaches. */
#include "base/processor.h"

int loci_processor_level(void)
{
#if LOCI_PROCESSOR_LEVELS
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
        return 0;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return 4;
    return 3;
#else
    return 0;
#endif
}
