/* SPDX-License-Identifier: MIT
 *
 * postgresql_rollup.c - loci_rollup: an aggregate of memories, archives or forecasters that follow one another.
 */
#include "loci_postgresql.h"

typedef struct {
    loci_allocator allocator;
    kept_bytes bytes, sizes; /* one after the other, and their sizes, uint64 */
} rolled;

static rolled *rolled_begin(MemoryContext context)
{
    rolled *s = MemoryContextAllocZero(context, sizeof *s);
    s->allocator = loci_pg_allocator(context);
    s->bytes.allocator = s->sizes.allocator = &s->allocator;
    return s;
}

static void rolled_add(rolled *s, const void *bytes, uint64 size)
{
    loci_error error;
    if (kept_bytes_room(&s->bytes, size, &error) != LOCI_OK ||
        kept_bytes_room(&s->sizes, sizeof size, &error) != LOCI_OK)
        loci_pg_fail(&error);
    memcpy(s->bytes.at + s->bytes.size, bytes, size);
    s->bytes.size += size;
    memcpy(s->sizes.at + s->sizes.size, &size, sizeof size);
    s->sizes.size += sizeof size;
}

PG_FUNCTION_INFO_V1(loci_rollup_step);
Datum loci_rollup_step(PG_FUNCTION_ARGS)
{
    MemoryContext context = loci_pg_context(fcinfo);
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
    MemoryContext context = loci_pg_context(fcinfo);
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
    loci_pg_context(fcinfo);
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
    loci_pg_context(fcinfo);
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
    loci_pg_context(fcinfo);
    if (count == 0) PG_RETURN_NULL();
    pieces = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof *pieces);
    for (size_t i = 0, at = 0; i < count; i++) {
        uint64 size;
        memcpy(&size, s->sizes.at + i * sizeof size, sizeof size);
        pieces[i] = (kept_piece){s->bytes.at + at, size};
        at += size;
    }
    bytes = (kept_bytes){.allocator = &s->allocator};
    if (kept_rollup(&bytes, loci_pg_plans(), pieces, count, &error) != LOCI_OK) loci_pg_fail(&error);
    result = loci_pg_value(&bytes);
    kept_bytes_release(&bytes);
    pfree(pieces);
    return result;
}
