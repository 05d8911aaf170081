/* SPDX-License-Identifier: MIT
 * test_rule.c - rules behind sequences: exact ones against known numbers, ones with noise against the poles they were made of,
 * noise against nothing; systems against the sequences. */
#include <stdbool.h>
#include <unistd.h>

#include "systems.h"

#include <loci/rule.h>

static loci_rule *found(const double *y, size_t n, size_t order)
{
    loci_rule *rule;
    loci_error error;
    const loci_rule_options options = {.size = sizeof options, .order = order};
    if (loci_rule_find(&rule, y, n, &options, &error)) fail_msg("%s", error.text);
    return rule;
}

static void refused(const double *y, size_t n, size_t order, loci_status status, const char *expected)
{
    loci_rule *rule;
    loci_error error = {0};
    const loci_rule_options options = {.size = sizeof options, .order = order};
    assert_int_equal(loci_rule_find(&rule, y, n, &options, &error), status);
    assert_null(rule);
    if (!strstr(error.text, expected)) fail_msg("\"%s\" has no \"%s\"", error.text, expected);
}

/* F_90, in whole numbers; the poles are the golden mean and what is left of it. */
static void fibonacci(void **state)
{
    (void)state;
    const double y[] = {1, 1, 2, 3, 5, 8, 13, 21};
    uint64_t a = 21, b = 34;
    char *text;
    loci_rule *rule = found(y, 8, 0);
    const loci_rule_info info = loci_rule_inspect(rule);
    assert_int_equal(info.order, 2);
    assert_true(info.whole);
    assert_true(info.noise == 0 && info.gap > 1e12 && info.singular == 4);
    assert_true(loci_rule_coefficients(rule)[0] == 1 && loci_rule_coefficients(rule)[1] == 1);
    const double *re = loci_rule_poles(rule, NULL);
    assert_true(fabs(re[0] - (1 + sqrt(5)) / 2) < 1e-15 && fabs(re[1] - (1 - sqrt(5)) / 2) < 1e-15);
    assert_int_equal(loci_rule_digits(rule, &text, 80, NULL), LOCI_OK);
    char *line = text;
    for (size_t k = 0; k < 80; k++) {
        char *end;
        assert_true(strtoull(line, &end, 10) == b && *end == '\n');
        line = end + 1;
        b += a;
        a = b - a;
    }
    assert_true(*line == '\0');
    free(text);
    /* the 300th number of Fibonacci, which is in many books */
    assert_int_equal(loci_rule_digits(rule, &text, 292, NULL), LOCI_OK);
    assert_non_null(strstr(text, "\n222232244629420445529739893461909967206666939096499764990979600\n"));
    free(text);
    loci_rule_free(rule);
}

/* Signs, zeros, powers that grow: the digits against doubles as long as those are exact, and against arithmetic modulo 97. */
static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        size_t order;
        double a[4], y[4];
    } cases[] = {{1, {-3}, {7}},
                 {2, {0, -1000}, {1, 999999999}},
                 {3, {3, -3, 1}, {1, 4, 9}},
                 {4, {0, 0, 0, 1}, {1, 0, -2, 5}},
                 {3, {-2, 0, 1000}, {0, 0, 1}},
                 {2, {1, 0}, {5, 9}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t order = cases[c].order, n = 2 * order + 2;
        double y[16];
        int64_t residue[400];
        for (size_t k = 0; k < 400; k++) {
            int64_t sum = 0;
            double exact = 0;
            for (size_t i = 0; k >= order && i < order; i++) {
                sum += (int64_t)cases[c].a[i] % 97 * residue[k - 1 - i];
                if (k < n) exact += cases[c].a[i] * y[k - 1 - i];
            }
            residue[k] = (k < order ? (int64_t)cases[c].y[k] : sum) % 97;
            if (k < n) y[k] = k < order ? cases[c].y[k] : exact;
            assert_true(k >= n || fabs(y[k]) < 0x1p53);
        }
        loci_rule *rule = found(y, n, 0);
        assert_true(loci_rule_inspect(rule).whole);
        assert_int_equal(loci_rule_inspect(rule).order, order);
        assert_memory_equal(loci_rule_coefficients(rule), cases[c].a, order * sizeof(double));
        char *text, *at;
        assert_int_equal(loci_rule_digits(rule, &text, 400 - n, NULL), LOCI_OK);
        at = text;
        for (size_t k = n; k < 400; k++) {
            const bool negative = *at == '-';
            int64_t r = 0;
            for (at += negative; *at != '\n'; at++) {
                assert_true(*at >= '0' && *at <= '9');
                r = (10 * r + (*at - '0')) % 97;
            }
            at++;
            assert_true(((negative ? -r : r) - residue[k]) % 97 == 0);
        }
        assert_true(*at == '\0');
        free(text);
        loci_rule_free(rule);
    }
}

