/* SPDX-License-Identifier: MIT
 * test_mingru.c - the minimal GRU against its recurrence written out; gradients, steps, lengths. */
#include "base/each_precision.h"

#include "layers.h"

static loci_layer *mingru(const char *name, size_t inputs, size_t outputs)
{
    loci_layer *layer;
    loci_error error;
    if (loci_mingru_create(&layer, NULL, name, inputs, outputs, &error)) fail_msg("%s", error.text);
    return layer;
}

/* Row `row` of W x + b, in double. */
static double affine(const bench *t, size_t row, size_t b, size_t l)
{
    const loci_layer *layer = t->layer;
    double sum = (double)t->p[layer->parameter[1].offset + row];
    for (size_t i = 0; i < layer->inputs; i++)
        sum += (double)t->p[layer->parameter[0].offset + row * layer->inputs + i] *
               (double)t->x[place(layer->inputs, t->pass.L, b, l, i)];
    return sum;
}

/* Equations (4) to (6) of the paper. States are averages of candidates, so that errors do not grow: those of one product. */
static void is_its_recurrence(void **state)
{
    (void)state;
    enum { B = 2, L = 40 };
    const size_t sizes[][2] = {{1, 1}, {3, 17}, {20, 5}};
    for (size_t i = 0; i < 3; i++) {
        const size_t IN = sizes[i][0], H = sizes[i][1];
        loci_layer *layer = mingru("", IN, H);
        uint64_t seed = 6;
        bench t;
        bench_open(&t, layer, B, L);
        fill_parameters(t.p, layer, &seed);
        fill(t.x, B, L, IN, &seed);
        loci_layer_prepare(layer, t.derived, t.p, 1);
        for (size_t b = 0; b < B; b++)
            for (size_t h = 0; h < H; h++) t.state[b][h] = (real)noise(&seed);
        for (int with_state = 0; with_state < 2; with_state++) {
            real *first = some(B * layer->state, sizeof(real));
            if (with_state) memcpy(first, t.states, B * layer->state * sizeof(real));
            run_forward(&t, with_state, 1);
            for (size_t b = 0; b < B; b++)
                for (size_t h = 0; h < H; h++) {
                    double now = (double)first[b * layer->state + h];
                    for (size_t l = 0; l < L; l++) {
                        const double z = 1 / (1 + exp(-affine(&t, h, b, l)));
                        now = (1 - z) * now + z * affine(&t, H + h, b, l);
                        assert_near(t.y[place(H, L, b, l, h)], now, 50 * LOCI_REAL_EPSILON,
                                    "h[%zu][%zu][%zu]", b, l, h);
                    }
                    if (with_state) assert_near(t.state[b][h], now, 50 * LOCI_REAL_EPSILON, "state %zu", h);
                }
            loci_free(first);
        }
        bench_close(&t);
        loci_layer_free(layer);
    }
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][2] = {{1, 1}, {3, 17}, {20, 5}};
    for (size_t i = 0; i < 3; i++) {
        loci_layer *layer = mingru("mingru_layers.0", sizes[i][0], sizes[i][1]);
        assert_string_equal(layer->parameter[0].name, "mingru_layers.0.weight");
        check_layer(layer, 20 * LOCI_REAL_EPSILON);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_its_recurrence),
        cmocka_unit_test(passes_the_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
