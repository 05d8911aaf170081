/* SPDX-License-Identifier: MIT
 *
 * loci_postgresql.c - memories and archives as a type and aggregates of PostgreSQL; loci--0.1.sql declares them, docs/databases.md
 * tells what there is.
 *
 * Aggregates collect samples, 16 bytes each, and sort them by time in the end, so that workers may read a table in any order; even
 * a single one need not begin at its first row. Where the query sorts them itself, they are taken as they come, in pieces of work_mem.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "kept.h"

PG_MODULE_MAGIC;

/* ---- memory: PostgreSQL's, of a context, so that what a query leaves behind goes with it ---- */

/* palloc aligns to 8 bytes, malloc to 16: what was taken stands in front of what is given out. */
static void *take(void *context, size_t bytes)
{
    if (bytes > MaxAllocHugeSize - 32) return NULL;
    char *taken = MemoryContextAllocExtended(context, bytes + 32, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
    if (!taken) return NULL;
    char *given = (char *)(((uintptr_t)taken + 31) & ~(uintptr_t)15);
    memcpy(given - sizeof taken, &taken, sizeof taken);
    return given;
}

static void give(void *context, void *memory)
{
    char *taken;
    (void)context;
    memcpy(&taken, (char *)memory - sizeof taken, sizeof taken);
    pfree(taken);
}

static loci_allocator allocator_of(MemoryContext context)
{
    return (loci_allocator){sizeof(loci_allocator), take, give, context};
}

static void fail(const loci_error *error)
{
    static const int codes[] = {[LOCI_E_ARGUMENT] = ERRCODE_INVALID_PARAMETER_VALUE,
                                [LOCI_E_MEMORY] = ERRCODE_OUT_OF_MEMORY,
                                [LOCI_E_RANGE] = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
                                [LOCI_E_VALUE] = ERRCODE_DATA_EXCEPTION,
                                [LOCI_E_FORMAT] = ERRCODE_DATA_CORRUPTED,
                                [LOCI_E_IO] = ERRCODE_IO_ERROR,
                                [LOCI_E_MISMATCH] = ERRCODE_DATA_EXCEPTION,
                                [LOCI_E_UNSUPPORTED] = ERRCODE_FEATURE_NOT_SUPPORTED,
                                [LOCI_E_STOPPED] = ERRCODE_QUERY_CANCELED};
    ereport(ERROR, (errcode(codes[error->status]), errmsg("loci: %s", error->text)));
}

/* Tables of the kinds of memory that this session has met; they stay. */
static kept_plans *plans(void)
{
    static kept_plans all;
    if (!all.allocator.allocate) all.allocator = allocator_of(TopMemoryContext);
    return &all;
}

/* ---- the type ---- */

static kept opened(const bytea *bytes)
{
    kept k;
    loci_error error;
    if (kept_open(&k, plans(), VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &error) != LOCI_OK) fail(&error);
    return k;
}

static void check(const bytea *bytes)
{
    kept k = opened(bytes);
    kept_close(&k);
}

PG_FUNCTION_INFO_V1(loci_summary_in);
Datum loci_summary_in(PG_FUNCTION_ARGS)
{
    const Datum bytes = DirectFunctionCall1(byteain, PG_GETARG_DATUM(0));
    check(DatumGetByteaPP(bytes));
    return bytes;
}

PG_FUNCTION_INFO_V1(loci_summary_out);
Datum loci_summary_out(PG_FUNCTION_ARGS)
{
    return DirectFunctionCall1(byteaout, PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(loci_summary_recv);
Datum loci_summary_recv(PG_FUNCTION_ARGS)
{
    const Datum bytes = DirectFunctionCall1(bytearecv, PG_GETARG_DATUM(0));
    check(DatumGetByteaPP(bytes));
    return bytes;
}

PG_FUNCTION_INFO_V1(loci_summary_send);
Datum loci_summary_send(PG_FUNCTION_ARGS)
{
    return DirectFunctionCall1(byteasend, PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(loci_summary_of_bytea);
Datum loci_summary_of_bytea(PG_FUNCTION_ARGS)
{
    check(PG_GETARG_BYTEA_PP(0));
    return PG_GETARG_DATUM(0);
}

static Datum to_datum(const kept_bytes *bytes)
{
    bytea *result;
    if (bytes->size > MaxAllocSize - VARHDRSZ)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                        errmsg("loci: the result has %zu bytes; a value has at most 1 GB", bytes->size)));
    result = palloc(bytes->size + VARHDRSZ);
    SET_VARSIZE(result, bytes->size + VARHDRSZ);
    memcpy(VARDATA(result), bytes->at, bytes->size);
    return PointerGetDatum(result);
}

/* ---- samples that are collected ---- */

typedef enum { MAKES_MEMORY, MAKES_ARCHIVE } made;

typedef struct {
    loci_allocator allocator;
    made makes;
    bool regular;  /* no times: samples in the order in which they come */
    bool in_order; /* the query sorts them */
    int32 order, detail;
    char what[128]; /* of an archive */
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
    if (!s->regular && kept_sort(s->samples, s->count, &s->allocator, &error) != LOCI_OK) fail(&error);
    if (s->begun && !s->regular && !(s->samples[0].time > s->last)) refuse_time(s->samples[0].time, s->last);
    if (!s->begun && kept_memory_begin(&s->k, plans(), (size_t)s->order, (size_t)s->detail,
                                       s->regular ? 1 : 0, 0, &error) != LOCI_OK)
        fail(&error);
    s->begun = true;
    for (size_t i = 0, n; i < s->count; i += n) {
        CHECK_FOR_INTERRUPTS();
        n = Min(s->count - i, PIECE);
        for (size_t j = 0; j < n; j++) u[j] = s->samples[i + j].value, t[j] = s->samples[i + j].time;
        if (loci_memory_push(s->k.memory, s->k.plan, u, s->regular ? NULL : t, n, &error) != LOCI_OK)
            fail(&error);
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

static MemoryContext context_of(FunctionCallInfo fcinfo)
{
    MemoryContext context;
    if (!AggCheckCallContext(fcinfo, &context))
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("loci: this is part of an aggregate")));
    return context;
}

static collected *begin(FunctionCallInfo fcinfo, made makes)
{
    MemoryContext context = context_of(fcinfo);
    collected *s = MemoryContextAllocZero(context, sizeof *s);
    s->allocator = allocator_of(context);
    s->makes = makes;
    s->order = 64;
    s->detail = 4;
    s->in_order = AggGetAggref(fcinfo) && AggGetAggref(fcinfo)->aggorder != NIL;
    s->divided = IsA(fcinfo->context, AggState) &&
                 DO_AGGSPLIT_SKIPFINAL(castNode(AggState, fcinfo->context)->aggsplit);
    return s;
}

/* Seconds since 1970. */
static double seconds(TimestampTz time)
{
    if (TIMESTAMP_NOT_FINITE(time))
        ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("loci: a time is infinite")));
    return (double)time / 1e6 + (double)(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
}

/* state, value [, time [, order [, detail]]]; a row without a value or a time is no sample. */
static Datum memory_step(FunctionCallInfo fcinfo, bool stamps)
{
    const int n = PG_NARGS();
    collected *s = PG_ARGISNULL(0) ? begin(fcinfo, MAKES_MEMORY) : (collected *)PG_GETARG_POINTER(0);
    context_of(fcinfo);
    if (PG_ARGISNULL(0)) {
        s->regular = n < 3;
        if (n > 3 && !PG_ARGISNULL(3)) s->order = PG_GETARG_INT32(3);
        if (n > 4 && !PG_ARGISNULL(4)) s->detail = PG_GETARG_INT32(4);
        if (s->order < 1 || s->order > LOCI_ORDER_MAX || s->detail < 0 || s->detail > LOCI_DETAIL_MAX)
            ereport(
                ERROR,
                (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                 errmsg("loci: order %d, detail %d; orders of 1 to %d and details of 0 to %d were expected",
                        s->order, s->detail, LOCI_ORDER_MAX, LOCI_DETAIL_MAX)));
    }
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

/* state, value, time, what: NULL values are missing samples, as rows that are not there. Or state, value, what. */
static Datum archive_step(FunctionCallInfo fcinfo, bool stamps)
{
    const int n = PG_NARGS();
    collected *s = PG_ARGISNULL(0) ? begin(fcinfo, MAKES_ARCHIVE) : (collected *)PG_GETARG_POINTER(0);
    context_of(fcinfo);
    if (PG_ARGISNULL(0)) {
        loci_archive_spec spec;
        loci_error error;
        char *what;
        if (PG_ARGISNULL(n - 1))
            ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                            errmsg("loci: what an archive keeps is NULL; a text as error=1%% was expected")));
        what = text_to_cstring(PG_GETARG_TEXT_PP(n - 1));
        if (kept_archive_spec(&spec, what, &error) != LOCI_OK) fail(&error);
        s->regular = n < 4;
        strlcpy(s->what, what, sizeof s->what);
    }
    if (s->regular && PG_ARGISNULL(1))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                        errmsg("loci: a value is NULL, and rows have no times; a number was expected")));
    if (!PG_ARGISNULL(1) && (s->regular || !PG_ARGISNULL(2)))
        add(s, PG_GETARG_FLOAT8(1),
            s->regular ? 0
            : stamps   ? seconds(PG_GETARG_TIMESTAMPTZ(2))
                       : PG_GETARG_FLOAT8(2));
    PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(loci_archive_step);
