/* SPDX-License-Identifier: MIT
 * lower_model.c - a whole model: what stands around its layers, as src/model/stack.c puts it together. */
#include "export/lower.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <loci/task.h>
#include <loci/token.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

/* ---- the kinds of layers, in the order of loci_layer_kind ---- */

static const struct {
    const char *parameters; /* what the names of its parameters begin with, before the number of the layer */
    loci_lower_layer *lower;
} kinds[] = {
    {"s4_layers", loci_lower_s4},       {"lstm_layers", loci_lower_lstm},
    {"gru_layers", loci_lower_gru},     {"mingru_layers", loci_lower_mingru},
    {"conv_layers", loci_lower_conv},   {"s5_layers", loci_lower_s5},
    {"mamba_layers", loci_lower_mamba}, {"mamba_layers", loci_lower_mamba2},
    {"s4_layers", loci_lower_s4},       {"attention_layers", loci_lower_attention},
    {"bank_layers", loci_lower_bank},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- blocks ---- */

/* y = norm(x), which may be the same room. */
static void norm(const loci_lowering *l, loci_place y, loci_place x, const char *name, size_t channels)
{
    const loci_place weight = loci_lower_constant(l, name, "weight", channels);
    if (l->c->norm == LOCI_NORM_RMS)
        LOCI_DO(l->p, rms_norm, y, x, weight, loci_number(channels));
    else
        LOCI_DO(l->p, layer_norm, y, x, weight, loci_lower_constant(l, name, "bias", channels),
                loci_number(channels));
}

/* x becomes what layer i makes of it, with what stands around it: normed: n + f(n), n = norm(x). */
static loci_place surround(const loci_lowering *l, loci_place x, loci_lower_layer *layer, const char *norms,
                           size_t i, const char *name, int normed, size_t inputs)
{
    const size_t H = l->c->width;
    char norm_name[48];
    loci_place y;
    snprintf(norm_name, sizeof norm_name, "%s.%zu", norms, i);
    if (l->c->plain) {
        y = layer(l, x, name, inputs);
        loci_program_give(l->p, x);
        return y;
    }
    const int norms_there = l->c->norm != LOCI_NORM_NONE;
    if (normed) {
        if (norms_there) norm(l, x, x, norm_name, H);
        y = layer(l, x, name, inputs);
        LOCI_DO(l->p, add, y, x, loci_number(H));
    } else if (l->c->prenorm && norms_there) {
        const loci_place n = loci_program_take(l->p, H);
        norm(l, n, x, norm_name, H);
        y = layer(l, n, name, inputs);
        loci_program_give(l->p, n);
        LOCI_DO(l->p, add, y, x, loci_number(H));
    } else {
        y = layer(l, x, name, inputs);
        LOCI_DO(l->p, add, y, x, loci_number(H));
        if (norms_there) norm(l, y, y, norm_name, H);
    }
    loci_program_give(l->p, x);
    return y;
}

/* ---- mixers of channels ---- */

static loci_place gated(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = l->c->width;
    LOCI_DO(l->p, gelu, x, x, loci_number(inputs));
    const loci_place g =
        loci_lower_dense(l, x, name, "output_linear.0.weight", "output_linear.0.bias", inputs, 2 * H);
    loci_program_give(l->p, x);
    LOCI_DO(l->p, gate, g, g, loci_behind(g, H), loci_number(H));
    return g;
}

static loci_place half_gated(const loci_lowering *l, loci_place x, const char *name)
{
    const size_t H = l->c->width;
    LOCI_DO(l->p, gelu, x, x, loci_number(H));
    const loci_place g = loci_lower_dense(l, x, name, "out2.weight", "out2.bias", H, H);
    LOCI_DO(l->p, gate, x, x, g, loci_number(H));
    loci_program_give(l->p, g);
    return x;
}

static size_t inner(const loci_lowering *l)
{
    return (l->c->mixer_expand ? l->c->mixer_expand : 4) * l->c->width;
}

static loci_place mlp(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const loci_place h = loci_lower_dense(l, x, name, "fc1.weight", "fc1.bias", inputs, inner(l));
    LOCI_DO(l->p, gelu, h, h, loci_number(inner(l)));
    const loci_place y = loci_lower_dense(l, h, name, "fc2.weight", "fc2.bias", inner(l), l->c->width);
    loci_program_give(l->p, h);
    return y;
}

static loci_place geglu(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const loci_place h = loci_lower_dense(l, x, name, "ff_enc.weight", NULL, inputs, 2 * inner(l));
    LOCI_DO(l->p, gate_gelu, h, h, loci_behind(h, inner(l)), loci_number(inner(l)));
    const loci_place y = loci_lower_dense(l, h, name, "ff_dec.weight", NULL, inner(l), l->c->width);
    loci_program_give(l->p, h);
    return y;
}

/* ---- layers ---- */

static int mixed(const loci_lowering *l)
{
    return loci_config_has(l->c, loci_config_find("mixer"));
}

/* A layer with what mixes channels in the same residual. */
static loci_place layer_of(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t kernels =
        loci_config_has(l->c, loci_config_find("kernels")) && l->c->kernels ? l->c->kernels : 1;
    const loci_place y = kinds[l->c->layer].lower(l, x, name, inputs);
    if (!mixed(l)) return y;
    if (l->c->mixer == LOCI_MIXER_GATED)
        return l->c->layer == LOCI_LAYER_S5 ? half_gated(l, y, name)
                                            : gated(l, y, name, kernels * l->c->width);
    if (l->c->mixer == LOCI_MIXER_GEGLU) LOCI_DO(l->p, gelu, y, y, loci_number(l->c->width));
    return y;
}

static loci_place layer_whole(const loci_lowering *l, loci_place x, size_t i, size_t inputs)
{
    char name[48], mixer[48];
    const int by_mlp = mixed(l) && l->c->mixer == LOCI_MIXER_MLP,
              by_geglu = mixed(l) && l->c->mixer == LOCI_MIXER_GEGLU;
    snprintf(name, sizeof name, "%s.%zu", kinds[l->c->layer].parameters, i);
    snprintf(mixer, sizeof mixer, "mixers.%zu", i);
    x = surround(l, x, layer_of, "norms", i, name, by_geglu, inputs);
    if (by_mlp || by_geglu)
        x = surround(l, x, by_mlp ? mlp : geglu, "mixer_norms", i, mixer, by_geglu, l->c->width);
    return x;
}

/* ---- in and out ---- */

/* A constant of n numbers by `of` a double each. */
static loci_place numbers(const loci_lowering *l, const char *name, const double *of, int over, size_t n,
                          double none)
{
    float *values = loci_allocate_by(loci_allocator_of(l->p), n, sizeof *values);
    if (!values) loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for %s", name);
    for (size_t i = 0; values && i < n; i++) values[i] = (float)(!of ? none : over ? 1 / of[i] : of[i]);
    const loci_place place = loci_program_constant(l->p, name, LOCI_WORD_FLOAT, values, n);
    loci_free(values);
    return place;
}

static loci_place begin(const loci_lowering *l)
{
    const loci_model_about *about = loci_model_description(l->model);
    const size_t inputs = l->c->inputs;
    loci_place x = {.kind = LOCI_PLACE_IN};
    if (about->shift || about->scale) {
        x = loci_program_take(l->p, inputs);
        loci_program_note(l->p, "the inputs as the model was trained on them");
        LOCI_DO(l->p, standardise, x, (loci_place){.kind = LOCI_PLACE_IN},
                numbers(l, "input.shift", about->shift, 0, inputs, 0),
                numbers(l, "input.scale", about->scale, 0, inputs, 1), loci_number(inputs));
    }
    loci_place y = x;
    if (l->c->vocabulary) {
        y = loci_program_take(l->p, l->c->width);
        loci_program_note(l->p, "the token's row of the embedding");
        LOCI_DO(l->p, row_of, y, x,
                loci_lower_constant(l, "embedding", "weight", l->c->vocabulary * l->c->width),
                loci_number(loci_token_count(l->model)), /* rows behind these fill the table up */
                loci_number(l->c->width));
    } else if (!l->c->plain) {
        y = loci_lower_dense(l, x, "encoder", "weight", "bias", inputs, l->c->width);
    } else {
        return x;
    }
    loci_program_give(l->p, x);
    return y;
}

/* The mean of all samples so far; the last one is what is there anyway. */
static void pool(const loci_lowering *l, loci_place x)
{
    const size_t H = l->c->width;
    if (l->c->pool != LOCI_POOL_MEAN || l->c->layer == LOCI_LAYER_BANK) return;
    const loci_place total = loci_program_field(l->p, "pool.total", LOCI_WORD_FLOAT, H),
                     lost = loci_program_field(l->p, "pool.lost", LOCI_WORD_FLOAT, H),
                     samples = loci_program_field(l->p, "pool.samples", LOCI_WORD_U32, 2);
    loci_program_note(l->p, "the mean over all samples so far");
    LOCI_DO(l->p, mean_so_far, x, total, lost, samples, x, loci_number(H));
}

/* Of tokens only those that mean something have one (loci_model_answer). */
static void shares(const loci_lowering *l, loci_place out)
{
    const size_t outputs = l->c->outputs,
                 count = loci_task_inspect(loci_model_description(l->model)->task)->next
                             ? loci_token_count(l->model)
                             : outputs;
    LOCI_DO(l->p, softmax, out, out, loci_number(count));
    if (count == outputs) return;
    const loci_place rest = loci_behind(out, count),
                     none = numbers(l, "output.none", NULL, 0, outputs - count, 0);
    LOCI_DO(l->p, in_units, rest, rest, none, none, loci_number(outputs - count));
}

static void end(const loci_lowering *l, loci_place x)
{
    const loci_model_about *about = loci_model_description(l->model);
    const size_t H = l->c->width, outputs = l->c->outputs;
    const loci_place out = {.kind = LOCI_PLACE_OUT};
    if (l->c->final_norm && l->c->norm != LOCI_NORM_NONE) norm(l, x, x, "norm_f", H);
    pool(l, x);
    if (l->c->layer != LOCI_LAYER_BANK) loci_program_answer(l->p);
    const char *const name = l->c->head == LOCI_HEAD_TIED ? "embedding.weight" : "decoder.weight";
    loci_program_note(l->p, "the answer");
    loci_lower_dense_into(l, out, x, name, loci_lower_parameter(l, "%s", name), "decoder.bias",
                          l->c->head == LOCI_HEAD_LINEAR ? loci_lower_parameter(l, "decoder.bias") : NULL, H,
                          outputs);
    /* Without names nothing tells classes from values: the numbers stay as they are, as in loci stream. */
    if (about->classes)
        shares(l, out);
    else if (about->target_shift || about->target_scale)
        LOCI_DO(l->p, in_units, out, out, numbers(l, "output.unit", about->target_scale, 1, outputs, 1),
                numbers(l, "output.origin", about->target_shift, 0, outputs, 0), loci_number(outputs));
}

static void lower(loci_lowering *l)
{
    const int first = l->c->plain && !l->c->vocabulary;
    loci_place x = begin(l);
    for (; l->at < l->c->layers; l->at++)
        x = layer_whole(l, x, l->at, first && l->at == 0 ? l->c->inputs : l->c->width);
    end(l, x);
}

/* ---- the door ---- */

/* What a C file or a target of CMake cannot be called: a header of C's, or one that these include, that is included in the place of
 * its own, a target that a build has already, and what is linked with -lm. Systems that do not tell capitals apart are heeded. */
static int is_taken(const char *prefix)
{
    static const char *const names[] = {
        "assert",       "complex",    "ctype",         "errno",     "fenv",       "float",
        "inttypes",     "iso646",     "limits",        "locale",    "math",       "setjmp",
        "signal",       "stdarg",     "stdbool",       "stddef",    "stdint",     "stdio",
        "stdlib",       "string",     "tgmath",        "time",      "wchar",      "wctype",
        "stdalign",     "stdatomic",  "stdnoreturn",   "threads",   "uchar",      "alloca",
        "availability", "corecrt",    "crtdefs",       "endian",    "features",   "newlib",
        "strings",      "vadefs",     "all",           "clean",     "depend",     "help",
        "install",      "m",          "package",       "test",      "edit_cache", "package_source",
        "run_tests",    "preinstall", "rebuild_cache", "all_build", "zero_check",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(prefix, names[i]) == 0) return 1;
    return 0;
}

loci_status loci_export_check_prefix(const char *prefix, loci_error *error)
{
    size_t length = 0;
    for (const char *c = prefix; *c; c++, length++) {
        const int letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'),
                  other = (*c >= '0' && *c <= '9') || *c == '_';
        if (!letter && !(other && c > prefix)) length = LOCI_EXPORT_PREFIX;
        if (length >= LOCI_EXPORT_PREFIX) break;
    }
    if (length == 0 || length >= LOCI_EXPORT_PREFIX)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "prefix is \"%.40s\"; a letter, then letters, digits and _, %d at most, were expected", prefix,
            LOCI_EXPORT_PREFIX - 1);
    if (is_taken(prefix))
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "prefix is \"%s\", the name of a header of C or of a target of CMake; another one was expected",
            prefix);
    return LOCI_OK;
}

