/* SPDX-License-Identifier: MIT
 *
 * test_summarize.c - what a memory states of its signal and of its own errors, against the signal itself.
 */
#include <stdio.h>

#include "memory_case.h"

static loci_memory_spec spec_of(size_t order, size_t detail, bool stamped, bool joined)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = stamped ? 0 : 1.0 / 44100;
    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
    return spec;
}

/* The forgotten share, as a whole and by stretch, against the projection of the samples themselves. */
static void check_shares(size_t order, size_t detail, bool stamped, bool joined, size_t n, double offset)
{
    double *u = signal_of(n + 1, 2, offset, n), *t = stamped ? times_of(n + 1, 1e4, 0.01, n) : NULL;
    loci_memory_plan *plan = plan_of(spec_of(order, detail, stamped, joined));
    loci_memory *memory = memory_with(plan, 2, 0, u, t, n), *whole = memory_room(plan, 2);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    const size_t intervals = n - (stamped || joined);
    const loci_memory_info info = loci_memory_inspect(memory, plan);
    for (size_t c = 0; c < 2; c++) {
        cell *cells = cells_of(u + c, 2, t, intervals, joined);
        const truth all = truth_of(order, cells, intervals);
        loci_memory_summary summary;
        ok(loci_memory_summarize(whole, plan, c, &summary, &last_error));
        assert_near(summary.mean, all.c[0], 3e-16 * fabs(offset) + 1e-14, "mean");
        assert_near(summary.variance, all.variance, 1e-12, "variance");
        assert_near(summary.forgotten, all.error / all.variance, 1e-10, "share of the whole, offset %g",
                    offset);
        assert_near(summary.error, all.error, 1e-12, "error of the whole");
        long double lost = 0;
        size_t first = 0;
        for (size_t i = 0; i < info.stretches; i++) {
            loci_memory_stretch_info stretch;
            double square, variance;
            ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
            ok(loci_memory_stretch_error(memory, plan, i, c, &square, &variance, &last_error));
            const truth here = truth_of(order, cells + first, (size_t)stretch.samples);
            assert_near(variance, here.variance, 1e-12, "variance of stretch %zu, offset %g", i, offset);
            const double expected = stretch.exact ? 0 : (double)here.error;
            assert_near(square, expected, 1e-12, "error of stretch %zu, offset %g", i, offset);
            if (!stretch.exact)
                assert_near(square / (double)all.variance, here.error / all.variance, 1e-10,
                            "share of stretch %zu", i);
            lost += expected * (cells[first + stretch.samples - 1].to - cells[first].from);
            first += (size_t)stretch.samples;
        }
        assert_int_equal(first, intervals);
        ok(loci_memory_summarize(memory, plan, c, &summary, &last_error));
        const long double length = cells[intervals - 1].to - cells[0].from;
        assert_near(summary.forgotten, lost / length / all.variance, 1e-10, "share of the palace");
        assert_near(summary.variance, all.variance, 1e-12, "variance by the palace");
        assert_near(summary.mean, all.c[0], 3e-16 * fabs(offset) + 1e-14, "mean by the palace");
        free(cells);
    }
    free(whole);
    free(memory);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void shares_are_the_true_ones(void **state)
{
    (void)state;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (int offset = 0; offset < 2; offset++) {
                check_shares(16, 2, stamped, joined, 2777, offset * 1e6);
                check_shares(1, 1, stamped, joined, 333, offset * 1e6);
                check_shares(64, 4, stamped, joined, 1999, offset * -1e6);
            }
}

static void a_constant_signal_loses_nothing(void **state)
{
    (void)state;
    static const double values[] = {0, 1, 0.1, -1e6 / 3, 1e150, 5e-324};
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (size_t v = 0; v < 6; v++)
                for (size_t n = 2; n < 3000; n = 3 * n + 1) {
                    double *u = signal_of(n, 1, 0, 1), *t = times_of(n, 0, 0.01, 1);
                    for (size_t k = 0; k < n; k++) u[k] = values[v];
                    loci_memory_plan *plan = plan_of(spec_of(16, 2, stamped, joined));
                    loci_memory *memory = memory_with(plan, 1, 0, u, stamped ? t : NULL, n),
                                *whole = memory_room(plan, 1);
                    ok(loci_memory_collapse(whole, memory, plan, &last_error));
                    for (int i = 0; i < 2; i++) {
                        loci_memory_summary summary;
                        ok(loci_memory_summarize(i ? whole : memory, plan, 0, &summary, &last_error));
                        assert_true(summary.mean == values[v]);
                        assert_true(summary.variance == 0 && summary.error == 0 && summary.forgotten == 0);
                    }
                    free(whole);
                    free(memory);
                    free(u);
                    free(t);
                    loci_memory_plan_free(plan);
                }
}

/* What N coefficients can hold, they hold: nothing is forgotten of a polynomial, up to rounding. */
static void a_line_is_held_whole(void **state)
{
    (void)state;
    double u[4001];
    for (int k = 0; k <= 4000; k++) u[k] = 1e6 + 3 * k;
    loci_memory_plan *plan = plan_of(spec_of(2, 1, false, true));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, 4001), *whole = memory_room(plan, 1);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    assert_near(summary.variance, 12000.0 * 12000.0 / 12, 1e-14 * 1.2e7, "variance of a line");
    assert_near(summary.forgotten, 0, 1e-14, "forgotten of a line");
    free(memory);
    free(whole);
    loci_memory_plan_free(plan);
}

