/* SPDX-License-Identifier: MIT
 * table_writer.h - a table whose rows come one after the other, nobody knows how many: CSV with a column in front for the time or the
 * number of the sample, or NPY without it. */
#ifndef LOCI_CLI_TABLE_WRITER_H
#define LOCI_CLI_TABLE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/output.h"

typedef struct {
    output out;
    bool npy, iso;
    size_t columns;
    uint64_t count; /* so far */
} table_writer;

/* path: a file, NPY where it ends in .npy; NULL or "-": CSV on standard output. lead: the name of the column in front, whose
 * numbers are dates where iso is set. The columns are called name, or name0, name1, ... */
void table_writer_open(table_writer *table, const char *path, const char *lead, bool iso, const char *name,
                       size_t columns);
void table_writer_put(table_writer *table, double lead, const double *values /* [columns] */);
/* Whether something could not be written: what follows is in vain. */
bool table_writer_failed(const table_writer *table);
/* Finishes: 0, or a status after saying what went wrong. */
int table_writer_close(table_writer *table);
/* Instead: nothing is written, but for what went to standard output. */
void table_writer_abandon(table_writer *table);

#endif
