/* SPDX-License-Identifier: MIT
 * import_s5.c - S5 layers that others trained: a state_dict with Lambda, B, C, D and log_step.
 *
 * All P states are kept there, without pairing conjugates, y = Re(C x) + D u; here y = 2 Re(C x) + D u, so that half of C says the
 * same. The model is the layer alone, or its block with norms and feed-forward network: its inputs and outputs are its channels,
 * encoder and decoder are the identity. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/model.h"
#include "model/model_file.h"

enum { NAME = LOCI_NAME_SIZE, AROUND = 6, ENC = 4, DEC = 5 };

/* What stands around the layer in a block, as it is called there and here; the norms' are [H]. */
static const char *const around[AROUND][2] = {
    {"attn_norm.weight", "norms.0.weight"},      {"attn_norm.bias", "norms.0.bias"},
    {"ff_norm.weight", "mixer_norms.0.weight"},  {"ff_norm.bias", "mixer_norms.0.bias"},
    {"ff_enc.weight", "mixers.0.ff_enc.weight"}, {"ff_dec.weight", "mixers.0.ff_dec.weight"}};

/* A tensor's numbers in double. */
typedef struct {
    double *numbers;
    size_t shape[LOCI_TENSOR_DIMENSIONS];
    char name[NAME];
} values;

typedef struct {
    const loci_safetensors *file;
    const loci_allocator *by;
    char prefix[LOCI_PREFIX_SIZE]; /* of all names: "", "seq." */
    values lambda, b, c, d, log_step;
    int block, both; /* there is a block; it looks both ways */
    values around[AROUND];
} state_dict;

static loci_status read(state_dict *s, values *to, const char *name, size_t dimensions, int complex_numbers,
                        loci_error *error)
{
    snprintf(to->name, sizeof to->name, "%s%s", s->prefix, name);
    const loci_tensor *found = loci_safetensors_find(s->file, to->name);
    if (!found) return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is missing", to->name);
    loci_tensor t = *found;
    if (complex_numbers && (strcmp(t.type, "C64") == 0 || strcmp(t.type, "C128") == 0) &&
        t.dimensions < LOCI_TENSOR_DIMENSIONS) {
        t.type = strcmp(t.type, "C64") == 0 ? "F32" : "F64";
        t.shape[t.dimensions++] = 2;
    }
    /* steps of some writers are columns */
    if (!complex_numbers && dimensions == 1 && t.dimensions == 2 && t.shape[1] == 1) t.dimensions = 1;
    if (t.dimensions != dimensions + (complex_numbers ? 1 : 0) ||
        (complex_numbers && t.shape[t.dimensions - 1] != 2))
        return complex_numbers
                   ? loci_fail(
                         error, LOCI_E_FORMAT,
                         "tensor %.100s is %s with %zu dimensions; C64 with %zu, or %zu with pairs in the last one, was "
                         "expected",
                         to->name, found->type, found->dimensions, dimensions, dimensions + 1)
                   : loci_fail(error, LOCI_E_FORMAT, "tensor %.100s has %zu dimensions; %zu was expected",
                               to->name, found->dimensions, dimensions);
    memcpy(to->shape, t.shape, sizeof to->shape);
    to->numbers = loci_allocate_by(s->by, loci_safetensors_numbers(&t) + 1, sizeof(double));
    if (!to->numbers) return loci_fail(error, LOCI_E_MEMORY, "out of memory for tensor %.100s", to->name);
    loci_status status = loci_safetensors_doubles(to->numbers, &t, error);
    for (size_t i = 0; !status && i < loci_safetensors_numbers(&t); i++)
        status = loci_model_check_number(to->name, i, to->numbers[i], error);
    return status;
}

static void forget(state_dict *s)
{
    loci_free(s->lambda.numbers), loci_free(s->b.numbers), loci_free(s->c.numbers);
    loci_free(s->d.numbers), loci_free(s->log_step.numbers);
    for (size_t i = 0; i < AROUND; i++) loci_free(s->around[i].numbers);
}

static loci_status shaped(const values *v, size_t dimension, size_t expected, const char *of,
                          loci_error *error)
{
    return v->shape[dimension] == expected
               ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT, "tensor %.100s has %zu %s; %zu were expected", v->name,
                           v->shape[dimension], of, expected);
}

