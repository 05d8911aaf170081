/* SPDX-License-Identifier: MIT
 * test_precision.c - products of numbers rounded to bfloat16: against sums in double of numbers rounded by another way; in layers, networks
 * and trainings. On processors without them: that this is said. */
#include "trainer_case.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "near.h"
#include "systems.h"
#include "transform/product.h"

enum { V = LOCI_LANES };

static float *numbers(size_t count)
{
    float *x = loci_allocate(count + 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static size_t place(size_t channel, size_t row, size_t stride)
{
    return (channel / V * stride + row) * V + channel % V;
}

/* To 8 bits, to the nearest, ties to even. */
static double rounded(double x)
{
    int exponent;
    const double part = frexp(x, &exponent);
    return ldexp(nearbyint(ldexp(part, 8)), exponent - 8);
}

/* K, N, rows, stride: odd ones, one vector, many tiles and bands; inputs that are cut in parts, or a row at a time */
static const size_t sizes[][4] = {{1, 1, 1, 1},      {3, 10, 5, 7},    {16, 16, 14, 14},   {17, 33, 15, 20},
                                  {40, 48, 64, 64},  {48, 31, 65, 70}, {128, 256, 71, 71}, {130, 5, 200, 256},
                                  {601, 40, 67, 67}, {20011, 3, 5, 5}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void products_are_sums(void **state)
{
    (void)state;
    const loci_product *mix = loci_product_get_bf16();
    if (!mix) skip();
    for (size_t s = 0; s < SIZES; s++) {
        const size_t K = sizes[s][0], N = sizes[s][1], rows = sizes[s][2], stride = sizes[s][3];
        uint64_t seed = 1000 * K + N;
        const size_t wide = loci_lane_blocks(N) * V, size = loci_product_size(mix, K, N);
        float *x = numbers(loci_lane_blocks(K) * stride * V), *y = numbers(wide * stride),
              *w = numbers(N * K), *bias = numbers(wide), *packed = numbers(size), *gradient = numbers(size),
              *dw = numbers(N * K), *one = numbers(loci_lane_blocks(K) * V), *alone = numbers(wide);
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < K; k++) x[place(k, r, stride)] = (float)noise(&seed);
        for (size_t i = 0; i < N * K; i++) w[i] = (float)noise(&seed);
        for (size_t e = 0; e < N; e++) bias[e] = (float)noise(&seed);
        for (size_t i = 0; i < wide * stride; i++) y[i] = NAN;
        loci_product_pack(mix, packed, w, N, K, 0);
        mix->multiply(y, stride, x, stride, packed, s % 2 ? bias : NULL, K, N, rows);
        for (size_t r = 0; r < rows; r++)
            for (size_t e = 0; e < wide; e++) {
                double sum = s % 2 && e < N ? (double)bias[e] : 0, absolute = fabs(sum);
                for (size_t k = 0; e < N && k < K; k++) {
                    const double part =
                        rounded((double)w[e * K + k]) * rounded((double)x[place(k, r, stride)]);
                    sum += part, absolute += fabs(part);
                }
                assert_near(y[place(e, r, stride)], sum, (double)(K + 1) * FLT_EPSILON * absolute,
                            "%zu to %zu, row %zu of %zu, output %zu", K, N, r, rows, e);
            }
        for (size_t r = 0; r < rows; r += 1 + rows / 5) { /* wherever a row stands */
            for (size_t k = 0; k < K; k++) one[place(k, 0, 1)] = x[place(k, r, stride)];
            mix->multiply(alone, 1, one, 1, packed, s % 2 ? bias : NULL, K, N, 1);
            for (size_t e = 0; e < N; e++) assert_true(alone[place(e, 0, 1)] == y[place(e, r, stride)]);
        }
        mix->gradient(gradient, x, stride, y, stride, K, N, rows);
        mix->gradient(gradient, x, stride, y, stride, K, N, rows); /* adds */
        loci_product_unpack(mix, dw, gradient, N, K, 0);
        for (size_t e = 0; e < N; e++)
            for (size_t k = 0; k < K; k++) {
                double sum = 0, absolute = 0;
                for (size_t r = 0; r < rows; r++) {
                    const double part =
                        2 * rounded((double)y[place(e, r, stride)]) * rounded((double)x[place(k, r, stride)]);
                    sum += part, absolute += fabs(part);
                }
                assert_near(dw[e * K + k], sum, (double)(rows + 2) * FLT_EPSILON * absolute,
                            "%zu to %zu over %zu rows, weight %zu, %zu", K, N, rows, e, k);
            }
        float *const all[] = {x, y, w, bias, packed, gradient, dw, one, alone};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    }
}

/* x = W^T y, and matrices side by side; what is no number, or too large for one, stays so. */
static void packs_as_ever(void **state)
{
    (void)state;
    enum { K = 5, N = 18, WIDE = 64, ROWS = 3 };
    const loci_product *mix = loci_product_get_bf16();
    if (!mix) skip();
    uint64_t seed = 1;
    float *w = numbers(N * K), *y = numbers(WIDE * ROWS), *x = numbers(V * ROWS),
          *back = numbers(loci_product_size(mix, WIDE, K)), *forth = numbers(loci_product_size(mix, K, WIDE));
    for (size_t i = 0; i < N * K; i++) w[i] = (float)noise(&seed);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t e = 0; e < WIDE; e++) y[place(e, r, ROWS)] = (float)noise(&seed);
    for (size_t first = 0; first <= 33; first += 33) { /* an odd one: halves of pairs are of two matrices */
        loci_product_pack_transposed(mix, back, w, N, K, first, WIDE);
        loci_product_pack(mix, forth, w, N, K, first);
    }
    mix->multiply(x, ROWS, y, ROWS, back, NULL, WIDE, K, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t k = 0; k < K; k++) {
            double sum = 0;
            for (size_t e = 0; e < N; e++)
                sum += rounded((double)w[e * K + k]) *
                       (rounded((double)y[place(e, r, ROWS)]) + rounded((double)y[place(33 + e, r, ROWS)]));
            assert_near(x[place(k, r, ROWS)], sum, 2 * (2 * N + 1) * N * FLT_EPSILON, "row %zu, input %zu", r,
                        k);
        }
    mix->multiply(y, ROWS, x, ROWS, forth, NULL, K, WIDE, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t e = 0; e < N; e++) assert_true(y[place(e, r, ROWS)] == y[place(33 + e, r, ROWS)]);
    const float odd[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -0.0f};
    for (size_t i = 0; i < 5; i++) {
        memset(x, 0, V * ROWS * sizeof *x);
        for (size_t k = 0; k < K; k++) w[k] = k == 1 ? odd[i] : 0;
        x[1] = 1;
        loci_product_pack(mix, forth, w, 1, K, 0);
        mix->multiply(y, 1, x, 1, forth, NULL, K, 1, 1);
        assert_true(i == 0 ? isnan(y[0]) : y[0] == (i == 3 ? INFINITY : odd[i])); /* rounded up */
        w[1] = 1, x[1] = odd[i];
        loci_product_pack(mix, forth, w, 1, K, 0);
        mix->multiply(y, 1, x, 1, forth, NULL, K, 1, 1);
        assert_true(i == 0 ? isnan(y[0]) : y[0] == (i == 3 ? INFINITY : odd[i]));
    }
    loci_free(w), loci_free(y), loci_free(x), loci_free(back), loci_free(forth);
}

/* ---- networks ---- */

typedef struct {
    float *y, *gradient;
    size_t answers, size;
} outcome;

static outcome run(const loci_model *model, loci_precision precision)
{
    enum { B = 3, L = 50 };
    loci_error error;
    loci_network *network;
    if (loci_network_create_in(&network, model, L, precision, &error)) fail_msg("%s", error.text);
    const loci_model_config *c = loci_model_configuration(model);
    outcome o = {.answers = B * c->outputs, .size = loci_model_size(model)};
    const size_t gradients = loci_network_gradient_size(network);
    float *u = numbers(B * L * c->inputs), *dy = numbers(o.answers), *packed = numbers(gradients);
    void *workspace = loci_allocate(loci_network_workspace_size(network, B, 1), 1);
    const loci_pass pass = {.size = sizeof pass, .B = B, .L = L};
    uint64_t seed = 3;
    for (size_t i = 0; i < B * L * c->inputs; i++) u[i] = (float)noise(&seed);
    for (size_t i = 0; i < o.answers; i++) dy[i] = (float)noise(&seed);
    o.y = numbers(o.answers), o.gradient = numbers(o.size);
    const float *values = loci_model_values_const(model);
    for (size_t i = 0; i < loci_network_parts(network); i++) loci_network_prepare(network, values, 1, i);
    loci_network_forward(network, o.y, u, &pass, NULL, 1, workspace);
    loci_network_backward(network, NULL, packed, dy, &pass, NULL, workspace);
    for (size_t i = 0; i < loci_network_parts(network); i++)
        loci_network_gather(network, o.gradient, packed, values, i);
    loci_network_free(network);
    loci_free(u), loci_free(dy), loci_free(packed), loci_free(workspace);
    return o;
}

static void drop(outcome *o)
{
    loci_free(o->y), loci_free(o->gradient);
}

/* |a - b| / |b| */
static double apart(const float *a, const float *b, size_t count)
{
    double difference = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        difference += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        size += (double)b[i] * (double)b[i];
    }
    return sqrt(difference / size);
}

