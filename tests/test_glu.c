/* SPDX-License-Identifier: MIT
 * test_glu.c - the gated linear unit against published numbers; gradients where halves are blocks and where they are not. */
#include "base/each_precision.h"

#include "layers.h"

static void is_the_published_one(void **state)
{
    (void)state;
    loci_array x = golden("layer_activations.npz", "glu_x"),
               dout = golden("layer_activations.npz", "glu_dout");
    loci_array y = golden("layer_activations.npz", "glu"), dx = golden("layer_activations.npz", "glu_dx");
    loci_layer *layer;
    bench t;
    const size_t L = x.shape[0], H = x.shape[1] / 2;
    assert_int_equal(loci_glu_create(&layer, NULL, H, NULL), LOCI_OK);
    bench_open(&t, layer, 1, L);
    for (size_t l = 0; l < L; l++) {
        for (size_t h = 0; h < 2 * H; h++) t.x[place(2 * H, L, 0, l, h)] = (real)x.data[l * 2 * H + h];
        for (size_t h = 0; h < H; h++) t.dy[place(H, L, 0, l, h)] = (real)dout.data[l * H + h];
    }
    run_forward(&t, 0, 1);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, NULL, t.saved,
                           t.scratch);
    const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-14 : 1e-6;
    for (size_t l = 0; l < L; l++) {
        for (size_t h = 0; h < H; h++)
            assert_near(t.y[place(H, L, 0, l, h)], y.data[l * H + h],
                        tolerance * fmax(1, fabs(y.data[l * H + h])), "glu");
        for (size_t h = 0; h < 2 * H; h++)
            assert_near(t.dx[place(2 * H, L, 0, l, h)], dx.data[l * 2 * H + h],
                        tolerance * fmax(1, fabs(dx.data[l * 2 * H + h])), "glu_dx");
    }
    bench_close(&t);
    loci_layer_free(layer);
    loci_array_free(&x), loci_array_free(&dout), loci_array_free(&y), loci_array_free(&dx);
}

/* a GELU(b), written out. */
static void of_gelu(void **state)
{
    (void)state;
    enum { H = 5, L = 20 };
    uint64_t seed = 4;
    loci_layer *layer;
    bench t;
    assert_int_equal(loci_geglu_create(&layer, NULL, H, NULL), LOCI_OK);
    bench_open(&t, layer, 1, L);
    fill(t.x, 1, L, 2 * H, &seed);
    run_forward(&t, 0, 1);
    for (size_t l = 0; l < L; l++)
        for (size_t h = 0; h < H; h++) {
            const double a = (double)t.x[place(2 * H, L, 0, l, h)],
                         b = (double)t.x[place(2 * H, L, 0, l, H + h)];
            assert_near(t.y[place(H, L, 0, l, h)], a * 0.5 * b * (1 + erf(b * sqrt(0.5))),
                        4 * LOCI_REAL_EPSILON, "y[%zu][%zu]", l, h);
        }
    bench_close(&t);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t outputs[] = {1, 3, 16, 17, 40};
    for (size_t i = 0; i < 5; i++) {
        loci_layer *layer;
        assert_int_equal(loci_glu_create(&layer, NULL, outputs[i], NULL), LOCI_OK);
        check_layer(layer, 0);
        assert_int_equal(loci_geglu_create(&layer, NULL, outputs[i], NULL), LOCI_OK);
        check_layer(layer, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one),
        cmocka_unit_test(of_gelu),
        cmocka_unit_test(passes_the_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
