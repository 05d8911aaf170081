/* SPDX-License-Identifier: MIT
 * test_mamba2.c - the mixer of Mamba 2 against published numbers and states: groups, norms, limits of steps, channels that are not
 * scanned; gradients, steps, lengths, bits. */
#include "base/each_precision.h"

#include "mamba_case.h"

static loci_layer *mamba2(const char *name, size_t inputs, size_t outputs, loci_mamba2_options options)
{
    loci_layer *layer;
    loci_error error;
    if (loci_mamba2_create(&layer, NULL, name, inputs, outputs, &options, &error)) fail_msg("%s", error.text);
    return layer;
}

/* The two published caches: channels scanned, states, samples of the convolution. */
enum { K = 4, S1 = 64, N1 = 16, S2 = 32, N2 = 8 };

/* x, B and C, S and N of them: N2 is half a block. */
static size_t history_of(size_t c, size_t S, size_t N)
{
    const size_t at = c < S ? c : S + (c - S) / N * LANES + (c - S) % N;
    return at / LANES * (K - 1) * LANES + at % LANES;
}

static size_t history(const loci_layer *layer, size_t c)
{
    (void)layer;
    return history_of(c, S1, N1);
}

static size_t history_part(const loci_layer *layer, size_t c)
{
    (void)layer;
    return history_of(c, S2, N2);
}

/* Of ssm_state [S][N]. */
static size_t number(const loci_layer *layer, size_t n)
{
    const size_t e = n / N1;
    (void)layer;
    return (K - 1) * (S1 + 2 * LANES) + (e / LANES * N1 + n % N1) * LANES + e % LANES;
}

static size_t number_part(const loci_layer *layer, size_t n)
{
    const size_t e = n / N2;
    (void)layer;
    return (K - 1) * (S2 + 2 * LANES) + (e / LANES * N2 + n % N2) * LANES + e % LANES;
}

static void is_the_published_one(void **state)
{
    (void)state;
    const mamba_cache whole = {S1 + 2 * N1, K, S1 * N1, history, number},
                      part = {S2 + 2 * N2, K, S2 * N2, history_part, number_part};
    const loci_mamba2_options usual = {.inner = 64,
                                       .scanned = 64,
                                       .order = 16,
                                       .head = 16,
                                       .groups = 1,
                                       .convolution = 4,
                                       .convolution_bias = 1,
                                       .dt_min = 0.001,
                                       .dt_max = 0.1};
    loci_mamba2_options o = usual;
    check_published_mamba(mamba2("", 32, 32, o), "mamba2.npz", 2, 20, &whole);
    o = usual, o.scanned = 32, o.order = 8, o.head = 8;
    check_published_mamba(mamba2("", 32, 32, o), "mamba2_part.npz", 2, 20, &part);
    o = usual, o.order = 8, o.groups = 2, o.norm = LOCI_GATE_NORM_BEFORE;
    check_published_mamba(mamba2("", 32, 32, o), "mamba2_groups.npz", 2, 20, NULL);
    o = usual, o.norm = LOCI_GATE_NORM_NONE, o.least = 0.01, o.most = 0.2;
    check_published_mamba(mamba2("", 32, 32, o), "mamba2_limits.npz", 2, 20, NULL);
}

/* inner, scanned, order, head, groups, convolution, biases, norm, skips, limits, initial steps */
static const struct {
    size_t inputs, outputs;
    loci_mamba2_options options;
} sizes[] = {
    {1, 1, {1, 1, 1, 1, 1, 1, 0, 0, LOCI_GATE_NORM_AFTER, 0, 0, 0, 0.001, 0.1}},
    {3, 17, {21, 18, 5, 3, 2, 4, 1, 1, LOCI_GATE_NORM_BEFORE, 1, 0, 0, 0.001, 0.1}},
    {17, 3, {40, 34, 18, 17, 2, 3, 1, 0, LOCI_GATE_NORM_NONE, 1, 0.05, 3, 0.01, 1}},
    {5, 5, {34, 34, 7, 2, 1, 2, 0, 1, LOCI_GATE_NORM_AFTER, 0, 0, 0, 0.01, 1}},
};

static void passes_the_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        loci_layer *layer = mamba2("mamba_layers.0", sizes[i].inputs, sizes[i].outputs, sizes[i].options);
        assert_string_equal(layer->parameter[0].name, "mamba_layers.0.dt_bias");
        check_layer(layer, 50 * LOCI_REAL_EPSILON);
    }
}

static void has_the_bits_of_its_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_bits(mamba2("", sizes[i].inputs, sizes[i].outputs, sizes[i].options), 131);
}

static void refuses_bad_options(void **state)
{
    (void)state;
    const struct {
        loci_mamba2_options options;
        const char *text;
    } bad[] = {
        {{.inner = 0, .scanned = 0, .order = 1, .head = 1, .groups = 1, .convolution = 1},
         "0 inner channels"},
        {{.inner = 4, .scanned = 5, .order = 1, .head = 1, .groups = 1, .convolution = 1},
         "5 of them scanned"},
        {{.inner = 4, .scanned = 4, .order = 1, .head = 3, .groups = 1, .convolution = 1}, "heads of 3 of 4"},
        {{.inner = 4, .scanned = 4, .order = 1, .head = 0, .groups = 1, .convolution = 1}, "heads of 0"},
        {{.inner = 6, .scanned = 6, .order = 1, .head = 2, .groups = 2, .convolution = 1},
         "2 groups of 3 heads"},
        {{.inner = 4, .scanned = 4, .order = 1025, .head = 1, .groups = 1, .convolution = 1}, "1025 states"},
        {{.inner = 4, .scanned = 4, .order = 1, .head = 1, .groups = 1, .convolution = 65},
         "convolutions of 65"},
        {{.inner = 4,
          .scanned = 4,
          .order = 1,
          .head = 1,
          .groups = 1,
          .convolution = 1,
          .least = 2,
          .most = 1},
         "steps from 2 to 1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        loci_layer *layer;
        loci_error error;
        assert_int_equal(loci_mamba2_create(&layer, NULL, "m", 2, 2, &bad[i].options, &error),
                         LOCI_E_ARGUMENT);
        if (!strstr(error.text, bad[i].text)) fail_msg("%s: no %s", error.text, bad[i].text);
    }
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
