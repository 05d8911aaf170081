/* SPDX-License-Identifier: MIT
 *
 * postgresql_ask.c - what a memory, an archive or a forecaster is asked for.
 */
#include "loci_postgresql.h"

#include <math.h>

#include "funcapi.h"

/* What the call before asked, mostly: a query asks a memory for many things. */
typedef struct {
    loci_allocator allocator; /* of the query: what a cancelled one leaves goes with it */
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
    if (!last) {
        last = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof *last);
        last->allocator = loci_pg_allocator(fcinfo->flinfo->fn_mcxt);
    }
    if (last->bytes) {
        kept_close(&last->k);
        pfree(last->bytes);
        last->bytes = NULL;
    }
    last->bytes = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, VARSIZE_ANY(bytes));
    memcpy(last->bytes, bytes, VARSIZE_ANY(bytes));
    if (kept_open(&last->k, loci_pg_plans(), &last->allocator, VARDATA_ANY(last->bytes), size, &error) !=
        LOCI_OK) {
        pfree(last->bytes);
        last->bytes = NULL;
        loci_pg_fail(&error);
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
    if (kept_recall(k, ask, t, 1, &out, &error) != LOCI_OK) loci_pg_fail(&error);
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
    if (status != LOCI_OK) loci_pg_fail(&error);
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

/* ---- sets: rows of numbers, [columns][count] in user_fctx, NaN as NULL ---- */

static FuncCallContext *set_begin(FunctionCallInfo fcinfo)
{
    FuncCallContext *call = SRF_FIRSTCALL_INIT();
    MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
    if (get_call_result_type(fcinfo, NULL, &call->tuple_desc) != TYPEFUNC_COMPOSITE)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("loci: this is a table, as in FROM")));
    call->tuple_desc = BlessTupleDesc(call->tuple_desc);
    MemoryContextSwitchTo(before);
    return call;
}

static Datum set_next(FunctionCallInfo fcinfo)
{
    enum { MOST = 8 };
    FuncCallContext *call = SRF_PERCALL_SETUP();
    const double *numbers = call->user_fctx;
    const int columns = call->tuple_desc->natts;
    Datum values[MOST];
    bool nulls[MOST];
    if (call->call_cntr >= call->max_calls) SRF_RETURN_DONE(call);
    for (int i = 0; i < columns && i < MOST; i++) {
        const double value = numbers[(uint64)i * call->max_calls + call->call_cntr];
        values[i] = Float8GetDatum(value);
        nulls[i] = isnan(value);
    }
    SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

/* Points for a chart: (time, value). */
PG_FUNCTION_INFO_V1(loci_ask_points);
Datum loci_ask_points(PG_FUNCTION_ARGS)
{
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *call = set_begin(fcinfo);
        MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
        const loci_allocator by = loci_pg_allocator(CurrentMemoryContext);
        const int32 n = PG_GETARG_INT32(1);
        double *t;
        kept k;
        loci_error error;
        if (n < 1 || n > 10000000)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("loci: %d points; 1 to 10000000 were expected", n)));
        k = loci_pg_open(PG_GETARG_BYTEA_PP(0), &by);
        t = palloc(2 * (size_t)n * sizeof *t);
        if (kept_points(&k, (size_t)n, t, t + n, &error) != LOCI_OK) loci_pg_fail(&error);
        kept_close(&k);
        call->user_fctx = t;
        call->max_calls = (uint64)n;
        MemoryContextSwitchTo(before);
    }
    return set_next(fcinfo);
}

/* What comes: (time, value, lower80, upper80, lower95, upper95). */
PG_FUNCTION_INFO_V1(loci_ask_forecast);
Datum loci_ask_forecast(PG_FUNCTION_ARGS)
{
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *call = set_begin(fcinfo);
        MemoryContext before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
        const loci_allocator by = loci_pg_allocator(CurrentMemoryContext);
        kept k = loci_pg_open(PG_GETARG_BYTEA_PP(0), &by);
        size_t n = PG_NARGS() < 2 ? SIZE_MAX : PG_GETARG_INT32(1) < 0 ? 0 : (size_t)PG_GETARG_INT32(1);
        double *t;
        loci_error error;
        if (kept_horizon(&k, &n, &error) != LOCI_OK) loci_pg_fail(&error);
        t = palloc(6 * n * sizeof *t);
        if (kept_forecast(&k, n, t, t + n, t + 2 * n, &error) != LOCI_OK) loci_pg_fail(&error);
        kept_close(&k);
        call->user_fctx = t;
        call->max_calls = n;
        MemoryContextSwitchTo(before);
    }
    return set_next(fcinfo);
}
