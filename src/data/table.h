/* SPDX-License-Identifier: MIT
 * data/table.h - a table as text: what its structure is (table.c), and its rows (csv.c). */
#ifndef LOCI_DATA_TABLE_H
#define LOCI_DATA_TABLE_H

#include "data/field.h"
#include "data/lines.h"
#include "data/signal.h"

#define LOCI_TABLE_ROWS 4096       /* of one read: a line number is kept for each */
#define LOCI_TABLE_SKIP UINT32_MAX /* targets that are no channel */
#define LOCI_TABLE_TIME (UINT32_MAX - 1)

typedef struct {
    loci_lines lines;
    char delimiter;
    char point;
    size_t fields;    /* of every row */
    uint32_t *target; /* [fields] channel, SKIP or TIME */
    char **names;     /* [fields] of the header, or NULL */
    double ticks;     /* of the times in a second */
    /* Blank lines that were passed; of one column each is a missing value if another row follows. */
    size_t blanks;
    uint64_t blank_line;                /* the first of them */
    bool begun;                         /* a row was given */
    bool said_comment, said_blank;      /* what is said once */
    uint64_t row_line[LOCI_TABLE_ROWS]; /* of the rows of the last read */
} loci_table;

typedef struct {
    enum {
        LOCI_TABLE_FINE,
        LOCI_TABLE_OPEN_QUOTE,
        LOCI_TABLE_RAGGED,
        LOCI_TABLE_NO_NUMBER,
        LOCI_TABLE_NO_TIME
    } what;
    size_t fields; /* RAGGED: how many there are */
    size_t column; /* of NO_NUMBER and NO_TIME */
    loci_field at; /* what stands there */
} loci_table_fault;

/* Says what is wrong in this line. */
loci_status loci_table_report(const loci_table *own, const loci_signal *signal, uint64_t line,
                              const loci_table_fault *wrong, loci_error *error);
void loci_table_name_column(const loci_table *own, size_t column, char *text, size_t size);

/* Finds out delimiter, header and columns from the first rows and the options; the input then stands where rows begin.
 * Fills the signal's channels, info and names, and says what is left out. */
loci_status loci_table_open(loci_table *own, loci_signal *signal, const loci_signal_options *options,
                            loci_error *error);

#endif
