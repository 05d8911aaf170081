/* SPDX-License-Identifier: MIT
 * test_residual.c - layers beside a straight path, pre-norm, post-norm, without a norm; children are freed on failure too. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *made(int inner, loci_norm norm, int prenorm, size_t channels)
{
    loci_layer *a, *n = NULL, *r;
    loci_error error;
    if (inner == 0)
        assert_int_equal(loci_linear_create(&a, NULL, "inner", channels, channels, NULL), LOCI_OK);
    else if (inner == 1)
        assert_int_equal(loci_lstm_create(&a, NULL, "inner", channels, channels, NULL), LOCI_OK);
    else
        a = s4d_block("inner", channels, (loci_s4d_options){4, LOCI_ZOH, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT},
                      0.25, 1);
    if (norm != LOCI_NORM_NONE)
        assert_int_equal(loci_norm_create(&n, NULL, "norm", norm, channels, NULL), LOCI_OK);
    const loci_residual_options options = {"inner.residual", prenorm, 0.25, inner != 0};
    if (loci_residual_create(&r, a, n, &options, &error)) fail_msg("%s", error.text);
    return r;
}

static void passes_the_checks(void **state)
{
    (void)state;
    for (int inner = 0; inner < 3; inner++)
        for (int norm = LOCI_NORM_LAYER; norm <= LOCI_NORM_NONE; norm++)
            for (int prenorm = 0; prenorm < 2; prenorm++) {
                if (norm == LOCI_NORM_RMS && inner) continue;
                check_layer(made(inner, (loci_norm)norm, prenorm, 17), 200 * LOCI_REAL_EPSILON);
            }
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    loci_layer *a, *n, *r;
    loci_error error;
    assert_int_equal(loci_linear_create(&a, NULL, "a", 3, 4, NULL), LOCI_OK);
    assert_int_equal(loci_norm_create(&n, NULL, "n", LOCI_NORM_LAYER, 3, NULL), LOCI_OK);
    const loci_residual_options options = {"r", 0, 0, 0};
    assert_int_equal(loci_residual_create(&r, a, n, &options, &error), LOCI_E_MISMATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
