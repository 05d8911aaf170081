/* SPDX-License-Identifier: MIT
 * test_allocator.c - an embedder's memory: all of it comes from there and goes back, and where it ends nothing is lost. */
#include "memory_case.h"

#include "bank.h"
#include "base/allocate.h"

static const loci_measure measures[] = {LOCI_MEASURE_LEGS, LOCI_MEASURE_LEGS_LTI, LOCI_MEASURE_LEGT,
                                        LOCI_MEASURE_LAGT, LOCI_MEASURE_FOUT};

static loci_memory_spec spec_of(size_t kind, const loci_allocator *by)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.measure = measures[kind % 5];
    spec.order = 12;
    if (spec.measure != LOCI_MEASURE_LEGS) spec.detail = 0, spec.window = 40;
    if (kind / 5 % 2) spec.dt = 0; /* stamped */
    if (kind == 10)
        spec = loci_memory_defaults(), spec.order = 9, spec.method = LOCI_METHOD_ZOH, spec.detail = 0;
    spec.allocator = by;
    return spec;
}
enum { KINDS = 11 };

/* A plan, a memory of 100 samples, recall from it and a comparison with it; frees what it made. */
static loci_status live(size_t kind, const loci_allocator *by)
{
    const loci_memory_spec all = spec_of(kind, by), *const spec = &all;
    static _Alignas(64) unsigned char bytes[1 << 18];
    loci_memory_plan *plan;
    loci_memory_comparison *comparison = NULL;
    loci_memory *memory = (loci_memory *)(void *)bytes;
    loci_error error;
    loci_status status = loci_memory_plan_create(&plan, spec, &error);
    if (status) {
        assert_null(plan);
        return status;
    }
    assert_true(loci_memory_size(plan, 1) <= sizeof bytes);
    double u[100], t[100], out, edges[] = {70, 90}, squared, covered, variance;
    for (size_t i = 0; i < 100; i++) u[i] = sin((double)i / 9), t[i] = (double)i;
    const double at = 80.5;
    status = loci_memory_init(memory, plan, 1, 0, &error);
    if (!status) status = loci_memory_push(memory, plan, u, spec->dt > 0 ? NULL : t, 100, &error);
    if (!status) status = loci_memory_recall(memory, plan, LOCI_VALUE, 0, &at, 1, &out, &error);
    if (!status) status = loci_memory_compare_create(&comparison, memory, plan, edges, 1, &error);
    if (!status) status = loci_memory_compare_push(comparison, u, spec->dt > 0 ? NULL : t, 100, &error);
    if (!status) status = loci_memory_compare_finish(comparison, &squared, &covered, &variance, &error);
    loci_memory_compare_free(comparison);
    loci_memory_plan_free(plan);
    return status;
}

static void all_comes_from_it_and_goes_back(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, live) > 5);
}

/* What is without an allocator takes malloc, and is the same to the bit. */
static void pieces_know_where_they_came_from(void **state)
{
    (void)state;
    bank b = {SIZE_MAX, 0, 0};
    const loci_allocator by = {sizeof by, take, give, &b};
    for (size_t size = 0; size < 300; size += 37) {
        unsigned char *piece = loci_allocate_by(&by, size, 1), *own = loci_allocate(size, 1);
        assert_non_null(piece);
        assert_true((uintptr_t)piece % 64 == 0 && (uintptr_t)own % 64 == 0);
        for (size_t i = 0; i < size; i++) assert_true(piece[i] == 0 && own[i] == 0);
        assert_true(loci_allocator_of(piece)->context == &b);
        assert_null(loci_allocator_of(own));
        loci_free(piece), loci_free(own);
    }
    assert_null(loci_allocator_of(NULL));
    assert_null(loci_allocate_by(&by, SIZE_MAX / 2, 3));
    assert_null(loci_allocate_by(&by, SIZE_MAX - 10, 1));
    assert_int_equal(b.standing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_from_it_and_goes_back),
        cmocka_unit_test(pieces_know_where_they_came_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
