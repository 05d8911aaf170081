/* SPDX-License-Identifier: MIT
 * test_model.c - configurations, parameter tables, initial values, descriptions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <loci/model.h>

static loci_model *create(const char *preset, size_t inputs, size_t outputs)
{
    loci_model_config config;
    loci_model *model;
    loci_error error;
    if (loci_model_preset(&config, preset, inputs, outputs, &error)) fail_msg("%s", error.text);
    if (loci_model_create(&model, &config, &error)) fail_msg("%s", error.text);
    return model;
}

static const loci_parameter *find(const loci_model *model, const char *name)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(table[i].name, name)) return &table[i];
    fail_msg("no parameter %s", name);
    return NULL;
}

/* The published number of the S4 repository's example. An LSTM of H on I inputs has 4 H (I + H + 2), its decoder 10 (H + 1). */
static void test_counts(void **state)
{
    (void)state;
    loci_model *model = create("s4-example", 3, 10);
    assert_int_equal(loci_model_count(model), 201482);
    assert_true(loci_model_takes_steps(model));
    loci_model_free(model);
    model = create("lstm", 1, 10);
    assert_int_equal(loci_model_count(model), 4 * 128 * (1 + 128 + 2) + 10 * 129);
    assert_int_equal(loci_model_count(model), 68362);
    assert_false(loci_model_takes_steps(model));
    loci_model_free(model);
}

/* Slices do not overlap, lie in order on 64-byte boundaries, and fill the buffer but for the gaps. */
static void test_table(void **state)
{
    (void)state;
    loci_model *model = create("small", 1, 10);
    size_t count, end = 0, numbers = 0;
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++) {
        size_t product = 1;
        for (size_t d = 0; d < table[i].dimensions; d++) product *= table[i].shape[d];
        assert_int_equal(product, table[i].count);
        assert_true(table[i].offset >= end && table[i].offset < end + 16 && table[i].offset % 16 == 0);
        end = table[i].offset + table[i].count;
        numbers += product;
        for (size_t j = 0; j < i; j++) assert_string_not_equal(table[i].name, table[j].name);
    }
    assert_int_equal(numbers, loci_model_count(model));
    assert_int_equal((end + 15) / 16 * 16, loci_model_size(model));
    assert_int_equal(find(model, "s4_layers.2.kernel.log_dt")->group, LOCI_GROUP_SSM);
    assert_int_equal(find(model, "norms.3.weight")->count, 64);
    loci_model_free(model);
}

/* n draws of mean m and deviation s have a mean within 5 s/sqrt(n) of it (one run in a million does not). */
static void test_initial(void **state)
{
    (void)state;
    loci_model *one = create("s4-example", 3, 10), *two = create("s4-example", 3, 10);
    loci_model_initialize(one, 7), loci_model_initialize(two, 7);
    assert_memory_equal(loci_model_values(one), loci_model_values(two), loci_model_size(one) * sizeof(float));
    loci_model_initialize(two, 8);
    assert_memory_not_equal(loci_model_values(one), loci_model_values(two),
                            loci_model_size(one) * sizeof(float));
    const loci_parameter *p = find(one, "s4_layers.1.kernel.C");
    const float *v = loci_model_values_const(one) + p->offset;
    double mean = 0, square = 0;
    for (size_t i = 0; i < p->count; i++) mean += v[i], square += (double)v[i] * v[i];
    const double n = (double)p->count, half = 0.5; /* complex of variance 1: each part has a half */
    assert_true(fabs(mean / n) < 5 * sqrt(half / n));
    assert_true(fabs(square / n - half) < 5 * half * sqrt(2 / n));
    p = find(one, "s4_layers.0.kernel.A_imag");
    v = loci_model_values_const(one) + p->offset;
    for (size_t i = 0; i < p->count; i++)
        assert_true(v[i] == (float)(3.14159265358979323846 * (double)(i % 32)));
    p = find(one, "s4_layers.0.kernel.log_dt");
    v = loci_model_values_const(one) + p->offset;
    for (size_t i = 0; i < p->count; i++) assert_true(v[i] >= (float)log(0.001) && v[i] <= (float)log(0.1));
    loci_model_free(one), loci_model_free(two);
    one = create("lstm", 1, 10);
    loci_model_initialize(one, 7);
    p = find(one, "lstm_layers.0.bias_hh_l0");
    v = loci_model_values_const(one) + p->offset;
    const float bound = 0.0884f; /* 1/sqrt(128) */
    for (size_t i = 0; i < p->count; i++) assert_true(fabsf(v[i] - (i / 128 == 1 ? 1 : 0)) < bound);
    loci_model_free(one);
    loci_model_config far; /* limits of steps whose quotient no double holds */
    assert_int_equal(loci_model_preset(&far, "mamba", 1, 10, NULL), LOCI_OK);
    far.dt_min = 1e-303, far.dt_max = 1e6;
    assert_int_equal(loci_model_create(&one, &far, NULL), LOCI_OK);
    loci_model_initialize(one, 7);
    for (size_t i = 0; i < loci_model_size(one); i++) assert_true(isfinite(loci_model_values_const(one)[i]));
    loci_model_free(one);
}

