/* SPDX-License-Identifier: MIT
 * config_check.c - whether a configuration can be: each field within its range, and what fields ask of each other. */
#include "model/config.h"

#include <math.h>
#include <stdio.h>

#include "base/sized.h"
#include "base/status.h"
#include "model/layer_kinds.h"

int loci_config_in_range(const loci_model_config *config, const loci_config_row *row, double value)
{
    const loci_field *field = &row->field;
    if (row->any >> (unsigned)config->layer & 1) return value >= 1 && value <= field->most;
    if (!(value >= field->least && value <= field->most)) return 0;
    return row->multiple == 0 || fmod(value, row->multiple) == 0;
}

loci_status loci_config_refuse(const loci_field *field, const char *is, loci_error *error)
{
    char expected[96];
    loci_config_expected(expected, sizeof expected, field);
    return loci_fail(error, LOCI_E_ARGUMENT, "%s is %s; %s was expected", field->name, is, expected);
}

static loci_status check_row(const loci_model_config *config, const loci_config_row *row, loci_error *error)
{
    char is[40];
    switch (row->field.kind) {
    case LOCI_FIELD_COUNT:
        snprintf(is, sizeof is, "%zu", loci_config_whole(config, row));
        if (row->absent && loci_config_whole(config, row) == 0) return LOCI_OK;
        return loci_config_in_range(config, row, (double)loci_config_whole(config, row))
                   ? LOCI_OK
                   : loci_config_refuse(&row->field, is, error);
    case LOCI_FIELD_NUMBER:
        snprintf(is, sizeof is, "%g", loci_config_real(config, row));
        return loci_config_in_range(config, row, loci_config_real(config, row))
                   ? LOCI_OK
                   : loci_config_refuse(&row->field, is, error);
    case LOCI_FIELD_WORD:
        return loci_config_word(config, row) ? LOCI_OK
                                             : loci_config_refuse(&row->field, "none of its words", error);
    case LOCI_FIELD_FLAG:
        break;
    }
    return LOCI_OK;
}

/* What a vocabulary, a head and a norm behind the last layer ask for. */
static loci_status check_tokens(const loci_model_config *c, loci_error *error)
{
    if (c->vocabulary && c->inputs != 1)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a model with a vocabulary has %zu inputs; 1, the number of a token, was expected",
                         c->inputs);
    if (c->tokens > c->vocabulary)
        return loci_fail(error, LOCI_E_ARGUMENT, "tokens is %zu; 0 to %zu, the vocabulary, was expected",
                         c->tokens, c->vocabulary);
    if (c->head == LOCI_HEAD_TIED && !c->vocabulary)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "head is tied, and without a vocabulary there is no embedding; linear or unbiased was "
            "expected");
    if (c->head == LOCI_HEAD_TIED && c->outputs != c->vocabulary)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a head tied to an embedding of %zu rows has %zu outputs; as many were expected",
                         c->vocabulary, c->outputs);
    if (c->final_norm && c->norm == LOCI_NORM_NONE)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "final_norm is true and norm is none; layer or rms was expected");
    return LOCI_OK;
}

/* That s4d and s4 can begin so, and that what mixes channels takes what they give. */
static loci_status check_ssm(const loci_model_config *c, loci_error *error)
{
    const int low = c->layer == LOCI_LAYER_S4;
    const unsigned of_s4 = 1u << LOCI_SSM_INIT_DEFAULT | 1u << LOCI_SSM_INIT_LEGS |
                           1u << LOCI_SSM_INIT_RANDOM | 1u << LOCI_SSM_INIT_LEGT | 1u << LOCI_SSM_INIT_FOUT,
                   not_of_s4d = 1u << LOCI_SSM_INIT_LEGT | 1u << LOCI_SSM_INIT_FOUT;
    if (!loci_config_has(c, loci_config_find("init"))) return LOCI_OK;
    if (low ? !(of_s4 >> (unsigned)c->init & 1) : (not_of_s4d >> (unsigned)c->init & 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "init is %s; %s was expected for layers of %s",
                         loci_config_find("init")->words[c->init],
                         low ? "legs, legt, fout or random" : "lin, inv, quad, legs, real or random",
                         loci_layer_name(c->layer));
    if (low && c->init == LOCI_SSM_INIT_LEGT && c->rank == 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "rank is 1; 2 was expected, which init legt takes");
    if (c->kernels > 1 && c->mixer != LOCI_MIXER_GATED)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "kernels is %zu and mixer %s; gated was expected, which makes one channel of several", c->kernels,
            loci_config_find("mixer")->words[c->mixer]);
    return LOCI_OK;
}