/* Roots that are there several times: as exact as the coefficients are. */
static void repeated(void **state)
{
    (void)state;
    double y[30];
    for (size_t k = 0; k < 30; k++) y[k] = pow((double)k, 4) - 7 * (double)k;
    loci_rule *rule = found(y, 30, 0);
    const double *im, *re = loci_rule_poles(rule, &im);
    assert_int_equal(loci_rule_inspect(rule).order, 5);
    for (size_t i = 0; i < 5; i++) assert_true(fabs(re[i] - 1) < 1e-14 && im[i] == 0);
    loci_rule_free(rule);
}

/* Three damped sines. With noise at 40 dB the deviation of a pole is about 1e-4 (by the bound of Cramer and Rao, less for the
 * slow ones); 1e-3 is ten of these. */
static void damped(void **state)
{
    (void)state;
    static const double decay[] = {0.01, 0.02, 0.005}, turn[] = {0.3, 0.8, 1.7}, size[] = {1, 0.7, 1.3};
    for (int noisy = 0; noisy < 2; noisy++) {
        double y[200], squares = 0;
        uint64_t seed = 3;
        for (size_t k = 0; k < 200; k++) {
            y[k] = 0;
            for (size_t i = 0; i < 3; i++)
                y[k] += size[i] * exp(-decay[i] * (double)k) * sin(turn[i] * (double)k + (double)i);
            squares += y[k] * y[k];
        }
        const double deviation = 0.01 * sqrt(squares / 200);
        for (size_t k = 0; noisy && k < 200; k++) y[k] += deviation * sqrt(3) * noise(&seed);
        loci_rule *rule = found(y, 200, 0);
        const loci_rule_info info = loci_rule_inspect(rule);
        const double *im, *re = loci_rule_poles(rule, &im);
        assert_int_equal(info.order, 6);
        assert_false(info.whole);
        assert_true(noisy ? fabs(info.noise / deviation - 1) < 0.2 : info.noise < 1e-12);
        for (size_t i = 0; i < 3; i++) {
            double nearest = 1;
            for (size_t j = 0; j < 6; j++)
                nearest = fmin(nearest, hypot(re[j] - exp(-decay[i]) * cos(turn[i]),
                                              im[j] - exp(-decay[i]) * sin(turn[i])));
            assert_true(nearest < (noisy ? 1e-3 : 1e-10));
        }
        /* how it goes on, against how it would */
        double next[20];
        assert_int_equal(loci_rule_continue(rule, next, 20, NULL), LOCI_OK);
        for (size_t k = 0; k < 20; k++) {
            double wanted = 0;
            for (size_t i = 0; i < 3; i++)
                wanted += size[i] * exp(-decay[i] * (double)(200 + k)) *
                          sin(turn[i] * (double)(200 + k) + (double)i);
            assert_true(fabs(next[k] - wanted) < (noisy ? deviation : 1e-9));
        }
        loci_rule_free(rule);
    }
}

static void nothing(void **state)
{
    (void)state;
    double y[300];
    uint64_t seed = 11;
    for (size_t n = 1; n <= 300; n += n < 20 ? 1 : 70) {
        for (size_t k = 0; k < n; k++) y[k] = noise(&seed);
        refused(y, n, 0, LOCI_E_UNSUPPORTED, n < 4 ? "too few" : "no rule was found");
        for (size_t k = 0; k < n; k++) y[k] = round(1000 * noise(&seed));
        refused(y, n, 0, LOCI_E_UNSUPPORTED, n < 4 ? "too few" : "no rule was found");
    }
    const double primes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29}, zeros[5] = {0}, hole[] = {1, NAN, 1, 1};
    refused(primes, 10, 0, LOCI_E_UNSUPPORTED, "no rule was found");
    refused(zeros, 5, 0, LOCI_E_VALUE, "all terms are 0");
    refused(hole, 4, 0, LOCI_E_VALUE, "term 2 is not finite");
    refused(primes, 0, 0, LOCI_E_ARGUMENT, "0 terms");
    refused(primes, 10, 5, LOCI_E_ARGUMENT, "for 10 terms 4 at most");
    refused(primes, 10, LOCI_RULE_ORDER_MAX + 1, LOCI_E_ARGUMENT, "order is 129");
    loci_rule *rule = found(primes, 10, 2);
    assert_true(loci_rule_inspect(rule).noise > 0.1);
    char *text;
    assert_int_equal(loci_rule_digits(rule, &text, 1, NULL), LOCI_E_UNSUPPORTED);
    assert_null(text);
    loci_rule_free(rule);
}

