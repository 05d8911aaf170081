/* SPDX-License-Identifier: MIT
 * test_gate.c - one layer times another: against the product of the two, gradients, steps, lengths. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *lstm(const char *name, size_t inputs, size_t outputs)
{
    loci_layer *layer;
    assert_int_equal(loci_lstm_create(&layer, NULL, name, inputs, outputs, NULL), LOCI_OK);
    return layer;
}

/* SiLU of a linear layer, as in the gate of a block of Mamba. */
static loci_layer *silu(const char *name, size_t inputs, size_t outputs)
{
    loci_layer *linear, *activation, *layer;
    assert_int_equal(loci_linear_create(&linear, NULL, name, inputs, outputs, NULL), LOCI_OK);
    assert_int_equal(loci_activation_create(&activation, NULL, LOCI_SILU, outputs, NULL), LOCI_OK);
    assert_int_equal(loci_chain_create(&layer, linear, activation, NULL), LOCI_OK);
    return layer;
}

static loci_layer *gate(loci_layer *a, loci_layer *b)
{
    loci_layer *layer;
    loci_error error;
    if (loci_gate_create(&layer, a, b, &error)) fail_msg("%s", error.text);
    return layer;
}

static void is_the_product(void **state)
{
    (void)state;
    enum { B = 2, L = 9, IN = 3, OUT = 17 };
    loci_layer *layers[3] = {lstm("a", IN, OUT), silu("b", IN, OUT),
                             gate(lstm("a", IN, OUT), silu("b", IN, OUT))};
    const size_t first[3] = {0, layers[0]->size, 0};
    bench t[3];
    for (int k = 2; k >= 0; k--) {
        uint64_t seed = 8;
        bench_open(&t[k], layers[k], B, L);
        if (k == 2)
            fill_parameters(t[k].p, layers[k], &seed);
        else
            memcpy(t[k].p, t[2].p + first[k], layers[k]->size * sizeof(real));
        fill(t[k].x, B, L, IN, (seed = 4, &seed));
        loci_layer_prepare(layers[k], t[k].derived, t[k].p, 1);
        run_forward(&t[k], 0, 0);
    }
    for (size_t i = 0; i < t[2].out; i++) assert_near(t[2].y[i], t[0].y[i] * t[1].y[i], 0, "y[%zu]", i);
    for (int k = 0; k < 3; k++) bench_close(&t[k]), loci_layer_free(layers[k]);
}

static void passes_the_checks(void **state)
{
    (void)state;
    check_layer(gate(lstm("a", 3, 17), silu("b", 3, 17)), 50 * LOCI_REAL_EPSILON);
    check_layer(gate(lstm("a", 17, 5), lstm("b", 17, 5)), 50 * LOCI_REAL_EPSILON); /* states of both */
    check_layer(
        gate(s4d_block("a", 4, (loci_s4d_options){4, LOCI_ZOH, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT}, 0.25, 1),
             silu("b", 4, 4)),
        200 * LOCI_REAL_EPSILON);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_gate_create(&layer, lstm("a", 3, 4), lstm("b", 3, 5), &error), LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "layer a takes 3 channels to 4, and its gate b 3 to 5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_product),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
