/* SPDX-License-Identifier: MIT
 *
 * test_legs_recurrence.c - the LegS recurrences as published: against numbers of the published codes, dense steps,
 * and, for zoh, the exact projection.
 */
#include <stdio.h>

#include "memory_case.h"

#define FILE_NAME "memory_legs.npz"

static loci_memory_spec spec_of(loci_method method, size_t order, bool stamped)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.method = method;
    spec.order = order;
    spec.dt = stamped ? 0 : 1;
    return spec;
}

static const char *const names[] = {[LOCI_METHOD_EXACT] = "exact_pwc",
                                    [LOCI_METHOD_BILINEAR] = "bilinear",
                                    [LOCI_METHOD_BACKWARD] = "backward",
                                    [LOCI_METHOD_ZOH] = "zoh"};
static const char *const signals[] = {"bl", "rw"};

/* After sample row[i] the state is the published one. Rows were computed in double with signals of size 1. */
static void check_trajectory(loci_memory_spec spec, const char *name, const char *signal)
{
    char member[64];
    snprintf(member, sizeof member, "%s_%s_N%zu", name, signal, spec.order);
    loci_array rows = golden(FILE_NAME, "row"), expected = golden(FILE_NAME, member);
    snprintf(member, sizeof member, "f_%s", signal);
    loci_array f = golden(FILE_NAME, member);
    loci_memory_plan *plan = plan_of(spec);
    loci_memory *memory = memory_of(plan, 1, 0);
    size_t pushed = 0;
    for (size_t i = 0; i < rows.shape[0]; i++) {
        const size_t wanted = (size_t)rows.data[i] + 1;
        double t[1000], c[TRUTH_ORDER];
        for (size_t k = 0; k < 1000; k++) t[k] = (double)k;
        ok(loci_memory_push(memory, plan, f.data + pushed, spec.dt == 0 ? t + pushed : NULL, wanted - pushed,
                            &last_error));
        pushed = wanted;
        coefficients_of(memory, plan, 1, 0, c);
        for (size_t n = 0; n < spec.order; n++)
            assert_near(c[n], expected.data[i * spec.order + n], 1e-12, "%s on %s, N %zu, sample %zu, %zu",
                        name, signal, spec.order, wanted - 1, n);
    }
    free(memory);
    loci_memory_plan_free(plan);
    loci_array_free(&rows);
    loci_array_free(&expected);
    loci_array_free(&f);
}

static void trajectories_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t order = 8; order <= 32; order += 24)
        for (int s = 0; s < 2; s++) {
            for (int method = LOCI_METHOD_BILINEAR; method <= LOCI_METHOD_ZOH; method++)
                check_trajectory(spec_of((loci_method)method, order, false), names[method], signals[s]);
            /* stamped with the sample numbers they are the same, but for zoh, whose sample k then waits for k + 1 */
            check_trajectory(spec_of(LOCI_METHOD_BILINEAR, order, true), "bilinear", signals[s]);
            check_trajectory(spec_of(LOCI_METHOD_BACKWARD, order, true), "backward", signals[s]);
            check_trajectory(spec_of(LOCI_METHOD_EXACT, order, false), "exact_pwc", signals[s]);
            loci_memory_spec joined = spec_of(LOCI_METHOD_EXACT, order, false);
            joined.join = LOCI_LINEAR;
            check_trajectory(joined, "exact_pwl", signals[s]);
        }
}

static void recall_is_the_published_one(void **state)
{
    (void)state;
    loci_array grid = golden(FILE_NAME, "grid");
    for (int s = 0; s < 2; s++)
        for (int method = LOCI_METHOD_EXACT; method <= LOCI_METHOD_ZOH; method++) {
            char member[64];
            snprintf(member, sizeof member, "f_%s", signals[s]);
            loci_array f = golden(FILE_NAME, member);
            snprintf(member, sizeof member, "recon_%s_%s", names[method], signals[s]);
            loci_array expected = golden(FILE_NAME, member);
            loci_memory_spec spec = spec_of((loci_method)method, 32, false);
            loci_memory_plan *plan = plan_of(spec);
            loci_memory *memory = memory_with(plan, 1, 0, f.data, NULL, 1000), *whole = memory_room(plan, 1);
            ok(loci_memory_collapse(whole, memory, plan, &last_error));
            const double end = loci_memory_inspect(whole, plan).end;
            double t[201], value[201];
            for (size_t i = 0; i < 201; i++) t[i] = grid.data[i] * end;
            ok(loci_memory_recall(whole, plan, LOCI_VALUE, 0, t, 201, value, &last_error));
            for (size_t i = 0; i < 201; i++)
                assert_near(value[i], expected.data[i], 3e-11, "%s at %g", member, grid.data[i]);
            free(memory);
            free(whole);
            loci_array_free(&f);
            loci_array_free(&expected);
            loci_memory_plan_free(plan);
        }
    loci_array_free(&grid);
}