/* Into a new file, whose name takes the place of the X. */
static void write_to(char *path, const void *bytes, size_t size)
{
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_true(write(descriptor, bytes, size) == (ssize_t)size);
    close(descriptor);
}

/* The answer of a rule's system to a single 1, as simulate computes it and after its file, is the sequence. */
static void answers(const double *y, size_t n, size_t order, loci_discretization expected, double dt)
{
    loci_rule *rule;
    loci_system *system, *again;
    loci_discretization discretization;
    loci_error error;
    void *bytes;
    size_t size;
    const loci_rule_options options = {.size = sizeof options, .dt = dt};
    if (loci_rule_find(&rule, y, n, &options, &error)) fail_msg("%s", error.text);
    assert_int_equal(loci_rule_inspect(rule).order, order);
    assert_int_equal(loci_rule_system(rule, &system, &discretization, NULL), LOCI_OK);
    assert_int_equal(discretization, expected);
    assert_int_equal(loci_system_save(system, &bytes, &size, NULL), LOCI_OK);
    char path[] = "/tmp/loci_rule_XXXXXX";
    write_to(path, bytes, size);
    if (loci_system_read(&again, path, &error)) fail_msg("%s", error.text);
    remove(path);
    free(bytes);
    double *kernel = malloc(n * sizeof *kernel), largest = 0;
    assert_int_equal(loci_kernel_f64(kernel, again, discretization, n, &error), LOCI_OK);
    for (size_t k = 0; k < n; k++) largest = fmax(largest, fabs(y[k]));
    for (size_t k = 0; k < n; k++) assert_true(fabs(kernel[k] - y[k]) < 1e-9 * largest);
    free(kernel);
    loci_system_free(system);
    loci_system_free(again);
    loci_rule_free(rule);
}

static void systems_of(void **state)
{
    (void)state;
    double y[64];
    for (size_t k = 0; k < 64; k++) y[k] = exp(-0.1 * (double)k) * cos(0.5 * (double)k) + 0.25;
    answers(y, 64, 3, LOCI_ZOH, 0.01);
    for (size_t k = 0; k < 64; k++) y[k] = (double)(k * k) - 5;
    answers(y, 64, 3, LOCI_EULER, 0.5);
    for (size_t k = 0; k < 64; k++) y[k] = k < 2 ? 3 : 0;
    answers(y, 64, 2, LOCI_EULER, 0);
    for (size_t k = 0; k < 64; k++) y[k] = k % 2 ? -1 : 1;
    answers(y, 64, 1, LOCI_ZOH, 0);
}

/* Files of every structure, byte for byte what was read. */
static void saved(void **state)
{
    (void)state;
    for (int structure = LOCI_DENSE; structure <= LOCI_DPLR; structure++) {
        loci_system *s = random_system((loci_structure)structure, structure == LOCI_DENSE ? 1 : 3, 6,
                                       structure == LOCI_DPLR ? 2 : 0, 5),
                    *again;
        void *bytes, *twice;
        size_t size, size_twice;
        loci_error error;
        assert_int_equal(loci_system_save(s, &bytes, &size, NULL), LOCI_OK);
        char path[] = "/tmp/loci_rule_XXXXXX";
        write_to(path, bytes, size);
        if (loci_system_read(&again, path, &error)) fail_msg("%s", error.text);
        remove(path);
        assert_int_equal(again->structure, s->structure);
        assert_int_equal(loci_system_save(again, &twice, &size_twice, NULL), LOCI_OK);
        assert_int_equal(size, size_twice);
        assert_memory_equal(bytes, twice, size);
        free(bytes);
        free(twice);
        loci_system_free(s);
        loci_system_free(again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fibonacci), cmocka_unit_test(whole_numbers), cmocka_unit_test(repeated),
        cmocka_unit_test(damped),    cmocka_unit_test(nothing),       cmocka_unit_test(systems_of),
        cmocka_unit_test(saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
