/* SPDX-License-Identifier: MIT
 * survey.c - the first rows of a table: what separates their fields, and how many fields there are.
 *
 * Separators are counted outside of quotes, whatever they turn out to be: a quote opens at the begin of a line and behind
 * anything that may separate. The separator is the one of which most rows have the same number. */
#include "data/survey.h"

#include <string.h>

#define SURVEY_BYTES ((size_t)1 << 20)

static const char delimiters[LOCI_SURVEY_KINDS] = {'\t', ';', ',', LOCI_FIELD_BLANKS};

/* The end of what stands in quotes at p, behind the closing one; NULL: it is open at the limit. */
static const char *skip_quoted(const char *p, const char *limit, uint64_t *newlines)
{
    for (p++; p < limit && (*p != '"' || p[1] == '"'); p += 1 + (*p == '"')) *newlines += *p == '\n';
    return p < limit ? p + 1 : NULL;
}

/* Counts the separators of the row at p. Returns its end, behind the newline, or NULL where a quote is open at the limit;
 * quotes count where `quotes` is set. */
static const char *count_separators(loci_survey_row *row, const char *p, const char *limit, bool quotes)
{
    const char *first = p;
    bool opens = true;
    memset(row->separators, 0, sizeof row->separators);
    row->end_line = row->line + 1;
    while (*p != '\n') {
        if (*p == '"' && opens && quotes) {
            p = skip_quoted(p, limit, &row->end_line);
            if (!p) return NULL;
            opens = false;
            continue;
        }
        opens = false;
        for (int kind = 0; kind < LOCI_SURVEY_BLANK; kind++) {
            if (*p != delimiters[kind]) continue;
            row->separators[kind]++;
            opens = true;
        }
        const char *run = p;
        while (*p == ' ' || *p == '\t') {
            row->separators[LOCI_SURVEY_TAB] += *p == '\t' && p > run;
            p++;
        }
        if (p == run) {
            p++;
            continue;
        }
        opens = true;
        row->separators[LOCI_SURVEY_BLANK] += run > first && *p != '\n' && *p != '\r';
    }
    return p + 1;
}

/* A date and its time of day are one field, not two with a blank between. */
static bool is_one_value(const char *p, const char *limit, char point)
{
    double value;
    const loci_field f = loci_field_cut(p, limit, '\n');
    return f.closed && loci_field_classify(&f, point, &value) != LOCI_FIELD_TEXT;
}

/* How many rows have the number of separators that most have (the first one's, where two are as frequent). */
static size_t count_agreeing(const loci_survey *survey, int kind, size_t *separators)
{
    size_t best = 0;
    for (size_t i = 0; i < survey->count; i++) {
        size_t same = 0;
        for (size_t k = 0; k < survey->count; k++)
            same += survey->rows[k].separators[kind] == survey->rows[i].separators[kind];
        if (same <= best) continue;
        best = same;
        *separators = survey->rows[i].separators[kind];
    }
    return best;
}

static void choose_delimiter(const loci_survey *survey, loci_table *own)
{
    size_t best = 0;
    own->delimiter = own->point == ',' ? ';' : ',';
    for (int kind = 0; kind < LOCI_SURVEY_KINDS; kind++) {
        size_t separators = 0;
        if (delimiters[kind] == own->point) continue;
        const size_t agreeing = count_agreeing(survey, kind, &separators);
        if (separators == 0 || agreeing <= best) continue;
        if (kind == LOCI_SURVEY_BLANK && 2 * agreeing <= survey->count) continue;
        best = agreeing;
        own->delimiter = delimiters[kind];
    }
}

/* The number of fields that most rows have. */
static void count_fields(const loci_survey *survey, loci_table *own, const loci_input *input)
{
    const char *limit = loci_lines_limit(&own->lines, input);
    size_t fields[LOCI_SURVEY_ROWS], best = 0;
    for (size_t i = 0; i < survey->count; i++)
        fields[i] = loci_field_count(loci_lines_begin(input) + survey->rows[i].begin, limit, own->delimiter);
    own->fields = 0;
    for (size_t i = 0; i < survey->count; i++) {
        size_t same = 0;
        for (size_t k = 0; k < survey->count; k++) same += fields[k] == fields[i];
        if (fields[i] == 0 || same <= best) continue;
        best = same;
        own->fields = fields[i];
    }
}

