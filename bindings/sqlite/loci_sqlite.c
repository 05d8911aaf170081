/* SPDX-License-Identifier: MIT
 *
 * loci_sqlite.c - memories and archives as functions of SQLite:
 *
 *     .load ./loci_sqlite
 *     SELECT sensor, loci_memory(value, time) FROM (SELECT * FROM readings ORDER BY time) GROUP BY sensor;
 *
 * docs/databases.md tells what there is. Blobs are the files of `loci remember`.
 */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include <math.h>
#include <string.h>

#include "kept.h"

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

/* Of one connection. */
typedef struct {
    kept_plans plans;
    size_t users; /* functions that refer to it */
} shared;

static void release_shared(void *p)
{
    shared *s = p;
    if (--s->users > 0) return;
    kept_plans_release(&s->plans);
    sqlite3_free(s);
}

static void say(sqlite3_context *context, const loci_error *error)
{
    if (error->status == LOCI_E_MEMORY) {
        sqlite3_result_error_nomem(context);
        return;
    }
    char *text = sqlite3_mprintf("loci: %s", error->text);
    if (text) sqlite3_result_error(context, text, -1);
    if (!text) sqlite3_result_error_nomem(context);
    sqlite3_free(text);
}

static void refuse(sqlite3_context *context, const char *text)
{
    loci_error error = {LOCI_E_ARGUMENT, {0}};
    sqlite3_snprintf(sizeof error.text, error.text, "%s", text);
    say(context, &error);
}

static shared *of(sqlite3_context *context)
{
    return sqlite3_user_data(context);
}

/* A number; false, said, where it is none. `what` names it. */
static int number(sqlite3_context *context, sqlite3_value *value, const char *what, double *to)
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
                     type == SQLITE_TEXT && strstr(what, "time") ? ", as unixepoch() makes of dates" : "");
    refuse(context, text);
    return 0;
}

static int count(sqlite3_context *context, sqlite3_value *value, const char *what, sqlite3_int64 least,
                 sqlite3_int64 most, size_t *to)
{
    char text[160];
    const sqlite3_int64 n = sqlite3_value_int64(value);
    *to = (size_t)n;
    if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER && n >= least && n <= most) return 1;
    sqlite3_snprintf(sizeof text, text, "%s is no whole number of %lld to %lld, which was expected", what,
                     least, most);
    refuse(context, text);
    return 0;
}

static void result_bytes(sqlite3_context *context, kept_bytes *bytes)
{
    sqlite3_result_blob64(context, bytes->at, bytes->size, sqlite3_free);
    bytes->at = NULL;
}

/* ---- loci_memory(value [, time [, order [, detail]]]) ---- */

typedef struct {
    kept k;
    double time[64], value[64]; /* that wait */
    size_t waiting;
    sqlite3_int64 rows;
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
    say(context, &error);
    return 0;
}

static int memory_begin(sqlite3_context *context, memory_state *s, int n, sqlite3_value **values)
{
    size_t order = 64, detail = 4;
    loci_error error;
    s->begun = 1;
    s->stamped = n > 1;
    if (n > 2 && !count(context, values[2], "loci_memory: order", 1, LOCI_ORDER_MAX, &order)) return 0;
    if (n > 3 && !count(context, values[3], "loci_memory: detail", 0, LOCI_DETAIL_MAX, &detail)) return 0;
    if (kept_memory_begin(&s->k, &of(context)->plans, order, detail, s->stamped ? 0 : 1, 0, &error) ==
        LOCI_OK)
        return 1;
    say(context, &error);
    return 0;
}

static int memory_take(sqlite3_context *context, memory_state *s, int n, sqlite3_value **values)
{
    double value, time = 0;
    if (!s->begun && !memory_begin(context, s, n, values)) return 0;
    s->rows++;
    if (n > 1 &&
        (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL))
        return 1; /* no sample */
    if (!number(context, values[0], "loci_memory: a value", &value)) return 0;
    if (n > 1 && !number(context, values[1], "loci_memory: a time", &time)) return 0;
    if (n > 1 && s->waiting > 0 && !(time > s->time[s->waiting - 1])) {
        char text[200];
        sqlite3_snprintf(
            sizeof text, text,
            "loci_memory: the time %!.17g follows %!.17g; times that increase were expected: select from (SELECT "
            "... ORDER BY time)",
            time, s->time[s->waiting - 1]);
        refuse(context, text);
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
        refuse(context,
               "loci_memory takes a value, a time, an order and a detail, of which the first is needed");
        s->failed = 1;
    }
    if (!s->failed) s->failed = !memory_take(context, s, n, values);
}

