/* SPDX-License-Identifier: MIT
 *
 * loci_sqlite.h - what the files of the extension have in common.
 */
#ifndef LOCI_BINDINGS_SQLITE_H
#define LOCI_BINDINGS_SQLITE_H

#include <sqlite3ext.h>

#include "kept_readout.h"

/* Of one connection: user data of all functions. */
typedef struct {
    kept_plans plans;
    size_t users; /* functions that refer to it */
} loci_sqlite;

loci_sqlite *loci_sqlite_shared(sqlite3_context *context);

void loci_sqlite_say(sqlite3_context *context, const loci_error *error);
void loci_sqlite_refuse(sqlite3_context *context, const char *text);
/* A number; 0, said, where it is none. `what` names it. */
int loci_sqlite_number(sqlite3_context *context, sqlite3_value *value, const char *what, double *to);
int loci_sqlite_count(sqlite3_context *context, sqlite3_value *value, const char *what, sqlite3_int64 least,
                      sqlite3_int64 most, size_t *to);

/* Bytes become the result. */
void loci_sqlite_result(sqlite3_context *context, kept_bytes *bytes);

/* Each defines functions, or tables, of which every one is a user of s until `release`. */
int loci_sqlite_add_collected(sqlite3 *db, loci_sqlite *s, void (*release)(void *)); /* aggregates */
int loci_sqlite_add_accessors(sqlite3 *db, loci_sqlite *s, void (*release)(void *));
int loci_sqlite_add_tables(sqlite3 *db, loci_sqlite *s, void (*release)(void *));

#endif
