/* SPDX-License-Identifier: MIT
 * field.c - one field of a line of CSV: where it ends, and what it holds. */
#include "data/field.h"

#include <math.h>

#include "data/number.h"
#include "data/time.h"

loci_field loci_field_cut(const char *p, const char *limit, char delimiter)
{
    loci_field f = {.closed = true};
    while (loci_is_blank(*p) && *p != delimiter) p++;
    f.begin = p;
    if (*p == '"') {
        const char *quote = p++;
        while (p < limit && (*p != '"' || p[1] == '"')) {
            f.newlines += *p == '\n';
            p += 1 + (*p == '"');
        }
        f.closed = p < limit;
        f.end = f.next = p;
        if (!f.closed) return f;
        for (p++; loci_is_blank(*p) && *p != delimiter;) p++;
        f.quoted = *p == delimiter || *p == '\n';
        if (f.quoted) {
            f.begin = quote + 1;
            f.next = p;
        } /* else text goes on after the quote: all of it, quotes and all, is the field */
    }
    if (!f.quoted) {
        while (*p != delimiter && *p != '\n') p++;
        f.end = f.next = p;
    }
    while (f.begin < f.end && loci_is_blank(*f.begin)) f.begin++;
    while (f.end > f.begin && loci_is_blank(f.end[-1])) f.end--;
    return f;
}

static bool same_word(const loci_field *f, const char *word)
{
    const char *p = f->begin;
    for (; p < f->end && *word; p++, word++)
        if ((*p | 0x20) != *word) return false;
    return p == f->end && *word == 0;
}

loci_field_kind loci_field_classify(const loci_field *f, double *value)
{
    *value = NAN;
    const char *end = f->begin < f->end ? loci_number_scan(value, f->begin) : NULL;
    if (end == f->end && end) return LOCI_FIELD_NUMBER;
    *value = NAN;
    if (f->begin == f->end || same_word(f, "nan") || same_word(f, "na") || same_word(f, "null"))
        return LOCI_FIELD_MISSING;
    return loci_time_scan(value, f->begin, (size_t)(f->end - f->begin)) ? LOCI_FIELD_TEXT : LOCI_FIELD_DATE;
}

bool loci_field_has_decimal_comma(const loci_field *f)
{
    const char *p = f->begin;
    p += p < f->end && (*p == '-' || *p == '+');
    bool before = false, after = false;
    for (; p < f->end && *p >= '0' && *p <= '9'; p++) before = true;
    if (p == f->end || *p != ',') return false;
    for (p++; p < f->end && *p >= '0' && *p <= '9'; p++) after = true;
    return p == f->end && before && after;
}
