/* SPDX-License-Identifier: MIT
 * test_conv.c - dilated causal convolutions against their sum written out; gradients, steps, lengths. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *conv(const char *name, size_t inputs, size_t outputs, size_t taps, size_t dilation)
{
    loci_layer *layer;
    loci_error error;
    if (loci_conv_create(&layer, NULL, name, inputs, outputs, taps, dilation, &error))
        fail_msg("%s", error.text);
    return layer;
}

/* y(t) = b + sum W[e][h][j] x(t - (taps - 1 - j) dilation), sums in double. */
static void is_its_sum(void **state)
{
    (void)state;
    enum { B = 2, L = 150, IN = 19, OUT = 5 };
    static const size_t shapes[][2] = {{1, 1}, {2, 1}, {3, 4}, {5, 64}, {2, 200}, {64, 3}};
    for (size_t s = 0; s < 6; s++) {
        const size_t taps = shapes[s][0], dilation = shapes[s][1];
        uint64_t seed = 11;
        loci_layer *layer = conv("", IN, OUT, taps, dilation);
        bench t;
        bench_open(&t, layer, B, L);
        fill_parameters(t.p, layer, &seed);
        fill(t.x, B, L, IN, &seed);
        loci_layer_prepare(layer, t.derived, t.p, 1);
        run_forward(&t, 0, 0);
        for (size_t b = 0; b < B; b++)
            for (size_t l = 0; l < L; l++)
                for (size_t e = 0; e < OUT; e++) {
                    double sum = (double)t.p[layer->parameter[1].offset + e], size = fabs(sum);
                    for (size_t j = 0; j < taps; j++)
                        for (size_t h = 0; h < IN && l >= (taps - 1 - j) * dilation; h++) {
                            const double w =
                                (double)t.p[layer->parameter[0].offset + (e * IN + h) * taps + j];
                            const double product =
                                w * (double)t.x[place(IN, L, b, l - (taps - 1 - j) * dilation, h)];
                            sum += product, size += fabs(product);
                        }
                    /* a sum of n products, one after the other: n / 2 roundings of its size, on average far fewer */
                    assert_near(t.y[place(OUT, L, b, l, e)], sum, 8 * LOCI_REAL_EPSILON * size,
                                "%zu taps %zu apart, y[%zu][%zu][%zu]", taps, dilation, b, l, e);
                }
        bench_close(&t);
        loci_layer_free(layer);
    }
}

/* A chunk of any length gives the bits of steps: products make equal rows equal. */
static void any_cut_gives_the_same_bits(void **state)
{
    (void)state;
    enum { L = 90, H = 21 };
    uint64_t seed = 5;
    loci_layer *layer = conv("", H, H, 3, 9);
    bench t, one;
    bench_open(&t, layer, 1, L);
    bench_open(&one, layer, 1, 1);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 1, L, H, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 1, 0);
    for (size_t l = 0; l < L; l++) {
        for (size_t h = 0; h < H; h++) one.x[place(H, 1, 0, 0, h)] = t.x[place(H, L, 0, l, h)];
        layer->class->step(layer, t.derived, one.y, one.x, 1, NULL, one.state, t.scratch);
        for (size_t h = 0; h < H; h++) assert_true(one.y[place(H, 1, 0, 0, h)] == t.y[place(H, L, 0, l, h)]);
    }
    assert_memory_equal(one.states, t.states, layer->state * sizeof(real));
    bench_close(&t), bench_close(&one);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    static const size_t shapes[][4] = {{1, 1, 1, 1}, {3, 17, 3, 1}, {17, 3, 3, 4}, {2, 2, 2, 40}};
    for (size_t i = 0; i < 4; i++) {
        loci_layer *layer = conv("conv_layers.0", shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
        assert_string_equal(layer->parameter[0].name, "conv_layers.0.weight");
        check_layer(layer, 20 * LOCI_REAL_EPSILON);
    }
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_conv_create(&layer, NULL, "c", 2, 2, 0, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "layer c has 0 taps 1 samples apart; 1 to 64 and 1 to 2048 were expected");
    assert_int_equal(loci_conv_create(&layer, NULL, "c", 2, 2, 2, 2049, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_conv_create(&layer, NULL, "c", 0, 2, 2, 1, NULL), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_its_sum),
        cmocka_unit_test(any_cut_gives_the_same_bits),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
