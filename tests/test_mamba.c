/* SPDX-License-Identifier: MIT
 * test_mamba.c - the mixer of Mamba against published numbers and states; gradients, steps, lengths, bits. */
#include "base/each_precision.h"

#include "mamba_case.h"

static loci_layer *mamba(const char *name, size_t inputs, size_t outputs, loci_mamba_options options)
{
    loci_layer *layer;
    loci_error error;
    if (loci_mamba_create(&layer, NULL, name, inputs, outputs, &options, &error)) fail_msg("%s", error.text);
    return layer;
}

enum { E = 32, N = 16, K = 4 };

static size_t history(const loci_layer *layer, size_t c)
{
    (void)layer;
    return c / LANES * (K - 1) * LANES + c % LANES;
}

/* Of ssm_state [E][N]. */
static size_t number(const loci_layer *layer, size_t n)
{
    (void)layer;
    return (K - 1) * E + (n / N / LANES * N + n % N) * LANES + n / N % LANES;
}

static void is_the_published_one(void **state)
{
    (void)state;
    const mamba_cache cache = {E, K, E * N, history, number};
    loci_mamba_options o = {E, N, 1, K, 0, 1, 0.001, 0.1};
    check_published_mamba(mamba("", 16, 16, o), "mamba.npz", 2, 21, &cache);
    o.bias = 1, o.convolution_bias = 0;
    check_published_mamba(mamba("", 16, 16, o), "mamba_biases.npz", 2, 21, &cache);
}

static const struct {
    size_t inputs, outputs;
    loci_mamba_options options;
} sizes[] = {
    {1, 1, {1, 1, 1, 1, 0, 0, 0.001, 0.1}},
    {3, 17, {20, 5, 2, 4, 1, 1, 0.001, 0.1}},
    {17, 3, {16, 18, 16, 9, 1, 0, 0.01, 1}},
};

static void passes_the_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        loci_layer *layer = mamba("mamba_layers.0", sizes[i].inputs, sizes[i].outputs, sizes[i].options);
        assert_string_equal(layer->parameter[0].name, "mamba_layers.0.A_log");
        check_layer(layer, 50 * LOCI_REAL_EPSILON);
    }
}

static void has_the_bits_of_its_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_bits(mamba("", sizes[i].inputs, sizes[i].outputs, sizes[i].options), 131);
    const loci_mamba_options wide = {100, 16, 3, 4, 0, 1, 0.001, 0.1}; /* products of several panels */
    check_bits(mamba("", 50, 50, wide), 70);
}

static void refuses_bad_options(void **state)
{
    (void)state;
    const loci_mamba_options bad[] = {{0, 1, 1, 1, 0, 0, 0.001, 0.1}, {32768, 1, 1, 1, 0, 0, 0.001, 0.1},
                                      {4, 0, 1, 1, 0, 0, 0.001, 0.1}, {4, 1025, 1, 1, 0, 0, 0.001, 0.1},
                                      {4, 1, 0, 1, 0, 0, 0.001, 0.1}, {4, 1, 5, 1, 0, 0, 0.001, 0.1},
                                      {4, 1, 1, 0, 0, 0, 0.001, 0.1}, {4, 1, 1, 65, 0, 0, 0.001, 0.1}};
    loci_layer *layer;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(loci_mamba_create(&layer, NULL, "m", 2, 2, &bad[i], NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_mamba_create(&layer, NULL, "m", 0, 2, &sizes[1].options, NULL), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(has_the_bits_of_its_steps),
        cmocka_unit_test(refuses_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
