/* SPDX-License-Identifier: MIT
 * figures_shared.c - signals and memories for the pictures. */
#include "figures/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static loci_memory *room(const loci_memory_plan *plan, size_t channels)
{
    const size_t size = loci_memory_size(plan, channels);
    return size == 0 ? NULL : aligned_alloc(64, (size + 63) / 64 * 64);
}

loci_status trial_open(trial *t, const loci_memory_spec *spec, size_t channels, loci_error *error)
{
    *t = (trial){0};
    const loci_status status = loci_memory_plan_create(&t->plan, spec, error);
    if (status != LOCI_OK) return status;
    t->memory = room(t->plan, channels);
    t->scratch = room(t->plan, channels);
    if (!t->memory || !t->scratch) {
        *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
        return LOCI_E_MEMORY;
    }
    return loci_memory_init(t->memory, t->plan, channels, 0, error);
}

void trial_close(trial *t)
{
    free(t->memory);
    free(t->scratch);
    loci_memory_plan_free(t->plan);
    *t = (trial){0};
}

double figure_wave(double x, double cycles)
{
    const double turn = 6.283185307179586 * x;
    return 0.55 * sin(turn * cycles * 0.31 + 0.4) +
           0.5 * sin(turn * cycles) * exp(-30 * (x - 0.35) * (x - 0.35)) +
           0.45 * cos(turn * cycles * 0.73 + 1) * exp(-18 * (x - 0.85) * (x - 0.85));
}

/* Uniform in (-1, 1): the mixing steps of splitmix64 on a counter. */
static double uniform(uint64_t *counter)
{
    uint64_t z = *counter += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)(int64_t)((z ^ z >> 31) | 1) * 0x1p-63;
}

void figure_noise(double *u, size_t count, size_t channels, unsigned octaves, uint64_t seed)
{
    enum { MOST = 24 };
    if (octaves > MOST) octaves = MOST;
    for (size_t c = 0; c < channels; c++) {
        uint64_t counter = seed * 1000003 + c;
        double walk[MOST];
        for (unsigned k = 0; k < octaves; k++) walk[k] = 1.7320508 * uniform(&counter);
        for (size_t i = 0; i < count; i++) {
            double sum = 0;
            for (unsigned k = 0; k < octaves; k++) {
                const double keep = exp(-1 / (double)(1u << k));
                walk[k] = keep * walk[k] + sqrt(3 * (1 - keep * keep)) * uniform(&counter);
                sum += walk[k];
            }
            u[i * channels + c] = sum / sqrt(octaves);
        }
    }
}

const char *figure_share(char *text, double share)
{
    if (share >= 1e-3) {
        snprintf(text, 32, "%.*f %%", share >= 0.0995 ? 0 : share >= 0.00995 ? 1 : 2, 100 * share);
        return text;
    }
    static const char *const digits[10] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    int exponent = share > 0 ? (int)floor(log10(share)) : 0;
    if (share <= 0) return strcpy(text, "0");
    double mantissa = share / pow(10, exponent);
    if (mantissa >= 9.5) {
        mantissa = 1;
        exponent++;
    }
    snprintf(text, 32, "%.0f·10⁻%s%s", mantissa, -exponent >= 10 ? digits[-exponent / 10 % 10] : "",
             digits[-exponent % 10]);
    return text;
}
