/* SPDX-License-Identifier: MIT
 * train/schedule.h - how the rate changes from step to step. */
#ifndef LOCI_TRAIN_SCHEDULE_H
#define LOCI_TRAIN_SCHEDULE_H

#include <stdint.h>

/* The share of the rate that step `step` of 0 to `steps` has: for the first `warmup` < steps it rises in equal steps, at
 * step `warmup` it is 1, then it falls as half a cosine, to 0 at `steps` (Loshchilov and Hutter 2017, without restarts). */
double loci_schedule_share(uint64_t step, uint64_t steps, uint64_t warmup);

#endif
