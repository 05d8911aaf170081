/* SPDX-License-Identifier: MIT
 * test_both.c - a layer forward in time beside one backward: against the two on sequences turned by hand, gradients,
 * lengths. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *lstm(const char *name, size_t inputs, size_t outputs)
{
    loci_layer *layer;
    assert_int_equal(loci_lstm_create(&layer, NULL, name, inputs, outputs, NULL), LOCI_OK);
    return layer;
}

static loci_layer *s4d(const char *name, size_t channels)
{
    return s4d_block(name, channels, (loci_s4d_options){4, LOCI_ZOH, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT}, 0.25,
                     1);
}

static loci_layer *both(loci_layer *ahead, loci_layer *back)
{
    loci_layer *layer;
    loci_error error;
    if (loci_both_create(&layer, ahead, back, &error)) fail_msg("%s", error.text);
    return layer;
}

/* Samples last different times, too, which the layer that runs backward has to meet in its own order. */
static void is_the_two_added(void **state)
{
    (void)state;
    enum { B = 3, L = 11, H = 17 };
    const size_t length[B] = {L, 5, 0};
    double dt[B * L], turned[B * L];
    for (size_t i = 0; i < B * L; i++) dt[i] = 1 + 0.1 * (double)(i % 7);
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++)
            turned[b * L + l] = dt[b * L + (l < length[b] ? length[b] - 1 - l : l)];
    loci_layer *layers[3] = {s4d("a", H), s4d("b", H), both(s4d("a", H), s4d("b", H))};
    const size_t first[3] = {0, layers[0]->size, 0};
    bench t[3];
    for (int k = 2; k >= 0; k--) {
        uint64_t seed = 8;
        bench_open(&t[k], layers[k], B, L);
        t[k].pass.length = length;
        t[k].pass.dt = k == 1 ? turned : dt;
        if (k == 2)
            fill_parameters(t[k].p, layers[k], &seed);
        else
            memcpy(t[k].p, t[2].p + first[k], layers[k]->size * sizeof(real));
        seed = 4;
        if (k == 2) fill(t[k].x, B, L, H, &seed), cut(t[k].x, &t[k].pass, L, H);
        for (size_t b = 0; b < B && k < 2; b++)
            for (size_t l = 0; l < length[b]; l++)
                for (size_t h = 0; h < H; h++)
                    t[k].x[place(H, L, b, l, h)] = t[2].x[place(H, L, b, k ? length[b] - 1 - l : l, h)];
        loci_layer_prepare(layers[k], t[k].derived, t[k].p, 1);
        run_forward(&t[k], 0, 0);
    }
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < length[b]; l++)
            for (size_t h = 0; h < H; h++) {
                const real expected =
                    t[0].y[place(H, L, b, l, h)] + t[1].y[place(H, L, b, length[b] - 1 - l, h)];
                assert_near(t[2].y[place(H, L, b, l, h)], expected, 0, "y[%zu][%zu][%zu]", b, l, h);
            }
    for (int k = 0; k < 3; k++) bench_close(&t[k]), loci_layer_free(layers[k]);
}

static void passes_the_checks(void **state)
{
    (void)state;
    loci_layer *layer;
    check_layer(both(lstm("a", 3, 17), lstm("b", 3, 17)), 50 * LOCI_REAL_EPSILON);
    check_layer(both(s4d("a", 5), s4d("b", 5)), 200 * LOCI_REAL_EPSILON);
    assert_int_equal(loci_chain_create(&layer, both(lstm("a", 3, 5), lstm("b", 3, 5)), lstm("c", 5, 2), NULL),
                     LOCI_OK);
    check_layer(layer, 50 * LOCI_REAL_EPSILON);
    const loci_residual_options options = {"r", 0, 0.25, 1};
    assert_int_equal(
        loci_residual_create(&layer, both(lstm("a", 5, 5), lstm("b", 5, 5)), NULL, &options, NULL), LOCI_OK);
    check_layer(layer, 50 * LOCI_REAL_EPSILON);
}

static void looks_ahead(void **state)
{
    (void)state;
    loci_layer *layer = both(lstm("a", 3, 5), lstm("b", 3, 5)), *chain;
    loci_error error;
    assert_int_equal(layer->flags, LOCI_LAYER_LOOKS_AHEAD);
    assert_int_equal(layer->state, 0);
    assert_int_equal(loci_chain_create(&chain, lstm("c", 2, 3), layer, NULL), LOCI_OK);
    assert_int_equal(chain->flags, LOCI_LAYER_LOOKS_AHEAD);
    loci_layer_free(chain);
    assert_int_equal(loci_both_create(&layer, lstm("a", 3, 4), lstm("b", 3, 5), &error), LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "layer a takes 3 channels to 4, and b, which runs backward, 3 to 5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_two_added),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(looks_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
