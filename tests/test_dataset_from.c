/* SPDX-License-Identifier: MIT
 * test_dataset_from.c - sets of what callbacks read: they give back what the callbacks say, and refuse what is no data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <loci/dataset.h>

/* Sequence i has 2 + i % 3 samples of 2 numbers, which count on, and as target (2 values at every sample) their halves. */
typedef struct {
    float spoiled; /* of sequence 1; 0: it is whole */
    double target; /* likewise, first of its target */
    size_t empty;  /* a sequence of no samples; SIZE_MAX: none */
    int closed;
} table;

static size_t table_length(const void *context, size_t i)
{
    const table *t = context;
    return i == t->empty ? 0 : 2 + i % 3;
}

static void table_read(const void *context, size_t i, float *u)
{
    const table *t = context;
    for (size_t k = 0; k < 2 * table_length(context, i); k++) u[k] = (float)(10 * i + k);
    if (i == 1 && t->spoiled != 0) u[3] = t->spoiled;
}

static void table_values(const void *context, size_t i, double *target)
{
    const table *t = context;
    for (size_t k = 0; k < 2 * table_length(context, i); k++) target[k] = 0.5 * (double)(10 * i + k);
    if (i == 1 && t->target != 0) target[0] = t->target;
}

static void table_label(const void *context, size_t i, double *target)
{
    const table *t = context;
    target[0] = i == 1 && t->target != 0 ? t->target : (double)(i % 3);
}

static void table_close(void *context)
{
    ((table *)context)->closed++;
}

static loci_dataset_source source_of(table *t)
{
    return (loci_dataset_source){.context = t,
                                 .name = "table",
                                 .count = 7,
                                 .inputs = 2,
                                 .target = {.values = 1, .each = 1},
                                 .outputs = 2,
                                 .rate = 50,
                                 .length = table_length,
                                 .read = table_read,
                                 .read_target = table_values,
                                 .close = table_close};
}

static void a_set_is_what_callbacks_say(void **state)
{
    (void)state;
    table t = {.empty = SIZE_MAX};
    const loci_dataset_source source = source_of(&t);
    loci_dataset *set;
    loci_error error;
    assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_OK);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_string_equal(info.kind, "source");
    assert_true(info.sequences == 7 && info.inputs == 2 && info.outputs == 2 && info.classes == 0);
    assert_true(info.target.values && info.target.each && info.rate == 50);
    assert_true(info.longest == 4 && info.samples == 2 + 3 + 4 + 2 + 3 + 4 + 2);
    double sum[2] = {0}, target[8], mean[2], deviation[2], squares[2] = {0};
    float u[8];
    char name[40];
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(loci_dataset_length(set, i), 2 + i % 3);
        loci_dataset_read(set, i, u);
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < 2 * (2 + i % 3); k++) {
            assert_true(u[k] == (float)(10 * i + k) && target[k] == 0.5 * (double)u[k]);
            sum[k % 2] += target[k], squares[k % 2] += target[k] * target[k];
        }
    }
    loci_dataset_name(set, 5, name, sizeof name);
    assert_string_equal(name, "sequence 5");
    assert_int_equal(loci_dataset_target_moments(set, mean, deviation, &error), LOCI_OK);
    for (size_t j = 0; j < 2; j++) {
        const double m = sum[j] / 20;
        assert_true(fabs(mean[j] - m) <= 1e-14 * m);
        assert_true(fabs(deviation[j] - sqrt(squares[j] / 20 - m * m)) <= 1e-13 * m);
    }
    /* in two: both keep their numbers within the source, and what they are known by tells them apart */
    loci_dataset *part;
    assert_int_equal(loci_dataset_divide(&part, set, 0.3, 1, &error), LOCI_OK);
    const loci_dataset_info own = loci_dataset_inspect(part), rest = loci_dataset_inspect(set);
    assert_true(own.sequences == 2 && rest.sequences == 5);
    assert_true(own.fingerprint != info.fingerprint && own.fingerprint != rest.fingerprint);
    int seen[7] = {0};
    for (size_t i = 0; i < 7; i++) {
        const loci_dataset *from = i < 2 ? part : set;
        loci_dataset_read(from, i < 2 ? i : i - 2, u);
        const size_t number = (size_t)u[0] / 10;
        seen[number]++;
        loci_dataset_read_target(from, i < 2 ? i : i - 2, target);
        assert_true(target[0] == 5 * (double)number);
    }
    for (size_t i = 0; i < 7; i++) assert_int_equal(seen[i], 1);
    loci_dataset_close(part);
    assert_int_equal(t.closed, 0);
    loci_dataset_close(set);
    assert_int_equal(t.closed, 1);
}

