/* SPDX-License-Identifier: MIT
 * test_learner.c - learners against regressions written out; pieces, threads, files and sums against one go. */
#include "systems.h"

#include <stdbool.h>

#include <loci/learner.h>
#include <loci/train.h>

#include "base/allocate.h"
#include "base/linalg.h"

enum { INPUTS = 2, LONGEST = 90 };

/* Sequences of two inputs, of lengths that differ: class c is a tone of its own with noise. The value is how quick the tone is. */
typedef struct {
    size_t first, count;
    bool values;
} part;

static size_t length_of(const void *context, size_t i)
{
    return 50 + (((const part *)context)->first + i) * 7 % (LONGEST - 50);
}

static void read_sequence(const void *context, size_t i, float *u)
{
    const part *p = context;
    const size_t number = p->first + i;
    uint64_t seed = 1000 + number;
    const double turn = 0.2 + 0.15 * (double)(number % 3) + 0.02 * noise(&seed), phase = 3 * noise(&seed);
    for (size_t l = 0; l < length_of(context, i); l++) {
        u[INPUTS * l] = (float)(sin(turn * (double)l + phase) + 0.5 * noise(&seed) + 3);
        u[INPUTS * l + 1] = (float)(0.5 * cos(turn * (double)l) + noise(&seed));
    }
}

static void read_target(const void *context, size_t i, double *target)
{
    const part *p = context;
    target[0] = p->values ? 5 + 2 * (double)((p->first + i) % 3) : (double)((p->first + i) % 3);
}

static loci_dataset *set_of(part *p)
{
    static const char *const names[] = {"slow", "middle", "quick"};
    loci_dataset *set;
    loci_error error;
    const loci_dataset_source source = {.size = sizeof source,
                                        .context = p,
                                        .count = p->count,
                                        .inputs = INPUTS,
                                        .target = {.values = p->values},
                                        .outputs = p->values ? 1 : 3,
                                        .classes = p->values ? NULL : names,
                                        .length = length_of,
                                        .read = read_sequence,
                                        .read_target = read_target};
    if (loci_dataset_from(&set, &source, &error)) fail_msg("%s", error.text);
    return set;
}

static loci_learner *create(part *p, size_t modes)
{
    loci_learner *l;
    loci_error error;
    loci_dataset *set = set_of(p);
    const loci_learner_options options = {.size = sizeof options, .modes = modes, .seed = 3};
    if (loci_learner_create(&l, set, &options, &error)) fail_msg("%s", error.text);
    loci_dataset_close(set);
    return l;
}

static void push(loci_learner *l, part p, size_t threads)
{
    loci_error error;
    loci_dataset *set = set_of(&p);
    const loci_learner_options options = {.size = sizeof options, .threads = threads};
    if (loci_learner_push(l, set, &options, &error)) fail_msg("%s", error.text);
    loci_dataset_close(set);
}

static loci_learner_report solve(loci_learner *l)
{
    loci_learner_report report;
    loci_error error;
    if (loci_learner_solve(l, &report, &error)) fail_msg("%s", error.text);
    return report;
}

/* The largest difference of parameters, over the largest. */
static double apart(const loci_learner *a, const loci_learner *b)
{
    const float *x = loci_model_values_const(loci_learner_model(a)),
                *y = loci_model_values_const(loci_learner_model(b));
    double far = 0, largest = 0;
    for (size_t i = 0; i < loci_model_size(loci_learner_model(a)); i++) {
        far = fmax(far, fabs((double)(x[i] - y[i])));
        largest = fmax(largest, fabs((double)x[i]));
    }
    return far / largest;
}

static double accuracy(const loci_learner *l, part p)
{
    loci_evaluation result = {0};
    loci_error error;
    double numbers[2][3];
    loci_dataset *set = set_of(&p);
    result.error = numbers[0], result.explained = numbers[1];
    if (loci_evaluate(&result, loci_learner_model(l), set, NULL, &error)) fail_msg("%s", error.text);
    loci_dataset_close(set);
    return result.score;
}

