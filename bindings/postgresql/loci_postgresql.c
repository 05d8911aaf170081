/* SPDX-License-Identifier: MIT
 *
 * loci_postgresql.c - memories, archives and forecasters as a type of PostgreSQL; loci--0.1.sql declares it, docs/databases.md tells what
 * there is. Aggregates are in postgresql_collect.c and postgresql_rollup.c, questions in postgresql_ask.c.
 */
#include "loci_postgresql.h"

#include "miscadmin.h"
#include "utils/builtins.h"

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

loci_allocator loci_pg_allocator(MemoryContext context)
{
    return (loci_allocator){sizeof(loci_allocator), take, give, context};
}

void loci_pg_fail(const loci_error *error)
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
    /* of files their path would come first */
    ereport(ERROR,
            (errcode(codes[error->status]),
             errmsg("loci: %s%s", strncmp(error->text, "is ", 3) == 0 ? "the value " : "", error->text)));
}

void loci_pg_pause(void)
{
    CHECK_FOR_INTERRUPTS();
}

kept_plans *loci_pg_plans(void)
{
    static kept_plans all;
    if (!all.allocator.allocate) all.allocator = loci_pg_allocator(TopMemoryContext);
    all.pause = loci_pg_pause;
    return &all;
}

/* ---- the type ---- */

kept loci_pg_open(const bytea *bytes, const loci_allocator *by)
{
    kept k;
    loci_error error;
    if (kept_open(&k, loci_pg_plans(), by, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &error) != LOCI_OK)
        loci_pg_fail(&error);
    return k;
}

static void check(const bytea *bytes)
{
    const loci_allocator by = loci_pg_allocator(CurrentMemoryContext);
    kept k = loci_pg_open(bytes, &by);
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

Datum loci_pg_value(const kept_bytes *bytes)
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

/* ---- aggregates ---- */

MemoryContext loci_pg_context(FunctionCallInfo fcinfo)
{
    MemoryContext context;
    if (!AggCheckCallContext(fcinfo, &context))
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("loci: this is part of an aggregate")));
    return context;
}
