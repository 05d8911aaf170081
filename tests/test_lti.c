/* SPDX-License-Identifier: MIT
 *
 * test_lti.c - the time-invariant memories: against numbers of the published codes, against dense steps
 * one sample at a time, against the projection they are; their merging, their windows.
 */
#include <stdio.h>

#include "memory_case.h"

#include <loci/measure.h>
#include <loci/system.h>

#define FILE_NAME "memory_invariant.npz"

static loci_memory_spec spec_of(loci_measure measure, loci_discretization rule, size_t order, double dt,
                                double window)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.measure = measure;
    spec.discretization = rule;
    spec.order = order;
    spec.dt = dt;
    spec.window = window;
    return spec;
}

static const struct {
    loci_measure measure;
    size_t order;
    double dt, window;
} cases[] = {{LOCI_MEASURE_LEGS_LTI, 32, 1.0 / 200, 1},
             {LOCI_MEASURE_LEGT, 32, 1.0 / 250, 1},
             {LOCI_MEASURE_FOUT, 32, 1.0 / 250, 1},
             {LOCI_MEASURE_LAGT, 8, 0.1, 1}};
static const char *const signals[] = {"bl", "rw"};
static const struct {
    loci_discretization rule;
    const char *name;
} rules[] = {{LOCI_ZOH, "zoh"}, {LOCI_BILINEAR, "bilinear"}};

static void states_and_recall_are_the_published_ones(void **state)
{
    (void)state;
    loci_array rows = golden(FILE_NAME, "row");
    for (size_t i = 0; i < 4; i++)
        for (int r = 0; r < 2; r++)
            for (int s = 0; s < 2; s++) {
                const size_t order = cases[i].order;
                const char *name = loci_measure_name(cases[i].measure);
                char member[64];
                snprintf(member, sizeof member, "f_%s", signals[s]);
                loci_array f = golden(FILE_NAME, member);
                snprintf(member, sizeof member, "%s_%s_%s", name, rules[r].name, signals[s]);
                loci_array expected = golden(FILE_NAME, member);
                loci_memory_plan *plan =
                    plan_of(spec_of(cases[i].measure, rules[r].rule, order, cases[i].dt, cases[i].window));
                loci_memory *memory = memory_of(plan, 1, 0);
                size_t pushed = 0;
                for (size_t k = 0; k < rows.shape[0]; k++) {
                    const size_t wanted = (size_t)rows.data[k] + 1;
                    ok(loci_memory_push(memory, plan, f.data + pushed, NULL, wanted - pushed, &last_error));
                    pushed = wanted;
                    double c[32];
                    coefficients_of(memory, plan, 1, 0, c);
                    for (size_t n = 0; n < order; n++)
                        assert_near(c[n], expected.data[k * order + n], 1e-11, "%s, sample %zu, %zu", member,
                                    wanted - 1, n);
                }
                loci_array_free(&expected);
                if (cases[i].measure != LOCI_MEASURE_LAGT) {
                    char age_name[32];
                    snprintf(age_name, sizeof age_name, "age_%s", name);
                    loci_array age = golden(FILE_NAME, age_name);
                    snprintf(member, sizeof member, "recon_%s_%s_%s", name, rules[r].name, signals[s]);
                    expected = golden(FILE_NAME, member);
                    const double end = loci_memory_inspect(memory, plan).end;
                    const size_t count = expected.shape[0];
                    for (size_t k = 0; k < count; k++) {
                        /* newest last; the published legt has a zero at age 0 */
                        const double t = end - age.data[count - 1 - k];
                        double value;
                        if (cases[i].measure == LOCI_MEASURE_LEGT && k == count - 1) continue;
                        if (t < 0) continue;
                        ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &t, 1, &value, &last_error));
                        assert_near(value, expected.data[k], 1e-9, "%s at age %g", member, end - t);
                    }
                    loci_array_free(&age);
                    loci_array_free(&expected);
                }
                free(memory);
                loci_memory_plan_free(plan);
                loci_array_free(&f);
            }
    loci_array_free(&rows);
}

