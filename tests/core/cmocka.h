/* SPDX-License-Identifier: MIT
 * cmocka.h - the few words of cmocka that the unit tests of the core use, for processors that Debian's cmocka is not installed
 * for (tools/check-direct). A failed assertion says where and leaves the case; the output is TAP. */
#ifndef CORE_CMOCKA_H
#define CORE_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};
#define cmocka_unit_test(function)                                                                           \
    {                                                                                                        \
#function, function                                                                                  \
    }
#define cmocka_run_group_tests(tests, setup, teardown)                                                       \
    core_run(tests, sizeof(tests) / sizeof *(tests), (const void *)(setup), (const void *)(teardown))

static jmp_buf core_case;

#define print_error(...) printf("# " __VA_ARGS__)
#define fail() core_fail(__FILE__, __LINE__, "failed")
#define fail_msg(...) (print_error(__VA_ARGS__), puts(""), core_fail(__FILE__, __LINE__, "failed"))
#define assert_true(x) ((x) ? (void)0 : core_fail(__FILE__, __LINE__, #x))
#define assert_false(x) assert_true(!(x))
#define assert_null(x) assert_true((x) == NULL)
#define assert_non_null(x) assert_true((x) != NULL)
#define assert_int_equal(a, b) assert_true((uintmax_t)(a) == (uintmax_t)(b))
#define assert_string_equal(a, b) assert_true(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)
#define skip() longjmp(core_case, 2)

static inline _Noreturn void core_fail(const char *file, int line, const char *what)
{
    printf("# %s:%d: %s\n", file, line, what);
    longjmp(core_case, 1);
}

static inline int core_run(const struct CMUnitTest *tests, size_t count, const void *setup,
                           const void *teardown)
{
    static size_t failures; /* a jump leaves it alone */
    static size_t i;
    if (setup || teardown) return 2;
    printf("1..%zu\n", count);
    for (i = 0; i < count; i++) {
        void *state = NULL;
        const int left = setjmp(core_case);
        if (left == 0) tests[i].run(&state);
        printf("%s %zu - %s%s\n", left == 1 ? "not ok" : "ok", i + 1, tests[i].name,
               left == 2 ? " # SKIP" : "");
        failures += left == 1;
    }
    return failures != 0;
}

#endif
