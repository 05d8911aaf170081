/* SPDX-License-Identifier: MIT
 * config.c - the fields of a configuration, one row each: their texts and 64 bits are loops over the table, as are their checks
 * (config_check.c). */
#define LOCI_REAL_IS_DOUBLE 0
#include "model/config.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/status.h"
#include "model/layer_kinds.h"

/* ---- the table ---- */

_Static_assert(sizeof(loci_layer_kind) == sizeof(int) && sizeof(loci_norm) == sizeof(int) &&
                   sizeof(loci_pool) == sizeof(int) && sizeof(loci_discretization) == sizeof(int) &&
                   sizeof(loci_head) == sizeof(int) && sizeof(loci_mixer) == sizeof(int) &&
                   sizeof(loci_ssm_init) == sizeof(int) && sizeof(loci_positions) == sizeof(int) &&
                   sizeof(loci_statistics) == sizeof(int),
               "words are read as int");

#define AT(member) offsetof(loci_model_config, member)
#define S4D (1u << LOCI_LAYER_S4D)
#define MAMBA (1u << LOCI_LAYER_MAMBA)
#define MAMBA2 (1u << LOCI_LAYER_MAMBA2)
#define MAMBAS (MAMBA | MAMBA2)
#define S4 (1u << LOCI_LAYER_S4)
#define CONV (1u << LOCI_LAYER_CONV)
#define S5 (1u << LOCI_LAYER_S5)
#define ATTENTION (1u << LOCI_LAYER_ATTENTION)
#define MIXED (S4D | S4 | CONV | S5 | ATTENTION) /* layers that mix samples alone */
#define BANK (1u << LOCI_LAYER_BANK)

static const char *const norm_words[] = {"layer", "rms", "none", NULL},
                         *const norm_meanings[] = {"layer norms", "RMS norms", "no norms", NULL},
                         *const pool_words[] = {"mean", "last", "none", NULL},
                         *const pool_meanings[] = {"the mean of all samples", "the last sample",
                                                   "every sample", NULL},
                         *const prenorm_words[] = {"postnorm", "prenorm", NULL},
                         *const prenorm_meanings[] = {"norm(x + f(x))", "x + f(norm(x))", NULL},
                         *const head_words[] = {"linear", "unbiased", "tied", NULL},
                         *const head_meanings[] = {"weights and a bias", "weights alone",
                                                   "the weights of the embedding", NULL},
                         *const discretization_words[] = {"zoh", "bilinear", NULL},
                         *const gate_norm_words[] = {"after", "before", "none", NULL},
                         *const mixer_words[] = {"gated", "mlp", "none", "geglu", NULL},
                         *const positions_words[] = {"rotary", "sinusoidal", "none", NULL},
                         *const statistics_words[] = {"all", "shares", "power", NULL},
                         *const statistics_meanings[] = {"shares and power",
                                                         "how often it is above two thresholds",
                                                         "its mean power", NULL},
                         *const mixer_meanings[] = {"GELU, linear, GLU", "linear, GELU, linear", "nothing",
                                                    "linear, GELU of a half times the other, linear", NULL};
static const char *const init_words[] = {"default", "lin",    "inv",  "quad", "legs",
                                         "real",    "random", "legt", "fout", NULL};
static const int discretization_values[] = {LOCI_ZOH, LOCI_BILINEAR};

/* A kind, and what another value changes. */
#define BUILDS(kind) LOCI_FIELD_##kind, LOCI_FIELD_REBUILDS
#define BEGINS(kind) LOCI_FIELD_##kind, LOCI_FIELD_INITIALIZES
#define TRAINS(kind) LOCI_FIELD_##kind, LOCI_FIELD_TRAINS
#define CHANNELS .least = 1, .most = LOCI_LAYER_CHANNELS_MAX, .range = "1 to 65535"
#define STEPS .least = 0x1p-1022, .most = 1e6, .range = "more than 0, at most 1e6"