/* The state of legs-lti by zoh is the projection of the held signal under the weight exp(-s). */
static void legs_lti_is_a_projection(void **state)
{
    (void)state;
    loci_array rows = golden(FILE_NAME, "row");
    for (int s = 0; s < 2; s++) {
        char member[64];
        snprintf(member, sizeof member, "f_%s", signals[s]);
        loci_array f = golden(FILE_NAME, member);
        snprintf(member, sizeof member, "projection_%s", signals[s]);
        loci_array expected = golden(FILE_NAME, member);
        loci_memory_plan *plan = plan_of(spec_of(LOCI_MEASURE_LEGS_LTI, LOCI_ZOH, 32, 1.0 / 200, 1));
        for (size_t k = 0; k < rows.shape[0]; k++) {
            loci_memory *memory = memory_with(plan, 1, 0, f.data, NULL, (size_t)rows.data[k] + 1);
            double c[32];
            coefficients_of(memory, plan, 1, 0, c);
            for (size_t n = 0; n < 32; n++)
                assert_near(c[n], expected.data[k * 32 + n], 1e-11, "%s, row %zu, %zu", member, k, n);
            free(memory);
        }
        loci_memory_plan_free(plan);
        loci_array_free(&f);
        loci_array_free(&expected);
    }
    loci_array_free(&rows);
}

/* The published step k brings sample k over the interval before it; here sample k fills the one behind it. */
static void stamped_states_are_the_published_ones(void **state)
{
    (void)state;
    loci_array t = golden("memory_stamped.npz", "t"), f = golden("memory_stamped.npz", "f");
    for (int which = 0; which < 2; which++) {
        loci_array expected = golden("memory_stamped.npz", which ? "lagt_bilinear" : "legt_bilinear");
        const size_t n = t.shape[0];
        /* dt = 0.05 of a step; a window of legt is 2 units of its time */
        loci_memory_plan *plan = plan_of(
            spec_of(which ? LOCI_MEASURE_LAGT : LOCI_MEASURE_LEGT, LOCI_BILINEAR, 8, 0, which ? 20 : 40));
        loci_memory *memory = memory_of(plan, 1, 0);
        for (size_t k = 0; k < n; k++) {
            const double begin = k == 0 ? 0 : t.data[k - 1];
            ok(loci_memory_push(memory, plan, f.data + k, &begin, 1, &last_error));
            loci_memory *closed = fork_of(memory, plan, 1);
            ok(loci_memory_close(closed, plan, t.data[k], &last_error));
            double c[8];
            coefficients_of(closed, plan, 1, 0, c);
            for (size_t i = 0; i < 8; i++)
                assert_near(c[i], expected.data[8 * k + i], 1e-11, "%s, sample %zu, %zu",
                            which ? "lagt" : "legt", k, i);
            free(closed);
        }
        free(memory);
        loci_memory_plan_free(plan);
        loci_array_free(&expected);
    }
    loci_array_free(&t);
    loci_array_free(&f);
}

/* --- one step at a time, dense --- */

typedef struct {
    size_t order;
    double a[32 * 32], b[32], scale;
    loci_discretization rule;
} dense;

static dense dense_of(const loci_memory_plan *plan)
{
    const loci_memory_spec *spec = loci_memory_plan_spec(plan);
    dense d = {.order = spec->order, .rule = spec->discretization};
    ok(loci_measure_matrices(spec->measure, d.a, d.b, d.order, &last_error));
    const double support = loci_measure_support(spec->measure);
    d.scale = isfinite(support) ? spec->window / support : spec->window;
    return d;
}

static void dense_step(const dense *d, double *x, double u, double seconds)
{
    double abar[32 * 32], bbar[32], next[32];
    ok(loci_discretize_dense(d->rule, abar, bbar, d->a, d->b, d->order, seconds / d->scale, &last_error));
    for (size_t i = 0; i < d->order; i++) {
        next[i] = bbar[i] * u;
        for (size_t j = 0; j < d->order; j++) next[i] += abar[i * d->order + j] * x[j];
    }
    memcpy(x, next, d->order * sizeof *x);
}

