/* SPDX-License-Identifier: MIT
 * data/field.h - one field of a line of CSV. */
#ifndef LOCI_DATA_FIELD_H
#define LOCI_DATA_FIELD_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *begin, *end; /* without blanks and quotes around it */
    const char *next;        /* its delimiter or newline */
    bool quoted;
    bool closed;     /* false: a quote is still open at the end of what was looked at */
    size_t newlines; /* within quotes */
} loci_field;

/* The field at p; [p, limit) ends in a newline. Blanks around a field do not count, and what stands in quotes
 * may hold delimiters, newlines and "" for a quote. */
loci_field loci_field_cut(const char *p, const char *limit, char delimiter);

/* Missing is an empty field, nan, na or null in any case; a date is ISO 8601. */
typedef enum { LOCI_FIELD_NUMBER, LOCI_FIELD_MISSING, LOCI_FIELD_DATE, LOCI_FIELD_TEXT } loci_field_kind;
/* *value: the number, the seconds of the date, or NAN. */
loci_field_kind loci_field_classify(const loci_field *f, double *value);

/* "1,5", which may be one and a half, or two numbers, or a thousand and more: never guessed. */
bool loci_field_has_decimal_comma(const loci_field *f);

static inline bool loci_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

#endif