static void what_is_known_of_nothing(void **state)
{
    (void)state;
    loci_memory_plan *plan = plan_of(spec_of(8, 4, false, true));
    loci_memory *memory = memory_of(plan, 3, 4);
    loci_memory_info info = loci_memory_inspect(memory, plan);
    assert_true(info.channels == 3 && info.samples == 0 && info.start == 4 && info.end == 4 &&
                info.numbers == 0 && info.stretches == 0 && info.missing == 0);
    loci_memory_summary summary;
    ok(loci_memory_summarize(memory, plan, 2, &summary, &last_error));
    assert_true(isnan(summary.mean));
    refused(loci_memory_summarize(memory, plan, 3, &summary, &last_error), LOCI_E_RANGE,
            "channel is 3; the memory has 3");
    double c[8], square, variance;
    loci_memory *scratch = memory_room(plan, 3);
    refused(loci_memory_coefficients(memory, plan, 0, c, scratch, &last_error), LOCI_E_RANGE, "empty");
    refused(loci_memory_coefficients(memory, plan, 3, c, scratch, &last_error), LOCI_E_RANGE, "channel");
    refused(loci_memory_stretch_error(memory, plan, 0, 0, &square, &variance, &last_error), LOCI_E_RANGE,
            "stretch is 0");
    refused(loci_memory_stretch_error(memory, plan, 0, 9, &square, &variance, &last_error), LOCI_E_RANGE,
            "channel");
    ok(loci_memory_collapse(scratch, memory, plan, &last_error));
    /* one joined sample: a value, but no stretch of time */
    const double u[3] = {1, 2, 3};
    ok(loci_memory_push(memory, plan, u, NULL, 1, &last_error));
    info = loci_memory_inspect(memory, plan);
    assert_true(info.samples == 1 && info.end == 4 && info.stretches == 0 && info.numbers == 1);
    ok(loci_memory_summarize(memory, plan, 1, &summary, &last_error));
    assert_true(isnan(summary.mean));
    ok(loci_memory_coefficients(memory, plan, 1, c, scratch, &last_error));
    assert_true(c[0] == 2 && c[7] == 0);
    free(memory);
    free(scratch);
    loci_memory_plan_free(plan);
}

