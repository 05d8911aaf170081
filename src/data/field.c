/* SPDX-License-Identifier: MIT
 * field.c - one field of a line of text: where it ends, and what it holds. */
#include "data/field.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "data/time.h"

/* --- where it ends --- */

static bool ends_field(char c, char delimiter)
{
    return c == delimiter || c == '\n' || (delimiter == LOCI_FIELD_BLANKS && loci_is_blank(c));
}

static const char *skip_blanks(const char *p, char delimiter)
{
    while (loci_is_blank(*p) && (*p != delimiter || delimiter == LOCI_FIELD_BLANKS)) p++;
    return p;
}

/* Behind what looks so at p, where d is a digit and D one more, or none; NULL: it does not. */
static const char *match(const char *p, const char *shape)
{
    for (; *shape; shape++) {
        const bool digit = *p >= '0' && *p <= '9';
        if (*shape != 'D' && (*shape == 'd' ? !digit : *p != *shape)) return NULL;
        p += *shape != 'D' || digit;
    }
    return p;
}

/* A date, "2016-07-01" or "2016/7/1", and one blank behind it a time of day, "02:00": one value, though it has a blank in it. */
static bool is_date_and_time(const char *p, const char *end)
{
    return match(p, "dddd/dD/dD") == end ? match(end, " dD:dd") != NULL
                                         : match(p, "dddd-dd-dd") == end && match(end, " dd:dd");
}

loci_field loci_field_cut(const char *p, const char *limit, char delimiter)
{
    loci_field f = {.closed = true};
    f.begin = p = skip_blanks(p, delimiter);
    if (*p == '"') {
        const char *quote = p++;
        while (p < limit && (*p != '"' || p[1] == '"')) {
            f.newlines += *p == '\n';
            p += 1 + (*p == '"');
        }
        f.closed = p < limit;
        f.end = f.next = p;
        if (!f.closed) return f;
        p++;
        f.quoted = ends_field(*p, delimiter);
        if (!f.quoted) {
            p = skip_blanks(p, delimiter);
            f.quoted = ends_field(*p, delimiter);
        }
        if (f.quoted) {
            f.begin = quote + 1;
            f.next = p;
        } /* else text goes on after the quote: all of it, quotes and all, is the field */
    }
    if (!f.quoted) {
        while (!ends_field(*p, delimiter)) p++;
        if (delimiter == LOCI_FIELD_BLANKS && *p == ' ' && is_date_and_time(f.begin, p))
            for (p++; !ends_field(*p, delimiter);) p++;
        f.end = f.next = p;
    }
    if (delimiter == LOCI_FIELD_BLANKS && *f.next != '\n') {
        p = skip_blanks(f.next, delimiter);
        f.next = *p == '\n' ? p : p - 1;
    }
    while (f.begin < f.end && loci_is_blank(*f.begin)) f.begin++;
    while (f.end > f.begin && loci_is_blank(f.end[-1])) f.end--;
    return f;
}

bool loci_field_is(const loci_field *f, const char *text)
{
    const char *p = f->begin;
    for (; p < f->end && *p == *text; p++, text++) p += f->quoted && *p == '"' && p + 1 < f->end;
    return p == f->end && *text == 0;
}

void loci_field_unquote(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += *from == '"' && from[1] == '"';
    }
    *to = 0;
}

size_t loci_field_count(const char *p, const char *limit, char delimiter)
{
    for (size_t count = 1;; count++) {
        const loci_field f = loci_field_cut(p, limit, delimiter);
        if (!f.closed) return 0;
        if (*f.next == '\n') return count;
        p = f.next + 1;
    }
}

/* --- what it holds --- */

/* The text is this word, in any case of letters. The word is in small letters. */
static bool same_word(const char *p, const char *end, const char *word)
{
    for (; p < end && *word; p++, word++) {
        const char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
        if (c != *word) return false;
    }
    return p == end && *word == 0;
}

