/* SPDX-License-Identifier: MIT
 * test_import.c - a published model imported answers as it did where it was made; what is no such model is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/model.h>
#include "model/network.h"

#include "base/allocate.h"
#include "model/safetensors.h"
#include "near.h"
#include "systems.h"

#define POSTNORM "05_model_postnorm.npz"
#define PRENORM "05_model_prenorm.npz"

enum { B = 3, L = 48, CLASSES = 10, TENSORS = 22, MOST = TENSORS + 2 };

static const char *const names[TENSORS] = {
    "encoder.weight",
    "encoder.bias",
    "s4_layers.0.D",
    "s4_layers.0.kernel.C",
    "s4_layers.0.kernel.log_dt",
    "s4_layers.0.kernel.log_A_real",
    "s4_layers.0.kernel.A_imag",
    "s4_layers.0.output_linear.0.weight",
    "s4_layers.0.output_linear.0.bias",
    "s4_layers.1.D",
    "s4_layers.1.kernel.C",
    "s4_layers.1.kernel.log_dt",
    "s4_layers.1.kernel.log_A_real",
    "s4_layers.1.kernel.A_imag",
    "s4_layers.1.output_linear.0.weight",
    "s4_layers.1.output_linear.0.bias",
    "norms.0.weight",
    "norms.0.bias",
    "norms.1.weight",
    "norms.1.bias",
    "decoder.weight",
    "decoder.bias",
};

/* The tensors of a state_dict, in F32 or F64. */
typedef struct {
    loci_tensor tensor[MOST];
    size_t count;
} state_dict;

static state_dict dict_of(const char *golden_file, int single)
{
    state_dict d = {.count = TENSORS};
    for (size_t i = 0; i < TENSORS; i++) {
        char name[96];
        snprintf(name, sizeof name, "w.%s", names[i]);
        loci_array a = golden(golden_file, name);
        loci_tensor *t = &d.tensor[i];
        *t = (loci_tensor){.name = names[i], .type = single ? "F32" : "F64", .dimensions = a.dimensions};
        memcpy(t->shape, a.shape, a.dimensions * sizeof *a.shape);
        t->bytes = single ? 4 : 8;
        for (size_t k = 0; k < a.dimensions; k++) t->bytes *= a.shape[k];
        double *numbers = malloc(t->bytes);
        assert_non_null(numbers);
        if (single)
            for (size_t k = 0; k < t->bytes / 4; k++) ((float *)(void *)numbers)[k] = (float)a.data[k];
        else
            memcpy(numbers, a.data, t->bytes);
        t->data = numbers;
        loci_array_free(&a);
    }
    return d;
}

static void dict_free(state_dict *d)
{
    for (size_t i = 0; i < TENSORS; i++) free((void *)(uintptr_t)d->tensor[i].data);
}

static loci_status import(loci_model **model, const state_dict *d, int prenorm, loci_error *error)
{
    void *bytes;
    size_t size;
    if (loci_safetensors_write(&bytes, &size, NULL, d->tensor, d->count, NULL, 0, error))
        fail_msg("%s", error->text);
    const loci_status status = loci_model_import(model, bytes, size, prenorm, LOCI_ZOH, error);
    loci_free(bytes);
    return status;
}

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count, size);
    assert_non_null(memory);
    return memory;
}

/* Whole sequences in double; samples one by one in float, whose answers after the last one are the same. Bounds: 1e-11 of
 * rounding in double; 48 steps of float rounding, through two norms, in logits of about 1. */
static void answers_as_published(const char *golden_file, int prenorm, int single)
{
    state_dict d = dict_of(golden_file, single);
    loci_model *model;
    loci_error error;
    if (import(&model, &d, prenorm, &error)) fail_msg("%s", error.text);
    const loci_model_config *c = loci_model_configuration(model);
    assert_int_equal(c->layers, 2);
    assert_int_equal(c->width, 16);
    assert_int_equal(c->order, 16);
    assert_int_equal(c->inputs, 3);
    assert_int_equal(c->outputs, CLASSES);
    assert_int_equal(c->prenorm, prenorm);
    loci_array x = golden(golden_file, "x"), logits = golden(golden_file, "logits");

    loci_network_f64 *network;
    if (loci_network_create_f64(&network, model, L, &error)) fail_msg("%s", error.text);
    const size_t size = loci_model_size(model);
    double *parameters = some(size, sizeof *parameters), y[B * CLASSES];
    for (size_t i = 0; i < size; i++) parameters[i] = (double)loci_model_values(model)[i];
    for (size_t i = 0; i < loci_network_parts_f64(network); i++)
        loci_network_prepare_f64(network, parameters, 1, i);
    void *workspace = some(loci_network_workspace_f64(network, B, 0), 1);
    loci_network_forward_f64(network, y, x.data, &(loci_pass){.B = B, .L = L}, NULL, 0, workspace);
    for (size_t i = 0; i < B * CLASSES; i++) assert_near(y[i], logits.data[i], 1e-11, "logit %zu", i);
    loci_free(workspace);
    loci_free(parameters);
    loci_network_free_f64(network);

    loci_network *stepping;
    if (loci_network_create(&stepping, model, 0, &error)) fail_msg("%s", error.text);
    for (size_t i = 0; i < loci_network_parts(stepping); i++)
        loci_network_prepare(stepping, loci_model_values_const(model), 1, i);
    float *states = some(B * loci_network_state_size(stepping), sizeof *states), *state[B],
          answer[B * CLASSES];
    for (size_t b = 0; b < B; b++) state[b] = states + b * loci_network_state_size(stepping);
    workspace = some(loci_network_step_workspace_size(stepping, B), 1);
    for (size_t l = 0; l < L; l++) {
        float u[B * 3];
        for (size_t i = 0; i < B * 3; i++) u[i] = (float)x.data[(i / 3 * L + l) * 3 + i % 3];
        loci_network_step(stepping, answer, u, B, NULL, state, workspace);
    }
    for (size_t i = 0; i < B * CLASSES; i++)
        assert_near((double)answer[i], logits.data[i], 1e-5, "streamed logit %zu", i);
    loci_free(workspace);
    loci_free(states);
    loci_network_free(stepping);
    loci_array_free(&x);
    loci_array_free(&logits);
    loci_model_free(model);
    dict_free(&d);
}

