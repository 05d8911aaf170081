/* SPDX-License-Identifier: MIT
 * test_task_training.c - trainings and evaluations of every task on sequences of many lengths: what sequence after sequence, each for itself
 * and unpadded, gives; the same bits for any number of threads and after a restart; what does not fit is refused. */
#include "trainer_case.h"

#include "base/allocate.h"
#include "model/network.h"
#include "train/batch.h"
#include "train/evaluator.h"

enum { SEQUENCES = 41, OUTPUTS = 3, LONGEST = 90 };

/* Sequences of 1 to LONGEST samples of 2 numbers, and targets of a task that follow from them but for some noise. Behind the end
 * of a sequence there is nothing: a read beyond it would be of another. */
static size_t length(const void *context, size_t i)
{
    (void)context;
    return i == 5 ? 1 : i == 6 ? LONGEST : 1 + loci_random_bits(8, i) % LONGEST;
}

static void read_sequence(const void *context, size_t i, float *u)
{
    const int tokens = loci_task_inspect(*(const loci_task *)context)->next;
    for (size_t k = 0; k < (tokens ? 1 : 2) * length(context, i); k++)
        u[k] = tokens ? (float)(loci_random_bits(loci_random_key(3, i), k) % OUTPUTS)
                      : (float)loci_random_normal(loci_random_key(3, i), k);
}

static void read_target(const void *context, size_t i, double *target)
{
    const loci_task_info *task = loci_task_inspect(*(const loci_task *)context);
    const size_t rows = task->each ? length(context, i) : 1, width = task->values ? OUTPUTS : 1;
    for (size_t k = 0; k < rows * width; k++) {
        const double x = loci_random_normal(loci_random_key(4, i), k);
        target[k] =
            task->values ? 1e5 + 30 * (double)(1 + k % width) * x : floor(fmin(fabs(2 * x), OUTPUTS - 1));
    }
}

static loci_dataset *make_set(const loci_task *task)
{
    const loci_task_info *info = loci_task_inspect(*task);
    loci_dataset *set;
    loci_error error;
    const loci_dataset_source source = {
        .context = (void *)(uintptr_t)task,
        .count = SEQUENCES,
        .inputs = info->next ? 1 : 2,
        .target = {.values = info->values, .each = info->next ? LOCI_TARGET_NEXT : info->each},
        .outputs = OUTPUTS,
        .length = length,
        .read = read_sequence,
        .read_target = read_target};
    if (loci_dataset_from(&set, &source, &error)) fail_msg("%s", error.text);
    return set;
}

static loci_model *make_model(loci_task task, const loci_dataset *set, double dropout)
{
    const loci_task_info *info = loci_task_inspect(task);
    loci_model_config config;
    loci_model *model;
    double mean[OUTPUTS], scale[OUTPUTS];
    assert_int_equal(loci_model_preset(&config, "small", info->next ? 1 : 2, OUTPUTS, NULL), LOCI_OK);
    if (info->next) config.vocabulary = OUTPUTS, config.head = LOCI_HEAD_TIED, config.final_norm = 1;
    config.layers = 2, config.width = 20, config.order = 8, config.dropout = dropout;
    if (info->each) config.pool = LOCI_POOL_NONE;
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    loci_model_initialize(model, 5);
    loci_model_about about = {.task = task};
    if (info->values) {
        assert_int_equal(loci_dataset_target_moments(set, mean, scale, NULL), LOCI_OK);
        for (size_t i = 0; i < OUTPUTS; i++) scale[i] = 1 / scale[i];
        about.target_shift = mean, about.target_scale = scale;
    }
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    return model;
}

/* ---- sequence by sequence ---- */

typedef struct {
    double loss, right, targets; /* sums */
    double error[OUTPUTS], first[OUTPUTS], squares[OUTPUTS];
    size_t confusion[OUTPUTS * OUTPUTS];
} truth;

