/* SPDX-License-Identifier: MIT
 * model_noise.h - samples for a model where there is no signal. */
#ifndef LOCI_CLI_MODEL_NOISE_H
#define LOCI_CLI_MODEL_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "model/model_inputs.h"

/* u [length][inputs]: noise that the model's normalisation brings to mean 0 and variance 1: the same on every machine but for
 * rounding. Of tokens any, the first ones more often. */
void model_noise(float *u, size_t length, const loci_model *model, const model_inputs *in, uint64_t seed);
/* The next of its numbers, of input c, before it is made a float; the key is the seed at first. */
double model_noise_next(uint64_t *key, size_t c, const loci_model *model, const model_inputs *in);

#endif