static void memory_final(sqlite3_context *context)
{
    memory_state *s = sqlite3_aggregate_context(context, 0);
    if (!s || !s->begun) return; /* nothing: NULL */
    kept_bytes bytes = {.allocator = &of(context)->plans.allocator};
    loci_error error;
    if (!s->failed && push(context, s) && loci_memory_inspect(s->k.memory, s->k.plan).samples > 0) {
        if (kept_memory_bytes(&s->k, &bytes, &error) == LOCI_OK)
            result_bytes(context, &bytes);
        else
            say(context, &error);
    }
    kept_bytes_release(&bytes);
    kept_close(&s->k);
}

/* ---- loci_archive(value, what) ---- */

typedef struct {
    loci_archive_writer *writer;
    kept_bytes bytes;
    double value[256];
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
    if (status != LOCI_OK) say(context, &error);
    return status == LOCI_OK;
}

static int archive_begin(sqlite3_context *context, archive_state *s, sqlite3_value *what)
{
    loci_archive_spec spec;
    loci_error error;
    const char *text = (const char *)sqlite3_value_text(what);
    s->begun = 1;
    s->bytes.allocator = &of(context)->plans.allocator;
    loci_status status = kept_archive_spec(&spec, text ? text : "", &error);
    spec.allocator = s->bytes.allocator;
    static const char note[] = "channel=value\n";
    if (status == LOCI_OK)
        status = loci_archive_writer_create(&s->writer, &spec, note, sizeof note - 1, kept_sink, &s->bytes,
                                            &error);
    if (status != LOCI_OK) say(context, &error);
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
    if (sqlite3_value_type(values[0]) != SQLITE_NULL &&
        !number(context, values[0], "loci_archive: a value", &value))
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
            result_bytes(context, &s->bytes);
        else
            say(context, &error);
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
    s->bytes.allocator = s->pieces.allocator = &of(context)->plans.allocator;
    const void *blob = sqlite3_value_blob(values[0]);
    const size_t size = (size_t)sqlite3_value_bytes(values[0]);
    const kept_piece piece = {NULL, size};
    loci_error error;
    if (kept_bytes_room(&s->bytes, size, &error) != LOCI_OK ||
        kept_bytes_room(&s->pieces, sizeof piece, &error) != LOCI_OK) {
        say(context, &error);
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
        if (kept_rollup(&result, &of(context)->plans, pieces, all, &error) == LOCI_OK)
            result_bytes(context, &result);
        else
            say(context, &error);
    }
    kept_bytes_release(&result);
    kept_bytes_release(&s->bytes);
    kept_bytes_release(&s->pieces);
}

/* ---- accessors ---- */

enum { VALUE, DERIVATIVE, MEAN, INTEGRAL, RMS, LEAST, MOST, START, END, SAMPLES, ACCESSORS };

typedef struct {
    const char *name;
    int least, most; /* arguments behind the blob */
} accessor;
static const accessor accessors[ACCESSORS] = {
    {"loci_value", 1, 1}, {"loci_derivative", 1, 1}, {"loci_mean", 0, 2}, {"loci_integral", 0, 2},
    {"loci_error", 0, 2}, {"loci_min", 0, 2},        {"loci_max", 0, 2},  {"loci_start", 0, 0},
    {"loci_end", 0, 0},   {"loci_samples", 0, 0},
};

static void answer(sqlite3_context *context, int which, const kept *k, int n, sqlite3_value **values)
{
    static const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_MEAN, LOCI_INTEGRAL};
    double t[2] = {kept_start(k), kept_end(k)}, least = NAN, most = NAN, out = NAN;
    loci_error error;
    loci_status status = LOCI_OK;
    for (int i = 1; i < n; i++)
        if (!number(context, values[i], "a time", &t[i - 1])) return;
    if (n == 3 && !(t[0] <= t[1])) {
        refuse(context, "the interval ends before it begins; from <= to was expected");
        return;
    }
    if (which <= INTEGRAL) status = kept_recall(k, asks[which], t, 1, &out, &error);
    if (which == RMS) status = kept_rms(k, t[0], t[1], &out, &error);
    if (which == LEAST || which == MOST) status = kept_extremes(k, t[0], t[1], &least, &most, &error);
    if (which == LEAST) out = least;
    if (which == MOST) out = most;
    if (which == START || which == END) out = t[which == END];
    if (status != LOCI_OK)
        say(context, &error);
    else if (which == SAMPLES)
        sqlite3_result_int64(context, (sqlite3_int64)kept_samples(k));
    else
        sqlite3_result_double(context, out); /* NaN becomes NULL */
}