/* A product of two numbers rounded to 8 bits is off by 2^-8 of itself, and a dozen lie behind one another, forth and back. */
static void networks_are_nearly_those_of_float(void **state)
{
    (void)state;
    static const char *const presets[] = {"s4-example", "s4",   "s5",   "mamba", "mamba2",
                                          "attention",  "conv", "lstm", "gru",   "mingru"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        loci_model_config config;
        loci_model *model;
        loci_error error;
        if (loci_model_preset(&config, presets[i], 3, 4, &error)) fail_msg("%s", error.text);
        config.layers = config.plain ? 1 : 2, config.width = 20, config.dropout = 0;
        if (config.order) config.order = 16;
        if (loci_model_create(&model, &config, &error)) fail_msg("%s: %s", presets[i], error.text);
        loci_model_initialize(model, 5);
        outcome whole = run(model, LOCI_PRECISION_FLOAT), cut = run(model, LOCI_PRECISION_BF16);
        const double answers = apart(cut.y, whole.y, whole.answers),
                     gradients = apart(cut.gradient, whole.gradient, whole.size);
        assert_near(answers, 0, 12.0 / 256, "answers of %s", presets[i]);
        assert_near(gradients, 0, 12.0 / 256, "gradients of %s", presets[i]);
        const int there = loci_precision_available(LOCI_PRECISION_BF16);
        assert_int_equal(answers > 1e-5 && gradients > 1e-5, there); /* else nothing was rounded */
        drop(&whole), drop(&cut);
        loci_model_free(model);
    }
}

