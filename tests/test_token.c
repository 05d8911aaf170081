/* SPDX-License-Identifier: MIT
 * test_token.c - tokens and texts; drawing one: shares against the softmax written out, the fewest likeliest against a sort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <string.h>

#include <cmocka.h>

#include <loci/stream.h>
#include <loci/token.h>

#include "base/random.h"

enum { TOKENS = 5, ROWS = 7 };
static const char *const characters[ROWS] = {"\n", "a", "b", "\xc3\xbc", "\xf0\x9f\x98\x80", "c", "d"};

static loci_model *model_of(size_t tokens, const char *const *classes, int bytes)
{
    loci_model_config config;
    loci_model *model;
    loci_error error;
    const size_t rows = bytes ? 256 : ROWS;
    assert_int_equal(loci_model_preset(&config, "text", 1, rows, NULL), LOCI_OK);
    config.layers = 1, config.width = 6, config.pool = LOCI_POOL_NONE;
    config.vocabulary = rows, config.tokens = tokens;
    if (loci_model_create(&model, &config, &error)) fail_msg("%s", error.text);
    loci_model_initialize(model, 1);
    const loci_model_about about = {
        .size = sizeof about, .task = LOCI_TASK_NEXT, .classes = classes, .reading = {.bytes = bytes}};
    if (loci_model_describe(model, &about, &error)) fail_msg("%s", error.text);
    return model;
}

/* ---- texts ---- */

