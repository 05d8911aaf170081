/* SPDX-License-Identifier: MIT
 * sqlite_tables.c - loci_points(blob, n) and loci_forecast(blob, n): tables of times and values. */
#include "loci_sqlite.h"
SQLITE_EXTENSION_INIT3

#include <math.h>
#include <string.h>

typedef enum { POINTS, FORECAST } kind;

/* The blob and n are hidden columns, which are the arguments. */
static const struct {
    const char *name, *declaration;
    int columns; /* of numbers, in front of these */
} kinds[] = {
    {"loci_points", "CREATE TABLE points(time REAL, value REAL, kept BLOB HIDDEN, n INTEGER HIDDEN)", 2},
    {"loci_forecast",
     "CREATE TABLE forecast(time REAL, value REAL, lower80 REAL, upper80 REAL, lower95 REAL, upper95 REAL, "
     "kept BLOB HIDDEN, n INTEGER HIDDEN)",
     6},
};

typedef struct {
    sqlite3_vtab base;
    loci_sqlite *shared;
    kind kind;
} table;

typedef struct {
    sqlite3_vtab_cursor base;
    double *numbers; /* [columns][count] */
    size_t count, at;
} cursor;

static int connect_kind(sqlite3 *db, loci_sqlite *shared, kind which, sqlite3_vtab **made)
{
    const int status = sqlite3_declare_vtab(db, kinds[which].declaration);
    if (status != SQLITE_OK) return status;
    table *t = sqlite3_malloc64(sizeof *t);
    if (!t) return SQLITE_NOMEM;
    memset(t, 0, sizeof *t);
    t->shared = shared;
    t->kind = which;
    *made = &t->base;
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    return SQLITE_OK;
}

static int connect_points(sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **made,
                          char **message)
{
    (void)argc, (void)argv, (void)message;
    return connect_kind(db, data, POINTS, made);
}

static int connect_forecast(sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **made,
                            char **message)
{
    (void)argc, (void)argv, (void)message;
    return connect_kind(db, data, FORECAST, made);
}

static int disconnect(sqlite3_vtab *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

/* Both hidden columns are arguments. */
static int plan(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const int hidden = kinds[((table *)base)->kind].columns;
    int place[2] = {-1, -1};
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *c = &info->aConstraint[i];
        if (c->op != SQLITE_INDEX_CONSTRAINT_EQ || c->iColumn < hidden) continue;
        if (!c->usable) return SQLITE_CONSTRAINT;
        place[c->iColumn - hidden] = i;
    }
    if (place[0] < 0) return SQLITE_CONSTRAINT;
    for (int i = 0, n = 0; i < 2; i++) {
        if (place[i] < 0) continue;
        info->aConstraintUsage[place[i]].argvIndex = ++n;
        info->aConstraintUsage[place[i]].omit = 1;
    }
    /* it is not what is to be done for each row of another table */
    info->estimatedCost = 1e6;
    info->estimatedRows = ((table *)base)->kind == POINTS ? 1000 : 100;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **made)
{
    (void)base;
    cursor *c = sqlite3_malloc64(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    memset(c, 0, sizeof *c);
    *made = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    cursor *c = (cursor *)base;
    sqlite3_free(c->numbers);
    sqlite3_free(c);
    return SQLITE_OK;
}

static int fail(sqlite3_vtab_cursor *base, const loci_error *error)
{
    if (error->status == LOCI_E_MEMORY) return SQLITE_NOMEM;
    sqlite3_free(base->pVtab->zErrMsg);
    base->pVtab->zErrMsg = sqlite3_mprintf("loci: %s", error->text);
    return SQLITE_ERROR;
}

static loci_status fill(cursor *c, kind which, const kept *k, sqlite3_value *wanted, loci_error *error)
{
    const sqlite3_int64 asked = wanted ? sqlite3_value_int64(wanted) : which == POINTS ? 1000 : -1;
    size_t n = wanted && asked < 1 ? 0 : wanted || which == POINTS ? (size_t)asked : SIZE_MAX;
    if (which == FORECAST) {
        const loci_status status = kept_horizon(k, &n, error);
        if (status != LOCI_OK) return status;
    } else if (n < 1 || n > 10000000) {
        *error = (loci_error){LOCI_E_ARGUMENT,
                              "the number of points is none of 1 to 10000000, which was expected"};
        return error->status;
    }
    c->numbers = sqlite3_malloc64((size_t)kinds[which].columns * n * sizeof *c->numbers);
    if (!c->numbers) return error->status = LOCI_E_MEMORY;
    double *const t = c->numbers;
    const loci_status status = which == POINTS ? kept_points(k, n, t, t + n, error)
                                               : kept_forecast(k, n, t, t + n, t + 2 * n, error);
    if (status == LOCI_OK) c->count = n;
    return status;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *name, int n, sqlite3_value **values)
{
    (void)number, (void)name;
    cursor *c = (cursor *)base;
    const table *t = (table *)base->pVtab;
    kept_plans *plans = &t->shared->plans;
    loci_error error;
    sqlite3_free(c->numbers);
    c->numbers = NULL;
    c->count = c->at = 0;
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) return SQLITE_OK; /* no rows */
    kept k;
    loci_status status = kept_open(&k, plans, &plans->allocator, sqlite3_value_blob(values[0]),
                                   (size_t)sqlite3_value_bytes(values[0]), &error);
    if (status != LOCI_OK) return fail(base, &error);
    status = fill(c, t->kind, &k, n > 1 ? values[1] : NULL, &error);
    kept_close(&k);
    return status == LOCI_OK ? SQLITE_OK : fail(base, &error);
}

static int next(sqlite3_vtab_cursor *base)
{
    ((cursor *)base)->at++;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const cursor *c = (cursor *)base;
    return c->at >= c->count;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int which)
{
    const cursor *c = (cursor *)base;
    const table *t = (table *)base->pVtab;
    if (which < kinds[t->kind].columns) /* NaN becomes NULL */
        sqlite3_result_double(context, c->numbers[(size_t)which * c->count + c->at]);
    return SQLITE_OK;
}

static int row(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    *id = (sqlite3_int64)((cursor *)base)->at;
    return SQLITE_OK;
}

#define MODULE(connected)                                                                                    \
    {                                                                                                        \
        .xConnect = connected, .xBestIndex = plan, .xDisconnect = disconnect, .xOpen = open_cursor,          \
        .xClose = close_cursor, .xFilter = filter, .xNext = next, .xEof = at_end, .xColumn = column,         \
        .xRowid = row                                                                                        \
    }
static const sqlite3_module modules[] = {MODULE(connect_points), MODULE(connect_forecast)};

int loci_sqlite_add_tables(sqlite3 *db, loci_sqlite *s, void (*release)(void *))
{
    int status = SQLITE_OK;
    for (size_t i = 0; i < sizeof modules / sizeof *modules && status == SQLITE_OK; i++) {
        s->users++; /* what is refused is released all the same */
        status = sqlite3_create_module_v2(db, kinds[i].name, &modules[i], s, release);
    }
    return status;
}
