/* SPDX-License-Identifier: MIT
 * test_import_s5.c - published S5 layers imported answer as they did where they were made; what is no such layer is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/model.h>
#include <loci/network.h>

#include "base/allocate.h"
#include "model/safetensors.h"
#include "near.h"
#include "systems.h"

#define BLOCK "layer_s5_block.npz"

/* Deeper than names usually are. */
#define LONG "a_model.of_which_this.is_a_part.in_a_part.of_another_one.that_is_deep.layers.0.seq."

enum { H = 4, L = 50, TENSORS = 5, ALL = 11, MOST = ALL + 1 };

typedef struct {
    loci_tensor tensor[MOST];
    char names[MOST][200];
    size_t count;
} state_dict;

/* Complex numbers as pairs, or, pairs 0, as such. In the file of a block what is around the layer follows. */
static void dict_of(state_dict *d, const char *file, const char *prefix, int pairs)
{
    static const char *const names[ALL] = {"Lambda",
                                           "B",
                                           "C",
                                           "D",
                                           "log_step",
                                           "attn_norm.weight",
                                           "attn_norm.bias",
                                           "ff_norm.weight",
                                           "ff_norm.bias",
                                           "ff_enc.weight",
                                           "ff_dec.weight"};
    const int block = strcmp(file, BLOCK) == 0;
    *d = (state_dict){.count = block ? ALL : TENSORS};
    for (size_t i = 0; i < d->count; i++) {
        char name[32];
        snprintf(name, sizeof name, "w.%s%s", block && i < TENSORS ? "s5.seq." : "", names[i]);
        loci_array a = golden(file, name);
        snprintf(d->names[i], sizeof d->names[i], "%s%s%s", prefix, block && i < TENSORS ? "s5.seq." : "",
                 names[i]);
        loci_tensor *t = &d->tensor[i];
        *t = (loci_tensor){.name = d->names[i], .type = "F32", .dimensions = a.dimensions, .bytes = 4};
        memcpy(t->shape, a.shape, a.dimensions * sizeof *a.shape);
        for (size_t k = 0; k < a.dimensions; k++) t->bytes *= a.shape[k];
        float *numbers = malloc(t->bytes);
        assert_non_null(numbers);
        for (size_t k = 0; k < t->bytes / 4; k++) numbers[k] = (float)a.data[k];
        t->data = numbers;
        if (!pairs && (i == 0 || i == 2)) t->type = "C64", t->dimensions--;
        loci_array_free(&a);
    }
}

static void dict_free(state_dict *d)
{
    for (size_t i = 0; i < MOST && d->tensor[i].data; i++) free((void *)(uintptr_t)d->tensor[i].data);
}

static loci_status import(loci_model **model, const state_dict *d, loci_discretization discretization,
                          int liquid, loci_error *error)
{
    void *bytes;
    size_t size;
    assert_int_equal(loci_safetensors_write(&bytes, &size, NULL, d->tensor, d->count, NULL, 0, error),
                     LOCI_OK);
    const loci_status status = liquid
                                   ? loci_model_import_s5(model, bytes, size, discretization, 1, NULL, error)
                                   : loci_model_import(model, bytes, size, 0, discretization, error);
    loci_free(bytes);
    return status;
}

static void answers_as_published(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        loci_discretization discretization;
        int liquid, both;
    } cases[] = {{"layer_s5_zoh.npz", LOCI_ZOH, 0, 0},
                 {"layer_s5_bilinear.npz", LOCI_BILINEAR, 0, 0},
                 {"layer_s5_zoh_bidir.npz", LOCI_ZOH, 0, 1},
                 {"layer_s5_zoh_liquid.npz", LOCI_ZOH, 1, 0},
                 {BLOCK, LOCI_ZOH, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int pairs = 0; pairs < 2; pairs++) {
            state_dict d;
            loci_model *model;
            loci_error error;
            dict_of(&d, cases[i].file, pairs ? "" : LONG, pairs);
            if (import(&model, &d, cases[i].discretization, cases[i].liquid, &error))
                fail_msg("%s", error.text);
            loci_array x = golden(cases[i].file, "x"), y = golden(cases[i].file, "y");
            double answer[L * H];
            for (int stepwise = 0; stepwise < (cases[i].both ? 1 : 2); stepwise++) {
                if (loci_model_run_f64(model, answer, x.data, L, NULL, 0, stepwise, &error))
                    fail_msg("%s", error.text);
                for (size_t k = 0; k < L * H; k++) /* parameters are kept in single precision */
                    assert_near(answer[k], y.data[k], 1e-6, "%s: y[%zu]", cases[i].file, k);
            }
            loci_array_free(&x), loci_array_free(&y);
            loci_model_free(model);
            dict_free(&d);
        }
}