static loci_status check_model(const loci_model *model, loci_error *error)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    const loci_model_config *c = loci_model_configuration(model);
    if (loci_model_looks_ahead(model))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the model looks ahead (bidirectional layers): its answers need the whole sequence, which a "
            "microcontroller's step does not have");
    if (!loci_model_streams(model))
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "the model's attention has no window: it looks back at every sample since the "
                         "beginning, for which no state has room; an attention window was expected");
    if ((size_t)c->layer >= KINDS || !kinds[c->layer].lower)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "layers of %s are not exported",
                         loci_layer_name(c->layer));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < table[i].count; k++) {
            const double value = (double)loci_model_values_const(model)[table[i].offset + k];
            if (!isfinite(value))
                return loci_fail(error, LOCI_E_VALUE,
                                 "parameter %s has %g at %zu; finite numbers were expected", table[i].name,
                                 value, k);
        }
    return LOCI_OK;
}

static char *copy_text(const loci_export *p, const char *text)
{
    char *copy = loci_allocate_by(loci_allocator_of(p), strlen(text) + 1, 1);
    if (!copy) return NULL;
    strcpy(copy, text);
    for (char *c = copy; *c; c++) /* on one line, inside a comment */
        if ((unsigned char)*c < ' ' || (*c == '*' && c[1] == '/')) *c = '?';
    return copy;
}

