/* SPDX-License-Identifier: MIT
 * test_sized.c - structs of programs that were compiled with an older or a newer loci. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <loci/memory.h>
#include <loci/model.h>

#include "base/sized.h"

/* The first version of a struct, and a second with one field more, whose default is 7. */
typedef struct {
    size_t size;
    double one;
} first_version;
typedef struct {
    size_t size;
    double one;
    size_t two;
} second_version;

static loci_status take(second_version *whole, const void *from)
{
    *whole = (second_version){.two = 7};
    return loci_sized_take(whole, sizeof *whole, from, sizeof(first_version), "thing", NULL);
}

static void older_programs_get_defaults(void **state)
{
    (void)state;
    second_version whole;
    assert_int_equal(take(&whole, &(first_version){sizeof(first_version), 2.5}), LOCI_OK);
    assert_true(whole.one == 2.5 && whole.two == 7 && whole.size == sizeof whole);
    assert_int_equal(take(&whole, &(second_version){0, 3.5, 99}),
                     LOCI_OK); /* 0: the first version's fields */
    assert_true(whole.one == 3.5 && whole.two == 7);
    assert_int_equal(take(&whole, &(second_version){sizeof(second_version), 3.5, 99}), LOCI_OK);
    assert_true(whole.two == 99);
}

static void sizes_that_no_version_had_are_refused(void **state)
{
    (void)state;
    loci_error error;
    second_version whole = {0};
    const first_version small = {sizeof(size_t), 1};
    assert_int_equal(loci_sized_take(&whole, sizeof whole, &small, sizeof small, "thing", &error),
                     LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "sizeof(thing), 16 or more, or 0 was expected"));
}

/* A newer program runs as long as it leaves alone what this library does not know. */
static void newer_programs_run(void **state)
{
    (void)state;
    struct {
        loci_memory_spec spec;
        double later;
    } newer = {.spec = loci_memory_defaults()};
    newer.spec.size = sizeof newer;
    loci_error error;
    loci_memory_plan *plan;
    assert_int_equal(loci_memory_plan_create(&plan, &newer.spec, &error), LOCI_OK);
    assert_int_equal(loci_memory_plan_spec(plan)->size, 0);
    loci_memory_plan_free(plan);
    newer.later = 1;
    assert_int_equal(loci_memory_plan_create(&plan, &newer.spec, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "loci_memory_spec sets a field"));
    newer.later = 0, newer.spec.size = 0; /* not said at all: as in version 0.1 */
    assert_int_equal(loci_memory_check(&newer.spec, &error), LOCI_OK);
}

static void reports_fit_what_they_are_given(void **state)
{
    (void)state;
    const second_version whole = {5, 6, 7};
    unsigned char bytes[64];
    memset(bytes, 0xee, sizeof bytes);
    loci_sized_give(bytes, sizeof(first_version), &whole, sizeof whole);
    assert_memory_equal(bytes, &whole, sizeof(first_version));
    assert_int_equal(bytes[sizeof(first_version)], 0xee);
    loci_sized_give(bytes, sizeof whole + 8, &whole, sizeof whole);
    assert_memory_equal(bytes, &whole, sizeof whole);
    for (size_t i = sizeof whole; i < sizeof whole + 8; i++) assert_int_equal(bytes[i], 0);
    assert_int_equal(bytes[sizeof whole + 8], 0xee);
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "small", 1, 2, NULL), LOCI_OK);
    assert_int_equal(config.size, sizeof config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_programs_get_defaults),
        cmocka_unit_test(sizes_that_no_version_had_are_refused),
        cmocka_unit_test(newer_programs_run),
        cmocka_unit_test(reports_fit_what_they_are_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
