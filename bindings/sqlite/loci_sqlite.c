/* SPDX-License-Identifier: MIT
 *
 * loci_sqlite.c - memories, archives and forecasters as functions of SQLite:
 *
 *     .load ./loci_sqlite
 *     SELECT sensor, loci_memory(value, time) FROM (SELECT * FROM readings ORDER BY time) GROUP BY sensor;
 *
 * docs/databases.md tells what there is. Blobs are the files of `loci remember` and `loci forecast`. Here are the aggregates; accessors are
 * in sqlite_ask.c, tables in sqlite_tables.c.
 */
#include "loci_sqlite.h"
SQLITE_EXTENSION_INIT1

#include <math.h>
#include <string.h>

static void *take(void *context, size_t bytes)
{
    (void)context;
    return sqlite3_malloc64(bytes);
}

static void give(void *context, void *memory)
{
    (void)context;
    sqlite3_free(memory);
}

static const loci_allocator memory_of_sqlite = {sizeof memory_of_sqlite, take, give, NULL};

static void release_shared(void *p)
{
    loci_sqlite *s = p;
    if (--s->users > 0) return;
    kept_plans_release(&s->plans);
    sqlite3_free(s);
}

void loci_sqlite_say(sqlite3_context *context, const loci_error *error)
{
    if (error->status == LOCI_E_MEMORY) {
        sqlite3_result_error_nomem(context);
        return;
    }
    /* of files their path would come first */
    char *text =
        sqlite3_mprintf("loci: %s%s", strncmp(error->text, "is ", 3) == 0 ? "the value " : "", error->text);
    if (text) sqlite3_result_error(context, text, -1);
    if (!text) sqlite3_result_error_nomem(context);
    sqlite3_free(text);
}

void loci_sqlite_refuse(sqlite3_context *context, const char *text)
{
    loci_error error = {LOCI_E_ARGUMENT, {0}};
    sqlite3_snprintf(sizeof error.text, error.text, "%s", text);
    loci_sqlite_say(context, &error);
}

loci_sqlite *loci_sqlite_shared(sqlite3_context *context)
{
    return sqlite3_user_data(context);
}

int loci_sqlite_number(sqlite3_context *context, sqlite3_value *value, const char *what, double *to)
{
    char text[160];
    const int type = sqlite3_value_numeric_type(value);
    *to = sqlite3_value_double(value);
    if ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) && isfinite(*to)) return 1;
    sqlite3_snprintf(sizeof text, text, "%s is %s; a finite number was expected%s", what,
                     type == SQLITE_NULL   ? "NULL"
                     : type == SQLITE_TEXT ? "text"
                     : type == SQLITE_BLOB ? "a blob"
                                           : "not finite",
                     type == SQLITE_TEXT && strstr(what, "time") ? ", as unixepoch() makes of dates"
                     : type == SQLITE_TEXT ? ", or NULL, as nullif(value, '') makes of nothing"
                                           : "");
    loci_sqlite_refuse(context, text);
    return 0;
}

int loci_sqlite_count(sqlite3_context *context, sqlite3_value *value, const char *what, sqlite3_int64 least,
                      sqlite3_int64 most, size_t *to)
{
    char text[160];
    const sqlite3_int64 n = sqlite3_value_int64(value);
    *to = (size_t)n;
    if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER && n >= least && n <= most) return 1;
    sqlite3_snprintf(sizeof text, text, "%s is no whole number of %lld to %lld, which was expected", what,
                     least, most);
    loci_sqlite_refuse(context, text);
    return 0;
}

void loci_sqlite_result(sqlite3_context *context, kept_bytes *bytes)
{
    sqlite3_result_blob64(context, bytes->at, bytes->size, sqlite3_free);
    bytes->at = NULL;
}

/* ---- loci_memory(value [, time [, order [, detail]]]) ---- */

typedef struct {
    kept k;
    double time[64], value[64]; /* that wait */
    size_t waiting;
    sqlite3_int64 rows, asked[2]; /* order, detail */
    int stamped, begun, failed;
} memory_state;

static int push(sqlite3_context *context, memory_state *s)
{
    loci_error error;
    if (s->waiting == 0) return 1;
    const loci_status status =
        loci_memory_push(s->k.memory, s->k.plan, s->value, s->stamped ? s->time : NULL, s->waiting, &error);
    s->waiting = 0;
    if (status == LOCI_OK) return 1;
    loci_sqlite_say(context, &error);
    return 0;
}

static int memory_begin(sqlite3_context *context, memory_state *s, int n, sqlite3_value **values)
{
    size_t order = 64, detail = 4;
    loci_error error;
    s->begun = 1;
    s->stamped = n > 1;
    for (int i = 2; i < n; i++) s->asked[i - 2] = sqlite3_value_int64(values[i]);
    if (n > 2 && !loci_sqlite_count(context, values[2], "loci_memory: order", 1, LOCI_ORDER_MAX, &order))
        return 0;
    if (n > 3 && !loci_sqlite_count(context, values[3], "loci_memory: detail", 0, LOCI_DETAIL_MAX, &detail))
        return 0;
    if (kept_memory_begin(&s->k, &loci_sqlite_shared(context)->plans, &memory_of_sqlite, order, detail,
                          s->stamped ? 0 : 1, 0, 0, &error) == LOCI_OK)
        return 1;
    loci_sqlite_say(context, &error);
    return 0;
}