/* What is known, out of the bytes of a file: told [n][p], target [n][q]. */
static void known(const loci_learner *l, double *told, double *target, size_t n, size_t p, size_t q)
{
    void *bytes;
    size_t size;
    assert_int_equal(loci_learner_save(l, &bytes, &size, NULL), LOCI_OK);
    assert_int_equal(size, 64 + 4 * n * p + 8 * n * q + 8);
    for (size_t i = 0; i < n * p; i++) {
        float x;
        memcpy(&x, (char *)bytes + 64 + 4 * i, sizeof x);
        told[i] = (double)x;
    }
    memcpy(target, (char *)bytes + 64 + 4 * n * p, 8 * n * q);
    free(bytes);
}

/* w [p + 1][q], the last row a constant without ridge: normal equations, by elimination. Rows whose `left` is theirs do not count. */
static void regress(double *w, const double *a, const double *y, size_t n, size_t p, size_t q, double ridge,
                    size_t left)
{
    const size_t m = p + 1;
    double *g = loci_allocate(m * m, sizeof *g);
    size_t *pivot = loci_allocate(m, sizeof *pivot);
    memset(w, 0, m * q * sizeof *w);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; i != left && j < m; j++) {
            const double x = j < p ? a[i * p + j] : 1;
            for (size_t k = 0; k < m; k++) g[j * m + k] += x * (k < p ? a[i * p + k] : 1);
            for (size_t k = 0; k < q; k++) w[j * q + k] += x * y[i * q + k];
        }
    for (size_t j = 0; j < p; j++) g[j * m + j] += ridge;
    assert_int_equal(loci_linalg_factor(NULL, g, pivot, m, NULL), LOCI_OK);
    loci_linalg_solve(w, g, pivot, m, q);
    loci_free(g);
    loci_free(pivot);
}

/* Fewer sequences than statistics, and more: weights, and the error with each left out, against regressions written out. */
static void is_a_regression(void **state)
{
    (void)state;
    enum { MODES = 8, P = 3 * MODES, Q = 3 };
    for (size_t n = 21; n <= 24; n += 3) { /* as many as statistics are known one by one still */
        part all = {0, n, false};
        loci_learner *l = create(&all, MODES);
        push(l, all, 2);
        const loci_learner_report report = solve(l);
        assert_true(report.each && report.sequences == n && report.features == P && report.modes == MODES);
        double *a = malloc(n * P * sizeof *a), *y = malloc(n * Q * sizeof *y), w[(P + 1) * Q], mean[P],
               scale[P], unit = 0, error = 0;
        size_t right = 0;
        known(l, a, y, n, P, Q);
        for (size_t j = 0; j < P; j++) {
            double squares = 0;
            mean[j] = 0;
            for (size_t i = 0; i < n; i++) mean[j] += a[i * P + j] / (double)n;
            for (size_t i = 0; i < n; i++)
                squares += (a[i * P + j] - mean[j]) * (a[i * P + j] - mean[j]) / (double)n;
            scale[j] = (j % 3 == 2 ? 0.5 : 1) / sqrt(squares);
            for (size_t i = 0; i < n; i++) a[i * P + j] = (a[i * P + j] - mean[j]) * scale[j];
            unit += j % 3 == 2 ? 0.25 : 1;
        }
        regress(w, a, y, n, P, Q, report.ridge * unit, SIZE_MAX);
        size_t count;
        const loci_parameter *at = loci_model_parameters(loci_learner_model(l), &count);
        assert_int_equal(count, 3);
        const float *weight = loci_model_values_const(loci_learner_model(l)) + at[1].offset;
        const double by = (double)weight[0] / (w[0] * scale[0]); /* all scores are scaled alike */
        assert_true(by > 0.09 && by < 6.01);
        for (size_t j = 0; j < P; j++)
            for (size_t k = 0; k < Q; k++) {
                const double expected = by * w[j * Q + k] * scale[j];
                assert_true(fabs((double)weight[k * P + j] - expected) < 1e-5 * (fabs(expected) + 0.1));
            }
        for (size_t i = 0; i < n; i++) {
            double score[Q];
            size_t best = 0;
            regress(w, a, y, n, P, Q, report.ridge * unit, i);
            for (size_t k = 0; k < Q; k++) {
                score[k] = w[P * Q + k];
                for (size_t j = 0; j < P; j++) score[k] += w[j * Q + k] * a[i * P + j];
                error += (score[k] - y[i * Q + k]) * (score[k] - y[i * Q + k]) / (double)(n * Q);
                if (score[k] > score[best]) best = k;
            }
            right += y[i * Q + best] > 0;
        }
        assert_true(fabs(report.error - error) < 1e-9 * error);
        assert_true(fabs(report.score - (double)right / (double)n) < 1e-12);
        free(a), free(y);
        loci_learner_free(l);
    }
}