/* ---- trainings ---- */

static loci_train_options options_in(loci_precision precision, size_t threads)
{
    loci_train_options o = loci_train_options_default();
    o.batch = 8, o.epochs = 4, o.threads = threads, o.seed = 42, o.precision = precision;
    return o;
}

/* To the same bits with other threads and in two pieces, near to what floats learn; and measured in floats. */
static void trains(void **state)
{
    (void)state;
    if (!loci_precision_available(LOCI_PRECISION_BF16)) skip();
    loci_dataset *set = training_open(training_arrays("arrays", 40, 45, 1, 2), 0, NULL);
    loci_model *model[3];
    double loss[3];
    for (size_t k = 0; k < 3; k++) {
        const loci_train_options o =
            options_in(k == 2 ? LOCI_PRECISION_FLOAT : LOCI_PRECISION_BF16, k == 1 ? 3 : 1);
        loci_error error;
        model[k] = training_model(1, 2, 20);
        loci_trainer *trainer = training_trainer(model[k], set, set, &o);
        if (k == 1) {
            void *bytes;
            size_t size;
            training_steps(trainer, 9);
            assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
            loci_trainer_free(trainer), loci_model_free(model[k]);
            model[k] = training_model(1, 2, 20);
            trainer = training_trainer(model[k], set, set, &o);
            if (loci_trainer_restore(trainer, bytes, size, &error)) fail_msg("%s", error.text);
            loci_bytes_free(bytes);
        }
        loci_train_report report = training_steps(trainer, k == 1 ? 11 : 20);
        if (loci_trainer_validate(trainer, NULL, NULL, &report, &error)) fail_msg("%s", error.text);
        loss[k] = report.valid_loss;
        loci_trainer_free(trainer);
        const loci_evaluate_options e = {sizeof e, .threads = 1};
        loci_evaluation result = {.size = sizeof result};
        if (loci_evaluate(&result, model[k], set, &e, &error)) fail_msg("%s", error.text);
        assert_near(result.loss, loss[k], 1e-9, "validation of training %zu", k);
    }
    const size_t bytes = loci_model_size(model[0]) * sizeof(float);
    const float *values[3];
    for (size_t k = 0; k < 3; k++) values[k] = loci_model_values_const(model[k]);
    assert_memory_equal(values[0], values[1], bytes);
    assert_true(memcmp(values[0], values[2], bytes) != 0);
    assert_near(loss[0], loss[2], 0.05 * loss[2], "loss");
    for (size_t k = 0; k < 3; k++) loci_model_free(model[k]);
    loci_dataset_close(set);
}