static void refuses(state_dict *d, const char *why)
{
    loci_model *model = NULL;
    loci_error error;
    assert_int_equal(import(&model, d, LOCI_ZOH, 0, &error), LOCI_E_FORMAT);
    assert_null(model);
    assert_non_null(strstr(error.text, why));
    dict_free(d);
    dict_of(d, "layer_s5_zoh.npz", "", 1);
}

static void what_is_no_such_layer(void **state)
{
    (void)state;
    state_dict d;
    dict_of(&d, "layer_s5_zoh.npz", "", 1);
    ((float *)(uintptr_t)d.tensor[0].data)[4] = 0.25f;
    refuses(&d, "tensor Lambda: state 2 has the real part 0.25; less than 0 was expected");
    ((float *)(uintptr_t)d.tensor[1].data)[7] = (float)NAN;
    refuses(&d, "B[7] is nan; a finite number was expected");
    ((float *)(uintptr_t)d.tensor[1].data)[7] = 3.2e38f; /* which is finite */
    loci_model *large;
    assert_int_equal(import(&large, &d, LOCI_ZOH, 0, NULL), LOCI_OK);
    loci_model_free(large);
    double wide[4] = {0, 0, 1e300, 0};
    const loci_tensor kept = d.tensor[3];
    d.tensor[3].type = "F64", d.tensor[3].data = wide, d.tensor[3].bytes = sizeof wide;
    loci_error error;
    assert_int_equal(import(&large, &d, LOCI_ZOH, 0, &error), LOCI_E_FORMAT);
    assert_string_equal(error.text, "D[2] is 1e+300; a finite number in single precision was expected");
    d.tensor[3] = kept;
    d.count--;
    refuses(&d, "tensor log_step is missing");
    d.tensor[4].name = "step";
    refuses(&d, "tensor log_step is missing");
    d.tensor[3].shape[0]--, d.tensor[3].bytes -= 4;
    refuses(&d, "tensor B has 4 inputs; 3 were expected");
    d.tensor[2].shape[1] = 4, d.tensor[2].shape[0] = 8;
    refuses(&d, "tensor C has 8 outputs; 4 were expected");
    for (size_t i = 0; i < TENSORS; i++) d.tensor[i].bytes = 0;
    d.tensor[1].shape[1] = d.tensor[2].shape[0] = d.tensor[3].shape[0] = 0;
    d.tensor[0].bytes = 8 * d.tensor[0].shape[0], d.tensor[4].bytes = 4 * d.tensor[4].shape[0];
    refuses(&d, "the layer has 8 states and 0 channels; 1 or more of each was expected");
    d.tensor[0].dimensions = 1, d.tensor[0].shape[0] = 16;
    refuses(
        &d,
        "tensor Lambda is F32 with 1 dimensions; C64 with 1, or 2 with pairs in the last one, was expected");
    float *more = malloc(d.tensor[4].bytes);
    assert_non_null(more);
    memcpy(more, d.tensor[4].data, d.tensor[4].bytes);
    d.tensor[5] = d.tensor[4], d.tensor[5].name = "E", d.tensor[5].data = more, d.count++;
    refuses(&d, "tensor E is none of an S5 layer");
    loci_model *model;
    assert_int_equal(import(&model, &d, LOCI_FOH, 1, NULL), LOCI_E_ARGUMENT);
    dict_free(&d);

    dict_of(&d, BLOCK, "a.", 0);
    d.tensor[9].shape[0] = 8, d.tensor[9].shape[1] = 8;
    refuses(&d, "tensor a.ff_enc.weight has 8 outputs; 16 were expected");
    dict_free(&d);
    dict_of(&d, BLOCK, "", 0);
    d.tensor[8].name = "ff_norm.base";
    refuses(&d, "tensor ff_norm.bias is missing");
    dict_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_published),
        cmocka_unit_test(what_is_no_such_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