/* Adds a target t of values, or a label, and dy, the gradient of its loss, from the answer y. */
static void judge(truth *sum, double *dy, const double *y, const double *t, const loci_model_about *about,
                  int values)
{
    double all = 0;
    size_t top = 0;
    for (size_t i = 0; i < OUTPUTS; i++) all += exp(y[i]), top = y[i] > y[top] ? i : top;
    for (size_t i = 0; i < OUTPUTS; i++) {
        const double wanted = values ? (t[i] - about->target_shift[i]) * about->target_scale[i] : 0,
                     gap = y[i] - wanted;
        dy[i] = values ? 2 * gap / OUTPUTS : exp(y[i]) / all - (i == (size_t)t[0]);
        if (!values) continue;
        sum->loss += gap * gap / OUTPUTS;
        sum->error[i] += gap * gap / about->target_scale[i] / about->target_scale[i];
        sum->first[i] += t[i] - about->target_shift[i];
        sum->squares[i] += (t[i] - about->target_shift[i]) * (t[i] - about->target_shift[i]);
    }
    sum->targets++;
    if (values) return;
    sum->loss += log(all) - y[(size_t)t[0]];
    sum->right += top == (size_t)t[0];
    sum->confusion[OUTPUTS * (size_t)t[0] + top]++;
}

/* In double, a network of each sequence's own length. gradient [model size]: of the sum of all losses. */
static truth one_by_one(double *gradient, const loci_model *model, const loci_dataset *set)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    const size_t size = loci_model_size(model), width = task->values ? OUTPUTS : 1,
                 inputs = loci_model_configuration(model)->inputs;
    double *p = loci_allocate(size, sizeof *p), *part = loci_allocate(size, sizeof *part);
    truth sum = {0};
    for (size_t i = 0; i < size; i++) p[i] = (double)loci_model_values_const(model)[i];
    memset(gradient, 0, size * sizeof *gradient);
    for (size_t n = 0; n < SEQUENCES; n++) {
        const size_t L = loci_dataset_length(set, n), rows = task->each ? L : 1;
        loci_network_f64 *network;
        assert_int_equal(loci_network_create_f64(&network, model, L, NULL), LOCI_OK);
        void *workspace = loci_allocate(loci_network_workspace_f64(network, 1, 1), 1);
        double *raw = loci_allocate(loci_network_gradient_size_f64(network), sizeof *raw);
        float u[2 * LONGEST];
        double ud[2 * LONGEST], y[OUTPUTS * LONGEST], dy[OUTPUTS * LONGEST], t[OUTPUTS * LONGEST];
        const loci_pass pass = {.B = 1, .L = L};
        loci_dataset_read(set, n, u);
        loci_dataset_read_target(set, n, t);
        for (size_t k = 0; k < inputs * L; k++) ud[k] = (double)u[k];
        for (size_t k = 0; k < loci_network_parts_f64(network); k++)
            loci_network_prepare_f64(network, p, 1, k);
        loci_network_forward_f64(network, y, ud, &pass, NULL, 1, workspace);
        for (size_t k = 0; k < rows; k++)
            judge(&sum, dy + k * OUTPUTS, y + k * OUTPUTS, t + k * width, about, task->values);
        loci_network_backward_f64(network, NULL, raw, dy, &pass, NULL, workspace);
        for (size_t k = 0; k < loci_network_parts_f64(network); k++)
            loci_network_gather_f64(network, part, raw, p, k);
        for (size_t k = 0; k < size; k++) gradient[k] += part[k];
        loci_free(workspace), loci_free(raw);
        loci_network_free_f64(network);
    }
    loci_free(p), loci_free(part);
    return sum;
}

