/* SPDX-License-Identifier: MIT
 * test_evaluate.c - evaluation: what forward says sequence by sequence, on any number of threads; rates, progress, what is
 * refused. */
#include "trainer_case.h"

#include <loci/network.h>

#include "base/allocate.h"

typedef struct {
    double loss, accuracy;
    size_t confusion[9];
} truth;

/* A network of each sequence's own length, one at a time. */
static truth by_hand(const loci_model *model, const loci_dataset *set, double rate)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    truth t = {0};
    for (size_t i = 0; i < info.sequences; i++) {
        const size_t L = loci_dataset_length(set, i), label = loci_dataset_label(set, i);
        loci_network *network;
        assert_int_equal(loci_network_create(&network, model, L, NULL), LOCI_OK);
        void *workspace = loci_allocate(loci_network_workspace_size(network, 1, 0), 1);
        float *u = loci_allocate(L * info.inputs, sizeof *u), y[3];
        loci_dataset_read(set, i, u);
        for (size_t k = 0; k < loci_network_parts(network); k++)
            loci_network_prepare(network, loci_model_values_const(model), rate, k);
        loci_network_forward(network, y, u, &(loci_pass){.B = 1, .L = L}, NULL, 0, workspace);
        size_t top = 0;
        double sum = 0;
        for (size_t c = 0; c < 3; c++) top = y[c] > y[top] ? c : top, sum += exp((double)y[c]);
        t.loss += (log(sum) - (double)y[label]) / (double)info.sequences;
        t.accuracy += (top == label) / (double)info.sequences;
        t.confusion[3 * label + top]++;
        loci_free(u), loci_free(workspace);
        loci_network_free(network);
    }
    return t;
}

static loci_dataset *arrays, *sounds;

static int set_up(void **state)
{
    if (temporary_setup(state)) return -1;
    arrays = training_open(training_arrays("arrays", 75, 48, 1, 3), 0, NULL);
    sounds = training_open(training_sounds("sounds", 60, 40, 900, 3), 0, "{label}_*");
    return 0;
}

static int tear_down(void **state)
{
    loci_dataset_close(arrays), loci_dataset_close(sounds);
    return training_teardown(state);
}

/* A model that answers one thing and another: its decoder is large. */
static loci_model *decided(void)
{
    loci_model *model = training_model(1, 3, 20);
    for (size_t i = 0; i < loci_model_size(model); i++) loci_model_values(model)[i] *= 1.2f;
    return model;
}

static void agrees(const loci_model *model, const loci_dataset *set, double rate, double factor)
{
    const truth t = by_hand(model, set, factor);
    double first = 0;
    for (size_t threads = 1; threads <= 3; threads++) {
        size_t confusion[9];
        memset(confusion, 0xff, sizeof confusion);
        loci_evaluation e = {.confusion = confusion};
        loci_error error;
        const loci_evaluate_options options = {.threads = threads, .rate = rate};
        if (loci_evaluate(&e, model, set, &options, &error)) fail_msg("%s", error.text);
        assert_int_equal(e.sequences, loci_dataset_inspect(set).sequences);
        assert_near(e.loss, t.loss, 2e-6 * t.loss, "loss");
        assert_near(e.score, t.accuracy, 1e-12, "accuracy");
        assert_memory_equal(confusion, t.confusion, sizeof confusion);
        assert_true(e.seconds > 0);
        if (threads == 1) first = e.loss;
        assert_true(e.loss == first);
    }
}

static void is_what_forward_says(void **state)
{
    (void)state;
    loci_model *model = decided();
    agrees(model, arrays, 0, 1);
    agrees(model, sounds, 0, 1);
    loci_model_free(model);
}

/* Sounds have 8000 Hz; a model of 16000 Hz takes a sample for two steps. */
static void knows_rates(void **state)
{
    (void)state;
    loci_model *model = decided();
    agrees(model, sounds, 4000, 1); /* the model's is not known */
    assert_int_equal(loci_model_describe(model, &(loci_model_about){.rate = 16000}, NULL), LOCI_OK);
    agrees(model, sounds, 0, 2);
    agrees(model, sounds, 4000, 4);
    agrees(model, arrays, 0, 1); /* the set's is not known */
    agrees(model, arrays, 32000, 0.5);
    loci_model_free(model);
}

typedef struct {
    size_t calls, done, all, stop_at;
} watch;

static int look(void *context, size_t done, size_t all)
{
    watch *w = context;
    assert_true(done > w->done && done <= all);
    w->calls++, w->done = done, w->all = all;
    return w->calls == w->stop_at;
}

static void tells_how_far_it_is(void **state)
{
    (void)state;
    loci_model *model = decided();
    loci_evaluation e = {0};
    loci_error error;
    watch w = {0};
    loci_evaluate_options options = {.threads = 2, .progress = look, .context = &w};
    assert_int_equal(loci_evaluate(&e, model, sounds, &options, &error), LOCI_OK);
    assert_int_equal(w.done, 60);
    assert_int_equal(w.all, 60);
    assert_true(w.calls >= 2);
    w = (watch){.stop_at = 1};
    e.loss = 7;
    assert_int_equal(loci_evaluate(&e, model, sounds, &options, &error), LOCI_E_STOPPED);
    assert_int_equal(w.calls, 1);
    char sentence[64];
    snprintf(sentence, sizeof sentence, "stopped after %zu of 60 sequences", w.done);
    assert_string_equal(error.text, sentence);
    assert_true(e.loss == 7);
    loci_model_free(model);
}

static void refused(const loci_model *model, const loci_dataset *set, loci_evaluate_options options,
                    loci_status status, const char *sentence)
{
    loci_evaluation e = {0};
    loci_error error;
    assert_int_equal(loci_evaluate(&e, model, set, &options, &error), status);
    if (strncmp(error.text, sentence, strlen(sentence)) != 0) assert_string_equal(error.text, sentence);
    assert_int_equal(e.sequences, 0);
}

