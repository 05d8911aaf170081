/* SPDX-License-Identifier: MIT
 * test_threads.c - fork and join: every task once, whatever the numbers; few threads where few can be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

#include "train/threads.h"

enum { TASKS = 1000 };

typedef struct {
    atomic_uint done[TASKS];
    size_t threads;
    atomic_int strange;
} tally;

static void count(void *context, size_t task, size_t thread)
{
    tally *t = context;
    if (thread >= t->threads) t->strange = 1;
    t->done[task]++;
}

static void every_task_once(void **state)
{
    (void)state;
    static tally t;
    const size_t numbers[] = {0, 1, 2, 3, 7, TASKS};
    for (size_t threads = 1; threads < 6; threads++)
        for (size_t i = 0; i < 6; i++) {
            memset(&t, 0, sizeof t);
            t.threads = threads;
            loci_threads_run(threads, numbers[i], count, &t);
            for (size_t k = 0; k < TASKS; k++) assert_int_equal(t.done[k], k < numbers[i]);
            assert_int_equal(t.strange, 0);
        }
}

/* Each task waits for the other one, so two threads are at work, and one of them is the caller. */
typedef struct {
    atomic_int arrived, by_caller;
} meeting;

static void meet(void *context, size_t task, size_t thread)
{
    (void)task;
    meeting *m = context;
    m->arrived++;
    m->by_caller += thread == 0;
    while (m->arrived < 2) continue;
}

static void threads_run_side_by_side(void **state)
{
    (void)state;
    meeting m = {0};
    loci_threads_run(2, 2, meet, &m);
    assert_int_equal(m.by_caller, 1);
}

static void counts(void **state)
{
    (void)state;
    assert_true(loci_threads_count(0) >= 1);
    assert_int_equal(loci_threads_count(3), 3);
    assert_int_equal(loci_threads_count(SIZE_MAX), LOCI_THREADS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_task_once),
                                       cmocka_unit_test(threads_run_side_by_side), cmocka_unit_test(counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
