/* SPDX-License-Identifier: MIT
 *
 * test_project.c - what is remembered as samples arrive: the coefficients against the direct projection in
 * long double, the same bits for any grouping, and what push and close refuse.
 */
#include <stdio.h>

#include "memory_case.h"

static loci_memory_spec spec_of(size_t order, size_t detail, bool stamped, bool joined)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = stamped ? 0 : 0.25;
    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
    return spec;
}

/* The whole-history coefficients, and the mean square that they miss, of n intervals. */
static void check_projection(size_t order, size_t detail, bool stamped, bool joined, size_t n, double offset,
                             double shortest)
{
    char what[128];
    snprintf(what, sizeof what, "N %zu, detail %zu, %s %s, %zu intervals, offset %g, steps from %g", order,
             detail, stamped ? "stamped" : "regular", joined ? "joined" : "held", n, offset, shortest);
    double *u = signal_of(n + 1, 1, offset, 7 + n), *t = stamped ? times_of(n, 3, shortest, n) : NULL;
    loci_memory_plan *plan = plan_of(spec_of(order, detail, stamped, joined));
    loci_memory *memory = memory_with(plan, 1, -2, u, t, stamped || joined ? n + 1 : n);
    double c[TRUTH_ORDER];
    coefficients_of(memory, plan, 1, 0, c);
    cell *cells = cells_of(u, 1, t, n, joined);
    const truth expected = truth_of(order, cells, n);
    assert_projection(c, &expected, order, 1e-12, what);

    loci_memory *whole = memory_room(plan, 1);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    assert_near(summary.variance, expected.variance, 1e-12 * (double)expected.variance + 1e-300,
                "%s: variance", what);
    if (expected.variance > 0)
        assert_near(summary.forgotten, fmax(0, (double)(expected.error / expected.variance)), 1e-10,
                    "%s: forgotten", what);
    free(cells);
    free(whole);
    free(memory);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void coefficients_are_the_direct_projection(void **state)
{
    (void)state;
    static const size_t orders[] = {1, 2, 5, 64}, lengths[] = {1, 2, 9, 64, 300, 1999};
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (size_t i = 0; i < 4; i++)
                for (size_t k = 0; k < 6; k++)
                    check_projection(orders[i], k % 2 ? 4 : 1, stamped, joined, lengths[k], k % 3 ? 0 : 1e6,
                                     0.1);
}

static void order_256_is_the_direct_projection(void **state)
{
    (void)state;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) check_projection(256, 4, stamped, joined, 1500, 1e6, 0.1);
    check_projection(256, 4, false, false, 6001, 0, 1);
}

static void an_offset_costs_no_digits(void **state)
{
    (void)state;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) check_projection(64, 4, stamped, joined, 5000, -1e6, 0.1);
    check_projection(64, 0, false, false, 40000, 1e6, 1);
}

static void steps_of_ratio_1e9(void **state)
{
    (void)state;
    static const size_t lengths[] = {2, 63, 64, 65, 500};
    for (int joined = 0; joined < 2; joined++)
        for (size_t i = 0; i < 5; i++) {
            check_projection(64, 4, true, joined, lengths[i], 0, 1e-9);
            check_projection(5, 1, true, joined, lengths[i], 0, 1e-9);
        }
}

/* --- grouping --- */

