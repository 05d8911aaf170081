/* SPDX-License-Identifier: MIT
 * test_linear.c - y = W x + b against its definition; gradients, steps, lengths. */
#include "base/each_precision.h"

#include "layers.h"

static void is_its_definition(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{1, 1, 1}, {3, 10, 5}, {17, 3, 66}, {40, 48, 64}, {128, 17, 130}};
    for (size_t s = 0; s < 5; s++) {
        const size_t K = sizes[s][0], N = sizes[s][1], L = sizes[s][2];
        uint64_t seed = 8;
        loci_layer *layer;
        assert_int_equal(loci_linear_create(&layer, NULL, "encoder", K, N, NULL), LOCI_OK);
        bench t;
        bench_open(&t, layer, 2, L);
        fill_parameters(t.p, layer, &seed);
        fill(t.x, 2, L, K, &seed);
        loci_layer_prepare(layer, t.derived, t.p, 1);
        run_forward(&t, 0, 0);
        const real *w = t.p + layer->parameter[0].offset, *bias = t.p + layer->parameter[1].offset;
        for (size_t b = 0; b < 2; b++)
            for (size_t l = 0; l < L; l++)
                for (size_t e = 0; e < N; e++) {
                    double sum = (double)bias[e], size = fabs(sum);
                    for (size_t k = 0; k < K; k++) {
                        const double part = (double)w[e * K + k] * (double)t.x[place(K, L, b, l, k)];
                        sum += part, size += fabs(part);
                    }
                    assert_near(t.y[place(N, L, b, l, e)], sum, (double)(K + 1) * LOCI_REAL_EPSILON * size,
                                "%zu to %zu, sample %zu, output %zu", K, N, l, e);
                }
        bench_close(&t);
        loci_layer_free(layer);
    }
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][2] = {{1, 1}, {3, 17}, {17, 40}, {128, 10}};
    for (size_t i = 0; i < 4; i++) {
        loci_layer *layer;
        assert_int_equal(loci_linear_create(&layer, NULL, "encoder", sizes[i][0], sizes[i][1], NULL),
                         LOCI_OK);
        assert_string_equal(layer->parameter[0].name, "encoder.weight");
        assert_string_equal(layer->parameter[1].name, "encoder.bias");
        check_layer(layer, 0);
    }
}

static void refuses_bad_sizes(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_linear_create(&layer, NULL, "encoder", 0, 1, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "encoder has 0 inputs"));
    assert_int_equal(loci_linear_create(&layer, NULL, "encoder", 1, 65536, &error), LOCI_E_ARGUMENT);
    char name[65] = {0};
    memset(name, 'n', 63);
    assert_int_equal(loci_linear_create(&layer, NULL, name, 1, 1, &error), LOCI_OK);
    assert_int_equal(strlen(layer->parameter[0].name), 70);
    loci_layer_free(layer);
    name[63] = 'n';
    assert_int_equal(loci_linear_create(&layer, NULL, name, 1, 1, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_its_definition),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_bad_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