static void check_evaluation(const loci_model *model, const loci_dataset *set, const truth *t, int values)
{
    size_t confusion[OUTPUTS * OUTPUTS];
    double error[OUTPUTS], explained[OUTPUTS], lost = 0, all = 0;
    for (size_t threads = 1; threads <= 3; threads++) {
        loci_evaluation e = {.confusion = confusion, .error = error, .explained = explained};
        loci_error failure;
        const loci_evaluate_options options = {.threads = threads};
        if (loci_evaluate(&e, model, set, &options, &failure)) fail_msg("%s", failure.text);
        assert_int_equal(e.sequences, SEQUENCES);
        assert_int_equal(e.targets, (size_t)t->targets);
        assert_near(e.loss, t->loss / t->targets, 1e-5 * e.loss, "loss");
        if (!values) {
            assert_near(e.score, t->right / t->targets, 1e-12, "accuracy");
            assert_memory_equal(confusion, t->confusion, sizeof confusion);
            continue;
        }
        lost = all = 0;
        const double *scale = loci_model_description(model)->target_scale;
        for (size_t i = 0; i < OUTPUTS; i++) {
            const double mean = t->first[i] / t->targets, v = t->squares[i] - mean * mean * t->targets;
            lost += t->error[i] * scale[i] * scale[i], all += v * scale[i] * scale[i];
            assert_near(error[i], sqrt(t->error[i] / t->targets), 1e-5 * error[i], "error of %zu", i);
            assert_near(explained[i], 1 - t->error[i] / v, 1e-5, "explained of %zu", i);
        }
        assert_near(e.score, 1 - lost / all, 1e-5, "explained");
    }
}

static const loci_team alone = {.ranks = 1};

static void check_gradient(const loci_model *model, const loci_dataset *set, const truth *t,
                           const double *expected)
{
    const size_t size = loci_model_size(model);
    float *gradient[3] = {NULL};
    size_t sequences[SEQUENCES], parameters;
    for (size_t i = 0; i < SEQUENCES; i++) sequences[i] = i;
    for (size_t threads = 1; threads <= 3; threads++) {
        loci_batch batch;
        float *own = gradient[threads - 1] = loci_allocate(size, sizeof(float));
        assert_int_equal(loci_batch_open(&batch, model, set, SEQUENCES, 0, &alone, threads, 1, NULL),
                         LOCI_OK);
        for (int again = 0; again < 2; again++) { /* buffers are not clean the second time */
            assert_int_equal(loci_batch_plan(&batch, sequences, SEQUENCES, NULL), LOCI_OK);
            assert_int_equal(loci_batch_run(&batch, own, 9, NULL), LOCI_OK);
        }
        assert_int_equal(batch.targets, (size_t)t->targets);
        loci_batch_close(&batch);
        assert_memory_equal(own, gradient[0], size * sizeof(float));
    }
    const loci_parameter *table = loci_model_parameters(model, &parameters);
    for (size_t k = 0; k < parameters; k++) {
        double gap = 0, norm = 0;
        for (size_t i = table[k].offset; i < table[k].offset + table[k].count; i++) {
            const double wanted = expected[i] / t->targets, d = (double)gradient[0][i] - wanted;
            gap += d * d, norm += wanted * wanted;
        }
        assert_near(sqrt(gap), 0, 1e-4 * sqrt(norm), "%s", table[k].name);
    }
    for (size_t i = 0; i < 3; i++) loci_free(gradient[i]);
}

static void every_task_is_the_sum_of_its_targets(void **state)
{
    (void)state;
    for (loci_task task = 0; task < LOCI_TASKS; task++) {
        loci_dataset *set = make_set(&task);
        loci_model *model = make_model(task, set, 0);
        double *gradient = loci_allocate(loci_model_size(model), sizeof *gradient);
        const truth t = one_by_one(gradient, model, set);
        check_evaluation(model, set, &t, loci_task_inspect(task)->values);
        check_gradient(model, set, &t, gradient);
        loci_free(gradient);
        loci_model_free(model);
        loci_dataset_close(set);
    }
}

/* ---- trainings ---- */

