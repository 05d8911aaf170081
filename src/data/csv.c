/* SPDX-License-Identifier: MIT
 * csv.c - the rows of a table as text: lines of numbers, or CSV with all that comes with it, as a signal.
 *
 * Text is read in large pieces, of which all but the last, incomplete line is parsed at once: since a newline
 * ends what is parsed, no loop below has to look for the end of the buffer. A field that is a plain number
 * between two delimiters, as nearly all are, takes one pass; only what is not goes through
 * field.h.
 *
 * A row that is at fault ends the read before it, so that all rows before it are given; the next read begins
 * with it and reports it. */
#include "data/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/number.h"
#include "base/status.h"
#include "data/quote.h"

/* --- what is no row --- */

/* A line that begins with # is a comment, unless it is a row: one of as many fields as the table, whose first is a name, or a
 * value that spreadsheets write so, and whose others are what their columns hold. What only looks like a row, as one that
 * somebody took out by a #, is left out and said. */
static bool is_comment(loci_table *own, loci_signal *signal, const char *line, const char *limit)
{
    const bool spaced = line[1] == ' ' || line[1] == '\t';
    double value;
    const char *begin = line + (spaced && own->delimiter == LOCI_FIELD_BLANKS);
    loci_field f = loci_field_cut(begin, limit, own->delimiter);
    const loci_field_kind first = loci_field_classify(&f, own->point, &value);
    const loci_field body = loci_field_cut(line + 1, limit, own->delimiter);
    const loci_field_kind behind = loci_field_classify(&body, own->point, &value);
    size_t count = 1;
    bool fits = true, others = false;
    /* more fields than a row has are not counted: in quotes over newlines there may be as many as all text that is held has */
    for (; f.closed && *f.next != '\n' && count <= own->fields; count++) {
        f = loci_field_cut(f.next + 1, limit, own->delimiter);
        const loci_field_kind kind = loci_field_classify(&f, own->point, &value);
        if (count >= own->fields || own->target[count] == LOCI_TABLE_SKIP) continue;
        fits = fits && kind != LOCI_FIELD_TEXT;
        others = others || kind != LOCI_FIELD_MISSING;
    }
    if (!f.closed || count != own->fields || !fits) return true;
    const bool hashes = line[1] == '#', empty = body.begin == body.end;
    const bool named = behind == LOCI_FIELD_TEXT && loci_field_guess_text(&body) != LOCI_FIELD_VALUE;
    if (count == 1 && !spaced && !hashes && first == LOCI_FIELD_MISSING) return false;
    if (others && !spaced && (first == LOCI_FIELD_MISSING || named || own->target[0] == LOCI_TABLE_SKIP))
        return false;
    const bool word = !spaced && !hashes && line[1] != '!' && !empty;
    if (!own->said_comment &&
        (word || first == LOCI_FIELD_MISSING || (behind != LOCI_FIELD_TEXT && !empty))) {
        loci_signal_say(signal,
                        "line %llu begins with # and is left out as a comment, though it may be a row",
                        (unsigned long long)own->lines.number);
        own->said_comment = true;
    }
    return true;
}

/* The line at `row` is a row. What is none is counted, or said. */
static bool is_row(loci_table *own, loci_signal *signal, const char *row, const char *limit)
{
    if (*row > '#') return true;
    if (*row == '#') return !is_comment(own, signal, row, limit);
    while (loci_is_blank(*row) && *row != own->delimiter) row++;
    if (own->delimiter == LOCI_FIELD_BLANKS)
        while (loci_is_blank(*row)) row++;
    if (*row != '\n') return true;
    if (own->blanks++ == 0) own->blank_line = own->lines.number;
    return false;
}

/* Moves the input to the next row, which begins at *row; complete lines end at *limit. The two are equal
 * where no row follows, or none is held and it is not to be waited for. */
static loci_status next_row(loci_table *own, loci_signal *signal, bool wait, const char **row,
                            const char **limit, loci_error *error)
{
    loci_input *input = &signal->input;
    loci_lines *lines = &own->lines;
    for (;;) {
        if (wait && lines->complete == loci_input_position(input)) {
            const loci_status status = loci_lines_fill(lines, input, 0, error);
            if (status != LOCI_OK) return status;
        }
        *row = loci_lines_begin(input);
        *limit = loci_lines_limit(lines, input);
        if (*row == *limit || is_row(own, signal, *row, *limit)) return LOCI_OK;
        const char *newline = memchr(*row, '\n', (size_t)(*limit - *row));
        input->start += (size_t)(newline + 1 - *row);
        lines->number++;
    }
}

/* --- rows --- */

