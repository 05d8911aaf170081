/* SPDX-License-Identifier: MIT
 * test_norm.c - layer norm and RMS norm against published numbers; gradients. */
#include "base/each_precision.h"

#include "layers.h"

static void one(loci_norm norm, const char *y_name, const char *dx_name, const char *dw_name,
                const char *db_name)
{
    const char *file = "layer_norms.npz";
    loci_array x = golden(file, "x"), dout = golden(file, "dout"), w = golden(file, "w"),
               bias = golden(file, "b");
    loci_array y = golden(file, y_name), dx = golden(file, dx_name), dw = golden(file, dw_name);
    loci_layer *layer;
    bench t;
    const size_t B = x.shape[0], L = x.shape[1], H = x.shape[2];
    assert_int_equal(loci_norm_create(&layer, NULL, "n", norm, H, NULL), LOCI_OK);
    bench_open(&t, layer, B, L);
    for (size_t i = 0; i < B * L * H; i++) {
        const size_t at = place(H, L, i / H / L, i / H % L, i % H);
        t.x[at] = (real)x.data[i], t.dy[at] = (real)dout.data[i];
    }
    for (size_t h = 0; h < H; h++) {
        t.p[layer->parameter[0].offset + h] = (real)w.data[h];
        if (db_name) t.p[layer->parameter[1].offset + h] = (real)bias.data[h];
    }
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, NULL, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    for (size_t row = 0; row < B * L; row++) {
        double y_most = 0, dx_most = 0, x_most = 0;
        for (size_t h = 0; h < H; h++) {
            y_most = fmax(y_most, fabs(y.data[row * H + h]));
            dx_most = fmax(dx_most, fabs(dx.data[row * H + h]));
            x_most = fmax(x_most, fabs(x.data[row * H + h]));
        }
        for (size_t h = 0; h < H; h++) {
            const size_t at = place(H, L, row / L, row % L, h);
            assert_near(t.y[at], y.data[row * H + h], (LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5) * fmax(1, y_most),
                        "%s row %zu", y_name, row);
            /* with huge numbers the gradient is what is left of terms 1e5 times as large; with tiny ones it is huge */
            assert_near(t.dx[at], dx.data[row * H + h],
                        x_most > 100 ? (LOCI_REAL_IS_DOUBLE ? 1e-9 : 1) * fmax(dx_most, 1 / x_most)
                                     : (LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5) * fmax(1, dx_most),
                        "%s row %zu", dx_name, row);
        }
    }
    for (size_t h = 0; h < H; h++)
        assert_near(t.dp[layer->parameter[0].offset + h], dw.data[h],
                    (LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5) * fmax(1, fabs(dw.data[h])), "%s", dw_name);
    if (db_name) {
        loci_array db = golden(file, db_name);
        for (size_t h = 0; h < H; h++)
            assert_near(t.dp[layer->parameter[1].offset + h], db.data[h],
                        (LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5) * fmax(1, fabs(db.data[h])), "%s", db_name);
        loci_array_free(&db);
    }
    bench_close(&t);
    loci_layer_free(layer);
    loci_array_free(&x), loci_array_free(&dout), loci_array_free(&w), loci_array_free(&bias);
    loci_array_free(&y), loci_array_free(&dx), loci_array_free(&dw);
}

static void are_the_published_ones(void **state)
{
    (void)state;
    one(LOCI_NORM_LAYER, "layernorm", "layernorm_dx", "layernorm_dw", "layernorm_db");
    one(LOCI_NORM_RMS, "rmsnorm", "rmsnorm_dx", "rmsnorm_dw", NULL);
}

static void pass_the_checks(void **state)
{
    (void)state;
    const size_t channels[] = {3, 17, 128};
    for (int norm = LOCI_NORM_LAYER; norm <= LOCI_NORM_RMS; norm++)
        for (size_t i = 0; i < 3; i++) {
            loci_layer *layer;
            assert_int_equal(loci_norm_create(&layer, NULL, "norms.0", (loci_norm)norm, channels[i], NULL),
                             LOCI_OK);
            assert_string_equal(layer->parameter[0].name, "norms.0.weight");
            check_layer(layer, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_the_published_ones),
        cmocka_unit_test(pass_the_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