Datum loci_archive_step(PG_FUNCTION_ARGS)
{
    return archive_step(fcinfo, false);
}

PG_FUNCTION_INFO_V1(loci_archive_step_stamped);
Datum loci_archive_step_stamped(PG_FUNCTION_ARGS)
{
    return archive_step(fcinfo, true);
}

PG_FUNCTION_INFO_V1(loci_collected_combine);
Datum loci_collected_combine(PG_FUNCTION_ARGS)
{
    collected *a = PG_ARGISNULL(0) ? NULL : (collected *)PG_GETARG_POINTER(0);
    const collected *b = PG_ARGISNULL(1) ? NULL : (collected *)PG_GETARG_POINTER(1);
    MemoryContext context = context_of(fcinfo);
    if (!b && !a) PG_RETURN_NULL();
    if (!b) PG_RETURN_POINTER(a);
    if (!a) {
        a = MemoryContextAllocZero(context, sizeof *a);
        memcpy(a, b, HEAD);
        a->allocator = allocator_of(context);
        a->divided = true;
    }
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
    context_of(fcinfo);
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
    context_of(fcinfo);
    if (size < HEAD || (size - HEAD) % sizeof *s->samples != 0)
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("loci: what a worker sent is damaged")));
    s = palloc0(sizeof *s);
    memcpy(s, VARDATA_ANY(bytes), HEAD);
    s->allocator = allocator_of(CurrentMemoryContext);
    s->divided = true;
    s->count = s->room = (size - HEAD) / sizeof *s->samples;
    s->samples = s->count ? s->allocator.allocate(s->allocator.context, size - HEAD) : NULL;
    if (s->count && !s->samples)
        ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("loci: out of memory")));
    if (s->count) memcpy(s->samples, VARDATA_ANY(bytes) + HEAD, size - HEAD);
    PG_RETURN_POINTER(s);
}