static void what_does_not_fit(void **state)
{
    (void)state;
    loci_dataset *set = training_open(training_arrays("others", 40, 45, 1, 2), 0, NULL);
    loci_model *model = training_model(1, 2, 20);
    loci_train_options o = options_in(LOCI_PRECISION_FLOAT, 1);
    loci_trainer *trainer = training_trainer(model, set, set, &o), *other;
    loci_error error;
    void *bytes;
    size_t size;
    assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    o.precision = LOCI_PRECISION_BF16;
    if (loci_precision_available(LOCI_PRECISION_BF16)) {
        trainer = training_trainer(model, set, set, &o);
        assert_int_equal(loci_trainer_restore(trainer, bytes, size, &error), LOCI_E_MISMATCH);
        assert_string_equal(error.text, "precision was 0 in the saved training and is 1 now");
        loci_trainer_free(trainer);
    } else {
        assert_int_equal(loci_trainer_create(&other, model, set, NULL, &o, &error), LOCI_E_UNSUPPORTED);
        assert_string_equal(error.text,
                            "precision is bf16, and this processor has no such products (AVX512-BF16); "
                            "float was expected");
    }
    loci_bytes_free(bytes);
    o.precision = 2;
    assert_int_equal(loci_trainer_create(&other, model, set, NULL, &o, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "precision is 2; LOCI_PRECISION_FLOAT or LOCI_PRECISION_BF16 was expected");
    assert_int_equal(loci_precision_available((loci_precision)2), 0);
    assert_int_equal(loci_precision_available(LOCI_PRECISION_FLOAT), 1);
    loci_dataset_close(set), loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_sums),
        cmocka_unit_test(packs_as_ever),
        cmocka_unit_test(networks_are_nearly_those_of_float),
        cmocka_unit_test(trains),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, temporary_setup, training_teardown);
}
