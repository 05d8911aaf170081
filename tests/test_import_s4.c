/* SPDX-License-Identifier: MIT
 * test_import_s4.c - S4Block layers in a state_dict: published answers, every form of them; what is refused. */
#include "systems.h"

#include <stdint.h>

#include <loci/network.h>

#include "base/allocate.h"
#include "model/network.h"
#include "model/safetensors.h"
#include "near.h"

enum { MOST = 40 };

typedef struct {
    loci_tensor tensor[MOST];
    size_t count;
    char name[MOST][64];
    float number[MOST][1024];
    int64_t whole[MOST];
} state_dict;

static void add(state_dict *d, const char *name, const double *x, size_t dimensions, const size_t *shape)
{
    loci_tensor *t = &d->tensor[d->count];
    size_t count = 1;
    *t = (loci_tensor){
        .name = d->name[d->count], .type = "F32", .dimensions = dimensions, .data = d->number[d->count]};
    snprintf(d->name[d->count], sizeof d->name[0], "%s", name);
    for (size_t i = 0; i < dimensions; i++) count *= t->shape[i] = shape[i];
    assert_true(count <= 1024);
    for (size_t i = 0; i < count; i++) d->number[d->count][i] = x ? (float)x[i] : 0;
    t->bytes = 4 * count;
    d->count++;
}

static void add_golden(state_dict *d, const char *file, const char *array, const char *name)
{
    loci_array a = golden(file, array);
    if (strstr(name, "l_kernel")) {
        loci_tensor *t = &d->tensor[d->count];
        snprintf(d->name[d->count], sizeof d->name[0], "%s", name);
        d->whole[d->count] = (int64_t)a.data[0];
        *t = (loci_tensor){.name = d->name[d->count], .type = "I64", .data = &d->whole[d->count], .bytes = 8};
        d->count++;
    } else {
        add(d, name, a.data, a.dimensions, a.shape);
    }
    loci_array_free(&a);
}

static loci_tensor *find(state_dict *d, const char *name)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->name[i], name) == 0) return &d->tensor[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

static loci_status import(loci_model **model, const state_dict *d, loci_discretization discretization,
                          loci_error *error)
{
    void *bytes;
    size_t size;
    assert_int_equal(loci_safetensors_write(&bytes, &size, NULL, d->tensor, d->count, NULL, 0, error),
                     LOCI_OK);
    const loci_status status = loci_model_import(model, bytes, size, 0, discretization, error);
    loci_free(bytes);
    return status;
}

/* Answers [3][10] of the model, in double, as published: parameters are rounded to float where C is found from C~. */
static void model_is_published(void **state)
{
    (void)state;
    static const char *const parts[] = {"layer.D",
                                        "layer.kernel.inv_dt",
                                        "layer.kernel.C",
                                        "layer.kernel.B",
                                        "layer.kernel.A_real",
                                        "layer.kernel.A_imag",
                                        "layer.kernel.P",
                                        "layer.kernel.l_kernel",
                                        "output_linear.0.weight",
                                        "output_linear.0.bias"};
    static const char *const others[] = {"encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias",
                                         "norms.0.weight", "norms.0.bias", "norms.1.weight", "norms.1.bias"};
    state_dict *d = calloc(1, sizeof *d);
    char name[64], array[72];
    for (size_t i = 0; i < 8; i++) {
        snprintf(array, sizeof array, "w.%s", others[i]);
        add_golden(d, "s4_model.npz", array, others[i]);
    }
    for (size_t i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "s4_layers.%zu.%s", i / 10, parts[i % 10]);
        snprintf(array, sizeof array, "w.%s", name);
        add_golden(d, "s4_model.npz", array, name);
    }
    loci_model *model;
    loci_error error;
    if (import(&model, d, LOCI_ZOH, &error)) fail_msg("%s", error.text);
    const loci_model_config *c = loci_model_configuration(model);
    assert_int_equal(c->layer, LOCI_LAYER_S4), assert_int_equal(c->rank, 1), assert_int_equal(c->order, 16);
    loci_array x = golden("s4_model.npz", "x"), logits = golden("s4_model.npz", "logits");
    for (size_t b = 0; b < 3; b++) {
        double y[10];
        assert_int_equal(loci_model_run_f64(model, y, x.data + b * 48 * 3, 48, NULL, 0, 0, &error), LOCI_OK);
        for (size_t i = 0; i < 10; i++)
            assert_near(y[i], logits.data[b * 10 + i], 1e-6, "logit %zu of %zu", i, b);
    }
    loci_array_free(&x), loci_array_free(&logits);
    loci_model_free(model);
    free(d);
}

