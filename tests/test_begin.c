/* SPDX-License-Identifier: MIT
 * test_begin.c - a training that begins as a finished model: its answers, the loss it ended with, what is taken of it where the
 * answers are others, and the same bits after an interruption. */
#include "trainer_case.h"

static loci_dataset *set, *turned; /* the same sequences, of classes in another order */
static const char *const names[] = {"0", "1", "2"}, *const others[] = {"2", "0", "1"};

static int set_up(void **state)
{
    if (temporary_setup(state)) return -1;
    const char *folder = training_arrays("arrays", 40, 48, 2, 3);
    const loci_dataset_options options = {.classes = others, .class_count = 3};
    set = training_open(folder, 0, NULL);
    return loci_dataset_open(&turned, folder, &options, NULL) == LOCI_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    loci_dataset_close(set), loci_dataset_close(turned);
    return training_teardown(state);
}

/* Two small layers without dropout, by the seed. */
static loci_model *model_of(size_t classes, uint64_t seed, const loci_model_about *about)
{
    loci_model *model, *usual = training_model(2, classes, 12);
    loci_model_config config = *loci_model_configuration(usual);
    loci_error error;
    config.dropout = 0;
    loci_model_free(usual);
    if (loci_model_create(&model, &config, &error) || loci_model_describe(model, about, &error))
        fail_msg("%s", error.text);
    loci_model_initialize(model, seed);
    return model;
}

static const double shift[] = {0.25, -0.5}, scale[] = {2, 3}, unit[] = {1, 1}, zero[] = {0, 0};

/* A model that has learned something in two epochs. */
static loci_model *finished(void)
{
    const loci_model_about about = {
        .size = sizeof about, .rate = 100, .shift = shift, .scale = scale, .classes = names};
    loci_model *model = model_of(3, 7, &about);
    loci_train_options o = loci_train_options_default();
    loci_trainer *trainer;
    loci_train_report report;
    o.batch = 8, o.epochs = 2, o.threads = 1;
    assert_int_equal(loci_trainer_create(&trainer, model, set, NULL, &o, NULL), LOCI_OK);
    do assert_int_equal(loci_trainer_step(trainer, &report, NULL), LOCI_OK);
    while (!report.finished);
    loci_trainer_free(trainer);
    return model;
}

static double loss_of(const loci_model *model, const loci_dataset *on)
{
    loci_evaluation result = {0};
    loci_error error;
    if (loci_evaluate(&result, model, on, NULL, &error)) fail_msg("%s", error.text);
    return result.loss;
}

static void same_values(const loci_model *a, const loci_model *b)
{
    assert_memory_equal(loci_model_values_const(a), loci_model_values_const(b),
                        loci_model_size(a) * sizeof(float));
}

