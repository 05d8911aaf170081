/* SPDX-License-Identifier: MIT
 * test_dropout.c - masks: their share, their independence of how a batch is cut, gradients. */
#include "base/each_precision.h"

#include "layers.h"

static size_t dropped(const real *y, size_t B, size_t L, size_t H)
{
    size_t count = 0;
    for (size_t i = 0; i < B * L * H; i++) count += y[place(H, L, i / H / L, i / H % L, i % H)] == 0;
    return count;
}

static void drops_its_share(void **state)
{
    (void)state;
    enum { B = 8, L = 130, H = 40 };
    for (int tied = 0; tied < 2; tied++) {
        loci_layer *layer;
        bench t;
        assert_int_equal(loci_dropout_create(&layer, NULL, "d", H, 0.25, tied, NULL), LOCI_OK);
        bench_open(&t, layer, B, L);
        for (size_t i = 0; i < B * L * H; i++) t.x[place(H, L, i / H / L, i / H % L, i % H)] = 3;
        run_forward(&t, 0, 1);
        assert_int_equal(dropped(t.y, B, L, H), 0);
        t.pass.training = 1;
        run_forward(&t, 0, 1);
        /* four standard deviations of a count of independent draws */
        const double draws = tied ? B * H : B * H * L, share = (double)dropped(t.y, B, L, H) / (B * L * H);
        assert_near(share, 0.25, 4 * sqrt(0.25 * 0.75 / draws), "share, tied %d", tied);
        for (size_t i = 0; i < B * L * H; i++) {
            const real y = t.y[place(H, L, i / H / L, i / H % L, i % H)];
            assert_true(y == 0 || y == 4);
            if (tied) assert_true(y == t.y[place(H, L, i / H / L, 0, i % H)]);
        }
        bench_close(&t);
        loci_layer_free(layer);
    }
}

static void does_not_depend_on_cuts(void **state)
{
    (void)state;
    enum { B = 6, L = 5, H = 17 };
    loci_layer *layer;
    bench whole, part;
    uint64_t seed = 4;
    assert_int_equal(loci_dropout_create(&layer, NULL, "d", H, 0.5, 0, NULL), LOCI_OK);
    bench_open(&whole, layer, B, L);
    bench_open(&part, layer, 2, L);
    fill(whole.x, B, L, H, &seed);
    whole.pass.training = part.pass.training = 1;
    run_forward(&whole, 0, 1);
    for (size_t b = 0; b < B; b += 2) {
        part.pass.first = b;
        memcpy(part.x, whole.x + b * part.in / 2, part.in * sizeof(real));
        run_forward(&part, 0, 1);
        assert_memory_equal(part.y, whole.y + b * part.in / 2, part.in * sizeof(real));
    }
    part.pass.seed++;
    run_forward(&part, 0, 1);
    assert_memory_not_equal(part.y, whole.y + 4 * part.in / 2, part.in * sizeof(real));
    bench_close(&whole), bench_close(&part);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    for (int tied = 0; tied < 2; tied++) {
        loci_layer *layer;
        assert_int_equal(loci_dropout_create(&layer, NULL, "d", 17, 0.25, tied, NULL), LOCI_OK);
        loci_pass pass = {.B = 2, .L = 70, .training = 1};
        check_gradients(layer, &pass, 0);
        check_layer(layer, 0);
    }
    loci_layer *layer;
    loci_error error;
    assert_int_equal(loci_dropout_create(&layer, NULL, "d", 17, 1, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_dropout_create(&layer, NULL, "d", 17, NAN, 0, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_its_share),
        cmocka_unit_test(does_not_depend_on_cuts),
        cmocka_unit_test(passes_the_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
