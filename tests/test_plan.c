/* SPDX-License-Identifier: MIT
 *
 * test_plan.c - specs that are refused, in words; the tables of a plan against quadrature; orders 1 and 1024;
 * sizes; allocation that fails at every place.
 */
#include <stdio.h>

#include "memory_case.h"

#include "memory/layout.h"

static void defaults_are_the_documented_ones(void **state)
{
    (void)state;
    const loci_memory_spec spec = loci_memory_defaults();
    assert_true(spec.measure == LOCI_MEASURE_LEGS && spec.order == 64 && spec.detail == 4 && spec.dt == 1 &&
                spec.window == 0);
    assert_true(spec.join == LOCI_HOLD && spec.missing == LOCI_MISSING_REFUSE &&
                spec.method == LOCI_METHOD_EXACT && spec.discretization == LOCI_ZOH);
    ok(loci_memory_check(&spec, &last_error));
    loci_memory_plan *plan = plan_of(spec);
    assert_memory_equal(&loci_memory_plan_spec(plan)->order, &spec.order, sizeof spec.order);
    loci_memory_plan_free(plan);
    loci_memory_plan_free(NULL);
}

static void wrong(loci_memory_spec spec, const char *words)
{
    loci_memory_plan *plan = (loci_memory_plan *)(uintptr_t)64;
    refused(loci_memory_check(&spec, &last_error), LOCI_E_ARGUMENT, words);
    refused(loci_memory_plan_create(&plan, &spec, &last_error), LOCI_E_ARGUMENT, words);
    assert_null(plan);
}

static void specs_that_do_not_fit_are_named(void **state)
{
    (void)state;
    loci_memory_spec s = loci_memory_defaults();
#define WRONG(change, words)                                                                                 \
    do {                                                                                                     \
        s = loci_memory_defaults();                                                                          \
        change;                                                                                              \
        wrong(s, words);                                                                                     \
    } while (0)
    WRONG(s.order = 0, "order is 0; 1 to 1024 was expected");
    WRONG(s.order = 1025, "order is 1025; 1 to 1024 was expected");
    WRONG(s.order = 5000, "order is 5000");
    WRONG(s.detail = 257, "detail is 257; 0 to 256 was expected");
    WRONG(s.dt = -1, "dt is -1");
    WRONG(s.dt = NAN, "dt is nan");
    WRONG(s.dt = INFINITY, "dt is inf");
    WRONG(s.window = 3, "legs remembers the whole history");
    WRONG(s.measure = (loci_measure)17, "measure 17");
    WRONG(s.method = (loci_method)17, "method 17");
    WRONG(s.join = (loci_join)17, "join 17");
    WRONG(s.missing = (loci_missing)17, "missing 17");
    WRONG(s.discretization = LOCI_FOH, "zoh or bilinear");
    WRONG((s.measure = LOCI_MEASURE_LEGT), "legt needs one");
    WRONG((s.measure = LOCI_MEASURE_LAGT, s.window = NAN), "lagt needs one");
    WRONG((s.measure = LOCI_MEASURE_LEGT, s.window = 1e-7), "1e-6 to 1e15 samples");
    WRONG((s.measure = LOCI_MEASURE_LEGT, s.window = 1e16), "1e-6 to 1e15 samples");
    WRONG((s.measure = LOCI_MEASURE_FOUT, s.window = 10, s.order = 7), "order is 7; fout takes even orders");
    WRONG((s.measure = LOCI_MEASURE_LEGT, s.window = 10, s.join = LOCI_LINEAR), "joined by lines for legs");
    WRONG((s.method = LOCI_METHOD_BILINEAR, s.join = LOCI_LINEAR), "joined by lines for legs");
    WRONG((s.measure = LOCI_MEASURE_LEGT, s.window = 10, s.method = LOCI_METHOD_BACKWARD),
          "the measure is legt");
#undef WRONG
    assert_int_equal(loci_memory_check(&s, NULL), LOCI_E_ARGUMENT);
}

static void sizes_have_bounds(void **state)
{
    (void)state;
    loci_memory_plan *plan = plan_of(loci_memory_defaults());
    assert_int_equal(loci_memory_size(plan, 0), 0);
    assert_int_equal(loci_memory_size(plan, LOCI_CHANNELS_MAX + 1), 0);
    assert_int_equal(loci_memory_size(plan, SIZE_MAX), 0);
    assert_true(loci_memory_size(plan, 1) > 0 && loci_memory_size(plan, 1) % 64 == 0);
    assert_true(loci_memory_size(plan, 2) > loci_memory_size(plan, 1));
    assert_true(loci_memory_size(plan, LOCI_CHANNELS_MAX) > 0);
    loci_memory *memory = memory_room(plan, 1);
    refused(loci_memory_init(memory, plan, 0, 0, &last_error), LOCI_E_ARGUMENT, "channels is 0; 1 to 65535");
    refused(loci_memory_init(memory, plan, 65536, 0, &last_error), LOCI_E_ARGUMENT, "channels is 65536");
    refused(loci_memory_init(memory, plan, 1, NAN, &last_error), LOCI_E_ARGUMENT, "start is nan");
    refused(loci_memory_init(memory, plan, 1, -INFINITY, &last_error), LOCI_E_ARGUMENT, "start is -inf");
    free(memory);
    loci_memory_plan_free(plan);
}