static bool is_one_of(const char *p, const char *end, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (same_word(p, end, words[i])) return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* "nan", "-nan", "+NaN", "nan(0x7ff)", "-nan(ind)", "qNaN", and "-1.#IND" of older C libraries. */
static bool is_nan(const char *p, const char *end)
{
    static const char *const words[] = {"nan",  "nanq",    "nans",    "qnan",
                                        "snan", "1.#qnan", "1.#snan", "1.#ind"};
    p += p < end && (*p == '-' || *p == '+');
    if (end - p > 5 && end[-1] == ')' && same_word(p, p + 4, "nan(")) return true;
    return is_one_of(p, end, words, COUNT(words));
}

/* "#N/A", "#DIV/0!", "#NAME?", "#WERT!" in German, "####" where a column is too narrow. */
static bool is_spreadsheet_error(const char *p, const char *end)
{
    static const char *const words[] = {"#n/a", "#na",   "#n/d", "#n/v", "#nv",
                                        "#nan", "#null", "#ref", "#num", "#n/a n/a"};
    if (end - p < 2 || *p != '#') return false;
    if (is_one_of(p, end, words, COUNT(words))) return true;
    bool hashes = true, capitals = true;
    for (const char *q = p + 1; q < end; q++) {
        hashes = hashes && *q == '#';
        capitals = capitals && (q + 1 == end || (*q >= 'A' && *q <= 'Z') || (*q >= '0' && *q <= '9') ||
                                *q == '/' || *q == '_' || (unsigned char)*q >= 0x80);
    }
    return hashes || (capitals && end - p > 3 && (end[-1] == '!' || end[-1] == '?'));
}

static bool is_missing(const char *p, const char *end)
{
    static const char *const words[] = {
        "na", "n/a", "n.a.", "null", "none", "nil",          "<na>",         "nat",
        "-",  "--",  "---",  ".",    "?",    "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"};
    return p == end || is_nan(p, end) || is_one_of(p, end, words, COUNT(words)) ||
           is_spreadsheet_error(p, end);
}

loci_field_kind loci_field_classify(const loci_field *f, char point, double *value)
{
    *value = NAN;
    const char *end = f->begin < f->end ? loci_number_scan_point(value, f->begin, point) : NULL;
    if (end == f->end && end) return LOCI_FIELD_NUMBER;
    *value = NAN;
    if (is_missing(f->begin, f->end)) return LOCI_FIELD_MISSING;
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

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Behind a sign, or what is typed for one: hyphens and dashes U+2010 to U+2015, the minus signs U+2212, U+FE63, U+FF0D. */
static const char *skip_sign(const char *p, const char *end)
{
    static const char *const signs[] = {"\xE2\x88\x92", "\xEF\xB9\xA3", "\xEF\xBC\x8D"};
    if (p < end && strchr("+-.,<>~=$'", *p)) return p + 1;
    if (end - p <= 3) return p;
    if (memcmp(p, "\xE2\x80", 2) == 0 && (unsigned char)p[2] >= 0x90 && (unsigned char)p[2] <= 0x95)
        return p + 3;
    for (size_t i = 0; i < COUNT(signs); i++)
        if (memcmp(p, signs[i], 3) == 0) return p + 3;
    return p;
}

/* Nothing but marks, as "***" or "!!": no unit has none but these. */
static bool is_marks(const char *p, const char *end)
{
    while (p < end && strchr("*!?#=<>_", *p)) p++;
    return p == end;
}

loci_field_guess loci_field_guess_text(const loci_field *f)
{
    static const char *const words[] = {
        "error",     "err",   "fail",    "failed",   "failure",       "fault",   "invalid", "bad",
        "overflow",  "ovf",   "ol",      "overload", "overrange",     "no data", "nodata",  "unknown",
        "undefined", "undef", "missing", "void",     "not available", "over",    "under",   "underflow",
        "o.l",       "o.l.",  "-ol",     "+ol",      "n.d.",          "off",     "inval",   "nan?"};
    const char *p = f->begin;
    if (is_one_of(p, f->end, words, COUNT(words)) || (p < f->end && is_marks(p, f->end)))
        return LOCI_FIELD_WORD;
    p = skip_sign(p, f->end);
    if (p == f->end || ((*p < '0' || *p > '9') && *p != '.' && *p != ',')) return LOCI_FIELD_NAME;
    p += f->end - p > 2 && *p == '0' && (p[1] | 0x20) == 'x';
    for (p++; p < f->end; p++)
        if (is_letter(*p)) return LOCI_FIELD_WORD;
    return LOCI_FIELD_VALUE;
}

bool loci_field_begins_json(const char *line)
{
    const char *p = line;
    while (loci_is_blank(*p)) p++;
    const char begin = *p;
    if (begin != '{' && begin != '[') return false;
    for (p++; loci_is_blank(*p);) p++;
    return *p == '"' || *p == '\n' || *p == (begin == '{' ? '}' : '{') || (begin == '[' && *p == '[');
}