/* The loss of the first step, of all sequences, is the one that the other ended with; and a step of no length changes nothing. */
static void begins_where_the_other_ended(void **state)
{
    (void)state;
    const loci_model_about about = {
        .size = sizeof about, .shift = zero, .scale = unit, .classes = names, .note = "{}"};
    loci_model *from = finished(), *model = model_of(3, 1, &about);
    loci_error error;
    int whole = -1;
    if (loci_model_begin(model, from, &whole, &error)) fail_msg("%s", error.text);
    assert_int_equal(whole, 1);
    same_values(model, from);
    const loci_model_about *is = loci_model_description(model);
    assert_memory_equal(is->shift, shift, sizeof shift);
    assert_memory_equal(is->scale, scale, sizeof scale);
    assert_true(is->rate == 100);
    assert_string_equal(is->note, "{}");
    loci_train_options o = loci_train_options_default();
    loci_trainer *trainer;
    loci_train_report report;
    o.batch = 64, o.epochs = 0, o.steps = 1, o.lr = 1e-30, o.threads = 2;
    assert_int_equal(loci_trainer_create(&trainer, model, set, NULL, &o, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_step(trainer, &report, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    assert_near(report.loss, loss_of(from, set), 1e-6, "loss");
    same_values(model, from);
    loci_model_free(from), loci_model_free(model);
}

static void finds_classes_by_their_names(void **state)
{
    (void)state;
    const loci_model_about about = {.size = sizeof about, .classes = others},
                           nameless = {.size = sizeof about};
    loci_model *from = finished(), *model = model_of(3, 1, &about), *numbered = model_of(3, 1, &nameless);
    int whole = -1;
    assert_int_equal(loci_model_begin(model, from, &whole, NULL), LOCI_OK);
    assert_int_equal(whole, 1);
    assert_near(loss_of(model, turned), loss_of(from, set), 1e-6, "loss");
    assert_true(fabs(loss_of(from, set) - log(3)) > 0.01); /* it has learned */
    assert_int_equal(loci_model_begin(numbered, from, &whole, NULL), LOCI_OK);
    assert_int_equal(whole, 1);
    same_values(numbered, from);
    loci_model_free(from), loci_model_free(model), loci_model_free(numbered);
}

/* Parameters [count] of the decoder, or of all else, are those of the other model. */
static int taken(const loci_model *model, const loci_model *from, int decoder)
{
    size_t count;
    const loci_parameter *p = loci_model_parameters(model, &count), *q = loci_model_parameters(from, &count);
    int same = 1;
    for (size_t k = 0; k < count; k++)
        if ((strncmp(p[k].name, "decoder", 7) == 0) == decoder)
            same &= p[k].count == q[k].count &&
                    memcmp(loci_model_values_const(model) + p[k].offset,
                           loci_model_values_const(from) + q[k].offset, p[k].count * sizeof(float)) == 0;
    return same;
}

static void takes_all_but_the_decoder_for_other_answers(void **state)
{
    (void)state;
    static const char *const new_names[] = {"0", "1", "x", "y"};
    const loci_model_about cases[] = {
        {.size = sizeof(loci_model_about), .classes = new_names},    /* another name */
        {.size = sizeof(loci_model_about), .classes = new_names},    /* one more */
        {.size = sizeof(loci_model_about), .task = LOCI_TASK_VALUE}, /* another task */
    };
    loci_model *from = finished();
    for (size_t i = 0; i < 3; i++) {
        const size_t outputs = i == 1 ? 4 : 3;
        loci_model *model = model_of(outputs, 1, &cases[i]), *fresh = model_of(outputs, 1, &cases[i]);
        int whole = -1;
        assert_int_equal(loci_model_begin(model, from, &whole, NULL), LOCI_OK);
        assert_int_equal(whole, 0);
        assert_true(taken(model, from, 0));
        assert_true(taken(model, fresh, 1));
        assert_memory_equal(loci_model_description(model)->shift, shift, sizeof shift);
        loci_model_free(model), loci_model_free(fresh);
    }
    loci_model_free(from);
}

static const loci_parameter *find(const loci_model *model, const char *name)
{
    size_t count;
    const loci_parameter *p = loci_model_parameters(model, &count);
    for (size_t k = 0; k < count; k++)
        if (strcmp(p[k].name, name) == 0) return p + k;
    fail_msg("no parameter %s", name);
    return NULL;
}

/* What the decoder, a matrix and a bias, answers to numbers of the last layer, in the targets' units. */
static void decode(double answer[2], const loci_model *model)
{
    const float *w = loci_model_values_const(model) + find(model, "decoder.weight")->offset,
                *b = loci_model_values_const(model) + find(model, "decoder.bias")->offset;
    float y[2];
    for (size_t i = 0; i < 2; i++) {
        double sum = (double)b[i];
        for (size_t k = 0; k < 12; k++) sum += (double)w[i * 12 + k] * (loci_random_uniform(9, k) - 0.5);
        y[i] = (float)sum;
    }
    loci_model_answer(model, answer, y);
}

/* Values have other means and deviations now; what the model says of them is the same. */
static void brings_values_to_their_units(void **state)
{
    (void)state;
    static const double mean[] = {100, -3}, share[] = {0.1, 4}, new_mean[] = {90, 2}, new_share[] = {0.5, 3};
    const loci_model_about about = {.size = sizeof about,
                                    .task = LOCI_TASK_VALUE,
                                    .target_shift = mean,
                                    .target_scale = share},
                           new_about = {.size = sizeof about,
                                        .task = LOCI_TASK_VALUE,
                                        .target_shift = new_mean,
                                        .target_scale = new_share};
    loci_model *from = model_of(2, 3, &about), *model = model_of(2, 4, &new_about),
               *like = model_of(2, 5, &about);
    double was[2], is[2];
    int whole = -1;
    assert_int_equal(loci_model_begin(model, from, &whole, NULL), LOCI_OK);
    assert_int_equal(whole, 1);
    assert_memory_equal(loci_model_description(model)->target_shift, new_mean, sizeof new_mean);
    decode(was, from), decode(is, model);
    for (size_t i = 0; i < 2; i++) assert_near(is[i], was[i], 1e-4, "value %zu", i); /* floats of about 100 */
    assert_true(taken(model, from, 0) && !taken(model, from, 1));
    assert_int_equal(loci_model_begin(like, from, NULL, NULL), LOCI_OK);
    same_values(like, from);
    loci_model_free(from), loci_model_free(model), loci_model_free(like);
}

static void refuses_other_networks(void **state)
{
    (void)state;
    const loci_model_about about = {.size = sizeof about};
    loci_model *from = finished(), *model = training_model(2, 3, 20), *other, *before;
    loci_error error;
    assert_int_equal(loci_model_copy(&before, model, NULL), LOCI_OK);
    assert_int_equal(loci_model_begin(model, from, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.text, "width is 20, and 12 in the model that it is to begin as");
    same_values(model, before);
    assert_null(loci_model_description(model)->shift);
    loci_model_config config = *loci_model_configuration(from);
    config.layer = LOCI_LAYER_LSTM;
    assert_int_equal(loci_model_create(&other, &config, NULL), LOCI_OK);
    assert_int_equal(loci_model_describe(other, &about, NULL), LOCI_OK);
    assert_int_equal(loci_model_begin(other, from, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.text, "layer is lstm, and s4d in the model that it is to begin as");
    loci_model_free(from), loci_model_free(model), loci_model_free(other), loci_model_free(before);
}

/* Characters are rows of the embedding, too, so that they must stand in their order. */
static void refuses_other_tokens(void **state)
{
    (void)state;
    static const char *const letters[] = {"a", "b", "c"}, *const mixed[] = {"a", "c", "b"};
    loci_model_about about = {.size = sizeof about, .classes = letters, .task = LOCI_TASK_NEXT};
    loci_model_config config;
    loci_model *from, *model;
    loci_error error;
    int whole = -1;
    assert_int_equal(loci_model_preset(&config, "text", 1, 3, NULL), LOCI_OK);
    config.vocabulary = 3, config.pool = LOCI_POOL_NONE, config.width = 8, config.layers = 1;
    for (int tied = 0; tied < 2; tied++) {
        config.head = tied ? LOCI_HEAD_TIED : LOCI_HEAD_LINEAR;
        assert_int_equal(loci_model_create(&from, &config, NULL), LOCI_OK);
        assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
        loci_model_initialize(from, 1), loci_model_initialize(model, 2);
        about.classes = letters;
        assert_int_equal(loci_model_describe(from, &about, NULL), LOCI_OK);
        assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
        assert_int_equal(loci_model_begin(model, from, &whole, NULL), LOCI_OK);
        assert_int_equal(whole, 1);
        same_values(model, from);
        about.classes = mixed;
        assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
        assert_int_equal(loci_model_begin(model, from, &whole, &error), LOCI_E_MISMATCH);
        assert_string_equal(error.text, "token 1 is c, and b in the model that it is to begin as");
        loci_model_free(from), loci_model_free(model);
    }
}

/* A tied head has no rows of its own to be put in another order. */
static void tied_heads_keep_their_order(void **state)
{
    (void)state;
    static const char *const mixed[] = {"c", "a", "b"}, *const letters[] = {"a", "b", "c"};
    loci_model_about about = {.size = sizeof about, .classes = letters, .task = LOCI_TASK_CLASS_EACH};
    loci_model_config config;
    loci_model *from, *model;
    int whole = -1;
    assert_int_equal(loci_model_preset(&config, "text", 1, 3, NULL), LOCI_OK);
    config.vocabulary = 3, config.pool = LOCI_POOL_NONE, config.width = 8, config.layers = 1;
    config.head = LOCI_HEAD_TIED;
    assert_int_equal(loci_model_create(&from, &config, NULL), LOCI_OK);
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    assert_int_equal(loci_model_describe(from, &about, NULL), LOCI_OK);
    for (int other = 0; other < 2; other++) {
        about.classes = other ? mixed : letters;
        assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
        assert_int_equal(loci_model_begin(model, from, &whole, NULL), LOCI_OK);
        assert_int_equal(whole, !other);
    }
    loci_model_free(from), loci_model_free(model);
}

/* What is saved has all parameters: that the other model has changed since is of no consequence. */
static void goes_on_to_the_same_bits(void **state)
{
    (void)state;
    const loci_model_about about = {.size = sizeof about, .classes = names};
    loci_model *from = finished(), *whole = model_of(3, 1, &about), *stopped = model_of(3, 1, &about);
    loci_train_options o = loci_train_options_default();
    loci_trainer *trainer;
    loci_train_report report;
    void *bytes;
    size_t size;
    o.batch = 16, o.epochs = 2, o.threads = 1;
    assert_int_equal(loci_model_begin(whole, from, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_create(&trainer, whole, set, NULL, &o, NULL), LOCI_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(loci_trainer_step(trainer, &report, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
    do assert_int_equal(loci_trainer_step(trainer, &report, NULL), LOCI_OK);
    while (!report.finished);
    loci_trainer_free(trainer);
    loci_model_initialize(from, 99);
    assert_int_equal(loci_model_begin(stopped, from, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_create(&trainer, stopped, set, NULL, &o, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_restore(trainer, bytes, size, NULL), LOCI_OK);
    do assert_int_equal(loci_trainer_step(trainer, &report, NULL), LOCI_OK);
    while (!report.finished);
    loci_trainer_free(trainer);
    loci_bytes_free(bytes);
    same_values(stopped, whole);
    loci_model_free(from), loci_model_free(whole), loci_model_free(stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_where_the_other_ended),
        cmocka_unit_test(finds_classes_by_their_names),
        cmocka_unit_test(takes_all_but_the_decoder_for_other_answers),
        cmocka_unit_test(brings_values_to_their_units),
        cmocka_unit_test(refuses_other_networks),
        cmocka_unit_test(refuses_other_tokens),
        cmocka_unit_test(tied_heads_keep_their_order),
        cmocka_unit_test(goes_on_to_the_same_bits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
