/* SPDX-License-Identifier: MIT
 * token.c - tokens and texts, and drawing the next one. */
#include <loci/token.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/utf8.h"

/* ---- what they are ---- */

size_t loci_token_count(const loci_model *model)
{
    const loci_model_config *config = loci_model_configuration(model);
    return config->tokens ? config->tokens : config->vocabulary;
}

int loci_token_follows(const loci_model *model)
{
    const loci_model_config *config = loci_model_configuration(model);
    return config->vocabulary > 0 && config->pool == LOCI_POOL_NONE &&
           config->outputs >= loci_token_count(model);
}

int loci_token_kind(const loci_model *model)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    if (!task->next) return 0;
    return about->reading.bytes ? 2 : about->classes != NULL;
}

size_t loci_token_spell(const loci_model *model, char *text, size_t token)
{
    const int kind = loci_token_kind(model);
    if (kind == 0) return 0;
    if (kind == 2) {
        text[0] = (char)(unsigned char)token;
        return 1;
    }
    const char *name = loci_model_description(model)->classes[token];
    const size_t length = strlen(name);
    if (length > LOCI_TOKEN_TEXT) return 0;
    memcpy(text, name, length);
    return length;
}

/* The token of a character of `length` bytes; the count of tokens: there is none. */
static size_t find(const loci_model *model, const char *text, size_t length)
{
    const char *const *classes = loci_model_description(model)->classes;
    const size_t count = loci_token_count(model);
    size_t token = 0;
    while (token < count && !(strlen(classes[token]) == length && memcmp(classes[token], text, length) == 0))
        token++;
    return token;
}

loci_status loci_token_read(const loci_model *model, float *tokens, size_t *count, const char *text,
                            size_t size, loci_error *error)
{
    const int kind = loci_token_kind(model);
    if (kind == 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "the model's tokens are numbers, of which no characters are known");
    const size_t known = loci_token_count(model);
    size_t read = 0;
    for (size_t at = 0, length = 1; at < size; at += length, read++) {
        const unsigned char *from = (const unsigned char *)text + at;
        char told[LOCI_UTF8_TOLD];
        if (kind == 2 && *from >= known)
            return loci_fail(error, LOCI_E_VALUE, "byte %zu is 0x%02x; one below %zu was expected", at + 1,
                             *from, known);
        if (kind == 2) {
            tokens[read] = (float)*from;
            continue;
        }
        length = loci_utf8_length(from, size - at);
        if (length == 0)
            return loci_fail(error, LOCI_E_VALUE, "byte %zu is 0x%02x, which is no UTF-8", at + 1, *from);
        const size_t token = find(model, text + at, length);
        if (token == known)
            return loci_fail(error, LOCI_E_VALUE,
                             "character %zu is %s; one of the %zu that the model knows was expected",
                             read + 1, loci_utf8_tell(told, from, length), known);
        tokens[read] = (float)token;
    }
    *count = read;
    return LOCI_OK;
}

/* ---- drawing one ---- */

loci_status loci_token_check(const loci_token_choice *given, loci_error *error)
{
    loci_token_choice choice = {0};
    const loci_status status = LOCI_SIZED_TAKE(&choice, given, "loci_token_choice", error);
    if (status) return status;
    if (!(choice.temperature >= 0 && isfinite(choice.temperature)))
        return loci_fail(error, LOCI_E_ARGUMENT, "temperature is %g; 0 or more was expected",
                         choice.temperature);
    if (!(choice.top_p >= 0 && choice.top_p <= 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "top_p is %g; 0 to 1 was expected", choice.top_p);
    return LOCI_OK;
}

static size_t likeliest(const float *y, size_t count)
{
    size_t top = 0;
    for (size_t i = 1; i < count; i++)
        if (y[i] > y[top]) top = i;
    return top;
}

/* A heap with the likeliest in front, of equals the one with the lesser number. */
static int before(const loci_token_weight *a, const loci_token_weight *b)
{
    return a->weight > b->weight || (a->weight == b->weight && a->token < b->token);
}

static void sink(loci_token_weight *heap, size_t count, size_t at)
{
    const loci_token_weight moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && before(&heap[child + 1], &heap[child])) child++;
        if (!before(&heap[child], &moved)) break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* Moves the likeliest ones to the end of heap [count], the first of them last, until there are `most` of them or their share of
 * `sum` is enough; returns how many. */
static size_t take(loci_token_weight *heap, size_t count, size_t most, double enough)
{
    double have = 0;
    size_t taken = 0;
    for (size_t i = count / 2; i-- > 0;) sink(heap, count, i);
    while (taken < most && (taken == 0 || have < enough)) {
        const loci_token_weight first = heap[0];
        const size_t left = count - ++taken;
        heap[0] = heap[left];
        if (left > 0) sink(heap, left, 0);
        heap[left] = first;
        have += first.weight;
    }
    return taken;
}

static double sum_of(const loci_token_weight *weights, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += weights[i].weight;
    return sum;
}

size_t loci_token_draw(const loci_model *model, const float *y, const loci_token_choice *choice,
                       uint64_t seed, uint64_t number, loci_token_weight *room)
{
    const size_t count = loci_token_count(model), top = likeliest(y, count);
    if (choice->temperature == 0) return top;
    for (size_t i = 0; i < count; i++)
        room[i] = (loci_token_weight){exp(((double)y[i] - (double)y[top]) / choice->temperature), i};
    loci_token_weight *from = room;
    size_t left = count;
    if (choice->top_k > 0 && choice->top_k < left) {
        left = take(room, count, choice->top_k, INFINITY);
        from = room + count - left;
    }
    if (choice->top_p > 0 && choice->top_p < 1) {
        const size_t all = left;
        left = take(from, all, all, choice->top_p * sum_of(from, all));
        from += all - left;
    }
    const uint64_t key = loci_random_key(seed, loci_random_stream("token"));
    double rest = loci_random_uniform(key, number) * sum_of(from, left);
    size_t i = 0;
    while (i + 1 < left && rest >= from[i].weight) rest -= from[i++].weight;
    return from[i].token;
}
