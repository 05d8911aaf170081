/* SPDX-License-Identifier: MIT
 *
 * test_compare.c - recall against the signal, part by part: against what the memory states of itself, and
 * against quadrature of recall's own answers.
 */
#include <stdio.h>

#include "memory_case.h"

static loci_memory_spec spec_of(size_t order, size_t detail, bool stamped, bool joined)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = stamped ? 0 : 0.125;
    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
    return spec;
}

enum { PARTS = 64 };
typedef struct {
    double squared[PARTS * 2], covered[PARTS], variance[2];
} compared;

/* Pushed in groups of random sizes. */
static compared compare(const loci_memory *memory, const loci_memory_plan *plan, const double *u,
                        const double *t, size_t n, size_t channels, const double *edges, size_t parts,
                        uint64_t seed)
{
    compared result;
    loci_memory_comparison *comparison;
    ok(loci_memory_compare_create(&comparison, memory, plan, edges, parts, &last_error));
    for (size_t k = 0; k < n;) {
        size_t count = (size_t)(random_unit(&seed) * 400);
        if (count > n - k) count = n - k;
        ok(loci_memory_compare_push(comparison, u + k * channels, t ? t + k : NULL, count, &last_error));
        k += count;
    }
    ok(loci_memory_compare_finish(comparison, result.squared, result.covered, result.variance, &last_error));
    loci_memory_compare_free(comparison);
    return result;
}

/* Parts that are the stretches: each one's integral is its stated error; so is the whole's. */
static void comparison_finds_what_is_stated(void **state)
{
    (void)state;
    enum { N = 3210 };
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (int offset = 0; offset < 2; offset++)
                for (int close = 0; close < 2; close++) {
                    double *u = signal_of(N, 2, offset * 1e6, 3), *t = times_of(N, 50, 0.01, 3);
                    loci_memory_plan *plan = plan_of(spec_of(16, 3, stamped, joined));
                    loci_memory *memory = memory_with(plan, 2, 50, u, stamped ? t : NULL, N);
                    if (close && (stamped || joined))
                        ok(loci_memory_close(memory, plan, stamped ? t[N] : 50 + 0.125 * N, &last_error));
                    const loci_memory_info info = loci_memory_inspect(memory, plan);
                    double edges[PARTS + 1];
                    assert_true(info.stretches <= PARTS);
                    for (size_t i = 0; i < info.stretches; i++) {
                        loci_memory_stretch_info stretch;
                        ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
                        edges[i] = stretch.start;
                        edges[i + 1] = stretch.end;
                    }
                    const compared found =
                        compare(memory, plan, u, stamped ? t : NULL, N, 2, edges, info.stretches, 8);
                    for (size_t c = 0; c < 2; c++) {
                        loci_memory_summary summary;
                        ok(loci_memory_summarize(memory, plan, c, &summary, &last_error));
                        assert_near(found.variance[c], summary.variance, 1e-11, "variance");
                        double sum = 0;
                        for (size_t i = 0; i < info.stretches; i++) {
                            double square, variance;
                            ok(loci_memory_stretch_error(memory, plan, i, c, &square, &variance,
                                                         &last_error));
                            const double length = edges[i + 1] - edges[i];
                            assert_near(found.covered[i], length, 1e-12 * info.end, "length of part %zu", i);
                            assert_near(found.squared[2 * i + c] / length, square, 1e-10 * summary.variance,
                                        "part %zu, offset %d", i, offset);
                            sum += found.squared[2 * i + c];
                        }
                        assert_near(sum / (info.end - info.start) / summary.variance, summary.forgotten,
                                    1e-10, "whole");
                    }
                    /* and of the collapsed memory, in one part that reaches beyond both ends */
                    loci_memory *whole = memory_room(plan, 2);
                    ok(loci_memory_collapse(whole, memory, plan, &last_error));
                    const double wide[2] = {info.start - 9, info.end + 9};
                    const compared all = compare(whole, plan, u, stamped ? t : NULL, N, 2, wide, 1, 9);
                    loci_memory_summary summary;
                    ok(loci_memory_summarize(whole, plan, 1, &summary, &last_error));
                    assert_near(all.squared[1] / (info.end - info.start) / summary.variance,
                                summary.forgotten, 1e-10, "collapsed");
                    assert_near(all.covered[0], info.end - info.start, 1e-12 * info.end, "covered");
                    free(whole);
                    free(memory);
                    free(u);
                    free(t);
                    loci_memory_plan_free(plan);
                }
}