/* The number or time of field i where it is no plain number, and where it ends. */
static const char *parse_rest(const loci_table *own, const char *p, const char *limit,
                              const loci_signal *signal, size_t i, double *value, size_t *newlines,
                              loci_table_fault *wrong)
{
    *value = NAN;
    const uint32_t target = own->target[i];
    const loci_field f = loci_field_cut(p, limit, own->delimiter);
    *newlines += f.newlines;
    if (!f.closed) {
        wrong->what = LOCI_TABLE_OPEN_QUOTE;
        return NULL;
    }
    if (target == LOCI_TABLE_SKIP) return f.next;
    const loci_field_kind found = loci_field_classify(&f, own->point, value);
    bool good;
    if (target == LOCI_TABLE_TIME)
        good = found == (signal->info.iso_times ? LOCI_FIELD_DATE : LOCI_FIELD_NUMBER) && isfinite(*value);
    else
        good = found == LOCI_FIELD_NUMBER || found == LOCI_FIELD_MISSING;
    if (good) return f.next;
    wrong->what = target == LOCI_TABLE_TIME ? LOCI_TABLE_NO_TIME : LOCI_TABLE_NO_NUMBER;
    wrong->column = i;
    wrong->at = f;
    return NULL;
}

static inline LOCI_INLINE bool ends_field(char c, char delimiter, bool blanks)
{
    return c == delimiter || c == '\n' || (blanks && c == '\t');
}

/* One row into u [channels] and *t (if not NULL). Returns the row's end, or NULL and what is wrong. `blanks`: runs of them
 * are the delimiter. */
static inline LOCI_INLINE const char *parse_row_of(const loci_table *own, const loci_signal *signal,
                                                   const char *row, const char *limit, double *u, double *t,
                                                   size_t *newlines, loci_table_fault *wrong, bool blanks)
{
    const char delimiter = own->delimiter, point = own->point;
    const size_t fields = own->fields;
    const char *p = row;
    double value = NAN;
    for (size_t i = 0; i < fields; i++) {
        const uint32_t target = own->target[i];
        while (*p == ' ' || (blanks && *p == '\t')) p++;
        const char *next = NULL;
        if (target < LOCI_TABLE_TIME) {
            next = loci_number_scan_point(&value, p, point);
        } else if (target == LOCI_TABLE_SKIP && !blanks && *p != '"' &&
                   (*p == delimiter || !loci_is_blank(*p))) {
            while (!ends_field(*p, delimiter, blanks)) p++;
            next = p;
        }
        if (next && *next == '\r' && next[1] == '\n') next++;
        if (!next || !ends_field(*next, delimiter, blanks)) {
            next = parse_rest(own, p, limit, signal, i, &value, newlines, wrong);
            if (!next) return NULL;
        } else if (blanks && *next != '\n') {
            while (loci_is_blank(*next)) next++;
            next -= *next != '\n';
        }
        if (target < LOCI_TABLE_TIME)
            u[target] = value;
        else if (target == LOCI_TABLE_TIME && t)
            *t = value / own->ticks;
        p = next + 1;
        if (*next == '\n') {
            if (i + 1 == fields) return p;
            break;
        }
    }
    wrong->what = LOCI_TABLE_RAGGED;
    wrong->fields = loci_field_count(row, limit, delimiter);
    if (wrong->fields == 0) wrong->what = LOCI_TABLE_OPEN_QUOTE;
    return NULL;
}

static const char *parse_row(const loci_table *own, const loci_signal *signal, const char *row,
                             const char *limit, double *u, double *t, size_t *newlines,
                             loci_table_fault *wrong)
{
    if (own->delimiter == LOCI_FIELD_BLANKS)
        return parse_row_of(own, signal, row, limit, u, t, newlines, wrong, true);
    return parse_row_of(own, signal, row, limit, u, t, newlines, wrong, false);
}

/* --- faults --- */

void loci_table_name_column(const loci_table *own, size_t column, char *text, size_t size)
{
    if (own->names)
        loci_quote(text, size, own->names[column], strlen(own->names[column]));
    else
        snprintf(text, size, "%zu", column + 1);
}

/* What was expected where a number or a time stands that cannot be read. */
static const char *expected(const loci_table *own, const loci_signal *signal, const loci_table_fault *wrong)
{
    double value;
    const loci_field_kind kind = loci_field_classify(&wrong->at, own->point, &value);
    /* a date may well have points */
    if (own->point == ',' && memchr(wrong->at.begin, '.', (size_t)(wrong->at.end - wrong->at.begin)) &&
        (wrong->what == LOCI_TABLE_NO_NUMBER ||
         loci_field_classify(&wrong->at, '.', &value) == LOCI_FIELD_NUMBER))
        return "a number with a decimal comma was expected";
    if (own->point == '.' && loci_field_has_decimal_comma(&wrong->at))
        return "a number with a decimal point was expected (--decimal , reads commas)";
    if (wrong->what == LOCI_TABLE_NO_NUMBER) return "a number was expected";
    if (kind == LOCI_FIELD_NUMBER && signal->info.iso_times)
        return "a date, as in the rows before, was expected";
    return kind == LOCI_FIELD_DATE ? "a time in seconds, as in the rows before, was expected"
                                   : "a time, in seconds or as a date (ISO 8601), was expected";
}

