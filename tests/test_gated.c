/* SPDX-License-Identifier: MIT
 * test_gated.c - GELU, dropout, linear and GLU in bands against the four layers one after the other; gradients, steps,
 * lengths. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *gated(size_t H, double dropout, int tied)
{
    loci_layer *layer;
    loci_error error;
    if (loci_gated_create(&layer, NULL, "s4_layers.0", H, dropout, tied, &error)) fail_msg("%s", error.text);
    return layer;
}

/* The same of four layers, with the random numbers of the same name. */
static loci_layer *in_parts(size_t H, double dropout, int tied)
{
    loci_layer *part[4], *layer;
    assert_int_equal(loci_activation_create(&part[0], NULL, LOCI_GELU, H, NULL), LOCI_OK);
    assert_int_equal(loci_dropout_create(&part[1], NULL, "s4_layers.0", H, dropout, tied, NULL), LOCI_OK);
    assert_int_equal(loci_linear_create(&part[2], NULL, "linear", H, 2 * H, NULL), LOCI_OK);
    assert_int_equal(loci_glu_create(&part[3], NULL, H, NULL), LOCI_OK);
    layer = part[0];
    for (int i = 1; i < 4; i++) assert_int_equal(loci_chain_create(&layer, layer, part[i], NULL), LOCI_OK);
    return layer;
}

/* Sums of up to 40 products, in another order: H epsilons of their size, about 1. */
static void is_its_parts(void **state)
{
    (void)state;
    enum { B = 2, L = 70 };
    const size_t channels[] = {1, 16, 17, 40};
    for (size_t i = 0; i < 4; i++)
        for (int tied = 0; tied < 2; tied++) {
            const size_t H = channels[i];
            const double tolerance = 50 * LOCI_REAL_EPSILON;
            loci_layer *layers[2] = {gated(H, 0.25, tied), in_parts(H, 0.25, tied)};
            bench t[2];
            for (int k = 0; k < 2; k++) {
                uint64_t seed = 3;
                bench_open(&t[k], layers[k], B, L);
                t[k].pass.training = 1, t[k].pass.first = 7;
                fill_parameters(t[k].p, layers[k], &seed);
                fill(t[k].x, B, L, H, &seed);
                fill(t[k].dy, B, L, H, &seed);
                loci_layer_prepare(layers[k], t[k].derived, t[k].p, 1);
                run_forward(&t[k], 0, 1);
                layers[k]->class->backward(layers[k], t[k].derived, &t[k].pass, t[k].dx, t[k].gradient, NULL,
                                           t[k].dy, t[k].x, t[k].y, t[k].saved, t[k].scratch);
                loci_layer_gather(layers[k], t[k].derived, t[k].dp, t[k].gradient, t[k].p);
            }
            for (size_t n = 0; n < t[0].out; n++) {
                assert_near(t[0].y[n], t[1].y[n], tolerance, "y[%zu] of %zu channels", n, H);
                assert_near(t[0].dx[n], t[1].dx[n], tolerance, "dx[%zu] of %zu channels", n, H);
            }
            for (size_t n = 0; n < layers[0]->size; n++) /* sums over B L samples */
                assert_near(t[0].dp[n], t[1].dp[n], B * L * tolerance, "dp[%zu] of %zu channels", n, H);
            for (int k = 0; k < 2; k++) bench_close(&t[k]), loci_layer_free(layers[k]);
        }
}

static void passes_the_checks(void **state)
{
    (void)state;
    check_layer(gated(1, 0.25, 0), 20 * LOCI_REAL_EPSILON);
    check_layer(gated(17, 0.25, 1), 20 * LOCI_REAL_EPSILON);
}

static void refuses_bad_options(void **state)
{
    (void)state;
    loci_layer *layer;
    assert_int_equal(loci_gated_create(&layer, NULL, "g", 1, 1, 0, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_gated_create(&layer, NULL, "g", 0, 0, 0, NULL), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_its_parts),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