/* The blob of the call before is mostly that of this one: a query asks a memory for many things. */
typedef struct {
    kept k;
    void *bytes;
    size_t size;
} opened;

static void release_opened(void *p)
{
    opened *o = p;
    kept_close(&o->k);
    sqlite3_free(o->bytes);
    sqlite3_free(o);
}

static opened *open_blob(shared *s, const void *blob, size_t size, loci_error *error)
{
    opened *o = sqlite3_malloc64(sizeof *o);
    if (o) memset(o, 0, sizeof *o);
    if (o) o->bytes = sqlite3_malloc64(size + 1);
    if (!o || !o->bytes) {
        sqlite3_free(o);
        error->status = LOCI_E_MEMORY;
        return NULL;
    }
    if (size) memcpy(o->bytes, blob, size);
    o->size = size;
    if (kept_open(&o->k, &s->plans, o->bytes, size, error) == LOCI_OK) return o;
    release_opened(o);
    return NULL;
}

static void ask(sqlite3_context *context, int which, int n, sqlite3_value **values)
{
    if (n < 1 + accessors[which].least || n > 1 + accessors[which].most ||
        (n == 2 && accessors[which].most == 2)) {
        char text[120];
        sqlite3_snprintf(sizeof text, text, "%s takes a memory or an archive%s", accessors[which].name,
                         accessors[which].least  ? " and a time"
                         : accessors[which].most ? ", and from and to, or neither"
                                                 : "");
        refuse(context, text);
        return;
    }
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) return; /* NULL, as of most functions */
    if (sqlite3_value_type(values[0]) != SQLITE_BLOB) {
        refuse(context, "the first argument is no blob; a memory or an archive was expected");
        return;
    }
    const void *blob = sqlite3_value_blob(values[0]);
    const size_t size = (size_t)sqlite3_value_bytes(values[0]);
    loci_error error;
    opened *o = sqlite3_get_auxdata(context, 0);
    if (o && (o->size != size || memcmp(o->bytes, blob, size) != 0)) o = NULL;
    const int fresh = !o;
    if (!o) o = open_blob(of(context), blob, size, &error);
    if (!o) {
        say(context, &error);
        return;
    }
    answer(context, which, &o->k, n, values);
    if (fresh) sqlite3_set_auxdata(context, 0, o, release_opened); /* which may release it at once */
}

#define ACCESSOR(function, which)                                                                            \
    static void function(sqlite3_context *context, int n, sqlite3_value **values)                            \
    {                                                                                                        \
        ask(context, which, n, values);                                                                      \
    }
ACCESSOR(ask_value, VALUE)
ACCESSOR(ask_derivative, DERIVATIVE)
ACCESSOR(ask_mean, MEAN)
ACCESSOR(ask_integral, INTEGRAL)
ACCESSOR(ask_rms, RMS)
ACCESSOR(ask_least, LEAST)
ACCESSOR(ask_most, MOST)
ACCESSOR(ask_start, START)
ACCESSOR(ask_end, END)
ACCESSOR(ask_samples, SAMPLES)
static void (*const asking[ACCESSORS])(sqlite3_context *, int, sqlite3_value **) = {
    ask_value, ask_derivative, ask_mean,  ask_integral, ask_rms,
    ask_least, ask_most,       ask_start, ask_end,      ask_samples};

/* ---- loci_points(blob, n): a table of times and values ---- */

typedef struct {
    sqlite3_vtab base;
    shared *shared;
} points_table;

typedef struct {
    sqlite3_vtab_cursor base;
    double *t, *value; /* [count] */
    size_t count, at;
} points_cursor;

static int points_connect(sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **table,
                          char **message)
{
    (void)argc, (void)argv, (void)message;
    const int status = sqlite3_declare_vtab(
        db, "CREATE TABLE points(time REAL, value REAL, kept BLOB HIDDEN, n INTEGER HIDDEN)");
    if (status != SQLITE_OK) return status;
    points_table *p = sqlite3_malloc64(sizeof *p);
    if (!p) return SQLITE_NOMEM;
    memset(p, 0, sizeof *p);
    p->shared = data;
    *table = &p->base;
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    return SQLITE_OK;
}

static int points_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* Both hidden columns are arguments. */
static int points_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    int place[2] = {-1, -1};
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *c = &info->aConstraint[i];
        if (c->op != SQLITE_INDEX_CONSTRAINT_EQ || c->iColumn < 2) continue;
        if (!c->usable) return SQLITE_CONSTRAINT;
        place[c->iColumn - 2] = i;
    }
    if (place[0] < 0) return SQLITE_CONSTRAINT;
    for (int i = 0, n = 0; i < 2; i++) {
        if (place[i] < 0) continue;
        info->aConstraintUsage[place[i]].argvIndex = ++n;
        info->aConstraintUsage[place[i]].omit = 1;
    }
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