static void another_content_is_another_set(void **state)
{
    (void)state;
    static const struct {
        table t;
        int labels;
    } cases[] = {{{.empty = SIZE_MAX}, 0},
                 {{.empty = SIZE_MAX, .spoiled = 4}, 0},
                 {{.empty = SIZE_MAX, .target = 7}, 0},
                 {{.empty = SIZE_MAX}, 1},
                 {{.empty = SIZE_MAX, .target = 2}, 1}};
    uint64_t prints[5];
    for (size_t k = 0; k < 5; k++) {
        table t = cases[k].t;
        loci_dataset_source source = source_of(&t);
        if (cases[k].labels)
            source.target = (loci_target){0}, source.outputs = 3, source.read_target = table_label;
        loci_dataset *set;
        loci_error error;
        assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_OK);
        prints[k] = loci_dataset_inspect(set).fingerprint;
        for (size_t i = 0; i < k; i++) assert_true(prints[i] != prints[k]);
        if (cases[k].labels) {
            assert_string_equal(loci_dataset_inspect(set).names[2], "2");
            for (size_t i = 2; i < 7; i++) assert_int_equal(loci_dataset_label(set, i), i % 3);
        }
        loci_dataset_close(set);
    }
}

/* What is read in a frame has its moments in the units of what it stands for, and is another set. */
static void numbers_in_a_frame(void **state)
{
    (void)state;
    table t = {.empty = SIZE_MAX};
    const double origin[] = {1e6, -3}, unit[] = {0.5, 4};
    loci_dataset_source source = source_of(&t);
    loci_dataset *set, *framed;
    loci_error error;
    assert_int_equal(loci_dataset_from(&set, &source, &error), LOCI_OK);
    source.size = sizeof source;
    source.origin = origin, source.unit = unit;
    assert_int_equal(loci_dataset_from(&framed, &source, &error), LOCI_OK);
    const loci_dataset_info info = loci_dataset_inspect(framed);
    assert_true(info.origin[0] == 1e6 && info.origin[1] == -3 && info.unit[0] == 0.5 && info.unit[1] == 4);
    assert_true(info.fingerprint != loci_dataset_inspect(set).fingerprint);
    double mean[2], deviation[2], m[2], d[2];
    assert_int_equal(loci_dataset_moments(set, mean, deviation, &error), LOCI_OK);
    assert_int_equal(loci_dataset_moments(framed, m, d, &error), LOCI_OK);
    for (size_t c = 0; c < 2; c++) {
        assert_true(fabs(m[c] - (mean[c] / unit[c] + origin[c])) <= 1e-9);
        assert_true(fabs(d[c] - deviation[c] / unit[c]) <= 1e-9);
    }
    loci_dataset_close(framed);
    loci_dataset_close(set);
    source.unit = NULL;
    assert_int_equal(loci_dataset_from(&framed, &source, &error), LOCI_E_ARGUMENT);
    assert_string_equal(
        error.text, "table: the origin or the unit of input 0 is missing or not finite; both were expected, "
                    "the unit above 0");
}

static void refuse(const loci_dataset_source *source, loci_status status, const char *sentence)
{
    loci_dataset *set;
    loci_error error = {0};
    assert_int_equal(loci_dataset_from(&set, source, &error), status);
    assert_null(set);
    assert_string_equal(error.text, sentence);
}

static void what_is_no_data_is_refused(void **state)
{
    (void)state;
    table t = {.empty = SIZE_MAX};
    loci_dataset_source s = source_of(&t);
    s.count = 0;
    refuse(&s, LOCI_E_ARGUMENT, "table: has no sequences; one at least was expected");
    s = source_of(&t), s.inputs = 65536;
    refuse(&s, LOCI_E_ARGUMENT, "table: has samples of 65536 numbers; 1 to 65535 were expected");
    s = source_of(&t), s.outputs = 0;
    refuse(&s, LOCI_E_ARGUMENT, "table: has 0 values a target; 1 to 65535 were expected");
    s = source_of(&t), s.target = (loci_target){0}, s.outputs = 1, s.name = NULL;
    refuse(&s, LOCI_E_ARGUMENT, "data: has 1 classes; 2 to 65535 were expected");
    s = source_of(&t), s.rate = NAN;
    refuse(&s, LOCI_E_ARGUMENT, "table: has a rate of nan Hz; 0 or more was expected");
    s = source_of(&t), s.read_target = NULL;
    refuse(&s, LOCI_E_ARGUMENT, "table: has no read_target; a function was expected");
    t.empty = 3, s = source_of(&t);
    refuse(&s, LOCI_E_VALUE, "table: sequence 3 has no samples; one at least was expected");
    t = (table){.empty = SIZE_MAX, .spoiled = (float)INFINITY}, s = source_of(&t);
    refuse(&s, LOCI_E_VALUE, "table: sequence 1, sample 1, input 1 is inf; a finite number was expected");
    t = (table){.empty = SIZE_MAX, .target = NAN}, s = source_of(&t);
    refuse(&s, LOCI_E_VALUE, "table: sequence 1 has the target nan; a finite number was expected");
    s.target = (loci_target){0}, s.outputs = 3, s.read_target = table_label;
    static const double labels[] = {3, -1, 0.5, NAN, 1e300};
    for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
        char sentence[160];
        t.target = labels[k];
        snprintf(sentence, sizeof sentence,
                 "table: sequence 1 has the label %g; a whole number of 0 to 2 was expected", labels[k]);
        refuse(&s, LOCI_E_VALUE, sentence);
    }
    assert_int_equal(t.closed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_what_callbacks_say),
        cmocka_unit_test(another_content_is_another_set),
        cmocka_unit_test(numbers_in_a_frame),
        cmocka_unit_test(what_is_no_data_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