static void test_description(void **state)
{
    (void)state;
    loci_model *model = create("small", 2, 3), *copy;
    const double shift[2] = {0.5, -1}, scale[2] = {2, 3}, zero[2] = {1, 0};
    char one[] = "one";
    const char *const classes[3] = {one, "two", "three"};
    loci_model_about about = {
        .rate = 8000, .shift = shift, .scale = scale, .classes = classes, .reading.label = "{label}_*"};
    loci_error error;
    assert_int_equal(loci_model_describe(model, &about, &error), LOCI_OK);
    one[0] = 'x'; /* it was copied */
    assert_int_equal(loci_model_describe(model, loci_model_description(model), &error), LOCI_OK);
    assert_int_equal(loci_model_copy(&copy, model, &error), LOCI_OK);
    loci_model_free(model);
    const loci_model_about *got = loci_model_description(copy);
    assert_string_equal(got->classes[0], "one");
    assert_string_equal(got->classes[2], "three");
    assert_string_equal(got->reading.label, "{label}_*");
    assert_null(got->note);
    assert_true(got->rate == 8000 && got->shift[1] == -1 && got->scale[0] == 2);
    about.scale = zero;
    assert_int_equal(loci_model_describe(copy, &about, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "scale of input 1 is 0; a number other than 0 was expected");
    assert_true(loci_model_description(copy)->scale[1] == 3);
    about.scale = NULL, about.rate = NAN;
    assert_int_equal(loci_model_describe(copy, &about, &error), LOCI_E_ARGUMENT);
    loci_model_free(copy);
}

static void refuse(loci_model_config config, const char *text)
{
    loci_model *model = NULL;
    loci_error error;
    assert_int_equal(loci_model_create(&model, &config, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, text);
    assert_null(model);
}

static void test_ranges(void **state)
{
    (void)state;
    loci_model_config good, bad;
    loci_error error;
    assert_int_equal(loci_model_preset(&good, "audio", 1, 10, &error), LOCI_OK);
    bad = good, bad.layers = 0, refuse(bad, "layers is 0; 1 to 1024 was expected");
    bad = good, bad.width = 65536, refuse(bad, "width is 65536; 1 to 65535 was expected");
    bad = good, bad.order = 7,
    refuse(bad, "order is 7; an even number of 2 to 1024, or of mamba and mamba2 any from 1, was expected");
    bad = good, bad.dt_min = 0, refuse(bad, "dt_min is 0; more than 0, at most 1e6 was expected");
    bad = good, bad.dropout = 1, refuse(bad, "dropout is 1; 0 to below 1 was expected");
    bad = good, bad.discretization = LOCI_EULER;
    refuse(bad, "discretization is none of its words; zoh or bilinear was expected");
    bad = good, bad.plain = 1,
    refuse(bad, "a plain stack of s4d has 1 inputs and width 64; the same number was expected");
    assert_int_equal(loci_model_preset(&bad, "large", 1, 10, &error), LOCI_E_ARGUMENT);
    assert_memory_equal(error.text, "there is no preset large; s4-example, small, ", 45);
    assert_non_null(strstr(error.text, " or ")); /* the last one, whichever it is */
    assert_string_equal(error.text + strlen(error.text) - 13, " was expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_table),
                                       cmocka_unit_test(test_initial), cmocka_unit_test(test_description),
                                       cmocka_unit_test(test_ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