/* ---- blocks, in a model that does nothing else ---- */

enum { B = 2, H = 6, L = 96 };

static const char *const block_parts[] = {"layer.D",
                                          "layer.kernel.inv_dt",
                                          "layer.kernel.C",
                                          "layer.kernel.B",
                                          "layer.kernel.A_real",
                                          "layer.kernel.A_imag",
                                          "output_linear.0.weight",
                                          "output_linear.0.bias",
                                          "layer.kernel.P"};

static state_dict *block_of(const char *file, int low)
{
    state_dict *d = calloc(1, sizeof *d);
    const double one[H * H] = {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
                               0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1},
                         ones[H] = {1, 1, 1, 1, 1, 1};
    const size_t square[] = {H, H};
    assert_non_null(d);
    add(d, "encoder.weight", one, 2, square), add(d, "encoder.bias", NULL, 1, square);
    add(d, "decoder.weight", one, 2, square), add(d, "decoder.bias", NULL, 1, square);
    add(d, "norms.0.weight", ones, 1, square), add(d, "norms.0.bias", NULL, 1, square);
    for (size_t i = 0; i < 8 + (low ? 1u : 0u); i++) {
        char name[64], array[72];
        snprintf(name, sizeof name, "s4_layers.0.%s", block_parts[i]);
        snprintf(array, sizeof array, "w.%s", block_parts[i]);
        add_golden(d, file, array, name);
    }
    return d;
}

/* The mean over time of norm(x + block(x)). */
static void answers(double *expected, const char *file, int samples_first, size_t b)
{
    loci_array x = golden(file, "x"), y = golden(file, "y");
    for (size_t h = 0; h < H; h++) expected[h] = 0;
    for (size_t l = 0; l < L; l++) {
        double r[H], mean = 0, variance = 0;
        for (size_t h = 0; h < H; h++) {
            const size_t at = samples_first ? (b * L + l) * H + h : (b * H + h) * L + l;
            mean += (r[h] = x.data[at] + y.data[at]) / H;
        }
        for (size_t h = 0; h < H; h++) variance += (r[h] - mean) * (r[h] - mean) / H;
        for (size_t h = 0; h < H; h++) expected[h] += (r[h] - mean) / sqrt(variance + 1e-5) / L;
    }
    loci_array_free(&x), loci_array_free(&y);
}

static void block_is(const char *file, int low, int samples_first, loci_discretization discretization,
                     size_t taps)
{
    state_dict *d = block_of(file, low);
    loci_model *model, *ended = NULL;
    loci_error error;
    if (import(&model, d, discretization, &error)) fail_msg("%s: %s", file, error.text);
    loci_model_config config = *loci_model_configuration(model);
    config.size = sizeof config, config.taps = taps;
    if (loci_model_create(&ended, &config, &error)) fail_msg("%s: %s", file, error.text);
    assert_int_equal(loci_model_size(ended), loci_model_size(model));
    memcpy(loci_model_values(ended), loci_model_values(model), loci_model_size(model) * sizeof(float));
    loci_array x = golden(file, "x");
    for (size_t b = 0; b < B; b++) {
        double u[L * H], y[H], expected[H];
        for (size_t i = 0; i < L * H; i++)
            u[i] = x.data[samples_first ? b * L * H + i : (b * H + i % H) * L + i / H];
        assert_int_equal(loci_model_run_f64(ended, y, u, L, NULL, 0, 0, &error), LOCI_OK);
        answers(expected, file, samples_first, b);
        for (size_t h = 0; h < H; h++)
            assert_near(y[h], expected[h], 1e-6, "%s: answer %zu of %zu", file, h, b);
    }
    loci_array_free(&x);
    loci_model_free(model), loci_model_free(ended);
    free(d);
}

static void blocks_are_published(void **state)
{
    (void)state;
    block_is("s4_block_dplr.npz", 1, 0, LOCI_ZOH, 0);
    block_is("s4_block_channels.npz", 1, 1, LOCI_ZOH, 0);
    block_is("s4_block_both.npz", 0, 0, LOCI_BILINEAR, 0);
    block_is("s4_block_ends.npz", 0, 0, LOCI_ZOH, 32);
}

