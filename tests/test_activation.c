/* SPDX-License-Identifier: MIT
 * test_activation.c - GELU and SiLU against published numbers and their definitions; gradients. */
#include "base/each_precision.h"

#include "layers.h"

/* A row of numbers through a layer of one channel, and back with dout. */
static void through(loci_activation activation, const char *name, const char *slope)
{
    loci_array x = golden("layer_activations.npz", "x"), dout = golden("layer_activations.npz", "dout");
    loci_array y = golden("layer_activations.npz", name), dx = golden("layer_activations.npz", slope);
    loci_layer *layer;
    bench t;
    const size_t L = x.shape[0];
    assert_int_equal(loci_activation_create(&layer, NULL, activation, 1, NULL), LOCI_OK);
    bench_open(&t, layer, 1, L);
    for (size_t l = 0; l < L; l++) t.x[l * LANES] = (real)x.data[l], t.dy[l * LANES] = (real)dout.data[l];
    run_forward(&t, 0, 1);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, NULL, t.saved,
                           t.scratch);
    for (size_t l = 0; l < L; l++) {
        const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-14 : 1e-6;
        assert_near(t.y[l * LANES], y.data[l], tolerance * fmax(1, fabs(y.data[l])), "%s(%g)", name,
                    x.data[l]);
        assert_near(t.dx[l * LANES], dx.data[l], tolerance * fmax(1, fabs(dx.data[l])), "%s(%g)", slope,
                    x.data[l]);
    }
    bench_close(&t);
    loci_layer_free(layer);
    loci_array_free(&x), loci_array_free(&dout), loci_array_free(&y), loci_array_free(&dx);
}

static void are_the_published_ones(void **state)
{
    (void)state;
    through(LOCI_GELU, "gelu_erf", "gelu_erf_dx");
    through(LOCI_SILU, "silu", "silu_dx");
}

static void pass_the_checks(void **state)
{
    (void)state;
    for (int activation = LOCI_GELU; activation <= LOCI_SILU; activation++)
        for (size_t channels = 1; channels <= 17; channels += 16) {
            loci_layer *layer;
            assert_int_equal(
                loci_activation_create(&layer, NULL, (loci_activation)activation, channels, NULL), LOCI_OK);
            check_layer(layer, 0);
        }
}

/* Far from 0 results are whole or nothing: a denormal number costs processors a hundred cycles, here and wherever it goes. */
static void make_no_denormal_numbers(void **state)
{
    (void)state;
    enum { L = 4096 };
    if (LOCI_REAL_IS_DOUBLE) skip(); /* the C library's functions, to check with */
    for (int activation = LOCI_GELU; activation <= LOCI_SILU; activation++) {
        loci_layer *layer;
        bench t;
        assert_int_equal(loci_activation_create(&layer, NULL, (loci_activation)activation, 1, NULL), LOCI_OK);
        bench_open(&t, layer, 1, L);
        for (size_t l = 0; l < L; l++) {
            t.x[l * LANES] = (real)((double)l - 2048) / 16; /* -128 to 128 */
            t.dy[l * LANES] = (real)1e-15;
        }
        run_forward(&t, 0, 1);
        layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, NULL, t.saved,
                               t.scratch);
        for (size_t l = 0; l < L; l++) {
            const double x = (double)t.x[l * LANES];
            if (fpclassify(t.y[l * LANES]) == FP_SUBNORMAL || fpclassify(t.dx[l * LANES]) == FP_SUBNORMAL)
                fail_msg("of %g come %g and %g", x, (double)t.y[l * LANES], (double)t.dx[l * LANES]);
        }
        bench_close(&t);
        loci_layer_free(layer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_the_published_ones),
        cmocka_unit_test(pass_the_checks),
        cmocka_unit_test(make_no_denormal_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
