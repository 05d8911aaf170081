/* SPDX-License-Identifier: MIT
 * latency.c - a histogram of seconds on a logarithmic scale. */
#include "shared/latency.h"

#include <math.h>
#include <time.h>

#define SHORTEST 1e-9
#define WIDTH 0.01 /* of a bin, in the logarithm: to 0.8 s */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void latency_start(latency *l)
{
    l->started = now();
}

void latency_stop(latency *l, uint64_t samples)
{
    if (samples == 0) return;
    const double each = (now() - l->started) / (double)samples, place = log(each / SHORTEST) / WIDTH;
    const int bin = !(place > 0) ? 0 : place < LATENCY_BINS - 1 ? (int)place : LATENCY_BINS - 1;
    l->bins[bin] += samples;
    l->count += samples;
    l->most = fmax(l->most, each);
}

double latency_share(const latency *l, double share)
{
    uint64_t sum = 0;
    for (int bin = 0; bin < LATENCY_BINS; bin++) {
        sum += l->bins[bin];
        if (sum > 0 && (double)sum >= share * (double)l->count)
            return fmin(SHORTEST * exp(WIDTH * (bin + 1)), l->most);
    }
    return l->most;
}