static void check_steps(loci_memory_spec spec, size_t n, double shortest, double tolerance)
{
    loci_memory_plan *plan = plan_of(spec);
    const dense d = dense_of(plan);
    double *u = signal_of(n, 1, 0.5, 3), *t = spec.dt == 0 ? times_of(n, -3, shortest, 9) : NULL, x[32] = {0},
           c[32];
    if (t)
        for (size_t k = 1; k <= n; k++)
            t[k] = t[0] + 40 * (t[k] - t[0]); /* short and long beside the window */
    loci_memory *memory = memory_of(plan, 1, 0);
    for (size_t k = 0; k < n; k++) {
        ok(loci_memory_push(memory, plan, u + k, t ? t + k : NULL, 1, &last_error));
        if (!t) dense_step(&d, x, u[k], spec.dt);
        if (t && k > 0) dense_step(&d, x, u[k - 1], t[k] - t[k - 1]);
        coefficients_of(memory, plan, 1, 0, c);
        for (size_t i = 0; i < spec.order; i++)
            assert_near(c[i], x[i], tolerance, "%s, sample %zu, %zu", loci_measure_name(spec.measure), k, i);
    }
    if (t) {
        ok(loci_memory_close(memory, plan, t[n], &last_error));
        dense_step(&d, x, u[n - 1], t[n] - t[n - 1]);
        coefficients_of(memory, plan, 1, 0, c);
        for (size_t i = 0; i < spec.order; i++) assert_near(c[i], x[i], tolerance, "closed, %zu", i);
    }
    free(memory);
    free(u);
    free(t);
    loci_memory_plan_free(plan);
}

static void blocks_and_stamps_are_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int r = 0; r < 2; r++) {
            /* S and the orders do not divide each other; 3 windows */
            check_steps(spec_of(cases[i].measure, rules[r].rule, 6, 0.01, 1), 300, 1, 1e-12);
            check_steps(spec_of(cases[i].measure, rules[r].rule, 32, 0.01, 1), 300, 1, 1e-11);
            check_steps(spec_of(cases[i].measure, rules[r].rule, 6, 0, 30), 120, 1e-6, 1e-12);
            check_steps(spec_of(cases[i].measure, rules[r].rule, 20, 0, 300), 60, 1e-9, 1e-11);
        }
}

/* --- merging --- */

static void pieces_merge(void **state)
{
    (void)state;
    enum { N = 700 };
    static const size_t cuts[] = {1, 7, 8, 320, 500, 699};
    double *u = signal_of(N, 2, 1, 5), *t = times_of(N, 4, 0.01, 5);
    for (size_t i = 0; i < 4; i++)
        for (int r = 0; r < 2; r++)
            for (int stamped = 0; stamped < 2; stamped++) {
                loci_memory_plan *plan =
                    plan_of(spec_of(cases[i].measure, rules[r].rule, 12, stamped ? 0 : 0.5, 100));
                const double *times = stamped ? t : NULL;
                for (size_t k = 0; k < 6; k++) {
                    const size_t cut = cuts[k];
                    loci_memory *one = memory_with(plan, 2, 0, u, times, cut),
                                *two = memory_with(plan, 2, 0.5 * (double)cut, u + 2 * cut,
                                                   times ? times + cut : NULL, N - cut),
                                *all = memory_with(plan, 2, 0, u, times, N);
                    if (stamped && rules[r].rule == LOCI_BILINEAR) {
                        refused(loci_memory_merge(one, plan, two, &last_error), LOCI_E_UNSUPPORTED,
                                "do not merge");
                    } else {
                        ok(loci_memory_merge(one, plan, two, &last_error));
                        const loci_memory_info a = loci_memory_inspect(one, plan),
                                               b = loci_memory_inspect(all, plan);
                        assert_true(a.samples == b.samples && a.start == b.start && a.end == b.end);
                        for (size_t c = 0; c < 2; c++) {
                            double merged[12], whole[12];
                            coefficients_of(one, plan, 2, c, merged);
                            coefficients_of(all, plan, 2, c, whole);
                            for (size_t n = 0; n < 12; n++)
                                assert_near(merged[n], whole[n], 1e-12, "%s cut at %zu",
                                            loci_measure_name(cases[i].measure), cut);
                        }
                    }
                    free(one);
                    free(two);
                    free(all);
                }
                loci_memory_plan_free(plan);
            }
    free(u);
    free(t);
}

/* After ages without end nothing of the first piece is left, and to find that out takes no ages. */
static void a_long_piece_makes_forget(void **state)
{
    (void)state;
    double u[100];
    for (int k = 0; k < 100; k++) u[k] = sin(k);
    for (size_t i = 0; i < 4; i++) {
        loci_memory_plan *plan = plan_of(spec_of(cases[i].measure, LOCI_ZOH, 8, 1, 1e13));
        loci_memory *all = memory_with(plan, 1, 0, u, NULL, 100);
        for (int k = 0; k < 46; k++) {
            loci_memory *next = fork_of(all, plan, 1);
            ok(loci_memory_shift(next, plan, loci_memory_inspect(all, plan).end, &last_error));
            ok(loci_memory_merge(all, plan, next, &last_error));
            free(next);
        }
        double c[8];
        coefficients_of(all, plan, 1, 0, c);
        for (size_t n = 0; n < 8; n++) assert_true(isfinite(c[n]) && fabs(c[n]) < 1);
        free(all);
        loci_memory_plan_free(plan);
    }
}