static void refuses(void **state)
{
    (void)state;
    loci_model *model = decided(), *two = training_model(2, 3, 20), *four = training_model(1, 4, 20);
    const loci_evaluate_options usual = {.threads = 2};
    refused(two, arrays, usual, LOCI_E_MISMATCH, "the set has samples of 1 numbers; the model takes 2");
    refused(four, arrays, usual, LOCI_E_MISMATCH, "the set has 3 classes; the model has 4");
    refused(model, arrays, (loci_evaluate_options){.rate = -1}, LOCI_E_ARGUMENT,
            "rate is -1 Hz; 0 or more was expected");
    refused(model, arrays, (loci_evaluate_options){.rate = NAN}, LOCI_E_ARGUMENT,
            "rate is nan Hz; 0 or more was expected");
    refused(model, arrays, (loci_evaluate_options){.threads = 2000}, LOCI_E_ARGUMENT,
            "number of threads is 2000; 0 to 1024 was expected");
    loci_model *lstm; /* which knows no time */
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "lstm", 1, loci_dataset_inspect(sounds).outputs, NULL),
                     LOCI_OK);
    config.layers = 1, config.width = 8;
    assert_int_equal(loci_model_create(&lstm, &config, NULL), LOCI_OK);
    assert_int_equal(loci_model_describe(lstm, &(loci_model_about){.rate = 16000}, NULL), LOCI_OK);
    refused(lstm, sounds, usual, LOCI_E_UNSUPPORTED,
            "rate is 8000 Hz, and the model's layers know no time; 16000 Hz");
    refused(lstm, arrays, (loci_evaluate_options){.rate = 4000}, LOCI_E_UNSUPPORTED, "rate is 4000 Hz");
    loci_model_free(lstm);
    loci_model_values(model)[0] = INFINITY;
    refused(model, arrays, usual, LOCI_E_VALUE, "the loss of train_x.npy");
    loci_model_free(model), loci_model_free(two), loci_model_free(four);
}

/* The same sequences in other units and elsewhere, in double: shifted and scaled by what the set says of itself, they are the
 * same to the model. A float holds 2^-24 of a range that the frame brings to 1, and the answers' loss is of order 1. */
static void units_and_offsets_do_not_matter(void **state)
{
    (void)state;
    enum { SEQUENCES = 30, L = 40 };
    static const struct {
        double unit, offset;
    } as[] = {{1, 0}, {1, 1e8}, {1e-3, -4e9}, {1e-42, 0}, {1e-300, 0}, {1e200, 3e202}, {3, 1e12}, {0.1, 0.5}};
    loci_model *model = decided();
    double first = 0;
    for (size_t a = 0; a < sizeof as / sizeof *as; a++) {
        char name[16], path[256];
        snprintf(name, sizeof name, "units%zu", a);
        static double x[SEQUENCES * L], y[SEQUENCES];
        for (size_t i = 0; i < SEQUENCES; i++) {
            y[i] = (double)(i % 3);
            for (size_t l = 0; l < L; l++) /* multiples of 2^-15: nothing is rounded where they are put */
                x[i * L + l] =
                    nearbyint(training_sample(i % 3, i, l, 9) * 0x1p10) * 0x1p-10 * as[a].unit + as[a].offset;
        }
        temporary_folders(name);
        snprintf(path, sizeof path, "%s/train_x.npy", name);
        assert_int_equal(loci_npy_write(temporary_path(path), x, (size_t[]){SEQUENCES, L}, 2, 0, NULL),
                         LOCI_OK);
        snprintf(path, sizeof path, "%s/train_y.npy", name);
        assert_int_equal(loci_npy_write(temporary_path(path), y, (size_t[]){SEQUENCES}, 1, 0, NULL), LOCI_OK);
        loci_dataset *set;
        loci_error error;
        if (loci_dataset_open(&set, temporary_path(name), NULL, &error)) fail_msg("%s", error.text);
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.origin != NULL, a != 0 && a != 7);
        double mean, deviation, expected_mean = 0, square = 0;
        assert_int_equal(loci_dataset_moments(set, &mean, &deviation, &error), LOCI_OK);
        for (size_t k = 0; k < SEQUENCES * L; k++)
            expected_mean += (x[k] - as[a].offset) / as[a].unit / (SEQUENCES * L);
        for (size_t k = 0; k < SEQUENCES * L; k++) {
            const double w = (x[k] - as[a].offset) / as[a].unit - expected_mean;
            square += w * w / (SEQUENCES * L);
        }
        assert_near((mean - as[a].offset) / as[a].unit, expected_mean, 2e-4, "mean, %zu",
                    a); /* ulp of the offset */
        assert_near(deviation / as[a].unit, sqrt(square), 1e-5, "deviation, %zu", a);
        const double scale = 1 / deviation;
        if (isfinite(scale)) {
            const loci_model_about about = {.shift = &mean, .scale = &scale};
            assert_int_equal(loci_model_describe(model, &about, &error), LOCI_OK);
            loci_evaluation e = {0};
            if (loci_evaluate(&e, model, set, NULL, &error)) fail_msg("%s", error.text);
            if (a == 0) first = e.loss;
            assert_near(e.loss, first, 2e-4 * first, "loss, %zu", a);
        }
        loci_dataset_close(set);
    }
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_what_forward_says), cmocka_unit_test(knows_rates),
                                       cmocka_unit_test(tells_how_far_it_is), cmocka_unit_test(refuses),
                                       cmocka_unit_test(units_and_offsets_do_not_matter)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