static void stamped_trajectories_are_the_published_ones(void **state)
{
    (void)state;
    loci_array t = golden("memory_stamped.npz", "t"), f = golden("memory_stamped.npz", "f");
    for (int method = LOCI_METHOD_BILINEAR; method <= LOCI_METHOD_BACKWARD; method++) {
        loci_array expected =
            golden("memory_stamped.npz", method == LOCI_METHOD_BILINEAR ? "legs_bilinear" : "legs_backward");
        loci_memory_plan *plan = plan_of(spec_of((loci_method)method, 8, true));
        loci_memory *memory = memory_of(plan, 1, 0);
        for (size_t k = 0; k < t.shape[0]; k++) {
            double c[8];
            ok(loci_memory_push(memory, plan, f.data + k, t.data + k, 1, &last_error));
            coefficients_of(memory, plan, 1, 0, c);
            for (size_t n = 0; n < 8; n++)
                assert_near(c[n], expected.data[8 * k + n], 1e-11, "method %d, sample %zu, %zu", method, k,
                            n);
        }
        free(memory);
        loci_memory_plan_free(plan);
        loci_array_free(&expected);
    }
    loci_array_free(&t);
    loci_array_free(&f);
}

/* (I - h/2 A) c' = (I + h/2 A) c + h B u and (I - h A) c' = c + h B u: what comes out of a step fulfils them. */
static void a_step_solves_its_equation(void **state)
{
    (void)state;
    enum { N = 40 };
    double a[N * N], b[N], before[N], after[N];
    ok(loci_measure_matrices(LOCI_MEASURE_LEGS, a, b, N, &last_error));
    double *u = signal_of(60, 1, 0, 4), *t = times_of(60, 2, 0.01, 4);
    for (int method = LOCI_METHOD_BILINEAR; method <= LOCI_METHOD_BACKWARD; method++) {
        loci_memory_plan *plan = plan_of(spec_of((loci_method)method, N, true));
        loci_memory *memory = memory_with(plan, 1, 1.5, u, t, 1);
        const double left = method == LOCI_METHOD_BILINEAR ? 0.5 : 1, right = 1 - left;
        for (size_t k = 1; k < 60; k++) {
            coefficients_of(memory, plan, 1, 0, before);
            ok(loci_memory_push(memory, plan, u + k, t + k, 1, &last_error));
            coefficients_of(memory, plan, 1, 0, after);
            const long double h = (t[k] - t[k - 1]) / (t[k] - 1.5);
            for (size_t n = 0; n < N; n++) {
                long double one = after[n], two = before[n] + h * b[n] * u[k], size = fabsl(one) + fabsl(two);
                for (size_t m = 0; m < N; m++) {
                    one -= left * h * a[n * N + m] * after[m];
                    two += right * h * a[n * N + m] * before[m];
                    size += fabsl(h * a[n * N + m]) * (fabs(after[m]) + fabs(before[m]));
                }
                assert_near(one, two, 1e-14 * (double)size, "method %d, sample %zu, row %zu", method, k, n);
            }
        }
        free(memory);
        loci_memory_plan_free(plan);
    }
    free(u);
    free(t);
}

