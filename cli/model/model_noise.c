/* SPDX-License-Identifier: MIT
 * model_noise.c - noise from a seed, in a model's units. */
#include "model/model_noise.h"

#include <math.h>

#include <loci/token.h>

void model_noise(float *u, size_t length, const loci_model *model, const model_inputs *in, uint64_t seed)
{
    const loci_model_about *about = loci_model_description(model);
    const size_t inputs = loci_model_configuration(model)->inputs, tokens = loci_token_count(model);
    uint64_t key = seed;
    for (size_t i = 0; i < length * inputs; i++) {
        double sum = -6; /* of twelve numbers in [0, 1) */
        for (int k = 0; k < 12; k++) {
            uint64_t x = key += 0x9e3779b97f4a7c15u;
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
            x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
            sum += (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
        }
        if (tokens) {
            u[i] = (float)floor(fmin(fabs(sum) / 4, 1 - 0x1p-20) * (double)tokens);
            continue;
        }
        const size_t c = i % inputs;
        const int apart = in && in->shift;
        const double scale = apart          ? in->scale[c]
                             : about->scale ? about->scale[c]
                                            : 1,
                     shift = apart          ? in->shift[c]
                             : about->shift ? about->shift[c]
                                            : 0;
        u[i] = in ? model_input(in, c, sum / scale + shift) : (float)(sum / scale + shift);
    }
}
