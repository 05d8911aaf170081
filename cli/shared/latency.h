/* SPDX-License-Identifier: MIT
 * latency.h - how long pieces of work took, as a distribution in fixed memory, however many there were. */
#ifndef LOCI_CLI_LATENCY_H
#define LOCI_CLI_LATENCY_H

#include <stdint.h>

enum { LATENCY_BINS = 2048 };

typedef struct {
    uint64_t bins[LATENCY_BINS]; /* 1 % wide each, from a nanosecond on */
    uint64_t count;
    double most, started;
} latency;

void latency_start(latency *l);
/* What began at latency_start has ended; it was `samples` samples that took as long each. */
void latency_stop(latency *l, uint64_t samples);
/* Seconds that a share of all samples did not take longer than, to 1 %. 0 where there are none. */
double latency_share(const latency *l, double share);

#endif