/* Whether names that begin with prefix, which becomes the block's, are of a block: "s5.seq.Lambda" beside "attn_norm.weight". */
static int in_block(const loci_safetensors *file, char *prefix)
{
    static const char inside[] = "s5.seq.";
    const size_t length = strlen(prefix), tail = sizeof inside - 1;
    char name[NAME];
    if (length < tail || strcmp(prefix + length - tail, inside) != 0) return 0;
    snprintf(name, sizeof name, "%.*s%s", (int)(length - tail), prefix, around[0][0]);
    if (!loci_safetensors_find(file, name)) return 0;
    prefix[length - tail] = 0;
    return 1;
}

static loci_status read_around(state_dict *s, loci_error *error)
{
    const size_t H = s->d.shape[0];
    loci_status status = LOCI_OK;
    s->block = in_block(s->file, s->prefix);
    for (size_t i = 0; s->block && i < AROUND && !status; i++)
        status = read(s, &s->around[i], around[i][0], i < ENC ? 1 : 2, 0, error);
    for (size_t i = 0; s->block && i < ENC && !status; i++)
        status = shaped(&s->around[i], 0, H, "channels", error);
    if (!s->block || status) return status;
    const size_t hidden = s->around[DEC].shape[1];
    status = shaped(&s->around[DEC], 0, H, "outputs", error);
    if (!status) status = shaped(&s->around[ENC], 0, 2 * hidden, "outputs", error);
    if (!status) status = shaped(&s->around[ENC], 1, H, "inputs", error);
    if (!status && (hidden == 0 || hidden % H != 0 || hidden / H > 64))
        status = loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "tensor %.100s has %zu inputs; a multiple of the %zu channels was expected, up to 64 times",
            s->around[DEC].name, hidden, H);
    return status;
}

/* Every tensor is one that was read: the first that is not is named. */
static loci_status check_surplus(const state_dict *s, loci_error *error)
{
    const values *const own[] = {&s->lambda, &s->b, &s->c, &s->d, &s->log_step};
    for (size_t i = 0; i < loci_safetensors_count(s->file); i++) {
        const char *name = loci_safetensors_tensor(s->file, i)->name;
        int known = 0;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++) known |= strcmp(name, own[k]->name) == 0;
        for (size_t k = 0; s->block && k < AROUND; k++) known |= strcmp(name, s->around[k].name) == 0;
        if (!known)
            return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s is none of an S5 %s", name,
                             s->block ? "block" : "layer");
    }
    return LOCI_OK;
}

static loci_status read_all(state_dict *s, loci_error *error)
{
    loci_status status = read(s, &s->lambda, "Lambda", 1, 1, error);
    if (!status) status = read(s, &s->b, "B", 2, 1, error);
    if (!status) status = read(s, &s->c, "C", 2, 1, error);
    if (!status) status = read(s, &s->d, "D", 1, 0, error);
    if (!status) status = read(s, &s->log_step, "log_step", 1, 0, error);
    if (status) return status;
    const size_t P = s->lambda.shape[0], H = s->d.shape[0];
    if (P == 0 || H == 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "the layer has %zu states and %zu channels; 1 or more of each was expected", P, H);
    s->both = s->c.shape[1] == 2 * P;
    status = shaped(&s->b, 0, P, "states", error);
    if (!status) status = shaped(&s->b, 1, H, "inputs", error);
    if (!status) status = shaped(&s->c, 0, H, "outputs", error);
    if (!status) status = shaped(&s->c, 1, s->both ? 2 * P : P, "states", error);
    if (!status) status = shaped(&s->log_step, 0, P, "states", error);
    for (size_t n = 0; n < P && !status; n++)
        if (!(s->lambda.numbers[2 * n] < 0))
            status = loci_fail(error, LOCI_E_FORMAT,
                               "tensor %.100s: state %zu has the real part %g; less than 0 was expected",
                               s->lambda.name, n, s->lambda.numbers[2 * n]);
    if (!status) status = read_around(s, error);
    return status ? status : check_surplus(s, error);
}