/* The coefficients are those of the mean and variance that are stated: Parseval. */
static void parseval(void **state)
{
    (void)state;
    double *u = signal_of(5000, 1, 0.3, 8), c[32];
    loci_memory_plan *plan = plan_of(spec_of(32, 4, false, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, 5000), *whole = memory_room(plan, 1);
    ok(loci_memory_coefficients(memory, plan, 0, c, whole, &last_error));
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    double squares = 0, mean_square = 0;
    for (int n = 0; n < 32; n++) squares += c[n] * c[n];
    for (int k = 0; k < 5000; k++) mean_square += u[k] * u[k] / 5000;
    assert_near(squares + summary.error, mean_square, 1e-13, "Parseval");
    free(memory);
    free(whole);
    free(u);
    loci_memory_plan_free(plan);
}

/* The forgotten share of times and values in other units, as 1 is in theirs: squares of the values neither vanish nor
 * overflow. Powers of two, so that nothing is rounded differently. */
static void check_units(double amplitude, double second, bool stamped, bool joined, size_t detail)
{
    enum { N = 2500 };
    double *u = signal_of(N, 1, 0.25, 77), *t = stamped ? times_of(N, 0, 0.01, 5) : NULL;
    loci_memory_spec spec = spec_of(16, detail, stamped, joined);
    if (!stamped) spec.dt = 1;
    loci_memory_plan *plan = plan_of(spec);
    loci_memory *one = memory_with(plan, 1, 0, u, t, N), *tail = memory_room(plan, 1);
    for (size_t k = 0; k < N; k++) {
        u[k] *= amplitude;
        if (t) t[k] *= second;
    }
    loci_memory *other = memory_with(plan, 1, 0, u, t, N / 2);
    ok(loci_memory_init(tail, plan, 1, N / 2, &last_error));
    ok(loci_memory_push(tail, plan, u + N / 2, t ? t + N / 2 : NULL, N - N / 2, &last_error));
    ok(loci_memory_merge(other, plan, tail, &last_error));
    size_t size;
    unsigned char *bytes = bytes_of(other, plan, 1, "", &size);
    ok(loci_memory_load(tail, plan, bytes, size, &last_error));
    if (detail == 0) {
        ok(loci_memory_collapse(other, one, plan, &last_error));
        memcpy(one, other, loci_memory_size(plan, 1));
    }
    loci_memory_summary expected, found;
    ok(loci_memory_summarize(one, plan, 0, &expected, &last_error));
    ok(loci_memory_summarize(tail, plan, 0, &found, &last_error));
    /* the pieces' leaves do not fall together, so their sums are rounded otherwise */
    assert_near(found.forgotten, expected.forgotten, detail == 0 ? 1e-12 : 0.1 * expected.forgotten,
                "forgotten, values of %g", amplitude);
    assert_near(found.mean / amplitude, expected.mean, 1e-13, "mean of values of %g", amplitude);
    assert_near(found.variance, expected.variance * amplitude * amplitude, 1e-12 * found.variance,
                "variance of values of %g", amplitude);
    assert_true(isfinite(found.variance) && isfinite(found.error) && found.forgotten > 1e-3);
    free(one);
    free(other);
    free(tail);
    free(bytes);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void any_units(void **state)
{
    (void)state;
    static const double amplitudes[] = {1,        0x1p-980, 0x1p-565, 0x1p-500, 0x1p-460,
                                        0x1p-430, 1,        0x1p440,  0x1p495};
    for (size_t i = 0; i < sizeof amplitudes / sizeof *amplitudes; i++)
        for (int kind = 0; kind < 8; kind++) {
            const bool stamped = kind & 1, joined = kind & 2;
            check_units(amplitudes[i], 1, stamped, joined, kind & 4 ? 0 : 2);
            if (!stamped) continue;
            check_units(amplitudes[i], 0x1p480, stamped, joined, kind & 4 ? 0 : 2);
            check_units(amplitudes[i], 0x1p-20, stamped, joined, kind & 4 ? 0 : 2);
        }
}

/* A stretch of values that nearly vanish, behind one of ordinary ones and before another. */
static void loud_and_quiet(void **state)
{
    (void)state;
    enum { N = 640 };
    double *u = signal_of(3 * N, 1, 0, 4);
    for (size_t k = N; k < 2 * N; k++) u[k] *= 0x1p-600;
    loci_memory_plan *plan = plan_of(spec_of(8, 0, false, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, 3 * N), *whole = memory_room(plan, 1);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    cell *cells = cells_of(u, 1, NULL, 3 * N, false);
    const truth all = truth_of(8, cells, 3 * N);
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    assert_near(summary.forgotten, all.error / all.variance, 1e-12, "with a quiet stretch");
    free(cells);
    free(memory);
    free(whole);
    free(u);
    loci_memory_plan_free(plan);
}

/* Times so far from 0 that doubles cannot tell samples apart, or that sums with them overflow. */
static void times_out_of_reach(void **state)
{
    (void)state;
    const double u[2] = {1, 2};
    static const struct {
        double dt, start;
        loci_status status; /* of init, or else of push */
    } regular[] = {
        {1e-8, 1467331200, LOCI_E_ARGUMENT},
        {1 / 44100.0, 1467331200, LOCI_OK},
        {1 / 192e3, -1467331200, LOCI_OK},
        {1, 1e18, LOCI_E_ARGUMENT},
        {1, -1e17, LOCI_E_ARGUMENT},
        {1, 0x1p52, LOCI_OK},
        {1e-3, 1e14, LOCI_E_ARGUMENT},
        {1e300, 0, LOCI_E_RANGE},
        {1e307, 0, LOCI_E_RANGE},
        {1e160, -1e155, LOCI_E_ARGUMENT},
        {1e-300, 0, LOCI_OK},
        {1e-300, 1, LOCI_E_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof regular / sizeof *regular; i++) {
        loci_memory_spec spec = spec_of(8, 2, false, false);
        spec.dt = regular[i].dt;
        loci_memory_plan *plan = plan_of(spec);
        loci_memory *memory = memory_room(plan, 1);
        loci_status status = loci_memory_init(memory, plan, 1, regular[i].start, &last_error);
        if (status == LOCI_OK) status = loci_memory_push(memory, plan, u, NULL, 2, &last_error);
        if (status != regular[i].status)
            fail_msg("dt %g, start %g: %d: %s", regular[i].dt, regular[i].start, (int)status,
                     last_error.text);
        free(memory);
        loci_memory_plan_free(plan);
    }
    loci_memory_plan *plan = plan_of(spec_of(8, 2, true, true));
    loci_memory *memory = memory_of(plan, 1, 0);
    const double far[2] = {-1.7e308, 1.7e308}, near_end[2] = {0, 1.6e150};
    refused(loci_memory_push(memory, plan, u, far, 2, &last_error), LOCI_E_VALUE, "1.6e150 s");
    ok(loci_memory_push(memory, plan, u, near_end, 2, &last_error));
    refused(loci_memory_close(memory, plan, 1e300, &last_error), LOCI_E_ARGUMENT, "1.6e150 s");
    free(memory);
    loci_memory_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_the_true_ones),
        cmocka_unit_test(a_constant_signal_loses_nothing),
        cmocka_unit_test(a_line_is_held_whole),
        cmocka_unit_test(what_is_known_of_nothing),
        cmocka_unit_test(parseval),
        cmocka_unit_test(any_units),
        cmocka_unit_test(loud_and_quiet),
        cmocka_unit_test(times_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