static void texts_there_and_back(void **state)
{
    (void)state;
    const char *text = "a\xc3\xbc\n\xf0\x9f\x98\x80"
                       "b";
    float tokens[16];
    size_t count, used = 0;
    char back[16], one[LOCI_TOKEN_TEXT];
    loci_error error;
    for (int bytes = 0; bytes < 2; bytes++) {
        loci_model *model = model_of(0, bytes ? NULL : characters, bytes);
        assert_int_equal(loci_token_kind(model), 1 + bytes);
        assert_int_equal(loci_token_count(model), bytes ? 256 : ROWS);
        assert_int_equal(loci_token_follows(model), 1);
        assert_int_equal(loci_token_read(model, tokens, &count, text, strlen(text), &error), LOCI_OK);
        assert_int_equal(count, bytes ? strlen(text) : 5);
        used = 0;
        for (size_t i = 0; i < count; i++) {
            const size_t length = loci_token_spell(model, one, (size_t)tokens[i]);
            memcpy(back + used, one, length), used += length;
        }
        assert_int_equal(used, strlen(text));
        assert_memory_equal(back, text, used);
        loci_model_free(model);
    }
    loci_model *model = model_of(0, characters, 0);
    const struct {
        const char *text, *sentence;
    } bad[] = {
        {"ab\xc3", "byte 3 is 0xc3, which is no UTF-8"},
        {"a\xc3\xbc"
         "e",
         "character 3 is U+0065, \"e\"; one of the 7 that the model knows was expected"},
        {"\t", "character 1 is U+0009; one of the 7 that the model knows was expected"},
        {"a\xc2\x9b", "character 2 is U+009B; one of the 7 that the model knows was expected"},
        {"\x7f", "character 1 is U+007F; one of the 7 that the model knows was expected"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(loci_token_read(model, tokens, &count, bad[i].text, strlen(bad[i].text), &error),
                         LOCI_E_VALUE);
        assert_string_equal(error.text, bad[i].sentence);
    }
    assert_int_equal(loci_token_read(model, tokens, &count, "", 0, &error), LOCI_OK);
    assert_int_equal(count, 0);
    loci_model_free(model);
    static const char *const empty[ROWS] = {"", "a", "b", "c", "d", "e", "f"};
    model = model_of(0, empty, 0);
    assert_int_equal(loci_token_read(model, tokens, &count, "a\0b", 3, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "character 2 is U+0000; one of the 7 that the model knows was expected");
    loci_model_free(model);
    model = model_of(100, NULL, 1); /* bytes below 100 */
    assert_int_equal(loci_token_read(model, tokens, &count, "cd", 2, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "byte 2 is 0x64; one below 100 was expected");
    assert_int_equal(loci_token_read(model, tokens, &count, "abc", 3, &error), LOCI_OK);
    loci_model_free(model);
    model = model_of(0, NULL, 0);
    assert_int_equal(loci_token_kind(model), 0);
    assert_int_equal(loci_token_spell(model, one, 2), 0);
    assert_int_equal(loci_token_read(model, tokens, &count, "a", 1, &error), LOCI_E_UNSUPPORTED);
    loci_model_free(model);
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "small", 1, 3, NULL), LOCI_OK);
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    assert_int_equal(loci_token_count(model), 0);
    assert_int_equal(loci_token_follows(model), 0);
    loci_model_free(model);
}

/* ---- drawing ---- */

/* The last two rows are padding, and by far the likeliest. */
static const float answer[ROWS] = {1, -0.5f, 2, 2, 0.25f, 50, 60};

static void draws(double share[ROWS], const loci_model *model, loci_token_choice choice, size_t times)
{
    loci_token_weight room[TOKENS];
    memset(share, 0, ROWS * sizeof *share);
    for (size_t i = 0; i < times; i++)
        share[loci_token_draw(model, answer, &choice, 5, i, room)] += 1 / (double)times;
}

/* Of shares p of n draws the deviation is sqrt(p (1 - p)/n) < 0.0025: five of them. */
static void shares_are_those_of_the_softmax(void **state)
{
    (void)state;
    enum { TIMES = 40000 };
    loci_model *model = model_of(TOKENS, NULL, 0);
    assert_int_equal(loci_token_count(model), TOKENS);
    const loci_token_choice choices[] = {
        {.temperature = 1},
        {.temperature = 0.3},
        {.temperature = 3, .top_k = 3},
        {.temperature = 1, .top_k = 99},
        {.temperature = 1, .top_k = 1},
        {.temperature = 1, .top_p = 0.5},
        {.temperature = 1, .top_p = 0.9},
        {.temperature = 1, .top_k = 4, .top_p = 0.8},
        {.temperature = 1, .top_p = 1},
    };
    for (size_t c = 0; c < sizeof choices / sizeof *choices; c++) {
        double expected[ROWS] = {0}, sum = 0, share[ROWS];
        size_t order[TOKENS] = {2, 3, 0, 4, 1}; /* the likeliest first, of equals the lesser number */
        size_t left = choices[c].top_k && choices[c].top_k < TOKENS ? choices[c].top_k : TOKENS;
        for (size_t i = 0; i < left; i++)
            sum += expected[order[i]] = exp((double)answer[order[i]] / choices[c].temperature);
        if (choices[c].top_p > 0) {
            double have = 0, kept = 0;
            for (size_t i = 0; i < left; i++) {
                if (have >= choices[c].top_p * sum) expected[order[i]] = 0;
                have += expected[order[i]], kept += expected[order[i]];
            }
            sum = kept;
        }
        draws(share, model, choices[c], TIMES);
        for (size_t i = 0; i < ROWS; i++) {
            if (expected[i] == 0) assert_true(share[i] == 0);
            if (fabs(share[i] - expected[i] / sum) > 5 * 0.0025)
                fail_msg("choice %zu: token %zu has the share %g; %g was expected", c, i, share[i],
                         expected[i] / sum);
        }
    }
    loci_model_free(model);
}

static void greedy_and_repeatable(void **state)
{
    (void)state;
    loci_model *model = model_of(TOKENS, NULL, 0);
    loci_token_weight room[TOKENS];
    const loci_token_choice greedy = {.top_k = 3, .top_p = 0.1}, bold = {.temperature = 2};
    size_t same = 0;
    assert_int_equal(loci_token_draw(model, answer, &greedy, 1, 2, room), 2);
    for (uint64_t i = 0; i < 100; i++) {
        const size_t token = loci_token_draw(model, answer, &bold, 7, i, room);
        assert_int_equal(loci_token_draw(model, answer, &bold, 7, i, room), token);
        same += token == loci_token_draw(model, answer, &bold, 8, i, room);
    }
    assert_in_range(same, 5, 60); /* by chance 25 or so */
    loci_error error;
    const struct {
        loci_token_choice choice;
        const char *sentence;
    } bad[] = {
        {{.temperature = -1}, "temperature is -1; 0 or more was expected"},
        {{.temperature = INFINITY}, "temperature is inf; 0 or more was expected"},
        {{.top_p = 1.5}, "top_p is 1.5; 0 to 1 was expected"},
    };
    assert_int_equal(loci_token_check(&greedy, &error), LOCI_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(loci_token_check(&bad[i].choice, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.text, bad[i].sentence);
    }
    loci_model_free(model);
}

/* Heaps of many, equal ones among them, against a slow count of those that are likelier. */
static void fewest_likeliest_of_many(void **state)
{
    (void)state;
    enum { MANY = 256 };
    loci_model *model = model_of(0, NULL, 1);
    float y[MANY];
    loci_token_weight room[MANY];
    for (size_t i = 0; i < MANY; i++) y[i] = (float)(loci_random_bits(3, i) % 40) / 8;
    for (size_t k = 1; k < MANY; k += 17)
        for (uint64_t n = 0; n < 50; n++) {
            const loci_token_choice choice = {.temperature = 10, .top_k = k};
            const size_t token = loci_token_draw(model, y, &choice, k, n, room);
            size_t likelier = 0;
            for (size_t i = 0; i < MANY; i++) likelier += y[i] > y[token] || (y[i] == y[token] && i < token);
            assert_true(likelier < k);
        }
    loci_model_free(model);
}

/* ---- streams take tokens ---- */

static void streams_refuse_what_is_none(void **state)
{
    (void)state;
    loci_model *model = model_of(TOKENS, NULL, 0);
    loci_stream_tables *tables;
    loci_stream *stream;
    loci_window *window;
    loci_error error;
    const float bad[] = {5, -1, 2.5f, 1e30f}, good[] = {0, 4, 2};
    float y[3 * ROWS], again[3 * ROWS];
    assert_int_equal(loci_stream_tables_create(&tables, model, 0, 1, &error), LOCI_OK);
    assert_int_equal(loci_stream_init(&stream, NULL, 0, tables, 2, &error), LOCI_OK);
    assert_int_equal(loci_window_create(&window, tables, 4, &error), LOCI_OK);
    assert_int_equal(loci_stream_push(stream, NULL, 1, good, NULL, 3, 1, y, &error), LOCI_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const float in[] = {1, bad[i]};
        assert_int_equal(loci_stream_push(stream, NULL, 1, in, NULL, 2, 0, NULL, &error), LOCI_E_VALUE);
        assert_int_equal(loci_window_push(window, in, 2, 0, NULL, &error), LOCI_E_VALUE);
        assert_int_equal(loci_stream_samples(stream, 0), 3);
        assert_int_equal(loci_window_samples(window), 0);
    }
    assert_int_equal(loci_stream_push(stream, NULL, 1, bad, NULL, 1, 0, NULL, &error), LOCI_E_VALUE);
    assert_string_equal(error.text,
                        "lane 0: sample 0 of the push is 5; a token, a whole number of 0 to 4, was expected");
    assert_int_equal(loci_window_push(window, bad, 1, 0, NULL, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "sample 0 is 5; a token, a whole number of 0 to 4, was expected");
    loci_stream_reset(stream, 0);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(loci_stream_push(stream, NULL, 1, good + k, NULL, 1, 1, again + k * ROWS, &error),
                         LOCI_OK);
    assert_memory_equal(again, y, sizeof y);
    loci_window_free(window);
    loci_stream_free(stream);
    loci_stream_tables_free(tables);
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_there_and_back),        cmocka_unit_test(shares_are_those_of_the_softmax),
        cmocka_unit_test(greedy_and_repeatable),       cmocka_unit_test(fewest_likeliest_of_many),
        cmocka_unit_test(streams_refuse_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