/* ---- their ends ---- */

/* Samples k where time is start + k step, to a thousandth of a step; missing between them. */
static void archive_push(loci_archive_writer *writer, const collected *s, const loci_archive_spec *spec)
{
    enum { PIECE = 8192 };
    double u[PIECE];
    size_t n = 0;
    loci_error error;
    double next = 0;
    for (size_t i = 0; i < s->count; i++) {
        double place = s->regular ? (double)i : (s->samples[i].time - spec->start) / spec->dt;
        const double whole = floor(place + 0.5);
        if (fabs(place - whole) > 1e-3 || !(whole < 0x1p53))
            ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
                            errmsg("loci: the time %.17g is no whole number of steps of %g s from %.17g",
                                   s->samples[i].time, spec->dt, spec->start),
                            errhint("Say the step: loci_archive(value, time, 'error=1%%,step=60').")));
        for (; next <= whole; next++) {
            u[n++] = next < whole ? NAN : s->samples[i].value;
            if (n < PIECE) continue;
            CHECK_FOR_INTERRUPTS();
            if (loci_archive_writer_push(writer, u, n, &error) != LOCI_OK) fail(&error);
            n = 0;
        }
    }
    if (n > 0 && loci_archive_writer_push(writer, u, n, &error) != LOCI_OK) fail(&error);
}

