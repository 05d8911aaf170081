/* SPDX-License-Identifier: MIT
 * test_crew.c - threads that share work: every part once, whatever the numbers of threads and parts, awake or asleep; and a model
 * whose products are divided among them answers with the same bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <loci/stream.h>

#include "shared/crew.h"

enum { PARTS = 40, TOKENS = 500 };

static void count_part(void *argument, size_t i)
{
    atomic_fetch_add(&((atomic_int *)argument)[i], 1);
}

static void every_part_once(void **state)
{
    (void)state;
    for (size_t threads = 0; threads < 6; threads++) {
        crew *c = crew_create(threads);
        assert_non_null(c);
        const loci_crew *hands = crew_hands(c);
        assert_true(hands->count >= 1 && (threads == 0 || hands->count <= threads));
        atomic_int done[PARTS];
        for (size_t i = 0; i < PARTS; i++) atomic_init(&done[i], 0);
        int rounds = 0;
        for (size_t count = 0; count <= PARTS; count++, rounds++) {
            const struct timespec nap = {0, 20000000}; /* long enough to fall asleep */
            if (count == 3) nanosleep(&nap, NULL);
            hands->run(hands->context, count, count_part, done);
        }
        for (size_t i = 0; i < PARTS; i++) assert_int_equal(atomic_load(&done[i]), PARTS - (int)i);
        crew_free(c);
    }
    crew_free(NULL);
}

/* Parts one after the other, the last first. */
static void run_backwards(void *context, size_t count, void (*work)(void *, size_t), void *argument)
{
    ++*(size_t *)context;
    for (size_t i = count; i-- > 0;) work(argument, i);
}

static void divided_products_have_the_same_bits(void **state)
{
    (void)state;
    static float alone[TOKENS], together[TOKENS];
    const char *const presets[] = {"mamba", "mamba2"};
    for (size_t k = 0; k < 2; k++) {
        loci_model_config config;
        loci_model *model;
        loci_stream_tables *tables;
        loci_stream *stream[4];
        loci_error error;
        assert_int_equal(loci_model_preset(&config, presets[k], 1, TOKENS, &error), LOCI_OK);
        config.layers = 2, config.width = 270, config.expand = 2, config.vocabulary = TOKENS;
        config.head = LOCI_HEAD_UNBIASED, config.pool = LOCI_POOL_NONE;
        if (loci_model_create(&model, &config, &error)) fail_msg("%s", error.text);
        loci_model_initialize(model, 3);
        if (loci_stream_tables_create(&tables, model, 0, 0, &error)) fail_msg("%s", error.text);
        size_t calls = 0;
        crew *two = crew_create(2);
        assert_non_null(two);
        const loci_crew odd = {.size = sizeof odd, .count = 3, .context = &calls, .run = run_backwards},
                        one = {.count = 1, .context = &calls, .run = run_backwards},
                        *const lent[] = {NULL, &odd, crew_hands(two), &one};
        for (int i = 0; i < 4; i++)
            if (loci_stream_init(&stream[i], NULL, 0, tables, 1, &error)) fail_msg("%s", error.text);
        for (size_t n = 0; n < 3; n++)
            for (int i = 0; i < 4; i++) {
                const float token = (float)(100 * n);
                float *answer = i == 0 ? alone : together;
                loci_stream_tables_lend(tables, lent[i]);
                assert_int_equal(loci_stream_push(stream[i], NULL, 1, &token, NULL, 1, 1, answer, &error),
                                 LOCI_OK);
                if (i > 0) assert_memory_equal(together, alone, sizeof alone);
            }
        assert_int_equal(calls,
                         3 * (2 * 2 + 1)); /* in and out of two layers, and the head; one hand is none */
        for (int i = 0; i < 4; i++) loci_stream_free(stream[i]);
        loci_stream_tables_free(tables);
        loci_model_free(model);
        crew_free(two);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_once),
        cmocka_unit_test(divided_products_have_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