/* In pieces, on any number of threads, stopped and gone on with: the same bits, one by one and as sums. */
static void pieces_are_one(void **state)
{
    (void)state;
    for (size_t n = 20; n <= 60; n += 40) { /* of 24 statistics */
        part all = {0, n, false};
        loci_learner *one = create(&all, 8), *many, *again, *resumed;
        assert_int_equal(loci_learner_like(&many, loci_learner_model(one), NULL), LOCI_OK);
        push(one, all, 1);
        push(many, (part){0, 7, false}, 3);
        push(many, (part){7, 6, false}, 2);
        void *bytes, *bytes_one;
        size_t size, size_one;
        loci_error error;
        assert_int_equal(loci_learner_save(many, &bytes, &size, NULL), LOCI_OK);
        if (loci_learner_load(&resumed, loci_learner_model(many), bytes, size, &error))
            fail_msg("%s", error.text);
        free(bytes);
        push(resumed, (part){13, n - 13, false}, 4);
        push(many, (part){13, n - 13, false}, 1);
        assert_int_equal(loci_learner_save(one, &bytes_one, &size_one, NULL), LOCI_OK);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(loci_learner_save(i ? resumed : many, &bytes, &size, NULL), LOCI_OK);
            assert_int_equal(size, size_one);
            assert_memory_equal(bytes, bytes_one, size);
            free(bytes);
        }
        assert_int_equal(solve(one).each, n == 20);
        solve(many), solve(resumed);
        assert_true(apart(one, many) == 0 && apart(one, resumed) == 0);
        assert_int_equal(loci_learner_load(&again, loci_learner_model(one), bytes_one, size_one, NULL),
                         LOCI_OK);
        solve(again);
        assert_true(apart(one, again) == 0);
        loci_learner_free(again), loci_learner_free(resumed), loci_learner_free(many), loci_learner_free(one);
        /* every byte counts */
        part other = {100, n, false};
        loci_learner *bank = create(&all, 8), *foreign = create(&other, 8), *none;
        for (size_t i = 0; i < size_one; i += 1 + size_one / 40) {
            ((unsigned char *)bytes_one)[i] ^= 4;
            assert_int_not_equal(
                loci_learner_load(&none, loci_learner_model(bank), bytes_one, size_one, NULL), LOCI_OK);
            assert_null(none);
            ((unsigned char *)bytes_one)[i] ^= 4;
        }
        assert_int_equal(loci_learner_load(&none, loci_learner_model(bank), bytes_one, size_one - 1, NULL),
                         LOCI_E_FORMAT);
        assert_int_equal(loci_learner_load(&none, loci_learner_model(foreign), bytes_one, size_one, NULL),
                         LOCI_E_MISMATCH);
        free(bytes_one);
        loci_learner_free(bank), loci_learner_free(foreign);
    }
}