static void check_grouping(loci_memory_spec spec, size_t channels, size_t n)
{
    double *u = signal_of(n, channels, 10, 5), *t = spec.dt == 0 ? times_of(n, 0.5, 0.1, 6) : NULL;
    loci_memory_plan *plan = plan_of(spec);
    for (size_t i = channels; spec.missing == LOCI_MISSING_HOLD && i < n * channels; i += 29) u[i] = NAN;
    loci_memory *whole = memory_with(plan, channels, 0, u, t, n), *one = memory_of(plan, channels, 0),
                *random = memory_of(plan, channels, 0);
    for (size_t k = 0; k < n; k++)
        ok(loci_memory_push(one, plan, u + k * channels, t ? t + k : NULL, 1, &last_error));
    uint64_t seed = n;
    for (size_t k = 0; k < n;) {
        const double wide = random_unit(&seed);
        size_t count = (size_t)(wide * wide * wide * 300);
        if (count > n - k) count = n - k;
        ok(loci_memory_push(random, plan, u + k * channels, t ? t + k : NULL, count, &last_error));
        k += count;
    }
    assert_same_memory(whole, one, plan, channels);
    assert_same_memory(whole, random, plan, channels);
    free(whole);
    free(one);
    free(random);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void any_grouping_gives_the_same_bits(void **state)
{
    (void)state;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) {
            check_grouping(spec_of(16, 4, stamped, joined), 1, 3000);
            check_grouping(spec_of(16, 0, stamped, joined), 3, 1111);
            check_grouping(spec_of(5, 256, stamped, joined), 2, 2500);
        }
    check_grouping(spec_of(64, 1, false, false), 1, 70000);
    for (int joined = 0; joined < 2; joined++) {
        loci_memory_spec spec = spec_of(8, 2, false, joined);
        spec.missing = LOCI_MISSING_HOLD;
        check_grouping(spec, 1, 3000);
        check_grouping(spec, 3, 1000);
    }
    for (int measure = LOCI_MEASURE_LEGS_LTI; measure <= LOCI_MEASURE_FOUT; measure++)
        for (int stamped = 0; stamped < 2; stamped++)
            for (int rule = LOCI_ZOH; rule <= LOCI_BILINEAR; rule++) {
                loci_memory_spec spec = spec_of(6, 4, stamped, false);
                spec.measure = (loci_measure)measure;
                spec.window = 20;
                spec.discretization = (loci_discretization)rule;
                if (rule == LOCI_ZOH || rule == LOCI_BILINEAR) check_grouping(spec, 2, 150);
            }
    for (int method = LOCI_METHOD_BILINEAR; method <= LOCI_METHOD_ZOH; method++)
        for (int stamped = 0; stamped < 2; stamped++) {
            loci_memory_spec spec = spec_of(9, 4, stamped, false);
            spec.method = (loci_method)method;
            check_grouping(spec, 2, 200);
        }
}

static void channels_do_not_meet(void **state)
{
    (void)state;
    enum { C = 5, N = 1234 };
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) {
            double *u = signal_of(N, C, 0, 11), *t = stamped ? times_of(N, 1, 0.01, 12) : NULL,
                   *one = signal_of(N, 1, 0, 0);
            loci_memory_plan *plan = plan_of(spec_of(12, 2, stamped, joined));
            loci_memory *all = memory_with(plan, C, 0, u, t, N);
            for (size_t c = 0; c < C; c++) {
                for (size_t k = 0; k < N; k++) one[k] = u[k * C + c];
                loci_memory *alone = memory_with(plan, 1, 0, one, t, N);
                double of_all[12], of_one[12], question[2] = {stamped ? 40 : 20, stamped ? 70 : 90},
                                               answer[2];
                coefficients_of(all, plan, C, c, of_all);
                coefficients_of(alone, plan, 1, 0, of_one);
                assert_memory_equal(of_all, of_one, sizeof of_all);
                ok(loci_memory_recall(all, plan, LOCI_MEAN, c, question, 1, &answer[0], &last_error));
                ok(loci_memory_recall(alone, plan, LOCI_MEAN, 0, question, 1, &answer[1], &last_error));
                assert_true(answer[0] == answer[1]);
                free(alone);
            }
            free(all);
            free(u);
            free(t);
            free(one);
            loci_memory_plan_free(plan);
        }
}

/* --- the tree --- */

static void stretches_cover_the_history_and_blur_with_age(void **state)
{
    (void)state;
    static const size_t details[] = {0, 1, 4, 256};
    for (size_t i = 0; i < 4; i++) {
        const size_t keep = details[i] ? details[i] : 1, n = 20011;
        double *u = signal_of(n, 1, 0, 3);
        loci_memory_plan *plan = plan_of(spec_of(8, details[i], false, false));
        loci_memory *memory = memory_with(plan, 1, 7, u, NULL, n);
        const loci_memory_info info = loci_memory_inspect(memory, plan);
        assert_int_equal(info.samples, n);
        assert_true(info.start == 7 && info.end == 7 + 0.25 * (double)n);
        size_t numbers = 0, of_this_size = 0;
        uint64_t samples = 0, before = UINT64_MAX;
        double end = 7;
        for (size_t k = 0; k < info.stretches; k++) {
            loci_memory_stretch_info stretch;
            ok(loci_memory_stretch(memory, plan, k, &stretch, &last_error));
            assert_true(stretch.start == end);
            end = stretch.end;
            samples += stretch.samples;
            numbers += stretch.numbers;
            assert_int_equal(stretch.exact, stretch.samples <= 8);
            if (stretch.samples > 8) assert_int_equal(stretch.numbers, 8);
            assert_true(stretch.samples <= before);
            of_this_size = stretch.samples == before ? of_this_size + 1 : 1;
            assert_true(of_this_size <= keep);
            before = stretch.samples;
        }
        assert_true(end == info.end);
        assert_int_equal(samples, n);
        assert_int_equal(numbers, info.numbers);
        loci_memory_stretch_info stretch;
        refused(loci_memory_stretch(memory, plan, info.stretches, &stretch, &last_error), LOCI_E_RANGE,
                "stretch");
        free(memory);
        free(u);
        loci_memory_plan_free(plan);
    }
}