static const loci_config_row rows[] = {
    {.offset = AT(layer),
     .field = {"layer", BUILDS(WORD), .words = loci_layer_words, .option = "layer",
               .help = "the kind of its layers"}},
    {.offset = AT(inputs), .field = {"inputs", BUILDS(COUNT), CHANNELS, .help = "numbers of a sample"}},
    {.offset = AT(outputs), .field = {"outputs", BUILDS(COUNT), CHANNELS, .help = "numbers of an answer"}},
    {.offset = AT(layers),
     .field = {"layers", BUILDS(COUNT), .least = 1, .most = LOCI_LAYERS_MAX, .range = "1 to 1024",
               .option = "layers", .argument = "n", .help = "how many"}},
    {.offset = AT(width),
     .field = {"width", BUILDS(COUNT), CHANNELS, .option = "width", .argument = "H",
               .help = "channels between them"}},
    {.offset = AT(order),
     .multiple = 2,
     .any = MAMBAS,
     .field = {"order", BUILDS(COUNT), .least = 2, .most = LOCI_STATE_MAX,
               .range = "an even number of 2 to 1024, or of mamba and mamba2 any from 1,", .option = "state",
               .argument = "N", .layers = S4D | S4 | S5 | MAMBAS,
               .help = "states a channel, even but of mamba and mamba2; of s5 those of all channels"}},
    {.offset = AT(discretization),
     .values = discretization_values,
     .field = {"discretization", BUILDS(WORD), .words = discretization_words, .option = "discretization",
               .layers = S4D | S5, .help = "of continuous time"}},
    {.offset = AT(dt_min),
     .field = {"dt_min", BEGINS(NUMBER), STEPS, .option = "dt-min", .argument = "STEP",
               .layers = S4D | S4 | S5 | MAMBAS, .help = "the least step at the beginning, and"}},
    {.offset = AT(dt_max),
     .field = {"dt_max", BEGINS(NUMBER), STEPS, .option = "dt-max", .argument = "STEP",
               .layers = S4D | S4 | S5 | MAMBAS,
               .help = "the largest; 1/STEP is about how far back it looks"}},
    {.offset = AT(plain),
     .field = {"plain", BUILDS(FLAG),
               .help = "layers follow each other, without encoder, residuals and norms"}},
    {.offset = AT(norm),
     .field = {"norm", BUILDS(WORD), .words = norm_words, .meanings = norm_meanings, .option = "norm",
               .help = "of the residuals"}},
    {.offset = AT(prenorm),
     .field = {"prenorm", BUILDS(FLAG), .words = prenorm_words, .meanings = prenorm_meanings,
               .option = "prenorm", .help = "where the norm of a residual stands"}},
    {.offset = AT(dropout),
     .field = {"dropout", TRAINS(NUMBER), .least = 0, .most = 1 - 0x1p-53, .range = "0 to below 1",
               .option = "dropout", .argument = "P", .help = "0 to below 1"}},
    {.offset = AT(tied),
     .field = {"tied", TRAINS(FLAG), .help = "dropout has one mask for all samples of a sequence"}},
    {.offset = AT(pool),
     .field = {"pool", BUILDS(WORD), .words = pool_words, .meanings = pool_meanings, .option = "pool",
               .argument = "mean|last", .help = "what the answer is made of: all samples, or the last"}},
    {.offset = AT(vocabulary),
     .field = {"vocabulary", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX,
               .range = "0 to 65535", .younger = 1,
               .help = "rows of the embedding, one a token; 0: samples are numbers"}},
    {.offset = AT(tokens),
     .field = {"tokens", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX, .range = "0 to 65535",
               .younger = 1, .help = "how many of these are tokens; 0: all"}},
    {.offset = AT(head),
     .field = {"head", BUILDS(WORD), .words = head_words, .meanings = head_meanings, .option = "head",
               .younger = 1, .help = "what makes answers of the last layer"}},
    {.offset = AT(final_norm),
     .field = {"final_norm", BUILDS(FLAG), .younger = 1, .help = "a norm behind the last layer"}},
    {.offset = AT(bidirectional),
     .field = {"bidirectional", BUILDS(FLAG), .option = "bidirectional", .younger = 1,
               .help = "each layer looks at what follows a sample, too: no streams"}},
    {.offset = AT(mixer),
     .field = {"mixer", BUILDS(WORD), .words = mixer_words, .meanings = mixer_meanings, .option = "mixer",
               .layers = MIXED, .younger = 1, .help = "what mixes channels behind them"}},
    {.offset = AT(mixer_expand),
     .field = {"mixer_expand", BUILDS(COUNT), .least = 0, .most = 64, .range = "0 to 64",
               .option = "mixer-expand", .argument = "n", .layers = MIXED, .younger = 1,
               .help = "times as many channels inside an mlp or geglu (0: 4)"}},
    {.offset = AT(kernel_width),
     .field = {"kernel_width", BUILDS(COUNT), .least = 1, .most = 64, .range = "1 to 64",
               .option = "kernel-width", .argument = "n", .layers = CONV | MAMBAS, .younger = 1,
               .help = "samples that a convolution takes"}},
    {.offset = AT(dilations),
     .field = {"dilations", BUILDS(COUNT), .least = 1, .most = 12, .range = "1 to 12", .option = "dilations",
               .argument = "n", .layers = CONV, .younger = 1,
               .help = "these lie 1, 2, 4, ... apart, in so many layers, and then 1 again"}},
    {.offset = AT(blocks),
     .field = {"blocks", BEGINS(COUNT), .least = 0, .most = LOCI_STATE_MAX / 2.0, .range = "0 to 512",
               .option = "blocks", .argument = "J", .layers = S5, .younger = 1,
               .help = "its states begin as so many systems (1)"}},
    {.offset = AT(liquid),
     .field = {"liquid", BUILDS(FLAG), .option = "liquid", .layers = S5, .younger = 1,
               .help = "the input acts on the transition, too"}},
    {.offset = AT(expand),
     .field = {"expand", BUILDS(COUNT), .least = 0, .most = 64, .range = "0 to 64", .option = "expand",
               .argument = "n", .layers = MAMBAS, .younger = 1,
               .help = "times as many channels inside (0: 2)"}},
    {.offset = AT(dt_rank),
     .field = {"dt_rank", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX, .range = "0 to 65535",
               .option = "dt-rank", .argument = "n", .layers = MAMBA, .younger = 1,
               .help = "numbers that make the steps (0: a sixteenth of the width)"}},
    {.offset = AT(head_width),
     .field = {"head_width", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX,
               .range = "0 to 65535", .option = "head-width", .argument = "n", .layers = MAMBA2, .younger = 1,
               .help = "channels with one rate (0: 64, or what divides)"}},
    {.offset = AT(groups),
     .field = {"groups", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX, .range = "0 to 65535",
               .option = "groups", .argument = "n", .layers = MAMBA2, .younger = 1,
               .help = "so many have inputs and outputs of states of their own (0: 1)"}},
    {.offset = AT(scanned),
     .field = {"scanned", BUILDS(COUNT), .least = 0, .most = LOCI_LAYER_CHANNELS_MAX, .range = "0 to 65535",
               .layers = MAMBA2, .younger = 1, .help = "channels inside that have states; 0: all"}},
    {.offset = AT(gate_norm),
     .field = {"gate_norm", BUILDS(WORD), .words = gate_norm_words, .layers = MAMBA2, .younger = 1,
               .help = "where the norm stands at the gate"}},
    {.offset = AT(dt_least),
     .field = {"dt_least", BUILDS(NUMBER), .least = 0, .most = 1e6, .range = "0 to 1e6", .layers = MAMBA2,
               .younger = 1, .help = "no step is less, and"}},
    {.offset = AT(dt_most),
     .field = {"dt_most", BUILDS(NUMBER), .least = 0, .most = 1e6, .range = "0 to 1e6", .layers = MAMBA2,
               .younger = 1, .help = "none is larger; 0: no limit"}},
    {.offset = AT(channel_skips),
     .field = {"channel_skips", BUILDS(FLAG), .layers = MAMBA2, .younger = 1,
               .help = "a straight path for each channel, not each head"}},
    {.offset = AT(biased),
     .field = {"biased", BUILDS(FLAG), .layers = MAMBAS, .younger = 1,
               .help = "products in and out have biases"}},
    {.offset = AT(kernel_unbiased),
     .field = {"kernel_unbiased", BUILDS(FLAG), .layers = MAMBAS, .younger = 1,
               .help = "the short convolution has no bias"}},
    {.offset = AT(init),
     .field =
         {"init", BEGINS(WORD), .words = init_words, .option = "init", .argument = "WORD", .layers = S4D | S4,
          .younger = 1,
          .help = "how A begins: lin, inv, quad, legs, real, random of s4d; legs, legt, fout, random of s4"}},
    {.offset = AT(rank),
     .field = {"rank", BUILDS(COUNT), .least = 0, .most = 2, .range = "0 to 2", .option = "rank",
               .argument = "n", .layers = S4, .younger = 1,
               .help = "of what is not diagonal, 1 or 2 (as few as --init needs)"}},
    {.offset = AT(kernels),
     .field = {"kernels", BUILDS(COUNT), .least = 0, .most = 256, .range = "0 to 256", .option = "kernels",
               .argument = "n", .layers = S4D | S4, .younger = 1, .help = "so many a channel (1)"}},
    {.offset = AT(taps),
     .field = {"taps", BUILDS(COUNT), .least = 0, .most = 1 << 20, .range = "0 to 1048576", .option = "taps",
               .argument = "n", .layers = S4D | S4, .younger = 1,
               .help = "samples until kernels end (never)"}},
    {.offset = AT(heads),
     .field = {"heads", BUILDS(COUNT), CHANNELS, .option = "heads", .argument = "n", .layers = ATTENTION,
               .younger = 1, .help = "its heads, which divide the width"}},
    {.offset = AT(positions),
     .field = {"positions", BUILDS(WORD), .words = positions_words, .option = "positions",
               .layers = ATTENTION, .younger = 1, .help = "how it knows where samples are"}},
    {.offset = AT(attention_window),
     .absent = "none",
     .field = {"attention_window", BUILDS(COUNT), .least = 1, .most = 65536, .range = "1 to 65536",
               .option = "attention-window", .argument = "W", .layers = ATTENTION, .younger = 1,
               .help = "a sample sees W samples, its own among them (all; no streams then)"}},
    {.offset = AT(statistics),
     .field = {"statistics", BUILDS(WORD), .words = statistics_words, .meanings = statistics_meanings,
               .option = "statistics", .layers = BANK, .younger = 1,
               .help = "what is told of each oscillator"}},
    {.offset = AT(span),
     .field = {"span", BUILDS(NUMBER), .least = 2, .most = 1e9, .range = "2 to 1e9", .option = "span",
               .argument = "n", .layers = BANK, .younger = 1,
               .help = "samples that the slowest oscillators look back"}},
    {.offset = AT(bank_seed),
     .field = {"bank_seed", BUILDS(COUNT), .least = 0, .most = 0x1p52, .range = "0 to 2^52", .layers = BANK,
               .younger = 1, .help = "what the oscillators are drawn by"}},
};
enum { ROWS = sizeof rows / sizeof *rows };