/* A bank is a model's one layer, and its own pool. */
static loci_status check_bank(const loci_model_config *c, loci_error *error)
{
    const size_t features = c->statistics == LOCI_STATISTICS_ALL      ? 3
                            : c->statistics == LOCI_STATISTICS_SHARES ? 2
                                                                      : 1;
    if (c->layer != LOCI_LAYER_BANK) return LOCI_OK;
    if (c->layers != 1 || !c->plain)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a model of a bank has %zu layers%s; one, and plain, was expected", c->layers,
                         c->plain ? "" : " and is not plain");
    if (c->width % features)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "width is %zu; a multiple of %zu, the statistics of an oscillator, was expected",
                         c->width, features);
    if (c->pool == LOCI_POOL_NONE || c->bidirectional || c->vocabulary)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a model of a bank answers for whole sequences of numbers, in their direction; %s",
                         c->vocabulary      ? "vocabulary 0 was expected"
                         : c->bidirectional ? "bidirectional false was expected"
                                            : "a pool was expected");
    return LOCI_OK;
}

loci_status loci_config_check(const loci_model_config *given, loci_error *error)
{
    loci_model_config whole = {0};
    const loci_model_config *config = &whole;
    const loci_status taken = LOCI_CONFIG_TAKE(&whole, given, error);
    if (taken) return taken;
    size_t count;
    const loci_config_row *rows = loci_config_rows(&count);
    for (size_t i = 0; i < count; i++) /* the first one is the kind of layer, on which others depend */
        if (i == 0 || loci_config_has(config, &rows[i].field)) {
            const loci_status status = check_row(config, &rows[i], error);
            if (status) return status;
        }
    if (loci_config_has(config, loci_config_find("dt_min")) && config->dt_min > config->dt_max)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "dt_min is %g and dt_max %g; the first was expected to be less", config->dt_min,
                         config->dt_max);
    if (config->layer == LOCI_LAYER_S5 && config->blocks && config->order / 2 % config->blocks)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "blocks is %zu; a number that divides %zu, half of the order, was expected",
                         config->blocks, config->order / 2);
    if (config->layer == LOCI_LAYER_ATTENTION && config->width % config->heads)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "heads is %zu; a number that divides %zu, the width, was expected", config->heads,
                         config->width);
    const loci_status tokens = check_tokens(config, error);
    if (tokens) return tokens;
    const loci_status fits = check_ssm(config, error);
    if (fits) return fits;
    const loci_status bank = check_bank(config, error);
    if (bank) return bank;
    const loci_layer_traits *traits = loci_layer_traits_of(config->layer);
    if (traits->square && config->plain && !config->vocabulary && config->inputs != config->width)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "a plain stack of %s has %zu inputs and width %zu; the same number was expected",
                         loci_layer_name(config->layer), config->inputs, config->width);
    const size_t expand =
        (config->mixer_expand ? config->mixer_expand : 4) * (config->mixer == LOCI_MIXER_GEGLU ? 2 : 1);
    if (loci_config_has(config, loci_config_find("mixer")) &&
        (config->mixer == LOCI_MIXER_MLP || config->mixer == LOCI_MIXER_GEGLU) &&
        expand * config->width > LOCI_LAYER_CHANNELS_MAX)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "width is %zu, and mixers have %zu times as many channels inside; at most %d were expected",
            config->width, expand, LOCI_LAYER_CHANNELS_MAX);
    return LOCI_OK;
}
