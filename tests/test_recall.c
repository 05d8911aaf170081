/* SPDX-License-Identifier: MIT
 *
 * test_recall.c - answers from the memory alone: the projection's values, slopes against differences, means
 * and integrals against sums, joints, exact sample times, and times that are refused.
 */
#include <stdio.h>

#include "memory_case.h"

static loci_memory_spec spec_of(size_t order, size_t detail, double dt, bool joined)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = dt;
    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
    return spec;
}

static double ask(const loci_memory *memory, const loci_memory_plan *plan, loci_ask what, double a, double b)
{
    const double t[2] = {a, b};
    double answer;
    ok(loci_memory_recall(memory, plan, what, 0, t, 1, &answer, &last_error));
    return answer;
}

/* Every stretch answers with the projection of its own samples, or with the samples themselves. */
static void stretches_answer_with_their_projections(void **state)
{
    (void)state;
    enum { N = 1500, ORDER = 12 };
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) {
            double *u = signal_of(N + 1, 1, 1e6, 4), *t = times_of(N + 1, 2, 0.1, 4);
            if (!stamped)
                for (size_t k = 0; k <= N; k++) t[k] = 2 + 0.25 * (double)k;
            const size_t intervals = N - (stamped || joined);
            loci_memory_plan *plan = plan_of(spec_of(ORDER, 2, stamped ? 0 : 0.25, joined));
            loci_memory *memory = memory_with(plan, 1, 2, u, stamped ? t : NULL, N);
            cell *cells = cells_of(u, 1, t, intervals, joined);
            size_t first = 0;
            const size_t stretches = loci_memory_inspect(memory, plan).stretches;
            for (size_t i = 0; i < stretches; i++) {
                loci_memory_stretch_info stretch;
                ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
                const size_t count = (size_t)stretch.samples;
                const truth expected = truth_of(ORDER, cells + first, count);
                assert_near(stretch.start, cells[first].from, 1e-12, "begin of stretch %zu", i);
                for (int k = 0; k < 40; k++) {
                    const double x = (k + 0.37) / 40, at = stretch.start + x * (stretch.end - stretch.start);
                    const double value = ask(memory, plan, LOCI_VALUE, at, 0);
                    if (!stretch.exact) {
                        assert_near(value, truth_value(&expected, ORDER, x), 1e-9, "stretch %zu at %g", i, x);
                        continue;
                    }
                    size_t j = first;
                    while (j + 1 < first + count && cells[j].to <= at) j++;
                    const long double share = (at - cells[j].from) / (cells[j].to - cells[j].from);
                    assert_near(value, cells[j].a + share * (cells[j].b - cells[j].a), joined ? 1e-8 : 0,
                                "raw stretch %zu at %g", i, x);
                }
                double square, variance;
                ok(loci_memory_stretch_error(memory, plan, i, 0, &square, &variance, &last_error));
                assert_near(variance, expected.variance, 1e-11, "variance of stretch %zu", i);
                assert_near(square, stretch.exact ? 0 : expected.error, 1e-11, "error of stretch %zu", i);
                first += count;
            }
            assert_int_equal(first, intervals);
            free(cells);
            free(memory);
            free(u);
            free(t);
            loci_memory_plan_free(plan);
        }
}

