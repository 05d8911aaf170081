/* SPDX-License-Identifier: MIT
 *
 * loci_postgresql.h - what the files of the extension have in common.
 */
#ifndef LOCI_BINDINGS_POSTGRESQL_H
#define LOCI_BINDINGS_POSTGRESQL_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/memutils.h"

#include "kept_readout.h"

/* Memory of a context, so that what a query leaves behind goes with it. */
extern loci_allocator loci_pg_allocator(MemoryContext context);
/* An error of the library as one of the server. */
extern void loci_pg_fail(const loci_error *error) pg_attribute_noreturn();
/* Where a query may be cancelled. */
extern void loci_pg_pause(void);
/* Tables of the kinds of memory that this session has met; they stay. */
extern kept_plans *loci_pg_plans(void);
/* A value of the bytes, in the context of now. */
extern Datum loci_pg_value(const kept_bytes *bytes);
/* Opened, of memory of the allocator, which must stay while it is open. */
extern kept loci_pg_open(const bytea *bytes, const loci_allocator *by);
/* Where an aggregate keeps what it has; an error, where none is at work. */
extern MemoryContext loci_pg_context(FunctionCallInfo fcinfo);

#endif