/* The integral of (recall - signal)^2 over [a, b] by many midpoints an interval. */
static double by_midpoints(const loci_memory *memory, const loci_memory_plan *plan, const cell *cells,
                           size_t n, double a, double b)
{
    enum { POINTS = 200 };
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        const double from = fmax(a, (double)cells[k].from), to = fmin(b, (double)cells[k].to);
        if (!(to > from)) continue;
        double t[POINTS], value[POINTS];
        for (int i = 0; i < POINTS; i++) t[i] = from + (to - from) * (i + 0.5) / POINTS;
        ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, t, POINTS, value, &last_error));
        for (int i = 0; i < POINTS; i++) {
            const long double share = (t[i] - cells[k].from) / (cells[k].to - cells[k].from);
            const double difference = value[i] - (double)(cells[k].a + share * (cells[k].b - cells[k].a));
            sum += difference * difference * (to - from) / POINTS;
        }
    }
    return sum;
}

/* Parts that cut intervals and stretches anywhere, leave out both ends, and lie beyond them. */
static void any_parts_are_integrals(void **state)
{
    (void)state;
    enum { N = 400 };
    for (int kind = 0; kind < 10; kind++) {
        const bool stamped = kind & 1, joined = kind >= 2 && kind < 4;
        loci_memory_spec spec = spec_of(8, 2, stamped, joined);
        if (kind >= 4) {
            spec.measure = kind < 6 ? LOCI_MEASURE_LEGT : LOCI_MEASURE_LEGS_LTI;
            spec.window = kind < 6 ? 30 : 10;
        }
        if (kind >= 8) {
            spec.measure = LOCI_MEASURE_LEGS;
            spec.window = 0;
            spec.method = stamped ? LOCI_METHOD_BACKWARD : LOCI_METHOD_ZOH;
        }
        double *u = signal_of(N + 1, 1, 2, 30), *t = times_of(N + 1, 4, 0.05, 31);
        if (!stamped)
            for (size_t k = 0; k <= N; k++) t[k] = 4 + 0.125 * (double)k;
        loci_memory_plan *plan = plan_of(spec);
        loci_memory *memory = memory_with(plan, 1, 4, u, stamped ? t : NULL, N);
        const loci_memory_info info = loci_memory_inspect(memory, plan);
        cell *cells = cells_of(u, 1, t, N, joined);
        const double length = info.end - info.start;
        const double edges[] = {info.start - 1,
                                info.start + 0.011 * length,
                                info.start + 0.35 * length,
                                info.start + 0.3501 * length,
                                info.start + 0.9 * length,
                                info.start + 0.9999 * length,
                                info.end + 3,
                                info.end + 5};
        const compared found = compare(memory, plan, u, stamped ? t : NULL, N, 1, edges, 7, 3);
        const double window = kind == 4 || kind == 5 ? info.end - 30 : -INFINITY;
        for (size_t i = 0; i < 7; i++) {
            const double a = fmax(window, fmax(edges[i], info.start)), b = fmin(edges[i + 1], info.end);
            assert_near(found.covered[i], fmax(0, b - a), 1e-12 * length, "kind %d: length of part %zu", kind,
                        i);
            const double expected = b > a ? by_midpoints(memory, plan, cells, N, a, b) : 0;
            /* midpoints miss 1e-5 of the curvature over an interval; the tails are all jumps */
            assert_near(found.squared[i], expected, 3e-4 * expected + 1e-6, "kind %d: part %zu", kind, i);
        }
        free(cells);
        free(memory);
        free(u);
        free(t);
        loci_memory_plan_free(plan);
    }
}