static void slopes_are_differences(void **state)
{
    (void)state;
    enum { N = 900 };
    double *u = signal_of(N, 1, 5, 4);
    loci_memory_plan *plan = plan_of(spec_of(10, 1, 0.5, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N);
    for (size_t i = 0; i < loci_memory_inspect(memory, plan).stretches; i++) {
        loci_memory_stretch_info stretch;
        ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
        if (stretch.exact) continue;
        const double length = stretch.end - stretch.start, h = 1e-5 * length;
        for (int k = 0; k < 30; k++) {
            const double at = stretch.start + length * (k + 0.5) / 30;
            const double slope = ask(memory, plan, LOCI_DERIVATIVE, at, 0),
                         difference = (ask(memory, plan, LOCI_VALUE, at + h, 0) -
                                       ask(memory, plan, LOCI_VALUE, at - h, 0)) /
                                      (2 * h);
            /* h^2/6 of the third derivative, N^6 (h/length)^2 at most, and rounding 1e-15/1e-5 */
            assert_near(slope * length, difference * length, 1e-4, "stretch %zu at %g", i, at);
        }
    }
    /* where samples are kept: the line to the next sample */
    const double end = 0.5 * N;
    assert_near(ask(memory, plan, LOCI_DERIVATIVE, end - 1.0, 0), (u[N - 1] - u[N - 2]) / 0.5, 1e-12,
                "raw slope");
    assert_near(ask(memory, plan, LOCI_DERIVATIVE, end - 0.1, 0), (u[N - 1] - u[N - 2]) / 0.5, 1e-12,
                "last raw slope");
    free(memory);
    free(u);
    loci_memory_plan_free(plan);
}

static void slopes_of_kept_samples(void **state)
{
    (void)state;
    const double u[] = {1, 4, 2, 2, 7}, t[] = {0, 1, 3, 4, 4.5};
    loci_memory_plan *plan = plan_of(spec_of(8, 4, 0, true));
    loci_memory *memory = memory_with(plan, 1, 0, u, t, 5);
    assert_true(ask(memory, plan, LOCI_DERIVATIVE, 0, 0) == 3);
    assert_true(ask(memory, plan, LOCI_DERIVATIVE, 2.5, 0) == -1);
    assert_true(ask(memory, plan, LOCI_DERIVATIVE, 3, 0) == 0);
    assert_true(ask(memory, plan, LOCI_DERIVATIVE, 4.5, 0) == 10);
    assert_true(ask(memory, plan, LOCI_VALUE, 2, 0) == 3);
    assert_true(ask(memory, plan, LOCI_VALUE, 4.5, 0) == 7);
    assert_true(ask(memory, plan, LOCI_INTEGRAL, 1, 4) == 8);
    assert_true(ask(memory, plan, LOCI_MEAN, 0, 4) == (2.5 + 6 + 2) / 4);
    assert_true(ask(memory, plan, LOCI_MEAN, 2, 2) == 3 && ask(memory, plan, LOCI_INTEGRAL, 2, 2) == 0);
    free(memory);
    loci_memory_plan_free(plan);
}

/* By the midpoint rule on many points of every stretch that the interval touches: an independent sum. */
static void means_and_integrals_are_sums(void **state)
{
    (void)state;
    enum { N = 2000, FINE = 4000 };
    uint64_t seed = 3;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) {
            double *u = signal_of(N, 1, 1e6, 7), *t = times_of(N, -5, 0.2, 7);
            loci_memory_plan *plan = plan_of(spec_of(9, 2, stamped ? 0 : 0.5, joined));
            loci_memory *memory = memory_with(plan, 1, -5, u, stamped ? t : NULL, N);
            const loci_memory_info info = loci_memory_inspect(memory, plan);
            for (int trial = 0; trial < 60; trial++) {
                const double wide = (info.end - info.start) * pow(random_unit(&seed), trial % 3 * 3 + 1);
                const double a = info.start + random_unit(&seed) * (info.end - info.start - wide),
                             b = fmin(info.end, a + wide);
                if (!(b - a > 1e-9)) continue;
                long double sum = 0, size = 0;
                for (size_t i = 0; i < info.stretches; i++) {
                    loci_memory_stretch_info stretch;
                    ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
                    const double from = fmax(a, stretch.start), to = fmin(b, stretch.end);
                    if (!(to > from)) continue;
                    double at[64], value[64];
                    for (size_t k = 0; k < FINE; k += 64) {
                        for (size_t j = 0; j < 64; j++)
                            at[j] = from + (to - from) * ((double)(k + j) + 0.5) / (FINE / 64 * 64 + 64);
                        ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, at, 64, value, &last_error));
                        for (size_t j = 0; j < 64; j++) {
                            sum += (value[j] - 1e6L) * (to - from);
                            size += fabsl(value[j] - 1e6L) * (to - from);
                        }
                    }
                }
                const size_t points = FINE / 64 * 64 + 64;
                const double integral = ask(memory, plan, LOCI_INTEGRAL, a, b),
                             mean = ask(memory, plan, LOCI_MEAN, a, b);
                const double close = (double)(sum / points / (b - a));
                /* the midpoint rule misses 1/24 (N^2/4000)^2 of a polynomial, a jump by 1/4000 where samples are kept */
                assert_near(mean - 1e6, close, 3e-3 * (double)(size / points / (b - a)) + 1e-9,
                            "mean over [%g, %g]", a, b);
                assert_near(integral, mean * (b - a), 1e6 * 1e-15 * (fabs(a) + fabs(b)),
                            "integral over [%g, %g]", a, b);
                /* the integral is additive */
                const double middle = a + random_unit(&seed) * (b - a);
                assert_near((ask(memory, plan, LOCI_MEAN, a, middle) - 1e6) * (middle - a) +
                                (ask(memory, plan, LOCI_MEAN, middle, b) - 1e6) * (b - middle),
                            (mean - 1e6) * (b - a), 3e-9 * (b - a), "additive at %g", middle);
            }
            /* over the whole history: the signal's own, whatever was forgotten */
            cell *cells = cells_of(u, 1, stamped ? t : NULL, N - (stamped || joined), joined);
            const truth expected = truth_of(2, cells, N - (stamped || joined));
            assert_near(ask(memory, plan, LOCI_MEAN, info.start, info.end), expected.c[0], 3e-10,
                        "mean of all");
            free(cells);
            free(memory);
            free(u);
            free(t);
            loci_memory_plan_free(plan);
        }
}

