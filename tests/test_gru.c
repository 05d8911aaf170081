/* SPDX-License-Identifier: MIT
 * test_gru.c - GRU against published numbers; gradients, steps, lengths. */
#include "base/each_precision.h"

#include "recurrent_case.h"

static void is_the_published_one(void **state)
{
    (void)state;
    check_published("layer_gru1.npz", 1, 1, loci_gru_create);
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][2] = {{1, 1}, {3, 17}, {20, 5}};
    for (size_t i = 0; i < 3; i++) {
        loci_layer *layer;
        assert_int_equal(loci_gru_create(&layer, NULL, "gru_layers.0", sizes[i][0], sizes[i][1], NULL),
                         LOCI_OK);
        assert_string_equal(layer->parameter[0].name, "gru_layers.0.weight_ih_l0");
        check_layer(layer, 20 * LOCI_REAL_EPSILON);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one),
        cmocka_unit_test(passes_the_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
