/* SPDX-License-Identifier: MIT
 * test_batch.c - the gradient of a batch: what its sequences, one by one, give in double; the same bits for any number of
 * threads. */
#include "trainer_case.h"

#include "base/allocate.h"
#include "model/network.h"
#include "train/batch.h"

static const loci_team alone = {.ranks = 1};

/* In double, without dropout, a network of each sequence's own length: the mean loss, and its gradient. */
static double one_by_one(double *gradient, const loci_model *model, const loci_dataset *set,
                         const size_t *sequences, size_t count)
{
    const size_t size = loci_model_size(model);
    const loci_dataset_info info = loci_dataset_inspect(set);
    double *p = loci_allocate(size, sizeof *p), *part = loci_allocate(size, sizeof *part), loss = 0;
    for (size_t i = 0; i < size; i++) p[i] = (double)loci_model_values_const(model)[i];
    memset(gradient, 0, size * sizeof *gradient);
    for (size_t k = 0; k < count; k++) {
        const size_t L = loci_dataset_length(set, sequences[k]);
        loci_network_f64 *network;
        assert_int_equal(loci_network_create_f64(&network, model, L, NULL), LOCI_OK);
        void *workspace = loci_allocate(loci_network_workspace_f64(network, 1, 1), 1);
        float *u = loci_allocate(L * info.inputs, sizeof *u);
        double *ud = loci_allocate(L * info.inputs, sizeof *ud), y[16], dy[16];
        double *raw = loci_allocate(loci_network_gradient_size_f64(network), sizeof *raw);
        const loci_pass pass = {.B = 1, .L = L};
        loci_dataset_read(set, sequences[k], u);
        for (size_t i = 0; i < L * info.inputs; i++) ud[i] = (double)u[i];
        for (size_t i = 0; i < loci_network_parts_f64(network); i++)
            loci_network_prepare_f64(network, p, 1, i);
        loci_network_forward_f64(network, y, ud, &pass, NULL, 1, workspace);
        const size_t label = loci_dataset_label(set, sequences[k]);
        double sum = 0;
        for (size_t i = 0; i < info.classes; i++) sum += exp(y[i]);
        for (size_t i = 0; i < info.classes; i++) dy[i] = (exp(y[i]) / sum - (i == label)) / (double)count;
        loss += log(sum) - y[label];
        loci_network_backward_f64(network, NULL, raw, dy, &pass, NULL, workspace);
        for (size_t i = 0; i < loci_network_parts_f64(network); i++)
            loci_network_gather_f64(network, part, raw, p, i);
        for (size_t i = 0; i < size; i++) gradient[i] += part[i];
        loci_free(workspace), loci_free(u), loci_free(ud), loci_free(raw);
        loci_network_free_f64(network);
    }
    loci_free(p), loci_free(part);
    return loss / (double)count;
}

static loci_model *without_dropout(size_t inputs, size_t classes)
{
    loci_model *model, *copy = training_model(inputs, classes, 20);
    loci_model_config config = *loci_model_configuration(copy);
    config.dropout = 0;
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    loci_model_initialize(model, 5);
    loci_model_free(copy);
    return model;
}

static void agrees(const loci_dataset *set, size_t count)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_model *model = without_dropout(info.inputs, info.classes);
    const size_t size = loci_model_size(model);
    size_t sequences[200], parameters;
    float *gradient = loci_allocate(size, sizeof *gradient);
    double *expected = loci_allocate(size, sizeof *expected), loss = 0;
    loci_batch batch;
    loci_error error;
    loci_random_permutation(sequences, count, 12);
    const double expected_loss = one_by_one(expected, model, set, sequences, count);
    assert_int_equal(loci_batch_open(&batch, model, set, count, 0, &alone, 2, 1, &error), LOCI_OK);
    for (int again = 0; again < 2; again++) { /* buffers are not clean the second time */
        assert_int_equal(loci_batch_plan(&batch, sequences, count, &error), LOCI_OK);
        assert_int_equal(loci_batch_run(&batch, gradient, 9, &error), LOCI_OK);
    }
    for (size_t i = 0; i < count; i++) loss += batch.runner.tally[i].loss / (double)count;
    assert_near(loss, expected_loss, 1e-5 * expected_loss, "loss");
    const loci_parameter *table = loci_model_parameters(model, &parameters);
    for (size_t k = 0; k < parameters; k++) {
        double gap = 0, norm = 0;
        for (size_t i = table[k].offset; i < table[k].offset + table[k].count; i++) {
            gap += ((double)gradient[i] - expected[i]) * ((double)gradient[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assert_near(sqrt(gap), 0, 1e-4 * sqrt(norm), "%s", table[k].name);
    }
    loci_batch_close(&batch);
    loci_free(gradient), loci_free(expected);
    loci_model_free(model);
}

static void is_the_mean_of_its_sequences(void **state)
{
    (void)state;
    loci_dataset *arrays = training_open(training_arrays("a", 37, 50, 2, 3), 0, NULL);
    agrees(arrays, 37); /* 5 a shard, the last one of 2 */
    agrees(arrays, 1);
    loci_dataset_close(arrays);
    loci_dataset *sounds = training_open(training_sounds("s", 40, 40, 900, 3), 0, "{label}_*");
    agrees(sounds, 40);
    agrees(sounds, 5);
    loci_dataset_close(sounds);
}

/* Dropout on; batches of changing composition, one after the other, as in training. */
static void same_bits(const loci_dataset *set)
{
    enum { BATCH = 23, THREADS = 4, ROUNDS = 3 };
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_model *model = training_model(info.inputs, info.classes, 20);
    const size_t size = loci_model_size(model);
    float *gradient[THREADS];
    double loss[THREADS][BATCH];
    size_t order[200];
    for (size_t t = 0; t < THREADS; t++) {
        loci_batch batch;
        gradient[t] = loci_allocate(ROUNDS * size, sizeof(float));
        assert_int_equal(loci_batch_open(&batch, model, set, BATCH, 0, &alone, t + 1, 1, NULL), LOCI_OK);
        for (size_t r = 0; r < ROUNDS; r++) {
            loci_random_permutation(order, info.sequences, r);
            assert_int_equal(loci_batch_plan(&batch, order, BATCH, NULL), LOCI_OK);
            assert_int_equal(loci_batch_run(&batch, gradient[t] + r * size, r, NULL), LOCI_OK);
        }
        for (size_t i = 0; i < BATCH; i++) loss[t][i] = batch.runner.tally[i].loss;
        loci_batch_close(&batch);
        assert_memory_equal(loss[t], loss[0], sizeof loss[0]);
        assert_memory_equal(gradient[t], gradient[0], ROUNDS * size * sizeof(float));
    }
    for (size_t t = 0; t < THREADS; t++) loci_free(gradient[t]);
    loci_model_free(model);
}

static void same_bits_for_any_threads(void **state)
{
    (void)state;
    loci_dataset *arrays = training_open(training_arrays("ab", 60, 50, 1, 3), 0, NULL);
    loci_dataset *sounds = training_open(training_sounds("sb", 60, 40, 900, 3), 0, "{label}_*");
    same_bits(arrays);
    same_bits(sounds);
    loci_dataset_close(arrays), loci_dataset_close(sounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_the_mean_of_its_sequences),
                                       cmocka_unit_test(same_bits_for_any_threads)};
    return cmocka_run_group_tests(tests, temporary_setup, training_teardown);
}