static void zoh_is_the_exact_projection_stamped_too(void **state)
{
    (void)state;
    enum { N = 200, ORDER = 16 };
    double *u = signal_of(N, 1, 2, 14), *t = times_of(N, 5, 1e-3, 15);
    loci_memory_plan *plan = plan_of(spec_of(LOCI_METHOD_ZOH, ORDER, true));
    cell *cells = cells_of(u, 1, t, N, false);
    loci_memory *memory = memory_with(plan, 1, 5, u, t, N), *one = memory_with(plan, 1, 5, u, t, 77),
                *two = memory_with(plan, 1, t[77], u + 77, t + 77, N - 77);
    double c[ORDER];
    const truth until_last = truth_of(ORDER, cells, N - 1), whole = truth_of(ORDER, cells, N);
    coefficients_of(memory, plan, 1, 0, c);
    assert_projection(c, &until_last, ORDER, 1e-12, "open");
    ok(loci_memory_close(memory, plan, t[N], &last_error));
    coefficients_of(memory, plan, 1, 0, c);
    assert_projection(c, &whole, ORDER, 1e-12, "closed");
    ok(loci_memory_merge(one, plan, two, &last_error));
    coefficients_of(one, plan, 1, 0, c);
    assert_projection(c, &until_last, ORDER, 1e-12, "merged");
    ok(loci_memory_close(one, plan, t[N], &last_error));
    coefficients_of(one, plan, 1, 0, c);
    assert_projection(c, &whole, ORDER, 1e-12, "merged and closed");
    refused(loci_memory_merge(one, plan, two, &last_error), LOCI_E_MISMATCH, "overlap");
    /* one sample, closed, is a constant */
    loci_memory *alone = memory_with(plan, 1, t[0], u, t, 1);
    ok(loci_memory_close(alone, plan, t[1], &last_error));
    refused(loci_memory_merge(alone, plan, memory, &last_error), LOCI_E_MISMATCH, "overlap");
    ok(loci_memory_push(alone, plan, u + 1, t + 1, N - 1, &last_error));
    ok(loci_memory_close(alone, plan, t[N], &last_error));
    coefficients_of(alone, plan, 1, 0, c);
    assert_projection(c, &whole, ORDER, 1e-12, "closed and gone on");
    free(alone);
    free(memory);
    free(one);
    free(two);
    free(cells);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void regular_zoh_pieces_merge_exactly(void **state)
{
    (void)state;
    enum { N = 500, ORDER = 20 };
    double *u = signal_of(N, 2, 0, 14);
    loci_memory_plan *plan = plan_of(spec_of(LOCI_METHOD_ZOH, ORDER, false));
    static const size_t cuts[] = {1, 2, 250, 499};
    for (size_t i = 0; i < 4; i++) {
        loci_memory *one = memory_with(plan, 2, 0, u, NULL, cuts[i]),
                    *two = memory_with(plan, 2, (double)cuts[i], u + 2 * cuts[i], NULL, N - cuts[i]);
        ok(loci_memory_merge(one, plan, two, &last_error));
        for (size_t c = 0; c < 2; c++) {
            cell *cells = cells_of(u + c, 2, NULL, N, false);
            const truth expected = truth_of(ORDER, cells, N);
            double state_of[ORDER];
            coefficients_of(one, plan, 2, c, state_of);
            assert_projection(state_of, &expected, ORDER, 1e-12, "merged");
            free(cells);
        }
        free(one);
        free(two);
    }
    free(u);
    loci_memory_plan_free(plan);
}

static void ends_and_what_is_not_known(void **state)
{
    (void)state;
    double *u = signal_of(100, 1, 0, 1), *t = times_of(100, 1, 0.5, 1);
    loci_memory_plan *plan = plan_of(spec_of(LOCI_METHOD_BILINEAR, 8, true));
    loci_memory *memory = memory_of(plan, 1, 2);
    refused(loci_memory_push(memory, plan, u, t, 10, &last_error), LOCI_E_VALUE, "before the start of time");
    free(memory);
    memory = memory_with(plan, 1, 0, u, t, 100);
    refused(loci_memory_close(memory, plan, t[100], &last_error), LOCI_E_UNSUPPORTED, "last sample");
    ok(loci_memory_close(memory, plan, t[99], &last_error));
    loci_memory_summary summary;
    ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
    assert_true(isnan(summary.error) && isnan(summary.forgotten));
    assert_int_equal(loci_memory_inspect(memory, plan).numbers, 8);
    const double outside[] = {-0.1, t[99] + 1e-9};
    double value;
    for (int i = 0; i < 2; i++)
        refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, outside + i, 1, &value, &last_error),
                LOCI_E_RANGE, "outside of the history");
    free(memory);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trajectories_are_the_published_ones),
        cmocka_unit_test(recall_is_the_published_one),
        cmocka_unit_test(stamped_trajectories_are_the_published_ones),
        cmocka_unit_test(a_step_solves_its_equation),
        cmocka_unit_test(zoh_is_the_exact_projection_stamped_too),
        cmocka_unit_test(regular_zoh_pieces_merge_exactly),
        cmocka_unit_test(ends_and_what_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