/* Jumps from line to line in cells so short that a difference of antiderivatives over one would lose most digits. */
static void many_short_lines(void **state)
{
    (void)state;
    enum { N = 30000 };
    double *u = signal_of(N, 1, 0, 5);
    for (int k = 0; k < N; k++) u[k] = (k % 2 ? 1 : -1) + sin(4.0 * k / N);
    loci_memory_plan *plan = plan_of(spec_of(16, 1, false, true));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N), *whole = memory_room(plan, 1);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    for (int cut = 1; cut <= 16; cut *= 4) {
        double edges[17], sum = 0;
        for (int i = 0; i <= cut; i++) edges[i] = 0.125 * (N - 1) * i / cut;
        const compared found = compare(whole, plan, u, NULL, N, 1, edges, (size_t)cut, 3);
        for (int i = 0; i < cut; i++) sum += found.squared[i];
        assert_near(sum / edges[cut] / summary.variance, summary.forgotten, 1e-12, "%d parts", cut);
    }
    free(whole);
    free(memory);
    free(u);
    loci_memory_plan_free(plan);
}

static void missing_values_are_held_over(void **state)
{
    (void)state;
    enum { N = 300 };
    loci_memory_spec spec = spec_of(8, 2, false, false);
    spec.missing = LOCI_MISSING_HOLD;
    double *u = signal_of(N, 1, 0, 1);
    for (size_t k = 5; k < N; k += 7) u[k] = NAN;
    loci_memory_plan *plan = plan_of(spec);
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N);
    const double edges[2] = {0, 0.125 * N};
    const compared found = compare(memory, plan, u, NULL, N, 1, edges, 1, 2);
    loci_memory_summary summary;
    ok(loci_memory_summarize(memory, plan, 0, &summary, &last_error));
    assert_near(found.squared[0] / edges[1], summary.error, 1e-12, "error");
    assert_near(found.variance[0], summary.variance, 1e-12, "variance");
    free(memory);
    free(u);
    loci_memory_plan_free(plan);
}

static void kept_samples_are_recalled_exactly(void **state)
{
    (void)state;
    enum { N = 100000 };
    double *u = signal_of(N, 1, 1e6, 4);
    loci_memory_plan *plan = plan_of(spec_of(64, 4, false, false));
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N);
    const double edges[2] = {0.125 * (N - 64), 0.125 * N};
    const compared found = compare(memory, plan, u, NULL, N, 1, edges, 1, 2);
    assert_true(found.squared[0] == 0 && found.covered[0] == 8);
    free(memory);
    free(u);
    loci_memory_plan_free(plan);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    double *u = signal_of(100, 1, 0, 1), *t = times_of(100, 0, 0.5, 1);
    loci_memory_plan *regular = plan_of(spec_of(8, 4, false, false)),
                     *stamped = plan_of(spec_of(8, 4, true, false));
    loci_memory *memory = memory_of(regular, 1, 0), *of_times = memory_with(stamped, 1, 0, u, t, 100);
    const double edges[4] = {0, 3, 2, 3};
    double squared[4], covered[4], variance[1];
    loci_memory_comparison *comparison;
    refused(loci_memory_compare_create(&comparison, memory, regular, edges, 1, &last_error), LOCI_E_RANGE,
            "empty");
    assert_null(comparison);
    ok(loci_memory_push(memory, regular, u, NULL, 100, &last_error));
    refused(loci_memory_compare_create(&comparison, memory, regular, edges, 0, &last_error), LOCI_E_ARGUMENT,
            "parts is 0");
    refused(loci_memory_compare_create(&comparison, memory, regular, edges, 3, &last_error), LOCI_E_ARGUMENT,
            "edge 1 is 3");
    refused(loci_memory_compare_create(&comparison, memory, stamped, edges, 1, &last_error), LOCI_E_MISMATCH,
            "another plan");
    ok(loci_memory_compare_create(&comparison, memory, regular, edges, 1, &last_error));
    refused(loci_memory_compare_push(comparison, u, t, 10, &last_error), LOCI_E_ARGUMENT, "regular");
    ok(loci_memory_compare_push(comparison, u, NULL, 60, &last_error));
    refused(loci_memory_compare_push(comparison, u, NULL, 41, &last_error), LOCI_E_MISMATCH,
            "longer than the memory's 100");
    refused(loci_memory_compare_finish(comparison, squared, covered, variance, &last_error), LOCI_E_MISMATCH,
            "has 60 samples, the memory 100");
    loci_memory_compare_free(comparison);
    ok(loci_memory_compare_create(&comparison, of_times, stamped, edges, 1, &last_error));
    refused(loci_memory_compare_push(comparison, u, NULL, 10, &last_error), LOCI_E_ARGUMENT, "stamped");
    const double nothing[1] = {NAN}, endless[1] = {INFINITY};
    refused(loci_memory_compare_push(comparison, nothing, t, 1, &last_error), LOCI_E_VALUE,
            "sample 0 of channel 0");
    refused(loci_memory_compare_push(comparison, endless, t, 1, &last_error), LOCI_E_VALUE, "inf");
    ok(loci_memory_compare_push(comparison, u, t, 10, &last_error));
    refused(loci_memory_compare_push(comparison, u, t + 9, 1, &last_error), LOCI_E_VALUE,
            "a time after the one before");
    loci_memory_compare_free(comparison);
    loci_memory_compare_free(NULL);
    free(memory);
    free(of_times);
    free(u);
    free(t);
    loci_memory_plan_free(regular);
    loci_memory_plan_free(stamped);
}

