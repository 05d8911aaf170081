/* SPDX-License-Identifier: MIT
 * model_bank.c - the bank of a model alone. */
#include "model/model_bank.h"

#include "base/allocate.h"
#include "base/status.h"
#include "layer/bank_loops.h"
#include "layer/layer.h"

struct loci_model_bank {
    loci_layer *layer;
    void *tables;
    size_t modes;
};

size_t loci_model_bank_each(loci_statistics statistics)
{
    return loci_bank_features(statistics);
}

loci_status loci_model_bank_open(loci_model_bank **out, const loci_model *model, loci_error *error)
{
    const loci_model_config *c = loci_model_configuration(model);
    const loci_allocator *by = loci_allocator_of(model);
    const loci_bank_options options = {c->statistics, c->span, c->bank_seed};
    loci_model_bank *bank = loci_allocate_by(by, 1, sizeof *bank);
    *out = NULL;
    if (!bank) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a bank");
    bank->modes = c->width / loci_bank_features(c->statistics);
    loci_status status =
        loci_bank_create(&bank->layer, by, "bank_layers.0", c->inputs, bank->modes, &options, error);
    if (!status) status = loci_layer_open(bank->layer, &bank->tables, 1, error);
    if (status) {
        loci_model_bank_close(bank);
        return status;
    }
    *out = bank;
    return LOCI_OK;
}

void loci_model_bank_close(loci_model_bank *bank)
{
    if (!bank) return;
    if (bank->tables) loci_layer_close(bank->layer, bank->tables);
    loci_layer_free(bank->layer);
    loci_free(bank);
}

void loci_model_bank_prepare(loci_model_bank *bank, const loci_model *model, double rate)
{
    loci_layer_prepare(bank->layer, bank->tables, loci_model_values_const(model), rate);
}

size_t loci_model_bank_state(const loci_model_bank *bank)
{
    return bank->layer->state;
}

size_t loci_model_bank_scratch(const loci_model_bank *bank, size_t L)
{
    return bank->layer->class->memory(bank->layer, bank->tables, 1, L).scratch / sizeof(float);
}

void loci_model_bank_run(const loci_model_bank *bank, float *y, const float *x, size_t n, float *state,
                         float *scratch)
{
    const loci_pass pass = {.B = 1, .L = n};
    bank->layer->class->forward(bank->layer, bank->tables, &pass, y, x, &state, NULL, scratch);
}

void loci_model_bank_now(const loci_model_bank *bank, float *re, const float *state)
{
    for (size_t m = 0; m < bank->modes; m++)
        re[m] = state[(m / LOCI_LANES * LOCI_BANK_ROWS + LOCI_BANK_RE) * LOCI_LANES + m % LOCI_LANES];
}

float loci_model_bank_constant(const loci_model_bank *bank, size_t row, size_t m)
{
    const size_t rows = LOCI_BANK_MIX + bank->layer->inputs;
    return ((const float *)bank->tables)[(m / LOCI_LANES * rows + row) * LOCI_LANES + m % LOCI_LANES];
}
