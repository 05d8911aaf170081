/* SPDX-License-Identifier: MIT
 * model_noise.c - noise from a seed, in a model's units. */
#include "model/model_noise.h"

#include <math.h>

#include <loci/token.h>

double model_noise_next(uint64_t *key, size_t c, const loci_model *model, const model_inputs *in)
{
    const loci_model_about *about = loci_model_description(model);
    double sum = -6; /* of twelve numbers in [0, 1) */
    for (int k = 0; k < 12; k++) {
        uint64_t x = *key += 0x9e3779b97f4a7c15u;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        sum += (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
    }
    if (in->tokens) return floor(fmin(fabs(sum) / 4, 1 - 0x1p-20) * (double)in->tokens);
    const double scale = in->shift      ? in->scale[c]
                         : about->scale ? about->scale[c]
                                        : 1,
                 shift = in->shift      ? in->shift[c]
                         : about->shift ? about->shift[c]
                                        : 0;
    return sum / scale + shift;
}

void model_noise(float *u, size_t length, const loci_model *model, const model_inputs *in, uint64_t seed)
{
    const size_t inputs = loci_model_configuration(model)->inputs;
    uint64_t key = seed;
    for (size_t i = 0; i < length * inputs; i++)
        u[i] = model_input(in, i % inputs, model_noise_next(&key, i % inputs, model, in));
}
