/* SPDX-License-Identifier: MIT
 * test_mlp.c - two linear layers with GELU between them, against the same written out; gradients, steps, lengths. */
#include "base/each_precision.h"

#include "layers.h"

static void is_two_linear_layers(void **state)
{
    (void)state;
    enum { B = 2, L = 67, H = 5, INSIDE = 18 };
    uint64_t seed = 3;
    loci_layer *layer;
    bench t;
    double inside[INSIDE];
    assert_int_equal(loci_mlp_create(&layer, NULL, "", H, INSIDE, 0, 1, NULL), LOCI_OK);
    bench_open(&t, layer, B, L);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, B, L, H, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    const real *w1 = t.p + layer->parameter[0].offset, *b1 = t.p + layer->parameter[1].offset,
               *w2 = t.p + layer->parameter[2].offset, *b2 = t.p + layer->parameter[3].offset;
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++) {
            for (size_t i = 0; i < INSIDE; i++) {
                double sum = (double)b1[i];
                for (size_t h = 0; h < H; h++)
                    sum += (double)w1[i * H + h] * (double)t.x[place(H, L, b, l, h)];
                inside[i] = sum * 0.5 * (1 + erf(sum * sqrt(0.5)));
            }
            for (size_t h = 0; h < H; h++) {
                double sum = (double)b2[h];
                for (size_t i = 0; i < INSIDE; i++) sum += (double)w2[h * INSIDE + i] * inside[i];
                /* numbers of about 1, sums of less than 20 */
                assert_near(t.y[place(H, L, b, l, h)], sum, 20 * LOCI_REAL_EPSILON, "y[%zu][%zu][%zu]", b, l,
                            h);
            }
        }
    bench_close(&t);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {3, 40}, {18, 20}};
    for (size_t i = 0; i < 3; i++)
        for (int tied = 0; tied < 2; tied++) {
            loci_layer *layer;
            assert_int_equal(
                loci_mlp_create(&layer, NULL, "mixers.0", shapes[i][0], shapes[i][1], 0.2, tied, NULL),
                LOCI_OK);
            assert_string_equal(layer->parameter[0].name, "mixers.0.fc1.weight");
            check_layer(layer, 20 * LOCI_REAL_EPSILON);
        }
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_mlp_create(&layer, NULL, "m", 2, 0, 0, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "layer m has 0 channels inside; 1 to 65535 were expected");
    assert_int_equal(loci_mlp_create(&layer, NULL, "m", 2, 2, 1, 1, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_mlp_create(&layer, NULL, "m", 0, 2, 0, 1, NULL), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_two_linear_layers),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