/* A state that has run keeps C (I - abar^96); it gives the C that it began with. */
static void finds_c(void **state)
{
    (void)state;
    const char *const files[] = {"s4_block_dplr.npz", "s4_block_channels.npz"};
    for (size_t f = 0; f < 2; f++) {
        state_dict *d = block_of(files[f], 1);
        loci_model *one, *other;
        loci_error error;
        assert_int_equal(import(&one, d, LOCI_ZOH, &error), LOCI_OK);
        loci_array c = golden(files[f], "C_tilde");
        float *to = d->number[find(d, "s4_layers.0.layer.kernel.C") - d->tensor];
        for (size_t i = 0; i < find(d, "s4_layers.0.layer.kernel.C")->bytes / 4; i++)
            to[i] = (float)c.data[i];
        loci_array_free(&c);
        d->whole[d->count] = 96;
        snprintf(d->name[d->count], sizeof d->name[0], "s4_layers.0.layer.kernel.l_kernel");
        d->tensor[d->count] =
            (loci_tensor){.name = d->name[d->count], .type = "I64", .data = &d->whole[d->count], .bytes = 8};
        d->count++;
        if (import(&other, d, LOCI_ZOH, &error)) fail_msg("%s", error.text);
        for (size_t i = 0; i < loci_model_size(one); i++) /* C~ was rounded to float, of numbers to 3 */
            assert_near((double)loci_model_values(other)[i], (double)loci_model_values(one)[i], 1e-4,
                        "%s: number %zu", files[f], i);
        loci_model_free(one), loci_model_free(other);
        free(d);
    }
}

static void refuse(const state_dict *d, const char *what)
{
    loci_model *model = NULL;
    loci_error error = {0};
    const loci_status status = import(&model, d, LOCI_ZOH, &error);
    if (status != LOCI_E_FORMAT || !strstr(error.text, what))
        fail_msg("status %d, \"%s\"; %s was expected", (int)status, error.text, what);
    assert_null(model);
}

static void refusals(void **state)
{
    (void)state;
    state_dict *whole = block_of("s4_block_dplr.npz", 1), *d = malloc(sizeof *d);
    for (size_t i = 0; i < whole->count; i++) { /* each one missing, and each one of another shape */
        memcpy(d, whole, sizeof *d);
        for (size_t k = 0; k < d->count; k++)
            d->tensor[k].name = d->name[k], d->tensor[k].data = d->number[k];
        d->tensor[i] = d->tensor[--d->count];
        if (strcmp(whole->name[i], "s4_layers.0.layer.kernel.P") != 0) /* without, it is diagonal */
            refuse(d, strcmp(whole->name[i], "s4_layers.0.layer.D") == 0 ? "layer.D is missing"
                                                                         : whole->name[i]);
        memcpy(d, whole, sizeof *d);
        for (size_t k = 0; k < d->count; k++)
            d->tensor[k].name = d->name[k], d->tensor[k].data = d->number[k];
        loci_tensor *t = &d->tensor[i];
        if (t->dimensions > 1)
            t->shape[1] *= t->shape[0], t->shape[0] = 1;
        else
            t->shape[t->dimensions++] = 1;
        if (t->shape[0] != whole->tensor[i].shape[0]) refuse(d, "");
    }
    memcpy(d, whole, sizeof *d);
    for (size_t k = 0; k < d->count; k++) d->tensor[k].name = d->name[k], d->tensor[k].data = d->number[k];
    d->number[find(d, "s4_layers.0.layer.kernel.B") - d->tensor][3] = (float)NAN;
    refuse(d, "s4_layers.0.layer.kernel.B[3] is nan; a finite number was expected");
    d->number[find(d, "s4_layers.0.layer.kernel.B") - d->tensor][3] = 0;
    const size_t one[] = {1};
    loci_tensor *low = find(d, "s4_layers.0.layer.kernel.P");
    const loci_tensor kept = *low;
    low->shape[0] = 0, low->bytes = 0;
    refuse(d, "tensor s4_layers.0.layer.kernel.P is of rank 0; 1 or 2 was expected");
    *low = kept;
    add(d, "s4_layers.0.layer.kernel.Q", NULL, 1, one);
    refuse(d, "tensor s4_layers.0.layer.kernel.Q is none of this model");
    d->count--;
    add(d, "s4_layers.0.layer.kernel.l_kernel", NULL, 1, one);
    refuse(d, "l_kernel is no whole number");
    free(whole), free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_is_published),
        cmocka_unit_test(blocks_are_published),
        cmocka_unit_test(finds_c),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
