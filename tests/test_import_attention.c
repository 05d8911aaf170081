/* SPDX-License-Identifier: MIT
 * test_import_attention.c - PyTorch's attention imported answers as it did where it was made; what is none is refused. */
#include "systems.h"

#include <string.h>

#include <loci/data.h>
#include <loci/model.h>
#include <loci/network.h>

#include "base/allocate.h"
#include "model/safetensors.h"
#include "near.h"

#define FILE_NAME "layer_mha_causal.npz"

enum { B = 2, L = 12, H = 8, TENSORS = 4 };

static const char *const names[TENSORS] = {"in_proj_weight", "in_proj_bias", "out_proj.weight",
                                           "out_proj.bias"};

/* The published state_dict as a file, its names behind a prefix, then one tensor changed. */
typedef struct {
    char names[TENSORS + 1][192];
    float numbers[TENSORS + 1][3 * H * H];
    loci_tensor tensors[TENSORS + 1];
    size_t count;
} state_dict;

static void published(state_dict *d, const char *prefix)
{
    memset(d, 0, sizeof *d);
    d->count = TENSORS;
    for (size_t k = 0; k < TENSORS; k++) {
        char name[64];
        snprintf(name, sizeof name, "w.%s", names[k]);
        snprintf(d->names[k], sizeof d->names[k], "%s%s", prefix, names[k]);
        loci_array a = golden(FILE_NAME, name);
        const size_t rows = k < 2 ? 3 * H : H, columns = k % 2 ? 1 : H;
        for (size_t i = 0; i < rows * columns; i++) d->numbers[k][i] = (float)a.data[i];
        d->tensors[k] = (loci_tensor){.name = d->names[k],
                                      .type = "F32",
                                      .dimensions = k % 2 ? 1 : 2,
                                      .shape = {rows, columns},
                                      .data = d->numbers[k],
                                      .bytes = rows * columns * sizeof(float)};
        loci_array_free(&a);
    }
}

static loci_status import(loci_model **model, const state_dict *d, size_t heads, int whole, loci_error *error)
{
    void *bytes = NULL;
    size_t size = 0;
    assert_int_equal(loci_safetensors_write(&bytes, &size, NULL, d->tensors, d->count, NULL, 0, NULL),
                     LOCI_OK);
    const loci_status status = loci_model_import_attention(model, bytes, size, heads, whole, NULL, error);
    loci_free(bytes);
    return status;
}

static void answers_as_published(void **state)
{
    (void)state;
    static const char *const prefixes[] = {
        "", "self_attn.",
        "a_model.of_which_this.is_a_part.in_a_part.of_another_one.that_is_deep.with.many.layers.0.attn."};
    loci_array x = golden(FILE_NAME, "x"), expected = golden(FILE_NAME, "y");
    for (size_t k = 0; k < 3; k++) {
        static state_dict d;
        loci_model *model;
        loci_error error;
        published(&d, prefixes[k]);
        if (import(&model, &d, 2, 0, &error)) fail_msg("%s", error.text);
        double y[L * H];
        for (size_t b = 0; b < B; b++) {
            assert_int_equal(loci_model_run_f64(model, y, x.data + b * L * H, L, NULL, 0, 0, &error),
                             LOCI_OK);
            for (size_t i = 0; i < L * H; i++)
                assert_near(y[i], expected.data[b * L * H + i], 1e-12, "y[%zu][%zu]", b, i);
        }
        loci_model_free(model);
    }
    loci_array_free(&x), loci_array_free(&expected);
}

static void refuses(const state_dict *d, size_t heads, loci_status status, const char *expected)
{
    loci_model *model = NULL;
    loci_error error;
    assert_int_equal(import(&model, d, heads, 0, &error), status);
    assert_null(model);
    if (!strstr(error.text, expected)) fail_msg("\"%s\" was expected, not \"%s\"", expected, error.text);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static state_dict d;
    loci_model *model;
    loci_error error;
    published(&d, "a.");
    refuses(&d, 3, LOCI_E_ARGUMENT, "heads is 3; a number that divides 8, the width, was expected");
    refuses(&d, 0, LOCI_E_ARGUMENT, "heads is 0; a number that divides 8, the width, was expected");
    d.tensors[0].name = "a.in_weight";
    refuses(&d, 2, LOCI_E_FORMAT, "tensor in_proj_weight is missing");
    published(&d, "a.");
    d.tensors[2].name = "a.out_weight";
    refuses(&d, 2, LOCI_E_FORMAT, "tensor a.out_proj.weight is missing");
    published(&d, "a.");
    d.tensors[1].name = "a.more";
    refuses(&d, 2, LOCI_E_FORMAT, "tensor a.in_proj_bias is missing");
    published(&d, "a.");
    d.tensors[d.count] = d.tensors[1], d.tensors[d.count++].name = "a.bias_k";
    refuses(&d, 2, LOCI_E_FORMAT, "tensor a.bias_k is none of a MultiheadAttention");
    published(&d, "a.");
    d.tensors[0].shape[0] = H, d.tensors[0].shape[1] = 3 * H;
    refuses(&d, 2, LOCI_E_FORMAT, "tensor a.in_proj_weight has the shape");
    published(&d, "a.");
    d.tensors[3].dimensions = 2, d.tensors[3].shape[1] = 1;
    refuses(&d, 2, LOCI_E_FORMAT, "a.out_proj.bias");
    published(&d, "a.");
    d.numbers[2][5] = INFINITY;
    refuses(&d, 2, LOCI_E_FORMAT, "a.out_proj.weight");
    published(&d, "a."); /* without biases, which are 0 then */
    d.tensors[1] = d.tensors[2], d.count = 2;
    if (import(&model, &d, 4, 1, &error)) fail_msg("%s", error.text);
    assert_true(loci_model_looks_ahead(model));
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_published),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