/* Names of classes, in one block behind their pointers. */
static void copy_classes(loci_export *p, const char *const *classes)
{
    size_t bytes = p->outputs * sizeof *p->classes;
    for (size_t i = 0; i < p->outputs; i++) bytes += strlen(classes[i]) + 1;
    p->classes = loci_allocate_by(loci_allocator_of(p), bytes, 1);
    if (!p->classes) {
        loci_program_fail(p, LOCI_E_MEMORY, "out of memory for names of classes");
        return;
    }
    char *at = (char *)(p->classes + p->outputs);
    for (size_t i = 0; i < p->outputs; i++) {
        p->classes[i] = strcpy(at, classes[i]);
        at += strlen(at) + 1;
    }
}

loci_status loci_export_create(loci_export **out, const loci_model *model, const loci_export_options *given,
                               loci_error *error)
{
    loci_export_options o = {0};
    loci_status status = given ? LOCI_SIZED_TAKE(&o, given, "loci_export_options", error) : LOCI_OK;
    const loci_model_config *c = loci_model_configuration(model);
    const loci_model_about *about = loci_model_description(model);
    *out = NULL;
    if (!o.prefix) o.prefix = "model";
    if (!status) status = loci_export_check_prefix(o.prefix, error);
    if (!status) status = check_model(model, error);
    if (!status && o.weights == LOCI_EXPORT_INT8 && c->layer == LOCI_LAYER_BANK)
        status = loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "what reads a bank adds up large numbers that nearly cancel, for which weights of 8 bits are "
            "too few; weights of floats were expected");
    if (status) return status;
    loci_export *p = loci_allocate_by(loci_allocator_of(model), 1, sizeof *p);
    if (!p) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a step in C");
    strcpy(p->prefix, o.prefix);
    p->origin = copy_text(p, o.origin ? o.origin : "a model");
    if (!p->origin) loci_program_fail(p, LOCI_E_MEMORY, "out of memory for a step in C");
    p->inputs = c->inputs, p->outputs = c->outputs, p->rate = about->rate;
    p->tokens = (int)loci_token_count(model);
    p->whole = o.weights == LOCI_EXPORT_INT8;
    p->answer = about->classes ? "probabilities"
                : loci_task_inspect(about->task)->values
                    ? "numbers in the target's units"
                    : "the network's own numbers: the model names no classes";
    if (about->classes && !p->status) copy_classes(p, about->classes);
    lower(&(loci_lowering){.p = p, .model = model, .c = c, .o = &o});
    loci_program_check(p);
    if (p->status) {
        if (error) *error = p->error;
        status = p->status;
        loci_export_free(p);
        return status;
    }
    *out = p;
    return LOCI_OK;
}
