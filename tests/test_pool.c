/* SPDX-License-Identifier: MIT
 * test_pool.c - means and last samples of sequences, with lengths, by steps, and far beyond where a float can count. */
#include "base/each_precision.h"

#include "layers.h"

static void passes_the_checks(void **state)
{
    (void)state;
    for (int pool = LOCI_POOL_MEAN; pool <= LOCI_POOL_LAST; pool++)
        for (size_t channels = 3; channels <= 17; channels += 14) {
            loci_layer *layer;
            assert_int_equal(loci_pool_create(&layer, NULL, (loci_pool)pool, channels, NULL), LOCI_OK);
            check_layer(layer, 4 * LOCI_REAL_EPSILON);
        }
}

static void are_means_and_last_samples(void **state)
{
    (void)state;
    const size_t length[3] = {5, 0, 3};
    for (int pool = LOCI_POOL_MEAN; pool <= LOCI_POOL_LAST; pool++) {
        loci_layer *layer;
        bench t;
        assert_int_equal(loci_pool_create(&layer, NULL, (loci_pool)pool, 1, NULL), LOCI_OK);
        bench_open(&t, layer, 3, 5);
        t.pass.length = length;
        for (size_t l = 0; l < 5; l++)
            for (size_t b = 0; b < 3; b++) t.x[place(1, 5, b, l, 0)] = (real)(10 * b + l);
        run_forward(&t, 0, 1);
        const real mean[3] = {2, 0, 21}, last[3] = {4, 0, 22};
        for (size_t b = 0; b < 3; b++)
            assert_near(t.y[b * LANES], (pool == LOCI_POOL_MEAN ? mean : last)[b], 0, "sequence %zu", b);
        bench_close(&t);
        loci_layer_free(layer);
    }
}

/* 2^25 samples of 1/3, which plain sums in float would lose from 2^24 on. */
static void the_mean_of_a_long_stream_stays_right(void **state)
{
    (void)state;
    loci_layer *layer;
    bench t;
    const size_t L = 1 << 16;
    assert_int_equal(loci_pool_create(&layer, NULL, LOCI_POOL_MEAN, 1, NULL), LOCI_OK);
    bench_open(&t, layer, 1, L);
    for (size_t l = 0; l < L; l++) t.x[l * LANES] = (real)(1.0 / 3);
    for (int i = 0; i < 512; i++) run_forward(&t, 1, 0);
    assert_near(t.y[0], 1.0 / 3, 2 * LOCI_REAL_EPSILON, "mean");
    for (int i = 0; i < 7; i++) layer->class->step(layer, NULL, t.y, t.x, 1, NULL, t.state, t.scratch);
    assert_near(t.states[2 * LANES] + t.states[2 * LANES + 1] * 1048576.0, 512.0 * 65536 + 7, 0, "samples");
    bench_close(&t);
    loci_layer_free(layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(are_means_and_last_samples),
        cmocka_unit_test(the_mean_of_a_long_stream_stays_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