/* --- what is refused --- */

/* Nothing of a refused push stays. */
static void check_refused(const loci_memory_plan *plan, loci_memory *memory, size_t channels, const double *u,
                          const double *t, size_t n, loci_status wanted, const char *words)
{
    const size_t size = loci_memory_size(plan, channels);
    loci_memory *before = fork_of(memory, plan, channels);
    refused(loci_memory_push(memory, plan, u, t, n, &last_error), wanted, words);
    assert_memory_equal(memory, before, size);
    free(before);
}

/* At the largest sizes nothing overflows: what was forgotten is a number, and that of the signal scaled down. */
static void large_values(void **state)
{
    (void)state;
    enum { L = 3000 };
    double *u = signal_of(L, 1, 0, 1), forgotten[2], largest = 0;
    loci_memory_plan *plan = plan_of(spec_of(8, 4, false, false));
    for (int k = 0; k < L; k++) largest = fmax(largest, fabs(u[k]));
    const double scale = 0x1p498 / exp2(ceil(log2(largest)));
    for (int large = 0; large < 2; large++) {
        for (int k = 0; k < L && large; k++) u[k] *= scale;
        loci_memory *memory = memory_with(plan, 1, 0, u, NULL, L);
        loci_memory_summary summary;
        ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
        forgotten[large] = summary.forgotten;
        free(memory);
    }
    assert_true(forgotten[0] > 0 && forgotten[0] < 1);
    assert_true(forgotten[1] == forgotten[0]);
    free(u);
    loci_memory_plan_free(plan);
}

