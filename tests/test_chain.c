/* SPDX-License-Identifier: MIT
 * test_chain.c - layers one after the other, with the states of both; children are freed on failure too. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *lstm(const char *name, size_t inputs, size_t outputs)
{
    loci_layer *layer;
    assert_int_equal(loci_lstm_create(&layer, NULL, name, inputs, outputs, NULL), LOCI_OK);
    return layer;
}

static loci_layer *chain(loci_layer *first, loci_layer *second)
{
    loci_layer *layer;
    loci_error error;
    if (loci_chain_create(&layer, first, second, &error)) fail_msg("%s", error.text);
    return layer;
}

static void passes_the_checks(void **state)
{
    (void)state;
    loci_layer *linear;
    check_layer(chain(lstm("a", 3, 17), lstm("b", 17, 5)), 50 * LOCI_REAL_EPSILON);
    assert_int_equal(loci_linear_create(&linear, NULL, "c", 17, 2, NULL), LOCI_OK);
    check_layer(chain(chain(lstm("a", 2, 17), lstm("b", 17, 17)), linear), 50 * LOCI_REAL_EPSILON);
    check_layer(
        chain(s4d_block("a", 5, (loci_s4d_options){4, LOCI_ZOH, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT}, 0.25, 1),
              lstm("b", 5, 5)),
        100 * LOCI_REAL_EPSILON);
}

static void joins_what_children_have(void **state)
{
    (void)state;
    loci_layer *layer =
        chain(lstm("a", 3, 17),
              s4d_block("b", 17, (loci_s4d_options){4, LOCI_ZOH, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT}, 0, 0));
    assert_int_equal(layer->flags, LOCI_LAYER_TAKES_STEPS | LOCI_LAYER_TAKES_RATE);
    assert_int_equal(layer->inputs, 3);
    assert_int_equal(layer->outputs, 17);
    assert_int_equal(layer->parameters, 4 + 7);
    assert_string_equal(layer->parameter[0].name, "a.weight_ih_l0");
    assert_string_equal(layer->parameter[10].name, "b.output_linear.0.bias");
    loci_layer_free(layer);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_chain_create(&layer, lstm("a", 3, 4), lstm("b", 5, 3), &error), LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "layer a gives 4 channels, and b, which follows, takes 5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(joins_what_children_have),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