static int memory_take(sqlite3_context *context, memory_state *s, int n, sqlite3_value **values)
{
    double value, time = 0;
    if (!s->begun && !memory_begin(context, s, n, values)) return 0;
    s->rows++;
    for (int i = 2; i < n; i++)
        if (sqlite3_value_int64(values[i]) != s->asked[i - 2]) {
            loci_sqlite_refuse(
                context, "loci_memory: order or detail changes within a group; the same in all of its rows "
                         "was expected");
            return 0;
        }
    if (n > 1 &&
        (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL))
        return 1; /* no sample */
    if (!loci_sqlite_number(context, values[0], "loci_memory: a value", &value)) return 0;
    if (n > 1 && !loci_sqlite_number(context, values[1], "loci_memory: a time", &time)) return 0;
    if (n > 1 && s->waiting > 0 && !(time > s->time[s->waiting - 1])) {
        char text[200];
        sqlite3_snprintf(
            sizeof text, text,
            "loci_memory: the time %!.17g follows %!.17g; times that increase were expected: select from (SELECT "
            "... ORDER BY time)",
            time, s->time[s->waiting - 1]);
        loci_sqlite_refuse(context, text);
        return 0;
    }
    if (s->waiting == sizeof s->time / sizeof *s->time) { /* the last one waits on, to be compared with */
        const double last_time = s->time[s->waiting - 1], last_value = s->value[s->waiting - 1];
        s->waiting--;
        if (!push(context, s)) return 0;
        s->time[0] = last_time, s->value[0] = last_value;
        s->waiting = 1;
    }
    s->time[s->waiting] = time;
    s->value[s->waiting++] = value;
    return 1;
}

static void memory_step(sqlite3_context *context, int n, sqlite3_value **values)
{
    memory_state *s = sqlite3_aggregate_context(context, sizeof *s);
    if (!s) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (n < 1 || n > 4) {
        loci_sqlite_refuse(
            context,
            "loci_memory takes a value, a time, an order and a detail, of which the first is needed");
        s->failed = 1;
    }
    if (!s->failed) s->failed = !memory_take(context, s, n, values);
}

static void memory_final(sqlite3_context *context)
{
    memory_state *s = sqlite3_aggregate_context(context, 0);
    if (!s || !s->begun) return; /* nothing: NULL */
    kept_bytes bytes = {.allocator = &loci_sqlite_shared(context)->plans.allocator};
    loci_error error;
    if (!s->failed && push(context, s) && loci_memory_inspect(s->k.memory, s->k.plan).samples > 0) {
        if (kept_memory_bytes(&s->k, &bytes, &error) == LOCI_OK)
            loci_sqlite_result(context, &bytes);
        else
            loci_sqlite_say(context, &error);
    }
    kept_bytes_release(&bytes);
    kept_close(&s->k);
}

/* ---- loci_archive(value, what) ---- */

typedef struct {
    loci_archive_writer *writer;
    kept_bytes bytes;
    double value[256];
    char what[256];
    size_t waiting, samples;
    int begun, failed;
} archive_state;

static int archive_push(sqlite3_context *context, archive_state *s)
{
    loci_error error;
    if (s->waiting == 0) return 1;
    const loci_status status = loci_archive_writer_push(s->writer, s->value, s->waiting, &error);
    s->samples += s->waiting;
    s->waiting = 0;
    if (status != LOCI_OK) loci_sqlite_say(context, &error);
    return status == LOCI_OK;
}

static int archive_begin(sqlite3_context *context, archive_state *s, sqlite3_value *what)
{
    loci_archive_spec spec;
    loci_error error;
    const char *text = (const char *)sqlite3_value_text(what);
    if (!text) text = "";
    s->begun = 1;
    s->bytes.allocator = &loci_sqlite_shared(context)->plans.allocator;
    if (strlen(text) >= sizeof s->what) {
        loci_sqlite_refuse(context, "what is said is longer than 255 characters, which was not expected");
        return 0;
    }
    memcpy(s->what, text, strlen(text) + 1);
    double gather;
    loci_status status = kept_archive_spec(&spec, &gather, text, &error);
    if (status == LOCI_OK && gather > 0) {
        loci_sqlite_refuse(context, "gather was asked for, of rows without times; times were expected");
        return 0;
    }
    spec.allocator = s->bytes.allocator;
    const char *note = kept_note(0);
    if (status == LOCI_OK)
        status =
            loci_archive_writer_create(&s->writer, &spec, note, strlen(note), kept_sink, &s->bytes, &error);
    if (status != LOCI_OK) loci_sqlite_say(context, &error);
    return status == LOCI_OK;
}