static void values_that_are_refused(void **state)
{
    (void)state;
    loci_memory_plan *plan = plan_of(spec_of(8, 4, false, false));
    double *u = signal_of(100, 2, 0, 1), *t = times_of(100, 0, 0.5, 1);
    loci_memory *memory = memory_with(plan, 2, 0, u, NULL, 100);
    u[2 * 71 + 1] = NAN;
    check_refused(plan, memory, 2, u, NULL, 100, LOCI_E_VALUE, "sample 71 of channel 1 is missing (NaN)");
    u[2 * 71 + 1] = -INFINITY;
    check_refused(plan, memory, 2, u, NULL, 100, LOCI_E_VALUE, "sample 71 of channel 1 is -inf");
    u[2 * 71 + 1] = -LOCI_VALUE_LIMIT;
    check_refused(plan, memory, 2, u, NULL, 100, LOCI_E_VALUE, "sample 71 of channel 1 is -1.6");
    check_refused(plan, memory, 2, u, t, 71, LOCI_E_ARGUMENT, "takes no time stamps");
    ok(loci_memory_push(memory, plan, u, NULL, 0, &last_error));
    free(memory);
    /* wherever it stands in a long push */
    double *many = signal_of(1500, 1, 0, 1);
    memory = memory_with(plan, 1, 0, many, NULL, 1500);
    for (size_t k = 0; k < 1500; k += k % 64 < 40 ? 1 : 200) {
        const double value = many[k];
        many[k] = k % 2 ? NAN : INFINITY;
        check_refused(plan, memory, 1, many, NULL, 1500, LOCI_E_VALUE, k % 2 ? "missing" : "inf");
        many[k] = value;
    }
    free(many);
    free(memory);
    loci_memory_plan_free(plan);

    plan = plan_of(spec_of(8, 4, true, false));
    memory = memory_of(plan, 2, 0);
    u[2 * 71 + 1] = 0;
    check_refused(plan, memory, 2, u, NULL, 100, LOCI_E_ARGUMENT, "needs a time");
    ok(loci_memory_push(memory, plan, u, t, 50, &last_error));
    check_refused(plan, memory, 2, u + 98, t + 49, 3, LOCI_E_VALUE, "sample 0 lies at");
    check_refused(plan, memory, 2, u + 98, t + 48, 3, LOCI_E_VALUE, "before the one before it");
    const double still = t[70], value = t[80];
    t[70] = t[69];
    check_refused(plan, memory, 2, u + 100, t + 50, 50, LOCI_E_VALUE, "sample 20 lies at");
    check_refused(plan, memory, 2, u + 100, t + 50, 50, LOCI_E_VALUE, "the same time as");
    t[70] = still;
    t[80] = NAN;
    check_refused(plan, memory, 2, u + 100, t + 50, 50, LOCI_E_VALUE, "time of sample 30");
    t[80] = INFINITY;
    check_refused(plan, memory, 2, u + 100, t + 50, 50, LOCI_E_VALUE, "time of sample 30");
    t[80] = value;
    ok(loci_memory_push(memory, plan, u + 100, t + 50, 50, &last_error));
    free(memory);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void missing_values_are_held_over_and_counted(void **state)
{
    (void)state;
    enum { N = 500 };
    for (int kind = 0; kind < 4; kind++) {
        loci_memory_spec spec = spec_of(8, 4, kind == 1, kind == 2);
        spec.missing = LOCI_MISSING_HOLD;
        if (kind == 3) {
            spec.measure = LOCI_MEASURE_LEGT;
            spec.window = 30;
        }
        double *u = signal_of(N, 2, 0, 2), *held = signal_of(N, 2, 0, 2),
               *t = kind == 1 ? times_of(N, 0, 0.3, 4) : NULL;
        uint64_t seed = 9, missing = 0;
        for (size_t k = 2; k < 2 * N; k++)
            if (random_unit(&seed) < 0.3) {
                u[k] = NAN;
                held[k] = held[k - 2];
                missing++;
            }
        loci_memory_plan *plan = plan_of(spec);
        loci_memory *one = memory_of(plan, 2, 0), *two = memory_with(plan, 2, 0, held, t, N);
        for (size_t k = 0; k < N; k += 50)
            ok(loci_memory_push(one, plan, u + 2 * k, t ? t + k : NULL, 50, &last_error));
        assert_int_equal(loci_memory_inspect(one, plan).missing, missing);
        assert_int_equal(loci_memory_inspect(two, plan).missing, 0);
        double a[8], b[8];
        for (size_t c = 0; c < 2; c++) {
            coefficients_of(one, plan, 2, c, a);
            coefficients_of(two, plan, 2, c, b);
            assert_memory_equal(a, b, sizeof a);
        }
        free(one);
        free(two);
        one = memory_of(plan, 2, 0);
        u[1] = NAN;
        check_refused(plan, one, 2, u, t, N, LOCI_E_VALUE,
                      "sample 0 of channel 1 is missing (NaN): there is no value");
        u[1] = INFINITY;
        check_refused(plan, one, 2, u, t, N, LOCI_E_VALUE, "inf");
        free(one);
        free(u);
        free(held);
        free(t);
        loci_memory_plan_free(plan);
    }
}

/* --- ends --- */

static void one_sample_needs_an_end(void **state)
{
    (void)state;
    loci_memory_plan *plan = plan_of(spec_of(8, 4, true, false));
    const double u[1] = {5}, t[1] = {100};
    loci_memory *memory = memory_of(plan, 1, 0);
    refused(loci_memory_close(memory, plan, 1, &last_error), LOCI_E_RANGE, "empty");
    ok(loci_memory_push(memory, plan, u, t, 1, &last_error));
    loci_memory_info info = loci_memory_inspect(memory, plan);
    assert_true(info.start == 100 && info.end == 100 && info.stretches == 0 && info.samples == 1);
    loci_memory_summary summary;
    ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
    assert_true(isnan(summary.mean) && isnan(summary.variance) && isnan(summary.forgotten));
    double c[8], value;
    coefficients_of(memory, plan, 1, 0, c);
    assert_true(c[0] == 5 && c[1] == 0);
    ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, t, 1, &value, &last_error));
    assert_true(value == 5);

    refused(loci_memory_close(memory, plan, 100, &last_error), LOCI_E_ARGUMENT, "after the last sample");
    refused(loci_memory_close(memory, plan, 99, &last_error), LOCI_E_ARGUMENT, "after the last sample");
    refused(loci_memory_close(memory, plan, NAN, &last_error), LOCI_E_ARGUMENT, "finite");
    ok(loci_memory_close(memory, plan, 104, &last_error));
    ok(loci_memory_close(memory, plan, 104, &last_error));
    refused(loci_memory_close(memory, plan, 105, &last_error), LOCI_E_MISMATCH, "closed at 104");
    info = loci_memory_inspect(memory, plan);
    assert_true(info.start == 100 && info.end == 104 && info.stretches == 1);
    ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
    assert_true(summary.mean == 5 && summary.variance == 0 && summary.forgotten == 0);

    const double next[2] = {7, 8}, late[2] = {104.5, 105}, right[2] = {104, 105};
    refused(loci_memory_push(memory, plan, next, late, 2, &last_error), LOCI_E_MISMATCH, "closed at 104");
    refused(loci_memory_push(memory, plan, next, t, 1, &last_error), LOCI_E_MISMATCH, "closed at 104");
    ok(loci_memory_push(memory, plan, next, right, 2, &last_error));
    ok(loci_memory_close(memory, plan, 106, &last_error));
    ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
    assert_near(summary.mean, (5.0 * 4 + 7 + 8) / 6, 1e-15, "mean");
    free(memory);
    loci_memory_plan_free(plan);
}