static Datum archive_end(collected *s)
{
    static const char note[] = "channel=value\n", stamped_note[] = "time=iso\nchannel=value\n";
    kept_bytes bytes = {.allocator = &s->allocator};
    loci_archive_writer *writer;
    loci_archive_spec spec;
    loci_error error;
    Datum result;
    if (kept_archive_spec(&spec, s->what, &error) != LOCI_OK) fail(&error);
    if (!s->regular) {
        if (kept_sort(s->samples, s->count, &s->allocator, &error) != LOCI_OK) fail(&error);
        if (!strstr(s->what, "start=")) spec.start = s->samples[0].time;
        if (!strstr(s->what, "step=") && s->count > 1) {
            spec.dt = s->samples[1].time - s->samples[0].time;
            for (size_t i = 2; i < s->count; i++)
                spec.dt = fmin(spec.dt, s->samples[i].time - s->samples[i - 1].time);
        }
        if (!(s->samples[0].time >= spec.start))
            ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
                            errmsg("loci: the time %.17g lies before the start, %.17g", s->samples[0].time,
                                   spec.start)));
    }
    spec.allocator = &s->allocator;
    (void)stamped_note;
    if (loci_archive_writer_create(&writer, &spec, note, sizeof note - 1, kept_sink, &bytes, &error) !=
        LOCI_OK)
        fail(&error);
    archive_push(writer, s, &spec);
    if (loci_archive_writer_finish(writer, &error) != LOCI_OK) fail(&error);
    result = to_datum(&bytes);
    loci_archive_writer_free(writer);
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
    context_of(fcinfo);
    if (!s || (s->count == 0 && !s->begun)) PG_RETURN_NULL();
    if (s->makes == MAKES_ARCHIVE) return archive_end(s);
    push(s);
    bytes = (kept_bytes){.allocator = &s->allocator};
    if (kept_memory_bytes(&s->k, &bytes, &error) != LOCI_OK) fail(&error);
    result = to_datum(&bytes);
    kept_bytes_release(&bytes);
    return result; /* the memory goes with the context of the aggregate */
}

/* ---- rollup ---- */

typedef struct {
    loci_allocator allocator;
    kept_bytes bytes, sizes; /* one after the other, and their sizes, uint64 */
} rolled;

static rolled *rolled_begin(MemoryContext context)
{
    rolled *s = MemoryContextAllocZero(context, sizeof *s);
    s->allocator = allocator_of(context);
    s->bytes.allocator = s->sizes.allocator = &s->allocator;
    return s;
}

static void rolled_add(rolled *s, const void *bytes, uint64 size)
{
    loci_error error;
    if (kept_bytes_room(&s->bytes, size, &error) != LOCI_OK ||
        kept_bytes_room(&s->sizes, sizeof size, &error) != LOCI_OK)
        fail(&error);
    memcpy(s->bytes.at + s->bytes.size, bytes, size);
    s->bytes.size += size;
    memcpy(s->sizes.at + s->sizes.size, &size, sizeof size);
    s->sizes.size += sizeof size;
}

