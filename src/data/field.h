/* SPDX-License-Identifier: MIT
 * data/field.h - one field of a line of text. */
#ifndef LOCI_DATA_FIELD_H
#define LOCI_DATA_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#define LOCI_FIELD_BLANKS ' ' /* the delimiter that stands for any run of blanks and tabs */

typedef struct {
    const char *begin, *end; /* without blanks and quotes around it */
    const char *next;        /* its delimiter (the last of a run of blanks) or newline */
    bool quoted;
    bool closed;     /* false: a quote is still open at the end of what was looked at */
    size_t newlines; /* within quotes */
} loci_field;

/* The field at p; [p, limit) ends in a newline. Blanks around a field do not count, and what stands in quotes
 * may hold delimiters, newlines and "" for a quote. Between blanks a date and its time of day are one field. */
loci_field loci_field_cut(const char *p, const char *limit, char delimiter);
/* Whether the field is this text, and the text of a field [..] that stood in quotes, in place: "" in it is one quote. */
bool loci_field_is(const loci_field *f, const char *text);
void loci_field_unquote(char *text);
/* How many fields the row at p has; 0: a quote is open at the limit. */
size_t loci_field_count(const char *p, const char *limit, char delimiter);

/* Missing is what programs write where there is no number: nothing, NaN with any sign and payload, NA, null and the like
 * in any case of letters, a dash alone, and the error values of spreadsheets (#N/A, #DIV/0!); a date is ISO 8601. */
typedef enum { LOCI_FIELD_NUMBER, LOCI_FIELD_MISSING, LOCI_FIELD_DATE, LOCI_FIELD_TEXT } loci_field_kind;
/* *value: the number, the seconds of the date, or NAN. `point` stands before the decimals: '.' or ','. */
loci_field_kind loci_field_classify(const loci_field *f, char point, double *value);

/* "1,5", which may be one and a half, or two numbers, or a thousand and more: never guessed. */
bool loci_field_has_decimal_comma(const loci_field *f);

/* What text may be that stands above numbers: the name of a column or its unit, a word that instruments write in the place
 * of a number ("error"), or a number that cannot be read ("0x10", "12:30", a minus sign that is none of ASCII). */
typedef enum { LOCI_FIELD_NAME, LOCI_FIELD_WORD, LOCI_FIELD_VALUE } loci_field_guess;
loci_field_guess loci_field_guess_text(const loci_field *f);

/* A line, which ends in a newline, is the beginning of an object of JSON, or of an array of something else than numbers: "[s]" may be a name. */
bool loci_field_begins_json(const char *line);

static inline bool loci_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

#endif
