/* SPDX-License-Identifier: MIT
 * sheet.h - a table whose rows come one after the other, nobody knows how many: CSV with a column in front for the time or the
 * number of the sample, or NPY without it. */
#ifndef LOCI_CLI_SHEET_H
#define LOCI_CLI_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/output.h"

typedef struct {
    output out;
    bool npy, iso;
    size_t columns;
    uint64_t count; /* so far */
} sheet;

/* path: a file, NPY where it ends in .npy; NULL or "-": CSV on standard output. lead: the name of the column in front, whose
 * numbers are dates where iso is set. The columns are called name, or name0, name1, ... */
void sheet_open(sheet *table, const char *path, const char *lead, bool iso, const char *name, size_t columns);
void sheet_put(sheet *table, double lead, const double *values /* [columns] */);
/* Whether something could not be written: what follows is in vain. */
bool sheet_failed(const sheet *table);
/* Finishes: 0, or a status after saying what went wrong. */
int sheet_close(sheet *table);
/* Instead: nothing is written, but for what went to standard output. */
void sheet_abandon(sheet *table);

#endif