const loci_config_row *loci_config_rows(size_t *count)
{
    *count = ROWS;
    return rows;
}

const loci_field *loci_config_field(size_t i)
{
    return i < ROWS ? &rows[i].field : NULL;
}

static const loci_config_row *row_of(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].field.name, name) == 0) return &rows[i];
    return NULL;
}

const loci_field *loci_config_find(const char *name)
{
    const loci_config_row *row = row_of(name);
    return row ? &row->field : NULL;
}

/* ---- values ---- */

int loci_config_has(const loci_model_config *config, const loci_field *field)
{
    return field->layers == 0 || (field->layers >> (unsigned)config->layer & 1) != 0;
}

static const void *place(const loci_model_config *config, const loci_config_row *row)
{
    return (const char *)config + row->offset;
}

double loci_config_real(const loci_model_config *config, const loci_config_row *row)
{
    double value;
    memcpy(&value, place(config, row), sizeof value);
    return value;
}

size_t loci_config_whole(const loci_model_config *config, const loci_config_row *row)
{
    size_t value;
    int number;
    if (row->field.kind == LOCI_FIELD_COUNT) {
        memcpy(&value, place(config, row), sizeof value);
        return value;
    }
    memcpy(&number, place(config, row), sizeof number);
    return row->field.kind == LOCI_FIELD_FLAG ? number != 0 : (size_t)number;
}

