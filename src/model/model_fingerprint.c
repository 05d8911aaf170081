/* SPDX-License-Identifier: MIT
 * model_fingerprint.c - 64 bits for what a model computes. */
#include "model/model_fingerprint.h"

#include <string.h>

#include "base/random.h"
#include "model/model.h"

static uint64_t stir_double(uint64_t h, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return loci_random_stir(h, bits);
}

static uint64_t stir_parameters(uint64_t h, const loci_model *model)
{
    for (size_t k = 0; k < model->parameters; k++)
        for (size_t i = 0; i < model->table[k].count; i++) {
            uint32_t bits;
            memcpy(&bits, &model->values[model->table[k].offset + i], sizeof bits);
            h = loci_random_stir(h, bits);
        }
    return h;
}

/* Fields by their names, and what is 0 not at all: a field that comes later, and is 0 in models of before, changes none. */
uint64_t loci_model_fingerprint(const loci_model *model)
{
    const loci_model_config *config = &model->config;
    uint64_t h = 2;
    const loci_field *field;
    for (size_t i = 0; (field = loci_config_field(i)) != NULL; i++) {
        const uint64_t bits = loci_config_bits(config, field);
        if (field->role == LOCI_FIELD_REBUILDS && loci_config_has(config, field) && bits != 0)
            h = loci_random_stir(loci_random_stir(h, loci_random_stream(field->name)), bits);
    }
    for (size_t i = 0; i < config->inputs; i++) {
        h = stir_double(h, model->about.shift ? model->about.shift[i] : 0);
        h = stir_double(h, model->about.scale ? model->about.scale[i] : 1);
    }
    return stir_parameters(h, model);
}

uint64_t loci_model_fingerprint_1(const loci_model *model)
{
    const loci_model_config *c = &model->config;
    const uint64_t numbers[] = {
        (uint64_t)c->layer, c->inputs,         c->outputs,    c->layers,       c->width,
        (uint64_t)c->norm,  (uint64_t)c->pool, c->plain != 0, c->prenorm != 0, c->tied != 0,
    };
    uint64_t h = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) h = loci_random_stir(h, numbers[i]);
    h = stir_double(h, c->dropout);
    if (c->layer == LOCI_LAYER_S4D) {
        h = loci_random_stir(loci_random_stir(h, c->order), (uint64_t)c->discretization);
        h = stir_double(stir_double(h, c->dt_min), c->dt_max);
    }
    return stir_parameters(h, model);
}
