/* SPDX-License-Identifier: MIT
 *
 * postgresql_collect.c - loci_memory, loci_archive, loci_readout: aggregates of samples.
 *
 * They collect samples, 16 bytes each, and sort them by time in the end, so that workers may read a table in any order; even
 * a single one need not begin at its first row. Where the query sorts them itself, those of memories are taken as they come, in pieces of work_mem.
 */
#include "loci_postgresql.h"

#include <math.h>

#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* ---- samples that are collected ---- */

typedef enum { MAKES_MEMORY, MAKES_ARCHIVE, MAKES_READOUT } made;

typedef struct {
    loci_allocator allocator;
    made makes;
    bool regular;  /* no times: samples in the order in which they come */
    bool in_order; /* the query sorts them */
    int32 order, detail;
    bool stamped;   /* times are timestamptz */
    char what[128]; /* of an archive, or to learn */
    kept k;         /* of a memory, where it was begun */
    bool begun;
    bool divided; /* among workers: all samples wait for the end */
    double last;  /* the time of the last sample that was pushed */
    kept_sample *samples;
    size_t count, room;
    uint64 pushed;
} collected;

enum { HEAD = offsetof(collected, k), MOST = 1 << 26 /* samples that wait, 1 GB */ };

static void refuse_time(double time, double last)
{
    ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
                    errmsg("loci: the time %.17g comes after %.17g, more rows behind it than work_mem holds",
                           time, last),
                    errhint("Order the rows: loci_memory(value, time ORDER BY time).")));
}

/* Into the memory, in pieces between which a query may be cancelled. */
static void push(collected *s)
{
    enum { PIECE = 8192 };
    double u[PIECE], t[PIECE];
    loci_error error;
    if (s->count == 0) return;
    if (!s->regular && (kept_sort(s->samples, s->count, &s->allocator, loci_pg_pause, &error) != LOCI_OK ||
                        kept_distinct(s->samples, s->count, &error) != LOCI_OK))
        loci_pg_fail(&error);
    if (s->begun && !s->regular && !(s->samples[0].time > s->last)) refuse_time(s->samples[0].time, s->last);
    if (!s->begun &&
        kept_memory_begin(&s->k, loci_pg_plans(), &s->allocator, (size_t)s->order, (size_t)s->detail,
                          s->regular ? 1 : 0, 0, s->stamped, &error) != LOCI_OK)
        loci_pg_fail(&error);
    s->begun = true;
    for (size_t i = 0, n; i < s->count; i += n) {
        CHECK_FOR_INTERRUPTS();
        n = Min(s->count - i, PIECE);
        for (size_t j = 0; j < n; j++) u[j] = s->samples[i + j].value, t[j] = s->samples[i + j].time;
        if (loci_memory_push(s->k.memory, s->k.plan, u, s->regular ? NULL : t, n, &error) != LOCI_OK)
            loci_pg_fail(&error);
    }
    s->last = s->samples[s->count - 1].time;
    s->pushed += s->count;
    s->count = 0;
}

/* Room for as many samples more. */
static void make_room(collected *s, size_t more)
{
    size_t room = s->room ? s->room : 1024;
    kept_sample *larger;
    if (s->room - s->count >= more) return;
    while (room - s->count < more) room *= 2;
    larger = s->allocator.allocate(s->allocator.context, room * sizeof *larger);
    if (!larger) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("loci: out of memory")));
    if (s->count) memcpy(larger, s->samples, s->count * sizeof *larger);
    if (s->samples) s->allocator.release(s->allocator.context, s->samples);
    s->samples = larger;
    s->room = room;
}

static void add(collected *s, double value, double time)
{
    if (!isfinite(value) || !isfinite(time))
        ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
                        errmsg("loci: a %s is %g; a finite number was expected",
                               isfinite(value) ? "time" : "value", isfinite(value) ? time : value)));
    if (s->count == s->room && !s->divided && s->makes == MAKES_MEMORY &&
        s->count * sizeof *s->samples >=
            (s->in_order ? (size_t)work_mem * 1024 : (size_t)MOST * sizeof *s->samples))
        push(s);
    make_room(s, 1);
    s->samples[s->count++] = (kept_sample){time, value};
}

static collected *begin(FunctionCallInfo fcinfo, made makes)
{
    MemoryContext context = loci_pg_context(fcinfo);
    collected *s = MemoryContextAllocZero(context, sizeof *s);
    s->allocator = loci_pg_allocator(context);
    s->makes = makes;
    s->in_order = AggGetAggref(fcinfo) && AggGetAggref(fcinfo)->aggorder != NIL;
    s->divided = IsA(fcinfo->context, AggState) &&
                 DO_AGGSPLIT_SKIPFINAL(castNode(AggState, fcinfo->context)->aggsplit);
    return s;
}