static void archive_step(sqlite3_context *context, int n, sqlite3_value **values)
{
    (void)n;
    archive_state *s = sqlite3_aggregate_context(context, sizeof *s);
    if (!s) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (s->failed) return;
    s->failed = 1;
    double value = NAN; /* NULL is missing */
    if (!s->begun && !archive_begin(context, s, values[1])) return;
    const char *text = (const char *)sqlite3_value_text(values[1]);
    if (!text || strcmp(text, s->what) != 0) {
        loci_sqlite_refuse(
            context, "what is asked for changes within a group; the same in all of its rows was expected");
        return;
    }
    if (sqlite3_value_type(values[0]) != SQLITE_NULL &&
        !loci_sqlite_number(context, values[0], "loci_archive: a value", &value))
        return;
    if (s->waiting == sizeof s->value / sizeof *s->value && !archive_push(context, s)) return;
    s->value[s->waiting++] = value;
    s->failed = 0;
}

static void archive_final(sqlite3_context *context)
{
    archive_state *s = sqlite3_aggregate_context(context, 0);
    if (!s || !s->begun) return;
    loci_error error;
    if (!s->failed && archive_push(context, s)) {
        if (loci_archive_writer_finish(s->writer, &error) == LOCI_OK)
            loci_sqlite_result(context, &s->bytes);
        else
            loci_sqlite_say(context, &error);
    }
    loci_archive_writer_free(s->writer);
    kept_bytes_release(&s->bytes);
}

/* ---- loci_rollup(blob) ---- */

typedef struct {
    kept_bytes bytes;  /* one after the other */
    kept_bytes pieces; /* kept_piece, whose bytes are offsets until all are there */
    int failed;
} rollup_state;

static void rollup_step(sqlite3_context *context, int n, sqlite3_value **values)
{
    (void)n;
    rollup_state *s = sqlite3_aggregate_context(context, sizeof *s);
    if (!s) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (s->failed || sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    s->bytes.allocator = s->pieces.allocator = &loci_sqlite_shared(context)->plans.allocator;
    const void *blob = sqlite3_value_blob(values[0]);
    const size_t size = (size_t)sqlite3_value_bytes(values[0]);
    const kept_piece piece = {NULL, size};
    loci_error error;
    if (kept_bytes_room(&s->bytes, size, &error) != LOCI_OK ||
        kept_bytes_room(&s->pieces, sizeof piece, &error) != LOCI_OK) {
        loci_sqlite_say(context, &error);
        s->failed = 1;
        return;
    }
    if (size) memcpy(s->bytes.at + s->bytes.size, blob, size);
    s->bytes.size += size;
    memcpy(s->pieces.at + s->pieces.size, &piece, sizeof piece);
    s->pieces.size += sizeof piece;
}

static void rollup_final(sqlite3_context *context)
{
    rollup_state *s = sqlite3_aggregate_context(context, 0);
    if (!s || !s->pieces.allocator) return;
    kept_bytes result = {.allocator = s->bytes.allocator};
    loci_error error;
    if (!s->failed) {
        kept_piece *pieces = (kept_piece *)(void *)s->pieces.at;
        const size_t all = s->pieces.size / sizeof *pieces;
        size_t at = 0;
        for (size_t i = 0; i < all; at += pieces[i++].size) pieces[i].bytes = s->bytes.at + at;
        if (kept_rollup(&result, &loci_sqlite_shared(context)->plans, pieces, all, &error) == LOCI_OK)
            loci_sqlite_result(context, &result);
        else
            loci_sqlite_say(context, &error);
    }
    kept_bytes_release(&result);
    kept_bytes_release(&s->bytes);
    kept_bytes_release(&s->pieces);
}

/* ---- the extension ---- */

#ifdef _WIN32
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
    int sqlite3_locisqlite_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

int sqlite3_locisqlite_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
    SQLITE_EXTENSION_INIT2(api);
    (void)message;
    static const struct {
        const char *name;
        int arguments;
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*final)(sqlite3_context *);
    } aggregates[] = {{"loci_memory", -1, memory_step, memory_final},
                      {"loci_archive", 2, archive_step, archive_final},
                      {"loci_rollup", 1, rollup_step, rollup_final}};
    loci_sqlite *s = sqlite3_malloc64(sizeof *s);
    if (!s) return SQLITE_NOMEM;
    memset(s, 0, sizeof *s);
    s->plans.allocator = memory_of_sqlite;
    s->users = 1; /* this function, until it ends */
    int status = SQLITE_OK;
    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates && status == SQLITE_OK; i++) {
        s->users++; /* what is refused is released all the same */
        status = sqlite3_create_function_v2(db, aggregates[i].name, aggregates[i].arguments,
                                            SQLITE_UTF8 | SQLITE_INNOCUOUS, s, NULL, aggregates[i].step,
                                            aggregates[i].final, release_shared);
    }
    if (status == SQLITE_OK) status = loci_sqlite_add_collected(db, s, release_shared);
    if (status == SQLITE_OK) status = loci_sqlite_add_accessors(db, s, release_shared);
    if (status == SQLITE_OK) status = loci_sqlite_add_tables(db, s, release_shared);
    release_shared(s);
    return status;
}
