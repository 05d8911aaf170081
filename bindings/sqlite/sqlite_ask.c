/* SPDX-License-Identifier: MIT
 * sqlite_ask.c - what a memory or an archive is asked for. */
#include "loci_sqlite.h"
SQLITE_EXTENSION_INIT3

#include <math.h>
#include <string.h>

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
        if (!loci_sqlite_number(context, values[i], "a time", &t[i - 1])) return;
    if (n == 3 && !(t[0] <= t[1])) {
        loci_sqlite_refuse(context, "the interval ends before it begins; from <= to was expected");
        return;
    }
    if (which <= INTEGRAL) status = kept_recall(k, asks[which], t, 1, &out, &error);
    if (which == RMS) status = kept_rms(k, t[0], t[1], &out, &error);
    if (which == LEAST || which == MOST) status = kept_extremes(k, t[0], t[1], &least, &most, &error);
    if (which == LEAST) out = least;
    if (which == MOST) out = most;
    if (which == START || which == END) out = t[which == END];
    if (status != LOCI_OK)
        loci_sqlite_say(context, &error);
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

static opened *open_blob(loci_sqlite *s, const void *blob, size_t size, loci_error *error)
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
    if (kept_open(&o->k, &s->plans, &s->plans.allocator, o->bytes, size, error) == LOCI_OK) return o;
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
        loci_sqlite_refuse(context, text);
        return;
    }
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) return; /* NULL, as of most functions */
    if (sqlite3_value_type(values[0]) != SQLITE_BLOB) {
        loci_sqlite_refuse(context, "the first argument is no blob; a memory or an archive was expected");
        return;
    }
    const void *blob = sqlite3_value_blob(values[0]);
    const size_t size = (size_t)sqlite3_value_bytes(values[0]);
    loci_error error;
    opened *o = sqlite3_get_auxdata(context, 0);
    if (o && (o->size != size || memcmp(o->bytes, blob, size) != 0)) o = NULL;
    const int fresh = !o;
    if (!o) o = open_blob(loci_sqlite_shared(context), blob, size, &error);
    if (!o) {
        loci_sqlite_say(context, &error);
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

int loci_sqlite_add_accessors(sqlite3 *db, loci_sqlite *s, void (*release)(void *))
{
    int status = SQLITE_OK;
    for (int i = 0; i < ACCESSORS && status == SQLITE_OK; i++) {
        s->users++; /* what is refused is released all the same */
        status = sqlite3_create_function_v2(db, accessors[i].name, -1,
                                            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, s,
                                            asking[i], NULL, NULL, release);
    }
    return status;
}