/* Seconds since 1970: the double that is nearest, as loci_seconds has it, so that the row that was last lies within the history. */
static double seconds(TimestampTz time)
{
    static const int64 epoch = (int64)(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
    if (TIMESTAMP_NOT_FINITE(time))
        ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("loci: a time is infinite")));
    return (double)(time + epoch) / 1e6; /* times end 8.6e15 us before int64 does */
}

/* What is asked for must be the same in all rows of a group: which of them comes first, nobody knows. */
static void refuse_change(const char *what)
{
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("loci: %s changes within a group; the same in all of its rows was expected", what)));
}

/* state, value [, time [, order [, detail]]]; a row without a value or a time is no sample. */
static Datum memory_step(FunctionCallInfo fcinfo, bool stamps)
{
    const int n = PG_NARGS();
    const int32 order = n > 3 && !PG_ARGISNULL(3) ? PG_GETARG_INT32(3) : 64,
                detail = n > 4 && !PG_ARGISNULL(4) ? PG_GETARG_INT32(4) : 4;
    collected *s = PG_ARGISNULL(0) ? begin(fcinfo, MAKES_MEMORY) : (collected *)PG_GETARG_POINTER(0);
    loci_pg_context(fcinfo);
    if (PG_ARGISNULL(0)) {
        s->regular = n < 3;
        s->stamped = stamps;
        s->order = order;
        s->detail = detail;
        if (s->order < 1 || s->order > LOCI_ORDER_MAX || s->detail < 0 || s->detail > LOCI_DETAIL_MAX)
            ereport(
                ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("loci: order %d, detail %d; orders of 1 to %d and details of 0 to %d were expected",
                        s->order, s->detail, LOCI_ORDER_MAX, LOCI_DETAIL_MAX)));
    }
    if (order != s->order || detail != s->detail) refuse_change("order or detail");
    if (s->regular && PG_ARGISNULL(1))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                        errmsg("loci: a value is NULL, and rows have no times; a number was expected")));
    if (!PG_ARGISNULL(1) && (n < 3 || !PG_ARGISNULL(2)))
        add(s, PG_GETARG_FLOAT8(1),
            n < 3    ? 0
            : stamps ? seconds(PG_GETARG_TIMESTAMPTZ(2))
                     : PG_GETARG_FLOAT8(2));
    PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(loci_memory_step);
Datum loci_memory_step(PG_FUNCTION_ARGS)
{
    return memory_step(fcinfo, false);
}

PG_FUNCTION_INFO_V1(loci_memory_step_stamped);
Datum loci_memory_step_stamped(PG_FUNCTION_ARGS)
{
    return memory_step(fcinfo, true);
}

/* ---- state, value [, time] [, what]: archives, and forecasters, which need not be told ---- */

typedef enum { NO_TIMES, SECONDS, STAMPS } times;

/* What was said, checked at the first row. */
static void what_begin(FunctionCallInfo fcinfo, collected *s, int at)
{
    loci_archive_spec spec;
    kept_wishes wishes;
    double gather = 0;
    loci_error error;
    char *what;
    if (at == 0) return;
    if (PG_ARGISNULL(at))
        ereport(ERROR,
                (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                 errmsg(s->makes == MAKES_ARCHIVE
                            ? "loci: what an archive keeps is NULL; a text as error=1%% was expected"
                            : "loci: what to learn is NULL; a text as horizon=24, or none, was expected")));
    what = text_to_cstring(PG_GETARG_TEXT_PP(at));
    if ((s->makes == MAKES_ARCHIVE ? kept_archive_spec(&spec, &gather, what, &error)
                                   : kept_wishes_read(&wishes, what, &error)) != LOCI_OK)
        loci_pg_fail(&error);
    if (s->makes == MAKES_ARCHIVE && s->regular && gather > 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("loci: gather=%g was asked for, of rows without times; times were expected",
                               gather)));
    if (strlen(what) >= sizeof s->what)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("loci: what is said has %zu characters; fewer than %zu were expected",
                               strlen(what), sizeof s->what)));
    strlcpy(s->what, what, sizeof s->what);
}

static bool says(const text *given, const char *what)
{
    const size_t length = VARSIZE_ANY_EXHDR(given);
    return strncmp(what, VARDATA_ANY(given), length) == 0 && what[length] == 0;
}

