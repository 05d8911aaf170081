/* SPDX-License-Identifier: MIT
 * data/survey.h - the first rows of a table, from which its structure is told. */
#ifndef LOCI_DATA_SURVEY_H
#define LOCI_DATA_SURVEY_H

#include "data/table.h"

#define LOCI_SURVEY_ROWS 32

enum { LOCI_SURVEY_TAB, LOCI_SURVEY_SEMICOLON, LOCI_SURVEY_COMMA, LOCI_SURVEY_BLANK, LOCI_SURVEY_KINDS };

typedef struct {
    size_t begin, end;                    /* from where the input stands; the end lies behind the newline */
    uint64_t line, end_line;              /* the number of the line at begin, at end */
    size_t separators[LOCI_SURVEY_KINDS]; /* of each kind, outside of quotes */
} loci_survey_row;

typedef struct {
    loci_survey_row rows[LOCI_SURVEY_ROWS];
    size_t count;
    size_t comment; /* where the line above the first row begins, if it begins with #; else SIZE_MAX */
    uint64_t comment_line;
} loci_survey;

/* Looks at rows, which stay held, until one holds nothing but numbers and dates (and it is at least row `least`), or there
 * are 32 of them, or 1 MiB. Lines that are blank or begin with # are passed over. Sets the delimiter and the number of
 * fields: those of most rows. Cost: what the rows cost to read. */
loci_status loci_survey_take(loci_survey *survey, loci_table *own, loci_input *input, size_t least,
                             loci_error *error);

#endif
