/* SPDX-License-Identifier: MIT
 * schedule.c - warm-up and cosine. */
#include "train/schedule.h"

#include <math.h>

double loci_schedule_share(uint64_t step, uint64_t steps, uint64_t warmup)
{
    if (step < warmup) return (double)(step + 1) / (double)(warmup + 1);
    /* (1 + cos x)/2, without the cancellation near its end */
    const double half = cos(1.57079632679489661923 * (double)(step - warmup) / (double)(steps - warmup));
    return half * half;
}
