/* SPDX-License-Identifier: MIT
 * test_calibration.c - ranges and scores of a calibration against loops written out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/calibration.h>
#include <loci/model.h>

enum { SEQUENCES = 11, INPUTS = 2, CLASSES = 3, LONGEST = 14, USED = 5 };

static size_t length_of(const void *context, size_t i)
{
    (void)context;
    return 10 + i % 5;
}

static void read_samples(const void *context, size_t i, float *u)
{
    for (size_t k = 0; k < INPUTS * length_of(context, i); k++) u[k] = (float)sin(0.3 * (double)(i * 17 + k));
}

/* One label a sequence, or (context) one at every sample. */
static void read_target(const void *context, size_t i, double *target)
{
    const size_t count = context ? length_of(context, i) : 1;
    for (size_t k = 0; k < count; k++) target[k] = (double)((i + k) % CLASSES);
}

static loci_dataset *set_of(const void *each, size_t inputs, double rate)
{
    const loci_dataset_source source = {.size = sizeof source,
                                        .context = (void *)(uintptr_t)each,
                                        .count = SEQUENCES,
                                        .inputs = inputs,
                                        .outputs = CLASSES,
                                        .target = {.each = each != NULL},
                                        .rate = rate,
                                        .length = length_of,
                                        .read = read_samples,
                                        .read_target = read_target};
    loci_dataset *set;
    loci_error error;
    assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_OK);
    return set;
}

static loci_model *model_of(int each)
{
    loci_model_config config;
    loci_model *model;
    loci_error error;
    assert_int_equal(loci_model_preset(&config, "lstm", INPUTS, CLASSES, &error), LOCI_OK);
    config.width = 16;
    config.layers = 1;
    if (each) config.pool = LOCI_POOL_NONE;
    assert_int_equal(loci_model_create(&model, &config, &error), LOCI_OK);
    loci_model_initialize(model, 4);
    loci_model_about about = *loci_model_description(model);
    about.size = sizeof about;
    about.rate = 100;
    about.task = each ? LOCI_TASK_CLASS_EACH : LOCI_TASK_CLASS;
    assert_int_equal(loci_model_describe(model, &about, &error), LOCI_OK);
    return model;
}

static loci_export *program_of(const loci_model *model, loci_export_weights weights, const float *ranges)
{
    const loci_export_options options = {.size = sizeof options, .weights = weights, .ranges = ranges};
    loci_export *program;
    loci_error error;
    assert_int_equal(loci_export_create(&program, model, &options, &error), LOCI_OK);
    return program;
}

/* Every second sequence through the step, as calibrations of five out of eleven take them (0, 2, 4, 6, 8): ranges, and the share that is
 * right. */
static double walk(const loci_export *program, int each, float *ranges)
{
    char *state = malloc(loci_export_state_size(program)), *work = malloc(loci_export_work_size(program));
    double right = 0, count = 0;
    assert_true(state && work);
    for (size_t i = 0; i < 2 * USED; i += 2) {
        float u[INPUTS * LONGEST], out[CLASSES];
        double target[LONGEST];
        read_samples(NULL, i, u);
        read_target(each ? "each" : NULL, i, target);
        loci_export_init(program, state);
        for (size_t k = 0; k < length_of(NULL, i); k++) {
            const int asked = each || k + 1 == length_of(NULL, i);
            loci_export_watch(program, state, asked ? out : NULL, u + INPUTS * k, work, ranges);
            if (!asked) continue;
            size_t best = 0;
            for (size_t c = 1; c < CLASSES; c++)
                if (out[c] > out[best]) best = c;
            right += (double)best == target[each ? k : 0];
            count++;
        }
    }
    free(state);
    free(work);
    return right / count;
}

static void check(int each)
{
    loci_dataset *set = set_of(each ? "each" : NULL, INPUTS, 100);
    loci_model *model = model_of(each);
    loci_export *floats = program_of(model, LOCI_EXPORT_FLOAT, NULL);
    const loci_calibrate_options options = {.size = sizeof options, .sequences = USED};
    loci_calibration *calibration;
    loci_calibration_result r = {.size = sizeof r};
    loci_error error;
    assert_int_equal(loci_calibration_create(&calibration, model, floats, set, &options, &error), LOCI_OK);
    const size_t products = loci_export_products(floats);
    float *ranges = calloc(2 * products, sizeof *ranges);
    assert_non_null(ranges);
    assert_true(products > 0);
    const double score = walk(floats, each, ranges);
    assert_memory_equal(ranges, loci_calibration_ranges(calibration), 2 * products * sizeof *ranges);

    /* the same step is as good and no further from itself than its own answers are when it watches */
    assert_int_equal(loci_calibration_compare(calibration, floats, &r, &error), LOCI_OK);
    assert_int_equal(r.sequences, USED);
    assert_true(r.floats == score && r.whole == score && r.most == 0 && r.mean == 0);

    loci_export *whole = program_of(model, LOCI_EXPORT_INT8, ranges);
    assert_int_equal(loci_calibration_compare(calibration, whole, &r, &error), LOCI_OK);
    assert_true(r.floats == score && r.whole >= 0 && r.whole <= 1);
    assert_true(r.mean > 0 && r.most >= r.mean && r.most < 0.1);
    loci_export_free(whole);
    loci_export_free(floats);
    loci_calibration_free(calibration);
    free(ranges);
    loci_model_free(model);
    loci_dataset_close(set);
}

