/* SPDX-License-Identifier: MIT
 * test_allocator.c - an embedder's memory: all of it comes from there and goes back, and where it ends nothing is lost.
 * The linker hands the library's aligned_alloc to __wrap_aligned_alloc below. */
#include "memory_case.h"

#include <loci/allocator.h>

#include "base/allocate.h"

void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);

static size_t from_malloc; /* calls of the library */

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
    from_malloc++;
    return __real_aligned_alloc(alignment, bytes);
}

/* Hands out memory at odd multiples of 8, until `left` pieces are gone. */
typedef struct {
    size_t left, standing, taken;
} bank;

static void *take(void *context, size_t bytes)
{
    bank *b = context;
    if (b->left == 0) return NULL;
    unsigned char *memory = malloc(bytes + 8);
    if (!memory) return NULL;
    memset(memory, 0xa5, bytes + 8);
    b->left--, b->standing++, b->taken++;
    return memory + 8;
}

static void give(void *context, void *memory)
{
    bank *b = context;
    assert_non_null(memory);
    b->standing--;
    free((unsigned char *)memory - 8);
}

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
static loci_status live(const loci_memory_spec *spec)
{
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
    for (size_t kind = 0; kind < KINDS; kind++) {
        bank b = {SIZE_MAX, 0, 0};
        const loci_allocator by = {sizeof by, take, give, &b};
        const loci_memory_spec spec = spec_of(kind, &by);
        from_malloc = 0;
        const loci_status status = live(&spec);
        if (status) fail_msg("kind %zu: status %d", kind, (int)status);
        assert_int_equal(from_malloc, 0);
        assert_int_equal(b.standing, 0);
        assert_true(b.taken > 5);
        const size_t all = b.taken;
        for (size_t k = 0; k < all; k++) { /* the one after k pieces fails */
            b = (bank){k, 0, 0};
            assert_int_equal(live(&spec), LOCI_E_MEMORY);
            assert_int_equal(b.standing, 0);
            assert_int_equal(from_malloc, 0);
        }
    }
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