PG_FUNCTION_INFO_V1(loci_rollup_step);
Datum loci_rollup_step(PG_FUNCTION_ARGS)
{
    MemoryContext context = context_of(fcinfo);
    rolled *s = PG_ARGISNULL(0) ? rolled_begin(context) : (rolled *)PG_GETARG_POINTER(0);
    if (!PG_ARGISNULL(1)) {
        const bytea *bytes = PG_GETARG_BYTEA_PP(1);
        rolled_add(s, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
    }
    PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(loci_rollup_combine);
Datum loci_rollup_combine(PG_FUNCTION_ARGS)
{
    MemoryContext context = context_of(fcinfo);
    rolled *a = PG_ARGISNULL(0) ? NULL : (rolled *)PG_GETARG_POINTER(0);
    const rolled *b = PG_ARGISNULL(1) ? NULL : (rolled *)PG_GETARG_POINTER(1);
    if (!a && !b) PG_RETURN_NULL();
    if (!a) a = rolled_begin(context);
    for (size_t i = 0, at = 0; b && i < b->sizes.size; i += sizeof(uint64)) {
        uint64 size;
        memcpy(&size, b->sizes.at + i, sizeof size);
        rolled_add(a, b->bytes.at + at, size);
        at += size;
    }
    PG_RETURN_POINTER(a);
}

PG_FUNCTION_INFO_V1(loci_rollup_serial);
Datum loci_rollup_serial(PG_FUNCTION_ARGS)
{
    const rolled *s = (rolled *)PG_GETARG_POINTER(0);
    const uint64 head = s->sizes.size;
    bytea *result;
    context_of(fcinfo);
    if (head + s->bytes.size > MaxAllocSize - VARHDRSZ - sizeof head)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                        errmsg("loci: a worker has more than 1 GB of memories to roll up")));
    result = palloc(VARHDRSZ + sizeof head + head + s->bytes.size);
    SET_VARSIZE(result, VARHDRSZ + sizeof head + head + s->bytes.size);
    memcpy(VARDATA(result), &head, sizeof head);
    if (head) memcpy(VARDATA(result) + sizeof head, s->sizes.at, head);
    if (s->bytes.size) memcpy(VARDATA(result) + sizeof head + head, s->bytes.at, s->bytes.size);
    PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(loci_rollup_deserial);
Datum loci_rollup_deserial(PG_FUNCTION_ARGS)
{
    const bytea *sent = PG_GETARG_BYTEA_PP(0);
    const char *at = VARDATA_ANY(sent);
    const size_t size = VARSIZE_ANY_EXHDR(sent);
    rolled *s = rolled_begin(CurrentMemoryContext);
    uint64 head, one;
    size_t used;
    context_of(fcinfo);
    if (size < sizeof head || (memcpy(&head, at, sizeof head), head > size - sizeof head) ||
        head % sizeof one)
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("loci: what a worker sent is damaged")));
    used = sizeof head + head;
    for (uint64 i = 0; i < head; i += sizeof one) {
        memcpy(&one, at + sizeof head + i, sizeof one);
        if (one > size - used)
            ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("loci: what a worker sent is damaged")));
        rolled_add(s, at + used, one);
        used += one;
    }
    PG_RETURN_POINTER(s);
}

PG_FUNCTION_INFO_V1(loci_rollup_end);
Datum loci_rollup_end(PG_FUNCTION_ARGS)
{
    const rolled *s = PG_ARGISNULL(0) ? NULL : (rolled *)PG_GETARG_POINTER(0);
    const size_t count = s ? s->sizes.size / sizeof(uint64) : 0;
    kept_bytes bytes;
    kept_piece *pieces;
    loci_error error;
    Datum result;
    context_of(fcinfo);
    if (count == 0) PG_RETURN_NULL();
    pieces = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof *pieces);
    for (size_t i = 0, at = 0; i < count; i++) {
        uint64 size;
        memcpy(&size, s->sizes.at + i * sizeof size, sizeof size);
        pieces[i] = (kept_piece){s->bytes.at + at, size};
        at += size;
    }
    bytes = (kept_bytes){.allocator = &s->allocator};
    if (kept_rollup(&bytes, plans(), pieces, count, &error) != LOCI_OK) fail(&error);
    result = to_datum(&bytes);
    kept_bytes_release(&bytes);
    pfree(pieces);
    return result;
}

/* ---- accessors ---- */

/* What the call before asked, mostly: a query asks a memory for many things. */
typedef struct {
    kept k;
    bytea *bytes;
} last_asked;

static const kept *asked(FunctionCallInfo fcinfo)
{
    bytea *bytes = PG_GETARG_BYTEA_PP(0);
    const size_t size = VARSIZE_ANY_EXHDR(bytes);
    last_asked *last = fcinfo->flinfo->fn_extra;
    loci_error error;
    if (last && last->bytes && VARSIZE_ANY_EXHDR(last->bytes) == size &&
        memcmp(VARDATA_ANY(last->bytes), VARDATA_ANY(bytes), size) == 0)
        return &last->k;
    if (!last)
        last = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof *last);
    if (last->bytes) {
        kept_close(&last->k);
        pfree(last->bytes);
        last->bytes = NULL;
    }
    last->bytes = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, VARSIZE_ANY(bytes));
    memcpy(last->bytes, bytes, VARSIZE_ANY(bytes));
    if (kept_open(&last->k, plans(), VARDATA_ANY(last->bytes), size, &error) != LOCI_OK) {
        pfree(last->bytes);
        last->bytes = NULL;
        fail(&error);
    }
    return &last->k;
}

