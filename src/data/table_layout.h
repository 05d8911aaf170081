/* SPDX-License-Identifier: MIT
 * data/table_layout.h - a table while its structure is being found out: table.c and table_columns.c. */
#ifndef LOCI_DATA_TABLE_LAYOUT_H
#define LOCI_DATA_TABLE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/survey.h"
#include "data/table.h"

/* Of a column, in the rows below the first one. */
typedef struct {
    uint16_t numbers, dates, texts;
    bool filled; /* something stands in it, be it NaN or "" */
    bool recurs; /* the text of the first row stands in another one, too */
    bool comma;  /* a text is "1,5" */
} loci_evidence;

typedef struct {
    loci_table *own;
    loci_signal *signal;
    const loci_signal_options *options;
    loci_survey survey;
    size_t data;            /* which row of the survey is the first of data */
    loci_field *first;      /* [own->fields] of the first row */
    loci_evidence *columns; /* [own->fields] */
    bool known;             /* the columns that are read are options->known */
} loci_layout;

/* Field i of a row of the survey, which has that many; and how many a row has. */
loci_field loci_layout_field(const loci_layout *l, size_t row, size_t i);
size_t loci_layout_count(const loci_layout *l, size_t row);

loci_status loci_layout_no_memory(const loci_layout *l, loci_error *error);
/* What is wrong in a row of the survey. */
loci_status loci_layout_report(const loci_layout *l, size_t row, const loci_table_fault *wrong,
                               loci_error *error);

/* Which columns are channels, times or left out, from the evidence and the options, and what the channels are called. */
loci_status loci_layout_choose(loci_layout *l, loci_error *error);
/* A column that looks like times, which nobody asked for, neither as times nor as values, of a table whose columns are not known. */
loci_status loci_layout_find_times(const loci_layout *l, loci_error *error);

#endif