static int points_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    points_cursor *c = sqlite3_malloc64(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    memset(c, 0, sizeof *c);
    *cursor = &c->base;
    return SQLITE_OK;
}

static int points_close(sqlite3_vtab_cursor *cursor)
{
    points_cursor *c = (points_cursor *)cursor;
    sqlite3_free(c->t);
    sqlite3_free(c);
    return SQLITE_OK;
}

static int points_fail(sqlite3_vtab_cursor *cursor, const loci_error *error)
{
    if (error->status == LOCI_E_MEMORY) return SQLITE_NOMEM;
    sqlite3_free(cursor->pVtab->zErrMsg);
    cursor->pVtab->zErrMsg = sqlite3_mprintf("loci: %s", error->text);
    return SQLITE_ERROR;
}

static int points_filter(sqlite3_vtab_cursor *cursor, int plan, const char *name, int n,
                         sqlite3_value **values)
{
    (void)plan, (void)name;
    points_cursor *c = (points_cursor *)cursor;
    kept_plans *plans = &((points_table *)cursor->pVtab)->shared->plans;
    loci_error error = {LOCI_E_ARGUMENT, "the number of points is none of 1 to 10000000, which was expected"};
    sqlite3_free(c->t);
    c->t = NULL;
    c->count = c->at = 0;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return SQLITE_OK;
    const sqlite3_int64 wanted = n > 1 ? sqlite3_value_int64(values[1]) : 1000;
    if (wanted < 1 || wanted > 10000000) return points_fail(cursor, &error);
    kept k;
    if (kept_open(&k, plans, sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0]), &error) !=
        LOCI_OK)
        return points_fail(cursor, &error);
    c->t = sqlite3_malloc64(2 * (size_t)wanted * sizeof *c->t);
    loci_status status = c->t ? LOCI_OK : LOCI_E_MEMORY;
    error.status = status;
    if (c->t) {
        c->value = c->t + wanted;
        status = kept_points(&k, (size_t)wanted, c->t, c->value, &error);
    }
    kept_close(&k);
    if (status != LOCI_OK) return points_fail(cursor, &error);
    c->count = (size_t)wanted;
    return SQLITE_OK;
}

static int points_next(sqlite3_vtab_cursor *cursor)
{
    ((points_cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int points_end(sqlite3_vtab_cursor *cursor)
{
    const points_cursor *c = (points_cursor *)cursor;
    return c->at >= c->count;
}

static int points_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const points_cursor *c = (points_cursor *)cursor;
    if (column < 2) sqlite3_result_double(context, column == 0 ? c->t[c->at] : c->value[c->at]);
    return SQLITE_OK;
}

static int points_row(sqlite3_vtab_cursor *cursor, sqlite3_int64 *row)
{
    *row = (sqlite3_int64)((points_cursor *)cursor)->at;
    return SQLITE_OK;
}

static sqlite3_module points = {
    .xConnect = points_connect,
    .xBestIndex = points_plan,
    .xDisconnect = points_disconnect,
    .xOpen = points_open,
    .xClose = points_close,
    .xFilter = points_filter,
    .xNext = points_next,
    .xEof = points_end,
    .xColumn = points_column,
    .xRowid = points_row,
};

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
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    shared *s = sqlite3_malloc64(sizeof *s);
    if (!s) return SQLITE_NOMEM;
    memset(s, 0, sizeof *s);
    s->plans.allocator = memory_of_sqlite;
    s->users = 1; /* this function, until it ends */
    int status = SQLITE_OK;
#define ADD(call) (status == SQLITE_OK ? (s->users++, (void)(status = (call))) : (void)0)
    /* what is refused is released all the same */
    ADD(sqlite3_create_function_v2(db, "loci_memory", -1, SQLITE_UTF8 | SQLITE_INNOCUOUS, s, NULL,
                                   memory_step, memory_final, release_shared));
    ADD(sqlite3_create_function_v2(db, "loci_archive", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS, s, NULL,
                                   archive_step, archive_final, release_shared));
    ADD(sqlite3_create_function_v2(db, "loci_rollup", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, s, NULL, rollup_step,
                                   rollup_final, release_shared));
    for (int i = 0; i < ACCESSORS; i++)
        ADD(sqlite3_create_function_v2(db, accessors[i].name, -1, flags, s, asking[i], NULL, NULL,
                                       release_shared));
    ADD(sqlite3_create_module_v2(db, "loci_points", &points, s, release_shared));
#undef ADD
    release_shared(s);
    return status;
}