static Datum told_step(FunctionCallInfo fcinfo, made makes, times given, bool told)
{
    const int at = !told ? 0 : given == NO_TIMES ? 2 : 3;
    collected *s = PG_ARGISNULL(0) ? begin(fcinfo, makes) : (collected *)PG_GETARG_POINTER(0);
    loci_pg_context(fcinfo);
    if (PG_ARGISNULL(0)) {
        s->regular = given == NO_TIMES;
        s->stamped = given == STAMPS;
        what_begin(fcinfo, s, at);
    } else if (at && (PG_ARGISNULL(at) || !says(PG_GETARG_TEXT_PP(at), s->what))) {
        refuse_change(makes == MAKES_ARCHIVE ? "what an archive keeps" : "what to learn");
    }
    if (s->regular && PG_ARGISNULL(1))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                        errmsg("loci: a value is NULL, and rows have no times; a number was expected")));
    if (!PG_ARGISNULL(1) && (s->regular || !PG_ARGISNULL(2)))
        add(s, PG_GETARG_FLOAT8(1),
            given == NO_TIMES ? 0
            : given == STAMPS ? seconds(PG_GETARG_TIMESTAMPTZ(2))
                              : PG_GETARG_FLOAT8(2));
    PG_RETURN_POINTER(s);
}

#define STEP(name, makes, given, told)                                                                       \
    PG_FUNCTION_INFO_V1(name);                                                                               \
    Datum name(PG_FUNCTION_ARGS)                                                                             \
    {                                                                                                        \
        return told_step(fcinfo, makes, given, told);                                                        \
    }
STEP(loci_archive_step_untimed, MAKES_ARCHIVE, NO_TIMES, true)
STEP(loci_archive_step_timed, MAKES_ARCHIVE, SECONDS, true)
STEP(loci_archive_step_stamped, MAKES_ARCHIVE, STAMPS, true)
STEP(loci_readout_step, MAKES_READOUT, NO_TIMES, false)
STEP(loci_readout_step_timed, MAKES_READOUT, SECONDS, false)
STEP(loci_readout_step_stamped, MAKES_READOUT, STAMPS, false)
STEP(loci_readout_step_told, MAKES_READOUT, NO_TIMES, true)
STEP(loci_readout_step_timed_told, MAKES_READOUT, SECONDS, true)
STEP(loci_readout_step_stamped_told, MAKES_READOUT, STAMPS, true)

PG_FUNCTION_INFO_V1(loci_collected_combine);
Datum loci_collected_combine(PG_FUNCTION_ARGS)
{
    collected *a = PG_ARGISNULL(0) ? NULL : (collected *)PG_GETARG_POINTER(0);
    const collected *b = PG_ARGISNULL(1) ? NULL : (collected *)PG_GETARG_POINTER(1);
    MemoryContext context = loci_pg_context(fcinfo);
    if (!b && !a) PG_RETURN_NULL();
    if (!b) PG_RETURN_POINTER(a);
    if (!a) {
        a = MemoryContextAllocZero(context, sizeof *a);
        memcpy(a, b, HEAD);
        a->allocator = loci_pg_allocator(context);
        a->divided = true;
    }
    if (a->order != b->order || a->detail != b->detail) refuse_change("order or detail");
    if (strcmp(a->what, b->what) != 0)
        refuse_change(a->makes == MAKES_ARCHIVE ? "what an archive keeps" : "what to learn");
    make_room(a, b->count);
    if (b->count) memcpy(a->samples + a->count, b->samples, b->count * sizeof *a->samples);
    a->count += b->count;
    PG_RETURN_POINTER(a);
}