/* --- recall --- */

static void a_smooth_signal_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int stamped = 0; stamped < 2; stamped++) {
            loci_memory_plan *plan = plan_of(spec_of(cases[i].measure, LOCI_ZOH, 32, stamped ? 0 : 0.01, 10));
            loci_memory *memory = memory_of(plan, 1, 0);
            const double rate = cases[i].measure == LOCI_MEASURE_FOUT ? 6.283185307179586 / 10 : 0.4;
            for (int k = 0; k < 4000; k++) {
                const double t = 0.01 * k, u = sin(rate * (t + 0.005));
                ok(loci_memory_push(memory, plan, &u, stamped ? &t : NULL, 1, &last_error));
            }
            const double end = loci_memory_inspect(memory, plan).end;
            for (int k = 1; k < 20; k++) {
                const double t[2] = {end - 0.48 * k, end - 0.48 * k + 0.4}, h = 1e-4,
                             near[2] = {t[0] - h, t[0] + h};
                double value, slope, mean, integral, around[2];
                ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, t, 1, &value, &last_error));
                ok(loci_memory_recall(memory, plan, LOCI_DERIVATIVE, 0, t, 1, &slope, &last_error));
                ok(loci_memory_recall(memory, plan, LOCI_MEAN, 0, t, 1, &mean, &last_error));
                ok(loci_memory_recall(memory, plan, LOCI_INTEGRAL, 0, t, 1, &integral, &last_error));
                ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, near, 2, around, &last_error));
                /* fout closes its window with its own recall: its error is the method's */
                assert_near(value, sin(rate * t[0]), cases[i].measure == LOCI_MEASURE_FOUT ? 0.3 : 0.02,
                            "%s at age %g", loci_measure_name(cases[i].measure), end - t[0]);
                /* e_n'' is at most of size N^4, times the state */
                assert_near(slope, (around[1] - around[0]) / (2 * h), 1e-4, "slope");
                assert_near(mean, integral / (t[1] - t[0]), 1e-13, "mean");
                double sum = 0;
                for (int j = 0; j < 400; j++) {
                    const double at = t[0] + (t[1] - t[0]) * (j + 0.5) / 400;
                    double here;
                    ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &at, 1, &here, &last_error));
                    sum += here / 400;
                }
                assert_near(mean, sum, 1e-4, "mean by a sum");
                const double instant[2] = {t[0], t[0]};
                double two[2];
                ok(loci_memory_recall(memory, plan, LOCI_MEAN, 0, instant, 1, &two[0], &last_error));
                ok(loci_memory_recall(memory, plan, LOCI_INTEGRAL, 0, instant, 1, &two[1], &last_error));
                assert_true(two[0] == value && two[1] == 0);
            }
            const double before = end - 10.001;
            double value;
            if (cases[i].measure == LOCI_MEASURE_LEGS_LTI)
                ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &before, 1, &value, &last_error));
            else
                refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &before, 1, &value, &last_error),
                        LOCI_E_RANGE, "before the window");
            const double edge = end - 10, after = end + 0.001;
            ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &edge, 1, &value, &last_error));
            refused(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &after, 1, &value, &last_error),
                    LOCI_E_RANGE, "outside of the history");
            loci_memory_summary summary;
            ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
            assert_true(isnan(summary.mean) && isnan(summary.variance) && isnan(summary.error) &&
                        isnan(summary.forgotten));
            double square, variance;
            ok(loci_memory_stretch_error(memory, plan, 0, 0, &square, &variance, &last_error));
            assert_true(isnan(square) && isnan(variance));
            loci_memory_stretch_info stretch;
            ok(loci_memory_stretch(memory, plan, 0, &stretch, &last_error));
            assert_true(stretch.start == 0 && stretch.end == end &&
                        stretch.samples == (stamped ? 3999 : 4000) && !stretch.exact);
            free(memory);
            loci_memory_plan_free(plan);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_and_recall_are_the_published_ones),
        cmocka_unit_test(legs_lti_is_a_projection),
        cmocka_unit_test(stamped_states_are_the_published_ones),
        cmocka_unit_test(blocks_and_stamps_are_steps),
        cmocka_unit_test(pieces_merge),
        cmocka_unit_test(a_long_piece_makes_forget),
        cmocka_unit_test(a_smooth_signal_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