/* What number i of a parameter of the layer, forward or backward in time, is. */
static float value_of(const state_dict *s, const char *part, size_t i, int way)
{
    const size_t P = s->lambda.shape[0];
    if (strcmp(part, "log_Lambda_re") == 0) return (float)log(-s->lambda.numbers[2 * i]);
    if (strcmp(part, "Lambda_im") == 0) return (float)s->lambda.numbers[2 * i + 1];
    if (strcmp(part, "log_step") == 0) return (float)s->log_step.numbers[i];
    if (strcmp(part, "B") == 0) return (float)s->b.numbers[i];
    if (strcmp(part, "D") == 0) return way ? 0 : (float)s->d.numbers[i];
    const size_t h = i / (2 * P), rest = i % (2 * P);
    return (float)(0.5 * s->c.numbers[(h * (size_t)(1 + s->both) + (size_t)way) * 2 * P + rest]);
}

static void fill(float *to, const loci_parameter *p, const state_dict *s)
{
    static const char layer[] = "s5_layers.0.", back[] = "back.";
    const size_t H = s->d.shape[0];
    if (strncmp(p->name, layer, sizeof layer - 1) == 0) {
        const char *part = p->name + sizeof layer - 1;
        const int way = strncmp(part, back, sizeof back - 1) == 0;
        for (size_t i = 0; i < p->count; i++) to[i] = value_of(s, part + (way ? sizeof back - 1 : 0), i, way);
        return;
    }
    for (size_t k = 0; k < AROUND; k++)
        if (strcmp(p->name, around[k][1]) == 0) {
            for (size_t i = 0; i < p->count; i++) to[i] = (float)s->around[k].numbers[i];
            return;
        }
    /* encoder and decoder; a bias stays 0 */
    for (size_t i = 0; p->dimensions == 2 && i < p->count; i++) to[i] = i / H == i % H;
}

static loci_status build(loci_model **out, const state_dict *s, loci_discretization discretization,
                         int liquid, loci_error *error)
{
    const size_t P = s->lambda.shape[0], H = s->d.shape[0];
    loci_model_config config;
    loci_status status = loci_model_preset(&config, "s5", H, H, error);
    if (status) return status;
    config.allocator = s->by;
    config.layers = 1, config.width = H, config.order = P <= LOCI_STATE_MAX ? 2 * P : P;
    config.discretization = discretization;
    config.plain = !s->block, config.norm = s->block ? LOCI_NORM_LAYER : LOCI_NORM_NONE;
    config.prenorm = 0, config.dropout = 0;
    config.pool = LOCI_POOL_NONE, config.head = LOCI_HEAD_UNBIASED;
    config.mixer = s->block ? LOCI_MIXER_GEGLU : LOCI_MIXER_NONE;
    config.mixer_expand = s->block ? s->around[DEC].shape[1] / H : 0;
    config.liquid = liquid != 0, config.bidirectional = s->both;
    loci_model *model;
    status = loci_model_create(&model, &config, error);
    if (status) return status;
    for (size_t k = 0; k < model->parameters; k++)
        fill(model->values + model->table[k].offset, &model->table[k], s);
    *out = model;
    return LOCI_OK;
}

loci_status loci_model_read_s5(loci_model **model, const loci_safetensors *file,
                               loci_discretization discretization, int liquid, const loci_allocator *by,
                               loci_error *error)
{
    state_dict s = {.file = file, .by = by};
    if (!loci_model_holds(file, LOCI_HELD_BY_S5, s.prefix, sizeof s.prefix))
        return loci_fail(error, LOCI_E_FORMAT,
                         "tensor Lambda is missing; a state_dict of an S5 layer was expected");
    loci_status status = read_all(&s, error);
    if (!status) status = build(model, &s, discretization, liquid, error);
    forget(&s);
    return status;
}

loci_status loci_model_import_s5(loci_model **model, const void *bytes, size_t size,
                                 loci_discretization discretization, int liquid,
                                 const loci_allocator *allocator, loci_error *error)
{
    loci_safetensors *file;
    if (discretization != LOCI_ZOH && discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "discretization is none that s5 has; zoh or bilinear was expected");
    loci_status status = loci_safetensors_read(&file, allocator, bytes, size, error);
    if (status) return status;
    status = loci_model_blame_file(loci_model_read_s5(model, file, discretization, liquid, allocator, error),
                                   error);
    loci_safetensors_free(file);
    return status;
}
