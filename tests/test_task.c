/* SPDX-License-Identifier: MIT
 * test_task.c - the table of tasks: names, losses and their gradients over many targets, scores, answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/model.h>

#include "base/random.h"
#include "model/task.h"
#include "near.h"

enum { ROWS = 7, OUTPUTS = 3 };

static void tasks_are_found_by_name(void **state)
{
    (void)state;
    static const char *const names[LOCI_TASKS] = {"class", "class-each", "value", "value-each", "next"};
    loci_task task;
    loci_error error;
    for (size_t i = 0; i < LOCI_TASKS; i++) {
        assert_int_equal(loci_task_find(&task, names[i], &error), LOCI_OK);
        assert_int_equal(task, i);
        const loci_task_info *info = loci_task_inspect(task);
        assert_string_equal(info->name, names[i]);
        assert_int_equal(loci_task_of(info->values, info->next ? LOCI_TARGET_NEXT : info->each), task);
        assert_int_equal(info->next, task == LOCI_TASK_NEXT);
        assert_int_equal(info->each, info->next || strstr(names[i], "each") != NULL);
        assert_int_equal(info->values, strstr(names[i], "value") != NULL);
    }
    assert_int_equal(loci_task_find(&task, "regression", &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "task is \"regression\"; class, class-each, value, value-each or next was expected");
    assert_null(loci_task_inspect((loci_task)LOCI_TASKS));
    assert_null(loci_task_inspect((loci_task)-1));
}

/* Of each task the loss of several targets is the sum of their own, its gradient the difference, and answers are what y
 * amounts to. */
static void losses_and_their_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOCI_TASKS; i++) {
        const loci_task_row *row = loci_task_look_up((loci_task)i);
        const size_t width = row->is.values ? OUTPUTS : 1;
        float y[ROWS * OUTPUTS], dy[ROWS * OUTPUTS], answer[ROWS * OUTPUTS];
        double target[ROWS * OUTPUTS], right = 0;
        for (size_t k = 0; k < ROWS * OUTPUTS; k++) y[k] = (float)loci_random_normal(3, k);
        for (size_t k = 0; k < ROWS * width; k++)
            target[k] = row->is.values ? loci_random_normal(4, k) : (double)(k % OUTPUTS);
        loci_tally all, part;
        double sum = 0;
        row->lose(&all, answer, dy, y, target, ROWS, OUTPUTS, 0.5);
        for (size_t k = 0; k < ROWS; k++) {
            const float *own = y + k * OUTPUTS;
            row->lose(&part, NULL, NULL, own, target + k * width, 1, OUTPUTS, 1);
            sum += part.loss, right += part.right;
            size_t top = 0;
            for (size_t j = 0; j < OUTPUTS; j++) top = own[j] > own[top] ? j : top;
            if (row->is.values)
                assert_memory_equal(answer + k * OUTPUTS, own, sizeof(float[OUTPUTS]));
            else
                assert_true(answer[k] == (float)top && part.right == (top == (size_t)target[k]));
        }
        assert_near(all.loss, sum, 8 * DBL_EPSILON * sum, "loss of %s", row->is.name);
        assert_true(all.right == right && (!row->is.values || right == 0));
        for (size_t k = 0; k < ROWS * OUTPUTS; k++) {
            const float kept = y[k], h = 0x1p-7f;
            loci_tally above, below;
            y[k] = kept + h;
            const double up = (double)y[k];
            row->lose(&above, NULL, NULL, y, target, ROWS, OUTPUTS, 1);
            y[k] = kept - h;
            row->lose(&below, NULL, NULL, y, target, ROWS, OUTPUTS, 1);
            const double slope = 0.5 * (above.loss - below.loss) / (up - (double)y[k]);
            y[k] = kept;
            /* third derivatives of the cross-entropy are below 1/8, of squares 0; dy is rounded to float */
            assert_near(dy[k], slope, h * h / 8 + FLT_EPSILON * (1 + fabs(slope)), "%s, gradient %zu",
                        row->is.name, k);
        }
    }
}

static void scores_are_shares(void **state)
{
    (void)state;
    const loci_tally tally = {.loss = 3, .right = 9};
    for (size_t i = 0; i < LOCI_TASKS; i++) {
        const loci_task_row *row = loci_task_look_up((loci_task)i);
        assert_near(row->score(&tally, 12), 0.75, DBL_EPSILON, "score of %s", row->is.name);
    }
}

static loci_model *model_of(loci_pool pool)
{
    loci_model_config config;
    loci_model *model;
    assert_int_equal(loci_model_preset(&config, "small", 1, OUTPUTS, NULL), LOCI_OK);
    config.layers = 1, config.width = 4, config.order = 2, config.pool = pool;
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    return model;
}

