/* SPDX-License-Identifier: MIT
 * test_embedding.c - rows of a table for tokens: against the table itself, finite differences, what is no token, and a head
 * that shares its weights. */
#include "base/each_precision.h"

#include "layers.h"

#include <math.h>

enum { ROWS = 7, WIDTH = 21, B = 3, L = 5 };

static loci_layer *embedding(int shared)
{
    loci_layer *layer;
    loci_error error;
    if (loci_embedding_create(&layer, NULL, "embedding", ROWS, WIDTH, 0.5, shared, &error))
        fail_msg("%s", error.text);
    return layer;
}

static const int tokens[B][L] = {{0, 6, 3, 3, 1}, {2, 2, 2, 2, 2}, {5, 0, 6, 1, 4}};
static const size_t lengths[B] = {5, 3, 0};

static void open_all(bench *t, loci_layer *layer)
{
    uint64_t seed = 3;
    bench_open(t, layer, B, L);
    fill_parameters(t->p, layer, &seed);
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++) t->x[place(1, L, b, l, 0)] = (real)tokens[b][l];
    loci_layer_prepare(layer, t->derived, t->p, 1);
}

static void rows_of_a_table(void **state)
{
    (void)state;
    loci_layer *layer = embedding(0);
    bench t;
    open_all(&t, layer);
    assert_string_equal(layer->parameter[0].name, "embedding.weight");
    assert_int_equal(layer->parameter[0].count, ROWS * WIDTH);
    run_forward(&t, 0, 1);
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++)
            for (size_t h = 0; h < WIDTH; h++)
                assert_true(t.y[place(WIDTH, L, b, l, h)] == t.p[(size_t)tokens[b][l] * WIDTH + h]);
    padding_is_zero(t.y, B, L, WIDTH, "y");
    /* a step is a sample of several lanes */
    real x[B * LANES] = {0}, y[2 * B * LANES];
    for (size_t b = 0; b < B; b++) x[b * LANES] = (real)tokens[b][1];
    layer->class->step(layer, t.derived, y, x, B, NULL, NULL, NULL);
    for (size_t b = 0; b < B; b++)
        for (size_t h = 0; h < WIDTH; h++)
            assert_true(y[place(WIDTH, B, 0, b, h)] == t.y[place(WIDTH, L, b, 1, h)]);
    bench_close(&t);
    loci_layer_free(layer);
}

/* The gradient of a row is the sum of dy over the samples before the ends that have it: written out. */
static void gradients(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        loci_layer *layer = embedding(shared);
        uint64_t seed = 9;
        bench t;
        open_all(&t, layer);
        t.pass.length = lengths;
        fill(t.dy, B, L, WIDTH, &seed);
        double expected[ROWS][WIDTH] = {{0}};
        for (size_t b = 0; b < B; b++)
            for (size_t l = 0; l < lengths[b]; l++)
                for (size_t h = 0; h < WIDTH; h++)
                    expected[tokens[b][l]][h] += (double)t.dy[place(WIDTH, L, b, l, h)];
        run_forward(&t, 0, 1);
        layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                               t.scratch);
        for (size_t i = 0; i < t.in; i++) assert_true(t.dx[i] == 0);
        for (size_t i = 0; i < ROWS * WIDTH; i++) t.dp[i] = 2;
        loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
        for (size_t i = 0; i < ROWS * WIDTH; i++) /* sums of up to five numbers below 1 */
            assert_near(t.dp[i], expected[i / WIDTH][i % WIDTH] + 2 * shared,
                        LOCI_REAL_IS_DOUBLE ? 1e-15 : 1e-6, "shared %d, [%zu]", shared, i);
        bench_close(&t);
        loci_layer_free(layer);
    }
}

static void no_tokens(void **state)
{
    (void)state;
    static const double strange[L] = {-1, ROWS, NAN, INFINITY, 1e30};
    loci_layer *layer = embedding(0);
    bench t;
    open_all(&t, layer);
    for (size_t l = 0; l < L; l++) t.x[place(1, L, 0, l, 0)] = (real)strange[l];
    run_forward(&t, 0, 1);
    for (size_t l = 0; l < L; l++)
        for (size_t h = 0; h < WIDTH; h++) {
            assert_true(t.y[place(WIDTH, L, 0, l, h)] != t.y[place(WIDTH, L, 0, l, h)]);
            assert_true(t.y[place(WIDTH, L, 1, l, h)] == t.p[(size_t)tokens[1][l] * WIDTH + h]);
        }
    padding_is_zero(t.y, B, L, WIDTH, "y");
    t.pass.length = (const size_t[B]){L, 0, 0};
    layer->class->backward(layer, t.derived, &t.pass, NULL, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    for (size_t i = 0; i < t.gradient_size; i++) assert_true(t.gradient[i] == 0);
    bench_close(&t);
    loci_layer_free(layer);
    loci_error error;
    assert_int_equal(loci_embedding_create(&layer, NULL, "e", 0, 4, 1, 0, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "layer e has 0 rows; 1 to 65535 were expected");
    assert_int_equal(loci_embedding_create(&layer, NULL, "e", 65536, 4, 1, 0, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_embedding_create(&layer, NULL, "e", 3, 0, 1, 0, NULL), LOCI_E_ARGUMENT);
}

/* Each kind of head is the linear layer without what it lacks. */
static void heads(void **state)
{
    (void)state;
    static const size_t parameters[] = {2, 1, 0};
    for (int head = 0; head <= LOCI_HEAD_TIED; head++) {
        loci_layer *layer;
        uint64_t seed = 21;
        real p[ROWS * 32] = {0}; /* weights and bias */
        assert_int_equal(loci_head_create(&layer, NULL, "head", (loci_head)head, WIDTH, ROWS, NULL), LOCI_OK);
        assert_int_equal(layer->parameters, parameters[head]);
        bench t;
        bench_open(&t, layer, B, L);
        fill(t.x, B, L, WIDTH, &seed);
        for (size_t i = 0; i < ROWS * 32; i++) p[i] = (real)noise(&seed);
        loci_layer_prepare(layer, t.derived, p, 1);
        run_forward(&t, 0, 1);
        const size_t bias = (ROWS * WIDTH + LANES - 1) / LANES * LANES;
        for (size_t b = 0; b < B; b++)
            for (size_t l = 0; l < L; l++)
                for (size_t k = 0; k < ROWS; k++) {
                    double sum = head == LOCI_HEAD_LINEAR ? (double)p[bias + k] : 0;
                    for (size_t h = 0; h < WIDTH; h++)
                        sum += (double)p[k * WIDTH + h] * (double)t.x[place(WIDTH, L, b, l, h)];
                    assert_near(t.y[place(ROWS, L, b, l, k)], sum, LOCI_REAL_IS_DOUBLE ? 1e-14 : 1e-5,
                                "head %d", head);
                }
        bench_close(&t);
        if (head != LOCI_HEAD_TIED) {
            const loci_pass pass = {.B = B, .L = L, .length = lengths};
            check_gradients(layer, &pass, 0);
        }
        loci_layer_free(layer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_table),
        cmocka_unit_test(gradients),
        cmocka_unit_test(no_tokens),
        cmocka_unit_test(heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
