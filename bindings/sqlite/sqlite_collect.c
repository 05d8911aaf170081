/* SPDX-License-Identifier: MIT
 *
 * sqlite_collect.c - aggregates of samples that are collected, 16 bytes each, and sorted in the end: loci_archive(value, time, what) and
 * loci_readout(value [, time] [, what]).
 */
#include "loci_sqlite.h"
SQLITE_EXTENSION_INIT3

#include <math.h>
#include <string.h>

typedef struct {
    kept_bytes samples; /* kept_sample */
    char what[256];
    int timed, begun, failed;
} collected;

/* A time, NULL, or a date, which will be refused as a time; else it is what to learn. */
static int is_time(sqlite3_value *value)
{
    if (sqlite3_value_numeric_type(value) != SQLITE_TEXT) return 1;
    const unsigned char *text = sqlite3_value_text(value);
    return text && *text >= '0' && *text <= '9';
}

/* What is said: NULL, nothing is. */
static sqlite3_value *told(const collected *s, int n, sqlite3_value **values)
{
    return n == 3 ? values[2] : n == 2 && !s->timed ? values[1] : NULL;
}

/* value, time, what; or value and one of both. */
static int begin(sqlite3_context *context, collected *s, int archive, int n, sqlite3_value **values)
{
    s->begun = 1;
    s->samples.allocator = &loci_sqlite_shared(context)->plans.allocator;
    s->timed = n == 3 || (n == 2 && is_time(values[1]));
    sqlite3_value *const said = told(s, n, values);
    const char *text = said ? (const char *)sqlite3_value_text(said) : "";
    if (!text || strlen(text) >= sizeof s->what) {
        loci_sqlite_refuse(context,
                           text ? "what is said is longer than 255 characters, which was not expected"
                                : "what is asked for is NULL; a text as error=1% or horizon=24 was expected");
        return 0;
    }
    memcpy(s->what, text, strlen(text) + 1);
    loci_archive_spec spec;
    kept_wishes wishes;
    double gather;
    loci_error error;
    const loci_status status = archive ? kept_archive_spec(&spec, &gather, s->what, &error)
                                       : kept_wishes_read(&wishes, s->what, &error);
    if (status != LOCI_OK) loci_sqlite_say(context, &error);
    return status == LOCI_OK;
}

static int collect(sqlite3_context *context, collected *s, int archive, int n, sqlite3_value **values)
{
    static const char *const names[2][2] = {{"loci_readout: a value", "loci_readout: a time"},
                                            {"loci_archive: a value", "loci_archive: a time"}};
    kept_sample sample = {0};
    loci_error error;
    if (!s->begun && !begin(context, s, archive, n, values)) return 0;
    sqlite3_value *const said = told(s, n, values);
    const char *text = said ? (const char *)sqlite3_value_text(said) : "";
    if (!text || strcmp(text, s->what) != 0) { /* a time cannot be NULL, where there is nothing else */
        loci_sqlite_refuse(
            context, "what is asked for changes within a group; the same in all of its rows was expected");
        return 0;
    }
    if (s->timed &&
        (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL))
        return 1; /* no sample */
    if (!loci_sqlite_number(context, values[0], names[archive][0], &sample.value)) return 0;
    if (s->timed && !loci_sqlite_number(context, values[1], names[archive][1], &sample.time)) return 0;
    if (kept_bytes_room(&s->samples, sizeof sample, &error) != LOCI_OK) {
        loci_sqlite_say(context, &error);
        return 0;
    }
    memcpy(s->samples.at + s->samples.size, &sample, sizeof sample);
    s->samples.size += sizeof sample;
    return 1;
}

static void step(sqlite3_context *context, int archive, int n, sqlite3_value **values)
{
    collected *s = sqlite3_aggregate_context(context, sizeof *s);
    if (!s)
        sqlite3_result_error_nomem(context);
    else if (!s->failed)
        s->failed = !collect(context, s, archive, n, values);
}

static void finish(sqlite3_context *context, int archive)
{
    collected *s = sqlite3_aggregate_context(context, 0);
    if (!s || !s->begun) return; /* nothing: NULL */
    kept_bytes result = {.allocator = s->samples.allocator};
    kept_sample *samples = (kept_sample *)(void *)s->samples.at;
    const size_t count = s->samples.size / sizeof *samples;
    kept_wishes wishes;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!s->failed && count > 0) {
        if (archive)
            status = kept_archive_make(&result, s->what, samples, count, 0, NULL, &error);
        else
            status = kept_wishes_read(&wishes, s->what, &error);
        if (status == LOCI_OK && !archive)
            status = kept_readout_learn(&result, &wishes, samples, count, s->timed ? KEPT_SECONDS : KEPT_ROWS,
                                        NULL, &error);
        if (status == LOCI_OK)
            loci_sqlite_result(context, &result);
        else
            loci_sqlite_say(context, &error);
    }
    kept_bytes_release(&result);
    kept_bytes_release(&s->samples);
}

static void archive_step(sqlite3_context *context, int n, sqlite3_value **values)
{
    step(context, 1, n, values);
}

static void archive_final(sqlite3_context *context)
{
    finish(context, 1);
}

static void readout_step(sqlite3_context *context, int n, sqlite3_value **values)
{
    step(context, 0, n, values);
}

static void readout_final(sqlite3_context *context)
{
    finish(context, 0);
}

int loci_sqlite_add_collected(sqlite3 *db, loci_sqlite *s, void (*release)(void *))
{
    int status = SQLITE_OK;
    for (int n = 0; n <= 3 && status == SQLITE_OK; n++) { /* 0: the archive */
        s->users++;                                       /* what is refused is released all the same */
        status = sqlite3_create_function_v2(
            db, n ? "loci_readout" : "loci_archive", n ? n : 3, SQLITE_UTF8 | SQLITE_INNOCUOUS, s, NULL,
            n ? readout_step : archive_step, n ? readout_final : archive_final, release);
    }
    return status;
}