PG_FUNCTION_INFO_V1(loci_collected_serial);
Datum loci_collected_serial(PG_FUNCTION_ARGS)
{
    const collected *s = (collected *)PG_GETARG_POINTER(0);
    const size_t samples = s->count * sizeof *s->samples;
    bytea *result;
    loci_pg_context(fcinfo);
    if (samples > MaxAllocSize - VARHDRSZ - HEAD)
        ereport(
            ERROR,
            (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
             errmsg("loci: a worker has %zu samples of one group; at most 67 million were expected",
                    s->count),
             errhint("SET max_parallel_workers_per_gather = 0, or GROUP BY shorter times and loci_rollup.")));
    result = palloc(VARHDRSZ + HEAD + samples);
    SET_VARSIZE(result, VARHDRSZ + HEAD + samples);
    memcpy(VARDATA(result), s, HEAD);
    if (samples) memcpy(VARDATA(result) + HEAD, s->samples, samples);
    PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(loci_collected_deserial);
Datum loci_collected_deserial(PG_FUNCTION_ARGS)
{
    const bytea *bytes = PG_GETARG_BYTEA_PP(0);
    const size_t size = VARSIZE_ANY_EXHDR(bytes);
    collected *s;
    loci_pg_context(fcinfo);
    if (size < HEAD || (size - HEAD) % sizeof *s->samples != 0)
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("loci: what a worker sent is damaged")));
    s = palloc0(sizeof *s);
    memcpy(s, VARDATA_ANY(bytes), HEAD);
    s->allocator = loci_pg_allocator(CurrentMemoryContext);
    s->divided = true;
    s->count = s->room = (size - HEAD) / sizeof *s->samples;
    s->samples = s->count ? s->allocator.allocate(s->allocator.context, size - HEAD) : NULL;
    if (s->count && !s->samples)
        ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("loci: out of memory")));
    if (s->count) memcpy(s->samples, VARDATA_ANY(bytes) + HEAD, size - HEAD);
    PG_RETURN_POINTER(s);
}

/* ---- their ends ---- */

/* Of rows without times, as they came. */
static void archive_rows(kept_bytes *bytes, const collected *s)
{
    enum { PIECE = 4096 };
    const char *note = kept_note(0);
    double u[PIECE];
    loci_archive_writer *writer;
    loci_archive_spec spec;
    double gather;
    loci_error error;
    if (kept_archive_spec(&spec, &gather, s->what, &error) != LOCI_OK) loci_pg_fail(&error);
    spec.allocator = &s->allocator;
    if (loci_archive_writer_create(&writer, &spec, note, strlen(note), kept_sink, bytes, &error) != LOCI_OK)
        loci_pg_fail(&error);
    for (size_t i = 0, n; i < s->count; i += n) {
        CHECK_FOR_INTERRUPTS();
        n = Min(s->count - i, PIECE);
        for (size_t j = 0; j < n; j++) u[j] = s->samples[i + j].value;
        if (loci_archive_writer_push(writer, u, n, &error) != LOCI_OK) loci_pg_fail(&error);
    }
    if (loci_archive_writer_finish(writer, &error) != LOCI_OK) loci_pg_fail(&error);
    loci_archive_writer_free(writer);
}

static Datum archive_end(collected *s)
{
    kept_bytes bytes = {.allocator = &s->allocator};
    loci_error error;
    Datum result;
    if (s->regular)
        archive_rows(&bytes, s);
    else if (kept_archive_make(&bytes, s->what, s->samples, s->count, s->stamped, loci_pg_pause, &error) !=
             LOCI_OK)
        loci_pg_fail(&error);
    result = loci_pg_value(&bytes);
    kept_bytes_release(&bytes);
    return result;
}

static Datum readout_end(collected *s)
{
    kept_bytes bytes = {.allocator = &s->allocator};
    kept_wishes wishes;
    loci_error error;
    Datum result;
    if (kept_wishes_read(&wishes, s->what, &error) != LOCI_OK ||
        kept_readout_learn(&bytes, &wishes, s->samples, s->count,
                           s->regular   ? KEPT_ROWS
                           : s->stamped ? KEPT_DATES
                                        : KEPT_SECONDS,
                           loci_pg_pause, &error) != LOCI_OK)
        loci_pg_fail(&error);
    result = loci_pg_value(&bytes);
    kept_bytes_release(&bytes);
    return result;
}

PG_FUNCTION_INFO_V1(loci_collected_end);
Datum loci_collected_end(PG_FUNCTION_ARGS)
{
    collected *s = PG_ARGISNULL(0) ? NULL : (collected *)PG_GETARG_POINTER(0);
    kept_bytes bytes;
    loci_error error;
    Datum result;
    loci_pg_context(fcinfo);
    if (!s || (s->count == 0 && !s->begun)) PG_RETURN_NULL();
    if (s->makes == MAKES_ARCHIVE) return archive_end(s);
    if (s->makes == MAKES_READOUT) return readout_end(s);
    push(s);
    bytes = (kept_bytes){.allocator = &s->allocator};
    if (kept_memory_bytes(&s->k, &bytes, &error) != LOCI_OK) loci_pg_fail(&error);
    result = loci_pg_value(&bytes);
    kept_bytes_release(&bytes);
    return result; /* the memory goes with the context of the aggregate */
}