/* Everything that is asked of a stamped memory, at an epoch and from 0: stamps that are whole multiples of the spacing of
 * doubles at the epoch lose nothing there, so the answers may differ by the rounding of their own sums only. */
static void check_epoch(loci_memory_spec spec, double epoch, double longest, uint64_t seed)
{
    enum { N = 700, ASKED = 60 };
    const double spacing = nextafter(epoch, INFINITY) - epoch;
    double *u = signal_of(N, 1, 0, seed), *t = times_of(N, 0, 0.01, seed),
           *late = room_for((N + 1) * sizeof *t);
    for (size_t k = 0; k <= N; k++) {
        t[k] = spacing * (double)(k + 1) + nearbyint(t[k] * longest / spacing) * spacing;
        late[k] = epoch + t[k];
    }
    if (spec.window > 0) spec.window = 0.6 * (t[N - 1] - t[0]);
    loci_memory_plan *plan = plan_of(spec);
    /* the published methods begin at their origin */
    loci_memory *a = memory_with(plan, 1, t[0], u, t, N / 3),
                *b = memory_with(plan, 1, late[0], u, late, N / 3);
    loci_memory *tail = memory_with(plan, 1, t[N / 3], u + N / 3, t + N / 3, N - N / 3);
    ok(loci_memory_merge(a, plan, tail, &last_error));
    free(tail);
    tail = memory_with(plan, 1, late[N / 3], u + N / 3, late + N / 3, N - N / 3);
    ok(loci_memory_merge(b, plan, tail, &last_error));
    const double begin = loci_memory_inspect(a, plan).start, end = loci_memory_inspect(a, plan).end;
    const double from = spec.window > 0 ? spacing * ceil((end - spec.window) / spacing) : begin;
    for (int ask = LOCI_VALUE; ask <= LOCI_INTEGRAL; ask++) {
        const bool pairs = ask == LOCI_MEAN || ask == LOCI_INTEGRAL;
        for (size_t i = 0; i < ASKED; i++) {
            double here[2], there[2], one, other;
            for (size_t k = 0; k < 2; k++) {
                const double share = pairs ? (k ? 0.99 - 0.01 * (double)i : 0.004 * (double)i)
                                           : 0.01 + 0.98 * (double)i / ASKED;
                here[k] = from + spacing * ceil(share * (end - from) / spacing);
                there[k] = epoch + here[k];
            }
            ok(loci_memory_recall(a, plan, (loci_ask)ask, 0, here, 1, &one, &last_error));
            ok(loci_memory_recall(b, plan, (loci_ask)ask, 0, there, 1, &other, &last_error));
            assert_near(other, one, 1e-10 * (1 + fabs(one)),
                        "question %d at share %zu, measure %d, method %d", ask, i, (int)spec.measure,
                        (int)spec.method);
        }
    }
    double edges[3] = {from, from + spacing * ceil(0.4 * (end - from) / spacing), end}, late_edges[3];
    for (size_t i = 0; i < 3; i++) late_edges[i] = epoch + edges[i];
    const compared one = compare(a, plan, u, t, N, 1, edges, 2, 8),
                   other = compare(b, plan, u, late, N, 1, late_edges, 2, 8);
    assert_near(other.variance[0], one.variance[0], 1e-12, "variance at an epoch");
    for (size_t i = 0; i < 2; i++) {
        assert_near(other.covered[i], one.covered[i], 1e-12 * one.covered[i], "covered part %zu", i);
        assert_near(other.squared[i], one.squared[i], 1e-10 * one.covered[i],
                    "squared part %zu, measure %d, method %d, epoch %g, steps to %g", i, (int)spec.measure,
                    (int)spec.method, epoch, longest);
    }
    loci_memory_summary here, there;
    ok(loci_memory_summarize(a, plan, 0, &here, &last_error));
    ok(loci_memory_summarize(b, plan, 0, &there, &last_error));
    if (!isnan(here.mean)) {
        assert_near(there.mean, here.mean, 1e-13, "mean at an epoch");
        assert_near(there.variance, here.variance, 1e-13, "variance at an epoch");
        assert_near(there.forgotten, here.forgotten, 1e-12, "forgotten at an epoch");
    }
    free(a);
    free(b);
    free(tail);
    free(u);
    free(t);
    free(late);
    loci_memory_plan_free(plan);
}