/* Two learners over halves add up to one: to the bit one by one, else to rounding: double's, of sums, and once more float's, of weights. */
static void halves_add_up(void **state)
{
    (void)state;
    for (size_t n = 20; n <= 80; n += 30) {
        part all = {0, n, false}, first = {0, n / 2, false}, second = {n / 2, n - n / 2, false};
        loci_learner *one = create(&all, 8), *a, *b;
        assert_int_equal(loci_learner_like(&a, loci_learner_model(one), NULL), LOCI_OK);
        assert_int_equal(loci_learner_like(&b, loci_learner_model(one), NULL), LOCI_OK);
        push(one, all, 1);
        push(a, first, 1);
        push(b, second, 1);
        assert_int_equal(loci_learner_add(a, b, NULL), LOCI_OK);
        const loci_learner_report whole = solve(one), both = solve(a);
        assert_int_equal(whole.sequences, both.sequences);
        assert_int_equal(whole.each, both.each);
        assert_true(whole.ridge == both.ridge);
        assert_true(n == 20 ? apart(one, a) == 0 : apart(one, a) < 1e-6);
        loci_learner_free(a), loci_learner_free(b), loci_learner_free(one);
    }
}

static void learns(void **state)
{
    (void)state;
    part train = {0, 60, false}, test = {200, 90, false};
    loci_learner *l = create(&train, 200);
    push(l, train, 2);
    const loci_learner_report each = solve(l);
    assert_true(each.each && each.score > 0.9);
    assert_true(accuracy(l, test) > 0.95);
    loci_learner_free(l);
    l = create(&train, 12);
    push(l, train, 2);
    const loci_learner_report sums = solve(l);
    assert_true(!sums.each && isnan(sums.score) && sums.error > 0);
    assert_true(accuracy(l, test) > 0.8);
    loci_learner_free(l);
    train.values = test.values = true;
    l = create(&train, 100);
    push(l, train, 2);
    assert_true(solve(l).score > 0.8);
    assert_true(accuracy(l, test) > 0.8);
    loci_learner_free(l);
}

static void refuses(void **state)
{
    (void)state;
    part few = {0, 9, false}, values = {0, 9, true};
    loci_learner *l = create(&few, 8), *of_values = create(&values, 8), *none;
    loci_learner_report report;
    loci_error error;
    assert_int_equal(loci_learner_solve(l, &report, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "there are 0 sequences to learn from; 2 at least were expected");
    void *bytes;
    size_t size;
    assert_int_equal(loci_learner_save(l, &bytes, &size, &error), LOCI_E_VALUE);
    assert_int_equal(loci_learner_add(l, of_values, &error), LOCI_E_MISMATCH);
    assert_int_equal(loci_learner_add(l, l, &error), LOCI_E_ARGUMENT);
    loci_dataset *set = set_of(&values);
    assert_int_equal(loci_learner_push(l, set, NULL, &error), LOCI_E_MISMATCH);
    loci_learner_options options = {.size = sizeof options, .task_given = 1, .task = LOCI_TASK_CLASS};
    assert_int_equal(loci_learner_create(&none, set, &options, &error), LOCI_E_MISMATCH);
    options = (loci_learner_options){.size = sizeof options, .modes = 20001};
    assert_int_equal(loci_learner_create(&none, set, &options, &error), LOCI_E_ARGUMENT);
    options = (loci_learner_options){.size = sizeof options, .span = 1};
    assert_int_equal(loci_learner_create(&none, set, &options, &error), LOCI_E_ARGUMENT);
    loci_dataset_close(set);
    loci_model_config config;
    loci_model *lstm;
    assert_int_equal(loci_model_preset(&config, "lstm", 1, 2, NULL), LOCI_OK);
    assert_int_equal(loci_model_create(&lstm, &config, NULL), LOCI_OK);
    assert_int_equal(loci_learner_like(&none, lstm, &error), LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "LSTM"));
    loci_model_free(lstm);
    loci_learner_free(l), loci_learner_free(of_values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_regression), cmocka_unit_test(pieces_are_one), cmocka_unit_test(halves_add_up),
        cmocka_unit_test(learns),          cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