loci_status loci_table_report(const loci_table *own, const loci_signal *signal, uint64_t number,
                              const loci_table_fault *wrong, loci_error *error)
{
    const char *file = signal->input.name;
    const unsigned long long line = number;
    char column[40], quoted[40];
    switch (wrong->what) {
    case LOCI_TABLE_FINE:
    case LOCI_TABLE_OPEN_QUOTE:
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: a quote is not closed", file, line);
    case LOCI_TABLE_RAGGED:
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: has %zu field%s; %zu %s expected", file, line,
                         wrong->fields, wrong->fields == 1 ? "" : "s", own->fields,
                         own->fields == 1 ? "was" : "were");
    case LOCI_TABLE_NO_NUMBER:
    case LOCI_TABLE_NO_TIME:
        break;
    }
    loci_table_name_column(own, wrong->column, column, sizeof column);
    const size_t length = (size_t)(wrong->at.end - wrong->at.begin);
    loci_quote(quoted, sizeof quoted, wrong->at.begin, length);
    if (wrong->what == LOCI_TABLE_NO_TIME && length == 0)
        return loci_fail(error, LOCI_E_VALUE, "%s: line %llu: the time in column %s is missing", file, line,
                         column);
    return loci_fail(error, LOCI_E_VALUE, "%s: line %llu: \"%s\" stands in column %s; %s", file, line, quoted,
                     column, expected(own, signal, wrong));
}

/* --- reading --- */

/* Blank lines that were passed, once another row follows: missing values of the one column. */
static size_t give_blanks(loci_table *own, double *u, size_t room)
{
    size_t rows = 0;
    for (; own->blanks > 0 && rows < room; own->blanks--) {
        u[rows] = NAN;
        own->row_line[rows++] = own->blank_line++;
    }
    return rows;
}

/* Between the rows of several columns a blank line is nothing, which is said. */
static void say_blank(loci_table *own, loci_signal *signal)
{
    if (!own->said_blank && own->begun)
        loci_signal_say(signal, "line %llu is blank and left out", (unsigned long long)own->blank_line);
    own->said_blank = own->said_blank || own->begun;
    own->blanks = 0;
}

static loci_status csv_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                            loci_error *error)
{
    loci_table *own = signal->own;
    loci_input *input = &signal->input;
    const size_t channels = signal->channels;
    size_t rows = 0;
    if (capacity > LOCI_TABLE_ROWS) capacity = LOCI_TABLE_ROWS;
    while (rows < capacity) {
        /* A pipe's rows are given as they come: only the first one is waited for. */
        const char *row, *limit;
        loci_status status = next_row(own, signal, rows == 0, &row, &limit, error);
        if (status != LOCI_OK) return status;
        if (row == limit) break;
        if (own->blanks > 0 && own->fields > 1) say_blank(own, signal);
        if (!own->begun && !own->names) own->blanks = 0; /* lines in front of all that there is */
        if (own->blanks > 0) {
            if (rows > 0) break;
            rows = give_blanks(own, u, capacity);
            continue;
        }
        loci_table_fault wrong = {.what = LOCI_TABLE_FINE};
        size_t newlines = 0;
        const char *end =
            parse_row(own, signal, row, limit, u + rows * channels, t ? t + rows : NULL, &newlines, &wrong);
        if (!end) {
            if (rows > 0) break;
            if (wrong.what == LOCI_TABLE_OPEN_QUOTE && !loci_lines_ended(&own->lines, input)) {
                status = loci_lines_fill(&own->lines, input, (size_t)(limit - row), error);
                if (status != LOCI_OK) return status;
                continue;
            }
            return loci_table_report(own, signal, own->lines.number, &wrong, error);
        }
        own->begun = true;
        own->row_line[rows++] = own->lines.number;
        own->lines.number += 1 + newlines;
        input->start += (size_t)(end - row);
    }
    *count = rows;
    return LOCI_OK;
}

static void csv_position(const loci_signal *signal, size_t k, char *text, size_t size)
{
    const loci_table *own = signal->own;
    snprintf(text, size, "line %llu",
             (unsigned long long)(k < signal->last ? own->row_line[k] : own->lines.number));
}

static loci_status csv_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    loci_table *own = signal->own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", signal->input.name);
    return loci_table_open(own, signal, options, error);
}

static void csv_close(loci_signal *signal)
{
    loci_table *own = signal->own;
    if (!own) return;
    loci_free(own->target);
    loci_free(own->names);
    loci_free(own);
}

const loci_signal_format loci_signal_csv = {
    .has_columns = true, .open = csv_open, .read = csv_read, .position = csv_position, .close = csv_close};