static Datum recall(FunctionCallInfo fcinfo, loci_ask ask, bool interval)
{
    const kept *k = asked(fcinfo);
    double t[2] = {kept_start(k), kept_end(k)}, out;
    loci_error error;
    for (int i = 1; i < PG_NARGS(); i++) t[i - 1] = PG_GETARG_FLOAT8(i);
    if (interval && !(t[0] <= t[1]))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("loci: the interval ends before it begins; from <= to was expected")));
    if (kept_recall(k, ask, t, 1, &out, &error) != LOCI_OK) fail(&error);
    if (isnan(out)) PG_RETURN_NULL(); /* missing */
    PG_RETURN_FLOAT8(out);
}

#define RECALL(name, ask, interval)                                                                          \
    PG_FUNCTION_INFO_V1(name);                                                                               \
    Datum name(PG_FUNCTION_ARGS)                                                                             \
    {                                                                                                        \
        return recall(fcinfo, ask, interval);                                                                \
    }
RECALL(loci_ask_value, LOCI_VALUE, false)
RECALL(loci_ask_derivative, LOCI_DERIVATIVE, false)
RECALL(loci_ask_mean, LOCI_MEAN, true)
RECALL(loci_ask_integral, LOCI_INTEGRAL, true)

static Datum known(FunctionCallInfo fcinfo, int which)
{
    const kept *k = asked(fcinfo);
    double t[2] = {kept_start(k), kept_end(k)}, out, other;
    loci_error error;
    loci_status status;
    for (int i = 1; i < PG_NARGS(); i++) t[i - 1] = PG_GETARG_FLOAT8(i);
    status = which == 0   ? kept_rms(k, t[0], t[1], &out, &error)
             : which == 1 ? kept_extremes(k, t[0], t[1], &out, &other, &error)
                          : kept_extremes(k, t[0], t[1], &other, &out, &error);
    if (status != LOCI_OK) fail(&error);
    if (isnan(out)) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(out);
}

#define KNOWN(name, which)                                                                                   \
    PG_FUNCTION_INFO_V1(name);                                                                               \
    Datum name(PG_FUNCTION_ARGS)                                                                             \
    {                                                                                                        \
        return known(fcinfo, which);                                                                         \
    }
KNOWN(loci_ask_error, 0)
KNOWN(loci_ask_min, 1)
KNOWN(loci_ask_max, 2)

PG_FUNCTION_INFO_V1(loci_ask_start);
Datum loci_ask_start(PG_FUNCTION_ARGS)
{
    PG_RETURN_FLOAT8(kept_start(asked(fcinfo)));
}

PG_FUNCTION_INFO_V1(loci_ask_end);
Datum loci_ask_end(PG_FUNCTION_ARGS)
{
    PG_RETURN_FLOAT8(kept_end(asked(fcinfo)));
}

PG_FUNCTION_INFO_V1(loci_ask_samples);
Datum loci_ask_samples(PG_FUNCTION_ARGS)
{
    PG_RETURN_INT64((int64)kept_samples(asked(fcinfo)));
}

/* Points for a chart: a set of (time, value). */
PG_FUNCTION_INFO_V1(loci_ask_points);
Datum loci_ask_points(PG_FUNCTION_ARGS)
{
    FuncCallContext *call;
    if (SRF_IS_FIRSTCALL()) {
        MemoryContext before;
        const int32 n = PG_GETARG_INT32(1);
        double *t;
        kept k;
        loci_error error;
        call = SRF_FIRSTCALL_INIT();
        before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
        if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("loci: points are a table of times and values")));
        call->tuple_desc = BlessTupleDesc(call->tuple_desc);
        if (n < 1 || n > 10000000)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("loci: %d points; 1 to 10000000 were expected", n)));
        k = opened(PG_GETARG_BYTEA_PP(0));
        t = palloc(2 * (size_t)n * sizeof *t);
        if (kept_points(&k, (size_t)n, t, t + n, &error) != LOCI_OK) fail(&error);
        kept_close(&k);
        call->user_fctx = t;
        call->max_calls = (uint64)n;
        MemoryContextSwitchTo(before);
    }
    call = SRF_PERCALL_SETUP();
    if (call->call_cntr < call->max_calls) {
        const double *t = call->user_fctx, value = t[call->max_calls + call->call_cntr];
        Datum values[2] = {Float8GetDatum(t[call->call_cntr]), Float8GetDatum(value)};
        bool nulls[2] = {false, isnan(value)};
        SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
    }
    SRF_RETURN_DONE(call);
}