/* halves[n][m] = integral over [0, 1] of g_m(y) g_n(y / 2) dy / 2: by a finer Gauss rule than the plan's. */
static void halves_are_their_integrals(void **state)
{
    (void)state;
    static const size_t orders[] = {1, 2, 7, 64, 200};
    for (size_t i = 0; i < 5; i++) {
        const size_t order = orders[i], count = order + 9;
        loci_memory_spec spec = loci_memory_defaults();
        spec.order = order;
        loci_memory_plan *plan = plan_of(spec);
        double *node = room_for(count * 8), *weight = room_for(count * 8),
               *left = room_for(count * order * 8), *right = room_for(count * order * 8);
        ok(loci_quadrature_gauss(node, weight, count, &last_error));
        loci_legendre_evaluate(LOCI_VALUE, right, node, count, order);
        for (size_t j = 0; j < count; j++) node[j] *= 0.5;
        loci_legendre_evaluate(LOCI_VALUE, left, node, count, order);
        for (size_t n = 1; n < order; n++)
            for (size_t m = 0; m < order; m++) {
                double sum = 0;
                for (size_t j = 0; j < count; j++)
                    sum += 0.5 * weight[j] * left[j * order + n] * right[j * order + m];
                const double table = plan->halves[(m * 2 + n % 2) * plan->half_stride + n / 2];
                assert_near(table, sum, 1e-13, "order %zu: halves[%zu][%zu]", order, n, m);
            }
        free(node);
        free(weight);
        free(left);
        free(right);
        loci_memory_plan_free(plan);
    }
}

/* Order 1024: a signal that is one of its own functions has that coefficient and no other. */
static void order_1024(void **state)
{
    (void)state;
    enum { ORDER = 1024, N = 5000 };
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = ORDER;
    spec.detail = 2;
    loci_memory_plan *plan = plan_of(spec);
    double *u = room_for(N * sizeof *u), *c = room_for(ORDER * sizeof *c);
    for (size_t k = 0; k < N; k++) u[k] = ((double)k + 0.5) / N; /* held: a line and teeth of size 1/N */
    loci_memory *memory = memory_with(plan, 1, 0, u, NULL, N), *whole = memory_room(plan, 1);
    ok(loci_memory_coefficients(memory, plan, 0, c, whole, &last_error));
    assert_near(c[0], 0.5, 1e-15, "mean");
    /* the integral of (x - 1/2) g_1, less what the teeth take: 1/sqrt(12) (1 - 1/N^2) */
    assert_near(c[1], (1 - 1.0 / ((double)N * N)) / sqrt(12), 1e-13, "slope");
    for (size_t n = 2; n < ORDER; n++)
        assert_near(c[n], 0, 1e-5, "coefficient %zu", n); /* teeth: 1/N^2 times g_n' */
    loci_memory_summary summary;
    ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
    assert_near(summary.variance, (1 - 1.0 / ((double)N * N)) / 12, 1e-14, "variance");
    assert_true(summary.forgotten >= 0 && summary.forgotten < 1e-6);
    free(u);
    free(c);
    free(memory);
    free(whole);
    loci_memory_plan_free(plan);
}

/* --- failing allocation: this program's own aligned_alloc stands before the C library's --- */

static long allocations_left = -1; /* -1: as many as are wanted */

void *aligned_alloc(size_t alignment, size_t size)
{
    void *memory;
    if (allocations_left == 0) return NULL;
    if (allocations_left > 0) allocations_left--;
    return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}

/* What was allocated before the failure is released: the address sanitizer tells. */
static void failing_allocation_leaves_nothing(void **state)
{
    (void)state;
    for (int measure = LOCI_MEASURE_LEGS; measure <= LOCI_MEASURE_FOUT; measure++)
        for (int kind = 0; kind < 8; kind++) {
            loci_memory_spec spec = loci_memory_defaults();
            spec.measure = (loci_measure)measure;
            spec.order = 12;
            spec.dt = kind & 1;
            if (measure == LOCI_MEASURE_LEGS) {
                spec.join = kind & 2 ? LOCI_LINEAR : LOCI_HOLD;
                if (kind & 4) spec.method = LOCI_METHOD_BILINEAR;
            } else {
                spec.window = 1e5;
                spec.discretization = kind & 2 ? LOCI_BILINEAR : LOCI_ZOH;
            }
            if (loci_memory_check(&spec, NULL) != LOCI_OK) continue;
            loci_memory_plan *plan = NULL;
            long least = 0;
            for (long count = 0; !plan; count++) {
                allocations_left = count;
                const loci_status status = loci_memory_plan_create(&plan, &spec, &last_error);
                allocations_left = -1;
                assert_true(status == LOCI_OK || status == LOCI_E_MEMORY);
                assert_true((status == LOCI_OK) == (plan != NULL));
                if (!plan) assert_non_null(strstr(last_error.text, "memory"));
                assert_true(count < 1000);
                least = count;
            }
            assert_true(least >= 3);
            double u[50], edges[3] = {0, 10, 20};
            for (int k = 0; k < 50; k++) u[k] = k % 5;
            double t[50];
            for (int k = 0; k < 50; k++) t[k] = k;
            loci_memory *memory = memory_with(plan, 1, 0, u, spec.dt == 0 ? t : NULL, 50);
            loci_memory_comparison *comparison = NULL;
            for (long count = 0; !comparison; count++) {
                allocations_left = count;
                const loci_status status =
                    loci_memory_compare_create(&comparison, memory, plan, edges, 2, &last_error);
                allocations_left = -1;
                assert_true(status == LOCI_OK || status == LOCI_E_MEMORY);
                assert_true((status == LOCI_OK) == (comparison != NULL));
                assert_true(count < 1000);
            }
            loci_memory_compare_free(comparison);
            free(memory);
            loci_memory_plan_free(plan);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_documented_ones),
        cmocka_unit_test(specs_that_do_not_fit_are_named),
        cmocka_unit_test(sizes_have_bounds),
        cmocka_unit_test(halves_are_their_integrals),
        cmocka_unit_test(order_1024),
        cmocka_unit_test(failing_allocation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