static void an_epoch_costs_nothing(void **state)
{
    (void)state;
    static const double epochs[] = {1.7e9, 0x1p40, 6e4};
    for (size_t e = 0; e < 3; e++)
        for (int fine = 0; fine < 2; fine++) {
            const double spacing = nextafter(epochs[e], INFINITY) - epochs[e];
            const double longest = fine ? 3 * spacing : 1000 * spacing;
            for (size_t detail = 0; detail < 6; detail += 2)
                for (int joined = 0; joined < 2; joined++) {
                    loci_memory_spec spec = loci_memory_defaults();
                    spec.order = 16;
                    spec.dt = 0;
                    spec.detail = detail;
                    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
                    check_epoch(spec, epochs[e], longest, e + 10 * detail);
                }
            static const loci_method methods[] = {LOCI_METHOD_BILINEAR, LOCI_METHOD_BACKWARD,
                                                  LOCI_METHOD_ZOH};
            for (int m = 0; m < 3; m++) {
                loci_memory_spec spec = loci_memory_defaults();
                spec.order = 12;
                spec.dt = 0;
                spec.detail = 0;
                spec.method = methods[m];
                check_epoch(spec, epochs[e], longest, e + 3);
            }
            for (int m = LOCI_MEASURE_LEGS_LTI; m <= LOCI_MEASURE_FOUT; m++) {
                loci_memory_spec spec = loci_memory_defaults();
                spec.measure = (loci_measure)m;
                spec.order = 12;
                spec.dt = 0;
                spec.detail = 0;
                spec.window = 1;
                check_epoch(spec, epochs[e], longest, e + 3);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparison_finds_what_is_stated),
        cmocka_unit_test(any_parts_are_integrals),
        cmocka_unit_test(many_short_lines),
        cmocka_unit_test(missing_values_are_held_over),
        cmocka_unit_test(kept_samples_are_recalled_exactly),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(an_epoch_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