/* `steps` steps with dropout, on some threads, the last of them after a restart where stop is less. */
static loci_train_report train(float *values, loci_task task, size_t threads, uint64_t stop)
{
    loci_dataset *set = make_set(&task), *valid;
    loci_model *model = make_model(task, set, 0.1);
    loci_train_options options = loci_train_options_default();
    options.batch = 7, options.epochs = 3, options.threads = threads;
    loci_trainer *trainer;
    loci_train_report report = {0};
    loci_error error;
    void *bytes = NULL;
    size_t size = 0;
    double least = INFINITY;
    assert_int_equal(loci_dataset_divide(&valid, set, 0.2, 1, &error), LOCI_OK);
    for (int run = 0; run < 2 && !report.finished; run++) {
        if (loci_trainer_create(&trainer, model, set, valid, &options, &error)) fail_msg("%s", error.text);
        if (run == 1) {
            assert_int_equal(loci_trainer_restore(trainer, bytes, size, &error), LOCI_OK);
            loci_bytes_free(bytes);
            report = loci_trainer_report(trainer);
        }
        while (!report.finished && (run == 1 || report.step < stop)) {
            if (loci_trainer_step(trainer, &report, &error)) fail_msg("%s", error.text);
            if (!report.epoch_ended) continue;
            assert_int_equal(loci_trainer_validate(trainer, NULL, NULL, &report, &error), LOCI_OK);
            if (!loci_task_inspect(task)->next) continue;
            assert_int_equal(report.improved, report.valid_loss < least); /* whatever the accuracy */
            least = fmin(least, report.valid_loss);
        }
        if (!report.finished) {
            assert_int_equal(loci_trainer_save(trainer, &bytes, &size, &error), LOCI_OK);
            loci_model_initialize(model, 77);
        } else {
            loci_trainer_best(trainer, model);
        }
        loci_trainer_free(trainer);
    }
    memcpy(values, loci_model_values_const(model), loci_model_size(model) * sizeof *values);
    loci_model_free(model);
    loci_dataset_close(valid);
    loci_dataset_close(set);
    return report;
}

static void trainings_are_the_same_to_the_bit(void **state)
{
    (void)state;
    static float first[1 << 14], again[1 << 14];
    for (loci_task task = 0; task < LOCI_TASKS; task++) {
        memset(first, 0, sizeof first);
        const loci_train_report report = train(first, task, 1, UINT64_MAX);
        for (size_t run = 0; run < 4; run++) {
            memset(again, 0, sizeof again);
            const loci_train_report other = train(again, task, 1 + run,
                                                  run == 0   ? 1
                                                  : run == 1 ? UINT64_MAX
                                                             : 2 + 5 * run);
            assert_memory_equal(again, first, sizeof first);
            assert_true(other.train_loss == report.train_loss && other.train_score == report.train_score);
            assert_true(other.valid_loss == report.valid_loss && other.valid_score == report.valid_score);
        }
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    loci_evaluation result = {0};
    loci_error error;
    loci_task of_set = LOCI_TASK_VALUE_EACH, labels = LOCI_TASK_CLASS_EACH;
    loci_dataset *values = make_set(&of_set), *each = make_set(&labels);
    loci_model *model = make_model(LOCI_TASK_CLASS, values, 0);
    assert_int_equal(loci_evaluate(&result, model, values, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(
        error.text,
        "the set has values at every sample of a sequence; the model's task is class, for one label");
    assert_int_equal(loci_evaluate(&result, model, each, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(
        error.text,
        "the set has a label at every sample of a sequence; the model's task is class, for one label");
    loci_model_free(model);
    model = make_model(LOCI_TASK_VALUE, values, 0);
    assert_int_equal(loci_evaluate(&result, model, values, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(
        error.text,
        "the set has values at every sample of a sequence; the model's task is value, for values");
    loci_model_free(model);
    loci_dataset_close(values), loci_dataset_close(each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_task_is_the_sum_of_its_targets),
                                       cmocka_unit_test(trainings_are_the_same_to_the_bit),
                                       cmocka_unit_test(what_does_not_fit_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