static void answers_are_in_the_units_of_targets(void **state)
{
    (void)state;
    loci_model *model = model_of(LOCI_POOL_MEAN);
    const float y[OUTPUTS] = {1, -2, 3};
    const double shift[OUTPUTS] = {10, 20, -1e9}, scale[OUTPUTS] = {0.5, 4, 1e-3};
    double answer[OUTPUTS], sum = 0;
    loci_model_answer(model, answer, y); /* nothing is said of its task: classes */
    for (size_t i = 0; i < OUTPUTS; i++) sum += exp((double)y[i]);
    for (size_t i = 0; i < OUTPUTS; i++)
        assert_near(answer[i], exp((double)y[i]) / sum, 4 * DBL_EPSILON, "probability %zu", i);
    loci_model_about about = {.task = LOCI_TASK_VALUE, .target_shift = shift, .target_scale = scale};
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    loci_model_answer(model, answer, y);
    const double expected[OUTPUTS] = {12, 19.5, -1e9 + 3000};
    for (size_t i = 0; i < OUTPUTS; i++)
        assert_near(answer[i], expected[i], 4e-16 * fabs(expected[i]), "value %zu", i);
    about = (loci_model_about){.task = LOCI_TASK_VALUE};
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    loci_model_answer(model, answer, y);
    for (size_t i = 0; i < OUTPUTS; i++) assert_true(answer[i] == (double)y[i]);
    loci_model_free(model);
}

static void tokens_that_mean_nothing_have_no_share(void **state)
{
    (void)state;
    loci_model_config config;
    loci_model *model;
    assert_int_equal(loci_model_preset(&config, "text", 1, 5, NULL), LOCI_OK);
    config.layers = 1, config.width = 4, config.vocabulary = 5, config.tokens = 3,
    config.pool = LOCI_POOL_NONE;
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    const loci_model_about about = {.task = LOCI_TASK_NEXT};
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    const float y[5] = {1, -2, 3, 90, 4};
    double answer[5], sum = 0;
    loci_model_answer(model, answer, y);
    for (size_t i = 0; i < 3; i++) sum += exp((double)y[i]);
    for (size_t i = 0; i < 3; i++)
        assert_near(answer[i], exp((double)y[i]) / sum, 4 * DBL_EPSILON, "probability %zu", i);
    assert_true(answer[3] == 0 && answer[4] == 0);
    loci_model_free(model);
}

/* Through a file and back; what does not go together is refused. */
static void models_keep_their_task(void **state)
{
    (void)state;
    loci_model *model = model_of(LOCI_POOL_NONE), *again;
    const double shift[OUTPUTS] = {0.1, 1. / 3, -1e300}, scale[OUTPUTS] = {-1, 1e-300, 7};
    static const char *const classes[OUTPUTS] = {"a", "b", "c"};
    const loci_model_about about = {
        .task = LOCI_TASK_VALUE_EACH, .target_shift = shift, .target_scale = scale};
    void *bytes, *copy;
    size_t size, other;
    loci_error error;
    assert_int_equal(loci_model_describe(model, &about, &error), LOCI_OK);
    assert_int_equal(loci_model_save(model, &bytes, &size, &error), LOCI_OK);
    assert_int_equal(loci_model_load(&again, bytes, size, &error), LOCI_OK);
    const loci_model_about *kept = loci_model_description(again);
    assert_int_equal(kept->task, LOCI_TASK_VALUE_EACH);
    assert_memory_equal(kept->target_shift, shift, sizeof shift);
    assert_memory_equal(kept->target_scale, scale, sizeof scale);
    assert_int_equal(loci_model_save(again, &copy, &other, &error), LOCI_OK);
    assert_int_equal(other, size);
    assert_memory_equal(copy, bytes, size);
    loci_bytes_free(bytes), loci_bytes_free(copy);
    loci_model_free(again), loci_model_free(model);

    const double nought[OUTPUTS] = {1, 0, 1}, strange[OUTPUTS] = {0, 0, NAN};
    const struct {
        loci_pool pool;
        loci_model_about about;
        const char *sentence;
    } cases[] = {
        {LOCI_POOL_LAST,
         {.task = LOCI_TASK_CLASS_EACH},
         "the task is class-each, and the model has a pool; none was expected"},
        {LOCI_POOL_LAST,
         {.task = LOCI_TASK_VALUE, .classes = classes},
         "the task is value, for which no classes were expected"},
        {LOCI_POOL_LAST,
         {.target_scale = scale},
         "the task is class, for which no shift and scale of targets were expected"},
        {LOCI_POOL_LAST,
         {.task = LOCI_TASK_VALUE, .target_scale = nought},
         "scale of target 1 is 0; a number other than 0 was expected"},
        {LOCI_POOL_LAST,
         {.task = LOCI_TASK_VALUE, .target_shift = strange},
         "shift of target 2 is nan; a finite number was expected"},
        {LOCI_POOL_NONE,
         {.task = LOCI_TASK_NEXT},
         "the task is next, and the model has a vocabulary of 0 and 3 outputs; as many outputs, 1 or more, were "
         "expected"},
        {LOCI_POOL_LAST, {.task = (loci_task)17}, "task is number 17; 0 to 4 was expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model = model_of(cases[i].pool);
        assert_int_equal(loci_model_describe(model, &cases[i].about, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.text, cases[i].sentence);
        loci_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_are_found_by_name),
        cmocka_unit_test(losses_and_their_gradients),
        cmocka_unit_test(scores_are_shares),
        cmocka_unit_test(answers_are_in_the_units_of_targets),
        cmocka_unit_test(tokens_that_mean_nothing_have_no_share),
        cmocka_unit_test(models_keep_their_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