uint64_t loci_config_bits(const loci_model_config *config, const loci_field *field)
{
    const loci_config_row *row = row_of(field->name);
    if (field->kind != LOCI_FIELD_NUMBER) return loci_config_whole(config, row);
    const double value = loci_config_real(config, row);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void loci_config_put(loci_model_config *config, const loci_config_row *row, size_t whole, double number)
{
    void *to = (char *)config + row->offset;
    const int choice =
        row->field.kind == LOCI_FIELD_WORD && row->values ? row->values[whole] : (int)(whole & INT_MAX);
    if (row->field.kind == LOCI_FIELD_NUMBER)
        memcpy(to, &number, sizeof number);
    else if (row->field.kind == LOCI_FIELD_COUNT)
        memcpy(to, &whole, sizeof whole);
    else
        memcpy(to, &choice, sizeof choice);
}

const char *loci_config_word(const loci_model_config *config, const loci_config_row *row)
{
    const size_t value = loci_config_whole(config, row);
    for (size_t i = 0; row->field.words[i]; i++)
        if (value == (row->values ? (size_t)row->values[i] : i)) return row->field.words[i];
    return NULL;
}

int loci_config_choice(const loci_config_row *row, const char *word)
{
    for (int i = 0; word && row->field.words[i]; i++)
        if (strcmp(word, row->field.words[i]) == 0) return i;
    return -1;
}

void loci_config_expected(char *text, size_t size, const loci_field *field)
{
    size_t used = 0;
    if (field->kind != LOCI_FIELD_WORD) {
        snprintf(text, size, "%s", field->kind == LOCI_FIELD_FLAG ? "true or false" : field->range);
        return;
    }
    text[0] = 0;
    for (size_t i = 0; field->words[i] && used < size; i++) {
        const char *before = i == 0 ? "" : field->words[i + 1] ? ", " : " or ";
        const int length = snprintf(text + used, size - used, "%s%s", before, field->words[i]);
        used += length > 0 ? (size_t)length : 0;
    }
}

/* ---- texts ---- */

static const char *const truths[] = {"false", "true"};

const char *loci_norm_name(loci_norm norm)
{
    return (unsigned)norm <= LOCI_NORM_NONE ? norm_words[norm] : "unknown norm";
}

const char *loci_pool_name(loci_pool pool)
{
    return (unsigned)pool <= LOCI_POOL_NONE ? pool_words[pool] : "unknown pool";
}

loci_status loci_config_get(const loci_model_config *config, const char *name, char *text, size_t size,
                            loci_error *error)
{
    const loci_config_row *row = row_of(name);
    if (!row) return loci_fail(error, LOCI_E_ARGUMENT, "a model has no field %.40s", name);
    const char *word = NULL;
    if (row->field.kind == LOCI_FIELD_WORD) word = loci_config_word(config, row);
    if (row->field.kind == LOCI_FIELD_FLAG) word = truths[loci_config_whole(config, row)];
    if (row->absent && loci_config_whole(config, row) == 0) word = row->absent;
    if (word || row->field.kind == LOCI_FIELD_WORD)
        snprintf(text, size, "%s", word ? word : "unknown");
    else if (row->field.kind == LOCI_FIELD_COUNT)
        snprintf(text, size, "%zu", loci_config_whole(config, row));
    else {
        const double value = loci_config_real(config, row);
        double read = 0;
        loci_number_write(text, size, value, 15);
        if (!loci_number_scan(&read, text) || read != value) loci_number_write(text, size, value, 17);
    }
    return LOCI_OK;
}

loci_status loci_config_set(loci_model_config *config, const char *name, const char *text, loci_error *error)
{
    const loci_config_row *row = row_of(name);
    if (!row) return loci_fail(error, LOCI_E_ARGUMENT, "a model has no field %.40s", name);
    const loci_field *field = &row->field;
    size_t whole = 0;
    double number = 0;
    int good;
    if (field->kind == LOCI_FIELD_WORD) {
        const int choice = loci_config_choice(row, text);
        good = choice >= 0;
        whole = good ? (size_t)choice : 0;
    } else if (row->absent && strcmp(text, row->absent) == 0) {
        good = 1;
    } else if (field->kind == LOCI_FIELD_FLAG) {
        whole = strcmp(text, truths[1]) == 0;
        good = whole || strcmp(text, truths[0]) == 0;
    } else {
        const char *end = loci_number_scan(&number, text);
        good = end && *end == 0 && loci_config_in_range(config, row, number);
        if (field->kind == LOCI_FIELD_COUNT) {
            good = good && text[strspn(text, "0123456789")] == 0;
            whole = good ? (size_t)number : 0; /* no range reaches 2^53 */
        }
    }
    if (!good) {
        char quoted[48];
        const char *quote = field->kind == LOCI_FIELD_WORD ? "\"" : "";
        snprintf(quoted, sizeof quoted, "%s%.40s%s", quote, text, quote);
        return loci_config_refuse(field, quoted, error);
    }
    loci_config_put(config, row, whole, number);
    return LOCI_OK;
}