/* A held stamped history that is closed is the direct projection of all its intervals, also where it goes on
 * afterwards; a joined one jumps where it was closed. */
static void closing_in_the_middle(void **state)
{
    (void)state;
    enum { N = 333, CUT = 100 };
    for (int joined = 0; joined < 2; joined++) {
        double *u = signal_of(N, 1, 3, 20), *t = times_of(N, 0, 0.05, 21);
        loci_memory_plan *plan = plan_of(spec_of(24, 2, true, joined));
        loci_memory *memory = memory_with(plan, 1, 0, u, t, CUT);
        ok(loci_memory_close(memory, plan, t[CUT], &last_error));
        ok(loci_memory_push(memory, plan, u + CUT, t + CUT, N - CUT, &last_error));
        ok(loci_memory_close(memory, plan, t[N], &last_error));
        cell *cells = cells_of(u, 1, t, N, joined);
        cells[CUT - 1].b = cells[CUT - 1].a;
        cells[N - 1].b = cells[N - 1].a;
        const truth expected = truth_of(24, cells, N);
        double c[24];
        coefficients_of(memory, plan, 1, 0, c);
        assert_projection(c, &expected, 24, 1e-12, joined ? "joined" : "held");
        free(cells);
        free(memory);
        free(u);
        free(t);
        loci_memory_plan_free(plan);
    }
}

static void regular_histories_end_where_they_end(void **state)
{
    (void)state;
    double u[40], value, t[] = {10};
    for (int k = 0; k < 40; k++) u[k] = k;
    loci_memory_plan *plan = plan_of(spec_of(8, 4, false, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, 40);
    ok(loci_memory_close(memory, plan, 10, &last_error));
    refused(loci_memory_close(memory, plan, 10.25, &last_error), LOCI_E_ARGUMENT, "ends at 10");
    ok(loci_memory_push(memory, plan, u, NULL, 1, &last_error));
    free(memory);
    loci_memory_plan_free(plan);

    plan = plan_of(spec_of(8, 4, false, true));
    memory = memory_with(plan, 1, 0, u, NULL, 40);
    assert_true(loci_memory_inspect(memory, plan).end == 9.75);
    refused(loci_memory_close(memory, plan, 9, &last_error), LOCI_E_ARGUMENT, "9.75, or one step later");
    ok(loci_memory_close(memory, plan, 10, &last_error));
    assert_true(loci_memory_inspect(memory, plan).end == 10);
    refused(loci_memory_close(memory, plan, 10.25, &last_error), LOCI_E_ARGUMENT, "ends at 10");
    ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, t, 1, &value, &last_error));
    assert_near(value, 39, 1e-12, "the end of the last, held interval");
    ok(loci_memory_push(memory, plan, u, NULL, 40, &last_error));
    assert_true(loci_memory_inspect(memory, plan).end == 19.75);
    cell *cells = cells_of(u, 1, NULL, 40, false);
    cell all[79];
    for (size_t k = 0; k < 79; k++) {
        const size_t i = k % 40;
        all[k] = (cell){(long double)k, (long double)(k + 1), u[i], k == 39 ? u[39] : u[i + 1]};
    }
    const truth expected = truth_of(8, all, 79);
    double c[8];
    coefficients_of(memory, plan, 1, 0, c);
    assert_projection(c, &expected, 8, 1e-12, "two saw teeth");
    free(cells);
    free(memory);
    loci_memory_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_the_direct_projection),
        cmocka_unit_test(order_256_is_the_direct_projection),
        cmocka_unit_test(an_offset_costs_no_digits),
        cmocka_unit_test(steps_of_ratio_1e9),
        cmocka_unit_test(any_grouping_gives_the_same_bits),
        cmocka_unit_test(channels_do_not_meet),
        cmocka_unit_test(stretches_cover_the_history_and_blur_with_age),
        cmocka_unit_test(large_values),
        cmocka_unit_test(values_that_are_refused),
        cmocka_unit_test(missing_values_are_held_over_and_counted),
        cmocka_unit_test(one_sample_needs_an_end),
        cmocka_unit_test(closing_in_the_middle),
        cmocka_unit_test(regular_histories_end_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