static void ranges_and_scores_are_those_of_a_loop(void **state)
{
    (void)state;
    check(0);
    check(1);
}

/* Two values in units that differ by far, each about a mean of its own. */
static void read_values(const void *context, size_t i, double *target)
{
    (void)context;
    target[0] = 1000 + sin((double)(7 * i));
    target[1] = cos((double)(5 * i));
}

/* The share explained: errors and differences from the mean, each output's own, summed over both. */
static double explained(const loci_export *program)
{
    char *state = malloc(loci_export_state_size(program)), *work = malloc(loci_export_work_size(program));
    double error = 0, sum[2] = {0}, all = 0;
    assert_true(state && work);
    for (size_t i = 0; i < SEQUENCES; i++) {
        float u[INPUTS * LONGEST], out[2];
        double target[2];
        read_samples(NULL, i, u);
        read_values(NULL, i, target);
        loci_export_init(program, state);
        for (size_t k = 0; k < length_of(NULL, i); k++)
            loci_export_step(program, state, out, u + INPUTS * k, work);
        for (size_t o = 0; o < 2; o++) error += pow((double)out[o] - target[o], 2), sum[o] += target[o];
    }
    for (size_t i = 0; i < SEQUENCES; i++) {
        double target[2];
        read_values(NULL, i, target);
        for (size_t o = 0; o < 2; o++) all += pow(target[o] - sum[o] / SEQUENCES, 2);
    }
    free(state);
    free(work);
    return 1 - error / all;
}

static void values_are_explained_each_about_its_mean(void **state)
{
    (void)state;
    const double shift[2] = {1000, 0}, scale[2] = {1, 1};
    const loci_dataset_source source = {.size = sizeof source,
                                        .count = SEQUENCES,
                                        .inputs = INPUTS,
                                        .outputs = 2,
                                        .target = {.values = 1},
                                        .length = length_of,
                                        .read = read_samples,
                                        .read_target = read_values};
    loci_dataset *set;
    loci_model_config config;
    loci_model *model;
    loci_calibration *calibration;
    loci_calibration_result r = {.size = sizeof r};
    loci_error error;
    assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_OK);
    assert_int_equal(loci_model_preset(&config, "lstm", INPUTS, 2, &error), LOCI_OK);
    config.width = 16, config.layers = 1;
    assert_int_equal(loci_model_create(&model, &config, &error), LOCI_OK);
    loci_model_initialize(model, 4);
    const loci_model_about about = {
        .size = sizeof about, .task = LOCI_TASK_VALUE, .target_shift = shift, .target_scale = scale};
    assert_int_equal(loci_model_describe(model, &about, &error), LOCI_OK);
    loci_export *floats = program_of(model, LOCI_EXPORT_FLOAT, NULL);
    assert_int_equal(loci_calibration_create(&calibration, model, floats, set, NULL, &error), LOCI_OK);
    assert_int_equal(loci_calibration_compare(calibration, floats, &r, &error), LOCI_OK);
    const double wanted = explained(floats);
    assert_true(wanted < 0.5); /* it has learned nothing */
    assert_true(fabs(r.floats - wanted) < 1e-5 && r.whole == r.floats);
    loci_calibration_free(calibration);
    loci_export_free(floats);
    loci_model_free(model);
    loci_dataset_close(set);
}

static int stop_at_two(void *context, size_t done, size_t all)
{
    *(size_t *)context = all;
    return done == 2;
}

static void what_does_not_fit_is_named(void **state)
{
    (void)state;
    loci_model *model = model_of(0);
    loci_export *floats = program_of(model, LOCI_EXPORT_FLOAT, NULL);
    loci_calibration *calibration;
    loci_error error;
    loci_dataset *wide = set_of(NULL, 1, 100), *slow = set_of(NULL, INPUTS, 50),
                 *good = set_of(NULL, INPUTS, 0);
    assert_int_equal(loci_calibration_create(&calibration, model, floats, wide, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "1 inputs and 3 outputs; 2 and 3"));
    assert_null(calibration);
    assert_int_equal(loci_calibration_create(&calibration, model, floats, slow, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "50 Hz; 100"));
    size_t all = 0;
    const loci_calibrate_options options = {.size = sizeof options, .progress = stop_at_two, .context = &all};
    assert_int_equal(loci_calibration_create(&calibration, model, floats, good, &options, &error),
                     LOCI_E_STOPPED);
    assert_int_equal(all, SEQUENCES);
    loci_calibration_free(NULL);
    loci_dataset_close(wide);
    loci_dataset_close(slow);
    loci_dataset_close(good);
    loci_export_free(floats);
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_and_scores_are_those_of_a_loop),
        cmocka_unit_test(values_are_explained_each_about_its_mean),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