static void published(void **state)
{
    (void)state;
    answers_as_published(POSTNORM, 0, 1);
    answers_as_published(POSTNORM, 0, 0);
    answers_as_published(PRENORM, 1, 1);
}

static void refuse(const state_dict *d, const char *what)
{
    loci_model *model = NULL;
    loci_error error = {0};
    const loci_status status = import(&model, d, 0, &error);
    if (status != LOCI_E_FORMAT || !strstr(error.text, what))
        fail_msg("status %d, \"%s\"; %s was expected", (int)status, error.text, what);
    assert_null(model);
}

static void refusals(void **state)
{
    (void)state;
    state_dict d = dict_of(POSTNORM, 1);
    for (size_t i = 0; i < TENSORS; i++) { /* each one missing */
        state_dict less = {.count = TENSORS - 1};
        for (size_t k = 0; k < TENSORS - 1; k++) less.tensor[k] = d.tensor[k < i ? k : k + 1];
        char missing[96];
        snprintf(missing, sizeof missing, "tensor %s is missing", names[i]);
        refuse(&less, missing);
    }
    for (size_t i = 0; i < TENSORS;
         i++) { /* each one with its first two dimensions put in one, or one more */
        state_dict other = d;
        loci_tensor *t = &other.tensor[i];
        if (t->dimensions > 1)
            t->shape[1] *= t->shape[0], t->shape[0] = 1;
        else
            t->shape[t->dimensions++] = 1;
        refuse(&other, "");
    }
    state_dict more = d;
    more.tensor[more.count++] = (loci_tensor){
        .name = "s4_layers.0.kernel.B", .type = "F32", .dimensions = 1, .shape = {2}, .data = &d, .bytes = 8};
    refuse(&more, "tensor s4_layers.0.kernel.B is none of this model");
    more.tensor[TENSORS].name = "norms.2.weight";
    refuse(&more, "tensor norms.2.weight is none");
    state_dict large = d; /* finite in double, not in float */
    const double huge[10] = {0, 0, 1e39};
    large.tensor[TENSORS - 1].data = huge;
    large.tensor[TENSORS - 1].type = "F64";
    large.tensor[TENSORS - 1].bytes = sizeof huge;
    refuse(&large, "decoder.bias[2] is 1e+39; a finite number in single precision was expected");
    state_dict whole = d;
    whole.tensor[0].type = "I32";
    loci_model *model = NULL;
    loci_error error;
    assert_int_equal(import(&model, &whole, 0, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "encoder.weight holds I32"));
    assert_int_equal(loci_model_import(&model, "", 0, 0, LOCI_ZOH, &error), LOCI_E_FORMAT);
    assert_int_equal(loci_model_import(&model, "", 0, 0, LOCI_EULER, &error), LOCI_E_ARGUMENT);
    dict_free(&d);
}

/* What was imported is a model like any other: saved, it comes back the same. */
static void becomes_a_model(void **state)
{
    (void)state;
    state_dict d = dict_of(PRENORM, 1);
    loci_model *model, *again;
    loci_error error;
    void *bytes;
    size_t size;
    if (import(&model, &d, 1, &error)) fail_msg("%s", error.text);
    if (loci_model_save(model, &bytes, &size, &error)) fail_msg("%s", error.text);
    if (loci_model_load(&again, bytes, size, &error)) fail_msg("%s", error.text);
    assert_true(loci_model_fingerprint(model) == loci_model_fingerprint(again));
    loci_bytes_free(bytes);
    loci_model_free(model);
    loci_model_free(again);
    dict_free(&d);
}

/* The same parameters in a file that the format's own library wrote. */
static void from_the_library(void **state)
{
    (void)state;
    state_dict d = dict_of(POSTNORM, 1);
    loci_model *model, *again;
    loci_error error;
    void *bytes;
    size_t size;
    if (import(&model, &d, 0, &error)) fail_msg("%s", error.text);
    if (loci_file_read(LOCI_GOLDEN "/s4d_state.safetensors", &bytes, &size, 1000000, &error))
        fail_msg("%s", error.text);
    if (loci_model_import(&again, bytes, size, 0, LOCI_ZOH, &error)) fail_msg("%s", error.text);
    assert_true(loci_model_fingerprint(model) == loci_model_fingerprint(again));
    loci_bytes_free(bytes);
    loci_model_free(model);
    loci_model_free(again);
    dict_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(refusals),
        cmocka_unit_test(becomes_a_model),
        cmocka_unit_test(from_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