static void at_a_joint_the_newer_answers(void **state)
{
    (void)state;
    enum { N = 16 * 40 };
    double u[N];
    for (int k = 0; k < N; k++) u[k] = k / 16; /* a step up with every leaf */
    loci_memory_plan *plan = plan_of(spec_of(16, 40, 1, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N);
    for (int k = 1; k < 40; k++) {
        assert_true(ask(memory, plan, LOCI_VALUE, 16 * k, 0) == k);
        /* within a few ulp it is that sample's time */
        assert_true(ask(memory, plan, LOCI_VALUE, nextafter(16 * k, 0), 0) == k);
        assert_true(ask(memory, plan, LOCI_VALUE, 16 * k - 1e-9, 0) == k - 1);
    }
    free(memory);
    loci_memory_plan_free(plan);

    plan = plan_of(spec_of(16, 1, 1, false));
    memory = memory_with(plan, 1, 0, u, NULL, N);
    const loci_memory_info info = loci_memory_inspect(memory, plan);
    for (size_t i = 0; i + 1 < info.stretches; i++) {
        loci_memory_stretch_info stretch;
        ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
        const double before = ask(memory, plan, LOCI_VALUE, stretch.end - 1e-7, 0),
                     at = ask(memory, plan, LOCI_VALUE, stretch.end, 0),
                     after = ask(memory, plan, LOCI_VALUE, stretch.end + 1e-7, 0);
        assert_near(at, after, 1e-3, "joint %zu", i);
        assert_true(fabs(at - before) > 0.1);
    }
    free(memory);
    loci_memory_plan_free(plan);
}

/* The time of sample k, however it was computed, gives sample k, at rates that are no binary fractions. */
static void sample_times_give_samples(void **state)
{
    (void)state;
    static const double rates[] = {44100, 3, 1.0 / 3, 1e6 / 7, 22050, 16000.0 / 1001};
    static const double starts[] = {0, 1.7e9, -12345.678, 1e-3};
    enum { N = 5000 };
    double *u = room_for(N * sizeof *u);
    for (int k = 0; k < N; k++) u[k] = k;
    for (int r = 0; r < 6; r++)
        for (int s = 0; s < 4; s++) {
            const double rate = rates[r], dt = 1 / rate;
            if (starts[s] > 1e9 && rate > 50000) continue; /* an ulp of such times is 1/60 of a sample */
            loci_memory_plan *plan = plan_of(spec_of(64, 100, dt, false));
            loci_memory *memory = memory_with(plan, 1, starts[s], u, NULL, N);
            for (int k = 0; k < N; k++) {
                assert_true(ask(memory, plan, LOCI_VALUE, starts[s] + k / rate, 0) == k);
                assert_true(ask(memory, plan, LOCI_VALUE, starts[s] + k * dt, 0) == k);
            }
            /* the end, computed either way, is not beyond the end */
            assert_true(ask(memory, plan, LOCI_VALUE, starts[s] + N / rate, 0) == N - 1);
            assert_true(ask(memory, plan, LOCI_VALUE, starts[s] + N * dt, 0) == N - 1);
            assert_true(ask(memory, plan, LOCI_VALUE, loci_memory_inspect(memory, plan).end, 0) == N - 1);
            free(memory);
            loci_memory_plan_free(plan);
        }
    free(u);
}

static void stamped_sample_times_give_samples(void **state)
{
    (void)state;
    enum { N = 3000 };
    double *u = room_for(N * sizeof *u), *t = times_of(N, 1.7e9, 1e-6, 4);
    for (int k = 0; k < N; k++) u[k] = k;
    for (int joined = 0; joined < 2; joined++) {
        loci_memory_plan *plan = plan_of(spec_of(32, 100, 0, joined));
        loci_memory *memory = memory_with(plan, 1, 0, u, t, N);
        for (int k = 0; k < N; k++) {
            const double value = ask(memory, plan, LOCI_VALUE, t[k], 0);
            if (value != k)
                fail_msg("%s, sample %d at %.17g: %.17g", joined ? "joined" : "held", k, t[k], value);
        }
        free(memory);
        loci_memory_plan_free(plan);
    }
    free(u);
    free(t);
}

static void batches_answer_as_single_questions(void **state)
{
    (void)state;
    enum { N = 3000, Q = 500 };
    double *u = signal_of(N, 2, 0, 9), t[Q], all[Q];
    loci_memory_plan *plan = plan_of(spec_of(16, 2, 0.1, true));
    loci_memory *memory = memory_with(plan, 2, 0, u, NULL, N);
    const double end = loci_memory_inspect(memory, plan).end;
    uint64_t seed = 8;
    for (int order = 0; order < 3; order++)
        for (int what = LOCI_VALUE; what <= LOCI_DERIVATIVE; what++) {
            for (int i = 0; i < Q; i++)
                t[i] = order == 2 ? end * random_unit(&seed) : end * (order ? Q - 1 - i : i) / (Q - 1);
            ok(loci_memory_recall(memory, plan, (loci_ask)what, 1, t, Q, all, &last_error));
            for (int i = 0; i < Q; i++) {
                double one;
                ok(loci_memory_recall(memory, plan, (loci_ask)what, 1, t + i, 1, &one, &last_error));
                assert_true(one == all[i]);
            }
        }
    free(memory);
    free(u);
    loci_memory_plan_free(plan);
}

/* A window that is short beside the time of day begins at a rounded time; that time can be asked for. */
static void the_windows_begin(void **state)
{
    (void)state;
    double u[100], t[100];
    for (int k = 0; k < 100; k++) u[k] = k;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int way = 0; way < 50; way++) {
            loci_memory_spec spec = loci_memory_defaults();
            spec.measure = way % 2 ? LOCI_MEASURE_LEGT : LOCI_MEASURE_FOUT;
            spec.order = 8;
            spec.detail = 0;
            spec.dt = stamped ? 0 : 1.0 / 16000;
            spec.window = (20 + way * 0.37) / 16000;
            for (int k = 0; k < 100; k++) t[k] = 1e9 + k / 16000.0;
            loci_memory_plan *plan = plan_of(spec);
            loci_memory *memory = memory_with(plan, 1, 1e9, u, stamped ? t : NULL, 100);
            const double end = loci_memory_inspect(memory, plan).end;
            assert_true(isfinite(ask(memory, plan, LOCI_VALUE, end - spec.window, 0)));
            const double early = end - spec.window - 1.0 / 16000;
            double out;
            refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &early, 1, &out, &last_error),
                    LOCI_E_RANGE, "before the window");
            free(memory);
            loci_memory_plan_free(plan);
        }
}