/* The last row holds nothing but numbers, or dates and numbers below two others, and as many as the others have fields. */
static bool is_settled(const loci_survey *survey, const loci_table *own, const loci_input *input)
{
    const char *limit = loci_lines_limit(&own->lines, input);
    const char *p = loci_lines_begin(input) + survey->rows[survey->count - 1].begin;
    double value;
    bool number = false, date = false;
    for (size_t count = 1;; count++) {
        const loci_field f = loci_field_cut(p, limit, own->delimiter);
        if (!f.closed) return false;
        const loci_field_kind kind = loci_field_classify(&f, own->point, &value);
        if (kind != LOCI_FIELD_NUMBER && kind != LOCI_FIELD_DATE) return false;
        number = number || kind == LOCI_FIELD_NUMBER;
        date = date || kind == LOCI_FIELD_DATE;
        if (*f.next == '\n') return number && (!date || survey->count > 2) && count == own->fields;
        p = f.next + 1;
    }
}

/* The next row at or behind `at`, complete up to its newline, even if that lies within quotes; none at the end of the
 * input: row->end is 0. */
static loci_status find_row(loci_survey *survey, loci_survey_row *row, size_t at, uint64_t line,
                            loci_table *own, loci_input *input, loci_error *error)
{
    row->end = 0;
    for (;;) {
        loci_status status = loci_lines_fill(&own->lines, input, at, error);
        if (status != LOCI_OK) return status;
        const char *p = loci_lines_begin(input) + at, *limit = loci_lines_limit(&own->lines, input);
        if (p >= limit) return LOCI_OK;
        const char *blank = p;
        while (loci_is_blank(*blank)) blank++;
        if (*p == '#' || *blank == '\n') {
            if (survey->count == 0) survey->comment = *p == '#' ? at : SIZE_MAX;
            if (survey->count == 0) survey->comment_line = line;
            at += (size_t)((const char *)memchr(p, '\n', (size_t)(limit - p)) + 1 - p);
            line++;
            continue;
        }
        row->begin = at;
        row->line = line;
        const char *end = count_separators(row, p, limit, true);
        while (!end && !loci_lines_ended(&own->lines, input) && (size_t)(limit - p) < SURVEY_BYTES) {
            status = loci_lines_fill(&own->lines, input, at + (size_t)(limit - p), error);
            if (status != LOCI_OK) return status;
            p = loci_lines_begin(input) + at;
            limit = loci_lines_limit(&own->lines, input);
            end = count_separators(row, p, limit, true);
        }
        if (!end)
            end =
                count_separators(row, p, limit, false); /* a quote that is none, or a fault for the reader */
        row->end = at + (size_t)(end - p);
        if (row->separators[LOCI_SURVEY_BLANK] > 0 && is_one_value(p, limit, own->point))
            row->separators[LOCI_SURVEY_BLANK] = 0;
        return LOCI_OK;
    }
}

loci_status loci_survey_take(loci_survey *survey, loci_table *own, loci_input *input, size_t least,
                             loci_error *error)
{
    size_t at = 0;
    uint64_t line = own->lines.number;
    survey->count = 0;
    survey->comment = SIZE_MAX;
    while (survey->count < LOCI_SURVEY_ROWS && (survey->count < 2 || at < SURVEY_BYTES)) {
        loci_survey_row *row = &survey->rows[survey->count];
        const loci_status status = find_row(survey, row, at, line, own, input, error);
        if (status != LOCI_OK) return status;
        if (row->end == 0) break;
        at = row->end;
        line = row->end_line;
        survey->count++;
        choose_delimiter(survey, own);
        count_fields(survey, own, input);
        if (survey->count >= least && is_settled(survey, own, input)) break;
    }
    return LOCI_OK;
}