static void questions_that_are_refused(void **state)
{
    (void)state;
    double u[100], out[4];
    for (int k = 0; k < 100; k++) u[k] = k;
    for (int joined = 0; joined < 2; joined++) {
        loci_memory_plan *plan = plan_of(spec_of(8, 4, 0.5, joined));
        loci_memory *memory = memory_of(plan, 1, 10);
        const double inside[] = {20, 12}, outside[] = {20, 9.99, 20, 60.01}, nothing[] = {20, NAN},
                     forever[] = {INFINITY, 20};
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, inside, 1, out, &last_error), LOCI_E_RANGE,
                "empty");
        ok(loci_memory_push(memory, plan, u, NULL, 100, &last_error));
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, outside, 2, out, &last_error), LOCI_E_RANGE,
                "time 9.99");
        refused(loci_memory_recall(memory, plan, LOCI_DERIVATIVE, 0, outside + 2, 2, out, &last_error),
                LOCI_E_RANGE, "time 60.0");
        refused(loci_memory_recall(memory, plan, LOCI_MEAN, 0, outside + 2, 1, out, &last_error),
                LOCI_E_RANGE, joined ? "10 to 59.5" : "10 to 60");
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, nothing, 2, out, &last_error), LOCI_E_RANGE,
                "nan");
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, forever, 1, out, &last_error), LOCI_E_RANGE,
                "inf");
        refused(loci_memory_recall(memory, plan, LOCI_MEAN, 0, inside, 1, out, &last_error), LOCI_E_ARGUMENT,
                "from 20 back to 12");
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 1, inside, 1, out, &last_error), LOCI_E_RANGE,
                "channel is 1");
        refused(loci_memory_recall(memory, plan, (loci_ask)9, 0, inside, 1, out, &last_error),
                LOCI_E_ARGUMENT, "question 9");
        ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, inside, 0, out, &last_error));
        const double ends[] = {10, joined ? 59.5 : 60};
        ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, ends, 2, out, &last_error));
        free(memory);
        loci_memory_plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_answer_with_their_projections),
        cmocka_unit_test(slopes_are_differences),
        cmocka_unit_test(slopes_of_kept_samples),
        cmocka_unit_test(means_and_integrals_are_sums),
        cmocka_unit_test(at_a_joint_the_newer_answers),
        cmocka_unit_test(sample_times_give_samples),
        cmocka_unit_test(stamped_sample_times_give_samples),
        cmocka_unit_test(batches_answer_as_single_questions),
        cmocka_unit_test(the_windows_begin),
        cmocka_unit_test(questions_that_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
